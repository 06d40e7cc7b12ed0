"""The commands about the answers of online services that are kept on disk: cache info, cache clear."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from gazetteer.cli.options import json_option
from gazetteer.cli.output import to_json

if TYPE_CHECKING:
    from gazetteer.geocoders import AnswerCache

__all__ = ["cache"]


@click.group()
def cache() -> None:
    """Look at the answers of online services that are kept on disk, or forget them."""


@cache.command("info")
@json_option
def info_(as_json: bool) -> None:
    """Say how many answers of each service are kept, where, and how old they are."""
    kept = _kept_answers()
    figures = kept.figures()
    for one in figures:
        words = f"{one.provider}\t{one.found} found\t{one.missed} not found\t{one.oldest} to {one.newest} UTC"
        click.echo(to_json(asdict(one)) if as_json else words)
    click.echo(f"{kept.path}{'' if figures else ': no answers are kept'}", err=True)


@cache.command()
@click.option("--service", metavar="NAME", help="Of one service, such as photon, or nominatim:localhost:8080.")
@click.option("--days", type=click.FloatRange(min=0), default=0.0, help="Only answers older than so many days.")
def clear(service: str | None, days: float) -> None:
    """Forget the answers, so that services are asked again."""
    forgotten = _kept_answers().clear(service, days=days)
    click.echo(f"{forgotten} answer{'' if forgotten == 1 else 's'} forgotten.", err=True)


def _kept_answers() -> AnswerCache:
    # Loaded here: a look-up goes without the services and SQLite.
    from gazetteer.geocoders import AnswerCache, usual_cache

    return AnswerCache(usual_cache())
