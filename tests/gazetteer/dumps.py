"""Makes dumps of GeoNames' exact format: made-up places, of any number, with a few real ones among them."""

import zipfile
from pathlib import Path

import numpy as np

from gazetteer.build.full import Dump

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


def made(folder: Path, places: int, names: int, *, seed: int = 1) -> Dump:
    """Write a dump of `places` places and `names` alternate names beside the real ones."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
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
        for start in range(0, places, 100_000):
            n = min(100_000, places - start)
            words = _words(rng, n)
            lats, lons = rng.uniform(-60, 70, n).round(5).tolist(), rng.uniform(-180, 180, n).round(5).tolist()
            letters = np.array(list("PPPPPHSSTLV"), dtype=object)[rng.integers(0, 11, n)].tolist()
            people = np.where(rng.random(n) < 0.03, rng.integers(500, 100_000, n), 0).tolist()
            countries = _COUNTRIES[rng.integers(0, 10, n)].tolist()
            rows = zip(words, lats, lons, letters, countries, people, strict=True)
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
            rows = zip(numbers, _words(rng, n), strict=True)
            text = (f"{start + i + 100}\t{number}\ten\t{word}\t\t\t\t\t\t\n" for i, (number, word) in enumerate(rows))
            file.write("".join(text).encode())
    return dump


def _words(rng: np.random.Generator, n: int) -> list[str]:
    parts = _SYLLABLES[rng.integers(0, len(_SYLLABLES), (n, 4))]
    two = rng.random(n) < 0.5
    return [(a + b + c + (" " if t else "") + d).title() for (a, b, c, d), t in zip(parts.tolist(), two, strict=True)]


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
