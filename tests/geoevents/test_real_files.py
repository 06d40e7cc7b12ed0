"""Files as people make them: the right columns, every row, and nothing is lost without a word."""

import gzip
import io
import re
import zipfile
from datetime import date
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import Polygon

import gazetteer
import geoevents as ge
from gazetteer.geometry.geodesy import haversine_km
from geoevents.engines import stream

_ESCAPES = {"\\n": "\n", "\\t": "\t", "\\\\": "\\"}
CASES = [
    line.split("\t")
    for line in (Path(__file__).parent / "cases" / "real_files.tsv").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]


def content(text: str) -> str:
    return re.sub(r"\\[nt\\]", lambda found: _ESCAPES[found[0]], text)


def holds(check: str, events: gpd.GeoDataFrame, said: str) -> bool:
    first, *words = check.split()
    if first == "n":
        return len(events) == int(words[0])
    if first == "says":
        return " ".join(words) in said
    row = events.iloc[int(first)]
    what, rest = words[0], words[1:]
    if what == "at":
        return bool(haversine_km(row["lon"], row["lat"], float(rest[0]), float(rest[1])) < 40)
    if what == "shape":
        return rest[0] in row.geometry.geom_type
    return {
        "start": lambda: str(row["start"]).startswith(rest[0]),
        "fat": lambda: row["fatalities"] == int(rest[0]),
        "country": lambda: row["country"] == rest[0],
        "prec": lambda: row["where_prec"] == int(rest[0]),
        "note": lambda: " ".join(rest) in row["match_note"],
        "placed": lambda: not np.isnan(row["lon"]),
        "unplaced": lambda: bool(np.isnan(row["lon"])),
    }[what]()


@pytest.mark.parametrize(("name", "checks", "text"), CASES, ids=[case[0] for case in CASES])
def test_case(name: str, checks: str, text: str, tmp_path: Path):
    """Each file of cases/real_files.tsv is read as its checks say, with no option; its events come back."""
    path = tmp_path / name
    path.write_text(content(text), encoding="utf-8")
    events = ge.locate(ge.read(path))
    ge.validate(events)
    said = ge.summary(events)
    assert [check for check in checks.split("; ") if not holds(check, events, said)] == []
    ge.write(events, tmp_path / "out.parquet")
    back = ge.read(tmp_path / "out.parquet")
    own = [pd.DataFrame(frame.drop(columns="geometry")) for frame in (back, events)]
    pd.testing.assert_frame_equal(*own, check_dtype=False, check_categorical=False)


TABLE = "place,date,killed\nAlmaty,2022-01-05,3\nAktau,2022-01-06,1\n"


@pytest.mark.parametrize("kind", ["gz", "zip", "zip with notes"])
def test_archives_are_opened(kind: str, tmp_path: Path):
    """A table in a gzip or ZIP archive is read as it would be outside, whatever lies beside it."""
    path = tmp_path / f"table.csv.{kind[:3].strip()}"
    if kind == "gz":
        path.write_bytes(gzip.compress(TABLE.encode()))
    else:
        with zipfile.ZipFile(path, "w") as archive:
            if kind != "zip":
                archive.writestr("__MACOSX/._table.csv", b"\0\0")
                archive.writestr("readme.txt", "Codebook")
            archive.writestr("table.csv", TABLE)
    records = ge.read(path)
    assert records["place"].tolist() == ["Almaty", "Aktau"]
    assert records.attrs["read"]["inside"].endswith(".csv")


def test_an_archive_made_to_fill_a_disk_is_refused(tmp_path: Path):
    """What unpacks to hundreds of times its size is one sentence, and nothing is left on disk."""
    path = tmp_path / "bomb.csv.gz"
    path.write_bytes(gzip.compress(b"a" * (80 << 20)))
    with pytest.raises(ge.ReadError, match="expected an archive of a usual size"):
        ge.read(path)


def test_a_shapefile_in_an_archive(tmp_path: Path):
    """The files of a shapefile are read together."""
    frame = gpd.GeoDataFrame(
        {"name": ["x"], "date": ["2022-01-05"]}, geometry=gpd.points_from_xy([76.9], [43.2]), crs=4326
    )
    frame.to_file(tmp_path / "points.shp")
    with zipfile.ZipFile(tmp_path / "points.zip", "w") as archive:
        for part in tmp_path.glob("points.*"):
            if part.suffix != ".zip":
                archive.write(part, part.name)
    events = ge.locate(ge.read(tmp_path / "points.zip"))
    assert events["lon"].tolist() == [76.9]
    assert events["start"].tolist() == [pd.Timestamp("2022-01-05")]


