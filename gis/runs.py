"""Runs: from which data, rules, plan and code a result came, and when."""

from __future__ import annotations

import datetime as dt
import getpass
import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from typing import Any

from sqlalchemy import Connection, func, insert, select, text

from gis import tables
from gis.database import read_query
from gis.settings import PROJECT_ROOT


def digest_text(*parts: str) -> str:
    """Return the SHA-256 of the parts, each closed by a line feed."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part.encode())
        digest.update(b"\n")
    return digest.hexdigest()


@cache
def get_code_version() -> str:
    """Return the version of the program with a digest of the code that computes.

    Changed code makes new runs even where nobody raised the version, so a result never outlives
    the rules that made it.
    """
    digest = hashlib.sha256()
    for package in ("gis", "catchments", "scenarios"):
        for path in sorted((PROJECT_ROOT / package).rglob("*")):
            if path.suffix in {".py", ".sql"}:
                digest.update(path.read_bytes())
    return f"{version('education-one-map')}+{digest.hexdigest()[:12]}"


def get_account() -> str:
    """Return the account that runs the program."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


@dataclass(frozen=True)
class RunInputs:
    """Everything a result depends on; equal inputs give an equal digest."""

    district_id: int
    kind: str
    rule_version: str
    plan_id: int | None = None
    plan_digest: str = ""
    datasets: tuple[str, ...] = ()
    parameters: tuple[tuple[str, str], ...] = ()
    seed: int | None = None

    def compute_digest(self, connection: Connection) -> str:
        """Digest the datasets as they stand now, the plan, the rules and the parameters."""
        known = connection.execute(
            select(tables.dataset.c.name, tables.dataset.c.digest)
            .where(tables.dataset.c.district_id == self.district_id)
            .where(tables.dataset.c.name.in_(self.datasets))
            .order_by(tables.dataset.c.name)
        )
        return digest_text(
            self.kind,
            self.rule_version,
            get_code_version(),
            self.plan_digest,
            str(self.seed),
            *(f"{name}={value}" for name, value in known),
            *(f"{name}={value}" for name, value in self.parameters),
        )


def take_turn(connection: Connection, work: str) -> None:
    """Hold back other transactions that take a turn at the same work until this one ends."""
    lock = func.pg_advisory_xact_lock(func.hashtext(f"onemap {work}"))
    connection.execute(select(lock))


def find_run(
    connection: Connection, inputs: RunInputs, digest: str, *, newest_only: bool = True
) -> int | None:
    """Return the newest run of its kind if it had these inputs, or nothing.

    An older run with these inputs does not count where readers take the newest. When there is
    nothing this transaction has the turn to compute the run; others that want it wait.
    """
    run = tables.run
    newest = (
        select(run.c.id, run.c.inputs_digest)
        .where(run.c.district_id == inputs.district_id)
        .where(run.c.kind == inputs.kind)
        .where(run.c.plan_id.is_not_distinct_from(inputs.plan_id))
        .order_by(run.c.id.desc())
        .limit(1)
    )
    if not newest_only:
        newest = newest.where(run.c.inputs_digest == digest)
    for is_last_look in (False, True):
        found = connection.execute(newest).one_or_none()
        if found is not None and found.inputs_digest == digest:
            return int(found.id)
        if not is_last_look:
            take_turn(connection, f"run {inputs.district_id} {inputs.kind} {inputs.plan_id}")
    return None


def find_newest_run(
    connection: Connection, *, district_id: int, kind: str, plan_id: int | None = None
) -> int | None:
    """Return the newest run of a kind, if there is any.

    Parameters
    ----------
    plan_id
        Of which plan, for kinds that each plan has its own runs of; others do not mind.
    """
    asked = {"district_id": district_id, "kind": kind, "plan_id": plan_id}
    found = connection.execute(text(read_query("newest_run")), asked).scalar_one_or_none()
    return None if found is None else int(found)


def record_run(
    connection: Connection, inputs: RunInputs, digest: str, *, started_at: dt.datetime
) -> int:
    """Store the run in the transaction that stores its results; return its id."""
    parameters: dict[str, Any] = dict(inputs.parameters)
    return int(
        connection.execute(
            insert(tables.run)
            .values(
                district_id=inputs.district_id,
                kind=inputs.kind,
                plan_id=inputs.plan_id,
                parameters=parameters,
                inputs_digest=digest,
                rule_version=inputs.rule_version,
                code_version=get_code_version(),
                datasets=sorted(inputs.datasets),
                seed=inputs.seed,
                started_at=started_at,
                who=get_account(),
            )
            .returning(tables.run.c.id)
        ).scalar_one()
    )
