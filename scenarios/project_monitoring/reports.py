"""Reports of officers on the stages of buildings: what they may say. Pure: tables in and out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from catchments.profile import Construction
from gis.errors import RejectedDataError
from gis.ingest.contract import read_days
from layers.language import Language, load_language, msgid
from scenarios.naming import list_rows

COLUMNS = [
    "project_building_code",
    "construction_stage",
    "actual_start_on",
    "actual_end_on",
    "progress_pct",
    "recorded_on",
]
OPTIONAL = ["reason"]
REPORTED = ["actual_start_on", "actual_end_on", "progress_pct", "recorded_on"]
_DAYS = ["actual_start_on", "actual_end_on", "recorded_on"]
_WHY = msgid("Write why into the reason.")


@dataclass(frozen=True)
class ReportFault:
    """One fault of one report: its line, what was found and how to mend it, as msgids."""

    line: int
    column: str
    found: str
    mend: str
    fields: dict[str, str] = field(default_factory=dict, hash=False)

    def tell(self, language: Language, names: Mapping[str, str] | None = None) -> tuple[str, str]:
        """Return what was found and how to mend it, in words; stages by `names` of their codes."""
        fields = {name: (names or {}).get(value, value) for name, value in self.fields.items()}
        return language(self.found, **fields), language(self.mend, **fields)


class RejectedReportsError(RejectedDataError):
    """Reports break a rule; lists every fault with its line. Nothing was stored."""

    def __init__(self, origin: str, faults: list[ReportFault]) -> None:
        self.faults = tuple(sorted(faults, key=lambda fault: (fault.line, fault.column)))
        english = load_language("en")
        listed = "\n".join(
            f"  line {fault.line}, {fault.column}: {' '.join(fault.tell(english))}"
            for fault in self.faults
        )
        count = "a fault" if len(self.faults) == 1 else f"{len(self.faults)} faults"
        super().__init__(
            f"Reports of {origin} have {count}; none was stored:\n{listed}",
            mend="Mend these lines.",
        )

    def list_faults(self) -> list[dict[str, Any]]:
        """Return the faults for programs: line, column, found, mend."""
        english = load_language("en")
        return [
            {
                "line": fault.line,
                "column": fault.column,
                **dict(zip(("found", "mend"), fault.tell(english), strict=True)),
            }
            for fault in self.faults
        ]


@dataclass
class _Faults:
    """Collects faults; a line with a fault is not looked at by later rules that need it whole."""

    listed: list[ReportFault] = field(default_factory=list)

    def add(self, line: Any, column: str, found: str, mend: str, **fields: object) -> None:
        told = {name: str(value) for name, value in fields.items()}
        self.listed.append(ReportFault(int(line), column, found, mend, told))

    @property
    def lines(self) -> set[int]:
        return {fault.line for fault in self.listed}


def check_reports(
    reports: pd.DataFrame,
    records: pd.DataFrame,
    construction: Construction,
    *,
    today: dt.date,
    origin: str,
) -> pd.DataFrame:
    """Check reports against the records and each other; return what they change.

    A report says how a stage of a building stands on the day of the report, whole: a day left
    empty is a day that is not there. All reports together must leave every building in order:
    no stage is begun before the one under it is done, nor starts before that one ended. Days are
    in order and not after the report, the report is not after `today`. A stage is at 100 % when,
    and only when, it has its last day; it has progress only once it has its first. Whatever goes
    back (less progress, a day removed, an older report) needs a reason.

    Parameters
    ----------
    reports
        Columns `COLUMNS` and maybe `OPTIONAL`, as text or typed; the index holds lines.
    records
        As ``queries/stage_records.sql`` returns them.
    origin
        Where the reports come from, to be told.

    Returns
    -------
    DataFrame
        Those reports that change their record, by line: project_id, project_building_id,
        project_building_code, construction_stage, reason and ``old_`` and ``new_`` of the
        actual days, progress_pct and recorded_on.

    Raises
    ------
    RejectedReportsError
        With every fault of every line.
    """
    faults = _Faults()
    known = _type_records(records, construction)
    parsed = _parse_reports(reports, faults)
    _check_names(parsed, known, construction, faults)
    sound = parsed[~parsed.index.isin(faults.lines)]
    changes = sound.reset_index(names="line").merge(
        known, on=["project_building_code", "construction_stage"], suffixes=("_new", "_old")
    )
    for name in REPORTED:
        changes = changes.rename(
            columns={f"{name}_new": f"new_{name}", f"{name}_old": f"old_{name}"}
        )
    for change in list_rows(changes):
        _check_days(change, today, faults)
        _check_progress(change, faults)
        _check_going_back(change, faults)
    _check_order(changes, known, faults)
    if faults.listed:
        raise RejectedReportsError(origin, faults.listed)
    differs = np.zeros(len(changes), dtype=bool)
    for name in REPORTED:
        old, new = changes[f"old_{name}"], changes[f"new_{name}"]
        differs |= ((old != new) & ~(old.isna() & new.isna())).to_numpy()
    kept = ["project_id", "project_building_id", "project_building_code", "construction_stage"]
    sides = [f"{side}_{name}" for side in ("old", "new") for name in REPORTED]
    return changes.set_index("line")[[*kept, "reason", *sides]][differs]


def _type_records(records: pd.DataFrame, construction: Construction) -> pd.DataFrame:
    order = {stage.code: at for at, stage in enumerate(construction.stages)}
    known = records[records["construction_stage"].isin(order)].copy()
    for name in _DAYS:
        known[name] = pd.to_datetime(known[name]).astype("datetime64[s]")
    kept = ["project_id", "project_building_id", "project_building_code", "construction_stage"]
    return known.assign(order=known["construction_stage"].map(order))[[*kept, "order", *REPORTED]]


def _parse_reports(reports: pd.DataFrame, faults: _Faults) -> pd.DataFrame:
    """Read the values; note those that cannot be read, and gaps where none may be."""
    told = reports.reindex(columns=[*COLUMNS, *OPTIONAL]).astype("string")
    told = told.apply(lambda column: column.str.strip()).replace("", pd.NA)
    parsed = told.copy()
    for name in _DAYS:
        parsed[name] = read_days(told[name]).astype("datetime64[s]")
        _note(
            faults, told[name], told[name].notna() & parsed[name].isna(),
            msgid("'{value}' is no day."), msgid("Write it as 2026-03-31."),
        )  # fmt: skip
    number = pd.to_numeric(told["progress_pct"], errors="coerce").astype(float)
    parsed["progress_pct"] = number
    _note(
        faults, told["progress_pct"], told["progress_pct"].notna() & ~number.between(0, 100),
        msgid("'{value}' is no number from 0 to 100."), msgid("Correct it."),
    )  # fmt: skip
    for name in ("project_building_code", "construction_stage", "progress_pct", "recorded_on"):
        _note(faults, told[name], told[name].isna(), msgid("It is empty."), msgid("Fill it in."))
    return parsed


def _note(faults: _Faults, told: pd.Series, wrong: pd.Series, found: str, mend: str) -> None:
    for line, value in told[wrong.fillna(False).to_numpy(dtype=bool)].items():
        faults.add(line, str(told.name), found, mend, value=value)


def _check_names(
    parsed: pd.DataFrame, known: pd.DataFrame, construction: Construction, faults: _Faults
) -> None:
    codes, stages = set(known["project_building_code"]), [s.code for s in construction.stages]
    planned = set(zip(known["project_building_code"], known["construction_stage"], strict=True))
    seen: dict[tuple[str, str], int] = {}
    pairs = parsed[["project_building_code", "construction_stage"]].dropna()
    for line, building, stage in pairs.itertuples():
        about = {"building": building, "stage": stage}
        if building not in codes:
            faults.add(
                line, "project_building_code", msgid("No building has the code '{building}'."),
                msgid("Write the code of a project building of this district."), **about,
            )  # fmt: skip
        if stage not in stages:
            faults.add(
                line, "construction_stage", msgid("There is no stage '{stage}'."),
                msgid("Use one of {stages}."), stages=", ".join(stages), **about,
            )  # fmt: skip
        elif building in codes and (building, stage) not in planned:
            faults.add(
                line, "construction_stage",
                msgid("Building {building} has no plan for stage {stage}."),
                msgid("Load its planned days first."), **about,
            )  # fmt: skip
        first = seen.setdefault((building, stage), int(str(line)))
        if first != line:
            faults.add(
                line, "construction_stage",
                msgid("Building {building} and stage {stage} stand in line {first} already."),
                msgid("Keep one line of them."), first=first, **about,
            )  # fmt: skip


def _check_days(change: dict[str, Any], today: dt.date, faults: _Faults) -> None:
    line, start, end = change["line"], change["new_actual_start_on"], change["new_actual_end_on"]
    recorded = change["new_recorded_on"]
    if recorded > pd.Timestamp(today):
        faults.add(
            line, "recorded_on", msgid("The report is of {day}, in the future; today is {today}."),
            msgid("Write a day up to today."), day=_write(recorded), today=today,
        )  # fmt: skip
    for name, day in (("actual_start_on", start), ("actual_end_on", end)):
        if pd.notna(day) and day > recorded:
            faults.add(
                line, name, msgid("{day} lies after the day of the report, {recorded}."),
                msgid("Report what has happened alone."),
                day=_write(day), recorded=_write(recorded),
            )  # fmt: skip
    if pd.notna(end) and pd.isna(start):
        faults.add(
            line, "actual_start_on", msgid("The stage has a last day but no first one."),
            msgid("Add its first day."),
        )  # fmt: skip
    elif pd.notna(end) and end < start:
        faults.add(
            line, "actual_end_on", msgid("The stage ends on {end}, before it starts on {start}."),
            msgid("Correct one of the two."), end=_write(end), start=_write(start),
        )  # fmt: skip


def _check_progress(change: dict[str, Any], faults: _Faults) -> None:
    line, done = change["line"], change["new_progress_pct"]
    if pd.notna(change["new_actual_end_on"]) and done < 100:
        faults.add(
            line, "progress_pct", msgid("The stage has ended but stands at {done}%."),
            msgid("Write 100, or leave its last day out."), done=f"{done:g}",
        )  # fmt: skip
    if pd.isna(change["new_actual_end_on"]) and done >= 100:
        faults.add(
            line, "actual_end_on", msgid("The stage stands at 100% but has no last day."),
            msgid("Add its last day, or write less than 100."),
        )  # fmt: skip
    has_no_day = pd.isna(change["new_actual_start_on"]) and pd.isna(change["new_actual_end_on"])
    if has_no_day and done > 0:
        faults.add(
            line, "actual_start_on", msgid("The stage stands at {done}% but has no first day."),
            msgid("Add its first day, or write 0."), done=f"{done:g}",
        )  # fmt: skip


def _check_going_back(change: dict[str, Any], faults: _Faults) -> None:
    if pd.notna(change["reason"]):
        return
    line = change["line"]
    if change["new_progress_pct"] < change["old_progress_pct"]:
        faults.add(
            line, "progress_pct", msgid("Progress goes back from {old}% to {new}%."), _WHY,
            old=f"{change['old_progress_pct']:g}", new=f"{change['new_progress_pct']:g}",
        )  # fmt: skip
    for name in ("actual_start_on", "actual_end_on"):
        if pd.notna(change[f"old_{name}"]) and pd.isna(change[f"new_{name}"]):
            faults.add(
                line, name, msgid("The day {old} is removed."), _WHY,
                old=_write(change[f"old_{name}"]),
            )  # fmt: skip
    if change["new_recorded_on"] < change["old_recorded_on"]:
        faults.add(
            line, "recorded_on", msgid("The report of {new} is older than that of {old}."), _WHY,
            new=_write(change["new_recorded_on"]), old=_write(change["old_recorded_on"]),
        )  # fmt: skip


def _check_order(changes: pd.DataFrame, known: pd.DataFrame, faults: _Faults) -> None:
    """Check each reported building as all reports together leave it."""
    touched = known["project_building_code"].isin(changes["project_building_code"])
    lines = changes.set_index(["project_building_code", "construction_stage"])["line"]
    news = changes.set_index(["project_building_code", "construction_stage"])[
        [f"new_{name}" for name in REPORTED]
    ]
    for building, stages in known[touched].sort_values("order").groupby("project_building_code"):
        under: dict[str, Any] | None = None
        for stage in list_rows(stages):
            key = (building, stage["construction_stage"])
            if key in lines.index:
                stage |= {name: news.loc[key, f"new_{name}"] for name in REPORTED}
            stage["line"] = lines.get(key)
            if under is not None:
                _check_pair(under, stage, faults)
            under = stage


def _check_pair(under: dict[str, Any], over: dict[str, Any], faults: _Faults) -> None:
    line = over["line"] if over["line"] is not None else under["line"]
    is_begun = pd.notna(over["actual_start_on"]) or over["progress_pct"] > 0
    if line is None or not is_begun:
        return
    about = {
        "stage": over["construction_stage"],
        "under": under["construction_stage"],
    }
    if pd.isna(under["actual_end_on"]) or under["progress_pct"] < 100:
        faults.add(
            line, "construction_stage",
            msgid("Stage {stage} is begun before stage {under} under it is done."),
            msgid("Report {under} as done, in a line of its own if need be."), **about,
        )  # fmt: skip
    elif pd.notna(over["actual_start_on"]) and over["actual_start_on"] < under["actual_end_on"]:
        faults.add(
            line, "actual_start_on",
            msgid("Stage {stage} starts on {start}, before stage {under} ended on {end}."),
            msgid("Correct one of the two."), start=_write(over["actual_start_on"]),
            end=_write(under["actual_end_on"]), **about,
        )  # fmt: skip


def _write(day: Any) -> str:
    return f"{day:%Y-%m-%d}"
