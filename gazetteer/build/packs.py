"""Installs packs by name: their files are fetched or taken from a folder, read, and laid over the tables.

A pack takes its place when it is whole: a download or a file that fails leaves what was there before.
"""

from __future__ import annotations

import json
import shutil
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pycountry
import requests

from gazetteer.build.fetch import fetch, shown_progress
from gazetteer.build.geonames_country import read_geonames
from gazetteer.build.lay_over import lay_over
from gazetteer.build.natural_earth_physical import read_physical
from gazetteer.build.pack_records import NAME_COLUMNS, PLACE_COLUMNS, Records, combine
from gazetteer.build.whosonfirst import credits_of, read_whosonfirst
from gazetteer.errors import ArgumentError, DataError
from gazetteer.index.checksums import read_info, sha256_of
from gazetteer.index.packs import Pack, PackFolder, pack_name
from gazetteer.index.store import Store
from gazetteer.scratch import scratch_folder

__all__ = ["Source", "add_pack", "check_installed", "check_names", "prepare_tables", "remove_pack", "sources"]

_PHYSICAL = "physical"
_TIMEOUT_S = 60.0
_NUMBERS = {"lon": pa.float64(), "lat": pa.float64(), "population": pa.int64(), "radius_km": pa.float64()}
_TYPES = {name: pa.string() for name in PLACE_COLUMNS} | _NUMBERS
_TYPES |= {"prominence": pa.float64(), "geometry": pa.binary()}
# What a source of records inside another source is told with.
_NO_FILE = {"registry": "whosonfirst", "file": "", "version": "", "sha256": "", "used_for": "records of Who's On First"}
Say = Callable[[str], None]


@dataclass(frozen=True)
class Source:
    """One row of ``pack_sources.toml``."""

    name: str
    packs: str
    file: str
    url: str
    licence: str
    attribution: str
    inventory: str | None = None

    def of(self, iso2: str) -> Source:
        """Return the source of a country's files."""
        letters = {"iso2": iso2, "iso2_lower": iso2.lower()}
        told = {"file": self.file.format(**letters), "url": self.url.format(**letters)}
        return Source(**{**self.__dict__, **told})


@cache
def sources(pack: str) -> tuple[Source, ...]:
    """Return the sources of a pack.

    Raises
    ------
    ArgumentError
        When there is no such pack.

    Examples
    --------
    >>> [source.file for source in sources("SYR")][:2]
    ['SY.zip', 'alternatenames/SY.zip']
    """
    text = Path(__file__).with_name("pack_sources.toml").read_text(encoding="utf-8")
    rows = [Source(**row) for row in tomllib.loads(text)["source"]]
    if pack == _PHYSICAL:
        return tuple(row for row in rows if row.packs == _PHYSICAL)
    letters = _iso2(pack)
    return tuple(row.of(letters) for row in rows if row.packs == "country")


def check_names(names: Sequence[str]) -> None:
    """Check that there are packs of some names, before anything is fetched.

    Raises
    ------
    ArgumentError
        When there is no such pack.
    """
    for name in names:
        sources(pack_name(name))


def add_pack(
    name: str,
    packs: PackFolder,
    base: Path,
    *,
    given: Path | None = None,
    listed: Sequence[Source] | None = None,
    say: Say = lambda _: None,
) -> Pack:
    """Install a pack, in the place of one of that name.

    Parameters
    ----------
    name
        ISO 3166-1 alpha-3, or ``physical``.
    packs
        Where packs lie.
    base
        The bundled gazetteer.
    given
        A folder with the files of the sources, which is then asked instead of the network; not every source of a
        country need be there.
    listed
        The sources; those of `sources` when None.
    say
        Told what happens, in a sentence.

    Raises
    ------
    ArgumentError
        When there is no such pack.
    DataError
        When a file cannot be fetched or read, or is not what it should be.
    """
    name = pack_name(name)
    if not packs.has_home:
        raise DataError(
            "Packs: expected a home to keep them in, but the user has none; set GEOEVENTS_DATA to a folder."
        )
    listed = sources(name) if listed is None else listed
    downloads = packs.path / "downloads" / name
    files = _given_files(name, listed, given) if given else _fetched(listed, downloads)
    records = _read(name, files, Store(base))
    if not len(records.places):
        raise DataError(f"{name}: expected places in {', '.join(map(str, files.values()))}, but there are none.")
    for reason, rows in sorted((+records.refused).items()):
        say(f"{name}: {rows:,} records left out: {reason}.")
    told = [_facts(source, files[source.name]) for source in listed if source.name in files]
    told += [dict(_NO_FILE, **credit) for credit in credits_of(records.places["source"])]
    try:
        _write(name, records, told, packs)
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise DataError(f"{packs.path}: {name} cannot be installed: {why}.") from error
    if not given:
        shutil.rmtree(downloads, ignore_errors=True)
    return next(pack for pack in packs.installed() if pack.name == name)


