"""``geoevents`` as it is started: ``python -m geoevents``, and the command of that name.

It imports next to nothing, so that Ctrl-C is one sentence while the libraries load, too.
"""

import sys

__all__ = ["main"]


def main() -> int:
    """Run the command; return its exit code."""
    try:
        from geoevents.cli.command import main as run

        return run()
    except KeyboardInterrupt:
        sys.stderr.write("\ngeoevents: interrupted; nothing was written.\n")
        return 130


if __name__ == "__main__":
    sys.exit(main())
