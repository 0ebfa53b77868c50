"""Solvers that are waited for no longer than the time allows."""

from __future__ import annotations

import pickle
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Self

from catchments.bounds import highs
from catchments.bounds.highs import Answer, Call

_LISTEN_EVERY_S = 0.05
_GRACE_S, _GRACE_SHARE = 0.15, 0.01  # of the time left: a solver ends that much before
_SMALL = 200  # columns; solved at once, no process is worth it


class Watch:
    """Whether to end, how much time is left, and a process that solves meanwhile.

    HiGHS hears no call to stop, and a thread in it would have the interpreter abort at its exit.
    A process can be ended at any time; it is started by the first programme that is not small,
    and ended with the context.
    """

    def __init__(self, stop: Callable[[], bool], left: Callable[[], float]) -> None:
        self._stop, self._left = stop, left
        self._process: subprocess.Popen[bytes] | None = None
        self._is_lost = False

    @property
    def left_s(self) -> float:
        """Seconds left, never negative."""
        return max(0.0, self._left())

    @property
    def is_up(self) -> bool:
        """Whether the work should end; so it should when the process was lost."""
        return self._is_lost or self._stop() or self._left() <= 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()

    def prepare(self) -> None:
        """Start the process now, so that the first programme need not wait for it."""
        if self._process is None:
            self._process = _start()

    def solve(self, call: Call) -> Answer | None:
        """Return the answer to a call, or None when the time is up before."""
        most_s = self.left_s * (1.0 - _GRACE_SHARE) - _GRACE_S
        call = call._replace(limit_s=min(call.limit_s, most_s))
        if call.limit_s <= 0.0 or self.is_up:
            return None
        if call.cost.size <= _SMALL:
            return highs.solve(call)
        self.prepare()
        assert self._process is not None
        process, answers = self._process, []

        def ask() -> None:
            assert process.stdin is not None
            assert process.stdout is not None
            try:
                pickle.dump(tuple(call), process.stdin)
                process.stdin.flush()
                answers.append(Answer(*pickle.load(process.stdout)))
            except (OSError, EOFError, pickle.UnpicklingError):
                self._is_lost = True  # ended below, or by the system for want of memory

        asker = threading.Thread(target=ask, daemon=True)
        asker.start()
        while asker.is_alive() and not self.is_up:
            asker.join(_LISTEN_EVERY_S)
        if asker.is_alive():
            process.kill()
            asker.join()
        return answers[0] if answers else None


def _start() -> subprocess.Popen[bytes]:
    """Start a solver that does not hear Ctrl-C: whoever started it decides when it ends.

    A session of its own would be a scheduling group of its own on Linux, where yielding to the
    search counts for nothing.
    """
    return subprocess.Popen(
        [sys.executable, highs.__file__],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        process_group=0,
    )
