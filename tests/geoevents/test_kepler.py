"""What a Kepler map shows of events: its data sets and its configuration."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from placed import ALMATY, KAZAKHSTAN, city, content, country, frame, nowhere
from shapely import MultiPolygon, Point, box

import geoevents as ge
from geoevents.maps import kepler, scene
from geoevents.maps.display_rows import display
from geoevents.maps.kepler import datasets
from geoevents.maps.kepler.land import land, land_of
from geoevents.maps.movements import arcs, country_of
from geoevents.maps.themes import THEMES


def layers(events: gpd.GeoDataFrame) -> dict[str, dict]:
    return {layer["id"]: layer for layer in kepler.kepler_config(events)["config"]["visState"]["layers"]}


# What is drawn


def test_points_areas_and_land():
    """Precise places are points, areas with a shape are areas, land is lowest; the unplaced are not drawn."""
    events = frame([city(), country(), nowhere()])
    assert list(layers(events)) == ["points", "areas-1", "land"]
    datasets = kepler.kepler_datasets(events)
    assert list(datasets) == ["land", "points", "areas-1"]
    assert [row[:2] for row in datasets["points"]["data"]["data"]] == [[76.95, 43.25]]
    assert len(datasets["areas-1"]["data"]["features"]) == 1


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (city(where_prec=2, geometry=ALMATY.buffer(1)), "points"),
        (country(where_prec=3), "areas-1"),
        (country(where_prec=6, geometry=Point(67, 48)), "rough-points"),
        (city(radius_km=80.0), "rough-points"),
        (country(start=None), "undated-areas-1"),
        (city(start=None), "undated-points"),
    ],
)
def test_precision_and_shape_decide(row: dict, expected: str):
    """An area needs both a coarse precision and a polygon; what has no date stands apart."""
    assert set(layers(frame([row]))) == {expected, "land"}


def test_areas_that_events_share_stay_translucent():
    """However many events lie on one area, the stack hides between a seventh and a third of the land: it is faint."""
    for count in (1, 2, 10, 32, 3000):
        events = frame([country()] * count)
        filled = len(kepler.kepler_datasets(events)[f"areas-{min(count, 32)}"]["data"]["features"])
        layer = layers(events)[f"areas-{filled}"]
        alpha = layer["config"]["visConfig"]["opacity"] ** (1 / 2.2)
        assert 0.15 <= 1 - (1 - alpha) ** filled <= 0.33, count
        assert alpha > 2 / 256, count


def test_deep_stacks_are_thinned_over_time():
    """Of very many events on one area 32 are drawn, from first to last, points all; the page says what is not."""
    days = pd.date_range("2020-01-01", periods=320).strftime("%Y-%m-%d")
    events = frame([country(start=day) for day in days] + [city()] * 100)
    datasets = kepler.kepler_datasets(events)
    starts = [feature["properties"]["start"] for feature in datasets["areas-32"]["data"]["features"]]
    assert len(starts) == 32
    assert np.diff(pd.to_datetime(sorted(starts))).astype("timedelta64[D]").astype(int).tolist() == [10] * 31
    assert len(datasets["points"]["data"]["data"]) == 100
    assert "32 are drawn: 288 are not" in kepler.map_of(events).facts["notes"][0]


def test_an_area_that_reaches_beyond_the_view_is_faint():
    """An area that fills the view and reaches far out of it does not drown the country, and the panel names it."""
    union = country(place_id="group:x", place_name="Union", geometry=box(-20, 30, 179, 80), lon=90.0, lat=60.0)
    events = frame([*[city()] * 3, *[country()] * 6, union])
    drawn = layers(events)
    assert {"areas-6", "wides-1"} <= set(drawn)
    alone = layers(frame([country()]))["areas-1"]
    assert drawn["wides-1"]["config"]["visConfig"]["opacity"] < alone["config"]["visConfig"]["opacity"] / 5
    assert kepler.kepler_config(events)["config"]["mapState"]["zoom"] > 3
    (note,) = [note for note in kepler.map_of(events).facts["notes"] if "outline" in note]
    assert "Union (1 event)" in note


def test_labels_of_areas_stand_in_their_own_part():
    """The label of a country stands outside of the region in it that has a label too."""
    region = country(place_id="region:x", place_name="West", geometry=box(46, 40, 70, 55), lon=67.0, lat=48.0)
    texts = rows_of(frame([country(), country(), region]), "area-labels").set_index("text")
    assert texts.loc["West: 1 event", "lon"] < 70 < texts.loc["n: 2 events", "lon"]


def test_a_lone_area_is_not_faded_by_a_stack_elsewhere():
    """Areas are classed by how many events share them."""
    events = frame([country()] * 30 + [country(place_id="iso:UZ", geometry=box(56, 37, 73, 45))])
    opacity = {name: layer["config"]["visConfig"]["opacity"] for name, layer in layers(events).items()}
    assert opacity["areas-1"] > 20 * opacity["areas-30"]


def test_land_drops_islets_but_no_country():
    """Parts too small to see are left out, unless nothing of the country would stay."""
    shapes = [MultiPolygon([box(30, 30, 80, 60), box(20, 20, 20.01, 20.01)]), box(0, 0, 0.05, 0.05)]
    assert len(land_of(gpd.GeoDataFrame(geometry=shapes, crs="EPSG:4326"))["data"]["features"]) == 2


def test_the_land_in_the_package_is_that_of_the_gazetteer():
    """The packed land has the parts that the layer ``basemap`` has today, where they lie."""
    kept, made = (
        gpd.GeoDataFrame.from_features(found["data"]["features"]) for found in (land(), land_of(datasets.basemap()))
    )
    assert kept["land"].tolist() == made["land"].tolist()
    assert np.abs(kept.bounds.to_numpy() - made.bounds.to_numpy()).max() < 0.05


def test_categories():
    """Event types are coloured when there are any, else kinds of place; the commonest first, the rest as one."""
    assert [name for name, _ in kepler.legend(frame([city(), country(), country()]))] == ["Battles", "Riots"]
    kinds = frame([city(event_type=None), country(event_type=None), city(event_type=None)])
    assert [name for name, _ in kepler.legend(kinds)] == ["city", "country"]
    many = kepler.legend(frame([city(event_type=f"type {i:02}") for i in range(30)]))
    assert [name for name, _ in many] == [*(f"type {i:02}" for i in range(7)), "other"]
    assert len({colour for _, colour in many}) == 8


def test_codes_are_categories():
    """Event types that are digits get a word, for the map would take a column of digits for a measure."""
    assert [name for name, _ in kepler.legend(frame([city(event_type="190")]))] == ["event type 190"]


def test_size_needs_fatalities():
    """Points are sized by fatalities when some are known; unknown ones are drawn at the smallest size, not hidden."""
    assert "sizeField" not in layers(frame([city()]))["points"]["visualChannels"]
    events = frame([city(fatalities=None), city(fatalities=103)])
    size = layers(events)["points"]["visualChannels"]["sizeField"]["name"]
    table = kepler.kepler_datasets(events)["points"]["data"]
    assert [row[table["columns"].index(size)] for row in table["data"]] == [103, 0]
    assert [row[table["columns"].index("fatalities")] for row in table["data"]] == [103, None]


def test_sizes_are_comparable():
    """A number has one size wherever its point lies: parts share the scale, and one of equal numbers has no scale."""
    elsewhere = {"lon": 51.2, "lat": 43.7, "geometry": Point(51.2, 43.7)}
    rows = [city(fatalities=100), city(fatalities=0, **elsewhere), city(fatalities=25, radius_km=90.0)]
    look = {name: layer["config"]["visConfig"] for name, layer in layers(frame(rows)).items()}
    assert look["points"]["radiusRange"] == [20, 90]
    assert look["rough-points"]["radius"] == 55
    assert "sizeField" not in layers(frame(rows))["rough-points"]["visualChannels"]


def test_time_filter():
    """The filter spans the dates, in whole; with one day or none there is nothing to filter."""
    events = frame([city(), country(), city(start=None)])
    found = kepler.kepler_config(events)["config"]["visState"]["filters"][0]
    assert found["name"] == ["start", "start"]
    moments = [pd.Timestamp(day).timestamp() * 1000 for day in ("2022-01-05", "2022-01-07")]
    assert (found["type"], found["value"], found["dataId"]) == ("timeRange", moments, ["points", "areas-1"])
    assert not kepler.kepler_config(frame([city()] * 3))["config"]["visState"]["filters"]
    assert not kepler.kepler_config(frame([city(start=None)]))["config"]["visState"]["filters"]
    table = kepler.kepler_datasets(events)["points"]["data"]
    assert table["data"][0][table["columns"].index("start")] == "2022-01-05T00:00:00Z"


@pytest.mark.parametrize(
    ("shapes", "west", "east", "zoom"),
    [
        ([ALMATY], 76.5, 77.5, (7, 9)),
        ([KAZAKHSTAN], 46, 87, (2, 4)),
        # Far small islands, also beyond the antimeridian, do not take the view with them.
        ([MultiPolygon([box(50, 50, 140, 70), box(-180, 65, -178, 66)])], 50, 140, (1, 3)),
        ([Point(-179, 80), Point(179, -80)], -180, 180, (0.5, 1.5)),
    ],
)
def test_view_holds_the_events(shapes: list, west: float, east: float, zoom: tuple[float, float]):
    """The view is centred within the events, at a zoom that holds them."""
    view = kepler.kepler_config(gpd.GeoDataFrame(geometry=shapes, crs="EPSG:4326"))["config"]["mapState"]
    assert zoom[0] <= view["zoom"] <= zoom[1]
    half = 640 / 512 * 360 / 2 ** view["zoom"]
    assert view["longitude"] - half < west
    assert view["longitude"] + half > east


WORLDWIDE = ("EPSG:3857", "ESRI:54009", "EPSG:8857")


@pytest.mark.parametrize("crs", ["EPSG:3857", "EPSG:32643", "EPSG:4284", "ESRI:54009", "EPSG:8857"])
def test_any_frame_in_any_crs(crs: str):
    """A frame without the events' columns is drawn by its shapes, in lon/lat, and is not changed."""
    places = [ALMATY, Point(75, 50), Point(-70, -30), None] if crs in WORLDWIDE else [ALMATY, Point(75, 50), None]
    other = gpd.GeoDataFrame({"x": range(len(places))}, geometry=places, crs="EPSG:4326").to_crs(crs)
    before = other.copy()
    table = kepler.kepler_datasets(other)["undated-points"]["data"]["data"]
    drawn = [place for place in places if place is not None]
    assert np.allclose([row[:2] for row in table], [(place.x, place.y) for place in drawn], atol=1e-5)
    pd.testing.assert_frame_equal(other, before)


