"""Pipes and FIFOs as input, links as output, and an interrupted command."""

from __future__ import annotations

import gzip
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pandas as pd
import pytest

import geoevents as ge

TABLE = b"id,place,country,date\n007,Almaty,KZ,2022-01-05\n008,Aktau,KZ,2022-01-06\n"
PACKED = gzip.compress(TABLE, mtime=0)
POINT = b'{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"a": 1}, "geometry": '
GEOJSON = POINT + b'{"type": "Point", "coordinates": [76.9, 43.2]}}]}'


def command(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "geoevents.cli", *map(str, arguments)]


def fifo_with(path: Path, data: bytes) -> threading.Thread:
    """Make a FIFO that gives data to the first who reads it, once."""
    os.mkfifo(path)
    thread = threading.Thread(target=path.write_bytes, args=(data,), daemon=True)
    thread.start()
    return thread


@pytest.mark.parametrize(
    ("name", "data"),
    [("events", TABLE), ("events.csv", TABLE), ("events.csv.gz", PACKED), ("e", PACKED), ("events.txt", TABLE)],
    ids=["plain", "csv", "packed csv", "packed", "txt"],
)
def test_a_fifo_is_read_as_the_file_would_be(tmp_path: Path, name: str, data: bytes) -> None:
    """A table in a FIFO, packed or not, with a suffix or without, is the table of the file with its bytes."""
    (tmp_path / "file.csv").write_bytes(TABLE)
    thread = fifo_with(tmp_path / name, data)
    records = ge.read(tmp_path / name)
    thread.join(timeout=10)
    pd.testing.assert_frame_equal(records, ge.read(tmp_path / "file.csv"))
    assert records.attrs["read"]["file"] == name


def test_a_fifo_of_geojson_has_its_geometries(tmp_path: Path) -> None:
    """What a stream without a suffix holds is told by its beginning."""
    fifo_with(tmp_path / "events", GEOJSON)
    assert ge.read(tmp_path / "events").geometry.x.tolist() == [76.9]


def test_a_stream_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    """An empty stream, and one that is no table, are one sentence with the path that was given."""
    for name, data in (("empty", b""), ("binary.csv", b"\x7fELF" + bytes(99))):
        fifo_with(tmp_path / name, data)
        with pytest.raises(ge.ReadError) as raised:
            ge.read(tmp_path / name)
        assert str(raised.value).startswith(f"{tmp_path / name}: ")
        assert "geoevents-" not in str(raised.value)


def test_a_table_comes_through_standard_input(tmp_path: Path) -> None:
    """A pipe into `locate /dev/stdin` gives every row."""
    out = tmp_path / "out.csv"
    done = subprocess.run(command("locate", "/dev/stdin", "-o", out), input=TABLE, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert ge.read(out)["place_id"].tolist() == ["geonames:1526384", "geonames:610612"]


def test_an_output_that_is_a_link_writes_its_target(tmp_path: Path) -> None:
    """A link stays one, relative or through another link; what it names is replaced, or made."""
    (tmp_path / "far").mkdir()
    (tmp_path / "in.csv").write_bytes(TABLE)
    (tmp_path / "far" / "old.csv").write_text("old")
    (tmp_path / "direct.csv").symlink_to("far/old.csv")
    (tmp_path / "second.csv").symlink_to("direct.csv")
    (tmp_path / "new.csv").symlink_to(tmp_path / "far" / "made.csv")
    for link, target in (("second.csv", "old.csv"), ("new.csv", "made.csv")):
        done = subprocess.run(
            command("locate", tmp_path / "in.csv", "-o", tmp_path / link), capture_output=True, check=False
        )
        assert done.returncode == 0, done.stderr
        assert (tmp_path / link).is_symlink()
        assert not (tmp_path / "far" / target).is_symlink()
        assert len(ge.read(tmp_path / "far" / target)) == 2
    assert (tmp_path / "direct.csv").is_symlink()


def heed_ctrl_c() -> None:
    """Let a child heed Ctrl-C, which it inherits as ignored where the tests run in the background of a shell."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_ctrl_c_is_one_sentence(tmp_path: Path) -> None:
    """A command that is interrupted while it reads says so in one line, has the code 130, and leaves nothing."""
    os.mkfifo(tmp_path / "events.csv")
    arguments = command("locate", tmp_path / "events.csv", "-o", tmp_path / "out.csv")
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    process = subprocess.Popen(
        arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment, preexec_fn=heed_ctrl_c
    )
    with (tmp_path / "events.csv").open("wb") as writer:  # which opens when the command reads
        writer.write(TABLE)
        writer.flush()
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert err.decode().splitlines()[-1] == "geoevents: interrupted; nothing was written."
    assert "Traceback" not in err.decode()
    assert out == b""
    assert sorted(path.name for path in tmp_path.iterdir()) == ["events.csv"]


def test_ctrl_c_ends_the_gazetteer_with_one_sentence() -> None:
    """`gazetteer resolve -`, which waits for phrases, says in one line that it was interrupted, with the code 130."""
    code = "import sys; from gazetteer.cli import main; print('ready', flush=True); main()"
    process = subprocess.Popen(
        [sys.executable, "-c", code, "resolve", "-"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=heed_ctrl_c,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    time.sleep(0.3)
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=60) == 130
    out, err = process.communicate()
    assert (out, err.strip()) == (b"", b"interrupted.")


@pytest.mark.parametrize(
    ("package", "library", "words"),
    [
        ("gazetteer", "click", "--help"),
        ("gazetteer", "numpy", "resolve Almaty"),
        ("geoevents", "click", "--help"),
        ("geoevents", "pandas", "inspect /dev/null"),
        ("gazetteer.cli", "click", "--help"),
        ("geoevents.cli", "click", "--help"),
    ],
)
def test_ctrl_c_while_a_library_loads_is_one_sentence(package: str, library: str, words: str) -> None:
    """A command that is interrupted while it imports says so in one line; what starts it imports no library."""
    code = (
        "import sys\n"
        "class Interrupts:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        f"        if name == {library!r}: raise KeyboardInterrupt\n"
        f"from {package}.__main__ import main\n"
        "sys.meta_path.insert(0, Interrupts())\n"
        "sys.exit(main())"
    )
    done = subprocess.run([sys.executable, "-c", code, *words.split()], capture_output=True, text=True, check=False)
    assert done.returncode == 130, done.stderr
    assert "interrupted" in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr
