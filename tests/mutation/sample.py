"""Changes the code in small ways and says which changes no test notices: a sample of each room, in the time given.

The changes are those of cosmic-ray (`tests/mutation/cosmic-ray.toml`); each is made in a copy of the project, and the
tests of its room run against it. Told are, of each room, how many changes were tried and how many survived, and each
survivor with its place.

    python tests/mutation/sample.py --minutes 20 --seed 1
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names

ROOT = Path(__file__).parent.parent.parent
# The modules of a room, and the tests that are to notice a change in them.
ROOMS = {
    "phrase parser": (["gazetteer/phrases/spatial_rules.py"], ["tests/gazetteer/test_phrases.py"]),
    "interpreter": (["gazetteer/phrases/interpreter.py"], ["tests/gazetteer/test_phrases.py"]),
    "geometry": (["gazetteer/geometry/operations.py"], [
        "tests/gazetteer/test_shapes.py", "tests/gazetteer/test_phrases.py",
    ]),
    "ranking": (["gazetteer/candidates/ranking.py"], [
        "tests/gazetteer/test_ranking.py", "tests/gazetteer/test_resolve.py",
    ]),
    "dates": (["geoevents/frame/date_forms.py"], ["tests/geoevents/test_dates.py"]),
    "enrich": (["geoevents/enrichment.py"], ["tests/geoevents/test_enrich.py"]),
    "places of records": (["geoevents/place_phrases.py"], ["tests/geoevents/test_locate.py"]),
    "online services": (["gazetteer/geocoders/services.py"], [
        "tests/test_online.py", "tests/gazetteer/test_geocoders.py",
    ]),
}  # fmt: skip
LONGEST = 180.0


def main() -> int:
    """Try changes until the time is over; 1 when more than 15 % of a room's survive."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=20.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--room", choices=ROOMS, action="append", help="Only these; all by default.")
    options = parser.parse_args()
    rng = random.Random(options.seed)
    rooms = options.room or list(ROOMS)
    until = time.monotonic() + options.minutes * 60
    tried, survived = dict.fromkeys(rooms, 0), dict.fromkeys(rooms, 0)
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "tree"
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".git", ".*_cache", "__pycache__", ".hypothesis"))
        while time.monotonic() < until:
            for room in rooms:
                outcome = try_one(copy, *ROOMS[room], rng)
                if outcome is not None:
                    tried[room] += 1
                    survived[room] += bool(outcome)
                    if outcome:
                        print(f"survived in {room}: {outcome}", flush=True)
                if time.monotonic() >= until:
                    break
    for room in rooms:
        print(f"{room}: {survived[room]} of {tried[room]} survived")
    return int(any(survived[room] > 0.15 * max(tried[room], 1) for room in rooms))


def try_one(tree: Path, modules: list[str], tests: list[str], rng: random.Random) -> str | None:
    """Make one change and run the tests: return the change when they pass, "" when they fail, None for no change."""
    path = tree / rng.choice(modules)
    source = path.read_text(encoding="utf-8")
    operator = get_operator(rng.choice(sorted(operator_names())))()
    places = list(_places(operator, source))
    if not places:
        return None
    number = rng.randrange(len(places))
    changed = mutate_code(source, operator, number)
    if changed is None:
        return None
    path.write_text(changed, encoding="utf-8")
    try:
        command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *tests]
        passed = subprocess.run(
            command, cwd=tree, env={**os.environ, "PYTHONPATH": str(tree), "CI": "true"}, capture_output=True,
            timeout=LONGEST, check=False,
        ).returncode == 0  # fmt: skip
    except subprocess.TimeoutExpired:
        passed = False
    finally:
        path.write_text(source, encoding="utf-8")
    line = places[number]
    text = source.splitlines()[line - 1].strip()
    return f"{path.relative_to(tree)}:{line} {type(operator).__name__}: {text}" if passed else ""


def _places(operator: object, source: str) -> list[int]:
    """Return the line of each place where an operator can change a source."""
    return [
        start[0]
        for node in ast_nodes(get_ast(source))
        for start, _ in operator.mutation_positions(node)  # type: ignore[attr-defined]
    ]


if __name__ == "__main__":
    sys.exit(main())
