"""Geometry for other programs and for the map: packed answers, vector tiles."""
