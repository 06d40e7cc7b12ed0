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
# The rooms of each package, in order: a room imports only rooms named before it. `build` stands outside the flow.
ROOMS = {
    "gazetteer": (
        "errors", "bundled", "scratch", "locks", "dates", "html_table", "model", "arrays", "names", "languages",
        "index", "geometry", "candidates", "phrases", "score_calibration",
        "geoparsing", "tables", "api", "documents", "evaluate", "evaluate_tables", "geocoders", "cli",
    ),
    "geoevents": (
        "errors", "cached", "suggestions", "frame", "spatial", "joins", "layers", "coordinates", "overrides", "readers",
        "place_phrases", "location", "inspection", "enrichment", "raster", "reports", "exporters", "maps", "engines",
        "cli",
    ),
}  # fmt: skip
# The modules of a room, in the same order.
MODULES = {
    "gazetteer/names": ("normalize", "affixes", "phonetic", "coordinate_patterns", "coordinates"),
    "gazetteer/languages": ("tables", "rewriting", "inflected_names", "reader", "frames"),
    "gazetteer/index": ("checksums", "pages", "mapped", "views", "store", "packs"),
    "gazetteer/geometry": (
        "sphere", "geodesy", "formulas", "derivation", "parts", "edges", "operations", "group_tables", "groups",
        "reverse", "shapes", "derived",
    ),
    "gazetteer/candidates": (
        "holdings", "outlines", "ranking", "phonetic_index", "name_index", "former_states", "official_names",
        "country_names", "countries", "containment", "found", "spelling", "affix_search", "namesake_unit", "generator",
        "batch",
    ),
    "gazetteer/phrases": (
        "cells", "splits", "named_borders", "patterns", "turning", "tree", "lists", "levels", "spatial_rules",
        "appositions", "joining_rules", "parser", "translation", "reading", "meaning", "refusals", "composition",
        "list_checks", "towns_and_units", "operands", "borders", "operations", "seats", "neighbours", "chains",
        "quarters", "sequences", "places_on_day", "doubts", "interpreter", "first_look", "wordings", "points",
        "answer", "resolver",
    ),
    "gazetteer/geoparsing": (
        "letter_case", "tokens", "inflections", "candidates", "spans", "span_features", "cues", "leaf_sets", "trees",
        "recognizer", "document_names", "document_features", "disambiguator", "source_memory", "models", "spotting",
        "found_names", "expansion", "pipeline", "spacy_names",
    ),
    "gazetteer/tables": ("distinct_texts", "levels", "cooccurrence", "timeless", "worded_phrases", "resolve_column"),
    "gazetteer/geocoders": ("answer_cache", "turns", "requests_once", "services", "server", "geocoder"),
    "gazetteer/api": (
        "places", "answers", "answer_list", "parts", "texts", "columns", "shapes", "gazetteer", "loading",
    ),
    "gazetteer/cli": (
        "options", "output", "lookups", "texts", "evaluation", "data", "packs", "answers", "command", "__main__",
    ),
    "geoevents/frame": (
        "shape_depth", "repairs", "column_names", "counts", "date_forms", "coordinate_cells", "cell_kinds",
        "column_samples", "column_choice", "schema", "table_facts", "sidecar", "arrow", "restore", "provenance",
        "dates", "columns",
    ),
    "geoevents/coordinates": ("columns", "units", "country_check", "axis_check", "point_ids", "unit_places", "events"),
    "geoevents/location": ("figures", "words_beside_points", "locating"),
    "geoevents/spatial": (
        "threads", "make_valid", "lonlat", "outlines", "source_shapes", "event_points", "cell_grid", "point_in_polygon",
        "nearest", "grids",
    ),
    "geoevents/readers": (
        "formats", "text", "cells", "headers", "quick_json", "streams", "archives", "markup", "file_frames",
        "written_tables",
        "geojson_shapes", "geojson", "gis_layers", "spatial", "sources", "delimited", "workbooks", "json_records",
        "table", "registry",
    ),
    "geoevents/readers/sources": (
        "source", "acled", "ucdp", "gdelt_events", "gdelt_mentions", "emdat", "gtd", "found_places", "measured",
        "named", "osint", "coordinates", "recognition",
    ),
    "geoevents/reports": (
        "linear", "times", "counts", "documents", "language", "scenes", "drafts", "stories", "models", "event_rows",
        "gold", "extraction", "evaluate",
    ),
    "geoevents/reports/times": (
        "intervals", "words", "numbers", "phrases", "clock", "calendar_spans", "calendar_days", "dateline", "tense",
        "forms", "when",
    ),
    "geoevents/reports/counts": ("number_words", "nouns", "vetoes", "tolls", "kinds", "lists", "persons", "counting"),
    "geoevents/reports/documents": ("plain", "recognition", "markup", "pdf_text", "mail", "reading", "batch"),
    "geoevents/reports/language": (
        "inflection", "event_types", "text", "triggers", "outcomes", "genres", "worlds", "possibility",
        "generality", "status", "actor_groups", "sides", "voice", "actors", "sources",
    ),
    "geoevents/reports/scenes": (
        "persons", "candidates", "labels", "mentions", "capitals", "countries", "places", "place_facts",
        "clause_facts", "clauses", "scene", "adjustments", "choice",
    ),
    "geoevents/reports/drafts": ("draft", "event_days", "merge", "across", "assemble"),
    "geoevents/reports/stories": ("story", "news_facts", "news", "scene_places", "placing"),
    "geoevents/overrides": ("override", "reading", "applying"),
    "geoevents/joins": (
        "areas", "extents", "shares", "days", "pairs", "periods", "join", "panels", "draws", "interpolation",
    ),
    "geoevents/joins/areas": ("units", "prepared"),
    "geoevents/joins/extents": ("kernel", "event_extents", "kernel_mass", "random_numbers", "scatter"),
    "geoevents/joins/shares": ("by_geometry", "by_raster", "within"),
    "geoevents/joins/pairs": ("near", "kinds", "match"),
    "geoevents/joins/panels": ("aggregate", "lags", "distances"),
    "geoevents/joins/draws": ("rivals", "draw", "combine"),
    "geoevents/cli": (
        "options", "outputs", "inputs", "locating", "maps", "reports", "joins", "draws", "sources", "command",
        "__main__",
    ),
}  # fmt: skip
# Doors back: joins ask layers for a layer by its name; the table of formats lists the maps' writers.
DOORS_BACK = {("geoevents", "joins", "layers"), ("geoevents", "exporters", "maps")}

