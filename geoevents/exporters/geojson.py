"""Write GeoJSON (RFC 7946) as text, one feature a line.

`geoevents.exporters.rfc7946` prepares the shapes; `geoevents.exporters.shapes_once` keeps each
once where they repeat. A row without a place keeps its feature, with a null
geometry. The provenance is the foreign member ``geoevents``: of the collection, and in a text sequence, which
has no collection, of its first feature. ``.geojsons`` is a text sequence (RFC 8142), with a record separator
before each feature; ``.geojsonl`` and ``.ndjson`` have a feature a line and nothing else, for tools that split
at line ends.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

from geoevents.errors import WriteError
from geoevents.exporters.progress import progress
from geoevents.exporters.rfc7946 import DECIMALS, bbox, bbox_of_bounds, rfc7946
from geoevents.exporters.shapes_once import repeated_bytes, separate_areas
from geoevents.frame.arrow import Column, Flat, dump, texts
from geoevents.frame.provenance import KEY, provenance_to_json
from geoevents.frame.sidecar import AREAS, companion, mark
from geoevents.spatial.lonlat import to_lonlat

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = [
    "Shapes",
    "bbox",
    "rfc7946",
    "stand_once",
    "write_geojson",
    "write_lines",
    "write_sequence",
    "write_shapes_once",
]

_LOG = logging.getLogger("geoevents")
# How much text of shapes is built at a time, in bytes: many events may lie in one large country.
_PIECE = 1 << 25
# From so many bytes of repeated shapes on, each stands once unless the caller says otherwise: a file of 50 MB opens in
# every GIS and browser, one of ten times as much in few.
_MOST_REPEATED = 50_000_000
Shapes = Literal["auto", "each", "once", "none"]
# Characters that JSON text must escape.
_MARKS = r'["\\]'
_CONTROLS = r"[\x00-\x1f]"
_CONTROL = re.compile(_CONTROLS)


def write_geojson(events: gpd.GeoDataFrame, path: Path) -> None:
    """Write a frame as a FeatureCollection to a path, as it is given; `geoevents.write` is the safe way in.

    Source: https://www.rfc-editor.org/rfc/rfc7946
    """
    _write_collection(to_lonlat(events), path, {})


def stand_once(events: gpd.GeoDataFrame, shapes: Shapes) -> bool:
    """Return whether shapes stand once in a file of their own: when it is said, or when they would repeat too much."""
    return shapes == "once" or (shapes == "auto" and repeated_bytes(events) > _MOST_REPEATED)


def write_shapes_once(events: gpd.GeoDataFrame, path: Path) -> None:
    """Write events as points, and the areas of their places once, in a file beside theirs."""
    separate = separate_areas(to_lonlat(events))
    beside = companion(path, AREAS)
    _write_collection(separate.areas, beside, {})
    reference = {"key": separate.key, "file": beside.name, "mark": mark(beside)}
    _write_collection(separate.events, path, {"areas": reference})
    _LOG.warning(
        "%s: areas stand once, in %s (%d); the events are points.", path.name, beside.name, len(separate.areas)
    )


def _write_collection(events: gpd.GeoDataFrame, path: Path, noted: dict[str, Any]) -> None:
    flat, shapes = Flat(events), _Shapes(events)
    flat.note.update(noted)
    head: dict[str, object] = {"type": "FeatureCollection"}
    box = shapes.bbox()
    if box:
        head["bbox"] = box
    opening = f'{dump(head)[:-1]}, {dump(KEY)}: {provenance_to_json(events, flat.note)}, "features": [\n'
    with path.open("wb") as file:
        file.write(opening.encode("utf-8", "replace"))
        for text, last in _features(flat, shapes, path, ("", ",\n")):
            file.write(text[:-2] if last else text)
        file.write(b"\n]}\n")


def write_sequence(events: gpd.GeoDataFrame, path: Path) -> None:
    """Write a frame as a GeoJSON text sequence, a record separator before each feature.

    Source: https://www.rfc-editor.org/rfc/rfc8142
    """
    _write_features(events, path, ("\x1e", "\n"))


def write_lines(events: gpd.GeoDataFrame, path: Path) -> None:
    """Write a frame as newline-delimited GeoJSON, a feature a line and nothing else."""
    _write_features(events, path, ("", "\n"))


def _write_features(events: gpd.GeoDataFrame, path: Path, ends: tuple[str, str]) -> None:
    if not len(events):
        raise WriteError(f"{path.name}: expected at least one event, since a text sequence without any is empty.")
    events = to_lonlat(events)
    flat, shapes = Flat(events), _Shapes(events)
    member = f"{dump(KEY)}: {provenance_to_json(events, flat.note)}, ".encode("utf-8", "replace")
    with path.open("wb") as file:
        first = True
        for text, _ in _features(flat, shapes, path, ends):
            if first:
                _write_with_member(file, text, member)
            else:
                file.write(text)
            first = False


def _write_with_member(file: BinaryIO, text: memoryview, member: bytes) -> None:
    """Write features, the first of them with one more member, after its type."""
    start = bytes(text[:64]).index(b'"type": "Feature", ') + len(b'"type": "Feature", ')
    file.write(text[:start])
    file.write(member)
    file.write(text[start:])


def _features(flat: Flat, shapes: _Shapes, path: Path, ends: tuple[str, str]) -> Iterator[tuple[memoryview, bool]]:
    """Yield features as text in UTF-8, many at a time, and whether they are the last."""
    keys = [f"{', ' if n else ''}{dump(column.name)}: " for n, column in enumerate(flat.columns)]
    with progress(f"Writing {path.name}", len(flat)) as advance:
        for rows, batch in flat.batches():
            start, stop = int(rows[0]), int(rows[-1]) + 1
            cells = [_json(array, column) for array, column in zip(batch.columns, flat.columns, strict=True)]
            named = _quoted(_ids(flat, batch, rows))
            for low, high, geometry in shapes.pieces(start, stop):
                here = slice(low - start, high - start)
                parts: list[Any] = [f'{ends[0]}{{"type": "Feature", "id": ', named[here], ', "properties": {']
                for key, array in zip(keys, cells, strict=True):
                    parts += [key, array[here]]
                parts += ['}, "geometry": ', geometry, f"}}{ends[1]}"]
                yield _bytes(_joined(parts)), high == len(flat)
            advance(stop - start)


def _ids(flat: Flat, batch: pa.RecordBatch, rows: NDArray[np.intp]) -> pa.Array:
    """Return the features' ids as text: the events' own, else the index, else the number of the row."""
    index = [level["column"] for level in flat.note["index"]]
    if "event_id" in batch.schema.names:
        return pc.fill_null(texts(batch.column("event_id")), "")
    if len(index) == 1:
        return pc.fill_null(texts(batch.column(index[0])), "")
    return pa.array(rows).cast(pa.large_string())


def _joined(parts: list[Any]) -> pa.Array:

    text = pa.large_string()
    pieces = [pa.scalar(part, text) if isinstance(part, str) else part for part in parts]
    return pc.binary_join_element_wise(*pieces, pa.scalar("", text))


def _bytes(lines: pa.Array) -> memoryview:
    """Return the text of all rows, one after the other, without a copy."""
    _, ends, data = lines.buffers()
    edges = np.frombuffer(ends, dtype=np.int64)[lines.offset : lines.offset + len(lines) + 1]
    return memoryview(data)[int(edges[0]) : int(edges[-1])]


def _json(cells: pa.Array, column: Column) -> pa.Array:
    """Return a column's cells as JSON."""
    if column.kind == "real":
        cells = pc.if_else(pc.is_finite(cells), cells, pa.scalar(None, cells.type))
    written = texts(cells)
    if column.kind in ("text", "shape", "span", "date", "moment"):
        written = _quoted(written, safe=column.kind != "text")
    return pc.fill_null(written, pa.scalar("null", pa.large_string())) if written.null_count else written


