"""Merge the drafts of a report that tell one event; nothing they say is lost.

Two drafts are one event when their classes agree, and their places and days do not contradict each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from gazetteer import geodesy
from geoevents.reports.drafts.draft import Draft, TimeOf
from geoevents.reports.drafts.event_days import is_more_precise
from geoevents.reports.language.event_types import role_words
from geoevents.reports.scenes.candidates import Candidate
from geoevents.reports.scenes.place_facts import is_in

__all__ = ["GENERAL", "RESULTS", "distance_km", "merge_drafts", "same_place", "same_time"]

# What says the outcome of another event, whatever its class.
RESULTS = role_words()["outcome lemma"]
# What says that something violent happened, and takes the class of what tells it more precisely.
GENERAL = role_words()["general lemma"]
_WITHIN = {"explosion", "clash", "abduction", "assault", "disaster", "protest"}
_PROTESTERS = frozenset(("protester", "protestor", "demonstrator", "rioter"))
# The more precise class of two that tell one event; the first is the most precise.
_PRECISE = ("disaster", "explosion", "abduction", "clash", "assault", "protest", "arrest", "politics")
# Two towns farther apart are two places, km.
_APART = 30.0
# An outcome belongs to an event told this many sentences before, at most.
_OUTCOME_WITHIN = 2
# "The attack" speaks of an event this many sentences before, at most.
_GENERAL_WITHIN = 6
# Classes of which a report tells several events, and how near two tellings of one stand, sentences.
_MANY, _MANY_WITHIN = ("arrest", "protest", "politics"), 1
# What `same_place` says of two names of one town.
_NEAR_ENOUGH = 0.7
# A finer place is taken where its chance is more than this share of the wider one's.
_FINER = 0.6
_COARSE = ("country", "admin1", "admin2", "region", "group", "sea", "island")
# Towns, and units that may have a town's name.
_LOCAL = ("city", "admin1", "admin2")
# Areas in which a village may lie that the index lacks.
_AROUND = ("admin1", "admin2", "region", "derived")


def merge_drafts(drafts: Sequence[Draft]) -> list[Draft]:
    """Return the events of a report, in the order of their first telling."""
    out: list[Draft] = []
    joined: dict[int, Draft] = {}
    for draft in drafts:
        if draft.whole is not None:
            out.append(draft)
            continue
        best, best_score = None, 0.0
        for event in out:
            score = _likeness(event, draft) if event.whole is None else 0.0
            if score > best_score:
                best, best_score = event, score
        if best is None:
            out.append(draft)
        else:
            _join(best, draft)
            joined[id(draft)] = best
    for draft in out:
        while draft.whole is not None and id(draft.whole) in joined:
            draft.whole = joined[id(draft.whole)]
    return out


def _likeness(event: Draft, draft: Draft) -> float:
    """Return how much two drafts look like one event; 0 where they cannot be one."""
    if event.status != draft.status and {event.status, draft.status} - {"happened", "alleged"}:
        return 0.0
    if _of_two_lines(event.scene, draft.scene) or _of_two_clauses(event, draft):
        return 0.0
    if event.line != draft.line and min(event.line, draft.line) >= 0:
        return 0.0
    gap = min(abs(a - b) for a in event.sentences for b in draft.sentences)
    place, time = same_place(event.scene, draft.scene), same_time(event.time, draft.time)
    kind = _kinds(event, draft, gap, place > 0 or time > 0)
    if kind == 0 or place < 0 or time < 0:
        return 0.0
    scopes = [scene is not None and scene.is_scope for scene in (event.scene, draft.scene)]
    if scopes[0] != scopes[1] and (gap > _MANY_WITHIN or None not in (event.scene, draft.scene)):
        return 0.0
    # Arrests, protests and politics of one report are many; only what agrees in place or day is one event.
    if event.event_class in _MANY and draft.event_class in _MANY and gap > _MANY_WITHIN and not draft.is_reference:
        unplaced = event.scene is None and draft.scene is None
        if place < _NEAR_ENOUGH and not (unplaced and time > 0):
            return 0.0
    return kind + place + time + 1 / (1 + gap)


def _of_two_lines(one: Candidate | None, other: Candidate | None) -> bool:
    """Whether two scenes are the labels of two lines of a log: each tells an event of its own."""
    if one is None or other is None:
        return False
    return bool(one.least_chance and other.least_chance) and one.start != other.start


def _of_two_clauses(event: Draft, draft: Draft) -> bool:
    """Whether two towns of one sentence have an event between them: "a raid in Jenin and clashes erupted in Nablus"."""
    one, other = event.scene, draft.scene
    if one is None or other is None or draft.lead.sentence not in event.sentences:
        return False
    a, b = (c.mention.match.place if c.mention else None for c in (one, other))
    if a is None or b is None or a.id == b.id or is_in(a, b) or is_in(b, a):
        return False
    if a.kind not in _LOCAL or b.kind not in _LOCAL:
        return False
    return one.last <= draft.lead.first < other.first


def _kinds(event: Draft, draft: Draft, gap: int, agrees: bool) -> float:
    if (event.is_by_force or draft.is_by_force) and "disaster" in (event.event_class, draft.event_class):
        return 0.0
    lemmas = {trigger.type.lemma for trigger, _ in event.triggers}
    lemma = draft.lead.type.lemma
    if event.event_class == draft.event_class:
        if event.event_class == "politics" and lemma not in lemmas:
            kinds = {trigger.type.event_type for trigger, _ in event.triggers}
            # "Signed an agreement for a ceasefire" is one.
            return 1.0 if gap == 0 and draft.lead.type.event_type in kinds else 0.0
        if event.event_class == "disaster" and not _same_hazard(event, draft):
            return 1.5 if (lemma in RESULTS or lemmas <= RESULTS) and gap <= _OUTCOME_WITHIN else 0.0
        return 2.0 + (lemma in lemmas)
    if draft.lead.type.event_type == "RETREAT:flee" and lemma in RESULTS and event.event_class in _WITHIN:
        # "At least six people died and 8,300 were displaced": those who fled what is told before.
        return 1.0 if gap <= _OUTCOME_WITHIN and draft.scene is None and draft.time is None else 0.0
    if not {event.event_class, draft.event_class} <= _WITHIN:
        return 0.0
    if lemma in RESULTS and gap <= _OUTCOME_WITHIN:
        return 1.5
    if lemmas <= RESULTS and gap <= _OUTCOME_WITHIN:
        return 1.5
    if gap == 0 and agrees and "ceasefire violation" in lemmas | {lemma}:
        return 1.0  # "591 ceasefire violations, including 553 explosions"
    both = {event.lead.type.event_type, draft.lead.type.event_type}
    if gap == 0 and agrees and "PROTEST:riot" in both and both & {"ASSAULT:loot", "ASSAULT:arson"}:
        return 1.0
    if {event.event_class, draft.event_class} == {"protest", "clash"} and gap == 0 and agrees:
        riots = [d.lead.type.event_type == "PROTEST:riot" for d in (event, draft)]
        people = lemma in _PROTESTERS or bool(lemmas & _PROTESTERS)
        # "A riot at a prison, after rival gangs fought", "police clashed with protesters".
        return 1.0 if any(riots) or people else 0.0
    if "disaster" in (event.event_class, draft.event_class) or "protest" in (event.event_class, draft.event_class):
        return 0.0
    if (lemma in GENERAL and gap <= _GENERAL_WITHIN and (agrees or gap <= _OUTCOME_WITHIN)) or (
        lemmas <= GENERAL | RESULTS and gap <= 2
    ):
        return 1.0
    return 0.0


def _same_hazard(event: Draft, draft: Draft) -> bool:
    one, other = event.lead.type.event_type, draft.lead.type.event_type
    # An accident, or people who flee, may be of any hazard.
    return one == other or any(kind in ("DISASTER:displacement", "DISASTER:accident") for kind in (one, other))


def same_place(one: Candidate | None, other: Candidate | None) -> float:
    """Return 1 for the same place, 0.5 for one within the other, 0 when it is not known, -1 for two places."""
    if one is None or other is None:
        return 0.0
    a, b = (c.mention.match.place if c.mention else None for c in (one, other))
    if a is None or b is None:
        return 0.0
    if a.id == b.id:
        return 1.0
    if a.country != b.country and a.country and b.country:
        return -1.0
    if a.kind == "country" or b.kind == "country":
        return 0.5
    if (a.kind in _COARSE or b.kind in _COARSE) and (a.admin1 == b.admin1 or not a.admin1 or not b.admin1):
        return 0.5
    if distance_km(a.lon, a.lat, b.lon, b.lat) <= _APART:
        return 0.7
    return -1.0


def same_time(one: TimeOf | None, other: TimeOf | None) -> float:
    """Return 1 for days that overlap, 0 when they are not known, -1 for other days."""
    if one is None or other is None:
        return 0.0
    slack = timedelta(days=1 if one.sure < 2 or other.sure < 2 else 0)
    if one.first <= other.last + slack and other.first <= one.last + slack:
        return 1.0
    return -1.0 if one.sure and other.sure else 0.0


def distance_km(lon: float, lat: float, lon2: float, lat2: float) -> float:
    """Return how far two points lie apart on the sphere, km."""
    return float(geodesy.haversine_km(lon, lat, lon2, lat2))


def _join(event: Draft, draft: Draft) -> None:
    result = draft.lead.type.lemma in RESULTS | GENERAL
    leads = event.lead.type.lemma in RESULTS | GENERAL
    event.triggers.extend(draft.triggers)
    event.options.extend(draft.options)
    if event.event_class != draft.event_class:
        precise = min(event.event_class, draft.event_class, key=_PRECISE.index)
        if leads and not result:
            precise = draft.event_class
        elif result and not leads:
            precise = event.event_class
        if precise != event.event_class:
            event.event_class = precise
            # The trigger that gives the class leads.
            event.triggers.sort(key=lambda pair: pair[0] is not draft.lead)
    if draft.scene is not None and (event.scene is None or _finer(draft, event)):
        event.scene, event.scene_chance = draft.scene, draft.scene_chance
    if draft.time is not None and (event.time is None or is_more_precise(draft.time, event.time)):
        event.time = draft.time
    event.counts.extend(draft.counts)
    event.actors = tuple(a or b for a, b in zip(event.actors, draft.actors, strict=True))  # type: ignore[assignment]
    event.source = event.source or draft.source
    event.is_by_force = event.is_by_force or draft.is_by_force
    if draft.status == "happened":
        event.status = "happened"


def _finer(draft: Draft, event: Draft) -> bool:
    a, b = (c.mention.match.place if c and c.mention else None for c in (draft.scene, event.scene))
    if a is None and b is not None and b.kind in _AROUND and set(draft.sentences) <= set(event.sentences):
        # "An offensive in the Golan, targeting the village of Q": a name that the index lacks is finer than an area.
        return draft.scene_chance > _FINER * event.scene_chance
    if a is None or b is None:
        return b is None and a is not None and draft.scene_chance > event.scene_chance
    if (a.kind in _COARSE) != (b.kind in _COARSE):
        return b.kind in _COARSE and draft.scene_chance > _FINER * event.scene_chance
    return draft.scene_chance > event.scene_chance
