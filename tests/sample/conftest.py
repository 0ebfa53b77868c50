"""The small sample, made once for all its tests."""

from __future__ import annotations

import pytest

from data.districts.ouhai.sample import generate
from tests.sample.register import SEED, Tables


@pytest.fixture(scope="session")
def small() -> Tables:
    """Return a tenth of the district; tests only read it."""
    return generate(scale=0.1, seed=SEED)
