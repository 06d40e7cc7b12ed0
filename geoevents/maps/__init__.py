"""Maps of events: pages, pictures, choropleths and movements."""
