"""Odd environments: another locale and zone, no home, optimised byte code, names of folders, links, a full disk."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import geopandas as gpd
import pytest

TABLE = "location,date\nAlmaty,2022-01-05\n30 km north of Aktau,2022-01-06\nXyzzy Lane 5,2022-01-07\n"


def locate(source: Path, output: Path, *flags: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH", "VIRTUAL_ENV") if name in os.environ}
    command = [sys.executable, *flags, "-m", "geoevents.cli", "locate", str(source), "-o", str(output)]
    return subprocess.run(command, capture_output=True, text=True, check=False, env={**kept, **environment})


def test_odd_environments_change_nothing(tmp_path: Path) -> None:
    """No home, the C locale, the earliest zone of the world, -O, and a folder with spaces and Cyrillic letters."""
    folder = tmp_path / "Мои события 2022"
    folder.mkdir()
    (folder / "таблица 1.csv").write_text(TABLE, encoding="utf-8")
    usual = locate(folder / "таблица 1.csv", tmp_path / "usual.geojson", HOME=str(tmp_path))
    odd = locate(folder / "таблица 1.csv", folder / "карта 1.geojson", "-O", LC_ALL="C", TZ="Pacific/Kiritimati")
    assert (usual.returncode, odd.returncode) == (0, 0), usual.stderr + odd.stderr
    ours, theirs = gpd.read_file(folder / "карта 1.geojson"), gpd.read_file(tmp_path / "usual.geojson")
    assert ours.drop(columns="geometry").astype(str).equals(theirs.drop(columns="geometry").astype(str))
    assert ours.geometry.geom_equals(theirs.geometry).tolist() == [True, True, False]  # the last has none


def test_links_lead_to_their_files(tmp_path: Path) -> None:
    """A link as input is followed; a link as output stays a link or becomes the file, and the events are there."""
    (tmp_path / "real.csv").write_text(TABLE, encoding="utf-8")
    (tmp_path / "table.csv").symlink_to(tmp_path / "real.csv")
    (tmp_path / "target.geojson").write_text("{}", encoding="utf-8")
    (tmp_path / "out.geojson").symlink_to(tmp_path / "target.geojson")
    done = locate(tmp_path / "table.csv", tmp_path / "out.geojson", HOME=str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert len(gpd.read_file(tmp_path / "out.geojson")) == 3
    assert (tmp_path / "real.csv").read_text(encoding="utf-8") == TABLE


def test_a_full_disk_is_one_sentence(tmp_path: Path) -> None:
    """On a disk without room the command fails in one sentence, and what stood there stays."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(disk)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("mounting is not permitted here")
    try:
        (disk / "out.geojson").write_text("before", encoding="utf-8")
        (tmp_path / "t.csv").write_text("location\n" + "Almaty\nAktau\n" * 2000, encoding="utf-8")
        done = locate(tmp_path / "t.csv", disk / "out.geojson", HOME=str(tmp_path))
        assert done.returncode == 1, done.stderr
        assert "Traceback" not in done.stderr
        assert (disk / "out.geojson").read_text(encoding="utf-8") == "before"
        assert os.listdir(disk) == ["out.geojson"]
    finally:
        subprocess.run(["umount", str(disk)], check=True)
