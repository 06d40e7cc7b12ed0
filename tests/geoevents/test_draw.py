"""Draws of locations and days agree with the weights of joins, and their combination with Rubin's rules."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import LineString, MultiPoint, Point, box

import geoevents as ge
from gazetteer import geodesy


@pytest.fixture(scope="module")
def events() -> gpd.GeoDataFrame:
    """Return events of every sort: a town, an offset, a sea, a country, a unit that has ended, nothing; with days."""
    table = {
        "place": [
            "Aktau",
            "100 km east of Kabul",
            "Caspian Sea",
            "Kazakhstan",
            "Almaty oblast",
            "Interfax",
            "near Osh",
        ],
        "date": ["2022-01-05", "2022-01-01 to 2022-01-10", "2022", "2022-01", "2022-01-10", None, "2024-03-01"],
    }
    return ge.locate(pd.DataFrame(table))


def test_the_mean_of_draws_is_the_weight_of_allocate(events: gpd.GeoDataFrame):
    """The share of 4,000 draws in a unit is the weight that allocate gives it, within four standard errors."""
    m = 4_000
    weights = ge.join(events, "admin1", how="allocate")
    expected = weights.assign(unit=weights["unit_id"].fillna("-")).groupby([weights.index, "unit"])["weight"].sum()
    draws = ge.draw(events, m, seed=3, by="admin1")
    found = draws.assign(unit=draws["unit_id"].fillna("-")).groupby(["event", "unit"]).size() / m
    both = pd.concat([expected, found], axis=1).fillna(0.0)
    error = (both.iloc[:, 0] - both.iloc[:, 1]).abs()
    assert (error <= 4 * np.sqrt(both.iloc[:, 0] * (1 - both.iloc[:, 0]) / m) + 3e-3).all()


def test_the_variance_of_a_count_is_that_of_its_weights():
    """Events that lie in a unit by chance p each give a count whose variance over draws is the sum of p (1 - p)."""
    at = [Point(x, 0) for x in np.linspace(-0.1, 0.1, 40)]
    events = gpd.GeoDataFrame({"radius_km": [20.0] * 40}, geometry=at, crs="EPSG:4326")
    units = gpd.GeoDataFrame({"id": ["w", "e"]}, geometry=[box(-5, -5, 0, 5), box(0, -5, 5, 5)], crs="EPSG:4326")
    p = ge.join(events, units, how="allocate").query("unit_id == 'e'")["weight"].to_numpy()
    draws = ge.draw(events, 3_000, seed=1, by=units)
    counts = (draws["unit_id"] == "e").groupby(draws["draw"]).sum()
    assert counts.mean() == pytest.approx(p.sum(), abs=0.15)
    assert counts.var() == pytest.approx((p * (1 - p)).sum(), rel=0.1)


def test_nine_tenths_of_the_draws_lie_within_the_radius():
    """Distances of draws from the point follow the kernel's formula: its quantiles are those of the draws."""
    events = gpd.GeoDataFrame({"radius_km": [10.0]}, geometry=[Point(70, 60)], crs="EPSG:4326")
    draws = ge.draw(events, 20_000)
    lon, lat = draws["lon"].to_numpy(), draws["lat"].to_numpy()
    km = geodesy.geodesic_km(np.full(20_000, 70.0), np.full(20_000, 60.0), lon, lat)
    from geoevents.joins.extents.kernel import kernels_of

    kernel, one = kernels_of(None, None, 1), np.array([10.0])
    for probability in (0.25, 0.5, 0.9):
        assert np.quantile(km, probability) == pytest.approx(float(kernel.quantile(one, probability)[0]), rel=0.05)
    assert km.max() <= float(kernel.reach(one)[0]) * 1.003


def test_areas_lines_and_scattered_points_are_drawn_evenly():
    """Half of the draws lie in half of an area, of a line, of the points."""
    shapes = [box(0, 0, 2, 1), LineString([(0, 0), (0.5, 0), (2, 0)]), MultiPoint([(0.2, 0), (1.7, 0)])]
    events = gpd.GeoDataFrame(geometry=shapes, crs="EPSG:4326")
    draws = ge.draw(events, 4_000, seed=2)
    west = (draws["lon"] < 1).groupby(draws["event"]).mean()
    assert west.to_numpy() == pytest.approx([0.5] * 3, abs=0.035)
    assert draws["lat"].between(0, 1).all()


