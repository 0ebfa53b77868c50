"""Write features to a file of any format; the file appears whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from gis.crs import DRAW_SRID, STORE_SRID, transform_frame
from gis.errors import UsageError
from gis.exports.about import About
from gis.exports.drafts import open_draft
from gis.exports.geojson import write_geojson
from gis.exports.geopackage import write_flatgeobuf, write_geopackage
from gis.exports.geoparquet import write_geoparquet
from gis.exports.spreadsheets import write_plain_csv, write_plain_workbook
from gis.partition import order_rings, round_coverage

DECIMALS = 7  # RFC 7946 §11.2: about a centimetre
METRE_DECIMALS = 3  # a millimetre
_LON_LAT = "OGC:CRS84"


def write_features(
    frame: gpd.GeoDataFrame,
    path: Path,
    *,
    kind: str,
    layer: str,
    metadata: dict[str, Any],
    coverage_by: str | Sequence[str] | None = None,
    crs: str | None = None,
    metric_srid: int | None = None,
    style: str | None = None,
) -> None:
    """Write `frame` to `path` beside its final name, then rename it into place.

    The same features and metadata make the same bytes: whatever time a format wants written is
    the data date.

    Parameters
    ----------
    frame
        Features in EPSG:4490, column geom. CSV and XLSX carry the place of a point inside each.
    kind
        geojson, gpkg, fgb, parquet, csv or xlsx.
    metadata
        Run, plan, data date, licence; stands in the file itself.
    coverage_by
        Columns whose values name coverages, such as stage: polygons with the same values share
        borders that rounding must keep, those with different ones lie over each other.
    crs
        EPSG:4326, CRS84, EPSG:4490 or the metric system; by default WGS 84 in GeoJSON, which
        knows no other, and CGCS2000 in all others. Degrees of the store are delivered as they
        are, or rounded to 7 decimals in GeoJSON; metres to the millimetre.
    metric_srid
        EPSG code of the district's metric system, if it may be asked for.
    style
        QML for QGIS; a GeoPackage carries it.

    Raises
    ------
    UsageError
        When the kind or the CRS is unknown, or the kind cannot be written in the CRS.
    OutputError
        When the folder cannot be written or is full.
    """
    about = About(layer, resolve_target(kind, crs, metric_srid), metadata, style)
    drawn = _move(frame, about.crs)
    digits = METRE_DECIMALS if about.is_metric else DECIMALS if kind == "geojson" else None
    if digits is not None:
        drawn = drawn.assign(geom=_round_groups(drawn, coverage_by, digits))
    with open_draft(path, suffix=f".{kind}") as draft:
        FORMATS[kind](drawn, draft, about)


def check_format(kind: str) -> str:
    """Refuse an unknown format.

    Raises
    ------
    UsageError
        Names those there are.
    """
    if kind not in FORMATS:
        raise UsageError(f"There is no format '{kind}'.", mend=f"Use {', '.join(FORMATS)}.")
    return kind


def resolve_target(kind: str, crs: str | None, metric_srid: int | None = None) -> CRS:
    """Return the CRS in which a format is written.

    Raises
    ------
    UsageError
        When the format or the CRS is unknown, or GeoJSON is asked for in another than WGS 84.

    Examples
    --------
    >>> resolve_target("gpkg", None).to_epsg(), resolve_target("gpkg", "4549", 4549).to_epsg()
    (4490, 4549)
    """
    is_geojson = check_format(kind) == "geojson"
    offered = {f"EPSG:{DRAW_SRID}": f"EPSG:{DRAW_SRID}", "CRS84": _LON_LAT, _LON_LAT: _LON_LAT}
    if not is_geojson:
        offered |= {f"EPSG:{srid}": f"EPSG:{srid}" for srid in (STORE_SRID, metric_srid) if srid}
    asked = crs or (_LON_LAT if is_geojson else f"EPSG:{STORE_SRID}")
    name = asked.upper() if ":" in asked or not asked.isdigit() else f"EPSG:{asked}"
    if name not in offered:
        told = ", ".join(known for known in offered if known != _LON_LAT)
        reason = " by RFC 7946; take another format for CGCS2000" if is_geojson else ""
        raise UsageError(f"Format {kind} is not written in '{asked}'.", mend=f"Use {told}{reason}.")
    return CRS.from_user_input(offered[name])


def _move(frame: gpd.GeoDataFrame, crs: CRS) -> gpd.GeoDataFrame:
    srid = crs.to_epsg() or DRAW_SRID  # CRS84 has no code: it is EPSG:4326 with x before y
    return frame if srid == STORE_SRID else transform_frame(frame, srid)


def _round_groups(
    frame: gpd.GeoDataFrame, coverage_by: str | Sequence[str] | None, decimals: int
) -> np.ndarray:
    shapes = np.array(frame["geom"], dtype=object)
    names = [coverage_by] if isinstance(coverage_by, str) else list(coverage_by or ())
    groups = frame.groupby(names, dropna=False).indices.values() if names else [slice(None)]
    for rows in groups:
        shapes[rows] = _round_shapes(shapes[rows], decimals)
    return shapes


def _round_shapes(shapes: np.ndarray, decimals: int) -> np.ndarray:
    """Round to the delivered precision; polygons keep their common borders and ring order."""
    if (shapely.get_dimensions(shapes) == 2).all():
        return order_rings(round_coverage(shapes, decimals=decimals))
    return np.asarray(shapely.transform(shapes, lambda places: np.round(places, decimals)))


def _flatten(frame: gpd.GeoDataFrame, about: About) -> pd.DataFrame:
    """Return the rows with the place of a point inside each feature."""
    points = shapely.point_on_surface(np.asarray(frame["geom"], dtype=object))
    names, digits = (
        (("east_m", "north_m"), METRE_DECIMALS)
        if about.is_metric
        else (
            ("lon", "lat"),
            DECIMALS,
        )
    )
    xy = (np.round(places, digits) for places in (shapely.get_x(points), shapely.get_y(points)))
    return pd.DataFrame(frame.drop(columns="geom")).assign(**dict(zip(names, xy, strict=True)))


def _write_csv(frame: gpd.GeoDataFrame, path: Path, about: About) -> None:
    # In every row, not beside the file or above its head: a row that was copied out still says
    # where it came from, and every reader finds the head in the first line.
    known = {f"meta_{name}": value for name, value in about.metadata.items()}
    write_plain_csv(_flatten(frame, about).assign(**known), path)


def _write_xlsx(frame: gpd.GeoDataFrame, path: Path, about: About) -> None:
    write_plain_workbook(
        _flatten(frame, about),
        path,
        title=about.layer,
        known=about.list_facts() | {"crs": about.crs.to_string()},
        moment=about.moment,
    )


FORMATS: dict[str, Callable[[gpd.GeoDataFrame, Path, About], None]] = {
    "geojson": write_geojson,
    "gpkg": write_geopackage,
    "fgb": write_flatgeobuf,
    "parquet": write_geoparquet,
    "csv": _write_csv,
    "xlsx": _write_xlsx,
}
