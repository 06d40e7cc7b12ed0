"""Units of the past: the table is sound, and a unit is the union of its parts or a point with a reach."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date
from itertools import pairwise
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pycountry
import pytest
import shapely

import gazetteer
from gazetteer.build import former_units
from gazetteer.errors import DataError

TABLE = Path(former_units.__file__).with_name("curated") / "former_units.csv"
HEADER = "id,kind,name,country,admin1,units,lon,lat,radius_km,valid_from,valid_to,also,source\n"
AREAS = gpd.GeoDataFrame(
    {"id": ["iso:XX-A", "iso:XX-B"], "approximate": [False, True]},
    geometry=[shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)],
    crs="EPSG:4326",
)


def rows() -> list[dict[str, str]]:
    with TABLE.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def table_of(*lines: str, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    path = folder / "former_units.csv"
    path.write_text(HEADER + "".join(line + "\n" for line in lines), encoding="utf-8")
    monkeypatch.setattr(former_units, "_TABLE", path)


def test_every_unit_of_the_table_is_whole() -> None:
    """A unit stands once, has a country, a last day that follows the first, a source, and parts or a point."""
    countries = {country.alpha_3 for country in pycountry.countries}
    assert [id_ for id_, count in Counter(row["id"] for row in rows()).items() if count > 1] == []
    for row in rows():
        assert row["id"].startswith("unit:"), row
        assert row["kind"] in ("admin1", "admin2"), row
        assert row["country"] in countries, row
        first = date.fromisoformat(row["valid_from"] or "0001-01-01")
        assert first < date.fromisoformat(row["valid_to"]), row
        assert row["source"], row
        point = [bool(row[column]) for column in ("lon", "lat", "radius_km")]
        assert all(point) != bool(row["units"]), row
        assert any(point) == all(point), row
        assert row["name"] not in row["also"].split("|"), row
    assert len(rows()) >= 200


def test_namesakes_of_one_country_and_level_do_not_overlap_in_time() -> None:
    """Two units of one name, kind and country are not there on one day."""
    spans: dict[tuple[str, str, str], list[tuple[str, str]]] = {}
    for row in rows():
        key = (row["country"], row["kind"], row["name"])
        spans.setdefault(key, []).append((row["valid_from"], row["valid_to"]))
    for key, own in spans.items():
        own.sort()
        assert all(before[1] < after[0] for before, after in pairwise(own)), key


def test_a_unit_of_whole_units_is_their_union(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The union of two squares is drawn and placed in their middle; it is approximate where one of them is."""
    table_of(
        "unit:xx-a-until-1999,admin1,Both,XXX,,iso:XX-A iso:XX-B,,,,,1999-12-31,,law",
        "unit:xx-one-until-1999,admin2,One,XXX,XX-A,iso:XX-A,,,,1950-01-01,1999-12-31,,law",
        monkeypatch=monkeypatch,
        folder=tmp_path,
    )
    layers = former_units.former_units(AREAS)
    both, one = layers["admin1"].iloc[0], layers["admin2"].iloc[0]
    assert both.geometry.equals(shapely.box(0, 0, 2, 1))
    assert (both["lon"], both["lat"], both["kind"]) == (1.0, 0.5, "admin1")
    assert both["radius_km"] == pytest.approx(1.2 * (2 * 111.3 * 110.6 / 3.14159) ** 0.5, rel=0.01)
    assert both["approximate"]
    assert (one["admin1"], one["valid_from"], one["valid_to"]) == ("XX-A", "1950-01-01", "1999-12-31")
    assert one.geometry.equals(AREAS.geometry[0])


