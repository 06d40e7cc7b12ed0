"""``python -m geoevents.cli`` runs the command as ``python -m geoevents`` does."""

import sys

from geoevents.__main__ import main

if __name__ == "__main__":
    sys.exit(main())
