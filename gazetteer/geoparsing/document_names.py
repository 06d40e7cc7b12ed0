"""The names of a document, in order: what is known of each before it is decided which place it means.

Two mentions of one name are one distinct name, unless what stands behind a comma says more of one of them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gazetteer.arrays import Bools, Floats, Ints
from gazetteer.geoparsing.candidates import NAME_FEATURES, KnownNames
from gazetteer.geoparsing.tokens import Text, Vocabulary

__all__ = ["NOTHING_EARLIER", "DistinctNames", "Document", "distinct_names", "document_of"]

_AS_COUNTRY, _AS_ADMIN1 = NAME_FEATURES.index("country"), NAME_FEATURES.index("admin1")
# Places that earlier documents were about, and their weights, where there are no such documents.
NOTHING_EARLIER: tuple[Ints, Floats] = np.empty(0, dtype="int64"), np.empty(0)


@dataclass(frozen=True)
class Document:
    """The names of a document, in order.

    Attributes
    ----------
    first, last
        First and last word of each.
    name
        Number in `KnownNames`; the index has all of them.
    chance
        That it is a place's name at all.
    comma
        Whether a comma or a bracket parts it from the next name, and nothing else does.
    earlier, earlier_weight
        Places that earlier documents of the same source were about, and how much.
    hints
        Numbers of countries that the document is known to be about.
    country
        Number of the country that every answer must lie in, -1 for none.
    day
        Days since 1970-01-01: places are taken as of that day. None for any.
    """

    first: Ints
    last: Ints
    name: Ints
    chance: Floats
    comma: Bools
    earlier: Ints
    earlier_weight: Floats
    hints: tuple[int, ...] = ()
    country: int = -1
    day: int | None = None


@dataclass(frozen=True)
class DistinctNames:
    """The distinct names of a document, each with its readings.

    A name behind which another one stands after a comma is a unit of its own with that cue, so that "London, Ontario"
    need not be the "London" of the next sentence.

    Attributes
    ----------
    of
        Unit of each mention.
    name, cue
        Of each unit; cue -1 for none.
    owner, place, name_kind
        Of each reading: its unit, its place, the kind of name.
    """

    of: Ints
    name: Ints
    cue: Ints
    owner: Ints
    place: Ints
    name_kind: Ints


def distinct_names(document: Document, names: KnownNames) -> DistinctNames:
    """Return the distinct names of a document and their readings."""
    cue = np.full(len(document.name), -1, dtype="int64")
    if len(cue) > 1:
        cue[:-1] = np.where(document.comma[:-1], document.name[1:], -1)
        containers = np.maximum(names.table[:, _AS_COUNTRY], names.table[:, _AS_ADMIN1])
        cue = np.where((cue >= 0) & (containers[cue] > 0), cue, -1)
    # Name and cue as one number, which sorts as the two do.
    each = len(names.readings) + 1
    pairs, of = np.unique(document.name * each + cue + 1, return_inverse=True)
    name, cue = pairs // each, pairs % each - 1
    readings = [names.readings[number] for number in name.tolist()]
    owner = np.repeat(np.arange(len(pairs)), [len(r.places) for r in readings])
    empty = np.empty(0, dtype="int64")
    place = np.concatenate([empty, *(r.places for r in readings)])
    kinds = np.concatenate([empty, *(r.name_kinds for r in readings)])
    if document.country >= 0:
        # A name with no reading in the country keeps one, so that it stays in its place; it is never answered.
        keep = names.places.country[place] == document.country
        keep |= (np.bincount(owner, keep, len(pairs))[owner] == 0) & (np.append(True, owner[1:] != owner[:-1]))
        owner, place, kinds = owner[keep], place[keep], kinds[keep]
    return DistinctNames(of.reshape(-1), name, cue, owner, place, kinds)


def document_of(
    text: Text,
    vocabulary: Vocabulary,
    first: Ints,
    last: Ints,
    name: Ints,
    chance: Floats,
    earlier: tuple[Ints, Floats] = NOTHING_EARLIER,
) -> Document:
    """Return the names of a text that the index knows, as the disambiguator reads them."""
    comma = np.zeros(len(first), dtype=bool)
    between = np.flatnonzero(first[1:] - last[:-1] == 2)
    comma[between] = [vocabulary.words[text.word[last[i] + 1]] in (",", "(") for i in between.tolist()]
    return Document(first, last, name, chance, comma, *earlier)
