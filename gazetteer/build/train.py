"""Trains the two models of `gazetteer.find` and measures them.

``python -m gazetteer.build.train FOLDER NAME=GOLD.jsonl...`` reads gold files and the gazetteer in FOLDER, prints what
cross-validation over documents and leaving one corpus out measure, and writes ``tagger.model`` and ``placer.model``
into the data folder. Needs the extra ``train``. The same input gives the same models.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gazetteer.api import Gazetteer
from gazetteer.build import train_placer as placer
from gazetteer.build import train_tagger as tagger
from gazetteer.build.checksums import note_checksums
from gazetteer.build.train_placer import Case, Doubted, Marks
from gazetteer.build.train_tagger import Example
from gazetteer.bundled import BUNDLED
from gazetteer.candidates.name_index import NameIndex
from gazetteer.evaluate import Given, Sought, toponyms
from gazetteer.geoparsing import document_of
from gazetteer.geoparsing.candidates import KnownNames, PlaceArrays, key_of_words
from gazetteer.geoparsing.disambiguator import Calibration, Disambiguator
from gazetteer.geoparsing.models import write_disambiguator, write_recognizer
from gazetteer.geoparsing.recognizer import HOPELESS, NameRecognizer, chosen
from gazetteer.geoparsing.spans import SpanFinder
from gazetteer.geoparsing.tokens import Vocabulary, scan
from gazetteer.index.store import Store

_Floats = NDArray[np.float64]
THRESHOLD = 0.38
# Of these corpora only telling apart can be learned: not every name in them is marked.
PARTLY_MARKED = {"wiktor"}
WITHOUT_DEMONYMS = {"geovirus"}
_CONTEXT = 0.3


class Bench:
    """The gold documents, and what is learned from them."""

    def __init__(self, folder: Path, gold: dict[str, list[dict[str, Any]]]) -> None:
        self.store = Store(folder)
        self.names = KnownNames(self.store, NameIndex(self.store), PlaceArrays(self.store))
        self.vocabulary = Vocabulary()
        self.gold = gold
        full = {corpus: documents for corpus, documents in gold.items() if corpus not in PARTLY_MARKED}
        self.examples = tagger.examples(full, self.names, self.vocabulary, WITHOUT_DEMONYMS)
        known = self.store.column("geonames")
        ids = [id_.removeprefix("geonames:") for id_ in self.store.column("id").tolist()]
        own = np.array([float(id_) if id_.isdigit() else np.nan for id_ in ids])
        self.numbers = np.where(np.isnan(own), known, own)

    def fit_tagger(self, training: Sequence[Example]) -> tuple[Any, Any]:
        """Return the lexical model and the trees."""
        held_out = tagger.out_of_fold(training, self.vocabulary)
        lexical = tagger.fit_lexical(training, self.vocabulary)
        rows = [
            tagger.rows_of(example, said, self.vocabulary, self.names)
            for example, said in zip(training, held_out, strict=True)
        ]
        use = [e.usable & (said > HOPELESS) for e, said in zip(training, held_out, strict=True)]
        kept = np.concatenate([r[u] for r, u in zip(rows, use, strict=True)])
        right = np.concatenate([e.right[u] for e, u in zip(training, use, strict=True)])
        return lexical, tagger.fit_trees(kept, right)

    def chances(self, model: tuple[Any, Any], example: Example) -> _Floats:
        """Return the chance of each span of a document."""
        ready = NameRecognizer(*model, self.names, threshold=THRESHOLD)
        ready.vocabulary = self.vocabulary
        return ready.chances(example.text, example.spans)

    def tag_out_of_fold(self, split: Callable[[Example], Any]) -> list[_Floats]:
        """Return the chances of every document's spans by a model that has not seen its fold."""
        keys = [split(example) for example in self.examples]
        out: list[_Floats] = [np.empty(0)] * len(keys)
        for key in sorted(set(keys)):
            model = self.fit_tagger([e for e, k in zip(self.examples, keys, strict=True) if k != key])
            for i, (example, k) in enumerate(zip(self.examples, keys, strict=True)):
                if k == key:
                    out[i] = self.chances(model, example)
        return out

    def marks(self, chances: Sequence[_Floats], model: tuple[Any, Any], *, given: bool) -> list[Marks]:
        """Return every document with its mentions: those found, and (given) the gold ones in their stead."""
        found = {
            (e.corpus, str(e.document["id"])): (e, chance) for e, chance in zip(self.examples, chances, strict=True)
        }
        spanner, out = SpanFinder(self.names), []
        for corpus, documents in self.gold.items():
            for document in documents:
                pair = found.get((corpus, str(document["id"])))
                if pair is None:
                    text = scan(document["text"], self.vocabulary)
                    none = np.zeros(0, dtype=bool)
                    example = Example(corpus, document, text, spanner.spans(text, self.vocabulary), none, none)
                    pair = example, self.chances(model, example)
                out.append(self._marks(*pair, given=given))
        return out

    def _marks(self, example: Example, chance: _Floats, *, given: bool) -> Marks:
        text, spans = example.text, example.spans
        by_span = {(t["start"], t["end"]): t for t in example.document["toponyms"]}
        rows: list[tuple[int, int, int, float, Any]] = []
        taken: set[int] = set()
        if given:
            for (start, end), gold in by_span.items():
                first = int(np.searchsorted(text.end, start, "right"))
                last = int(np.searchsorted(text.start, end, "left")) - 1
                words = [self.vocabulary.words[w] for w in text.word[first : last + 1].tolist()]
                name = self.names.number(key_of_words(words)) if words else -1
                rows.append((first, max(first, last), name, 1.0, gold))
                taken |= set(range(first, last + 1))
        for i in chosen(spans.first, spans.last, chance, _CONTEXT if given else THRESHOLD).tolist():
            first, last = int(spans.first[i]), int(spans.last[i])
            if not taken & set(range(first, last + 1)):
                gold = by_span.get((int(text.start[first]), int(text.end[last])))
                rows.append((first, last, int(spans.name[i]), float(chance[i]), gold))
        rows = sorted((row for row in rows if row[2] >= 0), key=lambda row: row[:2])
        columns = [np.array([row[i] for row in rows]) for i in range(4)]
        words = [column.astype("int64") for column in columns[:3]]
        mentions = document_of(text, self.vocabulary, words[0], words[1], words[2], columns[3].astype("float64"))
        return Marks(example.corpus, example.document, mentions, [row[4] for row in rows])

    def cases(self, marks: Sequence[Marks]) -> list[Case]:
        """Return the documents with at least one name that the index knows."""
        return [placer.marked(m, self.names, self.numbers) for m in marks if len(m.mentions.first)]

    def learn_placing(self, cases: list[Case], split: Callable[[Marks], Any]) -> tuple[list[Case], list[_Floats]]:
        """Return the documents with what is remembered of their sources, and scores by trees that had not seen them."""
        first_look = placer.out_of_fold(cases, placer.rows_of(cases, self.names), split)
        cases = placer.remembering(cases, first_look, self.names)
        return cases, placer.out_of_fold(cases, placer.rows_of(cases, self.names), split)


