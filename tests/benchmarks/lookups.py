"""Look-ups against their yardsticks, in one run: ``python tests/benchmarks/lookups.py``; prints ratios."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial

import numpy as np
import pandas as pd

import gazetteer

RUNS = 5


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def process(code: str) -> float:
    """Return the seconds of a fresh interpreter that runs some code."""
    start = time.perf_counter()
    child = os.fork()
    if child == 0:
        os.execv(sys.executable, [sys.executable, "-c", code])
    os.wait4(child, 0)
    return time.perf_counter() - start


def whole_process() -> None:
    ours = (
        "import sys; sys.argv = ['gazetteer', 'resolve', 'Almaty']\n"
        "from gazetteer.cli import main\ntry: main()\nexcept SystemExit: pass"
    )
    pairs = [(process(ours), process("import geopandas")) for _ in range(RUNS + 1)][1:]
    ratio = statistics.median(mine / theirs for mine, theirs in pairs)
    # The kernel's own high-water mark of the new process; that of rusage is inherited from this one.
    peak = "\nprint(next(line for line in open('/proc/self/status') if line.startswith('VmHWM')))"
    printed = subprocess.check_output([sys.executable, "-c", ours + peak], text=True)
    print(f"gazetteer resolve Almaty / import geopandas: {ratio:.2f}; peak {int(printed.split()[-2]) / 1024:.0f} MB")


def shared_pages() -> None:
    """Print what two processes that look up names hold together, and what each would hold alone."""
    code = (
        "import sys, gazetteer; gaz = gazetteer.load(); [gaz.resolve(name) for name in ('Almaty', 'Paris, Texas')]\n"
        "gaz.store.column('lon'); gaz.store.index.places(slice(None))\nprint('ready', flush=True); sys.stdin.read()"
    )
    children = [
        subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) for _ in range(2)
    ]
    for child in children:
        assert child.stdout is not None
        child.stdout.readline()
    totals = [_mapped(child.pid) for child in children]
    for child in children:
        child.communicate()
    resident, proportional = (sum(total[name] for total in totals) / 1024 for name in ("Rss", "Pss"))
    print(f"mapped tables in two processes: {resident:.1f} MB resident in sum, {proportional:.1f} MB of memory in fact")


def _mapped(pid: int) -> dict[str, int]:
    """Return the kB of a process's pages of the gazetteer's files: resident, and its share of them."""
    totals = {"Rss": 0, "Pss": 0}
    ours = False
    with open(f"/proc/{pid}/smaps", encoding="utf-8") as lines:
        for line in lines:
            field, _, rest = line.partition(":")
            if "-" in field:
                ours = str(gazetteer.load().store.folder) in line
            elif ours and field in totals:
                totals[field] += int(rest.split()[0])
    return totals


def column_of_repeats(names: pd.Series) -> None:
    phrases = names.sample(10_000, random_state=2).tolist()
    column = pd.Series(np.random.default_rng(0).choice(phrases, 1_000_000))
    for size in (len(names), 300_000):
        some = pd.concat([pd.Series(phrases), names.sample(size, random_state=3)]).drop_duplicates()
        table = gazetteer.load().resolve_many(some.tolist())
        plain = table.astype(dict.fromkeys(table.select_dtypes("category"), str))
        ratios = []
        for _ in range(RUNS):
            ours = seconds(lambda: gazetteer.load().resolve_many(column))
            ratios.append(ours / seconds(partial(pd.merge, column.to_frame("query"), plain, on="query", how="left")))
        ratio = statistics.median(ratios)
        print(f"resolve_many, 1,000,000 rows of 10,000 phrases / pandas merge with {len(plain):,} names: {ratio:.2f}")


def distinct(names: pd.Series) -> None:
    phrases = names.sample(min(len(names), 1_000_000), random_state=4).tolist()
    rate = len(phrases) / seconds(lambda: gazetteer.load().resolve_many(phrases))
    print(f"resolve_many, {len(phrases):,} distinct names: {rate:,.0f} a second")


def loading() -> None:
    code = (
        "import numpy, marisa_trie, time, gazetteer; t = time.perf_counter();"
        "gazetteer.load().resolve('Almaty'); print(round((time.perf_counter() - t) * 1000))"
    )
    times = [int(subprocess.check_output([sys.executable, "-c", code])) for _ in range(RUNS)]
    print(f"load to first answer, modules loaded: {statistics.median(times)} ms")


if __name__ == "__main__":
    print(f"{os.cpu_count()} cores")
    shipped = gazetteer.load().store.names()["name"].drop_duplicates()
    whole_process()
    loading()
    shared_pages()
    column_of_repeats(shipped)
    distinct(shipped)
