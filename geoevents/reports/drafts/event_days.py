"""Give an event its days among the times that its sentences say."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from geoevents.reports.drafts.draft import TimeOf
from geoevents.reports.language.event_types import role_words
from geoevents.reports.language.text import Text
from geoevents.reports.language.triggers import Trigger
from geoevents.reports.times.forms import form_days
from geoevents.reports.times.when import TimeExpression

__all__ = ["DaysOfLines", "attach_time", "days_of_lines", "is_more_precise"]

_SAYING = role_words()["saying"]
_REACTIONS = role_words()["reaction"] | role_words()["mourning"]
_SUPERLATIVES = role_words()["superlative"]
# What stands between a trigger and a time, in words: a comma, a verb of saying, another trigger; and that the time
# stands before the trigger, or is when somebody spoke. Chosen on the giveme5w1h and wiki_disasters dev halves.
_COMMA, _SAYING_BETWEEN, _TRIGGER_BETWEEN, _BEFORE, _OF_SAYING = 3, 6, 4, 2, 25
_REACTION_BETWEEN = 12
# A time this near stands in the event's own clause.
_OWN_CLAUSE = 12
# "The worst flood since that of 1889": words from "since" to the time, and from the superlative to "since".
_SINCE_WITHIN, _SUPERLATIVE_WITHIN = 6, 12


# What stands before the day of a line: its number, a bullet, an hour; and what stands behind it.
_LINE_OPENS = re.compile(
    r"[\W\d_]*(?:(?i:[ap]\.?m)\.?\W*)?"
    # "Benue: 7/6 -", "Lashio, Northern Shan (29 Oct):", "Burkina Faso, Est - 6 November:".
    r"(?:[A-ZÀ-Þ][\w'’.]*(?:[ ,/-]+(?:(?:of|de|la|al|el|the) )?[A-ZÀ-Þ][\w'’.]*){0,6}\s*(?:[:,(]|[–—-] )\s*)?\Z"
)
_LINE_GOES_ON = re.compile(
    r"\s*[,:–—|()-]|\s+\d{1,2}[:.]?\d{0,2} ?[ap]\.?m\b|\s+\d{1,2}[:.]\d{2}\b|\s*\n", re.IGNORECASE
)
# A value of a form stands so near behind its field's name, characters.
_VALUE_WITHIN = 12


@dataclass(frozen=True)
class DaysOfLines:
    """The lines of a log that open with a day.

    Attributes
    ----------
    days
        The day of each sentence that says none but stands in such a line, or on a form with a day.
    entries
        Numbers of the paragraphs that are such lines, where there are several.
    """

    days: dict[int, TimeExpression]
    entries: frozenset[int]


def days_of_lines(text: Text, times: Sequence[TimeExpression]) -> DaysOfLines:
    """Return what the lines of a log, and the fields of a form, say of the days of their sentences.

    Examples
    --------
    >>> from geoevents.reports.language.text import read_text
    >>> from geoevents.reports.times.when import find_times
    >>> words = "3 May - Gao: A raid began early. Two men died."
    >>> days = days_of_lines(read_text(words), find_times(words, date(2023, 5, 9))).days
    >>> {number: day.first.day for number, day in days.items()}
    {1: 3}
    """
    dated = {text.sentence_at(time.start) for time in times}
    fields = form_days(text.text)
    out: dict[int, TimeExpression] = {}
    entries: list[int] = []
    opening: TimeExpression | None = None
    of_form: TimeExpression | None = None
    heading: TimeExpression | None = None
    paragraph = -1
    for number, sentence in enumerate(text.sentences):
        own = [time for time in times if sentence.start <= time.start < sentence.end and time.first is not None]
        if sentence.paragraph != paragraph:
            paragraph, opening = sentence.paragraph, None
            if own and _is_day_alone(text.text[sentence.start : sentence.end], own[0], sentence.start):
                heading = own[0]  # "Sat 13 Jan" above the lines of that day
            elif heading is not None and number not in dated:
                opening = heading
                entries.append(paragraph)
            if own and _LINE_OPENS.match(text.text[sentence.start : own[0].start]):
                goes_on = _LINE_GOES_ON.match(text.text, own[0].end)
                opening = own[0] if goes_on and own[0].prec <= _SHORT_SPAN else None
                entries += [paragraph] if opening is not None else []
        at_field = (time for time in own if any(0 <= time.start - at <= _VALUE_WITHIN for at in fields))
        of_form = next(at_field, of_form)
        day = opening or of_form
        if day is not None and number not in dated and day.last is not None:
            out[number] = day
    return DaysOfLines(out, frozenset(entries if len(entries) > 1 else ()))


def _is_day_alone(words: str, time: TimeExpression, start: int) -> bool:
    """Whether a line is nothing but a day."""
    rest = words[: time.start - start] + words[time.end - start :]
    return time.prec == 1 and not any(letter.isalpha() for letter in _WEEKDAY.sub("", rest))


_WEEKDAY = re.compile(r"\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*\b")
# UCDP's date_prec of the days of a log's line, at most.
_SHORT_SPAN = 2


def attach_time(
    text: Text, trigger: Trigger, triggers: Sequence[Trigger], times: Sequence[TimeExpression]
) -> TimeOf | None:
    """Return the days of a trigger among the times of its sentence; None when there are none."""
    start = text.start[trigger.first]
    options: list[tuple[float, TimeExpression]] = []
    crime = _arrest_for(text, trigger, triggers)
    for time in times:
        if time.first is None or time.last is None or _is_compared(text, time):
            continue
        if time.start < start and crime is not None and time.start > text.start[text.sentences[trigger.sentence].first]:
            continue
        options.append((_distance(text, trigger, triggers, time) + _BEFORE * (time.start < start), time))
    if not options:
        return None
    cost, nearest = min(options, key=lambda option: option[0])
    saying = _is_of_saying(text, nearest)
    sure = 0 if saying else 2 if cost < _OWN_CLAUSE else 1
    # Said on that day: it happened then, or shortly before.
    prec = nearest.prec if trigger.type.event_class == "politics" or not saying else max(nearest.prec, 2)
    found = TimeOf(*_days(nearest), prec, sure, nearest.is_range)
    for _, time in sorted(options, key=lambda option: option[0]):
        # "The 1973 tornado struck on January 10, 1973" is of the day.
        finer = TimeOf(*_days(time), time.prec, sure, time.is_range)
        if not saying and not _is_of_saying(text, time) and _refines(finer, found):
            return finer
    return found


# "Arrested on Saturday for the murder of", "charged in connection with a stabbing": words that lead to the crime.
_FOR_CRIME = frozenset(("for", "over", "with", "suspicion", "suspected", "accused", "connection", "following", "after"))
_CRIMES = ("assault", "explosion", "abduction", "clash")


def _arrest_for(text: Text, trigger: Trigger, triggers: Sequence[Trigger]) -> Trigger | None:
    """Return the arrest before a crime that only gives its reason: the day of the one is not that of the other."""
    if trigger.type.event_class not in _CRIMES:
        return None
    before = [t for t in triggers if t.last <= trigger.first and t.type.event_class == "arrest"]
    if not before or _FOR_CRIME.isdisjoint(text.lower[before[-1].last : trigger.first]):
        return None
    return before[-1]


def _days(time: TimeExpression) -> tuple[date, date]:
    assert time.first is not None
    assert time.last is not None
    return time.first, time.last


def _distance(text: Text, trigger: Trigger, triggers: Sequence[Trigger], time: TimeExpression) -> float:
    """Return how far a time stands from a trigger, in words and what they say."""
    start, end = text.start[trigger.first], text.end[trigger.last - 1]
    a, b = (end, time.start) if time.start >= end else (time.end, start)
    between = text.lower[text.word_at(a) + 1 : text.word_at(b)] if b > a else []
    cost = float(len(between)) + _COMMA * between.count(",")
    cost += _SAYING_BETWEEN * sum(word in _SAYING for word in between)
    # "The president on Tuesday expressed his horror at the bombings on Sunday": Tuesday is the day of the horror.
    cost += _REACTION_BETWEEN * (time.start < start and not _REACTIONS.isdisjoint(between))
    cost += _TRIGGER_BETWEEN * sum(a <= text.start[other.first] < b for other in triggers)
    return cost + _OF_SAYING * _is_of_saying(text, time)


def _is_of_saying(text: Text, time: TimeExpression) -> bool:
    i = text.word_at(time.start)
    near = text.lower[max(0, i - 2) : i]
    return any(word in _SAYING for word in near)


def _is_compared(text: Text, time: TimeExpression) -> bool:
    """Return whether a time is of another event that this one is measured by: "the worst flood since that of 1889"."""
    at = text.word_at(time.start)
    first = max(0, at - _SINCE_WITHIN)
    since = at if text.lower[at] == "since" else next((i for i in range(first, at) if text.lower[i] == "since"), None)
    if since is None or not {",", "."}.isdisjoint(text.lower[since:at]):
        return False
    return not _SUPERLATIVES.isdisjoint(text.lower[max(0, since - _SUPERLATIVE_WITHIN) : since])


def _refines(new: TimeOf, old: TimeOf) -> bool:
    """Return whether a time lies in a vaguer one and says it more exactly; the days of a range are exact."""
    return new.prec < old.prec and not old.is_range and old.first <= new.first and new.last <= old.last


def is_more_precise(new: TimeOf, old: TimeOf) -> bool:
    """Return whether a second telling of an event dates it better than the first.

    Examples
    --------
    >>> january = TimeOf(date(2022, 1, 1), date(2022, 1, 31), 4, 2)
    >>> is_more_precise(TimeOf(date(2022, 1, 5), date(2022, 1, 5), 1, 1), january)
    True
    """
    if new.sure and old.sure and (_refines(new, old) or _refines(old, new)):
        return _refines(new, old)
    if old.is_range and old.sure and old.first <= new.first and new.last <= old.last:
        return False
    return (new.sure, -new.prec) > (old.sure, -old.prec)
