"""Tools that are not ours open what we write, and find no fault with it."""

from __future__ import annotations

import csv
import json
import re
import shutil
import sqlite3
import subprocess
import zipfile
from contextlib import closing
from pathlib import Path
from xml.etree import ElementTree

import fastkml.validator
import geojson_validator
import geopandas as gpd
import geoparquet_validator
import loguru
import pyogrio
import pytest
from frames import hard, shapes
from shapely import box

import geoevents as ge
from geoevents.exporters import FORMATS

CASES = Path(__file__).parent / "cases" / "ogrinfo.tsv"
SEED = Path(__file__).parents[2] / "seeds" / "kazakhstan-2022.csv"
GPX = "{http://www.topografix.com/GPX/1/1}"
# The order of a waypoint's parts in the schema of GPX 1.1, of those that we write.
PARTS = ["time", "name", "cmt", "desc", "src", "type"]


@pytest.fixture(scope="module")
def kazakhstan() -> gpd.GeoDataFrame:
    return ge.locate(ge.read(SEED))


@pytest.fixture(scope="module")
def written(kazakhstan: gpd.GeoDataFrame, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return the Kazakhstan case in every format that can be read back, by suffix."""
    folder = tmp_path_factory.mktemp("written")
    paths = {
        suffix: folder / f"kazakhstan{suffix}" for f in FORMATS if f.loses is not None for suffix in f.suffixes[:1]
    }
    for path in paths.values():
        ge.write(kazakhstan, path)
    return paths


@pytest.mark.parametrize("frame", [hard(), shapes(box(170, 0, 190, 10), box(-200, 0, -170, 10))], ids=["hard", "cut"])
def test_geojson_is_valid(frame: gpd.GeoDataFrame, tmp_path: Path):
    """geojson-validator finds the structure sound, rings closed and wound right, nothing beyond ±180°."""
    loguru.logger.disable("geojson_validator")
    ge.write(frame, tmp_path / "a.geojson")
    found = json.loads((tmp_path / "a.geojson").read_text(encoding="utf-8"))
    assert geojson_validator.validate_structure(found) == {}
    faults = geojson_validator.validate_geometries(found)
    assert faults["invalid"] == {}
    # Its look for edges across the antimeridian takes 180 for -180, so finds one in every shape that is cut there.
    assert not set(faults["problematic"]) & {
        "outside_lat_lon_boundaries", "excessive_coordinate_precision", "self_intersection",
    }  # fmt: skip


def test_the_geojson_checker_finds_faults():
    """The checker is no rubber stamp: it finds a ring that runs the wrong way."""
    clockwise = {"type": "Polygon", "coordinates": [[[0, 0], [0, 1], [1, 1], [1, 0], [0, 0]]]}
    feature = {"type": "Feature", "properties": {}, "geometry": clockwise}
    collection = {"type": "FeatureCollection", "features": [feature]}
    assert "exterior_not_ccw" in geojson_validator.validate_geometries(collection)["invalid"]


def test_text_sequences_are_as_their_standards_have_them(written: dict[str, Path]):
    """RFC 8142: a record separator, JSON, a line feed; newline-delimited: a feature a line, nothing else."""
    data = written[".geojsons"].read_bytes()
    records = data.split(b"\x1e")
    assert records[0] == b""
    assert all(record.endswith(b"\n") and json.loads(record)["type"] == "Feature" for record in records[1:])
    lines = written[".geojsonl"].read_text(encoding="utf-8").splitlines()
    assert all(json.loads(line)["type"] == "Feature" for line in lines)
    assert len(lines) == len(records) - 1 == 16


@pytest.mark.parametrize("frame", [hard(), hard().iloc[[2]], shapes(crs="EPSG:3857")], ids=["hard", "null", "empty"])
def test_geoparquet_is_valid(frame: gpd.GeoDataFrame, tmp_path: Path):
    """geoparquet-validator passes the rules of version 1.1, the covering's too."""
    ge.write(frame, tmp_path / "a.parquet")
    report = geoparquet_validator.check(str(tmp_path / "a.parquet"))
    # How rows are spread is advice, and there are none to spread in an empty file.
    assert geoparquet_validator.failed(report, "core") + geoparquet_validator.failed(report, "covering") == []
    passed = {outcome["id"] for outcome in report["outcomes"] if outcome["status"] == "pass"}
    assert {"/conf/core/file-metadata", "/conf/covering/bbox-column-structure"} <= passed


@pytest.mark.parametrize("suffix", [".kml", ".kmz"])
@pytest.mark.parametrize("case", ["kazakhstan", "hard"])
def test_kml_follows_its_schema(case: str, suffix: str, kazakhstan: gpd.GeoDataFrame, tmp_path: Path):
    """The OGC's XML schema for KML 2.2, which comes with fastkml, holds for the document."""
    ge.write(kazakhstan if case == "kazakhstan" else hard(), tmp_path / f"a{suffix}")
    if suffix == ".kmz":
        zipfile.ZipFile(tmp_path / "a.kmz").extract("doc.kml", tmp_path)
        (tmp_path / "doc.kml").replace(tmp_path / "a.kml")
    assert fastkml.validator.validate(file_to_validate=tmp_path / "a.kml") is True


def test_kml_plays_over_time_and_is_coloured_by_type(written: dict[str, Path], kazakhstan: gpd.GeoDataFrame):
    """Each placemark has its time span and the style of its type; events without a place have no geometry."""
    space = {"k": "http://www.opengis.net/kml/2.2"}
    marks = ElementTree.parse(written[".kml"]).findall(".//k:Placemark", space)
    spans = [mark.findtext("k:TimeSpan/k:begin", namespaces=space) for mark in marks]
    assert spans == kazakhstan["start"].dt.strftime("%Y-%m-%d").tolist()
    styles = {mark.findtext("k:styleUrl", namespaces=space) for mark in marks}
    assert len(styles) == kazakhstan["event_type"].nunique()


def test_gpx_is_as_its_schema_has_it(written: dict[str, Path]):
    """No registry brings the schema of GPX: its order of parts and its attributes are looked at instead."""
    root = ElementTree.parse(written[".gpx"]).getroot()
    assert root.tag == f"{GPX}gpx"
    assert (root.get("version"), root.get("creator")) == ("1.1", f"geoevents {ge.__version__}")
    assert [part.tag.removeprefix(GPX) for part in root[0]] == ["name", "desc", "time", "keywords"]
    for point in root[1:]:
        assert point.tag == f"{GPX}wpt"
        assert -180 <= float(point.get("lon", "")) <= 180
        parts = [part.tag.removeprefix(GPX) for part in point]
        assert parts == [part for part in PARTS if part in parts]


def test_geopackage_has_styles_for_qgis(written: dict[str, Path]):
    """Each layer with shapes has a default style, as XML that names a renderer, and the file is sound."""
    with closing(sqlite3.connect(written[".gpkg"])) as database:
        rows = database.execute(
            "SELECT f_table_name, f_geometry_column, styleQML FROM layer_styles WHERE useAsDefault ORDER BY id"
        ).fetchall()
        assert [row[:2] for row in rows] == [("events", "geometry"), ("places", "geometry")]
        for _, _, qml in rows:
            assert ElementTree.fromstring(qml.partition(">")[2]).find("renderer-v2/symbols/symbol") is not None
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        contents = {row[0] for row in database.execute("SELECT table_name FROM gpkg_contents")}
        assert contents - {"unplaced"} == {"events", "places", "layer_styles"}


@pytest.mark.parametrize("suffix", sorted({s for f in FORMATS if f.loses is not None for s in f.suffixes[:1]}))
def test_gdal_opens_every_format(suffix: str, written: dict[str, Path], kazakhstan: gpd.GeoDataFrame):
    """GDAL, as pyogrio brings it, finds all events that have a place; GeoParquet is read by geopandas."""
    if suffix == ".parquet":
        assert len(gpd.read_parquet(written[suffix])) == len(kazakhstan)
        return
    layer = pyogrio.list_layers(written[suffix])[0][0]
    placed = int(kazakhstan.geometry.notna().sum())
    found = pyogrio.read_info(written[suffix], layer=layer, force_feature_count=True)["features"]
    assert found == (placed if suffix in (".fgb", ".gpkg", ".gpx") else len(kazakhstan))


def ogrinfo(path: Path) -> list[dict[str, str]]:
    """Return what GDAL's own command says of each layer that is ours."""
    said = subprocess.run(["ogrinfo", "-al", "-so", str(path)], capture_output=True, text=True, check=True).stdout
    layers = []
    for part in said.split("\nLayer name: ")[1:]:
        name, _, rest = part.partition("\n")
        described = dict(re.findall(r"^(Geometry|Feature Count|Extent): (.+)$", rest, re.M))
        fields = re.findall(r"^(\w+): (\w+)(?:\(\w+\))? \(\d+\.\d+\)", rest, re.M)
        crs = re.findall(r'ID\["EPSG",(\d+)\]\]$', rest, re.M)
        extent = re.findall(r"-?\d+\.\d+", described.get("Extent", ""))
        layers.append(
            {
                "file": path.name,
                "layer": name,
                "geometry": described["Geometry"],
                "features": described["Feature Count"],
                "crs": f"EPSG:{crs[-1]}" if crs else "",
                "extent": " ".join(f"{float(edge):.2f}" for edge in extent),
                "fields": " ".join(f"{field}:{kind}" for field, kind in fields),
            }
        )
    return layers


@pytest.mark.skipif(shutil.which("ogrinfo") is None, reason="needs GDAL's ogrinfo, of Debian's gdal-bin")
def test_known_answers(written: dict[str, Path]):
    """Layers, types, counts, CRS, extents and fields of the Kazakhstan case are those of the table."""
    with CASES.open(encoding="utf-8", newline="") as file:
        expected = list(csv.DictReader(file, delimiter="\t"))
    ours = {row["layer"] for row in expected}
    # The Debian package of GDAL has no driver for Parquet.
    paths = [path for suffix, path in written.items() if suffix != ".parquet"]
    found = [layer for path in paths for layer in ogrinfo(path) if layer["layer"] in ours]
    assert found == expected
