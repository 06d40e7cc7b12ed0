"""Remembers what earlier documents of each source were about."""

from __future__ import annotations

from collections import OrderedDict

import numpy as np

from gazetteer.arrays import Floats, Ints
from gazetteer.geoparsing.disambiguator import Disambiguation
from gazetteer.geoparsing.document_names import NOTHING_EARLIER

__all__ = ["SourceMemory"]


class SourceMemory:
    """What earlier documents of each source were about; a newspaper writes about its home.

    Only the latest places of the latest sources are kept, so that memory stays bounded in an endless stream.
    """

    _SOURCES, _PLACES = 10_000, 200
    _SURE = 0.5

    def __init__(self) -> None:
        self._of: OrderedDict[str, tuple[Ints, Floats]] = OrderedDict()

    def of(self, source: str | None) -> tuple[Ints, Floats]:
        """Return the places that a source was about, and their weights."""
        return self._of.get(source, NOTHING_EARLIER) if source else NOTHING_EARLIER

    def add(self, source: str | None, disambiguated: Disambiguation) -> None:
        """Remember what a document was about."""
        if not source:
            return
        sure = np.flatnonzero(disambiguated.chance > self._SURE)
        mentions = np.bincount(disambiguated.read.of, minlength=len(disambiguated.best))
        places, weight = self.of(source)
        places = np.concatenate([places, disambiguated.read.place[disambiguated.best[sure]]])[-self._PLACES :]
        weight = np.concatenate([weight, (np.log1p(mentions) * disambiguated.chance)[sure]])[-self._PLACES :]
        self._of[source] = places, weight
        self._of.move_to_end(source)
        if len(self._of) > self._SOURCES:
            self._of.popitem(last=False)
