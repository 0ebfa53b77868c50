"""Files that appear whole or not at all."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gis.errors import OutputError


@contextmanager
def open_draft(path: Path, *, suffix: str | None = None) -> Iterator[Path]:
    """Yield a place to write; what was written replaces `path` when the block ends well.

    Parameters
    ----------
    path
        The final name, in the folder where the draft is kept.
    suffix
        Suffix of the draft, for writers that want one which `path` need not have.

    Raises
    ------
    OutputError
        When the folder is missing, full or may not be written; `path` stays as it was.
    """
    try:
        with tempfile.TemporaryDirectory(prefix=".onemap-", dir=path.parent) as folder:
            draft = Path(folder) / (path.name if suffix is None else f"draft{suffix}")
            yield draft
            draft.replace(path)
    except OSError as error:
        raise OutputError(
            f"File {path} cannot be written: {error.strerror or error}.",
            mend="Name a folder that exists, may be written and has space with --out.",
        ) from error
