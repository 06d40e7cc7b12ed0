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
from geoevents.reports.counts.counting import Count, find_counts
from geoevents.reports.drafts.draft import CountOf, Draft
from geoevents.reports.drafts.event_days import attach_time, days_of_lines
from geoevents.reports.drafts.merge import GENERAL, RESULTS, merge_drafts
from geoevents.reports.language.event_types import EventTypes, role_words
from geoevents.reports.language.outcomes import find_outcomes, may_tell_outcomes
from geoevents.reports.language.sides import role_of
from geoevents.reports.language.status import Judgement, Status, is_reference, judge, words_around
from geoevents.reports.language.text import Sentence, Text, is_heading, read_text
from geoevents.reports.language.triggers import Trigger, find_triggers
from geoevents.reports.language.worlds import worlds_of
from geoevents.reports.linear import Linear
from geoevents.reports.scenes.adjustments import PART_CHANCE, adjust_chances
from geoevents.reports.scenes.candidates import Candidate, list_candidates
from geoevents.reports.scenes.choice import add_here, add_scopes, choose_scenes, place_of_part, places_of_figures
from geoevents.reports.scenes.labels import add_labels
from geoevents.reports.scenes.mentions import Find
from geoevents.reports.scenes.places import find_places
from geoevents.reports.scenes.scene import SceneModel
from geoevents.reports.times.phrases import read_phrases
from geoevents.reports.times.when import TimeExpression, find_times

__all__ = ["Reading", "read_report"]

_SAYING = role_words()["saying"]
# Sentences from a denial to what it denies too.
_DENIED_WITHIN = 3
# So many dead are an event though nothing else in the text says one.
_MANY_DEAD = 3


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
    tells_outcomes = may_tell_outcomes(text)
    if not triggers and not tells_outcomes:
        return Reading(text, [], [], [], [], [])
    read = read_phrases(text.text)
    counts = find_counts(text.text, read)
    outcomes = find_outcomes(text, types, triggers, counts) if tells_outcomes else []
    triggers = _of_hazard(text, types, triggers)
    triggers = sorted([*triggers, *outcomes], key=lambda trigger: (trigger.sentence, trigger.first))
    hurt = {text.sentence_at(count.start) for count in counts if count.kind in ("killed", "injured") and count.best}
    worlds = worlds_of(text, report_date.year if report_date else None, hurt)
    judged = [
        (trigger, judge(text, text.sentences[trigger.sentence], trigger, worlds[trigger.sentence]))
        for trigger in triggers
    ]
    said = _without_sources([(trigger, judgement) for trigger, judgement in judged if judgement.status is not None])
    if not said:
        return Reading(text, [], [], [], judged, [])
    mentions = find_places(text, find or gazetteer.find, gazetteer.resolve, lower_words)
    times = find_times(text.text, report_date, read)
    drafts = merge_drafts(_drafts(text, said, mentions, times, counts, scenes, news, report_date, lower_words))
    drafts = _without_headings(text, drafts)
    _give_hazards(drafts)
    bare = {id(draft) for draft in drafts if _is_bare_outcome(draft, outcomes)}
    if drafts and drafts[0].status == "denied":
        # "A petition speaks of two wounded": no more than what the firm denies.
        near = [draft for draft in drafts[1:] if draft.sentences[0] - drafts[0].sentences[0] <= _DENIED_WITHIN]
        bare |= {id(draft) for draft in near if draft.time is None and draft.scene is None}
    elif len(bare) == len(drafts):
        bare = {id(draft) for draft in drafts if not _is_many_dead(draft)}
    silent = {number for draft in drafts if id(draft) in bare for number in draft.sentences}
    drafts = [draft for draft in drafts if id(draft) not in bare]
    _add_counts(text, drafts, counts, {trigger.sentence for trigger in triggers} - silent)
    return Reading(text, mentions, times, counts, judged, drafts)


