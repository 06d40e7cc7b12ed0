"""Joins know how well each event is placed, lose none, and keep totals."""

import logging
import re
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, MultiPoint, MultiPolygon, Point, Polygon, box

import geoevents as ge
from gazetteer import geodesy
from geoevents.joins.extents.event_extents import Places
from geoevents.joins.extents.kernel import Kernels, kernels_of
from geoevents.spatial.threads import over_cores


def points(*at: tuple[float, float] | None, **columns: object) -> gpd.GeoDataFrame:
    """Return events at points, under an index of their own."""
    shapes = [None if xy is None else Point(xy) for xy in at]
    index = [f"e{i}" for i in range(len(at))]
    return gpd.GeoDataFrame(columns, geometry=gpd.GeoSeries(shapes, index=index), crs="EPSG:4326", index=index)


def areas(*shapes: shapely.Geometry, **columns: object) -> gpd.GeoDataFrame:
    names = [f"u{i}" for i in range(len(shapes))]
    return gpd.GeoDataFrame({"id": names, **columns}, geometry=list(shapes), crs="EPSG:4326")


@pytest.fixture
def halves() -> gpd.GeoDataFrame:
    """Two boxes that share a border on the equator's sixth meridian."""
    return areas(box(5, -1, 6, 1), box(6, -1, 7, 1), name=["West", "East"], people=[300, 100])


# within


def test_within_keeps_rows_index_and_frame(halves: gpd.GeoDataFrame):
    """One row in, one row out, under the same index; the caller's frames stay as they are."""
    events = points((5.5, 0), (6.5, 0), (9, 9), None, name=["a", "b", "c", "d"])
    before, units_before = events.copy(deep=True), halves.copy(deep=True)
    joined = ge.join(events, halves)
    assert joined.index.tolist() == ["e0", "e1", "e2", "e3"]
    assert joined["unit_id"].tolist()[:2] == ["u0", "u1"]
    assert joined["unit_id"].isna().tolist() == [False, False, True, True]
    assert joined["unit_name"].tolist()[:2] == ["West", "East"]
    assert joined["unit_share"].tolist()[:2] == [1.0, 1.0]
    assert joined["name"].tolist() == ["a", "b", "c", "d"]
    assert joined.crs == "EPSG:4326"
    pd.testing.assert_frame_equal(events, before)
    pd.testing.assert_frame_equal(halves, units_before)


def test_a_point_on_a_border_is_in_one_unit(halves: gpd.GeoDataFrame):
    """A shared border goes to the first of its units, in any order of events."""
    assert ge.join(points((6, 0), (7, 1), (6, 1)), halves)["unit_id"].tolist() == ["u0", "u1", "u0"]
    assert ge.join(points((6, 0)), halves.iloc[::-1])["unit_id"].tolist() == ["u1"]


def test_an_area_goes_to_its_largest_share(halves: gpd.GeoDataFrame):
    """An event that is an area is in the unit that has most of it, and says how much that is."""
    events = gpd.GeoDataFrame(geometry=[box(5.9, -0.5, 6.3, 0.5), LineString([(5.7, 0), (6.1, 0)])], crs="EPSG:4326")
    joined = ge.join(events, halves)
    assert joined["unit_id"].tolist() == ["u1", "u0"]
    assert joined["unit_share"].to_numpy() == pytest.approx([0.75, 0.75], abs=1e-6)


def beyond(d: float, radius: float, kernel: Kernels) -> float:
    """Return the mass of a kernel beyond a straight border at a distance d: that of a t distribution of one dimension.

    Of the discs that make up the kernel each has a segment beyond the border; this is the mean over 100,000 of them
    and of no other code.
    """
    u = (np.arange(100_000) + 0.5) / 100_000 * 0.98
    df = float(kernel.df[0])
    r = radius * np.sqrt(((1 - u) ** (-2 / df) - 1) / (10 ** (2 / df) - 1))
    return float(np.where(r > d, np.arccos(np.minimum(d / r, 1)) / np.pi, 0).mean())


