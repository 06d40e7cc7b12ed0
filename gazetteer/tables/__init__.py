"""From a column of place phrases to a place a row."""
