"""The page around the map: one self-contained HTML file."""

from geoevents.maps.html.document import write_page

__all__ = ["write_page"]
