"""Forms of country names in many languages: ``gazetteer/data/country_names.csv``.

The folder of unpacked sources gives a table of keys: official names, the forms of the United Nations' M49 list
in its six languages, and usual spellings. What a rule reads (articles, brackets, inversions; see
`gazetteer.candidates.country_names`) needs no row. ``python -m gazetteer.build.country_names SOURCES`` writes it.
"""

from __future__ import annotations

import ast
import csv
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import pycountry

from gazetteer.build.download import unpacked
from gazetteer.bundled import BUNDLED
from gazetteer.errors import DataError
from gazetteer.names.normalize import normalize_name

__all__ = ["rows", "write"]

_CURATED = Path(__file__).parent / "curated" / "country_forms.csv"
_WORDS = BUNDLED / "country_words.csv"
_TARGET = BUNDLED / "country_names.csv"
_TAXONOMY_COLUMNS = (
    "Preferred Term",
    "ISO Alt Term",
    "DGACM Alt Term",
    "HPC Tools Alt Term",
    "RW Short Name",
    "RW API Alt Term",
    "English Short",
    "French Short",
    "Spanish Short",
    "Russian Short",
    "Chinese Short",
    "Arabic Short",
    "English Formal",
    "M49 English",
    "M49 French",
    "M49 Spanish",
    "M49 Russian",
    "M49 Chinese",
    "M49 Arabic",
)
# Three Latin letters are a code, which the index holds.
_SHORTEST = 4


def rows(root: Path) -> list[tuple[str, str]]:
    """Return keys of names and the ISO 3166-1 alpha-3 code each stands for, in the order of the keys.

    A key that two countries share is left out, unless the curated forms give it to one of them; a curated form without
    a country takes a key out.

    Source
    ------
    countrynames (MIT, OpenSanctions); hdx-python-country (MIT, the OCHA taxonomy with the M49 list); curated forms.
    """
    kept = _unshared(_countrynames(root))
    kept = {key: country for key, country in kept.items() if not _is_inside(key, country, kept)}
    kept |= _unshared(_taxonomy(root))
    with _CURATED.open(encoding="utf-8", newline="") as lines:
        kept |= {normalize_name(row["name"]): row["country"] for row in csv.DictReader(lines)}
    return sorted((key, country) for key, country in kept.items() if key and country)


def write(root: Path, target: Path = _TARGET) -> int:
    """Write the table; return how many rows it has."""
    found = rows(root)
    with target.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines, lineterminator="\n")
        writer.writerows([("key", "country"), *found])
    return len(found)


def _unshared(names: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the keys of names that stand for one country each, and that country."""
    found: dict[str, set[str]] = {}
    for name, country in names:
        key = normalize_name(name)
        if len(key) >= _SHORTEST or not key.isascii():
            found.setdefault(key, set()).add(country)
    return {key: countries.pop() for key, countries in found.items() if len(countries) == 1}


def _is_inside(key: str, country: str, names: dict[str, str]) -> bool:
    """Say whether a key names something in a country, "ontario canada", rather than the country."""
    words = key.split()
    ends = (count for count in (1, 2) if len(words) > count)
    last = next((count for count in ends if names.get(" ".join(words[-count:])) == country), 0)
    return bool(last) and not set(words[:-last]) <= _title_words()


@cache
def _title_words() -> frozenset[str]:
    with _WORDS.open(encoding="utf-8", newline="") as lines:
        return frozenset(row["word"] for row in csv.DictReader(lines) if row["role"] != "abbreviation")


def _alpha3(code: str) -> str | None:
    if code == "XK":
        return "XKX"
    country = pycountry.countries.get(alpha_2=code)
    return str(country.alpha_3) if country else None


def _countrynames(root: Path) -> Iterator[tuple[str, str]]:
    """Yield names and alpha-3 codes of the package countrynames, whose table is Python source."""
    (path,) = unpacked(root, "countrynames-*/countrynames/data.py")
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript):
            country = _alpha3(ast.literal_eval(node.targets[0].slice))
            if country:
                yield from ((str(name), country) for name in ast.literal_eval(node.value))


def _taxonomy(root: Path) -> Iterator[tuple[str, str]]:
    """Yield names and alpha-3 codes of OCHA's taxonomy of countries and territories."""
    (path,) = unpacked(root, "hdx_python_country-*/hdx/location/*Taxonomy*.csv")
    with path.open(encoding="utf-8-sig", newline="") as lines:
        for row in csv.DictReader(lines):
            country = _alpha3(row["ISO 3166-1 Alpha 2-Codes"])
            if country:
                yield from ((row[column], country) for column in _TAXONOMY_COLUMNS if row[column])


def main(arguments: list[str]) -> int:
    """Run the command line: one argument, the folder of the unpacked sources."""
    if len(arguments) != 1:
        print("usage: python -m gazetteer.build.country_names SOURCES", file=sys.stderr)
        return 2
    try:
        print(f"{write(Path(arguments[0])):,} names")
    except DataError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
