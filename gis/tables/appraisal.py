"""The yearly appraisal of schools: its scheme and scores as they come in, and what follows."""

from __future__ import annotations

from sqlalchemy import Double, Integer, SmallInteger, String, Table

from gis.tables.columns import OPEN, maybe, metadata, refer, value

appraisal_scheme = Table(
    "appraisal_scheme",
    metadata,
    refer("district_id", "district", "District", primary_key=True),
    value("code", String, "Code that the scheme bears inside", primary_key=True),
    value("content", String, "Text of the scheme file (YAML), whole"),
    schema=OPEN,
    comment="Schemes by which schools are appraised (学校发展评价方案)",
)

appraisal_score = Table(
    "appraisal_score",
    metadata,
    refer("school_id", "school", "School", primary_key=True),
    value("year", SmallInteger, "Year in which the school year begins", primary_key=True),
    value("indicator", String, "Indicator of the scheme", primary_key=True),
    maybe("raw_value", Double, "What was found, in the unit of the indicator; empty: not known"),
    maybe("evidence", String, "Where the proof lies, such as the number of a document"),
    maybe("scorer", String, "Office or person that scored it"),
    schema=OPEN,
    comment="What was found at schools in a year, by indicator of the appraisal scheme",
)

appraisal_point = Table(
    "appraisal_point",
    metadata,
    refer("run_id", "run", "Run", primary_key=True),
    refer("school_id", "school", "School", primary_key=True, index=True),
    value("year", SmallInteger, "Year in which the school year begins", primary_key=True),
    value("indicator", String, "Indicator of the scheme", primary_key=True),
    maybe("raw_value", Double, "Value in the unit of the indicator; empty: not known"),
    maybe("points", Double, "Points from 0 to 100; empty: not known, weight left to the others"),
    maybe("evidence", String, "Where the proof lies"),
    maybe("scorer", String, "Office or person that scored it; empty: the registers"),
    schema=OPEN,
    comment="Points of each school by year and indicator",
)

appraisal_part = Table(
    "appraisal_part",
    metadata,
    refer("run_id", "run", "Run", primary_key=True),
    refer("school_id", "school", "School", primary_key=True, index=True),
    value("year", SmallInteger, "Year in which the school year begins", primary_key=True),
    value("part", String, "whole, or the code of a dimension or tier", primary_key=True),
    maybe("score", Double, "Score from 0 to 100; empty: too little is known"),
    value("known_pct", Double, "Weight of the indicators that are known", least=0),
    schema=OPEN,
    comment="Scores of each school by year: whole, by dimension and by tier of indicators",
)

appraisal_rank = Table(
    "appraisal_rank",
    metadata,
    refer("run_id", "run", "Run", primary_key=True),
    refer("school_id", "school", "School", primary_key=True, index=True),
    value("year", SmallInteger, "Year in which the school year begins", primary_key=True),
    value("school_group", String, "Group of schools that are ranked among each other"),
    value("ranked", Integer, "Schools of the group that have a rank", least=1),
    value("rank", Integer, "Rank, 1 for the best; equal scores share it", least=1),
    value("stays_pct", Double, "Share of varied weightings in which the rank is the same", least=0),
    value("rank_low", Integer, "Best rank of the interval", least=1),
    value("rank_high", Integer, "Worst rank of the interval", least=1),
    schema=OPEN,
    comment="Ranks of schools, never without how far they rest on the weights",
)

appraisal_peer = Table(
    "appraisal_peer",
    metadata,
    refer("run_id", "run", "Run", primary_key=True),
    refer("school_id", "school", "School", primary_key=True, index=True),
    refer("peer_id", "school", "A school that is like it", primary_key=True, index=True),
    value("place", SmallInteger, "1 for the most similar"),
    value("distance", Double, "How unlike they are in size, place and intake", least=0),
    schema=OPEN,
    comment="Similar schools, to which each is compared",
)
