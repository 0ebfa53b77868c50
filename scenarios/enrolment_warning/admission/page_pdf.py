"""The page of a child on paper."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from gis.exports.typesetting import typeset
from scenarios.enrolment_warning.admission.worded_page import WordedPage

TEMPLATE = Path(__file__).with_name("child_page.typ")


def print_page(page: WordedPage) -> bytes:
    """Return the page as a PDF, A4; equal pages give equal bytes.

    Raises
    ------
    OutputError
        When the font of Chinese text is not installed.
    """
    data = asdict(page)
    for told, section in zip(data["sections"], page.sections, strict=True):
        told["numeric"] = section.numeric
    return typeset(TEMPLATE, data)
