"""Conditions over facts: read from a rule file, applied to all children at once."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray


class Condition(Protocol):
    """Something that holds of a child or not."""

    def holds(self, facts: pd.DataFrame) -> NDArray[np.bool_]:
        """Say for each row of facts whether the condition holds; unknown facts never satisfy."""
        ...

    def explain(self, row: dict[str, Any]) -> list[tuple[str, bool]]:
        """Say of one child which of the leaves hold: (name of the leaf's fact, held)."""
        ...
