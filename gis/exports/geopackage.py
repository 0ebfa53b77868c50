"""GeoPackage and FlatGeobuf, written by GDAL so that the same features make the same bytes."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import geopandas as gpd
import pyogrio
from pyogrio.errors import DataLayerError, DataSourceError

from gis.exports.about import About

# The table in which QGIS, and GDAL with it, looks for the styles of a GeoPackage.
_STYLES = """
    create table layer_styles (
        id integer primary key autoincrement, f_table_catalog text, f_table_schema text,
        f_table_name text, f_geometry_column text, stylename text, styleqml text, stylesld text,
        useasdefault boolean, description text, owner text, ui text, update_time datetime
    )
"""


def write_geopackage(frame: gpd.GeoDataFrame, path: Path, about: About) -> None:
    """Write a GeoPackage: what is known in gpkg_metadata, a style, if any, in layer_styles.

    `fid` counts the features in their order; what stays the same from file to file is `code`.
    """
    options = {
        "GEOMETRY_NAME": "geom",
        "FID": "fid",
        "IDENTIFIER": about.layer,
        "DESCRIPTION": _describe(about),
    }
    moment = f"{about.moment:%Y-%m-%dT%H:%M:%S.000Z}"
    with _stop_clock(moment):
        _write(frame, path, about, "GPKG", options)
    if about.style is not None:
        _add_style(path, about, moment)


def write_flatgeobuf(frame: gpd.GeoDataFrame, path: Path, about: About) -> None:
    """Write a FlatGeobuf: what is known stands in its header, features in the order of its index.

    The format has no days: GDAL writes them as midnights.
    """
    options = {"TITLE": about.layer, "DESCRIPTION": _describe(about)}
    _write(frame, path, about, "FlatGeobuf", options)


def _write(
    frame: gpd.GeoDataFrame, path: Path, about: About, driver: str, options: dict[str, str]
) -> None:
    try:
        pyogrio.write_dataframe(
            frame.set_crs(about.crs, allow_override=True),
            path,
            driver=driver,
            layer=about.layer,
            layer_metadata=about.list_facts(),
            layer_options=options,
            dataset_options={"VERSION": "1.3"} if driver == "GPKG" else {},  # GDAL 3.6 reads it
            use_arrow=True,  # keeps days as days
        )
    except (DataSourceError, DataLayerError) as error:  # how GDAL tells a fault of the disk
        raise OSError(str(error)) from error


def _describe(about: About) -> str:
    known = about.list_facts()
    told = (
        known[name] for name in ("synthetic", "source", "licence", "data_date") if name in known
    )
    return " · ".join(told)


@contextmanager
def _stop_clock(moment: str) -> Iterator[None]:
    """Let GDAL write this moment wherever a GeoPackage wants the time of the last change."""
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": moment})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})


def _add_style(path: Path, about: About, moment: str) -> None:
    with closing(sqlite3.connect(path)) as package, package:
        package.execute(_STYLES)
        package.execute(
            "insert into layer_styles (f_table_catalog, f_table_schema, f_table_name,"
            " f_geometry_column, stylename, styleqml, useasdefault, update_time)"
            " values ('', '', ?, 'geom', ?, ?, 1, ?)",
            (about.layer, about.layer, about.style, moment),
        )
        package.execute(
            "insert into gpkg_contents (table_name, data_type, identifier, last_change)"
            " values ('layer_styles', 'attributes', 'layer_styles', ?)",
            (moment,),
        )