def check_installed(names: Sequence[str], packs: PackFolder) -> None:
    """Check that packs of some names are there.

    Raises
    ------
    ArgumentError
        When one is not.
    """
    there = packs.names()
    missing = sorted({pack_name(name) for name in names} - set(there))
    if missing:
        raise ArgumentError(
            f"Packs: expected installed packs ({', '.join(there) or 'none'}), got {', '.join(missing)}."
        )


def remove_pack(name: str, packs: PackFolder) -> None:
    """Remove a pack and the tables that it is laid over.

    Raises
    ------
    ArgumentError
        When it is not installed.
    """
    check_installed([name], packs)
    shutil.rmtree(packs.path / "packs" / pack_name(name))
    _drop_tables(packs)


def prepare_tables(packs: PackFolder, chosen: list[Pack], base: Path) -> Path:
    """Return the folder of the bundled tables with packs laid over them; it is built when it is not there.

    Raises
    ------
    DataError
        When the folder of packs cannot be written.
    """
    folder = packs.tables_of(chosen, read_info(base)["build"])
    if folder.exists():
        return folder
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with scratch_folder(folder.parent, ".new-") as made:
            lay_over(base, chosen, made / "tables")
            if not folder.exists():  # another process may have been quicker
                (made / "tables").rename(folder)
    except OSError as error:
        if folder.exists():
            return folder
        raise DataError(
            f"{folder.parent}: expected a folder that the packs can be laid out in, but it cannot be written "
            f"({error.strerror or error}); set GEOEVENTS_PACKS=none to go without packs."
        ) from error
    except (pa.ArrowException, LookupError, TypeError, ValueError) as error:
        names, what = " ".join(pack.name for pack in chosen), " ".join(f"{type(error).__name__} {error}".split())[:120]
        raise DataError(
            f"{packs.path}: expected the tables of {names}, but one of them is damaged ({what}); "
            f"run gazetteer pack add {names}, or set GEOEVENTS_PACKS=none to go without packs."
        ) from error
    return folder


def _drop_tables(packs: PackFolder) -> None:
    """Remove all tables with packs; those that are still chosen are built when they are next needed."""
    shutil.rmtree(packs.path / "tables", ignore_errors=True)


def _iso2(pack: str) -> str:
    found = pycountry.countries.get(alpha_3=pack)
    letters = "XK" if pack == "XKX" else found.alpha_2 if found else None
    if letters is None:
        raise ArgumentError(
            f"Pack: expected {_PHYSICAL} or a country's ISO 3166-1 alpha-3 code such as SYR, got {pack!r}."
        )
    return str(letters)


def _given_files(name: str, listed: Sequence[Source], folder: Path) -> dict[str, Path]:
    """Return the files of a folder by their sources."""
    if not folder.is_dir():
        raise DataError(f"{folder}: expected a folder with the files of {name}, but there is none.")
    found = {source.name: path for source in listed if (path := _given_file(source, folder))}
    found.pop("geonames-names", None) if "geonames" not in found else None
    needed = [source for source in listed if source.name not in found]
    if not found or (name == _PHYSICAL and needed):
        what = ", ".join(source.file for source in needed)
        raise DataError(f"{folder}: expected the files of {name} ({what}), but they are not in it.")
    return found


def _given_file(source: Source, folder: Path) -> Path | None:
    """Return the file of a source: under its own name, unzipped, or, of Who's On First, as a repository."""
    path = folder / source.file
    stem = path.name.split(".")[0].removesuffix("-latest")
    beside = [path, path.with_suffix(".txt"), path.with_suffix(".shp")]
    if source.name == "whosonfirst":
        beside += [folder] if folder.name == stem else []
        beside += sorted(folder.glob(f"{stem}*.tar*")) + sorted(folder.glob(f"{stem}*.db")) + [folder / stem]
    return next((one for one in beside if one.exists()), None)


