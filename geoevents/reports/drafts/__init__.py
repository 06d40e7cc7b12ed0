"""Events of a report and of several, put together and merged."""
