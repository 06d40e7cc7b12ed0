"""The commands about packs: list, add, remove."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import click

from gazetteer.bundled import BUNDLED
from gazetteer.cli.options import json_option
from gazetteer.cli.output import to_json
from gazetteer.index.packs import Pack, default_folder, pack_name

__all__ = ["pack"]


@click.group()
def pack() -> None:
    """Install a country's detail: all its places, and its districts as polygons; or the world's rivers and lakes."""


@pack.command("list")
@json_option
def list_packs(as_json: bool) -> None:
    """List the installed packs: places, size, the day they were added, sources with vintage and licence."""
    packs = default_folder()
    found = packs.installed()
    for one in found:
        if as_json:
            click.echo(to_json({"name": one.name, **one.facts}))
        else:
            _print(one)
    if not found:
        click.echo(f"no packs in {packs.path}", err=True)


@pack.command()
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
@click.option(
    "--from",
    "given",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="FOLDER",
    help="Take the files from FOLDER: SY.zip, alternatenames/SY.zip, whosonfirst-data-admin-sy…",
)
def add(names: tuple[str, ...], given: Path | None) -> None:
    """Install each pack: a country's ISO 3166-1 alpha-3 code such as SYR, or physical."""
    packs, building = default_folder(), _building()
    building.check_names(names)
    for name in names:
        added = building.add_pack(name, packs, BUNDLED, given=given, say=lambda text: click.echo(text, err=True))
        places, outlines = added.facts["places"], added.facts["outlines"]
        click.echo(f"{added.name}: {places:,} places, {outlines:,} with an outline.", err=True)
    building.prepare_tables(packs, packs.installed(), BUNDLED)


@pack.command()
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
def remove(names: tuple[str, ...]) -> None:
    """Remove packs."""
    packs = default_folder()
    _building().check_installed(names, packs)
    for name in dict.fromkeys(map(pack_name, names)):
        _building().remove_pack(name, packs)
        click.echo(f"{name}: removed.", err=True)


def _building() -> ModuleType:
    """Return the module that installs packs; it loads pandas, which `pack list` goes without."""
    from gazetteer.build import packs

    return packs


def _print(one: Pack) -> None:
    facts = one.facts
    size = f"{facts['bytes'] / 1e6:.1f} MB"
    click.echo(
        f"{one.name}\t{facts['places']:,} places\t{facts['outlines']:,} outlines\t{size}\tadded {facts['added']}"
    )
    for source in (one for one in facts["sources"] if one["file"]):
        click.echo(f"  {source['file']}, {source['version']}: {source['licence']}; {source['attribution']}")
    for licence, places in facts["licences"].items():
        click.echo(f"  {places:,} places from {licence}")
