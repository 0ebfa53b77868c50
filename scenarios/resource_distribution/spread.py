"""How unequally resources are spread between schools and areas, and where like lies by like. Pure.

Gini and Theil weigh schools by pupils; Moran's I takes every school as one. The neighbours of a
school are the nearest others that teach the stage and report the indicator, in a straight line.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from catchments.inequality import measure_gini, split_theil
from catchments.moran import find_nearest, measure_moran, measure_spots
from catchments.profile import Balance

SUBDISTRICT, URBAN = "subdistrict", "urban"
GROUPINGS = (SUBDISTRICT, URBAN)


@dataclass(frozen=True, eq=False)
class Spread:
    """Inequality of each stage and indicator.

    Parameters
    ----------
    inequality
        stage, indicator, schools, mean, gini, theil, theil_subdistricts, theil_urban (parts
        between groups), moran, moran_expected, moran_p; missing where it cannot be computed.
    groups
        stage, indicator, grouping, group, schools, pupils, mean, theil_between, theil_within.
    spots
        stage, indicator, school_id, moran, p, cluster.
    """

    inequality: pd.DataFrame
    groups: pd.DataFrame
    spots: pd.DataFrame


def measure_spread(results: pd.DataFrame, schools: pd.DataFrame, balance: Balance) -> Spread:
    """Measure the inequality of every stage and indicator.

    Parameters
    ----------
    results
        As :func:`scenarios.resource_distribution.analysis.assess_schools` returns it; what is
        missing is left out.
    schools
        school_id, subdistrict, urban (both may be missing), x_m, y_m (metric CRS; missing for
        schools that take no part in Moran's I).
    """
    known = results[results["value"].notna()].merge(schools, on="school_id", how="left")
    inequality: list[dict[str, Any]] = []
    groups, spots = [], []
    for (stage, indicator), part in known.groupby(["stage", "indicator"], sort=True):
        about: dict[str, Any] = {"stage": stage, "indicator": indicator}
        parts = {name: _split(part, name) for name in GROUPINGS}
        moran, found = _measure_clusters(part, balance)
        inequality.append(
            {
                **about,
                "schools": len(part),
                **_measure_whole(part),
                "theil_subdistricts": parts[SUBDISTRICT][0],
                "theil_urban": parts[URBAN][0],
                **moran,
            }
        )
        groups += [table.assign(**about, grouping=name) for name, (_, table) in parts.items()]
        spots.append(found.assign(**about))
    columns = ["stage", "indicator", "schools", "mean", "gini", "theil", "theil_subdistricts"]
    columns += ["theil_urban", "moran", "moran_expected", "moran_p"]
    told = ["stage", "indicator", "grouping", "group", "schools", "pupils", "mean"]
    return Spread(
        pd.DataFrame(inequality, columns=columns),
        _stack(groups, [*told, "theil_between", "theil_within"]),
        _stack(spots, ["stage", "indicator", "school_id", "moran", "p", "cluster"]),
    )


def _measure_whole(part: pd.DataFrame) -> dict[str, float]:
    value, pupils = part["value"].to_numpy(float), part["pupils"].to_numpy(float)
    everyone = split_theil(value, pupils, np.zeros(len(part)))
    return {
        "mean": float(np.average(value, weights=pupils)),
        "gini": measure_gini(value, pupils),
        "theil": everyone.total,
    }


def _split(part: pd.DataFrame, grouping: str) -> tuple[float, pd.DataFrame]:
    parts = split_theil(part["value"], part["pupils"], part[grouping])
    table = parts.groups.rename(
        columns={"weight": "pupils", "between": "theil_between", "within": "theil_within"}
    ).rename_axis("group")
    return parts.between, table.reset_index()


def _measure_clusters(
    part: pd.DataFrame, balance: Balance
) -> tuple[dict[str, float], pd.DataFrame]:
    rules = balance.spread
    placed = part[part["x_m"].notna() & part["y_m"].notna()]
    values = placed["value"].to_numpy(float)
    neighbours = find_nearest(placed["x_m"], placed["y_m"], nearest=rules.nearest)
    chance = {"permutations": rules.permutations, "seed": rules.seed}
    whole = measure_moran(values, neighbours, **chance)
    each = measure_spots(
        values, neighbours, false_discovery_pct=rules.false_discovery_pct, **chance
    )
    spots = pd.DataFrame(
        {
            "school_id": placed["school_id"].to_numpy(),
            "moran": each.statistic,
            "p": each.p,
            "cluster": each.cluster.astype(object),
        }
    )
    told = {
        "moran": whole.statistic,
        "moran_expected": whole.expected,
        "moran_p": whole.p,
    }
    return told, spots


def _stack(tables: list[pd.DataFrame], columns: list[str]) -> pd.DataFrame:
    filled = [table[columns] for table in tables if len(table)]
    return pd.concat(filled, ignore_index=True) if filled else pd.DataFrame(columns=columns)
