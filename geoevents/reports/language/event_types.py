"""Read the tables of event types and of words that play a role around them.

``data/event_types.csv`` has a row for each way to say an event. Its ``frame`` is ``verb`` or ``noun``, followed by
conditions after semicolons: ``with a|b`` (one of these words stands in the same sentence, at most eight words away),
``object a|b`` (at most six words behind), ``not a|b`` (none stands within six words). ``@name`` stands for the words
of a role in ``data/role_words.csv``; ``@place`` for a capital letter right behind.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from geoevents.errors import ReadError
from geoevents.reports.language.inflection import Form, forms_of

__all__ = ["CLASSES", "COLUMNS", "EventType", "EventTypes", "read_event_types", "role_words"]

CLASSES = ("protest", "clash", "explosion", "assault", "abduction", "arrest", "disaster", "politics")
COLUMNS = ("lemma", "frame", "event_class", "event_type", "acled_type", "ucdp_violence", "gtd_attack", "example")
_DATA = Path(__file__).parents[2] / "data"
_REPLACE = "#replace"
Relation = Literal["with", "object", "not"]


@dataclass(frozen=True)
class Condition:
    """Words that have to stand near a lemma, or must not."""

    relation: Relation
    words: frozenset[str]
    place: bool


@dataclass(frozen=True)
class EventType:
    """A row of the table: a way to say an event, and what it means."""

    number: int
    lemma: str
    kind: Literal["verb", "noun"]
    conditions: tuple[Condition, ...]
    event_class: str
    event_type: str
    acled_type: str
    ucdp_violence: str
    gtd_attack: str
    example: str


@dataclass(frozen=True)
class EventTypes:
    """All rows, and for each form the rows it may belong to.

    Attributes
    ----------
    by_form
        From the words of a form to its rows, those with conditions first, and which form it is.
    longest
        Words of the longest form that begins with a word.
    """

    rows: tuple[EventType, ...]
    by_form: dict[tuple[str, ...], list[tuple[EventType, Form]]]
    longest: dict[str, int]


@lru_cache(maxsize=1)
def role_words() -> dict[str, frozenset[str]]:
    """Return the words of each role (people, armed, state, official, sport …).

    Examples
    --------
    >>> "guerrillas" in role_words()["armed"]
    True
    """
    with (_DATA / "role_words.csv").open(encoding="utf-8", newline="") as file:
        return {row["role"]: frozenset(row["words"].split()) for row in csv.DictReader(file)}


def read_event_types(path: str | Path | None = None) -> EventTypes:
    """Return the bundled table, with a table of one's own in front of it.

    Parameters
    ----------
    path
        A CSV file with the columns `COLUMNS`; ``lemma``, ``frame`` and ``event_class`` are needed. A first line
        ``#replace`` puts it in the place of the bundled table; otherwise its rows come before the bundled ones, and a
        lemma and kind that it has hides the bundled rows of that lemma and kind.

    Raises
    ------
    ReadError
        When the file cannot be read, a column is missing, or a row is not understood.

    Examples
    --------
    >>> {row.event_class for row in read_event_types().rows} == set(CLASSES)
    True
    """
    bundled = _rows(_DATA / "event_types.csv")[0]
    if path is None:
        return _bundled()
    own, replaces = _rows(Path(path))
    hidden = {(row.lemma, row.kind) for row in own}
    kept = [] if replaces else [row for row in bundled if (row.lemma, row.kind) not in hidden]
    return _indexed([*own, *kept])


@lru_cache(maxsize=1)
def _bundled() -> EventTypes:
    return _indexed(_rows(_DATA / "event_types.csv")[0])


def _rows(path: Path) -> tuple[list[EventType], bool]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ReadError(
            f"{path}: expected a table of event types in UTF-8, but it cannot be read ({error})."
        ) from error
    lines = text.splitlines()
    replaces = bool(lines) and lines[0].split(",")[0].strip() == _REPLACE
    table = csv.DictReader(lines[1:] if replaces else lines)
    missing = [name for name in COLUMNS[:3] if name not in (table.fieldnames or ())]
    if missing:
        raise ReadError(
            f"{path}: expected the columns lemma, frame and event_class, but {', '.join(missing)} is missing."
        )
    return [_row(cells, path, number) for number, cells in enumerate(table, 3 if replaces else 2)], replaces


def _row(cells: dict[str, str | None], path: Path, number: int) -> EventType:
    value = {name: (cells.get(name) or "").strip() for name in COLUMNS}
    kind, *conditions = (part.strip() for part in value["frame"].split(";"))
    if kind not in ("verb", "noun"):
        raise ReadError(
            f"{path}, line {number}: expected a frame that begins with verb or noun, got {value['frame']!r}."
        )
    if value["event_class"] not in CLASSES:
        raise ReadError(
            f"{path}, line {number}: expected an event_class of {', '.join(CLASSES)}, got {value['event_class']!r}."
        )
    if not value["lemma"]:
        raise ReadError(f"{path}, line {number}: expected a lemma, got an empty cell.")
    return EventType(
        number,
        value["lemma"].lower(),
        "verb" if kind == "verb" else "noun",
        tuple(_condition(condition, path, number) for condition in conditions if condition),
        value["event_class"],
        value["event_type"],
        value["acled_type"],
        value["ucdp_violence"],
        value["gtd_attack"],
        value["example"],
    )


def _condition(said: str, path: Path, number: int) -> Condition:
    relation, _, words = said.partition(" ")
    if relation not in ("with", "object", "not") or not words.strip():
        raise ReadError(f"{path}, line {number}: expected a condition such as 'with city|town', got {said!r}.")
    found: set[str] = set()
    place = False
    for word in filter(None, map(str.strip, words.lower().split("|"))):
        if word == "@place":
            place = True
        elif word.startswith("@"):
            if word[1:] not in role_words():
                raise ReadError(f"{path}, line {number}: expected a role of role_words.csv, got {word!r}.")
            found |= role_words()[word[1:]]
        else:
            found.add(word)
    kind: Relation = "with" if relation == "with" else "object" if relation == "object" else "not"
    return Condition(kind, frozenset(found), place)


def _indexed(rows: list[EventType]) -> EventTypes:
    by_form: dict[tuple[str, ...], list[tuple[EventType, Form]]] = {}
    longest: dict[str, int] = {}
    for row in rows:
        for words, form in forms_of(row.lemma, row.kind).items():
            key = tuple(words.split(" "))
            by_form.setdefault(key, []).append((row, form))
            longest[key[0]] = max(longest.get(key[0], 0), len(key))
    for found in by_form.values():
        # What has more conditions says more; an -ing that is a noun of its own is that noun.
        found.sort(
            key=lambda pair: (
                -sum(condition.relation != "not" for condition in pair[0].conditions),
                pair[1] == "ing",
            )
        )
    return EventTypes(tuple(rows), by_form, longest)