def test_draws_are_the_same_in_parts_and_in_any_order(events: gpd.GeoDataFrame):
    """A seed gives an event the same draws whatever other events stand beside it; another seed gives others."""
    whole = ge.draw(events, 20, seed=5, by="admin1").set_index(["event", "draw"]).sort_index()
    part = ge.draw(events.iloc[[4, 1]], 20, seed=5, by="admin1").set_index(["event", "draw"]).sort_index()
    pd.testing.assert_frame_equal(part, whole.loc[part.index])
    other = ge.draw(events, 20, seed=6).set_index(["event", "draw"]).sort_index()
    assert (other["lon"] != whole["lon"]).any()


def test_shared_places_are_drawn_once():
    """With shared=True all events of a village have one location in a draw, and another in the next."""
    events = gpd.GeoDataFrame({"radius_km": [10.0] * 3}, geometry=[Point(5, 5)] * 3, crs="EPSG:4326")
    together = ge.draw(events, 50, shared=True).groupby("draw")["lon"].nunique()
    assert (together == 1).all()
    assert ge.draw(events, 50, shared=True)["lon"].nunique() == 50
    assert ge.draw(events, 50).groupby("draw")["lon"].nunique().eq(3).all()


def test_days_lie_in_their_span(events: gpd.GeoDataFrame):
    """A day is drawn from the first to the last, each of them; without a date there is none."""
    draws = ge.draw(events, 500, seed=1)
    days = draws.groupby("event")["day"].agg(["min", "max", "nunique"])
    assert days.loc[1, "min"] == pd.Timestamp("2022-01-01")
    assert days.loc[1, "max"] == pd.Timestamp("2022-01-10")
    assert days["nunique"].tolist()[:2] == [1, 10]
    assert draws.loc[draws["event"] == 5, ["lon", "day"]].isna().all().all()


def test_rivals_of_an_ambiguous_match_are_drawn():
    """The best guess is drawn as often as its score says, its rivals otherwise."""
    found = ge.locate(pd.DataFrame({"place": ["Springfield"], "country": ["US"]}))
    events = found.assign(match_status="ambiguous", match_score=0.6)
    draws = ge.draw(events, 3_000, seed=1)
    km = geodesy.geodesic_km(
        draws["lon"].to_numpy(),
        draws["lat"].to_numpy(),
        np.full(3_000, events["lon"][0]),
        np.full(3_000, events["lat"][0]),
    )
    assert (km < 150).mean() == pytest.approx(0.6, abs=0.05)


@pytest.mark.parametrize(("m", "seed"), [(0, 1), (1.5, 1), (True, 1), (2, -1), (10**9, 1)])
def test_draw_misuse_is_one_sentence(events: gpd.GeoDataFrame, m: object, seed: int):
    """A number of draws or a seed that cannot be is an ArgumentError, which is a ValueError too."""
    with pytest.raises(ge.ArgumentError, match="Draw: expected"):
        ge.draw(events, m, seed=seed)  # type: ignore[arg-type]


def test_combine_is_rubins():
    """The combined estimate and its error are those of a worked example; equal draws add nothing."""
    found = ge.combine(pd.DataFrame({"a": [1.0, 2.0, 3.0], "b": [5.0, 5.0, 5.0]}), [[0.5, 1.0]] * 3)
    assert found.loc["a", "se"] == pytest.approx(np.sqrt(0.5 + 4 / 3))
    assert found.loc["a", "df"] == pytest.approx(2 * (1 + 0.5 / (4 / 3)) ** 2)
    assert found.loc["b", ["estimate", "se", "missing"]].tolist() == [5.0, 1.0, 0.0]
    assert np.isinf(found.loc["b", "df"])
    for wrong in (([1.0], [1.0]), ([1.0, 2.0], [1.0]), ([1.0, np.nan], [1.0, 1.0]), ([1.0, 2.0], [-1.0, 1.0])):
        with pytest.raises(ge.ArgumentError, match="Combine: expected"):
            ge.combine(*wrong)
