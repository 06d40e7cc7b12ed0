"""Which column of a table is what: named by the caller, else chosen by its name and by what its cells hold.

A name alone does not make a column: a ``region`` of numbers is a code, one of continents says nothing, and a
``location`` may hold coordinates. The first thousand rows decide, so that a part of a table and the whole agree.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from geoevents.errors import ColumnError
from geoevents.frame.cell_kinds import (
    is_angle,
    is_date,
    is_day,
    is_month,
    is_name,
    is_pair,
    is_shape,
    is_sure_pair,
    is_year,
)
from geoevents.frame.column_names import NamedColumn, column_key, named_best, roles_of
from geoevents.frame.column_samples import ColumnSamples
from geoevents.suggestions import did_you_mean

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["ColumnChoice", "choose_columns"]

_LEVELS = ("place", "village", "city", "admin3", "admin2", "admin1")
# Columns that these schema names are read from, when another name than theirs says so.
_COUNTS = ("fatalities", "fatalities_low", "fatalities_high", "injured", "detained")
_TEXTS = ("event_type", "actor1", "actor2", "source", "evidence")
_START_WORDS = frozenset(
    [
        "start",
        "from",
        "begin",
        "beginning",
        "began",
        "first",
        "inicio",
        "debut",
        "beginn",
        "anfang",
        "von",
        "начало",
        "начала",
        "desde",
    ]
)
_END_WORDS = frozenset(
    [
        "end",
        "to",
        "until",
        "till",
        "last",
        "finish",
        "stop",
        "fin",
        "fim",
        "ende",
        "bis",
        "окончания",
        "окончание",
        "конец",
        "hasta",
        "event",
        "of",
        "de",
    ]
)


@dataclass(frozen=True)
class ColumnChoice:
    """Which column is what; None and empty where there is no such column.

    Attributes
    ----------
    place
        Columns of place phrases, finest first.
    country
        A column of countries, or one country for all rows.
    date, end
        Columns of dates and of last days.
    date_parts, end_parts
        Columns of the year, the month and the day, where a date is written in several.
    lat, lon
        Columns of latitudes and longitudes.
    pair
        A column that holds both.
    geometry
        A column of shapes as WKT, WKB or GeoJSON.
    others
        Columns of the schema's optional names.
    named
        The roles that the caller named.
    """

    place: tuple[str, ...] = ()
    country: str | None = None
    date: str | None = None
    end: str | None = None
    date_parts: tuple[str | None, ...] = ()
    end_parts: tuple[str | None, ...] = ()
    lat: str | None = None
    lon: str | None = None
    pair: str | None = None
    geometry: str | None = None
    others: Mapping[str, str] = field(default_factory=dict)
    named: tuple[str, ...] = ()

    @property
    def has_coordinates(self) -> bool:
        """Whether a column says where by coordinates or shapes."""
        return (self.lat is not None and self.lon is not None) or self.pair is not None or self.geometry is not None

    @property
    def has_words(self) -> bool:
        """Whether a column says where in words."""
        return bool(self.place) or self.country is not None

    def columns(self) -> dict[str, str]:
        """Return the role of each column that is taken, in words."""
        parts = ("year", "month", "day")
        pairs = [
            *((name, "place") for name in self.place),
            (self.country, "country"),
            (self.date, "date"),
            (self.end, "last day"),
            *zip(self.date_parts, parts, strict=False),
            *((name, f"last {part}") for name, part in zip(self.end_parts, parts, strict=False)),
            (self.lat, "latitude"),
            (self.lon, "longitude"),
            (self.pair, "latitude and longitude"),
            (self.geometry, "geometry"),
            *((name, ours) for ours, name in self.others.items()),
        ]
        return {name: role for name, role in pairs if name is not None}

    def to_json(self) -> dict[str, Any]:
        """Return the choice as JSON holds it."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> ColumnChoice:
        """Return the choice that was told."""
        fields: dict[str, Any] = {n: tuple(value) if isinstance(value, list) else value for n, value in data.items()}
        return cls(**fields)


