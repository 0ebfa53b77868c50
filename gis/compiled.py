"""How kernels are compiled, and how the cores share their rows.

Kernels run without the interpreter lock, so plain threads share them; they are compiled at the
first call of each kind of argument and kept on disk after that. Numba's own threads are not
used: they end the process when two requests of a server meet in them.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from numba import njit  # type: ignore[import-untyped, unused-ignore]

Kernel = TypeVar("Kernel", bound=Callable[..., Any])


def compiled(kernel: Kernel) -> Kernel:
    """Compile a kernel when it is first called; the result is kept on disk."""
    return njit(kernel, cache=True, nogil=True, error_model="numpy")


def compiled_in_place(kernel: Kernel) -> Kernel:
    """Compile a kernel that makes no arrays; those that it is handed are not counted.

    Counting who holds an array costs more than small kernels do, most of all where two threads
    count the same one.
    """
    options: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy", "_nrt": False}
    return njit(kernel, **options)  # type: ignore[return-value, unused-ignore]


def share_rows(
    work: Callable[[int, int], None], count: int, *, block: int, cores: int | None = None
) -> None:
    """Call `work(first, last)` on blocks of rows 0 to `count`, on all cores at once.

    Blocks are handed out in order and write to rows of their own, so that the answer never
    depends on the number of cores.

    Examples
    --------
    >>> import numpy as np
    >>> squares = np.zeros(5)
    >>> def fill(first: int, last: int) -> None:
    ...     squares[first:last] = np.arange(first, last) ** 2
    >>> share_rows(fill, 5, block=2)
    >>> squares.tolist()
    [0.0, 1.0, 4.0, 9.0, 16.0]
    """
    workers = min(cores or os.cpu_count() or 1, -(-count // block))
    if workers <= 1:
        if count:
            work(0, count)
        return
    starts = range(0, count, block)
    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(lambda start: work(start, min(start + block, count)), starts))
