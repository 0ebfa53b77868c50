"""A map to mail to someone without access: the warnings of a stage and year in one HTML file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from gis.errors import UsageError
from gis.exports.drafts import open_draft
from layers.catalogue import read_versions
from layers.language import Language
from layers.mail_map import MailedWords, build_mail_map
from layers.scene import Scene
from scenarios.district import District, Plan
from scenarios.enrolment_warning.answer import read_counts
from scenarios.enrolment_warning.count import count_plan
from scenarios.enrolment_warning.panel import say_finding
from scenarios.exporting import describe_delivery
from scenarios.school_network.draw import draw_catchments
from scenarios.view import View

MAP = "map"
KIND = "html"


def write_mail_map(
    connection: Connection,
    district: District,
    plan: Plan,
    path: Path,
    *,
    stage: str,
    year: int,
    language: Language,
) -> dict[str, Any]:
    """Write the map to `path`, whole or not at all; return what is known of it.

    Its title is the finding of the warnings' panel, its cards are those of the cockpit's map.

    Raises
    ------
    UsageError
        When schools of the stage have no catchments.
    OutputError
        When the file cannot be written.
    """
    draw_catchments(connection, district, plan)
    run_id = count_plan(connection, district, plan)
    counts = read_counts(connection, district, plan, stage=stage, year=year)
    if counts.empty:
        raise UsageError(
            f"Plan {plan.code} has no catchments of stage {stage}.",
            mend="Choose a stage whose schools admit by catchment.",
        )
    view = View(connection, district, plan, stage, year, language)
    ground, version = read_versions(connection, district.id)
    scene = Scene(
        district_id=district.id,
        profile=district.profile,
        plan_id=plan.id,
        plan_code=plan.code,
        stage=stage,
        year=year,
        language=language,
        ground_version=ground,
        version=version,
        run_id=None,
    )
    title, subtitle = say_finding(counts, view)
    mark = language("Synthetic data") if district.profile.synthetic else ""
    words = MailedWords(title, subtitle, _list_facts(district, plan, run_id, language), mark)
    page = build_mail_map(connection, scene, words)
    with open_draft(path) as draft:
        draft.write_text(page, encoding="utf-8")
    return describe_delivery(
        district, layer=MAP, plan=plan.code, stage=stage, year=year, run_id=run_id
    )


def _list_facts(district: District, plan: Plan, run_id: int, language: Language) -> tuple[str, ...]:
    _, profile = language, district.profile
    return (
        _.name(profile),
        _.name(plan),
        _("Data of {date}", date=_.date(profile.data_date)),
        _("Run {run}", run=run_id),
        profile.source,
    )
