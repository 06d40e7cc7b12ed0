"""The grounds a map may have, and the colours of its land, sea, text and lines, light and dark."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = [
    "AREA_HIDES",
    "DENSITY",
    "STACK_HIDES",
    "THEMES",
    "WIDE_HIDES",
    "Basemap",
    "Colour",
    "Theme",
    "ThemeName",
    "hexed",
]

Colour = tuple[int, int, int]
ThemeName = Literal["light", "dark"]
Basemap = Literal["none", "positron", "voyager", "dark-matter"]


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours as red, green, blue, 0–255; `pale` is for units without events.

    `text` on `land` and on `sea` has a contrast of 4.5 or more.
    """

    land: Colour
    sea: Colour
    border: Colour
    text: Colour
    line: Colour
    pale: Colour


THEMES: dict[ThemeName, Theme] = {
    "light": Theme((244, 241, 234), (207, 224, 236), (176, 182, 190), (31, 41, 55), (75, 85, 99), (253, 252, 250)),
    "dark": Theme((45, 50, 58), (22, 27, 34), (86, 95, 107), (236, 239, 244), (170, 178, 189), (60, 66, 75)),
}


# How much of the land a lone area hides, a stack of areas on one place, and areas that reach beyond the view: they
# would drown what lies in it. Pages and pictures share these.
AREA_HIDES, STACK_HIDES, WIDE_HIDES = 0.18, 0.24, 0.05

# A density's colours, few to many: they differ in brightness, so that no hue has to be told from another.
DENSITY = ("#FDE9C8", "#FBC47C", "#F0944D", "#D55E2F", "#A8322A", "#6B1532")


def hexed(colour: Colour) -> str:
    """Return a colour as HTML writes it.

    Examples
    --------
    >>> hexed((244, 241, 234))
    '#f4f1ea'
    """
    return "#{:02x}{:02x}{:02x}".format(*colour)
