"""Frames that put a file format to the test, one fault or one type at a time."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely import LineString, MultiPolygon, Point, Polygon, box


def hard() -> gpd.GeoDataFrame:
    """Return a frame of every type that a column may have, with nulls, hostile text and an index of its own."""
    frame = gpd.GeoDataFrame(
        {
            "event_id": pd.Series(["a", "b", "c", "d"], dtype="str"),
            "text": pd.Series(["=1+1", "", None, "-x\ty"], dtype="str"),
            "marks": ["'=a", "@b\r\nc", "+7 701", '"q",;'],
            "letters": ["<b>&amp;</b>", "_x0041_", "é 🇰🇿 Алматы \u200f", "-5"],
            "whole": np.array([1, -5, 2**40, 2**53 + 1]),
            "nullable": pd.array([1, None, 3, -5], dtype="Int64"),
            "byte": np.array([1, 2, 3, 255], dtype="uint8"),
            "large": np.array([1, 2, 3, 2**64 - 1], dtype="uint64"),
            "real": [0.1, np.nan, -5.0, 1e300],
            "single": np.array([0.1, 1, 2, 3], dtype="float32"),
            "truth": [True, False, True, False],
            "maybe": pd.array([True, None, False, True], dtype="boolean"),
            "day": pd.to_datetime(["2022-01-05", "1850-01-01", None, "2024-02-29"]).astype("datetime64[us]"),
            "moment": pd.to_datetime(
                ["2022-01-05 10:00:01.123", None, "2022-01-05", "2022-01-05 23:59:59"], format="ISO8601"
            ).astype("datetime64[us]"),
            "zoned": pd.to_datetime(["2022-01-05 10:00", "2022-07-05 10:00", None, "2022-01-05 00:00"]).tz_localize(
                "Europe/Berlin"
            ),
            "kind": pd.Categorical(["x", None, "y", "x"], categories=["z", "y", "x"]),
            "rank": pd.Categorical(["x", None, "y", "x"], categories=["y", "x"], ordered=True),
            "cells": [[1, "a"], {"k": None}, None, "text"],
            "span": pd.to_timedelta(["1D", None, "2h", "3s"]),
            "second": gpd.GeoSeries([Point(1, 2), None, box(0, 0, 1, 1), Point(3, 3)], crs=3857),
            "lon": [76.95, 53.5, np.nan, 1.5],
            "lat": [43.25, 44.0, np.nan, 1.5],
        },
        geometry=[Point(76.95, 43.25), box(50, 42, 57, 46), None, MultiPolygon([box(1, 1, 2, 2)])],
        crs="EPSG:4326",
    )
    frame.index = pd.Index(["w", "x", "y", "z"], name="key")
    return frame


def points(**columns: object) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(columns or {"n": [1, 2]}, geometry=[Point(1, 2), Point(3, 4)], crs="EPSG:4326")


def shapes(*found: object, crs: str = "EPSG:4326") -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"n": range(len(found))}, geometry=list(found), crs=crs)


# For each loss that a format may declare, a frame that has nothing else to lose.
LOSING = {
    "columns": points(a=["x", "y"]),
    "controls": points(a=["a\x01b", "x"]),
    "crs": shapes(Point(500_000, 4_000_000), crs="EPSG:3857"),
    "decimals": shapes(Point(1 / 3, 2 / 3)),
    "digits": points(a=[0.1 + 0.2, 1.0]),
    "empty": shapes(Point(1, 2), Polygon()),
    "infinity": points(a=[np.inf, 1.0]),
    "microseconds": points(a=pd.to_datetime(["2022-01-05 10:00:00.123456", "2022-01-06"], format="ISO8601")),
    "no rows": points(a=["x", "y"]).iloc[:0],
    "nul": points(a=["a\0b", "x"]),
    "shapes": shapes(LineString([(0, 0), (1, 1), (2, 0)])),
}


def assert_same(back: gpd.GeoDataFrame, frame: gpd.GeoDataFrame, *, shapes: bool = True) -> None:
    """Assert that a frame came back: columns and their order, types, values, nulls, index, geometries, CRS."""
    assert list(back.columns) == list(frame.columns)
    assert back.geometry.name == frame.geometry.name
    pd.testing.assert_index_equal(back.index, frame.index, exact=True)
    for name in frame.columns:
        if name == frame.geometry.name:
            continue
        if frame[name].dtype == "geometry":
            assert back[name].crs == frame[name].crs, name
            assert_same_shapes(back[name], frame[name])
        else:
            pd.testing.assert_series_equal(pd.Series(back[name]), pd.Series(frame[name]), check_exact=True)
    assert back.crs == frame.crs
    if shapes:
        assert_same_shapes(back.geometry, frame.geometry)


def assert_same_shapes(back: gpd.GeoSeries, expected: gpd.GeoSeries) -> None:
    """Assert that shapes are the same, wherever their rings begin and whichever way they run."""
    pairs = list(zip(back, expected, strict=True))
    assert [one is None for one, _ in pairs] == [other is None for _, other in pairs]
    for one, other in pairs:
        if other is not None:
            assert one.geom_type == other.geom_type
            assert one.is_empty == other.is_empty
            assert shapely.equals_exact(shapely.normalize(one), shapely.normalize(other), 0)
