"""Value added: what a school's pupils gained beside pupils of equal prior attainment.

SOURCE: Goldstein (1997), School Effectiveness and School Improvement 8, 369–395; Goldstein and
Spiegelhalter (1996), JRSS A 159, 385–443: effects of schools are told with their intervals or
not at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from catchments.attainment.effects import Effects, fit_effects

Floats = NDArray[np.float64]

ABOVE, BELOW, WITHIN, FEW, UNMEASURED = "above", "below", "within", "few", "unmeasured"
_COLUMNS = ["pupils", "value_added_points", "value_added_low", "value_added_high", "state"]


@dataclass(frozen=True, eq=False)
class ValueAdded:
    """Schools with their value added, and the model that told it (None: it could not)."""

    schools: pd.DataFrame
    model: Effects | None
    pupils: int

    def describe_model(self) -> dict[str, Any]:
        """Return the numbers of the model for programs."""
        if self.model is None:
            return {"pupils": self.pupils, "schools": len(self.schools), "is_fitted": False}
        return {
            "pupils": self.pupils,
            "schools": len(self.schools),
            "is_fitted": True,
            "between_points2": self.model.between,
            "within_points2": self.model.within,
            "between_share": self.model.between_share,
            "chance": self.model.chance,
            "coefficients": self.model.coefficients.tolist(),
            "coefficient_errors": self.model.coefficient_errors.tolist(),
        }


def measure_value_added(
    marks: pd.DataFrame, *, degree: int, interval_pct: float, least_pupils: int
) -> ValueAdded:
    """Measure the value added of each school by a random-intercept model.

    Marks rest on powers of the standardised prior marks and on the school. A school's effect is
    shrunken towards 0, the more the fewer pupils it has, so that a small school is not praised or
    blamed for chance; its interval holds the uncertainty of the coefficients too, and takes the
    two variances as known. "above" and "below" say that the interval lies beside 0. Schools with
    fewer than `least_pupils` pupils count in the model and are not told.

    It compares schools with equal *measured* intakes: errors of the prior marks leave part of the
    difference of intakes in the effects.

    Parameters
    ----------
    marks
        school_id, points, prior_points; one row a pupil, rows with a missing value are left out.
    degree
        Highest power of prior attainment; without any spread of it the mean alone.

    Returns
    -------
    ValueAdded
        schools: index school_id in order; pupils, value_added_points, value_added_low,
        value_added_high (NaN where not told), state: above, below, within, few or unmeasured.

    Examples
    --------
    Twelve schools of four pupils with the same intake; in the last one they gain ten marks more.

    >>> marks = pd.DataFrame({"school_id": np.repeat(range(1, 13), 4),
    ...     "prior_points": [40.0, 50, 60, 70] * 12, "points": [42.0, 49, 61, 70] * 12})
    >>> marks.loc[marks["school_id"] == 12, "points"] += 10
    >>> told = measure_value_added(marks, degree=1, interval_pct=95, least_pupils=2).schools
    >>> told["state"].value_counts().to_dict(), told["state"].iloc[-1]
    ({'within': 11, 'above': 1}, 'above')
    """
    known = marks.dropna(subset=["school_id", "points", "prior_points"])
    codes, schools = pd.factorize(known["school_id"], sort=True)
    pupils = np.bincount(codes, minlength=len(schools))
    told = pd.DataFrame({"pupils": pupils}, index=pd.Index(schools, name="school_id"))
    fixed = _build_fixed(known["prior_points"].to_numpy(np.float64), degree)
    model = fit_effects(known["points"].to_numpy(np.float64), fixed, codes)
    if model is None:
        none = told.assign(**dict.fromkeys(_COLUMNS[1:4], np.nan), state=UNMEASURED)
        return ValueAdded(none[_COLUMNS], None, len(known))
    half = stats.norm.ppf(0.5 + interval_pct / 200) * model.error
    told = told.assign(
        value_added_points=model.effect,
        value_added_low=model.effect - half,
        value_added_high=model.effect + half,
    )
    is_few = told["pupils"] < least_pupils
    state = np.select(
        [is_few, told["value_added_low"] > 0, told["value_added_high"] < 0],
        [FEW, ABOVE, BELOW],
        WITHIN,
    )
    told[_COLUMNS[1:4]] = told[_COLUMNS[1:4]].mask(is_few)
    return ValueAdded(told.assign(state=state)[_COLUMNS], model, len(known))


def _build_fixed(prior: Floats, degree: int) -> Floats:
    """Return a column of ones and powers of standardised prior marks, as many as can be told."""
    ones = np.ones((len(prior), 1))
    if len(prior) == 0 or np.ptp(prior) < 1e-9:
        return ones
    standard = (prior - prior.mean()) / prior.std()
    # Two different marks tell a line and no curve.
    most = min(degree, len(np.unique(prior)) - 1)
    return np.hstack([ones, *(standard[:, None] ** power for power in range(1, most + 1))])
