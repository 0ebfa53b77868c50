"""Which dataset a file is likely to be, told from its headers with the evidence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from gis.ingest.dictionary import list_datasets, read_words
from gis.ingest.mapping import suggest_mapping


@dataclass(frozen=True)
class Likeness:
    """How well the headers of a file fit a dataset.

    Parameters
    ----------
    known
        Headers of the file that the dataset has a column for.
    headers
        Headers of the file.
    missing
        Columns that the dataset must have and the file does not name.
    """

    dataset: str
    known: int
    headers: int
    missing: tuple[str, ...]

    @property
    def score(self) -> float:
        """Share of known headers, less a quarter for each column that is missing."""
        return self.known / max(self.headers, 1) - 0.25 * len(self.missing)


def rank_datasets(headers: Iterable[str], *, has_shapes: bool, most: int = 5) -> list[Likeness]:
    """Rank the datasets by how well the headers of a file fit them, the likeliest first.

    ASSUMPTION: a missing column counts as much against a dataset as a quarter of the headers for
    it. A dataset whose key the file does not hold is not listed; of equal ones the earlier in the
    order of loading stands first. It is a suggestion that a person confirms.

    Examples
    --------
    >>> headers = ["学校标识码", "学段", "年级", "学年", "学生数"]
    >>> [first, *_] = rank_datasets(headers, has_shapes=False)
    >>> first.dataset, first.known, first.headers
    ('enrolment', 5, 5)
    """
    listed = [str(header) for header in headers if header != "geom"]
    found = []
    for table in list_datasets():
        told = suggest_mapping(table, listed, has_shapes=has_shapes)
        if not set(read_words(table.name).key) <= set(told.mapping.columns):
            continue
        known = len(told.mapping.columns) + (2 if told.mapping.point else 0)
        found.append(Likeness(table.name, known, len(listed), told.missing))
    return sorted(found, key=lambda one: -one.score)[:most]
