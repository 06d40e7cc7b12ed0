"""The commands about the answers of online services that are kept on disk: cache info, cache clear."""

from __future__ import annotations

from dataclasses import asdict

import click

from gazetteer.cli.options import json_option
from gazetteer.cli.output import to_json
from gazetteer.geocoders import AnswerCache, usual_cache

__all__ = ["cache"]


@click.group()
def cache() -> None:
    """Look at the answers of online services that are kept on disk, or forget them."""


@cache.command("info")
@json_option
def info_(as_json: bool) -> None:
    """Say how many answers of each service are kept, where, and how old they are."""
    kept = AnswerCache(usual_cache())
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
    forgotten = AnswerCache(usual_cache()).clear(service, days=days)
    click.echo(f"{forgotten} answer{'' if forgotten == 1 else 's'} forgotten.", err=True)
