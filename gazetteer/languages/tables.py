"""Opens the tables of languages: words by role, and frames as patterns.

A language's code becomes a `Language`. The tables ``XX.tsv`` have three columns, role, written and meaning;
``README.md`` beside them says what each role is for. ``adjectives.tsv`` has a row a country: what it is looked up as,
and the stems of its adjectives, a column a language.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from unicodedata import normalize

from gazetteer.locks import cached_property

__all__ = ["CODES", "Frame", "Language", "all_triggers", "language", "unread_markers"]

CODES = ("fr", "es", "pt", "de", "tr", "ru", "uk", "kk", "ar", "fa")
_FOLDER = Path(__file__).parent
_NUMBER = r"\d{1,4}(?:[.,]\d{1,3})?(?:\s*[-–]\s*\d{1,4})?"
# Slots whose text is a word of a role of the same name; a figure tells two slots of one role apart.
_ROLES_OF_SLOTS = ("direction", "adverb", "adjectival", "prefix", "unit", "type", "types")
_TOKEN = re.compile(r"(?P<glued>\+?)(?P<core>\{[^}]+\}|<[a-z]+>|[^\s?]+)(?P<optional>\??)$")
# The most words that stand before the type word of an area: "Мангистауской области".
_AREA = r"\S+(?:\s+\S+)?"
_CAPITALS = "A-ZÀ-ÞЀ-ЯİŞĞŒӘҒҚҢӨҰҮҺ"
# So many words describe a place on either side of the word for what it is: "the besieged and starving city".
_MOST_DESCRIBING = 4
# Between two names nothing tells where the first one ends, so that the first one is tried with one word and more.
_ADJACENT, _MOST_WORDS = "{name} {other}", 4


@dataclass(frozen=True)
class Frame:
    """A way to speak of a place by another one.

    Attributes
    ----------
    pattern
        As it stands in the table.
    english
        The same in English, with the slots of the pattern.
    weak
        Whether it is read only when its names are known: "bei X", "в X".
    """

    language: Language
    pattern: str
    english: str
    weak: bool

    @cached_property
    def regexes(self) -> tuple[re.Pattern[str], ...]:
        """The pattern compiled, in each way to part two names; it is matched against a phrase with a blank behind."""
        if _ADJACENT not in self.pattern:
            return (self._compiled(r".+?"),)
        return tuple(self._compiled(rf"\S+(?:\s+\S+){{{more}}}") for more in range(_MOST_WORDS))

    def _compiled(self, name: str) -> re.Pattern[str]:
        tokens = [_TOKEN.match(token) for token in self.pattern.split()]
        following = [bool(token and token["glued"]) for token in tokens[1:]] + [False]
        parts = []
        for token, glued in zip(tokens, following, strict=True):
            if token is None:
                raise ValueError(
                    f"{self.language.code}.tsv: expected words, {{slots}} and <roles>, got {self.pattern!r}."
                )
            text = self._token(token["core"], name, glued=glued)
            parts.append(f"(?:{text})?" if token["optional"] else text)
        return re.compile(f"^{''.join(parts)}$", re.IGNORECASE)

    def may_fit(self, pieces: Set[str]) -> bool:
        """Say whether the words of a phrase hold one for each part of the pattern that needs a word."""
        return all(
            not words.isdisjoint(pieces) or (begins and any(piece.startswith(begins) for piece in pieces))
            for words, begins in self._needed
        )

    @cached_property
    def _needed(self) -> tuple[tuple[frozenset[str], tuple[str, ...]], ...]:
        """Of each part that is not optional, the first words of what it may be, and how such words begin."""
        needed = []
        tokens = self.pattern.split()
        for token, following in zip(tokens, [*tokens[1:], ""], strict=True):
            core = token.lstrip("+")
            role = core.strip("{}<>").rstrip("2")
            if core.endswith("?") or core == "<small>" or (core[0] == "{" and role not in _ROLES_OF_SLOTS):
                continue
            if core[0] in "{<":
                needed.append(self.language.first_words(role))
            else:
                words, begins = _first_words(word.replace("_", " ") for word in core.split("|"))
                # What is joined to the next word is not a word of its own.
                needed.append((frozenset(), tuple(words)) if following.startswith("+") else (words, begins))
        return tuple(needed)

    @property
    def possessed(self) -> bool:
        """Whether the name bears the ending of the genitive."""
        return "{name's}" in self.pattern

    @property
    def is_parted(self) -> bool:
        """Whether blanks stand around its names."""
        return "{pair}" not in self.pattern and "+" not in self.pattern

    @property
    def describes(self) -> bool:
        """Whether it says beside a name what the place is, which is not said of a country."""
        return "{name} {type}" in self.english and ("{people}" in self.pattern or "<small>" in self.pattern)

    def _token(self, core: str, name: str, *, glued: bool) -> str:
        gap = "" if glued else r"\s+"
        if core == "<small>":
            return rf"(?:{self.language.describing}\s+){{1,{_MOST_DESCRIBING}}}"
        if core == "{people}":
            small = rf"(?:{self.language.describing}\s+)"
            most = _MOST_DESCRIBING - 1
            return rf"{small}{{0,{most}}}?(?P<people>{self.language.adjectives})\s+{small}{{0,{most}}}"
        if core.startswith("<"):
            return self.language.words_pattern(core[1:-1])
        if not core.startswith("{"):
            return rf"(?:{'|'.join(_literal(word) for word in core.split('|'))}){gap}"
        slot = core[1:-1]
        role = slot.rstrip("2")
        if role in _ROLES_OF_SLOTS:
            return rf"(?P<{slot}>{self.language.alternatives(role)}){gap}"
        if slot == "number":
            return rf"(?P<number>{_NUMBER}|{self.language.alternatives('number')})\s*"
        if slot == "area":
            return rf"(?P<area>{_AREA}\s+(?:{self.language.alternatives('type')})){gap}"
        if slot == "pair":
            return rf"(?P<name>[^\s,–—-][^,–—-]*?)\s*[-–—]\s*(?P<other>[^\s,–—-][^,–—-]*?){gap}"
        if role == "adjective":
            return rf"(?P<{slot}>\S+){gap}"
        if slot == "list":
            return rf"(?P<list>.+){gap}"
        if slot == "name":
            return rf"(?P<name>{name}){gap}"
        if slot == "name's":
            return rf"(?P<name>.+?(?:{self.language.alternatives('genitive')})){gap}"
        return rf"(?P<{slot}>.+?){gap}"


@dataclass(frozen=True)
class Language:
    """The words of a language around place names.

    Attributes
    ----------
    roles
        By role, what is written and what it means, in the order of the table.
    stems
        What adjectives of countries begin with, and what the country is looked up as.
    """

    code: str
    roles: Mapping[str, tuple[tuple[str, str], ...]]
    stems: Mapping[str, str]

    @cached_property
    def frames(self) -> tuple[Frame, ...]:
        """The frames, those that need no known name first."""
        return tuple(
            Frame(self, pattern, english, weak=role == "weak")
            for role in ("frame", "weak")
            for pattern, english in self.roles.get(role, ())
        )

    @cached_property
    def beside(self) -> tuple[Frame, ...]:
        """The frames of what stands between commas beside a name and is no place of its own: "a Syrian city"."""
        return tuple(Frame(self, pattern, english, weak=False) for pattern, english in self.roles.get("beside", ()))

    @cached_property
    def describing(self) -> str:
        """A pattern of a word that describes a place: of the table, or any that joins no more to the name.

        Where letters have case it is a word in small letters.
        """
        known = self.alternatives("describing") if "describing" in self.roles else r"[^\W\d_][\w'’-]*"
        if "joining" not in self.roles:
            return rf"(?:{known})"
        joins = rf"(?:{self.alternatives('joining')})(?:(?<=['’])|(?!\w))"
        return rf"(?!{joins})(?-i:(?![{_CAPITALS}]))(?:{known})"

    @cached_property
    def adjectives(self) -> str:
        """A pattern of the adjectives of countries, with what stands in front of them and their endings."""
        front = "|".join(
            _literal(written) for written, _ in (*self.roles.get("prefix", ()), *self.roles.get("article", ()))
        )
        stems = "|".join(map(_literal, sorted(self.stems, key=len, reverse=True)))
        return rf"(?:(?:{front or '(?!)'})-?)?(?:{stems or '(?!)'})(?:{self.alternatives('inflexion')})?"

    def people(self, text: str) -> str:
        """Return what the country of an adjective is looked up as, empty where it is none.

        Examples
        --------
        >>> language("fr").people("congolaise"), language("de").people("nordsyrischen")
        ('Congolese', 'Syria')
        """
        word = text.lower()
        fronts = (written.lower() for role in ("article", "prefix") for written, _ in self.roles.get(role, ()))
        for front in ("", *(front for front in fronts if word.startswith(front))):
            rest = word[len(front) :].lstrip("-")
            for length in range(len(rest), 1, -1):
                if rest[:length] in self.stems and rest[length:] in self._inflexions:
                    return self.stems[rest[:length]]
        return ""

    @cached_property
    def _inflexions(self) -> frozenset[str]:
        return frozenset({"", *(written.lower() for written, _ in self.roles.get("inflexion", ()))})

    @cached_property
    def joints(self) -> re.Pattern[str]:
        """A pattern of what stands between the items of a list."""
        glued = "|".join(_literal(written) for written, _ in self.roles.get("glued", ()))
        together = rf"|\s+(?:{glued})(?=\S)" if glued else ""
        return re.compile(rf"\s*[,،;]\s*|\s+(?:{self.alternatives('and')})\s+{together}", re.IGNORECASE)

    def first_words(self, role: str) -> tuple[frozenset[str], tuple[str, ...]]:
        """Return the first words of what is written for a role, and the beginnings of words for it."""
        if role not in self._first:
            self._first[role] = _first_words(written for written, _ in self.roles.get(role, ()))
            if role == "prefix":
                self._first[role] = (frozenset(), tuple(self._first[role][0]))
        return self._first[role]

    @cached_property
    def _first(self) -> dict[str, tuple[frozenset[str], tuple[str, ...]]]:
        return {}

    @cached_property
    def triggers(self) -> tuple[frozenset[str], tuple[str, ...]]:
        """The words of which a phrase has one at least, and the beginnings of such words."""
        words = [written for role in (*_ROLES_OF_SLOTS, "in", "and") for written, _ in self.roles.get(role, ())]
        for pattern, _ in (row for role in ("frame", "weak", "beside") for row in self.roles.get(role, ())):
            tokens = (token for token in pattern.split() if not token.endswith("?") and token[0] not in "{<+")
            words += [word.replace("_", " ") for token in tokens for word in token.split("|")]
        first = {re.split(r"[\s'.-]", word)[0].lower() if word[0] != "'" else word for word in words}
        begins = {word[:-1] for word in first if word.endswith("*")}
        joined = (*self.roles.get("prefix", ()), *self.roles.get("article", ()))
        begins |= {re.split(r"[\s-]", written)[0].lower() for written, _ in joined}
        glued = re.findall(r"(\S+) \+", " ".join(pattern for pattern, _ in self.roles.get("frame", ())))
        begins |= {word for word in glued if word[0] not in "{<"}
        begins |= {word.partition("*")[0].partition("-")[0].lower() for word in words if "*" in word}
        return frozenset(first - {""}), tuple(sorted(begins - {""}))

    def words_pattern(self, role: str) -> str:
        """Return a pattern of the words of a role with the blank behind; one that is elided needs none."""
        words = sorted((written for written, _ in self.roles.get(role, ())), key=len, reverse=True)
        spelt = (_literal(word.replace(" ", "_")) + (r"\s*" if word.endswith("'") else r"\s+") for word in words)
        return rf"(?:{'|'.join(spelt)})" if words else r"(?!)"

    def alternatives(self, role: str) -> str:
        """Return a pattern of the words of a role, the longest first."""
        words = sorted((written for written, _ in self.roles.get(role, ())), key=len, reverse=True)
        return "|".join(_literal(word.replace(" ", "_")) for word in words) or r"(?!)"

    def meaning(self, role: str, text: str) -> str:
        """Return what a word of a role means, empty for other words."""
        for written, meaning, pattern in self._compiled(role):
            if pattern.match(text) if pattern else written.lower() == text.lower():
                return meaning
        return ""

    @cached_property
    def _by_role(self) -> dict[str, list[tuple[str, str, re.Pattern[str] | None]]]:
        return {}

    def _compiled(self, role: str) -> list[tuple[str, str, re.Pattern[str] | None]]:
        if role not in self._by_role:
            longest_first = sorted(self.roles.get(role, ()), key=lambda row: -len(row[0]))
            self._by_role[role] = [
                (written, meaning, _whole(written) if "*" in written or " " in written or "'" in written else None)
                for written, meaning in longest_first
            ]
        return self._by_role[role]


def _first_words(written: Iterable[str]) -> tuple[frozenset[str], tuple[str, ...]]:
    """Return the first words of some writings, and the beginnings of those that end in ``*``."""
    words, begins = set(), set()
    for text in written:
        first = re.split(r"[\s-]", text.lower())[0]
        stem, star, _ = first.partition("*")
        if star:
            begins.add(stem)
        else:
            words.add(first.rstrip("'").removesuffix("."))
    return frozenset(words - {""}), tuple(sorted(begins - {""}))


def _whole(written: str) -> re.Pattern[str]:
    return re.compile(f"^{_literal(written.replace(' ', '_'))}$", re.IGNORECASE)


def _literal(word: str) -> str:
    """Return a pattern of words: ``_`` is a blank, ``*`` any letters, an apostrophe any of its forms."""
    escaped = re.escape(word).replace("_", r"\s+").replace(r"\*", r"[\w-]*")
    return re.sub(r"\\?'", "['’ʼ`]", escaped)


@lru_cache(maxsize=len(CODES))
def language(code: str) -> Language:
    """Return a language by its ISO 639-1 code.

    Examples
    --------
    >>> language("fr").meaning("direction", "nord-est"), language("ru").meaning("type", "области")
    ('northeast', 'oblast')
    """
    roles: dict[str, list[tuple[str, str]]] = {}
    for line in (_FOLDER / f"{code}.tsv").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            role, written, *meaning = line.split("\t")
            roles.setdefault(role, []).append((written, meaning[0] if meaning else ""))
    return Language(code, {role: tuple(rows) for role, rows in roles.items()}, _stems(code))


def _stems(code: str) -> dict[str, str]:
    """Return the stems of a language's adjectives of countries, in small letters, and what each is looked up as."""
    head, *lines = (_FOLDER / "adjectives.tsv").read_text(encoding="utf-8").splitlines()
    if code not in head.split("\t"):
        return {}
    column = head.split("\t").index(code)
    cells = (line.split("\t") for line in lines)
    stems = {stem.lower(): row[0] for row in cells for stem in row[column].split("|") if stem}
    # "camerunés" is "camerunesa" of a city, and many write no accents.
    plain = {
        "".join(filter(str.isascii, normalize("NFD", stem))): name for stem, name in stems.items() if stem[0] < "ɐ"
    }
    return plain | stems


@lru_cache(maxsize=1)
def all_triggers() -> tuple[frozenset[str], tuple[str, ...]]:
    """Return the triggers of all languages together."""
    words, begins = zip(*(language(code).triggers for code in CODES), strict=True)
    return frozenset().union(*words), tuple(sorted(set().union(*begins)))


@lru_cache(maxsize=1)
def unread_markers() -> tuple[frozenset[str], tuple[tuple[re.Pattern[str], str], ...]]:
    """Return patterns of words that stand in phrases of languages without a table, and the languages' names.

    Before them stand the first words of all.
    """
    words: dict[str, list[str]] = {}
    for line in (_FOLDER / "unread.tsv").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            name, written = line.split("\t")
            words.setdefault(name, []).append(written)
    first = frozenset(written.split()[0] for some in words.values() for written in some)
    return first, tuple(
        (re.compile(rf"(?<!\w)(?:{'|'.join(_literal(w.replace(' ', '_')) for w in some)})(?!\w)", re.I), name)
        for name, some in words.items()
    )