def test_odd_columns():
    """Doubled index labels, dates with a zone, dates as text and figures that are none do not stop the map."""
    events = frame([city(), country(), nowhere(), city()]).set_axis([1, 1, 1, 1])
    zoned = events.assign(start=events["start"].dt.tz_localize("Asia/Almaty"))
    table = kepler.kepler_datasets(zoned)["points"]["data"]
    assert table["data"][0][table["columns"].index("start")] == "2022-01-04T18:00:00Z"
    texts = events.assign(start=["soon", "5 January", None, "?"], fatalities="many", where_prec="none")
    assert set(kepler.kepler_datasets(texts)) == {"land", "labels", "area-labels", "undated-points", "undated-areas-1"}
    assert [found["id"] for found in kepler.kepler_config(texts)["config"]["visState"]["filters"]] == ["type"]


def rows_of(events: gpd.GeoDataFrame, part: str, **options: object) -> pd.DataFrame:
    """Return a data set that is a table as a frame."""
    table = kepler.map_of(events, **options).data[part]["data"]
    return pd.DataFrame(table["data"], columns=table["columns"])


def test_an_event_that_lasts_answers_on_all_its_days():
    """It stands in the data once a day, with its own first and last day to tell; it counts as one event."""
    events = frame([city(start="2022-01-01", end="2022-01-10"), city(start="2022-01-04", end="2022-01-04")])
    rows = rows_of(events, "points")
    lasting = rows[rows["start"] == "2022-01-01T00:00:00Z"]
    assert lasting["under way"].tolist() == [f"2022-01-{day:02}T00:00:00Z" for day in range(1, 11)]
    assert lasting[["lon", "lat", "end"]].drop_duplicates().shape[0] == 1
    assert rows["events"].sum() == 2
    found = kepler.kepler_config(events)["config"]["visState"]["filters"][0]
    assert found["name"] == ["under way"]


