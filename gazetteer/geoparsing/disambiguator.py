"""Disambiguates the names of a document: which place each one means, and how sure that is.

Each name of a document (`gazetteer.geoparsing.document_names.Document`) gets its best reading,
with the chance that it is right, and its rivals. One set of trees ranks the readings of a name, a second says of the
best one how likely it is right, and a table measured on documents that the trees had not seen turns that into a chance.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gazetteer.arrays import Floats, Ints
from gazetteer.candidates.name_index import OUT_OF_DATE
from gazetteer.geoparsing.candidates import KnownNames
from gazetteer.geoparsing.document_features import (
    FEATURES,
    describe_readings,
    share,
)
from gazetteer.geoparsing.document_names import DistinctNames, Document, distinct_names
from gazetteer.geoparsing.trees import Trees

__all__ = [
    "DOUBT_FEATURES",
    "Calibration",
    "Disambiguation",
    "Disambiguator",
    "best_readings",
    "doubt_features",
    "place_around",
]

_Rows = NDArray[np.float32]
# Readings this near to one another are one answer to a reader of news.
_SAME_KM = 30.0
_AROUND_KM = 160.0
# What a known country adds to the score of a reading: as much as a clear cue in the text.
_HINTED = 1.5
# How much the prior of a name weighs that nothing speaks for, and what speaks for one.
_LONE, _SUPPORTED = 0.5, 0.02
_SUPPORT = [FEATURES.index(name) for name in ("near_160", "held_by", "comma_holds", "earlier_near")]
_PRIOR = FEATURES.index("prior")
# What the second set of trees looks at: the best reading, its lead, and the share of its spot.
DOUBT_FEATURES = (*FEATURES, "lead_in_score", "share_of_spot")


@dataclass(frozen=True)
class Calibration:
    """A table from what a model says to how often it was right; between its points, straight lines."""

    said: Floats
    right: Floats

    def chance(self, said: Floats) -> Floats:
        """Return how often an answer like this one is right.

        Examples
        --------
        >>> Calibration(np.array([-1.0, 1.0]), np.array([0.2, 0.8])).chance(np.array([0.0, 5.0])).tolist()
        [0.5, 0.8]
        """
        return np.interp(said, self.said, self.right)


@dataclass(frozen=True)
class Disambiguation:
    """What the names of a document mean.

    Attributes
    ----------
    read
        The distinct names and their readings.
    best
        Of each distinct name the position of its best reading.
    chance
        Of each distinct name that the best reading is right.
    share
        Of each reading, what the ranking gives it; sums to 1 over a name.
    """

    read: DistinctNames
    best: Ints
    chance: Floats
    share: Floats


class Disambiguator:
    """Ranks the readings of names by their document.

    Parameters
    ----------
    ranking
        Trees over `gazetteer.geoparsing.document_features.FEATURES`.
    doubt
        Trees over `DOUBT_FEATURES`.
    calibration
        Of what `doubt` says.
    names
        The names of a store.
    """

    def __init__(self, ranking: Trees, doubt: Trees, calibration: Calibration, names: KnownNames) -> None:
        self.ranking, self.doubt, self.calibration, self.names = ranking, doubt, calibration, names

    def disambiguate(self, document: Document) -> Disambiguation:
        """Return what each name of a document means."""
        read = distinct_names(document, self.names)
        if not len(read.name):
            none = np.zeros(0)
            return Disambiguation(read, none.astype("int64"), none, none)
        rows = describe_readings(document, read, self.names)
        score = self.ranking.score(rows) + self._known(document, read) + _unsupported(rows, read)
        best, weight = best_readings(score, read)
        said = self.doubt.score(doubt_features(rows, score, read, best, weight, self.names))
        chance = self.calibration.chance(said)
        if document.country >= 0:
            chance = np.where(self.names.places.country[read.place[best]] == document.country, chance, 0.0)
        return Disambiguation(read, best, chance, weight)

    def _known(self, document: Document, read: DistinctNames) -> Floats:
        """Return what is added to the score of readings by what is known of the document: countries, and its day."""
        added: Floats = np.zeros(len(read.place))
        if document.hints:
            added = np.where(np.isin(self.names.places.country[read.place], document.hints), _HINTED, 0.0)
        if document.day is not None:
            there = self.names.store.index.exist_on(read.place, document.day)
            added = added - np.where(there, 0.0, OUT_OF_DATE)
        return np.asarray(added)


def _unsupported(rows: _Rows, read: DistinctNames) -> Floats:
    """Return what is added to the score of readings of a name that nothing else in the document speaks for: its prior.

    The gold documents are local papers and namesakes, so the trees expect the odd reading of a lone name; users do not.
    """
    support = np.zeros(len(read.name))
    np.maximum.at(support, read.owner, rows[:, _SUPPORT].max(axis=1, initial=0.0))
    return np.asarray(np.where(support[read.owner] < _SUPPORTED, _LONE * np.log(rows[:, _PRIOR] + 1e-6), 0.0))


def best_readings(score: Floats, read: DistinctNames) -> tuple[Ints, Floats]:
    """Return the best reading of each name, and the share of each reading."""
    order = np.lexsort((read.place, -score, read.owner))
    best = order[np.searchsorted(read.owner[order], np.arange(len(read.name)))]
    return best, share(score, read.owner, len(read.name))


def doubt_features(
    rows: _Rows, score: Floats, read: DistinctNames, best: Ints, weight: Floats, names: KnownNames
) -> _Rows:
    """Return names × `DOUBT_FEATURES`."""
    n = len(read.name)
    chosen = best[read.owner]
    lon, lat = names.places.lon[read.place], names.places.lat[read.place]
    east = (lon - lon[chosen]) * np.cos(np.radians(lat))
    same = (np.hypot(east, lat - lat[chosen]) * 111.2 < _SAME_KM) | (chosen == np.arange(len(chosen)))
    rival = np.full(n, -20.0)
    np.maximum.at(rival, read.owner[~same], score[~same])
    spot = np.bincount(read.owner, weight * same, n)
    return np.concatenate([rows[best], np.stack([score[best] - rival, spot], axis=1)], axis=1).astype("float32")


def place_around(placed: Disambiguation, document: Document, word: int, names: KnownNames) -> tuple[int, float]:
    """Return the place that the text around a word is about, and how far the document's names agree on it.

    A name that the index lacks lies there more often than not: a street in its town, a village in its county.
    """
    read = placed.read
    if not len(read.name):
        return -1, 0.0
    place = read.place[placed.best]
    apart = np.full(len(read.name), 1e9)
    np.minimum.at(apart, read.of, np.abs(document.first - word))
    small = names.places.radius[place] < _AROUND_KM
    weight = placed.chance * np.bincount(read.of, document.chance, len(read.name))
    lon, lat = names.places.lon[place], names.places.lat[place]
    east = (lon[:, None] - lon[None, :]) * np.cos(np.radians(lat))[:, None]
    near = (np.hypot(east, lat[:, None] - lat[None, :]) * 111.2 < _AROUND_KM) & small[None, :]
    agree = near @ weight / max(float(weight[small].sum()), 1e-9)
    score = np.where(small, placed.chance * agree * (0.3 + np.exp(-apart / 60)), 0.0)
    best = int(score.argmax())
    return (int(place[best]), float(placed.chance[best] * agree[best])) if score[best] > 0 else (-1, 0.0)
