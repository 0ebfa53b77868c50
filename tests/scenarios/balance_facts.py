"""Facts of made-up schools, just at the standard where not told otherwise."""

from __future__ import annotations

from typing import Any

import pandas as pd

from catchments.profile import load_profile
from gis.settings import PROJECT_ROOT

PROFILE = load_profile(PROJECT_ROOT / "data" / "districts" / "ouhai" / "profile.toml")
OUHAI = PROFILE.balance
STANDARD = {
    "qualified_teachers": 4.2,
    "backbone_teachers": 1.0,
    "pe_arts_teachers": 0.9,
    "teaching_area_m2": 450.0,
    "sports_area_m2": 750.0,
    "equipment_yuan": 200_000.0,
    "multimedia_classrooms": 2.3,
}  # of a primary school of 100 pupils


def build_primary(rows: list[dict[str, Any]]) -> pd.DataFrame:
    """Build primary schools; each row tells pupils (by default 1000) and what is not as asked.

    What is not told is what the standard asks for that many pupils.
    """
    schools = []
    for number, told in enumerate(rows):
        pupils = told.get("pupils", 1000)
        asked = {name: amount * pupils / 100 for name, amount in STANDARD.items()}
        schools.append(
            {"school_id": number, "kind": "primary", "stage": "primary", "pupils": pupils}
            | asked
            | told
        )
    return pd.DataFrame(schools).astype(dict.fromkeys(STANDARD, float))
