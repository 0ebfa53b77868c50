"""Read a division as offices deliver it: polygons, or lists of names or door numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import geopandas as gpd
import numpy as np
import pandas as pd

from gis.crs import STORE_SRID, to_store
from gis.errors import CrsError, RejectedDataError
from gis.ingest.files import read_file

Kind = Literal["polygons", "units", "communities", "doors"]

# Columns of each kind beside school_id; the first ones must be filled in every row.
_NEEDED: dict[Kind, tuple[str, ...]] = {
    "doors": ("street",),
    "units": ("planning_unit_id",),
    "communities": ("community",),
    "polygons": (),
}
_RANGE = ("first_number", "last_number", "side")
# ASSUMPTION: no name of a unit, community or street holds one of these.
_SEPARATORS = r"[、，,;；\n]+"
_SIDES = {
    "odd": {"odd", "单", "单号"},
    "even": {"even", "双", "双号"},
    "all": {"", "all", "both", "全", "全部", "单双", "单双号"},
}
_ROWS_NAMED = 10


@dataclass(frozen=True, eq=False)
class Division:
    """A plan as it was delivered; names are text.

    Parameters
    ----------
    kind
        What `table` lists.
    table
        school_id, and for polygons: geometry with a CRS; units: planning_unit_id; communities:
        community; doors: street, first_number and last_number (both inside the range, 0 and
        infinite when open) and side (odd, even, all).
    """

    kind: Kind
    table: pd.DataFrame


def read_division(
    source: Path | pd.DataFrame,
    *,
    columns: Mapping[str, str] | None = None,
    crs: object = None,
) -> Division:
    """Read a division; its columns tell its kind.

    Geometry makes it polygons, else street makes it door numbers, else planning_unit_id or
    community a list. A cell may name several units or communities, parted by 、 ， , ; or ；.
    A range without first or last number is open at that end, without side it holds both.

    Parameters
    ----------
    source
        A CSV or vector file, or a table.
    columns
        Our column → theirs, for columns of another name.
    crs
        System of the polygons, such as gcj02; it wins over what the file states.

    Raises
    ------
    UsageError
        The file is missing or of an unknown kind.
    RejectedDataError
        A column or a name is missing, or a range is no range; the rows are named, the first
        below the header being row 1.
    CrsError
        Polygons state no CRS.

    Examples
    --------
    >>> told = pd.DataFrame({"school_id": ["A", "B"], "planning_unit_id": ["1、2", "3"]})
    >>> read_division(told).table.to_numpy().tolist()
    [['A', '1'], ['A', '2'], ['B', '3']]
    """
    frame = read_file(source) if isinstance(source, Path) else source
    theirs = {theirs: ours for ours, theirs in (columns or {}).items()}
    frame = frame.rename(columns=theirs).reset_index(drop=True)
    kind = _tell_kind(frame)
    for name in ("school_id", *_NEEDED[kind]):
        _refuse_missing(frame, name)
    ids = read_names(frame["school_id"])
    if kind == "polygons":
        return Division(kind, _read_polygons(frame, ids, crs))
    if kind == "doors":
        return Division(kind, _read_ranges(frame, ids))
    name = _NEEDED[kind][0]
    table = pd.DataFrame({"school_id": ids, name: read_names(frame[name])})
    table[name] = table[name].str.split(_SEPARATORS, regex=True)
    table = table.explode(name, ignore_index=True)
    table[name] = table[name].str.strip()
    return Division(kind, table[table[name] != ""].reset_index(drop=True))


def read_names(cells: pd.Series) -> pd.Series:
    """Read names and ids as text: no blanks at the ends, wide letters narrow, missing ones empty.

    Examples
    --------
    >>> read_names(pd.Series([12.0, None])).tolist(), read_names(pd.Series([" Ｂ２ "])).tolist()
    (['12', ''], ['B2'])
    """
    if pd.api.types.is_float_dtype(cells) and (cells.dropna() % 1 == 0).all():
        cells = cells.astype("Int64")
    text = cells.astype("string").fillna("").astype(object).astype(str)
    return text.str.normalize("NFKC").str.strip()


def read_door_numbers(cells: pd.Series) -> pd.Series:
    """Read door numbers: the first whole number in each cell, NaN without one.

    Examples
    --------
    >>> read_door_numbers(pd.Series(["12号", "１２-3", "甲", 7])).tolist()
    [12.0, 12.0, nan, 7.0]
    """
    found = read_names(cells).str.extract(r"(\d+)", expand=False)
    return pd.to_numeric(found, errors="coerce").astype(np.float64)


def _tell_kind(frame: pd.DataFrame) -> Kind:
    if isinstance(frame, gpd.GeoDataFrame):
        return "polygons"
    kinds: tuple[Kind, ...] = ("doors", "units", "communities")
    for kind in kinds:
        if _NEEDED[kind][0] in frame.columns:
            return kind
    raise RejectedDataError(
        f"A division has the columns {', '.join(map(str, frame.columns))}.",
        mend="Give school_id and one of planning_unit_id, community, street, or polygons.",
    )


def _refuse_missing(frame: pd.DataFrame, name: str) -> None:
    if name not in frame.columns:
        raise RejectedDataError(
            f"A division lacks the column {name}; it has {', '.join(map(str, frame.columns))}.",
            mend="Add it, or tell which column it is.",
        )
    _refuse_rows(read_names(frame[name]) == "", f"lack {name}", "Fill it or leave the rows out.")


def _refuse_rows(wrong: pd.Series, what: str, mend: str) -> None:
    rows = np.flatnonzero(wrong.to_numpy(dtype=bool))
    if rows.size:
        named = ", ".join(str(row + 1) for row in rows[:_ROWS_NAMED])
        raise RejectedDataError(
            f"{rows.size} rows of a division {what}, first row {named}.", mend=mend
        )


def _read_polygons(frame: pd.DataFrame, ids: pd.Series, crs: object) -> gpd.GeoDataFrame:
    assert isinstance(frame, gpd.GeoDataFrame)
    if crs is not None:
        return gpd.GeoDataFrame(
            {"school_id": ids}, geometry=to_store(frame.geometry, crs), crs=STORE_SRID
        )
    if frame.crs is None:
        raise CrsError(
            "The polygons of a division state no coordinate system.",
            mend="State it: an EPSG code such as 4490, or gcj02 or bd09 for shifted maps.",
        )
    return gpd.GeoDataFrame({"school_id": ids}, geometry=np.asarray(frame.geometry), crs=frame.crs)


def _read_ranges(frame: pd.DataFrame, ids: pd.Series) -> pd.DataFrame:
    bare = pd.Series("", index=frame.index)
    told = {name: read_names(frame.get(name, bare)) for name in _RANGE}
    first, last = (read_door_numbers(told[name]) for name in _RANGE[:2])
    for name, numbers in zip(_RANGE, (first, last), strict=False):
        lost = (told[name] != "") & numbers.isna()
        _refuse_rows(lost, f"have a {name} without a number", "Write a door number.")
    words = {word: side for side, known in _SIDES.items() for word in known}
    side = told["side"].str.lower().map(words)
    _refuse_rows(side.isna(), "name an unknown side", "Write odd, even or all (单, 双, 全).")
    first, last = first.fillna(0.0), last.fillna(np.inf)
    _refuse_rows(first > last, "end before they begin", "Write the lower number first.")
    return pd.DataFrame(
        {
            "school_id": ids,
            "street": read_names(frame["street"]),
            "first_number": first,
            "last_number": last,
            "side": side,
        }
    )
