"""Put the events of one report together as `Draft`s, with the odds of each.

Each trigger becomes a draft with its scene, its days and its figures; drafts that tell one event are merged.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from gazetteer import Gazetteer, Mention
from geoevents.reports.candidates import Candidate, list_candidates
from geoevents.reports.counts import Count, find_counts
from geoevents.reports.drafts import CountOf, Draft
from geoevents.reports.event_days import attach_time
from geoevents.reports.event_types import EventTypes, role_words
from geoevents.reports.linear import Linear
from geoevents.reports.mentions import Find, find_mentions
from geoevents.reports.merge import merge_drafts
from geoevents.reports.places import is_in
from geoevents.reports.scenes import SceneModel
from geoevents.reports.status import Judgement, is_reference, judge, words_around, worlds_of
from geoevents.reports.text import Sentence, Text, read_text
from geoevents.reports.triggers import Trigger, find_triggers
from geoevents.reports.when import TimeExpression, find_times

__all__ = ["Reading", "read_report"]

_SAYING = role_words()["saying"]
# A second place is a scene of its own when its chance is at least this share of the first one's.
_SECOND = 0.6
# Of a list of places so many at most are scenes of one trigger.
_MOST_SCENES = 6
_SCOPE = re.compile(
    r"\b(?:(?:across|throughout|around|all over) (?:the|much of the|most of the) (?:country|nation)"
    r"|nationwide|countrywide)\b"
)
_HERE, _HERE_CHANCE = (
    re.compile(r"\bin this (?:city|town|capital)\b|\bhere (?=today|on|yesterday|this|last|[.,;])"),
    0.8,
)
# "In Moscow the ministry said that": so many words at most from the place to the verb, and what is left of its chance.
_SPEAKER_WITHIN, _SPEAKER_SHARE = 6, 0.3
# ", the office in Dhaka said": so many words behind the place.
_SPEAKS_WITHIN = 1
# Where troops are carried to is where they are deployed.
_DESTINATION = 0.6
# What is left of the chance of a dateline's place where the sentence names another one.
_DATELINE_SHARE = 0.4
# "The Donetsk shelling", "Croydon tram crash": a town right before the noun, or one word before it, is its scene.
_PREMODIFIER = 0.8
_NO_NOUNS = role_words()["phrase end"] | role_words()["determiner"] | role_words()["auxiliary"]
# Where the words say that a part of the figure belongs to a place, it does; characters between the two.
_PART_CHANCE, _PART_REACH = 0.9, 40
_IN = re.compile(r"\b(?:in|at|near|from|around)\b")
_LIST = re.compile(
    r"\s*(?:[a-z]+ ?)?(?:,|and|, and|&|as well as)\s*(?:in|near|at)?\s*(?:the )?"
    r"(?:(?:city|town|village|district|province) of)?\s*$"
)
# "Maharashtra's Aurangabad district": what lies in the likeliest place and stands right behind it is the scene.
_WITHIN_IT = re.compile(r"\s*(?:['’]s?|,)\s*(?:[a-z]+ ){0,3}$")
_INNER_LEAST = 0.05


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
    words: str,
    report_date: date | None,
    types: EventTypes,
    gazetteer: Gazetteer,
    scenes: SceneModel,
    news: Linear,
    lower_words: frozenset[int],
    find: Find | None = None,
) -> Reading:
    """Read a report."""
    text = read_text(words, lower_words)
    triggers = find_triggers(text, types)
    if not triggers:
        return Reading(text, [], [], [], [], [])
    worlds = worlds_of(text, report_date.year if report_date else None)
    judged = [
        (trigger, judge(text, text.sentences[trigger.sentence], trigger, worlds[trigger.sentence]))
        for trigger in triggers
    ]
    told = _without_sources([(trigger, judgement) for trigger, judgement in judged if judgement.status is not None])
    if not told:
        return Reading(text, [], [], [], judged, [])
    mentions = find_mentions(text, find or gazetteer.find, lower_words)
    times, counts = find_times(text.text, report_date), find_counts(text.text)
    drafts = merge_drafts(_drafts(text, told, mentions, times, counts, scenes, news, report_date))
    _add_counts(text, drafts, counts, {trigger.sentence for trigger in triggers})
    return Reading(text, mentions, times, counts, judged, drafts)


def _without_sources(told: list[tuple[Trigger, Judgement]]) -> list[tuple[Trigger, Judgement]]:
    """Leave out verbs that only say who told an event: "floods killed nine, the ministry announced"."""
    others = {trigger.sentence for trigger, _ in told if trigger.type.lemma not in _SAYING}
    return [(t, judgement) for t, judgement in told if t.type.lemma not in _SAYING or t.sentence not in others]


def _add_counts(text: Text, drafts: Sequence[Draft], counts: Sequence[Count], told: set[int]) -> None:
    """Give figures whose sentence says no event to the event before: "The dead were put at nine"."""
    for count in counts:
        number = text.sentence_at(count.start)
        if number in told or count.kind not in _OUTCOMES or count.is_part:
            continue
        before = [
            (number - max(n for n in draft.sentences if n < number), draft)
            for draft in drafts
            if draft.event_class in _OUTCOMES[count.kind]
            and draft.status == "happened"
            and draft.whole is None
            and any(n < number for n in draft.sentences)
        ]
        gap, draft = min(before, key=lambda item: item[0], default=(_OUTCOME_WITHIN + 1, None))
        if draft is not None and gap <= _OUTCOME_WITHIN:
            draft.counts.append(_figure(count))


_VIOLENT = ("assault", "explosion", "clash", "disaster", "protest", "abduction")
# The classes whose outcome a figure of a kind may be, and how many sentences before it they are told.
_OUTCOMES = {
    "killed": _VIOLENT,
    "injured": _VIOLENT,
    "missing": _VIOLENT,
    "displaced": _VIOLENT,
    "detained": ("arrest", "protest"),
    "abducted": ("abduction",),
}
_OUTCOME_WITHIN = 2


def _drafts(
    text: Text,
    told: Sequence[tuple[Trigger, Judgement]],
    mentions: list[Mention],
    times: list[TimeExpression],
    counts: list[Count],
    scenes: SceneModel,
    news: Linear,
    report_date: date | None,
) -> list[Draft]:
    by_sentence: dict[int, list[tuple[Trigger, Judgement]]] = {}
    for pair in told:
        by_sentence.setdefault(pair[0].sentence, []).append(pair)
    candidates = list_candidates(text, mentions, list(by_sentence))
    _add_scopes(text, mentions, candidates)
    _add_here(text, mentions, candidates)
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
            own = [count for count in figures if _owner(text, count, triggers) is trigger]
            parts = [(count, place) for count in own if (place := _place_of_part(text, count, candidates[number]))]
            chances_here = table[i].tolist()
            for _, place in parts:
                chances_here[candidates[number].index(place)] = 0.0
            options = list(zip(candidates[number], chances_here, strict=True))
            reference = is_reference(text, sentence, trigger)
            options = [(c, _adjusted(text, sentence, trigger, c, chance)) for c, chance in options]
            if text.dateline is not None and any(_is_said(text, c) for c, _ in options):
                # Where a report is filed is its scene only where its first sentence names no other place.
                options = [(c, chance * (1 if _is_said(text, c) else _DATELINE_SHARE)) for c, chance in options]
            if reference:
                # "A minister in Paris condemned the attack": what stands before is where somebody speaks.
                options = [(c, chance if c.first >= trigger.last else chance * _SPEAKER_SHARE) for c, chance in options]
            open_to = [(c, chance) for c, chance in options if not reference or c.first >= trigger.last]
            found = _scenes(text, [c for c, _ in open_to], [chance for _, chance in open_to], scenes.threshold)
            status = judgement.status
            if status == "happened" and time is not None and report_date is not None and time.first > report_date:
                status = "planned"
            whole = _figures(text, [count for count in own if count not in [part for part, _ in parts]])
            for candidate, chance in found or [(None, 0.0)]:
                draft = Draft(
                    trigger.type.event_class,
                    status,
                    [(trigger, odds)],
                    candidate,
                    chance,
                    time,
                    list(whole),
                    options,
                    None,
                    reference,
                )
                out.append(draft)
            for count, place in parts:
                out.append(
                    Draft(
                        trigger.type.event_class,
                        status,
                        [(trigger, odds)],
                        place,
                        _PART_CHANCE,
                        time,
                        [_figure(count)],
                        [(place, _PART_CHANCE)],
                        draft,
                    )
                )
    return out


def _add_scopes(text: Text, mentions: Sequence[Mention], candidates: dict[int, list[Candidate]]) -> None:
    """Add the country of the story where a sentence says that an event reached all of it: "across the country"."""
    named = Counter(m.match.place.id for m in mentions if m.match.place and m.match.place.kind == "country")
    if not named:
        return
    country = named.most_common(1)[0][0]
    mention = next(m for m in mentions if m.match.place and m.match.place.id == country)
    for number, found in candidates.items():
        sentence = text.sentences[number]
        said = _SCOPE.search(text.text, sentence.start, sentence.end)
        if said:
            first, last = text.word_at(said.start()), text.word_at(said.end() - 1) + 1
            found.append(Candidate(said.start(), said.end(), first, last, mention, is_scope=True))
            found.sort(key=lambda candidate: candidate.start)


def _add_here(text: Text, mentions: Sequence[Mention], candidates: dict[int, list[Candidate]]) -> None:
    """Add the dateline's place where a sentence says "here" or "in this city"."""
    line = text.dateline
    if line is None:
        return
    mention = next((m for m in mentions if line.place_start <= m.start < line.place_end and m.match.place), None)
    if mention is None:
        return
    for number, found in candidates.items():
        sentence = text.sentences[number]
        said = _HERE.search(text.text, max(sentence.start, line.end), sentence.end)
        if said:
            first, last = text.word_at(said.start()), text.word_at(said.end() - 1) + 1
            found.append(Candidate(said.start(), said.end(), first, last, mention, is_here=True))
            found.sort(key=lambda candidate: candidate.start)


