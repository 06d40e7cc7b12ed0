"""The command ``geoevents``; the command line hands on to the public functions of the package.

Its modules load when they are first used, so that ``python -m geoevents.cli`` can say at once that it was interrupted.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from geoevents.cli.command import cli, main

__all__ = ["cli", "main"]


def __getattr__(name: str) -> object:
    if name in __all__:
        return getattr(import_module("geoevents.cli.command"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