def _fetched(listed: Sequence[Source], folder: Path) -> dict[str, Path]:
    """Download the files of all sources; those of an earlier run that broke off are not fetched again."""
    found: dict[str, Path] = {}
    for source in listed:
        path = folder / source.file
        sha256 = _published_hash(source)
        if not path.exists() or (sha256 is not None and sha256_of(path) != sha256):
            with shown_progress(path.name) as progress:
                fetch(source.url, path, sha256=sha256, progress=progress)
        found[source.name] = path
    return found


def _published_hash(source: Source) -> str | None:
    """Return the SHA-256 that a source publishes of its file, None where it publishes none."""
    if source.inventory is None:
        return None
    try:
        answer = requests.get(source.inventory, timeout=_TIMEOUT_S)
        answer.raise_for_status()
        rows = answer.json()
        row = next(one for one in rows if one.get("name_compressed") == Path(source.file).name)
        return str(row["sha256_compressed"])
    except (requests.RequestException, ValueError, TypeError, AttributeError, LookupError, StopIteration) as error:
        what = " ".join(f"{type(error).__name__} {error}".split())[:120]
        raise DataError(
            f"{source.inventory}: expected the hash of {Path(source.file).name}, got none ({what})."
        ) from error


def _read(name: str, files: dict[str, Path], store: Store) -> Records:
    """Return the places of all sources of a pack, each once."""
    if name == _PHYSICAL:
        return read_physical(files, store)
    parts = []
    if "geonames" in files:
        parts.append(read_geonames(files["geonames"], files.get("geonames-names"), name, store))
    if "whosonfirst" in files:
        parts.append(read_whosonfirst(files["whosonfirst"], name))
    return parts[0] if len(parts) == 1 else combine(parts[0], parts[1])


def _facts(source: Source, path: Path) -> dict[str, str]:
    """Return what is told of a file that a pack was made of."""
    changed = datetime.fromtimestamp(path.stat().st_mtime, UTC).date().isoformat()
    return {
        "registry": source.name,
        "name": path.name,
        "file": path.name,
        "version": changed,
        "sha256": sha256_of(path) if path.is_file() else "",
        "licence": source.licence,
        "attribution": source.attribution,
        "used_for": "pack",
    }


def _write(name: str, records: Records, facts: list[dict[str, str]], packs: PackFolder) -> None:
    """Write a pack, and put it in the place of the one there was."""
    target = packs.path / "packs" / name
    target.parent.mkdir(parents=True, exist_ok=True)
    with scratch_folder(target.parent, f".{name}-") as made:
        folder = made / name
        folder.mkdir()
        _write_table(records.places, _TYPES, folder / "places.parquet")
        _write_table(records.names, dict.fromkeys(NAME_COLUMNS, pa.string()), folder / "names.parquet")
        written = [folder / "places.parquet", folder / "names.parquet"]
        told: dict[str, Any] = {
            "build": "".join(sha256_of(path)[:8] for path in written),
            "added": date.today().isoformat(),
            "places": len(records.places),
            "outlines": int(records.places["geometry"].notna().sum()),
            "names": len(records.names),
            "bytes": sum(path.stat().st_size for path in written),
            "licences": {str(k): int(n) for k, n in _licences(records.places).items()},
            "refused": dict(+records.refused),
            "sources": facts,
        }
        (folder / "pack.json").write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        if target.exists():
            target.rename(made / "before")
        folder.rename(target)
    _drop_tables(packs)


def _licences(places: pd.DataFrame) -> dict[Any, Any]:
    """Return how many places each source of each licence gave."""
    return (places["source"] + " (" + places["licence"] + ")").value_counts().to_dict()


def _write_table(frame: pd.DataFrame, types: dict[str, pa.DataType], path: Path) -> None:
    arrays = {name: pa.array(frame[name].tolist(), dtype, from_pandas=True) for name, dtype in types.items()}
    pq.write_table(pa.table(arrays), path, compression="zstd")
