"""Makes the files of packs in their exact formats: a country dump of GeoNames, a repository of Who's On First, shapes.

Around real places of Idlib lie made-up ones, good and bad.
"""

import bz2
import json
import sqlite3
import tarfile
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import geopandas as gpd
import shapely

# What the bundled tables have.
IDLIB, ARIHA, IDLIB_UNIT = 169389, 8537261, 169387
# id, name, alternatenames, lat, lon, class, code, country, admin1, population
PLACES: tuple[tuple[Any, ...], ...] = (
    (IDLIB_UNIT, "Idlib", "", 35.9, 36.6, "A", "ADM1", "SY", "12", 0),
    (IDLIB, "Idlib", "Edlip", 35.93, 36.63, "P", "PPLA", "SY", "12", 128840),
    (90000001, "Qaryat Ikhtibar", "Probedorf,Kariet", 35.80, 36.61, "P", "PPL", "SY", "12", 0),
    (90000002, "Idlib", "", 34.90, 38.60, "P", "PPL", "SY", "11", 0),
    (90000003, "Tall Ikhtibar", "", 35.81, 36.62, "T", "HLL", "SY", "12", 0),
    (90000004, "Nowhere North", "", 999, 36.6, "P", "PPL", "SY", "12", 0),
    (90000005, "Nobody Town", "", 35.8, 36.6, "P", "PPL", "SY", "12", -5),
    (90000006, "Across the Border", "", 34.4, 35.9, "P", "PPL", "LB", "00", 0),
)
NAMES = ((90000001, "de", "Versuchsdorf", "", ""), (90000001, "link", "https://example.org", "", ""))
_REGION = 85678000


def square(lon: float, lat: float, half: float) -> dict[str, Any]:
    """Return a square as a GeoJSON geometry."""
    return dict(shapely.geometry.mapping(shapely.box(lon - half, lat - half, lon + half, lat + half)))


def point(lon: float, lat: float) -> dict[str, Any]:
    """Return a point as a GeoJSON geometry."""
    return {"type": "Point", "coordinates": [lon, lat]}


def record(wof: int, kind: str, name: str, geometry: Any, **more: Any) -> dict[str, Any]:
    """Return a record as Who's On First writes it."""
    properties = {
        "wof:id": wof,
        "wof:name": name,
        "wof:placetype": kind,
        "wof:country": "SY",
        "mz:is_current": 1,
        "edtf:cessation": "uuuu",
        "src:geom": "whosonfirst",
        "wof:superseded_by": [],
        "wof:concordances": {},
        "wof:hierarchy": [{"region_id": _REGION}],
    }
    given = {key.replace("__", ":"): value for key, value in more.items()}
    return {"id": wof, "type": "Feature", "properties": properties | given, "geometry": geometry}


RECORDS = (
    record(_REGION, "region", "Idlib", square(36.6, 35.9, 0.5), wof__concordances={"iso:id": "SY-ID"}),
    record(101, "county", "Arīhā", square(36.55, 35.75, 0.15), src__geom="meso"),
    record(102, "county", "Testland", square(39.0, 35.0, 0.2), src__geom="meso", name__ara_x_preferred=["ارض"]),
    record(103, "localadmin", "Subtest", square(39.0, 35.0, 0.05), src__geom="quattroshapes"),
    record(104, "locality", "Qaryat al Ikhtibar", point(36.61, 35.80), wof__concordances={"gn:id": 90000001},
           src__geom="geonames", name__ara_x_preferred=["قرية الاختبار"], name__deu_x_historical=["Altdorf"]),
    record(105, "locality", "Qaryat Ikhtibar", point(36.615, 35.805)),
    record(106, "locality", "Madinat Ikhtibar", square(36.9, 35.6, 0.03), gn__population=7000),
    record(107, "locality", "Bought", point(36.7, 35.7), src__geom="a-shop"),
    record(108, "locality", "Gone", point(36.7, 35.7), mz__is_current=0),
    record(109, "locality", "Replaced", point(36.7, 35.7), wof__superseded_by=[106]),
    record(110, "locality", "Off the Earth", point(36.7, 95.0)),
    record(111, "locality", "Null Island", point(0.0, 0.0)),
    record(112, "locality", "Elsewhere", point(35.9, 34.4), wof__country="LB"),
    record(114, "county", "Madinat Ikhtibar", square(36.95, 35.6, 0.1)),
    record(113, "campus", "University", point(36.7, 35.7)),
)  # fmt: skip


