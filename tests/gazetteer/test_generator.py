"""How names become candidates: what a town holds, and how much of a name tells where it is completed."""

from __future__ import annotations

import numpy as np
import pytest

import gazetteer
from gazetteer.dates import day_number
from gazetteer.geometry.sphere import haversine_km
from gazetteer.phrases.resolver import Resolver

TODAY = day_number("2024-01-01")


@pytest.fixture(scope="module")
def resolver() -> Resolver:
    return Resolver(gazetteer.load().store)


@pytest.mark.parametrize("city", ["geonames:2950159", "geonames:1850147", "geonames:2332459", "geonames:703448"])
def test_a_town_holds_the_lesser_towns_within_its_reach(resolver: Resolver, city: str) -> None:
    """A town as a container holds the smaller ones of its country within 1.3 times its radius and 10 km, and no other.

    Berlin, Tokyo, Lagos and Kyiv, each with every town of its country.
    """
    store, names = resolver.names.store, resolver.names
    place = store.find(city)
    mine = store.column("country") == store.take("country", np.array([place]))[0]
    towns = np.flatnonzero(mine & (store.column("kind") == "city"))
    outer, inner = names.readings_of_places([place]), names.readings_of_places(towns)
    away = haversine_km(outer.lon, outer.lat, inner.lon, inner.lat)
    expected = (away <= 1.3 * outer.radius + 10) & (inner.weight < outer.weight) & (inner.place != place)
    assert expected.sum() > 3
    assert np.array_equal(resolver.containment.contains(outer, inner, TODAY)[0], expected)


@pytest.mark.parametrize(("key", "begins"), [("al", False), ("alm", True), ("北", True)])
def test_three_latin_letters_begin_a_name(resolver: Resolver, key: str, begins: bool) -> None:
    """A beginning of three Latin letters, or of one of another script, is completed; of fewer nothing is told."""
    found = resolver.generator.complete(key, None, TODAY)
    assert bool(len(found.owner)) == begins
    assert (np.diff(found.weight) <= 0).all()
    assert len(set(found.place.tolist())) == len(found.place)


@pytest.mark.parametrize(
    "containers",
    [["geonames:2950159"], ["iso:DE-BY"], ["geonames:2950159", "iso:DE-BY"], ["iso:KZ-10"], ["iso:ML-7", "iso:ML"]],
)
def test_many_places_are_held_as_each_of_them_is(resolver: Resolver, containers: list[str]) -> None:
    """Of all places of a country those are held that `contains` tells, though most are not looked at one by one.

    A town, a unit, both as readings of one name, a unit of today that was another, a unit with its country.
    """
    store, names = resolver.names.store, resolver.names
    outer = names.readings_of_places([store.find(one) for one in containers])
    places = np.flatnonzero(store.column("country") == store.take("country", outer.place)[0])
    expected = resolver.containment.contains(outer, names.readings_of_places(places), TODAY).any(axis=0)
    assert expected.any()
    assert np.array_equal(resolver.containment.are_held(outer, places), expected)
