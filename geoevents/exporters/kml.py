"""Write KML and KMZ that Google Earth plays over time.

Each event is a placemark with its time span, the colour of its type, and its cells as typed data; those without
a place stand in the list without a geometry. Shapes are made fit by `geoevents.exporters.rfc7946`. The
provenance is data of the document, and for people its description.
"""

from __future__ import annotations

import html
import io
import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from geoevents.exporters.markup import attribute, escape, rows
from geoevents.exporters.progress import progress
from geoevents.exporters.rfc7946 import rfc7946
from geoevents.frame.arrow import Flat
from geoevents.frame.provenance import KEY, facts, provenance_to_json
from geoevents.spatial.lonlat import to_lonlat

if TYPE_CHECKING:
    import geopandas as gpd
    from shapely.geometry.base import BaseGeometry

__all__ = ["write_kml", "write_kmz"]

# Okabe and Ito's colours as KML has them (blue, green, red), which colour-blind people tell apart; the last is
# for all types beyond the commonest.
_COLOURS = ("b27200", "009fe6", "739e00", "005ed5", "a779cc", "e9b456", "42e4f0", "999999")
_ICON = "http://maps.google.com/mapfiles/kml/shapes/placemark_circle.png"
_TYPES = {"whole": "int", "real": "double", "truth": "bool"}


def write_kml(events: gpd.GeoDataFrame, path: Path) -> None:
    """Write a frame as KML 2.2 to a path, as it is given; `geoevents.write` is the safe way in.

    Source: https://docs.ogc.org/is/07-147r2/07-147r2.html
    """
    with path.open("w", encoding="utf-8", newline="\n") as file:
        _document(events, file, path.name)


def write_kmz(events: gpd.GeoDataFrame, path: Path) -> None:
    """Write a frame as KMZ, which is KML in a ZIP archive, to a path, as it is given."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        # A fixed time, so that one input gives one file.
        entry = zipfile.ZipInfo("doc.kml", (1980, 1, 1, 0, 0, 0))
        entry.compress_type = zipfile.ZIP_DEFLATED
        with archive.open(entry, "w") as raw, io.TextIOWrapper(raw, "utf-8", newline="\n") as file:
            _document(events, file, path.name)


def _document(events: gpd.GeoDataFrame, file: TextIO, name: str) -> None:
    events = to_lonlat(events)
    flat = Flat(events)
    known = facts(events)
    styles = _styles(events)
    file.write(
        '<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2">\n<Document id="root">\n'
    )
    file.write(f"<name>{escape(str(known.get('title') or 'Events'))}</name>\n")
    counts = ", ".join(f"{count} {status}" for status, count in known["counts"].items())
    made = f"Made by {known['generator']} {known['version']} at {known['created']}. {counts} {known['attribution']}"
    file.write(f"<description>{escape(made.strip())}</description>\n")
    for number, colour in enumerate(dict.fromkeys(styles.values())):
        file.write(_style(number, colour))
    record = escape(provenance_to_json(events, flat.note))
    file.write(f'<ExtendedData><Data name="{KEY}"><value>{record}</value></Data></ExtendedData>\n')
    file.write(f'<Schema name="events" id="events">{"".join(_fields(flat))}</Schema>\n')
    file.write("<Folder><name>events</name>\n")
    numbers = {colour: number for number, colour in enumerate(dict.fromkeys(styles.values()))}
    shapes = _Shapes()
    with progress(f"Writing {name}", len(flat)) as advance:
        for (_, cells), shape in zip(rows(flat), events.geometry.to_numpy(), strict=True):
            style = numbers.get(styles.get(cells.get("event_type", ""), ""))
            file.write(_placemark(cells, style, shapes.text(shape)))
            advance(1)
    file.write("</Folder>\n</Document>\n</kml>\n")


def _styles(events: gpd.GeoDataFrame) -> dict[str, str]:
    """Return a colour for each type of event, the commonest first; one for all where there are no types."""
    if "event_type" not in events.columns:
        return {"": _COLOURS[0]}
    common = events["event_type"].astype(object).dropna().value_counts()
    ordered = sorted(common.items(), key=lambda item: (-item[1], str(item[0])))
    last = len(_COLOURS) - 1
    return {"": _COLOURS[last], **{str(kind): _COLOURS[min(n, last)] for n, (kind, _) in enumerate(ordered)}}


def _style(number: int, colour: str) -> str:
    return (
        f'<Style id="type-{number}"><IconStyle><color>e0{colour}</color><scale>0.8</scale>'
        f"<Icon><href>{_ICON}</href></Icon></IconStyle><LabelStyle><scale>0.7</scale></LabelStyle>"
        f"<LineStyle><color>c0{colour}</color><width>1.5</width></LineStyle>"
        f"<PolyStyle><color>30{colour}</color></PolyStyle></Style>\n"
    )


def _fields(flat: Flat) -> Iterator[str]:
    for column in flat.columns:
        yield f'<SimpleField type="{_TYPES.get(column.kind, "string")}" name={attribute(column.name)}/>'


def _placemark(cells: dict[str, str], style: int | None, geometry: str) -> str:
    """Return an event; the order of its parts is the schema's."""
    name = cells.get("place_name") or cells.get("event_id") or ""
    description = cells.get("evidence") or cells.get("description") or ""
    data = "".join(f"<SimpleData name={attribute(key)}>{escape(cell)}</SimpleData>" for key, cell in cells.items())
    return (
        f"<Placemark><name>{escape(name)}</name><description>{_for_balloons(description)}</description>{_span(cells)}"
        f"{'' if style is None else f'<styleUrl>#type-{style}</styleUrl>'}"
        f'<ExtendedData><SchemaData schemaUrl="#events">{data}</SchemaData></ExtendedData>{geometry}</Placemark>\n'
    )


