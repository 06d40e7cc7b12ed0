"""The online services that can be asked, and how a row of their JSON becomes a checked place.

One table, `SERVICES`; geopy makes the requests. A service says how its geocoder is made, how it is asked about a phrase
inside a country, and which place a row of its answer is. A row that is not a place raises one of `NO_ANSWER`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pycountry
from geopy.exc import GeopyError
from geopy.geocoders import Nominatim, Pelias, Photon

from gazetteer.geometry.sphere import haversine_km
from gazetteer.model import Kind, Place

__all__ = ["NO_ANSWER", "SERVICES", "Answer", "Service", "checked_rows"]

# What a server can send that is not an answer; deep JSON is a RecursionError.
NO_ANSWER = (GeopyError, OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError)

_OSM = "© OpenStreetMap contributors, ODbL"
_ASKED_FOR = 5
# Photon cannot be told a country: of more answers some lie inside it.
_ASKED_FOR_ANYWHERE = 15
_LEAST_KM = 0.5
# Where an answer has no extent: nine tenths of the places of the kind in the bundled tables are no larger.
_USUAL_KM: dict[Kind, float] = {
    "country": 740.0, "admin1": 180.0, "admin2": 115.0, "city": 3.5, "airport": 3.5, "sea": 580.0,
}  # fmt: skip
_KINDS: dict[str, Kind] = {
    **dict.fromkeys(("country", "dependency"), "country"),
    **dict.fromkeys(("state", "region", "macroregion", "province", "ISO3166-2-lvl4"), "admin1"),
    **dict.fromkeys(("county", "macrocounty", "district", "state_district", "municipality", "localadmin"), "admin2"),
    **dict.fromkeys(("city_district", "borough"), "admin2"),
    **dict.fromkeys(("city", "town", "village", "hamlet", "suburb", "quarter", "neighbourhood", "locality"), "city"),
    "aerodrome": "airport",
    **dict.fromkeys(("sea", "ocean", "marinearea", "bay", "strait"), "sea"),
}
# A district of Photon's is a part of a city.
_PHOTON_KINDS = {**_KINDS, "district": "city"}


@dataclass(frozen=True)
class Answer:
    """A place that a service gave, and how much speaks for it beside its rivals; 0 where the service does not say."""

    place: Place
    weight: float


@dataclass(frozen=True)
class Service:
    """An online service.

    Parameters
    ----------
    name
        As ``--online`` takes it.
    attribution
        What a map that shows its answers must say.
    domain
        Of the public server; None where there is none.
    make
        Makes geopy's geocoder of a domain, a scheme and other options; a key goes to services that take one.
    ask
        Asks a geocoder about a phrase inside a country (ISO 3166-1 alpha-3, or None); returns raw rows.
    answer_of
        Reads a raw row.
    forgives
        Whether the service finds other spellings, and so something for everything.
    takes_key
        Whether the service knows keys.
    """

    name: str
    attribution: str
    domain: str | None
    make: Callable[..., Any]
    ask: Callable[[Any, str, str | None], list[Any]]
    answer_of: Callable[[dict[str, Any]], Answer]
    forgives: bool = False
    takes_key: bool = False


def checked_rows(rows: Any, service: Service) -> list[dict[str, Any]]:
    """Return rows of a service's JSON, all of which are places that can be kept.

    Raises
    ------
    ValueError, TypeError, LookupError, AttributeError, RecursionError
        When they are not.
    """
    if not isinstance(rows, list):
        raise TypeError(f"expected a list of places, got {type(rows).__name__}")
    json.dumps(rows, ensure_ascii=False, allow_nan=False).encode("utf-8")
    for row in rows:
        service.answer_of(row)
    return rows


def _ask_nominatim(geocoder: Any, phrase: str, country: str | None) -> list[Any]:
    found = geocoder.geocode(
        phrase,
        exactly_one=False,
        limit=_ASKED_FOR,
        addressdetails=True,
        language="en",
        country_codes=_alpha2(country),
    )
    return [location.raw for location in found or []]


def _ask_photon(geocoder: Any, phrase: str, country: str | None) -> list[Any]:
    limit = _ASKED_FOR if country is None else _ASKED_FOR_ANYWHERE
    found = geocoder.geocode(phrase, exactly_one=False, limit=limit, language="en")
    return [location.raw for location in found or []]


def _ask_pelias(geocoder: Any, phrase: str, country: str | None) -> list[Any]:
    countries = [country] if country is not None else None
    found = geocoder.geocode(phrase, exactly_one=False, language="en", countries=countries)
    return [location.raw for location in found or []]


def _of_nominatim(row: dict[str, Any]) -> Answer:
    """Return a row of Nominatim's JSON; its importance is how well known the place is."""
    lon, lat = _position(row["lon"], row["lat"])
    south, north, west, east = (float(value) for value in row["boundingbox"])
    address = row.get("address") or {}
    kind = _KINDS.get(_text_of(row, "addresstype") or _text_of(row, "type"), "derived")
    osm = f"{row.get('osm_type', 'place')}/{row.get('osm_id', row.get('place_id'))}"
    place = Place(
        id=f"osm:{osm}",
        name=_text_of(row, "name") or str(row["display_name"]).split(",")[0],
        kind=kind,
        country=_alpha3(str(address.get("country_code", ""))),
        admin1=_text_of(address, "ISO3166-2-lvl4") or None,
        lon=lon,
        lat=lat,
        population=None,
        radius_km=_radius(lon, lat, (west, south, east, north)),
    )
    return Answer(place, _share_of(row, "importance", math.inf))


