"""A gazetteer of one's own is asked wherever places are looked up, and is never replaced by the bundled one."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from click.testing import CliRunner
from shapely import box

import gazetteer
import geoevents as ge
from gazetteer import Gazetteer
from gazetteer.cli import cli
from geoevents.engines import stream
from geoevents.engines.gazetteer_source import USUAL, source_of
from geoevents.maps.movements import country_of

# A district of a new law around Aktau, which no other gazetteer has, and a camp in it.
DISTRICT = {"id": "1", "name": "Newlaw District", "kind": "admin2", "country": "KZ"}
CAMP = {"id": "2", "name": "Camp Zzyzx", "kind": "city", "country": "KZ"}
SHAPES = [box(51, 43.4, 51.6, 43.9), box(51.29, 43.59, 51.31, 43.61)]


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Gazetteer:
    folder = tmp_path_factory.mktemp("own")
    gpd.GeoDataFrame([DISTRICT, CAMP], geometry=SHAPES, crs=4326).to_file(folder / "mine.geojson")
    told = CliRunner().invoke(cli, ["build", "--add", str(folder / "mine.geojson"), "-o", str(folder / "built")])
    assert told.exit_code == 0, told.output
    return gazetteer.load(folder / "built")


@pytest.fixture(scope="module")
def records() -> pd.DataFrame:
    return pd.DataFrame({"place": ["Camp Zzyzx", "Aktau"], "country": "KZ"})


def test_locate(own: Gazetteer, records: pd.DataFrame):
    """Records are placed by the gazetteer that is given; the bundled one does not know the camp, only its country."""
    assert ge.locate(records, gazetteer=own)["place_id"].iloc[0] == "own:2"
    assert ge.locate(records).loc[records.index[0], ["place_id", "match_status"]].tolist() == ["iso:KZ", "ambiguous"]


def test_enrich(own: Gazetteer, records: pd.DataFrame):
    """The units of events are those of the given gazetteer: the district is in no other."""
    events = ge.locate(records, gazetteer=own)
    assert ge.enrich(events, gazetteer=own).loc[1, ["admin2", "admin2_name"]].tolist() == ["own:1", "Newlaw District"]
    assert ge.enrich(events)["admin2"].iloc[1] != "own:1"


def test_join_with_a_layer_by_its_name(own: Gazetteer, records: pd.DataFrame):
    """A layer's name means the layer of the given gazetteer."""
    events = ge.locate(records, gazetteer=own)
    assert ge.join(events, "admin2", gazetteer=own)["unit_id"].iloc[1] == "own:1"


@pytest.mark.parametrize("as_folder", [True, False])
def test_streams(own: Gazetteer, records: pd.DataFrame, tmp_path: Path, as_folder: bool):
    """A stream takes the gazetteer or its folder, for places and for the layers that it joins with."""
    given = source_of(own).folder if as_folder else own
    records.to_parquet(tmp_path / "in.parquet")
    stream.locate(tmp_path / "in.parquet", tmp_path / "out.parquet", gazetteer=given)
    assert ge.read(tmp_path / "out.parquet")["place_id"].iloc[0] == "own:2"
    stream.join(tmp_path / "in.parquet", "admin2", tmp_path / "joined.parquet", gazetteer=given)
    joined = ge.read(tmp_path / "joined.parquet")
    assert joined[["place_id", "unit_id"]].iloc[0].tolist() == ["own:2", "own:1"]


def test_what_is_not_a_gazetteer_is_misuse(tmp_path: Path):
    """Anything but a gazetteer or a path is refused in one sentence; the bundled one needs no folder."""
    assert source_of(None) == source_of(gazetteer.load()) == USUAL
    with pytest.raises(ge.ArgumentError, match="expected a gazetteer or the path of its folder, got 5"):
        stream.locate(tmp_path / "in.parquet", tmp_path / "out.parquet", gazetteer=5)  # type: ignore[arg-type]


def test_the_bundled_gazetteer_is_not_opened_beside_ones_own(
    own: Gazetteer, records: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
):
    """Where a gazetteer is given, none of the functions that look places up opens another."""
    monkeypatch.setattr(gazetteer, "load", lambda *_: pytest.fail("the bundled gazetteer was opened"))
    events = ge.locate(records, gazetteer=own)
    ge.enrich(events, gazetteer=own)
    ge.join(events, "admin1", gazetteer=own)
    assert country_of("Russian Army", own) == country_of("Military Forces of Russia (2000-)", own)
