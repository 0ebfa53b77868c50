"""``onemap rules``: rules of admission, checked and explained; no database needed."""

from __future__ import annotations

import difflib
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, Literal

import pandas as pd
import typer

from catchments.admission.prose import explain_stage, write_prose
from catchments.admission.rule_checks import is_order_proven
from catchments.admission.rule_files import load_rules
from catchments.admission.rules import Rules
from gis.errors import UsageError
from scenarios.commands.output import JsonOption, StageOption, print_json, print_table

app = typer.Typer(help="Check and explain rules of admission.", no_args_is_help=True)

FileArgument = Annotated[Path, typer.Argument(help="Rule file (YAML).", show_default=False)]


@app.command()
def check(file: FileArgument, as_json: JsonOption = False) -> None:
    """Check a rule file: every fault with its line, contradictions included.

    Example: onemap rules check data/districts/ouhai/admission_2026.yaml.
    """
    rules = load_rules(file)
    batches = _list_batches(rules)
    unproven = [name for name, one in rules.stages.items() if not is_order_proven(one)]
    if as_json:
        told = {"valid": True, "order_unproven": unproven, "batches": batches}
        print_json({**_tell_head(rules, file), **told})
        return
    print_table(pd.DataFrame(batches), title=f"{rules.name_zh} {rules.year}")
    for name in unproven:
        typer.echo(
            f"Stage {name} tells too many kinds of children apart to try whether each batch can be"
            " reached; every child falls into one.",
            err=True,
        )
    typer.echo(f"The rules are sound. Version {rules.version}.")


@app.command()
def explain(
    file: FileArgument,
    stage: StageOption = None,
    lang: Annotated[
        Literal["zh", "en"] | None, typer.Option("--lang", help="Default Chinese, then English.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Explain a rule file in prose, in Chinese and English.

    Example: onemap rules explain data/districts/ouhai/admission_2026.yaml --stage primary.
    """
    rules = load_rules(file)
    _check_stage(rules, stage)
    languages: list[Literal["zh", "en"]] = ["zh", "en"] if lang is None else [lang]
    if not as_json:
        typer.echo("\n\n".join(write_prose(rules, language, stage) for language in languages))
        return
    stages = [*rules.stages] if stage is None else [stage]
    prose = {
        language: {
            name: [asdict(section) for section in explain_stage(rules, name, language)]
            for name in stages
        }
        for language in languages
    }
    print_json({**_tell_head(rules, file), "prose": prose})


def _check_stage(rules: Rules, stage: str | None) -> None:
    if stage is None or stage in rules.stages:
        return
    near = difflib.get_close_matches(stage, rules.stages, n=1)
    known = ", ".join(rules.stages)
    raise UsageError(
        f"Rules {rules.code} have no stage '{stage}'.",
        mend=f"Did you mean '{near[0]}'?" if near else f"Use one of {known}.",
    )


def _tell_head(rules: Rules, file: Path) -> dict[str, Any]:
    return {
        "file": str(file),
        "code": rules.code,
        "name_zh": rules.name_zh,
        "name_en": rules.name_en,
        "source": rules.source,
        "year": rules.year,
        "version": rules.version,
        "stages": [*rules.stages],
    }


def _list_batches(rules: Rules) -> list[dict[str, Any]]:
    return [
        {
            "stage": stage.stage,
            "opens_on": stage.opens_on.isoformat(),
            "number": number,
            "batch": batch.code,
            "name_zh": batch.name_zh,
            "name_en": batch.name_en,
            "score": batch.score,
            "uses_dwelling": batch.uses_dwelling,
        }
        for stage in rules.stages.values()
        for number, batch in enumerate(stage.batches, 1)
    ]
