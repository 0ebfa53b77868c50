"""Where to open schools: hand-worked streets, every choice tried out, and honest refusals."""

import itertools
import signal
import threading
import time
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catchments.sites import (
    SiteChoice,
    SiteRequest,
    choose_by_coverage,
    choose_by_distance,
    choose_fewest,
    measure_choice,
)
from catchments.sites.warming import warm_up
from gis.errors import RejectedDataError, UsageError

# Seven houses along one street, at these metres.
STREET_M = np.array([0.0, 100.0, 200.0, 500.0, 600.0, 900.0, 1000.0])
CHOOSE: dict[str, Callable[[SiteRequest], SiteChoice]] = {
    "distance": lambda request: choose_by_distance(request, site_count=2),
    "coverage": lambda request: choose_by_coverage(request, site_count=2, radius_m=150.0),
    "fewest": lambda request: choose_fewest(request, radius_m=450.0),
}


@pytest.fixture(scope="module", autouse=True)
def _compiled() -> None:
    warm_up()


def draw_street(**more: object) -> SiteRequest:
    return SiteRequest(np.abs(STREET_M[:, None] - STREET_M), **more)  # type: ignore[arg-type]


def scatter_places(count: int, *, seed: int, whole: bool = False) -> SiteRequest:
    generator = np.random.default_rng(seed)
    xy = generator.uniform(0, 5000, (count, 2))
    distance_m = np.hypot(*(xy[:, None] - xy).transpose(2, 0, 1))
    pupils = generator.integers(1, 50, count).astype(float)
    return SiteRequest(np.rint(distance_m) if whole else distance_m, pupils)


def test_two_schools_stand_where_the_street_walks_least() -> None:
    choice = choose_by_distance(draw_street(), site_count=2)
    # At 100 m: 100 + 0 + 100. At 600 m: 100 + 0 + 300 + 400. 1000 in all; with 900 m in place
    # of 600 m: 400 + 300 + 0 + 100 and the same 200: also 1000; any other pair walks farther.
    assert choice.objective == 1000.0
    assert choice.open_sites[0] == 1
    assert choice.open_sites[1] in (4, 5)
    assert (choice.stopped, choice.lower_bound, choice.gap_pct) == ("proven", 1000.0, 0.0)


def test_pupils_pull_the_school_towards_them() -> None:
    pupils = np.array([1.0, 1, 1, 1, 1, 1, 100])
    assert choose_by_distance(draw_street(pupils=pupils), site_count=1).open_sites.tolist() == [6]


def test_an_existing_school_stays_open_and_a_forbidden_site_closed() -> None:
    existing, forbidden = np.arange(7) == 0, np.isin(np.arange(7), [4, 5])
    choice = choose_by_distance(draw_street(existing=existing, forbidden=forbidden), site_count=2)
    # From 0 m: 0 + 100 + 200 for the first three; a second school at 500 m walks 0 + 100 + 400
    # + 500, one at 1000 m 300 + 400 + 100 + 0 with the house at 500 m nearer to either.
    assert choice.open_sites.tolist() == [0, 3]
    assert choice.objective == 1300.0


def test_two_schools_cover_the_houses_that_two_circles_can_hold() -> None:
    choice = choose_by_coverage(draw_street(), site_count=2, radius_m=100.0)
    assert choice.objective == 5.0
    assert choice.open_sites[0] == 1
    assert (choice.lower_bound, choice.upper_bound, choice.stopped) == (5.0, 5.0, "proven")


def test_a_school_that_coverage_does_not_need_shortens_the_way() -> None:
    choice = choose_by_coverage(draw_street(), site_count=2, radius_m=1000.0)
    assert choice.objective == 7.0
    assert len(choice.open_sites) == 2


def test_the_fewest_schools_within_the_radius_are_three() -> None:
    choice = choose_fewest(draw_street(), radius_m=100.0)
    assert choice.objective == 3.0
    assert (choice.distance_m <= 100.0).all()
    assert (choice.lower_bound, choice.stopped) == (3.0, "proven")


def test_existing_schools_count_among_the_fewest() -> None:
    choice = choose_fewest(draw_street(existing=np.arange(7) == 0), radius_m=100.0)
    assert choice.objective == 4.0  # 0 m leaves 200 m to a school of its own
    assert choice.open_sites[0] == 0


def test_measures_speak_of_pupils_and_not_of_houses() -> None:
    pupils = np.array([0.0, 19, 1, 0, 0, 0, 0])
    request = draw_street(pupils=pupils, forbidden=np.arange(7) != 1)
    found = measure_choice(request, choose_by_distance(request, site_count=1), radius_m=50.0)
    assert found["pupils"] == 20.0
    assert found["mean_distance_m"] == 5.0  # (19 × 0 + 1 × 100) ÷ 20
    assert found["p95_distance_m"] == 0.0  # 19 of 20 pupils stand at the gate
    assert found["farthest_m"] == 100.0
    assert (found["covered_pupils"], found["covered_pct"]) == (19.0, 95.0)