def choose_columns(
    table: pd.DataFrame,
    *,
    place: str | Sequence[str] | None = None,
    country: str | None = None,
    date: str | None = None,
    end: str | None = None,
    lat: str | None = None,
    lon: str | None = None,
    geometry: str | None = None,
    prefer: Mapping[str, Sequence[str]] | None = None,
) -> ColumnChoice:
    """Choose the columns of a table.

    Parameters
    ----------
    table
        A row a record; its first thousand rows are looked at.
    place, country, date, end, lat, lon, geometry
        Columns that the caller names; None leaves the choice to the names and the cells.
    prefer
        Names of columns by role that the table's source is known to use, tried before the usual ones.

    Raises
    ------
    ColumnError
        When a named column is not there, or two columns have one name.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"Region": ["Southern Asia"], "Town": ["Quetta"], "Y": [30.2], "X": [67], "Year": [2010]})
    >>> choice = choose_columns(table)
    >>> choice.place, choice.lat, choice.date_parts
    (('Town',), 'Y', ('Year', None, None))
    """
    return _Chooser(table, prefer or {}).choose(place, country, date, end, lat, lon, geometry)


class _Chooser:
    """The columns of one table, their names and a sample of their cells."""

    def __init__(self, table: pd.DataFrame, prefer: Mapping[str, Sequence[str]]) -> None:
        self._prefer = prefer
        self._names = [str(name) for name in table.columns]
        doubled = sorted(name for name, times in Counter(self._names).items() if times > 1)
        if doubled:
            raise ColumnError(f"Columns: expected each name once, but {', '.join(map(repr, doubled))} is doubled.")
        self._own = dict(zip(self._names, table.columns, strict=True))
        self._keys: dict[str, str] = {}
        for name in self._names:
            self._keys.setdefault(column_key(name), name)
        self._roles = [roles_of(name) for name in self._names]
        self._cells = ColumnSamples(table)

    def choose(
        self,
        place: str | Sequence[str] | None,
        country: str | None,
        date: str | None,
        end: str | None,
        lat: str | None,
        lon: str | None,
        geometry: str | None,
    ) -> ColumnChoice:
        try:
            places = None if place is None else (place,) if isinstance(place, str) else tuple(place)
        except TypeError:
            raise ColumnError(f"Place columns: expected names of columns, got {place!r}.") from None
        if places is not None and not places:
            raise ColumnError("Place columns: expected at least one name, got none.")
        if (lat is None) != (lon is None):
            raise ColumnError(
                "Coordinates: expected columns of latitude and longitude both (--lat and --lon), got one."
            )
        for what, names in (
            ("Place", places or ()),
            ("Date", (date, end)),
            ("Latitude", (lat,)),
            ("Longitude", (lon,)),
            ("Geometry", (geometry,)),
        ):
            for name in names:
                if name is not None and name not in self._own:
                    raise ColumnError(
                        f"{what} column: expected one of {', '.join(self._names)}; "
                        f"got {name!r}{did_you_mean(name, self._names)}."
                    )
        given = {
            "place": places,
            "country": country,
            "date": date,
            "end": end,
            "lat": lat,
            "lon": lon,
            "geometry": geometry,
        }
        if country is None:
            country = self._best("country", self._cells.names_places, but=places or ())
        pair = None
        if lat is None and geometry is None and places is None:
            lat, lon = self._coordinates()
            geometry = None if lat else self._geometry()
            pair = None if lat or geometry else self._pair()
        if places is None:
            places = self._places(country)
        parts: tuple[str | None, ...] = ()
        end_parts: tuple[str | None, ...] = ()
        if date is None:
            date, parts = self._date()
            end_parts = self._parts("end_year", "end_month", "end_day") if parts else ()
        if end is None and date is not None:
            end = self._end(date)
        named = tuple(role for role, value in given.items() if value is not None)
        taken = {*places, country, lat, lon, pair, geometry, date, end}
        return ColumnChoice(
            places, country, date, end, parts, end_parts, lat, lon, pair, geometry, self._others(taken), named
        )

    # Names

    def _candidates(self, *roles: str) -> list[str]:
        preferred = [
            self._keys[column_key(n)]
            for role in roles
            for n in self._prefer.get(role, ())
            if column_key(n) in self._keys
        ]
        return list(dict.fromkeys([*preferred, *(found.column for found in named_best(self._roles, *roles))]))

    def _best(self, role: str, test: Callable[[str], bool], but: Iterable[str | None] = ()) -> str | None:
        return next((name for name in self._candidates(role) if name not in but and test(name)), None)

    def _places(self, country: str | None) -> tuple[str, ...]:
        levels = {level: self._best(level, self._cells.names_places, but=(country,)) for level in _LEVELS}
        if not any(levels[level] for level in ("place", "village", "city")):
            levels = {"address": self._best("address", self._cells.names_places, but=(country,)), **levels}
        found = tuple(dict.fromkeys(name for name in levels.values() if name is not None))
        if found or country is not None:
            return found
        # A column called "place" or "location" is one, though it says "Africa": nothing else says where.
        only = self._best("place", lambda name: self._cells.share(name, is_name) >= 0.5)
        return () if only is None else (only,)

    def _coordinates(self) -> tuple[str | None, str | None]:
        """Return the columns of latitude and longitude: the best named, with the same words around both."""
        lats, lons = self._angles("lat"), self._angles("lon")
        pairs = [(a, b) for a in lats for b in lons if a.column != b.column]
        if not pairs:
            return None, None
        a, b = min(
            pairs,
            key=lambda both: (
                both[0].around != both[1].around,
                both[0].extra + both[1].extra,
                both[0].rank + both[1].rank,
            ),
        )
        return a.column, b.column

    def _angles(self, role: str) -> list[NamedColumn]:
        preferred = [
            NamedColumn(0, -1, self._keys[column_key(name)], ())
            for name in self._prefer.get(role, ())
            if column_key(name) in self._keys
        ]
        found = [*preferred, *named_best(self._roles, role)]
        # Of a table without rows the names alone decide.
        return [one for one in found if not len(self._cells) or self._cells.share(one.column, is_angle) >= 0.5]

    def _geometry(self) -> str | None:
        named = self._candidates("geometry")
        return next((name for name in [*named, *self._names] if self._cells.share(name, is_shape) >= 0.5), None)

    def _pair(self) -> str | None:
        named = self._candidates("pair", "geometry", "place")
        found = next((name for name in named if self._cells.share(name, is_pair) >= 0.5), None)
        return found or next((name for name in self._names if self._cells.share(name, is_sure_pair) >= 0.8), None)

    def _date(self) -> tuple[str | None, tuple[str | None, ...]]:
        """Return the column of dates, or those of year, month and day."""
        parts = self._parts("year", "month", "day")
        named = [name for name in self._candidates("date") if name not in parts]
        read = next((name for name in named if self._cells.share(name, is_date) >= 0.3), None)
        if read is None and parts:
            return None, parts
        return read or next(iter(named), None), ()

    def _parts(self, *roles: str) -> tuple[str | None, ...]:
        year = self._best(roles[0], lambda name: self._cells.share(name, is_year) >= 0.5)
        if year is None:
            return ()
        month = self._best(roles[1], lambda name: self._cells.share(name, is_month) >= 0.5)
        day = self._best(roles[2], lambda name: self._cells.share(name, is_day) >= 0.5) if month else None
        return year, month, day

    def _end(self, date: str) -> str | None:
        """Return the column of last days that belongs to a column of dates."""

        def stem(name: str) -> list[str]:
            key = re.sub(r"^(?:start|end)(?=date|time)|(?<=date)(?:start|end)$", "", column_key(name))
            plain = [word for word in key.split("_") if word not in _START_WORDS | _END_WORDS | {"incident"}]
            return [{"day": "", "when": "", "day1": ""}.get(word, word) for word in plain]

        wanted = {"": ["date"]}.get("".join(stem(date)), stem(date))
        if not stem(date):
            wanted = []
        return next((name for name in self._candidates("end") if name != date and stem(name) == wanted), None)

    def _others(self, taken: set[str | None]) -> dict[str, str]:
        found = {}
        for ours in (*_TEXTS, *_COUNTS):
            if ours in self._own:
                found[ours] = ours
            elif ours in _COUNTS or ours == "event_type":
                test = self._cells.holds_counts if ours in _COUNTS else self._cells.holds_text
                name = self._best(ours, test, but=taken)
                found |= {ours: name} if name is not None else {}
        # "low", "best" and "high" are figures of the dead where all three stand; alone they are anything.
        if found.get("fatalities", "").lower() == "best" and not {"low", "high"} <= {n.lower() for n in self._names}:
            del found["fatalities"]
        for ours in ("fatalities_low", "fatalities_high"):
            if column_key(found.get(ours, "")) in ("low", "high") and "best" not in found.get("fatalities", "").lower():
                del found[ours]
        dead = found.get("fatalities")
        if (
            dead is not None
            and not {"fatalities_low", "fatalities_high"} & found.keys()
            and self._cells.holds_ranges(dead)
        ):
            found |= {"fatalities_low": dead, "fatalities_high": dead}
        return found
