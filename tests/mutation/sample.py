"""Changes the code in small ways and says which changes no test notices: a sample of each room, in the time given.

The changes are those of cosmic-ray; each is made in a copy of the project, and the tests of its room run against it.
A place in the code is drawn first, each with the same chance, and then one of the changes that are possible there:
annotations and caches, whose change no call can notice, are left out. Told are, of each room, how many changes were
tried and how many survived, and each survivor with its place.

    python tests/mutation/sample.py --minutes 20 --seed 1
"""

from __future__ import annotations

import argparse
import ast
import csv
import importlib
import os
import random
import resource
import shutil
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names

ROOT = Path(__file__).parent.parent.parent
# The modules of a room, and the tests that are to notice a change in them: the quick and strict ones first.
ROOMS: dict[str, tuple[list[str], list[str]]] = {
    "phrase parser": (
        ["gazetteer/phrases/parser.py", "gazetteer/phrases/spatial_rules.py", "gazetteer/phrases/joining_rules.py"],
        ["gazetteer/test_phrases.py", "gazetteer/test_cases.py", "gazetteer/test_rows.py"],
    ),
    "interpreter": (
        ["gazetteer/phrases/interpreter.py", "gazetteer/phrases/sequences.py", "gazetteer/phrases/operations.py"],
        ["gazetteer/test_phrases.py", "gazetteer/test_cases.py"],
    ),
    "geometry": (
        ["gazetteer/geometry/operations.py", "gazetteer/geometry/parts.py", "gazetteer/geometry/edges.py",
         "gazetteer/geometry/geodesy.py", "gazetteer/geometry/derived.py"],
        ["gazetteer/test_shapes.py", "gazetteer/test_phrases.py", "gazetteer/test_cases.py"],
    ),
    "candidates": (
        ["gazetteer/candidates/generator.py", "gazetteer/candidates/spelling.py",
         "gazetteer/candidates/affix_search.py", "gazetteer/candidates/countries.py"],
        ["gazetteer/test_cases.py", "gazetteer/test_rows.py", "gazetteer/test_words.py",
         "gazetteer/test_first_look.py"],
    ),
    "ranking": (
        ["gazetteer/candidates/ranking.py"],
        ["gazetteer/test_ranking.py", "gazetteer/test_cases.py", "gazetteer/test_resolve.py"],
    ),
    "locate": (
        ["geoevents/place_phrases.py", "geoevents/location/locating.py", "geoevents/location/words_beside_points.py"],
        ["geoevents/test_locate.py", "geoevents/test_real_files.py", "geoevents/test_where_events_lie.py"],
    ),
    "coordinates": (
        ["geoevents/frame/coordinate_cells.py", "geoevents/coordinates/columns.py", "geoevents/coordinates/events.py",
         "geoevents/coordinates/axis_check.py", "geoevents/coordinates/country_check.py",
         "gazetteer/names/coordinates.py"],
        ["gazetteer/test_words.py", "geoevents/test_locate.py", "geoevents/test_real_files.py",
         "geoevents/test_sources.py"],
    ),
    "column names": (
        ["geoevents/frame/column_choice.py", "geoevents/frame/column_names.py", "geoevents/frame/cell_kinds.py"],
        ["geoevents/test_locate.py", "geoevents/test_real_files.py", "geoevents/test_sources.py"],
    ),
    "dates": (
        ["geoevents/frame/date_forms.py", "geoevents/frame/dates.py"],
        ["geoevents/test_dates.py", "geoevents/test_locate.py"],
    ),
    "enrichment": (["geoevents/enrichment.py"], ["geoevents/test_enrich.py"]),
    "joins": (
        ["geoevents/joins/join.py", "geoevents/joins/shares.py", "geoevents/joins/event_extents.py",
         "geoevents/joins/near.py", "geoevents/joins/periods.py", "geoevents/joins/aggregate.py"],
        ["geoevents/test_joins.py", "geoevents/test_join_commands.py"],
    ),
    "online services": (
        ["gazetteer/geocoders/services.py"], ["test_online.py", "gazetteer/test_geocoders.py"],
    ),
}  # fmt: skip
# Changes that no answer shows: a module, the line's text, and why.
EXPLAINED = Path(__file__).with_name("explained.tsv")
# Read before the tests of each change begin, once: the project itself is read anew each time.
LIBRARIES = ("numpy", "pandas", "pyarrow", "shapely", "geopandas", "rapidfuzz", "hypothesis", "pytest")
# Operators that need arguments, or whose change is another's as well.
LEFT_OUT = ("core/VariableReplacer", "core/VariableInserter")
CACHES = ("cache", "lru_cache")
LARGEST_SHARE = 0.15


