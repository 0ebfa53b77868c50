"""Tables out: GeoJSON, GeoPackage, spreadsheet text."""
