"""Scripts, styles and answers travel packed; what never changes is packed once and kept."""

from __future__ import annotations

import gzip
from functools import lru_cache

from flask import Flask, Response, request

SMALLEST_BYTES = 1024
PACKED_TYPES = ("text/", "application/json", "application/javascript", "image/svg+xml")
YEAR_S = 365 * 24 * 3600

# No script, style, picture or connection from any other machine; Dash writes its start-up script
# into the page, deck.gl starts its workers from memory.
CONTENT_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline';"
    " img-src 'self' data: blob:; font-src 'self' data:; worker-src 'self' blob:;"
    " frame-ancestors 'self'"
)


def pack_responses(server: Flask) -> None:
    """Let every answer of the server travel packed, cached and under the content policy."""
    server.after_request(_finish)


def _finish(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", CONTENT_POLICY)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    if request.path.startswith("/assets/") and "m" in request.args and response.status_code == 200:
        # The address of an asset carries its time of change.
        response.headers["Cache-Control"] = f"public, max-age={YEAR_S}, immutable"
    if _is_packable(response):
        _pack(response)
    return response


def _is_packable(response: Response) -> bool:
    return (
        response.status_code == 200
        and "Content-Encoding" not in response.headers
        and (response.content_type or "").startswith(PACKED_TYPES)
        and request.accept_encodings["gzip"] > 0
    )


def _pack(response: Response) -> None:
    response.direct_passthrough = False
    content = response.get_data()
    if len(content) < SMALLEST_BYTES:
        return
    lasting = "max-age" in response.headers.get("Cache-Control", "")
    response.set_data(_pack_once(content) if lasting else gzip.compress(content, 5))
    response.headers["Content-Encoding"] = "gzip"
    response.vary.add("Accept-Encoding")
    tag, _weak = response.get_etag()
    if tag:
        response.set_etag(tag, weak=True)  # the same content in another coding


@lru_cache(maxsize=128)
def _pack_once(content: bytes) -> bytes:
    return gzip.compress(content, 9, mtime=0)
