"""What a person is looking at: made once a request, handed to every panel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from catchments.profile import Profile, Stage
from layers.language import Language
from scenarios.district import District, Plan


@dataclass(frozen=True)
class View:
    """District, plan, stage, year and language of one request, and its open transaction.

    Parameters
    ----------
    chosen
        What was chosen inside a panel, by its name in the address.
    clearing
        What clears the selected catchment, once somebody ordered it; see
        :class:`scenarios.enrolment_warning.clear_order.Ordered`.
    """

    connection: Connection
    district: District
    plan: Plan
    stage: str
    year: int
    language: Language
    chosen: Mapping[str, str] = field(default_factory=dict)
    clearing: Any = None

    @property
    def profile(self) -> Profile:
        """Profile of the district."""
        return self.district.profile

    @property
    def stage_name(self) -> str:
        """Name of the stage in the language of the view."""
        return self.language.name(self.get_stage())

    def get_stage(self) -> Stage:
        """Return the stage with its rules."""
        return self.profile.get_stage(self.stage)
