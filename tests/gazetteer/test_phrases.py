"""Place phrases: what each must hold and must not, and that whatever is written gets an answer."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st
from shapely import affinity

import gazetteer
from gazetteer.dates import day_number
from gazetteer.phrases.resolver import Resolver

CASES = Path(__file__).parent / "cases" / "phrases.tsv"
KM_A_DEGREE = 111.2
# Of a line or a point, what lies within this distance is on it; outlines are rounded, so a town on a coast or a border
# may lie as far outside as this.
ON_A_LINE_KM, ROUNDED_KM = 10.0, 3.0


def rows() -> list[dict[str, str]]:
    with CASES.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def points(cell: str) -> Iterator[tuple[float, float]]:
    for pair in filter(None, cell.split(";")):
        lon, lat = pair.split()
        yield float(lon), float(lat)


def away_km(shape: Any, lon: float, lat: float) -> float:
    """Return how far a point lies from a shape, on a plane that is true around the point."""
    squeeze = math.cos(math.radians(lat))
    flat, point = (affinity.scale(s, squeeze, 1, origin=(0, 0)) for s in (shape, shapely.Point(lon, lat)))
    return float(flat.distance(point)) * KM_A_DEGREE


def reach_km(match: gazetteer.Match) -> float:
    """Return how far from its geometry a phrase still means: of a point its radius."""
    shape = match.geometry
    return 0.0 if shape.area else max(match.radius_km, ON_A_LINE_KM) if shape.geom_type == "Point" else ON_A_LINE_KM


@pytest.mark.parametrize("case", rows(), ids=lambda case: f"{case['phrase']} {case['country']}{case['on']}".strip())
def test_phrase_means(case: dict[str, str]) -> None:
    """The geometry of a phrase holds the points inside and none outside, with a radius no larger than its row says."""
    match = gazetteer.load().resolve(case["phrase"], country=case["country"] or None, on=case["on"] or None)
    if case["status"] == "unresolved":
        assert match.place is None, match.place
        assert match.reason
        return
    assert match.place is not None, match.reason
    assert match.status == case["status"] or case["status"] == "any", match.reason
    assert match.geometry.is_valid
    reach = reach_km(match)
    lost = [p for p in points(case["inside"]) if away_km(match.geometry, *p) > max(reach, ROUNDED_KM)]
    held = [p for p in points(case["outside"]) if away_km(match.geometry, *p) <= reach]
    assert (lost, held) == ([], []), match.place
    assert match.radius_km <= float(case["km"] or math.inf)


def test_a_list_scores_by_what_was_found_of_it() -> None:
    """Of two lists with unknown names the one of which half is unknown scores less than that of which a fifth is."""
    half, most = (
        gazetteer.load().resolve(phrase)
        for phrase in ("Aleppo, Zorbgrad, Qwertin and Homs", "Aleppo, Idlib, Hama, Homs and Zorbgrad")
    )
    assert (half.status, most.status) == ("ambiguous", "ambiguous")
    assert half.score < 0.5 < most.score


@pytest.mark.parametrize(
    ("whole", "part"),
    [
        ("Kyiv, Kharkiv and Odesa", "Kyiv, Kharkiv and Zorbgrad"),
        ("Aleppo, Idlib and Hama", "Aleppo, Idlib and Zorbgrad"),
    ],
)
def test_a_list_with_an_unknown_name_scores_less(whole: str, part: str) -> None:
    """A list of which one name was not found is ambiguous, says which, and scores less than a list that is known."""
    known, rest = (gazetteer.load().resolve(phrase) for phrase in (whole, part))
    assert (known.status, rest.status) == ("matched", "ambiguous")
    assert "Zorbgrad" in rest.reason
    assert rest.score < known.score


@pytest.mark.parametrize("phrase", ["Gallatin, Saratov", "Massafra, Neftekumsk", "Wiedensahl, Beohari"])
def test_a_small_town_elsewhere_does_not_stand_beside_another(phrase: str) -> None:
    """A little-known town that does not lie in the next piece is not found, not the first of a list of two towns."""
    match = gazetteer.load().resolve(phrase)
    assert match.status == "ambiguous"
    assert match.place.kind == "city"
    assert phrase.split(",")[0] in match.reason


def test_there_are_enough_phrases() -> None:
    """There are at least 280 phrases, each once, and each says what it must hold or that it means nothing."""
    cases = rows()
    assert len(cases) >= 280
    assert len({(case["phrase"], case["country"], case["on"]) for case in cases}) == len(cases)
    assert all(case["inside"] or case["status"] == "unresolved" for case in cases)


# Names of every kind and in every corner of the world: towns, units, countries, at the antimeridian and the pole, with
# directions, conjunctions and apostrophes in them, of other scripts, and of nothing at all.
NAMES = (
    "Kandahar", "Idlib", "Gao", "Paris", "Suva", "Labasa", "Longyearbyen", "N'Djamena", "Cox's Bazar", "Mosul",
    "Mangystau", "Texas", "North Kivu", "West Kazakhstan", "Chukotka", "Almaty Region", "Helmand province",
    "Mali", "Kazakhstan", "Fiji", "Kenya", "Bosnia and Herzegovina", "South Sudan", "Russia", "Antarctica", "Georgia",
    "Алматы", "حلب", "東京", "CSTO", "Xyzzyplugh", "Black Sea",
)  # fmt: skip
DIRECTIONS = ("northern", "south-west", "NE", "central", "far eastern", "western and southern", "S.", "SSW")
OF_ONE = (
    "30 km {d} of {a}", "about 5 miles from {a}", "200 km off the coast of {a}", "{d} {a}", "the {d} part of {a}",
    "{d} of {a}", "{a}'s {d}", "near {a}", "outskirts of {a}", "{d} countryside of {a}", "the coast of {a}", "off {a}",
    "{a} border", "{a} area", "members of {a}", "{a} members", "somewhere in {a}", "the town of {a}", "({a})",
    "{a}, {a}", "the capital of {a}", "the {d} coast of {a}", "the {d}, {a}",
)  # fmt: skip
OF_TWO = (
    "between {a} and {b}", "along the road from {a} to {b}", "{a}-{b} border", "border between {a} and {b}",
    "{a}'s border with {b}", "{a}, {b}", "{a} and {b}", "{a} & {b}", "{a} / {b}", "{a} except {b}",
    "all of {a} but {b}", "{a}'s {b} coast",
    "{a} in {b}", "{a} ({b})", "{b}'s {a}", "{a} - {b}", "{a} district of {b}", "{a}, {b} and {a} provinces",
    "{a}; {b}", "{d} {a} and {d} {b}", "from {a} to {b}",
)  # fmt: skip


def longer(phrases: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Put phrases into the rules of the grammar."""
    rules = st.sampled_from(OF_ONE + OF_TWO)
    return st.builds(lambda rule, **of: rule.format(**of), rules, a=phrases, b=phrases, d=st.sampled_from(DIRECTIONS))


