"""Trains the models of `geoevents.extract` and measures them by cross-validation.

``python -m geoevents.build.train_reports FOLDER`` reads the gold files ``*.dev.jsonl`` of FOLDER and writes
``reports.npz``, ``scenes.model``, ``story.model`` and ``news.model`` into ``geoevents/reports/data``. Only numbers
are written: hashed weights, hashes of common words, thresholds of trees. The same input gives the same models.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import gazetteer
from gazetteer import Mention
from geoevents.reports import news, scenes, story
from geoevents.reports.assemble import Reading, read_report
from geoevents.reports.candidates import Candidate, list_candidates
from geoevents.reports.drafts import Draft
from geoevents.reports.event_types import EventType, read_event_types
from geoevents.reports.linear import BITS, Linear, Trees, feature_key
from geoevents.reports.merge import distance_km
from geoevents.reports.models import FOLDER
from geoevents.reports.news import describe_drafts
from geoevents.reports.scenes import SceneModel, context_of, describe_scenes
from geoevents.reports.status import words_around
from geoevents.reports.story import describe_story, places_of
from geoevents.reports.text import Sentence, Text, case_key, read_text
from geoevents.reports.triggers import Trigger, find_triggers

_Floats = NDArray[np.float64]
Gold = dict[str, Any]
FOLDS = 5
SEED = 20220110
# Chosen by cross-validation on eventloc and muc4.
SCENE_THRESHOLD, NEWS_THRESHOLD = 0.35, 0.2
SCENE_PENALTY, NEWS_PENALTY = 3.0, 10.0
SCENE_ROUNDS, STORY_ROUNDS, NEWS_ROUNDS = 220, 150, 160
_SCENE_TREES = {
    "learning_rate": 0.05,
    "num_leaves": 31,
    "min_data_in_leaf": 20,
    "feature_fraction": 0.6,
    "lambda_l2": 3,
}
_STORY_TREES = {
    "learning_rate": 0.04,
    "num_leaves": 15,
    "min_data_in_leaf": 20,
    "feature_fraction": 0.6,
    "lambda_l2": 3,
}
_NEWS_TREES = {"learning_rate": 0.03, "num_leaves": 12, "min_data_in_leaf": 25, "feature_fraction": 0.5, "lambda_l2": 5}
_ALWAYS = {
    "objective": "binary",
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "verbose": -1,
    "seed": SEED,
    "deterministic": True,
    "force_row_wise": True,
    "num_threads": 2,
}
# Classes that muc4 marks; its documents say nothing of the others.
_MARKED = ("assault", "explosion", "abduction")
# A gold day and the days of a draft may lie this far apart.
_SLACK = timedelta(days=3)
# What an example of another set weighs beside one of muc4.
_OTHER_WEIGHT = 0.05
_LONGEST = 6000
# A place within this distance of the gold one is right, km.
_NEAR_KM = 50.0

Find = Callable[[str], list[Mention]]


@dataclass(frozen=True)
class SceneCase:
    """A sentence of eventloc with its verb, and which candidates are its scene."""

    text: Text
    sentence: Sentence
    triggers: list[Trigger]
    verb: Trigger
    candidates: list[Candidate]
    right: list[bool]
    has_scene: bool


@dataclass(frozen=True)
class NewsCase:
    """A report, read, with what is known of each of its drafts: 1 news, 0 not, None unknown."""

    reading: Reading
    report_date: date | None
    labels: list[int | None]
    weight: float
    gold: Gold


def read_gold(folder: Path, name: str) -> list[Gold]:
    """Return the documents of a gold file."""
    with (folder / f"{name}.dev.jsonl").open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def lower_words(documents: Sequence[Gold]) -> list[int]:
    """Return the keys of words that texts in usual case write in lower case."""
    small: Counter[str] = Counter()
    capital: Counter[str] = Counter()
    for document in documents:
        text = document["text"]
        for found in re.finditer(r"[^\W\d_]+", text):
            word = found[0]
            if word.islower():
                small[word] += 1
            elif word.istitle() and found.start() > 1 and text[found.start() - 2] not in '.!?\n"“:':
                capital[word.lower()] += 1
    usual = [w for w, n in small.items() if (n >= 2 and n > capital[w]) or (n == 1 and not capital[w] and len(w) > 3)]
    return sorted({case_key(word) for word in usual})


def fit_linear(
    bags: Sequence[Sequence[str]], labels: Sequence[float], penalty: float, weights: Sequence[float] | None = None
) -> Linear:
    """Return the hashed logistic regression of bags of features."""
    from scipy.optimize import minimize
    from scipy.sparse import csr_matrix

    rows = [sorted({feature_key(feature) for feature in bag}) for bag in bags]
    ends = np.concatenate([[0], np.cumsum([len(row) for row in rows])])
    columns = np.array([key for row in rows for key in row], dtype="int64")
    table = csr_matrix((np.ones(len(columns)), columns, ends), shape=(len(rows), 1 << BITS))
    y = np.asarray(labels, dtype="float64")
    w = np.ones(len(y)) if weights is None else np.asarray(weights, dtype="float64")

    def loss(parameters: _Floats) -> tuple[float, _Floats]:
        own, bias = parameters[:-1], parameters[-1]
        z = table @ own + bias
        rest = w * (1 / (1 + np.exp(-z)) - y)
        total = float(np.sum(w * (np.logaddexp(0, z) - y * z)) + penalty / 2 * own @ own)
        return total, np.append(table.T @ rest + penalty * own, rest.sum())

    found = minimize(loss, np.zeros((1 << BITS) + 1), jac=True, method="L-BFGS-B", options={"maxiter": 100}).x
    # As they will be shipped: whole multiples of a step.
    step = max(float(np.abs(found[:-1]).max()) / 127, 1e-6)
    return Linear((np.round(found[:-1] / step) * step).tolist(), float(found[-1]))


def fit_trees(
    rows: NDArray[np.float32],
    labels: Sequence[float],
    names: tuple[str, ...],
    settings: dict[str, Any],
    rounds: int,
    weights: Sequence[float] | None = None,
) -> tuple[Trees, list[str]]:
    """Return boosted trees and their lines."""
    import lightgbm

    data = lightgbm.Dataset(
        rows, np.asarray(labels, dtype="float64"), weight=None if weights is None else list(weights)
    )
    booster = lightgbm.train(_ALWAYS | settings, data, rounds)
    lines = ["features " + " ".join(names)]
    for tree in booster.dump_model()["tree_info"]:
        nodes: list[str] = []
        _flatten(tree["tree_structure"], nodes)
        lines += ["tree", *nodes]
    return Trees.parse(lines, "trained"), lines


def _flatten(node: dict[str, Any], out: list[str]) -> int:
    here = len(out)
    out.append("")
    if "leaf_value" in node:
        out[here] = f"leaf {node['leaf_value']:.5g}"
    else:
        left, right = _flatten(node["left_child"], out), _flatten(node["right_child"], out)
        out[here] = f"{node['split_feature']} {node['threshold']:.7g} {left} {right}"
    return here


def folds(count: int) -> NDArray[np.int64]:
    """Return the fold of each document."""
    return np.random.default_rng(SEED).integers(0, FOLDS, count)


# Scenes


def scene_cases(documents: Sequence[Gold], find: Find) -> list[SceneCase]:
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
        candidates = list_candidates(text, find(text.text), [number])[number]
        right = [any(c.start < b and a < c.end for a, b in gold["locations"]) for c in candidates]
        out.append(SceneCase(text, text.sentences[number], triggers, verb, candidates, right, bool(gold["locations"])))
    return out


def _scene_linear(cases: Sequence[SceneCase]) -> Linear:
    bags = [context_of(case.text, case.sentence, case.verb, c) for case in cases for c in case.candidates]
    return fit_linear(bags, [y for case in cases for y in case.right], SCENE_PENALTY)


def _scene_rows(case: SceneCase, linear: Linear) -> NDArray[np.float32]:
    rows = describe_scenes(case.text, case.sentence, case.triggers, case.candidates, linear)
    at, size = case.triggers.index(case.verb), len(case.candidates)
    return rows[at * size : (at + 1) * size]


def fit_scenes(cases: Sequence[SceneCase]) -> tuple[Linear, Trees, list[str]]:
    """Return the linear model and the trees of scenes; the trees see its word on folds that it has not read."""
    fold = folds(len(cases))
    parts, labels = [], []
    for k in range(FOLDS):
        linear = _scene_linear([case for case, f in zip(cases, fold, strict=True) if f != k])
        for case, f in zip(cases, fold, strict=True):
            if f == k and case.candidates:
                parts.append(_scene_rows(case, linear))
                labels += case.right
    trees, lines = fit_trees(np.concatenate(parts), labels, scenes.FEATURES, _SCENE_TREES, SCENE_ROUNDS)
    return _scene_linear(cases), trees, lines


def measure_scenes(cases: Sequence[SceneCase]) -> dict[str, float]:
    """Return the cross-validated F of the scene of a given verb, and the share of sentences without one left empty."""
    fold = folds(len(cases))
    hits = made = kept = 0
    for k in range(FOLDS):
        linear, trees, _ = fit_scenes([case for case, f in zip(cases, fold, strict=True) if f != k])
        for case, f in zip(cases, fold, strict=True):
            if f != k:
                continue
            scores = 1 / (1 + np.exp(-trees.score(_scene_rows(case, linear)))) if case.candidates else np.zeros(0)
            best = int(scores.argmax()) if len(scores) and scores.max() >= SCENE_THRESHOLD else -1
            made += best >= 0
            hits += best >= 0 and case.right[best]
            kept += best < 0 and not case.has_scene
    has = sum(case.has_scene for case in cases)
    return {"scene F": 2 * hits / (made + has), "empty kept empty": kept / (len(cases) - has)}


# Stories


def story_tables(
    cases: Sequence[NewsCase], gaz: gazetteer.Gazetteer
) -> list[tuple[NDArray[np.float32], list[int | None]]]:
    """Return for each draft of a marked event the features of the report's places and which of them are right."""
    country = _Countries(gaz)
    out = []
    for case in cases:
        text, places = case.reading.text, places_of(case.reading.text, case.reading.mentions)
        known = [draft for draft, label in zip(case.reading.drafts, case.labels, strict=True) if label == 1]
        known = known if case.gold["source_kind"] == "muc4" else known[:2]
        if not known or not places:
            continue
        rows = describe_story(text, known, places).reshape(len(known), len(places), -1)
        for draft, table in zip(known, rows, strict=True):
            gold = [event for event in case.gold["events"] if event["country"] or event["lon"] is not None]
            if case.gold["source_kind"] == "muc4":
                gold = [e for e in gold if e["type"] == draft.event_class and _days_agree(draft, e)]
            if gold:
                out.append((table, [_place_label([country.label(item.place, e) for e in gold]) for item in places]))
    return out


