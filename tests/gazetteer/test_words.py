"""Coordinates in words, forms of country names, and phrases of other languages."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import gazetteer
from gazetteer.geometry.geodesy import haversine_km
from gazetteer.languages.tables import CODES, language
from gazetteer.names.coordinates import read_coordinates
from gazetteer.names.normalize import normalize_name

CASES = Path(__file__).parent / "cases"


def rows(name: str) -> list[dict[str, str]]:
    with (CASES / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE, restval=""))


def answered(text: str, country: str = "") -> gazetteer.Match:
    return gazetteer.load().resolve(text, country=country or None)


@pytest.mark.parametrize("case", rows("coordinates.tsv"), ids=lambda case: case["text"])
def test_coordinates_are_read_as_written(case: dict[str, str]) -> None:
    """A text gives the point of its row within its radius, or none where its row has none."""
    found = read_coordinates(case["text"])
    if not case["lat"]:
        assert found is None
        return
    assert found is not None
    assert haversine_km(found.lon, found.lat, float(case["lon"]), float(case["lat"])) <= float(case["km"])
    assert found.radius_km <= float(case["km"])


@given(st.floats(-85, 85), st.floats(-180, 180), st.integers(3, 6))
def test_a_radius_holds_what_was_rounded_off(lat: float, lon: float, decimals: int) -> None:
    """A point written with some decimals is read within its radius, which is half a cell of its last digit across."""
    found = read_coordinates(f"{lat:.{decimals}f}, {lon:.{decimals}f}")
    assert found is not None
    if found.reason:
        assert abs(lat) < 0.001 or abs(lon) < 0.001
        return
    assert haversine_km(found.lon, found.lat, lon, lat) <= found.radius_km + 1e-6
    assert found.radius_km <= max(0.1, 0.75 * 111.2 / 10**decimals)


@pytest.mark.parametrize("case", rows("coordinates_refused.tsv"), ids=lambda case: case["text"] + case["country"])
def test_coordinates_off_the_earth_or_the_country_are_refused(case: dict[str, str]) -> None:
    """Coordinates that are out of range, or lie in another country, are no place, and the reason says why."""
    match = answered(case["text"], case["country"])
    assert match.status == "unresolved"
    assert case["reason"] in match.reason


def test_coordinates_are_a_place_with_its_country() -> None:
    """A match by coordinates has their point, country, unit and radius, and its id gives its shape."""
    match = answered("Lat 36.20, Long 37.13")
    assert (match.status, match.method, match.place.country, match.place.admin1) == (
        "matched", "coordinates", "SYR", "SY-HL",
    )  # fmt: skip
    shape = gazetteer.load().geometry(match.place.id)
    assert shape.contains(shape.centroid)
    assert match.radius_km == pytest.approx(0.71, abs=0.1)


def test_a_name_beside_coordinates_is_theirs() -> None:
    """A name that lies elsewhere than the coordinates beside it makes the answer ambiguous."""
    assert answered("Aleppo (36.2021, 37.1343)").status == "matched"
    far = answered("Nairobi (36.2021, 37.1343)")
    assert (far.status, far.place.country) == ("ambiguous", "SYR")
    assert "elsewhere" in far.reason


def test_short_plus_codes_are_read_near_their_place() -> None:
    """A short plus code is the one nearest to the place that stands behind it."""
    match = answered("642M+RP Aleppo")
    assert match.method == "coordinates"
    assert haversine_km(match.place.lon, match.place.lat, 37.1343, 36.2021) < 0.1


@given(st.floats(-89.9, 89.9), st.floats(-179.9, 179.9), st.integers(3, 6))
def test_decimal_degrees_come_back(lat: float, lon: float, digits: int) -> None:
    """A pair of decimal degrees is read as the point it was written from, to the last digit."""
    found = read_coordinates(f"{lat:.{digits}f}, {lon:.{digits}f}")
    assert found is not None
    if found.reason:
        assert math.isclose(lat, 0, abs_tol=1e-3)
        return
    assert abs(found.lat - lat) <= 10.0**-digits
    assert abs(found.lon - lon) <= 10.0**-digits


@given(st.text(alphabet="0123456789.,;:°'\"NSEW+-() ", max_size=40))
def test_any_digits_are_answered(text: str) -> None:
    """Whatever digits and signs are written, the answer is a point on Earth, a reason, or none."""
    found = read_coordinates(text)
    assert found is None or bool(found.reason) or (abs(found.lat) <= 90 and abs(found.lon) <= 180)


@pytest.mark.parametrize("case", rows("country_forms.tsv"), ids=lambda case: case["text"])
def test_forms_of_country_names(case: dict[str, str]) -> None:
    """A country's official or foreign form is the country; a form of something else is none."""
    match = answered(case["text"])
    country = match.place.country if match.place and match.place.kind == "country" else ""
    assert country == case["country"]


