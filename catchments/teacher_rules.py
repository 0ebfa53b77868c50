"""What a profile says of teachers: lesson plan, load, retirement, warnings, exchange of schools.

SOURCE of each number, and how sure it is: docs/methods/teachers.md.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from catchments.profile_part import Part

Positive = Annotated[float, Field(gt=0)]
Lessons = Annotated[float, Field(ge=0)]
Percent = Annotated[float, Field(ge=0, le=100)]
Bands = Annotated[list[Annotated[int, Field(gt=0)]], Field(min_length=1)]


class Level(Part):
    """One level of degrees, titles or backbone teachers; lists of them rise."""

    code: str
    name_zh: str
    name_en: str


class Subject(Level):
    """A subject of the lesson plan, by stage of education."""

    lessons: dict[str, list[Lessons]] = Field(
        description="Lessons a week of one class, one number a grade"
    )
    load: dict[str, Positive] = Field(description="Lessons a week of a whole post")
    class_teachers_pct: dict[str, Percent] = Field(
        {}, description="Share of the classes whose class teacher comes from the subject"
    )


class RetirementGroup(Part):
    """Who retires at which age, and how it is put off. The first group that fits counts."""

    sex: Literal["female", "male"]
    title_from: str | None = Field(None, description="Least title of the group; empty: any")
    age_years: int = Field(gt=0, description="Age before it is put off")
    months_per_delay: int = Field(
        4, ge=1, description="Months of birth that share one month of delay"
    )
    most_delay_months: int = Field(36, ge=0)


class Retirement(Part):
    """Statutory retirement. SOURCE: 国务院关于渐进式延迟法定退休年龄的办法 (2024)."""

    delayed_from: str = Field(
        "2025-01", pattern=r"^\d{4}-(0[1-9]|1[0-2])$", description="First month that is put off"
    )
    groups: list[RetirementGroup] = Field([])


class TeacherWarning(Part):
    """When a subject is short, in per cent of the posts that the lesson plan needs."""

    yellow_below_pct: float = 95
    red_below_pct: float = 85
    retiring_years: int = Field(5, ge=1, description="Years ahead whose retirements are told")
    retiring_from_pct: float = Field(
        25, ge=0, description="Share of a subject's posts that retires in them and is too much"
    )
    most_pupils: dict[str, Positive] = Field({}, description="Pupils per teacher, by stage")

    @model_validator(mode="after")
    def _ordered(self) -> TeacherWarning:
        if not self.red_below_pct <= self.yellow_below_pct:
            raise ValueError("red_below_pct must not lie above yellow_below_pct")
        return self


class Rotation(Part):
    """Who may be asked to change schools (交流轮岗), and how far."""

    limit_m: float = Field(8000, gt=0, description="Longest way between the two schools")
    way: Literal["driving", "walking"] = Field(
        "driving", description="Walking crosses main roads at crossings only"
    )
    least_years_at_school: float = Field(6, ge=0)
    least_years_to_retirement: float = Field(5, ge=0)
    least_post_pct: float = Field(100, ge=0, le=100)
    public_only: bool = True


class TeacherRules(Part):
    """Teachers; without subjects nobody's shortage is computed."""

    subjects: list[Subject] = Field([])
    class_teacher_post: float = Field(
        0.5, ge=0, description="What being a class teacher counts for, in posts"
    )
    missing_from: float = Field(
        0.5, ge=0, lt=1, description="A gap above so much of a post misses a further teacher"
    )
    degrees: list[Level] = Field([])
    qualified_from: dict[str, str] = Field(
        {}, description="Least degree above the required one, by stage"
    )
    titles: list[Level] = Field([])
    senior_from: str | None = Field(None, description="Least title that counts as senior")
    backbones: list[Level] = Field([])
    backbone_from: str | None = Field(None, description="Least level of backbone teachers")
    age_bands: Bands = Field([30, 40, 50], description="Lower ends of the bands above the first")
    tenure_bands: Bands = Field([3, 6, 12, 20], description="Years, likewise")
    leaves_pct: float = Field(
        1.0, ge=0, le=100, description="Teachers who leave a year otherwise than to retire"
    )
    retirement: Retirement = Retirement()
    warning: TeacherWarning = TeacherWarning()
    rotation: Rotation = Rotation()

    @model_validator(mode="after")
    def _known(self) -> TeacherRules:
        degrees = {one.code for one in self.degrees}
        titles = {one.code for one in self.titles}
        backbones = {one.code for one in self.backbones}
        asked: dict[str, tuple[list[str | None], set[str]]] = {
            "qualified_from": ([*self.qualified_from.values()], degrees),
            "senior_from": ([self.senior_from], titles),
            "backbone_from": ([self.backbone_from], backbones),
            "title_from": ([one.title_from for one in self.retirement.groups], titles),
        }
        for name, (named, known) in asked.items():
            strange = sorted({code for code in named if code is not None} - known)
            if strange:
                raise ValueError(f"{name} names {', '.join(strange)}, which is not listed")
        for bands in (self.age_bands, self.tenure_bands):
            if bands != sorted(set(bands)):
                raise ValueError("age_bands and tenure_bands must rise")
        for one in self.subjects:
            if set(one.lessons) - set(one.load):
                raise ValueError(f"subject {one.code} has lessons without a load")
        return self

    def list_stages(self) -> list[str]:
        """Return the stages that the lesson plan covers, in the order of its first subjects."""
        return list(dict.fromkeys(stage for one in self.subjects for stage in one.lessons))
