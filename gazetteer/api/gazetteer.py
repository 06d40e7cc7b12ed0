"""The gazetteer as its users meet it: one class, a method a question.

The rooms below answer phrases, ids and coordinates with matches, places, shapes and tables.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from gazetteer.api.answer_list import AnswerList
from gazetteer.api.columns import resolve_distinct, resolve_many
from gazetteer.api.parts import Parts, expect_text
from gazetteer.api.shapes import geometries, geometry, layer, within
from gazetteer.api.texts import find, find_many
from gazetteer.bundled import BUNDLED
from gazetteer.dates import EPOCH, day_number
from gazetteer.errors import ArgumentError, DataError
from gazetteer.geometry.groups import Groups
from gazetteer.index.checksums import damage_of, explains_damage, stamp_of
from gazetteer.index.store import Store
from gazetteer.index.views import View, read_view
from gazetteer.locks import LOADING
from gazetteer.model import Candidate, Match, Place
from gazetteer.names.normalize import normalize_name

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry


__all__ = ["Gazetteer", "opened"]

# The score of a completed name, relative to that of a whole name.
_COMPLETED = 0.5


class Gazetteer:
    """Looks places up. Made by `load`.

    Parameters
    ----------
    store
        The opened tables.

    Examples
    --------
    >>> import gazetteer
    >>> gaz = gazetteer.load()
    >>> gaz.resolve("Kandahar province").place.id
    'iso:AF-KAN'
    """

    # Methods about one subject, in a module of their own.
    resolve_many = resolve_many
    resolve_distinct = resolve_distinct
    find = find
    find_many = find_many
    geometry = geometry
    geometries = geometries
    within = within
    layer = layer

    def __init__(self, store: Store) -> None:
        self.store = store
        self.parts = Parts(store, self._shape)

    @property
    def groups(self) -> Groups:
        """The country lists and macro-regions of this gazetteer."""
        return self.parts.resolver.groups

    def __repr__(self) -> str:
        return f"<Gazetteer {self.store.info['build']}: {len(self.store):,} places>"

    @property
    def view(self) -> str | None:
        """The point of view on areas that are disputed; None for that of ISO 3166."""
        return None if self.store.seen is None else self.store.seen.view.name

    def __reduce__(self) -> tuple[Callable[[Path | None, str | None], Gazetteer], tuple[Path | None, str | None]]:
        # A process that unpickles it opens the same folder; of the bundled one, its own copy.
        folder = self.store.folder
        return opened, (None if folder == BUNDLED else folder, self.view)

    @explains_damage
    def resolve(self, phrase: str, *, country: str | None = None, on: str | date | None = None) -> Match:
        """Say which place a phrase means.

        Parameters
        ----------
        phrase
            A name in any script, with or without a type word ("Almaty oblast"), or names inside one another
            ("Zhanaozen, Mangystau, Kazakhstan"); a phrase ("30 km north of Aktau"), in English or in a language of
            `gazetteer.languages`; or coordinates in words ("36°12'N 37°08'E"), which have the method ``coordinates``
            and a radius by their digits.
        country
            ISO 3166-1 code or name; no answer lies outside it.
        on
            The day (ISO 8601) whose units and names count; today when None.

        Raises
        ------
        ArgumentError
            When `country` is not a country or `on` is not a date.

        Examples
        --------
        >>> import gazetteer
        >>> match = gazetteer.load().resolve("Paris, Texas")
        >>> match.status, match.place.admin1, match.geometry.geom_type
        ('matched', 'US-TX', 'Point')
        """
        day = date.today().toordinal() - EPOCH if on is None else day_number(on)
        hint = None if country is None else self.parts.resolver.countries.resolve(country)
        answer = self.parts.resolver.resolve(str(phrase), country=hint, day=day)
        return self.parts.answers.match(str(phrase), answer, day)

    @explains_damage
    def search(
        self, name: str, *, limit: int = 10, country: str | None = None, on: str | date | None = None
    ) -> list[Candidate]:
        """Return the places that a name may mean, best first, and then those whose names it begins.

        A completion has the method ``prefix``, the name that was completed, and a score below that of every reading of
        the name itself; the best known comes first. One or two Latin letters are not completed.

        Raises
        ------
        ArgumentError
            When `name` is not a string, `limit` is below 1, `country` is not a country or `on` is not a date.

        Examples
        --------
        >>> import gazetteer
        >>> [c.place.admin1 for c in gazetteer.load().search("Springfield", country="US", limit=3)]
        ['US-MO', 'US-MA', 'US-IL']
        """
        expect_text("Name", name)
        if limit < 1:
            raise ArgumentError(f"Limit: expected 1 or more, got {limit}.")
        hint, day = self.parts.resolver.countries.resolve(country), day_number(on)
        readings, method, quality = self.parts.resolver.readings(name, country=hint, day=day)
        begun = self.parts.resolver.generator.complete(normalize_name(name), hint, day)
        # What a name begins is likelier meant than what it misspells.
        readings = readings.where(slice(0 if method == "fuzzy" and len(begun.owner) else limit))
        found = AnswerList(self.parts.answers.candidates(name, readings, method, quality))
        begun = begun.where(~np.isin(begun.place, readings.place)).where(slice(limit - len(found)))
        most = found[-1].score if found else 1.0
        for candidate in self.parts.answers.candidates(name, begun, "prefix", most * _COMPLETED):
            key = self.store.key_text(int(begun.owner[len(found) - len(readings.owner)]))
            found.append(replace(candidate, name=key))
        return found

    @explains_damage
    def place(self, place_id: str) -> Place:
        """Return a place by its id.

        Raises
        ------
        UnknownPlaceError
            When no place has the id.
        ArgumentError
            When `place_id` is not a string.

        Examples
        --------
        >>> import gazetteer
        >>> gazetteer.load().place("iso:KZ").name
        'Kazakhstan'
        """
        expect_text("Place id", place_id)
        if place_id.startswith("derived:"):
            return self.parts.places.of_area(self.parts.resolver.shapes.evaluate(place_id, day_number(None)))
        return self.parts.places.one(self.store.find(place_id))

    @explains_damage
    def country(self, name: str) -> Place | None:
        """Return the country that a code or a name means; None for one that is not a country's.

        Parameters
        ----------
        name
            Any ISO 3166-1 code, or a name in any language the gazetteer holds.

        Raises
        ------
        ArgumentError
            When `name` is not a string.

        Examples
        --------
        >>> import gazetteer
        >>> gaz = gazetteer.load()
        >>> gaz.country("Fédération de Russie"), gaz.country("KZ").name, gaz.country("Atlantis")
        (<Place iso:RU: Russia, country>, 'Kazakhstan', None)
        """
        expect_text("Country", name)
        try:
            code = self.parts.resolver.countries.resolve(name)
        except ArgumentError:
            return None
        return None if code is None else self.parts.places.one(self.parts.resolver.countries.place(code))

    @explains_damage
    def members(
        self, group: str, *, on: str | date | None = None, status: str | Iterable[str] = "member"
    ) -> list[Place]:
        """Return the members of a group of countries on a day, in the order of their ISO 3166-1 alpha-3 codes.

        Parameters
        ----------
        group
            Its id (``group:csto``) or any of its names, in capitals or not; a phrase that groups, regions and
            countries make ("CSTO members except Armenia", "EU-28"); or the name of a region, for its countries.
        on
            The day (ISO 8601); today when None.
        status
            One status or several: ``member``, ``suspended`` (members whose rights rest), ``observer``, ``associate``,
            ``candidate``, ``partner``; ``guest``, ``invited``.

        Raises
        ------
        UnknownPlaceError
            When there is no such group, and no such phrase; the message names some groups there are.
        ArgumentError
            When `group` is not a string, `on` is not a date, or a status is another word.

        Source
        ------
        ``groups.csv``: a treaty or a page of the organisation for every row.

        Examples
        --------
        >>> import gazetteer
        >>> [place.name for place in gazetteer.load().members("AUKUS")]
        ['Australia', 'United Kingdom', 'United States']
        """
        expect_text("Group", group)
        statuses = frozenset((status,) if isinstance(status, str) else status)
        known = {spell.status for spells in self.groups.spells.values() for spell in spells}
        if not statuses <= known:
            wrong = ", ".join(map(repr, sorted(statuses - known)))
            raise ArgumentError(f"Status: expected one of {', '.join(sorted(known))}; got {wrong}.")
        day = day_number(on)
        return AnswerList(self.place(unit) for unit in self.parts.resolver.members(group, day, statuses))

    def info(self) -> dict[str, Any]:
        """Return what this gazetteer is: version, build, rows by layer, sources with licences, attribution.

        Examples
        --------
        >>> import gazetteer
        >>> gazetteer.load().info()["layers"]["countries"]
        250
        """
        info = self.store.info
        attribution = "; ".join(dict.fromkeys(source["attribution"] for source in info["sources"]))
        view = {} if self.view is None else {"view": self.view}
        return {"version": version("geoevents"), **info, "attribution": attribution, **view}

    def verify(self) -> None:
        """Read every table, index and model, and check that they are the ones that were built.

        `load` compares the sizes of files only, which takes no time.

        Raises
        ------
        DataError
            Naming the damaged or foreign file; or when an older version built the folder, without checksums.

        Examples
        --------
        >>> import gazetteer
        >>> gazetteer.load().verify()
        """
        damage = damage_of(self.store.folder)
        if damage is not None:
            raise DataError(damage)

    @explains_damage
    def _shape(self, place_id: str, day: int) -> BaseGeometry:
        return self.parts.resolver.shapes.evaluate(place_id, day).shape


def opened(folder: Path | None, view: str | None = None) -> Gazetteer:
    """Return the gazetteer of a folder, the bundled one for None, in a view; each folder is opened once in each.

    Raises
    ------
    ArgumentError
        When there is no such view.
    """
    seen = None if view is None else read_view(BUNDLED, view)
    # Two threads that load one folder get one gazetteer.
    with LOADING:
        if folder is None:
            return _opened(BUNDLED, seen)
        return _opened(folder, seen, stamp_of(folder))


@lru_cache(maxsize=8)
def _opened(folder: Path, view: View | None, stamp: tuple[int, int, int] = (0, 0, 0)) -> Gazetteer:
    """Open a folder; one that has taken the place of another has another stamp."""
    return Gazetteer(Store(folder, view))
