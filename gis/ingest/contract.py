"""Check a table against its contract: the columns, keys and shapes of :mod:`gis.tables`."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from sqlalchemy import Column, Table, UniqueConstraint

from gis.crs import to_store
from gis.errors import CrsError, RejectedDataError

OWN_COLUMNS = {"id", "district_id", "run_id", "loaded_at", "created_at"}
_LISTED = 20  # rows named in one message; all of them are stored


@dataclass
class Rejections:
    """Refused rows of one dataset: which row, which rule, how to mend it."""

    dataset: str
    parts: list[pd.DataFrame] = field(default_factory=list)

    def add(
        self,
        refs: pd.Series,
        *,
        column: str,
        found: pd.Series | str | None,
        rule: str,
        mend: str,
    ) -> None:
        """Note the rows `refs` (row references) as refused by one rule."""
        if len(refs) == 0:
            return
        self.parts.append(
            pd.DataFrame(
                {
                    "dataset": self.dataset,
                    "row_ref": refs.astype(str).to_numpy(),
                    "column_name": column,
                    "found": found.astype(str).to_numpy()
                    if isinstance(found, pd.Series)
                    else found,
                    "rule": rule,
                    "mend": mend,
                }
            )
        )

    def build_table(self) -> pd.DataFrame:
        """Return all refused rows: dataset, row_ref, column_name, found, rule, mend."""
        columns = ["dataset", "row_ref", "column_name", "found", "rule", "mend"]
        return (
            pd.concat(self.parts, ignore_index=True)
            if self.parts
            else pd.DataFrame(columns=columns)
        )


def name_source_column(column: Column) -> str:
    """Name under which a column travels in files: references go by code, not by id.

    Examples
    --------
    >>> from gis.tables import building
    >>> name_source_column(building.c.planning_unit_id)
    'planning_unit_code'
    """
    return f"{column.name[:-3]}_code" if column.foreign_keys else column.name


def check_table(table: Table, frame: pd.DataFrame, rejections: Rejections) -> pd.DataFrame:
    """Return the rows of `frame` that keep the contract of `table`; note the others.

    Parameters
    ----------
    frame
        Columns as :func:`name_source_column` names them; geometry column ``geom`` of a
        GeoDataFrame with its CRS.

    Returns
    -------
    DataFrame
        Known columns only, types as stored, geometry in EPSG:4490.

    Raises
    ------
    RejectedDataError
        When a mandatory column is missing or no row is left.
    """
    columns = [c for c in table.columns if c.name not in OWN_COLUMNS]
    missing = [
        name_source_column(c)
        for c in columns
        if not c.nullable
        and name_source_column(c) not in frame.columns
        and not (c.name == "digest" and table.name == "plan")
    ]
    if missing:
        raise RejectedDataError(
            f"Dataset {table.name} lacks the column {', '.join(missing)};"
            f" it has {', '.join(map(str, frame.columns))}.",
            mend="Add it, or map another column to it in the profile.",
        )
    known = {name_source_column(c): c for c in columns}
    kept = pd.DataFrame(
        {
            name: frame[name].to_numpy() if name == "geom" else frame[name]
            for name in known
            if name in frame
        }
    )
    refs = name_rows(table, frame)
    good = np.ones(len(kept), dtype=bool)
    for name, column in known.items():
        if name not in kept:
            continue
        if name == "geom":
            kept[name] = _check_shapes(column, frame, refs, good, rejections)
        else:
            kept[name] = _check_values(column, name, kept[name], refs, good, rejections)
    _check_keys(table, kept, refs, good, rejections)
    if len(kept) and not good.any():
        raise RejectedDataError(describe_rejections(rejections), mend="Mend the file.")
    return kept[good].reset_index(drop=True)


def name_rows(table: Table, frame: pd.DataFrame) -> pd.Series:
    """Return what people call each row: its key where it has one, else its number."""
    parts = [name for name in _list_key(table) if name in frame.columns]
    if not parts:
        return pd.Series(np.arange(1, len(frame) + 1).astype(str))
    named = frame[parts[0]].astype(str)
    for part in parts[1:]:
        named = named + " / " + frame[part].astype(str)
    return named.reset_index(drop=True)


def describe_rejections(rejections: Rejections) -> str:
    """Say in a few lines what was refused and why."""
    table = rejections.build_table()
    lines = []
    for (column, rule), rows in table.groupby(["column_name", "rule"], sort=False):
        named = ", ".join(rows["row_ref"].head(_LISTED))
        more = f" and {len(rows) - _LISTED} more" if len(rows) > _LISTED else ""
        lines.append(f"{rejections.dataset}.{column}: {rule} ({len(rows)} rows: {named}{more})")
    return "; ".join(lines) + "."


def _list_key(table: Table) -> list[str]:
    own = [c for c in table.primary_key.columns if c.name != "id"]
    if not own:
        unique = [c for c in table.constraints if isinstance(c, UniqueConstraint)]
        own = [c for c in unique[0].columns if c.name not in OWN_COLUMNS] if unique else []
    return [name_source_column(c) for c in own]


def _check_keys(
    table: Table, kept: pd.DataFrame, refs: pd.Series, good: np.ndarray, rejections: Rejections
) -> None:
    parts = [name for name in _list_key(table) if name in kept]
    if not parts:
        return
    twice = kept[parts].duplicated(keep="first").to_numpy() & good
    rejections.add(
        refs[twice],
        column=", ".join(parts),
        found=refs[twice],
        rule="the same key stands above",
        mend="Keep one row for each key.",
    )
    good &= ~twice


def _check_shapes(
    column: Column,
    frame: pd.DataFrame,
    refs: pd.Series,
    good: np.ndarray,
    rejections: Rejections,
) -> np.ndarray:
    stored = store_shapes(frame)
    empty = shapely.is_missing(stored)
    if not column.nullable:
        rejections.add(
            refs[empty & good],
            column="geom",
            found="empty",
            rule="the geometry is empty",
            mend="Draw it in the source, or remove the row.",
        )
        good &= ~empty
    wanted = str(column.type.geometry_type)  # type: ignore[attr-defined]
    if wanted == "MULTIPOLYGON":
        stored = multiply(stored)
    kinds = np.array([kind.upper() for kind in _name_types(stored)])
    broken = (~empty & good) & ~shapely.is_valid(stored)
    rejections.add(
        refs[broken],
        column="geom",
        found=pd.Series(shapely.is_valid_reason(stored[broken])),
        rule="the geometry is not valid",
        mend="Repair it in the source, for example with ST_MakeValid.",
    )
    wrong = (~empty & good & ~broken) & (kinds != wanted)
    rejections.add(
        refs[wrong],
        column="geom",
        found=pd.Series(kinds[wrong]),
        rule=f"the geometry must be a {wanted}",
        mend="Deliver that kind of geometry.",
    )
    good &= ~(broken | wrong)
    return stored


def store_shapes(frame: pd.DataFrame) -> np.ndarray:
    """Return column ``geom`` in EPSG:4490, empty shapes as missing.

    Raises
    ------
    CrsError
        When the frame states no coordinate system.
    """
    if not isinstance(frame, gpd.GeoDataFrame) or frame.crs is None:
        raise CrsError(
            "A geometry states no coordinate system.",
            mend="State it in the file, or as crs in the profile.",
        )
    shapes = np.array(frame["geom"], dtype=object)
    shapes[shapely.is_empty(shapes)] = None
    return np.asarray(to_store(shapes, frame.crs), dtype=object)


def multiply(shapes: np.ndarray) -> np.ndarray:
    """Turn single polygons into multipolygons, as the tables store them."""
    turned = shapes.copy()
    single = shapely.get_type_id(shapes) == shapely.GeometryType.POLYGON.value
    turned[single] = shapely.multipolygons(shapes[single].reshape(-1, 1))
    return turned


def _name_types(shapes: np.ndarray) -> list[str]:
    names = {kind.value: kind.name for kind in shapely.GeometryType}
    return [names[int(number)] for number in shapely.get_type_id(shapes)]


def _check_values(
    column: Column,
    name: str,
    given: pd.Series,
    refs: pd.Series,
    good: np.ndarray,
    rejections: Rejections,
) -> pd.Series:
    empty = given.isna().to_numpy()
    wanted = str if column.foreign_keys else column.type.python_type
    parsed, needed = _parse_values(given, wanted)
    wrong = parsed.isna().to_numpy() & ~empty & good
    rejections.add(
        refs[wrong],
        column=name,
        found=given[wrong],
        rule=f"the value must be {needed}",
        mend="Write it so.",
    )
    good &= ~wrong
    if not column.nullable:
        bare = empty & good
        rejections.add(
            refs[bare],
            column=name,
            found="",
            rule="the value must not be empty",
            mend="Fill it in.",
        )
        good &= ~bare
    return parsed


def _parse_values(given: pd.Series, wanted: type) -> tuple[pd.Series, str]:
    if wanted is str:
        text = given if given.dtype.kind not in "iufb" else given.astype(str)
        return text, "text"
    if wanted is bool:
        if given.dtype == bool:
            return given, "true or false"
        words = {"true": True, "false": False, "1": True, "0": False, "是": True, "否": False}
        return given.astype(str).str.lower().map(words), "true or false"
    if wanted is int:
        number = pd.to_numeric(given, errors="coerce")
        return number.where(number == np.floor(number)), "a whole number"
    if wanted is float:
        number = pd.to_numeric(given, errors="coerce")
        return number.where(np.isfinite(number.to_numpy(dtype=float))), "a number"
    if wanted is dt.date:
        return pd.to_datetime(given, errors="coerce"), "a date such as 2026-03-31"
    return given, wanted.__name__
