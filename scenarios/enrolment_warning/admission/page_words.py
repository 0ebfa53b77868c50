"""The page of a child in words: sections of labelled facts and small tables, in one language."""

from __future__ import annotations

from catchments.admission.admitting import EXCEPTION
from catchments.admission.child_page import ChildPage
from layers.language import Language
from scenarios.enrolment_warning.admission.page_sections import (
    name_school,
    tell_ground,
    word_sections,
)
from scenarios.enrolment_warning.admission.reason_words import OUTCOMES, REASONS
from scenarios.enrolment_warning.admission.worded_page import WordedPage


def word_page(page: ChildPage, language: Language) -> WordedPage:
    """Word the page of a child."""
    origin = page.origin
    place = language.pick(origin.district_name_zh, origin.district_name_en)
    stage = language.pick(origin.stage_name_zh, origin.stage_name_en)
    return WordedPage(
        language=language.tag,
        title=language("How the place at school was decided"),
        subtitle=language(
            "{district} · {stage} · {year}", district=place, stage=stage, year=origin.year
        ),
        result=_word_result(page, language),
        because=_word_ground(page, language),
        sections=word_sections(page, language),
        mark=language("Synthetic data") if origin.synthetic else "",
        foot=language(
            "Child {child} · run {run} · rules {rules} {version}",
            child=page.child_code,
            run=origin.run_id,
            rules=origin.rules,
            version=origin.rule_version[:12],
        ),
    )


def _word_result(page: ChildPage, language: Language) -> str:
    if page.final_school is None:
        return language(OUTCOMES[EXCEPTION])
    return name_school(page.final_school, language)


def _word_ground(page: ChildPage, language: Language) -> str:
    last = page.decisions[-1] if page.decisions else None
    if last is not None and last.school is not None:
        return language("Decided by an officer: {reason}", reason=last.reason)
    if page.outcome != EXCEPTION or page.reason is None:
        return language(OUTCOMES[page.outcome])
    words = language(REASONS[page.reason][1]) if page.reason in REASONS else page.reason
    detail = tell_ground(page, language)
    return words if detail is None else language("{words} ({detail})", words=words, detail=detail)