def _for_balloons(text: str) -> str:
    """Return a description as viewers show it: they render it as HTML, so that markup in the data stays text."""
    return escape(html.escape(text, quote=False))


def _span(cells: dict[str, str]) -> str:
    begin, end = cells.get("start"), cells.get("end")
    parts = "".join(
        f"<{tag}>{escape(day)}</{tag}>" for tag, day in (("begin", begin), ("end", end)) if day and _is_date(day)
    )
    return f"<TimeSpan>{parts}</TimeSpan>" if parts else ""


def _is_date(text: str) -> bool:
    """Whether text is a date or a moment as XML has them: a column named ``start`` may hold anything."""
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return "-" in text[:5]


class _Shapes:
    """Writes each shape once: many events lie in one place, and share one geometry object."""

    def __init__(self) -> None:
        self._made: dict[int, tuple[BaseGeometry, str]] = {}
        self._held = 0

    def text(self, shape: BaseGeometry | None) -> str:
        if shape is None or shape.is_empty:
            return ""
        if shape.geom_type == "Point":
            return _geometry(rfc7946(shape))
        if id(shape) not in self._made:
            text = _geometry(rfc7946(shape))
            if self._held > 1 << 25:
                self._made, self._held = {}, 0
            # The shape is kept beside its key: an id is only unique while its object lives.
            self._made[id(shape)] = (shape, text)
            self._held += len(text)
        return self._made[id(shape)][1]


def _geometry(shape: Any) -> str:
    kind = shape.geom_type
    if kind == "Point":
        return f"<Point>{_coordinates(shape)}</Point>"
    if kind in ("LineString", "LinearRing"):
        return f"<LineString>{_coordinates(shape)}</LineString>"
    if kind == "Polygon":
        inner = "".join(f"<innerBoundaryIs>{_ring(ring)}</innerBoundaryIs>" for ring in shape.interiors)
        return f"<Polygon><outerBoundaryIs>{_ring(shape.exterior)}</outerBoundaryIs>{inner}</Polygon>"
    return f"<MultiGeometry>{''.join(_geometry(part) for part in shape.geoms)}</MultiGeometry>"


def _ring(ring: Any) -> str:
    return f"<LinearRing>{_coordinates(ring)}</LinearRing>"


def _coordinates(shape: Any) -> str:
    positions = " ".join(",".join(map(repr, position)) for position in shape.coords)
    return f"<coordinates>{positions}</coordinates>"
