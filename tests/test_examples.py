"""The examples run on the seed and give what they promise."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

import geoevents as ge

EXAMPLES = Path(__file__).parent.parent / "examples"


def example(name: str) -> ModuleType:
    """Import an example by its file name."""
    spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_report_to_map(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """The seed report gives events with their evidence, a table and a page that carries the report."""
    module = example("02_report_to_map")
    events = module.main(module.SEED, tmp_path / "report.html")
    text = events.attrs["reports"][0]["text"]
    for row in events.itertuples():
        assert text[row.evidence_start : row.evidence_end].strip()
    assert (tmp_path / "report.html").stat().st_size > 1_000_000
    assert f"{len(events)} events" in capsys.readouterr().out


def test_join_population(capsys: pytest.CaptureFixture[str]):
    """Every event of the seed is in a unit or in the row of none; Almaty has most of the dead."""
    module = example("03_join_population")
    table = module.main(module.SEED)
    records = ge.read(module.SEED)
    assert table["events"].sum() == pytest.approx(len(records), rel=1e-9)
    assert table["fatalities"].sum() == pytest.approx(float(records["fatalities"].sum()), rel=1e-9)
    assert table.set_index("unit_name")["fatalities"].idxmax() == "Almaty"
    assert f"{len(records)} events in the table, {len(records)}.000000000" in capsys.readouterr().out


def test_events_panel(tmp_path: Path):
    """The panel has a row for every unit and day, keeps the total, and can be drawn."""
    image = pytest.importorskip("PIL.Image")
    module = example("04_events_panel")
    panel = module.main(["--picture", str(tmp_path / "panel.png")])
    assert panel["events"].sum() == pytest.approx(len(ge.read(module.SEED)), rel=1e-9)
    inside = panel.dropna(subset=["unit_id", "period"])
    assert len(inside) == inside["unit_id"].nunique() * inside["period"].nunique()
    with image.open(tmp_path / "panel.png") as picture:
        assert picture.width > 300
        assert len(picture.getcolors(1 << 20)) > 5


def test_uncertain_places(capsys: pytest.CaptureFixture[str]):
    """Both regressions agree in the estimate, within an error; the one that knows its places' uncertainty is wider."""
    found = example("06_uncertain_places").main(["--draws", "40"])
    counted, drawn = found.iloc[0], found.iloc[1]
    assert drawn["se"] > counted["se"]
    assert abs(drawn["estimate"] - counted["estimate"]) < counted["se"]
    assert "40 draws" in capsys.readouterr().out
