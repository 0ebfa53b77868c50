"""Identity numbers: the check character worked by hand, one form for one person, no number told."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from gis.errors import RejectedDataError, UsageError
from gis.identity import (
    check_identity,
    compute_check_character,
    hash_identity,
    mask_identity,
    normalise_identity,
    read_birth_date,
    read_sex,
    require_own_key,
)
from gis.settings import Settings

# The two examples of GB 11643-1999.
WOMAN = "11010519491231002X"
MAN = "440524188001010014"
KEY = SecretStr("a key of our own")


def test_the_check_character_of_the_standards_woman_is_worked_by_hand():
    # weights 7 9 10 5 8 4 2 1 6 3 7 9 10 5 8 4 2 over 1 1 0 1 0 5 1 9 4 9 1 2 3 1 0 0 2:
    # 7+9+0+5+0+20+2+9+24+27+7+18+30+5+0+0+4 = 167 = 15 · 11 + 2, and 2 stands for X
    assert compute_check_character(WOMAN[:17]) == "X"


def test_the_check_character_of_the_standards_man_is_worked_by_hand():
    # over 4 4 0 5 2 4 1 8 8 0 0 1 0 1 0 0 1:
    # 28+36+0+25+16+16+2+8+48+0+0+9+0+5+0+0+2 = 195 = 17 · 11 + 8, and 8 stands for 4
    assert compute_check_character(MAN[:17]) == "4"


@pytest.mark.parametrize("digits", ["", "1" * 16, "1" * 18, "1234567890123456X", "１" * 17])
def test_only_seventeen_digits_have_a_check_character(digits):
    with pytest.raises(ValueError, match="17 digits"):
        compute_check_character(digits)


@given(st.text("0123456789", min_size=17, max_size=17), st.integers(0, 15))
def test_two_digits_swapped_or_one_mistaken_never_fit(digits, at):
    # MOD 11-2 finds every single mistake and every swap of neighbours
    right = compute_check_character(digits)
    wrong = digits[:at] + str((int(digits[at]) + 1) % 10) + digits[at + 1 :]
    assert compute_check_character(wrong) != right
    swapped = digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :]
    assert swapped == digits or compute_check_character(swapped) != right


@pytest.mark.parametrize(
    "written",
    [
        "11010519491231002x",
        " 110105 19491231 002X ",
        "１１０１０５１９４９１２３１００２Ｘ",
        "110105\u30001949\u00a01231\u200b002ｘ\n",
    ],
)
def test_one_person_has_one_form_and_one_hash_however_the_number_is_written(written):
    assert normalise_identity(written) == WOMAN
    assert hash_identity(written, KEY) == hash_identity(WOMAN, KEY)
    assert check_identity(written) == WOMAN


def test_the_hash_is_the_keyed_one_that_any_other_program_makes():
    # printf 11010519491231002X | openssl dgst -sha256 -hmac "a key of our own"
    assert hash_identity(WOMAN, KEY) == HASH
    assert hash_identity(WOMAN, SecretStr("another")) != HASH


HASH = "4cfa2882456668212b26b5de8311fdb25cd73cbe8ba8188fd1c1ac5c3f6f1b6d"


def test_birth_date_and_sex_are_read_from_the_number():
    assert (read_birth_date(WOMAN), read_sex(WOMAN)) == (dt.date(1949, 12, 31), "female")
    assert (read_birth_date(MAN), read_sex(MAN)) == (dt.date(1880, 1, 1), "male")


def write_number(seventeen: str) -> str:
    return seventeen + compute_check_character(seventeen)


def test_a_leap_day_is_a_birth_date_only_in_leap_years():
    assert read_birth_date(write_number("33030420200229001")) == dt.date(2020, 2, 29)
    with pytest.raises(RejectedDataError, match="no birth date"):
        read_birth_date(write_number("33030420190229001"))


@pytest.mark.parametrize(
    ("number", "complaint"),
    [
        ("", "0 signs"),
        ("110105491231002", "15 signs.*no longer valid"),
        ("11010519491231002", "17 signs"),
        ("1101051949123100２Y", "18 signs or signs other than digits"),
        ("X1010519491231002X", "other than digits"),
        ("110105194913310029", "no birth date"),
        ("110105194912310021", "does not fit its check character"),
        ("110105194921310021", "no birth date"),
    ],
)
def test_a_wrong_number_is_told_by_its_fault_and_never_in_full(number, complaint):
    with pytest.raises(RejectedDataError, match=complaint) as caught:
        check_identity(number)
    assert not number or normalise_identity(number)[:14] not in str(caught.value)


def test_only_the_last_four_characters_are_ever_shown():
    assert mask_identity(WOMAN) == mask_identity("002x") == "*" * 14 + "002X"


@pytest.mark.parametrize("key", ["sample-key-change-me", ""])
def test_the_key_that_everybody_knows_serves_synthetic_data_only(key):
    settings = Settings(id_key=SecretStr(key))
    require_own_key(settings, synthetic=True)
    with pytest.raises(UsageError, match="ONEMAP_ID_KEY"):
        require_own_key(settings, synthetic=False)


def test_a_key_of_ones_own_serves_any_data():
    require_own_key(Settings(id_key=KEY), synthetic=False)
