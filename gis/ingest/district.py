"""Load a whole district in one transaction: contract, references, places, COPY."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import shapely
from geoalchemy2.shape import from_shape
from sqlalchemy import Connection, Table, delete, insert, select

from gis import tables
from gis.crs import STORE_SRID, require_metres
from gis.database import allocate_ids, run_query, write_rows
from gis.errors import RejectedDataError, UsageError
from gis.ingest.contract import (
    Rejections,
    check_table,
    multiply,
    name_rows,
    name_source_column,
    store_shapes,
)
from gis.partition import label_points
from gis.runs import RunInputs, digest_text, record_run, take_turn

Progress = Callable[[str, float], None]

# Order in which the tables are filled: a table stands below all that it refers to.
LOAD_ORDER: list[Table] = [
    tables.subdistrict,
    tables.community,
    tables.planning_unit,
    tables.women,
    tables.housing_project,
    tables.road,
    tables.water,
    tables.building,
    tables.property_unit,
    tables.property_certificate,
    tables.household,
    tables.child,
    tables.guardian,
    tables.deferral,
    tables.school,
    tables.seat_use,
    tables.campus_building,
    tables.seat,
    tables.enrolment,
    tables.resource_fact,
    tables.project,
    tables.project_seat,
    tables.project_building,
    tables.stage_record,
    tables.inspection,
    tables.payment,
    tables.plan,
    tables.plan_membership,
    tables.unit_demand,
]

# References that geometry answers when the source leaves them out.
LOCATED = {
    "planning_unit": ["subdistrict", "community"],
    "building": ["planning_unit"],
    "housing_project": ["planning_unit"],
    "school": ["planning_unit", "subdistrict"],
    "project": ["subdistrict"],
}

# A part that a row names must be a part of the whole that it names.
PARTS = {"inspection": ("project_building_id", "project_id")}

# Days on which something has happened; nothing happens after the registers were drawn.
HAPPENED = {
    "stage_record": ["actual_start_on", "actual_end_on", "recorded_on"],
    "inspection": ["inspected_on", "closed_on"],
}


@dataclass(frozen=True)
class LoadReport:
    """What a load did: rows stored by dataset, and every refused row."""

    district_id: int
    rows: dict[str, int]
    rejected: pd.DataFrame


@dataclass(frozen=True)
class Loaded:
    """Keys of a loaded table, kept for the references of later tables."""

    ids: np.ndarray
    codes: pd.Index
    shapes: np.ndarray | None
    wholes: dict[str, pd.Series]  # what each row is part of, by column, index id


def load_district(
    connection: Connection,
    row: dict[str, Any],
    frames: dict[str, pd.DataFrame],
    *,
    rule_version: str,
    source: str,
    who: str,
    replace: bool = False,
    progress: Progress | None = None,
) -> LoadReport:
    """Store a district and all its datasets in the transaction of `connection`.

    Parameters
    ----------
    row
        Columns of table ``district``, without boundary.
    frames
        Tables by name; references as codes, geometry with CRS.
    rule_version
        Digest of the rules in the profile of `row`.
    source
        File folder or generator that the rows come from.
    progress
        Called with the name of a dataset and the share done, 0 to 1.

    Raises
    ------
    UsageError
        When the district is loaded already and `replace` is not set.
    RejectedDataError
        When a dataset breaks its contract as a whole, or is unknown.
    CrsError
        When the metric CRS of the district does not measure in metres.
    """
    require_metres(row["metric_srid"])
    unknown = set(frames) - {table.name for table in LOAD_ORDER} - {"district"}
    if unknown:
        raise RejectedDataError(
            f"Unknown dataset {', '.join(sorted(unknown))}.",
            mend=f"Use {', '.join(table.name for table in LOAD_ORDER)}.",
        )
    district_id = _write_district(connection, row, frames.get("district"), replace=replace)
    frames = _add_plans(frames)
    todo = [table for table in LOAD_ORDER if table.name in frames]
    total = sum(len(frames[table.name]) for table in todo) or 1
    loaded: dict[str, Loaded] = {}
    rows: dict[str, int] = {}
    rejected: list[pd.DataFrame] = []
    done = 0
    for table in todo:
        rejections = Rejections(table.name)
        frame = check_table(table, frames[table.name], rejections)
        frame = refuse_future(table, frame, row["data_date"], rejections)
        frame = resolve_references(table, frame, loaded, rejections)
        frame = refuse_strange_parts(table, frame, loaded, rejections)
        frame = _complete_columns(
            connection, table, frame.reset_index(drop=True), district_id, rule_version
        )
        digest = write_rows(connection, table, frame)
        if "id" in frame:
            loaded[table.name] = Loaded(
                frame["id"].to_numpy(),
                pd.Index(frame["code"]) if "code" in frame else pd.Index([]),
                frame["geom"].to_numpy() if "geom" in frame else None,
                {
                    str(whole): frame.set_index("id")[whole]
                    for _, whole in PARTS.values()
                    if whole in frame
                },
            )
        refused = rejections.build_table()
        rejected.append(refused)
        rows[table.name] = len(frame)
        _record_dataset(
            connection, district_id, table.name, frame, refused, digest, row, source, who
        )
        done += len(frames[table.name])
        if progress is not None:
            progress(table.name, done / total)
    if "district" not in frames:
        run_query(connection, "set_district_boundary", district_id=district_id)
    report = LoadReport(
        district_id,
        rows,
        pd.concat([Rejections("").build_table(), *rejected], ignore_index=True),
    )
    if len(report.rejected):
        write_rows(connection, tables.rejected_row, report.rejected.assign(district_id=district_id))
    return report


def remove_district(connection: Connection, code: str) -> bool:
    """Delete a district with all its rows and results; say whether it was there."""
    found = connection.execute(delete(tables.district).where(tables.district.c.code == code))
    return found.rowcount > 0


def _write_district(
    connection: Connection, row: dict[str, Any], frame: pd.DataFrame | None, *, replace: bool
) -> int:
    # A second load of the same district waits here until the first is stored or undone.
    take_turn(connection, f"load {row['code']}")
    if replace:
        remove_district(connection, row["code"])
    known = connection.execute(
        select(tables.district.c.id).where(tables.district.c.code == row["code"])
    ).scalar()
    if known is not None:
        raise UsageError(
            f"District {row['code']} is loaded already.",
            mend="Add --replace to load it anew; its results are then computed again.",
        )
    values = dict(row)
    if frame is not None:
        boundary = shapely.union_all(store_shapes(frame, "district"))
        values["geom"] = from_shape(multiply(np.array([boundary]))[0], srid=STORE_SRID)
    return int(
        connection.execute(
            insert(tables.district).values(values).returning(tables.district.c.id)
        ).scalar_one()
    )


def _add_plans(frames: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Describe plans that come as memberships alone, and digest every plan."""
    members, plans = frames.get("plan_membership"), frames.get("plan")
    if members is None:
        return frames if plans is None else {**frames, "plan": plans.assign(digest=digest_text())}
    codes = members["plan_code"].astype(str)
    if plans is None:
        names = codes.drop_duplicates()
        plans = pd.DataFrame(
            {"code": names, "name_zh": names, "method": "imported", "source": "plan_membership"}
        )
    columns = ["stage", "planning_unit_code", "school_code"]
    digests = {
        code: digest_text(*part[columns].astype(str).agg("/".join, axis=1).sort_values())
        for code, part in members.groupby(codes)
    }
    listed = [digests.get(str(code), digest_text()) for code in plans["code"]]
    return {**frames, "plan": plans.assign(digest=listed)}