def test_a_radius_tells_how_sure_the_unit_is(halves: gpd.GeoDataFrame):
    """A point with a radius is in its own unit, with the mass of its kernel that lies there; the rest is nowhere."""
    joined = ge.join(points((6, 0), (5.9, 0), (5.5, 0), radius_km=[20.0, 20.0, 5.0]), halves)
    assert joined["unit_id"].tolist() == ["u0", "u0", "u0"]
    d = float(geodesy.geodesic_km(*(np.array([v]) for v in (5.9, 0.0, 6.0, 0.0)))[0])
    share = 1 - beyond(d, 20, kernels_of(None, None, 1))
    assert joined["unit_share"].to_numpy() == pytest.approx([0.5, share, 1], abs=2e-3)


def test_a_point_off_the_coast_is_taken_by_its_radius(halves: gpd.GeoDataFrame):
    """An event in no unit whose radius reaches one is in that unit; without a radius it stays outside."""
    joined = ge.join(points((7.05, 0), (7.05, 0), radius_km=[10.0, 0.0]), halves)
    assert joined["unit_id"].iloc[0] == "u1"
    assert pd.isna(joined["unit_id"].iloc[1])


def test_codes_rule_units_out(halves: gpd.GeoDataFrame):
    """A unit in another country than that of a place which the words name is out of the question."""
    halves = halves.assign(country=["CMR", "GAB"])
    told = {"place_id": "geonames:1", "place_kind": "city", "match_method": "exact"}
    events = points((5.95, 0), (5.95, 0), (5.95, 0), radius_km=[20.0] * 3, country=["GAB", None, "FRA"], **told)
    joined = ge.join(events, halves)
    assert joined["unit_id"].tolist() == ["u1", "u0", "u0"]
    assert joined["unit_share"].iloc[0] == 1
    assert joined["country_unit"].tolist() == ["GAB", "CMR", "CMR"]
    assert joined["match_note"].tolist()[2] == "country FRA, but the point lies in CMR"
    assert joined["match_note"].isna().tolist() == [True, True, False]


@pytest.mark.parametrize(
    ("place_id", "kind", "method"),
    [("derived:1,2", "derived", "phrase"), ("geonames:1", "city", "coordinates"), ("region:x", "region", "exact")],
)
def test_codes_of_others_decide_nothing(halves: gpd.GeoDataFrame, place_id: str, kind: str, method: str):
    """What is worked out, comes with coordinates or is a region lies where its geometry is, whatever its code says."""
    told = {"place_id": place_id, "place_kind": kind, "match_method": method, "country": "GAB"}
    joined = ge.join(points((5.9, 0), radius_km=[20.0], **told), halves.assign(country=["CMR", "GAB"]))
    assert joined["unit_id"].tolist() == ["u0"]
    assert 0.8 < joined["unit_share"].iloc[0] < 0.99


# allocate


def test_allocate_shares_out_by_area_and_by_weight(halves: gpd.GeoDataFrame):
    """Shares follow area, or people per area; the index repeats, and no event is lost."""
    events = gpd.GeoDataFrame(
        geometry=[box(5.5, -1, 6.5, 1), Point(5.5, 0), Point(50, 50), None], crs="EPSG:4326", index=list("abcd")
    )
    shared = ge.join(events, halves, "allocate")
    assert shared.index.tolist() == ["a", "a", "b", "c", "d"]
    assert shared["weight"].to_numpy() == pytest.approx([0.5, 0.5, 1, 1, 1], abs=1e-9)
    assert shared["unit_id"].isna().tolist() == [False, False, False, True, True]
    by_people = ge.join(events, halves, "allocate", weight="people")
    assert by_people["weight"].to_numpy() == pytest.approx([0.75, 0.25, 1, 1, 1], abs=1e-9)


def test_a_sliver_of_a_neighbour_is_no_share(halves: gpd.GeoDataFrame):
    """A place whose drawing overlaps the next unit, or the outside, by less than a ten-thousandth lies in one unit."""
    events = gpd.GeoDataFrame(geometry=[box(5, -1, 6.00005, 1), box(6, -1, 7.00005, 1)], crs="EPSG:4326")
    shared = ge.join(events, halves, "allocate")
    assert shared["unit_id"].tolist() == ["u0", "u1"]
    assert shared["weight"].tolist() == [1.0, 1.0]
    wider = ge.join(
        events.set_geometry([box(5, -1, 6.001, 1), box(6, -1, 7.001, 1)], crs="EPSG:4326"), halves, "allocate"
    )
    assert wider["unit_id"].fillna("-").tolist() == ["u0", "u1", "u1", "-"]


