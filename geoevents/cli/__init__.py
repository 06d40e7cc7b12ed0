"""The command ``geoevents``; the command line hands on to the public functions of the package."""

from geoevents.cli.command import cli, main

__all__ = ["cli", "main"]
