"""What the assignment reads: children who may enter, homes their families own, seats used."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Walks = Callable[[NDArray[np.int64], NDArray[np.int64]], NDArray[np.float64]]


@dataclass(frozen=True, eq=False)
class Registers:
    """The registers of one district, stage and year; ids are those of the database.

    Parameters
    ----------
    entrants
        One row a child listed: child_id, child_code, identity_hash, household_id,
        household_code, born_on, local, child_registered_since, household_registered_since,
        permit_since, points, deferral_certificate; registered_unit_id, registered_place_id,
        registered_building_id and the same for residence: dwelling, planning unit, building.
    owned
        One row a guardian's share in a dwelling: household_id, property_unit_id, place_id,
        building_id, relation, share_pct, certificate_on, slip_on, area_m2, dwelling_use, tenure.
    uses
        Seats of this stage used before: child_id, household_id, school_id, entered_year,
        property_unit_id (missing when no dwelling gave the right).
    zones
        school_id by planning unit.
    schools
        Index school_id: code, seats (of the entry grade, missing where nobody stated them).
    grades
        School years of the stage.
    walks
        Ways on foot in metres from n buildings to m schools, shape (n, m); infinite where there
        is none.
    """

    entrants: pd.DataFrame
    owned: pd.DataFrame
    uses: pd.DataFrame
    zones: pd.Series
    schools: pd.DataFrame
    grades: int
    walks: Walks
