"""Time and score the forecast of pupils beside plain cohort survival written with pandas.

Run ``REAL=DIR python -m benchmarks.bench_forecast`` with the folder that holds
``nyc_enrolment_2005_2011``. The peer of this file averages the ratios of each school by groupby and
merges; the product's textbook cohort survival must tell the same pupils. Then 300 schools
are forecast ten years ahead with 1,000 futures, which the peer does not have.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd

from catchments.forecast.naive import survive_cohorts
from catchments.forecast.panel import Panel, read_panel
from catchments.forecast.pupils import forecast_pupils
from catchments.forecast.scoring import backtest_panel
from tests.published.cases import NEW_YORK_GRADES, write_new_york

HORIZON = 4
BUDGET_S = 2.0


def survive_with_pandas(rows: pd.DataFrame, grades: list[str], origin: int) -> pd.DataFrame:
    """Return pupils by school, year and grade, as in a notebook; newcomers as in the last year."""
    known = rows[rows["year"] <= origin].assign(step=lambda part: part["grade"].map(grades.index))
    after = known.assign(year=known["year"] - 1, step=known["step"] - 1)
    pairs = known.merge(after, on=["school", "year", "step"], how="left", suffixes=("", "_after"))
    # Every grade below the last has a pair wherever the next year is known.
    pairs = pairs[(pairs["step"] < len(grades) - 1) & (pairs["year"] < origin)]
    pairs = pairs[pairs["pupils"] > 0]
    pairs["ratio"] = pairs["pupils_after"].fillna(0) / pairs["pupils"]
    ratios = pairs.groupby(["school", "step"])["ratio"].mean()
    now = known[known["year"] == origin].set_index(["school", "step"])["pupils"].astype(float)
    entry = now[now.index.get_level_values("step") == 0]
    told = []
    for ahead in range(1, HORIZON + 1):
        ratio = ratios.reindex(now.index).fillna(1.0)
        moved = (now * ratio).reset_index(name="pupils")
        moved = moved[moved["step"] < len(grades) - 1].assign(step=lambda part: part["step"] + 1)
        now = pd.concat([entry, moved.set_index(["school", "step"])["pupils"]])
        told.append(now.rename("pupils").reset_index().assign(year=origin + ahead))
    return pd.concat(told, ignore_index=True)


def check_peer(panel: Panel, rows: pd.DataFrame, origin: int) -> float:
    """Compare both cohort survivals, and return how many times the peer's time ours takes."""
    filled = np.nan_to_num(panel.pupils[:, : panel.find_year(origin) + 1])
    start = time.perf_counter()
    ours = survive_cohorts(filled, HORIZON)
    took_ours = time.perf_counter() - start
    start = time.perf_counter()
    peer = survive_with_pandas(rows, panel.grades, origin)
    took_peer = time.perf_counter() - start
    other = np.zeros_like(ours)
    at = pd.Index(panel.school_ids).get_indexer(pd.Index(peer["school"]))
    other[at, peer["year"] - origin - 1, peer["step"]] = peer["pupils"]
    if not np.allclose(ours, other):
        sys.exit("The two cohort survivals differ.")
    print(
        f"cohort survival from {origin}: ours {1000 * took_ours:.1f} ms,"
        f" pandas {1000 * took_peer:.0f} ms, {took_peer / took_ours:.0f} times; same pupils"
    )
    return took_peer


def main() -> None:
    """Print the scores and the times."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "enrolment.csv"
        write_new_york(path)
        panel = read_panel(path, NEW_YORK_GRADES)
        rows = pd.read_csv(path, dtype={"school": str})
    took_peer = sum(check_peer(panel, rows, origin) for origin in (2007, 2010)) / 2
    start = time.perf_counter()
    forecast_pupils(panel.pupils[:, :-1], horizon=HORIZON, seed=1)
    took = time.perf_counter() - start
    print(
        f"forecast with 1,000 futures: {took:.2f} s, {took / took_peer:.1f} times the pandas peer"
    )
    scores = backtest_panel(panel.pupils, seed=1)
    table = scores.pivot_table(
        index=["level", "horizon"], columns="method", values="mape_pct", sort=False
    )
    told = scores[scores["method"] == "forecast"].set_index(["level", "horizon"])
    columns = ["bias_pct", "covered_80_pct", "covered_95_pct"]
    print(table.join(told[columns]).round(2).to_string())
    crowd = np.random.default_rng(1).poisson(70, (300, 8, 6)).astype(float)
    start = time.perf_counter()
    forecast_pupils(crowd, horizon=10, seed=1)
    took = time.perf_counter() - start
    print(f"300 schools, 10 years, 1,000 futures: {took:.2f} s")
    if took > BUDGET_S:
        sys.exit(f"More than {BUDGET_S:.0f} s.")


if __name__ == "__main__":
    main()
