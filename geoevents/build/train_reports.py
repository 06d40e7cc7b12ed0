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
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import gazetteer
from geoevents.build.train_news import (
    NEWS_THRESHOLD,
    NewsCase,
    fit_news,
    label_located,
    label_muc,
    label_note,
    label_other_topics,
    measure_news,
    news_out_of_fold,
    read_cases,
)
from geoevents.build.train_scenes import (
    SCENE_THRESHOLD,
    fit_scenes,
    fit_scenes_by_fold,
    measure_scenes,
    noun_cases,
    scene_cases,
)
from geoevents.build.train_story import fit_story, measure_story, story_tables
from geoevents.reports.drafts.assemble import Reading
from geoevents.reports.drafts.draft import Draft
from geoevents.reports.language.text import case_key
from geoevents.reports.linear import Linear
from geoevents.reports.models import FOLDER
from geoevents.reports.scenes.mentions import Find

Gold = dict[str, Any]
# What an example of another set weighs beside one of muc4.
_OTHER_WEIGHT = 0.05


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


def main(folder: Path, out: Path = FOLDER, find: Find | None = None) -> None:
    """Train, measure, and write the models."""
    gaz = gazetteer.load()
    find = find or gaz.find
    sets = {
        name: read_gold(folder, name)
        for name in ("eventloc", "muc4", "hrds", "giveme5w1h", "wiki_disasters", "ucdp", "plover_gsr", "wiki_cep")
    }
    words = lower_words([d for name, documents in sets.items() if name != "muc4" for d in documents])
    known = frozenset(words)
    verbs = scene_cases(sets["eventloc"], find, known, gaz)
    nouns = noun_cases([d for name in ("muc4", "ucdp", "wiki_disasters") for d in sets[name]], find, known, gaz)
    unread = fit_scenes_by_fold([*verbs, *nouns])
    print("scenes of verbs, cross-validated:", measure_scenes(verbs, unread), flush=True)
    print("scenes of nouns, cross-validated:", measure_scenes(nouns, unread), flush=True)
    model, scene_lines = fit_scenes([*verbs, *nouns])

    def cases_of(name: str, label: Callable[[Gold, Reading, Draft], int | None], weight: float) -> list[NewsCase]:
        return read_cases(sets[name], unread, find, known, weight, label, gaz)

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
    write(out, words, model.linear, news_words, {"scenes": scene_lines, "story": story_lines, "news": news_lines})


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
