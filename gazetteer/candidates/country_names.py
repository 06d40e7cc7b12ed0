"""Reads a country's name in the forms that official lists give it.

A text becomes ISO 3166-1 alpha-3. Names come from ``data/country_names.csv``; rules take off what lists put
around a name: articles ("Gabon (le)"), other names in brackets ("Falkland Islands (the) [Malvinas]"), titles behind a
comma or in brackets ("Korea, Republic of"; "Bolivia (Plurinational State of)"), titles before it ("State of Kuwait"),
and abbreviated words ("Dominican Rep."). The words stand in ``data/country_words.csv``.
"""

from __future__ import annotations

import csv
import re
from bisect import bisect_left
from collections.abc import Callable, Iterator
from itertools import islice, takewhile

from gazetteer.bundled import BUNDLED
from gazetteer.candidates.official_names import country_by_official_name
from gazetteer.locks import cached_property
from gazetteer.names.normalize import normalize_name

__all__ = ["CountryNames"]

# Two countries each share these names, so that a title in front of them is not left out.
_SHARED = frozenset(("KOR", "PRK", "COG", "COD", "CHN", "TWN"))
_BRACKETED = re.compile(r"\s*[(\[（]([^()\[\]（）]*)[)\]）]")
_ELIDED = re.compile(r"\b([dl])['’]\s*", re.IGNORECASE)
_WAW = re.compile(r"\sو\s")
# What may be written otherwise: brackets, abbreviations, elisions; and all that is not Latin.
_MARKED = re.compile(r"[(\[.&'’]|[^\x00-\u02af]|\b(?:Rep|Is|St|Dem|RB|FYR|DPR|PDR|DR|SAR)\b")
_COMMA = re.compile(r"\s*[,،，]\s*")
# "Republic of", "the Democratic Republic of the", "d'": the name is to follow.
_LONGEST_TAIL = 3
# "République gabonaise": an adjective shares so much with the name, which ends otherwise by so many letters at most.
_SHORTEST_STEM, _LONGEST_ENDING = 4, 3
# Countries' names are shorter; a longer text is not looked into.
_LONGEST = 120
# These titles are borne by units as well: "State of Georgia".
_TITLES_OF_UNITS = frozenset(("state", "estado", "staat"))


