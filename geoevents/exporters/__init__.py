"""Events become files: one format a suffix, each file whole or not at all."""

from geoevents.exporters.registry import FORMATS, LOSSES, Format, Writer, check, format_of, write

__all__ = ["FORMATS", "LOSSES", "Format", "Writer", "check", "format_of", "write"]
