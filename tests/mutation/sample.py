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
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
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
        ["geoevents/test_locate.py", "geoevents/test_words_and_points.py", "geoevents/test_where_events_lie.py"],
    ),
    "coordinates": (
        ["geoevents/frame/coordinate_cells.py", "geoevents/coordinates/columns.py", "geoevents/coordinates/events.py",
         "geoevents/coordinates/axis_check.py", "geoevents/coordinates/country_check.py",
         "gazetteer/names/coordinates.py"],
        ["gazetteer/test_words.py", "geoevents/test_locate.py", "geoevents/test_real_files.py"],
    ),
    "column names": (
        ["geoevents/frame/column_choice.py", "geoevents/frame/column_names.py", "geoevents/frame/cell_kinds.py"],
        ["geoevents/test_locate.py", "geoevents/test_real_files.py"],
    ),
    "dates": (
        ["geoevents/frame/date_forms.py", "geoevents/frame/dates.py"],
        ["geoevents/test_dates.py", "geoevents/test_locate.py"],
    ),
    "enrichment": (["geoevents/enrichment.py"], ["geoevents/test_enrich.py"]),
    "joins": (
        ["geoevents/joins/join.py", "geoevents/joins/shares/by_geometry.py", "geoevents/joins/extents/event_extents.py",
         "geoevents/joins/pairs/near.py", "geoevents/joins/periods.py", "geoevents/joins/panels/aggregate.py"],
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
# Tests that take longer each are left out: many changes are tried in the time of one of them.
LONGEST_TEST = 2.0


@dataclass(frozen=True)
class Place:
    """Where a module can be changed, and by which operators: each with the number that the place has for it."""

    path: str
    line: int
    choices: tuple[tuple[str, int], ...]


def main() -> int:
    """Try changes until the time is over; 1 when more than 15 % of a room's survive unexplained."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=20.0, help="After the tests ran once as they are.")
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
        return report(try_changes(tree, rooms, options.minutes, rng))


@dataclass
class Room:
    """What is known of a room: its places, its tests, what each of them takes and how often it noticed a change."""

    tests: list[str]
    places: list[Place]
    seconds: dict[str, float] = field(default_factory=dict)
    kills: Counter[str] = field(default_factory=Counter)
    limit: int = 600
    tried: int = 0
    survived: int = 0
    explained: int = 0


def try_changes(tree: Path, names: list[str], minutes: float, rng: random.Random) -> dict[str, Room]:
    """Try changes in each room in turn, until the time is over."""
    explained = reasons()
    rooms = {}
    for name in names:
        paths, tests = ROOMS[name]
        room = rooms[name] = Room(tests, [place for path in paths for place in places_of(tree, path)])
        if not passes(tree, room, first=True):
            failed = ", ".join(room.kills) or ", ".join(tests)
            sys.exit(f"{name}: expected tests that pass before anything is changed, but these fail: {failed}.")
        room.limit = int(20 + 3 * sum(room.seconds.values()))
    until = time.monotonic() + minutes * 60
    while time.monotonic() < until:
        for name, room in rooms.items():
            place = rng.choice(room.places)
            text = (tree / place.path).read_text(encoding="utf-8").splitlines()[place.line - 1].strip()
            operator, lived = try_one(tree, place, room, rng)
            if lived is None:
                continue
            room.tried += 1
            if lived and (place.path, text, operator.split(" ")[0]) in explained:
                room.explained += 1
            elif lived:
                room.survived += 1
                print(f"survived in {name}: {place.path}:{place.line} {operator}: {text}", flush=True)
            if time.monotonic() >= until:
                break
    return rooms


def report(rooms: dict[str, Room]) -> int:
    """Print the figures of each room; return 1 when too many changes survive in one."""
    for name, room in rooms.items():
        share = room.survived / max(room.tried, 1)
        print(f"{name}: {room.survived} of {room.tried} survived ({share:.0%}), {room.explained} with a known reason")
    return int(any(room.survived > LARGEST_SHARE * room.tried for room in rooms.values()))


def try_one(tree: Path, place: Place, room: Room, rng: random.Random) -> tuple[str, bool | None]:
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
        return f"{name.removeprefix('core/')} ({number})", passes(tree, room)
    finally:
        path.write_text(source, encoding="utf-8")


def passes(tree: Path, room: Room, *, first: bool = False) -> bool:
    """Run a room's tests in a child, which has so much processor time, and four times that by the clock."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            resource.setrlimit(resource.RLIMIT_CPU, (room.limit, room.limit))
            os.setsid()
            run(tree, room.tests, Strict(room, writing, first))
        finally:
            os._exit(70)
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as told:
        end = threading.Timer(4 * room.limit, os.killpg, (child, 9))
        end.start()
        lines = told.read().splitlines()  # until the child is gone
        _, status = os.waitpid(child, 0)
        end.cancel()
    for line in lines:
        outcome, seconds, test = line.split(" ", 2)
        if first:
            room.seconds[test] = room.seconds.get(test, 0.0) + float(seconds)
        if outcome == "failed":
            room.kills[test] += 1
    return status == 0


class Strict:
    """A plugin of pytest: tests that noticed a change before run first, and no failing example is made smaller."""

    def __init__(self, room: Room, told: int, first: bool) -> None:
        self._room = room
        self._told = told
        self.first = first
        self._begun = 0.0

    def pytest_sessionstart(self) -> None:
        """Take the same examples each time."""
        import hypothesis

        hypothesis.settings.register_profile(
            "mutation", derandomize=True, database=None, deadline=None,
            phases=(hypothesis.Phase.explicit, hypothesis.Phase.generate),
            suppress_health_check=list(hypothesis.HealthCheck),  # a busy machine draws slowly
        )  # fmt: skip
        hypothesis.settings.load_profile("mutation")

    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        """Leave out what takes long, and put the tests first that noticed most."""
        items[:] = [item for item in items if self._room.seconds.get(item.nodeid, 0.0) < LONGEST_TEST]
        items.sort(key=lambda item: -self._room.kills[item.nodeid])

    def pytest_runtest_call(self) -> None:
        """Begin to count processor time: a busy machine makes no test longer."""
        self._begun = time.process_time()

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Tell what failed, and at first what each test took; a fixture of a module is no test's own."""
        if report.failed or (self.first and report.when == "call"):
            told = f"{report.outcome} {time.process_time() - self._begun:.3f} {report.nodeid}\n"
            os.write(self._told, told.encode("utf-8", "replace"))


def run(tree: Path, tests: list[str], plugin: Strict) -> None:
    """Be the tests' process: its end is theirs."""
    import pytest

    os.chdir(tree)
    sys.path.insert(0, str(tree))
    os.environ.update(PYTHONPATH=str(tree), CI="true")
    sys.dont_write_bytecode = not plugin.first
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