# What may be imported inside a function: libraries that many calls go without, and own modules that load them.
LAZY = {
    "gazetteer": {
        "geopandas", "importlib", "lightgbm", "mgrs", "pandas", "pyarrow", "pycountry", "pyproj",
        "rapidfuzz", "rich", "scipy", "shapely", "gazetteer.build", "gazetteer.cli", "gazetteer.documents",
        "gazetteer.evaluate", "gazetteer.evaluate_tables", "gazetteer.geocoders", "gazetteer.geometry",
        "gazetteer.geoparsing", "gazetteer.tables",
    },
    "geoevents": {
        "charset_normalizer", "exactextract", "gazetteer", "geopandas", "h3", "importlib", "keplergl", "lightgbm",
        "matplotlib", "numpy", "openpyxl", "pandas", "pyarrow", "pyogrio", "pypdf", "pyproj", "pyspark",
        "python_calamine", "rasterio", "resiliparse", "rich", "scipy", "shapely", "xlsxwriter", "geoevents",
    },
}  # fmt: skip
# How many such imports each package has at most.
MOST_LAZY = {"gazetteer": 41, "geoevents": 110}


def lazy_imports(path: Path) -> list[str]:
    """Return the modules that a module imports inside its functions, once for each statement."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = [node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]
    inside = {node for function in functions for node in ast.walk(function)}
    plain = [node.names[0].name for node in inside if isinstance(node, ast.Import)]
    taken = [node for node in inside if isinstance(node, ast.ImportFrom) and node.module]
    # "from gazetteer import geoparsing" is a room.
    return plain + [
        f"{node.module}.{node.names[0].name}" if node.module in PACKAGES else str(node.module) for node in taken
    ]


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


def room_of(path: Path, package: str) -> str:
    """Return the first name below the package: a folder, or a module."""
    return path.relative_to(ROOT / package).parts[0].removesuffix(".py")


@pytest.mark.parametrize("package", PACKAGES)
def test_rooms_follow_the_flow(package: str) -> None:
    """A room imports only rooms that come before it, and every room is in the list."""
    flow = ROOMS[package]
    paths = [path for path in modules(package) if room_of(path, package) not in ("build", "__init__", "__main__")]
    assert {room_of(path, package) for path in paths} == set(flow)
    for path in paths:
        room = room_of(path, package)
        used = {name.split(".")[1] for name in imports(path) if name.startswith(f"{package}.")} & set(flow)
        allowed = {*flow[: flow.index(room) + 1], *(b for p, a, b in DOORS_BACK if (p, a) == (package, room))}
        assert used <= allowed, path


@pytest.mark.parametrize("package", PACKAGES)
def test_the_architecture_page_names_every_room(package: str) -> None:
    """ARCHITECTURE.md has a line for every room of a package, in the order of the rooms."""
    page = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    table = page.split(f"## The rooms of {package}\n")[1].split("\n## ")[0]
    named = [line.split("|")[1].strip() for line in table.splitlines() if line.startswith("| ")][1:]
    assert [room for room in named if room != "build"] == list(ROOMS[package])


def rooms_in(folder: Path) -> set[str]:
    """Return the modules of a folder, and the folders of modules in it."""
    inner = {path.parent.name for path in folder.glob("*/__init__.py")}
    return inner | {path.stem for path in folder.glob("*.py")} - {"__init__"}


@pytest.mark.parametrize("folder", sorted(MODULES))
def test_modules_of_a_room_follow_the_flow(folder: str) -> None:
    """A module of a room, or a room inside it, imports only those of the room that come before it."""
    flow = MODULES[folder]
    assert rooms_in(ROOT / folder) == set(flow)
    depth = folder.count("/") + 1
    for position, module in enumerate(flow):
        path = ROOT / folder / module
        found = set().union(*map(imports, path.rglob("*.py") if path.is_dir() else [path.with_suffix(".py")]))
        inner = [parts for name in found if "/".join((parts := name.split("."))[:depth]) == folder]
        used = {parts[depth] for parts in inner if len(parts) > depth}
        assert used & set(flow) <= {*flow[:position], *([module] if path.is_dir() else [])}, module


@pytest.mark.parametrize("path", [path for package in PACKAGES for path in modules(package)], ids=str)
def test_private_names_stay_in_their_module(path: Path) -> None:
    """No module imports a name with a leading underscore from another."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    taken = [alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names]
    assert [name for name in taken if name.startswith("_") and not name.startswith("__")] == []


