"""Cuts a text into words and says what each word is.

Arrays say where each word starts and ends, and its number in a vocabulary that knows, for every
spelling met so far, its case, its grade as a given name or surname, and what it does beside a place's name. Whatever
is asked about a word is worked out once a spelling, so that a document is read with array look-ups.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from gazetteer.arrays import Ints
from gazetteer.bundled import BUNDLED

__all__ = ["ATTRIBUTES", "LONGEST_WORD", "Text", "Vocabulary", "is_common_word", "is_of_person_or_street", "scan"]


# Longer runs of letters are not words.
LONGEST_WORD = 60

_SHORTENED = (
    "Ala Ariz Ark Calif Cal Colo Conn Del Fla Ga Ill Ind Kan Kans Ky La Mass Md Mich Minn Miss Mo Mont Neb Nev "
    "Okla Ore Pa Penn Tenn Tex Va Vt Wash Wis Wyo Ont Que Alta Sask Man Nfld St Ste Mt Mts Ft Pt Twp Co Cos Ave "
    "Rd Blvd Dr Hwy Ln Pkwy No Gov Lt Sen Rep Reps Sens Mr Mrs Ms Prof Sgt Col Gen Capt Cpl Cmdr Maj Adm Rev Fr "
    "Hon Pres Det Insp Jr Sr Inc Corp Ltd Bros Assn Dept Univ vs Jan Feb Mar Apr Jun Jul Aug Sept Sep Oct Nov Dec"
)
_MARKS = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u0670"
    "\u0900-\u0903\u093a-\u094f\u0962\u0963\u0981-\u0983\u09bc-\u09cd"
    "\u200c"  # holds together what Persian writes as one word
    "\u0a3c-\u0a4d\u0abc-\u0acd\u0b3c-\u0b4d\u0bbe-\u0bcd\u0c3e-\u0c4d\u0cbc-\u0ccd"
    "\u0d3e-\u0d4d\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u102b-\u103e"
)
_WORD = re.compile(
    r"(?:[^\W\d_]\.){2,}(?:Va\.)?|[A-Z]\.(?:Va\.)?(?=\s)"  # U.S., W.Va., J.
    # The look ahead spares most words the list.
    rf"|\b(?=[A-Zv][a-z]{{1,4}}\.)(?:{'|'.join(_SHORTENED.split())})\.(?!\w)"
    r"|['’ʼ]s\b"
    rf"|[^\W_](?:[^\W_]|[{_MARKS}])*(?:['’ʼʻ‘`](?!s\b)[^\W\d_](?:[^\W_]|[{_MARKS}])*)*"
    r"|\n[\n\s]*|[^\w\s]|_"
)
# In Turkish an apostrophe parts a name from its ending: "Ankara'da". In other languages it is within names: "Sana'a".
_TURKISH, _OF_OTHERS = re.compile("[ğışİ]"), re.compile(r"\b(?:the|of|and|les?|des|der|und|el|los)\b", re.IGNORECASE)
_ENDING = re.compile(
    r"['’](?:[yn]?[aeıiuü]|[dt][ea]n?|n?[ıiuü]n|[dt][ea]ki|y?l[ea]|n?[dt][ea]|l[ıiuü])$", re.IGNORECASE
)
_BROKEN = re.compile(r"[^\s]{2000,}")


@dataclass(frozen=True)
class Text:
    """A text cut into words.

    Attributes
    ----------
    start, end
        Of each word, in characters.
    word
        Its number in the vocabulary.
    glued
        Whether it follows the word before it without a space.
    """

    text: str
    start: Ints
    end: Ints
    word: Ints
    glued: NDArray[np.bool_]


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


TITLES = _set(
    "mr mrs ms miss dr prof professor sir lord lady dame president vice-president premier minister chancellor "
    "senator sen rep representative congressman congresswoman gov governor mayor judge justice king queen prince "
    "princess emperor sheikh sultan imam ayatollah pope cardinal bishop archbishop father rev reverend pastor "
    "rabbi general gen colonel col major maj captain capt lieutenant lt sergeant sgt corporal cpl admiral adm "
    "commander cmdr officer detective det inspector sheriff coach chairman chairwoman ceo director secretary "
    "ambassador envoy spokesman spokeswoman spokesperson actor actress singer author writer attorney lawyer "
    "leader founder chief dictator councilman councilwoman commissioner manager superintendent trooper deputy"
)
ORGANISATIONS = _set(
    "post times herald tribune news journal gazette star daily press chronicle observer guardian telegraph sun "
    "mail university college school academy institute hospital clinic church cathedral chapel temple mosque "
    "synagogue bank company corp corporation inc ltd llc plc group holdings airlines airways air motors energy "
    "oil gas insurance department ministry agency bureau commission committee council association assn society "
    "foundation federation union league party front movement congress senate parliament assembly house court "
    "police sheriff fire army navy force forces guard brigade battalion regiment division corps team club fc "
    "united city rovers athletic hotel restaurant cafe theatre theater museum library gallery stadium arena "
    "center centre mall store stores act bill award awards prize cup championship championships open festival "
    "games series bowl conference summit treaty accord agreement dialogue district authority board office service "
    "services network television tv radio magazine review chamber commerce coalition alliance institute "
    "laboratory research systems international national state"
)
MEDIA = _set(
    "post times herald tribune journal gazette observer chronicle globe telegraph sentinel inquirer examiner "
    "courier dispatch news mirror star press register today mail weekly review reporter"
)
STREETS = _set(
    "street st road rd avenue ave boulevard blvd drive dr lane ln way court ct place pl parkway pkwy highway hwy "
    "freeway expressway turnpike route interstate pike crescent terrace circle trail square alley close bridge exit"
)
FEATURES = _set(
    "county parish borough township twp province region state republic kingdom island islands isle bay beach river "
    "creek lake lakes mountain mountains mount mt hill hills valley canyon desert peninsula gulf sea ocean strait "
    "coast cape falls springs harbor harbour port airport park forest fort camp village town city district oblast krai "
    "governorate prefecture emirate territory plateau heights ridge point pass delta basin canal dam reef strip bank "
    "castle palace square neighborhood neighbourhood suburb reservoir airbase base crossing"
)
DIRECTIONS = _set(
    "north south east west northern southern eastern western central northeast northwest southeast southwest "
    "northeastern northwestern southeastern southwestern greater upper lower downtown mid inner outer northwest "
    "north-east north-west south-east south-west suburban metropolitan metro"
)
MONTHS = _set(
    "january february march april may june july august september october november december jan feb mar apr jun jul aug "
    "sept sep oct nov dec monday tuesday wednesday thursday friday saturday sunday"
)
PLACING = _set(
    "in at near from to of across outside inside around through throughout into toward towards between north south "
    "east west via off on over within beyond along leaving entering visiting visited neighboring neighbouring downtown "
    "capital"
)
SPEAKING = _set(
    "said says told added who whose his her he she was is has had will would 's asked wrote thinks believes argued "
    "explained noted recalled joined"
)
JOINERS = _set(
    "of the de la del des du da do dos das di el al ad an as bin ibn le les and y e und sur der van von en upon on aan "
    "'s 's ’s - – & ' ’ st. lez lès sous am im bei ob"
)
_CLASSES = {
    "title": TITLES,
    "organisation": ORGANISATIONS,
    "street": STREETS,
    "feature": FEATURES,
    "direction": DIRECTIONS,
    "month": MONTHS,
    "placing": PLACING,
    "speaking": SPEAKING,
    "joiner": JOINERS,
    "media": MEDIA,
}

# Of each word: shape (0 other sign, 1 lower, 2 Title, 3 UPPER, 4 mIxed, 5 initial, 6 digits, 7 no case, 8 unspaced
# script, 9 line break), given name, surname, plain, what it does, whether it ends a sentence, is shortened by a stop,
# is written in another script than Latin.
ATTRIBUTES = ("shape", "given", "surname", "plain", *_CLASSES, "stop", "short", "foreign")
SIGN, LOWER, TITLE, UPPER, MIXED, INITIAL, DIGITS, UNCASED, UNSPACED, BREAK = range(10)
_CJK = re.compile("[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")


# The stroke that lengthens Arabic letters; alone it is a dash.
_TATWEEL = "ـ"
# Grades from which a word is met as a given name, or a surname.
_GIVEN, _SURNAME = 2, 1


@cache
def _lexicon() -> dict[str, tuple[int, int, int]]:
    path = BUNDLED / "words.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        next(rows)
        return {word: (int(given), int(surname), int(plain)) for word, given, surname, plain in rows}


def is_common_word(word: str) -> bool:
    """Say whether a word in small letters is met as a common word, whatever names it may be."""
    return _lexicon().get(word, (0, 0, 0))[2] > 0


def is_of_person_or_street(word: str, following: str) -> bool:
    """Say whether two words in small letters are a given name and a surname, or a street: "paris hilton", "kent road".

    Examples
    --------
    >>> is_of_person_or_street("paris", "hilton"), is_of_person_or_street("paris", "on")
    (True, False)
    """
    given = _lexicon().get(word, (0, 0, 0))[0]
    _, surname, plain = _lexicon().get(following, (0, 0, 0))
    return following in STREETS or (given > _GIVEN and surname > _SURNAME and not plain)


def _shape(word: str) -> int:
    first = word[0]
    if first in "\n\r":
        return BREAK
    if first.isdigit():
        return DIGITS
    if not first.isalpha() or (first == _TATWEEL and not word.strip(_TATWEEL)):
        return SIGN
    if first.isupper():
        if len(word) == 1 or (len(word) == 2 and word[1] == "."):
            return INITIAL
        if word.isupper():
            return UPPER
        return TITLE if word[1:].islower() or not any(c.isupper() for c in word[1:]) else MIXED
    if first.islower():
        return LOWER if word.islower() else MIXED
    return UNSPACED if _CJK.match(first) else UNCASED


@cache
def _flags() -> dict[str, tuple[int, ...]]:
    """Return for each word of a class whether it is in each of `_CLASSES`."""
    words = frozenset().union(*_CLASSES.values())
    return {word: tuple(int(word in members) for members in _CLASSES.values()) for word in words}


def _classes(lower: str, bare: str) -> tuple[int, ...]:
    """Return whether a word, with the stop that shortens it or without, is in each of `_CLASSES`."""
    none = (0,) * len(_CLASSES)
    found = _flags().get(lower, none)
    if lower == bare:
        return found
    return tuple(map(max, found, _flags().get(bare, none)))


def _attributes(word: str) -> list[int]:
    lower = word.lower()
    bare = lower.rstrip(".")
    given, surname, plain = _lexicon().get(bare, (0, 0, 0))
    return [
        _shape(word),
        given,
        surname,
        plain,
        *_classes(lower, bare),
        int(word[0] in ".!?\n\r…。" or word in ('"', "”", "“")),
        int(len(word) > 1 and word[-1] == "."),
        int(word[0] >= "\u0370" and word[0].isalpha()),
    ]


class Vocabulary:
    """Every spelling met so far, and what it is.

    Attributes
    ----------
    words, small
        The spellings, and these in small letters.
    table
        Words × `ATTRIBUTES`.
    """

    # Beyond this many spellings the vocabulary starts anew, so that memory stays bounded.
    _MOST = 200_000

    def __init__(self) -> None:
        self._restart()

    def _restart(self) -> None:
        self._numbers: dict[str, int] = {}
        self.words: list[str] = []
        self.small: list[str] = []
        self._rows = np.zeros((4096, len(ATTRIBUTES)), dtype="int8")
        self.table = self._rows[:0]

    def number(self, word: str) -> int:
        """Return the number of a word, -1 when it was not met so far."""
        return self._numbers.get(word, -1)

    def numbers(self, words: list[str]) -> Ints:
        """Return the numbers of words, adding those that are new."""
        if len(self.words) > self._MOST:
            self._restart()
        known = self._numbers
        out = [known.get(word, -1) for word in words]
        if -1 in out:
            self._add({word for word, number in zip(words, out, strict=True) if number < 0})
            out = [known[word] for word in words]
        return np.array(out, dtype="int64")

    def _add(self, words: set[str]) -> None:
        fresh = sorted(words)
        size = len(self.words) + len(fresh)
        if size > len(self._rows):
            self._rows = np.concatenate([self._rows, np.zeros((size, len(ATTRIBUTES)), dtype="int8")])
        for word in fresh:
            self._rows[len(self.words)] = _attributes(word)
            self._numbers[word] = len(self.words)
            self.words.append(word)
            self.small.append(word.lower())
        self.table = self._rows[:size]


def _without_endings(text: str, spans: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield words, those of Turkish with an ending behind an apostrophe as two."""
    for start, end in spans:
        found = _ENDING.search(text[start:end]) if text[start].isupper() else None
        middle = start + found.start() if found else end
        yield start, middle
        if found:
            yield middle, end


def scan(text: str, vocabulary: Vocabulary) -> Text:
    """Cut a text into words.

    Examples
    --------
    >>> read = scan("St. Paul's mayor flew to Washington, D.C.", Vocabulary())
    >>> [read.text[a:b] for a, b in zip(read.start, read.end)]
    ['St.', 'Paul', "'s", 'mayor', 'flew', 'to', 'Washington', ',', 'D.C.']
    """
    spans = [found.span() for found in _WORD.finditer(text)]
    if _TURKISH.search(text) and not _OF_OTHERS.search(text):
        spans = list(_without_endings(text, spans))
    if not spans:
        empty = np.empty(0, dtype="int64")
        return Text(text, empty, empty, empty, empty.astype(bool))
    words = [text[a:b] if b - a <= LONGEST_WORD else "…" for a, b in spans]
    bounds = np.array(spans, dtype="int64")
    start, end = bounds[:, 0], bounds[:, 1]
    glued = np.zeros(len(start), dtype=bool)
    glued[1:] = start[1:] == end[:-1]
    return Text(text, start, end, vocabulary.numbers(words), glued)
