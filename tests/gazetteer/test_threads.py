"""Threads and forks: loading is under a lock, readers are used by one thread at a time, mapped arrays stay."""

from __future__ import annotations

import gc
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import gazetteer
from gazetteer.api.gazetteer import Gazetteer
from gazetteer.geometry.groups import BUNDLED
from gazetteer.index.locks import fork_safe_lock
from gazetteer.index.store import Store, Table


class OneAtATime:
    """Stands in for Arrow's reader of a file, and notes whether two threads were ever in it."""

    def __init__(self, reader: Any) -> None:
        self.reader, self.inside, self.most = reader, 0, 0

    def read(self, **options: Any) -> Any:
        return self._alone(self.reader.read, **options)

    def read_row_group(self, group: int, **options: Any) -> Any:
        return self._alone(self.reader.read_row_group, group, **options)

    def _alone(self, call: Any, *arguments: Any, **options: Any) -> Any:
        self.inside += 1
        self.most = max(self.most, self.inside)
        time.sleep(0.002)
        try:
            return call(*arguments, **options)
        finally:
            self.inside -= 1


def test_a_table_is_read_by_one_thread_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of eight threads that read one table no two are in Arrow's reader together, and all get the same."""
    table = Table(BUNDLED / "seas.parquet")
    watched = OneAtATime(table._file)
    monkeypatch.setattr(table, "_file", watched)
    with ThreadPoolExecutor(8) as threads:
        cells = list(threads.map(lambda row: table.cell("geometry", row % len(table)), range(64)))
        columns = list(threads.map(lambda _: table.column("name").tolist(), range(8)))
    assert watched.most == 1
    assert cells[0] == table.cell("geometry", 0)
    assert all(column == columns[0] for column in columns)


def test_threads_that_load_get_one_gazetteer(tmp_path: Path) -> None:
    """Sixteen threads that load a folder at once open it once."""
    folder = tmp_path / "linked"
    folder.symlink_to(BUNDLED)
    barrier = threading.Barrier(16)

    def load(_: int) -> Gazetteer:
        barrier.wait()
        return gazetteer.load(folder)

    with ThreadPoolExecutor(16) as threads:
        assert len(set(map(id, threads.map(load, range(16))))) == 1


def test_mapped_arrays_outlive_their_gazetteer() -> None:
    """An array that was taken keeps its pages mapped after everything else of the gazetteer is gone."""
    store = Store(BUNDLED)
    array, lon = store.index.array("population"), store.column("lon")
    pages = np.frombuffer(store.index._pages._files[0], "uint8")
    want = int(array.sum()), float(lon.sum()), int(pages.sum())
    del store
    gc.collect()
    assert (int(array.sum()), float(lon.sum()), int(pages.sum())) == want


def test_a_fork_never_inherits_a_held_lock() -> None:
    """A fork waits until the lock is free; in the child it is free."""
    code = (
        "import os, threading, time\n"
        "from gazetteer.index.locks import fork_safe_lock\n"
        "lock = fork_safe_lock()\n"
        "held = threading.Event()\n"
        "def hold():\n"
        "    with lock:\n"
        "        held.set(); time.sleep(0.2)\n"
        "threading.Thread(target=hold).start(); held.wait()\n"
        "child = os.fork()\n"
        "if child == 0:\n"
        "    os._exit(0 if lock.acquire(timeout=2) else 1)\n"
        "print(os.waitpid(child, 0)[1])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=30)
    assert done.stdout == "0\n", done.stderr
    assert not fork_safe_lock().locked()


def test_a_short_soak() -> None:
    """Five seconds of threads and forks on fresh and shared gazetteers give the answers of one thread."""
    script = Path(__file__).parent.parent / "soak" / "threads.py"
    command = [sys.executable, str(script), "0.08", "--threads", "16"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "different: 0; died: 0" in done.stdout
