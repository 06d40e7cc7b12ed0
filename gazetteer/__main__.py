"""``gazetteer`` as it is started: ``python -m gazetteer``, and the command of that name.

It imports next to nothing, so that Ctrl-C is one sentence while the libraries load, too.
"""

import sys

__all__ = ["main"]


def main() -> None:
    """Run the command, and leave with its exit code."""
    try:
        from gazetteer.cli.command import main as run

        run()
    except KeyboardInterrupt:
        sys.stderr.write("interrupted.\n")
        sys.exit(130)


if __name__ == "__main__":
    main()
