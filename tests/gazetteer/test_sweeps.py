"""Sweeps over whole lists: towns in the forms that tables write them in, and countries in their names.

The bounds are what was measured on the bundled gazetteer, with a little room; a drop below them is a change for users.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pycountry
import pytest
import shapely

import gazetteer
from gazetteer.geometry.geodesy import haversine_km

# Every tenth of the 19,000 towns: the forms take about 15 s of processor time together.
LARGE, STEP, NEAR_KM, DEGREES = 30_000, 10, 25.0, 0.25
NAMES = Path(gazetteer.__file__).parent / "data" / "names.parquet"


@pytest.fixture(scope="module")
def towns() -> pd.DataFrame:
    """Towns of 30,000 people, with the names of their units and countries."""
    gaz = gazetteer.load()
    cities = pd.DataFrame(gaz.layer("cities").drop(columns="geometry"))
    sample = cities[cities["population"] >= LARGE].sort_values("id").iloc[::STEP].reset_index(drop=True)
    for column, layer, key in (("unit", "admin1", "admin1"), ("state", "countries", "country")):
        known = gaz.layer(layer).dropna(subset=[key]).drop_duplicates(key).set_index(key)["name"]
        sample[column] = sample[key].astype(object).map(known)
    return sample.astype({"name": object, "country": object})


@pytest.mark.parametrize(
    ("form", "hinted", "right", "matched_elsewhere"),
    [
        ("{name}, {unit}, {state}", False, 0.994, 0.001),
        ("{name}, {state}", False, 0.97, 0.003),
        ("{name} {state}", False, 0.97, 0.004),
        ("{name} {unit} {state}", False, 0.978, 0.004),
        ("{name}", True, 0.97, 0.004),
        ("{name}", False, 0.935, 0.016),
    ],
)
def test_towns_are_found(towns: pd.DataFrame, form: str, hinted: bool, right: float, matched_elsewhere: float) -> None:
    """A town is answered by itself, or within its radius or 25 km; few are matched elsewhere.

    `right` and `matched_elsewhere` are shares of the towns. A town with a namesake in its unit or country cannot be
    told from it, and a unit of the same name may be meant as well.
    """
    check(towns, form, hinted, right, matched_elsewhere)


@pytest.mark.parametrize(
    ("form", "hinted", "right", "matched_elsewhere"),
    [
        ("{name} ({unit})", False, 0.98, 0.006),
        ("{unit}: {name}", True, 0.985, 0.004),
        ("{state}: {name}", False, 0.97, 0.004),
        ("{state} - {name}", False, 0.97, 0.004),
        ("{name}/{unit}", True, 0.965, 0.025),
        ("{state}/{unit}/{name}", False, 0.945, 0.025),
        ("{state} > {unit} > {name}", False, 0.965, 0.004),
        ("City of {name}", True, 0.97, 0.004),
    ],
)
def test_towns_are_found_in_other_forms(
    towns: pd.DataFrame, form: str, hinted: bool, right: float, matched_elsewhere: float
) -> None:
    """So is a sixth of them in forms that fewer tables have: paths, colons, dashes, brackets."""
    check(towns.iloc[::6], form, hinted, right, matched_elsewhere)


def check(towns: pd.DataFrame, form: str, hinted: bool, right: float, matched_elsewhere: float) -> None:
    """Ask for towns in a form, and compare the shares that are right and that are matched elsewhere."""
    asked = towns[towns["unit"].notna()] if "{unit}" in form else towns
    phrases = [form.format(**row) for row in asked[["name", "unit", "state"]].to_dict("records")]
    found = gazetteer.load().resolve_many(phrases, country=asked["country"].tolist() if hinted else None)
    lon, lat, radius = (asked[name].to_numpy(dtype="float64") for name in ("lon", "lat", "radius_km"))
    away = haversine_km(found["lon"].to_numpy(dtype="float64"), found["lat"].to_numpy(dtype="float64"), lon, lat)
    same = found["place_id"].astype(object).to_numpy() == asked["id"].astype(object).to_numpy()
    good = same | (away <= np.maximum(radius, NEAR_KM))
    wrong = ~good & (found["status"] == "matched").to_numpy()
    assert good.mean() >= right, [phrases[i] for i in np.flatnonzero(~good)[:20]]
    assert wrong.mean() <= matched_elsewhere, [phrases[i] for i in np.flatnonzero(wrong)[:20]]


def countries_of(names: list[str]) -> list[str | None]:
    """Return the code of the country that each name is answered with, None where the answer is no country."""
    found = gazetteer.load().resolve_many(names)
    codes = found["country"].astype(object).where(found["kind"] == "country", None)
    return list(codes)


def test_every_country_of_iso_3166_is_itself() -> None:
    """A name, official name or common name of ISO 3166-1 means its country.

    Congo may be either of two, and Pitcairn is a town of the United States too.
    """
    listed = [
        (getattr(country, kind), country.alpha_3)
        for country in pycountry.countries
        for kind in ("name", "official_name", "common_name")
        if hasattr(country, kind)
    ]
    assert len(listed) > 420
    found = countries_of([name for name, _ in listed])
    wrong = {name for (name, code), answer in zip(listed, found, strict=True) if answer != code}
    assert wrong <= {"Congo", "Pitcairn"}


def test_names_of_countries_in_all_languages_mean_them() -> None:
    """Of 31,000 names of countries in the languages of CLDR, and in their official forms, few mean another place."""
    countries = gazetteer.load().layer("countries")
    code_of = dict(zip(countries["place"], countries["country"], strict=True))
    held = pd.read_parquet(NAMES, filters=[("place", "in", list(code_of))])
    held = held[held["kind"].isin(["short", "official"])].drop_duplicates(["place", "name"])
    assert len(held) > 25_000
    found = gazetteer.load().resolve_many(held["name"].tolist())
    own = (found["kind"] == "country").to_numpy() & (
        found["country"].astype(object).to_numpy() == held["place"].map(code_of).astype(object).to_numpy()
    )
    wrong = ~own & (found["status"] == "matched").to_numpy()
    assert own.mean() >= 0.993, own.mean()
    assert wrong.mean() <= 0.004, held["name"][wrong].tolist()


@pytest.mark.parametrize(
    "form",
    [
        "{a} and {b}, {unit}",
        "{a} & {b} ({unit})",
        "{unit} ({a}, {b})",
        "{unit}: {a}, {b}, {c}",
        "{a}, {b} and {c}",
        "{a}, {b}, {c} ({unit})",
    ],
)
def test_lists_keep_their_items(form: str) -> None:
    """Of lists of towns of a unit that are matched, few do not hold each of their towns.

    What is lost is the seat of the unit between others, which is read as the unit: "Ica: Pisco, Ica, Chincha Alta".
    """
    gaz = gazetteer.load()
    cities = pd.DataFrame(gaz.layer("cities").drop(columns="geometry"))
    known = gaz.layer("admin1").dropna(subset=["admin1"]).drop_duplicates("admin1").set_index("admin1")["name"]
    large = cities[(cities["population"] >= LARGE) & cities["admin1"].isin(known.index)].sort_values("id")
    threes = [towns.iloc[:3] for _, towns in large.groupby("admin1", observed=True) if towns["name"].nunique() > 2]
    matched = lost = 0
    for towns in threes[::6]:
        names = dict(zip("abc", towns["name"], strict=True)) | {"unit": known[str(towns["admin1"].iloc[0])]}
        match = gaz.resolve(form.format(**names))
        if match.status != "matched":
            continue
        matched += 1
        assert match.place is not None
        assert match.radius_km is not None
        for key, lon, lat in zip("abc", towns["lon"], towns["lat"], strict=True):
            away = haversine_km(lon, lat, match.place.lon, match.place.lat)
            if f"{{{key}}}" in form and away > match.radius_km + NEAR_KM:
                lost += match.geometry is None or match.geometry.distance(shapely.Point(lon, lat)) > DEGREES
    assert matched > 20
    assert lost <= 0.075 * matched
