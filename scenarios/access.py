"""The access log: every read of personal rows is entered."""

from __future__ import annotations

from sqlalchemy import Connection, insert

from gis import tables
from gis.access import Role
from gis.runs import get_account
from scenarios.district import District


def log_reading(
    connection: Connection,
    district: District,
    purpose: str,
    *,
    rows: int,
    role: Role = Role.OFFICER,
) -> None:
    """Enter a reading of personal rows in the access log."""
    connection.execute(
        insert(tables.access_log).values(
            district_id=district.id,
            who=get_account(),
            role=role.value,
            purpose=purpose,
            rows=rows,
        )
    )
