"""Reads KML, KMZ and GPX: bytes enter; rows of text, their geometries and the record of their making leave."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from geoevents.errors import ReadError
from geoevents.frame.provenance import KEY

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

__all__ = ["Marked", "read_gpx", "read_kml", "unzipped"]

# Enough for a million placemarks; more would be an archive made to fill a disk.
_LARGEST = 1 << 32


@dataclass(slots=True)
class Marked:
    """What a file of placemarks or waypoints holds."""

    rows: list[dict[str, str]] = field(default_factory=list)
    shapes: list[BaseGeometry | None] = field(default_factory=list)
    record: str | None = None


def unzipped(path: Path, data: bytes) -> bytes:
    """Return the KML of a KMZ: its first entry with that suffix."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entry = next((e for e in archive.infolist() if e.filename.lower().endswith(".kml")), None)
            if entry is None or entry.file_size > _LARGEST:
                raise ReadError(f"{path}: expected a KMZ with a KML file in it, but there is none of a usual size.")
            return archive.read(entry)
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise ReadError(f"{path}: expected a KMZ archive, but it cannot be read ({error}).") from error


def read_kml(path: Path, data: bytes) -> Marked:
    """Read placemarks: each a row of its data, or of its name, description and time where it has no data.

    Raises
    ------
    ReadError
        When the file is no XML, or a geometry in it is no KML.
    """

    def record(parents: list[str], element: ElementTree.Element) -> str | None:
        told = _tag(element) == "Data" and element.get("name") == KEY and "Placemark" not in parents
        return _text(element, "value") if told else None

    return _marked(path, data, "Placemark", lambda mark: (_placemark(mark), _first_geometry(path, mark)), record)


def read_gpx(path: Path, data: bytes) -> Marked:
    """Read waypoints: each a row of its parts (name, time, type …) and a point.

    Raises
    ------
    ReadError
        When the file is no XML, or a waypoint has no lon and lat.
    """

    def record(parents: list[str], element: ElementTree.Element) -> str | None:
        return element.text if _tag(element) == "keywords" and parents[-1:] == ["metadata"] else None

    return _marked(path, data, "wpt", lambda mark: _waypoint(path, mark), record)


def _marked(
    path: Path,
    data: bytes,
    mark: str,
    row: Callable[[ElementTree.Element], tuple[dict[str, str], BaseGeometry | None]],
    record: Callable[[list[str], ElementTree.Element], str | None],
) -> Marked:
    """Return a row and a shape for each element of one name, and the record that stands among the others."""
    found = Marked()
    for parents, element in _elements(path, data):
        if _tag(element) == mark:
            cells, shape = row(element)
            found.rows.append(cells)
            found.shapes.append(shape)
            element.clear()  # so that memory does not hold the whole file as a tree
        elif (told := record(parents, element)) is not None:
            found.record = told
    return found


def _elements(path: Path, data: bytes) -> Iterator[tuple[list[str], ElementTree.Element]]:
    """Yield each element once it is complete, with the tags of those around it."""
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise ReadError(f"{path}: expected XML without a document type, which may hide what does not end.")
    around: list[str] = []
    try:
        for event, element in ElementTree.iterparse(io.BytesIO(data), ("start", "end")):
            if event == "start":
                around.append(_tag(element))
            else:
                around.pop()
                yield around, element
    except ElementTree.ParseError as error:
        raise ReadError(f"{path}: expected XML, but it cannot be read ({error}).") from error


def _tag(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


def _child(element: ElementTree.Element, *names: str) -> ElementTree.Element | None:
    return next((part for part in element.iter() if part is not element and _tag(part) in names), None)


def _text(element: ElementTree.Element, name: str) -> str | None:
    part = _child(element, name)
    return None if part is None else (part.text or "")


def _waypoint(path: Path, element: ElementTree.Element) -> tuple[dict[str, str], BaseGeometry]:
    from shapely import Point

    lon, lat = element.get("lon", ""), element.get("lat", "")
    cells = {_tag(part): (part.text or "") for part in element if not len(part)}
    try:
        return {**cells, "lon": lon, "lat": lat}, Point(float(lon), float(lat))
    except ValueError:
        raise ReadError(f"{path}: expected lon and lat of each waypoint, got {element.attrib}.") from None


def _placemark(element: ElementTree.Element) -> dict[str, str]:
    cells: dict[str, str] = {}
    for part in element.iter():
        if _tag(part) == "SimpleData":
            cells[part.get("name", "")] = part.text or ""
        elif _tag(part) == "Data":
            cells[part.get("name", "")] = _text(part, "value") or ""
    own = {_tag(part): part.text or "" for part in element if _tag(part) in ("name", "description")}
    if not cells:
        cells = {name: text for name, text in own.items() if text.strip()}
        times = {"start": _text(element, "begin") or _text(element, "when"), "end": _text(element, "end")}
        cells |= {name: text for name, text in times.items() if text}
    return cells


_GEOMETRIES = ("Point", "LineString", "LinearRing", "Polygon", "MultiGeometry")


def _first_geometry(path: Path, element: ElementTree.Element) -> BaseGeometry | None:
    part = _child(element, *_GEOMETRIES)
    if part is None:
        return None
    import shapely

    try:
        return _geometry(part)
    except (ValueError, IndexError, shapely.errors.ShapelyError) as error:
        raise ReadError(f"{path}: expected KML geometries, but one cannot be read ({error}).") from error


def _geometry(part: ElementTree.Element) -> BaseGeometry:
    import shapely

    kind = _tag(part)
    if kind == "MultiGeometry":
        inner = [_geometry(child) for child in part if _tag(child) in _GEOMETRIES]
        kinds = {shape.geom_type for shape in inner}
        many = {
            "Point": shapely.MultiPoint,
            "LineString": shapely.MultiLineString,
            "Polygon": shapely.MultiPolygon,
        }
        return many.get(kinds.pop() if len(kinds) == 1 else "", shapely.GeometryCollection)(inner)
    if kind == "Polygon":
        rings = [_positions(ring) for ring in part.iter() if _tag(ring) == "LinearRing"]
        return shapely.Polygon(rings[0], rings[1:])
    positions = _positions(part)
    return shapely.Point(positions[0]) if kind == "Point" else shapely.LineString(positions)


def _positions(part: ElementTree.Element) -> list[tuple[float, ...]]:
    text = _text(part, "coordinates") or ""
    return [tuple(map(float, position.split(","))) for position in text.split()]
