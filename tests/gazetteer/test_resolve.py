"""Look-ups: one phrase, a column, an id, a point."""

from __future__ import annotations

import pickle
import re
from collections.abc import Callable
from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gazetteer
from gazetteer.candidates.ranking import CLOSE, decide
from gazetteer.dates import day_number
from gazetteer.geometry.sphere import haversine_km
from gazetteer.model import KIND_RANK, KINDS
from gazetteer.names.normalize import normalize_name
from gazetteer.phrases.resolver import Resolver


@pytest.fixture(scope="module")
def gaz() -> gazetteer.Gazetteer:
    return gazetteer.load()


def test_every_primary_name_resolves_to_its_place(gaz: gazetteer.Gazetteer) -> None:
    """Every place's own name means that place, or a list that holds it; what wins is the same spot or far better known.

    Words that stand for agencies and fillers in tables ("Xinhua", "Police") are refused, though villages bear them.
    """
    store, resolver, today = gaz.store, Resolver(gaz.store), day_number(None)
    names = store.column("name")
    table = gaz.resolve_many(list(names))
    refused = table["reason"].astype(str).str.startswith("not a place").to_numpy()
    assert {normalize_name(name) for name in names[refused]} <= set(resolver.names.not_places)
    assert (table["status"] == "unresolved").sum() == refused.sum()
    other = table["place_id"].astype(object).to_numpy() != store.column("id")
    ambiguous = (table["status"] == "ambiguous").to_numpy()
    for place in np.flatnonzero(other & ~refused):
        readings = resolver.generator.generate(names[place], None, today).readings
        at = np.flatnonzero(readings.place == place)
        assert len(at) == 1, names[place]
        if not ambiguous[place]:
            best = int(decide(readings, 1).best[0])
            apart = haversine_km(*(getattr(readings, c)[[i]] for i in (best, at[0]) for c in ("lon", "lat")))
            near = apart[0] <= max(readings.radius[best], readings.radius[at[0]]) + 3
            # "City of Alexandria" is answered with the town of that name in it.
            answer = table.iloc[place]
            away = haversine_km(answer["lon"], answer["lat"], readings.lon[at[0]], readings.lat[at[0]])
            near = near or away <= max(answer["radius_km"], readings.radius[at[0]]) + 3
            assert near or readings.weight[best] - readings.weight[at[0]] >= CLOSE, names[place]


def test_search_lists_all_that_bear_the_name_and_then_what_it_begins(gaz: gazetteer.Gazetteer) -> None:
    """A search gives the places of that name first, and fills up with places whose names begin so, best known first."""
    found = gaz.search("Kyzylor", limit=3)
    assert found[0].place.id == "geonames:1519922"
    assert {candidate.method for candidate in found} == {"prefix"}
    assert all(normalize_name(candidate.name).startswith("kyzylor") for candidate in found)
    both = gaz.search("Alma", limit=60)
    methods = [candidate.method for candidate in both]
    assert methods == sorted(methods)  # exact before prefix
    assert set(methods) == {"exact", "prefix"}
    assert [c.score for c in both] == sorted((c.score for c in both), reverse=True)
    assert len({candidate.place.id for candidate in both}) == 60


def test_search_stays_in_the_country(gaz: gazetteer.Gazetteer) -> None:
    """With a country, completions lie in it too; a search of two letters completes nothing."""
    assert {c.place.country for c in gaz.search("San J", country="CR", limit=20)} == {"CRI"}
    assert {c.method for c in gaz.search("Al", limit=50)} <= {"exact"}


def test_column_agrees_with_single(gaz: gazetteer.Gazetteer) -> None:
    """A column gives row by row what the same phrases give one by one."""
    names = gaz.store.names()["name"].sample(400, random_state=2)
    phrases = [*names, "Paris, Texas", "Foo, Almaty", "Kandahr", "unknown", "", None, "Almaty oblast"]
    table = gaz.resolve_many(phrases)
    for phrase, row in zip(phrases, table.itertuples(), strict=True):
        match = gaz.resolve(phrase or "")
        assert row.status == match.status, phrase
        if match.place:
            assert row.place_id == match.place.id
            assert row.score == pytest.approx(match.score, abs=2e-4)
            assert (row.lon, row.lat) == (match.place.lon, match.place.lat)
        else:
            assert pd.isna(row.place_id)
            assert np.isnan(row.lon)


def test_column_keeps_index_and_rows(gaz: gazetteer.Gazetteer) -> None:
    """A column with repeated phrases and its own index comes back row by row."""
    column = pd.Series(["Almaty", "nowhere at all", "Almaty", None], index=[7, 7, 3, 1])
    table = gaz.resolve_many(column)
    assert table.index.tolist() == [7, 7, 3, 1]
    assert table["status"].tolist() == ["matched", "unresolved", "matched", "unresolved"]


