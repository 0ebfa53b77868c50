"""Catchments in the words of admission notices, and published notices set against them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from sqlalchemy import Connection

from catchments.notice import (
    Comparison,
    Notice,
    NoticeGround,
    compare_notice,
    list_phrases,
    read_notice,
    tell_notice,
    write_text,
)
from catchments.profile import Stage
from gis.crs import to_metric
from gis.database import read_features
from gis.errors import RejectedDataError, UsageError
from scenarios.district import District, Plan
from scenarios.school_network.draw import draw_catchments


@dataclass(frozen=True, eq=False)
class Areas:
    """The ground of notices and the catchments they speak of, in metres."""

    ground: NoticeGround
    catchments: gpd.GeoDataFrame  # code, name_zh, geom


@dataclass(frozen=True, eq=False)
class WordedCatchment:
    """The notice of one school."""

    code: str
    name_zh: str
    notice: Notice
    text: str

    @property
    def phrases(self) -> pd.DataFrame:
        """Return the phrases as a table: school_code, school_name_zh, section, phrase, doors."""
        phrases = list_phrases(self.notice)
        phrases.insert(0, "school_code", self.code)
        phrases.insert(1, "school_name_zh", self.name_zh)
        return phrases


def read_areas(
    connection: Connection, district: District, plan: Plan, stage: Stage, code: str | None
) -> Areas:
    """Read the ground, and the catchment of the school of that code, or all of the stage.

    Raises
    ------
    UsageError
        When the school has no such catchment.
    RejectedDataError
        When the district has no buildings with dwellings: without doors there are no notices.
    """
    draw_catchments(connection, district, plan)
    srid = district.profile.metric_srid
    catchments = _read_metric(
        connection, "notice_catchments", srid, plan_id=plan.id, stage=stage.code, code=code
    )
    if catchments.empty:
        raise UsageError(
            f"Plan {plan.code} has no catchment of stage {stage.code}"
            f"{f' for school {code}' if code else ''}.",
            mend="List the schools with `onemap count --stage STAGE --json`.",
        )
    doors = _read_metric(connection, "house_doors", srid, district_id=district.id)
    if doors.empty:
        raise RejectedDataError(
            f"District {district.profile.code} has no buildings with dwellings.",
            mend="Load its buildings with their addresses first.",
        )
    communities = _read_metric(connection, "notice_communities", srid, district_id=district.id)
    lines = _read_metric(connection, "named_lines", srid, district_id=district.id)
    return Areas(NoticeGround(doors, communities.set_index("name"), lines), catchments)


def _read_metric(connection: Connection, query: str, srid: int, **asked: Any) -> gpd.GeoDataFrame:
    frame = read_features(connection, query, **asked)
    shapes = to_metric(frame["geom"], srid) if len(frame) else np.empty(0, dtype=object)
    flat = pd.DataFrame(frame.drop(columns="geom"))
    return gpd.GeoDataFrame(flat, geometry=gpd.GeoSeries(shapes, index=flat.index, crs=srid))


def word_catchments(
    areas: Areas, district: District, plan: Plan, stage: Stage
) -> Iterator[WordedCatchment]:
    """Word the notice of each catchment."""
    profile = district.profile
    for row in areas.catchments.itertuples(index=False):
        notice = tell_notice(areas.ground, row.geometry, profile.notice)
        title = f"{row.name_zh}施教区（{stage.name_zh}，{plan.name_zh}）"
        yield WordedCatchment(
            row.code,
            row.name_zh,
            notice,
            write_text(notice, title=title, remarks=list(_list_remarks(notice, district))),
        )


def _list_remarks(notice: Notice, district: District) -> Iterator[str]:
    profile = district.profile
    yield (
        f"数据日期{profile.data_date.isoformat()}；区内住宅楼栋{notice.doors_inside}幢；"
        "四至按边界外法线方向及长度归纳，门牌以施教区图为准"
    )
    if notice.unnumbered_doors:
        yield f"另有{notice.unnumbered_doors}幢住宅楼栋无门牌号，未列入"
    if profile.synthetic:
        yield "模拟数据，不得用于招生"


def check_notice(areas: Areas, district: District, text: str) -> Comparison:
    """Set a published text against the one catchment of `areas`.

    Raises
    ------
    RejectedDataError
        When nothing in the text is understood.
    """
    claims = read_notice(text, areas.ground)
    if claims.places.empty and claims.sides.empty:
        raise RejectedDataError(
            f"Nothing in the text is understood; it has {len(claims.not_understood)} phrases.",
            mend="Give communities, estates, streets with door numbers, or sides as 东至….",
        )
    area = areas.catchments.geometry.iloc[0]
    return compare_notice(areas.ground, claims, area, district.profile.notice)
