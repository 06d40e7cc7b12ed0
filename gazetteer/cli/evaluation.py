"""The command that measures the gazetteer on gold: evaluate."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from gazetteer.cli.options import FILE, DataOptions, data_options, json_option, without_option
from gazetteer.cli.output import to_json

if TYPE_CHECKING:
    from gazetteer.evaluate_tables import TableScores

__all__ = ["evaluate"]


@click.command()
@click.argument("gold", type=FILE)
@without_option
@click.option("--place", "places", multiple=True, metavar="COLUMN", help="Of a table: a place column; finest first.")
@click.option("--country", metavar="COLUMN", help="Of a table: the column of countries.")
@click.option("--date", metavar="COLUMN", help="Of a table: the column of days.")
@click.option("--lat", metavar="COLUMN", help="Of a table: the latitude of the true point.")
@click.option("--lon", metavar="COLUMN", help="Of a table: the longitude of the true point.")
@data_options
@json_option
def evaluate(
    gold: Path,
    without: tuple[str, ...],
    places: tuple[str, ...],
    country: str | None,
    date: str | None,
    lat: str | None,
    lon: str | None,
    as_json: bool,
    data: DataOptions,
) -> None:
    """Measure against GOLD: documents with "toponyms", a JSON object a line; or a table with true points (.csv, .tsv).

    Of a table the usual names of columns are known; each method's answers are counted, with the share that lies within
    50 km and inside the radius given, and how often answers of each score are right (within their radius, or 10 km).
    """
    if gold.suffix.lower() in (".csv", ".tsv"):
        from gazetteer.evaluate_tables import evaluate_table, read_table, usual_columns

        frame = read_table(gold)
        columns = usual_columns(frame.columns, places=places, country=country, date=date, lat=lat, lon=lon)
        _print_table_scores(evaluate_table(data.load(), frame, columns), as_json=as_json)
        return
    from gazetteer.documents import read_gold
    from gazetteer.evaluate import evaluate as measure

    with gold.open("rb") as lines:
        given, sought = measure(data.load(), read_gold(lines, str(gold)), without=without)
    table = given.reliability
    if as_json:
        rows = [dict(zip(("from", "answers", "score", "right"), row, strict=True)) for row in table.table()]
        answer = {"spans": given.figures(), "found": sought.figures(), "reliability": rows}
        click.echo(to_json({**answer, "calibration_error": table.error}))
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
        click.echo(to_json({**facts, "reliability": bins}))
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
