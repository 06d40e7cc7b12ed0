"""The choice among readings, against its definition."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gazetteer
from gazetteer.candidates.name_index import CAPITAL, PROMINENCE, NameIndex
from gazetteer.candidates.ranking import CLOSE, Readings, decide
from gazetteer.geometry.sphere import haversine_km
from gazetteer.index.store import NAME_KINDS

# owner, place, weight, lon, lat, radius: few of each, so that readings are equal, near and wide often enough
ROWS = st.lists(
    st.tuples(
        st.integers(0, 5),
        st.integers(0, 9),
        st.sampled_from([1.0, 2.0, 2.5, 6.0]),
        st.sampled_from([0.0, 0.03, 1.0, 179.9, -179.9]),
        st.sampled_from([0.0, 0.03, 1.0, 50.0, -89.0]),
        st.sampled_from([0.5, 5.0, 120.0, 900.0]),
    ),
    max_size=20,
)


@settings(deadline=None)
@given(rows=ROWS)
def test_the_heaviest_reading_is_chosen_and_its_rivals_lie_elsewhere(rows: list[tuple[float, ...]]) -> None:
    """Of each name: the heaviest reading, of equals that of least number; mass and gap of those at another spot."""
    rows = list({row[:2]: row for row in sorted(rows)}.values())
    readings = Readings(*(np.array([row[i] for row in rows], "int64" if i < 2 else "float64") for i in range(6)))
    decision = decide(readings, 6)
    for owner in range(6):
        mine = [i for i, row in enumerate(rows) if row[0] == owner]
        if not mine:
            assert (decision.best[owner], decision.share[owner], decision.gap[owner]) == (-1, 0, np.inf)
            continue
        best = min(mine, key=lambda i: (-rows[i][2], rows[i][1]))
        assert decision.best[owner] == best
        mass, rivals, gap = 0.0, 0.0, np.inf
        for i in mine:
            behind = rows[best][2] - rows[i][2]
            mass += np.exp(-1.5 * behind)
            smaller, larger = sorted((rows[i][5], rows[best][5]))
            away = float(haversine_km(*(np.array([rows[at][axis]]) for at in (i, best) for axis in (3, 4)))[0])
            if away + (smaller if smaller > 100 else 0) > larger + 3:
                rivals, gap = rivals + np.exp(-1.5 * behind), min(gap, behind)
        assert np.isclose(decision.share[owner], 1 - rivals / mass, rtol=1e-12, atol=1e-12)
        assert decision.gap[owner] == gap


def test_bundled_places_are_as_prominent_as_their_kind_makes_them() -> None:
    """The tables hold the prominence that kinds and inhabitants make; a capital has more, by half a tenfold.

    Of countries and their units, whose inhabitants are in no column, the prominences add up to the people of towns.
    """
    store = gazetteer.load().store
    kinds, prominence = store.column("kind"), store.column("prominence")
    people = np.nan_to_num(store.column("population").astype("float64"))
    for kind, (constant, slope) in PROMINENCE.items():
        rest = (prominence - constant - slope * np.log10(people + 100))[kinds == kind]
        if kind not in ("country", "admin1"):
            assert np.abs(np.median(rest)) < 0.006, kind
    capitals = np.round((prominence - np.log10(people + 100))[kinds == "city"], 1)
    assert 150 < (capitals == CAPITAL).sum() < 400
    for kind in ("country", "admin1"):
        constant, slope = PROMINENCE[kind]
        world = 10 ** ((prominence[kinds == kind] - constant) / slope) - 100
        assert 3.0e9 < world.sum() < 9.5e9


def test_lesser_names_weigh_less_in_this_order() -> None:
    """A place by its own names weighs most; by an abbreviation, a former name, a demonym, one of another language less.

    None of these loses as much as to be no close rival of a place of its size; a code does.
    """
    names = NameIndex(gazetteer.load().store)
    kinds = ("abbreviation", "former", "demonym", "alternate", "code")
    place = names.store.find("iso:KZ")
    weights = {
        kind: float(names.weigh(np.array([0]), np.array([place]), np.array([NAME_KINDS.index(kind)])).weight[0])
        for kind in ("primary", "official", "short", *kinds)
    }
    assert weights["primary"] == weights["official"] == weights["short"]
    order = [weights[kind] - weights["primary"] for kind in kinds]
    assert order == sorted(order, reverse=True)
    assert len(set(order)) == len(kinds)
    assert order[0] < 0
    assert order[-2] > -CLOSE
    assert -2 * CLOSE < order[-1] <= -CLOSE


def test_a_bare_name_of_a_hamlet_is_doubted() -> None:
    """Without a country a hamlet whose people nobody counted is not surely meant; a village of a hundred people is."""
    gaz = gazetteer.load()
    store = gaz.store
    prominence, city = store.column("prominence"), store.column("kind") == "city"
    for low, high, doubted in ((0.0, 2.0, True), (2.3, 2.5, False)):
        at = np.flatnonzero(city & (prominence >= low) & (prominence <= high))[5:400:9]
        ids, names = store.take("id", at), store.take("name", at)
        found = [(gaz.resolve(name), own) for name, own in zip(names.tolist(), ids.tolist(), strict=True)]
        meant = [match for match, own in found if match.place is not None and match.place.id == own]
        assert len(meant) >= 10
        assert {"small place" in (match.reason or "") for match in meant if "rival" not in match.reason} == {doubted}


@pytest.mark.parametrize(
    ("behind", "is_unclear"),
    [
        ([], False),
        ([1.14], True),
        ([1.16], False),
        ([5.0, 1.14], True),
        ([1.5, 1.5, 1.5], False),  # 76 % of the weight are left
        ([1.5, 1.5, 1.5, 1.5], True),  # 70 %
    ],
)
def test_a_close_rival_or_several_lesser_ones_make_a_name_unclear(behind: list[float], is_unclear: bool) -> None:
    """One reading is clearly meant when no other is nearly as heavy and all others together leave it most of it."""
    weight = np.array([7.0, *(7.0 - step for step in behind)])
    places = np.arange(len(weight))
    owner, radius = np.zeros(len(weight), dtype="int64"), np.ones(len(weight))
    readings = Readings(owner, places, weight, places * 10.0, places * 5.0, radius)
    assert decide(readings, 1).unclear.tolist() == [is_unclear]
    assert decide(readings, 2).unclear.tolist() == [is_unclear, False]