def resolve_references(
    table: Table, frame: pd.DataFrame, loaded: dict[str, Loaded], rejections: Rejections
) -> pd.DataFrame:
    """Return the rows with ids in the place of codes; note those that refer to nothing.

    References that the rows leave out and geometry can answer are located (`LOCATED`).
    """
    good = np.ones(len(frame), dtype=bool)
    resolved = frame
    for column in table.columns:
        if not column.foreign_keys or column.name in {"district_id", "run_id"}:
            continue
        target = next(iter(column.foreign_keys)).column.table.name
        name = name_source_column(column)
        if name in frame:
            ids = _look_up(frame[name], loaded.get(target), target)
            lost = np.asarray((ids < 0) & frame[name].notna().to_numpy())
            rejections.add(
                frame[name][lost & good],
                column=name,
                found=frame[name][lost & good],
                rule=f"no {target} has this code",
                mend=f"Correct the code, or deliver the {target} first.",
            )
            good &= ~lost
            resolved = resolved.drop(columns=name)
        elif "geom" in frame and target in LOCATED.get(table.name, []) and target in loaded:
            ids = _locate(frame["geom"].to_numpy(), loaded[target])
        else:
            continue
        resolved = resolved.assign(
            **{column.name: pd.Series(ids, index=frame.index).astype("Int64").mask(ids < 0)}
        )
    return resolved[good]


