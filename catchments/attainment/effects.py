"""Schools as random effects: how much of the marks belongs to schools, and to which.

``y = X b + u[school] + e``, u and e normal with variances τ² and σ²: the random-intercept
model of pupils in schools. It is fitted by restricted maximum likelihood from the sums of the
schools alone, so that a district of 10,000 pupils takes milliseconds.

SOURCE: Laird and Ware (1982), Biometrics 38, 963–974; Henderson (1975), Biometrics 31, 423–447
(prediction error that counts the uncertainty of b).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, stats

Floats = NDArray[np.float64]
Positions = NDArray[np.intp]

_MOST_SHARE = 1 - 1e-9  # of the variance between schools


@dataclass(frozen=True, eq=False)
class Effects:
    """A fitted model; arrays in the order of the schools.

    Parameters
    ----------
    coefficients, coefficient_errors
        b and its standard errors, shape (p,).
    between, within
        τ² and σ².
    effect, error
        Predicted u, shrunken towards 0 the more the fewer its pupils, and the standard error of
        the prediction, which holds the uncertainty of b too but takes τ² and σ² as known.
    chance
        Of so much variance between schools if there were none.
    """

    coefficients: Floats
    coefficient_errors: Floats
    between: float
    within: float
    effect: Floats
    error: Floats
    chance: float

    @property
    def between_share(self) -> float:
        """Share of the variance that lies between schools (intraclass correlation)."""
        total = self.between + self.within
        return self.between / total if total > 0 else math.nan


@dataclass(frozen=True, eq=False)
class _Sums:
    """What the likelihood needs: sums over all pupils and by school."""

    n: Floats  # pupils by school, (m,)
    xx: Floats  # (p, p)
    xy: Floats  # (p,)
    yy: float
    x: Floats  # (m, p)
    y: Floats  # (m,)

    def solve(self, ratio: float) -> tuple[Floats, Floats, float]:
        """Return b, X'WX and the weighted squares left over, for a ratio τ² / σ²."""
        weight = ratio / (1 + ratio * self.n)
        weighted = self.xx - (self.x * weight[:, None]).T @ self.x
        right = self.xy - self.x.T @ (weight * self.y)
        b = np.asarray(np.linalg.solve(weighted, right), np.float64)
        left = self.yy - float(weight @ self.y**2) - float(b @ right)
        return b, weighted, max(left, 0.0)


def fit_effects(y: Floats, x: Floats, school: Positions) -> Effects | None:
    """Fit the random-intercept model by restricted maximum likelihood.

    The chance is that of the likelihood-ratio test of τ² = 0, which lies on the edge of what is
    possible: half of it belongs to 0. SOURCE: Self and Liang (1987), JASA 82, 605–610.

    Parameters
    ----------
    y
        Marks, shape (n,).
    x
        Fixed part, shape (n, p), of full rank, a column of ones among it.
    school
        Position of the school of each pupil, 0 to m − 1, each with a pupil; shape (n,).

    Returns
    -------
    Effects or None
        None where nothing can be told apart: fewer than two schools, no more pupils than schools
        and coefficients, or marks that the fixed part tells without remainder.

    Examples
    --------
    Two pupils a school, means 1, 5 and 9: the mean squares between and within are 32 and 2, so
    τ² = (32 − 2) / 2 and each mean counts to 15 / (15 + 2 / 2) of its distance.

    >>> y, school = np.array([0.0, 2, 4, 6, 8, 10]), np.array([0, 0, 1, 1, 2, 2])
    >>> fitted = fit_effects(y, np.ones((6, 1)), school)
    >>> round(fitted.between, 4), round(fitted.within, 4), (fitted.effect.round(3) + 0.0).tolist()
    (15.0, 2.0, [-3.75, 0.0, 3.75])
    """
    schools = int(school.max()) + 1 if len(school) else 0
    free = len(y) - x.shape[1]
    if schools < 2 or free <= schools:
        return None
    # Centred marks keep the digits that squares of large numbers would lose.
    middle = y.mean()
    sums = _sum_schools(y - middle, x, school, schools)
    if sums.solve(0.0)[2] <= 1e-12 * max(sums.yy, 1e-12):
        return None

    def deviance(share: float) -> float:
        return _measure_deviance(sums, share / (1 - share), free)

    found = optimize.minimize_scalar(
        deviance, bounds=(0.0, _MOST_SHARE), method="bounded", options={"xatol": 1e-12}
    )
    share = float(found.x) if found.fun < deviance(0.0) else 0.0
    ratio = share / (1 - share)
    b, weighted, left = sums.solve(ratio)
    within = left / free
    inverse = np.linalg.inv(weighted)
    shrink = ratio / (1 + ratio * sums.n)
    effect = shrink * (sums.y - sums.x @ b)
    carried = np.einsum("mp,pq,mq->m", sums.x, inverse, sums.x) * shrink**2
    gain = max(deviance(0.0) - deviance(share), 0.0)
    # Centring took the mean of the marks from the column of ones alone.
    constant = np.linalg.lstsq(x, np.ones(len(y)), rcond=None)[0]
    return Effects(
        coefficients=b + middle * constant,
        coefficient_errors=np.sqrt(within * np.diag(inverse)),
        between=ratio * within,
        within=within,
        effect=effect,
        error=np.sqrt(within * (shrink + carried)),
        chance=float(0.5 * stats.chi2.sf(gain, 1)) if gain > 0 else 1.0,
    )


def _sum_schools(y: Floats, x: Floats, school: Positions, schools: int) -> _Sums:
    columns = [np.bincount(school, x[:, at], minlength=schools) for at in range(x.shape[1])]
    return _Sums(
        n=np.bincount(school, minlength=schools).astype(np.float64),
        xx=x.T @ x,
        xy=x.T @ y,
        yy=float(y @ y),
        x=np.column_stack(columns),
        y=np.asarray(np.bincount(school, y, minlength=schools), np.float64),
    )


def _measure_deviance(sums: _Sums, ratio: float, free: int) -> float:
    """Return −2 × the restricted log-likelihood, σ² at its best, up to a constant."""
    _, weighted, left = sums.solve(ratio)
    _, logarithm = np.linalg.slogdet(weighted)
    return float(free * math.log(left / free) + np.log1p(ratio * sums.n).sum() + logarithm)
