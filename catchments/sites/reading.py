"""Read requests for sites from CSV files: streets or distances, pupils, and permitted sites."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from catchments.sites.request import Flags, Floats, Places, SiteRequest
from gis.errors import RejectedDataError, UsageError

STATUSES = ("existing", "candidate", "forbidden")
# ASSUMPTION: a search holds its table of distances about four times: 3 GB at this size.
MOST_PAIRS = 100_000_000
_ROWS_NAMED = 10

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
    table = _read_table(edges, ["a", "b", "length"])
    length = _parse_amounts(table, "length", edges)
    nodes = _sort_ids({*table["a"], *table["b"]})
    a, b = _locate(table["a"], nodes), _locate(table["b"], nodes)
    pairs = pd.DataFrame({"a": np.minimum(a, b), "b": np.maximum(a, b), "length": length})
    pairs = pairs.drop_duplicates(["a", "b"], keep="last")
    graph = csr_array(
        (pairs["length"].to_numpy(), (pairs["a"].to_numpy(), pairs["b"].to_numpy())),
        shape=(len(nodes), len(nodes)),
    )

    def measure(site_ids: list[str]) -> tuple[list[str], Floats]:
        return nodes, dijkstra(graph, directed=False, indices=_locate(site_ids, nodes)).T

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
    table = _read_table(distances, ["unit_id", "school_id", "distance"])
    table["distance"] = _parse_amounts(table, "distance", distances)
    table = table.drop_duplicates(["unit_id", "school_id"], keep="last")
    units = _sort_ids(set(table["unit_id"]))

    def measure(site_ids: list[str]) -> tuple[list[str], Floats]:
        distance_m = np.full((len(units), len(site_ids)), np.inf)
        row, column = _locate(table["unit_id"], units), _locate(table["school_id"], site_ids)
        known = column >= 0
        distance_m[row[known], column[known]] = table["distance"].to_numpy()[known]
        return units, distance_m

    known_sites = _sort_ids(set(table["school_id"]))
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
    table = _read_table(path, ["school_id"])
    status = table.get("status", pd.Series("candidate", table.index)).fillna("candidate")
    _refuse_rows(
        table["school_id"].duplicated(), path, "names a school_id again", "Name each site once."
    )
    _refuse_rows(
        ~status.isin(STATUSES), path, "has an unknown status", f"Write {', '.join(STATUSES)}."
    )
    permitted = table[status != "forbidden"]
    _refuse_rows(
        ~table["school_id"].isin(known) & (status != "forbidden"),
        path,
        f"names a school_id that {ways} lacks",
        "Add its ways there, or take it out here.",
    )
    if permitted.empty:
        raise RejectedDataError(
            f"{path} permits no site.", mend="Give at least one the status candidate."
        )
    site_ids = _sort_ids(set(permitted["school_id"]))
    standing = set(table.loc[status == "existing", "school_id"])
    return site_ids, np.array([site in standing for site in site_ids])


def _read_pupils(path: Path, unit_ids: list[str], ways: Path) -> Floats:
    table = _read_table(path, ["unit_id", "pupils"])
    amounts = _parse_amounts(table, "pupils", path)
    _refuse_rows(
        table["unit_id"].duplicated(), path, "names a unit_id again", "Give each unit one row."
    )
    at = _locate(table["unit_id"], unit_ids)
    _refuse_rows(
        pd.Series((at < 0) & (amounts > 0), table.index),
        path,
        f"has pupils in a unit that {ways} lacks, so that nobody can reach a school from it",
        "Add its ways there.",
    )
    pupils = np.zeros(len(unit_ids))
    pupils[at[at >= 0]] = amounts[at >= 0]
    return pupils


def _read_table(path: Path, columns: list[str]) -> pd.DataFrame:
    """Read a CSV as text, so that an id such as 007 keeps its zeros."""
    if not path.is_file():
        raise UsageError(f"There is no file {path}.", mend="Check the name and the folder.")
    try:
        table = pd.read_csv(
            path,
            dtype=str,
            encoding="utf-8-sig",
            skipinitialspace=True,
            keep_default_na=False,  # NA may be a name
            na_values=[""],
            skip_blank_lines=False,  # so that positions tell lines
        ).dropna(how="all")
    except (ValueError, OSError) as error:
        raise RejectedDataError(
            f"File {path} cannot be read as CSV: {str(error).splitlines()[0]}.",
            mend="Save it as CSV in UTF-8 with one line of column names.",
        ) from error
    table.columns = [str(name).strip() for name in table.columns]
    missing = [name for name in columns if name not in table.columns]
    if missing:
        raise RejectedDataError(
            f"File {path} lacks the column {', '.join(missing)}; it has"
            f" {', '.join(table.columns)}.",
            mend=f"Give it the columns {', '.join(columns)}.",
        )
    if table.empty:
        raise RejectedDataError(f"File {path} has no rows.", mend="Export it again.")
    empty = table[columns].isna().any(axis=1)
    _refuse_rows(empty, path, f"lacks {' or '.join(columns)}", "Fill it or leave the row out.")
    table[columns] = table[columns].apply(lambda column: column.str.strip())
    return table


def _parse_amounts(table: pd.DataFrame, column: str, path: Path) -> Floats:
    amounts = pd.to_numeric(table[column], errors="coerce")
    wrong = ~((amounts >= 0) & np.isfinite(amounts))
    _refuse_rows(wrong, path, f"has a {column} that is no number of zero or more", "Correct it.")
    return amounts.to_numpy(dtype=np.float64)


def _refuse_rows(wrong: pd.Series, path: Path, what: str, mend: str) -> None:
    """Refuse rows by their line in the file; the column names stand in line 1."""
    lines = [str(row + 2) for row in wrong.index[wrong.to_numpy(dtype=bool)]]
    if lines:
        more = f" and {len(lines) - _ROWS_NAMED} more" if len(lines) > _ROWS_NAMED else ""
        raise RejectedDataError(
            f"Line {', '.join(lines[:_ROWS_NAMED])}{more} of {path} {what}.", mend=mend
        )


def _locate(ids: Iterable[str], among: list[str]) -> Places:
    """Return the positions of ids in a list, -1 where they are not in it."""
    return pd.Index(among, dtype=object).get_indexer(pd.Index(ids, dtype=object))


def _sort_ids(ids: set[str]) -> list[str]:
    """Sort ids as numbers where they are such, so that the order of rows never matters."""
    return sorted(ids, key=lambda name: (0, int(name), name) if name.isdecimal() else (1, 0, name))
