"""Bytes of a text file → UTF-8, with the encoding that was found and no byte lost."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, field

from gis.errors import RejectedDataError, UsageError

_BLOCK = 1 << 20
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Offices say GB2312 or GBK and mean whatever Chinese Windows wrote; GB18030 holds both.
_WIDENED = {"gb2312": "gb18030", "gbk": "gb18030", "cp936": "gb18030", "utf-8-sig": "utf-8"}
# Chinese text in GB18030 is hardly ever valid UTF-8: of its characters few survive. A file where
# for each broken byte so many characters are valid is a UTF-8 file with damage.
_VALID_FOR_EACH_BROKEN = 5
_WIDE_LEAD = re.compile(rb"[\xe0-\xff]")
_HIGH_RUN = re.compile(rb"[\x80-\xff]+")


@dataclass(frozen=True, eq=False)
class Text:
    """A text file as UTF-8 without byte order mark.

    Parameters
    ----------
    content
        Valid UTF-8 without NUL.
    encoding
        The one that the file came in.
    notes
        What was assumed or changed.
    """

    content: bytes
    encoding: str
    notes: list[str] = field(default_factory=list)


def decode_text(content: bytes, name: str, *, encoding: str | None = None) -> Text:
    r"""Turn the bytes of a text file into UTF-8.

    A byte order mark decides; else `encoding`; else text that is valid UTF-8 is UTF-8, and other
    text GB18030. Nothing is replaced: a byte that fits neither is refused with its line.

    Parameters
    ----------
    name
        What messages call the file, as in ``a.csv``.
    encoding
        Stated by the steward; any text encoding of Python. GB2312 and GBK are read as GB18030,
        which holds them.

    Raises
    ------
    UsageError
        There is no such encoding.
    RejectedDataError
        Bytes that do not fit it, or NUL characters.

    Examples
    --------
    >>> text = decode_text("学校名称\n".encode("gb18030"), "a.csv")
    >>> text.content.decode(), text.encoding
    ('学校名称\n', 'gb18030')
    >>> text.notes
    ['The text is no UTF-8; it was read as GB18030.']
    """
    notes = []
    for mark, marked in _MARKS:
        if content.startswith(mark):
            content = content[len(mark) :]
            notes.append(f"A byte order mark was taken off; the text is {marked.upper()}.")
            return Text(_recode(content, marked, name), marked, notes)
    if encoding is not None:
        named = check_encoding(encoding)
        if named != encoding.lower():
            notes.append(f"The stated encoding {encoding} was read as {named.upper()}.")
        return Text(_recode(content, named, name), named, notes)
    _refuse_nul(content, name, may_be_wide=True)
    broken = _find_broken(content, "utf-8")
    if broken is None and _is_chinese_by_chance(content):
        notes.append(
            "The text fits UTF-8, but makes words only as GB18030; it was read as that. State"
            " utf-8 if that is wrong."
        )
        return Text(_recode(content, "gb18030", name), "gb18030", notes)
    if broken is None:
        return Text(content, "utf-8", notes)
    if _find_broken(content, "gb18030") is not None or _is_damaged_utf8(content):
        raise _refuse_bytes(content, broken, name, "UTF-8")
    notes.append("The text is no UTF-8; it was read as GB18030.")
    return Text(_recode(content, "gb18030", name), "gb18030", notes)


def count_line(content: bytes, position: int) -> int:
    r"""Count the line that a byte stands in, the first being 1.

    Examples
    --------
    >>> count_line(b"a\nb\r\nc", 5)
    3
    """
    before = content[:position]
    return 1 + before.count(b"\n") + before.count(b"\r") - before.count(b"\r\n")


def check_encoding(encoding: str) -> str:
    """Return the name under which an encoding of text is used here.

    Raises
    ------
    UsageError
        There is none of that name.

    Examples
    --------
    >>> check_encoding("GBK"), check_encoding("UTF8")
    ('gb18030', 'utf-8')
    """
    try:
        found = codecs.lookup(encoding.strip())
    except (LookupError, ValueError):
        found = None
    # Python also lists codecs that are no encodings of text, such as zlib.
    if found is None or not getattr(found, "_is_text_encoding", False):
        raise UsageError(
            f"There is no encoding {encoding[:40]!r}.", mend="Name utf-8, gb18030 or utf-16."
        )
    return _WIDENED.get(found.name, found.name)


def _recode(content: bytes, encoding: str, name: str) -> bytes:
    """Turn text of one encoding into UTF-8, block by block, so that memory stays small."""
    if encoding == "utf-8":
        broken = _find_broken(content, encoding)
        if broken is not None:
            raise _refuse_bytes(content, broken, name, "UTF-8")
        _refuse_nul(content, name)
        return content
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    parts: list[bytes] = []
    for start in range(0, max(len(content), 1), _BLOCK):
        is_last = start + _BLOCK >= len(content)
        try:
            block = decoder.decode(content[start : start + _BLOCK], is_last)
            parts.append(block.encode("utf-8"))  # lone surrogates of UTF-16 fail here
        except UnicodeError as error:
            line = 1 + sum(part.count(b"\n") for part in parts)
            raise RejectedDataError(
                f"File {name} is no {encoding.upper()}: from line {line} on there are bytes that do"
                f" not fit it ({_tell(error)}).",
                mend="State the encoding that it was written in, or save it again as UTF-8.",
            ) from error
    recoded = b"".join(parts)
    _refuse_nul(recoded, name)
    return recoded


def _tell(error: UnicodeError) -> str:
    return getattr(error, "reason", None) or str(error)


def _find_broken(content: bytes, encoding: str) -> int | None:
    """Find the first byte that does not fit an encoding; None when all do."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    for start in range(0, max(len(content), 1), _BLOCK):
        held = len(decoder.getstate()[0])
        try:
            is_last = start + _BLOCK >= len(content)
            decoder.decode(content[start : start + _BLOCK], is_last)
        except UnicodeDecodeError as error:
            return max(start - held + error.start, 0)
    return None


