"""Trains and measures the model of news: which drafts are events that happened and that the report is about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

import gazetteer
from geoevents.build.fitting import FOLDS, fit_linear, fit_trees, fold_of, folds
from geoevents.reports.drafts.assemble import Reading, read_report
from geoevents.reports.drafts.draft import Draft
from geoevents.reports.language.event_types import read_event_types
from geoevents.reports.language.status import words_around
from geoevents.reports.linear import BITS, Linear, Trees
from geoevents.reports.scenes.mentions import Find
from geoevents.reports.scenes.scene import SceneModel
from geoevents.reports.stories import news
from geoevents.reports.stories.news import describe_drafts

__all__ = [
    "NEWS_THRESHOLD",
    "Gold",
    "NewsCase",
    "days_agree",
    "fit_news",
    "label_located",
    "label_muc",
    "label_note",
    "label_other_topics",
    "measure_news",
    "news_out_of_fold",
    "read_cases",
]

_Floats = NDArray[np.float64]
Gold = dict[str, Any]
# Chosen by cross-validation on muc4. Thresholds drawn at random keep more of the reports without an event empty: of the
# reports with one, nine in ten are found at .32 false ones instead of .37.
NEWS_THRESHOLD, NEWS_PENALTY, NEWS_ROUNDS = 0.25, 10.0, 160
_NEWS_TREES = {
    "extra_trees": True,
    "learning_rate": 0.03,
    "num_leaves": 12,
    "min_data_in_leaf": 25,
    "feature_fraction": 0.5,
    "lambda_l2": 5,
}
# Classes that muc4 marks; its documents say nothing of the others.
_MARKED = ("assault", "explosion", "abduction")
# A gold day and the days of a draft may lie this far apart.
_SLACK = timedelta(days=3)
_LONGEST = 6000


@dataclass(frozen=True)
class NewsCase:
    """A report, read, with what is known of each of its drafts: 1 news, 0 not, None unknown."""

    reading: Reading
    report_date: date | None
    labels: list[int | None]
    weight: float
    gold: Gold


def read_cases(
    documents: Sequence[Gold],
    models: Sequence[SceneModel],
    find: Find,
    words: frozenset[int],
    weight: float,
    label: Callable[[Gold, Reading, Draft], int | None],
    gaz: gazetteer.Gazetteer,
) -> list[NewsCase]:
    """Return the reports of a set with the labels of their drafts.

    `models` has a model of scenes for each fold, which has not read that fold's documents.
    """
    silent, types, out = Linear([0.0] * (1 << BITS), 0.0), read_event_types(), []
    for document in documents:
        day = date.fromisoformat(document["report_date"]) if document["report_date"] else None
        model = models[fold_of(str(document["id"]))]
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
    return int(any(days_agree(draft, event) for event in same)) if asked else None


def days_agree(draft: Draft, event: Gold) -> bool:
    """Whether the days of a draft are not far from those of a marked event."""
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
    return describe_drafts(text, case.reading.drafts, case.report_date, case.reading.judged)


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
