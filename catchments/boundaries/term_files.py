"""Read the terms of a division from CSV files: pairs, units and schools that belong together."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from catchments.units import Instance
from gis.ingest.plain_csv import find_ids, locate_ids, read_table, refuse_repeats

Pairs = tuple[tuple[int, int], ...]
Groups = tuple[tuple[int, ...], ...]


class Lists(NamedTuple):
    """Where the units and schools that a file may name are listed, for messages."""

    units: str
    schools: str


FILES = Lists("the file of units", "the file of schools")


def read_pairs(path: Path, instance: Instance, lists: Lists = FILES) -> Pairs:
    """Read pairs of unit and school, such as locked or forbidden ones.

    Parameters
    ----------
    path
        CSV unit_id, school_id; a unit may stand in several rows.

    Returns
    -------
    tuple
        Different pairs of positions, sorted.

    Raises
    ------
    UsageError
        When the file is missing.
    RejectedDataError
        When a column is missing or an id is unknown.
    """
    table = read_table(path, ["unit_id", "school_id"])
    unit = find_ids(table, "unit_id", instance.unit_ids, path, source=lists.units)
    school = find_ids(table, "school_id", instance.school_ids, path, source=lists.schools)
    return tuple(sorted(set(zip(unit.tolist(), school.tolist(), strict=True))))


def read_together(path: Path, instance: Instance, lists: Lists = FILES) -> Groups:
    """Read groups of units that stay in one catchment, such as the blocks of one estate.

    Parameters
    ----------
    path
        CSV unit_id, group; a unit stands in one row.

    Returns
    -------
    tuple
        Groups of two and more positions, each sorted, in the order of their first units.

    Raises
    ------
    UsageError
        When the file is missing.
    RejectedDataError
        When a column is missing, an id is unknown or a unit stands in two rows.
    """
    table = read_table(path, ["unit_id", "group"])
    refuse_repeats(table, "unit_id", path, "Put all units that stay together into one group.")
    unit = find_ids(table, "unit_id", instance.unit_ids, path, source=lists.units)
    return _collect(unit.tolist(), table["group"])


def read_joint(path: Path, instance: Instance, lists: Lists = FILES) -> Groups:
    """Read groups of schools that share one catchment (多校划片).

    Parameters
    ----------
    path
        CSV school_id, catchment; schools with the same catchment share it, a school stands in one
        row.

    Raises
    ------
    UsageError
        When the file is missing.
    RejectedDataError
        When a column is missing, an id is unknown or a school stands in two rows.
    """
    table = read_table(path, ["school_id", "catchment"])
    refuse_repeats(table, "school_id", path, "Name one catchment for each school.")
    school = find_ids(table, "school_id", instance.school_ids, path, source=lists.schools)
    return _collect(school.tolist(), table["catchment"])


def read_feeders(path: Path, instance: Instance, lists: Lists = FILES) -> tuple[Groups, Pairs]:
    """Read the plan of the stage below, whose catchments feed the schools of this one.

    Parameters
    ----------
    path
        CSV unit_id, school_id: the plan of primary catchments. Units left out are free.

    Returns
    -------
    together
        Units of one primary catchment stay together.
    locked
        Where the primary school is also a school of the instance (a nine-year school) its units
        are locked to it.

    Raises
    ------
    UsageError
        When the file is missing.
    RejectedDataError
        When a column is missing, a unit is unknown or stands in two rows.
    """
    table = read_table(path, ["unit_id", "school_id"])
    refuse_repeats(table, "unit_id", path, "Give each unit one primary school.")
    find_ids(table, "unit_id", instance.unit_ids, path, source=lists.units)
    return keep_feeders(table, instance)


def keep_feeders(plan: pd.DataFrame, instance: Instance) -> tuple[Groups, Pairs]:
    """Return what keeps the catchments of the stage below whole; see :func:`read_feeders`.

    Parameters
    ----------
    plan
        unit_id, school_id: known units, each once.
    """
    unit = locate_ids(plan["unit_id"], instance.unit_ids)
    school = locate_ids(plan["school_id"], instance.school_ids)
    pairs = zip(unit.tolist(), school.tolist(), strict=True)
    locked = tuple(sorted(pair for pair in pairs if pair[1] >= 0))
    return _collect(unit.tolist(), plan["school_id"]), locked


def merge_groups(groups: Iterable[tuple[int, ...]]) -> Groups:
    """Return groups without overlap: those that share a unit become one.

    Examples
    --------
    >>> merge_groups([(3, 1), (7, 8), (1, 5)])
    ((1, 3, 5), (7, 8))
    """
    rows = [(number, unit) for number, group in enumerate(groups) for unit in group]
    if not rows:
        return ()
    number, unit = np.array(rows).T
    size = int(max(number.max(), unit.max())) + 1
    links = coo_array((np.ones(len(rows)), (number, unit + size)), shape=(2 * size, 2 * size))
    labels = connected_components(links, directed=False)[1]
    names = labels[unit + size].tolist()
    together: dict[int, set[int]] = {}
    for label, member in zip(names, unit.tolist(), strict=True):
        together.setdefault(label, set()).add(member)
    return _order(together.values())


def _collect(positions: list[int], names: pd.Series) -> Groups:
    members: dict[str, list[int]] = {}
    for name, position in zip(names.tolist(), positions, strict=True):
        members.setdefault(name, []).append(position)
    return _order(members.values())


def _order(groups: Iterable[Iterable[int]]) -> Groups:
    return tuple(sorted(tuple(sorted(set(group))) for group in groups if len(set(group)) > 1))