def _of_hazard(text: Text, types: EventTypes, triggers: list[Trigger]) -> list[Trigger]:
    """Give the dead and injured of a bulletin the hazard of its heading: "Cyclone Freddy, Flash Update 4"."""
    rows = [
        row
        for sentence in text.sentences[:_HEADINGS]
        if is_heading(text, sentence)
        for word in text.lower[sentence.first : sentence.last]
        for row, _ in types.by_form.get((word,), ())
        if row.kind == "noun" and row.event_class == "disaster" and row.lemma not in RESULTS
    ]
    others = {t.type.event_class for t in triggers if t.type.lemma not in RESULTS | GENERAL}
    if not rows or not others <= {"disaster", "politics"}:
        return triggers
    return [
        replace(trigger, type=rows[0])
        if trigger.type.lemma in RESULTS and trigger.type.event_class == "assault" and not _is_armed(text, trigger)
        else trigger
        for trigger in triggers
    ]


# Lines among which the heading of a bulletin stands.
_HEADINGS = 4


def _is_armed(text: Text, trigger: Trigger) -> bool:
    sentence = text.sentences[trigger.sentence]
    return not _FORCES.isdisjoint(text.lower[sentence.first : sentence.last])


def _without_sources(judged: list[tuple[Trigger, Judgement]]) -> list[tuple[Trigger, Judgement]]:
    """Leave out verbs that only say who told an event: "floods killed nine, the ministry announced"."""
    others = {trigger.sentence for trigger, _ in judged if not _only_says(trigger)}
    return [(t, judgement) for t, judgement in judged if not _only_says(t) or t.sentence not in others]


def _only_says(trigger: Trigger) -> bool:
    return trigger.type.lemma in _SAYING or trigger.type.lemma + "s" in _SAYING


def _give_hazards(drafts: Sequence[Draft]) -> None:
    """Give the dead of another place the hazard of their sentence: "a quake near Khost, nine dead in Gayan"."""
    disasters = [draft for draft in drafts if draft.event_class == "disaster"]
    for draft in drafts:
        flees = draft.lead.type.event_type == "RETREAT:flee"
        if (draft.event_class != "assault" and not flees) or draft.is_by_force or not draft.counts:
            continue
        if not all(trigger.type.lemma in RESULTS for trigger, _ in draft.triggers):
            continue
        hazards = (t for other in disasters for t, _ in other.triggers if t.type.event_class == "disaster")
        hazard = next((t for t in hazards if t.sentence == draft.lead.sentence and t.last <= draft.lead.first), None)
        if hazard is not None:
            draft.event_class = "disaster"
            draft.triggers.insert(0, (hazard, draft.triggers[0][1]))


def _without_headings(text: Text, drafts: list[Draft]) -> list[Draft]:
    """Leave out what only a heading names, where the text tells of it: "SITREP 7 - FLOODS - SINDH"."""
    kinds = Counter(draft.lead.type.event_type for draft in drafts)
    return [
        draft
        for draft in drafts
        if draft.scene is not None
        or draft.counts
        or kinds[draft.lead.type.event_type] == 1
        or not all(
            trigger.type.kind == "noun" and is_heading(text, text.sentences[trigger.sentence])
            for trigger, _ in draft.triggers
        )
    ]


def _is_bare_outcome(draft: Draft, outcomes: Sequence[Trigger]) -> bool:
    """Whether a draft is told by a figure alone, without a place or a day: no event, or one told elsewhere."""
    return draft.scene is None and draft.time is None and all(trigger in outcomes for trigger, _ in draft.triggers)


def _is_many_dead(draft: Draft) -> bool:
    return any(count.kind == "killed" and count.best >= _MANY_DEAD for count in draft.counts)


def _add_counts(text: Text, drafts: Sequence[Draft], counts: Sequence[Count], with_events: set[int]) -> None:
    """Give figures whose sentence says no event to the event before: "The dead were put at nine"."""
    for count in counts:
        number = text.sentence_at(count.start)
        if number in with_events or count.kind not in _OUTCOMES or count.is_part:
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


@dataclass(frozen=True)
class _SentenceFacts:
    """What a sentence says: its triggers, the places it names, its times and its figures."""

    sentence: Sentence
    triggers: list[Trigger]
    candidates: list[Candidate]
    times: list[TimeExpression]
    counts: list[Count]


