"""Places onto records: own coordinates first, then words."""

from geoevents.location.figures import described, summary
from geoevents.location.locating import locate

__all__ = ["described", "locate", "summary"]
