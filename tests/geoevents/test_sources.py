"""The field's own data come in as located events, their precision codes as the tables in the modules say."""

import csv
import subprocess
import sys
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
import sources

import geoevents as ge
from geoevents import cli


def table(path: Path, rows: list[dict[str, object]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


@pytest.mark.parametrize("columns", [sources.ACLED_NEW, sources.ACLED_OLD], ids=["new", "old"])
def test_acled(tmp_path: Path, columns: list[str]):
    """ACLED of today and of before is recognised; a week and a month are spans, a region is its unit."""
    events = ge.read(table(tmp_path / "acled.csv", sources.acled(columns)))
    ge.validate(events)
    assert events.attrs["read"]["source"] == "acled"
    assert events["event_id"].tolist() == ["KAZ1", "KAZ2", "KAZ3"]
    assert events["where_prec"].tolist() == [1, 2, 4]
    assert events["radius_km"].tolist()[:2] == [5, 25]
    assert events["date_prec"].tolist() == [1, 3, 4]
    assert events["start"].dt.strftime("%m-%d").tolist() == ["01-15", "01-12", "01-01"]
    assert events["end"].dt.strftime("%m-%d").tolist() == ["01-15", "01-18", "01-31"]
    assert events["place_id"].iloc[2] == "iso:KZ-47"
    assert events.geometry.iloc[2].geom_type in ("Polygon", "MultiPolygon")
    assert events["country"].tolist() == ["KAZ"] * 3
    assert events["admin1"].tolist() == ["KZ-47"] * 3
    assert events["fatalities"].tolist() == [2, 2, 0]
    assert events["country_input"].tolist() == ["Kazakhstan"] * 3


def test_acled_api(tmp_path: Path):
    """The API's JSON, where every value is text, gives the same events as the export."""
    file = tmp_path / "acled.json"
    file.write_text(sources.acled_api(), encoding="utf-8")
    ours, export = ge.read(file), ge.read(table(tmp_path / "acled.csv", sources.acled(sources.ACLED_NEW)))
    ge.validate(ours)
    for name in ("event_id", "lon", "lat", "radius_km", "where_prec", "start", "end", "date_prec", "fatalities"):
        assert ours[name].tolist() == export[name].tolist(), name


def test_ucdp(tmp_path: Path):
    """UCDP's codes are ours; a unit and a country become these, the rest keep their point and a radius."""
    events = ge.read(table(tmp_path / "ged.csv", sources.ucdp()))
    ge.validate(events)
    assert events["where_prec"].tolist() == [1, 2, 3, 4, 5, 6, 7]
    assert events["radius_km"].tolist()[:3] == [5, 25, 40]
    assert events["place_kind"].tolist() == ["derived"] * 3 + ["admin1", "derived", "country", "derived"]
    assert events["place_id"].iloc[5] == "iso:KZ"
    assert events[["event_type", "actor1", "actor2", "fatalities"]].iloc[0].tolist() == [
        "state-based conflict", "Government of Testland", "Testers", 1,
    ]  # fmt: skip
    assert events["date_prec"].tolist() == [1] * 7


def test_gdelt(tmp_path: Path):
    """GDELT has no header and lone quotes; its place types give the precision, type 0 is unresolved."""
    file = tmp_path / "20220105000000.export.CSV"
    file.write_text(sources.gdelt(), encoding="utf-8")
    events = ge.read(file)
    ge.validate(events)
    assert events["event_id"].tolist() == ["1000", "1001", "1002", "1003", "1004", "1005"]
    assert events["match_status"].tolist() == ["unresolved"] + ["matched"] * 5
    assert events["where_prec"].tolist() == [pd.NA, 6, 4, 1, 1, 4]
    assert events["start"].iloc[0] == pd.Timestamp("2022-01-05")
    assert events["actor1"].iloc[0] == 'THE "TESTERS"'
    assert events["event_type"].iloc[0] == "0145"
    assert events["country"].tolist()[1:] == ["KAZ"] * 5


@pytest.mark.parametrize(
    ("source", "row"),
    [
        ("acled", {"event_date": "soon", "latitude": 43, "longitude": 77, "geo_precision": 1}),
        ("ucdp", {"date_start": "soon", "latitude": 43, "longitude": 77, "where_prec": 1, "type_of_violence": 1}),
        ("gdelt-events", {"GlobalEventID": 1, "Day": "soon", "ActionGeo_Lat": 43, "ActionGeo_Long": 77,
                          "ActionGeo_Type": 4}),
        ("osint", {"date": "soon", "lat": 43, "lon": 77}),
        ("coordinates", {"date": "2022-01-05", "end_date": "soon", "lat": 43, "lon": 77}),
    ],
)  # fmt: skip
def test_dates_that_could_not_be_read_are_told(source: str, row: dict[str, object], tmp_path: Path):
    """Of data with coordinates, too, what was no date is counted and shown."""
    events = ge.read(table(tmp_path / "in.csv", [row]), format=source)
    assert 'Dates that could not be read: 1 ("soon").' in ge.summary(events)


def test_a_column_of_last_days_makes_dates_coarser(tmp_path: Path):
    """A table with coordinates has the spans and the date_prec that the same dates give without them."""
    row = {"date": "2022-01-05", "end_date": "2022-01-20", "lat": 43.25, "lon": 76.95}
    events = ge.read(table(tmp_path / "in.csv", [row]), format="coordinates")
    located = ge.locate(pd.DataFrame([{"place": "Almaty", **row}]))
    for name in ("start", "end", "date_prec"):
        assert events[name].tolist() == located[name].tolist(), name
    assert events["date_prec"].tolist() == [4]


def test_provenance_is_that_of_located_events(tmp_path: Path):
    """Events that their source placed say the same of their making as located ones, the misses by phrase too."""
    rows = [{"place": "Almaty", "lat": 43.25, "lon": 76.95}, {"place": "Oz", "lat": None, "lon": None}]
    events = ge.read(table(tmp_path / "points.csv", rows), format="coordinates")
    told, located = events.attrs["geoevents"], ge.locate(pd.DataFrame({"place": ["Almaty", "Oz"]})).attrs["geoevents"]
    assert told.keys() - {"coordinates"} == located.keys() - {"context"}
    assert told["counts"] == located["counts"] == {"matched": 1, "ambiguous": 0, "unresolved": 1}
    assert told["unresolved"] == located["unresolved"] == [["Oz", 1]]


def test_gdelt_mentions(tmp_path: Path):
    """Mentions are records under their own names; they have no place."""
    file = tmp_path / "20220105000000.mentions.CSV"
    file.write_text(sources.mentions(), encoding="utf-8")
    records = ge.read(file)
    assert records.attrs["read"]["source"] == "gdelt-mentions"
    assert records["GlobalEventID"].tolist() == [1000]
    assert "geometry" not in records


@pytest.mark.parametrize("row", [sources.EMDAT_NEW, sources.EMDAT_OLD], ids=["new", "old"])
def test_emdat(tmp_path: Path, row: dict[str, object]):
    """EM-DAT names the units it struck; they are located like any phrase, within the country."""
    book = openpyxl.Workbook()
    book.active.append(list(row))
    book.active.append(list(row.values()))
    book.save(tmp_path / "emdat.xlsx")
    records = ge.read(tmp_path / "emdat.xlsx")
    assert records["place"].tolist() == ["Mangystau and Atyrau"]
    assert records["date"].tolist() == ["2022-04" if row is sources.EMDAT_NEW else "1999"]
    events = ge.locate(records)
    ge.validate(events)
    assert events["event_id"].tolist() == [row.get("DisNo.") or row["Dis No"]]
    assert events["fatalities"].tolist() == [3 if row is sources.EMDAT_NEW else pd.NA]


def test_osint(tmp_path: Path):
    """Geolocated media keep their shapes; a feature without one is unresolved."""
    file = tmp_path / "media.geojson"
    file.write_text(sources.osint(), encoding="utf-8")
    events = ge.read(file)
    ge.validate(events)
    assert events["match_status"].tolist() == ["matched", "matched", "unresolved"]
    assert events.geometry.geom_type.tolist()[:2] == ["Point", "Polygon"]
    assert events["radius_km"].tolist()[:2] == [0.5, 82.4]
    assert events["where_prec"].tolist()[:2] == [1, 5]
    assert events["source"].iloc[0] == '["https://a.b"]'


def test_any_table_with_coordinates(tmp_path: Path):
    """A table that says where by coordinates alone is events; impossible ones are unresolved; nothing is lost."""
    rows = [
        {"lat": "43.65", "lon": "51.2", "date": "2022-01-05", "end_date": "2022-01-07", "radius_km": "3"},
        {"lat": "143", "lon": "51.2", "date": "soon", "end_date": "", "radius_km": ""},
        {"lat": "", "lon": "", "date": "2022", "end_date": "", "radius_km": "-1"},
    ]
    events = ge.read(table(tmp_path / "points.csv", rows))
    ge.validate(events)
    assert events["match_status"].tolist() == ["matched", "unresolved", "unresolved"]
    assert events["end"].iloc[0] == pd.Timestamp("2022-01-07")
    assert events["lat_input"].tolist()[:2] == [43.65, 143]


def test_coordinates_give_way_to_named_columns(tmp_path: Path):
    """Locating keeps the source's coordinates, unless place columns are named; then the records are as they were."""
    events = ge.read(table(tmp_path / "ged.csv", sources.ucdp()))
    assert ge.locate(events)["match_method"].tolist() == ["coordinates"] * 7
    anew = ge.locate(events, place=["where_coordinates", "adm_1"])
    ge.validate(anew)
    assert set(anew["place_id"]) == {"geonames:610612"}
    assert [name for name in anew if name.endswith("_input_input")] == []
    assert anew["where_prec_input"].tolist() == [1, 2, 3, 4, 5, 6, 7]


def test_a_named_source_that_is_none(tmp_path: Path):
    """A table named as a source whose columns it lacks is one sentence that names them."""
    file = table(tmp_path / "a.csv", [{"place": "Aktau"}])
    for name in ("acled", "ucdp", "gdelt-events", "emdat", "coordinates"):
        with pytest.raises(ge.ReadError, match=f"a.csv: Columns: expected those of {name}"):
            ge.read(file, format=name)
    with pytest.raises(ge.ReadError, match="expected a format"):
        ge.read(file, format="xml")


def test_the_command_takes_the_sources_coordinates(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """``geoevents locate`` on such a file writes its events; join and aggregate go on from there."""
    file = table(tmp_path / "ged.csv", sources.ucdp())
    out, joined, counted = (tmp_path / name for name in ("a.geojson", "b.geojson", "c.parquet"))
    assert cli.main(["locate", str(file), "-o", str(out)]) == 0
    assert ge.read(out)["match_method"].tolist() == ["coordinates"] * 7
    assert cli.main(["join", str(out), "admin1", "-o", str(joined), "--how", "allocate"]) == 0
    shared = ge.read(joined)
    assert shared.groupby("event_id")["weight"].sum().round(9).tolist() == [1.0] * 7
    assert cli.main(["aggregate", str(file), "country", "-o", str(counted), "--freq", "M"]) == 0
    assert ge.read(counted)["fatalities"].sum() == pytest.approx(7, rel=1e-9)
    assert cli.main(["join", str(out), "admin1", "-o", str(joined), "--weight", "people"]) == 2
    assert cli.main(["join", str(out), "h3:77", "-o", str(joined)]) == 2
    assert "expected a grid" in capsys.readouterr().err


def test_places_found_in_a_text_are_mapped(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """What `gazetteer find --geojson` prints is read with names, kinds and radii, and becomes a map."""
    (tmp_path / "text.txt").write_text("Protests spread from Zhanaozen over Kazakhstan to Almaty.", encoding="utf-8")
    command = [sys.executable, "-m", "gazetteer.cli", "find", str(tmp_path / "text.txt"), "--geojson"]
    found = subprocess.run(command, capture_output=True, check=True).stdout
    (tmp_path / "found.geojson").write_bytes(found)
    events = ge.locate(ge.read(tmp_path / "found.geojson"))
    assert events["place_name"].tolist() == ["Zhanaozen", "Kazakhstan", "Almaty"]
    assert events["where_prec"].tolist() == [1, 6, 1]
    assert events["radius_km"].notna().all()
    assert events["start"].isna().all()
    ge.validate(events)
    assert cli.main(["map", str(tmp_path / "found.geojson"), "-o", str(tmp_path / "found.html")]) == 0
    assert "3 events: 3 matched" in capsys.readouterr().err
    assert (tmp_path / "found.html").stat().st_size > 1_000_000
