"""Time checking and loading a million households from a file, on a database of its own.

Run ``python -m benchmarks.bench_load_files``. The file is made for the run: identity numbers with
right and wrong check characters, days that do not exist, dwellings that the district has. Prints
seconds by the clock and of the processor (program and database apart) and peak memory; asserts
that every row is accounted for, that the second load changes nothing, and the limits.
"""

from __future__ import annotations

import os
import resource
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
from sqlalchemy import text

from catchments.profile import load_profile
from gis.access import Role
from gis.database import Database, open_database
from gis.identity import compute_check_character
from gis.ingest.district import load_district
from gis.settings import DISTRICTS, Settings
from scenarios.district import find_district
from scenarios.loading_files import Order, load_files

ROWS, DWELLINGS, FAULTY = 1_000_000, 300_000, 200
CPU_LIMIT_S, MEMORY_LIMIT_GB = 120.0, 3.0  # two cores for 60 s


def write_households(path: Path, dwellings: np.ndarray) -> None:
    """Write the file of a million households, as an office would."""
    rng = np.random.default_rng(20261127)
    born = pd.to_datetime(rng.integers(-500_000_000, 1_000_000_000, ROWS), unit="s")
    stems = [
        f"330304{day}{number:03d}"
        for day, number in zip(born.strftime("%Y%m%d"), rng.integers(0, 1000, ROWS), strict=True)
    ]
    moved = pd.to_datetime(rng.integers(600_000_000, 1_500_000_000, ROWS), unit="s")
    frame = pd.DataFrame(
        {
            "户号": [f"M{number:09d}" for number in range(ROWS)],
            "是否本区户籍": np.where(rng.random(ROWS) < 0.7, "是", "否"),
            "迁入日期": moved.strftime("%Y-%m-%d"),
            "户籍地不动产单元号": dwellings[rng.integers(0, len(dwellings), ROWS)],
            "居住地不动产单元号": dwellings[rng.integers(0, len(dwellings), ROWS)],
            "户主身份证号": [stem + compute_check_character(stem) for stem in stems],
            "人口数": rng.integers(1, 6, ROWS),
        }
    )
    frame.loc[:FAULTY, "迁入日期"] = "20190230"
    frame.loc[FAULTY : 2 * FAULTY, "户主身份证号"] = "110105194912310021"
    frame.to_csv(path, index=False)


def make_district(database: Database) -> np.ndarray:
    """Load a district of nothing but dwellings; return their codes."""
    profile = load_profile(DISTRICTS / "ouhai" / "profile.toml")
    names = ["code", "name_zh", "name_en", "metric_srid", "data_date", "source", "licence"]
    row = {name: getattr(profile, name) for name in names}
    row |= {"synthetic": True, "profile": profile.model_dump(mode="json")}
    codes = np.array([f"330304001001GB00001F{number:08d}" for number in range(DWELLINGS)])
    units = pd.DataFrame(
        {
            "code": codes, "door": "101", "area_m2": 90.0,
            "dwelling_use": "residential", "tenure": "commodity",
        }
    )  # fmt: skip
    with database.begin(Role.STEWARD) as connection:
        load_district(
            connection, row, {"property_unit": units},
            rule_version=profile.version, source="a benchmark", who="bench",
        )  # fmt: skip
    return codes


def read_backend_cpu(database: Database) -> float:
    """Return the processor seconds of the database's session, which the pool hands out again."""
    with database.engine.connect() as connection:
        pid = connection.execute(text("select pg_backend_pid()")).scalar_one()
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure_load(database: Database, order: Order, settings: Settings) -> None:
    """Load twice and print what it took."""
    with database.begin(Role.STEWARD) as connection:
        district = find_district(connection, "ouhai")
    for told in ("first", "again"):
        backend, cpu, clock = read_backend_cpu(database), time.process_time(), time.perf_counter()
        last = [clock]

        def note(step: str, _share: float, last: list[float] = last) -> None:
            now = time.perf_counter()
            print(f"    {step:<10} after {now - last[0]:6.1f} s")
            last[0] = now

        report = load_files(database, district, order, settings=settings, progress=note)
        spent = time.process_time() - cpu
        stored = read_backend_cpu(database) - backend
        print(
            f"{told}: {report.outcome} {report.counts}\n"
            f"  clock {time.perf_counter() - clock:.1f} s, program {spent:.1f} s CPU,"
            f" database {stored:.1f} s CPU"
        )
        counts = report.counts
        parts = ("new", "changed", "same", "refused")
        assert counts["read"] == ROWS == sum(counts[part] for part in parts)
        assert spent + stored < CPU_LIMIT_S
    memory_gb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"peak memory {memory_gb:.2f} GB")
    assert report.outcome == "already_loaded"
    assert memory_gb < MEMORY_LIMIT_GB


def main() -> None:
    """Run on an embedded database of its own, which is removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="onemap-bench-", dir="/tmp") as folder:
        Path(folder).chmod(0o755)
        settings = Settings(home=Path(folder) / "home", database_url=None)
        path = Path(folder) / "households.csv"
        with open_database(settings) as database:
            write_households(path, make_district(database))
            measure_load(database, Order("household", (path,), office="公安分局"), settings)


if __name__ == "__main__":
    main()
