"""Draw a map for a report, as PNG or SVG, with scale, legend and attribution.

Drawn with matplotlib in an equal-area projection (`geoevents.maps.projection`), with the marks and colours of
the Kepler map.
"""

from __future__ import annotations

import math
import textwrap
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from pyproj import Geod

from geoevents.frame import provenance
from geoevents.frame.arrow import dump
from geoevents.layers import areas
from geoevents.maps.choropleth import TITLE, is_panel, scene_of
from geoevents.maps.display_rows import SIZE
from geoevents.maps.kepler.datasets import basemap, ring_of
from geoevents.maps.kepler.panels import sources_of, what_of
from geoevents.maps.projection import Projection, projection_of
from geoevents.maps.scene import Scene, build
from geoevents.maps.themes import AREA_HIDES, DENSITY, STACK_HIDES, THEMES, WIDE_HIDES, Theme, ThemeName, hexed

if TYPE_CHECKING:
    import geopandas as gpd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from gazetteer import Gazetteer

__all__ = ["write_static"]

# Inches, and dots an inch: 1650 × 1110 pixels.
_SIZE, _DPI = (11.0, 7.4), 150
_BOX = (0.015, 0.085, 0.755, 0.825)  # left, bottom, width, height of the map in the picture; the legend is beside it
_SHAPE = _SIZE[0] * _BOX[2] / (_SIZE[1] * _BOX[3])
_LABELS = 12
# Letters in a line below the map, and so many lines.
_CREDITS_WIDE, _CREDITS_LINES = 160, 4
# On a map narrower than this, in kilometres, the coasts of the basemap would be too coarse.
_NEAR_KM = 2500


def write_static(
    events: gpd.GeoDataFrame,
    path: Path,
    *,
    theme: ThemeName = "light",
    circles: bool = False,
    gazetteer: Gazetteer | None = None,
) -> None:
    """Write events as a picture, PNG or SVG by the path's suffix; `geoevents.write_map` is the safe way in.

    Parameters are those of `geoevents.write_map`. Title and counts come from ``events.attrs["geoevents"]``.
    """
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    facts = events.attrs.get("geoevents") or {}
    scene = scene_of(events, together=True) if is_panel(events) else build(events, gazetteer=gazetteer)
    colours = THEMES[theme]
    flat = projection_of(scene.rows, shape=_SHAPE)
    # Fixed, so that one input gives one file, byte for byte.
    with rc_context({"svg.hashsalt": "geoevents", "font.size": 9}), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing")
        figure = Figure(figsize=_SIZE, dpi=_DPI, facecolor=hexed(colours.land) if theme == "dark" else "white")
        axes = _ground(figure, flat, colours)
        _units(axes, scene, flat, colours) if scene.panel else _areas(axes, scene, flat)
        if circles:
            _circles(axes, scene, flat)
        _arcs(axes, scene, flat)
        _density(axes, scene, flat) if scene.crowded else _points(axes, scene, flat)
        _labels(axes, scene, flat, colours)
        _legend(axes, scene, colours, circles)
        _scale(axes, flat, colours)
        _texts(figure, events, scene, flat, colours, facts)
        form = path.suffix.lower().lstrip(".")
        made = {"Title": str(facts.get("title") or "Map of events"), "Description": dump(provenance.facts(events))}
        figure.savefig(path, format=form, metadata=made | ({"Date": None} if form == "svg" else {}))


def _ground(figure: Figure, flat: Projection, colours: Theme) -> Axes:
    axes = figure.add_axes(_BOX)
    west, south, east, north = flat.frame
    axes.set(xlim=(west, east), ylim=(south, north), xticks=[], yticks=[], facecolor=hexed(colours.sea))
    axes.set_aspect("equal")
    for side in axes.spines.values():
        side.set_edgecolor(hexed(colours.border))
    near = east - west < _NEAR_KM
    land = flat.shapes((areas("countries") if near else basemap()).geometry.to_numpy())
    _fill(axes, land, facecolor=hexed(colours.land), edgecolor=hexed(colours.border), linewidth=0.5)
    return axes


