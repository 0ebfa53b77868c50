"""Scenario 1, school network (区域校网布局): schools by type, and their catchments."""
