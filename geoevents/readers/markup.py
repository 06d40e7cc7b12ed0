"""Read KML, KMZ and GPX: rows of text, their geometries and the record of their making."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

import shapely
from shapely import Point
from shapely.geometry.base import BaseGeometry

from geoevents.errors import ReadError
from geoevents.frame.provenance import KEY
from geoevents.readers.archives import check_archive

__all__ = ["Marked", "read_gpx", "read_kml", "unzipped"]

# Elements lie so deep in each other in no file that a program wrote for people.
_DEEPEST = 200


@dataclass(slots=True)
class Marked:
    """What a file of placemarks or waypoints holds."""

    rows: list[dict[str, str]] = field(default_factory=list)
    shapes: list[BaseGeometry | None] = field(default_factory=list)
    record: str | None = None


def unzipped(path: Path) -> list[bytes]:
    """Return the KML files of a KMZ, ``doc.kml`` first."""
    try:
        with zipfile.ZipFile(path) as archive:
            check_archive(path, archive)
            found = [entry for entry in archive.infolist() if entry.filename.lower().endswith(".kml")]
            found.sort(key=lambda entry: (entry.filename.lower() != "doc.kml", entry.filename))
            if not found:
                raise ReadError(f"{path}: expected a KMZ with a KML file in it, but there is none.")
            return [archive.read(entry) for entry in found]
    except (zipfile.BadZipFile, OSError, ValueError, zlib.error, NotImplementedError, RuntimeError, EOFError) as error:
        why = " ".join(str(error).split())
        raise ReadError(f"{path}: expected a KMZ archive, but it cannot be read ({why}).") from error


def read_kml(path: Path, documents: list[bytes]) -> Marked:
    """Read placemarks: each a row of its data, name, description, time and folder.

    Parameters
    ----------
    path
        Named in errors.
    documents
        KML files, which are read as one.

    Raises
    ------
    ReadError
        When a file is not XML, or a geometry in it is not KML.
    """

    def record(parents: list[str], element: ElementTree.Element) -> str | None:
        is_provenance = _tag(element) == "Data" and element.get("name") == KEY and "Placemark" not in parents
        return _text(element, "value") if is_provenance else None

    found = Marked()
    for data in documents:
        folders: list[str] = []
        rows: list[tuple[dict[str, str], BaseGeometry | None]] = []
        for parents, element in _elements(path, data, folders):
            if _tag(element) == "Placemark":
                # The first folder is the document's own name, which says nothing of one placemark.
                cells = _placemark(element, [name for name in folders if name], ours=found.record is not None)
                rows.append((cells, _first_geometry(path, element)))
                element.clear()
            elif (is_provenance := record(parents, element)) is not None:
                found.record = is_provenance
        found.rows += [cells for cells, _ in rows]
        found.shapes += [shape for _, shape in rows]
    return found


def read_gpx(path: Path, data: bytes) -> Marked:
    """Read waypoints, routes and tracks: each a row of its parts (name, time, type …) and a point or a line.

    Raises
    ------
    ReadError
        When the file is not XML, or a point has no lon and lat.
    """
    found = Marked()
    for parents, element in _elements(path, data, []):
        kind = _tag(element)
        if kind == "wpt":
            cells, shape = _waypoint(path, element)
        elif kind in ("trk", "rte"):
            cells, shape = _track(path, element)
        else:
            if kind == "keywords" and parents[-1:] == ["metadata"]:
                found.record = element.text
            continue
        found.rows.append(cells)
        found.shapes.append(shape)
        element.clear()  # so that memory does not hold the whole file as a tree
    return found


def _track(path: Path, element: ElementTree.Element) -> tuple[dict[str, str], BaseGeometry | None]:
    """Return a track's parts, its first and last time, and its line."""
    cells = {_tag(part): (part.text or "") for part in element if not len(part) and _tag(part) != "trkseg"}
    lines = []
    times: list[str] = []
    groups = [part for part in element if _tag(part) == "trkseg"] or [element]
    for group in groups:
        points = [part for part in group if _tag(part) in ("trkpt", "rtept")]
        lines.append([_position(path, point) for point in points])
        times += [time for point in points if (time := _text(point, "time"))]
    cells |= {"date": min(times), "end_date": max(times)} if times else {}
    drawn = [shapely.LineString(line) for line in lines if len(line) > 1]
    lone = [shapely.Point(line[0]) for line in lines if len(line) == 1]
    parts = drawn or lone
    if not parts:
        return cells, None
    return cells, parts[0] if len(parts) == 1 else shapely.MultiLineString(drawn) if drawn else shapely.MultiPoint(lone)


