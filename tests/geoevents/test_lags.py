"""Lags, spells and distances of panels agree with what a reader works out by hand."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Point, box

import geoevents as ge
from gazetteer import geodesy


def panel(events: np.ndarray) -> gpd.GeoDataFrame:
    """Return a panel of a 3 × 3 board and as many months as there are columns."""
    months = pd.date_range("2020-01-01", periods=events.shape[1], freq="MS")
    boxes = [box(x, y, x + 1, y + 1) for y in range(3) for x in range(3)]
    rows = [(unit, month, events[unit, t], boxes[unit]) for unit in range(9) for t, month in enumerate(months)]
    frame = pd.DataFrame(rows, columns=["unit_id", "period", "events", "geometry"])
    return gpd.GeoDataFrame(frame.sample(frac=1, random_state=1), geometry="geometry", crs="EPSG:4326")


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_neighbours_mean_is_that_of_the_board(seed: int):
    """The spatial lag is the mean over touching squares, in every period, whatever the order of rows."""
    events = np.random.default_rng(seed).poisson(1.0, (9, 2)).astype(float)
    board = ge.lag(panel(events), "events", space="queen").set_index("unit_id")
    rook = ge.lag(panel(events), "events", space="rook").set_index("unit_id")
    for unit in range(9):
        x, y = unit % 3, unit // 3
        all_round = [v for v in range(9) if v != unit and max(abs(v % 3 - x), abs(v // 3 - y)) == 1]
        beside = [v for v in all_round if abs(v % 3 - x) + abs(v // 3 - y) == 1]
        for found, others in ((board, all_round), (rook, beside)):
            told = found.loc[unit].sort_values("period")["events_near"].to_numpy()
            assert told == pytest.approx(events[others].mean(axis=0))


def test_the_value_before_is_the_lag():
    """A lag of one period is the value of the row before of the same unit; the first has none."""
    events = np.arange(27.0).reshape(9, 3)
    found = ge.lag(panel(events), "events", periods=[1, 2]).sort_values(["unit_id", "period"])
    expected = found.groupby("unit_id")["events"].shift([1, 2])
    assert found["events_lag1"].to_numpy() == pytest.approx(expected.iloc[:, 0].to_numpy(), nan_ok=True)
    assert found["events_lag2"].to_numpy() == pytest.approx(expected.iloc[:, 1].to_numpy(), nan_ok=True)


def test_nearest_neighbours_are_counted():
    """With a number, so many nearest units are taken, each with the same weight."""
    events = np.zeros((9, 1))
    events[4] = 8.0
    found = ge.lag(panel(events), "events", space=4).set_index("unit_id")["events_near"]
    assert found[4] == 0
    assert found[1] == pytest.approx(2.0)


def test_onsets_need_their_quiet():
    """An onset comes after as many quiet periods as asked; what goes on is neither onset nor quiet."""
    frame = panel(np.tile([0.0, 1, 0, 1, 0, 0, 1, 1], (9, 1))).sort_values(["unit_id", "period"])
    found = ge.spells(frame, gap=2)
    first = found[found["unit_id"] == 0]
    assert first["events_onset"].fillna(-1).tolist() == [-1, -1, 0, -1, 0, 0, 1, -1]
    assert first["events_since"].fillna(-1).tolist() == [-1, -1, 1, 2, 1, 2, 3, 1]
    assert first["events_spell"].tolist() == [0, 1, 0, 1, 0, 0, 1, 2]


def test_distances_are_geodesic():
    """A point in Mali is so far from Bamako; an island has no neighbour by land; the sea has neither."""
    events = gpd.GeoDataFrame(geometry=[Point(-3.0, 16.77), Point(-19.0, 65.0), Point(-30, 0)], crs="EPSG:4326")
    found = ge.distances(events)
    capital = geodesy.geodesic_km(*(np.array([v]) for v in (-3.0, 16.77, -8.0029, 12.6392)))[0]
    assert found["capital_km"].iloc[0] == pytest.approx(capital, abs=10)
    assert 100 < found["border_km"].iloc[0] < 300
    assert np.isnan(found["border_km"].iloc[1])
    assert found["capital_km"].iloc[1] > 100
    assert found[["border_km", "capital_km"]].iloc[2].isna().all()


@pytest.mark.parametrize(
    ("work", "message"),
    [
        (lambda p: ge.lag(p, "events"), "expected periods of 1 or more, or space"),
        (lambda p: ge.lag(p, "events", periods=0), "expected periods of 1 or more"),
        (lambda p: ge.lag(p, "events", space="bishop"), "expected queen, rook or a number"),
        (lambda p: ge.lag(p, "unit_name", periods=1), "expected a column of numbers"),
        (lambda p: ge.lag(pd.concat([p, p]), "events", periods=1), "expected each unit once a period"),
        (lambda p: ge.spells(p, gap=0), "expected a gap of 1 period"),
        (lambda p: ge.spells(p.drop(columns="period")), "expected a panel with periods"),
        (lambda p: ge.distances(pd.DataFrame(p)), "expected a GeoDataFrame"),
    ],
)
def test_misuse_of_a_panel_is_one_sentence(work, message: str):
    """What cannot be worked out is a ValueError of one sentence."""
    with pytest.raises(ValueError, match=message):
        work(panel(np.zeros((9, 2))))
