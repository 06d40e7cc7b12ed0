"""The command ``gazetteer``; each module holds the commands of one task.

They load when they are first used, so that ``python -m gazetteer.cli`` can say at once that it was interrupted.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gazetteer.cli.command import cli, main

__all__ = ["cli", "main"]


def __getattr__(name: str) -> object:
    if name in __all__:
        return getattr(import_module("gazetteer.cli.command"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