class _Countries:
    """Says whether a place is where a marked event took place."""

    def __init__(self, gaz: gazetteer.Gazetteer) -> None:
        self.gaz = gaz
        self.known: dict[str, str | None] = {}

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


def _place_label(labels: Sequence[int | None]) -> int | None:
    return 1 if 1 in labels else None if None in labels else 0


def fit_story(tables: Sequence[tuple[NDArray[np.float32], list[int | None]]]) -> tuple[Trees, list[str]]:
    """Return the trees that rank the places of a story."""
    rows = [row for table, labels in tables for row, label in zip(table, labels, strict=True) if label is not None]
    labels = [float(label) for _, known in tables for label in known if label is not None]
    return fit_trees(np.array(rows, dtype="float32"), labels, story.FEATURES, _STORY_TREES, STORY_ROUNDS)


def measure_story(tables: Sequence[tuple[NDArray[np.float32], list[int | None]]]) -> dict[str, float]:
    """Return the cross-validated share of events whose likeliest place is right."""
    fold = folds(len(tables))
    right = 0
    for k in range(FOLDS):
        trees, _ = fit_story([table for table, f in zip(tables, fold, strict=True) if f != k])
        for (table, labels), f in zip(tables, fold, strict=True):
            right += f == k and labels[int(trees.score(table).argmax())] != 0
    return {"place of the story": right / len(tables)}


