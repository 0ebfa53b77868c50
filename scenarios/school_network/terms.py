"""Terms of a division over the district: what is asked, by which stored plan it is fed."""

from __future__ import annotations

import re
from dataclasses import replace

import pandas as pd
from sqlalchemy import Connection

from catchments.boundaries import Request
from catchments.boundaries.asked_terms import AskedTerms
from catchments.boundaries.term_files import Lists
from catchments.profile import Profile, Stage
from gis.database import read_features, read_table
from gis.errors import RejectedDataError, UsageError
from scenarios.district import District, find_plan

BALANCED = "balanced"  # the method that keeps terms
# Without terms the fewest pupils above the seats come first, so that there is always a plan.
USUAL = AskedTerms(capacity="soft")
_COUNT = re.compile(r"(?<![\d.,])(\d[\d,]*(?:\.\d+)?) pupils")
_LISTS = Lists("the district", "the list of schools that may have a catchment in this stage")


def set_terms(request: Request, asked: AskedTerms) -> Request:
    """Return the request with the terms that are asked, their units and schools found by code.

    Raises
    ------
    UsageError
        When a file is missing.
    RejectedDataError
        When a file names what the stage lacks, or change is limited where no present plan is.
    """
    has_present = request.current is not None and len(request.current) > 0
    if asked.needs_present and not has_present:
        raise RejectedDataError(
            "A weight or limit of change needs the present catchments of the stage, but the"
            " district's default plan has none.",
            mend="Load them, or leave --w-change and --max-moved out.",
        )
    return replace(request, terms=asked.read(request.build_instance(), _LISTS))


def hide_few(error: RejectedDataError, minimum: int) -> RejectedDataError:
    """Return the error with counts of pupils from 1 to below `minimum` hidden.

    What cannot be is told with the pupils of single units, which nobody may read off here
    (docs/decisions/0006).

    Examples
    --------
    >>> print(hide_few(RejectedDataError("Unit 7 (3 pupils) and 14 pupils more, 0 pupils"), 5))
    Unit 7 (<5 pupils) and 14 pupils more, 0 pupils
    """

    def hide(found: re.Match[str]) -> str:
        is_small = 0 < float(found[1].replace(",", "")) < minimum
        return f"<{minimum} pupils" if is_small else found[0]

    return RejectedDataError(_COUNT.sub(hide, error.found), mend=error.mend)


def find_feeding_stage(profile: Profile, stage: Stage) -> Stage | None:
    """Return the stage whose catchments may feed those of `stage` whole, if there is one.

    ASSUMPTION: it is the stage before, where some kind of school teaches both, as nine-year
    schools teach primary and junior.
    """
    stages = profile.list_catchment_stages()
    at = stages.index(stage) if stage in stages else 0
    if at == 0 or not set(stages[at - 1].kinds) & set(stage.kinds):
        return None
    return stages[at - 1]


def read_feeding_plan(
    connection: Connection, district: District, stage: Stage, code: str
) -> pd.DataFrame:
    """Read the catchments of a stored plan in the stage below: unit_id, school_id, by code.

    Raises
    ------
    UsageError
        When no stage feeds into `stage`, or the district has no such plan.
    RejectedDataError
        When the plan does not divide the stage below.
    """
    below = find_feeding_stage(district.profile, stage)
    if below is None:
        raise UsageError(
            f"No catchments feed into those of stage '{stage.code}'.",
            mend="Leave --feeders out, or choose the stage above primary.",
        )
    plan = find_plan(connection, district, code)
    members = read_table(connection, "plan_membership", plan_id=plan.id)
    members = members[members["stage"] == below.code]
    if members.empty:
        raise RejectedDataError(
            f"Plan '{code}' has no catchments of stage '{below.code}' that could feed into"
            f" '{stage.code}'.",
            mend="Name a plan that divides it.",
        )
    units = read_features(connection, "units", district_id=district.id).set_index("id")["code"]
    ids = members["school_id"].unique().tolist()
    schools = read_table(connection, "school_codes", ids=ids).set_index("school_id")
    return pd.DataFrame(
        {
            "unit_id": units.loc[members["planning_unit_id"]].to_numpy(),
            "school_id": schools["code"].loc[members["school_id"]].to_numpy(),
        }
    )
