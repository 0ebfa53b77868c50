"""Run migrations on the connection that the program hands over."""

from alembic import context
from geoalchemy2 import alembic_helpers

from gis.tables import OPEN, metadata


def _is_ours(name: str | None, kind: str, _parents: object) -> bool:
    return kind != "schema" or name in {"onemap", "registry"}


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    include_schemas=True,
    include_name=_is_ours,
    include_object=alembic_helpers.include_object,
    process_revision_directives=alembic_helpers.writer,
    render_item=alembic_helpers.render_item,
    version_table_schema=OPEN,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
