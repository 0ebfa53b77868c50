"""District profile: every number and name of a district that is a setting, not code."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import tomllib
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError, model_validator

from catchments.address_rules import Addresses
from catchments.attainment_rules import AttainmentRules, GrowthRuleFile
from catchments.balance_rules import Balance as Balance  # noqa: PLC0414  (told on)
from catchments.balance_rules import Indicator as Indicator  # noqa: PLC0414
from catchments.network_rules import Network
from catchments.notice_rules import NoticeRules
from catchments.profile_part import Named as Named  # noqa: PLC0414
from catchments.profile_part import Part
from catchments.stewardship_rules import Stewardship
from catchments.surface_rules import Accessibility, Surfaces
from catchments.teacher_rules import TeacherRules
from gis.errors import UsageError
from gis.ingest.files import Source

MonthDay = Annotated[str, Field(pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$")]


class View(Part):
    """Where the map opens: degrees, zoom of Web Mercator tiles, degrees."""

    longitude: float = Field(ge=-180, le=180)
    latitude: float = Field(ge=-90, le=90)
    zoom: float = Field(ge=0, le=20)
    pitch: float = Field(45, ge=0, le=60)
    bearing: float = 0


class Years(Part):
    """School years (by the year in which they begin) that the district shows."""

    first: int
    last: int
    shown: int = Field(description="Year that the cockpit and commands start from")

    @model_validator(mode="after")
    def _ordered(self) -> Years:
        if not self.first <= self.shown <= self.last:
            raise ValueError("years must satisfy first <= shown <= last")
        return self

    def list_all(self) -> list[int]:
        """Return every year from first to last."""
        return list(range(self.first, self.last + 1))


class Stage(Named):
    """A stage of education (学段) and how its children and seats are set side by side."""

    grades: int = Field(ge=1)
    kinds: list[str] = Field(description="School kinds that teach the stage")
    entry_age: int | None = Field(
        None, description="Full years on the cut-off day of the entry year; empty: no age window"
    )
    graduates_of: str | None = Field(
        None,
        description="Stage whose graduates enter, where the register of seats knows them; empty:"
        " the age window",
    )
    demand: Literal["register", "unit"] = Field(
        "register", description="Children counted in the register, or loaded by planning unit"
    )
    against: Literal["entry_seats", "seats"] = Field(
        "entry_seats", description="Seats the children are set against"
    )
    catchments: bool = Field(True, description="Whether its schools have catchments")
    design_class: int = Field(45, ge=1, description="Pupils of a class by design")
    radius_m: float | None = Field(None, description="Service radius on foot, metres")


class Warning(Part):
    """Enrolment warning. SOURCE: 浙教基〔2018〕100号."""

    counted: Literal["registered_children", "children"] = "registered_children"
    yellow_from_pct: float = 90
    red_from_pct: float = 100
    published_years: int = Field(
        3, ge=0, description="Years after the year shown whose warnings are published"
    )
    beyond_radius_from_pct: float = Field(
        50, description="Share of children beyond the service radius that is told as too many"
    )

    @model_validator(mode="after")
    def _ordered(self) -> Warning:
        if not self.yellow_from_pct <= self.red_from_pct:
            raise ValueError("yellow_from_pct must not lie above red_from_pct")
        return self


class ClassSize(Part):
    """Class sizes by pupils (大班额). Without stages no class is rated."""

    stages: list[str] = Field([], description="Stages whose classes are rated")
    large_from: int = Field(46, description="Pupils of a large class, above the design class")
    oversized_from: int = Field(56, description="Pupils of an oversized class (大班额)")
    extreme_from: int = Field(66, description="Pupils of an extremely oversized class (超大班额)")

    @model_validator(mode="after")
    def _ordered(self) -> ClassSize:
        if not self.large_from <= self.oversized_from <= self.extreme_from:
            raise ValueError("large_from, oversized_from and extreme_from must rise")
        return self


class Clearing(Part):
    """What it costs to clear a warning. ASSUMPTION throughout: orders of magnitude, not offers."""

    class_yuan: float = Field(600_000, ge=0, description="One more class in a standing building")
    boundary_yuan: float = Field(
        100_000, ge=0, description="Hearing and notices of a boundary that moves"
    )
    moved_child_yuan: float = Field(
        2_000, ge=0, description="Further cost of each child that a boundary moves"
    )
    bus_yuan_child_km: float = Field(1.5, ge=0, description="Bus, one child and kilometre")
    school_days: int = Field(195, ge=1, description="School days of a year")
    new_seat_yuan: float = Field(120_000, ge=0, description="One seat of a new school")
    time_limit_s: float = Field(3, gt=0, description="For the search of a boundary that moves")


class Walking(Part):
    """How streets are walked. ASSUMPTION: a crossing lies where a street meets a main road."""

    main_classes: list[str] = Field(
        ["main"], description="Road classes that are crossed at crossings only"
    )
    crossing_classes: list[str] = Field(
        ["secondary", "local"],
        description="Road classes whose junctions with these, like theirs with each other, are"
        " crossings",
    )
    isochrones_m: list[Annotated[float, Field(gt=0)]] = Field(
        [500, 1000, 1500], min_length=1, description="Upper limits of the bands, rising"
    )
    speed_kmh: float = Field(4.0, gt=0, description="Of a child on the flat; ASSUMPTION")

    @model_validator(mode="after")
    def _ordered(self) -> Walking:
        if self.isochrones_m != sorted(set(self.isochrones_m)):
            raise ValueError("isochrones_m must rise")
        return self


class ConstructionStage(Named):
    """One construction stage of a building and its weight in the overall progress."""

    weight: float = Field(ge=0)
    raises_building: bool = Field(False, description="Whether the building gains height in it")


class Pace(Part):
    """How expected completion is simulated from the pace so far. ASSUMPTION: all of it is ours."""

    draws: int = Field(2000, ge=100, description="Simulated courses of each project")
    seed: int = Field(1, ge=0, description="Seed of the draws")
    interval_pct: float = Field(80, gt=0, lt=100, description="Share of the courses inside")
    prior_spread: float = Field(
        0.12, gt=0, description="Spread of the logarithm of actual by planned days, before data"
    )
    prior_stages: float = Field(
        4, gt=0, description="Finished stages that weigh as much as what is assumed or pooled"
    )
    shared_pct: float = Field(
        60, ge=0, le=100, description="Share of the variance that all stages of a project share"
    )
    years: int = Field(10, ge=1, description="School years ahead for which chances are told")


class Construction(Part):
    """Construction stages in order; weights sum to one."""

    stages: list[ConstructionStage] = Field([])
    late_after_days: int = Field(30, description="Delay beyond which a project counts as late")
    ready_before: MonthDay = Field(
        "08-15", description="Last day to be completed to open in September"
    )
    paid_ahead_pct: float = Field(
        15, gt=0, description="Points of money paid above work done beyond which it is flagged"
    )
    pace: Pace = Pace()

    @model_validator(mode="after")
    def _weights(self) -> Construction:
        total = sum(stage.weight for stage in self.stages)
        if self.stages and abs(total - 1) > 1e-9:
            raise ValueError(f"weights of the construction stages sum to {total}, not to 1")
        return self


ScenarioCode = Literal["low", "middle", "high"]


class Scenario(Part):
    """How births and moves go on, per year."""

    births_change_pct: float = Field(
        0, gt=-100, description="Change of age-specific fertility a year"
    )
    migration_pct: float = Field(
        0, gt=-100, description="Children who come less those who leave, of a cohort, a year"
    )


class Errors(Part):
    """Standard errors of what no count tells, in per cent of a number. ASSUMPTION throughout."""

    migration_pct: float = Field(1.0, ge=0, description="Of a cohort, a year, district-wide")
    own_migration_pct: float = Field(2.5, ge=0, description="Of a cohort, a year, per catchment")
    births_pct: float = Field(4.0, ge=0, description="Of births, a year further, district-wide")
    own_births_pct: float = Field(8.0, ge=0, description="Of births, per catchment")
    homes_pct: float = Field(30.0, ge=0, description="Of the children of homes to come")
    turnover_pct: float = Field(
        6.0, ge=0, le=100, description="Children who come or leave a year; each is chance"
    )


class Forecast(Part):
    """Forecast of children and pupils."""

    horizon: int = Field(10, ge=1, le=30, description="Years, from the first year shown")
    draws: int = Field(1000, ge=100, le=100_000, description="Simulated futures")
    seed: int = 1
    recent_years: int = Field(3, ge=1, description="Years whose births and entries count as usual")
    scenarios: dict[ScenarioCode, Scenario] = Field(
        {"low": Scenario(), "middle": Scenario(), "high": Scenario()}, min_length=1
    )
    fertility: dict[int, float] = Field(
        {15: 2, 20: 30, 25: 80, 30: 65, 35: 28, 40: 5, 45: 0.3},
        description="Births a year per 1000 women by first year of age of the group; only their"
        " proportions count, the level is measured",
    )
    compulsory: list[str] = Field(
        ["primary", "junior"],
        description="Stages that every child attends: their grades tell who comes and leaves",
    )
    occupancy: list[Annotated[float, Field(ge=0, le=1)]] = Field(
        [0.35, 0.30, 0.20, 0.15],
        min_length=1,
        description="Share of new homes that fills in each year from completion; ASSUMPTION",
    )
    from_district_pct: float = Field(
        60, ge=0, le=100, description="Share of the children in new homes who move within"
    )
    homes_since_years: int = Field(
        8, ge=1, description="Age of the dwellings that tell how many children new ones have"
    )
    errors: Errors = Errors()

    @model_validator(mode="after")
    def _whole(self) -> Forecast:
        if abs(sum(self.occupancy) - 1) > 1e-9:
            raise ValueError(f"shares of occupancy sum to {sum(self.occupancy)}, not to 1")
        if "middle" not in self.scenarios:
            raise ValueError("scenario middle is missing")
        if set(self.fertility) - set(range(15, 50, 5)) or min(self.fertility.values()) < 0:
            raise ValueError("fertility is told for ages 15, 20, … 45, and never negative")
        return self


class Sample(Part):
    """Generator of synthetic data: ``module:function`` called with scale and seed."""

    generator: str = Field(pattern=r"^[\w.]+:\w+$")
    elevation: str | None = Field(
        None,
        pattern=r"^[\w.]+:\w+$",
        description="Called with the seed, returns heights; empty: the ground is flat",
    )
    seed: int
    small_scale: float = 0.1


class Profile(Named):
    """A district: names, datum, years, stages, rules, and where its data comes from."""

    adcode: str | None = None
    metric_srid: int
    data_date: dt.date
    synthetic: bool
    source: str
    licence: str
    default_plan: str
    minimum_cell: int = Field(5, description="Cells under so many children are suppressed")
    cutoff: MonthDay = Field("08-31", description="Month and day by which an age must be reached")
    locate_by: list[Literal["registered", "residence"]] = Field(
        ["registered", "residence"], description="Which dwelling locates a child, first known wins"
    )
    view: View
    years: Years
    stages: list[Stage]
    warning: Warning = Warning()
    class_size: ClassSize = ClassSize()
    clearing: Clearing = Clearing()
    walking: Walking = Walking()
    construction: Construction = Construction()
    balance: Balance = Balance()
    forecast: Forecast = Forecast()
    addresses: Addresses = Addresses()
    notice: NoticeRules = NoticeRules()
    accessibility: Accessibility = Accessibility()
    surfaces: Surfaces = Surfaces()
    network: Network = Network()
    growth: GrowthRuleFile = GrowthRuleFile()
    attainment: AttainmentRules = AttainmentRules()
    teachers: TeacherRules = TeacherRules()
    stewardship: Stewardship = Stewardship()
    sample: Sample | None = None
    sources: list[Source] = Field([])

    @model_validator(mode="after")
    def _known_stages(self) -> Profile:
        known = [stage.code for stage in self.stages]
        twice = sorted({code for code in known if known.count(code) > 1})
        if twice:
            raise ValueError(f"two stages have the code {', '.join(twice)}")
        self._check_feeding(set(known))
        balance = self.balance
        named = {*balance.variation_limit}.union(
            *balance.split.values(), *(one.standard for one in balance.indicators)
        )
        if named - set(known):
            raise ValueError(
                f"balance names stages that do not exist: {', '.join(sorted(named - set(known)))}"
            )
        return self

    def _check_feeding(self, known: set[str]) -> None:
        """Refuse graduates of a stage that is none, or of the stage itself."""
        for stage in self.stages:
            if stage.graduates_of is not None and (
                stage.graduates_of == stage.code or stage.graduates_of not in known
            ):
                raise ValueError(
                    f"stage {stage.code} cannot take the graduates of {stage.graduates_of}"
                )
        if set(self.class_size.stages) - known:
            raise ValueError("class_size names stages that do not exist")
        if set(self.accessibility.reach_m) - known:
            raise ValueError("accessibility names stages that do not exist")
        self._check_lessons()

    def _check_lessons(self) -> None:
        """Refuse lessons of stages that do not exist, or of other grades than theirs."""
        grades = {stage.code: stage.grades for stage in self.stages}
        for subject in self.teachers.subjects:
            for stage, lessons in subject.lessons.items():
                if grades.get(stage) != len(lessons):
                    raise ValueError(
                        f"subject {subject.code} tells lessons of {len(lessons)} grades of stage"
                        f" {stage}, which has {grades.get(stage, 'none')}"
                    )

    @cached_property
    def version(self) -> str:
        """Digest of the whole profile: the rule version that results refer to."""
        text = json.dumps(self.model_dump(mode="json"), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def list_locating(self) -> dict[str, str]:
        """Return which dwelling locates a child, first and second, as queries are asked for it."""
        first, second = [*self.locate_by, "", ""][:2]
        return {"locate_first": first, "locate_second": second}

    def get_stage(self, code: str) -> Stage:
        """Return the stage of that code.

        Raises
        ------
        UsageError
            When the profile has no such stage.
        """
        for stage in self.stages:
            if stage.code == code:
                return stage
        known = ", ".join(stage.code for stage in self.stages)
        raise UsageError(
            f"District {self.code} has no stage '{code}'.", mend=f"Use one of {known}."
        )

    def list_catchment_stages(self) -> list[Stage]:
        """Return the stages whose schools have catchments, in order of age."""
        return [stage for stage in self.stages if stage.catchments]


def parse_profile(content: dict[str, Any], *, origin: str) -> Profile:
    """Check the content of a profile.

    Raises
    ------
    UsageError
        Naming every key that is wrong and the file it stands in.
    """
    try:
        return Profile.model_validate(content)
    except ValidationError as error:
        wrong = "; ".join(
            f"{'.'.join(str(part) for part in item['loc'])}: {item['msg']}"
            for item in error.errors()
        )
        raise UsageError(f"Profile {origin} is wrong: {wrong}.", mend="Mend these keys.") from error


def load_profile(path: Path) -> Profile:
    """Read a district profile from a TOML file.

    Raises
    ------
    UsageError
        When the file is missing, no TOML, or has wrong or unknown keys.
    """
    try:
        with path.open("rb") as file:
            content = tomllib.load(file)
    except OSError as error:
        raise UsageError(
            f"Profile {path} cannot be read: {error.strerror}.",
            mend="Name an existing profile.toml with --profile.",
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(
            f"Profile {path} is no valid TOML: {error}.", mend="Mend that line."
        ) from error
    return parse_profile(content, origin=str(path))
