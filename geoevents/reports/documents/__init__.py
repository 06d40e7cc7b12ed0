"""Files, folders and streams of reports become documents, one after the other."""
