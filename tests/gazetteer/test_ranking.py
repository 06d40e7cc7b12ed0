"""The choice among readings, against its definition."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from gazetteer.candidates.ranking import Readings, decide
from gazetteer.geometry.sphere import haversine_km

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