def test_the_reach_holds_islands_far_apart(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Of two islands of one size ten degrees apart nine tenths lie within the way to the farther one."""
    far = pd.concat([AREAS.iloc[:1], AREAS.iloc[1:].set_geometry([shapely.box(10, 0, 11, 1)], crs="EPSG:4326")])
    table_of(
        "unit:xx-a-until-1999,admin1,Both,XXX,,iso:XX-A iso:XX-B,,,,,1999-12-31,,law",
        monkeypatch=monkeypatch,
        folder=tmp_path,
    )
    row = former_units.former_units(far)["admin1"].iloc[0]
    assert 1050 <= row["radius_km"] <= 1180


def test_a_unit_without_parts_is_a_point(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A unit that cannot be put together has the point and the reach of the table, and no outline."""
    table_of(
        "unit:xx-p-until-1999,admin1,Old,XXX,,,10.5,-3.2,80,,1999-12-31,,law", monkeypatch=monkeypatch, folder=tmp_path
    )
    layers = former_units.former_units(AREAS)
    row = layers["admin2"].iloc[0]
    assert (row["lon"], row["lat"], row["radius_km"], row["kind"]) == (10.5, -3.2, 80, "admin1")
    assert row.geometry is None
    assert layers["admin1"].empty


def test_a_part_without_an_outline_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A unit that consists of one without an outline is refused, with that one's id."""
    table_of(
        "unit:xx-a-until-1999,admin1,Both,XXX,,iso:XX-A iso:XX-Z,,,,,1999-12-31,,law",
        monkeypatch=monkeypatch,
        folder=tmp_path,
    )
    with pytest.raises(DataError, match=r"iso:XX-Z has none"):
        former_units.former_units(AREAS)


def test_a_unit_of_before_bears_the_names_of_today(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Andhra Pradesh of before 2014 is found by every name of today's, but for its code; so is one of a reform."""
    table_of(
        "unit:in-ap-until-2014,admin1,Andhra Pradesh,IND,,iso:XX-A,,,,,2014-06-01,AP state,law",
        monkeypatch=monkeypatch,
        folder=tmp_path,
    )
    known = pd.DataFrame(
        [
            ("iso:IN-AP", "Andhra", "alternate", "en"),
            ("iso:IN-AP", "AP", "code", "en"),
            ("iso:CD-EQ", "Equateur Province", "alternate", "fr"),
        ],
        columns=["id", "name", "kind", "lang"],
    )
    names = former_units.names(known, pd.Series(["unit:cd-eq-until-2015"]))
    assert set(zip(names["id"], names["name"], strict=True)) == {
        ("unit:in-ap-until-2014", "Andhra Pradesh"),
        ("unit:in-ap-until-2014", "AP state"),
        ("unit:in-ap-until-2014", "Andhra"),
        ("unit:cd-eq-until-2015", "Equateur Province"),
    }


def test_a_unit_that_a_reform_ended_has_the_code_of_its_time() -> None:
    """The id says the code of a unit that kept it, a table that of others; today's units keep their own."""
    ids = ["unit:xx-a-until-1999", "geonames:205703", "geonames:1", "iso:XX-A"]
    units = gpd.GeoDataFrame(
        {"id": ids, "admin1": [None, None, None, "XX-A"], "valid_to": ["1999-12-31"] * 3 + [None]},
        geometry=[shapely.box(0, 0, 1, 1)] * 4,
        crs="EPSG:4326",
    )
    assert former_units.with_codes(units)["admin1"].tolist() == ["XX-A", "CD-KA", None, "XX-A"]


@pytest.mark.parametrize(
    ("unit", "code"),
    [
        ("unit:in-ap-until-2014", "IN-AP"),
        ("unit:vn-sg-until-2025", "VN-SG"),
        ("unit:rw-byumba-until-2005", "RW-I"),
        ("unit:ke-mandera-district-until-2013", "KE-24"),
        ("geonames:216139", "CD-OR"),
        ("unit:so-upper-juba-until-1984", None),
    ],
)
def test_units_of_the_past_join_by_code(unit: str, code: str | None) -> None:
    """A unit of the past has a code where it had one, or where one of today holds most of it."""
    assert gazetteer.load().place(unit).admin1 == code


@pytest.mark.parametrize(
    ("town", "unit", "on", "held"),
    [
        ("Hyderabad", "Andhra Pradesh", "2010-01-01", True),
        ("Hyderabad", "Andhra Pradesh", "2020-01-01", False),
        ("Pretoria", "Transvaal", "1990-01-01", True),
        ("Mafikeng", "Bophuthatswana", "1990-01-01", True),
        ("Thabazimbi", "Venda", "1990-01-01", False),
        ("Brits", "Natal", "1990-01-01", False),
    ],
)
def test_a_code_does_not_give_a_unit_of_the_past_the_towns_of_today(town: str, unit: str, on: str, held: bool) -> None:
    """What lay in a unit of the past is told by its outline or reach, and not by the code that it had."""
    match = gazetteer.load().resolve(f"{town}, {unit}", on=on)
    assert (match.status == "matched" and match.place is not None and match.place.name.startswith(town[:5])) == held
