"""Appraise the schools of a district by its scheme, and store the result with its run."""

from __future__ import annotations

import datetime as dt

import pandas as pd
from sqlalchemy import Connection

from catchments.appraisal.appraising import Appraisal, appraise_schools
from catchments.appraisal.scheme import Scheme
from catchments.appraisal.scheme_files import parse_scheme
from gis import tables
from gis.database import read_table, write_rows
from gis.errors import UsageError
from gis.runs import RunInputs, find_newest_run, find_run, record_run
from scenarios.district import District, find_plan
from scenarios.school_development.facts import FACTS, read_facts

KIND = "appraisal"
_READ = ("school", "enrolment", "resource_fact", "appraisal_scheme", "appraisal_score")


def update_appraisal(connection: Connection, district: District) -> int | None:
    """Appraise the schools unless that is done; return the run.

    Nothing is stored, and nothing returned, for a district without a scheme or anything to
    appraise.

    Raises
    ------
    RejectedRulesError
        When the stored scheme is broken, with every fault and its line.
    """
    started = dt.datetime.now(dt.UTC)
    counted = _find_count(connection, district)
    inputs = RunInputs(
        district.id,
        KIND,
        district.profile.version,
        datasets=_READ,
        parameters=(("count_run", str(counted)),),
    )
    digest = inputs.compute_digest(connection)
    known = find_run(connection, inputs, digest)
    if known is not None:
        return known
    scheme = read_scheme(connection, district)
    if scheme is None:
        return None
    appraisal = appraise_by(connection, district, scheme)
    if appraisal.parts.empty:
        return None
    run_id = record_run(connection, inputs, digest, started_at=started)
    for table, rows in (
        (tables.appraisal_point, appraisal.points),
        (tables.appraisal_part, appraisal.parts),
        (tables.appraisal_rank, appraisal.ranks),
        (tables.appraisal_peer, appraisal.peers),
    ):
        if len(rows):
            write_rows(connection, table, rows.assign(run_id=run_id))
    return run_id


def read_scheme(connection: Connection, district: District) -> Scheme | None:
    """Read the scheme that was loaded with the district, if there is one.

    Raises
    ------
    RejectedRulesError
        When it is broken, with every fault and its line.
    """
    stored = read_table(connection, "appraisal_scheme", district_id=district.id)
    if stored.empty:
        return None
    code, content = stored.iloc[0]
    return parse_scheme(str(content), FACTS, origin=f"'{code}' of district {district.profile.code}")


def require_scheme(connection: Connection, district: District) -> Scheme:
    """Read the scheme that was loaded with the district.

    Raises
    ------
    UsageError
        When there is none.
    """
    scheme = read_scheme(connection, district)
    if scheme is None:
        raise UsageError(
            f"District {district.profile.code} has no appraisal scheme.",
            mend="Load a dataset appraisal_scheme with it, or name a file with --scheme.",
        )
    return scheme


def appraise_by(connection: Connection, district: District, scheme: Scheme) -> Appraisal:
    """Appraise the schools of a district by any scheme; nothing is stored."""
    return appraise_schools(scheme, *read_found(connection, district, scheme))


def read_found(
    connection: Connection, district: District, scheme: Scheme
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Read what was found at schools, what the registers tell of them, and the schools."""
    found = read_table(connection, "appraisal_scores", district_id=district.id)
    years = sorted(found["year"].unique()) or _list_fact_years(connection, district)
    facts = read_facts(connection, district, scheme.list_facts(), [int(year) for year in years])
    return found, facts, read_schools(connection, district)


def read_schools(connection: Connection, district: District) -> pd.DataFrame:
    """Read the schools with their names and what makes them alike."""
    newest = read_table(connection, "latest_enrolment_year", district_id=district.id)
    year = newest["year"].iloc[0]
    return read_table(
        connection,
        "appraisal_schools",
        district_id=district.id,
        pupil_year=None if pd.isna(year) else int(year),
        count_run_id=_find_count(connection, district),
        year=district.profile.years.shown,
    )


def _list_fact_years(connection: Connection, district: District) -> list[int]:
    sizes = read_table(connection, "school_sizes", district_id=district.id)
    return sorted(sizes["year"].unique())


def _find_count(connection: Connection, district: District) -> int | None:
    """Find the newest count of the plan in force: it tells the intake of schools."""
    try:
        plan_id = find_plan(connection, district, None).id
    except UsageError:  # a district may be loaded without any plan
        return None
    return find_newest_run(connection, district_id=district.id, kind="count", plan_id=plan_id)
