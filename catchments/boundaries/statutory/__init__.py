"""Statutory catchments: a division that somebody else drew, read and checked.

:func:`read_division` reads polygons, or lists of planning units, communities or door numbers;
:func:`check_division` gives each planning unit its school and lists what is to be mended.
"""

from catchments.boundaries.statutory.checking import CheckedDivision, check_division
from catchments.boundaries.statutory.division import Division, read_division
from catchments.boundaries.statutory.findings import MENDS
from catchments.boundaries.statutory.ground import SLIVER_M, Ground

__all__ = [
    "MENDS",
    "SLIVER_M",
    "CheckedDivision",
    "Division",
    "Ground",
    "check_division",
    "read_division",
]