def test_where_nobody_lives_area_decides(halves: gpd.GeoDataFrame):
    """Units without people, or of unknown population, are shared by area rather than dropped."""
    empty = halves.assign(people=[0, np.nan])
    events = gpd.GeoDataFrame(geometry=[box(5.5, -1, 6.5, 1)], crs="EPSG:4326")
    assert ge.join(events, empty, "allocate", weight="people")["weight"].to_numpy() == pytest.approx([0.5, 0.5])


def test_a_country_is_shared_out_over_its_own_units():
    """An event known to Kazakhstan lies in Kazakhstan's units alone, by their areas."""
    events = ge.locate(pd.DataFrame({"place": ["Kazakhstan"]}))
    shared = ge.join(events, "admin1", "allocate")
    assert set(shared["country_unit"]) == {"KAZ"}
    assert shared["weight"].sum() == pytest.approx(1, abs=1e-12)
    assert shared.set_index("unit_id")["weight"].idxmax() in {"iso:KZ-15", "iso:KZ-35", "iso:KZ-62", "iso:KZ-10"}


def test_members_of_a_group_are_units():
    """A group's countries are units by the group's name; a country outside it is in none."""
    events = ge.locate(pd.DataFrame({"place": ["Aktau", "Bishkek", "Torino"], "country": ["KZ", "KG", "IT"]}))
    joined = ge.join(events, "group:csto")
    assert joined["unit_id"].fillna("-").tolist() == ["iso:KZ", "iso:KG", "-"]
    assert "iso:AM" in set(ge.areas("group:csto")["id"])


extent = st.one_of(
    st.none(),
    st.builds(Point, st.floats(-179, 179), st.floats(-89, 89)),
    st.builds(
        lambda x, y, w, h: box(x, y, x + w, y + h),
        st.floats(-170, 150), st.floats(-80, 60), st.floats(0.1, 25), st.floats(0.1, 25),
    ),
    st.builds(
        lambda a, b: LineString([a, (b[0], b[1] + 0.5)]),
        st.tuples(st.floats(-170, 170), st.floats(-80, 80)), st.tuples(st.floats(-170, 170), st.floats(-80, 80)),
    ),
)  # fmt: skip
happening = st.tuples(extent, st.floats(0, 900), st.integers(0, 1000), st.integers(0, 400), st.integers(0, 90))


def test_river_runs_through_units():
    """An event on a river is shared out over the countries within its radius, not kept to that of its point."""
    events = ge.locate(pd.DataFrame({"location": ["Nile", "Cairo"]}))
    shared = ge.join(events, "country", "allocate")
    assert shared.loc[0, "unit_id"].nunique() > 1
    assert shared.loc[[1], "unit_id"].tolist() == ["iso:EG"]


def test_lines_that_all_but_touch_are_shared_out():
    """A box whose edge runs a hair beside the equator is shared out over the countries like any other."""
    hair = box(115.0, 1.1125369292536007e-308, 129.76554432242185, 1.0)
    events = gpd.GeoDataFrame({"radius_km": [0.0]}, geometry=[hair], crs="EPSG:4326")
    shared = ge.join(events, "country", "allocate")
    units = set(shared["unit_id"].dropna())
    assert units in ({"iso:ID", "iso:MY"}, {"iso:ID"})
    assert abs(shared["weight"].sum() - 1) < 1e-9


@settings(max_examples=60, deadline=None)
@given(st.lists(happening, min_size=1, max_size=12), st.sampled_from(["square:20", "country", "h3:0"]))
def test_weights_and_totals(rows: list[tuple[shapely.Geometry | None, float, int, int, int]], layer: str):
    """Whatever the places: weights sum to 1 an event, indexes are kept, and totals are those of the events to 1e-9."""
    shapes, radius, dead, day, days = (list(column) for column in zip(*rows, strict=True))
    start = pd.Timestamp("2020-01-01") + pd.to_timedelta(day, unit="D")
    events = gpd.GeoDataFrame(
        {"radius_km": radius, "fatalities": dead, "start": start, "end": start + pd.to_timedelta(days, unit="D")},
        geometry=gpd.GeoSeries(shapes, index=range(100, 100 + len(rows))),
        crs="EPSG:4326",
        index=range(100, 100 + len(rows)),
    )
    shared = ge.join(events, layer, "allocate")
    sums = shared.groupby(level=0)["weight"].sum()
    assert sums.index.tolist() == events.index.tolist()
    assert (abs(sums - 1) < 1e-9).all()
    assert (shared["weight"] > 0).all()
    assert not shared.set_index("unit_id", append=True).index.has_duplicates
    assert ge.join(events, layer).index.tolist() == events.index.tolist()
    for freq in (None, "W", "M"):
        panel = ge.aggregate(events, layer, freq=freq)
        assert panel["events"].sum() == pytest.approx(len(events), rel=1e-9)
        assert panel["fatalities"].sum() == pytest.approx(sum(dead), rel=1e-9, abs=1e-9)


