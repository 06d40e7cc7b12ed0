"""Rows with several place columns: a cell lies in the next, however it is spelt; what cannot be found falls back."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gazetteer
from gazetteer.geometry.sphere import haversine_km

CASES = Path(__file__).parent / "cases" / "rows.tsv"


def cases() -> list[dict[str, str]]:
    with CASES.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def located(cells: list[str], country: str | None = None, on: str | None = None) -> pd.Series:
    """Return the answer for one row of cells, finest first."""
    frame = pd.DataFrame([cells], columns=[f"cell{i}" for i in range(len(cells))])
    return gazetteer.load().resolve_many(frame, country=country, on=on).iloc[0]


def km(row: pd.Series, lat: float, lon: float) -> float:
    return float(haversine_km(*(np.array([x]) for x in (row["lon"], row["lat"], lon, lat)))[0])


@pytest.mark.parametrize("case", cases(), ids=lambda case: case["cells"])
def test_row_means(case: dict[str, str]) -> None:
    """A row means the place of its line, or one within so many km of the point given."""
    row = located(case["cells"].split(" | "), case["country"] or None, case["on"] or None)
    found = f"{row['place_id']} {row['name']} {row['lat']} {row['lon']} {row['method']}"
    if case["km"]:
        lat, lon = map(float, case["expect"].split())
        assert km(row, lat, lon) <= float(case["km"]), found
    else:
        assert row["place_id"] in case["expect"].split("|"), found


def test_there_are_enough_rows() -> None:
    """The table holds at least 60 rows."""
    assert len(cases()) >= 60


@pytest.mark.parametrize("cells", [["Qwrtz", "Idlib governorate", "Syria"], ["Brrgh", "Syria"]])
def test_fallback_says_so(cells: list[str]) -> None:
    """A finest cell that is unknown is answered by the next one, which says so; its radius holds what lies in it."""
    row = located(cells)
    assert row["method"] == "container"
    assert cells[0] in row["reason"]
    own = gazetteer.load().place(row["place_id"]).radius_km
    assert own <= row["radius_km"] <= 1.5 * own


@pytest.mark.parametrize(
    ("column", "others", "reach"),
    [("city", [], (5, 30)), ("town_name", [], (5, 30)), ("adm_2", [], (60, 200)), ("b", [], (60, 200)),
     ("b", ["Shepte", "Fort-Shevchenko", "Beyneu"], (5, 30)),
     ("b", ["Kyzyl district", "Munaily district", "Beyneu District", "Aktobe Region"], (60, 200))],
)  # fmt: skip
def test_a_town_is_as_wide_as_the_level_of_its_column(column: str, others: list[str], reach: tuple[int, int]) -> None:
    """What is not found beside a town lies around it in a column of towns, in one of units in a unit of its country.

    The level is told by the name of the column, or else by what its cells name.
    """
    table = pd.DataFrame({"place": ["Zzyzx Qwort", *([""] * len(others))], column: ["Aktau", *others]})
    row = gazetteer.load().resolve_many(table, country="KZ").iloc[0]
    assert (row["name"], row["method"], row["status"]) == ("Aktau", "container", "ambiguous")
    assert "Zzyzx Qwort" in row["reason"]
    assert reach[0] <= row["radius_km"] <= reach[1]


def test_other_spelling_scores_less() -> None:
    """A name found by its sound is called fuzzy, and trusted less than the same name as it is written."""
    written, sounding = (located([name, "Helmand province", "Afghanistan"]) for name in ("Lashkar Gāh", "Lashqer Gahh"))
    assert (written["place_id"], written["method"]) == (sounding["place_id"], "exact")
    assert sounding["method"] == "fuzzy"
    assert sounding["score"] < written["score"]


@pytest.mark.parametrize("name", ["Lashqer Gahh", "Mozar i Sherif", "Deer ezz Zur", "Qunndouz"])
def test_never_by_sound_in_the_open(name: str) -> None:
    """Without a country or a container no name is found by its sound."""
    assert gazetteer.load().resolve(name).status == "unresolved"


def test_town_for_its_unit_reaches_as_far_as_units() -> None:
    """A town that stands for a unit of its name has a unit's radius, not a town's."""
    town, unit = (located([name, "Idlib governorate", "Syria"]) for name in ("Saraqib town", "Saraqib district"))
    assert town["place_id"] == unit["place_id"]
    assert unit["radius_km"] > 2 * town["radius_km"]
    assert unit["score"] < town["score"]


@settings(max_examples=100, deadline=None)
@given(
    st.text(alphabet=st.characters(codec="utf-8"), max_size=30),
    st.sampled_from([("Helmand province", "AFG"), ("Idlib governorate", "SYR"), ("Borno state", "NGA"), ("", "UKR")]),
)
def test_a_row_stays_in_its_country(name: str, where: tuple[str, str]) -> None:
    """Whatever the finest cell says, with a country no answer lies outside of it."""
    unit, country = where
    row = located([name, unit], country)
    assert row["status"] == "unresolved" or row["country"] == country


LETTERS = st.text(alphabet="abdefghijklmnoprstuyz", min_size=6, max_size=14)


@settings(max_examples=150, deadline=None)
@given(LETTERS)
def test_noise_is_not_placed_far(noise: str) -> None:
    """Letters that are no name mean the container, or at worst something inside it."""
    row = located([noise, "Kunduz province", "Afghanistan"])
    assert row["country"] == "AFG"
    assert row["admin1"] == "AF-KDZ"


def test_removed_names_are_not_replaced_by_others() -> None:
    """Of towns that a unit does not have, fewer than one in twenty is taken for another one that sounds like it."""
    gaz = gazetteer.load()
    cities = gaz.store.layer("cities")
    elsewhere = {"AFG": ("AF-KDZ", "Kunduz province"), "SYR": ("SY-ID", "Idlib governorate"), "MLI": ("ML-7", "Gao")}
    rows = [
        (town.name_, elsewhere[town.country][1], town.country)
        for town in cities.rename(columns={"name": "name_"}).itertuples()
        if town.country in elsewhere and town.admin1 != elsewhere[town.country][0]
    ]
    found = gaz.resolve_many(pd.DataFrame(rows, columns=["town", "unit", "country"]))
    assert len(found) > 300
    assert (found["method"] == "fuzzy").mean() < 0.05


def test_a_shared_name_is_the_country_that_the_table_does_not_name_otherwise() -> None:
    """A "Congo" beside "DR Congo (Zaire)" is the Republic, beside "Congo-Brazzaville" the other one."""
    places = ["Pointe-Noire", "Goma"]
    beside = {"DR Congo (Zaire)": ["COG", "COD"], "Republic of Congo": ["COG", "COD"]}
    for full, wanted in beside.items():
        countries = ["Congo", full] if full.startswith("DR") else [full, "Congo"]
        found = gazetteer.load().resolve_many(pd.DataFrame({"place": places}), country=countries)
        assert found["country"].to_list() == wanted
        assert found["status"].to_list() == ["matched", "matched"]


@pytest.mark.parametrize(
    ("columns", "cells", "country", "wanted"),
    [
        (["city", "province"], ["Unknown", "Kandahar"], "AFG", "iso:AF-KAN"),
        (["city", "province"], ["Kandahar", "Kandahar"], "AFG", "geonames:1138336"),
        (["location", "governorate"], ["rural area", "Idlib"], "SYR", "iso:SY-ID"),
        (["district", "province"], ["Kandahar", "Kandahar"], "AFG", "geonames:9653599"),
        (["municipality", "department"], ["Tierralta", "Cordoba"], "COL", "geonames:3667159"),
        (["province"], ["Herat"], "AFG", "iso:AF-HER"),
        (["state"], ["Washington"], "USA", "iso:US-WA"),
    ],
)
def test_a_column_of_units_holds_units(columns: list[str], cells: list[str], country: str, wanted: str) -> None:
    """Under "province" Kandahar is the province: where the town is unknown the answer is as wide as that."""
    frame = pd.DataFrame([cells], columns=columns)
    found = gazetteer.load().resolve_many(frame if len(columns) > 1 else frame[columns[0]], country=country)
    assert found["place_id"].to_list() == [wanted]


def test_a_namesake_far_outside_its_district_is_in_doubt() -> None:
    """A town in the province of its row, but far outside the district, may be another one: the answer says so."""
    row = located(["Hamra village", "As Suqaylibiyah district", "Hamah governorate"], country="SYR")
    assert row["status"] == "ambiguous"
    assert row["reason"].startswith("not in ")


def test_a_unit_goes_before_what_else_bears_its_name_in_a_column_of_units():
    """Where the country is known, "Guatemala" under *department* is the department, "Issyk-Kul" the region, no lake."""
    gaz = gazetteer.load()
    cells = {"Guatemala": ("GTM", "iso:GT-01"), "Issyk-Kul": ("KGZ", "iso:KG-Y"), "Galápagos": ("ECU", "iso:EC-W")}
    countries = pd.Series([country for country, _ in cells.values()])
    alone = gaz.resolve_many(pd.Series(list(cells), name="department"), country=countries)
    beside = gaz.resolve_many(pd.DataFrame({"city": "Unknown", "province": list(cells)}), country=countries)
    wanted = [place for _, place in cells.values()]
    assert alone["place_id"].tolist() == beside["place_id"].tolist() == wanted


@pytest.mark.parametrize(
    ("name", "country", "place"),
    [
        ("Sulu", "PHL", "iso:PH-SLU"),
        ("Allegheny", "USA", "geonames:5178040"),
        ("Clatsop", "USA", "geonames:5719408"),
        ("Warszawa", "POL", "geonames:756135"),
        ("Napoli", "ITA", "geonames:3172394"),
        ("Saigon", "VNM", "geonames:1566083"),
    ],
)
def test_a_town_by_a_lesser_name_is_not_the_unit_that_is_called_so(name: str, country: str, place: str):
    """Sulu was Jolo and Allegheny Pittsburgh; a town's own name in another language remains the town's."""
    assert gazetteer.load().resolve(name, country=country).place.id == place
