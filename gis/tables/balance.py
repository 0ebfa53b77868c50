"""Balance of resources: inequality, clusters, years, warnings and what it would take."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Double,
    Index,
    Integer,
    SmallInteger,
    String,
    Table,
)

from gis.tables.columns import OPEN, maybe, metadata, refer, value

_CLUSTERS = "cluster in ('high_high', 'low_low', 'high_low', 'low_high', 'none')"

balance_inequality = Table(
    "balance_inequality",
    metadata,
    refer("run_id", "run", "Run", primary_key=True),
    value("stage", String, "Stage", primary_key=True),
    value("indicator", String, "Resource indicator", primary_key=True),
    value("schools", Integer, "Schools with a value", least=0),
    maybe("mean", Double, "Mean by pupils"),
    maybe("gini", Double, "Gini coefficient, weighted by pupils"),
    maybe("theil", Double, "Theil index, weighted by pupils"),
    maybe("theil_subdistricts", Double, "Part of it that lies between subdistricts"),
    maybe("theil_urban", Double, "Part of it that lies between urban and rural schools"),
    maybe("moran", Double, "Moran's I; empty with fewer than three schools or equal values"),
    maybe("moran_expected", Double, "What chance gives on average"),
    maybe("moran_p", Double, "How likely chance is, both sides, by permutation"),
    schema=OPEN,
    comment="Inequality between schools, by stage and indicator",
)

balance_group = Table(
    "balance_group",
    metadata,
    refer("run_id", "run", "Run", index=True),
    value("stage", String, "Stage"),
    value("indicator", String, "Resource indicator"),
    value("grouping", String, "subdistrict or urban"),
    refer("subdistrict_id", "subdistrict", "Subdistrict", nullable=True, index=True),
    maybe("urban", Boolean, "Urban or rural, where grouped so"),
    value("schools", Integer, "Schools with a value", least=1),
    value("pupils", Integer, "Their pupils", least=1),
    value("mean", Double, "Mean by pupils"),
    value("theil_between", Double, "Its term of Theil between groups; below the mean negative"),
    value("theil_within", Double, "Its term of the Theil part within groups"),
    CheckConstraint("grouping in ('subdistrict', 'urban')", name="grouping"),
    CheckConstraint("(grouping = 'subdistrict') = (subdistrict_id is not null)", name="group"),
    schema=OPEN,
    comment="Inequality between areas: subdistricts, urban and rural",
)

balance_spot = Table(
    "balance_spot",
    metadata,
    refer("run_id", "run", "Run", primary_key=True),
    refer("school_id", "school", "School", primary_key=True, index=True),
    value("stage", String, "Stage", primary_key=True),
    value("indicator", String, "Resource indicator", primary_key=True),
    maybe("moran", Double, "Local Moran's I; empty where nothing can be measured"),
    value("p", Double, "How likely chance is, both sides, by conditional permutation"),
    value("cluster", String, "high_high, low_low, high_low, low_high, or none"),
    CheckConstraint(_CLUSTERS, name="cluster"),
    schema=OPEN,
    comment="Schools among others like or unlike them (hot and cold spots)",
)

balance_year = Table(
    "balance_year",
    metadata,
    refer("run_id", "run", "Run", primary_key=True),
    value("stage", String, "Stage", primary_key=True),
    value("indicator", String, "Resource indicator", primary_key=True),
    value("year", SmallInteger, "Year in which the school year begins", primary_key=True),
    value("is_forecast", Boolean, "Whether pupils are forecast and resources held"),
    value("schools", Integer, "Schools with pupils", least=0),
    value("met", Integer, "Schools at the standard", least=0),
    value("near", Integer, "Schools at 85 % or more", least=0),
    value("failed", Integer, "Schools below", least=0),
    value("missing", Integer, "Schools that do not report it", least=0),
    maybe("mean", Double, "Mean by pupils"),
    maybe("variation", Double, "Coefficient of variation weighted by enrolment"),
    maybe("limit", Double, "Greatest value of the standard"),
    schema=OPEN,
    comment="Resource indicators year by year, past and ahead",
)

balance_standing = Table(
    "balance_standing",
    metadata,
    refer("run_id", "run", "Run", primary_key=True),
    value("stage", String, "Stage", primary_key=True),
    value("year", SmallInteger, "Year in which the school year begins", primary_key=True),
    value("is_forecast", Boolean, "Whether pupils are forecast and resources held"),
    value("schools", Integer, "Schools with pupils", least=0),
    value("passed", Integer, "Schools that pass", least=0),
    value("not_passed", Integer, "Schools that do not", least=0),
    value("unknown", Integer, "Schools of which it cannot be said", least=0),
    schema=OPEN,
    comment="Schools that pass, year by year, past and ahead",
)

balance_warning = Table(
    "balance_warning",
    metadata,
    refer("run_id", "run", "Run"),
    value("stage", String, "Stage"),
    refer("school_id", "school", "School; empty: the stage", nullable=True, index=True),
    maybe("indicator", String, "Resource indicator; empty: the school as a whole"),
    value("year", SmallInteger, "Year in which the limit is crossed"),
    value("level", String, "red: crossed in the newest year; yellow: soon; none: later"),
    maybe("value", Double, "Value in that year; of a school as a whole the indicators met"),
    maybe("limit", Double, "Limit that is crossed"),
    Index(None, "run_id"),  # balance_warnings
    CheckConstraint("level in ('none', 'yellow', 'red')", name="level"),
    schema=OPEN,
    comment="Limits of resources that were crossed, or will be when resources stay",
)

balance_need = Table(
    "balance_need",
    metadata,
    refer("run_id", "run", "Run", primary_key=True),
    refer("school_id", "school", "School", primary_key=True, index=True),
    value("indicator", String, "Resource indicator", primary_key=True),
    value("amount", Double, "What is added: teachers, m², yuan, classrooms", least=0),
    value("cost_yuan", Double, "By the weights of the profile", least=0),
    schema=OPEN,
    comment="Least additions with which every school and the district pass",
)

balance_waiver = Table(
    "balance_waiver",
    metadata,
    refer("run_id", "run", "Run", primary_key=True),
    refer("school_id", "school", "School", primary_key=True, index=True),
    value("stage", String, "Stage", primary_key=True),
    value("indicator", String, "Resource indicator", primary_key=True),
    schema=OPEN,
    comment="Indicators that stay below the standard, at 85 % or more, in the least additions",
)

balance_solution = Table(
    "balance_solution",
    metadata,
    refer("run_id", "run", "Run", primary_key=True),
    value("year", SmallInteger, "Year of the resources"),
    value("cost_yuan", Double, "Cost of all additions", least=0),
    value("least_cost_yuan", Double, "What no others can cost less than", least=0),
    value("schools_only_yuan", Double, "Least cost that every school passes", least=0),
    value("is_even", Boolean, "Whether variations keep their limits with the additions"),
    value("unknown", Integer, "Schools of which it cannot be said even then", least=0),
    schema=OPEN,
    comment="How near to the least possible the additions are",
)