def test_columns_finest_first(gaz: gazetteer.Gazetteer) -> None:
    """Several columns are names inside one another; a finest one that is unknown falls back to the next."""
    frame = pd.DataFrame({"place": ["Paris", "Xyzzyplugh", None], "unit": ["Texas", "Mangystau Region", "Texas"]})
    table = gaz.resolve_many(frame)
    assert table["admin1"].tolist() == ["US-TX", "KZ-47", "US-TX"]
    assert table["method"].tolist()[1] == "container"


def test_distinct_phrases_are_answered_once():
    """A phrase that returns has one row of answers, unless its country or the units of its day are others."""
    phrases = ["Almaty", "Aktau", None, "Almaty", "Almaty", "Almaty"]
    countries = ["KZ", None, None, "KZ", "FR", "KZ"]
    days = pd.to_datetime(pd.Series(["2022-01-05", "2022-01-05", None, "2022-01-06", "2022-01-05", "1950-01-01"]))
    answers, rows = gazetteer.load().resolve_distinct(phrases, country=countries, on=days)
    assert rows.tolist() == [0, 1, 2, 0, 3, 4]
    assert answers.index.tolist() == [0, 1, 2, 4, 5]
    many = gazetteer.load().resolve_many(phrases, country=countries, on=days)
    pd.testing.assert_frame_equal(answers.take(rows).reset_index(drop=True), many)


@pytest.mark.parametrize(("phrase", "place"), [("Algeria, Algeria", "iso:DZ"), ("Almaty, Almaty", "geonames:1526384")])
def test_name_said_twice(gaz: gazetteer.Gazetteer, phrase: str, place: str) -> None:
    """A name repeated behind a comma, as tables with several columns do, is that name."""
    match = gaz.resolve(phrase)
    assert match.place is not None
    assert match.place.id == place


def test_country_hint_with_former_name(gaz: gazetteer.Gazetteer) -> None:
    """A hint may carry a former name in brackets."""
    match = gaz.resolve("Goma", country="DR Congo (Zaire)")
    assert match.place is not None
    assert match.place.country == "COD"


def test_country_hint_a_row(gaz: gazetteer.Gazetteer) -> None:
    """A column of hints holds each row to its country."""
    table = gaz.resolve_many(["Tripoli", "Tripoli", "Paris"], country=["LB", "Libya", "KAZ"])
    assert table["country"].tolist()[:2] == ["LBN", "LBY"]
    assert table["status"].tolist()[2] == "unresolved"


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=80), st.sampled_from([None, "KZ", "MLI", "Nepal"]))
def test_any_text_gives_an_answer(text: str, country: str | None) -> None:
    """Whatever the text, there is a match, and with a hint of a country without territories it lies in it."""
    gaz = gazetteer.load()
    match = gaz.resolve(text, country=country)
    assert match.status in ("matched", "ambiguous", "unresolved")
    assert 0 <= match.score <= 1
    if match.place and country:
        assert match.place.country == {"KZ": "KAZ", "MLI": "MLI", "Nepal": "NPL"}[country]


@pytest.mark.parametrize(("arguments", "word"), [({"country": "Atlantis"}, "Atlantis"), ({"on": "soon"}, "soon")])
def test_misuse_is_said(gaz: gazetteer.Gazetteer, arguments: dict[str, str], word: str) -> None:
    """A hint that is not a country, or a text that is not a date, is an error that names it."""
    with pytest.raises(gazetteer.ArgumentError, match=word):
        gaz.resolve("Almaty", **arguments)


def test_every_kind_has_a_size() -> None:
    """Of every kind of place it is known what it may lie in."""
    assert set(KIND_RANK) == set(KINDS)


def test_unknown_id(gaz: gazetteer.Gazetteer) -> None:
    """An id that no place has is an error that says what ids look like."""
    with pytest.raises(gazetteer.UnknownPlaceError, match="iso:KZ-47"):
        gaz.place("geonames:0")


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda gaz: gazetteer.load(5), "Folder: expected the path of a gazetteer, got 5."),
        (lambda gaz: gaz.search(None), "Name: expected a string, got None."),
        (lambda gaz: gaz.find(5), "Text: expected a string, got 5."),
        (lambda gaz: gaz.place(5), "Place id: expected a string, got 5."),
        (lambda gaz: gaz.geometry(None), "Place id: expected a string, got None."),
        (lambda gaz: gaz.members(5), "Group: expected a string, got 5."),
        (lambda gaz: gaz.within("51", "43"), "expected lon -180..180 and lat -90..90, got '51', '43'."),
    ],
)
def test_arguments_of_another_kind(gaz: gazetteer.Gazetteer, call: Callable, sentence: str) -> None:
    """What is no text, path or number is refused in one sentence that says what was expected and what came."""
    with pytest.raises(gazetteer.ArgumentError, match=re.escape(sentence)):
        call(gaz)


@pytest.mark.parametrize(
    ("hint", "said"),
    [
        ("Gaza", "got 'Gaza', which lies in PSE."),
        ("Texas", "got 'Texas', which lies in USA."),
        ("Kashmir", "got 'Kashmir'."),
        ("Xyzzyplugh", "got 'Xyzzyplugh'."),
    ],
)
def test_a_place_that_is_no_country(gaz: gazetteer.Gazetteer, hint: str, said: str) -> None:
    """A part of a country given for one is an error that names the country; what lies in several has no hint."""
    with pytest.raises(gazetteer.ArgumentError, match=re.escape(said)):
        gaz.resolve("Rafah", country=hint)


