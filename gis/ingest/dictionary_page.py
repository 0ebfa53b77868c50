"""The data dictionary as a page; ``python -m gis.ingest.dictionary_page`` prints it."""

from __future__ import annotations

import datetime as dt
import re
import sys
from collections.abc import Iterator

from sqlalchemy import CheckConstraint, Column, Table

from gis.ingest.cells import is_identity
from gis.ingest.dictionary import Words, find_unit, list_columns, list_datasets, read_words

_HEAD = """# Data dictionary

Every dataset that `onemap load DATASET FILE…` takes, from `gis/tables` and `gis/tables/names.toml`;
written by `python -m gis.ingest.dictionary_page`, and a test keeps it in step. **Bold** columns are
mandatory in new rows; a column's English name is known too, in any case and with blanks. A `code`
of another dataset may also be its Chinese name, where one row alone bears it. Units are those of
the column; others are turned only where a mapping says so. See [the method](methods/loading.md).
"""
_TYPES = {str: "text", bool: "yes or no", int: "whole number", float: "number", dt.date: "day"}


def build_page() -> str:
    """Return the page: per dataset its names, key, and each column with names, unit and rule."""
    parts = [_HEAD]
    for table in list_datasets():
        words = read_words(table.name)
        parts.append(f"## {table.name} · {'、'.join(words.zh)}\n")
        parts.append(f"{table.comment}. Key: {', '.join(f'`{name}`' for name in words.key)}.\n")
        parts.append("| column | 中文 | holds | meaning | rule |\n|---|---|---|---|---|")
        parts += [_write_row(table, words, name, one) for name, one in list_columns(table).items()]
        parts.append("")
    return "\n".join(parts)


def _write_row(table: Table, words: Words, name: str, column: Column) -> str:
    shown = f"`{name}`" if column.nullable else f"**`{name}`**"
    names = "、".join(words.columns[name])
    rules = "; ".join(_list_rules(table, words, name, column))
    meaning = (column.comment or "").replace("|", "/")
    return f"| {shown} | {names} | {_name_kind(name, column)} | {meaning} | {rules} |"


def _name_kind(name: str, column: Column) -> str:
    if name == "geom":
        return str(column.type.geometry_type).lower()  # type: ignore[attr-defined]
    if column.foreign_keys:
        return "code of " + next(iter(column.foreign_keys)).column.table.name
    if is_identity(name):
        return "identity number, hashed at once"
    kind = _TYPES.get(column.type.python_type, column.type.python_type.__name__)
    unit = find_unit(name)
    return f"{kind}, {unit}" if unit else kind


def _list_rules(table: Table, words: Words, name: str, column: Column) -> Iterator[str]:
    for check in table.constraints:
        if isinstance(check, CheckConstraint):
            rule = str(check.sqltext)
            if re.search(rf"\b{column.name}\b", rule):
                yield rule.replace("|", "/")
    if name in words.codes:
        listed = words.codes[name].items()
        yield "one of " + ", ".join(f"{code} {'/'.join(names)}" for code, names in listed)
    if name in words.forms:
        yield words.forms[name].says
    if name in words.past:
        yield "not after the day of the file"
    for first, second in words.ordered:
        if name == second:
            yield f"not before {first}"
    if name in words.once:
        yield "doubtful in two rows"


if __name__ == "__main__":
    sys.stdout.write(build_page())
