"""Base of the parts of a district profile."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Part(BaseModel):
    """Base of the parts of a profile: immutable, unknown keys are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Named(Part):
    """Something with a code for programs and a name for people in two languages."""

    code: str
    name_zh: str
    name_en: str
