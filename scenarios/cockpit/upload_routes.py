"""Files of offices by address: brought in, and their copy with marked cells taken out."""

from __future__ import annotations

import tempfile
from pathlib import Path
from urllib.parse import unquote

from flask import Blueprint, Response, jsonify, request

from gis import tables
from gis.access import Role
from gis.database import Database
from gis.errors import OneMapError, UsageError
from scenarios.access import log_reading
from scenarios.cockpit.admission_routes import TYPES
from scenarios.cockpit.data_routes import find_district_at, tell_error
from scenarios.stewardship.uploads import (
    Upload,
    UploadShelf,
    clean_name,
    explain_size,
    read_chunks,
    write_upload,
)

NAME_HEADER = "X-File-Name"


def build_upload_routes(database: Database, shelf: UploadShelf) -> Blueprint:
    """Build the routes of uploads.

    - ``POST /data/<district>/uploads``: the bytes of the first file; its name, in per cents, in
      the header ``X-File-Name``, which no form of another site can send. Answers
      ``{"upload": token}``.
    - ``POST /data/<district>/uploads/<token>``: a further file, such as a part of a shapefile.
    - ``GET /data/<district>/uploads/<token>/report.xlsx``: the checked files with marked cells.

    A file is written as it comes and refused when it grows too large, whatever it claims.
    """
    blueprint = Blueprint("uploads", __name__)

    @blueprint.post("/data/<district>/uploads")
    def take_first(district: str) -> Response:
        return _take(database, shelf, district, None)

    @blueprint.post("/data/<district>/uploads/<token>")
    def take_more(district: str, token: str) -> Response:
        return _take(database, shelf, district, shelf.find(district, token))

    @blueprint.get("/data/<district>/uploads/<token>/report.xlsx")
    def send_report(district: str, token: str) -> Response:
        content = _write_report(database, shelf.find(district, token))
        response = Response(content, mimetype=TYPES["xlsx"])
        name = f"{district}_report.xlsx"
        response.headers["Content-Disposition"] = f"attachment; filename={name}"
        response.cache_control.no_store = True
        return response

    blueprint.register_error_handler(OneMapError, tell_error)
    return blueprint


def _take(database: Database, shelf: UploadShelf, district: str, known: Upload | None) -> Response:
    with database.begin(Role.STEWARD) as connection:
        found = find_district_at(connection, district)
    most_bytes = found.profile.stewardship.upload_most_mb * 1_000_000
    name = unquote(request.headers.get(NAME_HEADER, ""))
    if not name:
        raise UsageError("The file has no name.", mend=f"Send it in the header {NAME_HEADER}.")
    if (request.content_length or 0) > most_bytes:
        raise explain_size(clean_name(name), most_bytes)
    upload = known or shelf.begin(found.profile.code)
    try:
        write_upload(upload, name, read_chunks(request.stream.read), most_bytes=most_bytes)
    except OneMapError:
        if known is None:
            shelf.drop(upload)
        raise
    response = jsonify({"upload": upload.token})
    response.cache_control.no_store = True
    return response


def _write_report(database: Database, upload: Upload) -> bytes:
    """Write the copy with marked cells; of personal datasets it is logged."""
    report = upload.report
    if report is None or not report.sources:
        raise UsageError("There is no report of these files.", mend="Check the files first.")
    if tables.metadata.tables.get(f"{tables.PERSONAL}.{report.dataset}") is not None:
        with database.begin(Role.STEWARD) as connection:
            found = find_district_at(connection, upload.district)
            rows = sum(len(one.frame) for one in report.sources)
            purpose = f"export report of {report.dataset}"
            log_reading(connection, found, purpose, rows=rows, role=Role.STEWARD)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report.xlsx"
        report.write_workbook(path)
        return path.read_bytes()
