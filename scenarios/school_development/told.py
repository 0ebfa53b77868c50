"""An appraisal as panels, commands and paper tell it: stored, or tried by another scheme."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import pandas as pd
from sqlalchemy import Connection

from catchments.appraisal.appraising import Appraisal
from catchments.appraisal.findings import compare_peers, find_strengths, measure_changes
from catchments.appraisal.scheme import WHOLE, Scheme
from catchments.profile import Profile
from gis.database import read_table
from gis.errors import UsageError
from gis.runs import find_newest_run
from scenarios.district import District
from scenarios.school_development.appraise import KIND, appraise_by, read_scheme, read_schools

_NAMES = ["school_id", "school_code", "school_name_zh", "school_name_en", "kind"]


@dataclass(frozen=True, eq=False)
class ToldAppraisal:
    """An appraisal with the names of its schools.

    Parameters
    ----------
    schools
        school_id, school_code, school_name_zh, school_name_en, kind.
    run_id
        Run that stored it; nothing where a scheme is only tried.
    """

    scheme: Scheme
    appraisal: Appraisal
    schools: pd.DataFrame
    run_id: int | None

    @cached_property
    def years(self) -> list[int]:
        """Years that are appraised, in order."""
        return sorted(int(year) for year in self.appraisal.parts["year"].unique())

    def check_year(self, year: int | None) -> int:
        """Return the year, by default the newest.

        Raises
        ------
        UsageError
            When schools were not appraised in it.
        """
        if year is None:
            return self.years[-1]
        if year not in self.years:
            known = ", ".join(map(str, self.years))
            raise UsageError(f"Schools are not appraised in {year}.", mend=f"Use {known}.")
        return year

    @cached_property
    def scores(self) -> pd.DataFrame:
        """Scores of all parts with the year before: before, change_points, course."""
        return measure_changes(self.appraisal.parts, self.scheme.thresholds)

    def list_ranking(self, year: int) -> pd.DataFrame:
        """List the schools of a year by group and rank; those without a rank last.

        Returns
        -------
        DataFrame
            school_id, its code, names and kind, score, known_pct, before, change_points, course,
            school_group, ranked, rank, stays_pct, rank_low, rank_high.
        """
        whole = self.scores[(self.scores["part"] == WHOLE) & (self.scores["year"] == year)]
        ranks = self.appraisal.ranks.drop(columns="year")[self.appraisal.ranks["year"] == year]
        rows = whole.drop(columns=["part", "year"]).merge(ranks, on="school_id", how="left")
        rows = rows.merge(self.schools[_NAMES], on="school_id")
        group = rows["kind"].map(self.scheme.find_group)
        order = {one.code: at for at, one in enumerate(self.scheme.groups)}
        return rows.assign(school_group=group, order=group.map(order)).sort_values(
            ["order", "rank", "school_code"], na_position="last", ignore_index=True
        )

    def compare_parts(self, year: int) -> pd.DataFrame:
        """Set the scores of a year beside the middle ones of the peers; see `compare_peers`."""
        chosen = self.scores[self.scores["year"] == year]
        return compare_peers(chosen, self.appraisal.peers)

    def compare_points(self, year: int) -> pd.DataFrame:
        """Set the points of each indicator of a year beside the middle ones of the peers."""
        points = self.appraisal.points
        told = points[points["year"] == year].rename(columns={"indicator": "part"})
        return compare_peers(told.rename(columns={"points": "score"}), self.appraisal.peers)

    def find_strengths(self, year: int) -> pd.DataFrame:
        """Find strengths and weaknesses of every school in a year."""
        return find_strengths(self.compare_points(year), self.scheme)


def read_told(
    connection: Connection,
    district: District,
    *,
    year: int | None = None,
    school_id: int | None = None,
) -> ToldAppraisal | None:
    """Read the newest stored appraisal; nothing where schools have not been appraised.

    Parameters
    ----------
    year, school_id
        Of which year, and of which school and its peers, points of indicators are read; by
        default of all.
    """
    run_id = find_newest_run(connection, district_id=district.id, kind=KIND)
    scheme = read_scheme(connection, district)
    if run_id is None or scheme is None:
        return None
    asked = {"year": year, "school_id": school_id}
    appraisal = Appraisal(
        read_table(connection, "appraisal_points", run_id=run_id, **asked),
        read_table(connection, "appraisal_parts", run_id=run_id),
        read_table(connection, "appraisal_ranks", run_id=run_id),
        read_table(connection, "appraisal_peers", run_id=run_id),
    )
    return ToldAppraisal(scheme, appraisal, read_schools(connection, district), run_id)


def try_scheme(connection: Connection, district: District, scheme: Scheme) -> ToldAppraisal:
    """Appraise the schools by a scheme of a file; nothing is stored.

    Raises
    ------
    UsageError
        When nothing was found at the schools that it appraises.
    """
    appraisal = appraise_by(connection, district, scheme)
    if appraisal.parts.empty:
        raise UsageError(
            f"Nothing is known that scheme {scheme.code} asks for.",
            mend="Load a dataset appraisal_score with its indicators, or name facts.",
        )
    return ToldAppraisal(scheme, appraisal, read_schools(connection, district), None)


def choose_group(scheme: Scheme, profile: Profile, stage: str) -> str:
    """Choose the group that teaches a stage: by the first of its kinds that is in one."""
    for kind in profile.get_stage(stage).kinds:
        group = scheme.find_group(kind)
        if group is not None:
            return group
    return scheme.groups[0].code