@pytest.mark.parametrize("path", [path for name in LAZY for path in modules(name)], ids=str)
def test_only_heavy_libraries_are_imported_late(path: Path) -> None:
    """Inside functions a module imports nothing but heavy libraries, and own modules that load them."""
    package = path.relative_to(ROOT).parts[0]
    for name in lazy_imports(path):
        parts = name.split(".")
        assert {parts[0], ".".join(parts[:2])} & LAZY[package], name


@pytest.mark.parametrize("package", PACKAGES)
def test_no_lock_of_a_library_survives_a_fork(package: str) -> None:
    """No module uses the cached_property of functools, whose locks a forked child would wait for."""
    assert not [path for path in modules(package) if "functools.cached_property" in imports(path)]


@pytest.mark.parametrize("package", PACKAGES)
def test_late_imports_are_few(package: str) -> None:
    """A package has few imports inside functions."""
    assert sum(len(lazy_imports(path)) for path in modules(package)) <= MOST_LAZY[package]


@pytest.mark.parametrize("package", PACKAGES)
def test_init_files_only_re_export(package: str) -> None:
    """An ``__init__.py`` of a room holds imports and names, no code of its own but what imports names at first use."""
    for path in (ROOT / package).rglob("__init__.py"):
        if path.parent == ROOT / package or path.parent.name in ("build", "cli"):
            continue
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            assert isinstance(node, (ast.Import, ast.ImportFrom, ast.Assign, ast.Expr)), path


@pytest.mark.parametrize("path", modules("geoevents"), ids=str)
def test_readers_and_exporters_meet_in_neutral_rooms(path: Path) -> None:
    """Readers import no exporter and exporters no reader: what both need stands in rooms of its own."""
    used = imports(path)
    if "readers" in path.parts:
        assert not [name for name in used if name.startswith("geoevents.exporters")]
    if path.parent.name == "exporters" or path.parent.name in ("frame", "maps"):
        assert not [name for name in used if name.startswith("geoevents.readers")]


@pytest.mark.parametrize("package", PACKAGES)
def test_public_names_are_sorted_and_exist(package: str) -> None:
    """``__all__`` is sorted, and every name in it can be had."""
    module = importlib.import_module(package)
    assert list(module.__all__) == sorted(module.__all__)
    for name in module.__all__:
        assert getattr(module, name) is not None


def test_geoevents_lists_its_public_names() -> None:
    """``dir(geoevents)`` has every public name, and a name that is not there is an AttributeError."""
    import geoevents

    assert {*geoevents.__all__, "__version__"} <= set(dir(geoevents))
    with pytest.raises(AttributeError, match="no attribute 'geocode'"):
        geoevents.geocode  # noqa: B018


def test_no_public_name_of_geoevents_is_a_module() -> None:
    """A submodule of a public function's name would take the function's place once it is imported."""
    import geoevents

    assert not {path.stem for path in (ROOT / "geoevents").glob("*")} & set(geoevents.__all__)


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


def test_help_is_light() -> None:
    """Asking the command for help loads neither pandas nor NumPy, shapely or the gazetteer."""
    code = (
        "import geoevents.cli, sys;"
        "print([m for m in ('pandas', 'numpy', 'shapely', 'pyarrow', 'gazetteer') if m in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_looking_up_a_name_is_light() -> None:
    """Resolving a name loads neither pandas nor Arrow, shapely, PROJ or the likeness of names."""
    code = (
        "import gazetteer, sys; gazetteer.load().resolve('Almaty');"
        "heavy = ('pandas', 'geopandas', 'pyogrio', 'pyarrow', 'shapely', 'pyproj', 'rapidfuzz', 'pycountry');"
        "print([m for m in heavy if m in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
