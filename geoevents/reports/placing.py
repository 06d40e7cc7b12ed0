"""Give each event its place, with the radius and the score it deserves.

The scene that its sentence names comes first; a name that the index lacks falls back to the place that contains it;
with no scene, or none but a country, the story's places are ranked, and at last the country the story is about is
taken.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal

from gazetteer import Gazetteer, Match, Mention, Place
from geoevents.reports.candidates import Candidate
from geoevents.reports.drafts import Draft
from geoevents.reports.event_types import role_words
from geoevents.reports.mentions import is_note, is_stray
from geoevents.reports.places import is_in
from geoevents.reports.story import StoryModel, StoryPlace, places_of
from geoevents.reports.text import Text

__all__ = ["Placed", "place_drafts", "story_country"]

Status = Literal["matched", "ambiguous", "unresolved"]
# A place that was not found lies in the one that contains it, but not in its middle, km.
_UNFOUND_KM = 25.0
# A scene above this chance stands against what the story says. Chosen by cross-validation on muc4 and hrds.
_SURE = 0.85
# A place of the story below this chance is not taken; the country is.
_STORY_LEAST = 0.25
# Kinds of places that contain others, and how far behind a name its container stands, characters.
_CONTAINED = re.compile(r"['’\"”]*[ ,(]*(?:(?:[a-z]+ ){0,3}(?:in|of|at|,) ?)?(?:the )?(?:[a-z]+ ){0,2}|,[^.;]*")
_QUARTERS = role_words()["town quarter"]
_AREAS = ("country", "admin1", "admin2", "region", "island", "group")
_BEHIND = 40
# How much of the story's country's score is left: half of the events it stands for lie elsewhere.
_COUNTRY = 0.4


@dataclass(frozen=True)
class Placed:
    """Where an event took place.

    Attributes
    ----------
    query
        The words that name the place; empty where no words do.
    place
        None when unresolved.
    score
        0–1, the chance that this is where it happened.
    start, end
        Characters of the words in the event's own sentences; None where they do not name the place.
    """

    query: str
    place: Place | None
    radius_km: float | None
    status: Status
    method: str
    score: float
    note: str
    start: int | None
    end: int | None


_DATA = Path(__file__).parent.parent / "data"
# Who speaks stands among the first characters of a sentence.
_SUBJECT = 40
_SEAT_SCORE = 0.7
# Classes whose place is that of the sentence, the paragraph or the country, never of the story at large.
_LOCAL = ("politics", "protest", "arrest")
# An arrest is placed by its story too, where the story is about fewer places than this.
_SCATTERED, _SCENE = 3, 0.5
_PARAGRAPH = 2
# A place of the event's own sentence below this chance is no more likely than another one.
_OWN_LEAST = 0.08
# So many places of a sentence are tried until one is found.
_MOST_OPTIONS = 3
# A note of so few sentences has no story beside them.
_SHORT = 2

_NOWHERE = Placed("", None, None, "unresolved", "none", 0.0, "no place is named", None, None)


def place_drafts(
    text: Text, drafts: Sequence[Draft], mentions: Sequence[Mention], gazetteer: Gazetteer, model: StoryModel
) -> list[Placed]:
    """Return the place of each draft."""
    if not drafts:
        return []
    places = places_of(text, mentions)
    ranked = model.chances(text, drafts, places).tolist() if places else [[] for _ in drafts]
    # Asked for only where no scene is found: naming a country costs a look-up.
    country = cache(lambda: story_country(places, gazetteer))
    scenes = {
        draft.scene.mention.match.place.id
        for draft in drafts
        if draft.scene and draft.scene.mention and draft.scene.mention.match.place and draft.scene_chance >= _SCENE
    }
    scattered = len(scenes) >= _SCATTERED
    unlisted = _Unlisted(text, drafts, mentions, gazetteer)
    parts = {
        draft.scene.mention.match.place.id: draft.whole
        for draft in drafts
        if draft.whole is not None and draft.scene and draft.scene.mention and draft.scene.mention.match.place
    }
    return [
        _place(text, draft, *_without(places, chances, parts, draft), mentions, country, scattered, unlisted, gazetteer)
        for draft, chances in zip(drafts, ranked, strict=True)
    ]


def _without(
    places: Sequence[StoryPlace], chances: Sequence[float], parts: dict[str, Draft], draft: Draft
) -> tuple[list[StoryPlace], list[float]]:
    """Leave out the places of parts: what is counted in all did not happen where a part of it did."""
    if draft.whole is not None:
        return list(places), list(chances)
    kept = [
        (item, chance)
        for item, chance in zip(places, chances, strict=True)
        if item.place.id not in parts or not (parts[item.place.id] is draft or _beside(parts[item.place.id], draft))
    ]
    return [item for item, _ in kept], [chance for _, chance in kept]


def _beside(whole: Draft, draft: Draft) -> bool:
    """Whether a draft stands right by a whole and counts people as it does."""
    gap = min(abs(a - b) for a in whole.sentences for b in draft.sentences)
    return gap <= _PARAGRAPH and bool(draft.counts)


def _seat(text: Text, draft: Draft, gazetteer: Gazetteer) -> Placed | None:
    """Return the town of the seat that speaks: a statement of the Kremlin is made in Moscow."""
    if draft.event_class != "politics" or draft.lead.type.lemma not in role_words()["statement lemma"]:
        return None
    sentence = text.sentences[draft.lead.sentence]
    said = text.text[sentence.start : sentence.end]
    for seat, town in seats().items():
        at = said.find(seat)
        if 0 <= at < _SUBJECT:
            match = gazetteer.resolve(town)
            if match.place is not None:
                note = f"{seat} speaks in {match.place.name}"
                return Placed(
                    seat,
                    match.place,
                    match.radius_km,
                    "ambiguous",
                    match.method,
                    round(0.7 * match.score, 4),
                    note,
                    None,
                    None,
                )
    return None


@lru_cache(maxsize=1)
def seats() -> dict[str, str]:
    """Return the seats of governments and the towns they stand in."""
    with (_DATA / "seats.csv").open(encoding="utf-8", newline="") as file:
        return {row["seat"]: row["place"] for row in csv.DictReader(file)}


def _place(
    text: Text,
    draft: Draft,
    places: Sequence[StoryPlace],
    chances: Sequence[float],
    mentions: Sequence[Mention],
    country: Callable[[], Match | None],
    scattered: bool,
    unlisted: _Unlisted,
    gazetteer: Gazetteer,
) -> Placed:
    local = draft.event_class in _LOCAL and (scattered or draft.event_class != "arrest")
    best = max(range(len(places)), key=chances.__getitem__, default=None)
    told = None
    if best is not None and chances[best] >= _STORY_LEAST:
        told = _of_story(text, draft, places[best], chances[best])
        if local and not _is_near(text, draft, places[best]):
            told = None
    if draft.scene is None and (local or told is None or len(text.sentences) <= _SHORT):
        own = _of_sentence(text, draft, mentions, country, unlisted, gazetteer)
        if own is not None:
            return own
    if draft.scene is None:
        return _seat(text, draft, gazetteer) or told or _of_country(country())
    scene = _of_scene(text, draft.scene, draft.scene_chance, mentions, country, unlisted, gazetteer)
    if told is None or told.place is None or len(text.sentences) == 1:
        return scene
    filed = text.dateline is not None and best is not None and places[best].mentions[0].start < text.dateline.end
    if filed and scene.place is not None:
        # Where a report is filed does not stand against a place that the event's sentence names.
        return scene
    if scene.place is None:
        return told
    coarse = scene.place.kind == "country" and not local and not draft.scene.is_scope
    if coarse and told.place.country == scene.place.country and told.place.id != scene.place.id:
        return told
    if draft.scene_chance >= _SURE or scene.place.kind == "country" or draft.scene.mention is None:
        return scene
    return scene if told.place.id == scene.place.id or chances[best or 0] < draft.scene_chance else told


def _of_sentence(
    text: Text,
    draft: Draft,
    mentions: Sequence[Mention],
    country: Callable[[], Match | None],
    unlisted: _Unlisted,
    gazetteer: Gazetteer,
) -> Placed | None:
    """Return the likeliest place that an event's sentences name; in a note any place they name will do."""
    least = 0.0 if is_note(text) else _OWN_LEAST
    named = [
        (c, chance)
        for c, chance in draft.options
        if chance >= least and (c.mention is None or c.mention.tag != "demonym")
    ]
    named.sort(key=lambda option: -option[1])
    nowhere = None
    for candidate, chance in named[:_MOST_OPTIONS]:
        inner = next((c for c, _ in named if _lies_in(c, candidate)), candidate)
        found = replace(
            _of_scene(text, inner, max(chance, _OWN_LEAST), mentions, country, unlisted, gazetteer),
            status="ambiguous",
            start=None,
            end=None,
            note="the likeliest place of its sentence",
        )
        if found.place is not None:
            return found
        nowhere = nowhere or replace(found, status="unresolved")
    return nowhere