@dataclass(frozen=True)
class Place:
    """Where a module can be changed, and by which operators: each with the number that the place has for it."""

    path: str
    line: int
    choices: tuple[tuple[str, int], ...]


def main() -> int:
    """Try changes until the time is over; 1 when more than 15 % of a room's survive unexplained."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=20.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--room", choices=ROOMS, action="append", help="Only these; all by default.")
    options = parser.parse_args()
    rng = random.Random(options.seed)
    rooms = options.room or list(ROOMS)
    for name in LIBRARIES:
        importlib.import_module(name)
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "tree"
        shutil.copytree(ROOT, tree, ignore=shutil.ignore_patterns(".git", ".*_cache", "__pycache__", ".hypothesis"))
        return report(rooms, *try_changes(tree, rooms, options.minutes * 60, rng))


def try_changes(tree: Path, rooms: list[str], seconds: float, rng: random.Random) -> tuple[dict, dict, dict]:
    """Return how many changes of each room were tried, survived, and survived with a reason."""
    explained, kills = reasons(), Counter[str]()
    until = time.monotonic() + seconds
    tried, survived, reasoned = (dict.fromkeys(rooms, 0) for _ in range(3))
    places = {room: [place for path in ROOMS[room][0] for place in places_of(tree, path)] for room in rooms}
    limits = {}
    for room in rooms:
        begun = time.monotonic()
        if not passes(tree, ROOMS[room][1], 600, kills=kills, keep_bytecode=True):
            sys.exit(f"{room}: expected tests that pass before anything is changed, but one of {ROOMS[room][1]} fails.")
        limits[room] = int(20 + 3 * (time.monotonic() - begun))
    while time.monotonic() < until:
        for room in rooms:
            place = rng.choice(places[room])
            text = (tree / place.path).read_text(encoding="utf-8").splitlines()[place.line - 1].strip()
            operator, lived = try_one(tree, place, ROOMS[room][1], limits[room], kills, rng)
            if lived is None:
                continue
            tried[room] += 1
            if lived and (place.path, text, operator.split(" ")[0]) in explained:
                reasoned[room] += 1
            elif lived:
                survived[room] += 1
                print(f"survived in {room}: {place.path}:{place.line} {operator}: {text}", flush=True)
            if time.monotonic() >= until:
                break
    return tried, survived, reasoned


def report(rooms: list[str], tried: dict, survived: dict, reasoned: dict) -> int:
    """Print the figures of each room."""
    for room in rooms:
        share = survived[room] / max(tried[room], 1)
        print(f"{room}: {survived[room]} of {tried[room]} survived ({share:.0%}), {reasoned[room]} with a known reason")
    return int(any(survived[room] > LARGEST_SHARE * tried[room] for room in rooms))


def try_one(
    tree: Path, place: Place, tests: list[str], limit: int, kills: Counter[str], rng: random.Random
) -> tuple[str, bool | None]:
    """Make one change and run the tests: its name, and whether they pass with it; None for no change."""
    path = tree / place.path
    source = path.read_text(encoding="utf-8")
    name, number = rng.choice(place.choices)
    changed = mutate_code(source, get_operator(name)(), number)
    if changed is None or changed == source:
        return name, None
    try:
        compile(changed, place.path, "exec")
    except SyntaxError:
        return name, None
    for stale in path.parent.glob(f"__pycache__/{path.stem}.*.pyc"):
        stale.unlink()
    path.write_text(changed, encoding="utf-8")
    try:
        return f"{name.removeprefix('core/')} ({number})", passes(tree, tests, limit, kills=kills)
    finally:
        path.write_text(source, encoding="utf-8")


def passes(tree: Path, tests: list[str], seconds: int, *, kills: Counter[str], keep_bytecode: bool = False) -> bool:
    """Run tests in a child, which has `seconds` of processor time, and twice that by the clock; note what failed."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
            os.setsid()
            run(tree, tests, Strict(kills, writing), keep_bytecode)
        finally:
            os._exit(70)
    os.close(writing)
    status, until = -1, time.monotonic() + 2 * seconds
    while time.monotonic() < until:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            break
        time.sleep(0.05)
    else:
        os.killpg(child, 9)
        _, status = os.waitpid(child, 0)
    with os.fdopen(reading, encoding="utf-8") as told:
        kills.update(told.read().splitlines())
    return status == 0