def refuse_future(
    table: Table,
    frame: pd.DataFrame,
    data_date: dt.date,
    rejections: Rejections,
    *,
    past: Iterable[str] = (),
) -> pd.DataFrame:
    """Leave out rows that tell what happened after the day on which the registers were drawn.

    Parameters
    ----------
    past
        Further days of the dataset that cannot lie after it.
    """
    good = np.ones(len(frame), dtype=bool)
    refs = name_rows(table, frame)
    for column in dict.fromkeys([*HAPPENED.get(table.name, []), *past]):
        if column not in frame:
            continue
        late = (pd.to_datetime(frame[column]) > pd.Timestamp(data_date)).to_numpy() & good
        rejections.add(
            refs[late],
            column=column,
            found=frame.loc[late, column].astype(str),
            rule=f"the day lies after the data date, {data_date}",
            mend="Correct the day, or state the day of the data in the profile.",
        )
        good &= ~late
    return frame[good]


def refuse_strange_parts(
    table: Table, frame: pd.DataFrame, loaded: dict[str, Loaded], rejections: Rejections
) -> pd.DataFrame:
    """Leave out rows whose part belongs to another whole than the one that they name."""
    if table.name not in PARTS or PARTS[table.name][0] not in frame:
        return frame
    part, whole = PARTS[table.name]
    wholes = loaded[part.removesuffix("_id")].wholes[whole]
    belongs = frame[part].map(wholes).astype("Int64")
    strange = (frame[part].notna() & (belongs != frame[whole])).to_numpy(dtype=bool, na_value=False)
    rejections.add(
        name_rows(table, frame)[strange],
        column=part.replace("_id", "_code"),
        found=None,
        rule=f"it belongs to another {whole.removesuffix('_id')}",
        mend="Correct one of the two codes.",
    )
    return frame[~strange]


def _look_up(codes: pd.Series, target: Loaded | None, name: str) -> np.ndarray:
    if target is None or len(target.ids) == 0:
        return np.full(len(codes), -1, dtype=np.int64)
    if not target.codes.is_unique:
        twice = ", ".join(target.codes[target.codes.duplicated()].unique()[:20])
        raise RejectedDataError(
            f"Rows refer to dataset {name} by codes that stand there twice: {twice}.",
            mend=f"Give each {name} a code of its own in the whole district.",
        )
    at = target.codes.get_indexer(pd.Index(codes))
    return np.where((at < 0) | codes.isna().to_numpy(), -1, target.ids[at])


def _locate(shapes: np.ndarray, target: Loaded) -> np.ndarray:
    if target.shapes is None or len(target.ids) == 0:
        return np.full(len(shapes), -1, dtype=np.int64)
    points = shapely.point_on_surface(shapes)
    at = label_points(shapely.get_x(points), shapely.get_y(points), target.shapes)
    return np.where(at < 0, -1, target.ids[at])


def _complete_columns(
    connection: Connection,
    table: Table,
    frame: pd.DataFrame,
    district_id: int,
    rule_version: str,
) -> pd.DataFrame:
    completed = frame
    if table is tables.unit_demand:  # counted elsewhere: its run says so
        inputs = RunInputs(district_id, "loaded_demand", rule_version)
        started = dt.datetime.now(dt.UTC)
        digest = inputs.compute_digest(connection)
        completed = completed.assign(
            run_id=record_run(connection, inputs, digest, started_at=started)
        )
    if "id" in table.columns:
        completed = completed.assign(id=allocate_ids(connection, table, len(frame)))
    if "district_id" in table.columns:
        completed = completed.assign(district_id=district_id)
    return completed


def _record_dataset(
    connection: Connection,
    district_id: int,
    name: str,
    frame: pd.DataFrame,
    refused: pd.DataFrame,
    digest: str,
    row: dict[str, Any],
    source: str,
    who: str,
) -> None:
    connection.execute(
        insert(tables.dataset).values(
            district_id=district_id,
            name=name,
            rows=len(frame),
            rejected_rows=len(refused),
            digest=digest,
            source=source,
            data_date=row["data_date"],
            loaded_by=who,
        )
    )
