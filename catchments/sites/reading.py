"""Read requests for sites from CSV files: streets or distances, pupils, and permitted sites."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from catchments.sites.request import Flags, Floats, SiteRequest
from gis.errors import RejectedDataError
from gis.ingest.plain_csv import (
    locate_ids,
    parse_amounts,
    read_table,
    refuse_repeats,
    refuse_rows,
    sort_ids,
)

STATUSES = ("existing", "candidate", "forbidden")
# ASSUMPTION: a search holds its table of distances about four times: 3 GB at this size.
MOST_PAIRS = 100_000_000

Table = Callable[[list[str]], tuple[list[str], Floats]]


def read_streets(
    edges: Path, *, pupils: Path | None = None, sites: Path | None = None
) -> SiteRequest:
    """Read a street graph; every node is a unit and, unless `sites` says else, a site.

    Streets may be walked both ways. If a pair of nodes is given twice, in either order, the
    later one counts. Distances are shortest paths; a node that no street leads to is reached
    from itself alone.

    Parameters
    ----------
    edges
        CSV with the columns a, b, length.
    pupils
        CSV with the columns unit_id, pupils; a node left out has none. Without this file each
        node has one.
    sites
        CSV with the column school_id, a node, and perhaps status: existing, candidate (default)
        or forbidden. A node left out is no site. Without this file each node is a candidate.

    Raises
    ------
    UsageError
        When a file is missing.
    RejectedDataError
        When a column is missing, a value is wrong, or the graph is too large for all pairs.
    """
    table = read_table(edges, ["a", "b", "length"])
    length = parse_amounts(table, "length", edges)
    nodes = sort_ids({*table["a"], *table["b"]})
    a, b = locate_ids(table["a"], nodes), locate_ids(table["b"], nodes)
    pairs = pd.DataFrame({"a": np.minimum(a, b), "b": np.maximum(a, b), "length": length})
    pairs = pairs.drop_duplicates(["a", "b"], keep="last")
    graph = csr_array(
        (pairs["length"].to_numpy(), (pairs["a"].to_numpy(), pairs["b"].to_numpy())),
        shape=(len(nodes), len(nodes)),
    )

    def measure(site_ids: list[str]) -> tuple[list[str], Floats]:
        return nodes, dijkstra(graph, directed=False, indices=locate_ids(site_ids, nodes)).T

    return _build_request(nodes, len(nodes), measure, edges, pupils, sites)


def read_distances(
    distances: Path, *, pupils: Path | None = None, sites: Path | None = None
) -> SiteRequest:
    """Read distances between units and sites; a pair left out has no way.

    If a pair is given twice the later one counts.

    Parameters
    ----------
    distances
        CSV with the columns unit_id, school_id, distance.
    pupils, sites
        As in :func:`read_streets`.

    Raises
    ------
    UsageError
        When a file is missing.
    RejectedDataError
        When a column is missing or a value is wrong.
    """
    table = read_table(distances, ["unit_id", "school_id", "distance"])
    table["distance"] = parse_amounts(table, "distance", distances)
    table = table.drop_duplicates(["unit_id", "school_id"], keep="last")
    units = sort_ids(set(table["unit_id"]))

    def measure(site_ids: list[str]) -> tuple[list[str], Floats]:
        distance_m = np.full((len(units), len(site_ids)), np.inf)
        row, column = locate_ids(table["unit_id"], units), locate_ids(table["school_id"], site_ids)
        known = column >= 0
        distance_m[row[known], column[known]] = table["distance"].to_numpy()[known]
        return units, distance_m

    known_sites = sort_ids(set(table["school_id"]))
    return _build_request(known_sites, len(units), measure, distances, pupils, sites)


def _build_request(
    known_sites: list[str],
    unit_count: int,
    measure: Table,
    ways: Path,
    pupils: Path | None,
    sites: Path | None,
) -> SiteRequest:
    site_ids, existing = known_sites, np.zeros(len(known_sites), dtype=bool)
    if sites is not None:
        site_ids, existing = _read_sites(sites, known_sites, ways)
    if unit_count * len(site_ids) > MOST_PAIRS:
        raise RejectedDataError(
            f"{unit_count:,} units and {len(site_ids):,} sites of {ways} make too many pairs;"
            f" {MOST_PAIRS:,} fit.",
            mend="Name fewer places where a school may stand with --sites.",
        )
    unit_ids, distance_m = measure(site_ids)
    return SiteRequest(
        distance_m=distance_m,
        pupils=_read_pupils(pupils, unit_ids, ways) if pupils else np.ones(len(unit_ids)),
        existing=existing,
        unit_ids=unit_ids,
        site_ids=site_ids,
    )


def _read_sites(path: Path, known: list[str], ways: Path) -> tuple[list[str], Flags]:
    """Return the sites that are not forbidden, and which of them exist."""
    table = read_table(path, ["school_id"], optional=["status"])
    status = table.get("status", pd.Series("candidate", table.index)).fillna("candidate")
    refuse_repeats(table, "school_id", path, "Name each site once.")
    refuse_rows(
        ~status.isin(STATUSES),
        path,
        "has an unknown status",
        f"Write {', '.join(STATUSES)}.",
        values=status,
    )
    permitted = table[status != "forbidden"]
    refuse_rows(
        ~table["school_id"].isin(known) & (status != "forbidden"),
        path,
        f"names a school_id that {ways} lacks",
        "Add its ways there, or take it out here.",
    )
    if permitted.empty:
        raise RejectedDataError(
            f"{path} permits no site.", mend="Give at least one the status candidate."
        )
    site_ids = sort_ids(set(permitted["school_id"]))
    standing = set(table.loc[status == "existing", "school_id"])
    return site_ids, np.array([site in standing for site in site_ids])


def _read_pupils(path: Path, unit_ids: list[str], ways: Path) -> Floats:
    table = read_table(path, ["unit_id", "pupils"])
    amounts = parse_amounts(table, "pupils", path)
    refuse_repeats(table, "unit_id", path, "Give each unit one row.")
    at = locate_ids(table["unit_id"], unit_ids)
    refuse_rows(
        pd.Series((at < 0) & (amounts > 0), table.index),
        path,
        f"has pupils in a unit that {ways} lacks, so that nobody can reach a school from it",
        "Add its ways there.",
    )
    pupils = np.zeros(len(unit_ids))
    pupils[at[at >= 0]] = amounts[at >= 0]
    return pupils