# nearest and near


def test_nearest_is_geodesic_and_crosses_the_antimeridian():
    """The nearest port to a ship east of Fiji lies on the other side of the line."""
    ports = areas(Point(178.4, -18.1), Point(-171.8, -13.8), Point(151.2, -33.9), name=["Suva", "Apia", "Sydney"])
    events = points((-179.5, -18), (-173, -14), (150, -30), None)
    joined = ge.join(events, ports, "nearest")
    assert joined["unit_name"].tolist()[:3] == ["Suva", "Apia", "Sydney"]
    expected = geodesy.geodesic_km(*(np.array([v]) for v in (-179.5, -18.0, 178.4, -18.1)))[0]
    assert joined["distance_km"].iloc[0] == pytest.approx(expected, abs=1e-6)
    assert pd.isna(joined["distance_km"].iloc[3])
    assert pd.isna(ge.join(events, ports, "nearest", within_km=100)["unit_id"].iloc[0])


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32))
def test_nearest_agrees_with_all_distances(seed: int):
    """Of many points all over the globe the nearest is the one with the least geodesic distance."""
    rng = np.random.default_rng(seed)
    lon, lat = rng.uniform(-180, 180, 120), np.degrees(np.arcsin(rng.uniform(-1, 1, 120)))
    others = areas(*map(Point, zip(lon[:100], lat[:100], strict=True)))
    joined = ge.join(points(*zip(lon[100:], lat[100:], strict=True)), others, "nearest")
    every = geodesy.geodesic_km(
        np.repeat(lon[100:], 100), np.repeat(lat[100:], 100), np.tile(lon[:100], 20), np.tile(lat[:100], 20)
    ).reshape(20, 100)
    assert joined["distance_km"].to_numpy() == pytest.approx(every.min(axis=1), abs=1e-6)


def test_nearest_to_a_polygon_is_its_border(halves: gpd.GeoDataFrame):
    """Inside a unit the distance is 0; outside it is that to the closest point of its edge."""
    joined = ge.join(points((5.5, 0), (8, 0.3)), halves, "nearest")
    assert joined["unit_id"].tolist() == ["u0", "u1"]
    edge = geodesy.geodesic_km(*(np.array([v]) for v in (8.0, 0.3, 7.0, 0.3)))[0]
    assert joined["distance_km"].tolist() == pytest.approx([0, edge], abs=1e-2)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32), st.floats(1, 3000), st.integers(0, 60))
def test_near_finds_every_pair(seed: int, km: float, days: int):
    """All pairs within the kilometres and days are found, and no other; both sides of the antimeridian alike."""
    rng = np.random.default_rng(seed)
    lon, lat = (rng.uniform(170, 190, 30) + 180) % 360 - 180, rng.uniform(-90, 90, 30)
    start = pd.Timestamp("2022-01-01") + pd.to_timedelta(rng.integers(0, 90, 30), unit="D")
    events = points(*zip(lon, lat, strict=True), start=start, end=start + pd.Timedelta(days=3))
    pairs = ge.near(events, events, km=km, days=days)
    i, j = (grid.ravel() for grid in np.meshgrid(range(30), range(30), indexing="ij"))
    gap = np.maximum(abs((start[j] - start[i]).days) - 3, 0)
    near = (i != j) & (geodesy.geodesic_km(lon[i], lat[i], lon[j], lat[j]) <= km) & (gap <= days)
    found = set(zip(pairs["event"], pairs["other"], strict=True))
    assert found == {(f"e{a}", f"e{b}") for a, b in zip(i[near], j[near], strict=True)}
    assert (pairs["days"].abs() <= days).all()


# geodesy


