"""What is fuzzed: for each target the call that takes any bytes, what it promises, and small inputs to begin with.

A target is asked with bytes. Targets of words take them as UTF-8, a wrong byte as the replacement character; targets of
files write them into a folder under the suffix of the target. No bytes may give a traceback, an error of several lines,
or a wait of more than two seconds of processor time.
"""

from __future__ import annotations

import tempfile
import time
import traceback
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely
from mutate_files import LONGEST, small_files

import gazetteer
import geoevents as ge
from gazetteer import GazetteerError
from gazetteer.names.coordinates import read_coordinates
from geoevents.frame.coordinate_cells import parse_angle, parse_pair
from geoevents.frame.counts import parse_count
from geoevents.frame.date_forms import parse
from geoevents.maps.api import read_config
from geoevents.maps.kepler import map_of
from geoevents.overrides import read_overrides
from geoevents.reports.language.event_types import read_event_types
from geoevents.spatial.source_shapes import read_shapes, tidy_shapes

__all__ = ["TARGETS", "Target", "complaint"]

CASES = Path(__file__).parent.parent
# What a broken promise looks like to the caller: none of the errors that are one sentence.
KNOWN = (ge.GeoEventsError, GazetteerError)


class BrokenPromiseError(Exception):
    """An answer that came, but is not what it says it is."""


@dataclass(frozen=True)
class Target:
    """A call that takes any bytes, and inputs to begin with.

    Attributes
    ----------
    ask
        Takes the bytes and a folder to write into; raises what the package raises, or `BrokenPromiseError`.
    seeds
        Gives small inputs.
    may_refuse
        Whether an error of one sentence is an answer.
    """

    ask: Callable[[bytes, Path], None]
    seeds: Callable[[Path], Iterator[bytes]]
    may_refuse: bool = False


def complaint(target: Target, data: bytes, folder: Path) -> str | None:
    """Ask a target; return what is wrong with how it went and where, None where nothing is."""
    started = time.process_time()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            target.ask(data, folder)
        except Exception as error:  # noqa: BLE001 - any other error is what is looked for
            said = str(error)
            known = target.may_refuse and isinstance(error, KNOWN)
            if known and ("\n" in said or not said.endswith(".") or "Traceback" in said):
                return f"not one sentence: {said!r}"
            if not known:
                return f"{type(error).__name__} in {_place_of(error)}: {' '.join(said.split())[:200]}"
    spent = time.process_time() - started
    return f"{spent:.1f} s" if spent > LONGEST else None