def _fill(axes: Axes, shapes: NDArray[np.object_], **look: Any) -> None:
    """Draw polygons, those in view only."""
    from matplotlib.collections import PathCollection
    from matplotlib.path import Path as Outline

    (west, east), (south, north) = axes.get_xlim(), axes.get_ylim()
    shapes = shapes[[isinstance(shape, shapely.Polygon | shapely.MultiPolygon) for shape in shapes]]
    window = shapely.box(west, south, east, north).buffer((east - west) * 0.05)
    paths = []
    for piece in shapely.get_parts(shapely.intersection(shapes, window)):
        if piece.geom_type == "Polygon" and not piece.is_empty:
            rings = [piece.exterior, *piece.interiors]
            paths.append(Outline.make_compound_path(*(Outline(ring.coords, closed=True) for ring in rings)))
    axes.add_collection(PathCollection(paths, **look), autolim=False)


def _colour(scene: Scene) -> dict[str, str]:
    return dict(scene.colours)


def _areas(axes: Axes, scene: Scene, flat: Projection) -> None:
    """Draw areas, each once, in the colour of its type or of several types."""
    from matplotlib.colors import to_rgb

    rows = scene.rows[scene.rows["area"]]
    named = _colour(scene)
    first = rows.drop_duplicates("place")
    # The largest lie lowest.
    first = first.iloc[np.argsort(-shapely.area(first["shape"].to_numpy()), kind="stable")]
    tints = {place: to_rgb(named[name]) for place, name in zip(first["place"], first["category"], strict=True)}
    number, wide = rows.groupby("place", sort=False).size(), first.set_index("place")["wide"]
    for place, shape in zip(first["place"], flat.shapes(first["shape"].to_numpy()), strict=True):
        alpha = WIDE_HIDES if wide[place] else AREA_HIDES if number[place] == 1 else STACK_HIDES
        edge = (*tints[place], 0.9 if wide[place] else 0.6)
        _fill(axes, np.array([shape]), facecolor=(*tints[place], alpha), edgecolor=edge, linewidth=0.8)


def _units(axes: Axes, scene: Scene, flat: Projection, colours: Theme) -> None:
    """Draw units in the colours of their classes, those without events pale."""
    for part in reversed(scene.parts):
        for name, frame in part.frame.groupby("category", sort=False):
            tint = _colour(scene).get(str(name), hexed(colours.pale))
            edge = hexed(colours.border if part.kind == "empty" else colours.line)
            _fill(axes, flat.shapes(frame["shape"].to_numpy()), facecolor=tint, edgecolor=edge, linewidth=0.4)


def _points(axes: Axes, scene: Scene, flat: Projection) -> None:
    rows = scene.rows[~scene.rows["area"]].sort_values(SIZE, ascending=False, kind="stable")
    if not len(rows):
        return
    named = _colour(scene)
    places = flat.points(rows["lon"], rows["lat"])
    most = max(float(scene.rows[SIZE].max()), 1.0)
    sizes = 26 + 500 * (rows[SIZE] / most).to_numpy() if scene.rows[SIZE].max() > 0 else np.full(len(rows), 34.0)
    tints = np.array([named[name] for name in rows["category"]])
    rough = rows["rough"].to_numpy()
    x, y = places.T
    axes.scatter(x[~rough], y[~rough], s=sizes[~rough], c=tints[~rough], alpha=0.85, edgecolors="white", linewidths=0.6)
    axes.scatter(x[rough], y[rough], s=sizes[rough], facecolors="none", edgecolors=tints[rough], linewidths=1.6)


def _density(axes: Axes, scene: Scene, flat: Projection) -> None:
    from matplotlib.colors import ListedColormap

    rows = scene.rows[~scene.rows["area"]]
    west, south, east, north = flat.frame
    cells = (80, round(80 / (east - west) * (north - south) / math.sqrt(3)))
    axes.hexbin(
        *flat.points(rows["lon"], rows["lat"]).T,
        gridsize=cells,
        mincnt=1,
        bins="log",
        cmap=ListedColormap(DENSITY),
        extent=(west, east, south, north),
        linewidths=0.2,
        alpha=0.85,
    )


