"""The command ``geoevents``: a thin shell over the package.

Data goes to the files that are named, what was done goes to stderr. Exit codes: 0 done (misses included,
counted), 1 an error in the input or on disk, 2 misuse, 130 interrupted; an error is one sentence.
"""

from __future__ import annotations

import logging
import os
import sys
import warnings
from collections.abc import Callable

import click

from geoevents.cli.draws import draw
from geoevents.cli.joins import aggregate, join
from geoevents.cli.locating import convert, formats, inspect, locate, validate
from geoevents.cli.maps import map_
from geoevents.cli.reports import evaluate, extract
from geoevents.cli.sources import match
from geoevents.errors import ArgumentError, GeoEventsError
from geoevents.suggestions import did_you_mean

__all__ = ["cli", "main"]

_COMMANDS = (aggregate, convert, draw, evaluate, extract, formats, inspect, join, locate, map_, match, validate)


class _Commands(click.Group):
    """The commands; an unknown name is answered with the one that is most like it."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that the first word names."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            raise click.UsageError(f"{error.message.rstrip('.')}{did_you_mean(args[0], self.commands)}.", ctx) from None


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="geoevents", prog_name="geoevents")
def cli() -> None:
    """Put events on the map: a table of events becomes located events, files and maps, offline."""


for _command in _COMMANDS:
    cli.add_command(_command)


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return its exit code.

    Parameters
    ----------
    arguments
        Without the program's name; None takes those of the process.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(message)s"))
    log = logging.getLogger("geoevents")
    log.addHandler(handler)
    try:
        with warnings.catch_warnings():
            warnings.showwarning = _each_once()
            return _run(arguments)
    finally:
        log.removeHandler(handler)


def _each_once() -> Callable[..., None]:
    """Return what shows a library's warning as one sentence, the same one once, without its place in the code."""
    shown: set[str] = set()

    def show(message: Warning | str, *_: object, **__: object) -> None:
        said = " ".join(str(message).split()).rstrip(".") + "."
        if said not in shown:
            shown.add(said)
            click.echo(said, err=True)

    return show


def _run(arguments: list[str] | None) -> int:
    try:
        code = cli.main(arguments, prog_name="geoevents", standalone_mode=False)
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message())
        return 2
    except click.ClickException as error:
        return _fail(error.format_message(), 2)
    except ArgumentError as error:
        return _fail(str(error), 2)
    except _known() as error:
        return _fail(str(error), 1)
    except (KeyboardInterrupt, click.Abort) as error:
        # Click has taken what was raised; work that can be taken up says so.
        return _fail(str(error.__cause__ or error) or "interrupted; nothing was written.", 130)
    except BrokenPipeError:
        # The reader has gone; what Python still holds must not be flushed to it at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except MemoryError:
        return _fail("not enough memory for this input.", 1)


def _known() -> tuple[type[Exception], ...]:
    """Return the errors that are one sentence; asked for only when one came, since the gazetteer is heavy."""
    from gazetteer import GazetteerError

    return GeoEventsError, GazetteerError


def _fail(sentence: str, code: int) -> int:
    click.echo(f"geoevents: {' '.join(sentence.split())}", err=True)
    return code
