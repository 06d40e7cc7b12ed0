"""The ``gazetteer`` command: a thin shell over the package.

Arguments enter; data goes to standard output, everything else to standard error. Exit codes: 0 done (phrases that
were not found included), 1 an error in the input or on disk, 2 misuse.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import gazetteer
from gazetteer.errors import ArgumentError, GazetteerError

if TYPE_CHECKING:
    from gazetteer.evaluate_tables import TableScores

__all__ = ["main"]


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="geoevents", prog_name="gazetteer")
def cli() -> None:
    """Say where a place is: names, place phrases and country lists, offline."""


# Click does not check whether a file is readable: an unreadable file is an error on disk (exit code 1), not misuse.
_FILE = click.Path(path_type=Path, allow_dash=True, readable=False)
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
    for place in gazetteer.load().members(group, on=on, status=statuses or "member"):
        click.echo(_to_json(place.as_dict()) if as_json else f"{place.id}\t{place.country or ''}\t{place.name}")


_without = click.option(
    "--without", multiple=True, type=click.Choice(["demonym", "abbreviation"]), help="Leave out Kazakh, or Ky. and U.S."
)


@cli.command()
@click.argument("file", type=_FILE)
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="The answers, a document a line.")
@click.option("--spans", is_flag=True, help="Place just the spans that each document brings.")
@_without
@click.option("--names", is_flag=True, help="Bare names: Kazakhstan, where the text has western Kazakhstan.")
@_json
def find(file: Path, output: Path | None, spans: bool, without: tuple[str, ...], names: bool, as_json: bool) -> int:
    """Find the place names in FILE and say which place each one means; "-" is standard input.

    FILE is running text; or, when its name ends in .jsonl or -o is given, documents, a JSON object a line:
    {"id", "text", "date"?, "source"?, "spans"?}. Each is answered with {"id", "mentions": [...]}.
    """
    gaz = gazetteer.load()
    if output is None and not spans and file.suffix != ".jsonl":
        found = [mention for mention in gaz.find(_text(file), phrases=not names) if mention.tag not in without]
        for mention in found:
            click.echo(_to_json(mention.as_dict()) if as_json else _mention_row(mention))
        if not found:
            click.echo(f"{file}: no place names found", err=True)
        return 0
    return _find_documents(gaz, file, output, spans=spans, without=without, phrases=not names)


@cli.command()
@click.argument("gold", type=_FILE)
@_without
@click.option("--place", "places", multiple=True, metavar="COLUMN", help="Of a table: a place column; finest first.")
@click.option("--country", metavar="COLUMN", help="Of a table: the column of countries.")
@click.option("--date", metavar="COLUMN", help="Of a table: the column of days.")
@click.option("--lat", metavar="COLUMN", help="Of a table: the latitude of the true point.")
@click.option("--lon", metavar="COLUMN", help="Of a table: the longitude of the true point.")
@_json
def evaluate(
    gold: Path,
    without: tuple[str, ...],
    places: tuple[str, ...],
    country: str | None,
    date: str | None,
    lat: str | None,
    lon: str | None,
    as_json: bool,
) -> None:
    """Measure against GOLD: documents with "toponyms", a JSON object a line; or a table with true points (.csv, .tsv).

    Of a table the usual names of columns are known; each method's answers are counted, with the share that lies within
    50 km and inside the radius given, and how often answers of each score are right (within their radius, or 10 km).
    """
    if gold.suffix.lower() in (".csv", ".tsv"):
        from gazetteer.evaluate_tables import evaluate_table, read_table, usual_columns

        frame = read_table(gold)
        columns = usual_columns(frame.columns, places=places, country=country, date=date, lat=lat, lon=lon)
        _print_table_scores(evaluate_table(gazetteer.load(), frame, columns), as_json=as_json)
        return
    from gazetteer.documents import read_gold
    from gazetteer.evaluate import evaluate as measure

    with gold.open("rb") as lines:
        given, sought = measure(gazetteer.load(), read_gold(lines, str(gold)), without=without)
    table = given.reliability
    if as_json:
        rows = [dict(zip(("from", "answers", "score", "right"), row, strict=True)) for row in table.table()]
        answer = {"spans": given.figures(), "found": sought.figures(), "reliability": rows}
        click.echo(_to_json({**answer, "calibration_error": table.error}))
        return
    for name, figures in (("gold spans", given.figures()), ("spans found", sought.figures())):
        click.echo(
            f"{name}: " + "  ".join(f"{k}={v:.3f}" if isinstance(v, float) else f"{k}={v}" for k, v in figures.items())
        )
    click.echo("score     answers  mean score  share right")
    for low, answers, score, right in table.table():
        click.echo(f"{low:.1f}–{low + 0.1:.1f} {answers:>10} {score:>11.3f} {right:>12.3f}")
    click.echo(f"calibration error: {table.error:.3f}")


def _print_table_scores(scores: TableScores, *, as_json: bool) -> None:
    reliability = {method: reliability.table() for method, reliability in scores.reliability.items()}
    if as_json:
        rows = scores.by_method.to_dict(orient="records")
        bins = {
            method: [dict(zip(("from", "answers", "score", "right"), row, strict=True)) for row in curve]
            for method, curve in reliability.items()
        }
        facts = {"rows": scores.rows, "located": scores.located, "by_method": rows, "by_status": scores.by_status}
        click.echo(_to_json({**facts, "reliability": bins}))
        return
    statuses = ", ".join(f"{n} {status}" for status, n in scores.by_status.items())
    click.echo(f"{scores.rows} rows, {scores.located} located: {statuses}")
    click.echo("method     answers  within 50 km  inside radius  median radius  mean score  calibration error")
    for row in scores.by_method.to_dict(orient="records"):
        click.echo(
            f"{row['method']:<10} {row['answers']:>7} {row['within_50km']:>13.3f} {row['inside_radius']:>14.3f} "
            f"{row['median_radius_km']:>11.1f} km {row['mean_score']:>11.3f} {row['calibration_error']:>18.3f}"
        )
    click.echo("method     score     answers  mean score  share right")
    for method, curve in reliability.items():
        for low, answers, score, right in curve:
            click.echo(f"{method:<10} {low:.1f}–{low + 0.1:.1f} {answers:>10} {score:>11.3f} {right:>12.3f}")


@cli.command()
@click.option("--verify", is_flag=True, help="Read every table, index and model, and compare its checksum.")
@_json
def info(as_json: bool, verify: bool) -> None:
    """Say what this gazetteer holds, and where it comes from."""
    gaz = gazetteer.load()
    if verify:
        gaz.verify()
        click.echo("Every table, index and model is as it was built.", err=True)
    facts = gaz.info()
    if as_json:
        click.echo(_to_json(facts))
        return
    click.echo(f"geoevents {facts['version']}, gazetteer build {facts['build']}")
    for layer, rows in facts["layers"].items():
        click.echo(f"{rows:>10,}  {layer}")
    for source in facts["sources"]:
        click.echo(f"{source['name']} {source['version']}: {source['used_for']} ({source['licence']})")


@cli.command()
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
    if geonames is not None:
        from gazetteer.build.full import Dump, build_full

        refused = build_full(Dump(*geonames), output)
        if refused:
            click.echo(f"{refused} rows refused: impossible columns, id, position or population.", err=True)
    elif add is not None:
        from gazetteer.build.own import build_own

        build_own(add, output)
    elif sources is not None:
        from gazetteer.build.assemble import assemble

        if not sources.is_dir():
            raise GazetteerError(f"{sources}: expected the folder of downloaded sources, but it does not exist.")
        assemble(sources, output)


def _text(file: Path) -> str:
    """Return what a file of running text says; pictures and office documents are rejected."""
    data = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    if data.startswith(b"%PDF-") or b"\0" in data:
        raise GazetteerError(f"{file}: expected running text in UTF-8, but it is a binary file.")
    return data.decode("utf-8", errors="replace")


def _find_documents(
    gaz: Any, file: Path, output: Path | None, *, spans: bool, without: tuple[str, ...], phrases: bool
) -> int:
    """Answer documents one by one; return 1 when a line of the input was not a document."""
    from gazetteer.documents import answers, replacing

    faults = 0

    def report(message: str) -> None:
        nonlocal faults
        faults += 1
        click.echo(message, err=True)

    with ExitStack() as stack:
        lines = sys.stdin.buffer if str(file) == "-" else stack.enter_context(file.open("rb"))
        into = stack.enter_context(replacing(output)) if output else None
        read = _with_progress(lines, file, stack) if output else lines
        for answer in answers(gaz, read, str(file), spans=spans, without=without, phrases=phrases, report=report):
            if into:
                into.write(answer + "\n")
            else:
                click.echo(answer)
    return int(faults > 0)


def _with_progress(lines: Iterable[bytes], file: Path, stack: Any) -> Iterable[bytes]:
    """Return the lines, showing on a terminal how many bytes of the file were read."""
    if not sys.stderr.isatty() or str(file) == "-":
        return lines
    from rich.console import Console
    from rich.progress import Progress

    progress = stack.enter_context(Progress(console=Console(stderr=True), transient=True))
    task = progress.add_task("documents", total=file.stat().st_size)

    def counted() -> Iterator[bytes]:
        for line in lines:
            yield line
            progress.advance(task, len(line))

    return counted()


def _mention_row(mention: Any) -> str:
    at = f"{mention.start}-{mention.end}\t{mention.tag}"
    return f"{at}\t{_row(mention.match)}"


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
            match.query,
            match.status,
            place.id,
            place.kind,
            place.name,
            place.admin1 or place.country or "",
            f"{place.lon:.4f} {place.lat:.4f}",
            f"±{match.radius_km:g} km",
            f"{match.score:.2f}",
            match.method,
        )
    )


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