def _lies_in(one: Candidate, other: Candidate) -> bool:
    inner, outer = (c.mention.match.place if c.mention else None for c in (one, other))
    return inner is not None and outer is not None and is_in(inner, outer)


def _is_near(text: Text, draft: Draft, item: StoryPlace) -> bool:
    """Whether a place is named in the paragraphs of an event or right before it."""
    paragraphs = {text.sentences[n].paragraph for n in draft.sentences}
    return any(
        text.sentences[s].paragraph in paragraphs or 0 <= draft.sentences[0] - s <= _PARAGRAPH for s in item.sentences
    )


def _of_story(text: Text, draft: Draft, item: StoryPlace, chance: float) -> Placed:
    mention = item.mentions[0]
    here = [m for m, n in zip(item.mentions, item.sentences, strict=True) if n in draft.sentences]
    note = "" if here else "place taken from another sentence"
    mention = here[0] if here else mention
    return Placed(
        " ".join(mention.text.split()),
        item.place,
        mention.match.radius_km,
        "ambiguous",
        mention.match.method,
        round(chance * mention.match.score, 4),
        note or "the likeliest place of its sentences",
        None,
        None,
    )


def _of_country(country: Match | None) -> Placed:
    if country is None or country.place is None:
        return _NOWHERE
    return Placed(
        "",
        country.place,
        country.radius_km,
        "ambiguous",
        "container",
        round(_COUNTRY * country.score, 4),
        "no place is named: the country the report is about",
        None,
        None,
    )


