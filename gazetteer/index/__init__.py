"""The opened tables: places, names, shapes, and the index that look-ups read."""
