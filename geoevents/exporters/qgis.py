"""Add styles for QGIS to a GeoPackage: the table ``layer_styles``, one default style a layer.

Events are dots coloured by match status, rings where only an area is known. Places are faint areas, so that an event
known only to a country does not look like a spot. The colours are Okabe and Ito's, which colour-blind people tell
apart.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING
from xml.sax.saxutils import quoteattr

from geoevents.frame.provenance import facts

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["COLOURS", "save_styles"]

# By match_status; the last is for events that have none.
COLOURS = {"matched": "0,114,178", "ambiguous": "230,159,0", "unresolved": "127,127,127", "": "0,114,178"}

_TABLE = """
CREATE TABLE layer_styles (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT(256), f_table_schema TEXT(256),
    f_table_name TEXT(256), f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT, styleSLD TEXT,
    useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30),
    update_time DATETIME DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now'))
)"""
_INSERT = """
INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName, styleQML,
    styleSLD, useAsDefault, description, owner, update_time) VALUES ('', '', ?, ?, ?, ?, '', 1, ?, '', ?)"""


def save_styles(path: Path, events: gpd.GeoDataFrame, kind: str, places: bool) -> None:
    """Save the default styles of the layers in a GeoPackage that stands at a path.

    Parameters
    ----------
    kind
        The type of geometry of the layer of events.
    places
        Whether there is a layer of places.
    """
    created = facts(events)["created"]
    status = "match_status" if "match_status" in events.columns else None
    label = "place_name" if "place_name" in events.columns else None
    shape = str(events.geometry.name)
    if kind.startswith(("Point", "MultiPoint")):
        styles = [("events", shape, "Events by match", _dots(status, "where_prec" in events.columns))]
    else:
        styles = [("events", shape, "Areas", _areas(None))]
    if places:
        styles.append(("places", "geometry", "Places", _areas(label)))
    with closing(sqlite3.connect(path)) as database, database:
        database.execute(_TABLE)
        for layer, column, name, qml in styles:
            database.execute(_INSERT, (layer, column, name, qml, name, created))
        # Listed as a table of its own, as QGIS itself does when it saves a style.
        database.execute(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change)"
            " VALUES ('layer_styles', 'attributes', 'layer_styles', '', strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))"
        )


def _option(name: str, value: str) -> str:
    return f'<Option type="QString" name={quoteattr(name)} value={quoteattr(value)}/>'


def _layer(kind: str, options: dict[str, str], by_data: str = "") -> str:
    written = "".join(_option(name, value) for name, value in options.items())
    return (
        f'<layer class="{kind}" enabled="1" pass="0" locked="0"><Option type="Map">{written}</Option>{by_data}</layer>'
    )


def _by_data(expressions: dict[str, str]) -> str:
    """Return properties of a symbol that an expression gives for each event."""
    properties = "".join(
        f'<Option type="Map" name={quoteattr(name)}><Option type="bool" name="active" value="true"/>'
        f'{_option("expression", expression)}<Option type="int" name="type" value="3"/></Option>'
        for name, expression in expressions.items()
    )
    return (
        f'<data_defined_properties><Option type="Map">{_option("name", "")}'
        f'<Option type="Map" name="properties">{properties}</Option>{_option("type", "collection")}</Option>'
        "</data_defined_properties>"
    )


def _qml(renderer: str, label: str = "") -> str:
    return (
        "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>"
        f'<qgis version="3.22" styleCategories="Symbology|Labeling" labelsEnabled="{int(bool(label))}">'
        f"{renderer}{label}</qgis>"
    )


def _dot(name: str, colour: str, hollow: bool) -> str:
    """Return a dot; with `hollow`, events known only to an area are rings."""
    options = {
        "name": "circle",
        "color": f"{colour},200",
        "outline_color": "255,255,255,255",
        "outline_width": "0.3",
        "outline_width_unit": "MM",
        "size": "2.6",
        "size_unit": "MM",
    }
    ring = {
        "fillColor": "if(\"where_prec\" > 2, '255,255,255,230', @symbol_color)",
        "outlineColor": "if(\"where_prec\" > 2, @symbol_color, '255,255,255,255')",
    }
    layer = _layer("SimpleMarker", options, _by_data(ring) if hollow else "")
    return f'<symbol type="marker" name="{name}" alpha="1" clip_to_extent="1">{layer}</symbol>'


def _dots(status: str | None, hollow: bool) -> str:
    """Return the style of points: a colour for each status, in one legend."""
    colours = {word: colour for word, colour in COLOURS.items() if bool(word) == bool(status)}
    symbols = "".join(_dot(str(number), colour, hollow) for number, colour in enumerate(colours.values()))
    if status is None:
        return _qml(f'<renderer-v2 type="singleSymbol"><symbols>{symbols}</symbols></renderer-v2>')
    ranges = "".join(
        f'<category symbol="{number}" value={quoteattr(word)} label={quoteattr(word)} render="true"/>'
        for number, word in enumerate(colours)
    )
    return _qml(
        f'<renderer-v2 type="categorizedSymbol" attr={quoteattr(status)}>'
        f"<categories>{ranges}</categories><symbols>{symbols}</symbols></renderer-v2>"
    )


def _areas(label: str | None) -> str:
    """Return the style of areas: faint, with an outline, and a label where there is a name."""
    options = {
        "color": "0,114,178,26",
        "style": "solid",
        "outline_color": "0,114,178,140",
        "outline_style": "solid",
        "outline_width": "0.26",
        "outline_width_unit": "MM",
    }
    symbol = f'<symbol type="fill" name="0" alpha="1" clip_to_extent="1">{_layer("SimpleFill", options)}</symbol>'
    return _qml(f'<renderer-v2 type="singleSymbol"><symbols>{symbol}</symbols></renderer-v2>', _label(label))


def _label(field: str | None) -> str:
    if field is None:
        return ""
    style = f'<text-style fieldName={quoteattr(field)} fontSize="8" textColor="60,60,60,255" isExpression="0"/>'
    return f'<labeling type="simple"><settings calloutType="simple">{style}</settings></labeling>'
