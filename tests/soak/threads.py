"""Threads and forks on fresh and shared gazetteers, for some minutes, under faulthandler.

Each round opens a fresh gazetteer or takes the shared one; its threads ask the same questions in orders of their own,
and a child is forked meanwhile that asks the same gazetteer. Every answer is compared with that of one thread. A
process that dies leaves its stack on standard error.

With ``--first`` each round is a process of its own, which has loaded no table and no library when its threads begin to
ask and its child is forked, some milliseconds later. A child that has no answers after a minute hangs.

    python tests/soak/threads.py 60
    python tests/soak/threads.py 10 --first --threads 4
"""

from __future__ import annotations

import argparse
import faulthandler
import os
import random
import signal
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import gazetteer
from gazetteer.api.gazetteer import Gazetteer
from gazetteer.bundled import BUNDLED
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


def first_look_up(seed: int, threads: int) -> int:
    """Fork in the middle of a process's first look-ups; 0 where the child answers, 1 where it hangs or dies."""
    gaz, rng = Gazetteer(Store(BUNDLED)), random.Random(seed)

    def ask(number: int) -> None:
        order = list(QUESTIONS)
        random.Random(seed * 100 + number).shuffle(order)
        for question in order:
            question(gaz)

    running = [threading.Thread(target=ask, args=(number,), daemon=True) for number in range(threads)]
    for thread in running:
        thread.start()
    # The first look-ups take about a second, most of which is the import of libraries.
    time.sleep(rng.uniform(0.0, 0.8))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        ask(-1)
        os._exit(0)
    until = time.monotonic() + 60
    while time.monotonic() < until:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return int(os.waitstatus_to_exitcode(status) != 0)
        time.sleep(0.01)
    os.kill(child, signal.SIGABRT)  # faulthandler prints where it waits
    os.waitpid(child, 0)
    return 1


def soak_first_look_ups(until: float, threads: int) -> int:
    """Fork in the first look-ups of one process after the other; 1 when a child hangs or dies."""
    rounds = failed = 0
    while rounds == 0 or time.monotonic() < until:
        command = [sys.executable, __file__, "--first", "--threads", str(threads), "--seed", str(rounds)]
        failed += subprocess.run(command, check=False).returncode != 0
        rounds += 1
    print(f"processes: {rounds}; threads: {threads}; children that hang or die: {failed}")
    return int(failed > 0)


def main() -> int:
    """Soak; 1 when an answer differs or a child dies."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("minutes", type=float, nargs="?", default=60.0)
    parser.add_argument("--threads", type=int, default=32)
    parser.add_argument("--first", action="store_true", help="Fork in the first look-ups of processes of their own.")
    parser.add_argument("--seed", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    faulthandler.enable()
    if options.seed is not None:
        return first_look_up(options.seed, options.threads)
    if options.first:
        return soak_first_look_ups(time.monotonic() + options.minutes * 60, options.threads)
    faulthandler.dump_traceback_later(options.minutes * 60 + 300, exit=True)
    shared = gazetteer.load()
    wanted = [question(shared) for question in QUESTIONS]
    until = time.monotonic() + options.minutes * 60
    rounds = different = died = 0
    while rounds == 0 or time.monotonic() < until:
        gaz = Gazetteer(Store(BUNDLED)) if rounds % 2 == 0 else shared
        with ThreadPoolExecutor(options.threads) as threads:
            running = [threads.submit(asked, gaz, rounds * 1000 + seed, wanted) for seed in range(options.threads)]
            child = forked(gaz, rounds, wanted) if hasattr(os, "fork") else 0
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