@st.composite
def small_requests(draw: st.DrawFn) -> tuple[SiteRequest, int]:
    """Up to six units and six sites, some ways missing, some sites existing or forbidden."""
    units, sites = draw(st.integers(1, 6)), draw(st.integers(1, 6))
    whole = draw(st.booleans())
    way = st.one_of(
        st.integers(0, 9).map(float if whole else lambda tenths: tenths / 10.0),
        st.just(np.inf),
    )
    distance_m = np.array([[draw(way) for _ in range(sites)] for _ in range(units)])
    pupils = np.array([float(draw(st.integers(0, 5))) for _ in range(units)])
    status = np.array([draw(st.sampled_from("ccceff")) for _ in range(sites)])
    status[draw(st.integers(0, sites - 1))] = "c"
    permitted = np.flatnonzero(status != "f")
    unreached = ~np.isfinite(distance_m[:, permitted]).any(axis=1)
    distance_m[unreached, permitted[0]] = 7.0
    pupils[0] += not pupils.any()
    least = max(1, int((status == "e").sum()))
    count = draw(st.integers(least, max(least, len(permitted))))
    return SiteRequest(distance_m, pupils, status == "e", status == "f"), count


def try_every_choice(
    request: SiteRequest, count: int, judge: Callable[[np.ndarray], float]
) -> list[float]:
    existing = set(np.flatnonzero(request.existing))
    permitted = np.flatnonzero(~request.forbidden)
    return [
        judge(request.distance_m[:, list(chosen)].min(axis=1))
        for chosen in itertools.combinations(permitted, count)
        if existing <= set(chosen)
    ]


@settings(deadline=None, max_examples=150)
@given(small_requests())
def test_least_walking_agrees_with_trying_every_choice(case: tuple[SiteRequest, int]) -> None:
    request, count = case
    asked = request.pupils > 0
    best = min(
        try_every_choice(request, count, lambda way: float(way[asked] @ request.pupils[asked]))
    )
    if np.isinf(best):
        with pytest.raises(RejectedDataError, match="cannot reach all pupils"):
            choose_by_distance(request, site_count=count)
        return
    choice = choose_by_distance(request, site_count=count)
    check_choice(request, choice)
    assert len(choice.open_sites) == count
    assert choice.objective == pytest.approx(best, abs=1e-9)
    assert choice.objective == pytest.approx(choice.distance_m[asked] @ request.pupils[asked])


@settings(deadline=None, max_examples=100)
@given(small_requests(), st.integers(0, 9))
def test_coverage_agrees_with_trying_every_choice(
    case: tuple[SiteRequest, int], radius_m: int
) -> None:
    request, count = case
    best = max(
        try_every_choice(request, count, lambda way: float(request.pupils[way <= radius_m].sum()))
    )
    choice = choose_by_coverage(request, site_count=count, radius_m=radius_m)
    check_choice(request, choice)
    assert len(choice.open_sites) == count
    assert choice.objective == best == request.pupils[choice.distance_m <= radius_m].sum()


@settings(deadline=None, max_examples=100)
@given(small_requests(), st.integers(0, 9))
def test_fewest_sites_agree_with_trying_every_choice(
    case: tuple[SiteRequest, int], radius_m: int
) -> None:
    request, _ = case
    asked = request.pupils > 0
    enough = [
        count
        for count in range(1, int((~request.forbidden).sum()) + 1)
        if any(try_every_choice(request, count, lambda way: (way[asked] <= radius_m).all()))
    ]
    if not enough:
        with pytest.raises(RejectedDataError, match="No permitted site lies within"):
            choose_fewest(request, radius_m=radius_m)
        return
    choice = choose_fewest(request, radius_m=radius_m)
    check_choice(request, choice)
    assert choice.objective == len(choice.open_sites) == enough[0]
    assert (choice.distance_m[asked] <= radius_m).all()


def check_choice(request: SiteRequest, choice: SiteChoice) -> None:
    assert choice.lower_bound <= choice.objective <= choice.upper_bound
    assert choice.stopped == "proven"
    assert choice.gap_pct <= 1.0001e-4
    assert np.isin(np.flatnonzero(request.existing), choice.open_sites).all()
    assert not request.forbidden[choice.open_sites].any()


