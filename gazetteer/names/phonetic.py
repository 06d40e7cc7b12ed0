"""Repairs a misspelt key by one letter, and brings the romanisations of one name together.

A key that no name has gets the keys one edit away that some name has, or the plain form and the skeleton
that other spellings of the name share, and a code of them that is cheap for a million names. Whether one of them is
clearly meant is for the ranking to say.
"""

from __future__ import annotations

import re
import unicodedata
import zlib
from collections.abc import Callable, Sequence
from itertools import filterfalse

import numpy as np
from numpy.typing import NDArray

__all__ = ["RULES", "SHORTEST", "bearing", "codes", "neighbours", "plain", "skeleton"]

# Below this length one edit makes another word more often than it repairs one.
SHORTEST = 5
_LONGEST = 40
_LATIN = "abcdefghijklmnopqrstuvwxyz "
_CYRILLIC = "абвгдежзиклмнопрстуфхцчшщъыьэюяәғқңөұүһії "


def neighbours(key: str, number: Callable[[str, int], int]) -> list[int]:
    """Return the numbers of all keys one insertion, deletion, replacement or swap away (Damerau 1964).

    Parameters
    ----------
    key
        A folded name.
    number
        Key to number, and what to return when there is none.

    Examples
    --------
    >>> known = {"kandahar": 1, "djibouti": 2}
    >>> neighbours("kandahr", known.get), neighbours("almaty", known.get)
    ([1], [])
    """
    if not SHORTEST <= len(key) <= _LONGEST:
        return []
    letters = _letters(key)
    found = {number(candidate, -1) for i in range(len(key) + 1) for candidate in _edits(key[:i], key[i:], letters)}
    return sorted(found - {-1})


def _edits(head: str, tail: str, letters: str) -> list[str]:
    edits = [head + letter + tail for letter in letters]
    if tail:
        edits.append(head + tail[1:])
        edits += [head + letter + tail[1:] for letter in letters]
    if len(tail) > 1:
        edits.append(head + tail[1] + tail[0] + tail[2:])
    return edits


def _letters(key: str) -> str:
    if key.isascii():
        return _LATIN
    script = unicodedata.name(key[0], "").split(" ")[0]
    return _CYRILLIC if script == "CYRILLIC" else "".join(sorted(set(key)))


# Articles and particles that one writer keeps and the next leaves out.
_PARTICLES = frozenset(
    (
        "al",
        "el",
        "ad",
        "adh",
        "ed",
        "an",
        "en",
        "ar",
        "er",
        "as",
        "es",
        "ash",
        "esh",
        "at",
        "et",
        "ath",
        "az",
        "ez",
        "ul",
        "ol",
        "la",
        "le",
        "les",
        "los",
        "las",
        "de",
        "do",
        "da",
        "du",
        "di",
        "del",
        "des",
        "of",
        "the",
        "e",
        "i",
        "y",
        "and",
    )
)
# What romanisations write differently, levelled in this order; a capital is a single sound meanwhile.
_SOUNDS = (
    ("tsch", "C"),
    ("tch", "C"),
    ("tsh", "C"),
    ("sch", "s"),
    ("ch", "C"),
    ("cz", "C"),
    ("sh", "s"),
    ("sz", "s"),
    ("dzh", "j"),
    ("dj", "j"),
    ("kh", "h"),
    ("gh", "g"),
    ("zh", "z"),
    ("ph", "f"),
    ("th", "t"),
    ("dh", "d"),
    ("ck", "k"),
    ("x", "ks"),
    ("ce", "se"),
    ("ci", "si"),
    ("cy", "si"),
    ("c", "k"),
    ("C", "c"),
)
_LETTERS = str.maketrans("qeyov", "kiiuw")
_W_AS_VOWEL = re.compile("w(?![aiu])")
_DOUBLED = re.compile(r"(.)\1+")
_ENDING = re.compile("(?:i?ah?|ih?)$")
_VOWELS = str.maketrans("", "", "aiu")
# Points of the compass as units bear them in the languages of many gazetteers, before the name or behind it.
_POINTS = {
    "north": "northern nord nort norte septentrional uttar uttari shamal shamali shimali shamaliyah simien semen utara",
    "south": "southern sud sur sul meridional dakshin janub janubi janubiyah debub debubawi selatan yuzhno",
    "east": "eastern est este leste oriental orientale purba purbi purvi sharq sharqi sharqiyah misraq misrakawi timur",
    "west": "western ouest oeste occidental occidentale pashchim paschim gharb gharbi gharbiyah mirab mirabawi barat",
    "northeast": "northeastern noreste nordeste",
    "northwest": "northwestern noroeste",
    "southeast": "southeastern sureste sudeste",
    "southwest": "southwestern suroeste sudoeste",
    "central": "centre centro tengah",
}
_COMPASS = {word: point for point, words in _POINTS.items() for word in (point, *words.split())}
_UNNAMED = _PARTICLES | _COMPASS.keys()
# The same for many names at once, which are lines of bytes: what `plain` makes of vowels, w and h depends on what
# stands beside them, so that a code leaves them out.
_SOUNDS_IN_BYTES = tuple((written.encode(), sound.encode()) for written, sound in _SOUNDS)
_LETTERS_IN_BYTES, _NOT_IN_CODES = bytes.maketrans(b"q", b"k"), b"aeiouyvwh"
_LINE = ord("\n")
# Tells codes by these rules from those that a gazetteer built by others may hold.
RULES = zlib.crc32(repr((sorted(_PARTICLES), _COMPASS, _SOUNDS, _LETTERS_IN_BYTES, _NOT_IN_CODES)).encode())
# Other words that tell two units of one name apart, however alike they sound.
_MARKS = frozenset(("upper", "lower", "new", "old", "inner", "outer", "greater", "little"))