def _adjusted(text: Text, sentence: Sentence, trigger: Trigger, candidate: Candidate, chance: float) -> float:
    """Return the chance of a scene after what is certain: a scope is one; where somebody speaks, nothing happens."""
    if candidate.is_scope:
        return _PART_CHANCE
    if candidate.is_here:
        return _HERE_CHANCE
    if candidate.last <= trigger.first:
        between = text.lower[candidate.last : trigger.first]
        said = next((i for i, word in enumerate(between) if word in _SAYING), None)
        if said is not None and "," not in between[:said] and said <= _SPEAKER_WITHIN:
            return chance * _SPEAKER_SHARE
    behind = text.lower[candidate.last : candidate.last + _SPEAKS_WITHIN]
    if not _SAYING.isdisjoint(behind) and candidate.last < sentence.last and candidate.first >= trigger.last:
        return chance * _SPEAKER_SHARE
    place = candidate.mention.match.place if candidate.mention else None
    if trigger.type.event_type == "MOBILIZE:troops" and text.lower[candidate.first - 1] == "to":
        return max(chance, _DESTINATION) if candidate.first >= trigger.last else chance
    if trigger.type.kind == "noun" and _is_local(candidate):
        between = text.lower[candidate.last : trigger.first]
        if candidate.last == trigger.first or (
            len(between) == 1 and between[0].isalpha() and between[0] not in _NO_NOUNS
        ):
            return max(chance, _PREMODIFIER)
    if place is not None and place.kind == "group" and trigger.type.event_type == "CONSULT:meet":
        return max(chance, _PART_CHANCE)
    return chance


