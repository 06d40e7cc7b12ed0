"""Country lists and macro-regions, with the days on which they hold: members, units, states of the past."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from difflib import get_close_matches
from itertools import islice
from pathlib import Path

from gazetteer.dates import day_number
from gazetteer.errors import DataError, UnknownPlaceError
from gazetteer.geometry.group_tables import Region, Spell, place_of_member, read_group_names, read_regions, read_spells
from gazetteer.locks import cached_property
from gazetteer.names.normalize import normalize_name

__all__ = ["DIRECTIONS", "MEMBER", "Groups"]

DIRECTIONS = ("north", "northeast", "east", "southeast", "south", "southwest", "west", "northwest", "central")
MEMBER = frozenset({"member"})

_NAMED = 8
# How like a name must be to one that a group bears (difflib's ratio) to be offered in its place.
_ALIKE = 0.74


class Groups:
    """The two tables, read at their first use.

    Parameters
    ----------
    folder
        Where ``groups.csv`` and ``regions.csv`` are.

    Examples
    --------
    >>> from gazetteer.bundled import BUNDLED
    >>> from gazetteer.dates import day_number
    >>> Groups(BUNDLED).members("CSTO", day_number("2022-01-10"))
    ['ARM', 'BLR', 'KAZ', 'KGZ', 'RUS', 'TJK']
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @cached_property
    def spells(self) -> dict[str, list[Spell]]:
        """The memberships of every group, by key, in the order of the file."""
        return read_spells(self.folder)

    @cached_property
    def names(self) -> dict[str, tuple[str, ...]]:
        """The names of every group, by key; the first is the one to show."""
        return read_group_names(self.folder)

    @cached_property
    def regions(self) -> dict[str, list[Region]]:
        """The rows of every region, by key, in the order of the file."""
        return {key: rows for key, rows in self._rows_of_regions.items() if rows[0].kind != "extent"}

    @cached_property
    def _rows_of_regions(self) -> dict[str, list[Region]]:
        """The rows of regions, and of extents: what a country was, under no name of its own."""
        return read_regions(self.folder)

    @cached_property
    def _parts(self) -> dict[tuple[str, str], str]:
        return {(rows[0].of, rows[0].direction): key for key, rows in self.regions.items() if rows[0].kind == "part"}

    @cached_property
    def former_wholes(self) -> dict[str, list[Region]]:
        """The states and extents of the past that were a country of today and more, by the country's id."""
        return self._states(lambda state: state.of in state.units and not _takes_away(state))

    @cached_property
    def days_of_change(self) -> set[int]:
        """The days on which a state of the past begins, changes its extent or is gone."""
        states = [row for rows in self._rows_of_regions.values() for row in rows if row.kind in ("state", "extent")]
        return {row.first for row in states} | {row.last + 1 for row in states}

    @cached_property
    def _divisions(self) -> dict[str, list[Region]]:
        return self._states(lambda state: state.of not in state.units or _takes_away(state))

    def _states(self, chosen: Callable[[Region], bool]) -> dict[str, list[Region]]:
        found: dict[str, list[Region]] = {}
        for row in (row for rows in self._rows_of_regions.values() for row in rows):
            if row.kind in ("state", "extent") and row.of and chosen(row):
                found.setdefault(row.of, []).append(row)
        return found

    def whole(self, country: str, day: int) -> str | None:
        """Return what a country of today was on a day, as an id that `units` takes, None when it was as today.

        Examples
        --------
        >>> from gazetteer.bundled import BUNDLED
        >>> from gazetteer.dates import day_number
        >>> groups = Groups(BUNDLED)
        >>> groups.whole("iso:SD", day_number("2011-07-08")), groups.whole("iso:SD", day_number("2011-07-09"))
        ('region:sudan-until-2011', None)
        """
        rows = self.former_wholes.get(country, ())
        return next((f"region:{row.key}" for row in rows if row.first <= day <= row.last), None)

    def divisions(self, country: str, day: int) -> list[str]:
        """Return the names of the states that a country of today was divided into on a day, none when it was one.

        Examples
        --------
        >>> from gazetteer.bundled import BUNDLED
        >>> from gazetteer.dates import day_number
        >>> Groups(BUNDLED).divisions("iso:DE", day_number("1970-01-01"))
        ['East Germany', 'West Germany']
        """
        rows = self._divisions.get(country, ())
        return [row.names[0] for row in rows if row.first <= day <= row.last]

    @cached_property
    def _by_name(self) -> dict[str, str]:
        found: dict[str, str] = {}
        for key, names in self.names.items():
            for name in (key, *names):
                found.setdefault(normalize_name(name), key)
        return found

    def key(self, group: str) -> str:
        """Return the key of a group given by its id, its key or any of its names.

        Raises
        ------
        UnknownPlaceError
            When there is no such group.

        Examples
        --------
        >>> from gazetteer.bundled import BUNDLED
        >>> Groups(BUNDLED).key("ОДКБ"), Groups(BUNDLED).key("group:eu")
        ('csto', 'eu')
        """
        found = self.find(group)
        if found is None:
            meant = self._meant(group)
            political = (names[0] for key, names in self.names.items() if not key.startswith("m49-"))
            some = "" if meant else f", such as {', '.join(islice(political, _NAMED))};"
            hint = f" Did you mean {meant}?" if meant else ""
            raise UnknownPlaceError(
                f"Group: expected one of the {len(self.names)} that are known{some or ','} got {group!r}.{hint}"
            )
        return found

    def _meant(self, group: str) -> str:
        """Return the groups whose names are written like this one, by their first names."""
        near = get_close_matches(normalize_name(group.removeprefix("group:")), self._by_name, n=3, cutoff=_ALIKE)
        return " or ".join(dict.fromkeys(self.names[self._by_name[name]][0] for name in near))

    def find(self, group: str) -> str | None:
        """Return the key of a group as `key` does, None when there is no such group."""
        if group.startswith("group:"):
            bare = group.removeprefix("group:")
            return bare if bare in self.spells else None
        return self._by_name.get(normalize_name(group))

    def members(self, group: str, day: int, statuses: Collection[str] = MEMBER) -> list[str]:
        """Return the members of a group on a day, alpha-3 in alphabetical order.

        Parameters
        ----------
        group
            Id, key or name.
        day
            Days since 1970-01-01.
        statuses
            Which to list: member, suspended (members too), observer, associate, candidate, partner.

        Raises
        ------
        UnknownPlaceError
            When there is no such group.
        """
        spells = self.spells[self.key(group)]
        return sorted({s.member for s in spells if s.first <= day <= s.last and s.status in statuses})

    def day_with(self, group: str, count: int, day: int) -> int | None:
        """Return the day closest to a day on which a group had so many members ("the EU-28"), None when it never had.

        Examples
        --------
        >>> from gazetteer.bundled import BUNDLED
        >>> from gazetteer.dates import day_number
        >>> groups = Groups(BUNDLED)
        >>> groups.day_with("EU", 28, day_number("2024-01-01")) == day_number("2020-01-31")
        True
        """
        spells = [spell for spell in self.spells[self.key(group)] if spell.status in MEMBER]
        changes = sorted({change for s in spells for change in (s.first, s.last, s.last + 1, s.first - 1)} | {day})
        right = [one for one in changes if len(self.members(group, one)) == count]
        return min(right, key=lambda one: abs(one - day), default=None)

    def member_units(self, group: str, day: int, statuses: Collection[str] = MEMBER) -> list[str]:
        """Return the members of a group on a day as ids: of countries, and of states of the past."""
        return [self._unit(member, day) for member in self.members(group, day, statuses)]

    def _unit(self, member: str, day: int) -> str:
        """Return the id of the place that a member's code stood for on a day."""
        found = place_of_member(member, day)
        whole = self.whole(found, day)
        return whole if whole is not None and self.has(whole) else found

    def units(self, place: str, day: int) -> list[str]:
        """Return the units of a region or a group on a day, each once; what is taken away last, with a ``-`` before it.

        Parameters
        ----------
        place
            ``region:`` or ``group:`` and a key; any other id is its own only unit.
        day
            Days since 1970-01-01. What was not there on the day is given as it last, or first, was.

        Raises
        ------
        UnknownPlaceError
            When there is no such region or group.

        Examples
        --------
        >>> from gazetteer.bundled import BUNDLED
        >>> from gazetteer.dates import day_number
        >>> Groups(BUNDLED).units("region:donbas", day_number("2022-01-10"))
        ['iso:UA-14', 'iso:UA-09']
        """
        added: dict[str, None] = {}
        taken: dict[str, None] = {}
        for unit in self._leaves(place, day, ()):
            (taken if unit.startswith("-") else added)[unit.removeprefix("-")] = None
        return [u for u in added if u not in taken] + [f"-{u}" for u in taken if u not in added]

    def _leaves(self, place: str, day: int, above: tuple[str, ...]) -> Iterator[str]:
        if place in above:
            raise DataError(f"{place}: expected units that do not hold it, got {' in '.join((place, *above))}.")
        if place.startswith("group:"):
            inner: Iterable[str] = self.member_units(place, self._living(place, day))
        elif place.startswith("region:"):
            inner = self._at(place, day).units
        else:
            yield place
            return
        for unit in inner:
            sign = "-" if unit.startswith("-") else ""
            for leaf in self._leaves(unit.removeprefix("-"), day, (place, *above)):
                yield leaf.removeprefix("-") if sign and leaf.startswith("-") else sign + leaf

    def is_state(self, place: str) -> bool:
        """Say whether an id is of a state of the past."""
        rows = self.regions.get(place.removeprefix("region:"), []) if place.startswith("region:") else []
        return any(row.kind == "state" for row in rows)

    def changes(self, region: str) -> bool:
        """Say whether a region has had other units on other days."""
        return region.startswith("region:") and len(self.regions.get(region.removeprefix("region:"), ())) > 1

    def _living(self, group: str, day: int) -> int:
        """Return the day on which the group has members that is closest to a day."""
        spells = [spell for spell in self.spells[self.key(group)] if spell.status in MEMBER]
        return min((min(max(day, s.first), s.last) for s in spells), key=lambda living: abs(living - day))

    def has(self, place: str) -> bool:
        """Return whether an id is of a group, or of a region that consists of units.

        Examples
        --------
        >>> from gazetteer.bundled import BUNDLED
        >>> [Groups(BUNDLED).has(place) for place in ("group:csto", "region:donbas", "region:deep-south", "iso:KZ")]
        [True, True, False, False]
        """
        what, _, key = place.partition(":")
        return (what == "group" and key in self.names) or (what == "region" and key in self.regions)

    def _at(self, region: str, day: int) -> Region:
        rows = self._rows_of_regions.get(region.removeprefix("region:"))
        if rows is None:
            raise UnknownPlaceError(f"Region id: expected one such as region:donbas or region:sahel, got {region!r}.")
        return min(rows, key=lambda row: max(row.first - day, day - row.last, 0))

    def part_id(self, of: str, direction: str) -> str | None:
        """Return the id of a conventional part: of ``iso:KZ`` in the ``west``; None when none is recorded."""
        key = self._parts.get((of, direction))
        return f"region:{key}" if key else None

    def part(self, of: str, direction: str, day: int | None = None) -> list[str] | None:
        """Return the units of a conventional part on a day (today when None); None when none is recorded.

        Parameters
        ----------
        of
            Id of a country, or of a smaller unit.
        direction
            One of `DIRECTIONS`.

        Examples
        --------
        >>> from gazetteer.bundled import BUNDLED
        >>> Groups(BUNDLED).part("iso:KZ", "west")
        ['iso:KZ-47', 'iso:KZ-23', 'iso:KZ-27', 'iso:KZ-15']
        """
        region = self.part_id(of, direction)
        return self.units(region, day_number(None) if day is None else day) if region else None


def _takes_away(state: Region) -> bool:
    return any(unit.startswith("-") for unit in state.units)
