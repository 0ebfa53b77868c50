"""The read API: one table of addresses, parameters and answers.

Answers are those of the commands with ``--json``; no row about a person and no name of an officer
is among them. A new answer is one entry.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from sqlalchemy import Connection

from gis.database import read_table
from gis.errors import UsageError
from gis.selected_areas import PICKS, Part, find_parts, parse_circle
from gis.services.openapi import Parameter
from scenarios.answers import (
    Subject,
    answer_area,
    answer_count,
    answer_forecast,
    answer_plans,
    answer_projects,
    answer_warnings,
)
from scenarios.district import District, find_plan, list_plans
from scenarios.enrolment_warning.answer import read_counts
from scenarios.enrolment_warning.area import HORIZON, AreaAsked, locate_parts
from scenarios.enrolment_warning.forecast.predict import check_scenario
from scenarios.enrolment_warning.forecast.runs import MIDDLE, find_forecast
from scenarios.enrolment_warning.life import read_warnings
from scenarios.project_monitoring.monitor import read_monitor

LONGEST_HORIZON = 30
_TEXT = {"type": "string"}

DISTRICT = Parameter("district", "Code of a loaded district.", _TEXT, "path")
PLAN = Parameter("plan", "Code of a plan; default the plan in force.", _TEXT)
AGAINST = Parameter("against", "Plan to count the moved children against.", _TEXT)
STAGE = Parameter("stage", "Stage of education, such as primary; default all.", _TEXT)
YEAR = Parameter("year", "Year in which the school year begins.", {"type": "integer"})
HORIZON_YEARS = Parameter(
    "horizon", "Years in all.", {"type": "integer", "minimum": 1, "maximum": LONGEST_HORIZON}
)
SCENARIO = Parameter("scenario", "Births and moves: low, middle or high.", _TEXT)
_PICKED = "names or codes of a {}, several with commas between."
AREA = (
    *(Parameter(kind, f"Inside: {_PICKED.format(kind)}", _TEXT) for kind in PICKS),
    Parameter("circle", "Inside: longitude,latitude,radius in metres.", _TEXT),
    Parameter("polygon", "Inside: longitude,latitude of each corner, blanks between.", _TEXT),
)


@dataclass(frozen=True)
class Request:
    """What an address of the read API asks for, checked against the district."""

    connection: Connection
    subject: Subject
    words: dict[str, str]

    @property
    def district(self) -> District:
        """The district that is asked about."""
        return self.subject.district

    def read_horizon(self) -> int | None:
        """Return the years that are asked for, if they are given.

        Raises
        ------
        UsageError
            When there are none or too many.
        """
        years = read_number(self.words, "horizon")
        if years is not None and not 1 <= years <= LONGEST_HORIZON:
            raise UsageError(
                f"A horizon of {years} years.", mend=f"Ask for 1 to {LONGEST_HORIZON} years."
            )
        return years

    def list_names(self, name: str) -> list[str]:
        """Return the names that a word lists."""
        return [one.strip() for one in self.words.get(name, "").split(",") if one.strip()]


def read_number(words: dict[str, str], name: str) -> int | None:
    """Return a whole number of the address, if it is given.

    Raises
    ------
    UsageError
        When it is none.

    Examples
    --------
    >>> read_number({"year": "2026"}, "year")
    2026
    """
    word = words.get(name)
    if word is None:
        return None
    if not (word.isascii() and word.isdecimal() and len(word) < 10):
        raise UsageError(f"{name}={word[:40]!r} is no number.", mend="Write a whole number.")
    return int(word)


@dataclass(frozen=True)
class Entry:
    """An address of the read API."""

    path: str
    about: str
    parameters: Sequence[Parameter]
    answer: Callable[[Request], dict[str, Any]]


def answer_districts(connection: Connection) -> dict[str, Any]:
    """Answer which districts are loaded."""
    return {"districts": read_table(connection, "districts")}


def _tell_district(request: Request) -> dict[str, Any]:
    profile = request.district.profile
    stages = [{"code": one.code, "name_zh": one.name_zh, "name_en": one.name_en,
               "has_catchments": one.catchments} for one in profile.stages]  # fmt: skip
    return {
        "code": profile.code,
        "name_zh": profile.name_zh,
        "name_en": profile.name_en,
        "data_date": profile.data_date,
        "synthetic": profile.synthetic,
        "source": profile.source,
        "licence": profile.licence,
        "default_plan": profile.default_plan,
        "years": profile.years.list_all(),
        "shown_year": profile.years.shown,
        "metric_srid": profile.metric_srid,
        "stages": stages,
    }


def _tell_plans(request: Request) -> dict[str, Any]:
    plans = list_plans(request.connection, request.district)
    named = {plan.code: plan for plan in plans}
    told = answer_plans(request.connection, request.subject, plans, against=_find_against(request))
    names = [
        {"name_zh": named[code].name_zh, "name_en": named[code].name_en,
         "method": named[code].method}
        for code in told["plans"]["plan"]
    ]  # fmt: skip
    return {**told, "plans": pd.concat([told["plans"], pd.DataFrame(names)], axis=1)}


def _tell_catchments(request: Request) -> dict[str, Any]:
    return answer_count(request.connection, request.subject, against=_find_against(request))


def _find_against(request: Request) -> Any:
    code = request.words.get("against")
    return find_plan(request.connection, request.district, code) if code else None


def _tell_schools(request: Request) -> dict[str, Any]:
    """Tell the schools as they are exported, each with its counts of the year."""
    subject, stage = request.subject, request.subject.stage
    schools = read_table(
        request.connection,
        "export_schools",
        district_id=request.district.id,
        year=subject.year,
        stage=stage,
        kinds=request.district.profile.get_stage(stage).kinds if stage else [],
    ).drop(columns="geom")
    counts = read_counts(
        request.connection, request.district, subject.plan, stage=stage, year=subject.year
    )
    counts = counts[counts["school_id"].notna()]
    return {**subject.build_head(), "schools": schools, "counts": counts}


def _tell_warnings(request: Request) -> dict[str, Any]:
    return answer_warnings(
        request.connection,
        request.subject,
        horizon=request.read_horizon(),
        only_year="year" in request.words,
    )


def _tell_raised(request: Request) -> dict[str, Any]:
    """Tell the warnings that were raised, without the names of officers and what they wrote."""
    subject = request.subject
    raised = read_warnings(
        request.connection,
        request.district,
        subject.plan,
        stage=subject.stage,
        year=subject.year if "year" in request.words else None,
    )
    told = raised.drop(columns=["acknowledged_by", "measure"])
    return {"district": request.district.profile.code, "plan": subject.plan.code, "warnings": told}


def _tell_projects(request: Request) -> dict[str, Any]:
    monitor = read_monitor(request.connection, request.district, request.subject.plan)
    return answer_projects(request.district, monitor)


def _tell_forecast(request: Request) -> dict[str, Any]:
    scenario, plan = request.words.get("scenario", MIDDLE), request.subject.plan
    check_scenario(request.district, scenario)
    runs = find_forecast(request.connection, request.district, plan, scenario)
    if runs is None:
        raise UsageError(
            f"No forecast {scenario} of plan {plan.code} is stored.",
            mend=f"Compute it with `onemap forecast --scenario {scenario} --plan {plan.code}`.",
        )
    return answer_forecast(
        request.connection,
        request.district,
        plan,
        runs,
        scenario=scenario,
        stage=request.subject.stage,
    )


def _tell_area(request: Request) -> dict[str, Any]:
    asked = request.subject
    stage = asked.stage or request.district.profile.list_catchment_stages()[0].code
    subject = Subject(asked.district, asked.plan, asked.year, stage)
    where = locate_parts(subject.district, subject.plan, stage)
    parts = [parse_circle(request.words["circle"])] if "circle" in request.words else []
    parts += [_read_polygon(request.words["polygon"])] if "polygon" in request.words else []
    for kind in PICKS:
        parts += find_parts(request.connection, where, kind, request.list_names(kind))
    if not parts:
        raise UsageError(
            "No area is asked for.", mend=f"Give {', '.join(one.name for one in AREA)}."
        )
    horizon = request.read_horizon() or HORIZON
    area = AreaAsked(tuple(parts), stage, subject.year, horizon)
    return answer_area(request.connection, subject, area)


def _read_polygon(text: str) -> Part:
    """Read a polygon of an address; see :class:`gis.selected_areas.Part`.

    Raises
    ------
    UsageError
        When it has no three corners of degrees.
    """
    corners = []
    for word in text.split():
        try:
            longitude, latitude = (float(number) for number in word.split(","))
        except ValueError:
            longitude = latitude = math.nan
        if not (abs(longitude) <= 180 and abs(latitude) <= 90):
            raise UsageError(
                f"polygon: '{word[:40]}' is no corner.",
                mend="Write longitude,latitude of each corner, blanks between corners.",
            )
        corners.append((longitude, latitude))
    if len(corners) < 3:
        raise UsageError(
            f"polygon has {len(corners)} corners.", mend="Give at least three corners."
        )
    return Part("polygon", corners=tuple(corners))


_CHOICE = (PLAN, STAGE, YEAR)
ENTRIES = (
    Entry("", "The district: stages, years, data.", (), _tell_district),
    Entry("/plans", "Plans side by side.", (*_CHOICE, AGAINST), _tell_plans),
    Entry(
        "/catchments",
        "Children against seats, by catchment.",
        (*_CHOICE, AGAINST),
        _tell_catchments,
    ),
    Entry("/schools", "Schools with seats, pupils and counts.", _CHOICE, _tell_schools),
    Entry("/warnings", "Warnings by year, and states.", (*_CHOICE, HORIZON_YEARS), _tell_warnings),
    Entry("/warnings/raised", "Warnings raised, and how they stand.", _CHOICE, _tell_raised),
    Entry("/projects", "Building projects.", (PLAN,), _tell_projects),
    Entry("/forecast", "The stored forecast.", (PLAN, STAGE, SCENARIO), _tell_forecast),
    Entry("/area", "What a selected area holds.", (*_CHOICE, HORIZON_YEARS, *AREA), _tell_area),
)
