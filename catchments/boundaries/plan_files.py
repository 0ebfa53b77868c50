"""Plan files: which school each unit belongs to."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from catchments.joint import JOINER, merge_joint
from catchments.units import Instance, Positions
from gis.errors import RejectedDataError
from gis.exports.drafts import open_draft
from gis.exports.spreadsheets import neutralise_table
from gis.ingest.plain_csv import find_ids, read_table, refuse_repeats
from gis.runs import digest_text

_UNITS_NAMED = 10


def name_catchments(
    instance: Instance, joint: tuple[tuple[int, ...], ...], school_of_unit: Positions
) -> list[str]:
    """Return the n names of the units' catchments: a school id, or ``a+b`` where schools share it.

    Parameters
    ----------
    school_of_unit
        n positions of schools; any school of a joint catchment stands for it.
    """
    merged, _, catchment_of_school = merge_joint(instance, joint)
    return [merged.school_ids[i] for i in catchment_of_school[school_of_unit].tolist()]


def write_plan(path: Path, unit_ids: tuple[str, ...], catchments: list[str]) -> None:
    """Write a plan as CSV unit_id, school_id, whole or not at all.

    Raises
    ------
    OutputError
        When the file cannot be written.
    """
    table = pd.DataFrame({"unit_id": list(unit_ids), "school_id": catchments})
    with open_draft(path) as draft:
        neutralise_table(table).to_csv(draft, index=False, encoding="utf-8", lineterminator="\n")


def digest_plan(unit_ids: tuple[str, ...], catchments: list[str]) -> str:
    """Return the SHA-256 of the sorted lines ``unit_id,school_id``; equal plans have equal ones.

    Examples
    --------
    >>> digest_plan(("1", "2"), ["a", "b"]) == digest_plan(("2", "1"), ["b", "a"])
    True
    """
    pairs = zip(unit_ids, catchments, strict=True)
    return digest_text(*sorted(f"{unit},{catchment}" for unit, catchment in pairs))


def read_plan(
    path: Path, instance: Instance, *, joint: tuple[tuple[int, ...], ...] = ()
) -> Positions:
    """Read a plan to be measured or compared.

    Parameters
    ----------
    path
        CSV unit_id, school_id; each unit of the instance once. The school of a joint catchment is
        one of its schools or all of them, as in ``a+b``.

    Returns
    -------
    ndarray
        n positions of schools; the first school stands for a joint catchment.

    Raises
    ------
    UsageError
        When the file is missing.
    RejectedDataError
        When an id is unknown, or a unit is missing or stands in two rows.
    """
    table = read_table(path, ["unit_id", "school_id"])
    refuse_repeats(table, "unit_id", path, "Give each unit one school.")
    unit = find_ids(table, "unit_id", instance.unit_ids, path, source="the file of units")
    groups = [sorted(group) for group in joint]
    names = {JOINER.join(instance.school_ids[i] for i in group): group[0] for group in groups}
    known = [*instance.school_ids, *names]
    school = find_ids(table, "school_id", known, path, source="the file of schools")
    absent = np.setdiff1d(np.arange(len(instance.unit_ids)), unit)
    if absent.size:
        named = ", ".join(instance.unit_ids[i] for i in absent[:_UNITS_NAMED])
        more = f" and {absent.size - _UNITS_NAMED} more" if absent.size > _UNITS_NAMED else ""
        raise RejectedDataError(
            f"{path} gives no school to unit {named}{more}.", mend="Give each unit a row."
        )
    first = np.array([*range(len(instance.school_ids)), *names.values()], dtype=np.int64)
    school_of_unit = np.empty(len(instance.unit_ids), dtype=np.int64)
    school_of_unit[unit] = first[school]
    return school_of_unit
