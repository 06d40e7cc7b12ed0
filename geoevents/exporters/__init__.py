"""Events become files: a format a suffix, whole or not at all."""

from geoevents.exporters.registry import FORMATS, LOSSES, check, format_of, write

__all__ = ["FORMATS", "LOSSES", "check", "format_of", "write"]
