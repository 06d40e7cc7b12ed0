"""The words around a name that are not part of it: type words, abbreviations, endings of adjectives.

A key gets other keys under which the same place may stand: without its type word, or with its abbreviated
words in full. The words stand in ``data/affixes.csv``, a row a word, with its `languages`. The `role` of a row is

- ``type``: a kind of place, which `kind` names; ``suffix``: the same, in a script without blanks;
- ``abbreviation``: `meaning` is the word in full, or the usual abbreviation of a full one; `position` says whether it
  stands before the name, behind it, or either;
- ``ending``: of an adjective that is made of a town's name;
- ``facility``: something that is called after a town, and need not lie in it.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from functools import cache

from gazetteer.bundled import BUNDLED
from gazetteer.names.normalize import normalize_name

__all__ = [
    "ENGLISH_TYPE_WORDS",
    "TYPE_WORDS",
    "facility_town",
    "is_type_word",
    "second_level_words",
    "spelt_out",
    "split_suffix",
    "split_type_word",
    "third_level_words",
    "towns_of_adjective",
    "type_word",
]

_KINDS: dict[str, tuple[str, ...]] = {
    "first-level unit": ("admin1", "admin2"),
    "second-level unit": ("admin2", "admin1"),
    "town": ("city",),
    "airport": ("airport",),
    "sea": ("sea",),
    "country": ("country",),
    "region": ("region",),
    "island": ("island", "region", "admin1", "admin2", "country"),
}
# A key of more words is a text; of one with several abbreviations so many spellings are tried.
_MOST_WORDS, _MOST_SPELLINGS = 8, 12
_SHORTEST_STEM = 3
_CODE_BEHIND = re.compile(r"\s[A-Z]{2}$")


@cache
def _rows(role: str) -> tuple[dict[str, str], ...]:
    path = BUNDLED / "affixes.csv"
    with path.open(encoding="utf-8", newline="") as lines:
        return tuple(row for row in csv.DictReader(lines) if row["role"] == role)


def _key(word: str) -> str:
    """Return a word as it stands inside a key: "краи" for "край"."""
    return normalize_name(f"name {word}").removeprefix("name ") if word else ""


# What a type word says: the kinds of place it may stand for; as it is written, and as it stands in keys.
TYPE_WORDS: dict[str, tuple[str, ...]] = {
    word: _KINDS[row["kind"]] for row in _rows("type") for word in (row["word"], _key(row["word"]))
}
# Those of English that stand for one place: "province", not "provinces" and not "city of".
ENGLISH_TYPE_WORDS = tuple(
    row["word"]
    for row in _rows("type")
    if "en" in row["languages"].split("|") and not row["word"].endswith((" of", "s"))
)
_FIRST_AND_LAST = tuple(frozenset(word.split(" ")[at] for word in TYPE_WORDS) for at in (0, -1))
_ANY_TYPE_WORD = "|".join(sorted(map(re.escape, TYPE_WORDS), key=len, reverse=True))


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    """Return the patterns of a name with its type word behind and before, compiled when a name first needs them."""
    return (
        re.compile(rf"^(?P<name>.+?) (?P<word>{_ANY_TYPE_WORD})$"),
        re.compile(rf"^(?:(?P<word>{_ANY_TYPE_WORD})(?: of)?) (?P<name>.+)$"),
    )


def _may_hold_type_word(key: str) -> bool:
    """Say whether the first or the last word of a key may be of a type word, which most keys have none of."""
    first, last = _FIRST_AND_LAST
    return key.rpartition(" ")[2] in last or key.partition(" ")[0] in first


def is_type_word(text: str) -> bool:
    """Say whether a text is a type word, in full or abbreviated.

    Examples
    --------
    >>> is_type_word("Province"), is_type_word("Dept."), is_type_word("Gao")
    (True, True, False)
    """
    plain = text.lower()
    if plain in TYPE_WORDS:
        return True
    return any(meaning in TYPE_WORDS for meaning, _ in _abbreviations().get(plain.rstrip("."), ()))


def split_type_word(key: str) -> list[tuple[str, tuple[str, ...]]]:
    """Return what remains of a key without its type word, and the kinds of place the word allows.

    Both ends are tried; the readings come longest type word first, and none is a guess about the name.

    Examples
    --------
    >>> split_type_word("almaty oblast")
    [('almaty', ('admin1', 'admin2'))]
    >>> split_type_word("village of rami")
    [('rami', ('city',))]
    >>> split_type_word("almaty")
    []
    """
    if " " not in key or not _may_hold_type_word(key):
        return []
    readings = []
    for pattern in _patterns():
        found = pattern.match(key)
        if found:
            readings.append((found["name"], TYPE_WORDS[found["word"]]))
    return readings


def spelt_out(key: str, written: str = "") -> list[str]:
    """Return the keys under which a name with abbreviated words may stand, the likeliest first.

    Parameters
    ----------
    key
        The key of the name.
    written
        The name itself: two capitals behind a name are the code of a unit, "Lamar CO" is not a county.

    Examples
    --------
    >>> spelt_out("mt kenya"), spelt_out("gulf of st lawrence"), spelt_out("donetsk obl")
    (['mount kenya'], ['gulf of saint lawrence'], ['donetsk oblast'])
    >>> spelt_out("г донецк"), spelt_out("almaty")
    (['город донецк'], [])
    """
    words = key.split()
    if len(words) < 2 or len(words) > _MOST_WORDS or (_CODE_BEHIND.search(written) and not written.isupper()):
        return []
    abbreviations = _abbreviations()
    if abbreviations.keys().isdisjoint(words) and not any(pair in key for pair in _pairs()):
        return []
    spellings = [key]
    for position in range(len(words)):
        for length in (2, 1):
            piece = " ".join(words[position : position + length])
            last = position + length >= len(words)
            for meaning, where in abbreviations.get(piece, ()):
                if where == "either" or (where == "before" and position == 0) or (where == "behind" and last):
                    spellings += [_replaced(spelt, piece, meaning, last=last) for spelt in spellings]
    return list(dict.fromkeys(spellings))[1:_MOST_SPELLINGS]


def towns_of_adjective(name: str) -> Iterator[str]:
    """Yield the names that an adjective in a unit's name may be made of.

    Examples
    --------
    >>> list(towns_of_adjective("bakhmutskyi"))
    ['bakhmut', 'bakhmutsk']
    """
    for row in _rows("ending"):
        stem = name.removesuffix(_key(row["word"]))
        if stem != name and len(stem) >= _SHORTEST_STEM:
            yield stem + _key(row["meaning"])


def split_suffix(key: str) -> tuple[str, tuple[str, ...]] | None:
    """Return a name of a script without blanks, its type word taken off, and the kinds of place; None without one.

    Examples
    --------
    >>> split_suffix("喀什地区"), split_suffix("gao")
    (('喀什', ('admin2', 'admin1')), None)
    """
    if key.isascii():
        return None
    found = max(
        (row for row in _rows("suffix") if key.endswith(row["word"])), key=lambda row: len(row["word"]), default=None
    )
    if found is None or len(key) <= len(found["word"]) + 1:
        return None
    return key.removesuffix(found["word"]), _KINDS[found["kind"]]


def facility_town(key: str) -> str:
    """Return the name that a facility is called by: "zaporizhzhia" of "zaporizhzhia npp"; empty where it is not one.

    Examples
    --------
    >>> facility_town("zaporizhzhia npp"), facility_town("gao")
    ('zaporizhzhia', '')
    """
    found = next((row["word"] for row in _rows("facility") if key.endswith(f" {row['word']}")), "")
    return key[: -len(found) - 1] if found else ""


def type_word(key: str, rest: str) -> str:
    """Return the type word that a key bears beside the rest of it.

    Examples
    --------
    >>> type_word("kandahar province", "kandahar"), type_word("province of kandahar", "kandahar")
    ('province', 'province of')
    """
    return key.removeprefix(rest).removesuffix(rest).strip()


@cache
def second_level_words() -> frozenset[tuple[str, str]]:
    """Return the words of first-level units that name second-level ones in a country (alpha-3), as (country, word).

    They stand in ``data/second_level_words.csv``: provinces are the first level of Afghanistan and the second of Peru.

    Examples
    --------
    >>> ("PER", "province") in second_level_words(), ("AFG", "province") in second_level_words()
    (True, False)
    """
    path = BUNDLED / "second_level_words.csv"
    with path.open(encoding="utf-8", newline="") as lines:
        return frozenset((row["country"], row["word"]) for row in csv.DictReader(lines))


@cache
def third_level_words() -> dict[tuple[str, str], float]:
    """Return how far the units reach, in km, that a word names in a country (alpha-3) and that bear a town's name.

    They stand in ``data/third_level_words.csv``: of these units the gazetteer has none. The reach is that of a circle
    of the usual area: Myanmar has 330 townships on 677,000 km².

    Examples
    --------
    >>> third_level_words()["MMR", "township"], ("USA", "township") in third_level_words()
    (30.0, False)
    """
    path = BUNDLED / "third_level_words.csv"
    with path.open(encoding="utf-8", newline="") as lines:
        return {(row["country"], row["word"]): float(row["radius_km"]) for row in csv.DictReader(lines)}


@cache
def _abbreviations() -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for row in _rows("abbreviation"):
        found.setdefault(_key(row["word"]), []).append((_key(row["meaning"]), row["position"]))
    return found


@cache
def _pairs() -> tuple[str, ...]:
    return tuple(word for word in _abbreviations() if " " in word)


def _replaced(key: str, piece: str, meaning: str, *, last: bool) -> str:
    """Put a word in full, where it stands at the end or else where it first stands."""
    if last and key.endswith(f" {piece}"):
        return key[: -len(piece)] + meaning
    return re.sub(rf"(?<!\S){re.escape(piece)}(?!\S)", meaning, key, count=1)
