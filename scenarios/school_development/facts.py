"""What the registers tell of schools for the yearly appraisal, each by the name schemes ask for."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import get_args

import numpy as np
import pandas as pd
from sqlalchemy import Connection

from catchments.profile import Indicator, Profile
from gis.database import read_table
from scenarios.district import District
from scenarios.resource_distribution.analysis import MET, MISSING, assess_schools

CLASS_FILL = "class_fill_pct"  # pupils of all classes by what they are designed for
MET_SHARE = "indicators_met_pct"  # resource indicators that meet the national standard
# A resource by its standard: the columns of table resource_fact that indicators may name.
_RESOURCES = tuple(f"{fact}_pct" for fact in get_args(Indicator.model_fields["fact"].annotation))
FACTS: tuple[str, ...] = (CLASS_FILL, MET_SHARE, *_RESOURCES)


def read_facts(
    connection: Connection, district: District, asked: Collection[str], years: Iterable[int]
) -> pd.DataFrame:
    """Read the facts that a scheme asks for.

    Returns
    -------
    DataFrame
        school_id, year, fact, value; facts that nobody reported are left out.
    """
    parts = [pd.DataFrame(columns=["school_id", "year", "fact", "value"])]
    if CLASS_FILL in asked:
        sizes = read_table(connection, "school_sizes", district_id=district.id)
        parts.append(measure_class_fill(sizes[sizes["year"].isin(list(years))], district.profile))
    if set(asked) - {CLASS_FILL}:
        for year in years:
            facts = read_table(connection, "resource_facts", district_id=district.id, year=year)
            parts.append(measure_resources(facts, district.profile).assign(year=year))
    told = [part for part in parts if len(part)]
    facts = pd.concat(told, ignore_index=True) if told else parts[0]
    return facts[facts["fact"].isin(list(asked)) & facts["value"].notna()]


def measure_class_fill(sizes: pd.DataFrame, profile: Profile) -> pd.DataFrame:
    """Measure how full the classes of each school are, in per cent of their design size.

    ``100 · Σ pupils / Σ (classes · design class)`` over the stages that it teaches.

    Parameters
    ----------
    sizes
        school_id, stage, year, pupils, classes.
    """
    design = {stage.code: stage.design_class for stage in profile.stages}
    known = sizes[sizes["classes"] > 0]
    known = known.assign(places=known["classes"] * known["stage"].map(design))
    sums = known.groupby(["school_id", "year"], as_index=False)[["pupils", "places"]].sum()
    return sums[["school_id", "year"]].assign(
        fact=CLASS_FILL, value=100.0 * sums["pupils"] / sums["places"]
    )


def measure_resources(facts: pd.DataFrame, profile: Profile) -> pd.DataFrame:
    """Measure the resources of each school in per cent of the standard, and how many meet it.

    A school of several stages counts each by its pupils. An indicator that nobody reported is
    none of those that meet the standard, and none of those that are counted.

    Parameters
    ----------
    facts
        As ``queries/resource_facts.sql`` returns them for a year.

    Returns
    -------
    DataFrame
        school_id, fact, value.
    """
    results = assess_schools(facts, profile.balance)
    if results.empty:
        return pd.DataFrame(columns=["school_id", "fact", "value"])
    names = {one.code: f"{one.fact}_pct" for one in profile.balance.indicators}
    known = results[results["state"] != MISSING]
    known = known.assign(
        fact=known["indicator"].map(names),
        weighed=known["pupils"] * 100.0 * known["value"] / known["standard"],
        met=100.0 * (known["state"] == MET),
    )
    sums = known.groupby(["school_id", "fact"], as_index=False)[["weighed", "pupils"]].sum()
    shares = sums[["school_id", "fact"]].assign(
        value=(sums["weighed"] / sums["pupils"].replace(0, np.nan)).astype(np.float64)
    )
    met = known.groupby("school_id")["met"].mean().rename("value").reset_index()
    return pd.concat([shares, met.assign(fact=MET_SHARE)], ignore_index=True)
