"""Exchange of teachers between schools over the streets of the district, subject by subject."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sqlalchemy import Connection

from catchments.teacher_rules import Rotation
from catchments.teachers.retirement import Months
from catchments.teachers.rotation import Proposal, propose_moves, select_movable
from gis.crs import to_metric
from gis.database import read_features
from scenarios.district import District
from scenarios.enrolment_warning.admission.walks import measure_ways, read_network

_MOVES = ["from_school_id", "to_school_id", "teachers", "distance_m"]


@dataclass(frozen=True, eq=False)
class Exchange:
    """What an exchange proposes.

    Attributes
    ----------
    subjects
        Columns of table teacher_rotation without the run: one row a stage and subject of which
        teachers are missing.
    moves
        stage, subject, from_school_id, to_school_id, teachers, distance_m.
    movable
        Who may be asked to go, index of the teachers.
    """

    subjects: pd.DataFrame
    moves: pd.DataFrame
    movable: pd.Series


def propose_exchange(
    connection: Connection,
    district: District,
    serving: pd.DataFrame,
    retires: Months,
    posts: pd.DataFrame,
    rotation: Rotation,
) -> Exchange:
    """Propose the fewest moves, then the shortest, for every stage and subject by itself.

    Parameters
    ----------
    serving
        Columns of ``queries/teachers.sql``.
    retires
        Month of retirement of each.
    posts
        As :func:`catchments.teachers.posts.compare_posts` returns them.
    rotation
        Who may go and how far; the profile's or as it was asked for.
    """
    rules = district.profile.teachers.model_copy(update={"rotation": rotation})
    movable = select_movable(serving, retires, rules, day=district.profile.data_date)
    able = serving[movable].groupby(["school_id", "stage", "subject"]).size().rename("movable")
    places = posts.join(able, on=["school_id", "stage", "subject"])
    places = places.assign(
        missing=places["missing_posts"],
        spare=np.minimum(places["spare_posts"], places["movable"].fillna(0)).astype(int),
    )
    if rotation.public_only:
        # ASSUMPTION: a private school hires its own; it takes no more than it gives.
        public = serving.drop_duplicates("school_id").set_index("school_id")["public"]
        is_public = places["school_id"].map(public).fillna(value=False).astype(bool)
        places = places[is_public]
    ids = np.sort(places["school_id"].unique())
    way_m = _measure_ways(connection, district, ids, rotation) if len(ids) else np.zeros((0, 0))
    subjects, moves = [], []
    for (stage, subject), mine in places.groupby(["stage", "subject"]):
        if mine["missing"].sum() == 0:
            continue
        at = np.searchsorted(ids, mine["school_id"].to_numpy())
        found = propose_moves(mine, way_m[np.ix_(at, at)], limit_m=rotation.limit_m)
        named = {"stage": str(stage), "subject": str(subject)}
        subjects.append({**named, **_describe(found, mine, rotation)})
        moves.append(found.moves.assign(**named))
    every = pd.concat(moves) if moves else pd.DataFrame(columns=["stage", "subject", *_MOVES])
    return Exchange(pd.DataFrame(subjects, columns=_SUBJECTS), every, movable)


_SUBJECTS = [
    "stage",
    "subject",
    "missing_posts",
    "movable_posts",
    "cleared_posts",
    "most_cleared_posts",
    "distance_m",
    "least_distance_m",
    "is_optimal",
    "limit_m",
]


def _describe(found: Proposal, places: pd.DataFrame, rotation: Rotation) -> dict[str, object]:
    return {
        "missing_posts": found.missing,
        "movable_posts": int(places["spare"].sum()),
        "cleared_posts": found.cleared,
        "most_cleared_posts": found.proof.most_cleared,
        "distance_m": found.distance_m,
        "least_distance_m": found.proof.least_distance_m,
        "is_optimal": found.proof.is_optimal,
        "limit_m": rotation.limit_m,
    }


def _measure_ways(
    connection: Connection, district: District, ids: NDArray[np.int64], rotation: Rotation
) -> NDArray[np.float64]:
    """Measure the ways between the gates of schools, shape (n, n), in metres."""
    schools = read_features(connection, "teacher_schools", ids=ids.tolist())
    walking = district.profile.walking
    if rotation.way == "driving":
        walking = walking.model_copy(update={"main_classes": []})
    network = read_network(connection, district, walking)
    gates = np.asarray(to_metric(schools["geom"], district.profile.metric_srid))
    return measure_ways(network, gates, gates)