GRAMMAR = longer(st.recursive(st.sampled_from(NAMES), longer, max_leaves=4))
HINTS = st.sampled_from([None, None, "KAZ", "MLI", "FJI"])


@pytest.fixture(scope="module")
def fresh() -> Resolver:
    """Return a second resolver, which has evaluated nothing of what the first one has."""
    return Resolver(gazetteer.load().store)


@settings(max_examples=120, deadline=None)
@given(GRAMMAR, HINTS)
@example("Kandahar, Kandahar and Kandahar provinces border", "KAZ")
def test_phrase_of_the_grammar_has_an_honest_answer(phrase: str, country: str | None) -> None:
    """A phrase that the grammar makes has an answer within all bounds, in the country of the hint, or is unresolved."""
    match = gazetteer.load().resolve(phrase, country=country)
    if match.place is None:
        assert (match.status, match.score, match.radius_km) == ("unresolved", 0, None)
        assert match.reason
        return
    assert match.status in ("matched", "ambiguous")
    assert 0 < match.score <= 1
    assert match.radius_km >= match.place.radius_km > 0
    assert -180 <= match.place.lon <= 180
    assert -90 <= match.place.lat <= 90
    assert country is None or match.place.country in (country, None)
    assert match.candidates[0].place.id == match.place.id or len(match.candidates) > 1
    west, south, east, north = match.geometry.bounds
    assert match.geometry.is_valid
    assert -180 <= west <= east <= 180
    assert -90 <= south <= north <= 90


@settings(max_examples=75, deadline=None)
@given(phrase=GRAMMAR, day=st.sampled_from(["1999-12-31", "2022-01-10"]))
def test_id_of_a_derived_place_is_its_formula(fresh: Resolver, phrase: str, day: str) -> None:
    """Whoever has the id of a place and the day has its geometry, and the same point and radius."""
    match = gazetteer.load().resolve(phrase, on=day)
    if match.place is None:
        return
    area = fresh.shapes.evaluate(match.place.id, day_number(day))
    assert area.shape.equals(match.geometry) or area.shape.equals_exact(match.geometry, 1e-9)
    if match.place.kind == "derived":
        assert (area.lon, area.lat, area.radius_km) == (match.place.lon, match.place.lat, match.place.radius_km)


