"""``geoevents`` as it is started: ``python -m geoevents``, and the command of that name.

It imports next to nothing, so that Ctrl-C is one sentence while the libraries load, too.
"""

import gc
import sys

__all__ = ["main"]

# The libraries make objects by the hundred thousand, and keep them: to look through them for cycles after every 700, as
# is usual, takes a tenth of a short command.
_ALLOCATIONS = 100_000


def main() -> int:
    """Run the command; return its exit code."""
    gc.set_threshold(_ALLOCATIONS)
    try:
        from geoevents.cli.command import main as run

        return run()
    except KeyboardInterrupt:
        sys.stderr.write("\ngeoevents: interrupted; nothing was written.\n")
        return 130


if __name__ == "__main__":
    sys.exit(main())
