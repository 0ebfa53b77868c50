"""Check a table against its contract: the columns, keys and shapes of :mod:`gis.tables`."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Integer,
    SmallInteger,
    Table,
    UniqueConstraint,
)

from gis.crs import to_store
from gis.errors import CrsError, RejectedDataError

OWN_COLUMNS = {"id", "district_id", "run_id", "loaded_at", "created_at", "is_draft"}
_LISTED = 20  # rows named in one message; all of them are stored
_TRUTH = {"true": True, "false": False, "1": True, "0": False, "是": True, "否": False}
# Year first: in any other order nobody can tell the month from the day. A time of day is cut off.
_DAY = r"^(\d{4}-\d{1,2}-\d{1,2}|\d{4}/\d{1,2}/\d{1,2}|\d{8})(?:[ T].*)?$"


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
                    "row": refs.index,
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
        return self.locate_rows().drop(columns="row")

    def locate_rows(self) -> pd.DataFrame:
        """Return all refused rows with ``row``, their index in the table that was checked."""
        columns = ["row", "dataset", "row_ref", "column_name", "found", "rule", "mend"]
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


def check_table(
    table: Table, frame: pd.DataFrame, rejections: Rejections, *, partial: bool = False
) -> pd.DataFrame:
    """Return the rows of `frame` that keep the contract of `table`; note the others.

    Parameters
    ----------
    frame
        Columns as :func:`name_source_column` names them; geometry column ``geom`` of a
        GeoDataFrame with its CRS.
    partial
        Mandatory columns may be missing, and no row need be left: the caller judges both. All
        faults of a row are noted, not the first alone.

    Returns
    -------
    DataFrame
        Known columns only, types as stored, geometry in EPSG:4490, index as in `frame`.

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
    if missing and not partial:
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
        },
        index=frame.index,
    )
    refs = name_rows(table, frame)
    good = np.ones(len(kept), dtype=bool)
    for name, column in known.items():
        if name not in kept:
            continue
        sound = np.ones_like(good) if partial else good
        if name == "geom":
            kept[name] = _check_shapes(column, frame, refs, sound, rejections)
        else:
            kept[name] = _check_values(column, name, kept[name], refs, sound, rejections)
        good &= sound
    _check_rules(table, kept, refs, good, rejections)
    _check_keys(table, kept, refs, good, rejections)
    if len(kept) and not good.any() and not partial:
        raise RejectedDataError(describe_rejections(rejections), mend="Mend the file.")
    return kept[good]


def name_rows(table: Table, frame: pd.DataFrame) -> pd.Series:
    """Return what people call each row: its key where it has one, else its number."""
    parts = [name for name in list_key(table) if name in frame.columns]
    if not parts:
        return pd.Series(np.arange(1, len(frame) + 1).astype(str), index=frame.index)
    named = frame[parts[0]].astype(str)
    for part in parts[1:]:
        named = named + " / " + frame[part].astype(str)
    return named


def describe_rejections(rejections: Rejections) -> str:
    """Say in a few lines what was refused and why."""
    table = rejections.build_table()
    lines = []
    for (column, rule), rows in table.groupby(["column_name", "rule"], sort=False):
        named = ", ".join(rows["row_ref"].head(_LISTED))
        more = f" and {len(rows) - _LISTED} more" if len(rows) > _LISTED else ""
        lines.append(f"{rejections.dataset}.{column}: {rule} ({len(rows)} rows: {named}{more})")
    return "; ".join(lines) + "."


def list_key(table: Table) -> list[str]:
    """Return the columns of a file that tell its rows apart; none where the table has no key."""
    own = [c for c in table.primary_key.columns if c.name not in OWN_COLUMNS]
    if not own:
        unique = [c for c in table.constraints if isinstance(c, UniqueConstraint)]
        own = [c for c in unique[0].columns if c.name not in OWN_COLUMNS] if unique else []
    return [name_source_column(c) for c in own]


def _check_rules(
    table: Table, kept: pd.DataFrame, refs: pd.Series, good: np.ndarray, rejections: Rejections
) -> None:
    """Apply the check constraints of the table; they are written so that pandas reads them too."""
    checks = [c for c in table.constraints if isinstance(c, CheckConstraint)]
    for rule in sorted(str(check.sqltext) for check in checks):
        names = [c.name for c in table.columns if re.search(rf"\b{c.name}\b", rule)]
        if not set(names) <= set(kept):
            continue
        rows = good & kept[names].notna().all(axis=1).to_numpy()
        broken = np.zeros_like(good)
        broken[rows] = ~np.asarray(kept.loc[rows, names].eval(rule), dtype=bool)
        if not broken.any():
            continue
        rejections.add(
            refs[broken],
            column=", ".join(names),
            found=kept.loc[broken, names].apply(_read_text).agg(", ".join, axis=1),
            rule=f"it must hold that {rule}",
            mend="Correct the value.",
        )
        good &= ~broken


