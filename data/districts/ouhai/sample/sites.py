"""What happens at building sites: inspections with findings, money planned and paid."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from data.districts.ouhai.sample.people import DATA_DATE
from data.districts.ouhai.sample.projects import STAGES, Projects

# ASSUMPTION: invented, of usual size. A site is inspected about once a month.
BETWEEN_DAYS = 31
SEVERITIES = {"none": 0.44, "minor": 0.36, "serious": 0.16, "grave": 0.04}
MENDING_DAYS = {"none": (0, 0), "minor": (3, 25), "serious": (10, 60), "grave": (30, 120)}
FINDINGS = {
    "minor": (
        "安全通道堆放材料", "临边防护缺失一处", "钢筋堆放未垫高", "施工日志缺两日", "扬尘覆盖不全",
    ),
    "serious": (
        "梁柱节点箍筋间距超差", "混凝土试块强度未达标", "脚手架连墙件不足", "卷材搭接宽度不足",
    ),
    "grave": ("模板支撑立杆变形，停工整改", "深基坑位移超过预警值"),
}  # fmt: skip
INSPECTORS = ("陈工（模拟）", "周工（模拟）", "林工（模拟）", "黄工（模拟）")

PREPAID_SHARE = 0.10  # of the contract at ground-breaking
FOLLOWS_WORK_SHARE = 0.75  # quarter by quarter as the works go on; the rest after completion
QUARTER_DAYS = 91
RETENTION_DAYS = 90
LAG_DAYS = (5, 35)  # from the day on which money is due to the day on which it is paid

Days = NDArray[np.datetime64]


def build_inspection(
    projects: Projects, building: gpd.GeoDataFrame, record: pd.DataFrame, rng: np.random.Generator
) -> gpd.GeoDataFrame:
    """Return the inspections of all sites that have begun, metres.

    Parameters
    ----------
    building, record
        Tables project_building and stage_record of the sample.
    """
    begun = record.dropna(subset="actual_start_on").groupby("project_building_code")
    first = begun["actual_start_on"].min()
    is_done = record["actual_end_on"].notna().groupby(record["project_building_code"]).all()
    last = record.groupby("project_building_code")["actual_end_on"].max()
    rows = []
    for number in range(len(projects.plans)):
        code = f"P{number + 1:03d}"
        mine = building[building["project_code"] == code]
        at_work = first.index.intersection(mine["code"])
        if at_work.empty:
            continue
        until = (
            last[at_work].max()
            if is_done[mine["code"]].to_numpy(dtype=bool).all()
            else pd.Timestamp(DATA_DATE)
        )
        days = _draw_days(first[at_work].min(), until, rng)
        for turn, day in enumerate(days):
            open_sites = at_work[first[at_work] <= day]
            whole_site = rng.random() < 0.2
            chosen = None if whole_site else str(rng.choice(open_sites))
            rows.append(_draw_inspection(code, turn, day, chosen, rng))
    table = pd.DataFrame(rows)
    inside = pd.Series(
        shapely.point_on_surface(building["geom"].to_numpy()), building["code"], dtype=object
    )
    place = inside.reindex(table["project_building_code"]).to_numpy()
    return gpd.GeoDataFrame(table, geometry=gpd.GeoSeries(place)).rename_geometry("geom")


def _draw_days(
    first: pd.Timestamp, until: pd.Timestamp, rng: np.random.Generator
) -> list[pd.Timestamp]:
    count = max(1, int((until - first).days / BETWEEN_DAYS))
    at = np.sort(rng.integers(0, max(1, (until - first).days), count))
    return [first + pd.Timedelta(days=int(days)) for days in at]


def _draw_inspection(
    code: str, turn: int, day: pd.Timestamp, building: str | None, rng: np.random.Generator
) -> dict[str, object]:
    severity = str(rng.choice(list(SEVERITIES), p=list(SEVERITIES.values())))
    least, most = MENDING_DAYS[severity]
    mended = day + pd.Timedelta(days=int(rng.integers(least, most + 1)))
    is_open = severity == "none" or mended > pd.Timestamp(DATA_DATE)
    found = severity != "none"
    return {
        "project_code": code,
        "project_building_code": building,
        "code": f"{code}-J{turn + 1:03d}",
        "inspected_on": day,
        "inspector": str(rng.choice(INSPECTORS)),
        "severity": severity,
        "finding": str(rng.choice(FINDINGS[severity])) if found else None,
        "closed_on": pd.NaT if is_open else mended,
        "photo_file": f"{code}-{day:%Y%m%d}-{turn + 1:03d}.jpg" if found else None,
    }


def build_payment(
    projects: Projects, project: pd.DataFrame, record: pd.DataFrame, rng: np.random.Generator
) -> pd.DataFrame:
    """Return planned instalments and what was paid until the data date.

    Money follows the work: a prepayment, a share each quarter, the rest after completion. A
    project that pays ahead has paid for work that does not stand yet.

    Parameters
    ----------
    project, record
        Tables project and stage_record of the sample.
    """
    frames = []
    for plan, (_, row) in zip(projects.plans, project.iterrows(), strict=True):
        code = str(row["code"])
        mine = record[record["project_building_code"].str.startswith(f"{code}-")]
        planned = _schedule(mine["planned_start_on"].min(), mine["planned_end_on"].max())
        planned["share"] = _spread(planned["paid_on"], mine, planned=True)
        paid = _draw_paid(mine, plan.paid_ahead_pct / 100, rng)
        for kind, letter, part in (("planned", "D", planned), ("paid", "V", paid)):
            amount_yuan = (part["share"] * float(row["investment_yuan"])).round(-4)
            frames.append(
                part.assign(
                    project_code=code,
                    code=[f"{code}-{letter}{number + 1:02d}" for number in range(len(part))],
                    kind=kind,
                    amount_yuan=amount_yuan,
                )[["project_code", "code", "kind", "paid_on", "amount_yuan"]]
            )
    table = pd.concat(frames, ignore_index=True)
    return table[table["amount_yuan"] > 0].reset_index(drop=True)


def _schedule(first: pd.Timestamp, last: pd.Timestamp) -> pd.DataFrame:
    """List the days on which money is due: at the start, each quarter, after the end."""
    quarters = pd.date_range(first, last, freq=f"{QUARTER_DAYS}D")
    days = [*quarters, last, last + pd.Timedelta(days=RETENTION_DAYS)]
    return pd.DataFrame({"paid_on": pd.DatetimeIndex(days).unique().sort_values()})


def _spread(days: pd.Series, record: pd.DataFrame, *, planned: bool) -> np.ndarray:
    """Return the share of the contract that falls due on each day."""
    done = _share_done(days, record, planned=planned)
    due = PREPAID_SHARE + FOLLOWS_WORK_SHARE * done
    end = record["planned_end_on"].max() if planned else record["actual_end_on"].max()
    whole = done >= 1
    settled = whole & (days > end + pd.Timedelta(days=RETENTION_DAYS - 1)).to_numpy()
    return np.diff(np.where(settled, 1.0, due), prepend=0.0)


def _share_done(days: pd.Series, record: pd.DataFrame, *, planned: bool) -> np.ndarray:
    """Share of all stages, weighted by their planned days, that is done at the end of each day."""
    weight = record["construction_stage"].map({code: length for code, length, _ in STAGES})
    start = record["planned_start_on" if planned else "actual_start_on"].to_numpy()
    end = record["planned_end_on"] if planned else _run_out(record)
    passed = (days.to_numpy()[:, None] - start[None]) / np.timedelta64(1, "D")
    length = (end.to_numpy() - start)[None] / np.timedelta64(1, "D")
    share = np.nan_to_num(np.clip(passed / np.maximum(length, 1), 0, 1))
    done: np.ndarray = (share * weight.to_numpy()).sum(axis=1) / weight.sum()
    return done


def _run_out(record: pd.DataFrame) -> pd.Series:
    """Return the actual last day, or where the pace so far leads."""
    passed = (pd.Timestamp(DATA_DATE) - record["actual_start_on"]).dt.days
    whole = passed * 100 / record["progress_pct"].where(record["progress_pct"] > 0)
    led = record["actual_start_on"] + pd.to_timedelta(whole.round(), unit="D")
    return record["actual_end_on"].fillna(led)


def _draw_paid(record: pd.DataFrame, ahead: float, rng: np.random.Generator) -> pd.DataFrame:
    begun, today = record["actual_start_on"].min(), pd.Timestamp(DATA_DATE)
    if pd.isna(begun):
        return pd.DataFrame({"paid_on": pd.DatetimeIndex([]), "share": np.array([], dtype=float)})
    is_done = record["actual_end_on"].notna().all()
    due = _schedule(begun, record["actual_end_on"].max() if is_done else today)
    lag = rng.integers(*LAG_DAYS, len(due))
    paid_on = due["paid_on"] + pd.to_timedelta(lag, unit="D")
    share = _spread(due["paid_on"], record, planned=False)
    paid = pd.DataFrame({"paid_on": paid_on, "share": share})[paid_on <= today]
    paid.loc[paid.index[-1:], "share"] += ahead
    return paid