def _circles(axes: Axes, scene: Scene, flat: Projection) -> None:

    rows = scene.rows[~scene.rows["area"]]
    if "radius_km" not in rows:
        return
    named = _colour(scene)
    distinct = rows.drop_duplicates(["lon", "lat", "radius_km", "category"])
    for lon, lat, radius, name in distinct[["lon", "lat", "radius_km", "category"]].itertuples(index=False):
        if pd.notna(radius) and 0 < float(radius) < 5000:
            ring = ring_of(lon, lat, float(radius))
            axes.plot(*flat.points(ring[:, 0], ring[:, 1]).T, color=named[name], linewidth=0.7, alpha=0.7)


def _arcs(axes: Axes, scene: Scene, flat: Projection) -> None:
    """Draw deployments along the great circle."""
    globe, named = Geod(a=6371000, b=6371000), _colour(scene)
    for part in scene.parts:
        if part.kind == "arc":
            frame = part.frame.drop_duplicates(["from_lon", "from_lat", "lon", "lat", "category"])
            for row in frame[["from_lon", "from_lat", "lon", "lat", "category"]].itertuples(index=False):
                way = [(row[0], row[1]), *globe.npts(row[0], row[1], row[2], row[3], 60), (row[2], row[3])]
                places = flat.points(*np.array(way).T)
                axes.plot(*places.T, color=named[row[4]], linewidth=1.2, alpha=0.9, solid_capstyle="round")
                axes.annotate(
                    "",
                    xy=places[-1],
                    xytext=places[-3],
                    arrowprops={"arrowstyle": "-|>", "color": named[row[4]], "linewidth": 1.2},
                )


def _labels(axes: Axes, scene: Scene, flat: Projection, colours: Theme) -> None:
    from matplotlib.patheffects import withStroke

    frames = [part.frame for part in scene.parts if part.kind == "label"]
    if not frames:
        return
    frame = pd.concat(frames).nlargest(_LABELS, "number")
    west, south, east, north = flat.frame
    places = flat.points(frame["lon"], frame["lat"])
    for text, area, (x, y) in zip(frame["text"], frame["area"], places, strict=True):
        if west < x < east and south < y < north:
            left = x > west + 0.7 * (east - west)
            axes.annotate(
                text,
                (x, y),
                xytext=(0, 0) if area else (-9 if left else 9, 7),
                textcoords="offset points",
                fontsize=8.5,
                zorder=6,
                ha="center" if area else "right" if left else "left",
                color=hexed(colours.text),
                parse_math=False,
                path_effects=[withStroke(linewidth=2.5, foreground=hexed(colours.land))],
            )


def _counted(name: str, number: int | None) -> str:
    return name if number is None else f"{name} ({number:,})"


def _legend(axes: Axes, scene: Scene, colours: Theme, circles: bool) -> None:
    from matplotlib.legend_handler import HandlerTuple
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    if not len(scene.rows):
        return
    counts, ink = scene.rows["type" if "type" in scene.rows else "category"].value_counts(), hexed(colours.text)
    kinds = {part.kind for part in scene.parts}
    if scene.panel:
        counts = pd.concat([part.frame["category"] for part in scene.parts]).value_counts()
    tinted = not scene.crowded or "area" in kinds
    marks: list[Any] = [
        Patch(color=colour if tinted else "none", label=_wrapped(_counted(name[:60], counts.get(name))))
        for name, colour in scene.colours
    ]
    if "empty" in kinds:
        pale, edge = hexed(colours.pale), hexed(colours.border)
        marks.append(Patch(facecolor=pale, edgecolor=edge, label="no events"))
    dot: dict[str, Any] = {"color": "none", "marker": "o", "markersize": 6}
    signs = {
        "point": Line2D([], [], **dot, markerfacecolor=ink, markeredgecolor="white", label="precise place"),
        "rough": Line2D([], [], **dot, markeredgecolor=ink, markeredgewidth=1.6, label="rough place"),
        "area": Patch(facecolor="#80808059", edgecolor=ink, label="somewhere inside"),
        "wide": Patch(facecolor="#8080801f", edgecolor=ink, label="somewhere inside, or\nbeyond this map"),
        "arc": Line2D([], [], color=ink, linewidth=1.2, label="deployment, from\nthe force's country"),
    }
    shown = {"area", "wide", "arc"} if scene.crowded else set(signs)
    marks += [sign for kind, sign in signs.items() if kind in kinds & shown]
    if scene.crowded:
        marks.append(tuple(Patch(color=tint) for tint in DENSITY))
    elif scene.rows[SIZE].max() > 0 and kinds & {"point", "rough"}:
        most = f"larger: more known\nfatalities (up to {scene.rows[SIZE].max():,.0f})"
        marks.append(Line2D([], [], color="none", label=most))
    if circles:
        marks.append(Line2D([], [], color=ink, linewidth=0.7, label="inside the circle\nwith 90 % certainty"))
    box = axes.legend(
        handles=marks,
        labels=[_label_of(mark) for mark in marks],
        loc="upper left",
        bbox_to_anchor=(1.01, 1.0),
        borderaxespad=0,
        fontsize=8.5,
        frameon=False,
        labelcolor=ink,
        labelspacing=0.7,
        title="Events in a unit (units)" if scene.panel else None,
        title_fontproperties={"weight": "bold", "size": 9},
        alignment="left",
        handler_map={tuple: HandlerTuple(ndivide=None, pad=0)},
    )
    box.get_title().set_color(ink)
    for text in box.get_texts():
        text.set_parse_math(False)