def _is_chinese_by_chance(content: bytes) -> bool:
    """Tell GB18030 that happens to be valid UTF-8, as the two characters of "school" are.

    Chinese in UTF-8 has bytes from E0 on. Without any, the text is either Latin, Greek or
    Cyrillic in UTF-8, or a few words in GB2312: there every pair lies in that set, and letters
    stand in runs of two or more.
    """
    if content.isascii() or _WIDE_LEAD.search(content):
        return False
    runs = _HIGH_RUN.findall(content)
    if min(len(run) for run in runs) < 4:  # bytes, two for each letter
        return False
    try:
        return all(letter >= "\u4e00" for run in runs for letter in run.decode("gb2312"))
    except UnicodeDecodeError:
        return False


def _is_damaged_utf8(content: bytes) -> bool:
    shown = content.decode("utf-8", errors="replace") if len(content) < _BLOCK else None
    if shown is None:
        broken = _find_broken(content, "utf-8") or 0
        start = max(broken - _BLOCK // 2, 0)
        shown = content[start : start + _BLOCK].decode("utf-8", errors="replace")
    lost = shown.count("\ufffd")
    wide = sum(letter > "\x7f" for letter in shown) - lost
    return wide >= _VALID_FOR_EACH_BROKEN * lost


def _refuse_bytes(content: bytes, at: int, name: str, tried: str) -> RejectedDataError:
    shown = content[at : at + 4].hex(" ").upper()
    return RejectedDataError(
        f"Line {count_line(content, at)} of {name} holds bytes ({shown}) that are no {tried}"
        " text, nor is the whole GB18030.",
        mend="Save it again as UTF-8 from its source, or state its encoding.",
    )


def _refuse_nul(content: bytes, name: str, *, may_be_wide: bool = False) -> None:
    at = content.find(b"\0")
    if at < 0:
        return
    hint = " or, if it is UTF-16 without a mark, state utf-16-le" if may_be_wide else ""
    raise RejectedDataError(
        f"Line {count_line(content, at)} of {name} holds zero bytes and is no plain text.",
        mend=f"Save it as CSV in UTF-8{hint}.",
    )
