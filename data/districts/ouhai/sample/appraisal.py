"""What inspectors, offices and parents found at schools over three years, with planted cases."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from catchments.appraisal.scheme import HIGHER, LOWER, WITHIN, Indicator, Scheme
from catchments.appraisal.scheme_files import parse_scheme
from catchments.rule_nodes import load_text

Floats = NDArray[np.float64]

YEARS = range(2023, 2026)
SCHEME = Path(__file__).parent.parent / "appraisal_2026.yaml"
WEAK_DIMENSION = "pupils"  # of the planted weak school
_COUNTED = {"breaches", "course_prizes", "research", "honours"}  # whole numbers
_SCORERS = {
    "inspectors": "模拟责任督学",
    "bureau": "模拟教育局科室",
    "parents": "模拟问卷机构",
}


def build_appraisal_scheme() -> pd.DataFrame:
    """Return the scheme table: the shipped scheme, whole."""
    text = load_text(SCHEME)
    return pd.DataFrame({"code": [_read_scheme().code], "content": [text.strip()]})


def build_appraisal_score(
    codes: NDArray[np.object_], centrality: Floats, rng: np.random.Generator
) -> pd.DataFrame:
    """Return what was found at each school, year and indicator that somebody scores.

    ASSUMPTION: a school has a level of its own and one in each dimension; both outweigh the
    chance of a year. Two cases are planted: the first school rises from year to year, the second
    is weak in one dimension and good in all others.

    Parameters
    ----------
    codes
        Codes of the schools, shape (n,); at least two.
    centrality
        0 (outskirts) to 1 (core), shape (n,).
    """
    scheme = _read_scheme()
    scored = [one for one in scheme.indicators if one.fact is None]
    share = _draw_shares(scheme, scored, centrality, rng)
    gaps = rng.random(share.shape) < 0.012  # what nobody has scored
    gaps[:2] = False
    parts = []
    for at, indicator in enumerate(scored):
        value = _read_value(share[:, :, at], indicator)
        school, year = (axis.ravel() for axis in np.indices(value.shape))
        parts.append(
            pd.DataFrame(
                {
                    "school_code": codes[school],
                    "year": year + YEARS.start,
                    "indicator": indicator.code,
                    "raw_value": np.where(gaps[:, :, at], np.nan, value).ravel(),
                    "evidence": [
                        f"模拟〔{year + YEARS.start}〕{number + 1}号"
                        for number, year in zip(school, year, strict=True)
                    ],
                    "scorer": _SCORERS[indicator.scored_by],
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def _draw_shares(
    scheme: Scheme, scored: list[Indicator], centrality: Floats, rng: np.random.Generator
) -> Floats:
    """Draw which share of the points each school gets, shape (schools, years, indicators)."""
    count, years = len(centrality), len(YEARS)
    dimensions = [one.code for one in scheme.dimensions]
    own = rng.normal(0.0, 0.10, (count, 1, 1))
    by_dimension = rng.normal(0.0, 0.09, (count, 1, len(dimensions)))
    of = np.array([dimensions.index(one.dimension) for one in scored])
    steady = rng.normal(0.0, 0.09, (count, 1, len(scored)))
    yearly = rng.normal(0.0, 0.05, (count, years, len(scored)))
    level = np.array([0.42 if one.tier == "leading" else 0.62 for one in scored])
    share = level + 0.08 * (centrality[:, None, None] - 0.5) + own + by_dimension[:, :, of]
    share = share + steady + yearly
    # Planted: one rises by a tenth of all points a year, one is weak in one dimension alone.
    rise = 0.12 * np.arange(years)[:, None]
    share[0] = level - 0.12 + rise + 0.3 * (steady + yearly)[0]
    is_weak = of == dimensions.index(WEAK_DIMENSION)
    share[1] = level + np.where(is_weak, -0.45, 0.14) + 0.3 * (steady + yearly)[1]
    return np.clip(share, 0.02, 1.0)


def _read_value(share: Floats, indicator: Indicator) -> Floats:
    """Return the raw value that gets a share of the points."""
    bounds = indicator.bounds
    if indicator.direction == WITHIN:
        value = bounds[0] + share * (bounds[1] - bounds[0])
    elif indicator.direction == LOWER:
        value = bounds[1] - share * (bounds[1] - bounds[0])
    else:
        assert indicator.direction == HIGHER
        value = bounds[0] + share * (bounds[1] - bounds[0])
    return np.asarray(value.round(0 if indicator.code in _COUNTED else 1))


def _read_scheme() -> Scheme:
    text = load_text(SCHEME)
    # The sample asks the registers for nothing: any fact that the scheme names will do.
    facts = [line.split(":")[1].strip() for line in text.splitlines() if "fact:" in line]
    return parse_scheme(text, facts, origin=str(SCHEME))
