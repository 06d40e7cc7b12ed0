"""Changes the code in small ways and says which changes no test notices: a sample of each room, in the time given.

The changes are those of cosmic-ray; each is made in a copy of the project, and the quick tests that run the changed
line run against it, those first that noticed most so far. A place in the code is drawn first, each with the same
chance, and then one of the changes that are possible there. Told are, of each room, how many changes were tried and
how many survived; each survivor is a line of a table, which `--again` reads to try the same changes once more.

    python tests/mutation/sample.py --minutes 20 --seed 1
    python tests/mutation/sample.py --room joins --changes 50 > survivors.tsv
    python tests/mutation/sample.py --again survivors.tsv

`once_survived.tsv` has changes that people made by hand and no test noticed; `--once-survived` tries all of them.
"""

from __future__ import annotations

import argparse
import csv
import importlib
import random
import re
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from changes import Change, Place, Scope, changed, names_defined, places_of, scope_of
from examiner import Examiner
from rooms import ROOMS, TESTS_OF_OTHERS, files_of_tests, modules_of

ROOT = Path(__file__).parent.parent.parent
# Changes that no answer shows: a module, the line's text, and why.
EXPLAINED = Path(__file__).with_name("explained.tsv")
# Changes made by hand: a module, what is in it once, what that becomes, and what it means.
ONCE_SURVIVED = Path(__file__).with_name("once_survived.tsv")
# Imported before the project is, once for all.
LIBRARIES = ("numpy", "pandas", "pyarrow", "shapely", "geopandas", "rapidfuzz", "hypothesis", "pytest", "coverage")
LARGEST_SHARE = 0.15
COLUMNS = ("room", "module", "line", "operator", "number", "before", "after")


@dataclass
class Room:
    """A room's places that may be changed, what is known of its changes, and the changes tried so far."""

    places: list[Place]
    tried: set[tuple[str, str, int]] = field(default_factory=set)
    survived: int = 0
    explained: int = 0