class CountryNames:
    """Finds countries by their forms.

    Parameters
    ----------
    known
        Says which country a key names in the index, None for none; and the kinds of the other places that bear it.
    """

    def __init__(self, known: Callable[[str], tuple[str | None, frozenset[str]]]) -> None:
        self._known = known

    def find(self, text: str) -> str | None:
        """Return the country that a text names by a form the index lacks, None when it names none."""
        if not text or len(text) > _LONGEST:
            return None
        found = self._named(text)
        if not found and not _MARKED.search(text) and not self._bears_a_title(text):
            return None
        if self._is_place_in_country(text):
            return None
        if found:
            return found
        for form in self._forms(text):
            found = self._named(form)
            if found:
                return found
        if self._known(normalize_name(text))[1]:
            return None
        keys = map(normalize_name, self._forms(text))
        return next((country for key in keys if (country := country_by_official_name(key))), None)

    def of_adjective(self, word: str) -> str | None:
        """Return the country that an adjective is made of, None for none: "somaliennes" is Somalia."""
        name = self._of_adjective([normalize_name(word)]) if word.isalpha() else ""
        return self._named(name) if name else None

    def _is_place_in_country(self, text: str) -> bool:
        """Say whether a text is a name before its country, "La Unión, El Salvador", or before two containers."""
        head, *behind = _COMMA.split(text)
        if not behind:
            return False
        if self._known(normalize_name(behind[-1]))[0]:
            return len(behind) > 1 or not self._is_title(head) or bool(self._known(normalize_name(head))[1])
        return len(behind) > 1 and not all(self._is_title(part) or self._is_article(part) for part in behind)

    def at_the_end(self, text: str) -> tuple[str, str] | None:
        """Return what stands before a country at the end of a phrase, and the country; None when none stands there.

        Only a form that the index lacks, or that a comma would take apart, is looked for: "Seoul, Korea, Republic of".
        """
        if len(text) > _LONGEST:
            return None
        segments = _COMMA.split(text)
        for length in range(min(_LONGEST_TAIL, len(segments) - 1), 0, -1):
            tail = ", ".join(segments[-length:])
            found = None if length == 1 and self._is_in_index(tail) else self.find(tail)
            if found:
                return ", ".join(segments[:-length]), found
        return None

    def _is_in_index(self, text: str) -> bool:
        country, others = self._known(normalize_name(text))
        return bool(country or others)

    @cached_property
    def table(self) -> dict[str, str]:
        """The alpha-3 codes of countries by the keys of their names."""
        path = BUNDLED / "country_names.csv"
        return dict(line.rsplit(",", 1) for line in path.read_text(encoding="utf-8").splitlines()[1:])

    @cached_property
    def _words(self) -> dict[str, dict[str, str]]:
        """The words of country names by role, each with its expansion."""
        words: dict[str, dict[str, str]] = {}
        with (BUNDLED / "country_words.csv").open(encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines):
                words.setdefault(row["role"], {})[row["word"]] = row["expansion"]
        return words

    def _bears_a_title(self, text: str) -> bool:
        """Say whether a word of a title, or an article, stands in a text."""
        return not self.title_words.isdisjoint(normalize_name(text).split()) or text.lower().endswith(" the")

    @cached_property
    def title_words(self) -> frozenset[str]:
        """The words of titles, and articles, as they stand in keys."""
        return frozenset({"the", *self._words["title"], *self._words["article"]})

    @cached_property
    def _single_words(self) -> list[str]:
        """The names of one word in the order of the alphabet, among which stems are looked for."""
        return sorted(key for key in self.table if " " not in key)

    def _named(self, form: str) -> str | None:
        """Return the country of a form; the index knows better where a town or a unit has the name alone."""
        key = normalize_name(form)
        country, elsewhere = self._known(key)
        return country if country or elsewhere else self.table.get(key)

    def _forms(self, text: str) -> Iterator[str]:
        """Yield the ways in which a name may be written otherwise, the nearest first."""
        yield text
        # Arabic joins "and" to the word behind it, and writes the article in front or leaves it out.
        plain = _WAW.sub(" و", _ELIDED.sub(r"\1 ", text))
        if plain[:2] == "ال":
            yield plain[2:]
        elif plain != text:
            yield plain
        for form in dict.fromkeys([*self._unbracketed(text), *self._unbracketed(plain)]):
            yield form
            spelt = self._spelt_out(form)
            if spelt != form:
                yield spelt
            yield from self._turned(spelt)
            bare = self._untitled(spelt)
            if bare:
                yield bare

    def _unbracketed(self, text: str) -> Iterator[str]:
        """Yield a name without brackets, where these hold an article, a title or another name of it."""
        inner = [part.strip() for part in _BRACKETED.findall(text)]
        if not inner:
            yield text
            return
        head = re.sub(r"\s+", " ", _BRACKETED.sub("", text)).strip(" ,")
        titles = [part for part in inner if normalize_name(part).split() and not self._is_article(part)]
        if not titles:
            yield head
            return
        if len(titles) < len(inner):
            yield _BRACKETED.sub(lambda found: "" if self._is_article(found[1]) else found[0], text)
        for title in titles:
            if self._is_title(title):
                yield f"{self._without_article(title)} {head}"
                yield f"{head} {title}"
                # "Niger (state)" is a unit.
                if normalize_name(title) not in _TITLES_OF_UNITS and self._country_of(head) not in (None, *_SHARED):
                    yield head
        # "Myanmar (Burma)", "Falkland Islands (the) [Malvinas]"; "Macao SAR (China)".
        others = {self._country_of(title) for title in titles}
        here = self._country_of(head)
        # "Granada (Spain)" is a town.
        if here and None not in others and (others == {here} or not self._known(normalize_name(head))[1]):
            yield head

    def _turned(self, text: str) -> Iterator[str]:
        """Yield "Republic of Korea" for "Korea, Republic of"; where the title adds nothing, the name alone."""
        head, comma, tail = text.partition(",")
        if not comma or "," in tail:
            return
        if self._is_article(tail):
            yield head
        elif self._is_title(tail) and not self._country_of(tail):
            words = tail.split()
            joined = (
                tail if normalize_name(words[-1]) in {*self._words["of"], *self._words["article"]} else f"{tail} of"
            )
            yield f"{joined} {head}"
            yield f"{tail} {head}"
            if self._country_of(head) not in (None, *_SHARED):
                yield head

    def _untitled(self, text: str) -> str:
        """Return a name without the title around it, empty where it has none or a unit may be meant."""
        key = normalize_name(text)
        words = self._without_suffix(key).split() if not key.isascii() else key.split()
        if words != key.split():
            return " ".join(words) if self._country_of(" ".join(words)) not in (None, *_SHARED) else ""
        if not words:
            return ""
        count = 0
        while count < len(words) - 1 and self._is_of_a_title(words[count]):
            count += 1
        title, rest = words[:count], words[count:]
        while len(rest) > 1 and rest[-1] in self._words["adjective"] and title:
            title, rest = [*title, rest[-1]], rest[:-1]
        kinds = [word for word in (*title, rest[-1]) if word in self._words["title"]]
        if not kinds:
            # "La France", "the Gambia".
            article = len(title) == 1 and title[0] in self._words["article"]
            return " ".join(rest) if article and self._country_of(" ".join(rest)) else ""
        takes_adjective = any(self._words["title"][kind] for kind in kinds)
        if rest[-1] in kinds and len(words) > 1:
            # "Габонская Республика".
            return (
                ""
                if not takes_adjective
                else self._of_adjective([word for word in words if not self._is_of_a_title(word)])
            )
        name = " ".join(rest)
        country = self._country_of(name)
        if country is None and takes_adjective and not self._words["of"].keys() & set(title):
            return self._of_adjective(rest)
        if country is None or country in _SHARED:
            return ""
        plain = len(kinds) == 1 and not any(word in self._words["adjective"] for word in title)
        return "" if plain and kinds[0] in _TITLES_OF_UNITS and "admin1" in self._known(name)[1] else name

    def _without_suffix(self, key: str) -> str:
        """Return a Chinese name without the title that is written at its end."""
        suffixes = tuple(self._words["suffix"])
        shorter = key
        while shorter.endswith(suffixes):
            shorter = shorter[: -max(len(suffix) for suffix in suffixes if shorter.endswith(suffix))]
            if self._country_of(shorter):
                return shorter
        return key

    def _of_adjective(self, words: list[str]) -> str:
        """Return the name that an adjective is made of: "gabonaise" is of "gabon"; empty when several have its stem."""
        if len(words) != 1 or self._known(words[0])[1]:
            return ""  # "Birmingham" before "United Kingdom" is a town
        word = words[0].removeprefix("ال")
        arabic = "\u0600" <= word[:1] <= "\u06ff"
        if arabic and not word.endswith(("ي", "يه")):
            return ""
        shortest = _SHORTEST_STEM - 1 if arabic else _SHORTEST_STEM
        for length in range(len(word) - 1, shortest - 1, -1):
            stem = word[:length]
            found = [name for name in self._beginning(stem) if len(name) <= length + _LONGEST_ENDING]
            found = [name for name in found if self._country_of(name)]
            if found:
                shortest_names = [name for name in found if len(name) == min(map(len, found))]
                return shortest_names[0] if len({self.table[name] for name in shortest_names}) == 1 else ""
        return ""

    def _beginning(self, stem: str) -> Iterator[str]:
        """Yield the names of one word that begin with a stem."""
        first = bisect_left(self._single_words, stem)
        return takewhile(lambda name: name.startswith(stem), islice(self._single_words, first, None))

    def _spelt_out(self, text: str) -> str:
        """Return a name with its abbreviated words in full."""
        if not re.search(r"[.&]|\b[A-Z]{2,3}\b|\b(?:Rep|Is|St|Dem)\b", text):
            return text
        words = self._words["abbreviation"]

        def full(found: re.Match[str]) -> str:
            # Capitals or a full stop mark an abbreviation; a word in small letters is a word.
            marked = found["stop"] or found["word"].isupper() or found["word"] in ("Rep", "Is", "St", "Dem")
            return words.get(found["word"].lower(), found[0]) if marked else found[0]

        spelt = re.sub(r"\b(?P<word>[^\W\d_]+)\b(?P<stop>\.?)", full, text.replace("&", "and"))
        return spelt.replace(" .", ".")

    def _without_article(self, text: str) -> str:
        first, _, rest = text.partition(" ")
        return rest if self._is_article(first) and rest else text

    def _is_article(self, text: str) -> bool:
        return normalize_name(text) in self._words["article"] or text.strip().lower() == "the"

    def _is_title(self, text: str) -> bool:
        """Say whether words are a title, with "of" and articles: "the Democratic Republic of the"."""
        words = normalize_name(self._spelt_out(text)).split()
        return (
            bool(words)
            and all(map(self._is_of_a_title, words))
            and any(word in self._words["title"] or word in self._words["adjective"] for word in words)
        )

    def _is_of_a_title(self, word: str) -> bool:
        return word == "the" or any(word in self._words[role] for role in ("title", "adjective", "of", "article"))

    def _country_of(self, text: str) -> str | None:
        return self._named(text)
