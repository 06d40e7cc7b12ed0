"""The share of each place in each unit: by geometry, by a raster, or the one unit of every event."""