def _quoted(cells: pa.Array, safe: bool = False) -> pa.Array:
    """Return text as JSON strings; nulls stay null."""
    text_type = pa.large_string()
    mark = pa.scalar('"', text_type)
    if safe:
        return pc.binary_join_element_wise(mark, cells, mark, pa.scalar("", text_type))
    if pc.any(pc.match_substring_regex(cells, _MARKS)).as_py():
        cells = pc.replace_substring(pc.replace_substring(cells, "\\", "\\\\"), '"', '\\"')
    controls = pc.fill_null(pc.match_substring_regex(cells, _CONTROLS), False)
    if pc.any(controls).as_py():
        # json knows their short forms; the marks are escaped already and stay as they are.
        spelled = [
            _CONTROL.sub(lambda found: json.dumps(found[0])[1:-1], text) for text in cells.filter(controls).to_pylist()
        ]
        cells = pc.replace_with_mask(cells, controls, pa.array(spelled, text_type))
    return pc.binary_join_element_wise(mark, cells, mark, pa.scalar("", text_type))


class _Shapes:
    """The geometries of a frame as text: all points at once, every other shape once for all events that share it."""

    def __init__(self, events: gpd.GeoDataFrame) -> None:

        self._all: NDArray[np.object_] = events.geometry.to_numpy()
        kinds = shapely.get_type_id(self._all)
        self._plain = (kinds == 0) & ~shapely.is_empty(self._all) & ~shapely.has_z(self._all)
        self._other = ~self._plain & (kinds >= 0) & ~shapely.is_empty(self._all)
        self._made: dict[int, tuple[BaseGeometry, str]] = {}
        self._held = 0

    def bbox(self) -> list[float] | None:

        points = self._points(self._plain)
        shapes = list({id(shape): shape for shape in self._all[self._other]}.values())
        clean = [rfc7946(shape) for shape in shapes]
        parts = shapely.get_parts(np.array([shape for shape in clean if not shape.is_empty], dtype=object))
        return bbox_of_bounds(np.concatenate([np.hstack([points, points]), shapely.bounds(parts).reshape(-1, 4)]))

    def pieces(self, start: int, stop: int) -> Iterator[tuple[int, int, pa.Array]]:
        """Yield the rows from `start` to `stop` in stretches, with the text of their geometries."""
        plain, other = self._plain[start:stop], self._other[start:stop]
        distinct = {id(shape): shape for shape in self._all[start:stop][other]}
        place = {key: n for n, key in enumerate(distinct, start=1)}
        written = ["null", *(self._text(shape) for shape in distinct.values())]
        codes = np.zeros(stop - start, dtype=np.int64)
        codes[other] = [place[id(shape)] for shape in self._all[start:stop][other]]
        codes[plain] = len(written) + np.arange(plain.sum())
        points = self._point_texts(start, stop)
        known = pa.concat_arrays([pa.array(written, pa.large_string()), points])
        lengths = np.where(plain, 64, np.array([len(text) for text in written])[np.where(plain, 0, codes)])
        pieces = np.cumsum(lengths) // _PIECE
        edges = [0, *(np.flatnonzero(np.diff(pieces)) + 1), stop - start]
        for low, high in pairwise(edges):
            yield start + int(low), start + int(high), known.take(pa.array(codes[low:high]))

    def _points(self, chosen: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Return lon/lat of points as RFC 7946 has them, two columns."""
        xy = shapely.get_coordinates(self._all[chosen])
        beyond = np.abs(xy[:, 0]) > 180
        xy[beyond, 0] = (xy[beyond, 0] + 180) % 360 - 180
        # Adding zero turns -0.0 into 0.0.
        rounded: NDArray[np.float64] = np.round(xy, DECIMALS) + 0.0
        return rounded

    def _point_texts(self, start: int, stop: int) -> pa.Array:

        chosen = np.zeros(len(self._all), dtype=bool)
        chosen[start:stop] = self._plain[start:stop]
        xy = self._points(chosen)
        lon, lat = (pa.array(np.ascontiguousarray(xy[:, axis])).cast(pa.large_string()) for axis in (0, 1))
        return _joined(['{"type": "Point", "coordinates": [', lon, ", ", lat, "]}"])

    def _text(self, shape: BaseGeometry) -> str:

        if id(shape) not in self._made:
            clean = rfc7946(shape)
            text = "null" if clean.is_empty else json.dumps(_rounded(mapping(clean)))
            if self._held > _PIECE:
                self._made, self._held = {}, 0
            # The shape is kept beside its key: an id is only unique while its object lives.
            self._made[id(shape)] = (shape, text)
            self._held += len(text)
        return self._made[id(shape)][1]


def _rounded(member: object) -> object:
    if isinstance(member, dict):
        return {key: _rounded(value) for key, value in member.items()}
    if isinstance(member, list | tuple):
        return [_rounded(value) for value in member]
    return round(member, DECIMALS) + 0.0 if isinstance(member, float) else member
