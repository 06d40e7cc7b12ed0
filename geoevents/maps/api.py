"""Write maps with options, as a page or a picture, whole or not at all."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from geoevents.errors import ArgumentError, ReadError
from geoevents.exporters import check, format_of
from geoevents.exporters.atomic import replacing, writable
from geoevents.maps.themes import Basemap, ThemeName

if TYPE_CHECKING:
    import geopandas as gpd

    from gazetteer import Gazetteer

__all__ = ["kepler", "read_config", "write_map"]

StrPath = str | os.PathLike[str]


def write_map(
    events: gpd.GeoDataFrame,
    path: StrPath,
    *,
    title: str | None = None,
    basemap: Basemap = "none",
    theme: ThemeName = "light",
    config: Mapping[str, Any] | StrPath | None = None,
    circles: bool = False,
    embed: bool = False,
    save_config: StrPath | None = None,
    gazetteer: Gazetteer | None = None,
) -> None:
    """Write events as a map: a Kepler.gl page (``.html``), or a picture for a report (``.png``, ``.svg``).

    Parameters
    ----------
    events
        A GeoDataFrame with a CRS, such as `geoevents.locate` makes; it is not changed.
    path
        Where to write.
    title
        None takes the one in ``events.attrs``, or says "Map of events".
    basemap
        ``none`` lays land and borders under the events and asks for nothing on the network; ``positron``,
        ``voyager`` and ``dark-matter`` are CARTO's styles, which the page asks for when it is looked at. Pages
        only.
    theme
        ``light`` or ``dark``.
    config
        A configuration of Kepler.gl (version v1) or the file of one, such as `save_config` wrote and somebody
        edited; its parts replace ours. Pages only.
    circles
        Draw around each point the circle of its ``radius_km``.
    embed
        Make the page for a frame in another page: the map alone, with the list behind a button. Pages only.
    save_config
        Where to write the configuration that was used, JSON. Pages only.
    gazetteer
        Says which country an actor is of, for the arcs of deployments; None takes the bundled one.

    Raises
    ------
    ArgumentError
        When the path's suffix is not a map's, an option does not fit it, or a name is unknown.
    WriteError
        When the configuration is not one of Kepler.gl or is of other data, or the disk refuses.
    ReadError
        When the configuration's file cannot be read.
    ColumnError
        When two columns have one name.

    Examples
    --------
    >>> import json, tempfile, geopandas as gpd, geoevents as ge
    >>> from pathlib import Path
    >>> from shapely import Point
    >>> events = gpd.GeoDataFrame(geometry=[Point(76.95, 43.25)], crs="EPSG:4326")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     ge.write_map(events, f"{folder}/map.html", theme="dark", save_config=f"{folder}/map.json")
    ...     json.loads(Path(folder, "map.json").read_text())["version"]
    'v1'
    """
    wanted = format_of(path)
    if not wanted.is_map:
        raise ArgumentError(f"{path}: expected a map's name, ending in .html, .png or .svg.")
    _known(basemap, theme)
    check(events, Path(path))
    if save_config is not None:
        writable(save_config)  # a page is not to stand without the configuration asked for beside it
    if title is not None:
        events = _titled(events, title)
    if not wanted.is_page:
        if basemap != "none" or config is not None or save_config is not None or embed:
            raise ArgumentError(
                f"{path}: basemap, config, embed and save_config are for pages (.html), not for a picture."
            )
        from geoevents.maps.static import write_static

        with replacing(path) as beside:
            write_static(events, beside, theme=theme, circles=circles, gazetteer=gazetteer)
        return
    from geoevents.maps.kepler import write_html

    given = read_config(config)
    with replacing(path) as beside:
        used = write_html(
            events,
            beside,
            basemap=basemap,
            theme=theme,
            config=given,
            circles=circles,
            embed=embed,
            gazetteer=gazetteer,
        )
    if save_config is not None:
        with replacing(save_config) as beside:
            beside.write_text(json.dumps(used, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def kepler(
    events: gpd.GeoDataFrame,
    *,
    basemap: Basemap = "none",
    theme: ThemeName = "light",
    config: Mapping[str, Any] | StrPath | None = None,
    circles: bool = False,
    height: int = 600,
    gazetteer: Gazetteer | None = None,
) -> Any:
    """Return a live Kepler.gl widget of events for a notebook, with the layers of `geoevents.write_map`.

    Parameters
    ----------
    events, basemap, theme, config, circles, gazetteer
        As in `geoevents.write_map`. The widget itself, unlike the page, asks for a style of its own afar before
        it reads ours; without a network it goes on without.
    height
        Pixels.

    Returns
    -------
    keplergl.KeplerGl
        Its ``config`` follows what is changed on the map, and can be given back as `config`.

    Raises
    ------
    ArgumentError
        When a name is unknown.
    WriteError
        When the configuration is not one of Kepler.gl or is of other data.

    Examples
    --------
    >>> import geopandas as gpd, geoevents as ge
    >>> from shapely import Point
    >>> widget = ge.kepler(gpd.GeoDataFrame(geometry=[Point(76.95, 43.25)], crs="EPSG:4326"))
    >>> list(widget.data)
    ['land', 'undated-points']
    """
    from keplergl import KeplerGl

    from geoevents.maps.kepler import for_widget, map_of

    _known(basemap, theme)
    check(events, Path("map"))
    made = map_of(
        events, basemap=basemap, theme=theme, config=read_config(config), circles=circles, gazetteer=gazetteer
    )
    title = (events.attrs.get("geoevents") or {}).get("title")
    widget = KeplerGl(config=made.config, height=height, theme=theme, app_name=str(title or "Map of events"))
    widget.data = for_widget(made.data)
    return widget


def _known(basemap: str, theme: str) -> None:
    for what, value, known in (("basemap", basemap, get_args(Basemap)), ("theme", theme, get_args(ThemeName))):
        if value not in known:
            raise ArgumentError(f"Map {what}: expected one of {', '.join(known)}; got {value!r}.")


def _titled(events: gpd.GeoDataFrame, title: str) -> gpd.GeoDataFrame:
    events = events.copy(deep=False)
    events.attrs = {**events.attrs, "geoevents": {**(events.attrs.get("geoevents") or {}), "title": title}}
    return events


def read_config(config: Mapping[str, Any] | StrPath | None) -> Mapping[str, Any] | None:
    """Return a configuration of Kepler.gl, read where it is a file.

    Raises
    ------
    ReadError
        When the file cannot be read or holds no JSON.
    """
    if config is None or isinstance(config, Mapping):
        return config
    try:
        found: Mapping[str, Any] = json.loads(Path(config).read_text(encoding="utf-8"))
    except OSError as error:
        raise ReadError(f"{config}: expected a map configuration to read: {error.strerror or error}.") from None
    except (ValueError, RecursionError):
        raise ReadError(f"{config}: expected a map configuration, JSON as Kepler.gl writes it; it is none.") from None
    return found
