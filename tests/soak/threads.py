"""Threads and forks on fresh and shared gazetteers, for some minutes, under faulthandler.

Each round opens a fresh gazetteer or takes the shared one; its threads ask the same questions in orders of their own,
and a child is forked meanwhile that asks the shared one. Every answer is compared with that of one thread. A process
that dies leaves its stack on standard error.

The child asks a gazetteer that answered before: Python 3.11 fills ``cached_property`` under a lock that a child
inherits as it is, so that a process must not fork while another thread asks a gazetteer for the first time.

    python tests/soak/threads.py 60
"""

from __future__ import annotations

import argparse
import faulthandler
import os
import random
import sys
import time
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import gazetteer
from gazetteer.api.gazetteer import Gazetteer
from gazetteer.geometry.groups import BUNDLED
from gazetteer.index.store import Store

PHRASES = (
    "Almaty", "western Kazakhstan", "30 km north of Aktau", "CSTO members", "Kandahr, Afghanistan", "Black Sea",
    "Paris, Texas", "the border of Chad and Sudan", "Springfield", "Xyzzy Lane 5", "Donbas", "Алматы",
)  # fmt: skip
QUESTIONS: tuple[Callable[[Gazetteer], Any], ...] = (
    *(lambda gaz, phrase=phrase: gaz.resolve(phrase).as_dict() for phrase in PHRASES),
    lambda gaz: gaz.geometry("iso:KZ-47").wkb,
    lambda gaz: [place.id for place in gaz.within(76.9, 43.2)],
    lambda gaz: [place.id for place in gaz.members("CSTO", on="2022-01-10")],
    lambda gaz: [candidate.place.id for candidate in gaz.search("Springf")],
    lambda gaz: [mention.text for mention in gaz.find("Protests in Almaty, Aktau and 30 km north of Paris, Texas.")],
    lambda gaz: gaz.resolve_many(list(PHRASES))["place_id"].astype(str).tolist(),
)


def asked(gaz: Gazetteer, seed: int, wanted: list[Any]) -> int:
    """Ask all questions in an order of one's own; return how many answers are others than wanted."""
    order = list(range(len(QUESTIONS)))
    random.Random(seed).shuffle(order)
    return sum(QUESTIONS[number](gaz) != wanted[number] for number in order)


def forked(gaz: Gazetteer, seed: int, wanted: list[Any]) -> int:
    """Fork a child that asks; return its process id."""
    with warnings.catch_warnings():
        # That threads are running is what is tried here.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        os._exit(min(asked(gaz, seed, wanted), 100))
    return child


def main() -> int:
    """Soak; 1 when an answer differs or a child dies."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("minutes", type=float, nargs="?", default=60.0)
    parser.add_argument("--threads", type=int, default=32)
    options = parser.parse_args()
    faulthandler.enable()
    faulthandler.dump_traceback_later(options.minutes * 60 + 300, exit=True)
    shared = gazetteer.load()
    wanted = [question(shared) for question in QUESTIONS]
    until = time.monotonic() + options.minutes * 60
    rounds = different = died = 0
    while rounds == 0 or time.monotonic() < until:
        gaz = Gazetteer(Store(BUNDLED)) if rounds % 2 == 0 else shared
        with ThreadPoolExecutor(options.threads) as threads:
            running = [threads.submit(asked, gaz, rounds * 1000 + seed, wanted) for seed in range(options.threads)]
            child = forked(shared, rounds, wanted) if hasattr(os, "fork") else 0
            different += sum(one.result() for one in running)
        if child:
            code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
            different, died = different + max(code, 0), died + (code < 0)
        rounds += 1
    calls = rounds * (options.threads + 1) * len(QUESTIONS)
    print(f"rounds: {rounds}; threads: {options.threads}; calls: {calls}; different: {different}; died: {died}")
    return int(bool(different or died))


if __name__ == "__main__":
    sys.exit(main())
