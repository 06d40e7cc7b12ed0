"""What a join cannot do is one sentence that says what was expected; what it assumes is told."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import Point, box

import geoevents as ge

EVENTS = gpd.GeoDataFrame(
    {"name": ["a", "b"], "killed": [1, 2]}, geometry=[Point(5.5, 0), Point(6.5, 0)], crs="EPSG:4326"
)
AREAS = gpd.GeoDataFrame(
    {"id": ["u0", "u1"], "people": [300.0, 100.0], "label": ["x", "y"], "country": ["KAZ", "KGZ"]},
    geometry=[box(5, -1, 6, 1), box(6, -1, 7, 1)],
    crs="EPSG:4326",
)


def dated(start: str, end: str) -> gpd.GeoDataFrame:
    return EVENTS.assign(start=pd.Timestamp(start), end=pd.Timestamp(end))


def pairs() -> ge.Matches:
    return ge.match(dated("2022-01-05", "2022-01-05"), dated("2022-01-05", "2022-01-05"), km=50)


@pytest.mark.parametrize(
    ("call", "error", "sentence"),
    [
        (lambda: ge.join(EVENTS, AREAS, "inside"), ge.ArgumentError, "expected one of within, allocate, nearest"),
        (lambda: ge.join(EVENTS, AREAS, weight="people"), ge.ArgumentError, "it says how to allocate"),
        (lambda: ge.join(EVENTS, AREAS, "nearest", within_km=-1), ge.ArgumentError, "a distance of 0 or more"),
        (lambda: ge.join(EVENTS, AREAS, within_km=5), ge.ArgumentError, "with how='nearest'"),
        (lambda: ge.join(EVENTS, AREAS, "nearest", on="start"), ge.ArgumentError, "expected a day with how='nearest'"),
        (lambda: ge.join(EVENTS, AREAS, on="start"), ge.ArgumentError, "expected events with dates"),
        (lambda: ge.join(EVENTS, AREAS, "allocate", weight="label"), ge.ColumnError, "of the areas (people), got"),
        (
            lambda: ge.join(EVENTS, AREAS.assign(people=[1.0, -1.0]), "allocate", weight="people"),
            ge.ColumnError,
            "expected numbers of 0 or more in 'people'",
        ),
        (
            lambda: ge.join(EVENTS, AREAS.assign(people=[1.0, np.inf]), "allocate", weight="people"),
            ge.ColumnError,
            "expected numbers of 0 or more in 'people'",
        ),
        (lambda: ge.aggregate(EVENTS, AREAS, counts="name"), ge.ColumnError, "expected columns of numbers, got 'name'"),
        (lambda: ge.aggregate(EVENTS, AREAS, counts=["gone"]), ge.ColumnError, "got 'gone'"),
        (lambda: ge.aggregate(EVENTS, AREAS, population="label"), ge.ColumnError, "a column of numbers of the areas"),
        (lambda: ge.aggregate(EVENTS, AREAS, country="UKR"), ge.ArgumentError, "expected areas in UKR, got none"),
        (
            lambda: ge.aggregate(EVENTS, AREAS.drop(columns="country"), country="KZ"),
            ge.ArgumentError,
            "expected areas with a column country",
        ),
        (lambda: ge.combine(["a", "b"], [1, 2]), ge.ArgumentError, "expected numbers, a row a draw"),
        (lambda: ge.combine([1.0], [1.0]), ge.ArgumentError, "of 2 draws or more, got (1,) and (1,)"),
        (lambda: ge.combine([1.0, 2.0], [1.0]), ge.ArgumentError, "got (2,) and (1,)"),
        (lambda: ge.combine([1.0, 2.0], [1.0, -1.0]), ge.ArgumentError, "variances of 0 or more"),
        (lambda: ge.combine([1.0, np.nan], [1.0, 1.0]), ge.ArgumentError, "expected finite estimates"),
        (lambda: ge.merge("pairs"), ge.ArgumentError, "expected what match returns, got 'pairs'"),
        (lambda: ge.near(EVENTS, EVENTS, km=5, days=1), ge.ColumnError, "for days, but start is not"),
        (
            lambda: ge.near(dated("2022-01-05", "2022-01-04"), dated("2022-01-05", "2022-01-05"), km=5, days=1),
            ge.ColumnError,
            "2 events end before",
        ),
        (lambda: ge.distances("a"), ge.ColumnError, "expected a GeoDataFrame"),
        (lambda: ge.distances(EVENTS.set_crs(None, allow_override=True)), ge.ColumnError, "expected a CRS"),
        (lambda: ge.distances(EVENTS.assign(capital_km=1.0)), ge.ColumnError, "expected no column 'capital_km'"),
    ],
)
def test_misuse_is_one_sentence(call: Callable[[], object], error: type[Exception], sentence: str) -> None:
    """The error is of the class that is documented, says what was expected and what came, in one line."""
    with pytest.raises(error) as caught:
        call()
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_unit_without_a_weight_is_as_dense_as_the_others(caplog: pytest.LogCaptureFixture) -> None:
    """A missing weight is told, and its unit gets what its area gets at the density of the rest."""
    event = gpd.GeoDataFrame(geometry=[box(5.5, -0.5, 6.5, 0.5)], crs="EPSG:4326")
    with caplog.at_level(logging.WARNING, "geoevents"):
        joined = ge.join(event, AREAS.assign(people=[300.0, np.nan]), "allocate", weight="people")
    assert "1 of 2 units have no number in people" in caplog.text
    assert joined["weight"].tolist() == pytest.approx([0.5, 0.5], abs=1e-3)


def test_units_of_a_country_only() -> None:
    """A panel of areas keeps those of the countries asked for, by any of their names; of a grid the cells that meet."""
    panel = ge.aggregate(EVENTS, AREAS, country="Kazakhstan")
    assert panel["unit_id"].dropna().tolist() == ["u0"]
    assert panel["events"].sum() == 2
    assert ge.aggregate(EVENTS, AREAS, country=["KZ", "KG"])["unit_id"].dropna().tolist() == ["u0", "u1"]
    luxembourg = gpd.GeoDataFrame(geometry=[Point(6.1, 49.6)], crs="EPSG:4326")
    cells = ge.aggregate(luxembourg, "square:1", country="LU").dropna(subset=["unit_id"])
    bounds = cells.bounds
    assert 2 <= len(cells) <= 6
    assert bounds["minx"].between(4.5, 6.6).all()
    assert bounds["miny"].between(48.4, 50.2).all()


def test_merging_needs_free_names_and_labels_of_one_row() -> None:
    """Columns that merge adds are free, and labels tell rows apart; else nothing is merged."""
    taken = dated("2022-01-05", "2022-01-05").assign(found_in="x")
    with pytest.raises(ge.ColumnError, match="expected free names for its own columns, but there is 'found_in'"):
        ge.merge(ge.match(taken, dated("2022-01-05", "2022-01-05"), km=50))
    twice = dated("2022-01-05", "2022-01-05").set_axis([1, 1])
    with pytest.raises(ge.ColumnError, match="unique in both frames"):
        ge.merge(ge.match(twice, dated("2022-01-05", "2022-01-05"), km=50))
    assert ge.merge(pairs())["found_in"].tolist() == ["both", "both"]


@pytest.mark.parametrize(
    ("lat", "lon", "repair", "mended"),
    [
        (48.9, 2.3, None, (48.9, 2.3)),
        (2.3, 48.9, "swap", (48.9, 2.3)),
        (2.3, 48.9, None, None),
        (-48.9, 2.3, "sign", (48.9, 2.3)),
        (-48.9, 2.3, None, None),
        (-48.9, 2.3, "swap", None),
    ],
)
def test_a_mirrored_point_is_told_by_its_country(
    lat: float, lon: float, repair: str | None, mended: tuple[float, float] | None
) -> None:
    """A point that lies in its row's country when mirrored is not used, and mended by the repair that fits."""
    table = pd.DataFrame({"country": ["France"] * 2, "lat": [lat, 45.8], "lon": [lon, 4.8]})
    events = ge.locate(table, repair=repair)
    assert events[["lat", "lon"]].iloc[1].tolist() == [45.8, 4.8]
    row = events.iloc[0]
    if mended is None:
        assert row["where_prec"] == 6
        assert row["match_method"] != "coordinates"
    else:
        assert (row["lat"], row["lon"]) == mended
        assert (row["match_note"] == f"coordinates mended: {repair}") == (repair is not None)


@pytest.mark.parametrize("use", ["join", "locate", "write", "aggregate"])
def test_coordinates_of_a_site_are_one_sentence(use: str, tmp_path: Path) -> None:
    """A reference system that nothing is known of, as a building site's, cannot be put on a map."""
    site = gpd.GeoDataFrame({"a": [1]}, geometry=[Point(10, 20)], crs='LOCAL_CS["site",UNIT["metre",1]]')
    events = ge.locate(pd.DataFrame({"place": ["Almaty"]}))
    calls = {
        "join": lambda: ge.join(events, site),
        "locate": lambda: ge.locate(site),
        "write": lambda: ge.write(site, tmp_path / "a.geojson"),
        "aggregate": lambda: ge.aggregate(events, site),
    }
    with pytest.raises(ge.ArgumentError, match="CRS: expected one that can be turned into EPSG:4326, got 'site'"):
        calls[use]()
