"""The commands about the data themselves: info, build."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import click

from gazetteer.cli.options import DataOptions, data_options, json_option
from gazetteer.cli.output import to_json
from gazetteer.errors import GazetteerError

__all__ = ["build", "info"]


@click.command()
@click.option("--verify", is_flag=True, help="Read every table, index and model, and compare its checksum.")
@data_options
@json_option
def info(as_json: bool, verify: bool, data: DataOptions) -> None:
    """Say what this gazetteer holds, and where it comes from."""
    gaz = data.load()
    if verify:
        gaz.verify()
        click.echo("Every table, index and model is as it was built.", err=True)
    facts = gaz.info() | {"compiled": find_spec("gazetteer.geoparsing.tree_walk") is not None}
    if as_json:
        click.echo(to_json(facts))
        return
    click.echo(f"geoevents {facts['version']}, gazetteer build {facts['build']}")
    click.echo(f"Names in texts are found by {'compiled' if facts['compiled'] else 'pure Python'} code.")
    for layer, rows in facts["layers"].items():
        click.echo(f"{rows:>10,}  {layer}")
    for source in facts["sources"]:
        click.echo(f"{source['name']} {source['version']}: {source['used_for']} ({source['licence']})")


@click.command()
@click.argument("sources", type=click.Path(path_type=Path), required=False)
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), help="The folder to write.")
@click.option(
    "--geonames",
    nargs=4,
    type=click.Path(path_type=Path),
    metavar="PLACES NAMES ADMIN1 ADMIN2",
    help="GeoNames' dump: allCountries.zip alternateNamesV2.zip admin1CodesASCII.txt admin2Codes.txt.",
)
@click.option("--add", type=click.Path(path_type=Path), metavar="PLACES", help="Own places: a .csv, .gpkg or .geojson.")
def build(sources: Path | None, output: Path, geonames: tuple[Path, Path, Path, Path] | None, add: Path | None) -> None:
    """Build the tables from SOURCES, a folder that python -m gazetteer.build.download filled.

    Or from the bundled tables and GeoNames' own dump, or own places over the bundled ones.
    """
    if sum(given is not None for given in (sources, geonames, add)) != 1:
        raise click.UsageError("Expected one of SOURCES, --geonames and --add.")
    from gazetteer.build.finished import finished_folder

    if geonames is not None:
        from gazetteer.build import full, geonames_dump

        with finished_folder(output) as folder:
            refused = full.build_full(geonames_dump.Dump(*geonames), folder)
        if refused:
            click.echo(f"{refused} rows refused: impossible columns, id, position or population.", err=True)
    elif add is not None:
        from gazetteer.build.own import build_own

        with finished_folder(output) as folder:
            build_own(add, folder)
    elif sources is not None:
        from gazetteer.build.assemble import assemble

        if not sources.is_dir():
            raise GazetteerError(f"{sources}: expected the folder of downloaded sources, but it does not exist.")
        with finished_folder(output) as folder:
            assemble(sources, folder)
