"""Calls every public function and every command, and prints what touched the network; run as a program.

The interpreter itself reports each socket that is opened, connected or bound, and each name that is looked up (PEP
578), whichever library does it. A function or a command that is not called here is printed as well.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

TOUCHED: list[str] = []
# Takes long, and reads the files that it is given.
ELSEWHERE = {"build"}
# Asking the kernel for a socket of the internet family is enough to be seen.
INTERNET = (2, 10)


def watch(event: str, arguments: tuple[object, ...]) -> None:
    """Note what touches the network."""
    inner = event == "socket.__new__" and arguments[1] not in INTERNET
    if event.startswith("socket.") and not inner and event != "socket.gethostname":
        TOUCHED.append(f"{event} {arguments[1:]!r:.80}")


sys.addaudithook(watch)

import geopandas as gpd  # noqa: E402
import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402
from click.testing import CliRunner  # noqa: E402

import gazetteer  # noqa: E402
import geoevents as ge  # noqa: E402
from gazetteer.cli import cli as gazetteer_command  # noqa: E402
from geoevents.cli.command import cli as geoevents_command  # noqa: E402

SEEDS = Path(__file__).parent.parent / "seeds"
TABLE, REPORT, GOLD = SEEDS / "kazakhstan-2022.csv", SEEDS / "kazakhstan-2022.md", SEEDS / "kazakhstan-2022.gold.jsonl"


def call_gazetteer() -> set[str]:
    """Call every public method of a gazetteer; return their names."""
    gaz = gazetteer.load()
    day = "2022-01-10"
    calls = {
        "country": lambda: gaz.country("Kazakhstan"),
        "find": lambda: gaz.find("Protests in Almaty and 30 km north of Aktau."),
        "find_many": lambda: list(gaz.find_many([{"id": "a", "text": "Protests in Almaty."}])),
        "geometries": lambda: gaz.geometries(["iso:KZ-47", "group:csto"], on=day),
        "geometry": lambda: gaz.geometry("iso:KZ"),
        "groups": lambda: gaz.groups,
        "info": gaz.info,
        "layer": lambda: gaz.layer("admin1", on=day),
        "members": lambda: gaz.members("CSTO members except Armenia", on=day),
        "place": lambda: gaz.place("geonames:1526384"),
        "resolve": lambda: [gaz.resolve(x, on=day) for x in ("western Kazakhstan", "Xyzzy Lane 5", "43.2N 76.9E")],
        "resolve_distinct": lambda: gaz.resolve_distinct(["Almaty", "Almaty"]),
        "resolve_many": lambda: gaz.resolve_many(["Almaty", "Xyzzy Lane 5"], country="KZ"),
        "search": lambda: gaz.search("Springf"),
        "view": lambda: gaz.view,
        "within": lambda: gaz.within(76.9, 43.2),
    }
    for call in calls.values():
        call()
    return {name for name in dir(gaz) if not name.startswith("_")} - set(calls) - {"verify", "store", "parts"}


def call_geoevents(folder: Path) -> set[str]:
    """Call every public function of geoevents; return the names of those that were not called."""
    events = ge.locate(ge.read(TABLE).head(12), date="date")
    units = ge.areas("admin1", country="KZ")
    panel = ge.aggregate(events, by="admin1", freq="W", country="KZ")
    matched = ge.match(events, events)
    areas = units[["geometry"]].assign(n=1.0)
    calls = {
        "aggregate": lambda: panel,
        "areas": lambda: units,
        "combine": lambda: ge.combine([1.0, 2.0], [0.1, 0.2]),
        "distances": lambda: ge.distances(events.head(5)),
        "draw": lambda: ge.draw(events.head(5), m=2),
        "enrich": lambda: ge.enrich(events.head(5)),
        "explore": lambda: ge.explore(events.head(5))._repr_html_(),
        "extract": lambda: ge.extract(REPORT),
        "inspect": lambda: ge.inspect(TABLE),
        "interpolate": lambda: ge.interpolate(areas, areas, extensive="n"),
        "join": lambda: ge.join(events, "admin1", how="allocate"),
        "kepler": lambda: ge.kepler(events.head(5)),
        "lag": lambda: ge.lag(panel, "events", periods=1),
        "locate": lambda: events,
        "match": lambda: matched,
        "merge": lambda: ge.merge(matched),
        "near": lambda: ge.near(events.head(5), events.head(5), km=10),
        "read": lambda: ge.read(TABLE),
        "sample": lambda: ge.sample(events.head(5), _raster(folder)),
        "spells": lambda: ge.spells(panel),
        "summary": lambda: ge.summary(events),
        "validate": lambda: ge.validate(events),
        "write": lambda: [ge.write(events, folder / f"e.{s}") for s in ("geojson", "parquet", "gpkg", "kml", "xlsx")],
        "write_map": lambda: [ge.write_map(events.head(9), folder / name) for name in ("m.html", "m.png")],
        "write_review": lambda: ge.write_review(events, folder / "review.html"),
    }
    for call in calls.values():
        call()
    public = {name for name in ge.__all__ if not name.endswith("Error")}
    return public - set(calls)


def call_commands(folder: Path) -> set[str]:
    """Run every command; return the names of those that were not run."""
    table, located, out = str(TABLE), str(folder / "e.geojson"), str(folder / "o.geojson")
    ours = [
        ["aggregate", located, "--by", "admin1", "-o", out],
        ["convert", located, str(folder / "c.parquet")],
        ["draw", located, "-m", "2", "-o", str(folder / "d.parquet")],
        ["evaluate", str(GOLD)],
        ["extract", str(REPORT), "-o", out],
        ["formats"],
        ["inspect", table],
        ["join", located, "admin1", "-o", out],
        ["locate", table, "-o", out, "--review", str(folder / "r.csv")],
        ["map", table, "-o", str(folder / "m2.html"), "--basemap", "positron"],
        ["match", located, located, "-o", out],
        ["validate", located],
    ]
    theirs = [
        ["resolve", "Almaty", "Xyzzy Lane 5"],
        ["search", "Almaty"],
        ["members", "CSTO"],
        ["find", str(REPORT)],
        ["evaluate", str(GOLD)],
        ["info"],
        ["cache", "info"],
        ["pack", "list"],
    ]
    run = CliRunner()
    for program, lines in ((geoevents_command, ours), (gazetteer_command, theirs)):
        for line in lines:
            done = run.invoke(program, line)
            if done.exit_code and not isinstance(done.exception, (SystemExit, gazetteer.GazetteerError)):
                print("failed:", line[0], done.exception)
    run_ours, run_theirs = {line[0] for line in ours}, {line[0] for line in theirs}
    return (set(geoevents_command.commands) - run_ours) | (set(gazetteer_command.commands) - run_theirs - ELSEWHERE)


def _raster(folder: Path) -> Path:
    """Return a small raster around Kazakhstan."""
    import rasterio
    from rasterio.transform import from_origin

    path = folder / "r.tif"
    with rasterio.open(
        path, "w", driver="GTiff", height=4, width=8, count=1, dtype="float32", crs="EPSG:4326",
        transform=from_origin(40, 56, 6, 5),
    ) as raster:  # fmt: skip
        raster.write(np.ones((1, 4, 8), dtype="float32"))
    return path


if __name__ == "__main__":
    assert isinstance(gpd.GeoDataFrame(), pd.DataFrame)
    with tempfile.TemporaryDirectory() as name:
        missing = call_gazetteer() | call_geoevents(Path(name)) | call_commands(Path(name))
    # The watch itself is tried, so that silence means something.
    seen = len(TOUCHED)
    import socket

    socket.socket(socket.AF_INET).close()
    assert len(TOUCHED) == seen + 1
    print("not called:", sorted(missing))
    print("touched the network:", TOUCHED[:seen])
