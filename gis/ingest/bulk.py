"""Very many rows at once: what checks each row alone is laid aside and checks all of them after."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, ForeignKeyConstraint, Table, text
from sqlalchemy.schema import CreateIndex, DropIndex

from gis.tables import PERSONAL

BULK_ROWS = 100_000  # below, looking each row up costs less than looking all up anew
_SHARE = 4  # of stored rows: more than a quarter of them must be new


@contextmanager
def lay_aside_checks(
    connection: Connection, table: Table, *, rows: int, stored: int
) -> Iterator[None]:
    """Insert many rows of the block without its references and indexes; set both up after it.

    Nothing is left unchecked: the references are checked for all rows together, at a seventh of
    the time, and all is one transaction. Only personal tables and references between them are
    treated so, because their tables are locked meanwhile: maps and panels read others.

    Parameters
    ----------
    rows
        How many rows are inserted.
    stored
        How many there are.
    """
    if table.schema != PERSONAL or rows < BULK_ROWS or rows * _SHARE < stored:
        yield
        return
    references = [
        one
        for one in table.constraints
        if isinstance(one, ForeignKeyConstraint) and one.referred_table.schema == PERSONAL
    ]
    indexes = [one for one in table.indexes if not one.unique]
    role = connection.execute(text("select current_user")).scalar_one()
    # Tables belong to the account that made them, not to the steward.
    connection.execute(text("reset role"))
    for reference in references:
        connection.execute(text(f"alter table {table.fullname} drop constraint {reference.name}"))
    for index in indexes:
        connection.execute(DropIndex(index))
    connection.execute(text(f"set local role {role}"))
    yield
    connection.execute(text("reset role"))
    for index in indexes:
        connection.execute(CreateIndex(index))
    for reference in references:
        connection.execute(text(_write_reference(reference)))
    connection.execute(text(f"set local role {role}"))


def _write_reference(reference: ForeignKeyConstraint) -> str:
    target = reference.elements[0].column
    return (
        f"alter table {reference.table.fullname} add constraint {reference.name}"
        f" foreign key ({reference.column_keys[0]})"
        f" references {target.table.fullname} ({target.name}) on delete {reference.ondelete}"
    )
