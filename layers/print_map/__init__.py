"""Maps on paper: vector drawings in the metric CRS, with all that a map needs to be read."""
