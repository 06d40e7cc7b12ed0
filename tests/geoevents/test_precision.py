"""How precisely an event is placed is said as it is: no unit finer than what is known, none of another country."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import geoevents as ge


@pytest.mark.parametrize(
    ("row", "kind", "prec"),
    [
        ({"village": "Almaty", "city": "Almaty", "country": "KZ"}, "city", 1),
        # The village was not found: it lies around the town that the next column names.
        ({"village": "Zzyzx Qwort", "city": "Aktau", "country": "KZ"}, "city", 2),
        # A town stands for the unit that is named after it.
        ({"village": "Djibo department", "city": None, "country": "BF"}, "city", 3),
        ({"village": "Ariha district", "city": None, "country": "SY"}, "admin2", 3),
        ({"village": "Mangystau", "city": None, "country": "KZ"}, "admin1", 4),
        ({"village": None, "city": None, "country": "KZ"}, "country", 6),
    ],
)
def test_where_prec_of_towns_units_and_containers(row: dict, kind: str, prec: int):
    """A town is 1, the neighbourhood of a town 2, a town that stands for its unit 3, units 3 and 4, a country 6."""
    events = ge.locate(pd.DataFrame([row], dtype="str"), place=["village", "city"])
    assert events.loc[0, ["place_kind", "where_prec"]].tolist() == [kind, prec]


def test_a_first_level_unit_has_no_second_level():
    """An event known to a first-level unit gets no unit below, though its point lies in one."""
    events = ge.enrich(ge.locate(pd.DataFrame({"place": ["Piedmont, Italy", "Torino, Italy"]})))
    assert events["admin1"].tolist() == ["IT-21", "IT-21"]
    assert pd.isna(events["admin2"].iloc[0])
    assert events["admin2"].iloc[1] == "iso:IT-TO"


@pytest.fixture(scope="module")
def points(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    """Events with coordinates: Svalbard, the Atlantic, Aktau with Russia and Kazakhstan, Roubaix with Belgium."""
    path: Path = tmp_path_factory.mktemp("points") / "points.csv"
    rows = [(78.2, 8, ""), (78.2, 10, ""), (78.2, 22, ""), (78.2, 34, ""), (-30, -25, "")]
    rows += [(43.65, 51.2, "Russia"), (43.65, 51.2, "Kazakhstan"), (50.72, 3.16, "Belgium")]
    path.write_text("lat,lon,country\n" + "".join(f"{lat},{lon},{country}\n" for lat, lon, country in rows))
    return ge.enrich(ge.read(path))


def test_utm_zones_of_svalbard(points: pd.DataFrame):
    """Between 72° and 84° N the zones 32, 34 and 36 are not used; their neighbours are wider (MGRS, DMA TM 8358.1)."""
    assert points["utm_zone"].tolist()[:4] == ["31N", "33N", "35N", "37N"]


def test_the_open_sea_has_no_time_zone(points: pd.DataFrame):
    """An event takes the time zone of a town near it, never of one across the sea."""
    assert points["timezone"].iloc[2] == "Arctic/Longyearbyen"
    assert pd.isna(points["timezone"].iloc[4])


def test_a_unit_of_another_country_is_dropped(points: pd.DataFrame):
    """Where the table names another country than the coordinates, the country is kept and the unit is not."""
    assert points.loc[5, "country"] == "RUS"
    assert pd.isna(points.loc[5, "admin1"])
    assert points.loc[6, ["country", "admin1"]].tolist() == ["KAZ", "KZ-47"]
    # This near the border the coordinates are used, and the unit that holds them is French.
    assert points.loc[7, ["country", "match_status"]].tolist() == ["BEL", "matched"]
    assert pd.isna(points.loc[7, "admin1"])
