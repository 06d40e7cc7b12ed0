"""Find the scene of an event: which of the places a sentence names is where this event took place, or none.

Each trigger of a `Text` gets its scenes from the candidates, best first, each with its chance. Boosted
trees over features of the candidate, of the trigger and of what lies between them decide; a hashed linear model over
the words around gives one of the features.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geoevents.reports.language.event_types import CLASSES, role_words
from geoevents.reports.language.inflection import Form
from geoevents.reports.language.text import Sentence, Text
from geoevents.reports.language.triggers import Trigger
from geoevents.reports.linear import Linear, Trees
from geoevents.reports.scenes.candidates import Candidate, preposition_before, role_after
from geoevents.reports.scenes.clause_facts import CLAUSE_FEATURES, NAME_FEATURES, clause_facts, name_facts
from geoevents.reports.scenes.place_facts import kind_number, log_population

__all__ = ["FEATURES", "Scene", "SceneModel", "context_of", "describe_scenes"]

FEATURES = (
    "tag",
    "kind",
    "population",
    "chance",
    "match_score",
    "in_index",
    "preposition",
    "skipped",
    "after",
    "contains_before",
    "contained_after",
    "candidates",
    "position",
    "words",
    "opens_sentence",
    "in_dateline",
    "distance",
    "gap",
    "is_after",
    "between_candidates",
    "between_commas",
    "between_saying",
    "between_relative",
    "between_triggers",
    "between_quotes",
    "rank_after",
    "rank_before",
    "form",
    "class",
    "is_noun",
    "triggers",
    "nearest_trigger",
    "linear",
    "best_linear",
    "sentence_words",
    "trigger_position",
    *NAME_FEATURES,
    *CLAUSE_FEATURES,
)
_FORMS: tuple[Form, ...] = ("base", "third", "past", "participle", "ing", "singular", "plural")
_TAGS = {"name": 0, "demonym": 1, "abbreviation": 2}
_RELATIVE = role_words()["relative"]
_QUOTES = frozenset('"“”«»')


@dataclass(frozen=True, slots=True)
class Scene:
    """A place where an event may have happened, and the chance that it did."""

    candidate: Candidate
    chance: float


def context_of(text: Text, sentence: Sentence, trigger: Trigger, candidate: Candidate) -> list[str]:
    """Return the words around a candidate and a trigger, for the linear model."""
    lower, (first, last) = text.lower, (candidate.first, candidate.last)
    side = ">" if first >= trigger.last else "<"
    before = [lower[i] if i >= sentence.first else "^" for i in (first - 1, first - 2, first - 3)]
    after = [lower[i] if i < sentence.last else "$" for i in (last, last + 1)]
    lemma, kind = trigger.type.lemma, trigger.type.event_class
    a, b = (trigger.last, first) if side == ">" else (last, trigger.first)
    between = lower[a:b]
    out = [
        f"b1{before[0]}",
        f"b2{before[1]} {before[0]}",
        f"b3{before[2]} {before[1]} {before[0]}",
        f"a1{after[0]}",
        f"a2{after[0]} {after[1]}",
        f"s{side}{before[0]}",
        f"l{lemma}{side}{before[0]}",
        f"c{kind}{side}{before[0]}",
        f"f{trigger.form}{side}{before[0]}",
        f"x{side}{before[0]} {after[0]}",
    ]
    out += [f"w{side}{word}" for word in set(between[-12:])]
    if len(between) <= 4:
        out.append(f"p{side}{' '.join(between)}")
    if candidate.mention is not None:
        place = candidate.mention.match.place
        out.append(f"k{candidate.mention.tag}{place.kind if place else ''}{side}{before[0]}")
    return out


def describe_scenes(
    text: Text, sentence: Sentence, triggers: Sequence[Trigger], candidates: Sequence[Candidate], linear: Linear
) -> NDArray[np.float32]:
    """Return the features of every pair of a trigger and a candidate of one sentence.

    Returns
    -------
    numpy.ndarray
        Shape (triggers × candidates, features), the candidates of the first trigger first.
    """
    own = [_own(text, sentence, candidates, i) for i in range(len(candidates))]
    names = [name_facts(text, sentence, candidates, i) for i in range(len(candidates))]
    rows = []
    for trigger in triggers:
        said = [linear.score(context_of(text, sentence, trigger, candidate)) for candidate in candidates]
        best = max(said, default=0.0)
        for i, candidate in enumerate(candidates):
            rows.append(
                [
                    *own[i],
                    *_between(text, sentence, trigger, triggers, candidate, candidates, i),
                    said[i],
                    said[i] - best,
                    sentence.last - sentence.first,
                    (trigger.first - sentence.first) / (sentence.last - sentence.first),
                    *names[i],
                    *clause_facts(text, sentence, trigger, candidate, candidates),
                ]
            )
    return np.array(rows, dtype="float32").reshape(-1, len(FEATURES))


def _own(text: Text, sentence: Sentence, candidates: Sequence[Candidate], i: int) -> list[float]:
    candidate = candidates[i]
    mention = candidate.mention
    place = mention.match.place if mention else None
    preposition, skipped = preposition_before(text, candidate, sentence.first)
    before = candidates[i - 1] if i and text.text[candidates[i - 1].end : candidate.start].strip(" ,(") == "" else None
    after = candidates[i + 1] if i + 1 < len(candidates) else None
    if after is not None and text.text[candidate.end : after.start].strip(" ,(") != "":
        after = None
    dateline = text.dateline
    return [
        _TAGS[mention.tag] if mention else 3,
        kind_number(place),
        log_population(place),
        mention.chance if mention else -1,
        mention.match.score if mention else -1,
        mention is not None,
        preposition,
        skipped,
        role_after(text, candidate, sentence.last),
        _inside(candidate, before),
        _inside(after, candidate) if after else -1,
        len(candidates),
        (candidate.first - sentence.first) / (sentence.last - sentence.first),
        candidate.last - candidate.first,
        candidate.first == sentence.first,
        dateline is not None and candidate.start < dateline.end,
    ]


def _inside(inner: Candidate | None, outer: Candidate | None) -> float:
    """Whether one place names the area of the other: -1 there is no other, 0 no, 1 same country, 2 same unit."""
    if inner is None or outer is None:
        return -1
    places = [c.mention.match.place if c.mention else None for c in (inner, outer)]
    if places[0] is None or places[1] is None:
        return 0.5
    if places[0].country != places[1].country:
        return 0
    return 2 if places[0].admin1 == places[1].admin1 else 1


def _between(
    text: Text,
    sentence: Sentence,
    trigger: Trigger,
    triggers: Sequence[Trigger],
    candidate: Candidate,
    candidates: Sequence[Candidate],
    i: int,
) -> list[float]:
    is_after = candidate.first >= trigger.last
    a, b = (trigger.last, candidate.first) if is_after else (candidate.last, trigger.first)
    words = text.lower[a:b]
    others = [c for c in candidates if a <= c.first < b]
    after = [c for c in candidates if c.first >= trigger.last]
    before = [c for c in candidates if c.first < trigger.first]
    nearest = min(triggers, key=lambda other: abs(other.first - candidate.first))
    return [
        b - a if is_after else a - b,
        b - a,
        is_after,
        len(others),
        words.count(","),
        any(word in _SAYING for word in words),
        sum(word in _RELATIVE for word in words),
        sum(a <= other.first < b for other in triggers),
        sum(word in _QUOTES for word in words),
        after.index(candidate) if is_after else -1,
        -1 if is_after else len(before) - 1 - before.index(candidate) if candidate in before else -1,
        _FORMS.index(trigger.form),
        CLASSES.index(trigger.type.event_class),
        trigger.type.kind == "noun",
        len(triggers),
        nearest is trigger,
    ]


_SAYING = role_words()["saying"]


@dataclass(frozen=True)
class SceneModel:
    """What is learned about scenes.

    Attributes
    ----------
    linear
        Over `context_of`.
    trees
        Over `FEATURES`.
    threshold
        A candidate below this chance is not a scene.
    """

    linear: Linear
    trees: Trees
    threshold: float

    def chances(
        self, text: Text, pairs: Sequence[tuple[Sentence, Sequence[Trigger], Sequence[Candidate]]]
    ) -> list[NDArray[np.float64]]:
        """Return for each sentence the chance of every candidate for every trigger, shape (triggers, candidates)."""
        tables = [describe_scenes(text, s, triggers, candidates, self.linear) for s, triggers, candidates in pairs]
        if not tables:
            return []
        scores = 1 / (1 + np.exp(-self.trees.score(np.concatenate(tables))))
        out, at = [], 0
        for (_, triggers, candidates), table in zip(pairs, tables, strict=True):
            out.append(scores[at : at + len(table)].reshape(len(triggers), len(candidates)))
            at += len(table)
        return out
