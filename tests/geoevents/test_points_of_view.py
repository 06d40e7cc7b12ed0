"""Points of view in events: the country follows the view, and the file tells which view it was."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

import gazetteer
import geoevents as ge
from geoevents.cli import cli
from geoevents.engines import stream
from geoevents.engines.report_batches import extract as extract_many

TABLE = "place,country,date,lat,lon\nSimferopol,,2022-01-05,,\n,,2022-01-05,45.2,34.1\n"


@pytest.mark.parametrize(("view", "country"), [(None, "UKR"), ("russia", "RUS")])
def test_the_command_follows_a_view(view: str | None, country: str, tmp_path: Path) -> None:
    """Rows with words and rows with coordinates have the view's country; the provenance names the view."""
    source, out = tmp_path / "in.csv", tmp_path / "out.geojson"
    source.write_text(TABLE, encoding="utf-8")
    options = [] if view is None else ["--view", view]
    ran = CliRunner().invoke(cli, ["locate", str(source), "-o", str(out), *options])
    assert ran.exit_code == 0, ran.output
    events = ge.read(out)
    assert events["country"].astype(object).tolist() == [country, country]
    assert json.loads(out.read_text(encoding="utf-8"))["geoevents"].get("view") == view


def test_areas_and_joins_follow_a_view() -> None:
    """The layer of countries that events are joined with is the view's."""
    russia = gazetteer.load(view="russia")
    events = ge.locate(pd.DataFrame({"place": ["Simferopol"], "date": ["2022-01-05"]}), gazetteer=russia)
    assert events["country"].astype(object).tolist() == ["RUS"]
    assert events.attrs["geoevents"]["view"] == "russia"
    joined = ge.join(events, ge.areas("countries", gazetteer=russia), how="within")
    assert "iso:RU" in joined.astype(str).to_string()


def test_parts_follow_a_view(tmp_path: Path) -> None:
    """Work in parts opens its gazetteer in the view: of places, of the units joined with, and in the provenance."""
    russia = gazetteer.load(view="russia")
    pd.DataFrame({"place": ["Simferopol"], "date": ["2022-01-05"]}).to_parquet(tmp_path / "in.parquet")
    facts = stream.locate(tmp_path / "in.parquet", tmp_path / "out.parquet", gazetteer=russia)
    assert facts["view"] == "russia"
    assert ge.read(tmp_path / "out.parquet")["country"].astype(object).tolist() == ["RUS"]
    stream.join(tmp_path / "out.parquet", "countries", tmp_path / "joined.parquet", gazetteer=russia)
    assert ge.read(tmp_path / "joined.parquet")["unit_id"].tolist() == ["iso:RU"]


def test_reports_follow_a_view(tmp_path: Path) -> None:
    """Events of reports are in the view's country, from a few reports and from many, and the file names the view."""
    report, few, many = tmp_path / "a.txt", tmp_path / "few.geojson", tmp_path / "many.geojsonl"
    report.write_text("SIMFEROPOL, 10 January 2022 - Gunmen killed four people in Simferopol on Saturday.")
    ran = CliRunner().invoke(cli, ["extract", str(report), "-o", str(few), "--view", "russia"])
    assert ran.exit_code == 0, ran.output
    extract_many([report], many, workers=1, gazetteer=gazetteer.load(view="russia"))
    for out in (few, many):
        events = ge.read(out)
        assert events["country"].astype(object).tolist() == ["RUS"], out
        assert '"view": "russia"' in out.read_text(encoding="utf-8"), out


@pytest.mark.parametrize("command", [["join"], ["aggregate"], ["draw", "-m", "2", "--by"]])
def test_units_of_commands_follow_a_view(command: list[str], tmp_path: Path) -> None:
    """Commands that name a layer take it in the view."""
    source, out = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text("place,date\nSimferopol,2022-01-05\n", encoding="utf-8")
    name, *options = command
    areas = [*options, "countries"]
    ran = CliRunner().invoke(cli, [name, str(source), *areas, "-o", str(out), "--view", "russia"])
    assert ran.exit_code == 0, ran.output
    units = pd.read_csv(out)
    there = units if name != "aggregate" else units[units["events"] > 0]
    assert set(there["unit_id"]) == {"iso:RU"}


def test_every_command_that_asks_the_gazetteer_takes_a_view() -> None:
    """A command that looks places or units up has ``--view``; the others read and write what is there."""
    asking = {name for name, command in cli.commands.items() if any(one.name == "view" for one in command.params)}
    assert asking == set(cli.commands) - {"convert", "formats", "validate"}


def test_an_unknown_view_is_misuse(tmp_path: Path) -> None:
    """The command says which views there are."""
    source = tmp_path / "in.csv"
    source.write_text(TABLE, encoding="utf-8")
    ran = CliRunner().invoke(cli, ["locate", str(source), "-o", str(tmp_path / "o.csv"), "--view", "atlantis"])
    assert ran.exception is not None
    assert "expected one of argentina" in str(ran.exception)
