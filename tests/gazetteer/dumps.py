"""Makes dumps of GeoNames' exact format: made-up places, of any number, with a few real ones among them.

Names are about as often met as in GeoNames, whose 13 million places have 8 to 9 million names: some thousand are called
San José, and most names are borne by one place alone. So a part of the places takes its names from a list in which the
name at rank r is borne by about r^-0.6 times as many places as the first. There are accents and Cyrillic letters, too.
"""

import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gazetteer.build.geonames_dump import Dump
from gazetteer.index.store import Store

# geonameid, name, ascii, lat, lon, class, code, country, admin1, population
REAL = (
    (1526384, "Almaty", "Almaty", 43.25, 76.9167, "P", "PPLA", "KZ", "02", 2000900),
    (610612, "Aktau", "Aktau", 43.65, 51.2, "P", "PPLA", "KZ", "09", 147443),
    (1522867, "Kazakhstan", "Kazakhstan", 48.0, 68.0, "A", "PCLI", "KZ", "00", 18276499),
    (90000001, "Ḩişār-e Test", "Hisar-e Test", 35.0, 69.0, "P", "PPL", "AF", "11", 0),
    (90000002, "Kokshekol Peak", "Kokshekol Peak", 43.1, 77.1, "T", "PK", "KZ", "02", 0),
    (90000003, 'Quote "Hill', "Quote Hill", 43.2, 77.2, "T", "HLL", "KZ", "02", 0),
)
# geonameid, language, name, short, historic
ALIASES = (
    (1526384, "ru", "Алма-Ата", "", "1"),
    (1526384, "link", "https://example.org/Almaty", "", ""),
    (1526384, "en", "Father of Apples", "", ""),
    (90000002, "kk", "Көкшекөл шыңы", "", ""),
    (90000001, "", "Nowhere Else", "1", ""),
    (90000001, "post", "99999", "", ""),
    (1, "en", "Of No Place", "", ""),
)
_SYLLABLES = np.array([a + b for a in "bcdfghjklmnprstvz" for b in ("a", "e", "i", "o", "u", "ai", "ou")], dtype=object)
_COUNTRIES = np.array(["KZ", "AF", "UA", "NG", "US", "BR", "IN", "CN", "ML", "RU"], dtype=object)
# Of places, and of alternate names, this part has a name of the list; of alternate names, this part is in Cyrillic.
_COMMON, _COMMON_ALIASES, _CYRILLIC = 0.45, 0.2, 0.25
# How many names the list has a place, how steeply it falls, and at which rank that begins.
_LISTED, _STEEPNESS, _FIRST = 0.115, 0.6, 20.0
_TO_CYRILLIC = str.maketrans("abcdefghijklmnoprstuvz", "абцдефгхижклмнопрстувз")
_TO_ACCENTS = str.maketrans("aeou", "áéöū")
_SPREAD = 2_654_435_761  # an odd number, so that ranks become distinct words


class _Words:
    """Draws names for `places` places: those of towns, of which `known` says how many towns have each, or made up."""

    def __init__(self, rng: np.random.Generator, places: int, known: Mapping[str, int]) -> None:
        self._rng = rng
        self._listed = int(_LISTED * places) + 1
        often = [name for name, towns in known.items() if towns > 1]
        # A name that one town has is as likely on the list as that of any place, and anywhere on it.
        once = [name for name, towns in known.items() if towns == 1]
        once = once[: int(_COMMON * len(once))]
        ranks = np.linspace(len(often), max(self._listed, len(often) + len(once)), len(once), dtype=np.int64)
        self._known = dict(enumerate(often)) | dict(zip(ranks.tolist(), once, strict=True))

    def draw(self, n: int, common: float) -> list[str]:
        """Return n names, some of which are common ones."""
        rare = self._rng.integers(0, 2 * len(_SYLLABLES) ** 4, n)
        power = 1 - _STEEPNESS
        low, high = _FIRST**power, (_FIRST + self._listed) ** power
        rank = ((low + self._rng.random(n) * (high - low)) ** (1 / power) - _FIRST).astype(np.int64)
        rank = np.where(self._rng.random(n) < common, rank, -1)
        words = _spelt(np.where(rank >= 0, rank * _SPREAD, rare))
        return [self._known.get(r, word) for r, word in zip(rank.tolist(), words, strict=True)]


