"""What the newest analysis of papers says, as panels, commands and briefings tell it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd
from sqlalchemy import Connection

from gis.database import read_table
from gis.errors import UsageError
from gis.runs import find_newest_run
from scenarios.academic_results.analyse import RUN_KIND
from scenarios.district import District


@dataclass(frozen=True, eq=False)
class Papers:
    """The papers of a district by one run, the newest first; see ``queries/papers.sql``."""

    run_id: int
    table: pd.DataFrame

    def list_main(self, stage: str | None = None) -> pd.DataFrame:
        """Return the papers of a stage that do not only tell prior attainment of others."""
        told = self.table[~self.table["code"].isin(self.table["prior_code"].dropna())]
        return told if stage is None else told[told["stage"] == stage]

    def find(self, code: str) -> dict[str, Any]:
        """Return the paper of that code.

        Raises
        ------
        UsageError
            When there is none; names those there are.
        """
        rows = self.table[self.table["code"] == code].to_dict("records")
        if not rows:
            raise UsageError(
                f"There is no paper '{code}'.", mend=f"Use one of {', '.join(self.table['code'])}."
            )
        return {str(name): value for name, value in rows[0].items()}


def read_papers(connection: Connection, district: District) -> Papers | None:
    """Read the papers of the newest analysis, if there is one."""
    run_id = find_newest_run(connection, district_id=district.id, kind=RUN_KIND)
    if run_id is None:
        return None
    table = read_table(connection, "papers", run_id=run_id)
    return None if table.empty else Papers(run_id, table)


def read_items(connection: Connection, papers: Papers, paper: dict[str, Any]) -> pd.DataFrame:
    """Read how each item of a paper worked; no rows for a paper whose items are not known."""
    asked = {"run_id": papers.run_id, "paper_id": int(paper["paper_id"])}
    return read_table(connection, "paper_item_measures", **asked)


def read_schools(connection: Connection, papers: Papers, paper: dict[str, Any]) -> pd.DataFrame:
    """Read marks and value added of each school in a paper, by name."""
    asked = {"run_id": papers.run_id, "paper_id": int(paper["paper_id"])}
    return read_table(connection, "school_attainments", **asked)


def read_weaknesses(
    connection: Connection,
    papers: Papers,
    paper: dict[str, Any],
    *,
    school_id: int | None = None,
    every: bool = False,
) -> pd.DataFrame:
    """Read the items in which classes are weak, what is most their own first.

    Parameters
    ----------
    every
        Whether the items in which they are not are read too.
    """
    asked = {"run_id": papers.run_id, "paper_id": int(paper["paper_id"])}
    return read_table(connection, "class_weaknesses", **asked, school_id=school_id, every=every)


def sum_weaknesses(weaknesses: pd.DataFrame) -> pd.DataFrame:
    """Put the weak items of each class and knowledge point together, most their own first.

    Returns
    -------
    DataFrame
        school_id, school_code, school_name_zh, school_name_en, class_number, knowledge_point,
        items (numbers joined), difference_pct and beside_own_pct (means over these items).

    Examples
    --------
    >>> rows = pd.DataFrame({"school_id": 1, "school_code": "A", "school_name_zh": "甲",
    ...     "school_name_en": None, "class_number": 2, "knowledge_point": "分数",
    ...     "number": [7, 6], "difference_pct": [-20.0, -10], "beside_own_pct": [-16.0, -8]})
    >>> sum_weaknesses(rows)[["items", "beside_own_pct"]].values.tolist()
    [['6, 7', -12.0]]
    """
    keys = ["school_id", "school_code", "school_name_zh", "school_name_en"]
    keys += ["class_number", "knowledge_point"]
    named = weaknesses.sort_values("number").assign(items=weaknesses["number"].astype(str))
    summed = named.groupby(keys, as_index=False, dropna=False).agg(
        items=("items", ", ".join),
        difference_pct=("difference_pct", "mean"),
        beside_own_pct=("beside_own_pct", "mean"),
    )
    return summed.sort_values(["beside_own_pct", "school_code", "class_number"], kind="stable")
