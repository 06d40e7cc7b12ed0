"""Sees at a glance what a phrase asks of a plain name at its end: "30 km southwest of Kandahar", "near Gao".

The grammar reads the words before the name once, with a letter in the place of the name, and the tree that it gives
holds for every name behind them. A name is plain where no rule reads a word of it; of anything else, and of a phrase
that may be a name as a whole, the rules decide.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from gazetteer.candidates.countries import CountryResolver
from gazetteer.candidates.name_index import NameIndex
from gazetteer.languages.frames import is_english, unread_language
from gazetteer.names.affixes import is_type_word, spelt_out
from gazetteer.phrases import parser, patterns
from gazetteer.phrases.cells import Cell, clean, is_street_word
from gazetteer.phrases.first_look import FirstLook
from gazetteer.phrases.levels import Known
from gazetteer.phrases.named_borders import named_border
from gazetteer.phrases.reading import DIVIDED
from gazetteer.phrases.tree import Name, Node, Term
from gazetteer.phrases.turning import turn_round

__all__ = ["Wording", "Wordings"]

# The letters that stand for a word of the name while the words before it are read.
_NAME = "Qqa"
_DIRECTIONS = DIVIDED - {"capital"}
_LONGEST, _MOST_WORDS = 200, 8
_REMEMBERED = 20_000
# One figure is a distance; two may be coordinates.
_FIGURE = re.compile(r"\d{1,4}(?:\.\d{1,3})?(?:km|mi|m)?")


@dataclass(frozen=True, slots=True)
class Wording:
    """What the words of a phrase ask of the name at its end.

    Attributes
    ----------
    tree
        Without the name, which belongs at the end of each of its texts.
    name
        The name, which the index holds.
    """

    tree: Term
    name: str

    @property
    def node(self) -> Term:
        """The tree of the phrase."""
        return _with_name(self.tree, "", self.name)


class Wordings:
    """Takes phrases apart into words that ask for something, and one plain name.

    Parameters
    ----------
    names
        The keys of names.
    countries
        The forms of countries' names.
    first_look
        Says which words are plain.
    """

    def __init__(self, names: NameIndex, countries: CountryResolver, first_look: FirstLook) -> None:
        self._names = names
        self._countries = countries
        self._is_plain = first_look.is_plain
        self._is_of_name = lru_cache(maxsize=_REMEMBERED)(self._is_plain_word)
        self._read = lru_cache(maxsize=_REMEMBERED)(self._read_words)

    def read(self, phrase: str) -> Wording | None:
        """Return what a phrase asks of a plain name; None where the rules may read it otherwise."""
        words = phrase.split(" ") if len(phrase) <= _LONGEST else []
        first = len(words)
        while first and self._is_of_name(words[first - 1]):
            first -= 1
        if not 0 < first <= _MOST_WORDS or first == len(words):
            return None
        read = self._read(" ".join(words[:first]), len(words) - first)
        name = " ".join(words[first:])
        if read is None or not self._names.knows(self._names.key(name)):
            return None
        # A country behind a name is what it lies in.
        tails = (self._names.key(" ".join(words[at:])) for at in range(first, len(words)))
        if any(map(self._names.is_country, tails)) or patterns.DAY.search(f" {name}"):
            return None
        tree, leads = read
        return None if any(self._may_be_name(lead + name) for lead in leads) else Wording(tree, name)

    def _may_be_name(self, text: str) -> bool:
        """Say whether a phrase, or what is left of it without its fillers, may be a name as a whole."""
        key = self._names.key(text)
        return (
            self._names.knows(key)
            or key in self._names.not_places
            or key in self._countries.forms.table
            or any(map(self._names.knows, spelt_out(key, text)))
        )

    def _is_plain_word(self, word: str) -> bool:
        return self._is_plain(word) and not is_type_word(word) and not is_street_word(word)

    def _read_words(self, words: str, length: int) -> tuple[Term, tuple[str, ...]] | None:
        """Return the tree of words and a name of so many words behind them, and words that must not be a name with it.

        None where the rules are to read each phrase with these words.
        """
        name = " ".join([_NAME] * length)
        text, figures = f"{words} {name}", 0
        for word in words.split(" "):
            if _FIGURE.fullmatch(word):
                figures += 1
            elif not word.rstrip(".").isalpha() or self._is_plain(word.rstrip(".")):
                return None
        key = self._names.key(text)
        english = is_english(words) or key.partition(" ")[0] in _DIRECTIONS
        if figures > 1 or not english or self._names.type_words(key):
            return None
        asked = _Asked(name, self._names, [text])
        if clean(text, asked.is_name) != Cell(text) or turn_round(text) or named_border(text):
            return None
        tree = parser.read(text, Known(asked.is_name, asked.kinds))
        if asked.about_kinds or not isinstance(tree, Term) or not _is_about(name, tree):
            return None
        # What takes tables of its own to tell comes last.
        if unread_language(text) or self._countries.official(text):
            return None
        return _with_name(tree, name, ""), tuple(
            dict.fromkeys(piece.removesuffix(name) for piece in (*asked.pieces, *_texts(tree)))
        )


@dataclass
class _Asked:
    """What the grammar asks about the pieces of a phrase with letters in the place of the name.

    Attributes
    ----------
    name
        The letters.
    names
        Knows the names of pieces without them.
    pieces
        Those that end with the letters: with a name in their place they may be a name as a whole.
    about_kinds
        Whether the kinds of places were asked for.
    """

    name: str
    names: NameIndex
    pieces: list[str]
    about_kinds: bool = False

    def is_name(self, piece: str) -> bool:
        """Say whether a piece is a name, as far as can be said without the name itself."""
        if piece.endswith(f" {self.name}"):
            self.pieces.append(piece)
        return piece == self.name or (_NAME not in piece and self.names.knows(self.names.key(piece)))

    def kinds(self, _: str) -> frozenset[str]:
        """Note that what is read depends on what the name is."""
        self.about_kinds = True
        return frozenset()


def _is_about(name: str, node: Node) -> bool:
    """Say whether a tree is about a name alone, at the end of all that its branches were read from."""
    if isinstance(node, Name):
        return node.text == name
    return len(node.of) == 1 and (not node.text or node.text.endswith(name)) and _is_about(name, node.of[0])


def _with_name(node: Term, letters: str, name: str) -> Term:
    """Return a tree with a name in the place of the letters that stand for it."""
    of = node.of[0]
    inner = Name(name) if isinstance(of, Name) else _with_name(of, letters, name)
    text = node.text.removesuffix(letters) + name if node.text else ""
    return Term(node.op, (inner,), text, node.direction, node.km)


def _texts(node: Node) -> list[str]:
    """Return what the branches of a tree were read from."""
    return [] if isinstance(node, Name) else [*filter(None, [node.text]), *_texts(node.of[0])]