def _of_photon(row: dict[str, Any]) -> Answer:
    """Return a feature of Photon's GeoJSON; Photon does not say how sure it is."""
    lon, lat = _position(*row["geometry"]["coordinates"][:2])
    properties = row["properties"]
    kind = _PHOTON_KINDS.get(_text_of(properties, "type"), "derived")
    kind = _KINDS.get(_text_of(properties, "osm_value"), kind) if kind == "derived" else kind
    letter = _text_of(properties, "osm_type")
    osm = {"N": "node", "W": "way", "R": "relation"}.get(letter, "place")
    name = _text_of(properties, "name") or " ".join(
        filter(None, (_text_of(properties, "street"), _text_of(properties, "housenumber")))
    )
    box = None
    if properties.get("extent") is not None:
        west, north, east, south = (float(value) for value in properties["extent"])
        box = (west, south, east, north)
    place = Place(
        id=f"osm:{osm}/{_number(properties, 'osm_id')}",
        name=_expected(name, "name"),
        kind=kind,
        country=_alpha3(_text_of(properties, "countrycode")),
        admin1=None,
        lon=lon,
        lat=lat,
        population=None,
        radius_km=_radius(lon, lat, box, kind),
    )
    return Answer(place, 0.0)


def _of_pelias(row: dict[str, Any]) -> Answer:
    """Return a feature of Pelias' GeoJSON; its confidence is how well the words fit."""
    lon, lat = _position(*row["geometry"]["coordinates"][:2])
    properties = row["properties"]
    kind = _KINDS.get(_text_of(properties, "layer"), "derived")
    box = None
    if row.get("bbox") is not None:
        west, south, east, north = (float(value) for value in row["bbox"])
        box = (west, south, east, north)
    code = _text_of(properties, "country_a")
    known = pycountry.countries.get(alpha_3=code.upper()) if code else None
    place = Place(
        id=f"pelias:{_expected(_text_of(properties, 'gid'), 'gid')}",
        name=_expected(_text_of(properties, "name"), "name"),
        kind=kind,
        country=str(known.alpha_3) if known else _alpha3(_text_of(properties, "country_code")),
        admin1=None,
        lon=lon,
        lat=lat,
        population=None,
        radius_km=_radius(lon, lat, box, kind),
    )
    return Answer(place, _share_of(properties, "confidence", 1.0))


def _position(lon: Any, lat: Any) -> tuple[float, float]:
    if isinstance(lon, bool) or isinstance(lat, bool):
        raise TypeError(f"expected numbers as position, got {lon!r}, {lat!r}")
    x, y = float(lon), float(lat)
    if not (-180 <= x <= 180 and -90 <= y <= 90):
        raise ValueError(f"expected lon -180..180 and lat -90..90, got {x}, {y}")
    return x, y


def _radius(lon: float, lat: float, box: tuple[float, float, float, float] | None, kind: Kind | None = None) -> float:
    """Return the way to the farthest corner of a box, in km; what is usual for the kind where there is no box."""
    if box is None:
        return _USUAL_KM.get(kind, _LEAST_KM) if kind is not None else _LEAST_KM
    west, south, east, north = box
    if not (-90 <= south <= north <= 90 and abs(west) <= 180 and abs(east) <= 180):
        raise ValueError(f"expected a box on the globe, got {south}, {north}, {west}, {east}")
    corners = haversine_km(
        np.array([lon]), np.array([lat]), np.array([west, west, east, east]), np.array([south, north, south, north])
    )
    return round(max(float(corners.max()), _LEAST_KM), 1)


def _share_of(row: dict[str, Any], name: str, most: float) -> float:
    value = row.get(name) or 0.0
    # What is not a number fails the comparison.
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= most or math.isinf(value):
        raise ValueError(f"expected a number as {name}, got {value!r:.40}")
    return float(value)


def _text_of(row: dict[str, Any], name: str) -> str:
    value = row.get(name)
    if value is not None and not isinstance(value, str):
        raise TypeError(f"expected a text as {name}, got {value!r:.40}")
    return value or ""


def _expected(text: str, name: str) -> str:
    if not text.strip():
        raise ValueError(f"expected a text as {name}, got none")
    return text


def _number(row: dict[str, Any], name: str) -> int:
    value = row[name]
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"expected a number as {name}, got {value!r:.40}")
    return value


def _alpha2(country: str | None) -> str | None:
    found = pycountry.countries.get(alpha_3=country) if country else None
    return found.alpha_2.lower() if found else {"XKX": "xk"}.get(country or "")


def _alpha3(alpha2: str) -> str | None:
    if alpha2.upper() == "XK":
        return "XKX"
    found = pycountry.countries.get(alpha_2=alpha2.upper())
    return str(found.alpha_3) if found else None


SERVICES = {
    service.name: service
    for service in (
        Service("nominatim", _OSM, "nominatim.openstreetmap.org", Nominatim, _ask_nominatim, _of_nominatim),
        Service("photon", _OSM, "photon.komoot.io", Photon, _ask_photon, _of_photon, forgives=True),
        Service(
            "pelias",
            f"{_OSM}; Who's On First; GeoNames, CC BY; OpenAddresses",
            None,
            Pelias,
            _ask_pelias,
            _of_pelias,
            forgives=True,
            takes_key=True,
        ),
    )
}
