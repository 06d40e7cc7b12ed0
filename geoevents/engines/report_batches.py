"""Extract events from many files and folders of reports, on all cores and in constant memory.

Each report's rows go to a journal beside the output (`geoevents.reports.documents.batch`), from which a run that was
broken off is taken up. When all are there, GeoJSON lines are written piece by piece; every other format is written
from one frame, whose size is that of the events, not of the reports.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geoevents
from geoevents.engines.gazetteer_source import GazetteerSource, source_of
from geoevents.engines.journal import held
from geoevents.errors import ReadError, WriteError
from geoevents.exporters.atomic import replacing, writable
from geoevents.frame.provenance import KEY
from geoevents.overrides import Overrides, StrPath, corrected, read_overrides, united_figures
from geoevents.reports.documents.batch import Batch, Extractor, journal_broken, journal_rows, run_batch
from geoevents.reports.documents.reading import Document
from geoevents.reports.drafts.across import merge_reports
from geoevents.reports.event_rows import frame_of
from geoevents.reports.extraction import rows_of
from geoevents.reports.language.event_types import read_event_types
from geoevents.reports.models import load_models

if TYPE_CHECKING:
    import geopandas as gpd

    from gazetteer import Gazetteer

__all__ = ["extract", "is_many"]

_LINES = (".geojsonl", ".ndjson")
# Events that are a frame at a time while GeoJSON lines are written.
_PIECE = 5_000
# Reports of this many bytes are worth the start of several processes.
_MANY = 5_000_000


def is_many(reports: Sequence[Path]) -> bool:
    """Return whether reports are so many that they are best extracted on all cores, with a journal.

    Examples
    --------
    >>> is_many([Path("no such file")])
    False
    """
    total = 0
    for path in reports:
        for file in path.rglob("*") if path.is_dir() else (path,):
            total += file.stat().st_size if file.is_file() else 0
            if total > _MANY:
                return True
    return False


def extract(
    reports: Sequence[str | os.PathLike[str]],
    output: str | os.PathLike[str],
    *,
    date: date | None = None,
    types: Path | None = None,
    overrides: Sequence[Path] = (),
    merge: bool = False,
    workers: int | None = None,
    resume: bool = False,
    broken: list[str] | None = None,
    on_document: Callable[[str], None] | None = None,
    gazetteer: Gazetteer | StrPath | None = None,
) -> Batch:
    """Find the events that many reports tell.

    A script that calls this with several workers needs the guard ``if __name__ == "__main__":``, since each process
    imports it.

    Parameters
    ----------
    reports
        Files and folders, as in `geoevents.extract`.
    output
        The file to write, in the format of its suffix; constant memory needs ``.geojsonl`` or ``.ndjson``.
    date
        The day of reports that do not say theirs.
    types
        A table of event types of one's own.
    overrides
        Tables of a person's corrections of places.
    merge
        Whether to bring together what several reports tell of one event; all events are held in memory for that.
    workers
        How many processes; None takes one for each core.
    resume
        Take up a run that was broken off; without one, start.
    broken
        Where to note, a sentence each, reports that cannot be read.
    on_document
        Called with the id of each report when it is done.
    gazetteer
        The gazetteer to ask, or a folder that ``gazetteer build`` wrote; None takes the bundled one.

    Returns
    -------
    Batch
        How many reports, events and broken reports there are.

    Raises
    ------
    ReadError
        When no report can be read, or the run to be taken up was of other reports.
    WriteError
        When the output cannot be written, or there is no event to write.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "a.txt"
    ...     _ = file.write_text("KANO, 10 January 2022 - Gunmen killed four farmers near Kano on Saturday.")
    ...     batch = extract([file], Path(folder) / "out.geojsonl", workers=1)
    ...     batch.documents, batch.rows, len(geoevents.read(Path(folder) / "out.geojsonl"))
    (1, 1, 1)
    """
    target = Path(output)
    writable(target)
    # A table of types or corrections that is not one is refused before the long work.
    read_event_types(types)
    known = source_of(gazetteer)
    gaz = known.load()
    corrections = read_overrides(list(overrides), gazetteer=gaz) if overrides else None
    with _journal_of(target, resume) as journal:
        batch = run_batch(
            [Path(report) for report in reports],
            journal,
            partial(_extractor, date, types, known),
            workers=workers,
            settings=_settings(date, types, known),
            on_document=on_document,
        )
        if broken is not None:
            broken += [item.reason for item in journal_broken(journal)]
        if not batch.documents:
            journal.unlink()
            raise ReadError(f"{target.name}: no report could be read; nothing was written.")
        if target.suffix.lower() in _LINES:
            _write_lines(journal, target, batch, corrections, merge, gaz)
        else:
            rows = _rows(journal, merge)
            geoevents.write(_frame(list(rows), gaz, batch, corrections), target)
        journal.unlink()
    return batch


@contextmanager
def _journal_of(target: Path, resume: bool) -> Iterator[Path]:
    """Lend the journal beside an output to this run alone, empty unless a run is taken up."""
    journal = target.resolve().parent / f".{target.name}.reports"
    try:
        hold = held(journal, target, journal.touch)
    except OSError as error:
        raise WriteError(f"{target}: cannot be written: {(error.strerror or str(error)).lower()}.") from error
    try:
        if not resume:
            os.truncate(journal, 0)
        yield journal
    except KeyboardInterrupt:
        raise KeyboardInterrupt("interrupted; --resume takes the run up.") from None
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise WriteError(f"{target}: cannot be written: {why}; --resume takes the run up.") from error
    finally:
        if journal.exists() and not journal.stat().st_size:
            journal.unlink()
        hold.release()


def _extractor(day: date | None, types: Path | None, known: GazetteerSource) -> Extractor:
    """Return what turns a document into rows; made once in each process."""
    gaz, table, models = known.load(), read_event_types(types), load_models()

    def extracted(document: Document) -> list[dict[str, Any]]:
        return rows_of(document, day, table, gaz, models)

    return extracted


def _settings(day: date | None, types: Path | None, known: GazetteerSource) -> str:
    table = hashlib.blake2b(types.read_bytes(), digest_size=8).hexdigest() if types else ""
    return f"{geoevents.__version__}|{day or ''}|{table}|{known.folder or ''}|{known.view or ''}"


# -- GeoJSON lines, piece by piece ------------------------------------------------------------------------------------


def _rows(journal: Path, merge: bool) -> Iterator[dict[str, Any]]:
    return iter(merge_reports(list(journal_rows(journal)))) if merge else journal_rows(journal)


def _frame(rows: list[dict[str, Any]], gaz: Gazetteer, batch: Batch, corrections: Overrides | None) -> gpd.GeoDataFrame:
    events = frame_of(rows, gaz, reports=batch.documents)
    return events if corrections is None else corrected(events, corrections, gazetteer=gaz)


def _write_lines(
    journal: Path, target: Path, batch: Batch, corrections: Overrides | None, merge: bool, gaz: Gazetteer
) -> None:
    facts = _Facts()
    if not batch.rows:
        journal.unlink()
        raise WriteError(f"{target.name}: expected at least one event, since a text sequence without any is empty.")
    with replacing(target) as path:
        pieces = []
        for number, rows in enumerate(_pieces(_rows(journal, merge))):
            events = _frame(rows, gaz, batch, corrections)
            facts.add(events.attrs[KEY])
            pieces.append(path.with_name(f"{number}{target.suffix}"))
            geoevents.write(events, pieces[-1])
        with path.open("wb") as out:
            for number, piece in enumerate(pieces):
                with piece.open("rb") as file:
                    out.write(_with_facts(file.readline(), facts.whole if not number else None))
                    while block := file.read(1 << 20):
                        out.write(block)
                piece.unlink()


def _pieces(rows: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    while piece := list(islice(rows, _PIECE)):
        yield piece


def _with_facts(line: bytes, facts: dict[str, Any] | None) -> bytes:
    """Give the first feature of the file the figures of the whole, and take a piece's own record from all others."""
    feature = json.loads(line)
    record = feature.pop(KEY)
    if facts is not None:
        figures = {name: facts[name] for name in ("counts", "kinds", "unresolved", "overrides") if name in facts}
        feature = {"type": feature.pop("type"), KEY: {**record, **figures}, **feature}
    return json.dumps(feature, ensure_ascii=False).encode("utf-8", "replace") + b"\n"


class _Facts:
    """The provenance of all pieces together."""

    def __init__(self) -> None:
        self.whole: dict[str, Any] = {}
        self._missed: Counter[str] = Counter()

    def add(self, part: dict[str, Any]) -> None:
        """Add that of a piece: figures are summed, the rest is the first one's."""
        self._missed.update({str(phrase): int(n) for phrase, n in part["unresolved"]})
        if not self.whole:
            self.whole = dict(part)
        else:
            for name in ("counts", "kinds"):
                self.whole[name] = _summed(self.whole[name], part[name])
            if "overrides" in part:
                self.whole["overrides"] = united_figures([self.whole["overrides"], part["overrides"]])
        self.whole["unresolved"] = [list(item) for item in self._missed.most_common(10)]


def _summed(one: dict[str, Any], two: dict[str, Any]) -> dict[str, Any]:
    """Return two tables of figures added up, nested ones too."""
    out = dict(one)
    for name, value in two.items():
        if isinstance(value, dict):
            out[name] = _summed(out.get(name) or {}, value)
        elif isinstance(value, int) and not isinstance(value, bool):
            out[name] = (out.get(name) or 0) + value
    return out