def _drafts(
    text: Text,
    judged: Sequence[tuple[Trigger, Judgement]],
    mentions: list[Mention],
    times: list[TimeExpression],
    counts: list[Count],
    scenes: SceneModel,
    news: Linear,
    report_date: date | None,
    lower_words: frozenset[int],
) -> list[Draft]:
    """Return the drafts of every trigger of a report, not merged."""
    by_sentence: dict[int, list[tuple[Trigger, Judgement]]] = {}
    for pair in judged:
        by_sentence.setdefault(pair[0].sentence, []).append(pair)
    candidates = list_candidates(text, mentions, list(by_sentence))
    add_scopes(text, mentions, candidates)
    add_here(text, mentions, candidates)
    add_labels(text, mentions, candidates, lower_words)
    chances = scenes.chances(
        text,
        [(text.sentences[n], [t for t, _ in pairs], candidates[n]) for n, pairs in by_sentence.items()],
    )
    lines = days_of_lines(text, times)
    out = []
    for (number, pairs), table in zip(by_sentence.items(), chances, strict=True):
        sentence = text.sentences[number]
        facts = _SentenceFacts(
            sentence,
            [trigger for trigger, _ in pairs],
            candidates[number],
            [lines.days[number]]
            if number in lines.days
            else [time for time in times if sentence.start <= time.start < sentence.end],
            [
                count
                for count in counts
                if sentence.start <= count.start < sentence.end and not _is_of_war(text, sentence, count)
            ],
        )
        for (trigger, judgement), row in zip(pairs, table.tolist(), strict=True):
            assert judgement.status is not None
            odds = news.score(words_around(text, sentence, trigger))
            drafts = _drafts_of(text, facts, trigger, judgement.status, odds, row, scenes.threshold, report_date)
            for draft in drafts:
                draft.line = sentence.paragraph if sentence.paragraph in lines.entries else -1
            out += drafts
    return out


def _is_of_war(text: Text, sentence: Sentence, count: Count) -> bool:
    """Whether a figure sums up more than an event: "the number of aid workers killed in this conflict to 196"."""
    return count.is_total and _OF_WAR.search(text.text, sentence.start, sentence.end) is not None


_OF_WAR = re.compile(
    r"\b(?:in (?:this|the) (?:conflict|war)|(?:so far )?this year|since the (?:war|conflict|invasion|coup|start of the "
    r"(?:war|conflict|year))|since (?:19|20)\d\d)\b",
    re.I,
)


def _drafts_of(
    text: Text,
    facts: _SentenceFacts,
    trigger: Trigger,
    status: Status,
    odds: float,
    chances: list[float],
    threshold: float,
    report_date: date | None,
) -> list[Draft]:
    """Return the drafts of a trigger: one for each scene, and one for each part of its figures that has a place."""
    kind, triggers = trigger.type.event_class, [(trigger, odds)]
    time = attach_time(text, trigger, facts.triggers, facts.times)
    if status == "happened" and time is not None and report_date is not None and time.first > report_date:
        status = "planned"
    counts = [count for count in facts.counts if _owner(text, count, facts.triggers) is trigger]
    own = places_of_figures(text, counts, facts.candidates)
    if own:
        cause = _cause(trigger, facts.triggers)
        if cause is not None:
            kind, triggers = cause.type.event_class, [(cause, odds), *triggers]
        return [
            Draft(kind, status, triggers[:], place, PART_CHANCE, time, [_figure(count)], [(place, PART_CHANCE)])
            for count, place in own
        ]
    parts = [(count, place) for count in counts if (place := place_of_part(text, count, facts.candidates))]
    for _, place in parts:
        chances[facts.candidates.index(place)] = 0.0
    reference, by_force = is_reference(text, facts.sentence, trigger), _is_by_force(text, facts.sentence, trigger)
    options = adjust_chances(text, facts.sentence, trigger, facts.candidates, chances, reference, facts.triggers)
    scenes = choose_scenes(text, trigger, options, threshold, reference)
    whole = _figures(text, [count for count in counts if count not in [part for part, _ in parts]], facts.counts)
    out = []
    places: list[tuple[Candidate | None, float]] = [*scenes] or [(None, 0.0)]
    for scene, chance in places:
        draft = Draft(kind, status, triggers[:], scene, chance, time, list(whole), options, None, reference)
        draft.is_by_force = by_force
        out.append(draft)
    for count, place in parts:
        figures, only = [_figure(count)], [(place, PART_CHANCE)]
        out.append(Draft(kind, status, triggers[:], place, PART_CHANCE, time, figures, only, draft))
    return out


