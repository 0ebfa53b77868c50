"""``onemap brief``: a file or none, in both languages, and clear refusals."""

from __future__ import annotations

from pathlib import Path

import pytest
from pypdf import PdfReader

from gis.exports import typesetting
from tests.conftest import Ask


def test_a_briefing_is_written_and_told(onemap: Ask, town: object, tmp_path: Path) -> None:
    path = tmp_path / "warning.pdf"
    asked = ("--kind", "warning", "--stage", "primary", "--year", 2026, "--lang", "en")
    answer = onemap("brief", *asked, "--paper", "A4", "--out", path, "--json")
    assert answer.code == 0, answer.err
    assert answer.told["title"].startswith("Primary 2026") and answer.told["sheets"] == 1
    assert len(answer.told["findings"]) >= 2
    assert "Primary 2026" in PdfReader(path).pages[0].extract_text()


def test_wrong_words_are_refused_and_leave_no_file(
    onemap: Ask, town: object, tmp_path: Path
) -> None:
    path = tmp_path / "no.pdf"
    wrong = [
        (("--kind", "poster"), "There is no briefing 'poster'."),
        (("--kind", "school"), "needs to know which"),
        (("--kind", "school", "--school", "Z"), "There is no school 'Z'"),
        (("--kind", "warning", "--paper", "A5"), "There is no paper 'A5'."),
        (("--kind", "warning", "--stage", "senior"), "senior"),
        (("--kind", "warning", "--lang", "fr"), "no language 'fr'"),
    ]
    for words, found in wrong:
        answer = onemap("brief", *words, "--out", path)
        assert answer.code == 2 and found in answer.err, (words, answer.err)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_told_before_any_work(onemap: Ask, tmp_path: Path) -> None:
    answer = onemap("brief", "--kind", "warning", "--out", tmp_path / "none" / "w.pdf")
    assert answer.code == 1 and "cannot be written" in answer.err


def test_a_missing_font_is_named_with_its_package(
    onemap: Ask, town: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(typesetting, "_FOLDERS", ())
    monkeypatch.setattr(typesetting, "_ask_fontconfig", lambda: None)
    answer = onemap("brief", "--kind", "warning", "--out", tmp_path / "w.pdf")
    assert answer.code == 1 and "fonts-noto-cjk" in answer.err
    assert list(tmp_path.iterdir()) == []