def test_discs_have_their_area_everywhere():
    """A disc's area is that of a flat one of its radius, on the antimeridian and over the poles too."""
    lon, lat = np.array([0.0, 179.99, -179.9, 30.0, 0.0]), np.array([0.0, 50.0, -65.0, 89.99, -90.0])
    shapes = geodesy.geodesic_discs(lon, lat, np.full(5, 50.0))
    assert geodesy.area_km2(shapes)[:3] == pytest.approx(np.pi * 50**2, rel=1e-3)
    # Around a pole the edges between its corners bulge in the lon/lat plane.
    assert geodesy.area_km2(shapes)[3:] == pytest.approx(np.pi * 50**2, rel=1e-2)
    bounds = shapely.bounds(shapes)
    assert bounds[:, 0].min() >= -180
    assert bounds[:, 2].max() <= 180
    assert shapely.is_valid(shapes).all()


# grids


def test_grids():
    """Squares, PRIO-GRID and hexagons give each event its cell; an edge goes north and east, the world's end inside."""
    events = points((51.2, 43.65), (51.0, 43.5), (180, 90), (-180, -90), None)
    squares = ge.join(events, "square:0.5")
    assert squares["unit_id"].tolist()[:4] == ["51,43.5", "51,43.5", "179.5,89.5", "-180,-90"]
    prio = ge.join(events, "priogrid")["unit_id"]
    assert prio.tolist()[:4] == [192703, 192703, 259200, 1]
    assert pd.isna(prio.iloc[4])
    hexagons = ge.join(events, "h3:5")
    assert hexagons["unit_id"].str.len().tolist()[:4] == [15] * 4
    assert len(ge.areas("priogrid")) == 259_200
    assert geodesy.area_km2(np.asarray(ge.areas("h3:1").geometry.array)).sum() == pytest.approx(510.07e6, rel=1e-2)


def test_a_radius_reaches_several_cells():
    """An event known to a radius is shared out over the cells of a grid, by area."""
    shared = ge.join(points((51.0, 43.5), radius_km=[10.0]), "square:0.5", "allocate")
    assert sorted(shared["unit_id"]) == ["50.5,43", "50.5,43.5", "51,43", "51,43.5"]
    assert shared["weight"].to_numpy() == pytest.approx([0.25] * 4, abs=2e-3)


# aggregate


def test_a_panel_is_filled_with_zeros_and_keeps_totals(halves: gpd.GeoDataFrame):
    """A row a unit and week, 0 where nothing happened; a span over two weeks is shared out by its days."""
    day = pd.to_datetime(["2022-01-03", "2022-01-09", "2022-01-20", None])
    end = pd.to_datetime(["2022-01-03", "2022-01-10", "2022-01-20", None])
    events = points((5.5, 0), (5.5, 0), (6.5, 0), (50, 0), start=day, end=end, fatalities=[1, 2, None, 5])
    panel = ge.aggregate(events, halves, freq="W")
    west = panel[panel["unit_id"] == "u0"]
    assert west["period"].dt.strftime("%m-%d").tolist() == ["01-03", "01-10", "01-17"]
    assert west["events"].tolist() == [1.5, 0.5, 0]
    assert west["fatalities"].tolist() == [2, 1, 0]
    nowhere = panel[panel["unit_id"].isna()]
    assert nowhere["fatalities"].sum() == 5
    assert nowhere["period"].isna().sum() == 1
    assert isinstance(panel, gpd.GeoDataFrame)
    assert panel.geometry.iloc[0].equals(halves.geometry.iloc[0])


@pytest.mark.parametrize("freq", ["D", "2D", "5D", "W", "2W", "W-MON", "M", "3M", "Q", "Y", "2Y"])
@given(st.lists(st.tuples(st.integers(0, 900), st.integers(0, 120), st.integers(0, 9)), min_size=1, max_size=20))
@settings(max_examples=25, deadline=None)
def test_totals_are_kept_in_periods_of_any_length(freq: str, rows: list[tuple[int, int, int]]):
    """Shares are never negative, every event is counted once, and no two periods begin on one day."""
    start = pd.Timestamp("2020-01-01") + pd.to_timedelta([row[0] for row in rows], unit="D")
    end = start + pd.to_timedelta([row[1] for row in rows], unit="D")
    dead = [row[2] for row in rows]
    events = points(*[(5.5, 0.0)] * len(rows), start=start, end=end, fatalities=dead)
    panel = ge.aggregate(events, areas(box(5, -1, 6, 1)), freq=freq)
    assert (panel["events"] >= 0).all()
    assert panel["events"].sum() == pytest.approx(len(rows), rel=1e-9)
    assert panel["fatalities"].sum() == pytest.approx(sum(dead), rel=1e-9, abs=1e-9)
    assert panel["period"].is_unique


