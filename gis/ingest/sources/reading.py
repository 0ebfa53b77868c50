"""One door for every kind of file: :func:`read_source`."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

import geopandas as gpd

from gis.crs import STORE_SRID, resolve_crs, to_store
from gis.errors import RejectedDataError, UsageError
from gis.ingest.sources.archives import Archive, open_archive, refuse_packed, tell_member
from gis.ingest.sources.delimited import DELIMITED_SUFFIXES, read_delimited
from gis.ingest.sources.extracts import EXTRACT_SUFFIX, read_extract
from gis.ingest.sources.parquet import PARQUET_SUFFIXES, read_parquet
from gis.ingest.sources.sheets import SHEET_SUFFIXES, read_workbook
from gis.ingest.sources.table import DEFAULT_LIMITS, Limits, SourceTable
from gis.ingest.sources.vectors import VECTOR_SUFFIXES, name_crs, read_vector

ARCHIVE_SUFFIX = ".zip"
SOURCE_SUFFIXES = frozenset(
    {
        ARCHIVE_SUFFIX,
        EXTRACT_SUFFIX,
        *DELIMITED_SUFFIXES,
        *PARQUET_SUFFIXES,
        *SHEET_SUFFIXES,
        *VECTOR_SUFFIXES,
    }
)
# Files that belong to a Shapefile, or tell about data and are none.
_COMPANIONS = {".shx", ".dbf", ".prj", ".cpg", ".sbn", ".sbx", ".qix", ".qpj", ".fix"}
_OLD_WORKBOOKS = {".xls", ".xlsb", ".et", ".ods"}
_OLE = b"\xd0\xcf\x11\xe0"  # old workbooks, and those with a password
_ZIP = b"PK\x03\x04"


@dataclass(frozen=True)
class _Wish:
    """What was asked for beside the file."""

    sheet: str | None
    layer: str | None
    encoding: str | None
    limits: Limits


def read_source(
    path: Path,
    *,
    sheet: str | None = None,
    layer: str | None = None,
    encoding: str | None = None,
    crs: str | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> list[SourceTable]:
    r"""Read every table of a file as it is; the suffix tells its kind, the first bytes confirm it.

    CSV and TSV (UTF-8, UTF-16 with its mark, GB18030; comma, tab or semicolon), XLSX, GeoJSON,
    GeoPackage, Shapefile, FlatGeobuf, Parquet, GeoParquet, OpenStreetMap extracts (.osm.pbf), and
    zip archives of any of them. Nothing is corrected: what had to be assumed stands in the notes.

    Parameters
    ----------
    sheet
        The only sheet of a workbook to read.
    layer
        The only layer of a GeoPackage to read, or of an extract (roads, buildings, schools,
        water).
    encoding
        Of text, where the steward knows it; a byte order mark wins over it.
    crs
        System of the geometry, anything that `gis.crs.resolve_crs` takes. It wins over what the
        file states. For ``gcj02`` and ``bd09`` the shift is undone and the geometry comes in
        EPSG:4490. Tables without geometry are not touched.
    limits
        What the file may cost at most.

    Returns
    -------
    list of SourceTable
        At least one, each with at least one row.

    Raises
    ------
    UsageError
        There is no such file, sheet, layer or encoding; a folder is named; the kind is unknown.
    RejectedDataError
        It is damaged, locked, empty, of another kind than its name says, a trap, or larger than
        `limits` allow.
    CrsError
        `crs` is no system, or the geometry cannot lie in it.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "schools.csv"
    ...     _ = path.write_text("标识码,学校名称\n007,瓯海一小\n", encoding="gb18030")
    ...     [table] = read_source(path)
    >>> table.frame["标识码"].tolist(), table.lines.tolist(), table.encoding
    (['007'], [2], 'gb18030')
    """
    _require_file(path, limits)
    wish = _Wish(sheet, layer, encoding, limits)
    if path.suffix.lower() == ARCHIVE_SUFFIX:
        tables = _read_archive(path, wish)
    else:
        tables = _read_plain(path, str(path), wish)
    return tables if crs is None else [_state_crs(table, crs) for table in tables]


def _require_file(path: Path, limits: Limits) -> None:
    """Refuse what is no ordinary file that can be read, or is too large."""
    try:
        size = path.stat().st_size
        if path.is_dir():
            raise UsageError(f"{path} is a folder.", mend="Name the file in it.")
        if not path.is_file():
            raise UsageError(f"{path} is no ordinary file.", mend="Name a file with data.")
        with path.open("rb"):
            pass
    except UsageError:
        raise
    except FileNotFoundError as error:
        raise UsageError(
            f"There is no file {path}.", mend="Check the name and the folder."
        ) from error
    except (OSError, ValueError) as error:  # no right to it, links in a circle, NUL in the name
        told = getattr(error, "strerror", None) or str(error)
        raise UsageError(
            f"File {str(path)!r} cannot be opened: {told}.",
            mend="Check the name, where it leads, and who may read it.",
        ) from error
    if size > limits.file_bytes:
        raise RejectedDataError(
            f"File {path} has {size / 2**20:,.0f} MiB; no more than"
            f" {limits.file_bytes / 2**20:,.0f} MiB are read.",
            mend="Cut it to the district, or deliver it in several files.",
        )


def _read_plain(path: Path, name: str, wish: _Wish) -> list[SourceTable]:
    """Read a file that is no archive of others."""
    _refuse_kind(path, name)
    suffix, limits = path.suffix.lower(), wish.limits
    if suffix in DELIMITED_SUFFIXES:
        return [read_delimited(path, name, encoding=wish.encoding, limits=limits)]
    if suffix in SHEET_SUFFIXES:
        return read_workbook(path, name, sheet=wish.sheet, limits=limits)
    if suffix in PARQUET_SUFFIXES:
        return [read_parquet(path, name, limits=limits)]
    if suffix == EXTRACT_SUFFIX:
        return read_extract(path, name, layer=wish.layer, limits=limits)
    return read_vector(path, name, layer=wish.layer, encoding=wish.encoding, limits=limits)


def _refuse_kind(path: Path, name: str) -> None:
    """Refuse kinds that are not read, and files that are not what their name says."""
    suffix = path.suffix.lower()
    if suffix in _OLD_WORKBOOKS:
        raise RejectedDataError(
            f"File {name} is a workbook of a kind ({suffix}) that is not read.",
            mend="Open it in a spreadsheet program and save it as .xlsx.",
        )
    if suffix not in SOURCE_SUFFIXES:
        raise UsageError(
            f"File {name} is of an unknown kind.",
            mend=f"Deliver one of {', '.join(sorted(SOURCE_SUFFIXES))}.",
        )
    with path.open("rb") as file:
        begins = file.read(4)
    if begins == _OLE and suffix not in VECTOR_SUFFIXES:
        raise RejectedDataError(
            f"File {name} is an old .xls workbook, or one with a password, whatever its name says.",
            mend="Open it in a spreadsheet program and save it as .xlsx without a password.",
        )
    if begins == _ZIP and suffix in DELIMITED_SUFFIXES:
        raise RejectedDataError(
            f"File {name} is a workbook or zip archive, whatever its name says.",
            mend="Give it the suffix .xlsx or .zip.",
        )


def _read_archive(path: Path, wish: _Wish) -> list[SourceTable]:
    """Read every file with data in a zip archive."""
    tables: list[SourceTable] = []
    passed: list[str] = []
    name = str(path)
    with (
        open_archive(path, name, wish.limits) as archive,
        tempfile.TemporaryDirectory(prefix="onemap-") as folder,
    ):
        for inner, told in _extract_data(archive, name, Path(folder), passed):
            for table in _read_plain(inner, f"{told} in {path}", wish):
                tables.append(replace(table, file=f"{path.name}/{told}"))
    if not tables:
        raise RejectedDataError(
            f"File {name} holds no file with data.",
            mend=f"Pack one of {', '.join(sorted(SOURCE_SUFFIXES - {ARCHIVE_SUFFIX}))}.",
        )
    if passed:
        for table in tables:
            table.notes.append(f"Other files were passed over: {', '.join(passed[:10])}.")
    return tables


def _extract_data(
    archive: Archive, name: str, folder: Path, passed: list[str]
) -> list[tuple[Path, str]]:
    """Unpack the files with data and their companions; return the former, sorted by name."""
    found = []
    for member in sorted(archive.members, key=tell_member):
        told = tell_member(member)
        suffix = PurePosixPath(told).suffix.lower()
        is_shadow = told.startswith("__MACOSX/") or PurePosixPath(told).name.startswith(".")
        if is_shadow:
            continue
        refuse_packed(member, name)
        if suffix not in SOURCE_SUFFIXES | _COMPANIONS | _OLD_WORKBOOKS:
            passed.append(told)
            continue
        target = archive.extract(member, folder)
        if suffix not in _COMPANIONS:
            found.append((target, told))
    return found


def _state_crs(table: SourceTable, crs: str) -> SourceTable:
    """Take the system that the steward states for the geometry of a table."""
    if not isinstance(table.frame, gpd.GeoDataFrame):
        return table
    datum = resolve_crs(crs)
    notes = list(table.notes)
    if datum.shift is not None:
        shapes = to_store(table.frame, datum)
        stored = gpd.GeoSeries(shapes, index=table.frame.index, crs=STORE_SRID)
        frame = table.frame.assign(geom=stored).set_geometry("geom")
        notes.append(f"The shift of {datum.shift} was undone, as stated: now EPSG:{STORE_SRID}.")
    else:
        frame = table.frame.set_crs(datum.crs, allow_override=True)
        if table.crs is not None and table.crs != name_crs(datum.crs):
            notes.append(f"The file states {table.crs}; {name_crs(datum.crs)} was stated instead.")
    return replace(table, frame=frame, notes=notes)
