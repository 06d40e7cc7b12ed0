"""Pairs of events: near each other, and the same event in two sources."""