def write_geonames(folder: Path) -> None:
    """Write ``SY.zip`` and ``alternatenames/SY.zip``; one row has too few columns."""
    lines = ["too\tfew\tcolumns"]
    for i, name, other, lat, lon, letter, code, country, unit, people in PLACES:
        cells = (i, name, name, other, lat, lon, letter, code, country, "", unit, "", "", "", people, "", 0, "", "")
        lines.append("\t".join(map(str, cells)))
    _zipped(folder / "SY.zip", lines)
    (folder / "alternatenames").mkdir(exist_ok=True)
    named = (f"{n}\t{i}\t{lang}\t{text}\t\t{short}\t\t{old}\t\t" for n, (i, lang, text, short, old) in enumerate(NAMES))
    _zipped(folder / "alternatenames" / "SY.zip", named)


def _zipped(path: Path, lines: Iterable[str]) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("SY.txt", "\n".join(lines) + "\n")


def write_repository(folder: Path) -> Path:
    """Write a repository of Who's On First as a folder, with an alternative outline and a file that is none."""
    root = folder / "whosonfirst-data-admin-sy"
    for one in RECORDS:
        path = root / "data" / f"{one['id']}" / f"{one['id']}.geojson"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(one), encoding="utf-8")
    (root / "data" / "102" / "102-alt-quattroshapes.geojson").write_text(json.dumps(RECORDS[1]), encoding="utf-8")
    (root / "data" / "broken.geojson").write_text('{"type": "Feature", ', encoding="utf-8")
    return root


def write_archive(root: Path, path: Path) -> Path:
    """Pack a repository."""
    with tarfile.open(path, "w:xz") as archive:
        archive.add(root, root.name)
    return path


def write_database(path: Path) -> Path:
    """Write the SQLite distribution, packed."""
    plain = path.with_suffix("")
    with sqlite3.connect(plain) as connection:
        connection.execute("CREATE TABLE geojson (id INTEGER, body TEXT, source TEXT, alt_label TEXT, is_alt BOOLEAN)")
        rows = [(one["id"], json.dumps(one), "", "", 0) for one in RECORDS]
        rows.append((102, json.dumps(RECORDS[1]), "", "quattroshapes", 1))
        rows.append((999, '{"type": "Feature", ', "", "", 0))
        connection.executemany("INSERT INTO geojson VALUES (?, ?, ?, ?, ?)", rows)
    connection.close()
    path.write_bytes(bz2.compress(plain.read_bytes()))
    plain.unlink()
    return path


def write_physical(folder: Path, lake: tuple[str, float, float]) -> None:
    """Write the three files of Natural Earth; the lake has the name and place of a bundled one."""
    name, lon, lat = lake
    line = shapely.LineString
    layers = {
        "ne_10m_rivers_lake_centerlines": (
            ["River", "River", "River"],
            ["Testwater", "Testwater", None],
            [line([(36, 35), (37, 35)]), line([(37, 35), (38, 35.5)]), line([(1, 1), (2, 2)])],
        ),
        "ne_10m_lakes": (["Lake"], [name], [shapely.Point(lon, lat).buffer(0.2)]),
        "ne_10m_geography_regions_polys": (["Desert"], ["TESTING DESERT"], [shapely.box(37, 34, 38, 35)]),
    }
    for number, (stem, (classes, names, shapes)) in enumerate(layers.items()):
        ids = range(1159100000 + 10 * number, 1159100000 + 10 * number + len(names))
        columns = {"featurecla": classes, "name": names, "scalerank": 5, "ne_id": ids, "name_fr": names}
        frame = gpd.GeoDataFrame(columns, geometry=shapes, crs="EPSG:4326")
        (folder / stem).mkdir()
        frame.to_file(folder / stem / f"{stem}.shp")
        with zipfile.ZipFile(folder / f"{stem}.zip", "w") as archive:
            for path in sorted((folder / stem).iterdir()):
                archive.write(path, path.name)
