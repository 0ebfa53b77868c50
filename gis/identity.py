"""Identity numbers (公民身份号码): read, check, hash with a key, mask. Only hashes are stored.

SOURCE: GB 11643-1999: six digits of the place, eight of the birth date, three of the sequence
(odd for men), and a check character by ISO 7064 MOD 11-2.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import re
import unicodedata
from typing import Literal

import numpy as np
import pandas as pd
from pydantic import SecretStr

from gis.errors import RejectedDataError, UsageError
from gis.settings import Settings

_FORM = re.compile(r"[0-9]{17}[0-9X]")
_CHECKS = "10X98765432"  # by the weighted sum modulo 11
SHOWN = 4  # last characters of a number that may be told
_WEIGHTS = np.array([2 ** (17 - at) % 11 for at in range(17)])
FAULTS = {  # rule → how to mend it
    "an identity number has 17 digits, then a digit or X": "Numbers of 15 digits are no longer"
    " valid; a spreadsheet must hold them as text.",
    "the 7th to 14th digit of an identity number are a birth date": "Correct the number.",
    "the check character of an identity number fits its digits (GB 11643)": "Compare it with the"
    " document; a digit is wrong or two are swapped.",
}


def normalise_identity(number: str) -> str:
    """Return the number in the one form that is hashed: ASCII digits, X in upper case.

    Full-width signs become plain ones; spaces and control signs of any kind go. Nothing else is
    changed: what is no number stays none.

    Examples
    --------
    >>> normalise_identity(" １１０１０５ 19491231 002ｘ ")
    '11010519491231002X'
    """
    plain = unicodedata.normalize("NFKC", number)
    return "".join(sign for sign in plain if unicodedata.category(sign)[0] not in "ZC").upper()


def compute_check_character(digits: str) -> str:
    """Return the check character of the first 17 digits.

    Raises
    ------
    ValueError
        When there are not 17 ASCII digits.

    Examples
    --------
    >>> compute_check_character("11010519491231002")
    'X'
    """
    if not re.fullmatch(r"[0-9]{17}", digits):
        raise ValueError("a check character needs 17 digits")
    weighted = sum(int(digit) * 2 ** (17 - at) for at, digit in enumerate(digits))
    return _CHECKS[weighted % 11]


def check_identity(number: str) -> str:
    """Return the number in its normal form when it can be one.

    Raises
    ------
    RejectedDataError
        Saying what is wrong: its length or signs, its birth date, its check character. The
        message holds no more than the last four characters.
    """
    plain = normalise_identity(number)
    if not _FORM.fullmatch(plain):
        raise RejectedDataError(
            f"An identity number has {len(plain)} signs or signs other than digits.",
            mend="Give 18 characters: 17 digits, then a digit or X. Numbers of 15 digits are"
            " no longer valid.",
        )
    told = f"Identity number {mask_identity(plain)}"
    if _find_birth_date(plain) is None:
        raise RejectedDataError(
            f"{told} has no birth date at its 7th to 14th digit.", mend="Correct the number."
        )
    if compute_check_character(plain[:-1]) != plain[-1]:
        raise RejectedDataError(
            f"{told} does not fit its check character.",
            mend="Compare it with the document; a digit is wrong or two are swapped.",
        )
    return plain


def read_birth_date(number: str) -> dt.date:
    """Return the birth date of a valid number; see :func:`check_identity` for what it refuses.

    Examples
    --------
    >>> str(read_birth_date("11010519491231002X"))
    '1949-12-31'
    """
    born_on = _find_birth_date(check_identity(number))
    assert born_on is not None
    return born_on


def read_sex(number: str) -> Literal["female", "male"]:
    """Return the sex of a valid number; see :func:`check_identity` for what it refuses.

    Examples
    --------
    >>> read_sex("11010519491231002X")
    'female'
    """
    return "male" if int(check_identity(number)[16]) % 2 else "female"


def hash_identity(number: str, key: SecretStr) -> str:
    """Return the HMAC-SHA-256 of the number under `key`, 64 hexadecimal digits.

    The number is brought into its normal form first but not checked: the same person has the
    same hash in every register, faulty numbers included.
    """
    secret = key.get_secret_value().encode()
    return hmac.new(secret, normalise_identity(number).encode(), hashlib.sha256).hexdigest()


def normalise_identities(numbers: pd.Series) -> pd.Series:
    """Return a column of numbers as :func:`normalise_identity` returns each.

    Examples
    --------
    >>> normalise_identities(pd.Series(["11010519491231002x", "１１"])).tolist()
    ['11010519491231002X', '11']
    """
    plain = numbers.str.upper()
    odd = ~plain.str.fullmatch("[0-9A-Z]+").fillna(value=False).to_numpy(dtype=bool)
    if odd.any():
        plain[odd] = numbers[odd].map(normalise_identity)
    return plain


def find_identity_faults(numbers: pd.Series) -> pd.Series:
    """Return the first rule of `FAULTS` that each number in its normal form breaks, else nothing.

    The rules are those of :func:`check_identity`, for a million numbers at once.

    Examples
    --------
    >>> numbers = pd.Series(["11010519491231002X", "110105194912310021", "1234"])
    >>> find_identity_faults(numbers).isna().tolist()
    [True, False, False]
    """
    misformed, no_date, no_check = FAULTS
    fault = pd.Series(None, index=numbers.index, dtype=object)
    formed = numbers.str.fullmatch(_FORM).fillna(value=False).to_numpy(dtype=bool)
    fault[~formed] = misformed
    whole = numbers[formed]
    if whole.empty:
        return fault
    signs = np.array(whole.to_list(), dtype="S18").view(np.uint8).reshape(-1, 18)
    weighted = ((signs[:, :17] - ord("0")) @ _WEIGHTS) % 11
    checks = np.frombuffer(_CHECKS.encode(), np.uint8)[weighted]
    born = pd.to_datetime(whole.str[6:14], format="%Y%m%d", errors="coerce")
    found = pd.Series(None, index=whole.index, dtype=object)
    found[checks != signs[:, 17]] = no_check
    found[born.isna()] = no_date
    fault[formed] = found
    return fault


def hash_identities(numbers: pd.Series, key: SecretStr) -> pd.Series:
    """Return the hash of each number in its normal form, as :func:`hash_identity` makes it."""
    secret = key.get_secret_value().encode()
    digests = [hmac.digest(secret, number.encode(), "sha256").hex() for number in numbers]
    return pd.Series(digests, index=numbers.index, dtype="str")


def mask_identity(number: str) -> str:
    """Return the number, or the last four characters of one, with all others masked.

    Examples
    --------
    >>> mask_identity("11010519491231002X"), mask_identity("002X")
    ('**************002X', '**************002X')
    """
    return normalise_identity(number)[-SHOWN:].rjust(18, "*")


def require_own_key(settings: Settings, *, synthetic: bool) -> None:
    """Refuse the key that everybody knows wherever rows about real persons are.

    Raises
    ------
    UsageError
        When the data is not synthetic and the key is still the one of the sample, or empty.
    """
    key = settings.id_key.get_secret_value()
    sample_key = Settings.model_fields["id_key"].default.get_secret_value()
    if not synthetic and key in ("", sample_key):
        raise UsageError(
            "Identity numbers of real persons would be hashed with a key that everybody knows.",
            mend="Set ONEMAP_ID_KEY to a secret of your own, the same for every register, and"
            " hash the registers with it.",
        )


def _find_birth_date(plain: str) -> dt.date | None:
    try:
        return dt.date(int(plain[6:10]), int(plain[10:12]), int(plain[12:14]))
    except ValueError:
        return None
