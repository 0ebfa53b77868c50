"""Addresses as people write them are cut into the same parts, whatever the way of writing."""

from __future__ import annotations

from gis.addresses.reading import read_addresses, tell_number, write_keys
from gis.addresses.writing import fold_texts, read_numeral

PREFIXES = ["浙江省", "温州市", "瓯海区"]


def write(text: str | None) -> str:
    return str(write_keys(read_addresses([text], prefixes=PREFIXES))[0])


WRITTEN: dict[str | None, str] = {
    "浙江省温州市瓯海区梧田街道学院路12号": "梧田街道学院路12号",
    "温州市瓯海区瓯海区学院路12号": "学院路12号",
    "学院路１２号": "学院路12号",
    "学院路十二号": "学院路12号",
    "学院路一百零三号": "学院路103号",
    "学院路 1 2 号": "学院路12号",
    "地址：学院路12號": "学院路12号",
    "学院路12": "学院路12号",
    "学院路12-501": "学院路12号501室",
    "学院路12号-501室": "学院路12号501室",
    "学院路12之1号": "学院路12-1号",
    "学院路12号之一": "学院路12-1号",
    "学院路12号附1号": "学院路12-1号",
    "学院路12-1号": "学院路12-1号",
    "学院路甲12号": "学院路12甲号",
    "学院路12甲号": "学院路12甲号",
    "八一路二弄3号": "八一路2弄3号",
    "八一路2弄3号": "八一路2弄3号",
    "金色家园3幢2单元501室": "金色家园3幢2单元501室",
    "金色家园３栋二单元五〇一室": "金色家园3幢2单元501室",
    "金色家园3号楼2单元501": "金色家园3幢2单元501室",
    "金色家园3#楼2-501": "金色家园3幢2单元501室",
    "金色家园3-2-501": "金色家园3幢2单元501室",
    "金色家园第3幢2单元5O1室": "金色家园3幢2单元501室",
    "金色家园3幢乙单元501室": "金色家园3幢2单元501室",
    "金色家园A座201": "金色家园A幢201室",
    "金色家园东幢201室": "金色家园东幢201室",
    "学院路12号金色家园3幢2单元501室": "学院路12号金色家园3幢2单元501室",
    "学院路12号（东首）2楼203室": "学院路12号2层203室",
    "丁岙村三组": "丁岙村3组",
    "丁岙村3村民小组学院路8号": "丁岙村3组学院路8号",
    "学院路12号-2-302": "学院路12号2单元302室",
    None: "",
    "   ": "",
}


def test_one_place_has_one_way_of_writing() -> None:
    keys = write_keys(read_addresses(list(WRITTEN), prefixes=PREFIXES))
    assert dict(zip(WRITTEN, keys, strict=True)) == WRITTEN


def test_numbers_that_a_sign_parts_are_not_joined() -> None:
    assert write("学院路12，金色家园3/501") != write("学院路12，金色家园3501")


def test_a_street_keeps_the_numeral_of_its_name() -> None:
    assert write("五一路三号") == "五一路3号"


def test_numbers_of_persons_and_telephones_are_no_part_of_an_address() -> None:
    read = read_addresses(["学院路12号13800001111", "330304199001011234"])
    assert read.numbers["number"].tolist() == [12, -1]
    assert read.numbers["room"].tolist() == [-1, -1]
    assert read.is_odd.tolist() == [True, True]


def test_more_numbers_than_any_address_has_do_no_harm() -> None:
    read = read_addresses(["1-2-3-4-5-6-7-8-9-10-11-12-13-14号", "\x00\ud7ff", "之" * 500])
    assert len(read.numbers) == 3


def test_a_numeral_by_place_and_one_by_digits() -> None:
    assert [read_numeral(text) for text in ("二十", "二〇", "一千零二")] == [20, 20, 1002]


def test_a_missing_address_is_empty() -> None:
    assert fold_texts([None, float("nan"), ""]).tolist() == ["", "", ""]  # type: ignore[list-item]


def test_a_letter_stays_with_its_number() -> None:
    assert [tell_number(value) for value in (0, 3, 1_000_002)] == ["0", "3", "A2"]
