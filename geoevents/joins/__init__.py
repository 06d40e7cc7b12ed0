"""Join events with areas and with other events: their units, pairs of events, and counts by unit.

Events are joined with what is known of where they happened: a point may be a guess, a region is not a point.
"""

from geoevents.joins.draws.combine import combine
from geoevents.joins.draws.draw import draw
from geoevents.joins.interpolation import interpolate
from geoevents.joins.join import join
from geoevents.joins.pairs.match import Matches, match, merge
from geoevents.joins.pairs.near import near
from geoevents.joins.panels.aggregate import aggregate
from geoevents.joins.panels.distances import distances
from geoevents.joins.panels.lags import lag, spells

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
