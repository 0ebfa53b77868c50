"""Assess the quality balance of all schools and store it with its run."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Connection

from gis import tables
from gis.database import read_table, write_rows
from gis.runs import RunInputs, find_run, record_run
from scenarios.district import District
from scenarios.resource_distribution.analysis import assess_schools, assess_variation


def assess_balance(connection: Connection, district: District) -> int | None:
    """Store indicators by school and variations by stage for the newest year; return the run.

    Nothing is stored, and nothing returned, for a district without resource facts.
    """
    started = dt.datetime.now(dt.UTC)
    balance = district.profile.balance
    inputs = RunInputs(
        district.id,
        "balance",
        district.profile.version,
        datasets=("school", "enrolment", "resource_fact"),
    )
    digest = inputs.compute_digest(connection)
    known = find_run(connection, inputs, digest)
    if known is not None:
        return known
    year = read_table(connection, "latest_resource_year", district_id=district.id)["year"].iloc[0]
    if year is None or not balance.indicators:
        return None
    facts = read_table(connection, "resource_facts", district_id=district.id, year=int(year))
    results = assess_schools(facts, balance)
    variations = assess_variation(results, balance)
    run_id = record_run(connection, inputs, digest, started_at=started)
    write_rows(connection, tables.indicator_result, results.assign(run_id=run_id, year=int(year)))
    write_rows(
        connection, tables.indicator_variation, variations.assign(run_id=run_id, year=int(year))
    )
    return run_id
