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
from geoevents.engines.batches import folder_of
from geoevents.errors import ArgumentError

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


def test_parts_go_without_a_view() -> None:
    """Work in parts names its gazetteer by a folder, which tells no view: it is refused rather than forgotten."""
    with pytest.raises(ArgumentError, match="got the view 'russia'"):
        folder_of(gazetteer.load(view="russia"))


def test_an_unknown_view_is_misuse(tmp_path: Path) -> None:
    """The command says which views there are."""
    source = tmp_path / "in.csv"
    source.write_text(TABLE, encoding="utf-8")
    ran = CliRunner().invoke(cli, ["locate", str(source), "-o", str(tmp_path / "o.csv"), "--view", "atlantis"])
    assert ran.exception is not None
    assert "expected one of argentina" in str(ran.exception)
