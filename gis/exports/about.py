"""What a delivered file says of itself."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

from pyproj import CRS

# Files whose data has no day: the earliest that the zip format, and so XLSX, can write.
_NO_DAY = "1980-01-01"


@dataclass(frozen=True, eq=False)
class About:
    """A layer's name, its CRS, and its run, plan, data date, licence and whatever else is known."""

    layer: str
    crs: CRS
    metadata: dict[str, Any]
    style: str | None = None

    @property
    def moment(self) -> dt.datetime:
        """Time that a format wants written into the file: the data date, so that the same data
        makes the same file whenever it is written.
        """  # noqa: D205
        day = dt.date.fromisoformat(str(self.metadata.get("data_date") or _NO_DAY))
        return dt.datetime.combine(day, dt.time(), dt.UTC)

    @property
    def is_metric(self) -> bool:
        """Whether coordinates are metres east and north, not degrees."""
        return bool(self.crs.is_projected)

    def list_facts(self) -> dict[str, str]:
        """List what is known as text, without what is empty."""
        return {
            str(name): str(fact)
            for name, fact in self.metadata.items()
            if fact is not None and fact != ""
        }

    def write_json(self) -> str:
        """Write what is known as one JSON object."""
        return json.dumps(self.metadata, ensure_ascii=False, default=str)
