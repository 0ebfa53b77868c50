"""What counts as found: the numbers by which an address is matched."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class MatchRules:
    """Scores of levels and what each disagreement costs; a full agreement scores 1.

    Parameters
    ----------
    least_score
        Below it a person decides.
    least_margin
        By how much an answer must beat the next one that means another place.
    single
        Only one of door on a street and house in an estate is written.
    slip
        One slip in a name, mended.
    unread
        Part of the text stands for nothing known.
    suffix
        The number agrees, its suffix (之1, 甲) does not.
    no_room
        The building has no such room.
    other_community, other_subdistrict, other_door
        The text names another one; the last also for another house or estate.
    no_estate
        The building that bears the door is of no estate, the text names one.
    vague
        The text means a place near the one that it names.
    between, estate, road, community, subdistrict
        Score of these levels, before anything disagrees.
    no_house
        The estate has no such house, the street no such number.
    most_gap
        Greatest difference of two door numbers between which a third is placed.
    """

    least_score: float
    least_margin: float
    single: float
    slip: float
    unread: float
    suffix: float
    no_room: float
    other_community: float
    other_subdistrict: float
    other_door: float
    no_estate: float
    vague: float
    between: float
    estate: float
    road: float
    community: float
    subdistrict: float
    no_house: float
    most_gap: int
