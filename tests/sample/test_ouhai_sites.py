"""Building sites of the sample: inspections and payments that agree with the works."""

from __future__ import annotations

import pandas as pd
import pytest

from catchments.profile import load_profile
from data.districts.ouhai.sample.projects import PLANS
from gis.settings import PROJECT_ROOT
from tests.sample.register import DATA_DATE, Tables

TODAY = pd.Timestamp(DATA_DATE)
CONSTRUCTION = load_profile(
    PROJECT_ROOT / "data" / "districts" / "ouhai" / "profile.toml"
).construction


def measure_done_pct(small: Tables, project: str) -> float:
    """Return the progress of a project, weighted by stages alone."""
    record = small["stage_record"]
    mine = record[record["project_building_code"].str.startswith(project)]
    weight = mine["construction_stage"].map({s.code: s.weight for s in CONSTRUCTION.stages})
    return float((weight * mine["progress_pct"]).sum() / weight.sum())


def test_inspections_fall_between_ground_breaking_and_the_data_date(small: Tables) -> None:
    inspection, record = small["inspection"], small["stage_record"]
    begun = record.groupby(record["project_building_code"].str[:4])["actual_start_on"].min()
    assert (inspection["inspected_on"] >= inspection["project_code"].map(begun)).all()
    assert (inspection["inspected_on"] <= TODAY).all()
    closed = inspection.dropna(subset="closed_on")
    assert (closed["closed_on"] >= closed["inspected_on"]).all()
    assert (closed["closed_on"] <= TODAY).all()


def test_some_findings_are_still_open_and_those_without_a_finding_have_none_to_close(
    small: Tables,
) -> None:
    inspection = small["inspection"]
    found = inspection["severity"] != "none"
    assert (found & inspection["closed_on"].isna()).any()
    assert inspection.loc[~found, ["finding", "closed_on", "photo_file"]].isna().all(axis=None)
    assert inspection.loc[found, ["finding", "photo_file"]].notna().all(axis=None)


def test_a_building_that_is_inspected_belongs_to_the_project_and_is_the_place(
    small: Tables,
) -> None:
    inspection = small["inspection"].dropna(subset="project_building_code")
    building = small["project_building"].set_index("code")
    assert (
        inspection["project_building_code"].map(building["project_code"])
        == inspection["project_code"]
    ).all()
    shapes = building.loc[inspection["project_building_code"]].geometry
    assert shapes.contains(inspection.geometry.set_axis(shapes.index), align=False).all()


def test_planned_money_sums_to_the_contract_and_nothing_is_paid_in_the_future(
    small: Tables,
) -> None:
    payment = small["payment"]
    contract = small["project"].set_index("code")["investment_yuan"]
    planned = payment[payment["kind"] == "planned"].groupby("project_code")["amount_yuan"].sum()
    # each instalment is rounded to 10,000 yuan
    assert planned.to_numpy() == pytest.approx(contract[planned.index].to_numpy(), abs=1e5)
    paid = payment[payment["kind"] == "paid"]
    assert (paid["paid_on"] <= TODAY).all()
    total = paid.groupby("project_code")["amount_yuan"].sum()
    assert (total <= contract[total.index]).all()


def test_one_project_pays_far_ahead_of_its_works(small: Tables) -> None:
    payment = small["payment"]
    contract = small["project"].set_index("code")["investment_yuan"]
    paid = payment[payment["kind"] == "paid"].groupby("project_code")["amount_yuan"].sum()
    ahead = {
        code: 100 * paid[code] / contract[code] - measure_done_pct(small, code)
        for code in paid.index
    }
    planted = {f"P{number + 1:03d}" for number, plan in enumerate(PLANS) if plan.paid_ahead_pct > 0}
    limit = CONSTRUCTION.paid_ahead_pct
    assert {code for code, points in ahead.items() if points > limit} == planted & set(ahead)
    assert planted == {"P001"}
