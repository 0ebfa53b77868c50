"""The little town with guardians, owners and seats used: one child of every fate.

Primary 2026 under the rules of Ouhai; A has two seats, B five.

    c01  A  registered and owning                     seated, first
    c02  A  the same, but its dwelling is locked      placed at B
    c03  A  registered and owning                     seated, second
    c04  A  migrant without points                    no seat left: placed at B
    c05, c06, c07  B                                  seated
    c08  registered outside every catchment           for a person
    c09  no address at all                            for a person
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from gis.settings import PROJECT_ROOT
from tests.town import build_frames

RULES = PROJECT_ROOT / "data" / "districts" / "ouhai" / "admission_2026.yaml"
OTHER_RULES = RULES.with_name("admission_two_batches.yaml")
FATES = {
    "c01": ("seated", "A"),
    "c02": ("placed", "B"),
    "c03": ("seated", "A"),
    "c04": ("placed", "B"),
    "c05": ("seated", "B"),
    "c06": ("seated", "B"),
    "c07": ("seated", "B"),
    "c08": ("exception", None),
    "c09": ("exception", None),
}
REGISTERED_SINCE = {
    "h01": "2019-03-05",
    "h02": "2020-01-20",
    "h03": "2020-05-20",
    "h05": "2021-01-01",
}


def build_admission_frames() -> dict[str, pd.DataFrame]:
    """Return the town as a source delivers it, with what admission asks for."""
    frames = build_frames()
    children = frames["child"]
    children["identity_hash"] = [f"{number:064x}" for number in range(len(children))]
    homes = frames["household"]["code"]
    frames["household"]["registered_since"] = pd.to_datetime(
        homes.map(REGISTERED_SINCE).fillna("2020-06-30")
    )
    frames["guardian"] = pd.DataFrame(
        {"household_code": homes, "relation": "parent", "identity_hash": homes.map(name_owner)}
    )
    owned = frames["property_certificate"]
    owned["owner_hash"] = owned["property_unit_code"].str[:3].map(name_owner)
    frames["seat_use"] = pd.DataFrame(
        {
            "child_code": ["c10"],
            "household_code": ["h10"],
            "school_code": ["A"],
            "stage": ["primary"],
            "entered_year": [2023],
            "property_unit_code": ["h02 in 01"],
        }
    )
    seats = frames["seat"]
    for school, number in (("A", 2), ("B", 5)):
        rows = (seats["school_code"] == school) & (seats["year"] == 2026)
        seats.loc[rows & (seats["stage"] == "primary"), "entry_seats"] = number
    return frames


def name_owner(household: str) -> str:
    """Return the hashed identity of a household's parent."""
    return household.rjust(64, "f")


def write_rules(folder: Path, name: str, *changes: tuple[str, str]) -> Path:
    """Write the rules of Ouhai with some words changed; each must be there once."""
    text = RULES.read_text(encoding="utf-8")
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path
