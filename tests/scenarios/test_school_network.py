"""Schools are summed by type and place without losing one."""

from __future__ import annotations

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios.school_network.analysis import sum_groups
from scenarios.school_network.panel import list_kinds
from tests.town import build_profile

GROUP = st.fixed_dictionaries(
    {
        "subdistrict_id": st.sampled_from([1.0, 2.0, None]),
        "kind": st.sampled_from(["primary", "junior", "training"]),
        "public": st.booleans(),
        "schools": st.integers(1, 50),
        "seats": st.integers(0, 9000),
        "pupils": st.integers(0, 9000),
    }
)


@settings(deadline=None)
@given(st.lists(GROUP, min_size=1, max_size=12))
def test_no_school_seat_or_pupil_is_lost_by_summing(rows: list[dict[str, object]]) -> None:
    groups = pd.DataFrame(rows).astype({"subdistrict_id": "Float64"})
    for by in (["kind"], ["subdistrict_id"], ["subdistrict_id", "kind"]):
        sums = sum_groups(groups, by=by)
        for column in ("schools", "seats", "pupils"):
            assert sums[column].sum() == groups[column].sum()
        assert (sums["public_schools"] + sums["private_schools"] == sums["schools"]).all()
        assert not sums.duplicated(by).any()


def test_kinds_stand_in_the_order_of_the_age_of_their_pupils() -> None:
    assert list_kinds(build_profile()) == ["primary", "nine_year", "junior", "senior"]
