"""Give a scene that a sentence names its place, or the place that contains a name which the index lacks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from gazetteer import Gazetteer, Match, Mention, Place
from geoevents.cached import cached_property
from geoevents.reports.drafts.draft import Draft
from geoevents.reports.language.event_types import role_words
from geoevents.reports.language.text import Text
from geoevents.reports.scenes.candidates import Candidate
from geoevents.reports.scenes.labels import label_spans
from geoevents.reports.scenes.mentions import is_note, is_stray
from geoevents.reports.stories.story import StoryPlace, story_country

__all__ = ["Placed", "ScenePlaces"]

Status = Literal["matched", "ambiguous", "unresolved"]
# A place that was not found lies in the one that contains it, but not in its middle, km.
_UNFOUND_KM = 25.0
# Kinds of places that contain others, and how far behind a name its container stands, characters.
_CONTAINED = re.compile(r"['’\"”]*[ ,(]*(?:(?:[a-z]+ ){0,3}(?:in|of|at|,) ?)?(?:the )?(?:[a-z]+ ){0,2}|,[^.;]*")
_QUARTERS = role_words()["town quarter"]
_AREAS = ("country", "admin1", "admin2", "region", "island", "group")
_BEHIND = 40
# Sentences before a name among which a unit may say where it lies.
_UNIT_WITHIN = 3
_AIRPORT = re.compile(r"(?:'s)? (?:international )?airport\b", re.I)
_COMPASS = re.compile(r"(?:north|south|east|west|central)[a-z-]* ", re.I)
_ROADS, _TWO_TOWNS = role_words()["road"], re.compile(r"\w[-–‑]\w")
# What is left of the score of a name that is looked up alone, and of the place around one that is not found.
_LOOKED_UP, _AROUND = 0.8, 0.5


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


class ScenePlaces:
    """Gives the scenes of one report their places; asks the gazetteer only for what is needed, and once.

    Parameters
    ----------
    drafts
        The events of the report; names in their sentences that the index may lack are looked up together.
    places
        The places of the report, for the country that it is about.
    """

    def __init__(
        self,
        text: Text,
        drafts: Sequence[Draft],
        mentions: Sequence[Mention],
        places: Sequence[StoryPlace],
        gazetteer: Gazetteer,
    ) -> None:
        self.text, self.mentions, self.places, self.gazetteer = text, mentions, places, gazetteer
        scenes = [draft.scene for draft in drafts if draft.scene is not None]
        scenes += [
            max(draft.options, key=lambda option: option[1])[0]
            for draft in drafts
            if draft.scene is None and draft.options
        ]
        self.unlisted = sorted({(scene.start, scene.end) for scene in scenes if scene.mention is None})

    @cached_property
    def country(self) -> Match | None:
        """The country that the report is about."""
        return story_country(self.places, self.gazetteer)

    @cached_property
    def _looked_up(self) -> dict[tuple[int, int], Match]:
        mentions = self.gazetteer.find(self.text.text, spans=self.unlisted) if self.unlisted else []
        return {
            (mention.start, mention.end): mention.match
            for mention in mentions
            if not is_stray(mention.text, mention.match.place, self.mentions)
        }

    def place(self, scene: Candidate, chance: float) -> Placed:
        """Return the place of a scene with the chance that it is one."""
        name = " ".join(self.text.text[scene.start : scene.end].split())
        span = scene.start, scene.end
        if scene.mention is not None and scene.mention.match.place is not None:
            match = self._airport(scene) or scene.mention.match
            status: Status = "ambiguous" if match.status != "matched" or chance < 0.5 else "matched"
            score, place, radius = round(chance * match.score, 4), match.place, match.radius_km
            return Placed(name, place, radius, status, match.method, score, match.reason, *span)
        found = self._match(scene)
        if found is not None:
            score = round(_LOOKED_UP * chance * found.score, 4)
            return Placed(name, found.place, found.radius_km, "ambiguous", found.method, score, found.reason, *span)
        outer = self._container(scene) or self.country
        if outer is None or outer.place is None:
            return Placed(name, None, None, "unresolved", "none", 0.0, f"not found: {name}", *span)
        score, radius = round(_AROUND * chance * outer.score, 4), max(outer.radius_km or 0.0, _UNFOUND_KM)
        note = f"not found: {name}; the place around it"
        return Placed(name, outer.place, radius, "ambiguous", "container", score, note, *span)

    def _airport(self, scene: Candidate) -> Match | None:
        """Return the airport that a town's name is part of: "Almaty airport"."""
        said = _AIRPORT.match(self.text.text, scene.end)
        if said is None:
            return None
        found = self.gazetteer.resolve(self.text.text[scene.start : said.end()])
        return found if found.place is not None and found.place.kind == "airport" else None

    def _match(self, scene: Candidate) -> Match | None:
        """Return what a name means by the names around it, None where the index lacks it."""
        match = self._looked_up.get((scene.start, scene.end))
        if match is not None and match.place is not None and match.method != "container":
            return match
        name = self.text.text[scene.start : scene.end]
        behind = self.text.lower[scene.last : scene.last + 1]
        if behind and behind[0] in _ROADS and _TWO_TOWNS.search(name):
            # "The Maiduguri-Damboa road".
            match = self.gazetteer.resolve(f"{name} road")
            return match if match.status == "matched" else None
        if not _COMPASS.match(name):
            return None
        # "South-West Cameroon": a phrase, which is read alone.
        match = self.gazetteer.resolve(name)
        return match if match.status == "matched" else None

    def _container(self, scene: Candidate) -> Match | None:
        """Return the place that holds a name not found: the one right behind it, or the nearest of its sentence."""
        sentence = self.text.sentences[self.text.sentence_at(scene.start)]
        here = [
            mention
            for mention in self.mentions
            if sentence.start <= mention.start < sentence.end and mention.tag != "demonym" and mention.match.place
        ]
        for mention in here:
            if 0 <= mention.start - scene.end <= _BEHIND and _CONTAINED.fullmatch(
                self.text.text[scene.end : mention.start]
            ):
                return mention.match
        quarter = self.text.lower[scene.last : scene.last + 1]
        if quarter and quarter[0] in _QUARTERS:
            towns = [m for m in here if m.match.place and m.match.place.kind == "city" and m.start > scene.end]
            if towns:
                return towns[0].match
        label = self._label(scene)
        if label is not None:
            return label
        # Another town of the sentence does not contain it; a unit or a country does.
        areas = [mention for mention in here if mention.match.place and mention.match.place.kind in _AREAS]
        nearest = min(areas, key=lambda mention: abs(mention.start - scene.start), default=None)
        if nearest is not None:
            return nearest.match
        # "In Handarat and Aleppo": the places of a note lie in one unit more often than not.
        units = {m.match.place.admin1 for m in here if m.match.place}
        if len(units) == 1 and is_note(self.text):
            unit = units.pop()
            found = self.gazetteer.resolve(unit) if unit else None
            return found if found is not None and found.place is not None and found.place.kind == "admin1" else None
        return self._unit_before(scene)

    def _label(self, scene: Candidate) -> Match | None:
        """Return the place that the line of a name is labelled with: "Bandiagara: gunmen attacked Yarou village"."""
        paragraph = self.text.sentences[self.text.sentence_at(scene.start)].paragraph
        for start, end in self._labels:
            if start < scene.start and self.text.sentences[self.text.sentence_at(start)].paragraph == paragraph:
                named = (m for m in self.mentions if start <= m.start < end and m.match.place is not None)
                return next((m.match for m in named), None)
        return None

    @cached_property
    def _labels(self) -> list[tuple[int, int]]:
        return label_spans(self.text)

    def _unit_before(self, scene: Candidate) -> Match | None:
        """Return the only unit that the sentences before name: "in Borno state … The gunmen attacked Molai"."""
        number = self.text.sentence_at(scene.start)
        start = self.text.sentences[max(0, number - _UNIT_WITHIN)].start
        units = {
            m.match.place.id: m.match
            for m in self.mentions
            if start <= m.start < scene.start
            and m.match.place is not None
            and m.match.place.kind in ("admin1", "admin2")
        }
        found = next(iter(units.values())) if len(units) == 1 else None
        country = self.country.place if self.country is not None else None
        if found is None or found.place is None or country is None or found.place.country != country.country:
            return None
        return found
