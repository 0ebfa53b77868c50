"""Teachers: the register, and what is counted, expected and proposed from it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Double,
    Integer,
    SmallInteger,
    String,
    Table,
    UniqueConstraint,
)

from gis.tables.columns import OPEN, PERSONAL, key, maybe, metadata, refer, value

teacher = Table(
    "teacher",
    metadata,
    key("Teacher"),
    refer("district_id", "district", "District"),
    refer("school_id", "school", "School of service, or the last one", index=True),
    value("code", String, "Pseudonym, stable over the years"),
    value("sex", String, "female or male"),
    value("born_on", Date, "Date of birth; of the day at least the month is right"),
    value("stage", String, "Stage of education that is taught"),
    value("subject", String, "Subject of the profile's lesson plan"),
    maybe("second_subject", String, "Further subject that is taught"),
    maybe("second_pct", SmallInteger, "Share of the work that it takes", least=0, most=100),
    value("post_pct", SmallInteger, "Share of a whole post", least=1, most=100),
    value("degree", String, "One of the profile's degrees"),
    value("title", String, "One of the profile's titles (职称)"),
    value("backbone", String, "One of the profile's levels of backbone teachers (骨干)"),
    value("entered_on", Date, "First day in the district's service"),
    value("at_school_since", Date, "First day at the school"),
    maybe("left_on", Date, "Last day in the district's service; empty while in service"),
    UniqueConstraint("district_id", "code"),
    CheckConstraint("sex in ('female', 'male')", name="sex"),
    CheckConstraint("entered_on >= born_on", name="entered_order"),
    CheckConstraint("at_school_since >= entered_on", name="school_order"),
    CheckConstraint("left_on >= at_school_since", name="left_order"),
    schema=PERSONAL,
    comment="Teachers of the district's schools, those who left in past years included",
)

teacher_count = Table(
    "teacher_count",
    metadata,
    refer("run_id", "run", "Run", primary_key=True),
    refer("school_id", "school", "School", primary_key=True, index=True),
    value("stage", String, "Stage of education", primary_key=True),
    value(
        "sort",
        String,
        "all, sex, age, degree, title, backbone, tenure, subject; is_qualified, is_senior,"
        " is_backbone",
        primary_key=True,
    ),
    value("code", String, "Code of the sort; of bands the lower end", primary_key=True),
    value("teachers", Integer, "Teachers in service on the data date", least=1),
    schema=OPEN,
    comment="Teachers of each school by what is known of them; small cells",
)

teacher_year = Table(
    "teacher_year",
    metadata,
    refer("run_id", "run", "Run", primary_key=True),
    value("stage", String, "Stage of education", primary_key=True),
    value("year", SmallInteger, "Year in which the school year begins", primary_key=True),
    value("sort", String, "all, sex, degree, title, backbone or subject", primary_key=True),
    value("code", String, "Code of the sort", primary_key=True),
    value("teachers", Integer, "Teachers in service in the year", least=0),
    value("entered_teachers", Integer, "Of them new in the district", least=0),
    value("left_teachers", Integer, "Teachers who left in the year", least=0),
    schema=OPEN,
    comment="Teachers, intakes and departures of the district by school year; small cells",
)


def _list_posts() -> list[Column[Any]]:
    """Columns of posts that are needed and filled."""
    return [
        value("stage", String, "Stage of education", primary_key=True),
        value("subject", String, "Subject of the lesson plan", primary_key=True),
        value("year", SmallInteger, "Year in which the school year begins", primary_key=True),
        value("demand_posts", Double, "Posts that the lesson plan needs", least=0),
        value("supply_posts", Double, "Posts filled by today's teachers", least=0),
        value("missing_posts", Integer, "Teachers who are missing", least=0),
        value("spare_posts", Integer, "Whole posts above the need", least=0),
        maybe("cover_pct", Double, "Filled posts per 100 needed; empty where none are needed"),
        value("level", String, "none, yellow or red"),
    ]


_LEVELS = "level in ('none', 'yellow', 'red')"

teacher_post = Table(
    "teacher_post",
    metadata,
    refer("run_id", "run", "Run", primary_key=True),
    refer("school_id", "school", "School", primary_key=True, index=True),
    *_list_posts(),
    CheckConstraint(_LEVELS, name="level"),
    schema=OPEN,
    comment="Posts needed and filled by school and subject, in the year of the register",
)

teacher_post_ahead = Table(
    "teacher_post_ahead",
    metadata,
    refer("run_id", "run", "Run", primary_key=True),
    refer("school_id", "school", "School", primary_key=True, index=True),
    *_list_posts(),
    value("retired_posts", Double, "Posts whose teachers have retired since the register"),
    CheckConstraint(_LEVELS, name="level"),
    schema=OPEN,
    comment="Posts needed, and still filled if nobody is hired, in years ahead; tells who retires",
)

teacher_rotation = Table(
    "teacher_rotation",
    metadata,
    refer("run_id", "run", "Run", primary_key=True),
    value("stage", String, "Stage of education", primary_key=True),
    value("subject", String, "Subject", primary_key=True),
    value("missing_posts", Integer, "Teachers missing at its schools", least=0),
    value("movable_posts", Integer, "Teachers who may go and can be spared", least=0),
    value("cleared_posts", Integer, "Missing teachers who arrive; each is one move", least=0),
    value("most_cleared_posts", Integer, "No proposal clears more", least=0),
    value("distance_m", Double, "Sum of the ways of all who move", least=0),
    value("least_distance_m", Double, "No proposal that clears as many has less"),
    value("is_optimal", Boolean, "Whether both bounds are reached"),
    value("limit_m", Double, "Longest way of a move", least=0),
    schema=OPEN,
    comment="What an exchange of teachers can clear, by stage and subject, with its proof",
)

teacher_move = Table(
    "teacher_move",
    metadata,
    refer("run_id", "run", "Run", primary_key=True),
    value("stage", String, "Stage of education", primary_key=True),
    value("subject", String, "Subject", primary_key=True),
    refer("from_school_id", "school", "School that gives", primary_key=True, index=True),
    refer("to_school_id", "school", "School that takes", primary_key=True, index=True),
    value("teachers", Integer, "Teachers who move", least=1),
    value("distance_m", Double, "Way between the schools", least=0),
    schema=OPEN,
    comment="Proposed exchange of teachers between schools (交流轮岗)",
)
