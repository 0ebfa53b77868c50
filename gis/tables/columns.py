"""Column shorthands, so that every column is declared in one line with its meaning."""

from __future__ import annotations

from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Identity, MetaData, event
from sqlalchemy.types import TypeEngine

from gis.crs import STORE_SRID

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)

OPEN = "onemap"  # aggregates and public things
PERSONAL = "registry"  # rows about persons, their homes and their results


def key(comment: str) -> Column[int]:
    """Surrogate key; ranges are handed out to bulk loads by :mod:`gis.ingest`."""
    return Column("id", BigInteger, Identity(), primary_key=True, comment=comment)


def value(
    name: str,
    type_: TypeEngine[Any] | type[TypeEngine[Any]],
    comment: str,
    *,
    least: int | None = None,
    most: int | None = None,
    **options: Any,
) -> Column[Any]:
    """Mandatory column; the unit stands at the end of its name."""
    column = Column(name, type_, nullable=False, comment=comment, **options)
    return _limit(column, least, most)


def maybe(
    name: str,
    type_: TypeEngine[Any] | type[TypeEngine[Any]],
    comment: str,
    *,
    least: int | None = None,
    most: int | None = None,
) -> Column[Any]:
    """Column that may be unknown."""
    return _limit(Column(name, type_, nullable=True, comment=comment), least, most)


def _limit(column: Column[Any], least: int | None, most: int | None) -> Column[Any]:
    """Set limits that the database keeps and the contract reports, in words that both read."""
    limits = [f"{column.name} >= {least}"] if least is not None else []
    limits += [f"{column.name} <= {most}"] if most is not None else []
    if limits:
        check = CheckConstraint(" and ".join(limits), name=column.name)
        # On the table, not the column: migrations forget the checks of columns.
        event.listen(
            column, "after_parent_attach", lambda _column, table: table.append_constraint(check)
        )
    return column


def refer(
    name: str,
    target: str,
    comment: str,
    *,
    nullable: bool = False,
    schema: str = OPEN,
    primary_key: bool = False,
    index: bool = False,
) -> Column[int]:
    """Declare a reference to `<target>.id`; rows go when the row they refer to goes."""
    return Column(
        name,
        BigInteger,
        ForeignKey(f"{schema}.{target}.id", ondelete="CASCADE"),
        nullable=nullable,
        primary_key=primary_key,
        index=index,
        comment=comment,
    )


def shape(kind: str, comment: str, *, nullable: bool = False, index: bool = True) -> Column[Any]:
    """Geometry in CGCS2000 (EPSG:4490), stored lon/lat."""
    return Column(
        "geom",
        Geometry(kind, srid=STORE_SRID, spatial_index=index),
        nullable=nullable,
        comment=comment,
    )