def _of_scene(
    text: Text,
    scene: Candidate,
    chance: float,
    mentions: Sequence[Mention],
    country: Callable[[], Match | None],
    unlisted: _Unlisted,
    gazetteer: Gazetteer,
) -> Placed:
    name = " ".join(text.text[scene.start : scene.end].split())
    span = scene.start, scene.end
    if scene.mention is not None and scene.mention.match.place is not None:
        match = _airport(text, scene, gazetteer) or scene.mention.match
        status: Status = "ambiguous" if match.status != "matched" or chance < 0.5 else "matched"
        return Placed(
            name,
            match.place,
            match.radius_km,
            status,
            match.method,
            round(chance * match.score, 4),
            match.reason,
            *span,
        )
    outer = _container(text, scene, mentions, gazetteer) or country()
    found = unlisted.match(scene)
    if found is not None:
        return Placed(
            name,
            found.place,
            found.radius_km,
            "ambiguous",
            found.method,
            round(0.8 * chance * found.score, 4),
            found.reason,
            *span,
        )
    if outer is None or outer.place is None:
        return Placed(name, None, None, "unresolved", "none", 0.0, f"not found: {name}", *span)
    return Placed(
        name,
        outer.place,
        max(outer.radius_km or 0.0, _UNFOUND_KM),
        "ambiguous",
        "container",
        round(0.5 * chance * outer.score, 4),
        f"not found: {name}; the place around it",
        *span,
    )


def _airport(text: Text, scene: Candidate, gazetteer: Gazetteer) -> Match | None:
    """Return the airport that a town's name is part of: "Almaty airport"."""
    said = _AIRPORT.match(text.text, scene.end)
    if said is None:
        return None
    found = gazetteer.resolve(text.text[scene.start : said.end()])
    return found if found.place is not None and found.place.kind == "airport" else None