@pytest.mark.parametrize("method", CHOOSE)
def test_the_order_of_units_never_matters(method: str) -> None:
    request = scatter_places(60, seed=4)
    order = np.random.default_rng(1).permutation(60)
    radius = {"fewest": 700.0}.get(method, 150.0)
    choose = CHOOSE[method] if method != "fewest" else (lambda r: choose_fewest(r, radius_m=radius))
    turned = SiteRequest(request.distance_m[order], request.pupils[order])
    assert choose(turned).objective == pytest.approx(choose(request).objective)


def test_one_more_school_never_lengthens_the_way() -> None:
    request = scatter_places(40, seed=2, whole=True)
    ways = [choose_by_distance(request, site_count=count).objective for count in range(1, 41)]
    assert ways == sorted(ways, reverse=True)
    assert ways[-1] == 0.0


def test_the_same_seed_makes_the_same_choice() -> None:
    request = scatter_places(150, seed=9)
    first, again = (choose_by_distance(request, site_count=12, seed=3) for _ in range(2))
    assert first.open_sites.tolist() == again.open_sites.tolist()
    assert (first.objective, first.lower_bound) == (again.objective, again.lower_bound)


def test_a_time_limit_is_kept_and_leaves_a_valid_choice() -> None:
    request = scatter_places(1200, seed=5)
    start = time.perf_counter()
    choice = choose_by_distance(request, site_count=300, time_limit_s=1.0)
    assert time.perf_counter() - start < 2.0  # the search keeps 10 %, the rest is the machine's
    assert choice.seconds < 1.5
    assert choice.stopped == "time limit"
    assert 0 <= choice.lower_bound < choice.objective  # a busy machine may prove nothing yet
    assert len(set(choice.open_sites.tolist())) == 300


@pytest.mark.parametrize("method", ["distance", "fewest"])
def test_ctrl_c_keeps_the_best_choice_so_far(method: str) -> None:
    if method == "distance":
        request = scatter_places(1500, seed=6)
    else:
        # Steiner triples are known to keep set covering busy for long.
        request = SiteRequest(draw_steiner_cover(5))
    stop = threading.Timer(1.0, signal.raise_signal, [signal.SIGINT])
    stop.start()
    try:
        choice = (
            choose_by_distance(request, site_count=400, time_limit_s=30.0)
            if method == "distance"
            else choose_fewest(request, radius_m=0.0, time_limit_s=30.0)
        )
    finally:
        stop.cancel()
    assert choice.stopped == "interrupted"
    assert choice.seconds < 10.0
    assert choice.lower_bound < choice.objective
    assert np.isfinite(choice.distance_m).all()


def draw_steiner_cover(power: int) -> np.ndarray:
    """Return distance 0 where a triple of the Steiner system of order 3^power holds a point."""
    points = list(itertools.product(range(3), repeat=power))
    at = {point: i for i, point in enumerate(points)}
    triples = {
        frozenset((i, j, at[tuple((-a - b) % 3 for a, b in zip(p, q, strict=True))]))
        for (i, p), (j, q) in itertools.combinations(enumerate(points), 2)
    }
    distance_m = np.full((len(triples), len(points)), 1.0)
    for row, triple in enumerate(sorted(map(sorted, triples))):
        distance_m[row, list(triple)] = 0.0
    return distance_m


def test_a_missing_bridge_is_told_with_the_number_of_schools_needed() -> None:
    distance_m = np.full((6, 6), np.inf)
    for bank in (slice(0, 2), slice(2, 4), slice(4, 6)):
        distance_m[bank, bank] = 1.0 - np.eye(2)
    with pytest.raises(RejectedDataError, match="at least 3 sites are needed"):
        choose_by_distance(SiteRequest(distance_m), site_count=2)
    assert choose_by_distance(SiteRequest(distance_m), site_count=3).objective == 3.0


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"pupils": np.full(7, -1.0)}, "Pupils of unit 0, 1"),
        ({"pupils": np.zeros(7)}, "No unit has pupils"),
        ({"pupils": np.ones(3)}, r"\(3,\) pupils"),
        ({"forbidden": np.ones(7, dtype=bool)}, "No permitted site can be reached"),
        ({"existing": np.arange(7) < 1, "forbidden": np.arange(7) < 1}, "both existing and"),
        ({"site_ids": ["A"] * 7}, "1 different names"),
    ],
)
def test_a_request_that_makes_no_sense_is_refused(more: dict[str, object], told: str) -> None:
    with pytest.raises(RejectedDataError, match=told):
        draw_street(**more)


@pytest.mark.parametrize("count", [0, 8])
def test_more_schools_than_sites_or_none_at_all_cannot_be_opened(count: int) -> None:
    with pytest.raises(UsageError, match="Ask for 1 to 7 sites"):
        choose_by_distance(draw_street(), site_count=count)
