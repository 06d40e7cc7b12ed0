"""The command ``gazetteer``; each module holds the commands of one task."""

from gazetteer.cli.command import cli, main

__all__ = ["cli", "main"]
