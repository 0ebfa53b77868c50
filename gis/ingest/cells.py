"""Cells as offices write them, brought to the form of the contract; every change is noted.

Full-width signs become plain ones in numbers, days, codes and keys, days written with 年月日 or
dots become days, Chinese words of code lists become codes. Nothing is guessed: what has no one
meaning stays as it is found and is refused.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Mapping

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import SecretStr
from sqlalchemy import Column, Table

from gis.identity import (
    FAULTS,
    SHOWN,
    find_identity_faults,
    hash_identities,
    mask_identity,
    normalise_identities,
)
from gis.ingest.contract import read_days
from gis.ingest.dictionary import Words, list_columns
from gis.ingest.findings import CHANGED, REFUSED, WARNED, Findings

CodeLists = Mapping[str, Mapping[str, tuple[str, ...]]]

_HASH = r"[0-9a-f]{32}([0-9a-f]{32})?"  # whole, or cut to half of it
_EXACT = 2.0**53  # whole numbers above lose their last digits as fractions
_WIDE_MEND = "Nothing need be done; plain digits in the source save this note."
_CHINESE_DAY = r"^\s*(\d{4})\s*[年.]\s*(\d{1,2})\s*[月.]\s*(\d{1,2})\s*日?\s*$"


def read_cells(
    table: Table,
    frame: pd.DataFrame,
    words: Words,
    findings: Findings,
    *,
    code_lists: CodeLists,
    id_key: SecretStr,
) -> pd.DataFrame:
    """Return the cells of a mapped file as the contract takes them; note what was changed.

    Parameters
    ----------
    frame
        Columns as files name them; the index holds the numbers of the rows.
    code_lists
        Names by code and column, beside those of `words`: the stages of the district.
    id_key
        Key under which identity numbers are hashed; none of them goes further than this.

    Returns
    -------
    DataFrame
        The same rows; refused cells are noted and left empty, their rows are the caller's to drop.
    """
    cells = frame.copy()
    for name, column in list_columns(table).items():
        if name not in cells or name == "geom":
            continue
        given = _read_text(cells[name]) if _is_text(cells[name]) else cells[name]
        if is_identity(name):
            cells[name] = _read_identity(cells, name, given, findings, id_key, table)
            continue
        listed = code_lists.get(name) or words.codes.get(name)
        if _is_plain(column) or listed is not None or name in words.key:
            given = _narrow(given, name, findings)
        if column.type.python_type is dt.date:
            given = _read_days(given, name, findings)
        elif column.type.python_type in (int, float) and not column.foreign_keys:
            given = _read_numbers(given, name, findings)
        if listed is not None:
            given = _read_codes(given, name, listed, findings)
        cells[name] = _check_form(given, name, words, findings)
    _check_order(cells, words, findings)
    _check_once(cells, words, findings)
    return cells


def is_identity(name: str) -> bool:
    """Say whether a column holds hashes, so that its file holds identity numbers.

    Examples
    --------
    >>> is_identity("head_hash"), is_identity("code")
    (True, False)
    """
    return name.endswith("_hash")


def _is_plain(column: Column) -> bool:
    """Say whether a column is written in digits and Latin letters, not in words."""
    return bool(column.foreign_keys) or column.name == "code" or column.type.python_type is not str


def _is_text(given: pd.Series) -> bool:
    return given.dtype == object or pd.api.types.is_string_dtype(given)


def _read_text(given: pd.Series) -> pd.Series:
    """Return cells as text without blanks around them; 451.0 of a spreadsheet is 451."""
    values = given.to_numpy(dtype=object)
    try:
        text = pa.array(values, type=pa.string(), from_pandas=True)
    except (pa.ArrowTypeError, pa.ArrowInvalid):  # a spreadsheet mixes texts, numbers and days
        text = pa.array([_write_cell(value) for value in values], type=pa.string())
    trimmed = pc.utf8_trim_whitespace(text)
    known = pc.if_else(pc.equal(trimmed, ""), pa.scalar(None, pa.string()), trimmed)
    return pd.Series(known.to_pandas(), index=given.index, dtype="str")


def _write_cell(value: object) -> str | None:
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, float | np.floating):
        number = float(value)
        if np.isnan(number):
            return None
        return str(int(number)) if number.is_integer() and abs(number) < _EXACT else str(number)
    return str(value)


def _narrow(given: pd.Series, name: str, findings: Findings) -> pd.Series:
    """Make full-width signs plain, as in １２号; other letters stay."""
    if not _is_text(given):
        return given
    ascii_only = (given.isna() | given.str.isascii()).to_numpy(dtype=bool)
    if ascii_only.all():
        return given
    odd = given[~ascii_only]
    narrow = odd.map(lambda text: unicodedata.normalize("NFKC", text).strip())
    differs = (narrow != odd).to_numpy(dtype=bool)
    findings.add(
        CHANGED, odd.index[differs], column=name, found=odd[differs], stored=narrow[differs],
        rule="full-width signs are read as plain ones", mend=_WIDE_MEND,
    )  # fmt: skip
    changed = given.copy()
    changed.loc[odd.index] = narrow
    return changed


def _read_days(given: pd.Series, name: str, findings: Findings) -> pd.Series:
    """Read 2019年3月1日 and 2019.3.1 as 2019-03-01; all else is the contract's."""
    if not _is_text(given):
        return given
    parts = given.str.extract(_CHINESE_DAY)
    hit = parts[0].notna().to_numpy()
    if not hit.any():
        return given
    part = parts[hit]
    days = part[0] + "-" + part[1].str.zfill(2) + "-" + part[2].str.zfill(2)
    findings.add(
        CHANGED, given.index[hit], column=name, found=given[hit], stored=days,
        rule="a day in words is read as one in figures", mend="Write it as 2026-03-31.",
    )  # fmt: skip
    changed = given.copy()
    changed[hit] = days
    return changed


