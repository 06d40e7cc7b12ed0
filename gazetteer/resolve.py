"""A phrase in, an answer out: reads, looks up, ranks; the one way through the rooms above.

A place phrase with what is known about it (a country, a day) enters; an `Answer` leaves: which place, how sure, by
which method, and the readings it was chosen from. Places are numbers here; `gazetteer.api` puts words on them.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from gazetteer import phrases
from gazetteer.lookup import NO_READINGS, QUALITY, Found, Lookup
from gazetteer.model import Method, Status
from gazetteer.names import fold
from gazetteer.ranking import CLOSE, Floats, Readings, chance, decide
from gazetteer.store import Store

__all__ = ["Answer", "Resolver"]

_SHOWN = 10


@dataclass(frozen=True)
class Answer:
    """What a phrase was found to mean, in place numbers.

    Attributes
    ----------
    place
        Place number, -1 when unresolved.
    readings
        Up to ten, best first.
    probabilities
        The score of each reading.
    radius
        Of the answer in km, where it is wider than the place; None is the place's own.
    """

    status: Status
    place: int
    score: float
    method: Method
    reason: str = ""
    readings: Readings = field(default_factory=lambda: NO_READINGS)
    probabilities: Floats = field(default_factory=lambda: np.empty(0))
    radius: float | None = None


class Resolver:
    """Says what place phrases mean.

    Parameters
    ----------
    store
        The opened tables.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self.lookup = Lookup(store)

    def resolve(self, phrase: str, *, country: str | None, day: int) -> Answer:
        """Resolve one phrase.

        Parameters
        ----------
        phrase
            A place phrase.
        country
            ISO 3166-1 alpha-3 that every answer must lie in, or None.
        day
            Days since 1970-01-01: units are taken as of that day.
        """
        refusal = self._refusal(phrase)
        if refusal:
            return Answer("unresolved", -1, 0.0, "none", refusal)
        whole = self.lookup.name(phrase, country, day, None)
        parts = phrases.pieces(phrase)
        if len(whole.readings.owner) and (whole.method == "exact" or len(parts) < 2):
            return self._answer(whole, "")
        return self.resolve_within(parts, country=country, day=day)

    def resolve_within(self, parts: list[str], *, country: str | None, day: int) -> Answer:
        """Resolve pieces, finest first, each inside the next; one that cannot be found falls back to the next."""
        parts = [part for i, part in enumerate(parts) if i == 0 or fold(part) != fold(parts[i - 1])]
        containers: list[Readings] = []
        found: Found | None = None
        missing: list[str] = []
        for position in reversed(range(len(parts))):
            part = parts[position]
            if fold(part) in self.lookup.not_places:
                missing.insert(0, part)
                continue
            reading = self.lookup.among(part, country, day, containers)
            if not len(reading.readings.owner):
                if containers and self.lookup.is_country(part, day):
                    return Answer("unresolved", -1, 0.0, "none", "a list of places, not one inside the next")
                missing.insert(0, part)
                continue
            found = reading
            containers.append(reading.readings)
        if found is None:
            return Answer("unresolved", -1, 0.0, "none", self._why_not(parts, country))
        if missing and missing[0] == parts[0]:
            found = replace(found, method="container", quality=QUALITY["container"])
        return self._answer(found, f"not found: {'; '.join(missing)}" if missing else "")

    def resolve_row(self, cells: list[str], *, country: str | None, day: int) -> Answer:
        """Resolve one row of place columns, finest first; an empty cell says nothing."""
        filled = [cell for cell in cells if cell.strip()]
        if len(filled) < 2:
            return self.resolve(filled[0] if filled else "", country=country, day=day)
        outermost = self.lookup.country_only(filled[-1])
        if outermost is not None and country in (None, outermost):
            inside = self.lookup.filed(outermost, filled[-2], day)
            answer = self.resolve_row(filled[:-1], country=inside, day=day)
            return answer if answer.place >= 0 else self._fallen_back(filled, day)
        parts = [part for cell in filled for part in phrases.pieces(cell[: phrases.LONGEST])]
        return self.resolve_within(parts, country=country, day=day)

    def _fallen_back(self, cells: list[str], day: int) -> Answer:
        """Answer a row with its country, of which nothing else could be found."""
        country = self.lookup.country_only(cells[-1])
        found = self.lookup.name(str(country), country, day, None)
        found = replace(found, method="container", quality=QUALITY["container"])
        return self._answer(found, f"not found: {'; '.join(cells[:-1])}")

    def readings(self, name: str, *, country: str | None, day: int) -> tuple[Readings, Method, float]:
        """Return every reading of a name, best first, with the method and how far it can be trusted."""
        found = self.lookup.name(name, country, day, None)
        order = np.lexsort((found.readings.place, -found.readings.weight))
        return found.readings.where(order), found.method, found.quality

    def _refusal(self, phrase: str) -> str:
        if not phrase or not phrase.strip():
            return "empty"
        if len(phrase) > phrases.LONGEST:
            return f"longer than {phrases.LONGEST} characters: a text, not a place"
        key = fold(phrase)
        return f"not a place: {self.lookup.not_places[key]}" if key in self.lookup.not_places else ""

    def _why_not(self, parts: list[str], country: str | None) -> str:
        where = f" in {country}" if country else ""
        return f"no place of that name{where}: {parts[0] if parts else ''}"

    def _answer(self, found: Found, reason: str) -> Answer:
        decision = decide(found.readings, 1)
        best = int(decision.best[0])
        order = np.lexsort((found.readings.place, -found.readings.weight))[:_SHOWN]
        chances = chance(found.readings.weight)
        ambiguous = float(decision.gap[0]) < CLOSE
        return Answer(
            status="ambiguous" if ambiguous else "matched",
            place=int(found.readings.place[best]),
            score=round(found.quality * float(decision.share[0]), 4),
            method=found.method,
            reason=reason or ("a rival is close" if ambiguous else ""),
            readings=found.readings.where(order),
            probabilities=np.round(found.quality * chances[order], 4),
            radius=found.radius,
        )
