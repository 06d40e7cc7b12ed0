"""From a name to the places it may mean, best first."""
