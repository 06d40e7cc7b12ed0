"""Describes what each name in a document may mean, given all the other names in it.

Every reading of every name of a document gets a row of numbers: what the
place is, what stands beside the name, and how the place agrees with what the other names may mean, each reading of
which is believed by its prominence. Earlier documents of the same source say where that source is at home.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gazetteer.arrays import Bools, Floats, Ints
from gazetteer.candidates.name_index import NAME_WEIGHTS
from gazetteer.geometry.sphere import EARTH_RADIUS_KM
from gazetteer.geoparsing.candidates import NAME_FEATURES, KnownNames, PlaceArrays
from gazetteer.geoparsing.document_names import DistinctNames, Document
from gazetteer.model import CONTAINER_RANK, KINDS

__all__ = ["FEATURES", "describe_readings", "prior_belief", "share"]


FEATURES = (
    "prominence",
    "behind",
    "rank",
    "readings",
    "kind",
    "name_kind",
    "way",
    "prior",
    "weight",
    "lead",
    "best_kind",
    "radius",
    "mentions",
    "position",
    "units",
    "letters",
    "comma_holds",
    "comma_other",
    "after_holds",
    "before_holds",
    "comma_inside",
    "cued_elsewhere",
    "country_named",
    "admin1_named",
    "country_named_share",
    "admin1_named_share",
    "country_words",
    "admin1_words",
    "near_words",
    "country_share",
    "admin1_share",
    "country_rank",
    "admin1_rank",
    "near_30",
    "near_160",
    "near_500",
    "nearest",
    "mean_distance",
    "held_by",
    "holds_others",
    "first_distance",
    "same_country_units",
    "earlier_near",
    "earlier_admin1",
    "earlier_country",
    "earlier_mass",
)
_EXACT, _WAY = NAME_FEATURES.index("exact"), NAME_FEATURES.index("way")
_RANKS = np.array([CONTAINER_RANK[kind] for kind in KINDS])
_COUNTRY, _ADMIN1, _CITY = KINDS.index("country"), KINDS.index("admin1"), KINDS.index("city")
# What `distances` says of a name without another.
_ALONE = (0.0, 0.0, 0.0, 99.0, 0.0, 0.0, 0.0, 12.0)
# Readings believed less than this say nothing about others.
_BELIEVED = 0.03
_STEEPNESS = 1.2
_FAR_WORDS = 400


def prior_belief(read: DistinctNames, places: PlaceArrays) -> Floats:
    """Return how far each reading is believed before any context."""
    weight = places.prominence[read.place] + NAME_WEIGHTS[read.name_kind]
    return share(_STEEPNESS * weight, read.owner, len(read.name))


def share(score: Floats, owner: Ints, n: int) -> Floats:
    """Return the softmax of scores within each unit."""
    most = np.full(n, -np.inf)
    np.maximum.at(most, owner, score)
    mass = np.exp(score - most[owner])
    return np.asarray(mass / np.bincount(owner, mass, n)[owner])


def describe_readings(document: Document, read: DistinctNames, names: KnownNames) -> NDArray[np.float32]:
    """Return readings × `FEATURES`."""
    scene = _Scene(document, read, names)
    columns = [*scene.place(), *scene.cues(), *scene.named(), *scene.shares(), *scene.distances(), *scene.outside()]
    return np.concatenate(columns).reshape(len(FEATURES), -1).T.astype("float32", order="C")


class _Scene:
    """The columns of `describe`, in groups."""

    def __init__(self, document: Document, read: DistinctNames, names: KnownNames) -> None:
        self.document, self.read, self.names = document, read, names
        self.belief = belief = prior_belief(read, names.places)
        self.places = places = names.places
        self.n = len(read.name)
        self.owner, place = read.owner, read.place
        self.kind, self.country, self.admin1 = places.kind[place], places.country[place], places.admin1[place]
        self.radius = places.radius[place].astype("float64")
        self.prominence = places.prominence[place].astype("float64")
        self.weight = self.prominence + NAME_WEIGHTS[read.name_kind]
        self.mentions = np.bincount(read.of, document.chance, self.n)
        self.vector = _vectors(places, place)
        # Only readings that are believed say anything about the others.
        self.believed = (belief > _BELIEVED).nonzero()[0]
        self.km = _kilometres(self.vector, self.vector[self.believed])
        self.other = self.owner[:, None] != self.owner[self.believed][None, :]
        self.same_name = read.name[self.owner][:, None] == read.name[self.owner[self.believed]][None, :]

    def place(self) -> list[NDArray[np.generic]]:
        """Return what the place is, and how prominent among its namesakes."""
        read, owner = self.read, self.owner
        most = self._most(self.weight)
        starts = np.searchsorted(owner, np.arange(self.n))
        rank = np.arange(len(owner)) - starts[owner]
        ordered = np.append(self.weight, -9.0)
        count = np.bincount(owner, minlength=self.n)
        second = np.where(count > 1, ordered[np.minimum(starts + 1, len(owner))], 0.0)
        lead = np.where(rank == 0, self.weight - second[owner], self.weight - most[owner])
        first = np.full(self.n, len(self.document.first))
        np.minimum.at(first, read.of, np.arange(len(read.of)))
        table = self.names.table[read.name]
        return [
            self.prominence,
            most[owner] - self.weight,
            rank,
            np.log(count)[owner],
            self.kind,
            read.name_kind,
            table[owner, _WAY],
            self.belief,
            self.weight,
            lead,
            self.kind[starts][owner],
            np.log(self.radius + 1),
            np.log1p(self.mentions)[owner],
            (first / max(len(read.of), 1))[owner],
            np.full(len(owner), np.log1p(self.n)),
            table[owner, _EXACT],
        ]

    def _most(self, values: Floats) -> Floats:
        most = np.full(self.n, -np.inf)
        np.maximum.at(most, self.owner, values)
        return most

    def _holding(self) -> Bools:
        """Return readings × believed readings: whether the latter contains the former."""
        outer = self.believed
        kind, size = self.kind[outer][None, :], _RANKS[self.kind[outer]][None, :]
        same_country = (self.country[:, None] == self.country[outer][None, :]) & (self.country[:, None] >= 0)
        same_unit = (self.admin1[:, None] == self.admin1[outer][None, :]) & (self.admin1[:, None] >= 0)
        near = self.km <= self.radius[outer][None, :] * 1.3 + 10
        smaller = (_RANKS[self.kind][:, None] < size) | ((kind == _CITY) & (self.km < 40))
        holds = np.where(kind == _COUNTRY, same_country, np.where(kind == _ADMIN1, same_unit, near))
        return np.asarray(holds & smaller & ~self.same_name)

    def cues(self) -> list[NDArray[np.generic]]:
        """Return what stands right before and behind the name, and whether that holds the place."""
        document, read = self.document, self.read
        if self.n == 1:
            # A name that stands alone, as in most notes: nothing beside it holds it.
            return [np.zeros(len(self.owner))] * 6
        holds = self.holds = self._holding()
        mass = holds * self.belief[self.believed]
        n, owner_of = self.n, self.owner[self.believed]
        by_unit = np.zeros((len(self.owner), n))
        for unit in range(n):
            by_unit[:, unit] = mass[:, owner_of == unit].sum(axis=1)
        self.by_unit = by_unit
        out = np.zeros((4, len(self.owner)))
        gap = document.first[1:] - document.last[:-1]
        pairs = [
            (0, read.of[:-1], read.of[1:], document.comma[:-1]),
            (1, read.of[:-1], read.of[1:], (gap <= 9) & ~document.comma[:-1]),
            (2, read.of[1:], read.of[:-1], (gap <= 6)),
        ]
        for row, inner, outer, there in pairs:
            if there.any():
                linked = np.zeros((n, n), dtype=bool)
                linked[inner[there], outer[there]] = True
                linked.ravel()[:: n + 1] = False
                out[row] = (by_unit * linked[self.owner]).max(axis=1, initial=0.0)
        inside, elsewhere = np.zeros((2, len(self.owner)))
        comma = document.comma[:-1]
        if not comma.any():
            return [out[0], np.zeros(len(self.owner), dtype=bool), out[1], out[2], inside, elsewhere]
        # A name behind a comma that no reading lies in says that it is a list.
        cued = np.zeros(n, dtype=bool)
        cued[read.of[:-1][comma]] = True
        held = self._most(out[0])
        other = np.where(cued[self.owner] & (held[self.owner] > 0.05), out[0] <= 0.01, False)
        # "Ontario" in "London, Ontario": the unit that holds the name before it.
        linked = np.zeros((n, n), dtype=bool)
        linked[read.of[1:][comma], read.of[:-1][comma]] = True
        for position, reading in enumerate(self.believed.tolist()):
            within = linked[self.owner[reading], self.owner] & holds[:, position]
            if within.any():
                inside[reading] = (self.belief * within).sum()
        # The same name with a cue, elsewhere in the document.
        for unit in (read.cue >= 0).nonzero()[0].tolist():
            twins = np.flatnonzero((read.name == read.name[unit]) & (np.arange(n) != unit))
            if len(twins):
                mine = np.flatnonzero(self.owner == unit)
                for twin in twins.tolist():
                    theirs = np.flatnonzero(self.owner == twin)
                    elsewhere[theirs] = np.maximum(elsewhere[theirs], out[0][mine])
        return [out[0], other, out[1], out[2], inside, elsewhere]

    def named(self) -> list[NDArray[np.generic]]:
        """Return how often, and how near, the document names the country and the first-level unit of the place."""
        document, read = self.document, self.read
        columns: list[NDArray[np.generic]] = []
        words = []
        for code, kind in ((self.country, _COUNTRY), (self.admin1, _ADMIN1)):
            size = int(code.max(initial=-1)) + 2
            says = ((self.kind == kind) & (self.belief > _BELIEVED)).nonzero()[0]
            said = self.belief[says] * self.mentions[self.owner[says]]
            volume = np.bincount(code[says] + 1, said, size)
            volume[0] = 0
            own = np.zeros(len(self.owner))
            own[says] = said
            rest = np.maximum(volume[code + 1] - own, 0)
            columns.append(np.log1p(rest))
            words.append((code, says, rest / max(volume.sum(), 1.0)))
        shares = [part for _, _, part in words]
        if self.n == 1:
            return [*columns, *shares, *[np.full(len(self.owner), np.log1p(float(_FAR_WORDS)))] * 3]
        far = []
        nearest = _words_apart((document.first + document.last) / 2, read.of, self.n)
        for code, says, _ in words:
            best = np.full(len(self.owner), float(_FAR_WORDS))
            sure = says[self.belief[says] > 0.25]
            for reading in sure.tolist():
                same = (code == code[reading]) & (self.owner != self.owner[reading]) & (code >= 0)
                best[same] = np.minimum(best[same], nearest[self.owner[same], self.owner[reading]])
            far.append(np.log1p(best))
        close = (self.km < 60) & self.other & ~self.same_name & (self.belief[self.believed] > 0.25)[None, :]
        words_apart = nearest[self.owner[:, None], self.owner[self.believed][None, :]]
        near = np.where(close, words_apart, float(_FAR_WORDS)).min(axis=1, initial=float(_FAR_WORDS))
        return [*columns, *shares, *far, np.log1p(near)]

    def shares(self) -> list[NDArray[np.generic]]:
        """Return how much of what the other names may mean lies in the same country and first-level unit."""
        out: list[NDArray[np.generic]] = []
        ranks: list[NDArray[np.generic]] = []
        weight = self.belief * np.log1p(self.mentions)[self.owner]
        for code in (self.country, self.admin1):
            size = int(code.max(initial=-1)) + 2
            total = np.bincount(code + 1, weight, size)
            total[0] = 0
            own = np.bincount(self.owner * size + code + 1, weight, self.n * size)[self.owner * size + code + 1]
            rest = np.where(code >= 0, total[code + 1] - own, 0)
            out.append(rest / max(weight.sum(), 1e-9))
            order = np.argsort(-total, kind="stable")
            position = np.empty(size, dtype="int64")
            position[order] = np.arange(size)
            ranks.append(np.where(code >= 0, np.minimum(position[code + 1], 20), 21))
        return [*out, *ranks]

    def distances(self) -> list[NDArray[np.generic]]:
        """Return how near the other names may lie."""
        if self.n == 1:
            return list(np.repeat([_ALONE], len(self.owner), axis=0).T)
        apart = self.other & ~self.same_name
        belief = self.belief[self.believed]
        owner = self.owner[self.believed]
        # Of each other unit the reading counts that lies nearest, far ones at a discount for doubt.
        cost = np.where(apart, np.log(self.km + 10) - 0.5 * np.log(belief)[None, :], 99.0)
        best = np.full((len(self.owner), self.n), 99.0)
        within = np.zeros((3, len(self.owner), self.n))
        starts = np.flatnonzero(np.append(True, owner[1:] != owner[:-1])) if len(owner) else np.empty(0, dtype="int64")
        if len(starts):
            present = owner[starts]
            best[:, present] = np.minimum.reduceat(cost, starts, axis=1)
            for row, limit in enumerate((30, 160, 500)):
                mass = np.where(apart & (self.km < limit), belief, 0.0)
                within[row][:, present] = np.add.reduceat(mass, starts, axis=1)
        known = best < 99
        units_around = np.maximum(known.sum(axis=1), 1)
        near = within.sum(axis=2) / units_around
        mean = np.where(known, best, 0).sum(axis=1) / units_around
        first = np.where(known.any(axis=1), best[:, self.read.of[0]] if len(self.read.of) else 0, 12.0)
        held = (self.by_unit > 0.2).sum(axis=1)
        holds = np.zeros(len(self.owner))
        counted = np.log1p(self.mentions)[self.owner] * self.belief
        holds[self.believed] = (counted[:, None] * self.holds).sum(axis=0)
        return [*near, best.min(axis=1, initial=99.0), mean, held, holds, first]

    def outside(self) -> list[NDArray[np.generic]]:
        """Return what is known from outside the document."""
        document, size = self.document, int(self.country.max(initial=-1)) + 2
        has = np.zeros((self.n, size), dtype=bool)
        has[self.owner, self.country + 1] = True
        has[:, 0] = False
        shared = has.sum(axis=0)[self.country + 1] / max(self.n, 1)
        columns: list[NDArray[np.generic]] = [shared]
        if not len(document.earlier):
            return [*columns, *(np.full(len(self.owner), value) for value in (-1.0, -1.0, -1.0, 0.0))]
        places, at, weight = self.places, document.earlier, document.earlier_weight
        near = _kilometres(self.vector, _vectors(places, at)) < 160
        same_unit = (self.admin1[:, None] == places.admin1[at][None, :]) & (self.admin1[:, None] >= 0)
        same_country = (self.country[:, None] == places.country[at][None, :]) & (self.country[:, None] >= 0)
        total = weight.sum()
        columns += [there @ weight / total for there in (near, same_unit, same_country)]
        return [*columns, np.full(len(self.owner), np.log1p(total))]


def _words_apart(middle: Floats, of: Ints, n: int) -> Floats:
    """Return n × n: how many words at least are between two names, at most `_FAR_WORDS`.

    Only pairs of mentions that are nearer than that are looked at: a list of ten thousand towns has a hundred million.
    """
    order = np.argsort(middle, kind="stable")
    middle, of, numbers = middle[order], of[order], np.arange(len(middle))
    count = np.searchsorted(middle, middle + _FAR_WORDS) - numbers
    one = np.repeat(numbers, count)
    other = np.arange(len(one)) - np.repeat(np.cumsum(count) - count, count) + one
    nearest = np.full((n, n), float(_FAR_WORDS))
    np.minimum.at(nearest, (of[one], of[other]), middle[other] - middle[one])
    return np.asarray(np.minimum(nearest, nearest.T))


def _vectors(places: PlaceArrays, at: Ints) -> Floats:
    """Return places as points on the unit sphere."""
    lon, lat = np.radians(places.lon[at]), np.radians(places.lat[at])
    across = np.cos(lat)
    return np.stack([across * np.cos(lon), across * np.sin(lon), np.sin(lat)], axis=1)


def _kilometres(one: Floats, other: Floats) -> Floats:
    """Return the great-circle distances between points on the unit sphere, in km."""
    return np.asarray(2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.minimum(np.maximum((1 - one @ other.T) / 2, 0), 1))))
