"""Noise of writing: wide digits, Chinese numerals, brackets, the many words for one thing."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Texts = NDArray[np.object_]

DASHED = "~"  # stands between the numbers of 3-2-501, so that they are not taken for others

_DIGITS = "〇零一二两三四五六七八九"
_VALUES = {"〇": 0, "零": 0, "两": 2} | {
    sign: at for at, sign in enumerate("一二三四五六七八九", 1)
}
_POWERS = {"十": 10, "百": 100, "千": 1000}
_NUMERAL = re.compile(
    rf"[{_DIGITS}十百千]+(?=号|幢|栋|座|单元|室|层|楼|弄|组|小组|村民小组|[甲乙丙丁]号|之|附|#|房)|"
    rf"(?<=[之附])[{_DIGITS}十百千]+|(?<=[元幢号层])[{_DIGITS}十百千]+$"
)
_HAS_NUMERAL = (
    rf"[{_DIGITS}十百千]+(?:号|幢|栋|座|单元|室|层|楼|弄|组|小组|村民|[甲乙丙丁]号|之|附|#|房)"
)
_HAS_TAIL = rf"[之附][{_DIGITS}十百千]|[元幢号层][{_DIGITS}十百千]+$"

# Signs that scanners and old lists write for those of today.
_OLD_SIGNS = str.maketrans(
    "號樓棟單區鎮衖幛橦層號莊園溫甌鄉縣組", "号楼栋单区镇弄幢幢层号庄园温瓯乡县组"
)
_HAS_OLD = "[號樓棟單區鎮衖幛橦層莊園溫甌鄉縣組]"

_LONGEST = 200  # signs; what comes after them is no address any more

# What is asked of an address and is no part of it.
_ASKED = r"^(?:户籍|家庭|现|居住|联系|详细|通讯)*(?:地址|住址|住)"
_BLANKS = r"[\s\x00-\x1f\x{a0}\x{3000}\x{200b}\x{feff}]+"
_SIGNS = r"[、,，.。;；:：·'\"“”‘’*|/\\_]+"
_DASHES = r"[—–−‐‑﹣~～至-]+"
# Letters that scanners read for digits: 5O1室.
_LETTERS = re.compile(
    r"(?<=\d)[OQ](?=[\dOQIL]|号|幢|室|单元)|(?<=\d)[IL](?=[\dOQIL]|号|幢|室|单元)"
)

# Each in turn; what stands first makes the text simpler for what follows.
_STEPS: tuple[tuple[str, str], ...] = (
    (r"NO(\d)", "${1}"),
    (r"第(\d)", "${1}"),
    (r"(\d|[A-Z])(?:号楼|#楼|幢楼|栋楼|栋|座|#)", "${1}幢"),
    (r"([东西南北中])(?:号楼|栋|座|幢楼)", "${1}幢"),
    (r"(\d)(?:村民小组|小组|村民组|队)", "${1}组"),
    (r"(\d)(?:号房|号室|房间|房)", "${1}室"),
    (r"(\d)(?:层楼|楼|F)", "${1}层"),
    (r"([甲乙丙丁])(\d+)号", "${2}${1}号"),
    (r"号-(\d{1,2})-(\d{3,4})(?:室|$)", "号${1}单元${2}室"),
    (r"(\d+)号[之附-]?(\d{1,2})号?$", "${1}之${2}号"),
    (r"(\d+)号[之附-](\d{1,2})(\D)", "${1}之${2}号${3}"),
    (r"号号+", "号"),
    (r"(\d+)附(\d+)号", "${1}之${2}号"),
    (r"(\d+)-(\d+)号", "${1}之${2}号"),
    (r"(\d+)-(\d+)-(\d{2,4})(?:室|$)", "${1}~${2}~${3}室"),
    (r"(\d+|[A-Z])幢-?(\d{1,2})-(\d{2,4})(?:室|$)", "${1}幢${2}单元${3}室"),
    (r"(单元|幢|号)-", "${1}"),
    (r"(\d+|[A-Z])-(\d{3,4})(?:室|$)", "${1}~${2}室"),
)
_BRACKETS = r"[（(【\[〔<《]([^（(【\[〔<《]*)[)）】\]〕>》]"
_REMARK = "\x01"


def read_numeral(text: str) -> int:
    """Return the number that a Chinese numeral writes.

    With 十, 百 or 千 by place, without them digit by digit, as doors are written.

    Examples
    --------
    >>> read_numeral("三十二"), read_numeral("十"), read_numeral("五〇一"), read_numeral("一百零三")
    (32, 10, 501, 103)
    """
    if not any(sign in _POWERS for sign in text):
        return int("".join(str(_VALUES[sign]) for sign in text))
    total = digit = 0
    for sign in text:
        if sign in _POWERS:
            total += (digit or 1) * _POWERS[sign]
            digit = 0
        else:
            digit = _VALUES[sign]
    return total + digit


def fold_texts(texts: Sequence[str | None] | pd.Series | Texts) -> Texts:
    """Take the noise of signs off addresses.

    Wide signs become narrow ones, old signs those of today, numerals before 号、幢、室 and the like
    digits; blanks and punctuation go. Names are not touched. After 200 signs a text is cut off.

    Parameters
    ----------
    texts
        n addresses; missing ones become empty.

    Returns
    -------
    ndarray of str, shape (n,)

    Examples
    --------
    >>> fold_texts(["地址：学院路 三十二號，３＃楼", None]).tolist()
    ['学院路32号3#楼', '']
    """
    values = pa.array(np.asarray(texts, dtype=object), type=pa.string(), from_pandas=True)
    values = pc.utf8_upper(pc.utf8_normalize(pc.fill_null(values, ""), "NFKC"))
    values = _map_some(values, _HAS_OLD, lambda text: text.translate(_OLD_SIGNS))
    values = _replace(values, _BLANKS, "")
    values = pc.utf8_slice_codeunits(values, 0, _LONGEST)
    values = _replace(values, rf"(\d){_SIGNS}(\d)", "${1}-${2}")  # 3/501 are two numbers
    values = _replace(values, _SIGNS, "")
    values = _replace(values, _ASKED, "")
    values = _replace(values, _DASHES, "-")
    values = _map_some(values, f"{_HAS_NUMERAL}|{_HAS_TAIL}", _write_digits)
    values = _map_some(values, r"\d[OQIL]", _mend_letters)
    return np.asarray(values.to_numpy(zero_copy_only=False), dtype=object)


def write_alike(texts: Texts) -> pd.DataFrame:
    """Write in one way what folded addresses write in several.

    栋、号楼、座、# become 幢, a room after dashes gets its words. What stands in brackets is a
    remark and kept apart.

    Returns
    -------
    DataFrame
        n rows: text and remark, both str.

    Examples
    --------
    >>> write_alike(fold_texts(["学院路32号（东首）3#楼-501"])).values.tolist()
    [['学院路32号3幢501', '东首']]
    >>> write_alike(fold_texts(["金色家园3栋2单元五〇一室", "5座2-301"]))["text"].tolist()
    ['金色家园3幢2单元501室', '5幢2单元301室']
    """
    values = pa.array(texts, pa.string())
    values = _replace(values, _BRACKETS, f"{_REMARK}${{1}}{_REMARK}")
    found = pc.extract_regex(values, f"{_REMARK}(?P<it>[^{_REMARK}]*){_REMARK}")
    remarks = pc.fill_null(pc.struct_field(found, 0), "")
    values = pc.replace_substring_regex(values, f"{_REMARK}[^{_REMARK}]*{_REMARK}", "")
    for pattern, written in _STEPS:
        values = _replace(values, pattern, written)
    return pd.DataFrame(
        {"text": values.to_numpy(zero_copy_only=False), "remark": remarks.to_numpy(False)},
        dtype=object,
    )


def strip_prefixes(texts: Texts, prefixes: Sequence[str]) -> Texts:
    """Take the names of province, city and district off, however often they are repeated.

    Examples
    --------
    >>> strip_prefixes(np.array(["温州市温州市学院路1号"], dtype=object), ["温州市"])
    array(['学院路1号'], dtype=object)
    """
    if not prefixes:
        return texts
    # The longest first, so that a short form does not cut a long one in two.
    words = "|".join(re.escape(word) for word in sorted(prefixes, key=len, reverse=True))
    found = pc.replace_substring_regex(pa.array(texts, pa.string()), f"^(?:中国|{words})+", "")
    return np.asarray(found.to_numpy(zero_copy_only=False), dtype=object)


def _replace(values: pa.Array, pattern: str, written: str) -> pa.Array:
    return pc.replace_substring_regex(values, pattern, re.sub(r"\$\{(\d)\}", r"\\\1", written))


def _write_digits(text: str) -> str:
    return _NUMERAL.sub(lambda found: str(read_numeral(found.group())), text)


def _mend_letters(text: str) -> str:
    return _LETTERS.sub(lambda found: "0" if found.group() in "OQ" else "1", text)


def _map_some(values: pa.Array, pattern: str, change: Callable[[str], str]) -> pa.Array:
    """Change the texts that hold a pattern, each different one once."""
    held = pc.match_substring_regex(values, pattern)
    if not pc.any(held).as_py():
        return values
    chosen = pc.dictionary_encode(pc.filter(values, held))
    changed = pa.array([change(text) for text in chosen.dictionary.to_pylist()], pa.string())
    return pc.replace_with_mask(values, held, changed.take(chosen.indices))
