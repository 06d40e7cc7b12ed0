"""Work that is not whole: what a killed process leaves goes with the next run, what a living one needs stays."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from gazetteer import DataError, Hold, scratch_folder
from gazetteer.build.finished import finished_folder

WRITE = """
import sys, time
from pathlib import Path
from gazetteer import scratch_folder
with scratch_folder(Path(sys.argv[1]), ".out.writing-") as folder:
    (folder / "out").write_text("half")
    print(folder.name, flush=True)
    time.sleep(60)
"""


def test_what_a_killed_process_left_goes_and_what_a_living_one_needs_stays(tmp_path: Path) -> None:
    """Of two processes that write, the folder of the one that was killed is removed by the next, the other's is not."""
    folders = []
    with (
        subprocess.Popen([sys.executable, "-c", WRITE, str(tmp_path)], stdout=subprocess.PIPE, text=True) as killed,
        subprocess.Popen([sys.executable, "-c", WRITE, str(tmp_path)], stdout=subprocess.PIPE, text=True) as living,
    ):
        for process in (killed, living):
            assert process.stdout is not None
            folders.append(process.stdout.readline().strip())
        killed.send_signal(signal.SIGKILL)
        killed.wait()
        # Somebody's own folder of a like name.
        (tmp_path / ".out.writing-mine").mkdir()
        assert sorted(os.listdir(tmp_path)) == sorted([*folders, ".out.writing-mine"])
        with scratch_folder(tmp_path, ".out.writing-") as ours:
            assert sorted(os.listdir(tmp_path)) == sorted([folders[1], ".out.writing-mine", ours.name])
        living.send_signal(signal.SIGKILL)
    with scratch_folder(tmp_path, ".out.writing-"):
        pass
    assert os.listdir(tmp_path) == [".out.writing-mine"]


def test_a_hold_ends_with_its_release(tmp_path: Path) -> None:
    """A path is held by one at a time, and by the next when it is let go."""
    first, second = Hold(tmp_path), Hold(tmp_path)
    assert (first.taken, second.taken) == (True, False)
    first.release()
    second.release()
    third = Hold(tmp_path)
    assert third.taken
    third.release()


def test_a_build_takes_its_place_when_it_is_whole(tmp_path: Path) -> None:
    """A build that fails leaves the one before; one that ends replaces its files, the facts last, and no others."""
    built = tmp_path / "built"
    for name in ("info.json", "names.marisa", "mine.txt"):
        built.mkdir(exist_ok=True)
        (built / name).write_text("before")

    def fail() -> None:
        with finished_folder(built) as made:
            (made / "names.marisa").write_text("new")
            raise DataError("The dump is damaged.")

    with pytest.raises(DataError):
        fail()
    assert {path.name: path.read_text() for path in built.iterdir()} == dict.fromkeys(
        ("info.json", "names.marisa", "mine.txt"), "before"
    )
    with finished_folder(built) as made:
        (made / "index").mkdir()
        for name in ("info.json", "names.marisa", "index/sorts.npy"):
            (made / name).write_text("new")
    assert (built / "index" / "sorts.npy").read_text() == "new"
    assert [(built / name).read_text() for name in ("info.json", "names.marisa", "mine.txt")] == [
        "new",
        "new",
        "before",
    ]
    assert os.listdir(tmp_path) == ["built"]
