"""What was stored of the balance of resources, read back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd
from sqlalchemy import Connection

from gis.database import read_table
from gis.errors import RejectedDataError
from gis.runs import find_newest_run
from scenarios.district import District
from scenarios.resource_distribution.assess import KIND, NEEDS_KIND, OUTLOOK_KIND


@dataclass(frozen=True, eq=False)
class StoredNeeds:
    """Least additions of a run.

    Parameters
    ----------
    additions, waived
        As :class:`scenarios.resource_distribution.needs.Needs` has them, with names of schools.
    solution
        cost_yuan, least_cost_yuan, schools_only_yuan, is_even, unknown, year.
    """

    run_id: int
    additions: pd.DataFrame
    waived: pd.DataFrame
    solution: dict[str, Any]

    @property
    def gap_pct(self) -> float:
        """How much of the cost might be saved, at most."""
        cost = float(self.solution["cost_yuan"])
        return 100 * (cost - float(self.solution["least_cost_yuan"])) / cost if cost > 0 else 0.0


def read_needs(connection: Connection, district: District) -> StoredNeeds | None:
    """Read the newest least additions, if any were computed."""
    run_id = find_newest_run(connection, district_id=district.id, kind=NEEDS_KIND)
    solution = read_table(connection, "balance_solution", run_id=run_id)
    if run_id is None or solution.empty:
        return None
    return StoredNeeds(
        run_id,
        read_table(connection, "balance_needs", run_id=run_id),
        read_table(connection, "balance_waivers", run_id=run_id),
        {str(name): value for name, value in solution.iloc[0].items()},
    )


def read_spread(connection: Connection, district: District) -> dict[str, pd.DataFrame]:
    """Read the newest inequality: tables inequality, groups and spots; empty without a run."""
    run_id = find_newest_run(connection, district_id=district.id, kind=KIND)
    return {
        name: read_table(connection, f"balance_{name}", run_id=run_id)
        for name in ("inequality", "groups", "spots")
    }


def read_outlook(connection: Connection, district: District) -> dict[str, pd.DataFrame]:
    """Read the newest outlook: tables years, standings and warnings; empty without a run."""
    run_id = find_newest_run(connection, district_id=district.id, kind=OUTLOOK_KIND)
    return {
        name: read_table(connection, f"balance_{name}", run_id=run_id)
        for name in ("years", "standings", "warnings")
    }


def read_stored_results(
    connection: Connection, district: District
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read the newest results by school and variations.

    Raises
    ------
    RejectedDataError
        When the district was never assessed.
    """
    results = read_table(connection, "indicator_results", district_id=district.id, school_id=None)
    if results.empty:
        raise RejectedDataError(
            f"The schools of district {district.profile.code} have not been assessed.",
            mend="Load pupils by grade and the yearly resource facts of schools first.",
        )
    return results, read_table(connection, "indicator_variations", district_id=district.id)
