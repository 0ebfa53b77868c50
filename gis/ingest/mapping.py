"""Which column of a file is which of ours: suggested from names, kept in a file, remembered."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy import Table

from gis.crs import STORE_SRID, to_store
from gis.errors import CrsError, RejectedDataError, UsageError
from gis.exports.drafts import open_draft
from gis.ingest.dictionary import (
    find_unit,
    list_columns,
    read_words,
    simplify_name,
    split_unit,
)

# UNITS: how many of ours one of theirs is. A mapping states it; it is never applied unasked.
CONVERSIONS = {
    ("亩", "m²"): 2000 / 3,
    ("公顷", "m²"): 10_000.0,
    ("km²", "m²"): 1_000_000.0,
    ("万元", "yuan"): 10_000.0,
    ("千元", "yuan"): 1_000.0,
    ("亿元", "yuan"): 100_000_000.0,
    ("km", "m"): 1_000.0,
    ("公里", "m"): 1_000.0,
}
_SAME_UNITS = {
    "m²": {"m²", "m2", "平方米", "㎡", "平米"},
    "m": {"m", "米"},
    "%": {"%", "％", "百分比"},
    "yuan": {"元", "yuan", "人民币元"},
    "days": {"天", "日", "days"},
    "km": {"km", "公里", "千米"},
}
_POINTS = (("经度", "纬度"), ("lon", "lat"), ("longitude", "latitude"), ("lng", "lat"), ("x", "y"))


class Taken(BaseModel):
    """A column of the file, with the number that turns its unit into ours."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    header: str = Field(alias="from")
    times: float = Field(1.0, gt=0, description="Ours = theirs times this")