def test_aggregate_without_a_period(halves: gpd.GeoDataFrame):
    """A row a unit, the units' own columns kept; only named columns are summed."""
    counted = ge.aggregate(points((5.5, 0), (5.6, 0), best=[2, 3]), halves, counts=["best"])
    assert counted[["unit_id", "people", "events", "best"]].values.tolist() == [["u0", 300, 2, 5], ["u1", 100, 0, 0]]
    assert ge.aggregate(points((5.5, 0)), halves, how="within")["events"].tolist() == [1, 0]


# what is wrong with areas


@pytest.mark.parametrize(
    ("layer", "message"),
    [
        (areas(box(0, 0, 1, 1)).set_crs(None, allow_override=True), "Areas: expected a CRS, but none is set"),
        (areas(box(0, 0, 1, 1)).iloc[:0], "Areas: expected at least one area, got an empty layer"),
        (areas(LineString([(0, 0), (1, 1)])), "Areas: expected polygons, got points or lines only"),
        (areas(None, Polygon()), "Areas: expected at least one area with a geometry"),
        (pd.DataFrame({"a": [1]}), "Areas: expected a GeoDataFrame"),
        ("h3:99", "Areas: expected a grid such as"),
        ("square:zero", "Areas: expected a grid such as"),
    ],
)
def test_areas_that_are_none(layer: object, message: str):
    """One sentence says what is wrong."""
    with pytest.raises((ge.AreasError, ge.ArgumentError), match=re.escape(message)):
        ge.join(points((0.5, 0.5)), layer)


def test_mended_areas_are_counted(caplog: pytest.LogCaptureFixture):
    """Invalid polygons are repaired, collections give their polygons, lines hold nothing: each counted, none lost."""
    bowtie = Polygon([(0, 0), (2, 2), (2, 0), (0, 2)])
    mixed = shapely.GeometryCollection([box(4, 0, 6, 2), LineString([(0, 0), (1, 1)])])
    layer = areas(bowtie, mixed, LineString([(8, 0), (9, 1)]), shapely.force_3d(box(10, 0, 11, 1)))
    with caplog.at_level(logging.WARNING, logger="geoevents"):
        joined = ge.join(points((0.2, 1), (1, 0.2), (5, 1), (8.5, 0.5), (10.5, 0.5)), layer)
    assert joined["unit_id"].fillna("-").tolist() == ["u0", "-", "u1", "-", "u3"]
    assert [record.getMessage() for record in caplog.records] == [
        "Areas: 1 invalid geometry repaired.",
        "Areas: 1 have no polygon (points or lines) and hold no event.",
    ]


@pytest.mark.parametrize(
    ("broken", "inside", "outside"),
    [
        (MultiPolygon([box(0, 0, 2, 2), box(1, 1, 3, 3)]), (1.5, 1.5), (0.5, 2.5)),  # parts that overlap
        (MultiPolygon([box(0, 0, 1, 1), box(0, 0, 1, 1)]), (0.5, 0.5), (1.5, 0.5)),  # a part that is there twice
        (Polygon(box(0, 0, 4, 4).exterior, [box(3, 3, 5, 5).exterior]), (2, 2), (4.5, 4.5)),  # a hole that sticks out
        (Polygon([(0, 0), (2, 2), (2, 0), (0, 2)]), (1.9, 1), (1, 1.9)),  # a ring that crosses itself
        (Polygon([(0, 0), (2, 0), (2, 2), (2, 5), (2, 2), (0, 2)]), (1, 1), (2, 4)),  # a spike
    ],
)
def test_mended_areas_hold_what_they_meant(
    broken: shapely.Geometry, inside: tuple[float, float], outside: tuple[float, float]
):
    """What a broken area covers, be it twice, is in it; what a hole takes from elsewhere or a spike runs to is not."""
    assert ge.join(points(inside, outside), areas(broken))["unit_id"].fillna("").tolist() == ["u0", ""]


