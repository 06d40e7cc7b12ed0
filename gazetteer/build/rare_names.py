"""Names of countries in lesser-used languages that are towns' names elsewhere: "Marawi" is Malawi in Chiga.

The opened tables and the names of countries by language give ``rare_names.csv``, a row a name: the town is
meant, not the country.
"""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
from rapidfuzz.distance import OSA

from gazetteer.bundled import BUNDLED
from gazetteer.errors import UnknownPlaceError
from gazetteer.index.store import LAYERS, Store
from gazetteer.names.normalize import normalize_name

__all__ = ["write_rare_names"]

# Names in these are met in reports and tables everywhere: the languages of the United Nations and the most widely
# written ones of Europe and Asia.
_WIDELY_USED = frozenset(
    (
        "ar",
        "bg",
        "cs",
        "da",
        "de",
        "el",
        "en",
        "es",
        "fa",
        "fi",
        "fr",
        "he",
        "hi",
        "hr",
        "hu",
        "id",
        "it",
        "ja",
        "kk",
        "ko",
        "ms",
        "nb",
        "nl",
        "no",
        "pl",
        "pt",
        "ro",
        "ru",
        "sr",
        "sv",
        "sw",
        "tr",
        "uk",
        "ur",
        "vi",
        "zh",
        "zh-Hant",
    )
)
# Prominence of towns that count: about 3,000 people; 30,000 where the country's name is only a letter away.
_LEAST, _LARGE = 3.5, 4.5
# Of shorter names a letter more or less makes another one.
_LONG = 6


def write_rare_names(store: Store, territories: Path, path: Path) -> None:
    """Write the names, with the id of the country that loses each.

    Parameters
    ----------
    store
        The opened tables.
    territories
        The folder of CLDR's localenames with a folder a language, each with ``territories.json``.
    path
        What to write.

    Source
    ------
    CLDR localenames, Unicode-3.0.
    """
    with (BUNDLED / "informal_names.csv").open(encoding="utf-8", newline="") as lines:
        informal = {(row["id"].removeprefix("iso:"), normalize_name(row["name"])) for row in csv.DictReader(lines)}
    used: set[tuple[str, str]] = set()
    rare: dict[tuple[str, str], str] = {}
    for file in sorted(territories.glob("*/territories.json")):
        lang = file.parent.name
        content = json.loads(file.read_text(encoding="utf-8"))["main"][lang]["localeDisplayNames"]["territories"]
        for code, name in content.items():
            pair = (code[:2], normalize_name(name))
            if lang.split("-")[0] in _WIDELY_USED:
                used.add(pair)
            else:
                rare.setdefault(pair, lang)
    with path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines, lineterminator="\n")
        writer.writerow(("name", "id", "lang"))
        for (code, key), lang in sorted(rare.items(), key=lambda one: one[0][::-1]):
            if (code, key) in used or (code, key) in informal or not key.isascii():
                continue
            least = _LARGE if _is_misspelling(store, key, f"iso:{code}") else _LEAST
            if _is_town_elsewhere(store, key, f"iso:{code}", least):
                writer.writerow((key, f"iso:{code}", lang))


def _is_misspelling(store: Store, key: str, country: str) -> bool:
    """Say whether a name is a letter away from the English one of its country: "Guadelupe"."""
    try:
        number = store.find(country)
    except UnknownPlaceError:
        return False
    name = normalize_name(str(store.take("name", np.array([number]))[0]))
    return len(key) >= _LONG and OSA.distance(key, name) <= 1


def _is_town_elsewhere(store: Store, key: str, country: str, least: float) -> bool:
    """Say whether a town of another country bears a name which the index knows for the country as well."""
    number = store.key_of(key, -1)
    if number < 0:
        return False
    places, _ = store.postings(number)
    ids = store.take("id", places)
    if country not in ids:
        return False
    layer = LAYERS.index("cities")
    towns = places[(places >= store.bases[layer]) & (places < store.bases[layer + 1])]
    known = towns[store.values(("prominence",), towns)["prominence"] >= least]
    land = store.take("country", places[ids == country])[0]
    return bool((store.take("country", known) != land).any())