def test_the_sheet_with_the_table_is_read(tmp_path: Path):
    """A sheet of notes that stands first, titles and merged cells do not hide the table; a sheet can be named."""
    path = tmp_path / "book.xlsx"
    with pd.ExcelWriter(path) as book:
        pd.DataFrame({"README": ["How this table was made", "Ask the author"]}).to_excel(
            book, sheet_name="Notes", index=False
        )
        table = pd.DataFrame({"place": ["Almaty"], "date": ["2022-01-05"], "killed": [3]})
        table.to_excel(book, sheet_name="Data", index=False, startrow=3)
        book.sheets["Data"].write(0, 0, "Incidents of 2022")
    assert ge.read(path)["place"].tolist() == ["Almaty"]
    assert ge.read(path, sheet="Notes").columns.tolist() == ["README"]
    assert ge.read(path, sheet=2, header=4)["killed"].tolist() == [3]
    with pytest.raises(ge.ReadError, match="expected a sheet that is one of Notes, Data"):
        ge.read(path, sheet="Sheet9")


def ods(sheets: dict[str, list[list[object]]]) -> bytes:
    """Return an OpenDocument spreadsheet: texts, numbers and days."""

    def cell(value: object) -> str:
        if isinstance(value, date):
            return f'<table:table-cell office:value-type="date" office:date-value="{value}"/>'
        if isinstance(value, str):
            return f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>'
        return f'<table:table-cell office:value-type="float" office:value="{value}"/>'

    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    tables = "".join(
        f'<table:table table:name="{name}">'
        + "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in rows)
        + "</table:table>"
        for name, rows in sheets.items()
    )
    body = f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body>"
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as book:
        book.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        book.writestr("content.xml", f"<office:document-content {spaces}>{body}</office:document-content>")
        entry = '<manifest:file-entry manifest:full-path="/" manifest:media-type="x"/>'
        space = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
        book.writestr(
            "META-INF/manifest.xml", f'<manifest:manifest xmlns:manifest="{space}">{entry}</manifest:manifest>'
        )
    return written.getvalue()


def test_open_document_spreadsheets_are_read(tmp_path: Path):
    """The sheet with the table, whole numbers without a point, days as days; a sheet can be named or counted."""
    rows = [
        ["place", "date", "killed", "score"],
        ["Almaty", date(2022, 1, 5), 3, 0.5],
        ["Aktau", date(2022, 1, 6), 4, 1.5],
    ]
    (tmp_path / "book.ods").write_bytes(ods({"Notes": [["Made by hand"]], "Data": rows, "Empty": []}))
    events = ge.locate(ge.read(tmp_path / "book.ods"))
    assert events["place_id"].tolist() == ["geonames:1526384", "geonames:610612"]
    assert events["start"].tolist() == [pd.Timestamp("2022-01-05"), pd.Timestamp("2022-01-06")]
    assert events["fatalities"].tolist() == [3, 4]
    assert events["score"].tolist() == [0.5, 1.5]
    assert ge.read(tmp_path / "book.ods", sheet=2).equals(ge.read(tmp_path / "book.ods", sheet="Data"))
    with pytest.raises(ge.ReadError, match="expected a sheet that is one of Notes, Data, Empty"):
        ge.read(tmp_path / "book.ods", sheet=4)
    (tmp_path / "empty.ods").write_bytes(ods({"One": [], "Two": []}))
    with pytest.raises(ge.ReadError, match="every sheet is empty"):
        ge.read(tmp_path / "empty.ods")


@pytest.mark.parametrize(
    ("repair", "lat", "lon"),
    [("swap-all", 50.45, 30.52), ("comma", 50450000.0, 30520000.0), ("mercator", 6525000.0, 3397000.0)],
)
def test_coordinates_are_mended_on_request(repair: str, lat: float, lon: float):
    """A repair that is asked for mends what would not be used."""
    pair = (lon, lat) if repair == "swap-all" else (lat, lon)
    records = pd.DataFrame({"lat": [pair[0]], "lon": [pair[1]]})
    events = ge.locate(records, repair=repair)
    assert haversine_km(events["lon"].iloc[0], events["lat"].iloc[0], 30.52, 50.45) < 10


def test_a_point_far_from_the_middle_of_its_country_lies_in_it():
    """Etna is 684 km from the middle of Italy, and in Italy: words and coordinates agree."""
    events = ge.locate(pd.DataFrame({"place": ["Italy", "France"], "lat": [37.75] * 2, "lon": [14.99] * 2}))
    assert events["match_note"].isna().tolist() == [True, False]


def test_who_names_the_columns_keeps_points_at_sea():
    """Points that lie at sea and on land when mirrored stay where they are, if the columns were named."""
    lat, lon = [12.6, 12.9, 13.2, 12.4, 13.0, 13.1], [48, 47, 48.5, 46.8, 49, 49.5]
    records = pd.DataFrame({"lat": lon, "lon": lat})
    assert ge.locate(records)["lon"].notna().all()  # in Austria, as far as anyone can tell
    records = pd.DataFrame({"lat": [-74.1, -75.6, -76.5, -73.1, -75.9], "lon": [4.7, 6.2, 3.4, 7.1, 8.7]})
    assert ge.locate(records)["lon"].isna().all()
    assert ge.locate(records, lat="lat", lon="lon")["lon"].tolist() == records["lon"].tolist()
    assert ge.locate(records, repair="swap")["lat"].tolist() == records["lon"].tolist()


