"""Areas made ready for joins."""
