"""Write FlatGeobuf and GeoPackage, which a GIS opens, through GDAL.

FlatGeobuf takes no row without a place beside its index: those rows go to a neighbouring ``.unplaced.csv``. A
GeoPackage has a layer for each kind of shape, which is how a GIS likes them: ``events`` are points on their
places; ``places`` are the areas that events refer to in their column ``place``, each once; ``unplaced`` is a
table of the rest. A frame that is not of located events has its shapes in ``events``. The column ``row`` has the
place that each row had. The provenance is metadata of the layer, and of the GeoPackage.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray

from geoevents.errors import ColumnError
from geoevents.exporters.progress import ahead, progress
from geoevents.exporters.qgis import save_styles
from geoevents.exporters.table import write_unplaced
from geoevents.frame.arrow import Flat, Wkb, free_name
from geoevents.frame.provenance import KEY, facts, provenance_to_json
from geoevents.spatial.event_points import placed, spots

__all__ = ["LAYERS", "write_flatgeobuf", "write_geopackage"]

# The layers of a GeoPackage, in the order that a GIS lists them.
LAYERS = ("events", "places", "unplaced")
# What a row of the layer of places says, beside its shape.
_PLACE = ("place_id", "place_name", "place_kind", "country", "admin1", "lon", "lat", "radius_km", "where_prec")
_TYPES = ("Point", "LineString", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon")


@dataclass(frozen=True, slots=True)
class _Layer:
    """A layer in the terms that GDAL takes; without shapes it is a plain table."""

    name: str
    driver: str
    flat: Flat
    rows: NDArray[np.intp]
    shapes: NDArray[np.object_] | None
    crs: str
    # Columns beside those of the frame, as long as it.
    extra: dict[str, pa.Array]
    metadata: dict[str, str]
    options: dict[str, Any]


def write_flatgeobuf(events: gpd.GeoDataFrame, path: Path) -> None:
    """Write a frame as FlatGeobuf to a path, as it is given; `geoevents.write` is the safe way in.

    Source: https://flatgeobuf.org
    """
    flat = Flat(events)
    _check_case(flat.schema.names, "FlatGeobuf", path)
    there = placed(events)
    row = flat.note["order"] = free_name("row", flat.schema.names)
    flat.note["unplaced"] = write_unplaced(flat, np.flatnonzero(~there), path)
    about = {"TITLE": "events", "DESCRIPTION": _description(events), KEY: provenance_to_json(events, flat.note)}
    # GDAL builds no index over nothing.
    options = {"SPATIAL_INDEX": "YES" if there.any() else "NO"}
    shapes = events.geometry.to_numpy()
    extra = {row: _positions(events)}
    rows = np.flatnonzero(there)
    _write(path, _Layer("events", "FlatGeobuf", flat, rows, shapes, _crs(events), extra, about, options))


def write_geopackage(events: gpd.GeoDataFrame, path: Path) -> None:
    """Write a frame as a GeoPackage to a path, as it is given; `geoevents.write` is the safe way in.

    Source: https://www.geopackage.org/spec140/
    """
    flat = Flat(events)
    shape = str(events.geometry.name)
    names = [*flat.schema.names, shape]
    _check_case(names, "GeoPackage", path)
    there = placed(events)
    shapes, places, link = _apart(events, there)
    extra = {free_name("row", names): _positions(events)}
    flat.note["order"] = next(iter(extra))
    if places is not None:
        flat.note["place"] = free_name("place", [*names, *extra])
        extra[flat.note["place"]] = link
    # Version 1.2 is the newest that no GIS in use complains of.
    options = {"FID": free_name("fid", [*names, *extra]), "GEOMETRY_NAME": shape, "VERSION": "1.2"}
    about = {"DESCRIPTION": _description(events), KEY: provenance_to_json(events, flat.note)}
    path.unlink(missing_ok=True)  # GDAL adds layers to a file that is whole, not to an empty one
    rows = np.flatnonzero(there)
    crs = _crs(events)
    _write(path, _Layer("events", "GPKG", flat, rows, shapes, crs, extra, about, options))
    if places is not None:
        metadata = {"DESCRIPTION": f"The areas that events lie in, each once. {_description(events)}"}
        areas = places.geometry.to_numpy()
        own = {"FID": "fid", "GEOMETRY_NAME": str(places.geometry.name)}
        everything = np.arange(len(places))
        _write(path, _Layer("places", "GPKG", Flat(places), everything, areas, crs, {}, metadata, own))
    if not there.all():
        metadata = {"DESCRIPTION": f"Events without a place. {_description(events)}"}
        rest = np.flatnonzero(~there)
        _write(path, _Layer("unplaced", "GPKG", flat, rest, None, crs, extra, metadata, {"FID": options["FID"]}))
    save_styles(path, events, _type(shapes[rows]), places is not None)


def _check_case(names: list[str], what: str, path: Path) -> None:
    seen: dict[str, str] = {}
    for name in names:
        if name.lower() in seen:
            raise ColumnError(
                f"{path.name}: expected names that differ by more than case, which is all {what} tells apart, "
                f"got {seen[name.lower()]!r} and {name!r}; rename one."
            )
        seen[name.lower()] = name


def _description(events: gpd.GeoDataFrame) -> str:
    """Return a line that a person finds in the properties of a layer."""
    known = facts(events)
    counts = ", ".join(f"{count} {status}" for status, count in known["counts"].items())
    said = f"Made by {known['generator']} {known['version']} at {known['created']}."
    said += f" Events: {counts}." if counts else ""
    return f"{said} Sources: {known['attribution']}".rstrip(". ") + "." if known["attribution"] else said


def _positions(events: gpd.GeoDataFrame) -> pa.Array:

    return pa.array(np.arange(len(events), dtype=np.int64))


def _crs(events: gpd.GeoDataFrame) -> str:
    authority = events.crs.to_authority()
    return ":".join(authority) if authority else str(events.crs.to_wkt())


def _apart(
    events: gpd.GeoDataFrame, there: NDArray[np.bool_]
) -> tuple[NDArray[np.object_], gpd.GeoDataFrame | None, pa.Array | None]:
    """Take areas apart from located events: points for all, the distinct areas, and each event's number of one.

    The number is that of the row of places, which counts from 1 as GDAL does.
    """
    shapes = events.geometry.to_numpy()
    wide = there & (shapely.get_type_id(shapes) != 0)
    if not {"lon", "lat"} <= set(events.columns) or not wide.any():
        return shapes, None, None
    objects = {id(shape): shape for shape in shapes[wide]}
    # One shape may be many objects: what a reader made has one a row.
    distinct: dict[bytes, int] = {}
    number = {key: distinct.setdefault(shape.wkb, len(distinct) + 1) for key, shape in objects.items()}
    link = np.zeros(len(events), dtype=np.int64)
    link[wide] = [number[id(shape)] for shape in shapes[wide]]
    first = pd.Series(link[wide], index=np.flatnonzero(wide)).drop_duplicates()
    known = events.iloc[first.index.to_numpy()]
    columns = [name for name in _PLACE if name in known.columns]
    areas = _promoted(known.geometry.to_numpy())
    places = gpd.GeoDataFrame(known[columns].reset_index(drop=True), geometry=areas, crs=events.crs)
    places.insert(len(columns), "events", np.bincount(link[wide], minlength=len(places) + 1)[1:])
    places.insert(len(columns) + 1, "shape", known.geometry.geom_type.to_numpy())
    points = shapes.copy()
    points[wide] = spots(events[wide]).to_numpy()
    return points, places, pa.array(link, mask=link == 0)


def _promoted(areas: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return polygons as multipolygons where all are either, so that a layer has one type."""
    kinds = shapely.get_type_id(areas)
    if not np.isin(kinds, (3, 6)).all() or (kinds == 3).all():
        return areas
    promoted = areas.copy()
    promoted[kinds == 3] = [shapely.MultiPolygon([area]) for area in areas[kinds == 3]]
    return promoted


