"""Apply a person's corrections of places, from tables of overrides, to located events."""

from geoevents.overrides.applying import apply_overrides, corrected, united_figures, unused_overrides
from geoevents.overrides.override import COLUMNS, NO_PLACE, Override, Overrides
from geoevents.overrides.reading import StrPath, read_overrides

__all__ = [
    "COLUMNS",
    "NO_PLACE",
    "Override",
    "Overrides",
    "StrPath",
    "apply_overrides",
    "corrected",
    "read_overrides",
    "united_figures",
    "unused_overrides",
]
