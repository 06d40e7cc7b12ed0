"""Which column of a table is what: named by the caller, else chosen by its name and by what its cells hold.

A name alone does not make a column: a ``region`` of numbers is a code, one of continents says nothing, and a
``location`` may hold coordinates. The first thousand rows decide, so that a part of a table and the whole agree.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from geoevents.errors import ColumnError
from geoevents.frame.column_names import NamedColumn, column_key, columns_of_role, world_regions
from geoevents.frame.coordinate_cells import parse_angle, parse_pair
from geoevents.frame.counts import parse_count
from geoevents.frame.date_forms import parse
from geoevents.suggestions import did_you_mean

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["SAMPLE_ROWS", "ColumnChoice", "choose_columns"]

# So many rows decide what a column holds, and so many different cells of them are looked at.
SAMPLE_ROWS = 1_000
_CELLS = 200
_LEVELS = ("place", "city", "admin3", "admin2", "admin1")
# Columns that these schema names are read from, when another name than theirs says so.
_COUNTS = ("fatalities", "fatalities_low", "fatalities_high", "injured", "detained")
_TEXTS = ("event_type", "actor1", "actor2", "source", "evidence")
# Longer cells tell a story, they do not name a place.
_LONG = 120
_WKT = re.compile(
    r"\s*(?:SRID=\d+;\s*)?(?:MULTI)?(?:POINT|LINESTRING|POLYGON|GEOMETRYCOLLECTION)\s*(?:Z|M|ZM)?\s*(?:\(|EMPTY)", re.I
)
_WKB = re.compile(r"(?:\\x)?0[01](?:[0-9A-Fa-f]{2}){20,}")
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
    def from_json(cls, told: dict[str, Any]) -> ColumnChoice:
        """Return the choice that was told."""
        fields: dict[str, Any] = {n: tuple(value) if isinstance(value, list) else value for n, value in told.items()}
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
        self._head = table.head(SAMPLE_ROWS)
        self._prefer = prefer
        self._names = [str(name) for name in table.columns]
        doubled = sorted({name for name in self._names if self._names.count(name) > 1})
        if doubled:
            raise ColumnError(f"Columns: expected each name once, but {', '.join(map(repr, doubled))} is doubled.")
        self._own = dict(zip(self._names, table.columns, strict=True))
        self._keys: dict[str, str] = {}
        for name in self._names:
            self._keys.setdefault(column_key(name), name)
        self._cells: dict[str, list[object]] = {}

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
            country = self._best("country", self._names_places, but=places or ())
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
        return list(dict.fromkeys([*preferred, *(found.column for found in columns_of_role(self._names, *roles))]))

    def _best(self, role: str, test: Callable[[str], bool], but: Iterable[str | None] = ()) -> str | None:
        return next((name for name in self._candidates(role) if name not in but and test(name)), None)

    def _places(self, country: str | None) -> tuple[str, ...]:
        levels = {level: self._best(level, self._names_places, but=(country,)) for level in _LEVELS}
        if levels["place"] is None and levels["city"] is None:
            levels = {"address": self._best("address", self._names_places, but=(country,)), **levels}
        found = tuple(dict.fromkeys(name for name in levels.values() if name is not None))
        if found or country is not None:
            return found
        # A column called "place" or "location" is one, though it says "Africa": nothing else says where.
        only = self._best("place", lambda name: self._share(name, _is_name) >= 0.5)
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
        found = [*preferred, *columns_of_role(self._names, role)]
        # Of a table without rows the names alone decide.
        return [one for one in found if not len(self._head) or self._share(one.column, _is_angle) >= 0.5]

    def _geometry(self) -> str | None:
        named = self._candidates("geometry")
        return next((name for name in [*named, *self._names] if self._share(name, _is_shape) >= 0.5), None)

    def _pair(self) -> str | None:
        named = self._candidates("pair", "geometry", "place")
        found = next((name for name in named if self._share(name, _is_pair) >= 0.5), None)
        return found or next((name for name in self._names if self._share(name, _is_sure_pair) >= 0.8), None)

    def _date(self) -> tuple[str | None, tuple[str | None, ...]]:
        """Return the column of dates, or those of year, month and day."""
        parts = self._parts("year", "month", "day")
        named = [name for name in self._candidates("date") if name not in parts]
        read = next((name for name in named if self._share(name, _is_date) >= 0.3), None)
        if read is None and parts:
            return None, parts
        return read or next(iter(named), None), ()

    def _parts(self, *roles: str) -> tuple[str | None, ...]:
        year = self._best(roles[0], lambda name: self._share(name, _is_year) >= 0.5)
        if year is None:
            return ()
        month = self._best(roles[1], lambda name: self._share(name, _is_month) >= 0.5)
        day = self._best(roles[2], lambda name: self._share(name, _is_day) >= 0.5) if month else None
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
                test = self._counts if ours in _COUNTS else self._has_text
                name = self._best(ours, test, but=taken)
                found |= {ours: name} if name is not None else {}
        # "low", "best" and "high" are figures of the dead where all three stand; alone they are anything.
        if found.get("fatalities", "").lower() == "best" and not {"low", "high"} <= {n.lower() for n in self._names}:
            del found["fatalities"]
        for ours in ("fatalities_low", "fatalities_high"):
            if column_key(found.get(ours, "")) in ("low", "high") and "best" not in found.get("fatalities", "").lower():
                del found[ours]
        dead = found.get("fatalities")
        if dead is not None and not {"fatalities_low", "fatalities_high"} & found.keys() and self._bounded(dead):
            found |= {"fatalities_low": dead, "fatalities_high": dead}
        return found

    # Cells

    def _sample(self, name: str) -> list[object]:
        if name not in self._cells:
            column = self._head[self._own[name]]
            if column.dtype.name == "geometry":
                self._cells[name] = []
            else:
                known = column.dropna()
                seen: dict[str, object] = {}
                for cell in known:
                    seen.setdefault(repr(cell), cell)
                    if len(seen) >= _CELLS:
                        break
                self._cells[name] = [cell for cell in seen.values() if not (isinstance(cell, str) and not cell.strip())]
        return self._cells[name]

    def _share(self, name: str, test: Callable[[object], bool]) -> float:
        cells = self._sample(name)
        return sum(map(test, cells)) / len(cells) if cells else 0.0

    def _names_places(self, name: str) -> bool:
        """Return whether a column's cells are names; an empty column may be one."""
        cells = self._sample(name)
        if not cells:
            return True
        regions = world_regions()
        wide = sum(isinstance(cell, str) and cell.strip().casefold() in regions for cell in cells)
        texts = [cell for cell in cells if isinstance(cell, str)]
        if len(texts) < 0.5 * len(cells) or wide >= 0.5 * len(cells):
            return False
        short = sorted(map(len, texts))[(len(texts) - 1) // 2] <= _LONG
        return short and self._share(name, _is_name) >= 0.5

    def _counts(self, name: str) -> bool:
        return self._share(name, lambda cell: _is_count(cell)) >= 0.5

    def _bounded(self, name: str) -> bool:
        """Return whether cells of a column of counts say more than one figure: "3-5", "at least 3"."""
        counts = (parse_count(cell) for cell in self._sample(name) if isinstance(cell, str))
        return any(count is not None and count.low != count.high for count in counts)

    def _has_text(self, name: str) -> bool:
        return self._share(name, lambda cell: isinstance(cell, str) and any(map(str.isalpha, cell))) >= 0.5


def _is_name(cell: object) -> bool:
    """Return whether a cell may be the name of a place: words, no number, code, link, JSON or coordinates."""
    if not isinstance(cell, str):
        return False
    text = cell.strip()
    if sum(map(str.isalpha, text)) < 2 or text[:1] in "{[" or re.match(r"[a-z]+://|www\.|<", text, re.I):
        return False
    if re.fullmatch(r"[A-Z]{0,4}[-_ ]?\d{2,}\w*", text) or re.fullmatch(r"[0-9a-fA-F-]{16,}", text):
        return False
    return not (any(map(str.isdigit, text)) and (parse_pair(text) is not None or _is_shape(text)))


def _is_angle(cell: object) -> bool:
    if isinstance(cell, bool):
        return False
    return isinstance(cell, (int, float)) or _number(cell) or (isinstance(cell, str) and parse_angle(cell) is not None)


def _number(cell: object) -> bool:
    try:
        float(cell)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return False
    return True


def _is_pair(cell: object) -> bool:
    if isinstance(cell, str) and (cell.strip()[:1] in "{[") and _is_shape(cell):
        return False
    pair = parse_pair(cell) if isinstance(cell, str) else None
    return pair is not None and abs(pair[0]) <= 180 and abs(pair[1]) <= 360


def _is_sure_pair(cell: object) -> bool:
    """Return whether a cell of a column that no name speaks for is a pair: both numbers have two decimals or more."""
    return _is_pair(cell) and len(re.findall(r"\d\.\d{2,}", str(cell))) >= 2


def _is_shape(cell: object) -> bool:
    if isinstance(cell, bytes):
        return len(cell) >= 21 and cell[0] in (0, 1)
    if not isinstance(cell, str):
        return False
    if _WKT.match(cell) or _WKB.fullmatch(cell.strip()):
        return True
    if cell.lstrip()[:1] != "{" or "coordinates" not in cell:
        return False
    try:
        found = json.loads(cell)
    except (ValueError, RecursionError):
        return False
    return isinstance(found, dict) and "type" in found and "coordinates" in found


def _is_date(cell: object) -> bool:
    if hasattr(cell, "isoformat"):
        return True
    text = str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)
    return parse(text.strip()) is not None


def _is_count(cell: object) -> bool:
    if isinstance(cell, str):
        return parse_count(cell) is not None or cell.strip().casefold() in ("unknown", "na", "n/a", "-", "?")
    return not isinstance(cell, bool) and _number(cell)


def _whole(cell: object) -> int | None:
    try:
        number = float(cell)  # type: ignore[arg-type]
        return int(number) if number.is_integer() else None
    except (TypeError, ValueError, OverflowError):
        return None


def _is_year(cell: object) -> bool:
    year = _whole(cell)
    return year is not None and 1000 <= year <= 2999


def _is_month(cell: object) -> bool:
    month = _whole(cell)
    return (
        0 <= month <= 12 if month is not None else isinstance(cell, str) and parse(f"{cell.strip()} 2000") is not None
    )


def _is_day(cell: object) -> bool:
    day = _whole(cell)
    return day is not None and 0 <= day <= 31
