"""Generate and load the full Ouhai sample; COPY beside row-wise insertion on the same rows.

Prints seconds and peak memory of generating, loading and computing, then the ratio of the two
ways to store the same dwellings, after checking that both stored the same.
"""

from __future__ import annotations

import resource
import tempfile
import time
from pathlib import Path

import pandas as pd
from sqlalchemy import text

from gis import tables
from gis.database import Database, open_database, write_rows
from gis.settings import Settings
from scenarios.loading import load_sample

PEER_ROWS = 30_000


def measure_load(database: Database, settings: Settings) -> None:
    """Time the whole of `onemap load sample` by its phases."""
    marks: list[tuple[str, float]] = []

    def note(step: str, _share: float) -> None:
        marks.append((step, time.perf_counter()))

    start = time.perf_counter()
    summary = load_sample(database, settings.districts / settings.district, progress=note)
    end = time.perf_counter()
    first_table = next(at for step, at in marks if step in summary.rows)
    first_result = next(at for step, at in marks if step == "demand")
    memory_gb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"rows stored        {sum(summary.rows.values()):>12,}")
    print(f"generate           {first_table - start:>12.1f} s (with the first table)")
    print(f"check and store    {first_result - first_table:>12.1f} s")
    print(f"compute            {end - first_result:>12.1f} s")
    print(f"whole              {end - start:>12.1f} s")
    print(f"peak memory        {memory_gb:>12.2f} GB (program; PostgreSQL beside it)")


def compare_copy(database: Database) -> None:
    """Store the same dwellings by COPY and by pandas.to_sql and compare."""
    with database.engine.begin() as connection:
        rows = pd.read_sql(
            text(f"select * from registry.property_unit order by id limit {PEER_ROWS}"), connection
        )
        seconds = {}
        connection.execute(
            text("create temp table copied (like registry.property_unit including defaults)")
        )
        connection.execute(text("create temp table inserted (like copied)"))
        copied = tables.property_unit.to_metadata(type(tables.metadata)(), schema="pg_temp")
        copied.name, copied.fullname = "copied", "copied"
        start = time.perf_counter()
        write_rows(connection, copied, rows)
        seconds["copy"] = time.perf_counter() - start
        start = time.perf_counter()
        rows.to_sql(
            "inserted", connection, if_exists="append", index=False, method="multi", chunksize=1000
        )
        seconds["to_sql"] = time.perf_counter() - start
        differing = connection.execute(
            text("select count(*) from (select * from copied except select * from inserted) as d")
        ).scalar_one()
    assert differing == 0, "both ways must store the same rows"
    ratio = seconds["to_sql"] / seconds["copy"]
    print(f"{PEER_ROWS:,} dwellings: COPY {seconds['copy']:.2f} s, pandas.to_sql(method='multi')")
    print(f"{seconds['to_sql']:.2f} s, ratio {ratio:.1f}; same rows")


def main() -> None:
    """Run on an embedded database of its own, which is removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="onemap-bench-", dir="/tmp") as folder:
        Path(folder).chmod(0o755)
        settings = Settings(home=Path(folder) / "home", database_url=None)
        with open_database(settings) as database:
            measure_load(database, settings)
            compare_copy(database)


if __name__ == "__main__":
    main()
