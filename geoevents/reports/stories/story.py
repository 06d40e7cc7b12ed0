"""Rank the places of a whole report for each of its events: where a sentence names no scene, the story does.

Each draft gets the places of the report, likeliest first. Boosted trees over facts of
the place (how often, where, near what) and of the draft (its sentences, the chances its own scene got) decide.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gazetteer import Gazetteer, Match, Mention, Place
from geoevents.reports.drafts.draft import Draft
from geoevents.reports.language.event_types import role_words
from geoevents.reports.language.text import Text
from geoevents.reports.linear import Trees
from geoevents.reports.scenes.place_facts import is_in, kind_number, log_population

__all__ = ["FEATURES", "StoryModel", "StoryPlace", "describe_story", "places_of", "story_country"]

FEATURES = (
    "own_chance",
    "is_scene",
    "has_scene",
    "scene_chance",
    "in_scene",
    "other_chance",
    "other_sum",
    "gap_before",
    "gap_after",
    "same_sentence",
    "same_paragraph",
    "mentions",
    "share",
    "first_sentence",
    "in_dateline",
    "early",
    "kind",
    "population",
    "match_score",
    "country_share",
    "country_rank",
    "finer_share",
    "finer_chance",
    "demonyms",
    "told",
    "sentences",
    "places",
    "moved",
    "located",
)
_FAR = 50
_EARLY = 3
# So many places of a report are ranked at most: those named most often.
_MOST = 30


@dataclass(frozen=True)
class StoryPlace:
    """A place of a report with its mentions, in order, and the sentences that hold them."""

    place: Place
    mentions: tuple[Mention, ...]
    sentences: tuple[int, ...]


def places_of(text: Text, mentions: Sequence[Mention]) -> list[StoryPlace]:
    """Return the places a report names, those named most often first."""
    found: dict[str, list[Mention]] = {}
    for mention in mentions:
        if mention.match.place is not None:
            found.setdefault(mention.match.place.id, []).append(mention)
    out = []
    for same in found.values():
        place = same[0].match.place
        assert place is not None
        out.append(StoryPlace(place, tuple(same), tuple(text.sentence_at(mention.start) for mention in same)))
    return sorted(out, key=lambda item: (-len(item.mentions), item.mentions[0].start))[:_MOST]


def describe_story(text: Text, drafts: Sequence[Draft], places: Sequence[StoryPlace]) -> NDArray[np.float32]:
    """Return the features of every pair of a draft and a place, shape (drafts × places, features)."""
    countries: Counter[str] = Counter()
    for item in places:
        if item.place.country:
            countries[item.place.country] += len(item.mentions)
    total = sum(len(item.mentions) for item in places)
    ranks = {country: rank for rank, (country, _) in enumerate(countries.most_common())}
    chances: list[dict[str, float]] = [_chances(draft) for draft in drafts]
    every: dict[str, list[float]] = {}
    for own in chances:
        for key, chance in own.items():
            every.setdefault(key, []).append(chance)
    moves = {item.place.id: _moves(text, item) for item in places}
    rows = []
    for draft, own in zip(drafts, chances, strict=True):
        sentences = draft.sentences
        paragraphs = {text.sentences[n].paragraph for n in sentences}
        scene = draft.scene.mention.match.place if draft.scene and draft.scene.mention else None
        for item in places:
            place = item.place
            before = [n - s for n in sentences for s in item.sentences if s <= n]
            after = [s - n for n in sentences for s in item.sentences if s > n]
            others = every.get(place.id, [0.0])
            finer = [other for other in places if other is not item and is_in(other.place, place)]
            rows.append(
                [
                    own.get(place.id, 0.0),
                    scene is not None and scene.id == place.id,
                    draft.scene is not None,
                    draft.scene_chance,
                    -1 if scene is None else is_in(place, scene),
                    max(others),
                    sum(others),
                    min(before, default=_FAR),
                    min(after, default=_FAR),
                    not set(sentences).isdisjoint(item.sentences),
                    any(text.sentences[s].paragraph in paragraphs for s in item.sentences),
                    len(item.mentions),
                    len(item.mentions) / total,
                    item.sentences[0],
                    text.dateline is not None and item.mentions[0].start < text.dateline.end,
                    sum(s < _EARLY for s in item.sentences),
                    kind_number(place),
                    log_population(place),
                    max(mention.match.score for mention in item.mentions),
                    countries[place.country] / total if place.country else 0,
                    ranks.get(place.country or "", 9),
                    sum(len(other.mentions) for other in finer) / total,
                    max((own.get(other.place.id, 0.0) for other in finer), default=0.0),
                    sum(mention.tag == "demonym" for mention in item.mentions) / len(item.mentions),
                    sentences[0],
                    len(text.sentences),
                    len(places),
                    *moves[item.place.id],
                ]
            )
    return np.array(rows, dtype="float32").reshape(-1, len(FEATURES))


def _moves(text: Text, item: StoryPlace) -> tuple[float, float]:
    """Return which share of a place's mentions say that somebody comes from or goes there, and that it is where."""
    words = [_before(text, mention.start) for mention in item.mentions]
    return sum(word in _MOVING for word in words) / len(words), sum(word in _LOCATING for word in words) / len(words)


def _before(text: Text, start: int) -> str:
    """Return the word before a name, articles and compass points passed by."""
    i = text.word_at(start) - 1
    while i > 0 and text.lower[i] in _PASSED_BY:
        i -= 1
    return text.lower[i] if i >= 0 else ""


_MOVING, _LOCATING, _PASSED_BY = (role_words()[role] for role in ("moving", "locating", "before a place"))


def _chances(draft: Draft) -> dict[str, float]:
    out: dict[str, float] = {}
    for candidate, chance in draft.options:
        place = candidate.mention.match.place if candidate.mention else None
        if place is not None:
            out[place.id] = max(out.get(place.id, 0.0), chance)
    return out


@dataclass(frozen=True)
class StoryModel:
    """What is learned about the places of a story: trees over `FEATURES`."""

    trees: Trees

    def chances(self, text: Text, drafts: Sequence[Draft], places: Sequence[StoryPlace]) -> NDArray[np.float64]:
        """Return the chance of every place for every draft, shape (drafts, places)."""
        rows = describe_story(text, drafts, places)
        scores: NDArray[np.float64] = 1 / (1 + np.exp(-self.trees.score(rows)))
        return scores.reshape(len(drafts), len(places))


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