def whole(
    bench: Bench,
    folder: Path,
    cases: list[Case],
    rows: list[Any],
    given: Doubted,
    table: Calibration,
) -> dict[str, dict[str, float]]:
    """Return the figures of `gazetteer.evaluate` by corpus, each document read by models that have not seen it.

    Every document goes through the finder as a user's does; those of other folds are read too, since a source is
    remembered, but not counted.
    """
    gaz = Gazetteer(Store(folder))
    finder = gaz.parts.geoparser
    counts = {corpus: (Given(), Sought()) for corpus in bench.gold if corpus not in PARTLY_MARKED}
    keys = np.array([str(key) for key in given.keys])
    for fold in range(5):
        held = [i for i, case in enumerate(cases) if placer.fold_of(case.marks) != fold]
        lexical, trees = bench.fit_tagger([e for e in bench.examples if tagger.fold_of(e) != fold])
        finder.spotter.recognizer = NameRecognizer(lexical, trees, finder.names, threshold=THRESHOLD)
        ranking = placer.fit_trees([cases[i] for i in held], [rows[i] for i in held])
        finder.disambiguator = Disambiguator(ranking, placer.fit_doubt(given, keys != str(fold)), table, finder.names)
        for corpus, (asked, sought) in counts.items():
            spans = ({**d, "spans": [[t["start"], t["end"]] for t in toponyms(d)]} for d in bench.gold[corpus])
            for document, mentions in gaz.find_many(spans):
                if tagger.fold_of_document(corpus, document) == fold:
                    asked.add(toponyms(document), mentions)
            for document, mentions in gaz.find_many(bench.gold[corpus], phrases=False):
                if tagger.fold_of_document(corpus, document) == fold:
                    kept = [m for m in mentions if corpus not in WITHOUT_DEMONYMS or m.tag != "demonym"]
                    sought.add(toponyms(document), kept)
    return {
        corpus: {
            **{f"spans {k}": round(v, 4) for k, v in a.figures().items()},
            "spans ece": round(a.reliability.error, 4),
        }
        | {k: round(v, 4) for k, v in s.figures().items()}
        for corpus, (a, s) in counts.items()
    }


