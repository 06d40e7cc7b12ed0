"""Records that bring their own coordinates become events."""

from geoevents.coordinates.axis_check import is_of_swapped_axes
from geoevents.coordinates.columns import coordinates_given, described_shapes, optional_columns, written_dates
from geoevents.coordinates.events import METHOD, RADIUS_KM, events_at, is_from_coordinates, records_of
from geoevents.coordinates.units import COAST_KM

__all__ = [
    "COAST_KM",
    "METHOD",
    "RADIUS_KM",
    "coordinates_given",
    "described_shapes",
    "events_at",
    "is_from_coordinates",
    "is_of_swapped_axes",
    "optional_columns",
    "records_of",
    "written_dates",
]