def test_long_spans_have_few_steps():
    """However long the events last, none stands more than 32 times, the first and the last day among them."""
    events = frame([city(start="1990-01-01", end="2022-12-31"), city(start="2000-02-03", end="2000-02-03")])
    rows = rows_of(events, "points")
    assert len(rows) <= 33
    assert (rows["under way"].min(), rows["under way"].max()) == ("1990-01-01T00:00:00Z", "2022-12-31T00:00:00Z")


def test_points_of_one_place_are_spread_and_counted():
    """No two lie on each other; all stay within half the radius of the place; a label says how many they are."""
    events = frame([city(radius_km=4.0) for _ in range(7)] + [city(lon=51.2, lat=43.7, geometry=Point(51.2, 43.7))])
    rows = rows_of(events, "points")
    assert not rows[["lon", "lat"]].duplicated().any()
    there = rows[rows["lon"] > 60]
    east, north = (there["lon"] - 76.95) * 111.2 * np.cos(np.radians(43.25)), (there["lat"] - 43.25) * 111.2
    assert np.hypot(east, north).max() <= 2.02
    assert rows_of(events, "labels")["text"].tolist() == ["n: 7 events", "n: 1 event"]


def test_filters_on_type_and_fatalities():
    """Where there is a choice, types and fatalities can be narrowed, over all parts at once."""
    events = frame([city(fatalities=3), city(), country(), city(start=None)])
    filters = {found["id"]: found for found in kepler.kepler_config(events)["config"]["visState"]["filters"]}
    assert filters["type"]["value"] == ["Riots", "Battles"]
    assert filters["fatalities"]["value"] == [0, 3]
    assert filters["fatalities"]["dataId"] == ["points"]  # the map would hide the only row of a data set
    assert set(filters["type"]["dataId"]) == {"points", "undated-points", "areas-1"}
    assert not kepler.kepler_config(frame([city()]))["config"]["visState"]["filters"]