@settings(max_examples=120, deadline=None)
@given(st.text(max_size=120), st.sampled_from(OF_ONE + OF_TWO), st.sampled_from(NAMES), st.sampled_from(DIRECTIONS))
def test_any_text_in_a_rule_is_answered(text: str, rule: str, name: str, direction: str) -> None:
    """Arbitrary text where a rule expects a place is answered, or unresolved, and never an error."""
    match = gazetteer.load().resolve(rule.format(a=text, b=name, d=direction))
    assert (match.place is None) == (match.status == "unresolved")
    assert match.place is None or match.geometry.is_valid


BAD = {
    "nested brackets": "(" * 200 + "Aktau" + ")" * 200,
    "nested directions": "north of " * 40 + "Aktau",
    "nothing but directions": "north of north of north of",
    "nested parts": "northern southern " * 20 + "Mali",
    "nested lists": ", ".join(["Mali and Niger"] * 30),
    "many items": ", ".join(["Aktau"] * 80),
    "many ands": " and ".join(["Aktau", "Gao"] * 40),
    "many excepts": " except ".join(["Mali"] * 40),
    "many possessives": "'s ".join(["Mali"] * 60),
    "many ins": " in ".join(["Gao"] * 80),
    "many dashes": " - ".join(["Gao"] * 80),
    "many borders": "-".join(["Mali"] * 60) + " border",
    "many betweens": "between " * 20 + "Gao and Kidal",
    "10,000 characters": "30 km north of Gao, " * 500,
    "10,000 letters": "a" * 10_000,
    "10,000 spaces": "Gao" + " " * 10_000 + "Mali",
    "only brackets": "((((((((",
    "unbalanced": "Aktau (Mangystau (Kazakhstan",
    "unbalanced other way": "Aktau) Mangystau] Kazakhstan)",
    "brackets across": "Aktau (Mangystau] Kazakhstan)",
    "right to left": "30 كم شمال حلب، سوريا",
    "right to left with marks": "\u202e\u2067Aktau\u2069, \u200fMangystau\u202c",
    "control characters": "Ak\x00tau\x07,\x1b[31m Mangystau\x7f",
    "line breaks": "30 km\r\nnorth\tof\u2028Gao",
    "lone surrogate": "Aktau \ud800",
    "only punctuation": ",,;;--//''()",
    "only words of the grammar": "between and of in the near except border coast",
    "a huge distance": "9999 km north of Gao",
    "many digits": "123456789012345678901234567890 km north of Gao",
    "no distance": "0 km north of Gao",
    "a division": "1/0 km north of Gao",
    "commas in a number": "1,2,3,4 km north of Gao",
    "emoji": "30 km north of 🏙️, 🇲🇱",
    "combining marks": "A" + "\u0301" * 400,
    "backtracking": "the " * 80 + "north and " * 20 + "x",
    "backtracking words": "a few " * 80,
    "from to": "from " * 30 + "to " * 30,
}  # fmt: skip
# Every item of the longest list, once alone and once in its neighbour, on every level of the deepest phrase.
MOST_LOOK_UPS = 600


@pytest.mark.parametrize("phrase", BAD.values(), ids=BAD)
def test_bad_input_is_answered_with_little_work(fresh: Resolver, monkeypatch: pytest.MonkeyPatch, phrase: str) -> None:
    """Whatever is written, there is an answer or it is unresolved, after a bounded number of look-ups."""
    asked = []

    def counted(look_up: Any) -> Any:
        return lambda text, *rest: (asked.append(text), look_up(text, *rest))[1]

    for way in ("generate", "generate_exact"):
        monkeypatch.setattr(fresh.generator, way, counted(getattr(fresh.generator, way)))
    answer = fresh.resolve(phrase, country=None, day=day_number("2022-01-10"))
    assert answer.status in ("matched", "ambiguous", "unresolved")
    assert answer.reason or answer.status != "unresolved"
    assert len(asked) <= MOST_LOOK_UPS


@pytest.mark.parametrize("phrase", [BAD["10,000 characters"], BAD["10,000 letters"], "Gao, " * 101])
def test_text_is_no_place(phrase: str) -> None:
    """What is longer than a place phrase is unresolved and said to be a text."""
    match = gazetteer.load().resolve(phrase)
    assert match.status == "unresolved"
    assert "500 characters" in match.reason


def test_coastal_areas_are_a_coast() -> None:
    """The "coastal areas of Odisha", as reports of floods say, are its coast."""
    assert gazetteer.load().resolve("coastal areas of Odisha", country="IND").place.id == "derived:coast(iso:IN-OD)"
