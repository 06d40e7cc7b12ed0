"""Threads and forks: loading is under a lock, readers are used by one thread at a time, mapped arrays stay."""

from __future__ import annotations

import gc
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import shapely

import gazetteer
from gazetteer.api.gazetteer import Gazetteer
from gazetteer.bundled import BUNDLED
from gazetteer.geometry.reverse import containing
from gazetteer.index.store import Store, Table
from gazetteer.locks import cached_property


class OneAtATime:
    """Stands in for Arrow's reader of a file or the finder, and notes whether two threads were ever in it."""

    def __init__(self, reader: Any) -> None:
        self.reader, self.inside, self.most = reader, 0, 0

    def read(self, **options: Any) -> Any:
        return self._alone(self.reader.read, **options)

    def read_row_group(self, group: int, **options: Any) -> Any:
        return self._alone(self.reader.read_row_group, group, **options)

    def find(self, *arguments: Any, **options: Any) -> Any:
        return self._alone(self.reader.find, *arguments, **options)

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


def test_threads_that_ask_at_once_make_one_tree_of_areas(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of eight threads that ask first which areas hold a point one makes the tree, and all get its answer."""
    made = []

    def tree(shapes: Any) -> Any:
        made.append(len(shapes))
        return shapely.STRtree(shapes[:10])

    monkeypatch.setattr("gazetteer.geometry.reverse.shapely", SimpleNamespace(**{**vars(shapely), "STRtree": tree}))
    store = Store(BUNDLED)
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda _: containing(store, 76.9, 43.2), range(8)))
    assert len(made) == 1
    assert all(areas == found[0] for areas in found)


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
    """A fork waits until no thread loads anything; in the child the lock is free, and what was loading is there."""
    code = (
        "import os, threading, time\n"
        "from gazetteer.locks import LOADING, cached_property\n"
        "held = threading.Event()\n"
        "class Tables:\n"
        "    @cached_property\n"
        "    def rows(self):\n"
        "        held.set(); time.sleep(0.2)\n"
        "        return os.getpid()\n"
        "tables, parent = Tables(), os.getpid()\n"
        "threading.Thread(target=lambda: tables.rows).start(); held.wait()\n"
        "child = os.fork()\n"
        "if child == 0:\n"
        "    os._exit(0 if LOADING.acquire(timeout=2) and tables.rows == parent else 1)\n"
        "print(os.waitpid(child, 0)[1])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=30)
    assert done.stdout == "0\n", done.stderr


def test_loading_is_done_by_one_thread() -> None:
    """Of eight threads that ask for what is not loaded yet one loads it, and what it needs for that."""
    loaded = []

    class Tables:
        @cached_property
        def rows(self) -> int:
            loaded.append("rows")
            time.sleep(0.01)
            return self.columns + 1

        @cached_property
        def columns(self) -> int:
            loaded.append("columns")
            return 1

    tables = Tables()
    with ThreadPoolExecutor(8) as threads:
        assert set(threads.map(lambda _: tables.rows, range(8))) == {2}
    assert loaded == ["rows", "columns"]


def test_every_first_look_up_takes_the_lock_that_forks_wait_for() -> None:
    """No module that looks places up keeps what it loads by functools' property, whose lock a child inherits."""
    modules = [path for path in Path(gazetteer.__file__).parent.rglob("*.py") if "build" not in path.parts]
    assert [
        path
        for path in modules
        if "from functools import" in (text := path.read_text(encoding="utf-8"))
        and "cached_property" in text.split("from functools import")[1].split("\n")[0]
    ] == []


def test_texts_are_read_by_one_thread_at_a_time() -> None:
    """Of eight threads that read texts no two are in the finder together: it keeps the words that it has met."""
    gaz = Gazetteer(Store(BUNDLED))
    watched = OneAtATime(gaz.parts.geoparser)
    gaz.parts.__dict__["geoparser"] = watched
    towns = ("Aktau", "Kandahar", "Mosul", "Bamako", "Kharkiv", "Quetta", "Gao", "Sirte")
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda town: [name.text for name in gaz.find(f"Clashes near {town}.")], towns))
    assert found == [[town] for town in towns]
    assert watched.most == 1


def test_a_short_soak() -> None:
    """Five seconds of threads and forks on fresh and shared gazetteers give the answers of one thread."""
    script = Path(__file__).parent.parent / "soak" / "threads.py"
    command = [sys.executable, str(script), "0.08", "--threads", "16"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "different: 0; died: 0" in done.stdout
