"""Records of growth of the leavers over their two last complete school years."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.districts.ouhai.sample.pupils import YEAR, Leavers

Floats = NDArray[np.float64]

DOMAINS = ("moral", "intellectual", "physical", "aesthetic", "labour")
EVENTS = (  # two kinds a domain, and who records them
    (("service", "学校"), ("conduct", "班主任")),
    (("reading", "任课教师"), ("project", "任课教师")),
    (("fitness", "体育教师"), ("training", "家庭")),
    (("performance", "艺术教师"), ("works", "艺术教师")),
    (("household", "家庭"), ("workshop", "劳动教师")),
)
RECORDED = (YEAR - 2, YEAR - 1)
# Records a pupil has in one domain and school year, and how often. ASSUMPTION.
_NUMBER, _OFTEN = (0, 1, 2, 3), (0.05, 0.42, 0.40, 0.13)
_FALL = 1.6  # points less in labour in the planted school
_PLANTED = 4


def build_growth_record(
    leavers: dict[str, Leavers], codes: NDArray[np.object_], rng: np.random.Generator
) -> pd.DataFrame:
    """Return the records of all leavers: some 1.6 a pupil, domain and school year.

    Parameters
    ----------
    codes
        Pseudonyms of the pupils, shape (rows of the pupil table,).
    """
    parts = []
    for pupils in leavers.values():
        shape = (len(pupils.row), len(DOMAINS), len(RECORDED))
        bent = 0.5 * rng.normal(size=shape[:2])[..., None]
        bent = (
            bent + 0.3 * rng.normal(size=(pupils.schools, len(DOMAINS)))[pupils.school][..., None]
        )
        mean = 3.0 + bent + np.array([0.0, 0.15])
        mean[pupils.school == _PLANTED, -1, 1] -= _FALL
        number = rng.choice(_NUMBER, shape, p=_OFTEN)
        parts.append(_draw_records(codes[pupils.row], mean, number, rng))
    return pd.concat(parts, ignore_index=True)


def _draw_records(
    codes: NDArray[np.object_], mean: Floats, number: NDArray, rng: np.random.Generator
) -> pd.DataFrame:
    """Draw the records of pupils, domains and years, each in a part of the year of its own."""
    cell = np.repeat(np.arange(number.size), number.ravel())
    pupil, domain, year = np.unravel_index(cell, number.shape)
    place = np.arange(len(cell)) - np.repeat(
        np.cumsum(number.ravel()) - number.ravel(), number.ravel()
    )
    kind = rng.integers(0, 2, len(cell))
    points = np.clip(np.round(rng.normal(mean.ravel()[cell], 1.0)), 1, 4)
    begin = np.array([np.datetime64(f"{one}-09-01") for one in RECORDED])[year]
    day = begin + (place * 90 + rng.integers(0, 90, len(cell))).astype("timedelta64[D]")
    event = np.array([[name for name, _ in pair] for pair in EVENTS], dtype=object)
    office = np.array([[who for _, who in pair] for pair in EVENTS], dtype=object)
    return pd.DataFrame(
        {
            "pupil_code": codes[pupil],
            "event": event[domain, kind],
            "recorded_on": day,
            "domain": np.array(DOMAINS, dtype=object)[domain],
            "points": points,
            "recorded_by": office[domain, kind],
        }
    )
