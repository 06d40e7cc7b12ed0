"""Where, in a sentence: the places it names, and which of them is the scene of an event."""
