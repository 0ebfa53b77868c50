"""Time placing a million addresses, and set accuracy beside matching whole strings.

Run ``python -m benchmarks.bench_addresses [addresses]`` beside a loaded sample (``onemap load
sample``). Dwellings are drawn at random and their addresses mangled by seeded noise, so that the
truth is known. Peers get the same addresses and the same base: looking the whole string up, and
``rapidfuzz`` (PyPI), where it can be imported, taking the most similar whole string of the base.
"""

from __future__ import annotations

import importlib.util
import sys
import time

import numpy as np
import pandas as pd

from gis.access import Role
from gis.addresses.base import AddressBase, build_base
from gis.addresses.matching import match_addresses
from gis.database import open_database, read_bulk
from gis.settings import load_settings
from scenarios.district import District, find_district
from tests.addresses.mangled import write_addresses

BUDGET_S, MILLION = 60.0, 1_000_000
PEER_ADDRESSES = 1000  # each is set beside every string of the base


def main(count: int) -> None:
    """Measure and print."""
    settings = load_settings()
    with open_database(settings) as database, database.begin(Role.STEWARD) as connection:
        district = find_district(connection, settings.district)
        asked = {"district_id": district.id}
        buildings, dwellings, named = (
            read_bulk(connection, f"address_{name}", **asked)
            for name in ("buildings", "dwellings", "names")
        )
    start = time.perf_counter()
    base = build_base(buildings, dwellings, named, prefixes=district.profile.addresses.prefixes)
    print(f"base: {len(buildings):,} buildings, {len(dwellings):,} dwellings,"
          f" {time.perf_counter() - start:.1f} s")  # fmt: skip
    truth = write_addresses(buildings, dwellings, count, seed=1)
    clock, processor = time.perf_counter(), time.process_time()
    answers = match_addresses(truth["text"], base, district.profile.addresses.list_rules()).answers
    clock, processor = time.perf_counter() - clock, time.process_time() - processor
    print(f"{count:,} addresses ({truth['text'].nunique():,} different): {clock:.1f} s,"
          f" processor {processor:.1f} s; {clock * MILLION / count:.0f} s a million"
          f" (budget {BUDGET_S:.0f})")  # fmt: skip
    tell("ours", truth, answers["unit"].where(answers["state"] == "found"))
    tell("ours, addresses with a slip", truth, answers["unit"], truth["has_slip"].to_numpy())
    compare(truth.head(PEER_ADDRESSES), buildings, dwellings, base, district)


def tell(
    who: str, truth: pd.DataFrame, units: pd.Series, rows: np.ndarray | slice = slice(None)
) -> None:
    """Print how many units are right, wrong and left open."""
    told, right = units.notna().to_numpy()[rows], (units == truth["unit"]).to_numpy()[rows]
    print(f"{who}: right unit {right.mean():.2%}, wrong {(told & ~right).mean():.3%},"
          f" for a person {(~told).mean():.2%}")  # fmt: skip


def compare(
    truth: pd.DataFrame,
    buildings: pd.DataFrame,
    dwellings: pd.DataFrame,
    base: AddressBase,
    district: District,
) -> None:
    """Set the same addresses beside whole strings of the base."""
    whole = dwellings.merge(buildings.rename(columns={"code": "building"}), on="building")
    texts = (
        district.profile.name_zh + whole["subdistrict"].fillna("") + whole["address"].fillna("")
        + whole["name"].fillna("") + whole["door"]
    )  # fmt: skip
    start = time.perf_counter()
    ours = match_addresses(truth["text"], base, district.profile.addresses.list_rules()).answers
    spent = time.perf_counter() - start
    tell(f"the first {len(truth)}, ours ({spent:.1f} s)", truth,
         ours["unit"].where(ours["state"] == "found"))  # fmt: skip
    units = dict(zip(texts, whole["unit"], strict=True))
    tell("whole string looked up", truth, truth["text"].map(units))
    if importlib.util.find_spec("rapidfuzz") is None:
        print("rapidfuzz is not installed")
        return
    from rapidfuzz import fuzz, process  # noqa: PLC0415

    known = list(units)
    start = time.perf_counter()
    found = [process.extractOne(text, known, scorer=fuzz.ratio) for text in truth["text"]]
    spent = time.perf_counter() - start
    best = pd.Series([units[one[0]] for one in found], index=truth.index)
    tell(f"rapidfuzz ({spent:.1f} s)", truth, best)
    sure = pd.Series([one[1] >= 90 for one in found], index=truth.index)
    tell("rapidfuzz, similarity of 90 and more", truth, best.where(sure))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else MILLION)
