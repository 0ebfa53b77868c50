"""The clock that every search watches: a time limit, and Ctrl-C."""

from __future__ import annotations

import signal
import threading
import time
from types import FrameType
from typing import Literal, Self

Stop = Literal["proven", "time limit", "interrupted"]


class Clock:
    """Seconds since the start of a search, and whether it should come to an end.

    Used as a context, it hears Ctrl-C in place of the interpreter: the search is then told that
    its time is up and can hand over what it has, whole and in order. A second Ctrl-C interrupts
    in the usual manner. Only the main thread hears Ctrl-C; elsewhere the limit alone counts.

    Examples
    --------
    >>> with Clock(60.0) as clock:
    ...     clock.is_up
    False
    """

    def __init__(self, time_limit_s: float) -> None:
        self._start = time.perf_counter()
        self._limit_s = time_limit_s
        self._interrupted = False
        self._usual = signal.getsignal(signal.SIGINT)

    @property
    def seconds(self) -> float:
        """Seconds since the start."""
        return time.perf_counter() - self._start

    @property
    def left_s(self) -> float:
        """Seconds left, never negative."""
        return max(0.0, self._limit_s - self.seconds)

    @property
    def is_up(self) -> bool:
        """Whether the limit has passed or Ctrl-C was heard."""
        return self._interrupted or self.seconds >= self._limit_s

    @property
    def cause(self) -> Stop:
        """What cuts a search short that was not done in time."""
        return "interrupted" if self._interrupted else "time limit"

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            self._usual = signal.signal(signal.SIGINT, self._hear)
        return self

    def __exit__(self, *_: object) -> None:
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGINT, self._usual)

    def _hear(self, number: int, _: FrameType | None) -> None:
        self._interrupted = True
        signal.signal(number, self._usual)
