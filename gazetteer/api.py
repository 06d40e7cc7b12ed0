"""The public face: `load` opens a gazetteer, `Gazetteer` answers.

Phrases, ids and coordinates enter; matches, places, shapes and tables leave.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from functools import cached_property, lru_cache, partial
from numbers import Real
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from gazetteer.candidates.ranking import Readings, chance
from gazetteer.dates import EPOCH, day_number
from gazetteer.errors import ArgumentError, DataError
from gazetteer.geometry.groups import BUNDLED, Groups
from gazetteer.index.checksums import damage_of, explains_damage
from gazetteer.index.store import Store
from gazetteer.model import Area, Candidate, Context, Match, Mention, Method, Place
from gazetteer.names.normalize import normalize_name
from gazetteer.phrases.resolver import Answer, Resolver

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from gazetteer.geoparsing import FoundName, Geoparser, SourceMemory

__all__ = ["Gazetteer", "load"]

# The score of a completed name, relative to that of a whole name.
_COMPLETED = 0.5
_FIELDS = (
    "id",
    "name",
    "kind",
    "country",
    "admin1",
    "lon",
    "lat",
    "population",
    "radius_km",
    "valid_from",
    "valid_to",
)
# How many places are kept once they were read.
_KEPT = 50_000


@lru_cache(maxsize=4)
def _opened(folder: Path) -> Gazetteer:
    return Gazetteer(Store(folder))


def load(folder: str | Path | None = None) -> Gazetteer:
    """Open a gazetteer: the bundled one, or a folder that ``gazetteer build`` wrote.

    Raises
    ------
    DataError
        When the folder holds no gazetteer.
    ArgumentError
        When `folder` is not a path.

    Examples
    --------
    >>> import gazetteer
    >>> gazetteer.load().resolve("Almaty").place.id
    'geonames:1526384'
    """
    try:
        path = BUNDLED if folder is None else Path(folder)
    except TypeError:
        raise ArgumentError(f"Folder: expected the path of a gazetteer, got {folder!r}.") from None
    return _opened(path)


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

    def __init__(self, store: Store) -> None:
        self.store = store
        self._resolver = Resolver(store)
        self._places: dict[int, Place] = {}

    @property
    def groups(self) -> Groups:
        """The country lists and macro-regions of this gazetteer."""
        return self._resolver.groups

    def __repr__(self) -> str:
        return f"<Gazetteer {self.store.info['build']}: {len(self.store):,} places>"

    def __reduce__(self) -> tuple[Callable[..., Gazetteer], tuple[Path, ...]]:
        # A process that unpickles it opens the same folder; of the bundled one, its own copy.
        folder = self.store.folder
        return (load, ()) if folder == BUNDLED else (load, (folder,))

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
        hint = None if country is None else self._resolver.countries.resolve(country)
        answer = self._resolver.resolve(str(phrase), country=hint, day=day)
        return self._match(str(phrase), answer, day)

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
        _expect_text("Name", name)
        if limit < 1:
            raise ArgumentError(f"Limit: expected 1 or more, got {limit}.")
        hint, day = self._resolver.countries.resolve(country), day_number(on)
        readings, method, quality = self._resolver.readings(name, country=hint, day=day)
        begun = self._resolver.generator.complete(normalize_name(name), hint, day)
        # What a name begins is likelier meant than what it misspells.
        readings = readings.where(slice(0 if method == "fuzzy" and len(begun.owner) else limit))
        found = self._candidates(name, readings, method, quality)
        begun = begun.where(~np.isin(begun.place, readings.place)).where(slice(limit - len(found)))
        most = found[-1].score if found else 1.0
        for candidate in self._candidates(name, begun, "prefix", most * _COMPLETED):
            key = self.store.key_text(int(begun.owner[len(found) - len(readings.owner)]))
            found.append(replace(candidate, name=key))
        return found

    @explains_damage
    def resolve_many(
        self,
        column: pd.Series | pd.DataFrame | Sequence[str | None],
        *,
        country: str | Iterable[str | None] | None = None,
        on: str | date | Iterable[Any] | None = None,
        context: Context = "row",
    ) -> pd.DataFrame:
        """Resolve a column, one row a row; each distinct phrase is looked up once.

        Parameters
        ----------
        column
            n phrases; or a frame whose columns are phrases, finest first, each inside the next.
        country, on
            As in `resolve`, or one value a row.
        context
            What tells a name of many places apart. ``row``: the other columns of its row. ``file``: these, and for a
            name that stands alone in its row, without a country, the other rows of the file as well; the score is then
            the chance that a text with these names would give it. ``none``: nothing, the finest cell of a row is
            taken by itself.

        Returns
        -------
        DataFrame, n rows, the index of `column`
            query, status, place_id, name, kind, country, admin1 (categorical), lon, lat (degrees), radius_km, score
            (NaN when unresolved), method, reason.

        Raises
        ------
        ArgumentError
            When `country` or `on` has another length than `column`, or a value cannot be read, or there is no such
            `context`.

        Examples
        --------
        >>> import gazetteer
        >>> gaz = gazetteer.load()
        >>> gaz.resolve_many(["Almaty", None, "Aktau"])["country"].tolist()
        ['KAZ', nan, 'KAZ']
        >>> gaz.resolve_many(["Tripoli", "Beirut", "Sidon"], context="file")["country"].tolist()
        ['LBN', 'LBN', 'LBN']
        """
        from gazetteer.tables.resolve_column import resolve_column

        return resolve_column(
            self._resolver,
            column,
            country=country,
            on=on,
            context=context,
            disambiguator=lambda: self._geoparser.disambiguator,
        )

    @explains_damage
    def find(
        self,
        text: str,
        *,
        spans: Iterable[Sequence[int]] | None = None,
        recognizer: str | None = None,
        country: str | None = None,
        countries: Iterable[str] = (),
        on: str | date | None = None,
        phrases: bool = True,
    ) -> list[Mention]:
        """Find the place names in a text and say which place each one means, the text being their context.

        Parameters
        ----------
        text
            Running text.
        spans
            Start and end, in characters, of the names, when they are known: just these are placed, and one that the
            index lacks falls back on the place that its surroundings are about.
        recognizer
            ``spacy:`` and an installed spaCy pipeline, to find the names in the place of the gazetteer's own model.
        country
            ISO 3166-1 code or name; no answer lies outside it.
        countries
            The same, of countries that the text is known to be about: a hint, no limit.
        on
            The day (ISO 8601) whose units count; today when None.
        phrases
            Whether a phrase around a name ("western Kazakhstan", "30 km north of Almaty") comes back whole, with its
            own place; or else the bare name, as gold corpora mark it.

        Returns
        -------
        list of Mention
            In the order of the text; mentions that could not be placed have the status ``unresolved``.

        Raises
        ------
        ArgumentError
            When the text is not a string, a span lies outside it, a country is unknown, `on` is not a date, or the
            pipeline is not installed.

        Examples
        --------
        >>> import gazetteer
        >>> found = gazetteer.load().find("Police in Paris, Texas, arrested two men on Monday.")
        >>> [(mention.text, mention.match.place.admin1) for mention in found]
        [('Paris', 'US-TX'), ('Texas', 'US-TX')]
        """
        _expect_text("Text", text)
        if isinstance(countries, str):
            raise ArgumentError(f"Countries: expected several codes or names, got the one string {countries!r}.")
        resolve = self._resolver.countries.resolve
        found = self._geoparser.find(
            text,
            spans=spans,
            recognizer=_recognizer(recognizer) if recognizer else None,
            country=resolve(country),
            countries=[code for hint in countries if (code := resolve(hint))],
            day=day_number(on),
            phrases=phrases,
        )
        return [self._mention(text, one, day_number(on)) for one in found]

    def find_many(
        self, documents: Iterable[dict[str, Any]], *, recognizer: str | None = None, phrases: bool = True
    ) -> Iterator[tuple[dict[str, Any], list[Mention]]]:
        """Find the place names in documents, one after the other; those of one source tell where it is at home.

        Parameters
        ----------
        documents
            Each with ``text``, and ``date`` (ISO 8601; another form is ignored), ``source`` and ``spans`` where known.
        recognizer, phrases
            As in `find`.

        Yields
        ------
        document, list of Mention

        Raises
        ------
        ArgumentError
            When a document has no text, a span lies outside it, or the pipeline is not installed.

        Examples
        --------
        >>> import gazetteer
        >>> papers = [{"text": "A fire in Aktau, Kazakhstan"}, {"text": ""}]
        >>> [[mention.text for mention in found] for _, found in gazetteer.load().find_many(papers)]
        [['Aktau', 'Kazakhstan'], []]
        """
        from gazetteer.geoparsing import SourceMemory

        memory: SourceMemory = SourceMemory()
        recognize = _recognizer(recognizer) if recognizer else None
        for document in documents:
            text = _expect_text("Text", document.get("text"))
            source, day = document.get("source"), _day(document.get("date"))
            found = self._geoparser.find(
                text,
                spans=document.get("spans"),
                recognizer=recognize,
                day=day,
                source=str(source) if source else None,
                memory=memory,
                phrases=phrases,
            )
            yield document, [self._mention(text, one, day) for one in found]

    @cached_property
    def _geoparser(self) -> Geoparser:
        from gazetteer.geoparsing import Geoparser

        return Geoparser(self.store, self._resolver)

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
        _expect_text("Place id", place_id)
        if place_id.startswith("derived:"):
            return _derived(self._resolver.shapes.evaluate(place_id, day_number(None)))
        return self._place(self.store.find(place_id))

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
        _expect_text("Country", name)
        try:
            code = self._resolver.countries.resolve(name)
        except ArgumentError:
            return None
        return None if code is None else self._place(self._resolver.countries.place(code))

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
        _expect_text("Group", group)
        statuses = frozenset((status,) if isinstance(status, str) else status)
        known = {spell.status for spells in self.groups.spells.values() for spell in spells}
        if not statuses <= known:
            wrong = ", ".join(map(repr, sorted(statuses - known)))
            raise ArgumentError(f"Status: expected one of {', '.join(sorted(known))}; got {wrong}.")
        day = day_number(on)
        return [self.place(unit) for unit in self._resolver.members(group, day, statuses)]

    @explains_damage
    def geometry(self, place_id: str, *, on: str | date | None = None) -> BaseGeometry:
        """Return the shape of a place in EPSG:4326, lon/lat: polygons where they are known, else its point.

        Parameters
        ----------
        place_id
            Of a stored place, of a region or group (the union of its units), or of a derived place (its formula).
        on
            The day (ISO 8601) whose members and units count; today when None.

        Raises
        ------
        UnknownPlaceError
            When no place has the id.
        ArgumentError
            When `place_id` is not a string or `on` is not a date.

        Examples
        --------
        >>> import gazetteer
        >>> gaz = gazetteer.load()
        >>> gaz.geometry("iso:KZ").geom_type in ("Polygon", "MultiPolygon")
        True
        >>> gaz.geometry("group:eu", on="2016-06-23").area > gaz.geometry("group:eu", on="2020-02-01").area
        True
        """
        _expect_text("Place id", place_id)
        return self._resolver.shapes.evaluate(place_id, day_number(on)).shape

    @explains_damage
    def geometries(
        self, ids: Iterable[str | None], *, on: str | date | Iterable[date | None] | None = None
    ) -> NDArray[np.object_]:
        """Return the shapes of n places as `geometry` does, None for None; equal ones share an object.

        Parameters
        ----------
        ids
            n ids.
        on
            A day for all, or one a place.

        Raises
        ------
        UnknownPlaceError
            When an id is not in the gazetteer.
        ArgumentError
            When `on` is not a date, or has another length than `ids`.

        Examples
        --------
        >>> import gazetteer
        >>> shapes = gazetteer.load().geometries(["iso:KZ", None, "iso:KZ"])
        >>> shapes[0] is shapes[2], shapes[1]
        (True, None)
        """
        ids = list(ids)
        days = [on] * len(ids) if on is None or isinstance(on, (str, date)) else list(on)
        if len(days) != len(ids):
            raise ArgumentError(f"on: expected one date, or {len(ids)} like the ids, got {len(days)}.")
        out = np.empty(len(ids), dtype=object)
        for i, (place_id, day) in enumerate(zip(ids, days, strict=True)):
            if isinstance(place_id, str):
                out[i] = self.geometry(place_id, on=day)
        return out

    @explains_damage
    def within(self, lon: float, lat: float) -> list[Place]:
        """Return the areas a point lies in, smallest first.

        Parameters
        ----------
        lon, lat
            Degrees, EPSG:4326.

        Raises
        ------
        ArgumentError
            When a coordinate is not a number, not finite, or out of range.

        Examples
        --------
        >>> import gazetteer
        >>> [place.id for place in gazetteer.load().within(51.2, 43.65)]
        ['iso:KZ-47', 'iso:KZ']
        """
        from gazetteer.geometry.reverse import containing

        if not (isinstance(lon, Real) and isinstance(lat, Real) and -180 <= lon <= 180 and -90 <= lat <= 90):
            raise ArgumentError(f"Coordinates: expected lon -180..180 and lat -90..90, got {lon!r}, {lat!r}.")
        return [self._place(number) for number in containing(self.store, lon, lat)]

    @explains_damage
    def layer(self, name: str, *, on: str | date | None = None) -> gpd.GeoDataFrame:
        """Return a bundled layer in EPSG:4326; regions and groups are points, `geometry` has their shapes.

        Parameters
        ----------
        name
            countries, admin1, admin2, cities, airports, seas, landmarks, regions, groups or basemap.
        on
            A day (ISO 8601): only places that existed then. All when None, those of the past too.

        Raises
        ------
        UnknownPlaceError
            When there is no such layer; the message lists the layers.
        ArgumentError
            When `on` is not a date.

        Examples
        --------
        >>> import gazetteer
        >>> gaz = gazetteer.load()
        >>> countries = gaz.layer("countries")
        >>> countries.loc[countries["id"] == "iso:KZ", "name"].tolist()
        ['Kazakhstan']
        >>> [len(gaz.layer("admin1", on=day).query("country == 'KAZ'")) for day in ("2022-01-10", "2023-01-10")]
        [18, 21]
        """
        return self.store.layer(name, None if on is None else day_number(on))

    def info(self) -> dict[str, Any]:
        """Return what this gazetteer is: version, build, rows by layer, sources with licences, attribution.

        Examples
        --------
        >>> import gazetteer
        >>> gazetteer.load().info()["layers"]["countries"]
        250
        """
        from importlib.metadata import version

        info = self.store.info
        attribution = "; ".join(dict.fromkeys(source["attribution"] for source in info["sources"]))
        return {"version": version("geoevents"), **info, "attribution": attribution}

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

    def _place(self, number: int) -> Place:
        return self._places.get(number) or self._placed([number])[0]

    def _placed(self, numbers: list[int]) -> list[Place]:
        """Return places by their numbers; those not read before are read together."""
        known = self._places
        fresh = [number for number in dict.fromkeys(numbers) if number not in known]
        if fresh:
            if len(known) >= _KEPT:
                known.clear()
                fresh = list(dict.fromkeys(numbers))
            known.update(zip(fresh, self._read(fresh), strict=True))
        return [known[number] for number in numbers]

    def _read(self, numbers: list[int]) -> list[Place]:
        columns = self.store.values(_FIELDS, np.array(numbers))
        places = []
        for id_, name, kind, country, admin1, lon, lat, population, radius, first, last in zip(
            *map(np.ndarray.tolist, columns.values()), strict=True
        ):
            # A missing number is NaN, which differs from itself.
            people = int(population) if population == population else None
            begins = date.fromordinal(int(first) + EPOCH) if first == first else None
            ends = date.fromordinal(int(last) + EPOCH) if last == last else None
            places.append(Place(id_, name, kind, country, admin1, lon, lat, people, round(radius, 1), begins, ends))
        return places

    def _candidates(
        self, name: str, readings: Readings, method: Method | Literal["prefix"], quality: float
    ) -> list[Candidate]:
        if not len(readings.owner):
            return []
        scores = np.round(quality * chance(readings.weight), 4)
        return [
            Candidate(place, score, method, name)
            for place, score in zip(self._placed(readings.place.tolist()), scores.tolist(), strict=True)
        ]

    @explains_damage
    def _shape(self, place_id: str, day: int) -> BaseGeometry:
        return self._resolver.shapes.evaluate(place_id, day).shape

    def _match(self, query: str, answer: Answer, day: int) -> Match:
        found = answer.area is not None or answer.place >= 0
        if not found:
            return Match(query, "unresolved", None, 0.0, "none", None, reason=answer.reason)
        places = self._placed(answer.readings.place.tolist())
        place = _derived(answer.area) if answer.area is not None else self._place(answer.place)
        candidates = [
            Candidate(one, score, answer.method, query)
            for one, score in zip(places, answer.probabilities.tolist(), strict=True)
        ]
        for area, reason in ((answer.area, ""), (answer.rival, "the words may mean this part as well")):
            if area is not None:
                candidates.append(Candidate(_derived(area), answer.score, "phrase", query, reason))
        radius = place.radius_km if answer.radius is None else max(place.radius_km, round(answer.radius, 1))
        return Match(
            query,
            answer.status,
            place,
            answer.score,
            answer.method,
            radius,
            tuple(candidates),
            answer.reason,
            partial(self._shape, place.id, day),
        )

    def _mention(self, text: str, found: FoundName, day: int) -> Mention:
        written = text[found.start : found.end]
        if found.phrase is not None:
            match = self._match(written, found.phrase, day)
            match = replace(match, score=round(min(match.score, found.score), 4))
            return Mention(
                found.start, found.end, written, found.tag, match, self._geonames_id(found.phrase.place), found.chance
            )
        if found.place < 0:
            match = Match(written, "unresolved", None, 0.0, "none", None, reason=found.reason)
            return Mention(found.start, found.end, written, found.tag, match, None, found.chance)
        place = self._place(found.place)
        candidates = tuple(
            Candidate(one, score, found.method, written)
            for one, score in zip(self._placed(found.places.tolist()), found.scores.tolist(), strict=True)
        )
        match = Match(
            written,
            found.status,
            place,
            found.score,
            found.method,
            place.radius_km,
            candidates,
            found.reason,
            partial(self._shape, place.id, day),
        )
        geonames_id = self._geonames_id(found.place)
        return Mention(found.start, found.end, written, found.tag, match, geonames_id, found.chance)

    def _geonames_id(self, number: int) -> str | None:
        """Return the GeoNames id of a place by its number, None where it has none."""
        if number < 0:
            return None
        place_id = self._place(number).id
        if place_id.startswith("geonames:"):
            return place_id
        known = float(self.store.take("geonames", np.array([number]))[0])
        return None if np.isnan(known) else f"geonames:{int(known)}"


def _expect_text(what: str, value: object) -> str:
    if not isinstance(value, str):
        raise ArgumentError(f"{what}: expected a string, got {value!r}.")
    return value


def _derived(area: Area) -> Place:
    return Place(area.id, area.name, area.kind, area.country, area.admin1, area.lon, area.lat, None, area.radius_km)


@lru_cache(maxsize=4)
def _recognizer(name: str) -> Any:
    from gazetteer.geoparsing import spacy_recognizer

    return spacy_recognizer(name)


def _day(date_of_document: Any) -> int:
    """Return the day of a document; a date in another form than ISO 8601 is ignored."""
    try:
        return day_number(str(date_of_document)[:10] if date_of_document else None)
    except ArgumentError:
        return day_number(None)
