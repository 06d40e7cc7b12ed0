"""Counts of events by unit and period, and the columns that a model adds to them."""
