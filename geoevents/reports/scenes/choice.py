"""Choose the scenes of an event among the places of its sentence.

What words make certain comes before the chances of the model. A scope ("across the country") and "here" are places too;
where somebody speaks, nothing happens; places that are listed together are all scenes.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from gazetteer import Mention
from geoevents.reports.counts.counting import Count
from geoevents.reports.language.event_types import role_words
from geoevents.reports.language.text import Sentence, Text
from geoevents.reports.language.triggers import Trigger
from geoevents.reports.scenes.candidates import PLACE_NOUNS, Candidate
from geoevents.reports.scenes.clauses import ELSEWHERE, LEAST, within_clauses
from geoevents.reports.scenes.labels import LINE_CHANCE
from geoevents.reports.scenes.place_facts import is_in

__all__ = [
    "PART_CHANCE",
    "add_here",
    "add_scopes",
    "adjust_chances",
    "choose_scenes",
    "lies_in",
    "place_of_part",
    "places_of_figures",
]

_SAYING = role_words()["saying"]
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
_HERE, _HERE_CHANCE = (
    re.compile(r"\bin this (?:city|town|capital)\b|\bhere (?=today|on|yesterday|this|last|[.,;])"),
    0.8,
)
# "In Moscow the ministry said that": so many words at most from the place to the verb.
_SPEAKER_WITHIN = 6
# ", the office in Dhaka said": so many words behind the place; "in Dhaka according to the office" is no such.
_SPEAKS_WITHIN, _SPEAKERS = 1, _SAYING - {"according"}
# "Speaking in Geneva": words from the verb to the place.
_SPEAKING, _SPEAKING_WITHIN = role_words()["speaking"], 3
# Where troops are carried to is where they are deployed.
_DESTINATION = 0.6
# What is left of the chance of a dateline's place where the sentence names another one.
_DATELINE_SHARE = 0.4
# "Islamabad: X was arrested from a village in Peshawar": a lone label is where the report is filed if another place has
# this chance, and so many times that of the label without what its being one gives it.
_BESIDE_LABEL, _TIMES_LABEL = 0.1, 2
# "The Donetsk shelling", "Croydon tram crash": a town right before the noun, or one word before it, is its scene.
_PREMODIFIER = 0.8
_NO_NOUNS = role_words()["phrase end"] | role_words()["determiner"] | role_words()["auxiliary"]
# "Shot dead by two men who fled towards Kericho."
_FLIGHT, _ONWARD = role_words()["flight"], role_words()["onward"]
# "The Armed Forces of Ukraine", "the Bank of Ghana": whose somebody is.
_ORGANS = role_words()["organ of a state"]
# "Two soldiers were hurt and airlifted to Dhobley": where the hurt are brought to; moves have other rules.
_CARRIED = re.compile(
    r"\b(?:airlifted|taken|flown|rushed|transferred|evacuated|brought|ferried|transported|referred|admitted)\b"
    r"[^.;,]{0,30}?\bto (?:[a-z]+ ){0,5}\Z"
)
_CARRIED_WITHIN = 70
_OF_MOVES = ("MOBILIZE:troops", "RETREAT:flee", "RETREAT:withdraw", "ASSAULT:abduct", "COERCE:arrest")
# "Its epicentre was in Antofagasta", "an earthquake struck 38 km north-east of Antofagasta".
_EPICENTRES, _EPICENTRE, _QUAKE = role_words()["epicentre lemma"], 0.8, "DISASTER:earthquake"
# "Broke out in an oil-producing region in western Kazakhstan", "at a mosque near Kunduz": the words before the place,
# how many words from the event to them, and its chance.
_SITE = re.compile(
    r"\b(?:in|at|inside|outside|near) (?:an?|the|two|three|several|some) (?:[a-z][\w-]* ){1,5}"
    r"(?:(?:in|near|outside)|(?<=suburb )of|(?<=outskirts )of)"
    r" (?:the (?:\w+ )?(?:city|town|village|district|province|region|state) of )?\Z"
)
_SITE_REACH, _SITE_WITHIN, _AT_SITE = 80, 10, 0.65
# "An ambush on the road from Beni to Kasindi": words from the road to the place.
_ROADS, _ROAD_LINKS, _ROAD_WITHIN, _ON_ROAD = role_words()["road"], role_words()["road link"], 5, 0.6
# Where the words say that a part of the figure belongs to a place, it does; characters between the two.
PART_CHANCE, _PART_REACH = 0.9, 40
_IN = re.compile(r"\b(?:in|at|near|from|around)\b")
_LIST = re.compile(
    r"\s*(?:[a-z]+ ?)?(?:,|and|, and|&|as well as)\s*(?:in|near|at)?\s*(?:the )?"
    r"(?:(?:city|town|village|district|province) of)?\s*$"
)
# "Maharashtra's Aurangabad district": what lies in the likeliest place and stands right behind it is the scene.
_WITHIN_IT = re.compile(r"\s*(?:['’]s?|,)\s*(?:[a-z]+ ){0,3}$")
# Names of towns are names of their units too: "Hama and Homs" may be read as a unit and a town.
_LOCAL_KINDS = ("city", "admin1", "admin2")
# "Geita in northern Tanzania": what stands between a town and the area that holds it.
_IN_AREA, _AREAS = re.compile(r",? (?:in|of) (?:the )?"), ("country", "admin1", "admin2", "region")
# "In Hama and Homs countrysides": what joins two places, what may follow the second, what no place stands behind, and
# what share of the first one's chance the second one has.
_AND_PLACE = re.compile(r"(?: [a-z]+)? and (?:in |near )?(?:the )?(?:(?:city|town|village|district|province) of )?")
_LIST_ENDS = frozenset((".", ",", ";", ")", "on", "at", "in", "after", "during", "since", "countrysides", "provinces"))
_LISTED = 0.9
_NOT_IN = frozenset(("between", "from", "against", "with", "by", "to"))
# "The Turkey-loyal brigade", "a Lagos-based firm": where somebody is from.
_ORIGINS = role_words()["origin"]
# "Between Culiacan and Mazatlan": an event between two towns is one event.
_BETWEEN = "between"


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


def adjust_chances(
    text: Text,
    sentence: Sentence,
    trigger: Trigger,
    candidates: Sequence[Candidate],
    chances: Sequence[float],
    is_reference: bool,
    triggers: Sequence[Trigger] = (),
) -> list[tuple[Candidate, float]]:
    """Return the places of a sentence with their chances of being a trigger's scene, after what words make certain.

    Parameters
    ----------
    triggers
        All those of the sentence, in order.
    """
    options = [(c, _adjusted(text, sentence, trigger, c, x)) for c, x in zip(candidates, chances, strict=True)]
    options = within_clauses(text, trigger, triggers, options)
    if text.dateline is not None and any(_is_named(text, c) for c, _ in options):
        # Where a report is filed is its scene only where its first sentence names no other place.
        options = [(c, chance * (1 if _is_named(text, c) else _DATELINE_SHARE)) for c, chance in options]
    options = _without_filing(text, options, chances)
    options = _with_listed(text, _with_inner(text, options))
    if is_reference:
        # "A minister in Paris condemned the attack": what stands before is where somebody speaks.
        options = [(c, chance if c.first >= trigger.last else chance * ELSEWHERE) for c, chance in options]
    return options


def _without_filing(
    text: Text, options: list[tuple[Candidate, float]], chances: Sequence[float]
) -> list[tuple[Candidate, float]]:
    """Take from a lone label what its being one gives it, where the model prefers another place by far."""
    named = (x for (c, _), x in zip(options, chances, strict=True) if not c.least_chance and _is_named(text, c))
    best = max(named, default=0.0)
    if best < _BESIDE_LABEL:
        return options
    return [
        (c, x if 0 < c.least_chance < LINE_CHANCE and best >= _TIMES_LABEL * x else chance)
        for (c, chance), x in zip(options, chances, strict=True)
    ]


def _with_inner(text: Text, options: list[tuple[Candidate, float]]) -> list[tuple[Candidate, float]]:
    """Give a town the chance of the area that it stands before: "near Geita in northern Tanzania"."""
    out = list(options)
    for i in range(len(options) - 1):
        (inner, chance), (outer, wider) = options[i : i + 2]
        a, b = (c.mention.match.place if c.mention else None for c in (inner, outer))
        if (
            a is not None
            and b is not None
            and wider > chance
            and a.country == b.country
            and (b.kind in _AREAS or b.kind == "derived")
            and a.kind not in _AREAS
            and _IN_AREA.fullmatch(text.text[inner.end : outer.start])
        ):
            out[i] = inner, wider
    return out


def _with_listed(text: Text, options: list[tuple[Candidate, float]]) -> list[tuple[Candidate, float]]:
    """Give the second of two places that "and" joins the chance of the first: "in Hama and Homs countrysides"."""
    out = list(options)
    for i in range(len(options) - 1):
        (first, chance), (second, other) = out[i], out[i + 1]
        behind = text.lower[second.last : second.last + 1]
        closes = not behind or behind[0] in _LIST_ENDS or behind[0] in PLACE_NOUNS
        if (
            closes
            and other < _LISTED * chance
            and _AND_PLACE.fullmatch(text.text[first.end : second.start])
            and text.lower[first.first - 1] not in _NOT_IN
            and _is_local(first)
            and _is_local(second)
        ):
            out[i + 1] = second, _LISTED * chance
    return out


def _adjusted(text: Text, sentence: Sentence, trigger: Trigger, candidate: Candidate, chance: float) -> float:
    """Return the chance of a scene after what is certain: a scope is one; where somebody speaks, nothing happens."""
    if candidate.is_scope:
        return PART_CHANCE
    if candidate.is_here:
        return _HERE_CHANCE
    if (
        text.text[candidate.end : candidate.end + 1] in ("-", "‑")
        and text.lower[candidate.last - 1].rpartition("-")[2].removesuffix("s") in _ORIGINS
    ):
        return chance * ELSEWHERE
    if candidate.least_chance:
        return max(chance, candidate.least_chance)
    if candidate.last <= trigger.first:
        between = text.lower[candidate.last : trigger.first]
        said = next((i for i, word in enumerate(between) if word in _SAYING), None)
        if said is not None and "," not in between[:said] and said <= _SPEAKER_WITHIN:
            return chance * ELSEWHERE
        if between[:1] == ["that"] and not _SAYING.isdisjoint(text.lower[sentence.first : candidate.first]):
            # "Told reporters in Geneva that troops killed nine."
            return chance * ELSEWHERE
    if not _SPEAKING.isdisjoint(text.lower[max(candidate.first - _SPEAKING_WITHIN, sentence.first) : candidate.first]):
        return chance * ELSEWHERE
    behind = text.lower[candidate.last : candidate.last + _SPEAKS_WITHIN]
    if not _SPEAKERS.isdisjoint(behind) and candidate.last < sentence.last and candidate.first >= trigger.last:
        return chance * ELSEWHERE
    of = candidate.first - 1 - (text.lower[candidate.first - 1] == "the")
    if of > sentence.first and text.lower[of] == "of" and text.lower[of - 1] in _ORGANS:
        return chance * ELSEWHERE
    if trigger.type.event_type not in _OF_MOVES and _CARRIED.search(
        text.text, max(sentence.start, candidate.start - _CARRIED_WITHIN), candidate.start
    ):
        return chance * ELSEWHERE
    if candidate.first >= trigger.last:
        if trigger.type.lemma in _EPICENTRES:
            return max(chance, _EPICENTRE)
        if text.lower[candidate.first - 1] in _ONWARD and not _FLIGHT.isdisjoint(
            text.lower[trigger.last : candidate.first]
        ):
            return chance * ELSEWHERE
        if _is_at_site(text, trigger, candidate):
            return max(chance, _AT_SITE)
        way = text.lower[max(trigger.last, candidate.first - _ROAD_WITHIN) : candidate.first]
        if not _ROADS.isdisjoint(way) and not _ROAD_LINKS.isdisjoint(way):
            return max(chance, _ON_ROAD)
    place = candidate.mention.match.place if candidate.mention else None
    if (
        trigger.type.event_type == _QUAKE
        and place is not None
        and place.kind == "derived"
        and candidate.first >= trigger.last
    ):
        return max(chance, _EPICENTRE)
    if trigger.type.event_type == "MOBILIZE:troops" and text.lower[candidate.first - 1] == "to":
        return max(chance, _DESTINATION) if candidate.first >= trigger.last else chance
    if trigger.type.kind == "noun" and _is_local(candidate):
        between = text.lower[candidate.last : trigger.first]
        if candidate.last == trigger.first or (
            len(between) == 1 and between[0].isalpha() and between[0] not in _NO_NOUNS
        ):
            return max(chance, _PREMODIFIER)
    if place is not None and place.kind == "group" and trigger.type.event_type == "CONSULT:meet":
        return max(chance, PART_CHANCE)
    return chance


def _is_at_site(text: Text, trigger: Trigger, candidate: Candidate) -> bool:
    """Whether the words between an event and a place say at what it happened there: "shot at a mosque in Kunduz"."""
    begin = text.start[trigger.last] if trigger.last < len(text.start) else candidate.start
    site = _SITE.search(text.text, max(begin, candidate.start - _SITE_REACH), candidate.start)
    if site is None:
        return False
    between = text.lower[trigger.last : text.word_at(site.start())]
    return len(between) <= _SITE_WITHIN and all(word[0].isalnum() for word in between)


def _is_named(text: Text, candidate: Candidate) -> bool:
    """Whether a name is a place's that stands behind the dateline, and no people's."""
    behind = text.dateline is None or candidate.start >= text.dateline.end
    return behind and (candidate.mention is None or candidate.mention.tag != "demonym")


def _is_local(candidate: Candidate) -> bool:
    """Whether a place is smaller than a country: "the Kandahar raids", but not "the Israel strike"."""
    place = candidate.mention.match.place if candidate.mention else None
    return place is not None and place.kind not in ("country", "group") and candidate.mention.tag == "name"  # type: ignore[union-attr]


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
        joined = _AND_PLACE.fullmatch(text.text[candidates[best - 1].end : candidates[best].start])
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
