"""Says whether the files of a gazetteer are the ones that were built, and names damage in one sentence.

``info.json`` holds the size and the SHA-256 of every table, array of the index, and model. Opening a gazetteer
compares sizes, which asks the system once a file, and the checksum of the files that lead the look-up, which takes
8 ms: a damaged trie of names may go round in circles. `damage_of` reads everything. Folders that older versions built
hold neither, and are opened as they are. Texts that a person may edit (``groups.csv``) are listed in ``texts.sha256``,
in the form of ``sha256sum``, and compared by `damage_of` alone.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from gazetteer.errors import DataError, GazetteerError

__all__ = [
    "FILES",
    "TEXTS",
    "check_leading_files",
    "check_sizes",
    "check_stamp",
    "damage_of",
    "explains_damage",
    "listed_texts",
    "measured_files",
    "read_info",
    "sha256_of",
    "stamp_of",
]

# Where info.json holds them.
FILES = "files"
TEXTS = "texts.sha256"
# What a look-up goes through first. Of larger files the checksum takes longer than 20 ms, which is left to `damage_of`.
_LEADING, _QUICK = ("names.marisa", "index/layout.json"), 10_000_000
_BLOCK = 1 << 20
_OF_A_SOURCE = {"name", "version", "licence", "attribution", "used_for"}
_AGAIN = "build or install the gazetteer again"

_P = ParamSpec("_P")
_R = TypeVar("_R")


class _HasFolder(Protocol):
    folder: Path


class _HasStore(Protocol):
    @property
    def store(self) -> _HasFolder: ...


_S = TypeVar("_S", bound=_HasStore)


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal digits."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def measured_files(folder: Path) -> dict[str, dict[str, int | str]]:
    """Return ``bytes`` and ``sha256`` of every table, array and model of a folder, by its name in the folder.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = (Path(folder) / "tagger.model").write_bytes(b"threshold 0.5")
    ...     measured_files(Path(folder))["tagger.model"]["bytes"]
    13
    """
    return {
        path.relative_to(folder).as_posix(): {"bytes": path.stat().st_size, "sha256": sha256_of(path)}
        for path in _listed(folder)
    }


def read_info(folder: Path) -> dict[str, Any]:
    """Return what ``info.json`` says of a folder.

    Raises
    ------
    DataError
        When it is not there, or is not the description of a gazetteer.
    """
    path = folder / "info.json"
    try:
        info = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise DataError(f"{path}: expected what a gazetteer holds, but it cannot be read ({error}).") from error
    if not isinstance(info, dict) or not _is_table(info.get("layers")) or not _are_sources(info.get("sources")):
        raise DataError(f"{path}: expected what a gazetteer holds, with layers and sources; {_AGAIN}.")
    files = info.get(FILES, {})
    if not isinstance(files, dict) or not all(_is_fact(fact) for fact in files.values()):
        raise DataError(f"{path}: expected bytes and sha256 of each file under {FILES!r}; {_AGAIN}.")
    info.setdefault("build", "unknown")
    return info


def stamp_of(folder: Path) -> tuple[int, int, int]:
    """Return what tells a folder from one that has taken its place: number, time and size of its ``info.json``."""
    try:
        facts = (folder / "info.json").stat()
    except OSError:
        return 0, 0, 0
    return facts.st_ino, facts.st_mtime_ns, facts.st_size


def check_stamp(folder: Path, stamp: tuple[int, int, int]) -> None:
    """Check that a folder is the one that was opened; asked after a file of it was opened at first use.

    Raises
    ------
    DataError
        When another one has taken its place, whose places have other numbers.
    """
    if stamp_of(folder) != stamp:
        raise DataError(f"{folder}: the gazetteer was replaced since it was opened; load it again.")


def check_sizes(folder: Path, info: dict[str, Any]) -> None:
    """Check that every listed file is there and has its size.

    Raises
    ------
    DataError
        Naming the first file that is missing or has another size.
    """
    for name, fact in info.get(FILES, {}).items():
        try:
            size = (folder / name).stat().st_size
        except OSError as error:
            raise DataError(f"{folder}: expected a gazetteer folder, but {name} is not in it.") from error
        if size != fact["bytes"]:
            raise DataError(f"{folder / name}: expected a file of {fact['bytes']} bytes, got {size}; {_AGAIN}.")


def check_leading_files(folder: Path, info: dict[str, Any]) -> None:
    """Check the content of the files that lead a look-up, where they are not too large to be read each time.

    Raises
    ------
    DataError
        Naming the first file that is not the one that was built.
    """
    for name in _LEADING:
        fact = info.get(FILES, {}).get(name)
        if fact is None or fact["bytes"] > _QUICK:
            continue
        try:
            found = sha256_of(folder / name)
        except OSError as error:
            raise DataError(f"{folder / name}: cannot be read: {(error.strerror or str(error)).lower()}.") from error
        if found != fact["sha256"]:
            raise DataError(_changed(folder / name))


def listed_texts(folder: Path) -> str:
    """Return the checksums of the texts of a folder, a line a file, as ``sha256sum`` writes them.

    Ends of lines count as the line feed that they are in the project, whatever a checkout made of them.
    """
    return "".join(f"{_sha256_of_text(path)}  {path.name}\n" for path in sorted(folder.glob("*.csv")))


def damage_of(folder: Path) -> str | None:
    """Return what is wrong with the files of a folder, in one sentence; None when they are the ones that were built.

    Raises
    ------
    DataError
        When ``info.json`` cannot be read, or holds no checksums.
    """
    info = read_info(folder)
    if FILES not in info:
        raise DataError(f"{folder}: expected checksums in info.json, but an older version built it; {_AGAIN}.")
    try:
        check_sizes(folder, info)
        for name, fact in info[FILES].items():
            found = sha256_of(folder / name)
            if found != fact["sha256"]:
                return _changed(folder / name)
        changed = _changed_text(folder)
        if changed is not None:
            return f"{_changed(changed)[:-1]}, or note the change: python -m gazetteer.build.checksums."
    except DataError as error:
        return str(error)
    except OSError as error:
        return f"{folder}: cannot be read: {(error.strerror or str(error)).lower()}."
    foreign = [path for path in _listed(folder) if path.relative_to(folder).as_posix() not in info[FILES]]
    return f"{foreign[0]}: expected only files of this build, but it is not one of them; {_AGAIN}." if foreign else None


def _changed(path: Path) -> str:
    return f"{path}: expected the file that was built, but its content is another; {_AGAIN}."


def _changed_text(folder: Path) -> Path | None:
    """Return the first text that is not as it was listed."""
    if not (folder / TEXTS).exists():
        return None
    lines = (folder / TEXTS).read_text(encoding="utf-8", errors="replace").splitlines()
    listed = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    for name in sorted(listed.keys() | {path.name for path in folder.glob("*.csv")}):
        path = folder / name
        if not path.is_file() or _sha256_of_text(path) != listed.get(name):
            return path
    return None


def _sha256_of_text(path: Path) -> str:
    return hashlib.sha256(path.read_bytes().replace(b"\r\n", b"\n")).hexdigest()


def explains_damage(method: Callable[Concatenate[_S, _P], _R]) -> Callable[Concatenate[_S, _P], _R]:
    """Return a method whose unexpected errors name the damaged file of the folder, where there is one.

    What fails on files that are as they were built is a fault of the program, and keeps its traceback.
    """

    @wraps(method)
    def called(self: _S, /, *args: _P.args, **kwargs: _P.kwargs) -> _R:
        try:
            return method(self, *args, **kwargs)
        except GazetteerError:
            raise
        except Exception as error:
            damage = _known_damage(self.store.folder)
            if damage is None:
                raise
            raise DataError(damage) from error

    return called


def _known_damage(folder: Path) -> str | None:
    try:
        return damage_of(folder)
    except DataError:
        return None


def _listed(folder: Path) -> list[Path]:
    """Return the tables, arrays and models of a folder, by name."""
    found = [*folder.glob("*.parquet"), *folder.glob("*.marisa"), *folder.glob("*.model")]
    return sorted([*found, *folder.glob("index/*.npy"), *folder.glob("index/layout.json")])


def _is_table(layers: object) -> bool:
    return isinstance(layers, dict) and all(isinstance(rows, int) and 0 <= rows < 2**31 for rows in layers.values())


def _are_sources(sources: object) -> bool:
    return isinstance(sources, list) and all(isinstance(one, dict) and one.keys() >= _OF_A_SOURCE for one in sources)


def _is_fact(fact: object) -> bool:
    return isinstance(fact, dict) and isinstance(fact.get("bytes"), int) and isinstance(fact.get("sha256"), str)
