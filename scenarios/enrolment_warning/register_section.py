"""Section of the warning panel: how far the registers of those who enter agree."""

from __future__ import annotations

import pandas as pd
from dash.development.base_component import Component

from catchments.reconciliation import AGREE, CAUSES, GROUPS
from layers.language import Language
from scenarios.elements import Bar, Column, build_bars, build_figures, build_note, build_table
from scenarios.enrolment_warning.admission.reconcile import read_states
from scenarios.enrolment_warning.register_words import say_register
from scenarios.naming import list_rows
from scenarios.student_growth.cohorts import write_cells
from scenarios.view import View


def build_registers(view: View) -> list[Component | None]:
    """Build key figures, causes as bars and faults as a table; nothing before a comparison."""
    _ = view.language
    counts = read_states(
        view.connection, view.district, view.plan, stage=view.stage, year=view.year
    )
    if counts.empty:
        return []
    text = write_cells(counts["children"], counts["shown"], _, view.profile.minimum_cell)
    counts = counts.assign(text=text)
    states = counts[counts["sort"] == "state"]
    faults = counts[(counts["sort"] == "fault") & (counts["children"] > 0)]
    return [
        build_figures(_list_figures(states, view)),
        _build_causes(states[states["code"].isin(CAUSES) & (states["children"] > 0)], _),
        _build_faults(faults, _),
        build_note(_say_migrants(states, _)),
        build_note(
            _(
                "Agree: registered and owning inside the same catchment. A child may have several"
                " faults; the officer's list names them."
            )
        ),
        build_note(_("Run {run}", run=int(counts["run_id"].iloc[0]))),
    ]


def _list_figures(states: pd.DataFrame, view: View) -> list[tuple]:
    """Tell the sums that are known in any case, and what agrees of them."""
    _, minimum = view.language, view.profile.minimum_cell
    sums = {
        group: int(states.loc[states["code"].isin(codes), "children"].sum())
        for group, codes in GROUPS.items()
    }
    agree = states.loc[states["code"] == AGREE, "text"].item()
    figures: list[tuple] = [(_("Registered"), _.cell(sums["local"], minimum)), (_("Agree"), agree)]
    disagree = states[states["code"].isin(GROUPS["local"]) & (states["code"] != AGREE)]
    # Registered less those who disagree would tell a hidden cell of those who agree.
    if states.loc[states["code"] == AGREE, "shown"].notna().all():
        figures.append((_("Disagree or unclear"), _.cell(int(disagree["children"].sum()), minimum)))
    figures.append((_("Migrant"), _.cell(sums["migrant"], minimum)))
    return figures


def _build_causes(causes: pd.DataFrame, _: Language) -> Component | None:
    """Show by bars why the registers disagree."""
    if causes.empty:
        return None
    return build_bars(
        [
            Bar(
                say_register(row["code"], _),
                None if pd.isna(row["shown"]) else float(row["shown"]),
                row["text"],
            )
            for row in list_rows(causes)
        ]
    )


def _say_migrants(states: pd.DataFrame, _: Language) -> str:
    """Tell how many of those who are not registered here own a home."""
    migrants = states[states["code"].isin(GROUPS["migrant"])]
    return " · ".join(
        f"{say_register(row['code'], _)} {row['text']}" for row in list_rows(migrants)
    )


def _build_faults(faults: pd.DataFrame, _: Language) -> Component | None:
    if faults.empty:
        return None
    rows = faults.assign(name=[say_register(code, _) for code in faults["code"]])
    columns = [
        Column("name", _("Faults in the registers")),
        Column("text", _("Children"), align="right"),
    ]
    return build_table(rows, columns, language=_)