def _check_keys(
    table: Table, kept: pd.DataFrame, refs: pd.Series, good: np.ndarray, rejections: Rejections
) -> None:
    parts = [name for name in list_key(table) if name in kept]
    if not parts:
        return
    twice = np.zeros_like(good)
    twice[good] = kept.loc[good, parts].duplicated(keep="first")
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
    stored = store_shapes(frame, rejections.dataset)
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
    stored = multiply(stored) if wanted == "MULTIPOLYGON" else _unwrap(stored)
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


def store_shapes(frame: pd.DataFrame, dataset: str) -> np.ndarray:
    """Return column ``geom`` in EPSG:4490 without heights, empty shapes as missing.

    Raises
    ------
    CrsError
        When the frame states no coordinate system.
    """
    if not isinstance(frame, gpd.GeoDataFrame) or frame.crs is None:
        raise CrsError(
            f"Dataset {dataset} states no coordinate system for its geometry.",
            mend="State it in the file, or as crs in the profile.",
        )
    shapes = shapely.force_2d(np.array(frame["geom"], dtype=object))
    shapes[shapely.is_empty(shapes)] = None
    return np.asarray(to_store(shapes, frame.crs), dtype=object)


def multiply(shapes: np.ndarray) -> np.ndarray:
    """Turn single polygons into multipolygons, as the tables store them."""
    turned = shapes.copy()
    single = shapely.get_type_id(shapes) == shapely.GeometryType.POLYGON.value
    turned[single] = shapely.multipolygons(shapes[single].reshape(-1, 1))
    return turned


def _unwrap(shapes: np.ndarray) -> np.ndarray:
    """Take the one part out of collections of one: many formats store nothing else."""
    turned = shapes.copy()
    one = shapely.get_num_geometries(shapes) == 1
    turned[one] = shapely.get_geometry(shapes[one], 0)
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
    parsed, needed = _parse_values(given, column)
    empty = given.isna().to_numpy()
    if needed == "text" and not column.nullable:
        empty = empty | (parsed == "").to_numpy(dtype=bool, na_value=False)
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


def _parse_values(given: pd.Series, column: Column) -> tuple[pd.Series, str]:
    """Return the values as stored, missing where they cannot be, and what was needed."""
    wanted: type = str if column.foreign_keys else column.type.python_type
    if wanted is str:
        return _read_text(given), "text"
    if wanted is bool:
        if given.dtype == bool:
            return given, "true or false"
        return _read_text(given).str.lower().map(_TRUTH).astype("boolean"), "true or false"
    if wanted is int:
        number = pd.to_numeric(given, errors="coerce").astype(float)
        bits = _count_bits(column)
        whole = (number == np.floor(number)) & (number.abs() < 2.0**bits)
        return number.where(whole), f"a whole number below 2^{bits}"
    if wanted is float:
        number = pd.to_numeric(given, errors="coerce").astype(float)
        return number.where(np.isfinite(number)), "a number"
    if wanted is dt.date:
        return read_days(given), "a date such as 2026-03-31"
    return given, wanted.__name__


def _count_bits(column: Column) -> int:
    sizes = ((SmallInteger, 15), (BigInteger, 53), (Integer, 31))  # 53: exact as a float
    return next(bits for kind, bits in sizes if isinstance(column.type, kind))


def _read_text(given: pd.Series) -> pd.Series:
    """Read text; a code that a file holds as the number 451.0 is 451."""
    if pd.api.types.is_float_dtype(given):
        known = given.dropna()
        if ((known % 1 == 0) & (known.abs() < 2.0**53)).all():
            return given.astype("Int64").astype("string")
    return given.astype("string")


def read_days(given: pd.Series) -> pd.Series:
    """Read days written year first; what is no day is missing.

    Examples
    --------
    >>> read_days(pd.Series(["2026-3-1", "20260301", "01.03.2026"])).isna().tolist()
    [False, False, True]
    """
    if pd.api.types.is_datetime64_any_dtype(given):
        return given.dt.tz_localize(None).dt.normalize()
    text = _read_text(given).str.extract(_DAY, expand=False).str.replace("/", "-")
    return pd.to_datetime(text, format="ISO8601", errors="coerce")
