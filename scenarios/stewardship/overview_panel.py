"""The first page of data management: what is loaded, how good it is, what waits for a person."""

from __future__ import annotations

from typing import Any

import pandas as pd
from dash import html
from dash.development.base_component import Component

from catchments.quality import MEASURES
from gis.database import read_table
from layers.language import Language, is_missing
from scenarios.data_sources import list_outdated, list_sources
from scenarios.elements import (
    Column,
    Figure,
    build_figures,
    build_heading,
    build_note,
    build_opener,
    build_page,
    build_section,
    build_source,
    build_spark,
    build_table,
    order,
)
from scenarios.naming import list_rows
from scenarios.stewardship.page import CONFLICTS, DATASETS
from scenarios.stewardship.quality import read_quality, read_trend, sum_quality
from scenarios.stewardship.words import (
    MEASURE_NOTES,
    MEASURE_WORDS,
    name_dataset,
    name_office,
    name_run,
)
from scenarios.view import View


def build_overview_panel(view: View) -> Component:
    """Build the page of all datasets; needs the steward's rights."""
    _, connection = view.language, view.connection
    sources = list_sources(connection, view.district)
    quality = read_quality(connection, view.district)
    queues = read_table(connection, "stewardship_queues", district_id=view.district.id)
    stale = list_outdated(connection, view.district)
    return build_page(
        build_heading(_find_title(sources, _), _("Data management")),
        build_figures(_build_figures(sources, queues, _)),
        build_drop_zone(view),
        build_section(
            _("What is loaded"),
            _build_sources(sources, _),
            note=_("due day of the regular verification; overdue in red"),
        ),
        build_section(
            _("Quality by dataset"),
            _build_quality(view, quality),
            _build_definitions(_),
            note=_("share as it should be, in per cent; the line: all counts so far"),
        ),
        build_section(_("Open queues"), *_build_queues(queues, stale, _)),
        build_source(view, plan=False),
    )


def _open_dataset(row: dict[str, Any]) -> dict[str, Any] | None:
    """Return what opens the page of a dataset; rasters have none."""
    return {"data": row["dataset"], "at": None} if row["dataset"] in DATASETS else None


def _find_title(sources: pd.DataFrame, _: Language) -> str:
    overdue = int(sources["overdue"].astype(bool).sum())
    if overdue:
        return _.count("{n} source is overdue", "{n} sources are overdue", overdue)
    return _("Every source is in time")


def _build_figures(sources: pd.DataFrame, queues: pd.DataFrame, _: Language) -> list[Figure]:
    overdue = int(sources["overdue"].astype(bool).sum())
    conflicts, refused = int(queues["conflicts"].sum()), int(queues["refused"].sum())
    rows = sources.drop_duplicates("dataset")["rows"].dropna().astype(float).sum()
    return [
        Figure(_("Datasets"), _.number(sources["dataset"].nunique())),
        Figure(_("Rows"), _.number(rows)),
        Figure(_("Overdue"), _.number(overdue), None, "red" if overdue else None),
        Figure(_("Conflicts"), _.number(conflicts), None, "yellow" if conflicts else None),
        Figure(_("Refused rows"), _.number(refused), None, "yellow" if refused else None),
    ]


def build_drop_zone(view: View) -> Component:
    """Build the field into which files are dragged; assets/upload.js brings them in."""
    _ = view.language
    most = view.profile.stewardship.upload_most_mb
    chooser = html.Button(
        _("Choose files"), type="button", className="button", **{"data-choose-files": ""}
    )
    words = html.Div(
        [
            html.Strong(_("Drag files of an office here")),
            html.Span(
                _(
                    "CSV, XLSX, GeoPackage, Shapefile, GeoJSON, Parquet or zip, up to {most} MB;"
                    " nothing is stored before you confirm",
                    most=_.number(most),
                )
            ),
        ]
    )
    said = {
        "data-upload": view.profile.code,
        "data-most-bytes": str(most * 1_000_000),
        "data-failed": _("The file was not taken."),
        "data-large": _("It is larger than {most} MB.", most=_.number(most)),
        "data-busy": _("Bringing the files in"),
    }
    return html.Div(
        [words, chooser, html.Span(className="drop-state", role="status")],
        id="drop-zone",
        className="drop-zone",
        **said,
    )


def _build_sources(sources: pd.DataFrame, _: Language) -> Component:
    rows = list_rows(sources)
    table = sources.assign(
        name=[name_dataset(one, _) for one in sources["dataset"]],
        office_name=[_write_office(one, _) for one in rows],
        due=[_write_due(one, _) for one in rows],
        loaded_on=[_write_day(one["loaded_at"], _) for one in rows],
        drawn_on=[_write_day(one["as_of"], _) for one in rows],
    )
    columns = [
        Column("name", _("Dataset")),
        Column("office_name", _("Source"), format=lambda told: told),
        Column("drawn_on", _("As of")),
        Column("loaded_on", _("Loaded on")),
        Column("rows", _("Rows"), align="right", format=_.number),
        Column("rows_refused", _("Refused"), align="right", format=_.number),
        Column("rows_changed", _("Changed"), align="right", format=_.number),
        Column("due", _("Verify by"), format=lambda told: told),
    ]
    return build_table(
        table,
        columns,
        language=_,
        opens=_open_dataset,
        empty=_("Nothing is loaded yet."),
    )


