"""The list of a stored assignment by address, for the officer's spreadsheets."""

from __future__ import annotations

import tempfile
from pathlib import Path

from flask import Blueprint, Response, request

from gis.access import Role
from gis.database import Database
from gis.errors import OneMapError
from gis.exports.spreadsheets import write_table
from layers.language import load_language
from scenarios.cockpit.data_routes import find_district_at, tell_error
from scenarios.enrolment_warning.admission.officer_list import read_officer_list, word_list
from scenarios.enrolment_warning.admission.records import find_stored_run

TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
}


def build_admission_routes(database: Database) -> Blueprint:
    """Build the routes of the officer's files.

    - ``/admission/<district>/runs/<run>.xlsx?language=`` and ``.csv``: every child of the run.

    The rows are read with the officer's rights; each download is logged, none is kept by a cache.
    """
    blueprint = Blueprint("admission_lists", __name__)

    @blueprint.get("/admission/<district>/runs/<int:run>.<any(xlsx, csv):ending>")
    def send_list(district: str, run: int, ending: str) -> Response:
        name = f"{district}_admission_{run}.{ending}"
        response = Response(_write_list(database, district, run, ending), mimetype=TYPES[ending])
        response.headers["Content-Disposition"] = f"attachment; filename={name}"
        response.cache_control.no_store = True
        return response

    blueprint.register_error_handler(OneMapError, tell_error)
    return blueprint


def _write_list(database: Database, district: str, run: int, ending: str) -> bytes:
    language = load_language(request.args.get("language", "zh"))
    with database.begin(Role.OFFICER) as connection:
        found = find_district_at(connection, district)
        stored = find_stored_run(connection, found, run)
        rows = read_officer_list(connection, found, stored, purpose=f"export {ending}")
        sheet = word_list(rows, stored, language)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"list.{ending}"
        write_table(sheet, path, title=f"{stored.stage} {stored.year}")
        return path.read_bytes()
