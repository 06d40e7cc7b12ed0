"""Prints answers as lines of text, of JSON, and as features of GeoJSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from gazetteer.model import Match, Mention

__all__ = ["collection", "match_feature", "match_row", "mention_feature", "mention_row", "to_json"]


def mention_row(mention: Mention) -> str:
    """Return a line with where a mention stands and what it means, cells parted by tabs."""
    at = f"{mention.start}-{mention.end}\t{mention.tag}"
    return f"{at}\t{match_row(mention.match)}"


def match_row(match: Match) -> str:
    """Return a line with what a phrase means, cells parted by tabs."""
    place = match.place
    if place is None:
        return f"{match.query}\tunresolved\t{match.reason}"
    return "\t".join(
        (
            match.query,
            match.status,
            place.id,
            place.kind,
            place.name,
            place.admin1 or place.country or "",
            f"{place.lon:.4f} {place.lat:.4f}",
            f"±{match.radius_km:g} km",
            f"{match.score:.2f}",
            match.method,
        )
    )


def match_feature(match: Match) -> dict[str, Any]:
    """Return a match as a GeoJSON feature with the shape of its place, null where there is none."""
    import shapely

    shape = match.geometry
    # RFC 7946 wants the outer ring of a polygon counterclockwise.
    geometry = None if shape is None else json.loads(shapely.to_geojson(shapely.orient_polygons(shape)))
    return {"type": "Feature", "geometry": geometry, "properties": match.as_dict()}


def mention_feature(mention: Mention, document: Any = None) -> dict[str, Any]:
    """Return a mention as a GeoJSON feature with a point on its place, null where there is none.

    Parameters
    ----------
    document
        The id of the document it stands in; None where there is only one.
    """
    place = mention.match.place
    geometry = None if place is None else {"type": "Point", "coordinates": [place.lon, place.lat]}
    where = {} if document is None else {"document": document}
    return {"type": "Feature", "geometry": geometry, "properties": {**where, **mention.as_dict()}}


def collection(features: Iterable[dict[str, Any]]) -> Iterator[str]:
    """Yield a GeoJSON FeatureCollection in pieces, a feature a line, none of which needs the others."""
    before = '{"type": "FeatureCollection", "features": [\n'
    for feature in features:
        yield before + to_json(feature)
        before = ",\n"
    yield "\n]}\n" if before == ",\n" else before + "]}\n"


def to_json(value: Any) -> str:
    """Return JSON on one line."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
