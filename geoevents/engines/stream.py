"""Locate and join a big Parquet or CSV file on one machine; a GeoParquet 1.1 file has the same rows.

The table is surveyed once and then processed in batches, so that memory does not grow with it. Each batch is a part on
disk (`geoevents.engines.journal`); at the end the parts become the row groups of one file, which takes its place in
one step. A run that was killed is taken up after its last part.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
from numpy.typing import NDArray

import geoevents
from gazetteer import Gazetteer
from geoevents.engines import tables
from geoevents.engines.batches import (
    COVERING,
    SHAPE,
    How,
    Plan,
    overrides_of,
    process_part,
)
from geoevents.engines.file_survey import part_of_numbers, recognised_file, saved_numbers, surveyed_file
from geoevents.engines.gazetteer_source import source_of
from geoevents.engines.geofile import box_around, describe, united, writer
from geoevents.engines.journal import Journal, synced
from geoevents.engines.part_facts import facts_of, merged
from geoevents.engines.result_tables import arrow_table, result_schema
from geoevents.engines.tables import Source, opened
from geoevents.errors import ArgumentError, ReadError, WriteError
from geoevents.exporters.atomic import writable
from geoevents.exporters.covering import geo_metadata
from geoevents.exporters.progress import progress
from geoevents.frame.provenance import KEY
from geoevents.frame.schema import CRS
from geoevents.overrides import Overrides, StrPath
from geoevents.readers import FORMATS
from geoevents.readers.sources.recognition import SOURCES
from geoevents.suggestions import missing_file

if TYPE_CHECKING:
    import pyarrow as pa

    from gazetteer import Geocoder

__all__ = ["is_streamed", "join", "locate"]

_PARQUET = FORMATS["parquet"]
_CSV = (*FORMATS["csv"], *FORMATS["tsv"])
# From this size on, a CSV file is processed in batches.
_LARGE = 1 << 28


def is_streamed(source: Path, output: Path, format: str | None = None, *, online: bool = False) -> bool:
    """Return whether a file is worked on in batches: Parquet to Parquet, and large CSV to Parquet.

    A format that is named must be that of the file, or a source of the field's own data. Events whose phrases are to be
    asked of a service again are read as a whole.
    """
    if format is not None and format not in SOURCES and source.suffix.lower() not in FORMATS.get(format, ()):
        return False
    if output.suffix.lower() not in _PARQUET or not source.is_file():
        return False
    suffix = source.suffix.lower()
    if online and suffix in _PARQUET and opened(source).geo:
        return False
    return suffix in _PARQUET or (suffix in _CSV and source.stat().st_size >= _LARGE)


def locate(
    source: str | os.PathLike[str],
    output: str | os.PathLike[str],
    *,
    place: str | Sequence[str] | None = None,
    country: str | None = None,
    date: str | None = None,
    end: str | None = None,
    lat: str | None = None,
    lon: str | None = None,
    geometry: str | None = None,
    repair: str | None = None,
    format: str | None = None,
    header: int | None = None,
    overrides: Overrides | pd.DataFrame | StrPath | Sequence[StrPath] | None = None,
    gazetteer: Gazetteer | str | os.PathLike[str] | None = None,
    online: Geocoder | None = None,
    resume: bool = False,
) -> dict[str, Any]:
    """Find the place and the date of every record of a file of any size.

    Parameters
    ----------
    source
        A Parquet or CSV file.
    output
        The GeoParquet file to write, with the rows of `geoevents.locate` in their order.
    place, country, date, end, lat, lon, geometry, repair, overrides
        As in `geoevents.locate`.
    format, header
        As in `geoevents.read`.
    gazetteer
        The gazetteer to ask, or a folder that ``gazetteer build`` wrote; None takes the bundled one.
    online
        A service to ask, as in `geoevents.locate`; the events of a file of events are not asked about again.
    resume
        Take up a run of the same task that was broken off; where there is none, start.

    Returns
    -------
    dict
        The provenance, as in ``attrs["geoevents"]`` of located events; of the phrases that were not found those
        among the thousand commonest of a batch are counted.

    Raises
    ------
    ReadError
        When the file or a table of overrides cannot be read, the file holds geometries already, or the run to be
        taken up was another task.
    ColumnError
        As `geoevents.locate`.
    WriteError
        When the disk refuses; what is done stays to be taken up.

    Examples
    --------
    >>> import pandas as pd, tempfile, geoevents as ge
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     pd.DataFrame({"place": ["Almaty", "Aktau"] * 1_000}).to_parquet(f"{folder}/big.parquet")
    ...     facts = locate(f"{folder}/big.parquet", f"{folder}/out.parquet")
    ...     len(ge.read(f"{folder}/out.parquet")), facts["counts"]["matched"]
    (2000, 2000)
    """
    names = None if place is None else (place,) if isinstance(place, str) else tuple(place)
    known = source_of(gazetteer)
    corrections = overrides_of(overrides, known)
    plan = Plan(
        place=names,
        country=country,
        date=date,
        end=end,
        lat=lat,
        lon=lon,
        geometry=geometry,
        repair=repair,
        format=format,
        header=header,
        overrides=corrections,
        gazetteer=known,
    )
    return _run(Path(source), Path(output), plan, resume, online)


def join(
    source: str | os.PathLike[str],
    areas: str | os.PathLike[str],
    output: str | os.PathLike[str],
    how: How = "within",
    *,
    weight: str | None = None,
    within_km: float | None = None,
    gazetteer: Gazetteer | str | os.PathLike[str] | None = None,
    resume: bool = False,
) -> dict[str, Any]:
    """Find the unit of every event of a file of any size.

    Parameters
    ----------
    source
        A GeoParquet file of events, or a Parquet or CSV file of records, which are located first.
    areas, how, weight, within_km
        As in `geoevents.join`; the areas are a file or have a name.
    output
        The GeoParquet file to write, with the rows of `geoevents.join` in their order.
    gazetteer, resume
        As in `locate`; a layer's name means that of the gazetteer.

    Returns
    -------
    dict
        The provenance.

    Raises
    ------
    ArgumentError, ReadError, ColumnError, AreasError, WriteError
        As in `locate` and `geoevents.join`.

    Examples
    --------
    >>> import pandas as pd, tempfile, geoevents as ge
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     pd.DataFrame({"place": ["Almaty", "Aktau"]}).to_parquet(f"{folder}/big.parquet")
    ...     _ = join(f"{folder}/big.parquet", "admin1", f"{folder}/out.parquet")
    ...     ge.read(f"{folder}/out.parquet")["unit_id"].tolist()
    ['iso:KZ-75', 'iso:KZ-47']
    """
    plan = Plan(areas=os.fspath(areas), how=how, weight=weight, within_km=within_km, gazetteer=source_of(gazetteer))
    return _run(Path(source), Path(output), plan, resume)


def _run(source: Path, output: Path, plan: Plan, resume: bool, online: Geocoder | None = None) -> dict[str, Any]:
    if output.suffix.lower() not in _PARQUET:
        raise ArgumentError(f"{output}: expected a name that ends in {', '.join(_PARQUET)}.")
    writable(output)
    try:
        return _Run(source, output, plan, online).finish(resume)
    except KeyboardInterrupt:
        raise KeyboardInterrupt("interrupted; --resume takes the run up.") from None
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise WriteError(f"{output}: cannot be written: {why}; --resume takes the run up.") from error


class _Run:
    """One task: a file, the plan, and how far the work has come."""

    def __init__(self, source: Path, output: Path, plan: Plan, online: Geocoder | None) -> None:
        self._file, self._output, self._plan, self._online = source, output, plan, online
        self._journal = Journal(output)

    def finish(self, resume: bool) -> dict[str, Any]:
        """Do the rest of the work; return the provenance."""
        try:
            return self._finish(resume)
        finally:
            self._journal.release()

    def _finish(self, resume: bool) -> dict[str, Any]:
        task = self._task()
        begun = self._journal.resume(task) if resume else None
        source = opened(self._file, self._plan.header)
        self._plan, provenance = recognised_file(source, self._plan)
        head = next(source.batches(), source.schema.empty_table()).slice(0, 100)
        result_schema(head, self._plan)  # so that a column or areas that are not there are refused before the long work
        if begun is None:
            self._journal.begin(task)
        if self._journal.parts:
            known = self._journal.parts[0]
            self._plan = Plan.from_json(known["plan"])
            nth = saved_numbers(self._journal.folder) if known["nth"] else None
        else:
            self._plan, nth = surveyed_file(source, self._plan, self._journal.folder)
            self._journal.add({"plan": self._plan.to_json(), "nth": nth is not None})
        schema = result_schema(head, self._plan)
        self._parts(source, schema, nth)
        facts = merged([part["facts"] for part in self._journal.parts[1:]], provenance)
        self._put_together(schema, facts)
        return facts

    def _task(self) -> dict[str, Any]:

        try:
            stat = self._file.stat()
        except FileNotFoundError:
            raise missing_file(self._file) from None
        build = self._plan.gazetteer.load().info()["build"]
        return {
            "options": self._plan.to_json(),
            "service": None if self._online is None else self._online.provider,
            "input": [str(self._file.resolve()), stat.st_size, stat.st_mtime_ns],
            "gazetteer": build,
            "version": geoevents.__version__,
            "batch": tables.BATCH,
        }

    def _parts(self, source: Source, schema: pa.Schema, nth: NDArray[np.int64] | None) -> None:
        done = self._journal.parts[1:]
        first = done[-1]["last"] if done else 0
        with progress(self._file.name, source.rows) as advance:
            advance(first)
            for table in source.batches(first):
                events = process_part(table, self._plan, part_of_numbers(nth, first, table.num_rows), self._online)
                last = first + table.num_rows
                name = f"{len(self._journal.parts):06d}.parquet"
                size = self._write_part(arrow_table(events, schema, coded=True), schema, name)
                self._journal.add(
                    {
                        "file": name,
                        "first": first,
                        "last": last,
                        "rows": len(events),
                        "bytes": size,
                        "facts": facts_of(events),
                    }
                )
                first = last
                advance(table.num_rows)
        if first != source.rows:
            raise ReadError(f"{self._file}: expected {source.rows} rows, got {first}; it was changed or is damaged.")

    def _write_part(self, table: pa.Table, schema: pa.Schema, name: str) -> int:
        path = self._journal.folder / name
        beside = path.with_suffix(".writing")
        with writer(beside, schema) as file:
            describe(file, schema, {})
            file.write_table(table, row_group_size=max(table.num_rows, 1))
        synced(beside)
        beside.replace(path)
        return path.stat().st_size

    def _put_together(self, schema: pa.Schema, facts: dict[str, Any]) -> None:
        """Make the parts one file, a row group each, under the output's name."""
        kinds = {kind for part in self._journal.parts[1:] for kind in part["facts"]["types"]}
        box = box_around(part["facts"]["box"] for part in self._journal.parts[1:] if part["facts"]["box"])
        metadata = {"geo": geo_metadata(SHAPE, COVERING, CRS, kinds, box), KEY: json.dumps(facts, default=str)}
        whole = self._journal.folder / "whole"
        parts = self._journal.parts[1:]
        with (
            writer(whole, schema) as file,
            progress(f"Writing {self._output.name}", sum(part["rows"] for part in parts)) as advance,
        ):
            describe(file, schema, metadata)
            for part in parts:
                table = united([pq.read_table(self._journal.folder / part["file"], read_dictionary=[SHAPE])])
                file.write_table(table, row_group_size=max(table.num_rows, 1))
                advance(part["rows"])
        synced(whole)
        whole.replace(self._output.resolve())
        synced(self._output.resolve().parent)
        self._journal.clear()
