"""Settings of all tests: where CI runs them, property tests try the same examples each time; no packs."""

import os

from hypothesis import settings

# What a change breaks is to be told from what chance finds: on a desk every run looks at new examples.
settings.register_profile("ci", derandomize=True)
# The tests ask the bundled tables, whatever packs are installed on this machine.
os.environ["GEOEVENTS_PACKS"] = "none"
if os.environ.get("CI") == "true":
    settings.load_profile("ci")
