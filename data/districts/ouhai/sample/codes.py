"""Codes as text for whole columns: digits, hexadecimal stand-ins for keyed hashes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Text = NDArray[np.object_]
_HEX = np.frombuffer(b"0123456789abcdef", dtype=np.uint8)


def write_digits(numbers: NDArray[np.integer], width: int) -> NDArray[np.uint8]:
    """Return numbers as ASCII digits, shape (n, width), zeros in front.

    Examples
    --------
    >>> join_text(write_digits(np.array([7, 42]), 3)).tolist()
    ['007', '042']
    """
    powers = 10 ** np.arange(width - 1, -1, -1, dtype=np.int64)
    digits = np.asarray(numbers, dtype=np.int64)[:, None] // powers % 10
    return np.asarray(digits + ord("0"), dtype=np.uint8)


def write_letters(words: NDArray[np.bytes_] | list[str]) -> NDArray[np.uint8]:
    """Return ASCII words of one length as bytes, shape (n, length)."""
    packed = np.asarray(words, dtype="S")
    return packed.view(np.uint8).reshape(len(packed), packed.itemsize)


def write_hash(person: NDArray[np.integer], *, salt: int, length: int = 32) -> Text:
    """Return a hexadecimal stand-in for the keyed hash of each person's identity number.

    Equal persons have equal hashes. It is a mixing of invented numbers, no protection.
    """
    whole = np.column_stack([_mix(person, salt), _mix(person, salt + 1)])
    octets = whole.view(np.uint8).reshape(len(whole), 16)
    signs = np.stack([_HEX[octets >> 4], _HEX[octets & 15]], axis=2).reshape(len(whole), 32)
    return join_text(np.ascontiguousarray(signs[:, :length]))


def join_text(*columns: NDArray[np.uint8]) -> Text:
    """Return rows of ASCII bytes, set side by side, as an array of str."""
    rows = np.ascontiguousarray(np.hstack(columns))
    return np.asarray(rows.view(f"S{rows.shape[1]}").ravel().astype("U").astype(object))


def _mix(person: NDArray[np.integer], salt: int) -> NDArray[np.uint64]:
    """Spread numbers over 64 bits. SOURCE: splitmix64 of Steele, Lea and Flood (2014)."""
    step = np.uint64((salt + 1) * 0x9E3779B97F4A7C15 % 2**64)
    state = np.asarray(person).astype(np.uint64) + step
    state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(state ^ (state >> np.uint64(31)))
