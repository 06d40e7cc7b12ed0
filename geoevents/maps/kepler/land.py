"""The land under the events of a page: it is the same for every map, and lies in the package as the page holds it.

`write_land` makes the file anew from the bundled gazetteer; that has to be done when its layer ``basemap`` has changed.
"""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import TYPE_CHECKING

import orjson
import pandas as pd
import shapely

from geoevents.maps.display_rows import cell
from geoevents.maps.kepler.datasets import Json, basemap, collection, feature, geojson_of

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["NAME", "land", "land_of", "packed_land", "write_land"]

# The data set's id.
NAME = "land"
_FILE = Path(__file__).parent.parent.parent / "data" / "land.json.gz"
# Square degrees: about 60 km² at the equator.
_ISLET = 0.005


def packed_land() -> bytes:
    """Return the land as a data set, JSON in gzip."""
    return _FILE.read_bytes()


def land() -> Json:
    """Return the land as a data set.

    Examples
    --------
    >>> land()["id"]
    'land'
    """
    found: Json = orjson.loads(gzip.decompress(packed_land()))
    return found


def land_of(countries: gpd.GeoDataFrame) -> Json:
    """Return country shapes as a data set; islets are left out, but not a country that is one."""
    parts = countries.reset_index(drop=True).explode(index_parts=False)
    area = pd.Series(shapely.area(parts.geometry.to_numpy()), index=parts.index)
    largest = area.groupby(level=0).transform("max")
    seen = parts[((area > _ISLET) | (area == largest)).to_numpy()]
    names = seen["name"] if "name" in seen else [None] * len(seen)
    shapes = geojson_of(seen.geometry.to_numpy())
    return collection(NAME, [feature(shape, {"land": cell(name)}) for shape, name in zip(shapes, names, strict=True)])


def write_land() -> None:
    """Write the file that `land` reads."""
    _FILE.write_bytes(gzip.compress(orjson.dumps(land_of(basemap())), compresslevel=9, mtime=0))
