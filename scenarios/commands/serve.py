"""``onemap serve``: the cockpit."""

from __future__ import annotations

import signal
import socket
from contextlib import closing
from types import FrameType
from typing import Annotated

import typer

from gis.access import Role
from gis.database import Database, open_database
from gis.errors import OutputError
from gis.settings import Settings, load_settings
from scenarios.commands.output import DistrictOption, show_progress
from scenarios.compute import compute_district
from scenarios.district import find_district
from scenarios.loading import list_districts, load_sample

# A page asks for a dozen tiles at once; the database keeps ten connections.
THREADS = 8


def serve(
    host: Annotated[str | None, typer.Option("--host", help="Address to listen on.")] = None,
    port: Annotated[
        int | None, typer.Option("--port", min=1, max=65535, help="Port to listen on.")
    ] = None,
    district: DistrictOption = None,
    no_sample: Annotated[
        bool, typer.Option("--no-sample", help="Do not load a sample when the district is missing.")
    ] = False,
) -> None:
    """Open the cockpit in a browser: load what is missing, compute what is stale, serve.

    Example: onemap serve --port 8051.
    """
    # Every other command would wait for the cockpit's libraries.
    from waitress.server import create_server  # noqa: PLC0415

    from scenarios.cockpit.jobs import WORKERS  # noqa: PLC0415
    from scenarios.cockpit.server import build_app  # noqa: PLC0415
    from scenarios.jobs import JobDesk  # noqa: PLC0415

    settings = _choose(load_settings(), host, port, district)
    signal.signal(signal.SIGTERM, _interrupt)
    with _open_port(settings.host, settings.port) as listener, open_database(settings) as database:
        if settings.district not in list_districts(database) and not no_sample:
            with show_progress("模拟数据 sample") as tell:
                load_sample(database, settings.districts / settings.district, progress=tell)
        _compute(database)
        with closing(JobDesk(database, WORKERS)) as desk:  # its jobs end before the database does
            app = build_app(database, settings, desk=desk)
            server = create_server(app.server, sockets=[listener], threads=THREADS)
            shown = f"[{settings.host}]" if ":" in settings.host else settings.host
            typer.echo(f"http://{shown}:{settings.port}")
            server.run()  # ends on Ctrl-C and SIGTERM


def _choose(
    settings: Settings, host: str | None, port: int | None, district: str | None
) -> Settings:
    chosen = {"host": host, "port": port, "district": district}
    return settings.model_copy(update={k: v for k, v in chosen.items() if v is not None})


def _compute(database: Database) -> None:
    with show_progress("results") as tell:
        for code in list_districts(database):
            with database.begin(Role.PLANNER) as connection:
                found = find_district(connection, code)
            compute_district(database, found, progress=tell)


def _open_port(host: str, port: int) -> socket.socket:
    """Take the port before any long work, so that a port in use is told at once."""
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise OutputError(
            f"{host}:{port} cannot be opened: {error.strerror}.",
            mend="Choose another port with --port.",
        ) from error
    return listener


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
