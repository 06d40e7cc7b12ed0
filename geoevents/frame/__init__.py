"""The events frame: its columns and types, and how it is read and kept."""
