"""Whether the places of a delivery can be where they are: doubts are told, nothing is corrected."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely
from sqlalchemy import Connection, func, select

from gis import tables
from gis.crs import STORE_SRID
from gis.ingest.findings import WARNED, Findings
from gis.ingest.plausibility import find_misplaced


def doubt_places(
    connection: Connection, district_id: int, frame: pd.DataFrame, findings: Findings
) -> None:
    """Warn of places outside the district, swapped coordinates and other systems, with evidence.

    Parameters
    ----------
    frame
        Column ``geom`` in EPSG:4490; without it there is nothing to doubt.
    """
    district = tables.district
    row = connection.execute(
        select(func.st_asbinary(district.c.geom).label("geom"), district.c.metric_srid).where(
            district.c.id == district_id
        )
    ).one()
    if "geom" not in frame or row.geom is None or frame.empty:
        return
    shapes = np.asarray(frame["geom"], dtype=object)
    boundary = shapely.from_wkb(bytes(row.geom))
    for doubt in find_misplaced(shapes, STORE_SRID, boundary, metric_srid=row.metric_srid):
        findings.add(
            WARNED,
            frame.index[doubt.rows],
            column="geom",
            found=None,
            rule=doubt.words,
            mend=doubt.mend,
        )
