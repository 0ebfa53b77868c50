"""Who may read and write what; the database itself enforces it."""

from __future__ import annotations

from enum import Enum

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
# Children by planning unit are small cells: planners work with them, readers get catchments.
_SMALL_CELLS = f"{OPEN}.unit_demand"


def grant_access(connection: Connection) -> None:
    """Create the roles and set their rights anew; running it twice changes nothing."""
    connection.execute(text("select pg_advisory_xact_lock(hashtext('onemap access'))"))
    for role in Role:
        name = role.database_name
        known = connection.execute(
            text("select 1 from pg_roles where rolname = :name"), {"name": name}
        ).scalar()
        if not known:
            connection.execute(text(f"create role {name} nologin"))
        connection.execute(text(f"grant {name} to current_user"))
        connection.execute(text(f"revoke all on all tables in schema {OPEN} from {name}"))
        connection.execute(text(f"revoke all on all tables in schema {PERSONAL} from {name}"))
    for role in _READ_OPEN:
        connection.execute(text(f"grant usage on schema {OPEN} to {role.database_name}"))
        connection.execute(
            text(f"grant select on all tables in schema {OPEN} to {role.database_name}")
        )
    for role in _WRITE_OPEN:
        for right in ("insert, update, delete on all tables", "usage, update on all sequences"):
            connection.execute(text(f"grant {right} in schema {OPEN} to {role.database_name}"))
    for role in _READ_PERSONAL:
        connection.execute(text(f"grant usage on schema {PERSONAL} to {role.database_name}"))
        connection.execute(
            text(f"grant select on all tables in schema {PERSONAL} to {role.database_name}")
        )
        connection.execute(text(f"grant insert on {PERSONAL}.access_log to {role.database_name}"))
        connection.execute(
            text(f"grant usage on all sequences in schema {PERSONAL} to {role.database_name}")
        )
    steward = Role.STEWARD.database_name
    for right in ("insert, update, delete on all tables", "usage, update on all sequences"):
        connection.execute(text(f"grant {right} in schema {PERSONAL} to {steward}"))
    # What was read stays on record: the log is only ever added to.
    connection.execute(text(f"revoke update, delete on {PERSONAL}.access_log from {steward}"))
    for role in (Role.LEADER, Role.GIS):
        connection.execute(text(f"revoke all on {_SMALL_CELLS} from {role.database_name}"))
