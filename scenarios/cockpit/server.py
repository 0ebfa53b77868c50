"""The Dash server of the cockpit."""

from __future__ import annotations

import dash

from gis.database import Database
from gis.settings import Settings
from layers.language import load_language
from layers.palette import MARKS, get_palette, to_css
from scenarios.cockpit.admission_routes import build_admission_routes
from scenarios.cockpit.briefing_routes import build_briefing_routes
from scenarios.cockpit.callbacks import register_callbacks, tell_error
from scenarios.cockpit.compression import pack_responses
from scenarios.cockpit.data_routes import build_data_routes
from scenarios.cockpit.jobs import WORKERS
from scenarios.cockpit.layout import PRODUCT, build_skeleton
from scenarios.cockpit.map_bundle import connect_map
from scenarios.cockpit.upload_routes import build_upload_routes
from scenarios.jobs import JobDesk
from scenarios.services.api_routes import build_api_routes
from scenarios.services.ogc_routes import mount_ogc
from scenarios.services.tile_routes import build_tile_routes
from scenarios.stewardship.uploads import UploadShelf

_PAGE = """<!DOCTYPE html>
<html lang="{tag}">
<head>
{{%metas%}}
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{%title%}}</title>
<link rel="icon" type="image/svg+xml" href="{icon}">
{{%css%}}
<style>{colors}</style>
</head>
<body>
{{%app_entry%}}
<footer>{{%config%}}{{%scripts%}}{{%renderer%}}</footer>
</body>
</html>"""


def build_app(database: Database, settings: Settings, *, desk: JobDesk | None = None) -> dash.Dash:
    """Build the cockpit over an open database; everything it needs comes from this server.

    Parameters
    ----------
    desk
        Takes the jobs of its pages; by default one of its own.
    """
    language = load_language(settings.language)
    app = dash.Dash(
        __name__,
        title=language(PRODUCT),
        update_title=None,
        serve_locally=True,
        compress=False,
        add_log_handler=False,
        on_error=tell_error,
    )
    app.index_string = _PAGE.format(
        tag=language.tag,
        icon=app.get_asset_url("icon.svg"),
        colors=build_colors(),
    )
    app.layout = build_skeleton(app, settings)
    connect_map(app)
    shelf = UploadShelf(settings)
    prefix = app.config.routes_pathname_prefix.rstrip("/") or None
    for routes in (
        build_data_routes(database),
        build_tile_routes(database),
        build_admission_routes(database),
        build_api_routes(database, language=settings.language),
        build_briefing_routes(database, settings),
        build_upload_routes(database, shelf),
    ):
        app.server.register_blueprint(routes, url_prefix=prefix)
    mount_ogc(
        app.server,
        database,
        district=settings.district,
        language=settings.language,
        prefix=prefix or "",
    )
    desk = desk or JobDesk(database, WORKERS)
    register_callbacks(app, database, desk, districts=settings.districts, shelf=shelf)
    pack_responses(app.server)
    return app


def build_colors() -> str:
    """Write the palette of the map as variables of the page, so that both say the same."""
    rules = []
    for theme in ("light", "dark"):
        palette = get_palette(theme)
        colors = {"ground": palette.ground, "accent": palette.accent, "ink": palette.ink}
        colors |= {code: palette.warnings[code] for code in MARKS}
        colors |= {"seats": palette.seats, "demand": palette.demand}
        colors |= dict(zip(("stage-first", "stage-last"), palette.construction, strict=True))
        lines = "".join(f"--{name}:{to_css(color)};" for name, color in colors.items())
        rules.append(f'[data-mantine-color-scheme="{theme}"]{{{lines}}}')
    return "".join(rules)
