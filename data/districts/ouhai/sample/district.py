"""Puts the sample together, from the ground to the registers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.districts.ouhai.sample import (
    enrolment,
    places,
    projects,
    schools,
    seats,
    sites,
    statutory,
    teachers,
    teaching,
)
from data.districts.ouhai.sample.addresses import write_addresses
from data.districts.ouhai.sample.appraisal import build_appraisal_scheme, build_appraisal_score
from data.districts.ouhai.sample.blocks import Fabric, draw_fabric
from data.districts.ouhai.sample.buildings import Buildings, build_names, draw_buildings
from data.districts.ouhai.sample.certificates import (
    build_property_certificate,
    draw_certificate_dates,
    draw_shares,
)
from data.districts.ouhai.sample.chance import make_rng
from data.districts.ouhai.sample.children import Children, build_child, draw_children
from data.districts.ouhai.sample.deferrals import build_deferral, draw_deferrals
from data.districts.ouhai.sample.families import build_guardian, draw_families
from data.districts.ouhai.sample.frame import METRIC_SRID, Frame, load_frame
from data.districts.ouhai.sample.growth_records import build_growth_record
from data.districts.ouhai.sample.homes import Homes, build_property_unit, draw_homes
from data.districts.ouhai.sample.landuse import LandUse, assign_uses
from data.districts.ouhai.sample.marks import build_paper, build_paper_item, build_paper_result
from data.districts.ouhai.sample.newcomers import build_housing_project, build_women
from data.districts.ouhai.sample.people import Households, build_household, draw_households
from data.districts.ouhai.sample.planted import list_children_twice, lock_homes, share_homes
from data.districts.ouhai.sample.pupils import LEAVING, build_pupil, list_leavers
from data.districts.ouhai.sample.resources import PoorArea, build_resource_fact, thin_out
from data.districts.ouhai.sample.seat_uses import Rights, build_seat_use, draw_seat_uses
from data.districts.ouhai.sample.streets import Streets, build_road, draw_streets
from data.districts.ouhai.sample.terrain import build_terrain
from data.districts.ouhai.sample.units import Units, draw_units
from gis.crs import STORE_SRID, from_metric

Progress = Callable[[str, float], None]
Tables = dict[str, Any]
Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
Days = NDArray[np.datetime64]


@dataclass(frozen=True)
class Ground:
    """Everything that lies on the ground."""

    frame: Frame
    fabric: Fabric
    units: Units
    uses: LandUse
    streets: Streets
    schools: schools.Schools
    projects: projects.Projects
    buildings: Buildings


@dataclass(frozen=True)
class Society:
    """Homes and the people in them."""

    homes: Homes
    people: Households
    children: Children
    certificate_on: Days  # by home
    slip_on: Days


def draw_district(*, scale: float, seed: int, progress: Progress) -> Tables:
    """Draw the ground, settle it, place schools in demand, and write every table."""
    progress("blocks and streets", 0.0)
    ground = _draw_ground(scale, seed)
    progress("households and children", 0.5)
    society = _settle(ground, scale, seed)
    progress("registers", 0.6)
    tables = _build_registers(society, seed)
    progress("schools and catchments", 0.75)
    tables |= _build_schools(ground, society, tables["child"], scale, seed)
    progress("pupils", 0.83)
    tables |= _build_pupils(tables["enrolment"], seed)
    progress("map tables", 0.85)
    residents = _count_residents(ground, society, tables["household"])
    tables |= _build_places(ground, residents, seed)
    tables |= _build_newcomers(ground, society, scale, seed)
    tables["teacher"] = teachers.build_teacher(
        tables["school"], tables["enrolment"], tables["resource_fact"], make_rng(seed, "teachers")
    )
    tables = {name: _to_store(table) for name, table in tables.items()}
    progress("done", 1.0)
    return tables


def _draw_ground(scale: float, seed: int) -> Ground:
    frame = load_frame()
    terrain = build_terrain(frame, make_rng(seed, "terrain"))
    fabric = draw_fabric(frame, terrain, scale=scale, seed=seed)
    units = draw_units(fabric, frame, terrain)
    uses = assign_uses(fabric, units, terrain, make_rng(seed, "uses"))
    places_ = schools.place_schools(fabric, units, uses, scale=scale, rng=make_rng(seed, "schools"))
    works = projects.place_projects(
        fabric, units, uses, frame, places_, scale=scale, rng=make_rng(seed, "projects")
    )
    streets = draw_streets(fabric, units, terrain, make_rng(seed, "streets"))
    buildings = draw_buildings(fabric, units, uses, scale=scale, rng=make_rng(seed, "buildings"))
    return Ground(frame, fabric, units, uses, streets, places_, works, buildings)


def _settle(ground: Ground, scale: float, seed: int) -> Society:
    homes = draw_homes(
        ground.buildings, ground.units, ground.uses, ground.frame, make_rng(seed, "homes")
    )
    people = draw_households(homes, ground.units, scale=scale, rng=make_rng(seed, "people"))
    children = draw_children(
        homes, people, ground.uses, scale=scale, rng=make_rng(seed, "children")
    )
    rng = make_rng(seed, "planted families")
    children = list_children_twice(children, people, scale=scale, rng=rng)
    people = share_homes(homes, people, children, scale=scale, rng=rng)
    return Society(homes, people, children, *draw_certificate_dates(homes, make_rng(seed, "dates")))


def _build_registers(society: Society, seed: int) -> Tables:
    homes, people, children = society.homes, society.people, society.children
    number = np.bincount(children.household, minlength=len(people.residence))
    household = build_household(
        homes, people, society.certificate_on, number, make_rng(seed, "households")
    )
    child = build_child(children, people, household, make_rng(seed, "child rows"))
    families = draw_families(
        children, people, child["relation_to_head"], make_rng(seed, "families")
    )
    shares = draw_shares(homes, people, families, make_rng(seed, "certificates"))
    codes = places.write_building_codes(int(homes.building.max()) + 1)
    return {
        "property_unit": build_property_unit(homes, codes),
        "property_certificate": build_property_certificate(
            shares, homes, families, society.certificate_on, society.slip_on
        ),
        "household": household,
        "child": child,
        "guardian": build_guardian(families, shares.person, household["code"].to_numpy()),
    }


def _build_schools(
    ground: Ground, society: Society, child: pd.DataFrame, scale: float, seed: int
) -> Tables:
    """Draw catchments, set seats against their children, and let pupils follow."""
    codes = schools.write_school_codes(ground.schools)
    home = society.people.located_home[society.children.household]
    unit = np.where(home >= 0, society.homes.unit[np.maximum(home, 0)], -1)
    local = unit[(unit >= 0) & society.children.registered]
    members = statutory.draw_memberships(
        ground.schools,
        ground.units,
        ground.uses,
        np.bincount(local, minlength=len(ground.units.area_m2)).astype(float),
        make_rng(seed, "catchments"),
    )
    taught = teaching.fill_schools(
        ground.schools, ground.uses, members, society.children, unit, seed=seed
    )
    unit_codes = places.write_unit_codes(ground.units, ground.frame)
    return {
        "plan": statutory.build_plan(),
        "plan_membership": statutory.build_plan_membership(members, unit_codes, codes),
        "seat": seats.build_seat(taught.rows, taught.classes, codes),
        "enrolment": enrolment.build_enrolment(taught.rows, taught.classes, taught.pupils, codes),
        "resource_fact": _build_resources(ground, taught, codes, seed),
        "appraisal_scheme": build_appraisal_scheme(),
        "appraisal_score": _build_appraisal(ground, codes, seed),
        "campus_building": schools.build_campus_building(
            ground.schools, codes, make_rng(seed, "campus")
        ),
        **_build_projects(ground, codes, seed),
        **_build_entries(ground, society, child, taught, members, unit, scale, seed),
    }


def _build_pupils(enrolment_: pd.DataFrame, seed: int) -> Tables:
    """Let the pupils who are counted sit papers and grow."""
    pupil = build_pupil(enrolment_)
    codes = pupil["code"].to_numpy()
    leavers = {stage: list_leavers(pupil, stage) for stage in LEAVING}
    return {
        "pupil": pupil,
        "growth_record": build_growth_record(leavers, codes, make_rng(seed, "growth records")),
        "paper": build_paper(),
        "paper_item": build_paper_item(),
        "paper_result": build_paper_result(leavers, codes, make_rng(seed, "marks")),
    }


def _build_entries(
    ground: Ground,
    society: Society,
    child: pd.DataFrame,
    taught: teaching.Teaching,
    members: dict[str, Ints],
    unit: Ints,
    scale: float,
    seed: int,
) -> Tables:
    """Let children enter schools, some of them a year later."""
    homes, people, children = society.homes, society.people, society.children
    put_off = draw_deferrals(children, make_rng(seed, "deferrals"))
    slip_on, certificate_on = society.slip_on, society.certificate_on
    rights = Rights(
        homes,
        people,
        np.where(np.isnat(slip_on), certificate_on, slip_on),
        child["registered_since"].to_numpy().astype("datetime64[D]"),
    )
    uses = draw_seat_uses(
        ground.schools, taught, members, children, unit, put_off, rights, make_rng(seed, "entries")
    )
    uses = lock_homes(
        uses, homes, people, children, members, certificate_on,
        scale=scale, rng=make_rng(seed, "locks"),
    )  # fmt: skip
    return {
        "deferral": build_deferral(put_off, child["code"].to_numpy()),
        "seat_use": build_seat_use(uses, child, homes, schools.write_school_codes(ground.schools)),
    }


def _build_projects(ground: Ground, codes: NDArray[np.object_], seed: int) -> Tables:
    works = ground.projects
    building, record = projects.build_project_building(works, make_rng(seed, "sites"))
    project = projects.build_project(
        works, ground.fabric, ground.schools, codes, ground.frame, make_rng(seed, "works")
    )
    return {
        "project": project,
        "project_seat": projects.build_project_seat(works),
        "project_building": building,
        "stage_record": record,
        "inspection": sites.build_inspection(
            works, building, record, make_rng(seed, "inspections")
        ),
        "payment": sites.build_payment(works, project, record, make_rng(seed, "payments")),
    }


def _build_resources(
    ground: Ground, taught: teaching.Teaching, codes: NDArray[np.object_], seed: int
) -> pd.DataFrame:
    total = np.zeros((2, len(codes), len(enrolment.YEARS)))
    for level, stage in enumerate(("primary", "junior")):
        total[level, taught.rows[stage]] = taught.pupils[stage].sum(axis=1)
    rows = ground.schools.find("primary", "junior", "nine_year")
    both = total.sum(axis=0)[rows]
    centrality = ground.uses.urbanity[ground.schools.unit[rows]]
    table = build_resource_fact(
        codes[rows],
        total[1][rows].sum(axis=1) / np.maximum(both.sum(axis=1), 1),
        both,
        np.clip(centrality / 0.8, 0, 1),
        make_rng(seed, "resources"),
    )
    towns = ground.frame.subdistricts["name_zh"].to_numpy()
    is_poor = towns[ground.units.subdistrict[ground.schools.unit[rows]]] == PoorArea().town
    return thin_out(table, np.repeat(is_poor, len(enrolment.YEARS)))


def _build_appraisal(ground: Ground, codes: NDArray[np.object_], seed: int) -> pd.DataFrame:
    # Primary schools first: two of them are planted cases.
    rows = np.concatenate(
        [ground.schools.find(kind) for kind in ("primary", "junior", "nine_year")]
    )
    centrality = ground.uses.urbanity[ground.schools.unit[rows]]
    return build_appraisal_score(
        codes[rows], np.clip(centrality / 0.8, 0, 1), make_rng(seed, "appraisal")
    )


def _count_residents(ground: Ground, society: Society, household: pd.DataFrame) -> Floats:
    home = society.people.residence
    known = home >= 0
    return np.bincount(
        society.homes.unit[home[known]],
        household["members"].to_numpy()[known],
        minlength=len(ground.units.area_m2),
    ).astype(float)


def _build_places(ground: Ground, residents: Floats, seed: int) -> Tables:
    units, frame = ground.units, ground.frame
    urban = places.find_urban(units, ground.uses.urbanity, residents)
    names = places.name_units(units, ground.uses, frame, make_rng(seed, "unit names"))
    codes = places.write_unit_codes(units, frame)
    school = schools.build_school(
        ground.schools,
        ground.fabric,
        units,
        frame,
        urban,
        codes,
        write_addresses(ground.streets, ground.schools.gate),
        make_rng(seed, "school names"),
    )
    building = places.build_building(
        ground.buildings,
        build_names(ground.buildings, units, names),
        write_addresses(ground.streets, ground.buildings.centre),
        codes,
        units,
    )
    return {
        **places.build_divisions(ground.fabric, units, frame, urban, residents, names, codes),
        "road": build_road(ground.streets),
        "water": places.build_water(ground.fabric),
        "building": building,
        "school": school,
    }


def _build_newcomers(ground: Ground, society: Society, scale: float, seed: int) -> Tables:
    codes = places.write_unit_codes(ground.units, ground.frame)
    return {
        "women": build_women(
            society.homes, society.people, society.children, codes, make_rng(seed, "women")
        ),
        "housing_project": build_housing_project(
            ground.units,
            ground.uses,
            ground.frame,
            codes,
            scale=scale,
            rng=make_rng(seed, "new homes"),
        ),
    }


def _to_store(table: Any) -> Any:
    if not isinstance(table, gpd.GeoDataFrame):
        return table
    moved = from_metric(table.geometry.to_numpy(), METRIC_SRID)
    return table.set_geometry(gpd.GeoSeries(moved, index=table.index, crs=STORE_SRID))
