"""From the id of a place to its point, radius and shape."""
