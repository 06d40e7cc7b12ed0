"""Events in the whole of a report: which are its news, and where they took place."""
