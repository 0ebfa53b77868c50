"""The shell that hosts the scenarios: one page with rail, 3D map and answer panel."""
