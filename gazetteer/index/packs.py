"""Lists the packs that are installed in a folder of the platform, with their facts and their folders.

A pack is a folder with ``pack.json``, ``places.parquet`` and ``names.parquet``. The tables that a look-up opens are
those of the bundled gazetteer with the packs laid over it (`gazetteer.build.packs`), in a folder of their own for each
choice of packs; this module says which.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from platformdirs import user_data_path

from gazetteer.errors import ArgumentError, DataError

__all__ = ["NO_PACKS", "Pack", "PackFolder", "default_folder", "pack_name"]

# Where packs lie, and which are laid over the bundled gazetteer, when the call does not say so.
_FOLDER, _CHOICE = "GEOEVENTS_DATA", "GEOEVENTS_PACKS"
NO_PACKS = "none"
_FACTS = "pack.json"
# What its facts are, and what is told of each source.
_NEEDED = {"build": str, "added": str, "places": int, "outlines": int, "bytes": int, "licences": dict, "sources": list}
_OF_SOURCE = ("file", "version", "licence", "attribution")


@dataclass(frozen=True)
class Pack:
    """One installed pack.

    Attributes
    ----------
    name
        ISO 3166-1 alpha-3, or ``physical``.
    folder
        Where it is.
    facts
        What ``pack.json`` says: build, day, sources with licences and vintages, places, bytes, refused.
    """

    name: str
    folder: Path
    facts: dict[str, Any]


@dataclass(frozen=True)
class PackFolder:
    """The folder with all packs.

    Attributes
    ----------
    path
        The folder; it may not be there.
    """

    path: Path

    @property
    def has_home(self) -> bool:
        """Whether there is a place for it: a user whom the system does not know has none."""
        return self.path.parts[:1] != ("~",)

    def installed(self) -> list[Pack]:
        """Return the packs that are there, by name.

        Raises
        ------
        DataError
            When the facts of one cannot be read.
        """
        return [_pack(path.parent) for path in sorted(self.path.glob(f"packs/*/{_FACTS}"))]

    def names(self) -> list[str]:
        """Return the names of the packs that are there, damaged ones too."""
        return sorted(path.parent.name for path in self.path.glob(f"packs/*/{_FACTS}"))

    def chosen(self, packs: str | Iterable[str] | None) -> list[Pack]:
        """Return the packs that a call asks for.

        Parameters
        ----------
        packs
            ``"none"``, names, or None for those of the environment variable ``GEOEVENTS_PACKS`` and, without it, all.

        Raises
        ------
        ArgumentError
            When one of them is not installed.
        """
        names = os.environ.get(_CHOICE) if packs is None else packs
        if isinstance(names, str):
            names = [word for word in re.split(r"[\s,]+", names) if word]
        if names is None or names == []:
            return self.installed() if names is None else []
        wanted = {pack_name(word) for word in names}
        if wanted == {NO_PACKS}:
            return []
        there = {pack.name: pack for pack in self.installed()}
        missing = sorted(wanted - set(there))
        if missing:
            known = ", ".join(there) or "none"
            raise ArgumentError(
                f"Packs: expected names of installed packs ({known}), got {', '.join(missing)}; "
                f"install it with gazetteer pack add {' '.join(missing)}."
            )
        return [there[name] for name in sorted(wanted)]

    def tables_of(self, packs: list[Pack], base: str) -> Path:
        """Return the folder of the tables with some packs laid over a build; it may not be there yet."""
        builds = json.dumps([base, *((pack.name, pack.facts["build"]) for pack in packs)])
        return self.path / "tables" / hashlib.sha256(builds.encode()).hexdigest()[:16]


def default_folder() -> PackFolder:
    """Return the folder of the platform for data of this program, or the one that ``GEOEVENTS_DATA`` names."""
    folder = os.environ.get(_FOLDER)
    if folder:
        return PackFolder(Path(folder))
    try:
        return PackFolder(user_data_path("geoevents", appauthor=False))
    except RuntimeError:  # newer versions of platformdirs say so where there is no home
        return PackFolder(Path("~"))


def pack_name(word: str) -> str:
    """Return the name of a pack as it is written: a country's in capitals.

    Examples
    --------
    >>> pack_name("syr"), pack_name("Physical")
    ('SYR', 'physical')
    """
    if not isinstance(word, str):
        raise ArgumentError(f"Packs: expected names such as SYR or physical, got {word!r}.")
    low = word.strip().lower()
    return low if low in ("physical", NO_PACKS) else low.upper()


def _pack(folder: Path) -> Pack:
    path = folder / _FACTS
    again = f"run gazetteer pack add {folder.name} or gazetteer pack remove {folder.name}"
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
        wrong = _wrong_facts(facts)
    except (OSError, ValueError, TypeError, RecursionError) as error:
        raise DataError(f"{path}: expected the facts of a pack, but they cannot be read ({error}); {again}.") from error
    if wrong:
        raise DataError(
            f"{path}: expected the facts of a pack, but {', '.join(wrong)} is not as it should be; {again}."
        )
    return Pack(folder.name, folder, facts)


def _wrong_facts(facts: Any) -> list[str]:
    """Return which facts of a pack are missing or of another kind than `gazetteer pack add` writes."""
    known = facts if isinstance(facts, dict) else {}
    wrong = [name for name, kind in _NEEDED.items() if not isinstance(known.get(name), kind)]
    if wrong:
        return wrong
    of_sources = [
        source.get(name) if isinstance(source, dict) else None for source in known["sources"] for name in _OF_SOURCE
    ]
    if not all(isinstance(text, str) for text in of_sources):
        wrong.append("sources")
    if not all(isinstance(rows, int) for rows in known["licences"].values()):
        wrong.append("licences")
    return wrong
