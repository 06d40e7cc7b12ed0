"""The guides say what is true: their Python and their commands run, and so do the examples of the docstrings."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
import re
import shlex
import sys
from pathlib import Path

import pytest

import gazetteer
import geoevents

ROOT = Path(__file__).parent.parent
GUIDES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def test_python_of_the_guides_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """The Python of the README and of every guide gives what it says."""
    monkeypatch.chdir(ROOT)
    results = [doctest.testfile(str(path), module_relative=False) for path in GUIDES]
    assert sum(result.attempted for result in results) > 25
    assert sum(result.failed for result in results) == 0


def commands() -> list[tuple[str, list[str]]]:
    blocks = [
        (path.name, block) for path in GUIDES for block in re.findall(r"```sh\n(.*?)```", path.read_text(), re.DOTALL)
    ]
    return [(name, block.splitlines()) for name, block in blocks]


def test_commands_of_the_guides_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every command in the shell blocks of the README and of the guides ends well, in the order they stand in."""
    (tmp_path / "seeds").symlink_to(ROOT / "seeds")
    monkeypatch.chdir(tmp_path)
    lines = list(dict.fromkeys(line for _, block in commands() for line in block))
    assert len(lines) >= 15
    for line in lines:
        command, _, output = line.partition(" > ")  # as a shell writes what is printed into a file
        package, *arguments = shlex.split(command)
        monkeypatch.setattr("sys.argv", [package, *arguments])
        with pytest.raises(SystemExit) as ended:
            sys.exit(importlib.import_module(f"{package}.cli").main())
        printed = capsys.readouterr()
        assert not ended.value.code, (line, printed.err)
        if output:
            (tmp_path / output).write_text(printed.out, encoding="utf-8")


@pytest.mark.parametrize(
    "path", [*GUIDES, ROOT / "ARCHITECTURE.md", ROOT / "CONTRIBUTING.md"], ids=lambda path: path.name
)
def test_links_of_the_guides_lead_somewhere(path: Path) -> None:
    """Every link to a file of the project leads to a file that is there."""
    for link in re.findall(r"\]\((?!https?:)([^)#]+)", path.read_text(encoding="utf-8")):
        assert (path.parent / link).exists(), link


def names() -> list[str]:
    found = []
    for package in (gazetteer, geoevents):
        found += [m.name for m in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")]
    return sorted(found)


@pytest.mark.parametrize("name", names())
def test_examples_in_docstrings_run(name: str) -> None:
    """Every example in a docstring gives what it says."""
    assert doctest.testmod(importlib.import_module(name)).failed == 0
