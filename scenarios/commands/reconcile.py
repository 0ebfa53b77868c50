"""``onemap reconcile``: registers of children, households, dwellings, certificates compared."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import typer
from sqlalchemy import Connection

from catchments.admission.rule_files import load_rules
from catchments.admission.rules import Rules
from catchments.reconciliation import AGREE, GROUPS
from gis.access import Role
from gis.database import open_database
from gis.errors import UsageError
from gis.exports.lists import check_list_path, write_list
from gis.identity import require_own_key
from gis.settings import Settings, load_settings
from layers.language import load_language
from layers.language import Language
from scenarios.commands.output import (
    DistrictOption,
    JsonOption,
    PlanOption,
    list_records,
    print_json,
    print_table,
)
from scenarios.district import District, Plan, check_choice, find_district, find_plan
from scenarios.enrolment_warning.admission.assign import find_rules
