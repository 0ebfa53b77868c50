"""Where to open schools: least walking, most pupils within a radius, or the fewest sites.

Each function takes a :class:`SiteRequest` and returns a :class:`SiteChoice` that carries a
proven bound. Capacities and connected catchments belong to :mod:`catchments.boundaries`.
"""

from catchments.sites.choice import SiteChoice, measure_choice
from catchments.sites.coverage import choose_by_coverage
from catchments.sites.fewest import choose_fewest
from catchments.sites.median import choose_by_distance
from catchments.sites.request import SiteRequest

__all__ = [
    "SiteChoice",
    "SiteRequest",
    "choose_by_coverage",
    "choose_by_distance",
    "choose_fewest",
    "measure_choice",
]
