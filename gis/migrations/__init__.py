"""Migrations of the database (Alembic)."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from gis.errors import DatabaseError
from gis.tables import OPEN, PERSONAL


def build_config(connection: Connection | None = None) -> Config:
    """Return the Alembic configuration, working on `connection`."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def migrate_tables(engine: Engine) -> str:
    """Bring the tables to the version of this program; two programs at once take turns.

    Returns
    -------
    str
        Revision that the database now has.

    Raises
    ------
    DatabaseError
        When the database was made by a newer program.
    """
    script = ScriptDirectory.from_config(build_config())
    with engine.begin() as connection:
        connection.execute(text("select pg_advisory_xact_lock(hashtext('onemap migrations'))"))
        for schema in (OPEN, PERSONAL):
            connection.execute(text(f"create schema if not exists {schema}"))
        context = MigrationContext.configure(connection, opts={"version_table_schema": OPEN})
        found = context.get_current_revision()
        if found is not None and found not in {item.revision for item in script.walk_revisions()}:
            raise DatabaseError(
                f"The database has revision {found}, which this program does not know.",
                mend="Update the program, or name another database.",
            )
        head = str(script.get_current_head())
        if found != head:
            command.upgrade(build_config(connection), "head")
    return head
