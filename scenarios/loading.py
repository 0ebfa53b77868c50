"""Load a district: generate or read its rows, store them in one transaction, compute."""

from __future__ import annotations

import hashlib
import importlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from sqlalchemy import func, select

from catchments.growth.rule_files import load_growth_rules
from catchments.growth.rules import GrowthRules
from catchments.profile import Profile, load_profile
from gis import tables
from gis.access import Role
from gis.database import Database
from gis.errors import UsageError
from gis.identity import require_own_key
from gis.ingest.district import load_district
from gis.ingest.files import read_sources
from gis.rasters import Surface
from gis.runs import get_account
from gis.settings import Settings
from gis.tables import PERSONAL
from layers.coverages import ELEVATION
from scenarios.compute import compute_district
from scenarios.coverages import write_coverage
from scenarios.data_sources import check_stewardship
from scenarios.district import District, find_district
from scenarios.stewardship.quality import measure_datasets
from scenarios.student_growth.rate import write_growth_rules

Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class LoadSummary:
    """What was loaded and what was refused."""

    district: str
    rows: dict[str, int]
    rejected: pd.DataFrame


def list_districts(database: Database) -> list[str]:
    """Return the codes of the loaded districts."""
    district = tables.district
    with database.begin(Role.LEADER) as connection:
        return list(connection.execute(select(district.c.code).order_by(district.c.id)).scalars())


def load_sample(
    database: Database,
    folder: Path,
    *,
    small: bool = False,
    replace: bool = False,
    progress: Progress | None = None,
) -> LoadSummary:
    """Generate the sample that the profile in `folder` names, store it and compute.

    Raises
    ------
    UsageError
        When the profile names no sample, or the district is loaded and `replace` is not set.
    """
    profile = load_profile(folder / "profile.toml")
    rules = _load_growth_rules(profile, folder)
    if profile.sample is None:
        raise UsageError(
            f"District {profile.code} has no sample.",
            mend="Load its files with `onemap load district`.",
        )
    check_stewardship(profile.stewardship)
    _refuse_second_load(database, profile, replace=replace)
    generate = _find_function(profile.sample.generator)
    scale = profile.sample.small_scale if small else 1.0
    frames = generate(scale=scale, seed=profile.sample.seed, progress=_span(progress, 0.0, 0.4))
    origin = f"{profile.sample.generator} seed={profile.sample.seed} scale={scale:g}"
    heights = None
    if profile.sample.elevation is not None:
        heights = _find_function(profile.sample.elevation)(profile.sample.seed)
    told = _span(progress, 0.4, 1.0)
    return _store(database, profile, frames, origin, replace, told, rules, heights)


def _find_function(name: str) -> Callable[..., Any]:
    """Return the function that a profile names as ``module:function``."""
    module, function = name.split(":")
    return getattr(importlib.import_module(module), function)


def load_files(
    database: Database,
    profile_path: Path,
    folder: Path,
    *,
    settings: Settings,
    replace: bool = False,
    drop_admissions: bool = False,
    drop_reports: bool = False,
    progress: Progress | None = None,
) -> LoadSummary:
    """Read the files that a profile names below `folder`, store them and compute.

    Raises
    ------
    UsageError
        When a file is missing, or the district is loaded and `replace` is not set, or it holds
        results of admission and `drop_admissions` is not set, or reports of officers on projects
        and `drop_reports` is not set, or it brings rows about real persons
        while the key of identity numbers is the one that everybody knows.
    RejectedDataError
        When a file breaks its contract as a whole; single rows are refused and reported.
    """
    profile = load_profile(profile_path)
    rules = _load_growth_rules(profile, profile_path.parent)
    if not profile.sources:
        raise UsageError(f"Profile {profile_path} names no files.", mend="Add [[sources]] to it.")
    check_stewardship(profile.stewardship)
    _refuse_second_load(database, profile, replace=replace)
    if not drop_admissions:
        _refuse_lost_admissions(database, profile)
    if not drop_reports:
        _refuse_lost_reports(database, profile)
    personal = {table.name for table in tables.metadata.tables.values() if table.schema == PERSONAL}
    if personal & {source.dataset for source in profile.sources}:
        require_own_key(settings, synthetic=profile.synthetic)
    frames = read_sources(profile.sources, folder)
    return _store(database, profile, frames, str(folder), replace, progress, rules)


