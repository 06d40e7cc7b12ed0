"""Points of view: a view changes the country of answers and the outlines of countries, and no place that is found."""

from __future__ import annotations

import csv
import pickle
from pathlib import Path

import pytest
import shapely

import gazetteer
from gazetteer.bundled import BUNDLED
from gazetteer.errors import ArgumentError

with (Path(__file__).parent / "cases" / "views.tsv").open(encoding="utf-8") as lines:
    CASES = list(csv.DictReader(lines, delimiter="\t"))
with (BUNDLED / "views.csv").open(encoding="utf-8", newline="") as lines:
    CLAIMS = list(csv.DictReader(lines))


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['view'] or 'iso'}: {case['phrase']}")
def test_a_view_gives_the_country(case: dict[str, str]) -> None:
    """The answer's country is the view's, one by one and by the column; the place is the same in all views."""
    gaz = gazetteer.load(view=case["view"] or None)
    match = gaz.resolve(case["phrase"])
    assert match.place is not None
    assert (match.place.country or "") == case["country"]
    assert case["place"] in ("*", match.place.id)
    row = gaz.resolve_many([case["phrase"]]).iloc[0]
    assert (row["country"] if isinstance(row["country"], str) else "") == case["country"]


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: f"{claim['view']}: {claim['area']}")
def test_every_claim_is_sound(claim: dict[str, str]) -> None:
    """The ids of a claim are places, its country is one that outlines agree with, and it has a source."""
    gaz = gazetteer.load(view=claim["view"])
    assert claim["source"]
    for unit in claim["units"].split():
        assert (gaz.place(unit).country or "") == claim["country"]
        if claim["country"] and gaz.geometry(unit).area:
            point = gaz.geometry(unit).representative_point()
            found = [place.id for place in gaz.within(point.x, point.y) if place.kind == "country"]
            assert found == [gaz.country(claim["country"]).id]  # type: ignore[union-attr]


def test_outlines_follow() -> None:
    """Crimea lies in the outline that a view gives Russia, and no more in Ukraine's, in every answer about shapes."""
    iso, russia = gazetteer.load(), gazetteer.load(view="russia")
    crimea = iso.geometry("region:crimea")
    point = shapely.Point(34.1, 45.2)
    for gaz, holder, other in ((iso, "UA", "RU"), (russia, "RU", "UA")):
        assert gaz.geometry(f"iso:{holder}").contains(point)
        assert not gaz.geometry(f"iso:{other}").contains(point)
        countries = gaz.layer("countries").set_index("id").geometry
        assert countries[f"iso:{holder}"].contains(point)
        assert not countries[f"iso:{other}"].contains(point)
    gained = russia.geometry("iso:RU").area - iso.geometry("iso:RU").area
    lost = iso.geometry("iso:UA").area - russia.geometry("iso:UA").area
    assert gained == pytest.approx(lost, rel=0.05)
    assert lost > crimea.area


def test_layers_follow() -> None:
    """Layers have the view's countries, and a country that is a part of another is no country of its own."""
    china = gazetteer.load(view="china")
    assert "iso:TW" not in set(china.layer("countries")["id"])
    units = china.layer("admin1", on="2022-01-01").set_index("id")
    assert units.at["iso:TW-TPE", "country"] == "CHN"
    assert gazetteer.load().layer("admin1").set_index("id").at["iso:TW-TPE", "country"] == "TWN"


def test_the_rest_is_as_it_was() -> None:
    """Countries that a view does not concern keep their outlines."""
    iso, china = gazetteer.load(), gazetteer.load(view="china")
    for country in ("iso:KZ", "iso:MN", "iso:JP"):
        assert china.geometry(country).equals(iso.geometry(country))


def test_the_view_is_told_and_travels() -> None:
    """The gazetteer tells its view, keeps it in another process, and is loaded once."""
    gaz = gazetteer.load(view="Russia")
    assert gaz.info()["view"] == "russia"
    assert "view" not in gazetteer.load().info()
    assert pickle.loads(pickle.dumps(gaz)) is gaz
    assert gazetteer.load(view="russia") is gaz


@pytest.mark.parametrize("view", ["Atlantis", "", 7])
def test_an_unknown_view_is_misuse(view: object) -> None:
    """What is no view is an ArgumentError that lists the views."""
    with pytest.raises(ArgumentError, match=r"View: expected one of argentina, china, .* venezuela, got"):
        gazetteer.load(view=view)  # type: ignore[arg-type]
