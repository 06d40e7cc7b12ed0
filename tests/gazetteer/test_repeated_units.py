"""A row that repeats the name of a unit where it knows no finer place means the unit, whatever else is called so."""

from __future__ import annotations

import pandas as pd
import pytest

import gazetteer
from gazetteer.names.affixes import split_type_word
from gazetteer.names.normalize import normalize_name

# The word that tables use for the first-level units of a country, by its code.
WORDS = {
    **dict.fromkeys(["AFG", "DZA", "IRN", "IRQ", "TUR", "CHN", "COD", "KHM", "LAO", "THA", "VNM", "ZAF"], "province"),
    **dict.fromkeys(["CUB", "ECU", "AGO", "ZMB", "LKA", "IDN"], "province"),
    **dict.fromkeys(["COL", "HND", "SLV", "GTM", "NIC", "PRY", "URY"], "department"),
    **dict.fromkeys(["SYR", "YEM", "JOR", "LBN", "EGY", "TUN"], "governorate"),
    **dict.fromkeys(["USA", "MEX", "BRA", "NGA", "IND", "SDN", "SSD", "VEN", "AUS"], "state"),
    **dict.fromkeys(["RUS", "UKR", "BLR"], "oblast"),
    **dict.fromkeys(["ETH", "SOM", "TZA", "GHA", "MLI", "SEN", "CMR", "PER", "UZB", "KAZ", "BFA", "NER"], "region"),
}


@pytest.fixture(scope="module")
def units() -> pd.DataFrame:
    """First-level units of today with their bare names and the words of their countries."""
    rows = pd.DataFrame(gazetteer.load().layer("admin1").drop(columns="geometry"))
    rows = rows[rows["valid_to"].isna() & rows["country"].isin(WORDS)].reset_index(drop=True)
    keys = rows["name"].map(normalize_name)
    typed = [split_type_word(key) for key in keys]
    rows["bare"] = [found[0][0].title() if found else name for found, name in zip(typed, rows["name"], strict=True)]
    rows["typed"] = [f"{bare} {WORDS[code]}" for bare, code in zip(rows["bare"], rows["country"], strict=True)]
    return rows


def answers(places: list[str], around: list[str], countries: pd.Series) -> pd.DataFrame:
    table = pd.DataFrame({"place": places, "province": around})
    return gazetteer.load().resolve_many(table, country=countries.astype(object).to_list())


@pytest.mark.parametrize(("around", "elsewhere"), [("typed", 0.015), ("bare", 0.015)])
def test_a_typed_unit_in_its_name_is_the_unit(units: pd.DataFrame, around: str, elsewhere: float) -> None:
    """The "Pernambuco state" beside "Pernambuco" is the state, not Recife, which was called so.

    What stays elsewhere are namesakes of one level: Minsk and its oblast, Almaty and its region.
    """
    found = answers(units["typed"].to_list(), units[around].to_list(), units["country"])
    wrong = (found["status"] == "matched") & (found["place_id"].to_numpy() != units["id"].to_numpy())
    assert wrong.mean() <= elsewhere, list(units["typed"][wrong.to_numpy()])


def test_a_part_of_a_typed_unit_is_a_part_of_it(units: pd.DataFrame) -> None:
    """An "eastern Fergana region" beside "Fergana region" is read as the east of the region."""
    some = units.iloc[::12]  # to cut outlines takes longer than to read names
    typed = some["typed"].to_list()
    found = answers([f"eastern {name}" for name in typed], typed, some["country"])
    parts = found["place_id"].astype(object).fillna("").astype(str).to_numpy()
    wanted = ("derived:part(E," + some["id"] + ")").to_numpy()
    assert (parts == wanted).mean() >= 0.92


@pytest.mark.parametrize(
    ("place", "province", "country", "kind"),
    [
        ("Bihar", "Bihar", "IND", "admin1"),
        ("Minnesota", "Minnesota", "USA", "admin1"),
        ("Pernambuco", "Pernambuco", "BRA", "admin1"),
        ("Kandahar", "Kandahar", "AFG", "city"),
        ("Karaganda", "Karaganda", "KAZ", "city"),
        ("New York", "New York", "USA", "city"),
        ("Lima province", "Lima", "PER", "admin2"),
        ("Kandahar district", "Kandahar", "AFG", "admin2"),
    ],
)
def test_a_repeated_name_is_a_town_that_bears_it(place: str, province: str, country: str, kind: str) -> None:
    """A name that its unit bears too is a town by its own name only, and the unit by a lesser one of a town."""
    found = answers([place], [province], pd.Series([country]))
    assert found["kind"].to_list() == [kind]
    assert found["status"].to_list() == ["matched"]


@pytest.mark.parametrize(
    ("name", "country", "wanted"),
    [
        ("Bahia", "BRA", "iso:BR-BA"),
        ("Hatay", "TUR", "iso:TR-31"),
        ("Nayarit", "MEX", "iso:MX-NAY"),
        ("Laghman", "AFG", "iso:AF-LAG"),
        ("Santa Cruz", "BOL", "geonames:3904906"),
        ("Odessa", "UKR", "geonames:698740"),
        ("Leningrad", "RUS", "geonames:498817"),
    ],
)
def test_a_unit_goes_before_a_town_by_a_lesser_name(name: str, country: str, wanted: str) -> None:
    """Bahia is the state, though Salvador is called so too; a town that is spelt so, or was, stays the town."""
    assert gazetteer.load().resolve(name, country=country).place.id == wanted


@pytest.mark.parametrize("row", [("Helmand district", "Helmand province"), ("Kaduna district", "Kaduna state")])
def test_an_unknown_district_is_not_the_province_of_its_name(row: tuple[str, str]) -> None:
    """A district that is not known is looked for in its province, and the answer says that it was not found."""
    match = gazetteer.load().resolve(", ".join(row))
    assert match.status == "ambiguous"
    assert row[0] in match.reason
