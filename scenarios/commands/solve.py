"""``onemap solve``: planning questions answered from files alone."""

from __future__ import annotations

import typer

from scenarios.commands.solve_catchments import solve_catchments
from scenarios.commands.solve_sites import solve_sites

app = typer.Typer(help="Solve a planning question on files.", no_args_is_help=True)
app.command("catchments")(solve_catchments)
app.command("sites")(solve_sites)
