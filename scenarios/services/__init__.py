"""For other programs: OGC API Features and Tiles, and a read API."""
