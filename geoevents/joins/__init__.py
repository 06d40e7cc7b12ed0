"""Join events with areas and with other events: their units, pairs of events, and counts by unit.

Events are joined with what is known of where they happened: a point may be a guess, a region is not a point.
"""

from geoevents.joins.aggregate import aggregate
from geoevents.joins.combine import combine
from geoevents.joins.distances import distances
from geoevents.joins.draw import draw
from geoevents.joins.interpolation import interpolate
from geoevents.joins.join import join
from geoevents.joins.lags import lag, spells
from geoevents.joins.match import Matches, match, merge
from geoevents.joins.near import near

__all__ = [
    "Matches",
    "aggregate",
    "combine",
    "distances",
    "draw",
    "interpolate",
    "join",
    "lag",
    "match",
    "merge",
    "near",
    "spells",
]