def _is_by_force(text: Text, sentence: Sentence, trigger: Trigger) -> bool:
    """Whether who acts stands right before a verb and is armed: "soldiers killed", but not "soldiers were killed"."""
    return trigger.type.kind == "verb" and trigger.first > sentence.first and text.lower[trigger.first - 1] in _FORCES


_FORCES = role_words()["armed"] | role_words()["state"]


def _cause(trigger: Trigger, triggers: Sequence[Trigger]) -> Trigger | None:
    """Return what a verb of harm is the outcome of: "lightning killed nine people in Gaya and four in Siwan"."""
    if trigger.type.lemma not in RESULTS:
        return None
    before = [other for other in triggers if other.type.kind == "noun" and other.last <= trigger.first]
    causes = [t for t in before if t.type.event_class in _VIOLENT and t.type.lemma not in RESULTS | GENERAL]
    return causes[-1] if causes else None


def _owner(text: Text, count: Count, triggers: Sequence[Trigger]) -> Trigger:
    """Return the trigger of a sentence that a figure belongs to: the nearest one that may have such an outcome."""
    fitting = [
        t
        for t in triggers
        if t.type.event_class in _OUTCOMES.get(count.kind, ())
        or (count.kind == "displaced" and t.type.event_type == "RETREAT:flee")
    ]
    return min(
        fitting or triggers,
        key=lambda t: max(text.start[t.first] - count.end, count.start - text.end[t.last - 1], 0),
    )


def _figures(text: Text, counts: Sequence[Count], of_sentence: Sequence[Count]) -> list[CountOf]:
    """Return figures; one that "and" or a comma joins to the one before it, of other people, adds to it.

    Parameters
    ----------
    of_sentence
        All figures of the sentence: those of two sides of a fight add up.
    """
    out: list[CountOf] = []
    for i, count in enumerate(counts):
        last = counts[i - 1] if i else None
        joined = last is not None and last.kind == count.kind and not count.is_part and last.of != count.of
        if not joined and _of_other_side(text, of_sentence, count):
            # "Four soldiers were killed and 17 wounded, and 30 militants killed".
            out.append(replace(_figure(count), beside=True))
            continue
        between = text.text[last.end : count.start] if last is not None else ""
        beside = joined and len(between) < _BESIDE and bool(_AND.search(between))
        if last is not None and beside and " and" not in between:
            # "Killed six people, five in vehicles" tells again of the six.
            beside = bool(count.of) and last.of.casefold() not in ("people", "persons", "others", "")
        out.append(replace(_figure(count), beside=beside))
    return out


def _of_other_side(text: Text, counts: Sequence[Count], count: Count) -> bool:
    """Whether the figure in front of one in its sentence is of the other side of a fight."""
    if count.is_part or count.is_total:
        return False
    before = [other for other in counts if other.start < count.start and other.kind == count.kind]
    if not before or before[-1].is_part or before[-1].is_total:
        return False
    between = text.text[before[-1].end : count.start]
    return {role_of(count.of), role_of(before[-1].of)} in _SIDES and not _AGAIN.search(between)


# Sides whose dead are told apart, and what tells a figure again.
_SIDES = ({"armed", "state"}, {"armed", "people"}, {"state", "people"}, {"state", "protester"})
_AGAIN = re.compile(r"\b(?:including|among|of (?:whom|them)|said|while .* put)\b")
# Figures told side by side: "eight militiamen and two soldiers", characters between the two numbers.
_BESIDE = 40
_AND = re.compile(r"^[\w ]*(?:,| and) (?:another |at least |also )?$|^[\w ]* and [\w ]*$")


def _figure(count: Count) -> CountOf:
    known = [value for value in (count.best, count.low, count.high) if value is not None]
    best = known[0]
    low = count.low if count.low is not None else best
    high = count.high if count.high is not None else best
    return CountOf(min(low, best), best, max(high, best), count.kind, count.of, count.is_total)
