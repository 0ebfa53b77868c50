"""States beside the warning, school by school: seats to spare, class sizes, size, ways."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
from sqlalchemy import Connection

from catchments.crowding import (
    EXTREME,
    LARGE,
    OVERSIZED,
    count_empty_classes,
    measure_sizes,
    rate_classes,
)
from gis.database import read_table
from scenarios.district import District, Plan
from scenarios.enrolment_warning.answer import read_counts

CROWDED = (LARGE, OVERSIZED, EXTREME)


@dataclass(frozen=True, eq=False)
class States:
    """States of the schools of one plan, stage and year.

    Parameters
    ----------
    schools
        One row a catchment school: school_id, code, names, surplus_seats, empty_classes,
        large_grades, oversized_grades, extreme_grades (grades whose classes are so), school_pupils,
        size_limit, beyond_limit_pupils, mean_distance_m, radius_m, beyond_radius_pct, is_far.
    grades
        school_id, grade, pupils, classes, class_pupils, class_state of the stage.
    pupil_year
        Year of the pupils; nothing where no enrolment is loaded.
    """

    schools: pd.DataFrame
    grades: pd.DataFrame
    pupil_year: int | None


def read_states(
    connection: Connection, district: District, plan: Plan, stage: str, year: int
) -> States:
    """Read what else is to know of the schools of a stage, beside their warnings.

    Class sizes and school sizes are those of the newest enrolment, ways those of the year that
    the district shows first; seats to spare are those of `year`.
    """
    counts = read_counts(connection, district, plan, stage=stage, year=year)
    counts = counts[counts["school_id"].notna()]
    enrolled = read_table(connection, "enrolled_grades", district_id=district.id)
    grades = rate_classes(enrolled[enrolled["stage"] == stage], district.profile)
    reach = read_table(
        connection, "catchment_reaches", district_id=district.id, plan_id=plan.id, stage=stage
    )
    names = ["school_id", "school_code", "school_name_zh", "school_name_en", "surplus_seats"]
    schools = counts[names].astype({"school_id": int, "surplus_seats": "Int64"})
    far_from = district.profile.warning.beyond_radius_from_pct
    schools = (
        schools.assign(
            empty_classes=count_empty_classes(
                schools["surplus_seats"], counts["stage"], district.profile
            )
        )
        .merge(_count_grades(grades), on="school_id", how="left")
        .merge(measure_sizes(enrolled, district.profile), on="school_id", how="left")
        .merge(
            reach[["school_id", "mean_distance_m", "radius_m", "beyond_radius_pct"]],
            on="school_id",
            how="left",
        )
    )
    columns = [f"{state}_grades" for state in CROWDED]
    schools[columns] = schools[columns].astype("Int64")
    schools["is_far"] = schools["beyond_radius_pct"].astype(float) >= far_from
    newest = None if enrolled.empty else int(enrolled["year"].iloc[0])
    return States(schools.reset_index(drop=True), grades.reset_index(drop=True), newest)


def _count_grades(grades: pd.DataFrame) -> pd.DataFrame:
    """Count the grades of each school whose classes are large, oversized or extremely so."""
    flags = {f"{state}_grades": grades["class_state"] == state for state in CROWDED}
    table = grades[["school_id"]].assign(**flags)
    return table.groupby("school_id", as_index=False).sum()


def sum_states(schools: pd.DataFrame) -> dict[str, int]:
    """Count the schools in each state; a school may be in several.

    Examples
    --------
    >>> schools = pd.DataFrame({"surplus_seats": [90, 0], "empty_classes": [2, 0],
    ...     "large_grades": [1, 0], "oversized_grades": [2, 0], "extreme_grades": [0, 0],
    ...     "beyond_limit_pupils": [20, 0], "is_far": [False, True]})
    >>> sum_states(schools)["oversized_schools"], sum_states(schools)["empty_classes"]
    (1, 2)
    """
    return {
        "surplus_schools": int((schools["surplus_seats"].fillna(0) > 0).sum()),
        "surplus_seats": int(schools["surplus_seats"].fillna(0).sum()),
        "empty_classes": int(schools["empty_classes"].fillna(0).sum()),
        **{
            f"{state}_schools": int((schools[f"{state}_grades"].fillna(0) > 0).sum())
            for state in CROWDED
        },
        "beyond_limit_schools": int((schools["beyond_limit_pupils"].fillna(0) > 0).sum()),
        "far_schools": int(schools["is_far"].sum()),
    }