class Strict:
    """A plugin of pytest: tests that noticed a change before run first, and no failing example is made smaller."""

    def __init__(self, kills: Counter[str], told: int) -> None:
        self._kills = kills
        self._told = told

    def pytest_sessionstart(self) -> None:
        """Take the same examples each time."""
        import hypothesis

        phases = (hypothesis.Phase.explicit, hypothesis.Phase.generate)
        hypothesis.settings.register_profile("mutation", derandomize=True, phases=phases, database=None)
        hypothesis.settings.load_profile("mutation")

    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        """Put the tests first that noticed most."""
        items.sort(key=lambda item: -self._kills[item.nodeid])

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Tell what failed."""
        if report.failed:
            os.write(self._told, f"{report.nodeid}\n".encode(errors="replace"))


def run(tree: Path, tests: list[str], plugin: Strict, keep_bytecode: bool) -> None:
    """Be the tests' process: its end is theirs."""
    import pytest

    os.chdir(tree)
    sys.path.insert(0, str(tree))
    os.environ.update(PYTHONPATH=str(tree), CI="true")
    sys.dont_write_bytecode = not keep_bytecode
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    without = [word for name in ("cacheprovider", "xdist", "pytest_cov", "terminal") for word in ("-p", f"no:{name}")]
    options = ["-x", "--assert=plain", "-m", "not browser", *without]
    os._exit(int(pytest.main([*options, *[f"tests/{test}" for test in tests]], plugins=[plugin])))


def places_of(tree: Path, path: str) -> Iterator[Place]:
    """Yield the places of a module at which a change can be noticed."""
    source = (tree / path).read_text(encoding="utf-8")
    hidden = annotations(source)
    nodes = list(ast_nodes(get_ast(source)))
    found: dict[tuple[str, tuple[int, int]], list[tuple[str, int]]] = defaultdict(list)
    known: dict[str, list[tuple[int, int]]] = {}
    for name in sorted(set(operator_names()) - set(LEFT_OUT)):
        operator = get_operator(name)()
        # All that replace one binary operator replace it at the same places.
        key = name.rsplit("_", 1)[0] if "BinaryOperator" in name else name
        if key not in known:
            known[key] = [start for node in nodes for start, _ in operator.mutation_positions(node)]
        for number, start in enumerate(known[key]):
            if not any(first <= start < last for first, last in hidden):
                found[name.split("_")[0], start].append((name, number))
    for (_, start), choices in sorted(found.items()):
        yield Place(path, start[0], tuple(choices))


def annotations(source: str) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """Return where the types and the caches of a module stand: lines from 1, columns from 0."""
    nodes: list[ast.AST | None] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            nodes.append(node.returns)
            nodes += [d for d in node.decorator_list if ast.unparse(d).split("(")[0].split(".")[-1] in CACHES]
        elif isinstance(node, (ast.arg, ast.AnnAssign)):
            nodes.append(node.annotation)
    # A decorator's place is its "@", the column before.
    return [((n.lineno, max(n.col_offset - 1, 0)), (n.end_lineno, n.end_col_offset)) for n in nodes if n is not None]


def reasons() -> set[tuple[str, str, str]]:
    """Return the changes that are explained: module, text of the line, operator."""
    with EXPLAINED.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return {(row["module"], row["line"], row["operator"]) for row in rows}


if __name__ == "__main__":
    sys.exit(main())
