"""Many reports become a file of events, the same as `geoevents.extract` gives, whatever the processes and pieces."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from click.testing import CliRunner

import geoevents as ge
from geoevents.cli import cli
from geoevents.engines import report_batches
from geoevents.errors import ReadError, WriteError
from geoevents.reports.documents.reading import read_documents

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the project's own reports, one of them broken."""
    folder = tmp_path_factory.mktemp("reports")
    for line in (HERE / "reports.gold.jsonl").read_text(encoding="utf-8").splitlines():
        report = json.loads(line)
        (folder / f"{report['id']}.txt").write_text(report["text"], encoding="utf-8")
    (folder / "zz.pdf").write_bytes(b"no PDF")
    return folder


@pytest.fixture(scope="module")
def expected(reports: Path) -> gpd.GeoDataFrame:
    return ge.extract(reports, broken=[])


def same(one: gpd.GeoDataFrame, two: gpd.GeoDataFrame) -> None:
    """Check that two frames hold the same events."""
    columns = ["event_id", "report_id", "event_class", "place_id", "start", "fatalities", "evidence"]
    pd.testing.assert_frame_equal(
        pd.DataFrame(one[columns]).reset_index(drop=True), pd.DataFrame(two[columns]).reset_index(drop=True),
        check_dtype=False,
    )  # fmt: skip


def test_lines_written_in_pieces_are_the_events_of_extract(
    reports: Path, expected: gpd.GeoDataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two processes and pieces of three events give the file that one frame gives, with the figures of the whole."""
    monkeypatch.setattr(report_batches, "_PIECE", 3)
    broken: list[str] = []
    batch = report_batches.extract([reports], tmp_path / "out.geojsonl", workers=2, broken=broken)
    found = ge.read(tmp_path / "out.geojsonl")
    assert (batch.documents, batch.rows) == (15, len(expected))
    same(found, expected)
    assert found.attrs["geoevents"]["counts"] == expected.attrs["geoevents"]["counts"]
    assert broken == ["zz.pdf: expected a report, but it is no PDF after all."]
    assert [path.name for path in tmp_path.iterdir()] == ["out.geojsonl"]


def test_a_run_that_was_broken_off_is_taken_up(
    reports: Path, expected: gpd.GeoDataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a failure in the middle, ``resume`` does only what is missing, and the file is whole."""
    names: list[str] = []

    def stop(name: str) -> None:
        names.append(name)
        if len(names) == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        report_batches.extract([reports], tmp_path / "out.parquet", workers=1, on_document=stop)
    assert not (tmp_path / "out.parquet").exists()
    batch = report_batches.extract(
        [reports], tmp_path / "out.parquet", workers=1, resume=True, on_document=names.append
    )
    assert batch.resumed == 5
    assert names == [document.id for document in read_documents([reports], [])] + ["zz.pdf"]
    same(ge.read(tmp_path / "out.parquet"), expected)


def test_reports_that_cannot_be_read_are_one_sentence(tmp_path: Path) -> None:
    """When no report can be read nothing is written; nor when there is no event for lines."""
    (tmp_path / "a.pdf").write_bytes(b"no PDF")
    (tmp_path / "b.txt").write_text("The museum opens at six.")
    with pytest.raises(ReadError, match=r"out.geojsonl: no report could be read; nothing was written\."):
        report_batches.extract([tmp_path / "a.pdf"], tmp_path / "out.geojsonl", workers=1)
    with pytest.raises(WriteError, match="expected at least one event"):
        report_batches.extract([tmp_path / "b.txt"], tmp_path / "out.geojsonl", workers=1)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.pdf", "b.txt"]


def test_the_command_takes_workers_and_resume(reports: Path, expected: gpd.GeoDataFrame, tmp_path: Path) -> None:
    """``geoevents extract --workers`` writes the same events and says what was read; ``--resume`` needs a file."""
    out = tmp_path / "out.geojson"
    result = CliRunner().invoke(cli, ["extract", str(reports), "-o", str(out), "--workers", "1", "--resume"])
    assert result.exit_code == 0
    assert f"15 reports, {len(expected)} events." in result.stderr
    assert "reports without a date" in result.stderr
    assert "zz.pdf: expected a report" in result.stderr
    same(ge.read(out), expected)
    assert CliRunner().invoke(cli, ["extract", str(reports), "--resume", "--format", "table"]).exit_code == 2
    bad = CliRunner().invoke(cli, ["extract", str(reports), "-o", str(out), "--workers", "1", "--date", "soon"])
    assert (bad.exit_code, "expected a day such as 2022-01-10" in bad.stderr) == (2, True)