def test_a_corner_without_a_number_loses_no_row(halves: gpd.GeoDataFrame):
    """Events and areas whose corners are no numbers are mended as far as they can be."""
    with np.errstate(invalid="ignore"):
        lost = Polygon([(5, 0), (5.5, np.nan), (5.5, 0.5)])
    events = gpd.GeoDataFrame(geometry=[lost, box(5, 0, 5.5, 0.5)], crs="EPSG:4326")
    assert ge.join(events, halves)["unit_id"].tolist()[1] == "u0"
    assert ge.join(points((5.2, 0.2)), areas(lost, box(5, 0, 6, 1)))["unit_id"].tolist() == ["u1"]


def test_an_area_is_shared_out_once():
    """The points that are told of one area make no new places of it; those of discs do."""
    square = box(5.5, -0.5, 6.5, 0.5)
    told = {"lon": [5.6, 5.7, 5.8], "lat": [0.0, 0.1, 0.2], "radius_km": [50.0, 60.0, 70.0], "match_status": "matched"}
    events = gpd.GeoDataFrame(told, geometry=[square] * 3, crs="EPSG:4326")
    assert len(Places.of(events).lon) == 1
    discs_at = gpd.GeoDataFrame(told, geometry=gpd.points_from_xy(told["lon"], told["lat"]), crs="EPSG:4326")
    assert len(Places.of(discs_at).lon) == 3


@given(st.lists(st.integers(0, 200_000), max_size=30), st.integers(1, 9))
def test_cores_share_work_in_order(weight: list[int], cores: int):
    """However many cores share it and however unequal it is, every item is worked on once, in order."""
    items = np.arange(len(weight))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("geoevents.spatial.threads._cores", lambda: cores)
        found = over_cores(lambda part: items[part], weight=np.array(weight, dtype=np.int64))
    assert found.tolist() == items.tolist()


def test_one_geometry_in_many_rows_is_safe(caplog: pytest.LogCaptureFixture):
    """Units that share one geometry object, as those of a panel by year do, are joined by several threads."""
    turn = np.linspace(0, 2 * np.pi, 60_000, endpoint=False)
    disc = Polygon(np.column_stack([np.cos(turn), np.sin(turn)]))
    yearly = areas(*[disc] * 8)
    random = np.random.default_rng(1).uniform(-1, 1, (3_000, 2))
    events = gpd.GeoDataFrame(geometry=gpd.points_from_xy(*random.T), crs="EPSG:4326")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("geoevents.spatial.threads._cores", lambda: 8)
        found = ge.join(events, yearly)["unit_id"].notna().to_numpy()
    assert found.tolist() == shapely.intersects_xy(disc, *random.T).tolist()


def test_overlapping_areas_are_counted(caplog: pytest.LogCaptureFixture):
    """Points in an overlap go to the smaller unit, which is said with their number; shares are still 1 an event."""
    layer = areas(box(0, 0, 2, 2), box(1, 0, 3, 2.5), box(0, 0, 0.2, 0.2))
    with caplog.at_level(logging.WARNING, logger="geoevents"):
        assert ge.join(points((1.5, 1), (0.5, 1), (2.5, 1)), layer)["unit_id"].tolist() == ["u0", "u0", "u1"]
    assert "1 of 3 points tried lie in more than one" in caplog.text
    shared = ge.join(gpd.GeoDataFrame(geometry=[box(1, 0, 2, 2)], crs="EPSG:4326"), layer, "allocate")
    assert shared["weight"].tolist() == [0.5, 0.5]


def test_frames_in_other_crs(halves: gpd.GeoDataFrame):
    """Events and areas in two projections are joined in degrees; the events keep theirs."""
    events = points((5.5, 0), (6.5, 0)).to_crs("EPSG:3857")
    joined = ge.join(events, halves.to_crs("EPSG:32632"))
    assert joined["unit_id"].tolist() == ["u0", "u1"]
    assert joined.crs == "EPSG:3857"


