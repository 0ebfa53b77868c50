"""``onemap forecast``: pupils of the years ahead, and how far off such forecasts were."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import numpy as np
import pandas as pd
import typer

from catchments.forecast.panel import (
    Panel,
    read_panel,
    split_grades,
    tabulate_forecast,
    write_forecast,
)
from catchments.forecast.pupils import PupilForecast, forecast_pupils
from catchments.forecast.scoring import backtest_panel
from catchments.forecast.spread import QUANTILES
from gis.errors import UsageError
from scenarios.commands.forecast_district import Asked, forecast_district
from scenarios.commands.forecast_district import backtest as score_district
from scenarios.commands.output import (
    DistrictOption,
    JsonOption,
    PlanOption,
    StageOption,
    check_out,
    check_seed,
    print_json,
    print_table,
)
from scenarios.enrolment_warning.forecast.runs import MIDDLE
from scenarios.records import list_records

app = typer.Typer(help="Forecast pupils, and score such forecasts on the past.")

PanelOption = Annotated[
    Path | None, typer.Option("--panel", help="CSV school, year, grade, pupils.")
]
GradesOption = Annotated[
    str | None,
    typer.Option("--grades", help="Grades from the entry grade up, as in k,grade1,grade2."),
]
SeedOption = Annotated[int | None, typer.Option("--seed", help="Same seed, same intervals.")]


@app.callback(invoke_without_command=True)
def forecast(
    context: typer.Context,
    panel: PanelOption = None,
    origin: Annotated[
        int | None, typer.Option("--origin", help="Last year that is known; default the newest.")
    ] = None,
    horizon: Annotated[
        int | None, typer.Option("--horizon", help="Years ahead of a panel; default 10.")
    ] = None,
    grades: GradesOption = None,
    seed: SeedOption = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="CSV school, grade, year, pupils, p10, p90."),
    ] = None,
    district: DistrictOption = None,
    plan: PlanOption = None,
    stage: StageOption = None,
    scenario: Annotated[
        str, typer.Option("--scenario", help="low, middle or high: births and moves.")
    ] = MIDDLE,
    totals: Annotated[
        Path | None,
        typer.Option("--totals", help="CSV stage, year, children that the units must sum to."),
    ] = None,
    publish: Annotated[
        bool, typer.Option("--publish", help="Keep it for good, to be scored in later years.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Forecast a district ten years ahead: children, catchments, schools, chances of a warning.

    With --panel: pupils by school, grade and year from an enrolment file alone.
    Examples: onemap forecast --stage primary --scenario low --json;
    onemap forecast --panel enrolment.csv --grades 1,2,3,4,5,6 --origin 2025 --horizon 5
    --out forecast.csv.
    """
    if context.invoked_subcommand is not None:
        return
    check_out(out)
    if panel is None:
        _refuse_given(origin=origin, horizon=horizon, grades=grades, seed=seed)
        asked = Asked(district, plan, scenario, stage, totals, publish, out)
        forecast_district(asked, as_json=as_json)
        return
    _refuse_given(district=district, plan=plan, stage=stage, totals=totals, publish=publish or None)
    drawn = 1 if seed is None else seed
    check_seed(drawn)
    order = _need_grades(grades)
    ahead = 10 if horizon is None else horizon
    _forecast_panel(panel, order, origin, ahead, seed=drawn, out=out, as_json=as_json)


@app.command("backtest")
def backtest(
    panel: PanelOption = None,
    grades: GradesOption = None,
    min_pupils: Annotated[
        float, typer.Option("--min-pupils", help="Pupils of a scored school in the origin year.")
    ] = 100.0,
    min_history: Annotated[
        int, typer.Option("--min-history", help="Years that are known at an origin.")
    ] = 3,
    seed: SeedOption = None,
    district: DistrictOption = None,
    as_json: JsonOption = False,
) -> None:
    """Score the forecast on the past, beside last year again and textbook cohort survival.

    Every year of the panel in turn is the origin; only what was known then is used. Without
    --panel: the enrolment of a loaded district, stage by stage, and its published forecasts.
    Example: onemap forecast backtest --panel enrolment.csv --grades 1,2,3,4,5,6 --json.
    """
    if panel is None:
        _refuse_given(grades=grades, seed=seed)
        score_district(district, min_pupils=min_pupils, min_history=min_history, as_json=as_json)
        return
    _refuse_given(district=district)
    drawn = 1 if seed is None else seed
    check_seed(drawn)
    known = read_panel(panel, _need_grades(grades))
    scores = backtest_panel(
        known.pupils, least_pupils=min_pupils, least_history=min_history, seed=drawn
    )
    if as_json:
        print_json(
            {
                "years": known.years,
                "min_pupils": min_pupils,
                "min_history": min_history,
                "seed": drawn,
                "scores": list_records(scores.round(3)),
            }
        )
    else:
        print_table(scores.assign(horizon=scores["horizon"].astype(int)), title="Scores")


def _refuse_given(**options: object) -> None:
    """Refuse options that belong to the other form of the command.

    Raises
    ------
    UsageError
        Names the first of them.
    """
    for name, value in options.items():
        if value is not None:
            raise UsageError(
                f"--{name} does not go with this form of the command.",
                mend="Files take --panel, --grades, --origin, --horizon and --seed; a loaded"
                " district takes --district, --plan, --stage, --scenario, --totals and --publish.",
            )


def _need_grades(grades: str | None) -> list[str]:
    if grades is None:
        raise UsageError(
            "The order of the grades is not told.",
            mend="List them from the entry grade up, as in --grades k,grade1,grade2.",
        )
    return split_grades(grades)


def _forecast_panel(
    file: Path,
    grades: list[str],
    origin: int | None,
    horizon: int,
    *,
    seed: int,
    out: Path | None,
    as_json: bool,
) -> None:
    """Forecast from a file, write the rows and print what the district comes to."""
    panel = read_panel(file, grades)
    year = panel.years[-1] if origin is None else origin
    known = panel.pupils[:, : panel.find_year(year) + 1]
    told = forecast_pupils(known, horizon=horizon, seed=seed)
    if out is not None:
        write_forecast(out, tabulate_forecast(panel, year, told))
    summary = _tell_forecast(panel, year, told, seed)
    if as_json:
        print_json(summary)
        return
    without = summary["no_data"]
    if without:
        typer.echo(f"No data in {year}: {', '.join(without)}.", err=True)
    print_table(pd.DataFrame(summary["district"]), title=f"All schools, from {year}")
    if out is not None:
        typer.echo(f"The forecast is in {out}.")


def _tell_forecast(panel: Panel, origin: int, told: PupilForecast, seed: int) -> dict[str, Any]:
    bounds = dict(zip(QUANTILES, told.bounds.district, strict=True))
    district = pd.DataFrame(
        {
            "year": origin + 1 + np.arange(len(told.district_expected)),
            "pupils": told.district_expected.round(1),
            **{
                f"p{100 * level:g}".replace(".", "_"): values.round(1)
                for level, values in bounds.items()
            },
        }
    )
    return {
        "origin": origin,
        "horizon": len(district),
        "grades": panel.grades,
        "schools": int(told.has_data.sum()),
        "no_data": [
            school for school, has in zip(panel.school_ids, told.has_data, strict=True) if not has
        ],
        "seed": seed,
        "share_of_persistence": round(told.shares.persistence, 4),
        "share_of_growth": round(told.shares.growth, 4),
        "district": list_records(district),
    }
