"""``python -m geoevents.cli`` runs the command."""

import sys

from geoevents.cli import main

if __name__ == "__main__":
    sys.exit(main())
