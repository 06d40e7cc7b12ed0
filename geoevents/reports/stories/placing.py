"""Give each event its place, with the radius and the score it deserves.

The scene that its sentence names comes first; a name that the index lacks falls back to the place that contains it;
with no scene, or none but a country, the story's places are ranked, and at last the country the story is about is
taken.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from gazetteer import Gazetteer, Match, Mention, Place
from geoevents.reports.drafts.draft import Draft
from geoevents.reports.language.event_types import role_words
from geoevents.reports.language.text import Text
from geoevents.reports.scenes.choice import lies_in
from geoevents.reports.scenes.mentions import is_note
from geoevents.reports.scenes.place_facts import is_in
from geoevents.reports.stories.scene_places import Placed, ScenePlaces
from geoevents.reports.stories.story import StoryModel, StoryPlace, places_of

__all__ = ["place_drafts"]

# A place of the story below this chance is not taken; the country is.
_STORY_LEAST = 0.25
# How much of the story's country's score is left: half of the events it stands for lie elsewhere.
_COUNTRY = 0.4
_DATA = Path(__file__).parents[2] / "data"
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
# "Thousands fled towards Pemba."
_FROM_OR_TO, _MOVE_WITHIN = re.compile(r"\b(?:towards?|to|from|for) \Z"), 10
_TOWNS = ("city", "neighbourhood")
# Nor is one of another sentence where this one names a place of at least this chance.
_OTHER_LEAST = 0.15
_AREAS = ("country", "admin1", "admin2", "region")
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
    scenes = {place.id for draft in drafts if (place := _place_of(draft)) and draft.scene_chance >= _SCENE}
    parts = {place.id: draft.whole for draft in drafts if draft.whole is not None and (place := _place_of(draft))}
    scene_places = ScenePlaces(text, drafts, mentions, places, gazetteer)
    out = []
    for draft, chances in zip(drafts, ranked, strict=True):
        local = draft.event_class in _LOCAL and (len(scenes) >= _SCATTERED or draft.event_class != "arrest")
        likeliest = _likeliest(places, chances, parts, draft)
        if likeliest is not None and local and not _is_near(text, draft, likeliest[0]):
            likeliest = None
        if likeliest is not None and draft.line >= 0 and not _is_in_line(text, draft, likeliest[0]):
            likeliest = None
        out.append(_place(text, draft, likeliest, local, scene_places))
    return out


def _place_of(draft: Draft) -> Place | None:
    """Return the place of a draft's scene, where the gazetteer knows it."""
    return draft.scene.mention.match.place if draft.scene and draft.scene.mention else None


def _likeliest(
    places: Sequence[StoryPlace], chances: Sequence[float], parts: dict[str, Draft], draft: Draft
) -> tuple[StoryPlace, float] | None:
    """Return the likeliest place of the report for a draft, with its chance; None where it is too low.

    Places of parts are left out: what is counted in all did not happen where a part of it did.
    """
    best = None
    for item, chance in zip(places, chances, strict=True):
        whole = parts.get(item.place.id) if draft.whole is None else None
        if whole is not None and (whole is draft or _beside(whole, draft)):
            continue
        if best is None or chance > best[1]:
            best = item, chance
    return best if best is not None and best[1] >= _STORY_LEAST else None


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
                score = round(_SEAT_SCORE * match.score, 4)
                return Placed(seat, match.place, match.radius_km, "ambiguous", match.method, score, note, None, None)
    return None


@lru_cache(maxsize=1)
def seats() -> dict[str, str]:
    """Return the seats of governments and the towns they stand in."""
    with (_DATA / "seats.csv").open(encoding="utf-8", newline="") as file:
        return {row["seat"]: row["place"] for row in csv.DictReader(file)}


def _place(
    text: Text, draft: Draft, likeliest: tuple[StoryPlace, float] | None, local: bool, scene_places: ScenePlaces
) -> Placed:
    """Return the place of a draft: that of its scene, or the likeliest one of the report.

    Parameters
    ----------
    local
        Whether only its sentence, its paragraph or the country may place it.
    """
    from_story = _of_story(draft, *likeliest) if likeliest is not None else None
    if draft.scene is None and (local or from_story is None or len(text.sentences) <= _SHORT):
        own = _of_sentence(text, draft, scene_places)
        if own is not None:
            return own
    if draft.scene is None and likeliest is not None and _names_another(text, draft, likeliest[0]):
        own = _of_sentence(text, draft, scene_places, _OTHER_LEAST)
        if own is not None:
            return own
    if draft.scene is None and draft.line >= 0 and (only := _only_of_line(text, draft, scene_places)) is not None:
        return only
    if draft.scene is None:
        finer = _within(draft, from_story, scene_places)
        return finer or _seat(text, draft, scene_places.gazetteer) or from_story or _of_country(scene_places.country)
    scene = scene_places.place(draft.scene, draft.scene_chance)
    if likeliest is None or from_story is None or from_story.place is None or len(text.sentences) == 1:
        return scene
    if scene.place is None:
        return from_story
    item, _ = likeliest
    if text.dateline is not None and item.mentions[0].start < text.dateline.end:
        # Where a report is filed does not stand against a place that the event's sentence names.
        return scene
    # A label names another place than those of the report, even where the index lacks it.
    is_country = scene.place.kind == "country" and not draft.scene.is_scope and not draft.scene.least_chance
    return from_story if is_country and not local and is_in(item.place, scene.place) else scene


