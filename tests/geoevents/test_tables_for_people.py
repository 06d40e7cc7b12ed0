"""Panels and joined events open well in a spreadsheet and in R: days are days, codes are text, no cell is a shape."""

from __future__ import annotations

import datetime
from pathlib import Path

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pytest
import shapely
from shapely import Point, box

import geoevents as ge

# Codes that a spreadsheet would take for numbers or dates.
CODES = ["007", "1E5", "03-04"]


def units() -> gpd.GeoDataFrame:
    shapes = [box(50 + 5 * i, 44, 55 + 5 * i, 49) for i in range(3)]
    return gpd.GeoDataFrame({"id": CODES, "name": ["West", "Middle", "East"]}, geometry=shapes, crs="EPSG:4326")


def events() -> gpd.GeoDataFrame:
    days = pd.to_datetime(["2022-01-01", "2022-01-02", "2022-01-02"])
    table = {"event_id": ["0001", "0002", "0003"], "start": days, "end": days, "fatalities": [2.0, 0, 1]}
    return gpd.GeoDataFrame(table, geometry=[Point(52, 46), Point(57, 46), Point(62, 46)], crs="EPSG:4326")


TABLES = {
    "panel": lambda: ge.aggregate(events(), units(), freq="D"),
    "joined": lambda: ge.join(events(), units()),
}


@pytest.mark.parametrize("name", TABLES)
def test_a_workbook_is_read_as_it_was_meant(name: str, tmp_path: Path):
    """In Excel codes keep their zeros, days are dates, figures are numbers, and shapes stay out."""
    ge.write(TABLES[name](), tmp_path / "a.xlsx")
    rows = list(openpyxl.load_workbook(tmp_path / "a.xlsx")["events"].iter_rows(values_only=True))
    table = pd.DataFrame(rows[1:], columns=rows[0])
    assert set(table["unit_id"].dropna()) == set(CODES)
    days = table["period" if name == "panel" else "start"].dropna()
    assert len(days)
    assert all(isinstance(day, datetime.datetime) for day in days)
    assert table["fatalities"].sum() == 3
    assert not {"geometry", "WKT"} & set(table.columns)
    texts = [cell for row in rows for cell in row if isinstance(cell, str)]
    assert max(map(len, texts)) < 100


@pytest.mark.parametrize("name", TABLES)
def test_a_csv_is_read_as_it_was_meant(name: str, tmp_path: Path):
    """In a CSV days are ISO dates and codes stand as they are; R and pandas read them as text where asked to."""
    ge.write(TABLES[name](), tmp_path / "a.csv")
    table = pd.read_csv(tmp_path / "a.csv", dtype={"unit_id": "str", "event_id": "str"})
    assert set(table["unit_id"].dropna()) == set(CODES)
    days = table["period" if name == "panel" else "start"].dropna()
    assert days.str.fullmatch(r"\d{4}-\d\d-\d\d").all()
    assert table["fatalities"].sum() == 3


def test_a_panel_of_too_many_rows_is_refused_in_a_sentence():
    """30,000 units on 1,096 days and without a day are refused before any row is made, with what to do."""
    west = np.arange(30_000) % 300 / 10
    south = np.arange(30_000) // 300 / 10
    many = gpd.GeoDataFrame(
        {"id": np.arange(30_000).astype(str)}, geometry=shapely.box(west, south, west + 0.1, south + 0.1), crs=4326
    )
    with pytest.raises(ge.ArgumentError, match=r"got 30,000 units × 1,097 periods; take longer periods"):
        ge.aggregate(events(), many, freq="D", start="2020-01-01", end="2022-12-31")
