"""Small rule files for the tests, written from parts."""

from __future__ import annotations

import textwrap
from typing import NamedTuple

import pytest

from catchments.admission.rule_files import parse_rules
from catchments.admission.rules import StageRules
from catchments.rule_nodes import Fault, RejectedRulesError

PARTS = {
    "opens_on": "2026-05-20",
    "entrants": "{by: age, full_years: 6}",
    "zone": "[registered, owned, residence]",
    "owners": "[child, parent]",
    "least_share_pct": "50",
    "batches": """
        - {code: inside, name_zh: 区内, name_en: inside, when: registered_inside, score: months}
        - {code: others, name_zh: 其他, name_en: others, when: everyone}
    """,
    "scores": """
        months:
          name_zh: 月数
          name_en: months
          terms: [{fact: registered_since, when: registered_inside}]
    """,
    "ties": "[earlier registered_since, lot]",
    "lock": "none",
    "stages": "{primary: {}}",
}


class Found(NamedTuple):
    """A fault and the text of the line that it names."""

    fault: Fault
    line: str


def write_rules(**changes: str | None) -> str:
    """Write a rule file; each change replaces a key's text, nothing leaves the key out."""
    head = "code: town\nname_zh: 小镇\nname_en: town\nsource: invented\nyear: 2026\n"
    lines = []
    for key, text in {**PARTS, **changes}.items():
        if text is None:
            continue
        inner = textwrap.indent(textwrap.dedent(text).strip("\n"), "  ").rstrip()
        lines.append(f"{key}:\n{inner}" if "\n" in text else f"{key}: {text}")
    return head + "\n".join(lines) + "\n"


def write_batches(*conditions: str) -> str:
    """Write batches a, b, c… of these conditions, in flow style, one a line."""
    return "\n" + "\n".join(
        f"- {{code: {code}, name_zh: 批, name_en: batch, when: {condition}}}"
        for code, condition in zip("abcdefgh", conditions, strict=False)
    )


def read_primary(**changes: str | None) -> StageRules:
    """Read the primary stage of :func:`write_rules`."""
    return parse_rules(write_rules(**changes)).stages["primary"]


def find_faults(text: str) -> list[Found]:
    """Return the faults of a text with the lines that they name."""
    with pytest.raises(RejectedRulesError) as raised:
        parse_rules(text)
    lines = [*text.split("\n"), ""]
    return [Found(fault, lines[fault.line - 1]) for fault in raised.value.faults]


def find_fault(**changes: str | None) -> Found:
    """Return the only fault of :func:`write_rules`."""
    [found] = find_faults(write_rules(**changes))
    return found
