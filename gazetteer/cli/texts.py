"""The command that finds place names in texts: find."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import click

from gazetteer.cli.options import FILE, DataOptions, data_options, json_option, without_option
from gazetteer.cli.output import collection, mention_feature, mention_row, to_json
from gazetteer.errors import GazetteerError

__all__ = ["find"]


@click.command()
@click.argument("file", type=FILE)
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="The answers, a document a line.")
@click.option("--spans", is_flag=True, help="Place just the spans that each document brings.")
@without_option
@click.option("--names", is_flag=True, help="Bare names: Kazakhstan, where the text has western Kazakhstan.")
@data_options
@json_option
@click.option("--geojson", "as_geojson", is_flag=True, help="A FeatureCollection: a point a mention, null if unplaced.")
def find(
    file: Path,
    output: Path | None,
    spans: bool,
    without: tuple[str, ...],
    names: bool,
    as_json: bool,
    as_geojson: bool,
    data: DataOptions,
) -> int:
    """Find the place names in FILE and say which place each one means; "-" is standard input.

    FILE is running text; or, when its name ends in .jsonl or -o is given, documents, a JSON object a line:
    {"id", "text", "date"?, "source"?, "spans"?}. Each is answered with {"id", "mentions": [...]}.
    """
    gaz = data.load()
    if output is None and not spans and file.suffix != ".jsonl":
        found = [mention for mention in gaz.find(_text(file), phrases=not names) if mention.tag not in without]
        for piece in collection(map(mention_feature, found)) if as_geojson else ():
            click.echo(piece, nl=False)
        for mention in () if as_geojson else found:
            click.echo(to_json(mention.as_dict()) if as_json else mention_row(mention))
        if not found:
            click.echo(f"{file}: no place names found", err=True)
        return 0
    return _find_documents(gaz, file, output, spans=spans, without=without, phrases=not names, as_geojson=as_geojson)


def _text(file: Path) -> str:
    """Return what a file of running text says; pictures and office documents are rejected."""
    data = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    if data.startswith(b"%PDF-") or b"\0" in data:
        raise GazetteerError(f"{file}: expected running text in UTF-8, but it is a binary file.")
    return data.decode("utf-8", errors="replace")


def _find_documents(
    gaz: Any, file: Path, output: Path | None, *, spans: bool, without: tuple[str, ...], phrases: bool, as_geojson: bool
) -> int:
    """Answer documents one by one; return 1 when a line of the input was not a document."""
    from gazetteer.documents import answers, found_in_documents, replacing

    faults = 0

    def report(message: str) -> None:
        nonlocal faults
        faults += 1
        click.echo(message, err=True)

    with ExitStack() as stack:
        lines = sys.stdin.buffer if str(file) == "-" else stack.enter_context(file.open("rb"))
        into = stack.enter_context(replacing(output)) if output else None
        read = _with_progress(lines, file, stack) if output else lines
        how: Any = {"spans": spans, "without": without, "phrases": phrases, "report": report}
        if as_geojson:
            found = found_in_documents(gaz, read, str(file), **how)
            pieces = collection(mention_feature(one, doc.get("id")) for doc, mentions in found for one in mentions)
        else:
            pieces = (answer + "\n" for answer in answers(gaz, read, str(file), **how))
        for piece in pieces:
            if into:
                into.write(piece)
            else:
                click.echo(piece, nl=False)
    return int(faults > 0)


def _with_progress(lines: Iterable[bytes], file: Path, stack: Any) -> Iterable[bytes]:
    """Return the lines, showing on a terminal how many bytes of the file were read."""
    if not sys.stderr.isatty() or str(file) == "-":
        return lines
    from rich import console, progress

    bar = stack.enter_context(progress.Progress(console=console.Console(stderr=True), transient=True))
    task = bar.add_task("documents", total=file.stat().st_size)

    def counted() -> Iterator[bytes]:
        for line in lines:
            yield line
            bar.advance(task, len(line))

    return counted()
