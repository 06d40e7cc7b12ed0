"""Train and measure the model of scenes: which place of a sentence is where its event took place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

import gazetteer
from geoevents.build.fitting import FOLDS, fit_linear, fit_trees, fold_of
from geoevents.reports.drafts.merge import distance_km
from geoevents.reports.language.event_types import EventType, read_event_types
from geoevents.reports.language.text import Sentence, Text, read_text
from geoevents.reports.language.triggers import Trigger, find_triggers
from geoevents.reports.linear import Linear
from geoevents.reports.scenes import scene as scenes
from geoevents.reports.scenes.candidates import Candidate, list_candidates
from geoevents.reports.scenes.mentions import Find
from geoevents.reports.scenes.places import find_places
from geoevents.reports.scenes.scene import SceneModel, context_of, describe_scenes

__all__ = [
    "SCENE_THRESHOLD",
    "PlaceLabels",
    "SceneCase",
    "fit_scenes",
    "fit_scenes_by_fold",
    "measure_scenes",
    "noun_cases",
    "place_label",
    "scene_cases",
]

Gold = dict[str, Any]
# Chosen by cross-validation on eventloc; the threshold on whole extractions of documents that were not read.
SCENE_THRESHOLD, SCENE_PENALTY, SCENE_ROUNDS = 0.45, 3.0, 300
# What a noun of the other sets weighs beside a verb of eventloc, whose scenes were marked by hand.
_NOUN_WEIGHT = 0.5
_LONGEST = 6000
# A place within this distance of the gold one is right, km.
_NEAR_KM = 50.0
# Units that are the scene where the sentence names no place near the event.
_UNITS = ("admin1", "admin2")
_SCENE_TREES = {
    # Thresholds drawn at random: they fit the marked sentences less closely, and keep more of the empty ones empty.
    "extra_trees": True,
    "learning_rate": 0.08,
    "num_leaves": 40,
    "min_data_in_leaf": 12,
    "feature_fraction": 0.8,
    "lambda_l2": 3,
}


@dataclass(frozen=True)
class SceneCase:
    """A sentence with a trigger, and which candidates are its scene."""

    text: Text
    sentence: Sentence
    triggers: list[Trigger]
    trigger: Trigger
    candidates: list[Candidate]
    right: list[bool]
    has_scene: bool
    document: str
    weight: float = 1.0


def scene_cases(
    documents: Sequence[Gold], find: Find, words: frozenset[int], gaz: gazetteer.Gazetteer
) -> list[SceneCase]:
    """Return the sentences of eventloc."""
    types, out = read_event_types(), []
    for document in documents:
        text, gold = read_text(document["text"]), document["events"][0]
        first, last = text.word_at(gold["verb"][0]), text.word_at(gold["verb"][1] - 1) + 1
        number = text.sentence_at(gold["verb"][0])
        triggers = [trigger for trigger in find_triggers(text, types) if trigger.sentence == number]
        verb = next((trigger for trigger in triggers if trigger.first <= first < trigger.last), None)
        if verb is None:
            form = "ing" if text.lower[first].endswith("ing") else "past"
            row = EventType(0, text.lower[first], "verb", (), "politics", "", "", "", "", "")
            verb = Trigger(number, first, last, row, form)  # type: ignore[arg-type]
            triggers = sorted([*triggers, verb], key=lambda trigger: trigger.first)
        candidates = list_candidates(text, find_places(text, find, gaz.resolve, words), [number])[number]
        right = [any(c.start < b and a < c.end for a, b in gold["locations"]) for c in candidates]
        has_scene = bool(gold["locations"])
        sentence = text.sentences[number]
        out.append(SceneCase(text, sentence, triggers, verb, candidates, right, has_scene, str(document["id"])))
    return out


def noun_cases(
    documents: Sequence[Gold], find: Find, words: frozenset[int], gaz: gazetteer.Gazetteer
) -> list[SceneCase]:
    """Return the nouns that say a marked event, with the places near that event, or its unit, as their scenes.

    eventloc marks verbs alone. The other sets mark events with a place; a noun of the event's class ("the attack in
    X", "an explosion at Y") has the places of its sentence near that place as its scenes, else the unit that holds it.
    """
    types, labels, out = read_event_types(), PlaceLabels(gaz), []
    for document in documents:
        text = read_text(document["text"][:_LONGEST], words)
        triggers = find_triggers(text, types)
        marked = {event["type"] for event in document["events"] if event["lon"] is not None}
        nouns = [t for t in triggers if t.type.kind == "noun" and t.type.event_class in marked]
        if not nouns:
            continue
        numbers = sorted({noun.sentence for noun in nouns})
        by_sentence = list_candidates(text, find_places(text, find, gaz.resolve, words), numbers)
        for noun in nouns:
            events = [event for event in document["events"] if event["type"] == noun.type.event_class]
            candidates = [c for c in by_sentence[noun.sentence] if c.mention and c.mention.match.place]
            known = labels.scenes([_place_of(c) for c in candidates], events)
            kept = [(c, label == 1) for c, label in zip(candidates, known, strict=True) if label is not None]
            if kept and (1 in known or None not in known):
                beside = [trigger for trigger in triggers if trigger.sentence == noun.sentence]
                right = [label for _, label in kept]
                sentence, id_ = text.sentences[noun.sentence], str(document["id"])
                case = SceneCase(
                    text, sentence, beside, noun, [c for c, _ in kept], right, any(right), id_, _NOUN_WEIGHT
                )
                out.append(case)
    return out


def _place_of(candidate: Candidate) -> gazetteer.Place:
    assert candidate.mention is not None
    assert candidate.mention.match.place is not None
    return candidate.mention.match.place


class PlaceLabels:
    """Says whether a place is where a marked event took place."""

    def __init__(self, gaz: gazetteer.Gazetteer) -> None:
        self.gaz = gaz
        self.known: dict[str, str | None] = {}
        self.held: dict[tuple[float, float], list[str]] = {}

    def label(self, place: gazetteer.Place, event: Gold) -> int | None:
        """Return 1 for the place, 0 for another one, None where the marks are too coarse to tell."""
        if event["lon"] is not None and (event.get("where_prec") or 1) < 6:
            near = distance_km(place.lon, place.lat, event["lon"], event["lat"]) <= _NEAR_KM
            return int(near and place.kind != "country")
        name = event["country"] or ""
        if name not in self.known:
            found = self.gaz.resolve(name).place
            self.known[name] = found.country if found else None
        if self.known[name] is None:
            return None
        if place.country != self.known[name]:
            return 0
        return 1 if place.kind == "country" else None

    def scenes(self, places: Sequence[gazetteer.Place], events: Sequence[Gold]) -> list[int | None]:
        """Return the labels of the places of a sentence: 1 for those near an event, else for the unit that holds it.

        A country that holds an event may be its scene or the country of who acts: None.
        """
        known = [place_label([self.label(place, event) for event in events]) for place in places]
        held = {area for event in events if event["lon"] is not None for area in self.areas(event)}
        out = [
            None if y == 0 and p.kind == "country" and p.id in held else y for p, y in zip(places, known, strict=True)
        ]
        if 1 in known:
            return out
        return [1 if p.kind in _UNITS and p.id in held else y for p, y in zip(places, out, strict=True)]

    def areas(self, event: Gold) -> list[str]:
        """Return the ids of the areas that hold an event's point."""
        point = event["lon"], event["lat"]
        if point not in self.held:
            self.held[point] = [area.id for area in self.gaz.within(*point)]
        return self.held[point]


