"""Trains and measures the model of stories: which place of a report is that of an event whose sentence names none."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

import gazetteer
from geoevents.build.fitting import FOLDS, fit_trees, folds
from geoevents.build.train_news import NewsCase, days_agree
from geoevents.build.train_scenes import PlaceLabels, place_label
from geoevents.reports.linear import Trees
from geoevents.reports.stories import story
from geoevents.reports.stories.story import describe_story, places_of

__all__ = ["fit_story", "measure_story", "story_tables"]

# Chosen by cross-validation on muc4 and hrds.
STORY_ROUNDS = 150
_STORY_TREES = {
    "learning_rate": 0.04,
    "num_leaves": 15,
    "min_data_in_leaf": 20,
    "feature_fraction": 0.6,
    "lambda_l2": 3,
}


def story_tables(
    cases: Sequence[NewsCase], gaz: gazetteer.Gazetteer
) -> list[tuple[NDArray[np.float32], list[int | None]]]:
    """Return for each draft of a marked event the features of the report's places and which of them are right."""
    country = PlaceLabels(gaz)
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
                gold = [e for e in gold if e["type"] == draft.event_class and days_agree(draft, e)]
            if gold:
                out.append((table, [place_label([country.label(item.place, e) for e in gold]) for item in places]))
    return out


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