# News


def read_cases(
    documents: Sequence[Gold],
    model: SceneModel,
    find: Find,
    words: frozenset[int],
    weight: float,
    label: Callable[[Gold, Reading, Draft], int | None],
    gaz: gazetteer.Gazetteer,
) -> list[NewsCase]:
    """Return the reports of a set with the labels of their drafts."""
    silent, types, out = Linear([0.0] * (1 << BITS), 0.0), read_event_types(), []
    for document in documents:
        day = date.fromisoformat(document["report_date"]) if document["report_date"] else None
        reading = read_report(document["text"][:_LONGEST], day, types, gaz, model, silent, words, find)
        labels = [label(document, reading, draft) for draft in reading.drafts]
        out.append(NewsCase(reading, day, labels, weight, document))
    return out


def label_muc(document: Gold, _: Reading, draft: Draft) -> int | None:
    """Label a draft of muc4: 1 where an event of its class and day is marked, 0 where none of its class is."""
    if draft.event_class not in _MARKED:
        return None
    same = [event for event in document["events"] if event["type"] == draft.event_class]
    if not same:
        return 0
    asked = [event for event in same if not event.get("optional") and event.get("stage") != "THREATENED"]
    return int(any(_days_agree(draft, event) for event in same)) if asked else None


def _days_agree(draft: Draft, event: Gold) -> bool:
    if draft.time is None or event["date_prec"] != 1 or not event["date_start"]:
        return True
    day = date.fromisoformat(event["date_start"])
    return draft.time.first - _SLACK <= day <= draft.time.last + _SLACK


