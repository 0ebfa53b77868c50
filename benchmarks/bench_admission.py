"""Assign a million entrants from the database to the stored result.

The registers of a synthetic district are loaded through the contracts first (not timed as part
of the assignment). Prints seconds, rows and peak memory.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from pathlib import Path

from sqlalchemy import func, select

from benchmarks.million import build_million
from catchments.admission.rule_files import load_rules
from catchments.profile import load_profile
from gis import tables
from gis.access import Role
from gis.database import Database, open_database
from gis.ingest.district import load_district
from gis.settings import Settings
from scenarios.district import District, find_district
from scenarios.enrolment_warning.admission.assign import Asked, assign_children


def load_million(database: Database, settings: Settings, entrants: int) -> District:
    """Load the district of a million entrants."""
    own = load_profile(settings.districts / "ouhai" / "profile.toml")
    profile = own.model_copy(update={"code": "million", "sample": None})
    frames = build_million(entrants)
    row = {
        "code": profile.code,
        "name_zh": "百万",
        "name_en": "Million",
        "metric_srid": profile.metric_srid,
        "data_date": profile.data_date,
        "synthetic": True,
        "source": "benchmarks.million",
        "licence": "Apache-2.0",
        "profile": profile.model_dump(mode="json"),
    }
    with database.begin(Role.STEWARD) as connection:
        load_district(
            connection, row, frames, rule_version=profile.version, source="benchmark", who="bench"
        )
    database.analyze()
    with database.begin(Role.PLANNER) as connection:
        return find_district(connection, profile.code)


def main() -> None:
    """Run on an embedded database of its own, which is removed afterwards."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--entrants", type=int, default=1_000_000)
    entrants = parser.parse_args().entrants
    with tempfile.TemporaryDirectory(prefix="onemap-bench-", dir="/tmp") as folder:
        Path(folder).chmod(0o755)
        settings = Settings(home=Path(folder) / "home", database_url=None)
        with open_database(settings) as database:
            start = time.perf_counter()
            district = load_million(database, settings, entrants)
            print(f"loaded in {time.perf_counter() - start:.1f} s")
            rules = load_rules(settings.districts / "ouhai" / "admission_2026.yaml")
            start = time.perf_counter()
            answered = assign_children(
                database,
                district,
                Asked("primary", rules, seed=7),
                progress=lambda step, _: print(f"  {step} {time.perf_counter() - start:.1f} s"),
            )
            seconds = time.perf_counter() - start
            with database.begin(Role.OFFICER) as connection:
                stored = connection.execute(
                    select(func.count()).select_from(tables.admission_result)
                ).scalar_one()
    assert answered.admission is not None
    outcomes = answered.admission.results["outcome"].value_counts().to_dict()
    assert stored == entrants == sum(outcomes.values()), "every entrant has one stored result"
    memory_gb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"{entrants:,} entrants assigned and stored in {seconds:.1f} s: {outcomes}")
    print(f"walked {answered.admission.walk_m:.2f} m, least {answered.admission.least_m:.2f} m")
    print(f"peak memory {memory_gb:.2f} GB (program; PostgreSQL beside it)")


if __name__ == "__main__":
    main()
