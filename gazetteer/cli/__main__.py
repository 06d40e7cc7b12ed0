"""Runs the command: ``python -m gazetteer.cli``."""

from gazetteer.cli.command import main

if __name__ == "__main__":
    main()
