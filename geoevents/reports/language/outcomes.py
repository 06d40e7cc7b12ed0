"""Find sentences that tell what an event cost though no word of theirs says the event: "Dadu: 12 dead, 40 missing".

What happened stands in another sentence, a heading, or a noun that no condition of the table covers; the nearest noun
of the table gives the kind.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from geoevents.reports.counts.counting import Count
from geoevents.reports.language.event_types import EventType, EventTypes, role_words
from geoevents.reports.language.text import Sentence, Text, opens_with_day
from geoevents.reports.language.triggers import Trigger

__all__ = ["find_outcomes", "may_tell_outcomes"]

_ROLES = role_words()
_SAYS_OUTCOME = re.compile(
    r"\b(?:dead|deaths?|died|dies|lives|bod(?:y|ies)|toll|injur\w+|hurt|wounded|missing|perish\w*|casualt\w+|displaced|"
    r"homeless|evacuated|drown\w*|kidnap\w*|abduct\w*|detained|fatalit\w+|unaccounted|trapped)\b",
    re.I,
)
_KINDS = ("killed", "injured", "missing", "displaced", "abducted")
# Sentences before an outcome, and behind it, among which a noun says what it is the outcome of.
_BEFORE, _BEHIND = 3, 1
_NO_CAUSE = _ROLES["outcome noun"]
_CAUSES = ("disaster", "explosion", "clash", "assault", "abduction")
# The row of the table for an outcome whose cause no noun says, by what befell the people.
_LEMMAS = {"abducted": "kidnap", "displaced": "displace"}
_ARMED_LEMMA, _OTHER_LEMMA = "kill", "accident"
_ARMED = _ROLES["armed"] | _ROLES["state"] | _ROLES["weapon"]
# So many people hurt make an outcome; one may be anybody's accident.
_LEAST = 2
# "A woman was pronounced dead at the scene."
_DIED_THERE = re.compile(
    r"\b(?:pronounced|declared) dead\b|\bdied (?:at the scene|on the spot|in (?:the )?hospital|instantly)\b"
)


def may_tell_outcomes(text: Text) -> bool:
    """Whether a text has a word that tells the outcome of an event."""
    return _SAYS_OUTCOME.search(text.text) is not None


def find_outcomes(text: Text, types: EventTypes, triggers: Sequence[Trigger], counts: Sequence[Count]) -> list[Trigger]:
    """Return a trigger for each sentence that counts victims and has no trigger of its own.

    Examples
    --------
    >>> from geoevents.reports.counts import find_counts
    >>> from geoevents.reports.language.event_types import read_event_types
    >>> from geoevents.reports.language.text import read_text
    >>> words = "Floods, update 3. Dadu: 12 dead and 40 missing."
    >>> [found] = find_outcomes(read_text(words), read_event_types(), [], find_counts(words))
    >>> found.sentence, found.type.event_type
    (1, 'DISASTER:flood')
    """
    taken = {trigger.sentence for trigger in triggers}
    out: list[Trigger] = []
    wholes = {count.kind for count in counts if not count.is_part}
    for count in counts:
        number = text.sentence_at(count.start)
        if number in taken or count.kind not in _KINDS or not count.best:
            continue
        sentence = text.sentences[number]
        if count.best < _LEAST and not _DIED_THERE.search(text.text, sentence.start, sentence.end):
            continue
        if count.is_part and count.kind in wholes:
            continue  # but "Ten of them died" is no part of other dead
        row = _cause(text, types, number) or _row_of(types, text, number, count.kind)
        if row is not None:
            taken.add(number)
            first = _outcome_word(text, text.sentences[number], count)
            out.append(Trigger(number, first, first + 1, row, "past"))
    return out


def _outcome_word(text: Text, sentence: Sentence, count: Count) -> int:
    found = _SAYS_OUTCOME.search(text.text, count.start, sentence.end) or _SAYS_OUTCOME.search(
        text.text, sentence.start, sentence.end
    )
    return text.word_at(found.start() if found is not None else count.start)


def _cause(text: Text, types: EventTypes, number: int) -> EventType | None:
    """Return the row of the nearest noun that says an event: in the sentence, those before, the next, the heading."""
    near = [*range(number, max(-1, number - _BEFORE - 1), -1), *range(number + 1, number + 1 + _BEHIND), 0]
    of_line = opens_with_day(text, number)
    for other in near:
        if other >= len(text.sentences):
            continue
        if of_line and text.sentences[other].paragraph != text.sentences[number].paragraph:
            continue  # another entry of the log
        sentence = text.sentences[other]
        for i in range(sentence.first, sentence.last):
            for row, form in types.by_form.get((text.lower[i],), ()):
                is_cause = row.kind == "noun" and row.event_class in _CAUSES and row.lemma not in _NO_CAUSE
                if is_cause and form in ("singular", "plural"):
                    return row
    return None


def _row_of(types: EventTypes, text: Text, number: int, kind: str) -> EventType | None:
    first, last = max(0, number - 1), min(len(text.sentences) - 1, number + 1)
    words = set(text.lower[text.sentences[first].first : text.sentences[last].last])
    lemma = _LEMMAS.get(kind, _OTHER_LEMMA if words.isdisjoint(_ARMED) else _ARMED_LEMMA)
    return next((row for row in types.rows if row.lemma == lemma), None)