def test_circles_on_request():
    """Each point gets the circle of its radius, geodesic: as far to the north as to the east."""
    events = frame([city(radius_km=20.0), country()])
    assert "circles" not in kepler.kepler_datasets(events)
    ring = kepler.map_of(events, circles=True).data["circles"]["data"]["features"][0]["geometry"]["coordinates"][0]
    lon, lat = np.array(ring).T
    assert (lat.max() - lat.min()) / 2 * 111.2 == pytest.approx(20, rel=0.01)
    assert (lon.max() - lon.min()) / 2 * 111.2 * np.cos(np.radians(43.25)) == pytest.approx(20, rel=0.01)


def test_a_crowd_is_drawn_as_a_density(monkeypatch: pytest.MonkeyPatch):
    """From a few thousand points on there are hexagons; of still more, the points are there but not shown at first."""
    monkeypatch.setattr(scene, "CROWD", 5)
    events = frame([city(lon=70 + i, lat=45, geometry=Point(70 + i, 45)) for i in range(6)])
    kinds = {name: layer["type"] for name, layer in layers(events).items()}
    assert kinds == {"points": "point", "points-density": "hexagon", "land": "geojson"}
    assert layers(events)["points"]["config"]["isVisible"]
    monkeypatch.setattr(scene, "DOTS", 5)
    assert not layers(events)["points"]["config"]["isVisible"]
    assert "density" in kepler.map_of(events).facts["notes"][-1]


def test_too_many_points_are_counted_in_cells(monkeypatch: pytest.MonkeyPatch):
    """No event is lost: cells are apart by type and time, their counts and fatalities add up, and a note says so."""
    monkeypatch.setattr(scene, "MOST", 50)
    monkeypatch.setattr(scene, "CROWD", 20)
    rng = np.random.default_rng(7)
    places = [Point(*where) for where in rng.uniform((-170, -60), (170, 70), (400, 2))]
    days = pd.date_range("2022-01-01", periods=400).strftime("%Y-%m-%d")
    events = frame(
        [
            city(geometry=place, lon=place.x, lat=place.y, fatalities=2, start=day if i % 5 else None)
            for i, (place, day) in enumerate(zip(places, days, strict=True))
        ]
    )
    monkeypatch.setattr(scene, "_MOST_CELLS", 100)
    made = kepler.map_of(events)
    cells = pd.concat([rows_of(events, name) for name in ("cells", "undated-cells")])
    assert len(cells) <= 100
    assert (cells["events"].sum(), cells["known fatalities"].sum()) == (400, 800)
    assert "400 points are too many" in made.facts["notes"][0]
    assert set(made.data) == {"land", "cells", "undated-cells"}


def test_ids_that_come_back_are_trips():
    """A row an id that is at two places at different times; an id that stays, or comes once, makes none."""
    events = frame([city(), city(), city(), city(), city(), city()])
    events["track_id"] = ["a", "a", "b", "b", "c", None]
    moved = [Point(76.95 + i, 43.25) for i in (0, 1, 0, 0, 3, 4)]
    events = events.assign(
        geometry=gpd.GeoSeries(moved, crs="EPSG:4326"), lon=[p.x for p in moved],
        start=pd.date_range("2022-01-01", periods=6).astype("datetime64[us]"),
    )  # fmt: skip
    (trip,) = kepler.kepler_datasets(events)["trips"]["data"]["features"]
    first, last = trip["geometry"]["coordinates"]
    assert trip["properties"]["track"] == "a"
    assert (first[:3], last[:3]) == ([76.95, 43.25, 0], [77.95, 43.25, 0])
    assert last[3] - first[3] == 86_400