class Sampler:
    """Tries changes, and tells those that survive."""

    def __init__(self, tree: Path, rooms: list[str], more: list[str]) -> None:
        self._tree = tree
        modules = sorted({module for name in rooms for module in modules_of(name)} | set(more))
        packages = sorted({module.split("/")[0] for module in modules})
        self._examiner = Examiner(tree, modules, files_of_tests(packages) + (TESTS_OF_OTHERS if more else []))
        known = self._examiner.baseline
        if known.failed:
            sys.exit(f"Expected tests that pass before anything is changed, but these fail: {', '.join(known.failed)}.")
        self._baseline = known
        self._kills: Counter[str] = Counter()
        self._words: dict[str, frozenset[str]] = {}
        self._explained = reasons()
        self._told = csv.writer(sys.stdout, delimiter="\t", quoting=csv.QUOTE_NONE, quotechar=None)
        self._told.writerow(COLUMNS)
        self.rooms = {name: Room([p for path in modules_of(name) for p in places_of(tree, path)]) for name in rooms}

    def sample(self, minutes: float, changes: int, rng: random.Random) -> None:
        """Try changes in each room in turn, until the time is over or each room has had so many."""
        until = time.monotonic() + minutes * 60
        while time.monotonic() < until:
            rooms = {name: room for name, room in self.rooms.items() if len(room.tried) < changes}
            if not rooms:
                return
            for name, room in rooms.items():
                place = rng.choice(room.places)
                self.attempt(name, place, *rng.choice(place.choices))
                if time.monotonic() >= until:
                    return

    def again(self, file: Path) -> None:
        """Try the changes of a table of survivors."""
        wanted = [row for row in rows_of(file) if row["number"]]
        keys = {(row["module"], "core/" + row["operator"], int(row["number"])) for row in wanted}
        for name, room in self.rooms.items():
            for place in room.places:
                for operator, number in place.choices:
                    if (place.path, operator, number) in keys:
                        self.attempt(name, place, operator, number)

    def by_hand(self, rows: list[dict[str, str]]) -> None:
        """Try changes that are written down: a text of a module, which stands there once, becomes another one."""
        self.rooms["by hand"] = Room([])
        for number, row in enumerate(rows):
            source = (self._tree / row["module"]).read_text(encoding="utf-8")
            if source.count(row["before"]) != 1:
                sys.exit(f"{ONCE_SURVIVED.name}: expected once in {row['module']}: {row['before']}")
            above = source[: source.index(row["before"])]
            at = above.count("\n") + 1, len(above) - above.rfind("\n") - 1
            new = source.replace(row["before"], row["after"])
            self._judge("by hand", Change(row["module"], *at, "by hand", number, row["before"], row["after"], new))

    def attempt(self, name: str, place: Place, operator: str, number: int) -> None:
        """Make one change, if it is one and was not made before, and run the tests against it."""
        change = changed(self._tree, place, operator, number)
        if change is not None and change.key not in self.rooms[name].tried:
            self._judge(name, change)

    def _judge(self, name: str, change: Change) -> None:
        room = self.rooms[name]
        room.tried.add(change.key)
        if noticed := self._noticed(change):
            print(f"{name}\t{change.path}:{change.line}\t{noticed}", file=sys.stderr, flush=True)
            return
        if (change.path, change.before, change.operator) in self._explained:
            room.explained += 1
            return
        room.survived += 1
        self._told.writerow(
            [name, change.path, change.line, change.operator, change.number, change.before, change.after]
        )
        sys.stdout.flush()

    def _noticed(self, change: Change) -> str | None:
        """Return the test that notices a change; None when all pass."""
        source = (self._tree / change.path).read_text(encoding="utf-8")
        scope = scope_of(source, change.line, change.column)
        at_import = self._baseline.imported[change.path]
        function = scope.function
        if scope.body is None or any(scope.body[0] <= line <= scope.body[1] for line in at_import):
            function = None
            tests = self._tests_that_use(change, source, scope)
        else:
            lines = self._baseline.tests.get(change.path, {})
            tests = {test for n in range(scope.first, scope.last + 1) for test in lines.get(n, ())}
        if not tests:
            return None
        seconds = self._baseline.seconds
        order = sorted(tests, key=lambda test: (-self._kills[test], seconds[test]))
        failing = self._examiner.first_failing(change.path, change.source, function, order)
        if failing:
            self._kills[failing] += 1
        return failing

    def _tests_that_use(self, change: Change, source: str, scope: Scope) -> set[str]:
        """Return the tests that run, or whose files have, a name that the change defines; all of the module if none."""
        found: set[str] = set()
        names = names_defined(source, scope)
        for path, lines in self._baseline.tests.items():
            text = (self._tree / path).read_text(encoding="utf-8").splitlines()
            for number, tests in lines.items():
                if names & set(re.findall(r"\w+", text[number - 1])):
                    found.update(tests)
        for test in self._baseline.seconds:
            if names & self._words_of(test.split("::")[0]):
                found.add(test)
        return found or {test for each in self._baseline.tests.get(change.path, {}).values() for test in each}

    def _words_of(self, path: str) -> frozenset[str]:
        if path not in self._words:
            self._words[path] = frozenset(re.findall(r"\w+", (self._tree / path).read_text(encoding="utf-8")))
        return self._words[path]

    def report(self) -> int:
        """Tell the figures of each room; return 1 when too many changes survive in one."""
        self._examiner.close()
        for name, room in self.rooms.items():
            tried = max(len(room.tried), 1)
            print(
                f"# {name}: {room.survived} of {len(room.tried)} survived ({room.survived / tried:.0%}), "
                f"and {room.explained} with a known reason"
            )
        return int(any(room.survived > LARGEST_SHARE * len(room.tried) for room in self.rooms.values()))


def main() -> int:
    """Try changes until the time is over; 1 when more than 15 % of a room's survive unexplained."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=20.0, help="After the tests ran once as they are.")
    parser.add_argument("--changes", type=int, default=10**6, help="No more than so many of each room.")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--room", choices=ROOMS, action="append", help="Only these; all by default.")
    parser.add_argument("--again", type=Path, help="A table of survivors: try these.")
    parser.add_argument("--once-survived", action="store_true", help="Try the changes of once_survived.tsv.")
    options = parser.parse_args()
    for name in LIBRARIES:
        importlib.import_module(name)
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "tree"
        shutil.copytree(ROOT, tree, ignore=shutil.ignore_patterns(".git", ".*_cache", ".hypothesis"))
        by_hand = rows_of(ONCE_SURVIVED) if options.once_survived else []
        rooms = [] if by_hand else options.room or list(rooms_of(options.again))
        sampler = Sampler(tree, rooms, [row["module"] for row in by_hand])
        if by_hand:
            sampler.by_hand(by_hand)
        elif options.again:
            sampler.again(options.again)
        else:
            sampler.sample(options.minutes, options.changes, random.Random(options.seed))
        return sampler.report()


def rooms_of(file: Path | None) -> Iterator[str]:
    """Yield the rooms of a table of survivors; all rooms without one."""
    text = "" if file is None else file.read_text(encoding="utf-8")
    yield from (name for name in ROOMS if file is None or f"{name}\t" in text)


def reasons() -> set[tuple[str, str, str]]:
    """Return the changes that are explained: module, text of the line, operator."""
    return {(row["module"], row["line"], row["operator"]) for row in rows_of(EXPLAINED)}


def rows_of(file: Path) -> list[dict[str, str]]:
    """Return the rows of a table."""
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


if __name__ == "__main__":
    sys.exit(main())
