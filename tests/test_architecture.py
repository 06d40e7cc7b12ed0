"""The house: which room may import which, what the packages offer, and what the wheel carries."""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("gazetteer", "geoevents")
# In the order the data flows: a room imports only rooms named before it. api, cli and build stand outside the flow.
GAZETTEER_FLOW = (
    "errors", "dates", "model", "names", "patterns", "phrases", "fuzzy", "pages", "index", "store", "areas", "ranking",
    "loose", "countries", "lookup", "groups", "geodesy", "derivations", "shapes", "meanings", "interpret", "resolve",
    "mentions", "neighbours", "columns", "api", "documents", "evaluate", "geocoders", "cli",
)  # fmt: skip
# The rooms of gazetteer/mentions in the same order.
MENTIONS_FLOW = (
    "words", "candidates", "spans", "cues", "trees", "tagger", "context", "placing", "models", "widening", "finder",
)  # fmt: skip
# The rooms of geoevents in the same order; a room with doors in both directions is a line of its own below.
GEOEVENTS_FLOW = (
    "errors", "schema", "whole", "conventions", "flat", "restore", "provenance", "dates", "columns", "joins", "areas",
    "coordinates", "readers", "locate", "enrich", "sample", "exporters", "engines", "cli",
)  # fmt: skip
# areas makes the grids of joins, and joins ask areas for a layer by its name.
GEOEVENTS_BACK = {("joins", "areas")}


def imports(path: Path) -> set[str]:
    """Return the dotted names a module imports, those inside functions too."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def modules(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


@pytest.mark.parametrize("path", modules("gazetteer"), ids=str)
def test_gazetteer_knows_nothing_of_events(path: Path) -> None:
    """No module of gazetteer imports geoevents."""
    assert not [name for name in imports(path) if name.split(".")[0] == "geoevents"]


@pytest.mark.parametrize("path", modules("geoevents"), ids=str)
def test_geoevents_uses_public_names_only(path: Path) -> None:
    """A module of geoevents imports the package gazetteer and its public names, none of its modules."""
    public = set(importlib.import_module("gazetteer").__all__)
    used = {name for name in imports(path) if name.startswith("gazetteer.")}
    assert {name.removeprefix("gazetteer.") for name in used} <= public


def test_gazetteer_rooms_follow_the_flow() -> None:
    """A room of gazetteer imports only rooms that come before it."""
    paths = [path for path in modules("gazetteer") if path.relative_to(ROOT / "gazetteer").parts[0] != "build"]
    rooms = {path.relative_to(ROOT / "gazetteer").parts[0].removesuffix(".py") for path in paths} - {"__init__"}
    assert rooms == set(GAZETTEER_FLOW)
    for path in paths:
        room = path.relative_to(ROOT / "gazetteer").parts[0].removesuffix(".py")
        if room != "__init__":
            used = {name.split(".")[1] for name in imports(path) if name.startswith("gazetteer.")}
            assert used - {"build"} <= set(GAZETTEER_FLOW[: GAZETTEER_FLOW.index(room)]) | {room} & {"mentions"}, path


def test_rooms_of_mentions_follow_the_flow() -> None:
    """A room of gazetteer/mentions imports only rooms of it that come before it."""
    folder = ROOT / "gazetteer" / "mentions"
    assert {path.stem for path in folder.glob("*.py")} - {"__init__"} == set(MENTIONS_FLOW)
    for position, room in enumerate(MENTIONS_FLOW):
        found = (name.split(".") for name in imports(folder / f"{room}.py"))
        used = {parts[2] for parts in found if parts[:2] == ["gazetteer", "mentions"] and len(parts) > 2}
        assert used & set(MENTIONS_FLOW) <= set(MENTIONS_FLOW[:position]), room


def test_geoevents_rooms_follow_the_flow() -> None:
    """A room of geoevents imports only rooms that come before it."""
    rooms = {path.relative_to(ROOT / "geoevents").parts[0].removesuffix(".py") for path in modules("geoevents")}
    assert rooms - {"__init__"} == set(GEOEVENTS_FLOW)
    for path in modules("geoevents"):
        room = path.relative_to(ROOT / "geoevents").parts[0].removesuffix(".py")
        if room == "__init__":
            continue
        used = {name.split(".")[1] for name in imports(path) if name.startswith("geoevents.")} & rooms
        before = set(GEOEVENTS_FLOW[: GEOEVENTS_FLOW.index(room) + 1]) | {b for a, b in GEOEVENTS_BACK if a == room}
        assert used <= before, path


@pytest.mark.parametrize("path", modules("geoevents"), ids=str)
def test_readers_and_exporters_meet_in_neutral_rooms(path: Path) -> None:
    """Readers import no exporter and exporters no reader: what both need stands in rooms of its own."""
    used = imports(path)
    if path.parent.name == "readers":
        assert not [name for name in used if name.startswith("geoevents.exporters")]
    if path.parent.name == "exporters" or path.stem in ("flat", "restore", "conventions", "provenance"):
        assert not [name for name in used if name.startswith("geoevents.readers")]


@pytest.mark.parametrize("package", PACKAGES)
def test_public_names_are_sorted_and_exist(package: str) -> None:
    """``__all__`` is sorted, and every name in it can be had."""
    module = importlib.import_module(package)
    assert list(module.__all__) == sorted(module.__all__)
    for name in module.__all__:
        assert getattr(module, name) is not None


@pytest.mark.parametrize("package", PACKAGES)
def test_packages_tell_the_version_of_their_distribution(package: str) -> None:
    """Both packages are of one distribution and have its version."""
    assert importlib.import_module(package).__version__ == version("geoevents")


@pytest.mark.parametrize("package", PACKAGES)
def test_import_is_light(package: str) -> None:
    """Importing a package loads neither pandas nor geopandas, pyogrio or keplergl."""
    code = (
        f"import {package}, sys; print([m for m in ('pandas', 'geopandas', 'pyogrio', 'keplergl') if m in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_looking_up_a_name_is_light() -> None:
    """Resolving a name loads neither pandas nor geopandas, pyogrio or pyarrow."""
    code = (
        "import gazetteer, sys; gazetteer.load().resolve('Almaty');"
        "print([m for m in ('pandas', 'geopandas', 'pyogrio', 'pyarrow') if m in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
