"""Names as keys: how a name is written, sounds and is misspelt."""
