"""Files that appear whole or not at all."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from gis.errors import OutputError

_PREFIX = ".onemap-"
# A draft is locked right after its folder is made; younger ones may not be locked yet.
_SETTLED_S = 60


@contextmanager
def open_draft(path: Path, *, suffix: str | None = None) -> Iterator[Path]:
    """Yield a place to write; what was written replaces `path` when the block ends well.

    The draft stands in a hidden folder beside `path`, which goes when the block ends. A program
    that is killed outright (SIGKILL, power) cannot clean up: the next draft in the same folder
    removes what such programs left, known by the lock that they no longer hold.

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
        _sweep_drafts(path.parent)
        with (
            tempfile.TemporaryDirectory(prefix=_PREFIX, dir=path.parent) as folder,
            _hold(Path(folder)),
        ):
            draft = Path(folder) / (path.name if suffix is None else f"draft{suffix}")
            yield draft
            draft.replace(path)
    except OSError as error:
        raise OutputError(
            f"File {path} cannot be written: {error.strerror or error}.",
            mend="Name a folder that exists, may be written and has space with --out.",
        ) from error


@contextmanager
def _hold(folder: Path) -> Iterator[None]:
    """Hold the lock of a folder; the system frees it when the program ends, however it ends."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(handle)


def _sweep_drafts(folder: Path) -> None:
    """Remove drafts of programs that were killed; those of others, or in use, stay."""
    for left in folder.glob(f"{_PREFIX}*"):
        with suppress(OSError):
            if time.time() - left.stat().st_mtime > _SETTLED_S:
                with _hold(left):
                    shutil.rmtree(left, ignore_errors=True)
