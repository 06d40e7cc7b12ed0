"""Puts the events of one report together: a document enters, its `Draft`s leave, with the odds of each.

Each trigger becomes a draft with its scene, its days and its figures; drafts that tell one event are merged.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from gazetteer import Gazetteer, Mention
from geoevents.reports.candidates import Candidate, list_candidates, whole_words
from geoevents.reports.counts import Count, find_counts
from geoevents.reports.drafts import CountOf, Draft, TimeOf
from geoevents.reports.event_types import EventTypes, role_words
from geoevents.reports.linear import Linear
from geoevents.reports.merge import merge_drafts
from geoevents.reports.scenes import SceneModel
from geoevents.reports.status import Judgement, judge, words_around
from geoevents.reports.text import Text, read_text
from geoevents.reports.triggers import Trigger, find_triggers
from geoevents.reports.when import TimeExpression, find_times

__all__ = ["Reading", "read_report"]

_SAYING = role_words()["saying"]
# A second place is a scene of its own when its chance is at least this share of the first one's.
_SECOND = 0.6
# Of a list of places so many at most are scenes of one trigger.
_MOST_SCENES = 6
_LIST = re.compile(r"\s*(?:,|and|, and|&|as well as)?\s*(?:in|near|at)?\s*(?:the)?\s*$")


@dataclass(frozen=True)
class Reading:
    """A report, read: its text, places, times and the events it tells, merged.

    Attributes
    ----------
    drafts
        In the order of their first telling.
    judged
        Every trigger with what the rules say of it.
    """

    text: Text
    mentions: list[Mention]
    times: list[TimeExpression]
    counts: list[Count]
    judged: list[tuple[Trigger, Judgement]]
    drafts: list[Draft]


def read_report(
    words: str, report_date: date | None, types: EventTypes, gazetteer: Gazetteer, scenes: SceneModel, news: Linear,
    lower_words: frozenset[int], find: Callable[[str], list[Mention]] | None = None,
) -> Reading:  # fmt: skip
    """Read a report."""
    text = read_text(words, lower_words)
    triggers = find_triggers(text, types)
    if not triggers:
        return Reading(text, [], [], [], [], [])
    year = report_date.year if report_date else None
    judged = [(trigger, judge(text, text.sentences[trigger.sentence], trigger, year)) for trigger in triggers]
    told = [(trigger, judgement) for trigger, judgement in judged if judgement.status is not None]
    if not told:
        return Reading(text, [], [], [], judged, [])
    mentions = whole_words(text, (find or gazetteer.find)(text.text))
    times, counts = find_times(text.text, report_date), find_counts(text.text)
    drafts = _drafts(text, told, mentions, times, counts, scenes, news)
    return Reading(text, mentions, times, counts, judged, merge_drafts(drafts))


def _drafts(
    text: Text, told: Sequence[tuple[Trigger, Judgement]], mentions: list[Mention], times: list[TimeExpression],
    counts: list[Count], scenes: SceneModel, news: Linear,
) -> list[Draft]:  # fmt: skip
    by_sentence: dict[int, list[tuple[Trigger, Judgement]]] = {}
    for pair in told:
        by_sentence.setdefault(pair[0].sentence, []).append(pair)
    candidates = list_candidates(text, mentions, list(by_sentence))
    chances = scenes.chances(
        text,
        [(text.sentences[n], [t for t, _ in pairs], candidates[n]) for n, pairs in by_sentence.items()],
    )
    out = []
    for (number, pairs), table in zip(by_sentence.items(), chances, strict=True):
        sentence = text.sentences[number]
        here = [time for time in times if sentence.start <= time.start < sentence.end]
        figures = [count for count in counts if sentence.start <= count.start < sentence.end]
        triggers = [trigger for trigger, _ in pairs]
        for i, (trigger, judgement) in enumerate(pairs):
            assert judgement.status is not None
            odds = news.score(words_around(text, sentence, trigger))
            time = attach_time(text, trigger, triggers, here)
            own = [_figure(count) for count in figures if _owner(text, count, triggers) is trigger]
            options = list(zip(candidates[number], table[i].tolist(), strict=True))
            found = _scenes(text, candidates[number], table[i].tolist(), scenes.threshold)
            for candidate, chance in found or [(None, 0.0)]:
                out.append(
                    Draft(
                        trigger.type.event_class, judgement.status, [(trigger, odds)], candidate, chance, time,
                        list(own), list(options),
                    )
                )  # fmt: skip
    return out


def _scenes(
    text: Text, candidates: Sequence[Candidate], chances: Sequence[float], threshold: float
) -> list[tuple[Candidate | None, float]]:
    """Return the scenes of a trigger: the likeliest place, and those listed with it."""
    if not chances:
        return []
    best = max(range(len(chances)), key=chances.__getitem__)
    if chances[best] < threshold:
        return []
    out: list[tuple[Candidate | None, float]] = [(candidates[best], chances[best])]
    for step in (1, -1):
        i = best + step
        while 0 <= i < len(candidates) and len(out) < _MOST_SCENES:
            between = (
                text.text[candidates[i - step].end : candidates[i].start]
                if step > 0
                else text.text[candidates[i].end : candidates[i - step].start]
            )
            if (
                chances[i] < max(threshold, _SECOND * chances[best])
                or not _LIST.fullmatch(between)
                or not _apart(candidates[i], candidates[best])
            ):
                break
            out.append((candidates[i], chances[i]))
            i += step
    return out


def _apart(one: Candidate, other: Candidate) -> bool:
    """Whether two names are two places of a list, neither the area of the other: "Almaty and Aktau"."""
    a, b = (c.mention.match.place if c.mention else None for c in (one, other))
    return a is not None and b is not None and a.kind == b.kind and a.id != b.id


def attach_time(
    text: Text, trigger: Trigger, triggers: Sequence[Trigger], times: Sequence[TimeExpression]
) -> TimeOf | None:
    """Return the days of a trigger among the times of its sentence."""
    best, best_cost = None, 1e9
    start, end = text.start[trigger.first], text.end[trigger.last - 1]
    for time in times:
        if time.first is None or time.last is None:
            continue
        a, b = (end, time.start) if time.start >= end else (time.end, start)
        between = text.lower[text.word_at(a) + 1 : text.word_at(b)] if b > a else []
        cost = float(len(between)) + 3 * between.count(",") + 6 * sum(word in _SAYING for word in between)
        cost += 4 * sum(a <= text.start[other.first] < b for other in triggers)
        saying = _is_of_saying(text, time)
        cost += 25 * saying + 2 * (time.start < start)
        if cost < best_cost:
            sure = 0 if saying else 2 if cost < 12 else 1
            # Said on that day: it happened then, or shortly before.
            prec = max(time.prec, 2) if saying else time.prec
            best, best_cost = TimeOf(time.first, time.last, prec, sure), cost
    return best


def _is_of_saying(text: Text, time: TimeExpression) -> bool:
    i = text.word_at(time.start)
    near = text.lower[max(0, i - 2) : i]
    return any(word in _SAYING for word in near)


def _owner(text: Text, count: Count, triggers: Sequence[Trigger]) -> Trigger:
    """Return the trigger of a sentence that a figure belongs to: the nearest one."""
    return min(
        triggers,
        key=lambda t: max(text.start[t.first] - count.end, count.start - text.end[t.last - 1], 0),
    )


def _figure(count: Count) -> CountOf:
    known = [value for value in (count.best, count.low, count.high) if value is not None]
    best = known[0]
    low = count.low if count.low is not None else best
    high = count.high if count.high is not None else best
    return CountOf(min(low, best), best, max(high, best), count.kind, count.of, count.is_total)


def week_before(day: date) -> date:
    """Return the day a week before."""
    return day - timedelta(days=7)