def _write_day(day: Any, _: Language) -> str:
    return "" if is_missing(day) else _.date(day)


def _write_office(row: dict[str, Any], _: Language) -> Component | str:
    """Name a source; the authority of a dataset is marked."""
    first = [row["office"]] if row.get("mode") == "district" else []
    name = name_office(row["office"], first, _)
    marks = [_("authority")] if row["authority"] else []
    if not marks:
        return name
    return html.Span([name, html.Span(" · ".join(marks), className="column-unit")])


def _write_due(row: dict[str, Any], _: Language) -> Component | str:
    due = row.get("due_on")
    told = _("never delivered") if is_missing(due) else _.date(due)
    if not row["overdue"]:
        return told
    mark = html.Span(className="mark mark-red", title=_("Overdue"), role="img")
    return html.Span([mark, html.Span(told, className="overdue")], className="marked")


def _build_quality(view: View, parts: pd.DataFrame) -> Component:
    _ = view.language
    if parts.empty:
        return build_note(_("Not counted yet: `onemap load quality --measure` counts it."))
    table = sum_quality(parts).reset_index()
    trend = read_trend(view.connection, view.district)
    for measure in MEASURES:
        if measure not in table:
            table[measure] = None
    table["name"] = [name_dataset(one, _) for one in table["dataset"]]
    means = _list_means(trend)
    table["trend"] = [build_spark(means.get(one, [])) for one in table["dataset"]]
    columns = [
        Column("name", _("Dataset")),
        *(
            Column(one, _(MEASURE_WORDS[one]), align="right", format=lambda v: _write_share(v, _))
            for one in MEASURES
        ),
        Column("trend", _("Trend"), format=lambda told: told),
    ]
    return build_table(table, columns, language=_, opens=_open_dataset)


def _write_share(share_pct: float, _: Language) -> Component | str:
    """Write a share; what is not whole is never rounded up to 100."""
    told = _.number(min(share_pct, 99.9) if share_pct < 100 else share_pct, 1)
    return told if share_pct >= 100 else html.Strong(told)


def _list_means(history: pd.DataFrame) -> dict[str, list[float]]:
    """Return the mean of the measures that are counted, count after count, by dataset."""
    counted = history[history["measure"] != "timeliness"]
    means = counted.groupby(["dataset", "measured_at"], as_index=False)["share_pct"].mean()
    return {str(dataset): one["share_pct"].tolist() for dataset, one in means.groupby("dataset")}


def _build_definitions(_: Language) -> Component:
    rows = [
        html.Div([html.Dt(_(MEASURE_WORDS[one])), html.Dd(_(MEASURE_NOTES[one]))])
        for one in MEASURES
    ]
    summary = html.Summary(_("What is counted"))
    return html.Details([summary, html.Dl(rows, className="facts")], className="table-fold")


def _build_queues(queues: pd.DataFrame, stale: pd.DataFrame, _: Language) -> list[Component]:
    parts: list[Component] = []
    waiting = queues[(queues["conflicts"] > 0) | (queues["refused"] > 0)]
    if len(waiting):
        table = waiting.assign(name=[name_dataset(one, _) for one in waiting["dataset"]])
        columns = [
            Column("name", _("Dataset")),
            Column("conflicts", _("Conflicts between sources")),
            Column("refused", _("Refused rows")),
        ]
        parts.append(build_table(table, columns, language=_, opens=_open_dataset))
    if waiting["conflicts"].sum():
        parts.append(
            html.P(build_opener(_("All values on which offices differ"), data=CONFLICTS, at=None))
        )
    if len(stale):
        parts.append(build_outdated(stale, _))
    return parts or [build_note(_("Nothing waits: no conflict, no refused row, no stale result."))]


def build_outdated(runs: pd.DataFrame, _: Language) -> Component:
    """Name the results that rest on older data, with the button that computes them anew."""
    comma = "、" if _.code == "zh" else ", "
    kinds = comma.join(dict.fromkeys(name_run(str(kind), _) for kind in runs["kind"]))
    button = html.Button(
        _("Compute anew"),
        id="compute-outdated",
        type="button",
        className="button button-main",
        **order("data-compute"),
    )
    told = _.count(
        "{n} result rests on older data: {kinds}.",
        "{n} results rest on older data: {kinds}.",
        len(runs),
        kinds=kinds,
    )
    by_command = _("By command: `onemap load compute`.")
    return html.Div([html.P(f"{told} {by_command}"), button], className="outdated")
