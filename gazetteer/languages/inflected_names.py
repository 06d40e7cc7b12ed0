"""Names as a language writes them in a sentence, and as they are to be looked up: without endings and articles."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice, product

from gazetteer.languages.tables import Language

__all__ = ["InflectedNames"]

# A name is read without its ending when it is then this much better known (a tenfold prominence is 1).
_ENDING_COSTS = 0.3
# Of names of several words each may have an ending; more combinations than this are not tried.
_MOST_FORMS, _MOST_WORDS = 120, 4


class InflectedNames:
    """Takes back what one language does to names.

    Parameters
    ----------
    prominence, spoken_country
        As for `gazetteer.languages.frames.Frames`.
    spoken
        The language.
    """

    def __init__(
        self,
        prominence: Callable[[str], float | None],
        spoken_country: Callable[[str, str], str | None],
        spoken: Language,
    ) -> None:
        self._prominence = prominence
        self._spoken_country = spoken_country
        self._spoken = spoken

    def best(self, text: str, *, possessed: bool = False, countries: bool = True) -> str | None:
        """Return the form of a name that is best known, None when no form is."""
        plain = self._without_article(text)
        found: list[tuple[float, str]] = []
        for form in dict.fromkeys([text, plain, *self.forms(plain, possessed=possessed)]):
            called = self._spoken.meaning("name", form)
            if called and not (possessed and form in (text, plain)):
                return called
            country = self._spoken_country(form, self._spoken.code) if countries else None
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

    def forms(self, text: str, *, possessed: bool) -> Iterator[str]:
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

    def is_country(self, text: str) -> bool:
        """Say whether a text is a country's name in the language, in any of its forms."""
        plain = self._without_article(text)
        forms = dict.fromkeys([text, plain, *self.forms(plain, possessed=False)])
        return any(self._spoken_country(form, self._spoken.code) for form in forms)


def _ends(word: str, ending: str) -> bool:
    return len(word) > len(ending) + 1 and word.lower().replace("’", "'").endswith(ending)
