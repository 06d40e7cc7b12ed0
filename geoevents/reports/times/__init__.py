"""When: phrases of time are found, read, and placed on the calendar as intervals."""

from geoevents.reports.times.when import TimeExpression, find_times

__all__ = ["TimeExpression", "find_times"]