def test_files_of_areas(halves: gpd.GeoDataFrame, tmp_path: Path):
    """GeoPackage, GeoJSON and GeoParquet are read; a truncated or missing file is one sentence."""
    for name in ("a.gpkg", "a.geojson", "a.parquet"):
        file = tmp_path / name
        halves.to_parquet(file) if file.suffix == ".parquet" else halves.to_file(file)
        assert ge.join(points((5.5, 0)), file)["unit_id"].tolist() == ["u0"]
    whole = (tmp_path / "a.parquet").read_bytes()
    (tmp_path / "a.parquet").write_bytes(whole[: len(whole) // 2])
    for name in ("a.parquet", "none.gpkg"):
        with pytest.raises(ge.ReadError, match=name):
            ge.join(points((5.5, 0)), str(tmp_path / name))


def test_events_that_cannot_be_joined(halves: gpd.GeoDataFrame):
    """A plain frame, a missing CRS and options that do not fit are refused in one sentence."""
    with pytest.raises(ge.ColumnError, match="use locate first"):
        ge.join(pd.DataFrame({"lon": [1.0]}), halves)
    with pytest.raises(ge.ColumnError, match="CRS"):
        ge.join(points((5.5, 0)).set_crs(None, allow_override=True), halves)
    for options in ({"how": "touching"}, {"weight": "people"}, {"within_km": 3}, {"how": "nearest", "within_km": -1}):
        with pytest.raises(ge.ArgumentError):
            ge.join(points((5.5, 0)), halves, **options)
    with pytest.raises(ge.ColumnError, match="people"):
        ge.join(points((5.5, 0)), halves, "allocate", weight="name")
    day = pd.to_datetime(["2022-01-01"])
    for freq in ("fortnight", "h", "12h"):
        with pytest.raises(ge.ArgumentError, match=rf"Freq: expected a period .* got '{freq}'"):
            ge.aggregate(points((5.5, 0), start=day, end=day), halves, freq=freq)
    with pytest.raises(ge.ColumnError, match="Events: expected a GeoDataFrame"):
        ge.aggregate("x", halves)  # type: ignore[arg-type]


def test_an_empty_point_is_nowhere(halves: gpd.GeoDataFrame):
    """Of an empty point GEOS tells no coordinates: the event keeps its row, in no unit, also among the nearest."""
    events = gpd.GeoDataFrame({"n": [1, 2]}, geometry=[shapely.Point(), shapely.Point(5.5, 0.5)], crs=4326)
    for how in ("within", "allocate", "nearest"):
        joined = ge.join(events, halves, how)
        assert joined["n"].tolist() == [1, 2]
        assert joined["unit_id"].isna().tolist() == [True, False]


def test_empty_events(halves: gpd.GeoDataFrame):
    """No events give no rows, and panels of zeros."""
    none = points((5.5, 0), radius_km=[1.0]).iloc[:0]
    for how in ("within", "allocate", "nearest"):
        joined = ge.join(none, halves, how)
        assert len(joined) == 0
        assert "unit_id" in joined
    assert ge.aggregate(none, halves)["events"].tolist() == [0, 0]


def test_many_parts_and_odd_geometries(halves: gpd.GeoDataFrame):
    """Scattered points are shared by number, an invalid event area is mended, an empty one is nowhere."""
    events = gpd.GeoDataFrame(
        geometry=[
            MultiPoint([(5.2, 0), (5.4, 0), (6.5, 0)]),
            Polygon([(5, 0), (6, 1), (6, 0), (5, 1)]),
            Polygon(),
        ],
        crs="EPSG:4326",
    )
    shared = ge.join(events, halves, "allocate")
    assert shared["unit_id"].fillna("-").tolist() == ["u0", "u1", "u0", "-"]
    assert shared["weight"].to_numpy() == pytest.approx([2 / 3, 1 / 3, 1, 1])


def test_a_detailed_outline_is_shared_out_as_the_plain_intersection_says():
    """What is clipped to a unit's bounds first, and units inside that are taken whole, have the shares of the cut."""
    angle = np.linspace(0, 2 * np.pi, 3_000, endpoint=False)
    reach = 3 + np.sin(40 * angle) + 0.3 * np.sin(700 * angle)
    star = shapely.Polygon(np.column_stack([20 + reach * np.cos(angle), 45 + reach * np.sin(angle)]))
    event = gpd.GeoDataFrame({"n": [0]}, geometry=[star], crs="EPSG:4326")
    cells = ge.areas("square:0.5")
    shares = ge.join(event, cells, how="allocate").set_index("unit_id")["weight"]
    near = cells[cells.intersects(star)]
    km2 = np.array([geodesy.area_km2(np.array([part]))[0] for part in near.intersection(star)])
    expected = pd.Series(km2 / geodesy.area_km2(np.array([star]))[0], index=near["id"])
    expected = expected[expected > 1e-4]
    assert set(shares.index) == set(expected.index)
    assert np.allclose(shares, expected[shares.index] / expected.sum(), atol=1e-9)
