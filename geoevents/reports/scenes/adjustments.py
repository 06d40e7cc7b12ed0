"""Adjust the chances of a sentence's places of being an event's scene, after what its words make certain.

What words make certain comes before the chances of the model: where somebody speaks, nothing happens; an epicentre is
where its earthquake is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from geoevents.reports.language.event_types import role_words
from geoevents.reports.language.text import Sentence, Text
from geoevents.reports.language.triggers import Trigger
from geoevents.reports.scenes.candidates import PLACE_NOUNS, Candidate
from geoevents.reports.scenes.clauses import ELSEWHERE, within_clauses
from geoevents.reports.scenes.labels import LINE_CHANCE

__all__ = ["AND_PLACE", "PART_CHANCE", "adjust_chances"]

_SAYING = role_words()["saying"]
# Where the words say that a part of the figure belongs to a place, or that an event reached a whole country.
PART_CHANCE, _HERE_CHANCE = 0.9, 0.8
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
# "Geita in northern Tanzania": what stands between a town and the area that holds it.
_IN_AREA, _AREAS = re.compile(r",? (?:in|of) (?:the )?"), ("country", "admin1", "admin2", "region")
# "In Hama and Homs countrysides": what joins two places, what may follow the second, what no place stands behind, and
# what share of the first one's chance the second one has.
AND_PLACE = re.compile(r"(?: [a-z]+)? and (?:in |near )?(?:the )?(?:(?:city|town|village|district|province) of )?")
_LIST_ENDS = frozenset((".", ",", ";", ")", "on", "at", "in", "after", "during", "since", "countrysides", "provinces"))
_LISTED = 0.9
_NOT_IN = frozenset(("between", "from", "against", "with", "by", "to"))
# "The Turkey-loyal brigade", "a Lagos-based firm": where somebody is from.
_ORIGINS = role_words()["origin"]


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
    options = _without_others_sites(text, trigger, triggers, within_clauses(text, trigger, triggers, options))
    if text.dateline is not None and any(_is_named(text, c) for c, _ in options):
        # Where a report is filed is its scene only where its first sentence names no other place.
        options = [(c, chance * (1 if _is_named(text, c) else _DATELINE_SHARE)) for c, chance in options]
    options = _without_filing(text, options, chances)
    options = _with_listed(text, _with_inner(text, options))
    if is_reference:
        # "A minister in Paris condemned the attack": what stands before is where somebody speaks.
        options = [(c, chance if c.first >= trigger.last else chance * ELSEWHERE) for c, chance in options]
    return options


def _without_others_sites(
    text: Text, trigger: Trigger, triggers: Sequence[Trigger], options: list[tuple[Candidate, float]]
) -> list[tuple[Candidate, float]]:
    """Leave to the next event what stands behind it: "arrested in a suburb of Osh had planned an attack in Batken"."""
    own = next((c for c, _ in options if c.first >= trigger.last and _is_at_site(text, trigger, c)), None)
    following = next((other.last for other in triggers if own is not None and other.first >= own.last), None)
    if following is None:
        return options
    return [(c, chance * ELSEWHERE if c.first >= following else chance) for c, chance in options]


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
            and AND_PLACE.fullmatch(text.text[first.end : second.start])
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
    if _is_origin(text, candidate):
        return chance * ELSEWHERE
    if candidate.least_chance:
        return max(chance, candidate.least_chance)
    if (
        _is_of_speaker(text, sentence, trigger, candidate)
        or _is_of_organ(text, sentence, candidate)
        or _is_where_brought(text, sentence, trigger, candidate)
    ):
        return chance * ELSEWHERE
    if candidate.first >= trigger.last:
        behind = _behind(text, trigger, candidate, chance)
        if behind is not None:
            return behind
    return max(chance, _least_of_kind(text, trigger, candidate))


def _is_origin(text: Text, candidate: Candidate) -> bool:
    """Whether a place is where somebody is from: "the Turkey-loyal brigade"."""
    dash = text.text[candidate.end : candidate.end + 1] in ("-", "‑")
    return dash and text.lower[candidate.last - 1].rpartition("-")[2].removesuffix("s") in _ORIGINS


def _is_of_speaker(text: Text, sentence: Sentence, trigger: Trigger, candidate: Candidate) -> bool:
    """Whether somebody speaks at a place: "in Moscow the ministry said that", ", the office in Dhaka said"."""
    if candidate.last <= trigger.first:
        between = text.lower[candidate.last : trigger.first]
        said = next((i for i, word in enumerate(between) if word in _SAYING), None)
        if said is not None and "," not in between[:said] and said <= _SPEAKER_WITHIN:
            return True
        if between[:1] == ["that"] and not _SAYING.isdisjoint(text.lower[sentence.first : candidate.first]):
            return True  # "told reporters in Geneva that troops killed nine"
    if not _SPEAKING.isdisjoint(text.lower[max(candidate.first - _SPEAKING_WITHIN, sentence.first) : candidate.first]):
        return True
    behind = text.lower[candidate.last : candidate.last + _SPEAKS_WITHIN]
    return not _SPEAKERS.isdisjoint(behind) and candidate.last < sentence.last and candidate.first >= trigger.last


def _is_of_organ(text: Text, sentence: Sentence, candidate: Candidate) -> bool:
    """Whether a place says whose an organ of a state is: "the Bank of Ghana"."""
    of = candidate.first - 1 - (text.lower[candidate.first - 1] == "the")
    return of > sentence.first and text.lower[of] == "of" and text.lower[of - 1] in _ORGANS


def _is_where_brought(text: Text, sentence: Sentence, trigger: Trigger, candidate: Candidate) -> bool:
    """Whether the hurt are brought to a place: "two soldiers were hurt and airlifted to Dhobley"."""
    if trigger.type.event_type in _OF_MOVES:
        return False
    begin = max(sentence.start, candidate.start - _CARRIED_WITHIN)
    return _CARRIED.search(text.text, begin, candidate.start) is not None


def _behind(text: Text, trigger: Trigger, candidate: Candidate, chance: float) -> float | None:
    """Return the chance of a place behind the event where the words between them decide it, None where they do not."""
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
    return None


def _least_of_kind(text: Text, trigger: Trigger, candidate: Candidate) -> float:
    """Return the least chance that the kinds of an event and a place give: of "38 km north of Calama" for a quake."""
    place = candidate.mention.match.place if candidate.mention else None
    is_behind, event = candidate.first >= trigger.last, trigger.type
    if event.event_type == _QUAKE and place is not None and place.kind == "derived" and is_behind:
        return _EPICENTRE
    if event.event_type == "MOBILIZE:troops" and text.lower[candidate.first - 1] == "to":
        return _DESTINATION if is_behind else 0.0
    if event.kind == "noun" and _is_local(candidate):
        between = text.lower[candidate.last : trigger.first]
        named = len(between) == 1 and between[0].isalpha() and between[0] not in _NO_NOUNS
        if candidate.last == trigger.first or named:
            return _PREMODIFIER
    if place is not None and place.kind == "group" and event.event_type == "CONSULT:meet":
        return PART_CHANCE
    return 0.0


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