def test_named_columns_win(tmp_path: Path):
    """Columns of coordinates and last days that no name tells are taken where they are named."""
    records = pd.DataFrame({"a": [43.2], "b": [76.9], "c": ["2022-01-05"], "d": ["2022-01-09"]})
    events = ge.locate(records, lat="a", lon="b", date="c", end="d")
    assert events[["lon", "lat"]].iloc[0].tolist() == [76.9, 43.2]
    assert events["end"].tolist() == [pd.Timestamp("2022-01-09")]
    with pytest.raises(ge.ColumnError, match="expected columns of latitude and longitude both"):
        ge.locate(records, lat="a")


def test_inspection_says_what_is_taken(tmp_path: Path):
    """Each column is named with what it is taken for; what its name alone says is told too; nothing is written."""
    path = tmp_path / "table.csv"
    path.write_text("Region;Town;Datum\nAsia;Aktau;5.1.2022\n", encoding="utf-8")
    found = ge.inspect(path)
    assert found.columns["taken_as"].tolist() == [None, "place", "date"]
    assert found.file["separator"] == ";"
    assert "Region: its name says admin1" in str(found)
    assert found.sample["place"].tolist() == ["Aktau"]
    assert [file.name for file in tmp_path.iterdir()] == ["table.csv"]


def test_inspection_shows_cells_of_every_type(tmp_path: Path):
    """Lists, objects, days and small numbers of a Parquet file are shown as they are, each of them once."""
    cells = {
        "place": ["Almaty", "Kyiv"],
        "tags": [["a"], ["a"]],
        "who": [{"a": 1}, {"a": 2}],
        "on": [date(2022, 1, 5)] * 2,
    }
    table = pd.DataFrame({**cells, "f": np.array([0.1, 0.2], dtype="float32")})
    table.to_parquet(tmp_path / "table.parquet")
    shown = ge.inspect(tmp_path / "table.parquet").columns["cells"].tolist()
    assert shown == ["Almaty, Kyiv", "['a']", "{'a': 1}, {'a': 2}", "2022-01-05", "0.1, 0.2"]


def test_a_town_that_is_not_found_is_in_its_country():
    """The row falls back to its country, is not called matched, and says what was not found."""
    events = ge.locate(pd.DataFrame({"town": ["Xqzzyville"], "country": ["Mali"]}), gazetteer=gazetteer.load())
    assert events[["place_id", "match_status"]].iloc[0].tolist() == ["iso:ML", "ambiguous"]
    assert events["where_prec"].tolist() == [6]
    assert "not found: Xqzzyville" in events["match_note"].iloc[0]


def test_bytes_and_half_characters_are_read(tmp_path: Path):
    """Bytes of another encoding and halves of characters are shown as unknown characters, and can be written."""
    pd.DataFrame({"place": [b"Almaty", b"Caf\xe9"], "n": [1, 2]}).to_parquet(tmp_path / "bytes.parquet")
    (tmp_path / "half.json").write_text('[{"place": "Almaty", "note": "a\\ud800b"}]', encoding="utf-8")
    for name in ("bytes.parquet", "half.json"):
        events = ge.locate(ge.read(tmp_path / name))
        assert events["place_name"].iloc[0] == "Almaty"
        ge.write(events, tmp_path / "out.geojson")
        assert len(ge.read(tmp_path / "out.geojson")) == len(events)


def test_shapes_of_any_extent_have_their_radius():
    """A shape across 180 degrees lies there, one around the pole is wide, metres with a CRS become degrees."""
    across = Polygon([(179, 0), (-179, 0), (-179, 1), (179, 1)])
    pole = Polygon([(-180, -90), (180, -90), (180, -60), (-180, -60)])
    frame = gpd.GeoDataFrame({"date": ["2022-01-05"] * 2}, geometry=[across, pole], crs=4326)
    events = ge.locate(frame)
    assert abs(events["lon"].iloc[0]) > 178
    assert events["radius_km"].iloc[1] > 1_000
    assert events["where_prec"].tolist() == [5, 5]
    points = gpd.points_from_xy([3395000], [6520000])
    metres = ge.locate(gpd.GeoDataFrame({"date": ["2022-01-05"]}, geometry=points, crs=3857))
    assert metres["lat"].between(50, 51).all()


def test_a_file_alternating_countries_and_towns_streams(tmp_path: Path):
    """Rows in one place share one shape, whatever objects bring it: the output stays small."""
    pd.DataFrame({"place": ["Canada", "Almaty"] * 3_000}).to_parquet(tmp_path / "in.parquet")
    facts = stream.locate(tmp_path / "in.parquet", tmp_path / "out.parquet")
    assert facts["counts"]["matched"] == 6_000
    assert (tmp_path / "out.parquet").stat().st_size < 2_000_000