def recognition(examples: Sequence[Example], chances: Sequence[_Floats]) -> dict[str, float]:
    """Return exact F1 by corpus; where a corpus leaves demonyms out, so is the answer."""
    counts: dict[str, list[int]] = {}
    for example, chance in zip(examples, chances, strict=True):
        keep = chosen(example.spans.first, example.spans.last, np.where(example.usable, chance, 0.0), THRESHOLD)
        count = counts.setdefault(example.corpus, [0, 0])
        count[0] += int(example.right[keep].sum())
        count[1] += len(keep) + len({(t["start"], t["end"]) for t in example.document["toponyms"]})
    return {corpus: round(2 * hits / both, 4) for corpus, (hits, both) in counts.items()}


def accuracy(gold: dict[str, list[dict[str, Any]]], given: Doubted) -> dict[str, float]:
    """Return acc@161 by corpus over all gold mentions with coordinates."""
    asked = {c: sum(t["lat"] is not None for d in documents for t in d["toponyms"]) for c, documents in gold.items()}
    return {c: round(float(given.right[given.corpora == c].sum()) / n, 4) for c, n in asked.items()}


def calibration_error(chance: _Floats, given: Doubted, corpus: str) -> float:
    """Return the expected calibration error of a corpus in ten bins."""
    bins = np.minimum((chance * 10).astype(int), 9)
    here = given.corpora == corpus
    parts = [abs(((chance * given.asked - given.right) * (here & (bins == b))).sum()) for b in range(10)]
    return round(float(sum(parts)) / max(float(given.asked[here].sum()), 1.0), 4)


def main(arguments: list[str]) -> int:
    """Run the command line."""
    if len(arguments) < 2 or not all("=" in argument for argument in arguments[1:]):
        print("usage: python -m gazetteer.build.train FOLDER NAME=GOLD.jsonl...", file=sys.stderr)
        return 2
    gold = {}
    for argument in arguments[1:]:
        name, path = argument.split("=", 1)
        with Path(path).open(encoding="utf-8") as lines:
            gold[name] = [json.loads(line) for line in lines]
    bench = Bench(Path(arguments[0]), gold)
    figures: dict[str, Any] = {}
    for label, split in (("leave one corpus out", _corpus), ("cross-validated", tagger.fold_of)):
        chances = bench.tag_out_of_fold(split)
        figures[f"recognition, {label}"] = recognition(bench.examples, chances)
        print(f"recognition, {label}: {figures[f'recognition, {label}']}", flush=True)
    model = bench.fit_tagger(bench.examples)
    write_recognizer(BUNDLED / "tagger.model", *model, THRESHOLD, figures)
    note_checksums(BUNDLED)
    figures = {}
    marks = bench.marks(chances, model, given=True)
    cases = bench.cases([*marks, *placer.invented(bench.store, bench.names)])
    for label, division in (("leave one corpus out", _corpus), ("cross-validated", placer.fold_of)):
        remembered, scores = bench.learn_placing(cases, division)
        rows = placer.rows_of(remembered, bench.names)
        given = placer.doubted(remembered, rows, scores, bench.names, division)
        figures[f"acc@161, {label}"] = accuracy(gold, given)
        print(f"acc@161, {label}: {figures[f'acc@161, {label}']}", flush=True)
        said = placer.doubt_out_of_fold(given)
        table = placer.calibrate(given, said)
        errors = {corpus: calibration_error(table.chance(said), given, corpus) for corpus in gold}
        figures[f"calibration error, {label}"] = errors
        print(f"calibration error, {label}: {errors}", flush=True)
    for corpus, measured in whole(bench, Path(arguments[0]), remembered, rows, given, table).items():
        figures[f"cross-validated, {corpus}"] = measured
        print(f"cross-validated, {corpus}: {measured}", flush=True)
    doubt = placer.fit_doubt(given, np.ones(len(given.asked), dtype=bool))
    write_disambiguator(BUNDLED / "placer.model", placer.fit_trees(remembered, rows), doubt, table, figures)
    note_checksums(BUNDLED)
    return 0


def _corpus(marked: Any) -> str:
    corpus: str = marked.corpus
    return corpus


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
