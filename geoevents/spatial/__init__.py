"""Geometry for many shapes at once: point in polygon, nearest, grids, validity."""