# Deployments


def deployments() -> list[list[str]]:
    text = (Path(__file__).parent / "cases" / "deployments.tsv").read_text(encoding="utf-8")
    return [line.split("\t") for line in text.splitlines()[1:]]


@pytest.mark.parametrize(("event_type", "actor", "scene_country", "origin"), deployments())
def test_deployments(event_type: str, actor: str, scene_country: str, origin: str):
    """An arc is drawn where a force of another country comes to the scene, and nowhere else."""
    found = arcs(display(frame([city(event_type=event_type, actor1=actor, country=scene_country)])))
    assert len(found) == (origin != "")
    if origin:
        assert country_of(actor)[0] == origin


# A configuration that is given


def test_a_configuration_comes_back():
    """What was used can be given back, edited; what it leaves out is ours."""
    events = frame([city(), country()])
    used = kepler.kepler_config(events)
    assert kepler.map_of(events, config=used).config == used
    edited = {"version": "v1", "config": {"mapState": {**used["config"]["mapState"], "zoom": 2.5}}}
    again = kepler.map_of(events, config=edited)
    assert again.config["config"]["mapState"]["zoom"] == 2.5
    assert again.config["config"]["visState"] == used["config"]["visState"]
    assert not again.facts["fit"]


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({}, 'with "version": "v1" and a "config"; got [].'),
        ({"version": "v2", "config": {}}, "expected one of Kepler.gl"),
        ({"version": "v1", "config": 3}, "expected one of Kepler.gl"),
        (
            {"version": "v1", "config": {"visState": {"layers": [{"config": {"dataId": "other"}}]}}},
            "expected layers of the data sets land, points; got other.",
        ),
    ],
)
def test_a_configuration_of_something_else(config: dict, message: str, tmp_path: Path):
    """It is refused in one sentence, and what stood at the path stays."""
    (tmp_path / "a.html").write_text("before")
    with pytest.raises(ge.WriteError) as caught:
        ge.write_map(frame([city()]), tmp_path / "a.html", config=config)
    assert message in str(caught.value)
    assert (tmp_path / "a.html").read_text() == "before"


def test_the_configuration_is_saved(tmp_path: Path):
    """It stands beside the map, and the file can be given back."""
    events = frame([city()])
    ge.write_map(events, tmp_path / "a.html", title="Almaty", save_config=tmp_path / "a.json")
    saved = json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))
    assert saved == json.loads(content(tmp_path / "a.html", "config"))
    ge.write_map(events, tmp_path / "b.html", config=tmp_path / "a.json")
    assert json.loads(content(tmp_path / "b.html", "config")) == saved
    assert "title" not in events.attrs.get("geoevents", {})


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("a.geojson", {}, "expected a map's name"),
        ("a.html", {"theme": "pink"}, "expected one of light, dark; got 'pink'"),
        ("a.html", {"basemap": "streets"}, "expected one of none, positron, voyager, dark-matter; got 'streets'"),
        ("a.png", {"save_config": "a.json"}, "for pages (.html), not for a picture"),
    ],
)
def test_options_that_do_not_fit(name: str, options: dict, message: str, tmp_path: Path):
    """They are named in one sentence before anything is written."""
    with pytest.raises(ge.ArgumentError) as caught:
        ge.write_map(frame([city()]), tmp_path / name, **options)
    assert message in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_grounds():
    """A style of CARTO's takes the place of the land; the dark theme has a ground of its own."""
    online = kepler.map_of(frame([city()]), basemap="voyager")
    assert "land" not in online.data
    assert online.config["config"]["mapStyle"]["styleType"] == "voyager"
    dark = kepler.map_of(frame([city()]), theme="dark").config["config"]
    assert dark["mapStyle"]["backgroundColor"] == list(THEMES["dark"].sea)


def test_contrast():
    """Text on the ground and the panels' colours have a contrast of 4.5 or more (WCAG 2, AA)."""

    def brightness(colour: tuple[int, int, int]) -> float:
        parts = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in (v / 255 for v in colour)]
        return float(np.dot(parts, (0.2126, 0.7152, 0.0722)))

    for theme in THEMES.values():
        for ground in (theme.land, theme.sea):
            dark, light = sorted((brightness(theme.text), brightness(ground)))
            assert (light + 0.05) / (dark + 0.05) >= 4.5
