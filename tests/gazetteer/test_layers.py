"""The layers: rows, bounds, keys and shapes, in one table of truth."""

from __future__ import annotations

import pytest

import gazetteer

# layer, rows at least and at most, share with a shape at least, lon/lat bounds of the points
TRUTH = [
    ("countries", 250, 250, 1.0),
    ("admin1", 3_800, 4_000, 1.0),
    ("admin2", 45_000, 48_000, 0.0),
    ("cities", 230_000, 236_000, 0.0),
    ("airports", 7_000, 9_000, 0.0),
    ("seas", 250, 320, 1.0),
]
COLUMNS = [
    "place", "id", "name", "kind", "country", "admin1", "lon", "lat", "population", "radius_km", "valid_from",
    "valid_to", "geonames",
]  # fmt: skip


@pytest.mark.parametrize(("layer", "least", "most", "shaped"), TRUTH, ids=[row[0] for row in TRUTH])
def test_layer(layer: str, least: int, most: int, shaped: float) -> None:
    """A layer has its rows, unique sorted ids, points on the globe, radii above zero and valid shapes."""
    frame = gazetteer.load().layer(layer)
    assert least <= len(frame) <= most
    assert list(frame.columns[: len(COLUMNS)]) == COLUMNS
    assert frame["id"].is_unique
    assert frame["id"].is_monotonic_increasing
    assert frame["lon"].between(-180, 180).all()
    assert frame["lat"].between(-90, 90).all()
    assert (frame["radius_km"] > 0).all()
    assert frame.geometry.is_valid.all()
    assert frame.geom_type.isin(["Polygon", "MultiPolygon"]).mean() >= shaped


def test_crimea_follows_iso() -> None:
    """Crimea and Sevastopol lie in Ukraine, as ISO 3166-2 has them."""
    gaz = gazetteer.load()
    assert {gaz.place("iso:UA-43").country, gaz.place("iso:UA-40").country} == {"UKR"}


def test_kazakhstan_before_and_after() -> None:
    """On 10 January 2022 Kazakhstan has 14 regions and 3 cities, today 17 and 3."""
    frame = gazetteer.load().layer("admin1")
    units = frame[(frame["country"] == "KAZ") & frame["iso"].notna()]
    for day, count in (("2022-01-10", 17), ("2024-01-01", 20)):
        alive = ~(units["valid_from"].astype(str).where(units["valid_from"].notna(), "0") > day) & ~(
            units["valid_to"].astype(str).where(units["valid_to"].notna(), "9") < day
        )
        assert alive.sum() == count
