"""Gives each event its place: a draft enters, a `Placed` leaves, with the radius and the score it deserves.

The scene that its sentence names comes first; a name that the index lacks falls back to the place that contains it;
with no scene, or none but a country, the story's places are ranked, and at last the country the story is about is
taken.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from gazetteer import Gazetteer, Match, Mention, Place
from geoevents.reports.candidates import Candidate
from geoevents.reports.drafts import Draft
from geoevents.reports.story import StoryModel, StoryPlace, places_of
from geoevents.reports.text import Text

__all__ = ["Placed", "place_drafts", "story_country"]

Status = Literal["matched", "ambiguous", "unresolved"]
# A place that was not found lies in the one that contains it, but not in its middle, km.
_UNFOUND_KM = 25.0
# A scene above this chance stands against what the story says. Chosen by cross-validation on muc4 and hrds.
_SURE = 0.7
# A place of the story below this chance is not taken; the country is.
_STORY_LEAST = 0.25
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


_NOWHERE = Placed("", None, None, "unresolved", "none", 0.0, "no place is named", None, None)


def place_drafts(
    text: Text, drafts: Sequence[Draft], mentions: Sequence[Mention], gazetteer: Gazetteer, model: StoryModel
) -> list[Placed]:
    """Return the place of each draft."""
    if not drafts:
        return []
    places = places_of(text, mentions)
    ranked = model.chances(text, drafts, places).tolist() if places else [[] for _ in drafts]
    country = story_country(places, gazetteer)
    return [
        _place(text, draft, places, chances, mentions, country, gazetteer)
        for draft, chances in zip(drafts, ranked, strict=True)
    ]


def _place(
    text: Text, draft: Draft, places: Sequence[StoryPlace], chances: Sequence[float], mentions: Sequence[Mention],
    country: Match | None, gazetteer: Gazetteer,
) -> Placed:  # fmt: skip
    best = max(range(len(places)), key=chances.__getitem__, default=None)
    told = None
    if best is not None and chances[best] >= _STORY_LEAST:
        told = _of_story(text, draft, places[best], chances[best])
    if draft.scene is None:
        return told or _of_country(country)
    scene = _of_scene(text, draft.scene, draft.scene_chance, mentions, country, gazetteer)
    if told is None or told.place is None or len(text.sentences) == 1:
        return scene
    if scene.place is None:
        return told
    coarse = scene.place.kind == "country"
    if coarse and told.place.country == scene.place.country and told.place.id != scene.place.id:
        return told
    if draft.scene_chance >= _SURE or coarse or draft.scene.mention is None:
        return scene
    return scene if told.place.id == scene.place.id or chances[best or 0] < draft.scene_chance else told


def _of_story(text: Text, draft: Draft, item: StoryPlace, chance: float) -> Placed:
    mention = item.mentions[0]
    here = [m for m, n in zip(item.mentions, item.sentences, strict=True) if n in draft.sentences]
    note = "" if here else "place taken from another sentence"
    mention = here[0] if here else mention
    return Placed(
        " ".join(mention.text.split()), item.place, mention.match.radius_km, "ambiguous", mention.match.method,
        round(chance * mention.match.score, 4), note or "the likeliest place of its sentences", None, None,
    )  # fmt: skip


def _of_country(country: Match | None) -> Placed:
    if country is None or country.place is None:
        return _NOWHERE
    return Placed(
        "", country.place, country.radius_km, "ambiguous", "container", round(_COUNTRY * country.score, 4),
        "no place is named: the country the report is about", None, None,
    )  # fmt: skip


def _of_scene(
    text: Text,
    scene: Candidate,
    chance: float,
    mentions: Sequence[Mention],
    country: Match | None,
    gazetteer: Gazetteer,
) -> Placed:
    name = " ".join(text.text[scene.start : scene.end].split())
    span = scene.start, scene.end
    if scene.mention is not None and scene.mention.match.place is not None:
        match = scene.mention.match
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
    outer = _container(text, scene, mentions) or country
    found = _resolve(name, outer, gazetteer)
    if found is not None:
        return Placed(
            name, found.place, found.radius_km, "ambiguous", found.method, round(0.8 * chance * found.score, 4),
            "the name alone, outside the places found in the text", *span,
        )  # fmt: skip
    if outer is None or outer.place is None:
        return Placed(name, None, None, "unresolved", "none", 0.0, f"not found: {name}", *span)
    return Placed(
        name, outer.place, max(outer.radius_km or 0.0, _UNFOUND_KM), "ambiguous", "container",
        round(0.5 * chance * outer.score, 4), f"not found: {name}; the place around it", *span,
    )  # fmt: skip


def _resolve(name: str, outer: Match | None, gazetteer: Gazetteer) -> Match | None:
    """Return the place of a name that was not found in its sentence: inside what surrounds it, else by itself."""
    within = outer.place.country if outer and outer.place else None
    words = name.split()
    for size in range(len(words), 0, -1):
        part = " ".join(words[:size])
        if size < len(words) and len(part) < 4:
            break
        found = gazetteer.resolve(part, country=within)
        if found.place is not None and found.method in ("exact", "type-word") and found.status == "matched":
            return found
    return None


def _container(text: Text, scene: Candidate, mentions: Sequence[Mention]) -> Match | None:
    """Return the place a name that is not found lies in: the one right behind it, else the nearest of its sentence."""
    sentence = text.sentences[text.sentence_at(scene.start)]
    here = [
        mention for mention in mentions
        if sentence.start <= mention.start < sentence.end and mention.tag != "demonym" and mention.match.place
    ]  # fmt: skip
    behind = [mention for mention in here if 0 <= mention.start - scene.end <= 40]
    nearest = behind[0] if behind else min(here, key=lambda mention: abs(mention.start - scene.start), default=None)
    return nearest.match if nearest else None


def story_country(places: Sequence[StoryPlace], gazetteer: Gazetteer) -> Match | None:
    """Return the country that most of a report's places lie in, the early ones counted twice."""
    votes: Counter[str] = Counter()
    for item in places:
        if item.place.country:
            votes[item.place.country] += len(item.mentions) + (item.sentences[0] < 2)
    if not votes:
        return None
    country = votes.most_common(1)[0][0]
    named = next((i for i in places if i.place.kind == "country" and i.place.country == country), None)
    return named.mentions[0].match if named else gazetteer.resolve(country)
