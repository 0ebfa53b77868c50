"""One building as vector tiles, written by hand: Mapbox Vector Tile specification 2.1."""

from __future__ import annotations

import math

import numpy as np

BUILDING_ID = 7
BUILDING_NAME = "教学楼"
BUILDING_HEIGHT_M = 120


def encode_varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def encode_field(number: int, payload: bytes) -> bytes:
    return encode_varint(number << 3 | 2) + encode_varint(len(payload)) + payload


def encode_number(number: int, value: int) -> bytes:
    return encode_varint(number << 3) + encode_varint(value)


def encode_ring(ring: list[tuple[int, int]]) -> bytes:
    """Encode MoveTo 1, LineTo n, ClosePath over zigzag steps."""
    steps = np.diff([(0, 0), *ring], axis=0).ravel()
    zigzag = [int(step) << 1 if step >= 0 else -int(step) * 2 - 1 for step in steps]
    commands = [1 | 1 << 3, *zigzag[:2], 2 | (len(ring) - 1) << 3, *zigzag[2:], 7 | 1 << 3]
    return b"".join(encode_varint(command) for command in commands)


def encode_tile(ring: list[tuple[int, int]], name: str, height_m: int) -> bytes:
    feature = (
        encode_number(1, BUILDING_ID)
        + encode_field(2, bytes([0, 0, 1, 1]))
        + encode_number(3, 3)
        + encode_field(4, encode_ring(ring))
    )
    layer = (
        encode_field(1, b"buildings")
        + encode_field(2, feature)
        + encode_field(3, b"name")
        + encode_field(3, b"height_m")
        + encode_field(4, encode_field(1, name.encode()))
        + encode_field(4, encode_number(5, height_m))
        + encode_number(5, 4096)
        + encode_number(15, 2)
    )
    return encode_field(3, layer)


def draw_building_tile(z: int, x: int, y: int) -> bytes:
    """Cut one square building, 教学楼 at 120.65 E 27.982 N, to one tile."""

    def to_tile(lon: float, lat: float) -> tuple[float, float]:
        north = math.asinh(math.tan(math.radians(lat))) / math.pi
        return ((lon / 360 + 0.5) * 2**z - x) * 4096, ((0.5 - north / 2) * 2**z - y) * 4096

    left, top = to_tile(120.649, 27.983)
    right, bottom = to_tile(120.651, 27.981)
    xs = np.clip([left, right], 0, 4096).astype(int)
    ys = np.clip([top, bottom], 0, 4096).astype(int)
    if xs[0] == xs[1] or ys[0] == ys[1]:
        return b""
    corners = [(xs[0], ys[0]), (xs[1], ys[0]), (xs[1], ys[1]), (xs[0], ys[1])]
    return encode_tile(corners, BUILDING_NAME, BUILDING_HEIGHT_M)
