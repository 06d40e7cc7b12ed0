"""Takes from a cell what is not a part of a place's name: footnotes, numbers, postcodes, streets, empty values.

Of a cell of a table, as it was written, the rest is read as a place phrase; it comes with what was left out
that may have been meant as a part of the place. A postcode, a footnote mark and the number of a list say nothing of
their own; the number in "Kabul 2" may name a part of Kabul, so it is reported.

Source
------
Forms of postcodes: Universal Postal Union, addressing systems (4 to 6 digits, with or without the letters of a
country; Canada, the United Kingdom and the Netherlands mix letters and digits).
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import dataclass

from gazetteer.names.affixes import is_type_word

__all__ = ["Cell", "clean", "is_empty_value", "is_postcode", "is_street", "is_street_word"]

# What programs write where there is no value. In lower case and in capitals "nan" is one; Nan in Thailand is a name.
_EMPTY = re.compile(
    r"#?n/a!?|#(?:ref|value|name|null|num|div/0)[!?]|<na>|nan|NaN|NAN|null|NULL|Null|none|NONE|None|nil|NIL|undefined|"
    r"\(?(?:blank|empty)\)?|missing|[-–—?.*/\\_\s]+",
)
_EMPTY_ANY_CASE = re.compile(r"#?n/a!?|#(?:ref|value|name|null|num|div/0)[!?]|<na>", re.IGNORECASE)
_ENUMERATION = re.compile(
    r"^\s*(?:\d{1,3}\s*[.)]\s+|\(?(?:\d{1,3}|[a-h]|[ivx]{1,4})\)\s*|[•▪◦*·]\s*|[-–]\s+)(?=\S*[^\W\d])"
)
_FOOTNOTE = re.compile(
    r"\s*(?:\[\s*(?:\d{1,3}|[a-z]|note \d+|citation needed)\s*\]|[*†‡§¹²³⁴⁵⁶⁷⁸⁹⁰]+)\s*$", re.IGNORECASE
)
_ABOUT = re.compile(r"^\s*(?:ca?\.|circa|approx\.?|approximately|prob\.?|presumably)\s+(?=\D)", re.IGNORECASE)
_LETTERED = (
    r"[A-Z]\d[A-Z]\s?\d[A-Z]\d"  # Canada
    r"|[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2}"  # the United Kingdom
    r"|\d{4}\s?[A-Z]{2}(?!\w)"  # the Netherlands
)
_POSTCODE_BEFORE = re.compile(rf"^(?:(?:[A-Z]{{1,3}}-\s?)?\d{{4,6}}|\d{{3}}-\d{{2,4}}|{_LETTERED})\s+(?=[^\W\d])")
# Or a year: "Aleppo in 2016".
_POSTCODE_BEHIND = re.compile(
    rf"(?<=[\w.])(?:\s+(?:in|during|since))?\s+(?:(?:[A-Z]{{1,3}}-\s?)?\d{{4,6}}(?:-\d{{3,4}})?|\d{{3}}-\d{{2,4}}|{_LETTERED})$"
)
_POSTCODE = re.compile(rf"(?:[A-Z]{{1,3}}-)?\d{{4,6}}(?:-\d{{3,4}})?|{_LETTERED}")
_NUMBER_BEHIND = re.compile(
    r"(?<=[^\W\d])[.]?(?:\s+[(#]?|\s*[(#])\s*(?:no\.?\s*)?(\d{1,3}(?:\s*[-–/]\s*\d{1,3})?)\s*\)?$", re.IGNORECASE
)
# "EU countries in 2003": the year says which.
_MEMBERS_IN_YEAR = re.compile(r"\b(?:members?|states|countries|nations)\b.*\b(?:in|of|during|by|since)\s+\d{4}$", re.I)
_MEASURE = re.compile(r"(?:^|\s)(?:km|mile|mi|pk|m)$", re.IGNORECASE)
_DIGITS = re.compile(r"[\d\s.,/()#+–-]+")
_STREET_WORD = (
    r"(?:street|str\.?|st\.?|road|rd\.?|avenue|ave\.?|boulevard|blvd\.?|drive|dr\.?|lane|ln\.?|highway|hwy\.?|court|ct\.?|"
    r"broadway|parkway|pkwy\.?|terrace|circle|plaza|square|sq\.?|alley|trail|way)"
)
# A house number, then a street; what stands behind it is the town.
_ADDRESS = re.compile(
    rf"^(?:no\.?\s*)?\d{{1,5}}[A-Za-z]?[\s,]+(?:[\w.'’-]+\s+){{0,5}}?{_STREET_WORD}(?!\w)\s*(?P<town>.*)$",
    re.IGNORECASE,
)
_WORD_OF_STREET = re.compile(_STREET_WORD, re.IGNORECASE)
_STREET = re.compile(
    r"(?:(?:on|at)\s+or\s+near\s+)?(?:[\w.'’-]+\s+){1,4}"
    r"(?:street|road|rd\.?|avenue|ave\.?|boulevard|blvd\.?|drive|lane|ln\.?|close|crescent|parkway|alley|terrace)",
    re.IGNORECASE,
)
# Not in a figure: "8,5 km".
_COMMA = re.compile(r"\s*((?<!\d),|,(?!\d)|;)\s*")
# The same distance in another unit: "8.5 km (5.3 mls) SSW of Kigali".
_OTHER_UNIT = re.compile(r"(?<=[a-z])\s*\(\s*\d[\d.,]*\s*(?:mls?|mi(?:les?)?|km|nm)\.?\s*\)(?=\s+\w)", re.IGNORECASE)
# Of the marks of footnotes and lists, and figures, those in ASCII.
_MARKED = re.compile(r"[0-9*\[.)-]")


@dataclass(frozen=True, slots=True)
class Cell:
    """What a cell says.

    Attributes
    ----------
    text
        What is to be read as a place phrase; empty where the cell holds no value.
    left_out
        What was not read and may be a part of the place.
    """

    text: str
    left_out: tuple[str, ...] = ()


def is_empty_value(text: str) -> bool:
    """Say whether a cell holds what programs write in place of a value.

    Examples
    --------
    >>> [is_empty_value(text) for text in ("NaN", "#N/A", "Nan", "Kabul")]
    [True, True, False, False]
    """
    plain = text.strip()
    return bool(_EMPTY.fullmatch(plain) or _EMPTY_ANY_CASE.fullmatch(plain))


def is_postcode(text: str) -> bool:
    """Say whether a text is a postcode and nothing else.

    Examples
    --------
    >>> [is_postcode(text) for text in ("SW1A 1AA", "90210", "D-10115", "Zone 1")]
    [True, True, True, False]
    """
    return bool(_POSTCODE.fullmatch(text.strip()))


def is_street(text: str) -> bool:
    """Say whether a text is the name of a street and nothing else.

    Examples
    --------
    >>> is_street("On or near Fleet Street"), is_street("Fleet")
    (True, False)
    """
    return bool(_STREET.fullmatch(text.strip()) or _ADDRESS.fullmatch(text.strip()))


def is_street_word(word: str) -> bool:
    """Say whether a word ends the name of a street: "Road", "blvd"."""
    return _WORD_OF_STREET.fullmatch(word) is not None


def clean(text: str, is_name: Callable[[str], bool]) -> Cell:
    """Return what a cell says beside footnotes, postcodes, numbers and streets.

    Parameters
    ----------
    text
        A cell as it was written.
    is_name
        Tells whether a text is a name as a whole; such a text stays as it is ("Zone 1", "6th of October City").

    Examples
    --------
    >>> known = {"Kabul"}.__contains__
    >>> clean("1. Kabul [2]", known), clean("Kabul (1)", known)
    (Cell(text='Kabul', left_out=()), Cell(text='Kabul', left_out=('1',)))
    >>> clean("54 Manchester Rd Parsippany, NJ 07054", known)
    Cell(text='Parsippany, NJ', left_out=())
    """
    if is_empty_value(text):
        return Cell("")
    plain = html.unescape(text) if "&" in text and ";" in text else text
    if plain.isascii() and not _MARKED.search(plain):
        return Cell(plain)
    if not any(letter.isdigit() or letter in "*†‡§[.)•▪◦·-–" for letter in plain) or is_name(plain):
        return Cell(plain)
    plain = _OTHER_UNIT.sub("", _ABOUT.sub("", _FOOTNOTE.sub("", _ENUMERATION.sub("", plain))))
    parts = _COMMA.split(plain)
    pieces, marks, left_out = parts[::2], parts[1::2], []
    kept = ""
    for i, piece in enumerate(pieces):
        said, number = _piece(piece.strip(), is_name)
        left_out += number
        if said:
            kept += f"{marks[i - 1]} {said}" if kept else said
    return Cell(kept, tuple(left_out)) if kept else Cell(plain)


def _piece(piece: str, is_name: Callable[[str], bool]) -> tuple[str, list[str]]:
    """Return what a piece between commas says, and the number behind it."""
    if not any(letter.isdigit() for letter in piece) or is_name(piece) or _MEMBERS_IN_YEAR.search(piece):
        return piece, []
    if _POSTCODE.fullmatch(piece):
        return "", []
    if _DIGITS.fullmatch(piece):
        return "", [piece.strip()]
    address = _ADDRESS.match(piece)
    if address:
        return address["town"].strip(), []
    said = _POSTCODE_BEHIND.sub("", _POSTCODE_BEFORE.sub("", piece))
    found = _NUMBER_BEHIND.search(said)
    measured = _MEASURE.search(said[: found.start()]) if found else None
    named = said[: found.start()].strip() if found else ""
    # "Camp 9" is not the ninth of a place that is called Camp.
    if found and not measured and not is_name(said) and is_name(named) and not is_type_word(named):
        return named, [found[1]]
    return said, []