def _of_sentence(text: Text, draft: Draft, scene_places: ScenePlaces, least: float | None = None) -> Placed | None:
    """Return the likeliest place that an event's sentences name; in a note any place they name will do."""
    if least is None:
        least = 0.0 if is_note(text) else _OWN_LEAST
    # Where a report is filed is not where in a country the event took place.
    filed = text.dateline.end if text.dateline is not None else 0
    named = [
        (c, chance)
        for c, chance in draft.options
        if chance >= least and (c.mention is None or c.mention.tag != "demonym")
    ]
    named.sort(key=lambda option: -option[1])
    nowhere = None
    for candidate, chance in named[:_MOST_OPTIONS]:
        inner = next((c for c, _ in named if c.start >= filed and lies_in(c, candidate)), candidate)
        placed = scene_places.place(inner, max(chance, _OWN_LEAST))
        note = "the likeliest place of its sentence"
        found = replace(placed, status="ambiguous", start=None, end=None, note=note)
        if found.place is not None:
            return found
        nowhere = nowhere or replace(found, status="unresolved")
    return nowhere


def _within(draft: Draft, wide: Placed | None, scene_places: ScenePlaces) -> Placed | None:
    """Return the town of an event's own sentences that lies in the wide area that the story gives it, if one does."""
    area = wide.place if wide is not None else None
    if area is None or (area.kind not in _AREAS and area.kind != "derived"):
        return None
    named = [
        (candidate, chance)
        for candidate, chance in draft.options
        if chance >= _OWN_LEAST
        and candidate.mention is not None
        and candidate.mention.tag == "name"
        and (place := candidate.mention.match.place) is not None
        and place.kind == "city"
        and (is_in(place, area) or (area.kind == "derived" and place.country == area.country))
    ]
    if not named:
        return None
    candidate, chance = max(named, key=lambda option: option[1])
    placed = scene_places.place(candidate, chance)
    return replace(placed, status="ambiguous", start=None, end=None, note="the likeliest place of its sentence")


def _is_near(text: Text, draft: Draft, item: StoryPlace) -> bool:
    """Whether a place is named in the paragraphs of an event or right before it."""
    paragraphs = {text.sentences[n].paragraph for n in draft.sentences}
    return any(
        text.sentences[s].paragraph in paragraphs or 0 <= draft.sentences[0] - s <= _PARAGRAPH for s in item.sentences
    )


def _is_in_line(text: Text, draft: Draft, item: StoryPlace) -> bool:
    """Whether a place is named in the entry of a log that tells an event: other entries are of other places."""
    return any(text.sentences[s].paragraph == draft.line for s in item.sentences)


def _only_of_line(text: Text, draft: Draft, scene_places: ScenePlaces) -> Placed | None:
    """Return the only town that the entry of a log names: "Police operation in Source Matelas (Cabaret)"."""
    named = {
        m.match.place.id: m
        for m in scene_places.mentions
        if m.match.place is not None
        and m.match.place.kind in _TOWNS
        and m.tag == "name"
        and not _FROM_OR_TO.search(text.text, max(0, m.start - _MOVE_WITHIN), m.start)
        and text.sentences[text.sentence_at(m.start)].paragraph == draft.line
    }
    if len(named) != 1:
        return None
    (mention,) = named.values()
    score, words = round(_SEAT_SCORE * mention.match.score, 4), " ".join(mention.text.split())
    note = "the only place of its line"
    match = mention.match
    return Placed(words, match.place, match.radius_km, "ambiguous", match.method, score, note, None, None)


def _names_another(text: Text, draft: Draft, item: StoryPlace) -> bool:
    """Whether only other sentences name a place, and an event's own ones name another that does not contain it."""
    if set(item.sentences) & set(draft.sentences):
        return False
    filed = text.dateline.end if text.dateline is not None else 0
    for candidate, chance in draft.options:
        if chance < _OTHER_LEAST or candidate.start < filed:
            continue
        place = candidate.mention.match.place if candidate.mention is not None else None
        if candidate.mention is not None and candidate.mention.tag == "demonym":
            continue
        if place is None or not is_in(item.place, place):
            return True
    return False


def _of_story(draft: Draft, item: StoryPlace, chance: float) -> Placed:
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
