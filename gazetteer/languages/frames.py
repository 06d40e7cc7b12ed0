"""Puts place phrases of other languages into English, which the parser reads.

A phrase becomes a `Rewriting`: an English phrase in which letters stand for the names, and the names as they are
to be looked up, without the endings that the phrase gave them: "на юге Казахстана" becomes "the south of Qqa", where
Qqa is "Казахстан". Which words are names is asked of the caller; nothing is looked up here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice, product

from gazetteer.languages.tables import CODES, Frame, Language, all_triggers, language, unread_markers

__all__ = ["Frames", "Rewriting", "is_english", "unread_language"]

_CYRILLIC, _ARABIC, _LATIN = re.compile(r"[Ѐ-ӿ]"), re.compile(r"[؀-ۿ]"), re.compile(r"[A-Za-zÀ-ɏ]")
_SCRIPTS = (
    (_CYRILLIC, ("ru", "uk", "kk")),
    (_ARABIC, ("ar",)),
    (_LATIN, tuple(code for code in CODES if code not in ("ru", "uk", "kk", "ar"))),
)
# Letters that a language has and its neighbours lack, which put it first; and letters that it lacks.
_OWN_LETTERS = {"uk": "їєґ", "kk": "әғқңөұүһ", "ru": "ыэъё", "tr": "ğşıİ", "de": "äß", "pt": "ãõ", "es": "ñ"}
_FOREIGN_LETTERS = {"ru": "іїєґәғқңөұүһ", "uk": "ыэъёәғқңөұүһ", "kk": "їєґ"}
_DEEPEST, _LONGEST, _MOST_PARTS = 4, 200, 6
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
# A name is read without its ending when it is then this much better known (a tenfold prominence is 1).
_ENDING_COSTS = 0.3
# Of names of several words each may have an ending; more combinations than this are not tried.
_MOST_FORMS, _MOST_WORDS = 120, 4
_COMMA = re.compile(r"\s*[,،;]\s*")
_EDGES = ' \t\n.,;:«»"“”()'
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")


@dataclass(frozen=True)
class Rewriting:
    """A phrase in English.

    Attributes
    ----------
    english
        With `Qqa`, `Qqb`, … in the place of the names.
    names
        What each of them is to be looked up as.
    certain
        Whether all of them are known.
    known
        Whether one of them is.
    """

    english: str
    names: dict[str, str] = field(default_factory=dict)
    certain: bool = True
    known: bool = True


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
    return not _ENGLISH.isdisjoint(_pieces(phrase))


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
        text = phrase.strip(_EDGES)
        if not text or len(text) > _LONGEST or (len(text.split()) < 2 and not _compounded(text)):
            return None
        pieces = _pieces(text)
        if not _ENGLISH.isdisjoint(pieces) or not _has_trigger(pieces, *all_triggers()):
            return None
        fallback = None
        for code in _languages(text):
            if not _triggered(pieces, language(code)):
                continue
            found = self._parts(text, language(code))
            if found is not None and found.certain:
                return found
            fallback = fallback or found
        return fallback

    def _parts(self, text: str, spoken: Language) -> Rewriting | None:
        """Read a phrase, or the parts between its commas, of which one has a frame at least."""
        reader = _Reader(self._prominence, self._country, self._adjective, self._spoken_country, spoken)
        parts = [part for part in _COMMA.split(text) if part.strip(_EDGES)]
        if len(parts) < 2:
            return reader.read(text)
        if len(parts) > _MOST_PARTS:
            return None
        read = [reader.read(part, loose=True) if self._prominence(part) is None else None for part in parts]
        if not any(one is not None and one.known for one in read):
            return None
        names: dict[str, str] = {}
        english, certain = [], True
        for part, found in zip(parts, read, strict=True):
            known = self._prominence(part) is not None
            one = found or Rewriting("Qqa", {"Qqa": part}, known, known)
            english.append(_renamed(one, names))
            certain = certain and one.certain
        return Rewriting(", ".join(english), names, certain, known=True)


class _Reader:
    """Reads phrases of one language."""

    def __init__(
        self,
        prominence: Callable[[str], float | None],
        country: Callable[[str], str | None],
        adjective: Callable[[str], str | None],
        spoken_country: Callable[[str, str], str | None],
        spoken: Language,
    ) -> None:
        self._prominence = prominence
        self._country = country
        self._adjective = adjective
        self._spoken_country = spoken_country
        self._spoken = spoken

    def read(self, text: str, depth: int = 0, *, loose: bool = False) -> Rewriting | None:
        """Return a phrase in English; a loose reading lets a type word speak for a name that is not known."""
        text = text.strip(_EDGES)
        pieces = _pieces(text)
        if depth >= _DEEPEST or not text or not _triggered(pieces, self._spoken):
            return None
        fallback = None
        for frame in self._spoken.frames:
            found = frame.regex.match(f"{text} ") if frame.may_fit(pieces) else None
            if not found:
                continue
            read = self._framed(frame, found, depth)
            if read is not None and read.certain:
                return read
            trusted = read is not None and (not frame.weak or read.known or (loose and "{type}" in frame.english))
            if trusted and (fallback is None or (read is not None and read.known and not fallback.known)):
                fallback = read
        return fallback

    def _framed(self, frame: Frame, found: re.Match[str], depth: int) -> Rewriting | None:
        """Return the English of a frame whose slots hold the words of a phrase."""
        slots = {name: text.strip(_EDGES) for name, text in found.groupdict().items() if text}
        names: dict[str, str] = {}
        english, certain, known = frame.english, True, False
        whole = self._typed_whole(found) if "{name} {type}" in english else None
        if whole is not None:
            english = english.replace("{name} {type}", _renamed(Rewriting("Qqa", {"Qqa": whole}), names))
            slots = {slot: text for slot, text in slots.items() if slot not in ("name", "type")}
            known = True
        for slot, text in slots.items():
            if slot.startswith("adjective"):
                one = self._of_adjective(text)
            elif slot == "area":
                one = self._area(text)
            elif slot in ("name", "name2", "other"):
                one = self._named(text, depth, possessed=frame.possessed and slot == "name")
            else:
                word = self._meaning(slot, text)
                if not word:
                    return None
                english = english.replace(f"{{{slot}}}", word)
                continue
            if one is None:
                return None
            if "{pair}" in frame.pattern and (text.islower() or not one.certain):
                # "tchado-soudanaise": small letters are adjectives.
                one = self._of_adjective(text) or one
            certain, known = certain and one.certain, known or one.certain or one.known
            place = {"adjective": "name", "adjective2": "other", "name2": "other"}.get(slot, slot)
            english = english.replace(f"{{{place}}}", _renamed(one, names))
        return None if "{" in english else Rewriting(english, names, certain, known)

    def _typed_whole(self, found: re.Match[str]) -> str | None:
        """Return a name that is known with its type word: "Атырау облысында" is "Атырау облысы"."""
        first, last = found.start("name"), found.end("type")
        return self._best(found.string[first:last].strip(_EDGES)) if first < found.start("type") else None

    def _meaning(self, slot: str, text: str) -> str:
        if slot == "number" and text[0].isdigit():
            return text
        return self._spoken.meaning(slot.rstrip("2"), text)

    def _named(self, text: str, depth: int, *, possessed: bool) -> Rewriting | None:
        """Read what stands in the slot of a name: a name, with or without its ending, or a phrase again."""
        best = self._best(text, possessed=possessed)
        if best is not None:
            return Rewriting("Qqa", {"Qqa": best})
        nested = self.read(text, depth + 1)
        if nested is not None and nested.certain:
            return nested
        country = self._country(text)
        if country:
            return Rewriting("Qqa", {"Qqa": country})
        return nested or (None if possessed else Rewriting("Qqa", {"Qqa": text}, certain=False, known=False))

    def _best(self, text: str, *, possessed: bool = False) -> str | None:
        """Return the form of a name that is best known, None when no form is."""
        called = self._spoken.meaning("name", text)
        if called:
            return called
        plain = self._without_article(text)
        found: list[tuple[float, str]] = []
        for form in dict.fromkeys([text, plain, *self._forms(plain, possessed=possessed)]):
            country = self._spoken_country(form, self._spoken.code)
            if country and (not possessed or form not in (text, plain)):
                return country
            weight = self._prominence(form)
            if possessed and form in (text, plain):
                continue
            if weight is not None:
                found.append((weight - (0 if form in (text, plain) else _ENDING_COSTS), form))
        return max(found)[1] if found else None

    def _without_article(self, text: str) -> str:
        articles = self._spoken.roles.get("the", ())
        for written, _ in articles:
            if text.lower().startswith(written if written.endswith("'") else f"{written} "):
                return text[len(written) :].strip()
        return text

    def _forms(self, text: str, *, possessed: bool) -> Iterator[str]:
        """Yield a name with the endings of its words taken back."""
        words = text.split()
        if not words or len(words) > _MOST_WORDS:
            return
        if possessed:
            for ending, _ in self._spoken.roles.get("genitive", ()):
                if _ends(words[-1], ending):
                    yield " ".join([*words[:-1], words[-1][: -len(ending)]]).rstrip("'’")
            return
        each = [list(dict.fromkeys([word, *self._stripped(word)])) for word in words]
        if len(words) > 1 and self._spoken.code in ("kk", "tr", "de"):
            # Only the last word has an ending.
            each = [*([word] for word in words[:-1]), each[-1]]
        yield from (" ".join(form) for form in islice(product(*each), 1, _MOST_FORMS))

    def _stripped(self, word: str) -> Iterator[str]:
        for ending, instead in self._spoken.roles.get("ending", ()):
            if _ends(word, ending):
                stem = word[: -len(ending)].rstrip("'’") + instead
                if len(stem) > 1:
                    yield stem
        first, hyphen, rest = word.partition("-")
        if hyphen and rest[:1].islower():
            # "Ростове-на-Дону".
            yield from (f"{stem}-{rest}" for stem in self._stripped(first))

    def _area(self, text: str) -> Rewriting | None:
        """Read "Мангистауской области": a unit by its whole name, or by the name its adjective is made of."""
        best = self._best(text)
        if best is not None:
            return Rewriting("Qqa", {"Qqa": best})
        *words, last = text.split()
        kind = self._spoken.meaning("type", last)
        name = " ".join(words)
        forms = [name, *self._forms(name, possessed=False)]
        # "Донецкая обл." is known as "Донецкая область".
        written = [other for other, meaning in self._spoken.roles.get("type", ()) if meaning == kind]
        whole = next((f"{f} {o}" for o in written for f in forms if self._prominence(f"{f} {o}") is not None), None)
        if whole is not None:
            return Rewriting("Qqa", {"Qqa": whole})
        for form in forms:
            for ending, instead in self._spoken.roles.get("stem", ()):
                stem = form[: -len(ending)] + instead
                if form.endswith(ending) and stem and self._prominence(stem) is not None:
                    return Rewriting(f"Qqa {kind}", {"Qqa": stem})
        known = self._best(name)
        return Rewriting(f"Qqa {kind}", {"Qqa": known or name}, certain=known is not None, known=known is not None)

    def _of_adjective(self, text: str) -> Rewriting | None:
        name = self._spoken.meaning("adjective", text) or self._adjective(text)
        return Rewriting("Qqa", {"Qqa": name}) if name else None


def _languages(text: str) -> list[str]:
    """Return the languages that a text may be in by its letters, the likeliest first."""
    lower = text.lower()
    codes = next((codes for script, codes in _SCRIPTS if script.search(text)), ())
    kept = [code for code in codes if not set(_FOREIGN_LETTERS.get(code, "")) & set(lower)]
    return sorted(kept, key=lambda code: not set(_OWN_LETTERS.get(code, "")) & {*lower, *text})


def _pieces(text: str) -> set[str]:
    """Return the words of a text in small letters, and what stands before and behind their apostrophes."""
    found = set(_WORD.findall(text.lower().replace("’", "'")))
    return found | {piece for word in found if "'" in word for piece in (*word.split("'"), "'" + word.split("'")[-1])}


def _triggered(pieces: set[str], spoken: Language) -> bool:
    """Say whether one of the words is a word of a frame, which most names have none of."""
    return _has_trigger(pieces, *spoken.triggers)


def _has_trigger(pieces: set[str], words: frozenset[str], beginnings: tuple[str, ...]) -> bool:
    return not words.isdisjoint(pieces) or any(piece.startswith(beginnings) for piece in pieces)


def _compounded(text: str) -> bool:
    """Say whether a single word may be a German compound: "Ostukraine"."""
    return len(text) > 6 and text[:1] in "NSOWZ" and text.lower().startswith(("nord", "süd", "ost", "west", "zentral"))


def _ends(word: str, ending: str) -> bool:
    return len(word) > len(ending) + 1 and word.lower().replace("’", "'").endswith(ending)


def _renamed(one: Rewriting, names: dict[str, str]) -> str:
    """Add the names of a rewriting to those of another; return its English with letters that are free there."""

    def fresh(found: re.Match[str]) -> str:
        letter = f"Qq{chr(ord('a') + len(names))}"
        names[letter] = one.names[found[0]]
        return letter

    return re.sub(r"Qq[a-z]", fresh, one.english)
