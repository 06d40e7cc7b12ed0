"""The commands join, aggregate, draw and match on files."""

from pathlib import Path

import pandas as pd
import pytest

import geoevents as ge
from geoevents.cli import main


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a table of three places with days around a change of units."""
    path = tmp_path_factory.mktemp("commands") / "events.csv"
    path.write_text(
        "location,country,date,fatalities\nTaldykorgan,KZ,2022-01-10,1\nTaldykorgan,KZ,2023-01-10,2\nAktau,KZ,2022-01-07,\n"
    )
    return path


def test_join_by_day(table: Path, tmp_path: Path):
    """Units follow each event's day; --on takes those of one day, --to tells both."""
    out = tmp_path / "out.csv"
    assert main(["join", str(table), "admin1", "-o", str(out)]) == 0
    assert pd.read_csv(out)["unit_id"].tolist() == ["iso:KZ-ALM", "iso:KZ-33", "iso:KZ-47"]
    assert main(["join", str(table), "admin1", "-o", str(out), "--on", "2022-01-01"]) == 0
    assert pd.read_csv(out)["unit_id"].tolist() == ["iso:KZ-ALM", "iso:KZ-ALM", "iso:KZ-47"]
    assert main(["join", str(table), "admin1", "-o", str(out), "--to", "2024-01-01"]) == 0
    told = pd.read_csv(out)
    assert told["unit_id"].tolist() == ["iso:KZ-33", "iso:KZ-33", "iso:KZ-47"]
    assert told["unit_then"].tolist() == ["iso:KZ-ALM", "iso:KZ-33", "iso:KZ-47"]
    assert main(["join", str(table), "admin1", "-o", str(out), "--on", "yesterday-ish"]) == 2


def test_aggregate_in_a_window(table: Path, tmp_path: Path):
    """All units of the country have a row in every month of the window."""
    out = tmp_path / "panel.csv"
    window = ["--country", "KZ", "--freq", "M", "--start", "2022-01", "--end", "2022-03"]
    assert main(["aggregate", str(table), "admin1", "-o", str(out), *window]) == 0
    panel = pd.read_csv(out)
    assert len(panel) == 18 * 3
    assert panel["events"].sum() == pytest.approx(2)


def test_draw_and_match(table: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """Draws are a row a draw and event; a source matched with itself is one source."""
    for name in ("draws.parquet", "draws.csv"):
        out = tmp_path / name
        assert main(["draw", str(table), "-o", str(out), "-m", "7", "--by", "admin1", "--seed", "1"]) == 0
        draws = pd.read_parquet(out) if name.endswith("parquet") else pd.read_csv(out)
        assert len(draws) == 21
        assert draws["unit_id"].notna().all()
    merged, pairs = tmp_path / "merged.geojson", tmp_path / "pairs.csv"
    assert main(["match", str(table), str(table), "-o", str(merged), "--pairs", str(pairs)]) == 0
    assert len(pd.read_csv(pairs)) == 3
    assert "3 pairs" in capsys.readouterr().err
    assert main(["draw", str(table), "-o", str(tmp_path / "draws.txt")]) == 2


def test_a_file_of_events_is_drawn_in_parts(table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Events that are read two at a time have the draws that they have when all are read at once."""
    events, out = tmp_path / "events.parquet", tmp_path / "draws.parquet"
    assert main(["locate", str(table), "-o", str(events)]) == 0
    monkeypatch.setattr("geoevents.engines.tables.BATCH", 2)
    assert main(["draw", str(events), "-o", str(out), "-m", "5", "--by", "admin1", "--seed", "3"]) == 0
    whole = ge.read(events)
    expected = ge.draw(whole.set_index(whole["event_id"].astype(str).rename(None)), 5, by="admin1", seed=3)
    order = ["event", "draw"]
    found = pd.read_parquet(out).sort_values(order, ignore_index=True)
    pd.testing.assert_frame_equal(found, expected.sort_values(order, ignore_index=True), check_dtype=False)


def test_tables_have_no_shapes_unless_asked(table: Path, tmp_path: Path):
    """A CSV of a join or a panel has no cell that is a shape; --shapes each writes them, and once is for GeoJSON."""
    for command in (["join", str(table), "admin1"], ["aggregate", str(table), "admin1"]):
        out = tmp_path / "out.csv"
        assert main([*command, "-o", str(out)]) == 0
        assert "WKT" not in pd.read_csv(out)
        assert out.stat().st_size < 20_000
        assert len(ge.read(out)) == len(pd.read_csv(out))
        assert main([*command, "-o", str(out), "--shapes", "each"]) == 0
        assert "WKT" in pd.read_csv(out)
        assert main([*command, "-o", str(out), "--shapes", "once"]) == 2


def test_a_panel_has_the_units_of_the_countries_that_occur(table: Path, tmp_path: Path):
    """Without --country a bundled layer gives rows to all units of Kazakhstan, and to no other country's."""
    out = tmp_path / "panel.csv"
    assert main(["aggregate", str(table), "admin1", "-o", str(out), "--on", "2022-01-10"]) == 0
    panel = pd.read_csv(out)
    assert set(panel["country"]) == {"KAZ"}
    assert len(panel) == len(ge.areas("admin1", country="KZ", on="2022-01-10"))
    assert (panel["events"] == 0).any()
