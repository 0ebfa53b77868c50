"""Valid lower bounds of the objective of a division, proven beside the search for it."""

from catchments.bounds.bound import MARGIN, Bound
from catchments.bounds.raising import raise_bound
from catchments.bounds.transport import bound_by_seats

__all__ = ["MARGIN", "Bound", "bound_by_seats", "raise_bound"]