def _is_said(text: Text, candidate: Candidate) -> bool:
    """Whether a name is a place's that stands behind the dateline, and no people's."""
    behind = text.dateline is None or candidate.start >= text.dateline.end
    return behind and (candidate.mention is None or candidate.mention.tag != "demonym")


def _is_local(candidate: Candidate) -> bool:
    """Whether a place is smaller than a country: "the Kandahar raids", but not "the Israel strike"."""
    place = candidate.mention.match.place if candidate.mention else None
    return place is not None and place.kind not in ("country", "group") and candidate.mention.tag == "name"  # type: ignore[union-attr]


def _place_of_part(text: Text, count: Count, candidates: Sequence[Candidate]) -> Candidate | None:
    """Return the place of a part that is told with it: "103 of them in Almaty", "including 196 in Germany"."""
    if not count.is_part:
        return None
    for candidate in candidates:
        between = text.text[count.end : candidate.start]
        if (
            0 <= candidate.start - count.end <= _PART_REACH
            and _IN.search(between)
            and not re.search(r"[,;.\d]", between)
        ):
            return candidate
    return None


def _scenes(
    text: Text, candidates: Sequence[Candidate], chances: Sequence[float], threshold: float
) -> list[tuple[Candidate | None, float]]:
    """Return the scenes of a trigger: the likeliest place, and those listed with it."""
    if not chances:
        return []
    best = max(range(len(chances)), key=chances.__getitem__)
    if chances[best] < threshold:
        return []
    inner = best + 1
    if (
        inner < len(candidates)
        and chances[inner] >= _INNER_LEAST
        and _WITHIN_IT.fullmatch(text.text[candidates[best].end : candidates[inner].start])
        and _lies_in(candidates[inner], candidates[best])
    ):
        return [(candidates[inner], chances[best])]
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