def place_label(labels: Sequence[int | None]) -> int | None:
    """Return 1 where a place is that of one of several events, 0 where it is of none, None where that is not known."""
    return 1 if 1 in labels else None if None in labels else 0


def _scene_linear(cases: Sequence[SceneCase]) -> Linear:
    bags = [context_of(case.text, case.sentence, case.trigger, c) for case in cases for c in case.candidates]
    weights = [case.weight for case in cases for _ in case.candidates]
    return fit_linear(bags, [y for case in cases for y in case.right], SCENE_PENALTY, weights)


def _scene_rows(case: SceneCase, linear: Linear) -> NDArray[np.float32]:
    rows = describe_scenes(case.text, case.sentence, case.triggers, case.candidates, linear)
    at, size = case.triggers.index(case.trigger), len(case.candidates)
    return rows[at * size : (at + 1) * size]


def fit_scenes(cases: Sequence[SceneCase]) -> tuple[SceneModel, list[str]]:
    """Return the model of scenes and its trees' lines; the trees see the linear model on folds that it has not read."""
    parts, labels, weights = [], [], []
    for k in range(FOLDS):
        linear = _scene_linear([case for case in cases if fold_of(case.document) != k])
        for case in cases:
            if fold_of(case.document) == k and case.candidates:
                parts.append(_scene_rows(case, linear))
                labels += case.right
                weights += [case.weight] * len(case.right)
    trees, lines = fit_trees(np.concatenate(parts), labels, scenes.FEATURES, _SCENE_TREES, SCENE_ROUNDS, weights)
    return SceneModel(_scene_linear(cases), trees, SCENE_THRESHOLD), lines


def fit_scenes_by_fold(cases: Sequence[SceneCase]) -> list[SceneModel]:
    """Return a model for each fold of the documents, trained on the others.

    The models of stories and news read the chances of scenes; on documents that the model of scenes has read, those
    would be too good.
    """
    return [fit_scenes([case for case in cases if fold_of(case.document) != k])[0] for k in range(FOLDS)]


def measure_scenes(cases: Sequence[SceneCase], models: Sequence[SceneModel]) -> dict[str, float]:
    """Return the cross-validated F of the scene of a given word, and the share of sentences without one left empty."""
    hits = made = kept = 0
    for case in cases:
        model = models[fold_of(case.document)]
        scores = (
            1 / (1 + np.exp(-model.trees.score(_scene_rows(case, model.linear)))) if case.candidates else np.zeros(0)
        )
        best = int(scores.argmax()) if len(scores) and scores.max() >= SCENE_THRESHOLD else -1
        made += best >= 0
        hits += best >= 0 and case.right[best]
        kept += best < 0 and not case.has_scene
    has = sum(case.has_scene for case in cases)
    return {"scene F": 2 * hits / (made + has), "empty kept empty": kept / max(len(cases) - has, 1)}
