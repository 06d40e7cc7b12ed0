"""The ``gazetteer`` command: a thin shell over the package.

Arguments enter; data goes to standard output, everything else to standard error. Exit codes: 0 done (phrases that
were not found included), 1 an error in the input or on disk, 2 misuse.
"""

from __future__ import annotations

import sys

import click

from gazetteer.cli.answers import cache
from gazetteer.cli.data import build, info
from gazetteer.cli.evaluation import evaluate
from gazetteer.cli.lookups import members, resolve, search
from gazetteer.cli.packs import pack
from gazetteer.cli.texts import find
from gazetteer.errors import ArgumentError, GazetteerError

__all__ = ["cli", "main"]


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="geoevents", prog_name="gazetteer")
def cli() -> None:
    """Say where a place is: names, place phrases and country lists, offline."""


for _command in (resolve, search, members, find, evaluate, info, cache, build, pack):
    cli.add_command(_command)


def main() -> None:
    """Run the command; an error is one sentence on standard error."""
    try:
        status = cli.main(standalone_mode=False)
    except click.ClickException as error:
        click.echo(error.format_message(), err=True)
        status = 2
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted.", err=True)
        status = 130
    except ArgumentError as error:
        click.echo(str(error), err=True)
        status = 2
    except GazetteerError as error:
        click.echo(str(error), err=True)
        status = 1
    except OSError as error:
        # Without the number that the system has for it.
        what = (error.strerror or str(error)).lower()
        click.echo(f"{error.filename}: {what}" if error.filename else what, err=True)
        status = 1
    sys.exit(status or 0)
