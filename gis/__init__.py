"""Spatial foundation: datums, database, tables, files in and out. Knows no school rules."""
