"""The commands that look names up: resolve, search, members."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator

import click

from gazetteer.cli.options import (
    DataOptions,
    OnlineOptions,
    country_option,
    data_options,
    json_option,
    on_option,
    online_options,
)
from gazetteer.cli.output import collection, match_feature, match_row, to_json
from gazetteer.model import Match

__all__ = ["members", "resolve", "search"]


@click.command()
@click.argument("phrases", nargs=-1, required=True, metavar="PHRASE...")
@country_option
@on_option
@data_options
@json_option
@click.option("--geojson", "as_geojson", is_flag=True, help="A FeatureCollection with the shapes.")
@online_options
def resolve(
    phrases: tuple[str, ...],
    country: str | None,
    on: str | None,
    as_json: bool,
    as_geojson: bool,
    service: OnlineOptions,
    data: DataOptions,
) -> None:
    """Say which place each PHRASE means; "-" reads phrases from standard input, one a line."""
    geocoder = service.geocoder()
    gaz = data.load()
    missed = 0

    def matches() -> Iterator[Match]:
        nonlocal missed
        for phrase in _lines(phrases):
            match = gaz.resolve(phrase, country=country, on=on)
            if geocoder is not None:
                match = geocoder.complete(match, country=country)
            missed += match.status == "unresolved"
            yield match

    if as_geojson:
        for piece in collection(map(match_feature, matches())):
            click.echo(piece, nl=False)
    else:
        for match in matches():
            click.echo(to_json(match.as_dict()) if as_json else match_row(match))
    if geocoder is not None:
        click.echo(f"Asked {geocoder.provider}: {geocoder.attribution}", err=True)
    if missed:
        click.echo(f"{missed} not found", err=True)


@click.command()
@click.argument("name")
@click.option("--limit", default=10, show_default=True, help="How many candidates at the most.")
@country_option
@on_option
@data_options
@json_option
def search(name: str, limit: int, country: str | None, on: str | None, as_json: bool, data: DataOptions) -> None:
    """List the places that NAME may mean, best first, and then those whose names it begins."""
    found = data.load().search(name, limit=limit, country=country, on=on)
    for candidate in found:
        if as_json:
            click.echo(to_json(candidate.as_dict()))
        else:
            place = candidate.place
            where = place.admin1 or place.country or ""
            cells = (
                f"{candidate.score:.2f}",
                place.id,
                place.kind,
                where,
                f"{place.lon:.4f} {place.lat:.4f}",
                place.name,
            )
            click.echo("\t".join(cells))
    if not found:
        click.echo(f"{name}: no place of that name", err=True)


@click.command()
@click.argument("group")
@on_option
@click.option("--status", "statuses", multiple=True, metavar="observer", help="List these instead of members.")
@data_options
@json_option
def members(group: str, on: str | None, statuses: tuple[str, ...], as_json: bool, data: DataOptions) -> None:
    """List the members of GROUP, an organisation or a list of countries: CSTO, "Baltic states"."""
    for place in data.load().members(group, on=on, status=statuses or "member"):
        click.echo(to_json(place.as_dict()) if as_json else f"{place.id}\t{place.country or ''}\t{place.name}")


def _lines(phrases: Iterable[str]) -> Iterator[str]:
    for phrase in phrases:
        if phrase == "-":
            for line in sys.stdin.buffer:
                yield line.decode("utf-8", errors="replace").rstrip("\r\n")
        else:
            yield phrase