def label_note(document: Gold, reading: Reading, draft: Draft) -> int | None:
    """Label a draft of a note, of which each tells one event that happened."""
    wanted = document["events"][0]["type"]
    related = {"clash": ("clash", "explosion", "assault"), None: ()}.get(wanted, (wanted,))
    return 1 if draft.event_class in related and draft.sentences[0] < 3 else None


def label_located(document: Gold, reading: Reading, draft: Draft) -> int | None:
    """Label a draft of eventloc: an event with a marked scene happened."""
    gold = document["events"][0]
    text = reading.text
    holds = any(text.start[t.first] <= gold["verb"][0] < text.end[t.last - 1] for t, _ in draft.triggers)
    return 1 if holds and gold["locations"] and draft.scene is not None else None


def label_other_topics(document: Gold, _: Reading, draft: Draft) -> int | None:
    """Label a draft of articles on elections, sport and goods: nothing violent happens in them."""
    calm = ("clinton", "f1", "toberone", "cubs", "trump", "china")
    topic = document["events"][0]["raw_type"]
    return 0 if topic.startswith(calm) and draft.event_class in (*_MARKED, "clash") else None


def _bags(case: NewsCase) -> tuple[list[list[str]], list[float], list[float]]:
    bags, labels, weights = [], [], []
    text = case.reading.text
    for draft, label in zip(case.reading.drafts, case.labels, strict=True):
        if label is not None:
            found = [words_around(text, text.sentences[t.sentence], t) for t, _ in draft.triggers]
            bags += found
            labels += [float(label)] * len(found)
            weights += [case.weight / len(found) ** 0.5] * len(found)
    return bags, labels, weights


def _news_linear(cases: Sequence[NewsCase]) -> Linear:
    parts = [_bags(case) for case in cases]
    return fit_linear(
        [bag for bags, _, _ in parts for bag in bags],
        [y for _, labels, _ in parts for y in labels],
        NEWS_PENALTY,
        [w for _, _, weights in parts for w in weights],
    )


def _news_rows(case: NewsCase, linear: Linear) -> NDArray[np.float32]:
    text = case.reading.text
    for draft in case.reading.drafts:
        draft.triggers = [
            (t, linear.score(words_around(text, text.sentences[t.sentence], t))) for t, _ in draft.triggers
        ]
    return describe_drafts(text, case.reading.drafts, case.report_date)


def fit_news(cases: Sequence[NewsCase]) -> tuple[Linear, Trees, list[str]]:
    """Return the linear model and the trees of news."""
    fold = folds(len(cases))
    parts, labels, weights = [], [], []
    for k in range(FOLDS):
        linear = _news_linear([case for case, f in zip(cases, fold, strict=True) if f != k])
        for case, f in zip(cases, fold, strict=True):
            if f != k or not any(label is not None for label in case.labels):
                continue
            known = [i for i, label in enumerate(case.labels) if label is not None]
            parts.append(_news_rows(case, linear)[known])
            labels += [float(case.labels[i] or 0) for i in known]
            weights += [case.weight] * len(known)
    trees, lines = fit_trees(np.concatenate(parts), labels, news.FEATURES, _NEWS_TREES, NEWS_ROUNDS, weights)
    return _news_linear(cases), trees, lines


def news_out_of_fold(cases: Sequence[NewsCase]) -> list[_Floats]:
    """Return the chance of every draft by models that have not read its report."""
    fold = folds(len(cases))
    out: list[_Floats] = [np.zeros(0)] * len(cases)
    for k in range(FOLDS):
        linear, trees, _ = fit_news([case for case, f in zip(cases, fold, strict=True) if f != k])
        for i, (case, f) in enumerate(zip(cases, fold, strict=True)):
            if f == k and case.reading.drafts:
                out[i] = 1 / (1 + np.exp(-trees.score(_news_rows(case, linear))))
    return out