def plain(key: str) -> str:
    """Return the sounds of a folded name, levelled over the ways in which it may be romanised.

    Articles and points of the compass (see `bearing`) go, digraphs become one letter, vowels fall into three classes,
    doubled letters count once. Other scripts than Latin stay as they are.

    Examples
    --------
    >>> plain("al khalediyah") == plain("khaledia"), plain("ar raqqah") == plain("raqqa")
    (True, True)
    >>> plain("hilmand") == plain("helmand"), plain("kandahar") == plain("qandahar")
    (True, True)
    """
    sounds = _named(key)
    if not sounds.isascii():
        return sounds
    for written, sound in _SOUNDS:
        sounds = sounds.replace(written, sound)
    sounds = _W_AS_VOWEL.sub("u", sounds.translate(_LETTERS))
    sounds = _DOUBLED.sub(r"\1", sounds).replace("ai", "i").replace("au", "u")
    return _ENDING.sub("a", _DOUBLED.sub(r"\1", sounds))


def _named(key: str) -> str:
    """Return a key without articles, points of the compass and spaces."""
    words = key.split()
    named = [word for word in words if word not in _UNNAMED]
    return "".join(named or [_COMPASS.get(word, word) for word in words])


def skeleton(sounds: str) -> str:
    """Return the consonants of a plain form.

    Examples
    --------
    >>> skeleton(plain("deir ez zor")), skeleton(plain("dayr az zawr"))
    ('drzr', 'drzr')
    """
    return sounds.translate(_VOWELS) if sounds.isascii() else sounds


def codes(keys: Sequence[str]) -> NDArray[np.uint32]:
    """Return a number for each key: keys whose plain forms have one skeleton have one number, as have a few others.

    All keys are worked on at once, at a quarter of what their plain forms cost. The numbers may be kept as long as
    `RULES` is what it was.

    Parameters
    ----------
    keys
        Of n folded names; none has a line break.

    Examples
    --------
    >>> zor, other_zor, homs = codes(["deir ez zor", "dayr az zawr", "homs"]).tolist()
    >>> zor == other_zor, zor == homs
    (True, False)
    """
    words = " \n ".join(keys).split(" ")
    lines = "".join(filterfalse(_UNNAMED.__contains__, words)).split("\n")
    # Of some names nothing is left: these are called what the others leave out.
    sounds = "\n".join([line or _named(key) for line, key in zip(lines, keys, strict=True)]).encode()
    for written, sound in _SOUNDS_IN_BYTES:
        sounds = sounds.replace(written, sound)
    letters = np.frombuffer(sounds.translate(_LETTERS_IN_BYTES, _NOT_IN_CODES), dtype="uint8")
    single = np.r_[True, letters[1:] != letters[:-1]][: len(letters)] | (letters == _LINE)
    return np.fromiter(map(zlib.crc32, letters[single].tobytes().split(b"\n")), dtype="uint32", count=len(keys))


def bearing(key: str) -> str:
    """Return the words of a key that may not differ between spellings of one name; points of the compass in English.

    Examples
    --------
    >>> bearing("mindoro oriental"), bearing("north eastern province"), bearing("kandahar")
    ('east', 'east north', '')
    """
    words = {_COMPASS.get(word, word) for word in key.split()}
    return " ".join(sorted(words & (_POINTS.keys() | _MARKS)))