class ColumnMapping(BaseModel):
    """How the files of one source are read as one dataset.

    Parameters
    ----------
    columns
        Our column → header of the file, or header and number that turns the unit.
    constants
        Our column → the one value of all rows.
    codes
        Our column → value of the file → our code, beside the names that are known.
    point
        Headers of x and y, when the geometry is a point in two columns.
    crs
        Coordinate system, when the file states none or a wrong one.
    unused
        Headers that are left out; written so that a person sees them.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    dataset: str
    columns: dict[str, str | Taken]
    constants: dict[str, str | int | float | bool] = {}
    codes: dict[str, dict[str, str]] = {}
    point: tuple[str, str] | None = None
    crs: str | None = None
    unused: list[str] = []

    def list_headers(self) -> dict[str, str]:
        """Return the header by our column."""
        return {
            ours: theirs.header if isinstance(theirs, Taken) else theirs
            for ours, theirs in self.columns.items()
        }


@dataclass(frozen=True)
class Suggestion:
    """A mapping that the names suggest, and what a person must look at.

    Parameters
    ----------
    missing
        Columns that the dataset must have and the file does not name.
    doubts
        Sentences: units that differ, headers that two columns claim, likely misspellings.
    confirm
        Whether a doubt is such that nothing is loaded before a person has seen it.
    """

    mapping: ColumnMapping
    missing: tuple[str, ...]
    doubts: tuple[str, ...]
    confirm: bool


def suggest_mapping(table: Table, headers: Iterable[str], *, has_shapes: bool) -> Suggestion:
    """Suggest which header is which column of a dataset, by their known names.

    A header is known by our own name or any of the dictionary's, in any case, width and with any
    blanks; a unit in brackets must be ours, or its conversion is written for a person to confirm.

    Examples
    --------
    >>> from gis.tables import school
    >>> found = suggest_mapping(school, ["标识码", "学校名称", "占地面积（亩）"], has_shapes=True)
    >>> found.mapping.columns["name_zh"], found.mapping.columns["site_area_m2"].times
    ('学校名称', 666.6666666666666)
    >>> found.confirm
    True
    """
    words, columns = read_words(table.name), list_columns(table)
    known = {
        simplify_name(name): ours
        for ours in reversed(columns)
        for name in (*reversed(words.columns[ours]), ours)
    }
    taken: dict[str, str | Taken] = {}
    unused: list[str] = []
    doubts: list[str] = []
    confirm = False
    listed = list(dict.fromkeys(str(header) for header in headers if header != "geom"))
    for header in listed:
        bare, inside = split_unit(header)
        ours = known.get(simplify_name(header)) or known.get(simplify_name(bare))
        if ours is None or ours == "geom":
            unused.append(header)
            doubts += _suggest_alike(header, known)
            continue
        if ours in taken:
            doubts.append(f"'{header}' and another header both mean {ours}; the first is taken.")
            unused.append(header)
            confirm = True
            continue
        taken[ours], doubt = _convert(header, ours, inside)
        if doubt:
            doubts.append(doubt)
            confirm = True
    point = None if has_shapes or "geom" not in columns else _find_point(listed)
    missing = [
        name
        for name, column in columns.items()
        if not column.nullable
        and name not in taken
        and not (name == "geom" and (has_shapes or point))
        and not _is_derived(table, name, taken)
    ]
    mapping = ColumnMapping(
        dataset=table.name,
        columns=taken,
        point=point,
        unused=[header for header in unused if header not in (point or ())],
    )
    return Suggestion(mapping, tuple(missing), tuple(doubts), confirm)


def _is_derived(table: Table, name: str, taken: Mapping[str, Any]) -> bool:
    """Say whether a column follows from another one: last characters from the number."""
    whole = name.replace("_last4", "_hash")
    return whole != name and whole in table.columns and whole in taken


def _convert(header: str, ours: str, inside: str) -> tuple[str | Taken, str | None]:
    unit = find_unit(ours)
    if not inside or unit is None or inside.lower() in _SAME_UNITS[unit]:
        return header, None
    times = CONVERSIONS.get((inside, unit))
    if times is None:
        return header, None  # a remark, such as （必填）
    told = f"'{header}' is in {inside}, {ours} in {unit}: the mapping multiplies by {times:g}."
    return Taken(header=header, times=times), told


def _suggest_alike(header: str, known: Mapping[str, str]) -> list[str]:
    alike = difflib.get_close_matches(simplify_name(split_unit(header)[0]), known, 1, 0.75)
    return [f"'{header}' is not known; it looks like {known[alike[0]]}."] if alike else []


def _find_point(headers: list[str]) -> tuple[str, str] | None:
    plain = {simplify_name(header): header for header in headers}
    for x, y in _POINTS:
        if x in plain and y in plain:
            return plain[x], plain[y]
    return None


def read_mapping(path: Path, table: Table) -> ColumnMapping:
    """Read a mapping file.

    Raises
    ------
    UsageError
        When it is missing, no YAML, has wrong keys, or names columns the dataset does not have.
    """
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        mapping = ColumnMapping.model_validate(content)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise UsageError(
            f"Mapping {path} cannot be read: {str(error).splitlines()[0]}.",
            mend="Write one with --suggest.",
        ) from error
    except ValidationError as error:
        wrong = "; ".join(
            f"{'.'.join(str(part) for part in item['loc'])}: {item['msg']}"
            for item in error.errors()
        )
        raise UsageError(f"Mapping {path} is wrong: {wrong}.", mend="Mend these keys.") from error
    strange = {*mapping.columns, *mapping.constants, *mapping.codes} - set(list_columns(table))
    if mapping.dataset != table.name or strange:
        raise UsageError(
            f"Mapping {path} is for dataset {mapping.dataset}"
            + (f" and names {', '.join(sorted(strange))}" if strange else "")
            + f", not for {table.name}.",
            mend=f"Its columns are {', '.join(list_columns(table))}.",
        )
    return mapping


def write_mapping(mapping: ColumnMapping, path: Path) -> None:
    """Write a mapping file that a person can change."""
    content = mapping.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    with open_draft(path) as draft:
        draft.write_text(
            yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8"
        )


def map_columns(
    frame: pd.DataFrame, mapping: ColumnMapping, *, crs: str | None, origin: str
) -> Any:
    """Return a file's rows under our names.

    Parameters
    ----------
    crs
        System that the command states. It wins over the mapping, that over the file; geometry
        of the file is in it already (:func:`gis.ingest.sources.read_source`).

    Returns
    -------
    DataFrame or GeoDataFrame
        Index as in `frame`; geometry ``geom`` in EPSG:4490 where there is any.

    Raises
    ------
    RejectedDataError
        When the file lacks a header of the mapping.
    CrsError
        When geometry comes without a coordinate system.
    """
    headers = mapping.list_headers()
    wanted = [*headers.values(), *(mapping.point or ())]
    missing = [header for header in dict.fromkeys(wanted) if header not in frame.columns]
    if missing:
        raise RejectedDataError(
            f"File {origin} lacks the column {', '.join(missing)}; it has"
            f" {', '.join(str(name) for name in frame.columns if name != 'geom')}.",
            mend="Export it with that column, or change the mapping (--suggest writes one).",
        )
    mapped = pd.DataFrame({ours: frame[theirs] for ours, theirs in headers.items()})
    mapped.index = frame.index
    for ours, theirs in mapping.columns.items():
        if isinstance(theirs, Taken) and theirs.times != 1:
            mapped[ours] = _multiply(mapped[ours], theirs.times)
    for ours, constant in mapping.constants.items():
        mapped[ours] = str(constant).lower() if isinstance(constant, bool) else constant
    for ours, codes in mapping.codes.items():
        if ours in mapped:
            mapped[ours] = mapped[ours].map(lambda one, codes=codes: codes.get(one, one))
    if mapping.point:
        x, y = (pd.to_numeric(frame[name], errors="coerce") for name in mapping.point)
        points = gpd.GeoSeries.from_xy(x, y, index=frame.index)
        points[(x.isna() | y.isna()).to_numpy()] = None
        return _attach(mapped, points, crs or mapping.crs, origin)
    if "geom" in frame.columns:
        shapes = gpd.GeoSeries(frame["geom"], index=frame.index)
        return _attach(mapped, shapes, shapes.crs if crs else mapping.crs or shapes.crs, origin)
    return mapped


def _multiply(given: pd.Series, times: float) -> pd.Series:
    """Turn a unit; what is no number stays, for the contract to refuse."""
    number = pd.to_numeric(given, errors="coerce")
    return (number * times).round(6).astype(object).where(number.notna(), given)


def _attach(
    mapped: pd.DataFrame, shapes: gpd.GeoSeries, stated: object, origin: str
) -> gpd.GeoDataFrame:
    if stated is None:
        raise CrsError(
            f"File {origin} states no coordinate system for its geometry.",
            mend="Name it with --crs, such as EPSG:4490 or gcj02, or as crs in the mapping.",
        )
    stored = gpd.GeoSeries(to_store(shapes, stated), index=mapped.index, crs=STORE_SRID)
    return gpd.GeoDataFrame(mapped.assign(geom=stored), geometry="geom")
