"""Choose the scenes of an event among the places of its sentence.

A scope ("across the country") and "here" are places too; places that are listed together are all scenes.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from gazetteer import Mention
from geoevents.reports.counts.counting import Count
from geoevents.reports.language.event_types import role_words
from geoevents.reports.language.text import Text
from geoevents.reports.language.triggers import Trigger
from geoevents.reports.scenes.adjustments import AND_PLACE
from geoevents.reports.scenes.candidates import Candidate
from geoevents.reports.scenes.clauses import LEAST
from geoevents.reports.scenes.place_facts import is_in

__all__ = [
    "add_here",
    "add_scopes",
    "choose_scenes",
    "lies_in",
    "place_of_part",
    "places_of_figures",
]

# What a noun's scene needs beyond the threshold of a verb's: nouns are marked less surely in training. Chosen with the
# threshold on thirds of eventloc that the models had not read.
_NOUN_MORE = 0.12
# Such a noun is as sure as a verb; words from it to the verb's last one.
_HAPPENING, _HAPPENS_WITHIN = role_words()["noun happens"], 2
# A second place is a scene of its own when its chance is at least this share of the first one's.
_SECOND = 0.6
# Of a list of places so many at most are scenes of one trigger.
_MOST_SCENES = 6
_SCOPE = re.compile(
    r"\b(?:(?:across|throughout|around|all over) (?:the|much of the|most of the) (?:country|nation)"
    r"|nationwide|countrywide"
    r"|(?:across|in) (?:all |all of )?(?:\d+|two|three|four|five|six|seven|eight|nine|ten|twelve) "
    r"(?:of (?:the country|[A-Z]\w+)['’]s (?:\d+ )?)?"
    r"(?:states|provinces|districts|regions|governorates|counties|departments))\b"
)
_IN = re.compile(r"\b(?:in|at|near|from|around)\b")
_LIST = re.compile(
    r"\s*(?:[a-z]+ ?)?(?:,|and|, and|&|as well as)\s*(?:in|near|at)?\s*(?:the )?"
    r"(?:(?:city|town|village|district|province) of)?\s*$"
)
# "Maharashtra's Aurangabad district": what lies in the likeliest place and stands right behind it is the scene.
_WITHIN_IT = re.compile(r"\s*(?:['’]s?|,)\s*(?:[a-z]+ ){0,3}$")
# Names of towns are names of their units too: "Hama and Homs" may be read as a unit and a town.
_LOCAL_KINDS = ("city", "admin1", "admin2")
# "Between Culiacan and Mazatlan": an event between two towns is one event.
_BETWEEN = "between"
_HERE = re.compile(r"\bin this (?:city|town|capital)\b|\bhere (?=today|on|yesterday|this|last|[.,;])")
# Characters from a figure to its place.
_PART_REACH = 40


def add_scopes(text: Text, mentions: Sequence[Mention], candidates: dict[int, list[Candidate]]) -> None:
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


def add_here(text: Text, mentions: Sequence[Mention], candidates: dict[int, list[Candidate]]) -> None:
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


def places_of_figures(
    text: Text, counts: Sequence[Count], candidates: Sequence[Candidate]
) -> list[tuple[Count, Candidate]]:
    """Return the figures that each have a place behind them: "killed 12 people in Homs and 15 in Hama"; else none."""
    found = [(count, place) for count in counts if (place := _place_behind(text, count, candidates)) is not None]
    kinds = {count.kind for count, _ in found}
    apart = len({place.start for _, place in found}) == len(found)
    return found if len(found) > 1 and len(kinds) == 1 and apart and len(found) == len(counts) else []


def place_of_part(text: Text, count: Count, candidates: Sequence[Candidate]) -> Candidate | None:
    """Return the place of a part that is told with it: "103 of them in Almaty", "including 196 in Germany"."""
    return _place_behind(text, count, candidates) if count.is_part else None


def _place_behind(text: Text, count: Count, candidates: Sequence[Candidate]) -> Candidate | None:
    for candidate in candidates:
        between = text.text[count.end : candidate.start]
        if (
            0 <= candidate.start - count.end <= _PART_REACH
            and _IN.search(between)
            and not re.search(r"[,;.\d]", between)
        ):
            return candidate
    return None


def choose_scenes(
    text: Text, trigger: Trigger, options: Sequence[tuple[Candidate, float]], threshold: float, is_reference: bool
) -> list[tuple[Candidate, float]]:
    """Return the scenes of a trigger: the likeliest place, and those listed with it.

    A word that only speaks of an event has its scene behind it.
    """
    options = [(c, chance) for c, chance in options if not is_reference or c.first >= trigger.last]
    if not options:
        return []
    candidates, chances = [c for c, _ in options], [chance for _, chance in options]
    best = max(range(len(chances)), key=chances.__getitem__)
    sure = trigger.type.kind == "verb" or candidates[best].least_chance or _happens(text, trigger)
    more = 0.0 if sure else _NOUN_MORE
    if chances[best] < threshold + more:
        return []
    inner = best + 1
    if (
        inner < len(candidates)
        and chances[inner] >= LEAST
        and _WITHIN_IT.fullmatch(text.text[candidates[best].end : candidates[inner].start])
        and lies_in(candidates[inner], candidates[best])
    ):
        return [(candidates[inner], chances[best])]
    out = [(candidates[best], chances[best])]
    if best and _BETWEEN in text.lower[max(candidates[best - 1].first - 3, 0) : candidates[best - 1].first]:
        joined = AND_PLACE.fullmatch(text.text[candidates[best - 1].end : candidates[best].start])
        return [(candidates[best - 1], chances[best])] if joined else out
    if _BETWEEN in text.lower[max(candidates[best].first - 3, 0) : candidates[best].first]:
        return out
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
                or not _are_two(candidates[i], candidates[best])
            ):
                break
            out.append((candidates[i], chances[i]))
            i += step
    return out


def _happens(text: Text, trigger: Trigger) -> bool:
    """Whether a noun is the subject of a verb that says it happened: "protests broke out", "fighting has erupted"."""
    return not _HAPPENING.isdisjoint(text.lower[trigger.last : trigger.last + _HAPPENS_WITHIN])


def lies_in(one: Candidate, other: Candidate) -> bool:
    """Whether a place lies in another one by their codes."""
    inner, outer = (c.mention.match.place if c.mention else None for c in (one, other))
    return inner is not None and outer is not None and is_in(inner, outer)


def _are_two(one: Candidate, other: Candidate) -> bool:
    """Whether two names are two places of a list, neither the area of the other: "Almaty and Aktau"."""
    a, b = (c.mention.match.place if c.mention else None for c in (one, other))
    if a is None or b is None or a.id == b.id or is_in(a, b) or is_in(b, a):
        return False
    return a.kind == b.kind or (a.kind in _LOCAL_KINDS and b.kind in _LOCAL_KINDS)