def _write(path: Path, layer: _Layer) -> None:
    """Hand a layer to GDAL in batches, and check that every row has arrived."""
    import pyogrio

    spatial: dict[str, Any] = {}
    if layer.shapes is not None:
        name = layer.options.get("GEOMETRY_NAME") or free_name("geometry", [*layer.flat.schema.names, *layer.extra])
        kind = _type(layer.shapes[layer.rows])
        spatial = {"geometry_name": name, "geometry_type": kind, "crs": layer.crs}
    whole = {KEY: layer.metadata[KEY]} if layer.driver == "GPKG" and KEY in layer.metadata else None
    try:
        with progress(f"Writing {path.name}", len(layer.rows)) as advance:
            schema, batches = _batches(layer, spatial.get("geometry_name"), advance)
            pyogrio.write_arrow(
                pa.RecordBatchReader.from_batches(schema, batches),
                path,
                layer=layer.name,
                driver=layer.driver,
                layer_metadata=layer.metadata,
                dataset_metadata=whole,
                append=layer.driver == "GPKG" and path.exists(),
                **spatial,
                **layer.options,
            )
        written = pyogrio.read_info(path, layer=layer.name, force_feature_count=True)["features"]
    except (RuntimeError, ValueError, OSError, pa.ArrowException) as error:
        why = (str(error) or type(error).__name__).splitlines()[0].rstrip(".")
        raise OSError(None, why) from error
    if written != len(layer.rows):
        raise OSError(None, f"expected {len(layer.rows)} rows in {layer.name}, {written} arrived")


def _batches(
    layer: _Layer, geometry: str | None, advance: Callable[[int], None]
) -> tuple[pa.Schema, Iterator[pa.RecordBatch]]:

    fields = [pa.field(name, array.type) for name, array in layer.extra.items()]
    if geometry is not None:
        fields.append(pa.field(geometry, pa.binary()))
    schema = pa.schema([*layer.flat.schema, *fields])
    wkb = None if layer.shapes is None else Wkb(layer.shapes)

    def made() -> Iterator[pa.RecordBatch]:
        for positions, batch in layer.flat.batches(layer.rows):
            arrays = [_fit(cells) for cells in batch.columns]
            arrays += [array.take(pa.array(positions)) for array in layer.extra.values()]
            arrays += [] if wkb is None else [wkb.take(positions)]
            yield pa.RecordBatch.from_arrays(arrays, schema=schema)

    def counted() -> Iterator[pa.RecordBatch]:
        for batch in ahead(made()):
            yield batch
            advance(batch.num_rows)

    return schema, counted()


def _type(shapes: NDArray[np.object_]) -> str:

    kinds = np.unique(shapely.get_type_id(shapes))
    if len(kinds) != 1 or kinds[0] >= len(_TYPES):
        return "Unknown"
    deep = shapely.has_z(shapes)
    return "Unknown" if deep.any() and not deep.all() else _TYPES[kinds[0]] + (" Z" if deep.any() else "")


def _fit(cells: pa.Array) -> pa.Array:
    """Return cells with NUL replaced by U+FFFD: GDAL ends a text at the first NUL."""
    if not pa.types.is_large_string(cells.type):
        return cells
    if pc.any(pc.match_substring(cells, "\0")).as_py():
        return pc.replace_substring(cells, "\0", "\ufffd")
    return cells