def measure_news(cases: Sequence[NewsCase], chances: Sequence[_Floats], threshold: float) -> dict[str, float]:
    """Return the figures of muc4 at a threshold: F of the kind, documents found, false documents."""
    made = asked = hit = false = empty = found = full = 0
    for case, chance in zip(cases, chances, strict=True):
        events = Counter(
            draft.event_class
            for draft, value in zip(case.reading.drafts, chance, strict=True)
            if value >= threshold and draft.event_class in _MARKED
        )
        gold = [e for e in case.gold["events"] if not e.get("optional") and e.get("stage") != "THREATENED"]
        made, asked = made + sum(events.values()), asked + len(gold)
        empty, false = empty + (not case.gold["events"]), false + (not case.gold["events"] and bool(events))
        full, found = full + bool(gold), found + (bool(gold) and bool(events))
        for event in gold:
            if events[event["type"]] > 0:
                events[event["type"]] -= 1
                hit += 1
        for event in case.gold["events"]:
            if (event.get("optional") or event.get("stage") == "THREATENED") and events[event["type"]] > 0:
                events[event["type"]] -= 1
                made -= 1
    return {
        "kind F": 2 * hit / (made + asked),
        "documents found": found / full,
        "false documents": false / empty,
    }


def main(folder: Path, out: Path = FOLDER, find: Find | None = None) -> None:
    """Train, measure, and write the models."""
    gaz = gazetteer.load()
    find = find or gaz.find
    sets = {
        name: read_gold(folder, name)
        for name in ("eventloc", "muc4", "hrds", "giveme5w1h", "wiki_disasters", "ucdp", "plover_gsr", "wiki_cep")
    }
    words = lower_words([d for name, documents in sets.items() if name != "muc4" for d in documents])
    cases = scene_cases(sets["eventloc"], find)
    if "--quick" not in sys.argv:
        print("scenes, cross-validated:", measure_scenes(cases), flush=True)
    scene_words, scene_trees, scene_lines = fit_scenes(cases)
    model = SceneModel(scene_words, scene_trees, SCENE_THRESHOLD)
    known = frozenset(words)

    def cases_of(name: str, label: Callable[[Gold, Reading, Draft], int | None], weight: float) -> list[NewsCase]:
        return read_cases(sets[name], model, find, known, weight, label, gaz)

    marked = cases_of("muc4", label_muc, 1.0)
    others = [
        *cases_of("ucdp", label_note, _OTHER_WEIGHT),
        *cases_of("plover_gsr", label_note, _OTHER_WEIGHT),
        *cases_of("wiki_cep", label_note, _OTHER_WEIGHT),
        *cases_of("wiki_disasters", label_note, _OTHER_WEIGHT),
        *cases_of("hrds", label_note, _OTHER_WEIGHT),
        *cases_of("eventloc", label_located, _OTHER_WEIGHT),
        *cases_of("giveme5w1h", label_other_topics, 1.0),
    ]
    every = [*marked, *others]
    tables = story_tables([*marked, *(case for case in others if case.gold["source_kind"] == "hrds")], gaz)
    if "--quick" not in sys.argv:
        print("stories, cross-validated:", measure_story(tables), flush=True)
    _, story_lines = fit_story(tables)
    if "--quick" not in sys.argv:
        chances = news_out_of_fold(every)[: len(marked)]
        for threshold in (0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5):
            print("news, cross-validated, from", threshold, measure_news(marked, chances, threshold), flush=True)
    news_words, _, news_lines = fit_news(every)
    write(out, words, scene_words, news_words, {"scenes": scene_lines, "story": story_lines, "news": news_lines})


def write(
    out: Path, words: Sequence[int], scene_words: Linear, news_words: Linear, trees: dict[str, list[str]]
) -> None:
    """Write the four files."""
    out.mkdir(parents=True, exist_ok=True)
    arrays: dict[str, NDArray[Any]] = {
        "lower_words": np.array(words, dtype="uint32"),
        "thresholds": np.array([SCENE_THRESHOLD, NEWS_THRESHOLD]),
    }
    scale = []
    for name, linear in (("scene_words", scene_words), ("news_words", news_words)):
        weights = np.array(linear.weights)
        step = max(float(np.abs(weights).max()) / 127, 1e-6)
        arrays[name] = np.round(weights / step).astype("int8")
        scale += [step, linear.bias]
    np.savez_compressed(out / "reports.npz", allow_pickle=False, scale=np.array(scale), **arrays)
    for name, lines in trees.items():
        (out / f"{name}.model").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
