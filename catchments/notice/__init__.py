"""Boundaries in words: what an admission notice says of a catchment, and what it really holds.

:func:`tell_notice` finds sides, communities, door ranges and estates of a polygon;
:func:`write_text` words them in Chinese; :func:`read_notice` reads such text, and that of
schools, back; :func:`compare_notice` sets it against a polygon, door by door.
"""

from catchments.notice.comparing import Comparison, compare_notice
from catchments.notice.ground import NoticeGround
from catchments.notice.notice import Notice, tell_notice
from catchments.notice.reading import Claims, read_notice
from catchments.notice.wording import list_phrases, write_text

__all__ = [
    "Claims",
    "Comparison",
    "Notice",
    "NoticeGround",
    "compare_notice",
    "list_phrases",
    "read_notice",
    "tell_notice",
    "write_text",
]
