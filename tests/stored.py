"""What the database holds of a district, in the codes that tests speak of."""

from __future__ import annotations

from sqlalchemy import Connection, Table, func, insert, select, text

from gis import tables
from gis.access import Role
from gis.database import Database
from scenarios.district import District, Plan, find_plan
from scenarios.enrolment_warning.count import count_children, count_plan
from scenarios.school_network.draw import draw_catchments
from tests.conftest import act_as


def read_membership(connection: Connection, district: District, plan: str) -> dict:
    """Read a plan: stage → unit → school, by code."""
    rows = connection.execute(
        text(
            """
            select plan_membership.stage, planning_unit.code, school.code
            from onemap.plan_membership
            join onemap.planning_unit on planning_unit.id = plan_membership.planning_unit_id
            join onemap.school on school.id = plan_membership.school_id
            where plan_membership.plan_id = :plan_id
            """
        ),
        {"plan_id": find_plan(connection, district, plan).id},
    ).all()
    return {
        stage: {unit: school for s, unit, school in rows if s == stage}
        for stage in {row[0] for row in rows}
    }


def list_runs(connection: Connection, district: District) -> list[int]:
    mine = tables.run.c.district_id == district.id
    return list(connection.execute(select(tables.run.c.id).where(mine)).scalars())


def count_rows(connection: Connection, table: Table, district_id: int) -> int:
    """Count the rows that belong to a district, directly or by what they refer to."""
    if "district_id" in table.c:
        mine = table.c.district_id == district_id
    else:
        parent = next(c for c in table.columns if c.foreign_keys and not c.nullable)
        target = next(iter(parent.foreign_keys)).column.table
        return _count_children_of(connection, table, parent.name, target, district_id)
    return connection.execute(select(func.count()).select_from(table).where(mine)).scalar_one()


def _count_children_of(
    connection: Connection, table: Table, column: str, target: Table, district_id: int
) -> int:
    keys = select(target.c.id)
    if "district_id" in target.c:
        keys = keys.where(target.c.district_id == district_id)
    else:  # stage records hang on buildings of projects
        projects = select(tables.project.c.id).where(tables.project.c.district_id == district_id)
        keys = keys.where(target.c.project_id.in_(projects))
    found = select(func.count()).select_from(table).where(table.c[column].in_(keys))
    return connection.execute(found).scalar_one()


def is_loaded(database: Database, code: str) -> bool:
    with database.begin(Role.LEADER) as connection:
        known = select(tables.district.c.id).where(tables.district.c.code == code)
        return connection.execute(known).scalar() is not None


def count_town(connection: Connection, district: District) -> District:
    """Draw and count the statutory plan of a district that was just stored."""
    act_as(connection, Role.OFFICER)
    count_children(connection, district)
    act_as(connection, Role.PLANNER)
    plan = find_plan(connection, district, "statutory")
    draw_catchments(connection, district, plan)
    count_plan(connection, district, plan)
    return district


def insert_run(connection: Connection, town: District, kind: str, plan: Plan | None = None) -> int:
    """Enter a run whose results a test writes itself."""
    made = (
        insert(tables.run)
        .values(
            district_id=town.id,
            kind=kind,
            plan_id=plan.id if plan else None,
            parameters={},
            inputs_digest="a test",
            rule_version="",
            code_version="",
            started_at=text("now()"),
            who="me",
        )
        .returning(tables.run.c.id)
    )
    return int(connection.execute(made).scalar_one())
