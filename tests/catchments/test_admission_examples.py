"""The examples in the docstrings of admission say what the functions do."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import catchments.admission

MODULES = [module.name for module in pkgutil.iter_modules(catchments.admission.__path__)]


@pytest.mark.parametrize("name", MODULES)
def test_examples_run_as_they_are_written(name: str) -> None:
    module = importlib.import_module(f"catchments.admission.{name}")
    assert doctest.testmod(module).failed == 0