@pytest.mark.parametrize(
    ("hint", "phrase", "country"),
    [
        ("England", "Leeds", "GBR"), ("EL", "Volos", "GRC"), ("Serbia and Montenegro", "Nikšić", "MNE"),
        ("N. Cyprus", "Morphou", "CYP"), ("UNK", "Peja", "XKX"),
    ],
)  # fmt: skip
def test_a_usual_hint_that_is_no_country_warns(gaz: gazetteer.Gazetteer, hint: str, phrase: str, country: str) -> None:
    """A country of the United Kingdom, a state of the past or a code of another list is taken, with a warning."""
    fresh = Resolver(gaz.store)
    with pytest.warns(UserWarning, match=f"{re.escape(repr(hint))} is taken for"):
        code = fresh.countries.resolve(hint)
    answer = fresh.resolve(phrase, country=code, day=day_number("2004-01-01"))
    assert gaz.store.take("country", np.array([answer.place]))[0] == country


def test_reverse(gaz: gazetteer.Gazetteer) -> None:
    """A point gives the areas it lies in, smallest first."""
    ids = [place.id for place in gaz.within(51.2, 43.65)]
    assert ids[-2:] == ["iso:KZ-47", "iso:KZ"]


def test_missing_folder(tmp_path) -> None:
    """A folder that is no gazetteer is an error that says what is missing."""
    with pytest.raises(gazetteer.DataError, match=r"names\.parquet"):
        gazetteer.load(tmp_path)


def test_figures_are_no_place() -> None:
    """A cell of figures means no place, one by one and in a column, whatever the country."""
    gaz = gazetteer.load()
    assert gaz.resolve("5").reason == "not a place: no letter in it"
    assert gaz.resolve_many(["5", "10", "Almaty"])["status"].tolist() == ["unresolved", "unresolved", "matched"]
    assert gaz.resolve("5", country="NP").status == "unresolved"


@pytest.mark.parametrize(
    ("name", "country"),
    [
        ("Fédération de Russie", "iso:RU"),
        ("Königreich Belgien", "iso:BE"),
        ("Республика Казахстан", "iso:KZ"),
        ("kaz", "iso:KZ"),
        ("Congo, Dem. Rep.", "iso:CD"),
        ("Texas", None),
        ("Mỹ", "iso:US"),
        ("Atlantis", None),
        ("", None),
    ],
)
def test_country_by_any_name(gaz: gazetteer.Gazetteer, name: str, country: str | None) -> None:
    """A code or an official name in a large language means its country; what is not a country's name is None."""
    found = gaz.country(name)
    assert (found.id if found else None) == country


@pytest.mark.parametrize("phrase", ["Georgia", "western Kazakhstan", "30 km north of Almaty", "xyzzyq"])
def test_answers_can_be_pickled(gaz: gazetteer.Gazetteer, phrase: str) -> None:
    """A match, its place and the gazetteer come back from a pickle equal, the geometry too."""
    match = gaz.resolve(phrase, on="2022-01-10")
    back = pickle.loads(pickle.dumps(match))
    assert back == match
    assert back.geometry == match.geometry
    assert pickle.loads(pickle.dumps(gaz)) is gaz


def test_answers_in_a_notebook_escape_what_was_written(gaz: gazetteer.Gazetteer) -> None:
    """The HTML of matches, candidates, places and mentions names the place and escapes what a phrase brought."""
    match = gaz.resolve("<b>Almaty</b> & <script>")
    (mention,) = gaz.find("They met in Almaty.")
    shown = [match, gaz.resolve("Georgia"), gaz.resolve("Georgia").candidates[1], gaz.place("iso:KZ"), mention]
    for one in shown:
        html = one._repr_html_()
        assert html.startswith("<table>")
        assert "<b>" not in html
        assert "<script>" not in html
        assert len(repr(one)) < 160
    assert "iso:US-GA" in gaz.resolve("Georgia").candidates[1]._repr_html_()
    assert "Almaty" in mention._repr_html_()


@pytest.mark.parametrize("layer", ["admin1", "countries", "regions", "groups"])
def test_layer_of_a_day_holds_what_existed(gaz: gazetteer.Gazetteer, layer: str) -> None:
    """Of a day a layer has just the rows whose dates hold it; missing dates are open."""
    day = date(2022, 6, 7)
    whole, then = gaz.layer(layer), gaz.layer(layer, on=day)
    first, last = (whole[name].astype(object) for name in ("valid_from", "valid_to"))
    kept = [(pd.isna(a) or a <= day) and (pd.isna(b) or day <= b) for a, b in zip(first, last, strict=True)]
    assert then["id"].tolist() == whole["id"][kept].tolist()
    assert then.index.tolist() == list(range(len(then)))
