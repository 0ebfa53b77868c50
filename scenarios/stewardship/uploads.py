"""Files that a browser has brought: kept in a private folder until they are loaded or dropped."""

from __future__ import annotations

import datetime as dt
import re
import secrets
import shutil
import tempfile
import threading
import unicodedata
import weakref
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from gis.errors import OneMapError, RejectedDataError, UsageError
from gis.ingest.mapping import ColumnMapping
from gis.ingest.recognition import Likeness
from gis.ingest.sources import SourceTable
from gis.settings import Settings
from scenarios.loading_report import FileReport

LONGEST_NAME = 120
MOST_FILES = 12  # a shapefile and all its parts
KEPT_HOURS = 24
_CHUNK_BYTES = 1 << 18
# Parts of a shapefile: read with it, never for themselves.
_PARTS = {".dbf", ".shx", ".prj", ".cpg", ".sbn", ".sbx", ".qpj", ".qmd"}
_STRANGE = re.compile(r"[^\w.\-()（）【】+ ]")


def clean_name(name: str) -> str:
    r"""Return the name of a file as it may stand in a folder: no path, no control signs, not long.

    Examples
    --------
    >>> clean_name("../../etc/pass\x00wd"), clean_name("C:\\学校 2026.xlsx"), clean_name("...")
    ('pass_wd', '学校 2026.xlsx', 'file')
    """
    plain = unicodedata.normalize("NFC", name).replace("\\", "/")
    bare = _STRANGE.sub("_", PurePosixPath(plain).name).strip(" .")
    stem, dot, suffix = bare.rpartition(".")
    if dot and len(bare) > LONGEST_NAME:
        bare = f"{stem[: LONGEST_NAME - 1 - len(suffix)]}.{suffix}"
    while len(bare.encode()) > 2 * LONGEST_NAME:  # file systems count bytes
        stem, dot, suffix = bare.rpartition(".")
        bare = f"{stem[:-1]}.{suffix}" if dot and stem else bare[:-1]
    return bare[: 2 * LONGEST_NAME] or "file"


@dataclass(frozen=True)
class Choice:
    """What a person has chosen for a delivery; see :class:`scenarios.loading_files.Order`."""

    dataset: str
    office: str | None = None
    as_of: dt.date | None = None
    mode: str = "update"
    crs: str | None = None
    encoding: str | None = None
    sheet: str | None = None
    mapping: ColumnMapping | None = None


@dataclass(eq=False)
class Upload:
    """Files of one delivery, on the way from the browser into the database.

    Parameters
    ----------
    token
        Its name in addresses; nobody can guess it.
    folder
        Private folder of the files; it goes with the upload, at the latest when the program ends.
    sources
        The first rows of each table, to choose the mapping by.
    guesses
        Datasets that it may be, the likeliest first.
    report
        What loading would do, or has done.
    newest_load
        Newest load of the district when it was checked: what is loaded meanwhile makes the check
        stale.
    fault
        Why the files could not be read, checked or loaded.
    """

    token: str
    district: str
    folder: Path
    began_at: dt.datetime
    paths: list[Path] = field(default_factory=list)
    sources: list[SourceTable] = field(default_factory=list)
    guesses: list[Likeness] = field(default_factory=list)
    choice: Choice | None = None
    report: FileReport | None = None
    newest_load: int | None = None
    fault: OneMapError | None = None

    def __post_init__(self) -> None:
        """Have the folder removed, even if nobody drops the upload."""
        self._remove = weakref.finalize(self, shutil.rmtree, self.folder, ignore_errors=True)

    def list_files(self) -> tuple[Path, ...]:
        """Return the files that are read; parts of a shapefile go with it."""
        stems = {path.stem for path in self.paths if path.suffix.lower() == ".shp"}
        return tuple(
            path
            for path in self.paths
            if not (path.suffix.lower() in _PARTS and path.stem in stems)
        )

    @property
    def is_loaded(self) -> bool:
        """Whether its rows are in the database."""
        return self.report is not None and self.report.load_id is not None

    def remove_files(self) -> None:
        """Remove the files from the disk and their rows from memory."""
        self._remove()
        self.paths.clear()
        self.sources.clear()


class UploadShelf:
    """Holds the uploads of a server; what is a day old goes, and all of it when the server ends.

    Parameters
    ----------
    now
        Tells the time.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        now: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
    ) -> None:
        self.settings = settings
        self._now = now
        self._lock = threading.Lock()
        self._uploads: dict[str, Upload] = {}

    def begin(self, district: str) -> Upload:
        """Open an upload with a private folder of its own."""
        self._drop_old()
        upload = Upload(
            secrets.token_urlsafe(18),
            district,
            Path(tempfile.mkdtemp(prefix="onemap-upload-")),
            self._now(),
        )
        with self._lock:
            self._uploads[upload.token] = upload
        return upload

    def find(self, district: str, token: str | None) -> Upload:
        """Return an upload of a district.

        Raises
        ------
        UsageError
            When there is none, or no more.
        """
        upload = self._uploads.get(str(token))
        if upload is None or upload.district != district:
            raise UsageError(
                "These files are not on the server any more.", mend="Drag them in once more."
            )
        return upload

    def drop(self, upload: Upload) -> None:
        """Remove an upload and its files."""
        with self._lock:
            self._uploads.pop(upload.token, None)
        upload.remove_files()

    def close(self) -> None:
        """Remove all uploads."""
        for upload in list(self._uploads.values()):
            self.drop(upload)

    def _drop_old(self) -> None:
        oldest = self._now() - dt.timedelta(hours=KEPT_HOURS)
        for upload in list(self._uploads.values()):
            if upload.began_at < oldest:
                self.drop(upload)


def write_upload(upload: Upload, name: str, chunks: Iterable[bytes], *, most_bytes: int) -> Path:
    """Write a file of an upload as it comes; a file that is refused is removed at once.

    Raises
    ------
    UsageError
        When the upload has that file already, or too many.
    RejectedDataError
        When it is empty or larger than `most_bytes`: what it claims of itself does not count.
    """
    cleaned = clean_name(name)
    path = upload.folder / cleaned
    if len(upload.paths) >= MOST_FILES:
        raise UsageError(
            f"A delivery has at most {MOST_FILES} files.", mend="Pack them into a zip archive."
        )
    if path.exists():
        raise UsageError(f"'{cleaned}' is there already.", mend="Leave one of the two out.")
    with _write_whole(path) as file:
        size = 0
        for chunk in chunks:
            size += len(chunk)
            if size > most_bytes:
                raise explain_size(cleaned, most_bytes)
            file.write(chunk)
        if size == 0:
            raise RejectedDataError(f"'{cleaned}' is empty.", mend="Export it again.")
    upload.paths.append(path)
    return path


def explain_size(name: str, most_bytes: int) -> RejectedDataError:
    """Return why a file is too large for a page."""
    return RejectedDataError(
        f"'{name}' is larger than the {most_bytes / 1e6:,.0f} MB that a page takes.",
        mend="Load it with `onemap load`, or deliver it in several files.",
    )


@contextmanager
def _write_whole(path: Path) -> Iterator:
    try:
        with path.open("xb") as file:
            yield file
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def read_chunks(read: Callable[[int], bytes]) -> Iterator[bytes]:
    """Yield what a stream gives, piece by piece."""
    while chunk := read(_CHUNK_BYTES):
        yield chunk
