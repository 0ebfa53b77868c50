"""How long printed briefings take over the sample: ``python -m benchmarks.bench_briefs``.

Needs the loaded sample (``onemap load sample``). One sheet of warnings, and 100 pages of an atlas
of schools on A4; reading, drawing and setting included.
"""

from __future__ import annotations

import io
import time
from dataclasses import replace

from pypdf import PdfReader

from gis.access import Role
from gis.database import open_database
from gis.settings import load_settings
from layers.language import load_language
from scenarios.briefings import atlas
from scenarios.briefings.edition import print_edition
from scenarios.briefings.material import read_material
from scenarios.briefings.order import Order, print_briefing
from scenarios.briefings.paper import choose_paper
from scenarios.district import find_district, find_plan
from scenarios.view import View

PAGES = 100


def main() -> None:
    """Print seconds, pages and bytes."""
    with open_database(load_settings()) as database, database.begin(Role.PLANNER) as connection:
        district = find_district(connection, load_settings().district)
        plan = find_plan(connection, district, None)
        view = View(connection, district, plan, "primary", 2027, load_language("zh"))
        print_briefing(view, Order("warning"))  # fonts and queries are warm from here on
        begun, worked = time.perf_counter(), time.process_time()
        one = print_briefing(view, Order("warning"))
        print(f"warning A3: {_tell(begun, worked)}, {len(one.pdf) / 1e6:.1f} MB")
        begun, worked = time.perf_counter(), time.process_time()
        paper = choose_paper("A4", is_high=True)
        material = read_material(view, paper, has_every_stage=True)
        schools = material.ground.schools.head(PAGES)
        some = replace(material, ground=replace(material.ground, schools=schools))
        edition = atlas.build_atlas(some, "school", None)
        pdf = print_edition(edition, material)
        took = _tell(begun, worked)
        pages = len(PdfReader(io.BytesIO(pdf)).pages)
        print(f"atlas A4: {pages} pages in {took}, {len(pdf) / 1e6:.1f} MB")


def _tell(begun: float, worked: float) -> str:
    """Tell the time on the clock and that of this process."""
    clock, own = time.perf_counter() - begun, time.process_time() - worked
    return f"{clock:.1f} s (processor {own:.1f} s)"


if __name__ == "__main__":
    main()
