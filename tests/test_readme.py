"""The README says what is true: its Python runs, its commands run, and so do the examples of the docstrings."""

from __future__ import annotations

import doctest
import importlib
import os
import pkgutil
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

import gazetteer
import geoevents

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_readme_python_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """The Python of the README gives what it says."""
    monkeypatch.chdir(ROOT)
    result = doctest.testfile(str(ROOT / "README.md"), module_relative=False)
    assert result.attempted > 20
    assert result.failed == 0


def test_readme_commands_run(tmp_path: Path) -> None:
    """Every command in the README's shell block ends well, in the order they stand in."""
    (tmp_path / "seeds").symlink_to(ROOT / "seeds")
    block = re.search(r"```sh\n(.*?)```", README, re.DOTALL)
    assert block is not None
    lines = block.group(1).splitlines()
    assert len(lines) >= 10
    for line in lines:
        package, *arguments = shlex.split(line)
        code = f"import sys; from {package}.cli import main; sys.exit(main())"
        command = [sys.executable, "-c", code, *arguments]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, env=dict(os.environ))
        assert done.returncode == 0, (line, done.stderr)


def names() -> list[str]:
    found = []
    for package in (gazetteer, geoevents):
        found += [m.name for m in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")]
    return sorted(found)


@pytest.mark.parametrize("name", names())
def test_examples_in_docstrings_run(name: str) -> None:
    """Every example in a docstring gives what it says."""
    assert doctest.testmod(importlib.import_module(name)).failed == 0
