"""Match the events of two sources one to one, with the runners-up of each pair."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geoevents.errors import ArgumentError, ColumnError
from geoevents.frame.schema import OPTIONAL
from geoevents.joins.days import day_gaps
from geoevents.joins.pairs.kinds import KindTable, bundled_kinds, kinds_of, read_kinds
from geoevents.joins.pairs.near import near_pairs

__all__ = ["Matches", "match", "merge"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# How much nearness in space, in time, agreement in kind and in counts each tell. Chosen on made overlaps
# (tests/geoevents/test_match.py): with equal weights of space and time, precision and recall are highest.
_SPACE, _TIME, _KIND, _COUNT = 1.0, 1.0, 0.5, 0.5
# What an event without a kind or without counts tells of agreement: neither for nor against.
_UNTOLD = 0.5
# Counts that differ by this factor do not agree at all.
_FACTOR = 10.0


@dataclass(frozen=True)
class Matches:
    """Events of two sources and the pairs among them.

    Attributes
    ----------
    events, other
        The two frames, as they were given.
    pairs
        A row a matched pair: ``event`` and ``other`` (their index labels), ``distance_km``, ``days`` (negative where
        the other came before), ``score`` (0 to 1: how well space, time, kind and counts agree), ``runner_up`` (the
        next best of the others for this event, empty for none) and ``runner_up_score``.
    """

    events: gpd.GeoDataFrame
    other: gpd.GeoDataFrame
    pairs: pd.DataFrame

    def __len__(self) -> int:
        return len(self.pairs)

    def __repr__(self) -> str:
        return f"<Matches: {len(self.pairs)} pairs of {len(self.events)} and {len(self.other)} events>"


def match(
    events: gpd.GeoDataFrame,
    other: gpd.GeoDataFrame,
    *,
    km: float = 25,
    days: float = 3,
    kinds: bool | str | os.PathLike[str] = True,
    least: float = 0.0,
) -> Matches:
    """Match events of two sources one to one, by space, time, kind and counts.

    Of all pairs within the kilometres and days whose kinds can be the same, the best is taken first, then the best of
    those that are left. A pair's score is the weighted mean of 1 - distance / `km`, 1 - gap / (`days` + 1), whether the
    kinds agree, and how far the counts agree (1 for equal, 0 for ten times as many).

    Parameters
    ----------
    events, other
        GeoDataFrames with a CRS and the columns ``start`` and ``end``. What happened is read from ``event_class`` or
        ``event_type``, counts from ``fatalities``, ``injured`` and ``detained``, where both frames have them.
    km, days
        The most kilometres between their points and days between the end of one and the start of the other.
    kinds
        True takes the bundled table of what ACLED, UCDP, GTD, GDELT, EM-DAT and geoevents call an event; a path takes a
        table of one's own; False lets any kinds match. An event of a kind that is not known matches any.
    least
        Pairs with a lower score are not a match.

    Returns
    -------
    Matches
        With `geoevents.merge` they become one frame.

    Raises
    ------
    ArgumentError
        When `km`, `days` or `least` is out of range, or `kinds` is not a table.
    ColumnError
        When a frame has no geometry, CRS or dates.

    Notes
    -----
    Source of the task: K. Donnay, E. Dunford, E. McGrath, D. Backer and D. Cunningham, Integrating conflict event
    data, Journal of Conflict Resolution 63 (2019).

    Examples
    --------
    >>> import pandas as pd, geoevents as ge
    >>> ours = ge.locate(pd.DataFrame({"place": ["Almaty", "Aktau"], "country": "KZ", "date": "2022-01-05"}))
    >>> theirs = ge.locate(pd.DataFrame({"place": ["Talgar"], "country": "KZ", "date": ["2022-01-06"]}))
    >>> ge.match(ours, theirs, km=50).pairs[["event", "other", "days"]].values.tolist()
    [[0, 0, 1]]
    """
    if not np.isfinite(km) or km < 0 or not np.isfinite(days) or days < 0:
        raise ArgumentError(f"Match: expected 0 or more km and days, got {km} km and {days} days.")
    if not 0 <= least <= 1:
        raise ArgumentError(f"Match: expected a least score of 0 to 1, got {least}.")
    left, right, distance = near_pairs(events, other, km)
    gap = day_gaps(events, other, left, right)
    kept = np.abs(np.nan_to_num(gap, nan=np.inf)) <= days
    left, right, distance, gap = left[kept], right[kept], distance[kept], gap[kept]
    score = _SPACE * (1 - distance / max(km, 1e-9)) + _TIME * (1 - np.abs(gap) / (days + 1))
    alike, possible = _kinds_agree(events, other, left, right, kinds)
    score = (score + _KIND * alike + _COUNT * _counts_agree(events, other, left, right)) / (
        _SPACE + _TIME + _KIND + _COUNT
    )
    kept = possible & (score >= least)
    left, right = left[kept], right[kept]
    distance, gap, score = distance[kept], gap[kept], score[kept]
    chosen = _one_to_one(left, right, score, len(events), len(other))
    return Matches(events, other, _pairs(events, other, left, right, distance, gap, score, chosen))


def _kinds_agree(
    events: gpd.GeoDataFrame, other: gpd.GeoDataFrame, left: Ints, right: Ints, kinds: bool | str | os.PathLike[str]
) -> tuple[Floats, NDArray[np.bool_]]:
    """Return how far the kinds of pairs agree, and whether they can be the same."""
    if kinds is False:
        return np.full(len(left), _UNTOLD), np.ones(len(left), dtype=bool)
    table: KindTable = bundled_kinds() if kinds is True else read_kinds(kinds)
    here, there = kinds_of(events, table)[left], kinds_of(other, table)[right]
    both_known = (here != 0) & (there != 0)
    common = (here & there) != 0
    return np.where(both_known, common.astype(np.float64), _UNTOLD), common | ~both_known


def _counts_agree(events: gpd.GeoDataFrame, other: gpd.GeoDataFrame, left: Ints, right: Ints) -> Floats:
    agreement = []
    for name, kind in OPTIONAL.items():
        if kind != "count" or name not in events.columns or name not in other.columns:
            continue
        if not all(pd.api.types.is_numeric_dtype(frame[name]) for frame in (events, other)):
            continue
        here, there = (
            frame[name].to_numpy(dtype=np.float64, na_value=np.nan)[rows]
            for frame, rows in ((events, left), (other, right))
        )
        apart = np.abs(np.log((1 + here) / (1 + there))) / np.log(_FACTOR)
        agreement.append(np.where(np.isfinite(apart), 1 - np.minimum(apart, 1), _UNTOLD))
    return np.mean(agreement, axis=0) if agreement else np.full(len(left), _UNTOLD)


def _one_to_one(left: Ints, right: Ints, score: Floats, n: int, m: int) -> Ints:
    """Return positions of pairs, the best first, so that each event is in at most one."""
    free_left, free_right = np.ones(n, dtype=bool), np.ones(m, dtype=bool)
    chosen = []
    for at in np.lexsort((right, left, -score)).tolist():
        if free_left[left[at]] and free_right[right[at]]:
            free_left[left[at]] = free_right[right[at]] = False
            chosen.append(at)
    return np.array(sorted(chosen, key=lambda at: left[at]), dtype=np.int64)


def _pairs(
    events: gpd.GeoDataFrame,
    other: gpd.GeoDataFrame,
    left: Ints,
    right: Ints,
    distance: Floats,
    gap: Floats,
    score: Floats,
    chosen: Ints,
) -> pd.DataFrame:
    order = np.lexsort((right, -score, left))
    first = np.flatnonzero(np.diff(left[order], prepend=-1))
    runner_up = np.full(len(events), -1, dtype=np.int64)
    partner = dict(zip(left[chosen].tolist(), right[chosen].tolist(), strict=True))
    for rows in np.split(order, first[1:]) if len(order) else []:
        others = [at for at in rows.tolist() if right[at] != partner.get(int(left[at]))]
        if others:
            runner_up[left[others[0]]] = others[0]
    next_best = runner_up[left[chosen]]
    has = next_best >= 0
    labels = np.full(len(chosen), None, dtype=object)
    labels[has] = np.asarray(other.index, dtype=object)[right[next_best[has]]]
    scores = np.full(len(chosen), np.nan)
    scores[has] = score[next_best[has]]
    columns: dict[str, Any] = {
        "event": events.index[left[chosen]],
        "other": other.index[right[chosen]],
        "distance_km": distance[chosen],
        "days": pd.Series(gap[chosen], dtype="Int64"),
        "score": score[chosen],
        "runner_up": labels,
        "runner_up_score": scores,
    }
    return pd.DataFrame(columns)


def merge(matches: Matches) -> gpd.GeoDataFrame:
    """Merge two sources into one frame, a row a distinct event, with every column of both.

    Parameters
    ----------
    matches
        What `geoevents.match` found.

    Returns
    -------
    geopandas.GeoDataFrame
        The events of the first source in their order, then those of the second that match none. Columns that both
        have hold the first source's values, and the second's where only it has the event; the second's own are kept
        under ``<name>_other``, other columns under their name. ``found_in`` is ``both``, ``first`` or ``second``,
        ``match_pair_score`` the score of the pair; the geometry is in the first source's CRS.

    Raises
    ------
    ArgumentError
        When `matches` is something else.
    ColumnError
        When a new column's name is taken.

    Examples
    --------
    >>> import pandas as pd, geoevents as ge
    >>> ours = ge.locate(pd.DataFrame({"place": ["Almaty", "Aktau"], "country": "KZ", "date": "2022-01-05"}))
    >>> theirs = ge.locate(pd.DataFrame({"place": ["Talgar", "Oral"], "country": "KZ", "date": "2022-01-06"}))
    >>> ge.merge(ge.match(ours, theirs, km=50))["found_in"].tolist()
    ['both', 'first', 'second']
    """
    if not isinstance(matches, Matches):
        raise ArgumentError(f"Merge: expected what match returns, got {matches!r:.60}.")
    first, second = matches.events, matches.other.to_crs(matches.events.crs)
    taken = [name for name in ("found_in", "match_pair_score") if name in (*first.columns, *second.columns)]
    if taken:
        raise ColumnError(f"Merge: expected free names for its own columns, but there is {taken[0]!r}.")
    at = first.index.get_indexer_for(matches.pairs["event"]) if first.index.is_unique else None
    of = second.index.get_indexer_for(matches.pairs["other"]) if second.index.is_unique else None
    if at is None or of is None:
        raise ColumnError("Merge: expected index labels that are unique in both frames; use reset_index first.")
    alone = np.setdiff1d(np.arange(len(second)), of)
    partner = np.full(len(first), -1, dtype=np.int64)
    partner[at] = of
    partner = np.concatenate([partner, alone])
    shape = second.geometry.name
    shared = {name: name if name != shape else first.geometry.name for name in second.columns}
    base = pd.concat([first, second.iloc[alone].rename(columns=shared)[_both(first, shared)]], ignore_index=True)
    theirs = second.drop(columns=shape).iloc[partner].reset_index(drop=True)
    theirs[partner < 0] = None
    names = {name: _free(str(name), {*base.columns}) for name in theirs.columns}
    scores = np.full(len(partner), np.nan)
    scores[at] = matches.pairs["score"]
    found = np.where(partner < 0, "first", "both").astype(object)
    found[len(first) :] = "second"
    added = pd.DataFrame({"found_in": found, "match_pair_score": scores})
    merged = pd.concat([base, theirs.rename(columns=names), added], axis=1)
    return gpd.GeoDataFrame(merged, geometry=first.geometry.name, crs=first.crs)


def _both(first: gpd.GeoDataFrame, shared: dict[str, str]) -> list[str]:
    return [name for name in shared.values() if name in first.columns]


def _free(name: str, taken: set[str]) -> str:
    while name in taken:
        name += "_other"
    return name
