"""Who may read and write what; the database itself enforces it."""

from __future__ import annotations

from enum import Enum
from itertools import product

from sqlalchemy import Connection, text

from gis.tables import OPEN, PERSONAL


class Role(Enum):
    """Role of a session. Personal rows are for stewards and officers alone."""

    STEWARD = "steward"
    OFFICER = "officer"
    PLANNER = "planner"
    LEADER = "leader"
    GIS = "gis"

    @property
    def database_name(self) -> str:
        """Name of the PostgreSQL role that carries the rights."""
        return f"onemap_{self.value}"


# Rights by schema; a table named here is an exception to its schema.
_READ_OPEN = [Role.STEWARD, Role.OFFICER, Role.PLANNER, Role.LEADER, Role.GIS]
_WRITE_OPEN = [Role.STEWARD, Role.OFFICER, Role.PLANNER]
_READ_PERSONAL = [Role.STEWARD, Role.OFFICER]
# Small cells: planners work with them, readers get sums.
SMALL_CELLS = tuple(
    f"{OPEN}.{name}"
    for name in (
        "unit_demand",
        "unit_age",
        "unit_batch",
        "admission_cut",
        "register_state",
        "forecast_unit",
        "unit_population",
        "network_band",
        "women",
        "teacher_count",
        "teacher_post_ahead",
        "teacher_year",
        "quality_measure",
    )
)
# What was read, computed and decided about persons stays on record; officers write it, too.
_RECORDS = tuple(
    f"{PERSONAL}.{name}"
    for name in ("access_log", "address_decision", "admission_result", "admission_override")
)
# What was published, happened to a warning or was said of a building site is never changed.
_OPEN_RECORDS = tuple(
    f"{OPEN}.{name}"
    for name in ("forecast_publication", "forecast_record", "stage_change", "warning_event")
)


def grant_access(connection: Connection) -> None:
    """Create the roles and set their rights anew; running it twice changes nothing."""
    connection.execute(text("select pg_advisory_xact_lock(hashtext('onemap access'))"))
    for role in Role:
        _create_role(connection, role)
    for role in _READ_OPEN:
        _grant(connection, "select on all tables", OPEN, role)
    for role in _READ_PERSONAL:
        _grant(connection, "select on all tables", PERSONAL, role)
        _grant(connection, "usage on all sequences", PERSONAL, role)
    for schema, roles in ((OPEN, _WRITE_OPEN), (PERSONAL, [Role.STEWARD])):
        for role in roles:
            _grant(connection, "insert, update, delete on all tables", schema, role)
            _grant(connection, "usage, update on all sequences", schema, role)
    for tables, roles in ((_RECORDS, _READ_PERSONAL), (_OPEN_RECORDS, _WRITE_OPEN)):
        for table, role in product(tables, roles):
            name = role.database_name
            connection.execute(text(f"revoke update, delete on {table} from {name}"))
            connection.execute(text(f"grant insert on {table} to {name}"))
    for table in SMALL_CELLS:
        for role in (Role.LEADER, Role.GIS):
            connection.execute(text(f"revoke all on {table} from {role.database_name}"))


def _create_role(connection: Connection, role: Role) -> None:
    """Create a role if need be, without any right on a table."""
    name = role.database_name
    known = connection.execute(
        text("select 1 from pg_roles where rolname = :name"), {"name": name}
    ).scalar()
    if not known:
        connection.execute(text(f"create role {name} nologin"))
    connection.execute(text(f"grant {name} to current_user"))
    for schema in (OPEN, PERSONAL):
        connection.execute(text(f"revoke all on all tables in schema {schema} from {name}"))


def _grant(connection: Connection, rights: str, schema: str, role: Role) -> None:
    connection.execute(text(f"grant usage on schema {schema} to {role.database_name}"))
    connection.execute(text(f"grant {rights} in schema {schema} to {role.database_name}"))
