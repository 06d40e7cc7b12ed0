"""Extract events, with their dates and counts, from running text."""