def _label_of(mark: Any) -> str:
    return "few to many events" if isinstance(mark, tuple) else str(mark.get_label())


def _wrapped(text: str) -> str:
    return "\n".join(textwrap.wrap(text, 27))


def _scale(axes: Axes, flat: Projection, colours: Theme) -> None:
    """Draw a bar of round length; on a map of the world it holds in the middle only, and says so."""
    west, south, east, north = flat.frame
    wanted = (east - west) / 6
    power = 10 ** math.floor(math.log10(wanted))
    length = max(step * power for step in (1, 2, 5) if step * power <= wanted)
    x, y = east - 0.03 * (east - west) - length, south + 0.035 * (north - south)
    tick, ink = 0.008 * (north - south), hexed(colours.text)
    axes.plot(
        [x, x, x + length, x + length],
        [y + tick, y, y, y + tick],
        color=ink,
        linewidth=1.4,
        zorder=7,
        solid_joinstyle="miter",
    )
    text = f"{length:,.0f} km" + (" in the middle" if flat.whole else "")
    axes.text(x + length / 2, y + 1.3 * tick, text, ha="center", va="bottom", fontsize=8.5, color=ink, zorder=7)


def _texts(
    figure: Figure, events: gpd.GeoDataFrame, scene: Scene, flat: Projection, colours: Theme, facts: dict[str, Any]
) -> None:
    ink = hexed(colours.text)
    left = _BOX[0]
    title = str(facts.get("title") or (TITLE if scene.panel else "Map of events"))
    counts = {} if scene.panel else facts.get("counts") or {"events": len(events)}
    parts = [what_of(scene), *(f"{number:,} {status}" for status, number in counts.items() if number)]
    if not len(scene.rows):
        parts.append("no event has a place, so there is nothing to draw")
    if flat.outside:
        parts.append(f"{flat.outside:,} {'units ' * scene.panel}outside this map")
    figure.text(left, 0.965, title[:90], fontsize=15, weight="bold", color=ink, va="center", parse_math=False)
    said = " · ".join(part for part in parts if part)
    figure.text(left, 0.932, said[:160], fontsize=9.5, color=ink, va="center", parse_math=False)
    named = sources_of(events)
    lines = [textwrap.shorten(f"Sources named: {'; '.join(named)}.", _CREDITS_WIDE, placeholder=" …")] if named else []
    kind = "Equal Earth" if flat.whole else "Lambert azimuthal equal-area"
    credits = f"Places: {facts.get('attribution') or 'as given'}. Projection: {kind}. geoevents."
    lines += textwrap.wrap(credits, _CREDITS_WIDE, max_lines=_CREDITS_LINES - len(lines), placeholder=" …")
    below = _BOX[1] - 0.02
    figure.text(left, below, "\n".join(lines), fontsize=7.5, linespacing=1.05, color=ink, va="top", parse_math=False)