def _spelt(numbers: NDArray[np.int64]) -> list[str]:
    """Return a word for each number; every fifth has accents."""
    size = len(_SYLLABLES)
    parts = [_SYLLABLES[numbers // size**digit % size].tolist() for digit in range(4)]
    gaps = (numbers // size**4 % 2 == 0).tolist()
    words = [(a + b + c + (" " if gap else "") + d).title() for a, b, c, d, gap in zip(*parts, gaps, strict=True)]
    for i in np.flatnonzero(numbers % 5 == 0).tolist():
        words[i] = words[i].translate(_TO_ACCENTS)
    return words


def _towns(store: Store) -> tuple[Iterator[bytes], dict[str, int]]:
    """Return the rows of a store's own towns as the dump has them, and how many have each name, most first."""
    towns = store.layer("cities")
    nations = store.layer("countries")
    alpha2 = dict(zip(nations["country"], nations["id"].str.removeprefix("iso:"), strict=True))
    people = towns["population"].fillna(0).astype("int64")
    columns = (towns["id"].str.removeprefix("geonames:"), towns["name"], towns["lat"], towns["lon"])
    rows = (
        _place(number, name, name, lat, lon, "P", "PPL", alpha2.get(country, ""), "", count)
        for number, name, lat, lon, country, count in zip(*columns, towns["country"], people, strict=True)
    )
    return rows, pd.Series(towns["name"]).value_counts(sort=True).to_dict()


def made(folder: Path, places: int, names: int, *, seed: int = 1, store: Store | None = None) -> Dump:
    """Write a dump of `places` places and `names` alternate names beside the real ones, and the towns of a store."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    towns, known = _towns(store) if store is not None else (iter(()), {})
    words = _Words(rng, places, known)
    dump = Dump(
        folder / "allCountries.zip", folder / "alternateNamesV2.zip",
        folder / "admin1CodesASCII.txt", folder / "admin2Codes.txt",
    )  # fmt: skip
    dump.admin1.write_text("KZ.02\tAlmaty\tAlmaty\t1526395\nKZ.09\tMangystau\tMangystau\t608879\n", encoding="utf-8")
    dump.admin2.write_text("KZ.09.1\tTupqaraghan\tTupqaraghan\t90000009\n", encoding="utf-8")
    with (
        zipfile.ZipFile(dump.places, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("allCountries.txt", "w", force_zip64=True) as file,
    ):
        for row in REAL:
            number, name, ascii_, lat, lon, letter, code, country, unit, people = row
            file.write(_place(number, name, ascii_, lat, lon, letter, code, country, unit, people))
        for line in towns:
            file.write(line)
        for start in range(0, places, 100_000):
            n = min(100_000, places - start)
            drawn = words.draw(n, _COMMON)
            lats, lons = rng.uniform(-60, 70, n).round(5).tolist(), rng.uniform(-180, 180, n).round(5).tolist()
            letters = np.array(list("PPPPPHSSTLV"), dtype=object)[rng.integers(0, 11, n)].tolist()
            people = np.where(rng.random(n) < 0.03, rng.integers(500, 100_000, n), 0).tolist()
            countries = _COUNTRIES[rng.integers(0, 10, n)].tolist()
            rows = zip(drawn, lats, lons, letters, countries, people, strict=True)
            file.write(
                b"".join(
                    _place(100_000_000 + start + i, word, word, lat, lon, letter, "PPL", country, "02", count)
                    for i, (word, lat, lon, letter, country, count) in enumerate(rows)
                )
            )
    with (
        zipfile.ZipFile(dump.names, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("alternateNamesV2.txt", "w", force_zip64=True) as file,
    ):
        for i, (number, lang, name, short, historic) in enumerate(ALIASES):
            file.write(f"{i}\t{number}\t{lang}\t{name}\t\t{short}\t\t{historic}\t\t\n".encode())
        for start in range(0, names, 100_000):
            n = min(100_000, names - start)
            numbers = (100_000_000 + rng.integers(0, max(places, 1), n)).tolist()
            drawn = words.draw(n, _COMMON_ALIASES)
            cyrillic = (rng.random(n) < _CYRILLIC).tolist()
            rows = (
                (number, "ru", word.lower().translate(_TO_CYRILLIC).title()) if other else (number, "en", word)
                for number, word, other in zip(numbers, drawn, cyrillic, strict=True)
            )
            text = (
                f"{start + i + 100}\t{number}\t{lang}\t{word}\t\t\t\t\t\t\n"
                for i, (number, lang, word) in enumerate(rows)
            )
            file.write("".join(text).encode())
    return dump


def _place(
    number: int, name: str, ascii_: str, lat: float, lon: float, letter: str, code: str, country: str, unit: str,
    people: int,
) -> bytes:  # fmt: skip
    zone = "Asia/Almaty" if country == "KZ" else ""
    cells = (
        number, name, ascii_, "", lat, lon, letter, code, country, "", unit, "", "", "", people, "", 0, zone,
        "2026-01-01",
    )  # fmt: skip
    return ("\t".join(map(str, cells)) + "\n").encode()