@pytest.mark.parametrize(
    ("phrase", "country"),
    [
        ("Seoul, Korea, Republic of", "KOR"),
        ("Kinshasa, Congo, The Democratic Republic of the", "COD"),
        ("N'Djamena, République du Tchad", "TCD"),
        ("Bishkek, Kyrgyz Rep.", "KGZ"),
    ],
)
def test_country_forms_at_the_end_of_a_phrase(phrase: str, country: str) -> None:
    """A country's form behind a town holds the town."""
    match = answered(phrase)
    assert (match.place.kind, match.place.country, match.method) == ("city", country, "exact")


@pytest.mark.parametrize("case", [*rows("frames.tsv"), *rows("affixes.tsv")], ids=lambda case: case["phrase"])
def test_frames_and_abbreviated_words(case: dict[str, str]) -> None:
    """A phrase of another language, or with an abbreviated word, is the place of its row.

    Expected is an id, or a country and a point within so many km, or no certain place.
    """
    match = answered(case["phrase"], case["country"])
    if case["expected"] == "unsure":
        assert match.status != "matched"
        return
    assert match.place is not None, match.reason
    if case["expected"].startswith("="):
        assert match.place.id == case["expected"][1:]
        return
    country, lon, lat, km = case["expected"].split()
    assert country in ("-", match.place.country)
    assert haversine_km(match.place.lon, match.place.lat, float(lon), float(lat)) <= float(km)


def test_words_around_names_are_well_formed() -> None:
    """Every row of the table of affixes has a role, a position and a word that keys keep; type words have a kind."""
    with (Path(gazetteer.__file__).parent / "data" / "affixes.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            assert row["role"] in ("type", "suffix", "abbreviation", "ending", "facility"), row
            assert row["position"] in ("before", "behind", "either"), row
            assert normalize_name(f"name {row['word']}").startswith("name "), row
            assert bool(row["kind"]) == (row["role"] in ("type", "suffix", "facility")), row


@pytest.mark.parametrize("code", CODES)
def test_tables_of_languages_are_whole(code: str) -> None:
    """Every frame of a table can be read, its English has the slots of its pattern, and its roles are known."""
    spoken = language(code)
    assert spoken.frames
    for frame in (*spoken.frames, *spoken.beside):
        assert all(regex.pattern for regex in frame.regexes)
        slots = {part.split("}")[0] for part in frame.english.split("{")[1:]}
        written = {part.split("}")[0].removesuffix("'s") for part in frame.pattern.split("{")[1:]}
        written |= {"name"} if {"adjective", "pair"} & written else set()
        assert "list" not in written or "types" in written, frame.pattern
        written |= {"other"} if {"adjective2", "pair", "name2"} & written else set()
        assert slots <= written, frame.pattern


def test_adjectives_of_countries_are_looked_up() -> None:
    """A row of adjectives is looked up as a country or a part of one, and no stem stands in two rows of a column."""
    path = Path(gazetteer.__file__).parent / "languages" / "adjectives.tsv"
    with path.open(encoding="utf-8", newline="") as lines:
        table = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    for row in table:
        match = answered(row["country"])
        assert match.place is not None
        assert match.place.kind in ("country", "admin1", "region"), row
    for code in set(table[0]) - {"country"}:
        stems = [stem for row in table for stem in row[code].split("|") if stem]
        assert len(stems) == len(set(stems)), [stem for stem in stems if stems.count(stem) > 1]


@pytest.mark.parametrize(
    ("phrase", "open_order"),
    [("43.2567, 16.9512", True), ("12.5N 14.2E", False), ("u09tunquc", False), ("8FVC9G8F+6X", False)],
)
def test_the_order_of_a_pair_is_said_where_it_is_open(phrase: str, open_order: bool) -> None:
    """Coordinates outside the country say so; that latitude was taken to come first is said of bare pairs alone."""
    match = gazetteer.load().resolve(phrase, country="KZ")
    assert match.status == "unresolved"
    assert "not in KAZ" in match.reason
    assert ("latitude is taken to come first" in match.reason) == open_order
