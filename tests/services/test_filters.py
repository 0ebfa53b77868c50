"""Filters in CQL2: read as the standard reads them, and answered by the database alone."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.errors import UsageError
from gis.services.cql2_text import parse_text
from tests.services.conftest import Fetch

CATCHMENTS = "/ogc/collections/catchments/items"
# The catchments of the town with their entry seats of 2026, see SEATS in tests/town.py.
ROWS = [
    {"code": "A/primary", "stage": "primary", "school_code": "A", "seats": 3},
    {"code": "B/junior", "stage": "junior", "school_code": "B", "seats": 1},
    {"code": "B/primary", "stage": "primary", "school_code": "B", "seats": 4},
]


def test_and_binds_tighter_than_or():
    told = parse_text("a = 1 OR b = 2 AND NOT (c = 3 OR d = 4)")
    assert told["op"] == "or" and told["args"][1]["op"] == "and"
    assert told["args"][1]["args"][1]["op"] == "not"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("name = 'it''s'", {"op": "=", "args": [{"property": "name"}, "it's"]}),
        ("\"名称\" LIKE '瓯%'", {"op": "like", "args": [{"property": "名称"}, "瓯%"]}),
        ("n > -1.5e3", {"op": ">", "args": [{"property": "n"}, -1500.0]}),
        ("n IS NOT NULL", {"op": "not", "args": [{"op": "isNull", "args": [{"property": "n"}]}]}),
        (
            "T_DURING(d, INTERVAL('..', '2026-01-01'))",
            {"op": "t_during", "args": [{"property": "d"}, {"interval": ["..", "2026-01-01"]}]},
        ),
        (
            "s_intersects(geom, POINT(120.6 28))",
            {
                "op": "s_intersects",
                "args": [
                    {"property": "geom"},
                    {"type": "Point", "coordinates": (120.6, 28.0)},
                ],
            },
        ),
    ],
)
def test_text_becomes_the_json_of_the_standard(text: str, told: Any):
    assert parse_text(text) == told


@pytest.mark.parametrize(
    "text",
    ["", "seats", "seats >", "seats > 1 AND", "(seats > 1", "seats > 1)", "seats ! 1", "a = 'x",
     "f(a) = 1", "POINT(1) = 2", "seats BETWEEN 1", "seats IN ()", "NOT " * 100 + "a = 1",
     "(" * 100 + "a = 1" + ")" * 100, "a = 1 OR " * 2000 + "a = 1"],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_with_the_place(text: str):
    with pytest.raises(UsageError) as refused:
        parse_text(text)
    assert refused.value.mend


@given(text=st.text(max_size=40))
@settings(max_examples=60)
def test_any_text_is_read_or_refused(text: str):
    try:
        parse_text(text)
    except UsageError as error:
        assert error.mend


# A condition as CQL2 text, and as Python answers it for a row.
comparison = st.one_of(
    st.tuples(st.sampled_from(["=", "<>", "<", ">", "<=", ">="]), st.integers(0, 10)).map(
        lambda pair: (
            f"seats {pair[0]} {pair[1]}",
            lambda row: {
                "=": row["seats"] == pair[1],
                "<>": row["seats"] != pair[1],
                "<": row["seats"] < pair[1],
                ">": row["seats"] > pair[1],
                "<=": row["seats"] <= pair[1],
                ">=": row["seats"] >= pair[1],
            }[pair[0]],
        )
    ),
    st.sampled_from(["primary", "junior", "none"]).map(
        lambda word: (f"stage = '{word}'", lambda row: row["stage"] == word)
    ),
    st.sampled_from(["A", "B"]).map(
        lambda word: (
            f"CASEI(school_code) IN (CASEI('{word}'), 'z')",
            lambda row: row["school_code"] == word,
        )
    ),
)
condition = st.recursive(
    comparison,
    lambda inner: st.one_of(
        inner.map(lambda one: (f"NOT ({one[0]})", lambda row: not one[1](row))),
        st.tuples(inner, inner).map(
            lambda two: (
                f"({two[0][0]}) AND ({two[1][0]})",
                lambda row: two[0][1](row) and two[1][1](row),
            )
        ),
        st.tuples(comparison, comparison, inner).map(  # no brackets: AND comes first
            lambda three: (
                f"{three[0][0]} OR {three[1][0]} AND ({three[2][0]})",
                lambda row: three[0][1](row) or (three[1][1](row) and three[2][1](row)),
            )
        ),
    ),
    max_leaves=6,
)


@given(asked=condition)
@settings(max_examples=25, deadline=None)
def test_the_database_answers_as_the_logic_says(services, asked):
    text, holds = asked
    page = services.test_client().get(CATCHMENTS, query_string={"filter": text}).get_json()
    found = [feature["id"] for feature in page["features"]]
    assert found == [row["code"] for row in ROWS if holds(row)], text


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("valid_from <= DATE('2026-09-01') AND valid_to IS NULL", 3),
        ("T_AFTER(valid_from, DATE('2026-09-01'))", 0),
        ("T_INTERSECTS(valid_from, INTERVAL('2026-09-01', '..'))", 3),
        ("T_BEFORE(valid_from, TIMESTAMP('2026-09-02T00:00:00Z'))", 3),
        ("school_name_zh LIKE 'A%'", 1),
        ("seats BETWEEN 3 AND 9", 2),
        ("ratio_pct >= seats", 3),
        ("S_CONTAINS(geom, POINT(120.635 28.015))", 2),
        ("S_DISJOINT(geom, POLYGON((121 28,121 29,122 29,121 28)))", 3),
        ("TRUE", 3),
    ],
)
def test_each_operation_is_answered(fetch: Fetch, text: str, codes: int):
    assert fetch(CATCHMENTS, filter=text)["numberMatched"] == codes


def test_json_says_the_same_and_geometry_may_stand_in_another_system(fetch: Fetch):
    point = {"type": "Point", "coordinates": [28.015, 120.635]}
    node = {"op": "s_intersects", "args": [{"property": "geom"}, point]}
    page = fetch(
        CATCHMENTS,
        filter=json.dumps(node),
        filter_lang="cql2-json",
        filter_crs="EPSG:4490",
    )
    assert page["numberMatched"] == 2, "north comes first in EPSG:4490"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("children_of = 1", "no property 'children_of'"),
        ("seats = 'many'", "seats: 'many'"),
        ("seats LIKE 9", "'like'"),
        ("CASEI(seats) = 'a'", "'seats' is no text"),
        ("stage = seats", "different kinds"),
        ("1 = 1", "compares two values"),
        ("T_AFTER(stage, DATE('2026-01-01'))", "'stage' is no time"),
        ("T_AFTER(valid_from, DATE('soon'))", "'soon' is no day"),
        ("S_WITHIN(stage, POINT(1 2))", "'stage' is no geometry"),
        ("S_WITHIN(geom, POLYGON((0 0,1 1,1 0,0 1,0 0)))", "cannot be read"),
        ("stage = 'a\0'", "stage: "),
    ],
)
def test_filters_that_make_no_sense_are_told(client: FlaskClient, text: str, found: str):
    answer = client.get(CATCHMENTS, query_string={"filter": text})
    assert answer.status_code == 400 and found in answer.get_json()["found"], answer.text


@pytest.mark.parametrize(
    "node", ["", "[]", "{}", '{"op":"and"}', '{"op":"x","args":[1,2]}', "[" * 9]
)
def test_json_that_is_no_filter_is_refused(client: FlaskClient, node: str):
    words = {"filter": node, "filter-lang": "cql2-json"}
    assert client.get(CATCHMENTS, query_string=words).status_code == 400
