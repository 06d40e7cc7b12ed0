"""The ``gazetteer`` command: a thin shell over the package.

Arguments enter; data goes to standard output, everything else to standard error. Exit codes: 0 done (phrases that
were not found included), 1 an error in the input or on disk, 2 misuse.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import click

from gazetteer.errors import ArgumentError, GazetteerError

__all__ = ["main"]


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="geoevents", prog_name="gazetteer")
def cli() -> None:
    """Say where a place is: names, place phrases and country lists, offline."""


_country = click.option("--country", metavar="KZ", help="ISO 3166-1 code or name; no answer lies outside it.")
_on = click.option("--on", metavar="2022-01-10", help="The day whose units count; today when not given.")
_json = click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")


@cli.command()
@click.argument("phrases", nargs=-1, required=True, metavar="PHRASE...")
@_country
@_on
@_json
@click.option("--geojson", "as_geojson", is_flag=True, help="A FeatureCollection with the shapes.")
def resolve(phrases: tuple[str, ...], country: str | None, on: str | None, as_json: bool, as_geojson: bool) -> None:
    """Say which place each PHRASE means; "-" reads phrases from standard input, one a line."""
    import gazetteer

    gaz = gazetteer.load()
    matches = (gaz.resolve(phrase, country=country, on=on) for phrase in _lines(phrases))
    if as_geojson:
        _print_features(matches)
        return
    missed = 0
    for match in matches:
        missed += match.status == "unresolved"
        click.echo(_to_json(match.as_dict()) if as_json else _row(match))
    if missed:
        click.echo(f"{missed} not found", err=True)


@cli.command()
@click.argument("name")
@click.option("--limit", default=10, show_default=True, help="How many candidates at the most.")
@_country
@_on
@_json
def search(name: str, limit: int, country: str | None, on: str | None, as_json: bool) -> None:
    """List the places that NAME may mean, best first, and then those whose names it begins."""
    import gazetteer

    found = gazetteer.load().search(name, limit=limit, country=country, on=on)
    for candidate in found:
        if as_json:
            click.echo(_to_json(candidate.as_dict()))
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


@cli.command()
@click.argument("group")
@_on
@click.option("--status", "statuses", multiple=True, metavar="observer", help="List these instead of members.")
@_json
def members(group: str, on: str | None, statuses: tuple[str, ...], as_json: bool) -> None:
    """List the members of GROUP, an organisation or a list of countries: CSTO, "Baltic states"."""
    import gazetteer

    for place in gazetteer.load().members(group, on=on, status=statuses or "member"):
        click.echo(_to_json(place.as_dict()) if as_json else f"{place.id}\t{place.country or ''}\t{place.name}")


@cli.command()
@_json
def info(as_json: bool) -> None:
    """Say what this gazetteer holds, and where it comes from."""
    import gazetteer

    facts = gazetteer.load().info()
    if as_json:
        click.echo(_to_json(facts))
        return
    click.echo(f"geoevents {facts['version']}, gazetteer build {facts['build']}")
    for layer, rows in facts["layers"].items():
        click.echo(f"{rows:>10,}  {layer}")
    for source in facts["sources"]:
        click.echo(f"{source['name']} {source['version']}: {source['used_for']} ({source['licence']})")


@cli.command()
@click.argument("sources", type=click.Path(path_type=Path))
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), help="The folder to write.")
def build(sources: Path, output: Path) -> None:
    """Build the tables from SOURCES, a folder that python -m gazetteer.build.download filled."""
    from gazetteer.build.assemble import assemble

    if not sources.is_dir():
        raise GazetteerError(f"{sources}: expected the folder of downloaded sources, but there is none.")
    assemble(sources, output)


def _lines(phrases: Iterable[str]) -> Iterator[str]:
    for phrase in phrases:
        if phrase == "-":
            for line in sys.stdin.buffer:
                yield line.decode("utf-8", errors="replace").rstrip("\r\n")
        else:
            yield phrase


def _row(match: Any) -> str:
    place = match.place
    if place is None:
        return f"{match.query}\tunresolved\t{match.reason}"
    return "\t".join(
        (
            match.query, match.status, place.id, place.kind, place.name, place.admin1 or place.country or "",
            f"{place.lon:.4f} {place.lat:.4f}", f"±{match.radius_km:g} km", f"{match.score:.2f}", match.method,
        )
    )  # fmt: skip


def _print_features(matches: Iterable[Any]) -> None:
    import shapely

    features = []
    for match in matches:
        shape = match.geometry
        features.append(
            {
                "type": "Feature",
                "geometry": json.loads(shapely.to_geojson(shape)) if shape is not None else None,
                "properties": match.as_dict(),
            }
        )
    click.echo(_to_json({"type": "FeatureCollection", "features": features}))


def _to_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def main() -> None:
    """Run the command; an error is one sentence on standard error."""
    try:
        status = cli.main(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        status = error.exit_code
    except (click.Abort, KeyboardInterrupt):
        status = 130
    except ArgumentError as error:
        click.echo(str(error), err=True)
        status = 2
    except (GazetteerError, OSError) as error:
        click.echo(str(error), err=True)
        status = 1
    sys.exit(status or 0)