_AIRPORT = re.compile(r"(?:'s)? (?:international )?airport\b", re.I)


_COMPASS = re.compile(r"(?:north|south|east|west|central)[a-z-]* ", re.I)


class _Unlisted:
    """Looks up the names of a report that `find` did not take for places, at once, when one is asked for."""

    def __init__(self, text: Text, drafts: Sequence[Draft], mentions: Sequence[Mention], gazetteer: Gazetteer) -> None:
        self.text, self.mentions, self.gazetteer = text, mentions, gazetteer
        scenes = [draft.scene for draft in drafts if draft.scene is not None and draft.scene.mention is None]
        scenes += [
            max(draft.options, key=lambda option: option[1])[0]
            for draft in drafts
            if draft.scene is None and draft.options
        ]
        self.spans = sorted({(scene.start, scene.end) for scene in scenes if scene.mention is None})
        self.found: dict[tuple[int, int], Match] | None = None

    def match(self, scene: Candidate) -> Match | None:
        """Return what a name means by the names around it, None where the index lacks it."""
        if self.found is None:
            mentions = self.gazetteer.find(self.text.text, spans=self.spans) if self.spans else []
            self.found = {
                (mention.start, mention.end): mention.match
                for mention in mentions
                if not is_stray(mention.text, mention.match.place, self.mentions)
            }
        match = self.found.get((scene.start, scene.end))
        if match is not None and match.place is not None and match.method != "container":
            return match
        name = self.text.text[scene.start : scene.end]
        if not _COMPASS.match(name):
            return None
        # "South-West Cameroon": a phrase, which is read alone.
        match = self.gazetteer.resolve(name)
        return match if match.status == "matched" else None


def _container(text: Text, scene: Candidate, mentions: Sequence[Mention], gazetteer: Gazetteer) -> Match | None:
    """Return the place a name that is not found lies in: the one right behind it, else the nearest of its sentence."""
    sentence = text.sentences[text.sentence_at(scene.start)]
    here = [
        mention
        for mention in mentions
        if sentence.start <= mention.start < sentence.end and mention.tag != "demonym" and mention.match.place
    ]
    for mention in here:
        if 0 <= mention.start - scene.end <= _BEHIND and _CONTAINED.fullmatch(text.text[scene.end : mention.start]):
            return mention.match
    quarter = text.lower[scene.last : scene.last + 1]
    if quarter and quarter[0] in _QUARTERS:
        towns = [m for m in here if m.match.place and m.match.place.kind == "city" and m.start > scene.end]
        if towns:
            return towns[0].match
    # Another town of the sentence does not contain it; a unit or a country does.
    areas = [mention for mention in here if mention.match.place and mention.match.place.kind in _AREAS]
    nearest = min(areas, key=lambda mention: abs(mention.start - scene.start), default=None)
    if nearest is not None:
        return nearest.match
    # "In Handarat and Aleppo": the places of a note lie in one unit more often than not.
    units = {m.match.place.admin1 for m in here if m.match.place}
    if len(units) == 1 and is_note(text):
        unit = units.pop()
        found = gazetteer.resolve(unit) if unit else None
        return found if found is not None and found.place is not None and found.place.kind == "admin1" else None
    return None


def story_country(places: Sequence[StoryPlace], gazetteer: Gazetteer) -> Match | None:
    """Return the country that most of a report's places lie in, the early ones counted twice.

    Peoples ("a Spaniard") count where no place is named.
    """
    votes: Counter[str] = Counter()
    peoples: Counter[str] = Counter()
    for item in places:
        if item.place.country:
            named = sum(mention.tag != "demonym" for mention in item.mentions)
            votes[item.place.country] += named + (named > 0 and item.sentences[0] < 2)
            peoples[item.place.country] += len(item.mentions) + (item.sentences[0] < 2)
    votes = +votes or peoples
    if not votes:
        return None
    country = votes.most_common(1)[0][0]
    whole = next((i for i in places if i.place.kind == "country" and i.place.country == country), None)
    return whole.mentions[0].match if whole else gazetteer.resolve(country)
