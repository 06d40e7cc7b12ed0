"""How many: numbers in figures and words, what they count, and what befell those they count."""

from geoevents.reports.counts.counting import Count, find_counts

__all__ = ["Count", "find_counts"]