def _position(path: Path, point: ElementTree.Element) -> tuple[float, float]:
    try:
        return float(point.get("lon", "")), float(point.get("lat", ""))
    except ValueError:
        raise ReadError(f"{path}: expected lon and lat of each point, got {point.attrib}.") from None


def _elements(path: Path, data: bytes, folders: list[str]) -> Iterator[tuple[list[str], ElementTree.Element]]:
    """Yield each element once it is complete, with the tags of those around it; keep the names of open folders."""
    # In UTF-16 every other byte is zero.
    plain = data.replace(b"\0", b"") if b"\0" in data else data
    if b"<!ENTITY" in plain or re.search(rb"<!DOCTYPE[^>]*\[", plain):
        raise ReadError(f"{path}: expected XML without entities of its own, which may hide what does not end.")
    around: list[str] = []
    try:
        for event, element in ElementTree.iterparse(io.BytesIO(data), ("start", "end")):  # noqa: S314 - none with entities
            if event == "start":
                around.append(_tag(element))
                if around[-1] == "Folder":
                    folders.append("")
                if len(around) > _DEEPEST:
                    raise ReadError(f"{path}: expected XML of a usual depth, but elements lie over {_DEEPEST} deep.")
            else:
                around.pop()
                if _tag(element) == "name" and around[-1:] == ["Folder"]:
                    folders[-1] = (element.text or "").strip()
                elif _tag(element) == "Folder":
                    folders.pop()
                yield around, element
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise ReadError(f"{path}: expected XML, but it cannot be read ({error}).") from error


def _tag(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


def _child(element: ElementTree.Element, *names: str) -> ElementTree.Element | None:
    return next((part for part in element.iter() if part is not element and _tag(part) in names), None)


def _text(element: ElementTree.Element, name: str) -> str | None:
    part = _child(element, name)
    return None if part is None else (part.text or "")


def _waypoint(path: Path, element: ElementTree.Element) -> tuple[dict[str, str], BaseGeometry]:

    lon, lat = element.get("lon", ""), element.get("lat", "")
    cells = {_tag(part): (part.text or "") for part in element if not len(part)}
    try:
        return {**cells, "lon": lon, "lat": lat}, Point(float(lon), float(lat))
    except ValueError:
        raise ReadError(f"{path}: expected lon and lat of each waypoint, got {element.attrib}.") from None


def _placemark(element: ElementTree.Element, folders: list[str], *, ours: bool) -> dict[str, str]:
    """Return what a placemark says: its data, and beside them its name, description, time and folders.

    Of a file of geoevents' own the data alone are the columns: the rest repeats them for other programs.
    """
    cells: dict[str, str] = {}
    for part in element.iter():
        if _tag(part) == "SimpleData":
            cells[part.get("name", "")] = part.text or ""
        elif _tag(part) == "Data":
            cells[part.get("name", "")] = _text(part, "value") or ""
    if ours:
        return cells
    own = {_tag(part): part.text or "" for part in element if _tag(part) in ("name", "description", "address")}
    begin = _text(element, "begin") or _text(element, "when")
    own |= {"start": begin or "", "end": _text(element, "end") or "", "folder": " / ".join(folders)}
    taken = {name.lower() for name in cells}
    return {name: text for name, text in own.items() if text.strip() and name not in taken} | cells


_GEOMETRIES = ("Point", "LineString", "LinearRing", "Polygon", "MultiGeometry")


def _first_geometry(path: Path, element: ElementTree.Element) -> BaseGeometry | None:
    part = _child(element, *_GEOMETRIES)
    if part is None:
        return None

    try:
        return _geometry(part)
    except (ValueError, IndexError, shapely.errors.ShapelyError) as error:
        raise ReadError(f"{path}: expected KML geometries, but one cannot be read ({error}).") from error


def _geometry(part: ElementTree.Element) -> BaseGeometry:

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
    """Return the positions of a geometry; blanks after commas, which some programs write, do not end one."""
    text = re.sub(r"\s*,\s*", ",", (_text(part, "coordinates") or "").strip())
    return [tuple(map(float, position.strip(",").split(",")[:3])) for position in text.split()]
