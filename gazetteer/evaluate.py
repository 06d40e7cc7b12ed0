"""Measures how well place names in text are found and placed, on gold documents.

Gold documents (``{"id", "text", "date"?, "source"?, "toponyms": [{"start", "end", "lat", "lon", "geonames_id"}]}``)
and mentions give figures: precision, recall and F1 of recognition, accuracy within 161 km of gold spans,
F1 within 161 km end to end, and how often answers of each score are right. These are the measures in use since
Gritta, Pilehvar & Collier (2018), *Which Melbourne?*; toponyms without coordinates count for recognition only.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from gazetteer.geometry.sphere import haversine_km
from gazetteer.model import Mention

if TYPE_CHECKING:
    from gazetteer.api import Gazetteer

__all__ = ["NEAR_KM", "Given", "Reliability", "Sought", "evaluate", "toponyms"]

NEAR_KM = 161.0
# Kinds of the pragmatic taxonomy of GeoWebNews (Gritta 2020) that name no place.
_NO_TOPONYM = frozenset(("Literal_Expression", "Non_Lit_Expression", "Non_Toponym"))
_BINS = 10


def toponyms(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the gold toponyms of a document."""
    return [t for t in document["toponyms"] if t.get("kind") not in _NO_TOPONYM]


def error_km(gold: dict[str, Any], mention: Mention) -> float:
    """Return how far a placed mention lies from the gold place; the same GeoNames id is 0 km."""
    number = gold.get("geonames_id")
    if number and mention.geonames_id == f"geonames:{number}":
        return 0.0
    place = mention.match.place
    if place is None:
        return float("inf")
    points = (place.lon, place.lat, gold["lon"], gold["lat"])
    return float(haversine_km(*(np.array([value], dtype="f8") for value in points))[0])


@dataclass
class Reliability:
    """How often answers of each score are right."""

    scores: list[float] = field(default_factory=list)
    right: list[bool] = field(default_factory=list)

    def add(self, score: float, right: bool) -> None:
        """Count one answer."""
        self.scores.append(score)
        self.right.append(right)

    def table(self) -> list[tuple[float, int, float, float]]:
        """Return for each tenth of score: its lower bound, answers, mean score, share right."""
        scores, right = np.array(self.scores), np.array(self.right, dtype=bool)
        bins = np.minimum((scores * _BINS).astype(int), _BINS - 1)
        return [
            (b / _BINS, int((bins == b).sum()), float(scores[bins == b].mean()), float(right[bins == b].mean()))
            for b in range(_BINS)
            if (bins == b).any()
        ]

    @property
    def error(self) -> float:
        """The expected calibration error: the mean distance between score and share right, over all answers."""
        rows = self.table()
        return sum(n * abs(score - share) for _, n, score, share in rows) / max(sum(n for _, n, _, _ in rows), 1)


@dataclass
class Given:
    """Measures places, where the gold spans were given."""

    gold: int = 0
    near: int = 0
    errors: list[float] = field(default_factory=list)
    reliability: Reliability = field(default_factory=Reliability)

    def add(self, gold: list[dict[str, Any]], mentions: Iterable[Mention]) -> None:
        """Count a document."""
        by_span = {(mention.start, mention.end): mention for mention in mentions}
        for toponym in gold:
            if toponym["lat"] is None:
                continue
            self.gold += 1
            mention = by_span.get((toponym["start"], toponym["end"]))
            if mention is None or mention.match.place is None:
                continue
            error = error_km(toponym, mention)
            self.errors.append(error)
            self.near += error <= NEAR_KM
            self.reliability.add(mention.match.score, error <= NEAR_KM)

    def figures(self) -> dict[str, float]:
        """Return gold, acc161, placed, mean_km, median_km."""
        return {
            "gold": self.gold,
            "acc161": _part(self.near, self.gold),
            "placed": _part(len(self.errors), self.gold),
            **_distances(self.errors),
        }


@dataclass
class Sought:
    """The spans were found, too."""

    gold: int = 0
    found: int = 0
    exact: int = 0
    overlapping_found: int = 0
    overlapping_gold: int = 0
    gold_placed: int = 0
    found_placed: int = 0
    near: int = 0
    errors: list[float] = field(default_factory=list)

    def add(self, gold: list[dict[str, Any]], mentions: Iterable[Mention]) -> None:
        """Count a document."""
        mentions = list(mentions)
        asked = {(t["start"], t["end"]) for t in gold}
        got = {(m.start, m.end) for m in mentions}
        self.gold += len(asked)
        self.found += len(got)
        self.exact += len(asked & got)
        self.overlapping_found += sum(any(a < y and x < b for x, y in asked) for a, b in got)
        self.overlapping_gold += sum(any(a < y and x < b for x, y in got) for a, b in asked)
        self._add_places([t for t in gold if t["lat"] is not None], [m for m in mentions if m.match.place])

    def _add_places(self, gold: list[dict[str, Any]], placed: list[Mention]) -> None:
        self.gold_placed += len(gold)
        self.found_placed += len(placed)
        used: set[int] = set()
        for mention in sorted(placed, key=lambda m: m.start):
            for i, toponym in enumerate(gold):
                if i not in used and mention.start < toponym["end"] and toponym["start"] < mention.end:
                    used.add(i)
                    self.errors.append(error_km(toponym, mention))
                    self.near += self.errors[-1] <= NEAR_KM
                    break

    def figures(self) -> dict[str, float]:
        """Return gold, exact and overlap precision, recall and F1, e2e_f1, mean_km, median_km."""
        p, r = _part(self.exact, self.found), _part(self.exact, self.gold)
        op, orc = _part(self.overlapping_found, self.found), _part(self.overlapping_gold, self.gold)
        return {
            "gold": self.gold_placed,
            "exact_p": p,
            "exact_r": r,
            "exact_f1": _harmonic(p, r),
            "overlap_p": op,
            "overlap_r": orc,
            "overlap_f1": _harmonic(op, orc),
            "e2e_f1": _part(2 * self.near, self.found_placed + self.gold_placed),
            **_distances(self.errors),
        }


def evaluate(
    gaz: Gazetteer, documents: Iterable[dict[str, Any]], *, without: Iterable[str] = ()
) -> tuple[Given, Sought]:
    """Find and place the names of gold documents, once with their spans and once without.

    Parameters
    ----------
    documents
        Gold documents, in the order in which a source wrote them.
    without
        Tags of mentions to leave out of what is found, as the gold does.
    """
    given, sought, left_out = Given(), Sought(), frozenset(without)
    documents = list(documents)
    with_spans = ({**d, "spans": [[t["start"], t["end"]] for t in toponyms(d)]} for d in documents)
    for document, mentions in gaz.find_many(with_spans):
        given.add(toponyms(document), mentions)
    for document, mentions in gaz.find_many(_bare(documents), phrases=False):
        sought.add(toponyms(document), [m for m in mentions if m.tag not in left_out])
    return given, sought


def _bare(documents: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    return ({key: value for key, value in document.items() if key != "spans"} for document in documents)


def _part(some: float, of: float) -> float:
    return some / of if of else 0.0


def _harmonic(p: float, r: float) -> float:
    return 2 * p * r / (p + r) if p + r else 0.0


def _distances(errors: list[float]) -> dict[str, float]:
    return {"mean_km": statistics.fmean(errors), "median_km": statistics.median(errors)} if errors else {}
