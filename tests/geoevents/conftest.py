"""A gazetteer small enough to read here, with the public methods of the real one, and events placed by it."""

from collections.abc import Iterable, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import Point, box

import geoevents as ge
from gazetteer import ArgumentError, Match, Place
from gazetteer.bundled import BUNDLED
from gazetteer.geometry.groups import Groups

# phrase: status, id, name, kind, country, admin1, lon, lat, radius
PLACES: dict[str, tuple[str, str, str, str, str | None, str | None, float, float, float]] = {
    "almaty": ("matched", "geonames:1526384", "Almaty", "city", "KAZ", "KZ-75", 76.95, 43.25, 15.0),
    "mangystau": ("matched", "iso:KZ-47", "Mangystau", "admin1", "KAZ", "KZ-47", 53.5, 44.0, 280.0),
    "kazakhstan": ("matched", "iso:KZ", "Kazakhstan", "country", "KAZ", None, 67.0, 48.0, 1200.0),
    "springfield": (
        "ambiguous",
        "geonames:4409896",
        "Springfield",
        "city",
        "USA",
        "US-MO",
        -93.3,
        37.2,
        10.0,
    ),
    "pacific ocean": (
        "matched",
        "sea:pacific-ocean",
        "Pacific Ocean",
        "sea",
        None,
        None,
        -150.0,
        0.0,
        8000.0,
    ),
    "namibia": ("matched", "iso:NA", "Namibia", "country", "NAM", None, 17.0, -22.0, 700.0),
}
SHAPES = {
    "iso:KZ-47": box(50, 42, 57, 46),
    "iso:KZ": box(46, 40, 87, 55),
    "iso:NA": box(11, -29, 25, -17),
    "sea:pacific-ocean": box(120, -60, 290, 60),
}
COUNTRIES = {"kazakhstan": "KAZ", "kz": "KAZ", "kaz": "KAZ", "us": "USA", "united states": "USA", "na": "NAM"}
TEXTS = ("query", "status", "place_id", "name", "kind", "country", "admin1", "method", "reason")


class FakeGazetteer:
    """Knows six phrases; answers in the real one's forms."""

    groups = Groups(BUNDLED)

    def resolve(self, phrase: str, *, country: str | None = None, on: object = None) -> Match:
        self._country(country)
        row = self._row([phrase], country)
        if row["place_id"] is None:
            return Match(phrase, "unresolved", None, 0.0, "none", None)
        place = Place(*(row[key] for key in ("place_id", "name", "kind", "country", "admin1", "lon", "lat")), None, 1)
        return Match(phrase, row["status"], place, row["score"], "exact", 1.0)

    def resolve_many(
        self, column: Sequence[str | None] | pd.DataFrame, *, country: Any = None, on: Any = None, context: str = "row"
    ) -> pd.DataFrame:
        frame = column if isinstance(column, pd.DataFrame) else pd.DataFrame({"query": column})
        hints = [country] * len(frame) if country is None or isinstance(country, str) else list(country)
        rows = [self._row(list(row), hint) for row, hint in zip(frame.to_numpy(), hints, strict=True)]
        out = pd.DataFrame(rows, columns=[*TEXTS[:7], "lon", "lat", "radius_km", "score", *TEXTS[7:]])
        out = out.set_axis(frame.index).astype(dict.fromkeys(TEXTS, "category"))
        return out.astype(dict.fromkeys(("lon", "lat", "radius_km", "score"), "float64"))

    def resolve_distinct(self, column: Any, **options: Any) -> tuple[pd.DataFrame, np.ndarray]:
        answers = self.resolve_many(column, **options).reset_index(drop=True)
        return answers, np.arange(len(answers))

    def geometries(self, ids: Iterable[str | None], *, on: object = None) -> np.ndarray:
        points = {place[1]: Point(place[6], place[7]) for place in PLACES.values()}
        ids = list(ids)
        out = np.empty(len(ids), dtype=object)
        out[:] = [SHAPES.get(place_id, points.get(place_id)) for place_id in ids]
        return out

    def layer(self, name: str) -> gpd.GeoDataFrame:
        return gpd.GeoDataFrame({"id": ["iso:KZ"]}, geometry=[SHAPES["iso:KZ"]], crs="EPSG:4326")

    def info(self) -> dict[str, Any]:
        source = {"name": "GeoNames", "version": "1", "licence": "CC BY 4.0", "attribution": "GeoNames"}
        return {"version": "0", "build": "fake", "layers": {}, "sources": [source], "attribution": "GeoNames"}

    def _country(self, hint: str | None) -> str | None:
        if hint is None or hint != hint or not hint.strip():
            return None
        if hint.strip().lower() not in COUNTRIES:
            raise ArgumentError(f"Country: expected a code or a name, got {hint!r}.")
        return COUNTRIES[hint.strip().lower()]

    def _row(self, phrases: list[Any], hint: str | None) -> dict[str, Any]:
        country = self._country(hint)
        phrases = [phrase for phrase in phrases if isinstance(phrase, str) and phrase.strip()]
        empty = dict.fromkeys(("place_id", "name", "kind", "country", "admin1", "lon", "lat", "radius_km"))
        row = {"query": ", ".join(phrases), **empty, "status": "unresolved", "score": 0.0, "method": "none"}
        for level, phrase in enumerate(phrases):
            found = PLACES.get(phrase.strip().lower())
            if found and country in (None, found[4]):
                status, *place = found
                method = "container" if level else "exact"
                names = ("place_id", "name", "kind", "country", "admin1", "lon", "lat", "radius_km")
                row |= {
                    **dict(zip(names, place, strict=True)),
                    "status": status,
                    "score": 0.9,
                    "method": method,
                }
                return {**row, "reason": "namesakes" if status == "ambiguous" else ""}
        return {**row, "reason": "not in the gazetteer"}


@pytest.fixture
def fake() -> FakeGazetteer:
    return FakeGazetteer()


@pytest.fixture
def bundled(monkeypatch: pytest.MonkeyPatch, fake: FakeGazetteer) -> FakeGazetteer:
    """Put the small gazetteer where the bundled one is loaded from."""
    monkeypatch.setattr("gazetteer.load", lambda folder=None: fake)
    return fake


@pytest.fixture
def records() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "id": ["007", "008", "009", "010"],
            "location": ["Almaty", "Interfax", None, "Springfield"],
            "adm_1": ["Almaty", None, "Mangystau", None],
            "date": ["2022-01-05", "2022-01", "soon", "2022-01-04/2022-01-09"],
            "fatalities": ["103", "many", None, "0"],
            "source": ["AFP", "AFP", None, "AFP"],
        },
        index=[10, 3, 7, 1],
    )


@pytest.fixture
def events(records: pd.DataFrame, fake: FakeGazetteer) -> gpd.GeoDataFrame:
    return ge.locate(records, gazetteer=fake)
