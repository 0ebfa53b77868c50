"""What the newest rating of growth says, as panels, commands and briefings tell it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import Connection

from catchments.growth.rules import OVERALL, UNRATED, GrowthRules
from gis.database import read_table
from gis.errors import UsageError
from gis.runs import find_newest_run
from scenarios.district import District
from scenarios.student_growth.rate import RUN_KIND, read_growth_rules

_PLACE = ["school_id", "school_code", "school_name_zh", "school_name_en", "grade", "class_number"]


@dataclass(frozen=True, eq=False)
class Growth:
    """Levels of one stage or all: of the district and its schools, or of a school and its classes.

    Parameters
    ----------
    counts, changes, transitions
        Columns of the questions of those names; hidden cells are missing.
    """

    run_id: int
    rules: GrowthRules
    counts: pd.DataFrame
    changes: pd.DataFrame
    transitions: pd.DataFrame

    @property
    def years(self) -> list[int]:
        """Return the school years that are rated, rising."""
        return sorted(int(year) for year in self.counts["year"].unique())

    def list_domains(self) -> list[str]:
        """Return the codes of what is rated: the growth grade, then each domain of the rules."""
        return [OVERALL, *(domain.code for domain in self.rules.domains)]


def read_growth(
    connection: Connection,
    district: District,
    *,
    stage: str | None = None,
    school_id: int | None = None,
    newest: bool = False,
    domain: str | None = None,
) -> Growth | None:
    """Read the newest rating, if there is one; no row of it is a person.

    Parameters
    ----------
    school_id
        School whose classes are told too, in place of the schools of the district.
    newest
        Whether counts of the newest school year alone are read.
    domain
        Domain of which places below the district are counted; by default all.
    """
    run_id = find_newest_run(connection, district_id=district.id, kind=RUN_KIND)
    rules = read_growth_rules(connection, district)
    if run_id is None or rules is None:
        return None
    asked = {"run_id": run_id, "stage": stage}
    return Growth(
        run_id,
        rules,
        read_table(
            connection, "growth_counts", **asked, school_id=school_id, newest=newest, domain=domain
        ),
        read_table(connection, "growth_changes", **asked, school_id=school_id),
        read_table(connection, "growth_transitions", **asked),
    )


def share_levels(counts: pd.DataFrame, rules: GrowthRules, domain: str) -> pd.DataFrame:
    """Turn counts of one domain and year into shares: a row a place, a column a level.

    Parameters
    ----------
    counts
        Columns of ``queries/growth_counts.sql``, of one stage.

    Returns
    -------
    DataFrame
        school_id, school_code, school_name_zh, school_name_en, grade, class_number, of_pupils, and
        a column ``<level>_pct`` from the lowest level, ``unrated_pct`` last: of the pupils of the
        place, missing where hidden.

    Examples
    --------
    >>> from catchments.growth.rules import GrowthRules, Level
    >>> levels = (Level("low", "低", "Low"), Level("high", "高", "High"))
    >>> rules = GrowthRules("", "", "", "", (9, 1), levels, (), (), (), "", "")
    >>> counts = pd.DataFrame({"school_id": 1, "school_code": "A", "school_name_zh": "甲",
    ...     "school_name_en": None, "grade": None, "class_number": None, "of_pupils": 100,
    ...     "level": ["low", "high", "unrated"], "pupils": [30, 60, 10]})
    >>> share_levels(counts, rules, "moral")[["low_pct", "high_pct"]].values.tolist()
    [[30.0, 60.0]]
    """
    codes = [*(level.code for level in rules.list_levels(domain)), UNRATED]
    columns = [*_PLACE, "of_pupils", *(f"{code}_pct" for code in codes)]
    places: dict[tuple[Any, ...], dict[str, Any]] = {}
    # Few rows: a loop over them takes a tenth of the time of a pivot.
    for row in counts.to_dict("records"):
        key = tuple(None if pd.isna(row[name]) else row[name] for name in _PLACE)
        place = places.setdefault(key, dict(zip(_PLACE, key, strict=True)))
        place["of_pupils"] = row["of_pupils"]
        is_hidden = pd.isna(row["pupils"]) or pd.isna(row["of_pupils"])
        share_pct = np.nan if is_hidden else 100 * row["pupils"] / row["of_pupils"]
        place[f"{row['level']}_pct"] = share_pct
    return pd.DataFrame(list(places.values()), columns=columns)


def check_domain(growth: Growth, domain: str | None) -> str:
    """Return the domain that is asked for, or the growth grade over all.

    Raises
    ------
    UsageError
        When the rules know no such domain.
    """
    if domain is None:
        return OVERALL
    known = growth.list_domains()
    if domain not in known:
        raise UsageError(
            f"There is no domain '{domain}' of growth.", mend=f"Use one of {', '.join(known)}."
        )
    return domain


def need_growth(
    connection: Connection,
    district: District,
    *,
    stage: str | None = None,
    school_id: int | None = None,
) -> Growth:
    """Read the newest rating; see :func:`read_growth`.

    Raises
    ------
    UsageError
        When nothing is rated for the choice.
    """
    found = read_growth(connection, district, stage=stage, school_id=school_id)
    if found is None or found.counts.empty:
        raise UsageError(
            f"No growth of pupils is rated in district {district.profile.code} for this choice.",
            mend="Choose another stage or school, or load pupils, growth records and rules first.",
        )
    return found


def select_places(table: pd.DataFrame, by: str) -> pd.DataFrame:
    """Select the rows of the district, of its schools, or of the classes of a school."""
    has_school, has_class = table["school_id"].notna(), table["class_number"].notna()
    wanted = {
        "district": ~has_school,
        "school": has_school & ~has_class,
        "class": has_class,
    }
    return table[wanted[by]]
