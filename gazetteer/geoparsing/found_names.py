"""What the names of a text were found to mean: each with the place that is most likely meant, and its rivals."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from gazetteer.arrays import Floats, Ints
from gazetteer.geoparsing.candidates import NAME_FEATURES, WAYS, KnownNames
from gazetteer.geoparsing.disambiguator import Disambiguation, place_around
from gazetteer.geoparsing.document_names import Document
from gazetteer.index.store import NAME_KINDS
from gazetteer.model import Method, Status, Tag
from gazetteer.phrases.answer import Answer

__all__ = ["UNKNOWN_NAME", "UNSURE", "WILD", "FoundName", "names_found", "of_surroundings"]

# From this chance on an answer is matched; below the other a name that was found is left unplaced. A name that is
# handed in as a span is one: its best reading is given down to a wild guess.
_SURE, UNSURE, WILD = 0.6, 0.2, 0.05
_SHOWN = 5
# By the way in which the index has a name.
_METHODS: dict[str, Method] = {
    "exact": "exact",
    "plural": "exact",
    "shortened": "exact",
    "type-word": "type-word",
    "direction": "type-word",
    "inflected": "exact",
}
_DEMONYM = NAME_KINDS.index("demonym")
_ABBREVIATIONS = (NAME_KINDS.index("abbreviation"), NAME_KINDS.index("code"))
_WAY = NAME_FEATURES.index("way")
# How often a name that the index lacks lies where its surroundings agree that they are.
_AROUND = 0.8


@dataclass(frozen=True, slots=True)
class FoundName:
    """A name in a text.

    Attributes
    ----------
    start, end
        Characters of the text.
    chance
        That it is a place's name.
    place
        Place number, -1 when unresolved.
    score
        The chance that `place` is what was meant.
    places, scores
        Best first.
    phrase
        What the phrase means, where the name stands in one.
    """

    start: int
    end: int
    tag: Tag
    chance: float
    status: Status
    place: int
    score: float
    method: Method
    reason: str = ""
    places: Ints = field(default_factory=lambda: np.empty(0, dtype="int64"))
    scores: Floats = field(default_factory=lambda: np.empty(0))
    phrase: Answer | None = None


UNKNOWN_NAME = FoundName(0, 0, "name", 0.0, "unresolved", -1, 0.0, "none", "no place of that name in the index")


def names_found(disambiguated: Disambiguation, names: KnownNames, least: float) -> list[FoundName]:
    """Return what each distinct name of a document means.

    Parameters
    ----------
    disambiguated
        Which place each name means, and how sure that is.
    names
        The names met so far.
    least
        Below this chance a name is left unplaced: `UNSURE`, or `WILD` where it is known to be one.
    """
    read, table = disambiguated.read, names.table
    bounds = np.searchsorted(read.owner, np.arange(len(read.name) + 1)).tolist()
    out = []
    for unit, (best, chance) in enumerate(zip(disambiguated.best.tolist(), disambiguated.chance.tolist(), strict=True)):
        here = slice(bounds[unit], bounds[unit + 1])
        order = np.argsort(-disambiguated.share[here], kind="stable")[:_SHOWN]
        shares = disambiguated.share[here][order]
        # The best reading's score is its chance; what is left is shared out among its rivals.
        scores = np.minimum(shares / max(shares[0], 1e-9), 1.0) * chance
        way = WAYS[int(table[read.name[unit], _WAY])]
        tag = _tag(int(read.name_kind[best]), way)
        low = chance < least
        status: Status = "unresolved" if low else "ambiguous" if chance < _SURE else "matched"
        out.append(
            FoundName(
                start=0,
                end=0,
                tag=tag,
                chance=0.0,
                status=status,
                place=-1 if low else int(read.place[best]),
                score=round(chance, 4),
                method="none" if low else _METHODS[way],
                reason="no reading is likely here" if low else "a rival is close" if status == "ambiguous" else "",
                places=read.place[here][order],
                scores=np.round(scores, 4),
            )
        )
    return out


def of_surroundings(
    answer: FoundName, disambiguated: Disambiguation, document: Document, word: int, names: KnownNames
) -> FoundName:
    """Return the place that the text around a word is about, for a name there whose own place is not known."""
    place, agree = place_around(disambiguated, document, word, names)
    score = round(_AROUND * agree, 4)
    if place < 0 or score < WILD or score <= answer.score:
        return answer
    reason = "not in the index: the place its surroundings are about"
    return replace(
        answer,
        status="ambiguous",
        place=place,
        score=score,
        method="container",
        reason=reason,
        places=np.array([place]),
        scores=np.array([score]),
    )


def _tag(name_kind: int, way: str) -> Tag:
    if name_kind == _DEMONYM or way == "plural":
        return "demonym"
    return "abbreviation" if name_kind in _ABBREVIATIONS else "name"
