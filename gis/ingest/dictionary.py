"""What offices call our datasets, columns and codes: the words of ``gis/tables/names.toml``."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from sqlalchemy import Column, Table

from gis.errors import UsageError
from gis.ingest.contract import OWN_COLUMNS, list_key, name_source_column
from gis.ingest.district import LOAD_ORDER

NAMES = Path(__file__).parent.parent / "tables" / "names.toml"
# Datasets that are no files of their own: a plan is drawn or imported whole (`load catchment`),
# the demand of units comes with a district that counts it elsewhere.
_NOT_ALONE = {"plan", "plan_membership", "unit_demand"}
# UNITS: the end of a column's name tells its unit.
UNITS = {"m2": "m²", "m": "m", "pct": "%", "yuan": "yuan", "days": "days", "km": "km"}
_BRACKETS = re.compile(r"[(（\[【].*?[)）\]】]")
_SIGNS = re.compile(r"[\s_*:：\-—/]+")


@dataclass(frozen=True)
class Form:
    """How a value must look: a pattern for programs and words for people."""

    pattern: str
    says: str


@dataclass(frozen=True)
class Words:
    """What is known of one dataset beside its table.

    Parameters
    ----------
    columns
        Names by column of the file (references by code); the first is shown.
    codes
        By column: names by code.
    key
        Columns of the file that make a row the same row.
    ordered
        Pairs of days, the first not after the second.
    past
        Days that cannot lie after the day on which the file was drawn.
    once
        Columns of which each value belongs to one row only; others are doubtful.
    """

    dataset: str
    zh: tuple[str, ...]
    columns: dict[str, tuple[str, ...]]
    codes: dict[str, dict[str, tuple[str, ...]]] = field(default_factory=dict)
    forms: dict[str, Form] = field(default_factory=dict)
    key: tuple[str, ...] = ()
    ordered: tuple[tuple[str, str], ...] = ()
    past: tuple[str, ...] = ()
    once: tuple[str, ...] = ()


def list_datasets() -> list[Table]:
    """Return the tables that files of their own may fill, in the order of loading."""
    return [table for table in LOAD_ORDER if table.name not in _NOT_ALONE]


def list_columns(table: Table) -> dict[str, Column]:
    """Return the columns that a file of the dataset may have, by their name in files.

    Examples
    --------
    >>> from gis.tables import enrolment
    >>> list(list_columns(enrolment))
    ['school_code', 'stage', 'grade', 'year', 'pupils', 'classes']
    """
    return {
        name_source_column(column): column
        for column in table.columns
        if column.name not in OWN_COLUMNS
    }


@cache
def read_words(dataset: str) -> Words:
    """Return what offices call a dataset, its columns and its codes.

    A column that the file of names does not know bears the Chinese of its comment, if any.

    Examples
    --------
    >>> read_words("school").columns["code"][0]
    '学校标识码'
    """
    content = _read_names()
    own, shared = content.get(dataset, {}), content["shared"]
    table = next(table for table in LOAD_ORDER if table.name == dataset)
    columns = {}
    for name, column in list_columns(table).items():
        known = own.get("columns", {}).get(name) or shared["columns"].get(name)
        columns[name] = tuple(known or re.findall(r"[\u4e00-\u9fff]+", column.comment or ""))
    codes = {
        name: {code: tuple(names) for code, names in known.items()}
        for name, known in {**shared["codes"], **own.get("codes", {})}.items()
        if name in columns
    }
    chinese = re.findall(r"[\u4e00-\u9fff]+", table.comment or "")
    return Words(
        dataset,
        tuple(own.get("zh", chinese)),
        columns,
        codes,
        {name: Form(**form) for name, form in own.get("forms", {}).items()},
        tuple(own.get("key", list_key(table))),
        tuple((first, second) for first, second in own.get("ordered", [])),
        tuple(own.get("past", [])),
        tuple(own.get("once", [])),
    )


@cache
def _read_names() -> dict:
    with NAMES.open("rb") as file:
        return tomllib.load(file)


def find_dataset(name: str) -> Table:
    """Return the table that a person means by a name: English, plural or Chinese.

    Raises
    ------
    UsageError
        When no dataset bears the name; lists those that files may fill.

    Examples
    --------
    >>> [find_dataset(name).name for name in ("schools", "学校", "property-units", "households")]
    ['school', 'school', 'property_unit', 'household']
    """
    wanted = simplify_name(name)
    for table in list_datasets():
        known = {table.name, *_pluralise(table.name), *read_words(table.name).zh}
        if wanted in {simplify_name(one) for one in known}:
            return table
    known_names = ", ".join(table.name for table in list_datasets())
    raise UsageError(
        f"There is no dataset '{name}'.", mend=f"Use catchment or one of {known_names}."
    )


def _pluralise(name: str) -> tuple[str, ...]:
    if name.endswith("y"):
        return (f"{name[:-1]}ies",)
    return ("children",) if name == "child" else (f"{name}s", f"{name}es")


def simplify_name(name: str) -> str:
    """Return a header or name without what differs by writer: width, case, blanks, signs.

    Examples
    --------
    >>> simplify_name(" School Code* ") == simplify_name("school_code")
    True
    >>> simplify_name("ＡＢ（必填）")
    'ab(必填)'
    """
    return _SIGNS.sub("", unicodedata.normalize("NFKC", name)).lower()


def split_unit(header: str) -> tuple[str, str]:
    """Return a header without its brackets, and what stands in them: a unit or a remark.

    Examples
    --------
    >>> split_unit("占地面积（亩）")
    ('占地面积', '亩')
    """
    inside = "".join(found[1:-1] for found in _BRACKETS.findall(header))
    return _BRACKETS.sub("", header), inside.strip()


def find_unit(column: str) -> str | None:
    """Return the unit of a column by the end of its name; None without one.

    Examples
    --------
    >>> find_unit("site_area_m2"), find_unit("name_zh")
    ('m²', None)
    """
    return UNITS.get(column.rsplit("_", 1)[-1]) if "_" in column else None
