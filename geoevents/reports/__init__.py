"""Reports become events: running text enters; dates, counts and events leave."""
