"""The README says what is true: its Python runs, its commands exist."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
from pathlib import Path

import pytest

import gazetteer
import geoevents

ROOT = Path(__file__).parent.parent


def test_readme_python_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """The Python of the README gives what it says."""
    monkeypatch.chdir(ROOT)
    result = doctest.testfile(str(ROOT / "README.md"), module_relative=False)
    assert result.attempted > 8
    assert result.failed == 0


def names() -> list[str]:
    found = []
    for package in (gazetteer, geoevents):
        found += [m.name for m in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")]
    return sorted(found)


@pytest.mark.parametrize("name", names())
def test_examples_in_docstrings_run(name: str) -> None:
    """Every example in a docstring gives what it says."""
    assert doctest.testmod(importlib.import_module(name)).failed == 0
