"""What divisions of others call stages, schools and communities, brought to our codes."""

from __future__ import annotations

from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import pandas as pd
from sqlalchemy import Connection

from catchments.boundaries.statutory import Division
from catchments.boundaries.statutory.division import read_names
from catchments.profile import Profile
from gis.database import read_features, read_table
from gis.errors import RejectedDataError, UsageError
from scenarios.district import District

# Our column → what offices call it; the first that a file has is taken.
_COLUMNS = {
    "school_id": ("school_id", "school_code", "school", "school_name_zh", "学校代码", "学校"),
    "planning_unit_id": (
        *("planning_unit_id", "planning_unit_code", "unit_id", "unit_code"),
        "规划单元",
    ),
    "community": ("community", "community_code", "community_name_zh", "社区", "村社"),
    "street": ("street", "路名", "街路"),
    "first_number": ("first_number", "起号"),
    "last_number": ("last_number", "止号"),
    "side": ("side", "单双号"),
    "stage": ("stage", "学段"),
}


_NAMES = ("name_zh", "name_en")


@dataclass(frozen=True, eq=False)
class Called:
    """What divisions of others may call the things of a district.

    Parameters
    ----------
    units
        id, code, community_code, community_name_zh.
    schools
        code, name_zh, name_en of all schools.
    doors
        planning_unit_id (its code), street, number, geom: buildings with dwellings.
    """

    units: pd.DataFrame
    schools: pd.DataFrame
    doors: gpd.GeoDataFrame


def name_columns(frame: pd.DataFrame) -> pd.DataFrame:
    """Give the columns of a file our names where it has none of that name.

    Examples
    --------
    >>> name_columns(pd.DataFrame(columns=["学校", "规划单元"])).columns.tolist()
    ['school_id', 'planning_unit_id']
    """
    theirs = {str(name).strip(): name for name in frame.columns}
    found = {
        theirs[next(word for word in words if word in theirs)]: ours
        for ours, words in _COLUMNS.items()
        if any(word in theirs for word in words)
    }
    return frame.rename(columns=found)


def split_stages(
    frame: pd.DataFrame, profile: Profile, wanted: str | None
) -> dict[str, pd.DataFrame]:
    """Split the rows by stage, which column stage tells by code or name, or else `wanted`.

    Raises
    ------
    UsageError
        When neither tells the stage and the district has several.
    RejectedDataError
        When the column names an unknown stage, or the file has no row of the stage.
    """
    known = [stage.code for stage in profile.list_catchment_stages()]
    if wanted is not None:
        profile.get_stage(wanted)
    if "stage" not in frame.columns:
        if wanted is None and len(known) != 1:
            raise UsageError(
                "The division does not say which stage it divides.",
                mend=f"Name it with --stage ({', '.join(known)}), or add a column stage.",
            )
        return {wanted or known[0]: frame}
    words = {
        word: stage.code
        for stage in profile.stages
        for word in (stage.code, stage.name_zh, stage.name_en)
    }
    told = read_names(frame["stage"])
    codes = told.map(words)
    if codes.isna().any():
        row = int(np.flatnonzero(codes.isna())[0])
        raise RejectedDataError(
            f"Row {row + 1} of the division names the stage '{told.iloc[row]}'.",
            mend=f"Use {', '.join(known)}.",
        )
    rows = {
        code: frame[codes == code]
        for code in dict.fromkeys(codes)
        if wanted is None or code == wanted
    }
    if not rows:
        raise RejectedDataError(
            f"The division has no row{f' of stage {wanted}' if wanted else ''}.",
            mend="Choose another stage, or export the file again.",
        )
    return rows


def read_called(connection: Connection, district: District) -> Called:
    """Read what the units, schools and doors of a district are called."""
    mine = {"district_id": district.id}
    houses = read_features(connection, "house_doors", **mine)
    is_named = houses["street"].ne("") & houses["planning_unit_id"].notna()
    return Called(
        read_table(connection, "division_units", **mine),
        read_table(connection, "division_schools", **mine),
        houses.loc[is_named, ["planning_unit_id", "street", "number", "geom"]],
    )


def name_schools(rows: pd.DataFrame, codes: pd.Series, called: Called) -> pd.DataFrame:
    """Write schools that are called by name by their code; others stay as they are.

    Parameters
    ----------
    rows
        Of one stage, with school_id as offices write it.
    codes
        Of the schools that may have a catchment in the stage.

    Raises
    ------
    RejectedDataError
        When a name stands for two schools of the stage.
    """
    if "school_id" not in rows.columns:
        return rows
    mine = called.schools[called.schools["code"].isin(codes)]
    words = pd.concat([mine[["code", name]].set_axis(["code", "name"], axis=1) for name in _NAMES])
    return rows.assign(school_id=_write_codes(rows["school_id"], words))


def name_communities(division: Division, called: Called) -> Division:
    """Write communities that are called by name by their code; as :func:`name_schools`."""
    words = called.units[["community_code", "community_name_zh"]].set_axis(["code", "name"], axis=1)
    codes = _write_codes(division.table["community"], words)
    return replace(division, table=division.table.assign(community=codes))


def _write_codes(told: pd.Series, words: pd.DataFrame) -> pd.Series:
    """Write code for name; what is a code already, or unknown, stays."""
    told = read_names(told)
    known = words.dropna().drop_duplicates()
    known = known.assign(name=read_names(known["name"]))
    known = known[~known["name"].isin(known["code"])].drop_duplicates()
    twice = known[known["name"].duplicated(keep=False) & known["name"].isin(told)]
    if len(twice):
        name = twice["name"].iloc[0]
        codes = ", ".join(twice.loc[twice["name"] == name, "code"])
        raise RejectedDataError(
            f"The name {name} in the division stands for {codes}.", mend="Write the code instead."
        )
    alone = known.drop_duplicates("name").set_index("name")["code"]
    return told.map(alone).fillna(told)
