"""The formats of files that are read, and their suffixes."""

from __future__ import annotations

__all__ = ["ARCHIVES", "FORMATS"]

# What can be read, and the suffixes that ask for it.
FORMATS: dict[str, tuple[str, ...]] = {
    "csv": (".csv", ".txt"),
    "tsv": (".tsv", ".tab"),
    "json": (".json",),
    "jsonl": (".jsonl", ".ndjson", ".geojsonl"),
    "geojson": (".geojson",),
    "excel": (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods"),
    "parquet": (".parquet", ".geoparquet", ".pq"),
    "geojsons": (".geojsons",),
    "flatgeobuf": (".fgb",),
    "geopackage": (".gpkg",),
    "kml": (".kml",),
    "kmz": (".kmz",),
    "gpx": (".gpx",),
    "shapefile": (".shp",),
}
# Archives around a file of these.
ARCHIVES = (".zip", ".gz", ".bz2", ".xz")