def _load_growth_rules(profile: Profile, folder: Path) -> GrowthRules | None:
    """Read the rules of growth that a profile names, before anything is stored."""
    named = profile.growth.rules
    return None if named is None else load_growth_rules(folder / named)


def _refuse_second_load(database: Database, profile: Profile, *, replace: bool) -> None:
    """Tell before minutes of work what the database would tell after them."""
    if profile.code in list_districts(database) and not replace:
        raise UsageError(
            f"District {profile.code} is loaded already.", mend="Add --replace to load it anew."
        )


def _refuse_lost_admissions(database: Database, profile: Profile) -> None:
    """Refuse to replace a district whose results of admission must be explained later."""
    run, override, district = tables.run, tables.admission_override, tables.district
    mine = district.c.code == profile.code
    with database.begin(Role.STEWARD) as connection:
        runs = connection.execute(
            select(func.count())
            .select_from(run.join(district))
            .where(mine, run.c.kind.like("admission %"))
        ).scalar_one()
        decisions = connection.execute(
            select(func.count()).select_from(override.join(district)).where(mine)
        ).scalar_one()
    if runs or decisions:
        raise UsageError(
            f"District {profile.code} holds {runs} runs of admission and {decisions} decisions of"
            " officers, which loading it anew would delete.",
            mend="Back the database up, then add --drop-admissions.",
        )


def _refuse_lost_reports(database: Database, profile: Profile) -> None:
    """Refuse to replace a district whose officers have reported on projects since."""
    change, building, project = tables.stage_change, tables.project_building, tables.project
    with database.begin(Role.STEWARD) as connection:
        reports = connection.execute(
            select(func.count())
            .select_from(change.join(building).join(project).join(tables.district))
            .where(tables.district.c.code == profile.code)
        ).scalar_one()
    if reports:
        raise UsageError(
            f"District {profile.code} holds {reports} reports of officers on its projects, which"
            " loading it anew would delete.",
            mend="Back the database up, then add --drop-reports.",
        )


def _store(
    database: Database,
    profile: Profile,
    frames: dict[str, pd.DataFrame],
    origin: str,
    replace: bool,
    progress: Progress | None,
    rules: GrowthRules | None,
    heights: Surface | None = None,
) -> LoadSummary:
    row = {
        "code": profile.code,
        "name_zh": profile.name_zh,
        "name_en": profile.name_en,
        "adcode": profile.adcode,
        "metric_srid": profile.metric_srid,
        "data_date": profile.data_date,
        "synthetic": profile.synthetic,
        "source": profile.source,
        "licence": profile.licence,
        "profile": profile.model_dump(mode="json"),
    }
    with database.begin(Role.STEWARD) as connection:
        report = load_district(
            connection,
            row,
            frames,
            rule_version=profile.version,
            source=origin,
            who=get_account(),
            replace=replace,
            progress=_span(progress, 0.0, 0.7),
        )
        loaded = District(report.district_id, profile)
        if rules is not None:
            write_growth_rules(connection, loaded, rules)
        if heights is not None:
            content = hashlib.sha256(heights.values.tobytes()).hexdigest()
            write_coverage(
                connection, loaded, heights, kind=ELEVATION, digest=content, source=origin
            )
    database.analyze()
    with database.begin(Role.STEWARD) as connection:
        district = find_district(connection, profile.code)
        measure_datasets(connection, district)
    compute_district(database, district, progress=_span(progress, 0.7, 1.0))
    return LoadSummary(profile.code, report.rows, report.rejected)


def _span(progress: Progress | None, start: float, end: float) -> Progress:
    """Map the share of one part to its span of the whole."""
    return lambda step, share: progress(step, start + (end - start) * share) if progress else None
