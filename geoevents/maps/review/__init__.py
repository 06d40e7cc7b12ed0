"""Review of what was guessed: events become a page or a table in which a person decides."""

from geoevents.maps.review.doubts import doubts_of
from geoevents.maps.review.writer import write_review

__all__ = ["doubts_of", "write_review"]