def _lies_in(one: Candidate, other: Candidate) -> bool:
    """Whether a place lies in another one by their codes."""
    inner, outer = (c.mention.match.place if c.mention else None for c in (one, other))
    return inner is not None and outer is not None and is_in(inner, outer)


def _apart(one: Candidate, other: Candidate) -> bool:
    """Whether two names are two places of a list, neither the area of the other: "Almaty and Aktau"."""
    a, b = (c.mention.match.place if c.mention else None for c in (one, other))
    return a is not None and b is not None and a.kind == b.kind and a.id != b.id


def _owner(text: Text, count: Count, triggers: Sequence[Trigger]) -> Trigger:
    """Return the trigger of a sentence that a figure belongs to: the nearest one that may have such an outcome."""
    fitting = [t for t in triggers if t.type.event_class in _OUTCOMES.get(count.kind, ())]
    return min(
        fitting or triggers,
        key=lambda t: max(text.start[t.first] - count.end, count.start - text.end[t.last - 1], 0),
    )


def _figures(text: Text, counts: Sequence[Count]) -> list[CountOf]:
    """Return figures; one that "and" joins to the one before it, of other people, adds to it."""
    out: list[CountOf] = []
    for i, count in enumerate(counts):
        last = counts[i - 1] if i else None
        joined = last is not None and last.kind == count.kind and not count.is_part and last.of != count.of
        between = text.text[last.end : count.start] if last is not None else ""
        beside = joined and len(between) < _BESIDE and bool(_AND.search(between))
        out.append(replace(_figure(count), beside=beside))
    return out


# Figures told side by side: "eight militiamen and two soldiers", characters between the two numbers.
_BESIDE = 40
_AND = re.compile(r"^[\w ]*(?:,| and) (?:another |at least |also )?$|^[\w ]* and [\w ]*$")


def _figure(count: Count) -> CountOf:
    known = [value for value in (count.best, count.low, count.high) if value is not None]
    best = known[0]
    low = count.low if count.low is not None else best
    high = count.high if count.high is not None else best
    return CountOf(min(low, best), best, max(high, best), count.kind, count.of, count.is_total)
