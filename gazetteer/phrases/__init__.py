"""From a place phrase to a tree, from a tree to a meaning."""
