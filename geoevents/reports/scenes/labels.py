"""Find the labels of lines: "0915 hrs. Ahero: minibus overturned", where the place stands before a colon or a dash.

Each line of a log, and each point of a bulletin, takes place where its label says, until the next label.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace

from gazetteer import Mention
from geoevents.reports.language.text import Text, case_key
from geoevents.reports.scenes.candidates import Candidate
from geoevents.reports.times.forms import form_places

__all__ = ["LINE_CHANCE", "add_labels", "form_spans", "label_spans"]

_NAME = r"[A-ZÀ-Þ][\w'’.-]*(?:(?: (?:al|el|de|la|del|ul|bin|of) | )[A-ZÀ-Þ][\w'’.-]*){0,3}"
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?"
_WEEKDAY = r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*"
# What may stand before the name: a bullet or a number, an hour, a day.
_DASH = r"(?:[–—|-]+\s+)?"
_CLOCK = r"\(?(?:\d{1,2}[:.]\d{2}|\d{3,4})(?: ?(?:hrs?|hours?|h|Z|UTC|GMT|am|pm|local|[ap]\.m\.))?\)?"
_DAY = (
    rf"\d{{1,2}}[/.]\d{{1,2}}(?:[/.]\d{{2,4}})?"
    rf"|(?:{_WEEKDAY},? )?(?:\d{{1,2}}(?:st|nd|rd|th)? {_MONTH}|{_MONTH} \d{{1,2}})(?:,? \d{{4}})?|{_WEEKDAY}"
)
_PREFIX = (
    r"(?:[-*•–#>]|\d{1,2}[.)/]|[^\w\s.,;:!?\"'“”‘’()\[\]]\S{0,2})\s+"
    rf"|(?:{_CLOCK}|{_DAY})[.,:–-]*\s+{_DASH}"
)
_LABEL = re.compile(
    rf"\s*(?:{_PREFIX}){{0,4}}"
    rf"(?P<names>{_NAME}(?:(?:, | and | & |/){_NAME}){{0,3}})"
    # "Hasakah city:", "Al Omar oil field:", "Nablus (West Bank):", "Nablus, 22 Feb:"
    r"(?: (?:city|town|village|district|province|region|governorate|county|camp|area|(?:oil|gas) ?field|airport|"
    r"countryside|neighbou?rhood|border|crossing))?"
    r"(?: \([^)\n]{2,40}\)|, \d{1,2} [A-Z][a-z]{2,8}\.?(?: \d{4})?|, [A-Z][a-z]{2,8}\.? \d{1,2})?"
    r"(?::\s+|\s[–—-]+\s+)(?=\S)"
)
# The chance that what a line tells took place at its label: in a text of several such lines, and in one that has only
# one, or where the label is a whole country or unit. Chosen so that a place that the line surely names goes before.
LINE_CHANCE, _WEAK, _WIDE = 0.75, 0.45, ("country", "admin1", "region", "group")
_SEVERAL = 2
_NAME_AT = re.compile(rf"\s*(?:(?:near|in|outside) )?(?P<name>{_NAME})")
# A place stands so near behind its field on a form, characters.
_VALUE_REACH = 40


def add_labels(
    text: Text,
    mentions: Sequence[Mention],
    candidates: dict[int, list[Candidate]],
    lower_words: Collection[int] = (),
) -> None:
    """Make the labels of lines candidates of all sentences of their line.

    Parameters
    ----------
    candidates
        Of each sentence, by its number; those of labels are added, or get the chance that a label has.
    lower_words
        Keys of words in lower case: "Response:" is no name.
    """
    _add_of_form(text, mentions, candidates)
    labels = label_spans(text)
    known = {start: found for start, end in labels for found in [_mention(mentions, start, end)] if found is not None}
    if not known:
        return
    several = len(labels) >= _SEVERAL
    for start, end in labels:
        mention = known.get(start)
        if mention is None and (not several or case_key(text.text[start:end]) in lower_words):
            continue
        place = mention.match.place if mention is not None else None
        chance = LINE_CHANCE if several and (place is None or place.kind not in _WIDE) else _WEAK
        first = text.sentence_at(start)
        paragraph = text.sentences[first].paragraph
        for number, found in candidates.items():
            if number >= first and text.sentences[number].paragraph == paragraph:
                _add(text, found, mention, (start, end), chance)


def _add_of_form(text: Text, mentions: Sequence[Mention], candidates: dict[int, list[Candidate]]) -> None:
    """Make the place of a form, "Location: Goma", a candidate of all sentences up to the next one."""
    fields = form_places(text.text)
    if not fields:
        return
    for at, end in zip(fields, [*fields[1:], len(text.text)], strict=True):
        mention = _mention(mentions, at, at + _VALUE_REACH)
        if mention is None:
            continue
        for number, found in candidates.items():
            inside = text.sentences[number].end > at and text.sentences[number].start < end
            if inside:
                _add(text, found, mention, (mention.start, mention.end), LINE_CHANCE)


def form_spans(text: Text) -> list[tuple[int, int]]:
    """Return the characters of the first name of each field for the place on a form."""
    named = (_NAME_AT.match(text.text, at) for at in form_places(text.text))
    return [found.span("name") for found in named if found is not None]


def label_spans(text: Text) -> list[tuple[int, int]]:
    """Return the characters of the first name of each label, in order; a single one that is the dateline is none."""
    out = []
    for i, sentence in enumerate(text.sentences):
        if i and text.sentences[i - 1].paragraph == sentence.paragraph:
            continue
        found = _LABEL.match(text.text, sentence.start)
        if found is not None:
            start = found.start("names")
            out.append((start, start + len(re.split(r", | and | & |/", found["names"])[0])))
    line = text.dateline
    if len(out) < _SEVERAL and line is not None:
        return [(start, end) for start, end in out if start >= line.end]
    return out


def _mention(mentions: Sequence[Mention], start: int, end: int) -> Mention | None:
    """Return the place that a label names."""
    return next(
        (m for m in mentions if start <= m.start < end and m.tag == "name" and m.match.place is not None),
        None,
    )


def _add(text: Text, found: list[Candidate], mention: Mention | None, span: tuple[int, int], chance: float) -> None:
    start, end = (mention.start, mention.end) if mention is not None else span
    for i, candidate in enumerate(found):
        if candidate.start < end and start < candidate.end:
            found[i] = replace(candidate, least_chance=chance)
            return
    first, last = text.word_at(start), text.word_at(end - 1) + 1
    found.append(Candidate(start, end, first, last, mention, least_chance=chance))
    found.sort(key=lambda candidate: candidate.start)
