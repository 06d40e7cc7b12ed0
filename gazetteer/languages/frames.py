"""Puts place phrases of other languages into English, which the parser reads.

A phrase becomes a `Rewriting`: an English phrase in which letters stand for the names, and the names as they are
to be looked up, without the endings that the phrase gave them: "на юге Казахстана" becomes "the south of Qqa", where
Qqa is "Казахстан". Which words are names is asked of the caller; nothing is looked up here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from gazetteer.languages.reader import Reader
from gazetteer.languages.rewriting import EDGES, Rewriting, has_trigger, is_triggered, renamed, word_pieces
from gazetteer.languages.tables import CODES, Language, all_triggers, language, unread_markers

__all__ = ["Frames", "is_english", "unread_language"]

_CYRILLIC, _ARABIC, _LATIN = re.compile(r"[Ѐ-ӿ]"), re.compile(r"[؀-ۿ]"), re.compile(r"[A-Za-zÀ-ɏ]")
_SCRIPTS = (
    (_CYRILLIC, ("ru", "uk", "kk")),
    (_ARABIC, ("ar", "fa")),
    (_LATIN, tuple(code for code in CODES if code not in ("ru", "uk", "kk", "ar", "fa"))),
)
# Letters that a language has and its neighbours lack, which put it first; and letters that it lacks.
_OWN_LETTERS = {
    "uk": "їєґ",
    "kk": "әғқңөұүһ",
    "ru": "ыэъё",
    "tr": "ğşıİ",
    "de": "äß",
    "pt": "ãõ",
    "es": "ñ",
    "fa": "پچژگکی",
}
_FOREIGN_LETTERS = {"ru": "іїєґәғқңөұүһ", "uk": "ыэъёәғқңөұүһ", "kk": "їєґ", "fa": "ةىإ"}
_LONGEST, _MOST_PARTS = 200, 6
# Words that no other language of the tables has: a phrase with one of them is English.
_ENGLISH = frozenset(
    (
        "of",
        "the",
        "and",
        "near",
        "from",
        "with",
        "between",
        "around",
        "outside",
        "towards",
        "toward",
        "along",
        "off",
        "north",
        "south",
        "east",
        "northern",
        "southern",
        "eastern",
        "western",
        "northwest",
        "northeast",
        "southwest",
        "southeast",
        "border",
        "coast",
        "county",
        "city",
        "town",
        "road",
        "state",
        "governorate",
        "island",
        "islands",
        "lake",
        "river",
        "sea",
        "bay",
        "mouth",
    )
)
_COMMA = re.compile(r"\s*[,،;]\s*")


@lru_cache(maxsize=1024)
def unread_language(phrase: str) -> str:
    """Return the language, of those whose frames are not read, of which words stand in a phrase; empty for none.

    Examples
    --------
    >>> unread_language("30 km a nord di Gao"), unread_language("Gao")
    ('Italian', '')
    """
    first, markers = unread_markers()
    if phrase.isascii() and first.isdisjoint(phrase.lower().split()):
        return ""
    return next((name for marker, name in markers if marker.search(phrase)), "")


def is_english(phrase: str) -> bool:
    """Say whether a phrase has a word that no other language of the tables has, so that no frame is read.

    Examples
    --------
    >>> is_english("30 km north of Gao"), is_english("à 30 km de Gao")
    (True, False)
    """
    return not _ENGLISH.isdisjoint(word_pieces(phrase))


class Frames:
    """Reads the frames of several languages.

    Parameters
    ----------
    prominence
        How prominent the place is that a name means, None for a name that is not known.
    country
        The country's name that an official or a foreign form stands for, None for none.
    adjective
        The country's name that an adjective is made of, None for none.
    spoken_country
        The country that a name means in a language (ISO 639-1), None for none: "Líbano" is Lebanon in Portuguese.
    """

    def __init__(
        self,
        prominence: Callable[[str], float | None],
        country: Callable[[str], str | None],
        adjective: Callable[[str], str | None],
        spoken_country: Callable[[str, str], str | None],
    ) -> None:
        self._prominence = prominence
        self._country = country
        self._adjective = adjective
        self._spoken_country = spoken_country

    def read(self, phrase: str) -> Rewriting | None:
        """Return a phrase in English, None when no frame of a language fits it."""
        text = phrase.strip(EDGES)
        if not text or len(text) > _LONGEST or (len(text.split()) < 2 and not _compounded(text)):
            return None
        pieces = word_pieces(text)
        if not _ENGLISH.isdisjoint(pieces) or not has_trigger(pieces, *all_triggers()):
            return None
        fallback = None
        for code in _languages(text):
            if not is_triggered(pieces, language(code)):
                continue
            found = self._parts(text, language(code))
            if found is not None and found.certain:
                return found
            fallback = fallback or found
        return fallback

    def _parts(self, text: str, spoken: Language) -> Rewriting | None:
        """Read a phrase, or the parts between its commas, of which one has a frame at least."""
        reader = Reader(self._prominence, self._country, self._adjective, self._spoken_country, spoken)
        parts = [part for part in _COMMA.split(text) if part.strip(EDGES)]
        if len(parts) < 2:
            return Rewriting("Qqa", {"Qqa": text}) if reader.is_vague(text) else reader.read(text)
        if len(parts) > _MOST_PARTS:
            return None
        for end in range(len(parts), 1, -1):
            listed = reader.read_list(", ".join(parts[:end]))
            if listed is not None and listed.certain:
                # "Les villes d'Alep, Homs et Hama, en Syrie".
                parts = [", ".join(parts[:end]), *parts[end:]]
                break
        if len(parts) == 1:
            return listed
        beside = [reader.beside(part) if self._prominence(part) is None else None for part in parts]
        first = reader.read(parts[0], loose=True) if beside[0] else None
        beside[0] = None if first is not None and first.certain else beside[0]
        named = [part for part, one in zip(parts, beside, strict=True) if one is None]
        if not named or (len(named) < len(parts) and all(map(reader.is_country, named))):
            return None  # "a port city, Yemen" is not all of Yemen
        # "The second Syrian city, Aleppo" is Aleppo in Syria.
        order = [*range(1, len(parts)), 0] if beside[0] else range(len(parts))
        read = [
            beside[i] or (reader.read(parts[i], loose=True) if self._prominence(parts[i]) is None else None)
            for i in order
        ]
        if not any(beside) and not any(one is not None and one.known for one in read):
            return None
        names: dict[str, str] = {}
        english, certain = [], True
        for i, found in zip(order, read, strict=True):
            known = self._prominence(parts[i]) is not None
            one = found or Rewriting("Qqa", {"Qqa": parts[i]}, known, known)
            english.append(renamed(one, names))
            certain = certain and one.certain
        return Rewriting(", ".join(filter(None, english)), names, certain, known=True)


def _languages(text: str) -> list[str]:
    """Return the languages that a text may be in by its letters, the likeliest first."""
    lower = text.lower()
    codes = next((codes for script, codes in _SCRIPTS if script.search(text)), ())
    kept = [code for code in codes if not set(_FOREIGN_LETTERS.get(code, "")) & set(lower)]
    return sorted(kept, key=lambda code: not set(_OWN_LETTERS.get(code, "")) & {*lower, *text})


def _compounded(text: str) -> bool:
    """Say whether a single word may be a German compound: "Ostukraine"."""
    return len(text) > 6 and text[:1] in "NSOWZ" and text.lower().startswith(("nord", "süd", "ost", "west", "zentral"))
