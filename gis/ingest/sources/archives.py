"""Zip archives from elsewhere: opened only as far as they stay harmless."""

from __future__ import annotations

import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO

from gis.errors import RejectedDataError
from gis.ingest.sources.table import Limits

_BLOCK = 1 << 20
_RATIO_COUNTS_FROM = 10 << 20  # bytes; small files of one repeated row pack very well
_UTF8_FLAG = 0x800
_PACKED_SUFFIXES = {".zip", ".7z", ".rar", ".gz", ".bz2", ".xz", ".tar", ".tgz", ".kmz"}
_MEND = "Pack it again, or deliver the files themselves."
# What zipfile and zlib raise over damaged archives: offsets that lead nowhere, unknown versions
# and methods of packing, cut streams.
BROKEN_ZIP = (zipfile.BadZipFile, zlib.error, EOFError, ValueError, OSError, NotImplementedError)


class Archive:
    """A zip archive whose names are harmless and whose content is counted while it grows."""

    def __init__(self, packed: zipfile.ZipFile, name: str, limits: Limits) -> None:
        self._packed = packed
        self._name = name
        self._limits = limits
        self._unpacked = 0
        self.members = [one for one in packed.infolist() if not one.filename.endswith("/")]
        self._refuse_members()

    def read_blocks(self, member: zipfile.ZipInfo) -> Iterator[bytes]:
        """Read a file of the archive in blocks of 1 MiB at most.

        Raises
        ------
        RejectedDataError
            It is damaged, or grows beyond the limits.
        """
        grown = 0
        try:
            with self._packed.open(member) as file:
                while block := file.read(_BLOCK):
                    grown += len(block)
                    self._unpacked += len(block)
                    self._refuse_growth(member, grown)
                    yield block
            if grown != member.file_size:
                raise zipfile.BadZipFile(f"it claims {member.file_size:,} bytes and has {grown:,}")
        except RejectedDataError:
            raise
        except (*BROKEN_ZIP, RuntimeError) as error:  # RuntimeError: encrypted
            raise RejectedDataError(
                f"File {self._name} is damaged at {tell_member(member)}: {_tell(error)}.",
                mend=_MEND,
            ) from error

    def extract(self, member: zipfile.ZipInfo, folder: Path) -> Path:
        """Write a file of the archive into a folder, under its own folders there."""
        target = folder.joinpath(*PurePosixPath(tell_member(member)).parts)
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("wb") as file:
            for block in self.read_blocks(member):
                file.write(block)
        return target

    def _refuse_members(self) -> None:
        if len(self.members) > self._limits.members:
            raise RejectedDataError(
                f"File {self._name} holds {len(self.members):,} files; no more than"
                f" {self._limits.members:,} are read.",
                mend="Deliver the data alone.",
            )
        names: set[str] = set()
        for member in self.members:
            name = tell_member(member)
            parts = PurePosixPath(name).parts
            is_outside = name.startswith("/") or ".." in parts or "\\" in name or ":" in name
            if is_outside or not parts or not name.isprintable():
                raise RejectedDataError(
                    f"File {self._name} holds {name[:80]!r}, a name that leads out of the archive.",
                    mend=_MEND,
                )
            if stat.S_ISLNK(member.external_attr >> 16):
                raise RejectedDataError(
                    f"File {self._name} holds a link, {name[:80]!r}.", mend="Pack the file itself."
                )
            if name in names:
                raise RejectedDataError(
                    f"File {self._name} holds two files with the name {name[:80]!r}.", mend=_MEND
                )
            names.add(name)

    def _refuse_growth(self, member: zipfile.ZipInfo, grown: int) -> None:
        most = self._limits.unpacked_bytes
        if self._unpacked > most:
            raise RejectedDataError(
                f"File {self._name} grows beyond {most / 2**20:,.0f} MiB when unpacked.",
                mend="Deliver only the district, or the files unpacked, one by one.",
            )
        packed = max(member.compress_size, 1)
        if grown > _RATIO_COUNTS_FROM and grown > packed * self._limits.ratio:
            raise RejectedDataError(
                f"File {self._name} is a trap or damaged: {tell_member(member)} grows to more than"
                f" {self._limits.ratio} times its packed size.",
                mend=_MEND,
            )


@contextmanager
def open_archive(path: Path, name: str, limits: Limits) -> Iterator[Archive]:
    """Open a zip archive, after a look at its names.

    Raises
    ------
    RejectedDataError
        It is damaged, cut off, has too many files, or names that lead out of it; links, and two
        files of one name.
    """
    try:
        packed = zipfile.ZipFile(path)
    except (*BROKEN_ZIP, RuntimeError) as error:
        raise RejectedDataError(
            f"File {name} is no whole zip archive: {_tell(error)}.",
            mend="Send it again; it may have been cut off on the way.",
        ) from error
    with packed:
        yield Archive(packed, name, limits)


def refuse_packed(member: zipfile.ZipInfo, name: str) -> None:
    """Refuse an archive inside an archive.

    Raises
    ------
    RejectedDataError
        When the member is one.
    """
    if PurePosixPath(member.filename).suffix.lower() in _PACKED_SUFFIXES:
        raise RejectedDataError(
            f"File {name} holds another archive, {tell_member(member)}.",
            mend="Unpack the inner one and deliver it alone.",
        )


def tell_member(member: zipfile.ZipInfo) -> str:
    """Tell the name of a file as whoever packed it saw it.

    Chinese Windows packs names in GBK without saying so; they are read as that when they can be.
    """
    if member.flag_bits & _UTF8_FLAG:
        return member.filename
    try:
        return member.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return member.filename


def is_zip(file: IO[bytes]) -> bool:
    """Tell whether a file begins as zip archives do, and put it back to its beginning."""
    begins = file.read(4)
    file.seek(0)
    return begins in (b"PK\x03\x04", b"PK\x05\x06")


def _tell(error: BaseException) -> str:
    told = (str(error).strip().splitlines() or [""])[0].rstrip(".")
    return told[:120] or type(error).__name__
