"""Read the layers of GeoPackages, FlatGeobufs and shapefiles with GDAL."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import shapely
from pyarrow import ArrowException
from shapely.errors import ShapelyError

from geoevents.errors import ReadError
from geoevents.frame.provenance import KEY, provenance_from_json
from geoevents.frame.shape_depth import from_wkb
from geoevents.frame.sidecar import UNPLACED, companion
from geoevents.readers.file_frames import foreign_frame, restored_frame
from geoevents.readers.written_tables import csv_cells

__all__ = ["read_flatgeobuf", "read_geopackage", "read_shapefile"]

_LOG = logging.getLogger("geoevents")

# What libraries raise of damaged files, whatever they promise.
_DAMAGE = (RuntimeError, ValueError, OSError, LookupError, TypeError, ArrowException, ShapelyError)


def read_flatgeobuf(path: Path) -> gpd.GeoDataFrame:
    """Read a FlatGeobuf; rows without a place come from the file beside it."""
    cells, shapes, crs, record = _layer(path, None)
    facts, note = provenance_from_json(record)
    if note is None:
        return foreign_frame(cells, shapes, crs)
    if note.get("unplaced"):
        cells, shapes = _with_unplaced(path, cells, shapes, note)
    return restored_frame(cells, shapes, note, facts)


def _with_unplaced(
    path: Path, cells: pd.DataFrame, shapes: Sequence[object], note: dict[str, Any]
) -> tuple[pd.DataFrame, list[object]]:
    """Return the rows of a file together with those that went to the file beside it."""
    beside = companion(path.resolve(), UNPLACED)
    count = f"{note['unplaced']} event{'' if note['unplaced'] == 1 else 's'} without a place"
    rest = csv_cells(beside) if beside.is_file() else None
    if rest is None:
        _LOG.warning("%s: %s went to %s, which is not there.", path, count, beside.name)
        return cells, list(shapes)

    if not _complete(cells, rest, note):
        _LOG.warning(
            "%s: %s went to %s, which has other rows now, so that they are left out.", path, count, beside.name
        )
        return cells, list(shapes)
    _LOG.info("%s: %s read from %s.", path, count, beside.name)
    described = {column["name"]: column for column in note["columns"]}
    if cells.empty:
        return rest, [None] * len(rest)
    parts = {
        name: pd.concat([cells[name].astype(object), rest[name].astype(object)], ignore_index=True)
        for name in cells.columns
        if name in rest.columns and (name in described or name == note["order"])
    }
    return pd.DataFrame(parts), [*shapes, *([None] * len(rest))]


def _complete(cells: pd.DataFrame, rest: pd.DataFrame, note: dict[str, Any]) -> bool:
    """Return whether the rows of two files are those of one frame: as many as were written, no number twice."""
    order = note.get("order")
    if len(rest) != note["unplaced"] or order not in rest.columns or (order not in cells.columns and len(cells)):
        return False
    numbers = pd.to_numeric(rest[order], errors="coerce")
    placed = pd.to_numeric(cells[order], errors="coerce") if len(cells) else numbers[:0]
    return bool(numbers.notna().all() and numbers.is_unique and not numbers.isin(placed).any())


def read_shapefile(path: Path) -> gpd.GeoDataFrame:
    """Read a shapefile."""
    cells, shapes, crs, _ = _layer(path, None)
    return foreign_frame(cells, shapes, crs)


def read_geopackage(path: Path, named: str | int | None = None) -> gpd.GeoDataFrame:
    """Read a layer of a GeoPackage: the one named by name or number, else ``events``, else the first."""
    import pyogrio

    try:
        layers = [str(name) for name, kind in pyogrio.list_layers(path) if kind is not None]
        every = [str(name) for name, _ in pyogrio.list_layers(path)]
    except (RuntimeError, ValueError, OSError) as error:
        why = str(error).splitlines()[0]
        raise ReadError(f"{path}: expected a GeoPackage, but it cannot be read ({why}).") from error
    wanted = "events" if "events" in layers else next(iter(layers), None)
    if named is not None:
        at = int(named) - 1 if str(named).isdecimal() and str(named) not in every else -1
        wanted = every[at] if 0 <= at < len(every) else str(named)
        if wanted not in every:
            raise ReadError(f"{path}: expected a layer that is one of {', '.join(every)}, got {named!r}.")
        cells, shapes, crs, _ = _layer(path, wanted)
        return foreign_frame(cells, shapes, crs)
    if wanted is None:
        raise ReadError(f"{path}: expected a layer with geometries, but there is none.")
    cells, shapes, crs, record = _layer(path, wanted)
    facts, note = provenance_from_json(record)
    if note is None:
        if len(layers) > 1:
            _LOG.warning("%s: read the layer %s of %s.", path, wanted, ", ".join(layers))
        return foreign_frame(cells, shapes, crs)
    whole = list(shapes)
    if "unplaced" in every:
        rest = _layer(path, "unplaced")[0]
        whole += [None] * len(rest)
        parts = {
            name: pd.concat([cells[name].astype(object), rest[name].astype(object)], ignore_index=True)
            for name in cells.columns
        }
        cells = pd.DataFrame(parts) if len(cells) else rest
    if note.get("place") in cells.columns and "places" in layers:
        whole = _with_areas(path, cells.pop(note["place"]), whole)
    return restored_frame(cells, whole, note, facts)


def _with_areas(path: Path, link: pd.Series, shapes: list[object]) -> list[object]:
    """Return the shapes with the areas of places put back where rows refer to one."""
    places, areas, _, _ = _layer(path, "places")
    single = places["shape"].eq("Polygon").to_numpy()
    own = [
        area.geoms[0] if alone and shapely.get_num_geometries(area) == 1 and area.geom_type == "MultiPolygon" else area
        for area, alone in zip(areas, single, strict=True)
    ]
    return [
        own[int(number) - 1] if not pd.isna(number) and 0 < int(number) <= len(own) else shape
        for number, shape in zip(link, shapes, strict=True)
    ]


def _layer(path: Path, layer: str | None) -> tuple[pd.DataFrame, Sequence[Any], str | None, str | None]:
    """Return a layer's cells, geometries, CRS and record."""
    import pyogrio

    try:
        metadata, table = pyogrio.read_arrow(path, layer=layer)
        info = pyogrio.read_info(path, layer=layer)
        named = [str(name) for name in metadata["fields"]]
        # By position: a column may have the geometry's name.
        shapes: Sequence[Any] = [None] * table.num_rows
        if table.num_columns > len(named):
            shapes = from_wkb(table.column(table.num_columns - 1).to_numpy(zero_copy_only=False))
        cells = pd.DataFrame({name: _series(table.column(n)) for n, name in enumerate(named)})
    except _DAMAGE as error:
        why = " ".join((str(error) or type(error).__name__).split())[:200].rstrip(".")
        raise ReadError(f"{path}: expected a file that GDAL opens, but it cannot be read ({why}).") from error
    return cells, shapes, metadata["crs"], (info.get("layer_metadata") or {}).get(KEY)


def _series(column: pa.ChunkedArray) -> pd.Series:
    kind = column.type
    if pa.types.is_date(kind):
        column = column.cast(pa.timestamp("s"))
    whole = pd.BooleanDtype() if pa.types.is_boolean(kind) else pd.Int64Dtype()
    mapped = {kind: whole} if pa.types.is_boolean(kind) or pa.types.is_integer(kind) else {}
    found: pd.Series = column.to_pandas(types_mapper=mapped.get)
    return found