def _place_of(error: BaseException) -> str:
    """Return the last line of this project that an error came through."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "/gazetteer/" in frame.filename or "/geoevents/" in frame.filename]
    last = (ours or frames)[-1]
    return f"{Path(last.filename).parent.name}/{Path(last.filename).name}:{last.lineno}"


# -- words ------------------------------------------------------------------------------------------------------------


def _words(ask: Callable[[str], None]) -> Callable[[bytes, Path], None]:
    return lambda data, _: ask(data.decode("utf-8", "replace"))


def _cells(*tables: str) -> Callable[[Path], Iterator[bytes]]:
    """Return what gives the first cells of tables of cases."""

    def read(_: Path) -> Iterator[bytes]:
        for table in tables:
            for line in (CASES / table).read_text(encoding="utf-8").splitlines()[1:]:
                if line and not line.startswith("#"):
                    yield line.split("\t")[0].encode()

    return read


def _promise(kept: bool, what: str) -> None:
    if not kept:
        raise BrokenPromiseError(what)


def _resolve(text: str) -> None:
    match = gazetteer.load().resolve(text)
    _promise(match.status in ("matched", "ambiguous", "unresolved"), f"status {match.status}")
    _promise(
        (match.place is None) == (match.status == "unresolved"), "a place without a status, or the other way round"
    )
    if match.place is not None:
        _promise(-180 <= match.place.lon <= 180 and -90 <= match.place.lat <= 90, "a place beyond the world")
        _promise(match.geometry is None or match.geometry.is_valid, "an invalid shape")


def _find(text: str) -> None:
    for mention in gazetteer.load().find(text):
        _promise(text[mention.start : mention.end] == mention.text, "a mention whose offsets are of other words")


def _date(text: str) -> None:
    for order in ("day-month", "month-day"):
        span = parse(text, order=order)  # type: ignore[arg-type]
        _promise(span is None or span.start <= span.end, "a last day before the first")


def _coordinates(text: str) -> None:
    found = read_coordinates(text)
    inside = found is None or bool(found.reason) or (-180 <= found.lon <= 180 and -90 <= found.lat <= 90)
    _promise(inside, "a point beyond the world")
    parse_angle(text)
    parse_pair(text)


def _count(text: str) -> None:
    parse_count(text)


# -- files ------------------------------------------------------------------------------------------------------------


def _file(suffix: str, ask: Callable[[Path], Any]) -> Callable[[bytes, Path], None]:
    """Return what writes bytes into a file of a suffix, and asks about it."""

    def asked(data: bytes, folder: Path) -> None:
        path = folder / f"input.{suffix}"
        path.write_bytes(data)
        ask(path)

    return asked


def _like(suffix: str) -> Callable[[Path], Iterator[bytes]]:
    """Return what gives the small files of a suffix."""
    return lambda _: (data for name, data in _small().items() if name.endswith(f".{suffix}"))


@cache
def _small() -> dict[str, bytes]:
    """Return the content of each of the small files."""
    with tempfile.TemporaryDirectory() as folder:
        return {path.name: path.read_bytes() for path in small_files(Path(folder))}


def _texts(*texts: str) -> Callable[[Path], Iterator[bytes]]:
    return lambda _: (text.encode() for text in texts)


def _reader(suffix: str) -> Target:
    return Target(_file(suffix, ge.read), _like(suffix), may_refuse=True)


def _description(data: bytes, folder: Path) -> None:
    """Read a table that has this description beside it."""
    (folder / "events.csv").write_bytes(_small()["events.csv"])
    (folder / "events.csv-metadata.json").write_bytes(data)
    ge.read(folder / "events.csv")


def _descriptions(folder: Path) -> Iterator[bytes]:
    ge.write(_one_event(), folder / "events.csv")
    yield (folder / "events.csv-metadata.json").read_bytes()


def _shape(data: bytes, _: Path) -> None:
    cells = [data, data.hex(), data.decode("utf-8", "replace")]
    tidy_shapes(read_shapes(pd.Series(cells, dtype=object)).to_numpy())


def _shapes(_: Path) -> Iterator[bytes]:
    for shape in (shapely.Point(1, 2), shapely.box(0, 0, 1, 1), shapely.GeometryCollection([shapely.Point(1, 2, 3)])):
        yield shape.wkb
        yield shape.wkt.encode()
        yield shapely.to_geojson(shape).encode()


def _map_config(path: Path) -> None:
    map_of(_one_event(), config=read_config(path))


def _overrides(path: Path) -> None:
    read_overrides(path, gazetteer=gazetteer.load())


@cache
def _one_event() -> gpd.GeoDataFrame:
    return ge.locate(pd.DataFrame({"place": ["Almaty"]}))


_REPORT = "ALMATY, 5 January 2022 - Police shot dead 12 protesters in Almaty on Wednesday, officials said.\n"
_MAIL = f"From: a@example.org\nDate: Wed, 5 Jan 2022 10:00:00 +0600\nSubject: Almaty\n\n{_REPORT}"
_DOCUMENT = '{"id": "a", "text": "Protesters clashed with police in Aktau.", "date": "2022-01-05", "title": "Aktau"}\n'
_TYPES = "event_class,event_type,acled_type,words\nprotest,Vigil,Protests,vigil\n"
_OVERRIDES = (
    "phrase,country,place_id,lat,lon,radius_km,wkt,note\nAlmaty,KZ,geonames:1526384,,,,,\n"
    "Xyzzy,,,43.2,76.9,5,,by hand\nDepot,,,,,,POINT (76.9 43.2),\n"
)
_CONFIG = '{"version": "v1", "config": {"visState": {"layers": [], "filters": []}, "mapState": {"zoom": 3}}}'

_READERS = (
    "csv", "tsv", "json", "jsonl", "geojson", "geojsonl", "xlsx", "parquet", "fgb", "gpkg", "kml", "kmz", "gpx", "zip",
    "gz",
)  # fmt: skip
TARGETS: dict[str, Target] = {
    "phrase": Target(_words(_resolve), _cells("gazetteer/cases/phrases.tsv", "gazetteer/cases/frames.tsv")),
    "find": Target(_words(_find), _cells("gazetteer/cases/mentions.tsv", "gazetteer/cases/negatives.tsv")),
    "date": Target(_words(_date), _cells("geoevents/cases/dates.tsv")),
    "coordinates": Target(_words(_coordinates), _cells("gazetteer/cases/coordinates.tsv")),
    "count": Target(_words(_count), _texts("12", "dozens", "3-5", "1,200", "at least 7", "II. 4")),
    **{suffix: _reader(suffix) for suffix in _READERS},
    "report": Target(_file("txt", ge.extract), _texts(_REPORT), may_refuse=True),
    "html": Target(
        _file("html", ge.extract), _texts(f"<html><body><h1>Almaty</h1><p>{_REPORT}</p></body></html>"), may_refuse=True
    ),
    "mail": Target(_file("eml", ge.extract), _texts(_MAIL), may_refuse=True),
    "documents": Target(_file("jsonl", ge.extract), _texts(_DOCUMENT, _DOCUMENT * 2), may_refuse=True),
    "types": Target(_file("csv", read_event_types), _texts(_TYPES), may_refuse=True),
    "overrides": Target(_file("csv", _overrides), _texts(_OVERRIDES), may_refuse=True),
    "description": Target(_description, _descriptions, may_refuse=True),
    "shape": Target(_shape, _shapes),
    "config": Target(_file("json", _map_config), _texts(_CONFIG), may_refuse=True),
}
