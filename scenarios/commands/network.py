"""``onemap network``: the school network in numbers, and two subdistricts side by side."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from gis.access import Role
from gis.database import open_database, read_table
from gis.errors import UsageError
from gis.settings import load_settings
from layers.language import is_missing
from scenarios.commands.output import (
    DistrictOption,
    JsonOption,
    YearOption,
    print_json,
    print_table,
)
from scenarios.district import District, check_choice, find_district
from scenarios.school_network.analysis import sum_groups, sum_sites
from scenarios.school_network.comparison import compare_places, find_place
from scenarios.school_network.network import SchoolNetwork, read_network
from scenarios.school_network.panel import get_first_day, list_kinds

_SITE = [
    *("school_code", "school_name_zh", "kind", "public", "urban", "subdistrict_code", "pupils"),
    *("site_m2_per_pupil", "site_norm_m2", "site_state"),
    *("building_m2_per_pupil", "building_norm_m2", "building_state"),
]


def network(
    district: DistrictOption = None,
    year: YearOption = None,
    compare: Annotated[
        str | None, typer.Option("--compare", help="Subdistrict, by code or name.")
    ] = None,
    other: Annotated[
        str | None, typer.Option("--with", help="Subdistrict that it is compared with.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Tell schools and seats by type and place, walks, white spots, sites and growth.

    Example: onemap network --compare 梧田街道 --with 泽雅镇 --json.
    """
    if (compare is None) != (other is None):
        raise UsageError(
            "A comparison needs two subdistricts.", mend="Name both, with --compare and --with."
        )
    settings = load_settings()
    with open_database(settings) as database, database.begin(Role.PLANNER) as connection:
        found = find_district(connection, district or settings.district)
        chosen = check_choice(found, stage=None, year=year)
        newest = read_table(connection, "latest_enrolment_year", district_id=found.id)
        counted = newest["year"].iloc[0]
        pupil_year = None if is_missing(counted) else int(counted)
        groups = read_table(
            connection,
            "school_groups",
            district_id=found.id,
            year=chosen,
            pupil_year=pupil_year,
            day=get_first_day(chosen),
        )
        told = read_network(connection, found, groups, year=chosen, pupil_year=pupil_year)
    answer = answer_network(found, told)
    if compare is not None and other is not None:
        first, second = find_place(told, compare), find_place(told, other)
        answer["comparison"] = {
            "first": first["subdistrict_code"],
            "second": second["subdistrict_code"],
            "measures": compare_places(told, first, second, list_kinds(found.profile)),
        }
    if as_json:
        print_json(answer)
    elif compare is not None:
        print_table(answer["comparison"]["measures"], title=f"{compare} – {other}")
    else:
        print_table(told.kinds, title=f"{found.profile.code} {chosen}: schools by type")
        print_table(told.white_spots, title="children beyond the service radius")


def answer_network(district: District, told: SchoolNetwork) -> dict[str, Any]:
    """Answer what is known of the school network; small counts of children are missing."""
    profile = district.profile
    return {
        "district": profile.code,
        "year": told.year,
        "pupil_year": told.pupil_year,
        "run": told.run_id,
        "data_date": profile.data_date,
        "synthetic": profile.synthetic,
        "residents": told.residents,
        "types": told.kinds,
        "subdistricts": told.subdistricts.drop(columns="subdistrict_id"),
        "urban_rural": sum_groups(told.groups, by=["urban"]),
        "walks_to": profile.network.white_spots_to,
        "within": told.within,
        "white_spots": told.white_spots,
        "site_norms": sum_sites(told.sites),
        "sites": told.sites[_SITE],
        "growth": told.growth,
    }