def _read_numbers(given: pd.Series, name: str, findings: Findings) -> pd.Series:
    """Read 1,200 as 1200: a comma before each three digits divides thousands."""
    if not _is_text(given):
        return given
    divided = given.str.fullmatch(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?").fillna(value=False)
    hit = divided.to_numpy(dtype=bool)
    if not hit.any():
        return given
    plain = given[hit].str.replace(",", "")
    findings.add(
        CHANGED, given.index[hit], column=name, found=given[hit], stored=plain,
        rule="commas between thousands are left out", mend="Write the number without them.",
    )  # fmt: skip
    changed = given.copy()
    changed[hit] = plain
    return changed


def _read_codes(
    given: pd.Series, name: str, listed: Mapping[str, tuple[str, ...]], findings: Findings
) -> pd.Series:
    """Turn names of a code list into its codes; refuse what is neither."""
    known = {name_zh: code for code, names in listed.items() for name_zh in names}
    known |= {code: code for code in listed}
    if {"true", "false"} <= set(listed):
        known |= {"1": "true", "0": "false", "是": "true", "否": "false"}
    text = given.astype("str")
    lowered = text.str.lower().where(text.notna())
    codes = text.map(known).where(text.isin(known), lowered.map(known))
    strange = (given.notna() & codes.isna()).to_numpy(dtype=bool)
    told = ", ".join(f"{code} ({names[0]})" if names else code for code, names in listed.items())
    findings.add(
        REFUSED, given.index[strange], column=name, found=given[strange],
        rule="the value is not in the code list", mend=f"Use one of {told}.",
    )  # fmt: skip
    return codes


def _check_form(given: pd.Series, name: str, words: Words, findings: Findings) -> pd.Series:
    form = words.forms.get(name)
    if form is None:
        return given
    text = given.astype("str")
    strange = (text.notna() & ~text.str.fullmatch(form.pattern).fillna(value=False)).to_numpy()
    findings.add(
        REFUSED, given.index[strange], column=name, found=text[strange],
        rule=f"the value must be {form.says}", mend="Compare it with the document.",
    )  # fmt: skip
    return given


def _check_order(cells: pd.DataFrame, words: Words, findings: Findings) -> None:
    """Refuse rows whose days are in the wrong order."""
    for first, second in words.ordered:
        if not {first, second} <= set(cells):
            continue
        start, end = read_days(cells[first]), read_days(cells[second])
        wrong = (end < start).to_numpy(dtype=bool)
        findings.add(
            REFUSED, cells.index[wrong], column=second, found=cells.loc[wrong, second],
            rule=f"the day must not lie before {first}", mend="Correct one of the two.",
        )  # fmt: skip


def _check_once(cells: pd.DataFrame, words: Words, findings: Findings) -> None:
    """Warn where a value that belongs to one row stands in several."""
    for name in words.once:
        if name not in cells:
            continue
        again = (cells[name].notna() & cells[name].duplicated(keep=False)).to_numpy(dtype=bool)
        findings.add(
            WARNED, cells.index[again], column=name, found=None,
            rule="the same value stands in another row",
            mend="Compare both rows; one may be wrong.",
        )  # fmt: skip


def _read_identity(
    cells: pd.DataFrame,
    name: str,
    given: pd.Series,
    findings: Findings,
    id_key: SecretStr,
    table: Table,
) -> pd.Series:
    """Check identity numbers and return their keyed hashes; hashes of the same key stay."""
    if not _is_text(given):
        given = _read_text(given.astype(object))
    is_hash = given.str.fullmatch(_HASH).fillna(value=False).to_numpy(dtype=bool)
    at = given.notna().to_numpy() & ~is_hash
    if not at.any():
        return given
    numbers = given[at]
    plain = normalise_identities(numbers)
    fault = find_identity_faults(plain)
    for rule, mend in FAULTS.items():
        wrong = plain[(fault == rule).to_numpy(dtype=bool)]
        findings.add(
            REFUSED, wrong.index, column=name, found=wrong.map(mask_identity), rule=rule, mend=mend
        )
    good = fault.isna().to_numpy()
    changed = plain[good & (plain != numbers).to_numpy(dtype=bool)]
    findings.add(
        CHANGED, changed.index, column=name, found=changed.map(mask_identity),
        rule="blanks, full-width signs and a small x of the number are made plain",
        mend=_WIDE_MEND,
    )  # fmt: skip
    hashes = given.copy()
    hashes[at] = hash_identities(plain, id_key)
    last4 = name.replace("_hash", "_last4")
    if last4 in table.columns and last4 not in cells:
        cells[last4] = plain.str[-SHOWN:].reindex(given.index)
    _compare_persons(cells, plain[good], findings)
    return hashes


def _compare_persons(cells: pd.DataFrame, plain: pd.Series, findings: Findings) -> None:
    """Warn where birth date or sex of the row are not those of its identity number."""
    if "born_on" in cells:
        told = read_days(cells.loc[plain.index, "born_on"])
        meant = pd.to_datetime(plain.str[6:14], format="%Y%m%d", errors="coerce")
        differs = (told.notna() & (told != meant)).to_numpy(dtype=bool)
        findings.add(
            WARNED, plain.index[differs], column="born_on", found=told[differs].dt.strftime("%F"),
            rule="the date of birth is not that of the identity number",
            mend="Compare both with the document.",
        )  # fmt: skip
