"""Levels and reasons of placed addresses, as people say them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from gis.addresses.candidates import BIT
from layers.language import Language, msgid

LEVEL_WORDS = {
    "decided": msgid("Decided by a person"),
    "dwelling": msgid("To the dwelling"),
    "building": msgid("To the building"),
    "door": msgid("Door shared by buildings"),
    "between": msgid("Between two doors"),
    "estate": msgid("Estate or village group"),
    "road": msgid("Road only"),
    "community": msgid("Community only"),
    "subdistrict": msgid("Subdistrict only"),
    "none": msgid("Nothing was read"),
}
WHY_WORDS = {
    "ambiguous": msgid("Several places fit"),
    "doubtful": msgid("Something contradicts"),
    "coarse": msgid("Too coarse for a planning unit"),
    "elsewhere": msgid("Names another district"),
    "unknown": msgid("Nothing known is named"),
}
# Why no place was guessed, for whoever must decide.
WHY_SENTENCES = {
    "ambiguous": msgid("Two or more places are about as good; a person must choose."),
    "doubtful": msgid("The best place contradicts a part of the address."),
    "coarse": msgid("The address tells a road, community or subdistrict, but no planning unit."),
    "elsewhere": msgid("The address names another province, city or district."),
    "unknown": msgid("The address names nothing that the district's tables know."),
}
_EVIDENCE_WORDS = {
    "decided": msgid("decided by a person"),
    "house": msgid("estate and house agree"),
    "door": msgid("street and number agree"),
    "between": msgid("placed between two doors of the same side"),
    "estate": msgid("the name of the estate or village group agrees"),
    "road": msgid("only the road is known"),
    "community": msgid("only the community is known"),
    "subdistrict": msgid("only the subdistrict is known"),
    "slip": msgid("a slip in a name was mended"),
    "unread": msgid("some words stand for nothing known"),
    "suffix": msgid("another suffix of the number"),
    "no_room": msgid("the building has no such room"),
    "no_house": msgid("there is no such number"),
    "other_community": msgid("another community is written"),
    "other_subdistrict": msgid("another subdistrict is written"),
    "other_door": msgid("another door is written"),
    "other_estate": msgid("another estate or house is written"),
    "vague": msgid("a place nearby is meant"),
}


def word_reasons(answers: pd.DataFrame, language: Language) -> np.ndarray:
    """Tell in words why each address got its answer; the same evidence is worded once.

    Examples
    --------
    >>> from layers.language import load_language
    >>> rows = pd.DataFrame({"evidence": [3, 0], "why": ["", "unknown"], "mended": ["", ""]})
    >>> [one.split(".")[0] for one in word_reasons(rows, load_language("en"))]
    ['Estate and house agree; street and number agree', 'Nothing known is named']
    """
    both = pd.MultiIndex.from_frame(answers[["evidence", "why"]])
    codes, unique = pd.factorize(both)
    told = np.array([word_reason(int(bits), why, language) for bits, why in unique], dtype=object)
    worded = told[codes] if len(told) else np.array([], dtype=object)
    mended = answers["mended"].to_numpy(dtype=object)
    return (
        np.where(mended == "", worded, worded + language(": ") + mended) if len(worded) else worded
    )


def word_reason(evidence: int, why: str, language: Language) -> str:
    """Tell why one address got its answer."""
    _ = language
    words = [_(word) for name, word in _EVIDENCE_WORDS.items() if evidence & BIT[name]]
    text = _("; ").join(words)
    text = text[:1].upper() + text[1:]
    if not why:
        return text
    return f"{_(WHY_WORDS[why])}{_(': ')}{text}" if text else _(WHY_WORDS[why])
