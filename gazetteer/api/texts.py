"""The questions about texts that a `Gazetteer` answers: which place names stand in them, and what they mean.

Running text and documents are answered with mentions. These functions are methods of `Gazetteer`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from gazetteer.api.answer_list import AnswerList
from gazetteer.api.parts import HasParts, expect_text
from gazetteer.dates import day_number
from gazetteer.errors import ArgumentError
from gazetteer.index.checksums import explains_damage
from gazetteer.locks import FINDING, LOADING
from gazetteer.model import Mention

if TYPE_CHECKING:
    from gazetteer.geoparsing import SourceMemory

__all__ = ["find", "find_many"]


@explains_damage
def find(
    self: HasParts,
    text: str,
    *,
    spans: Iterable[Sequence[int]] | None = None,
    recognizer: str | None = None,
    country: str | None = None,
    countries: Iterable[str] = (),
    on: str | date | None = None,
    phrases: bool = True,
) -> list[Mention]:
    """Find the place names in a text and say which place each one means, the text being their context.

    Parameters
    ----------
    text
        Running text.
    spans
        Start and end, in characters, of the names, when they are known: just these are placed, and one that the
        index lacks falls back on the place that its surroundings are about.
    recognizer
        ``spacy:`` and an installed spaCy pipeline, to find the names in the place of the gazetteer's own model.
    country
        ISO 3166-1 code or name; no answer lies outside it.
    countries
        The same, of countries that the text is known to be about: a hint, no limit.
    on
        The day (ISO 8601) whose units count; today when None.
    phrases
        Whether a phrase around a name ("western Kazakhstan", "30 km north of Almaty") comes back whole, with its
        own place; or else the bare name, as gold corpora mark it.

    Returns
    -------
    list of Mention
        In the order of the text; mentions that could not be placed have the status ``unresolved``.

    Raises
    ------
    ArgumentError
        When the text is not a string, a span lies outside it, a country is unknown, `on` is not a date, or the
        pipeline is not installed.

    Examples
    --------
    >>> import gazetteer
    >>> found = gazetteer.load().find("Police in Paris, Texas, arrested two men on Monday.")
    >>> [(mention.text, mention.match.place.admin1) for mention in found]
    [('Paris', 'US-TX'), ('Texas', 'US-TX')]
    """
    expect_text("Text", text)
    if isinstance(countries, str):
        raise ArgumentError(f"Countries: expected several codes or names, got the one string {countries!r}.")
    resolve = self.parts.resolver.countries.resolve
    recognize = _recognizer(recognizer) if recognizer else None
    hints = [code for hint in countries if (code := resolve(hint))]
    with FINDING:
        found = self.parts.geoparser.find(
            text,
            spans=spans,
            recognizer=recognize,
            country=resolve(country),
            countries=hints,
            day=day_number(on),
            phrases=phrases,
        )
    return AnswerList(self.parts.answers.mentions(text, found, day_number(on)))


def find_many(
    self: HasParts, documents: Iterable[dict[str, Any]], *, recognizer: str | None = None, phrases: bool = True
) -> Iterator[tuple[dict[str, Any], list[Mention]]]:
    """Find the place names in documents, one after the other; those of one source tell where it is at home.

    Parameters
    ----------
    documents
        Each with ``text``, and ``date`` (ISO 8601; another form is ignored), ``source`` and ``spans`` where known.
    recognizer, phrases
        As in `find`.

    Yields
    ------
    document, list of Mention

    Raises
    ------
    ArgumentError
        When a document is not a dict or has no text, a span lies outside it, or the pipeline is not installed.

    Examples
    --------
    >>> import gazetteer
    >>> papers = [{"text": "A fire in Aktau, Kazakhstan"}, {"text": ""}]
    >>> [[mention.text for mention in found] for _, found in gazetteer.load().find_many(papers)]
    [['Aktau', 'Kazakhstan'], []]
    """
    from gazetteer.geoparsing import SourceMemory

    memory: SourceMemory = SourceMemory()
    recognize = _recognizer(recognizer) if recognizer else None
    for number, document in enumerate(documents, 1):
        if not isinstance(document, dict):
            raise ArgumentError(
                f'Document {number}: expected a dict such as {{"text": "…"}}, got {document!r:.60}; find takes a text.'
            )
        text = expect_text("Text", document.get("text"))
        source, day = document.get("source"), _day(document.get("date"))
        with FINDING:
            found = self.parts.geoparser.find(
                text,
                spans=document.get("spans"),
                recognizer=recognize,
                day=day,
                source=str(source) if source else None,
                memory=memory,
                phrases=phrases,
            )
        yield document, AnswerList(self.parts.answers.mentions(text, found, day))


@lru_cache(maxsize=4)
def _recognizer(name: str) -> Any:
    with LOADING:
        from gazetteer.geoparsing import spacy_recognizer

    return spacy_recognizer(name)


def _day(date_of_document: Any) -> int:
    """Return the day of a document; a date in another form than ISO 8601 is ignored."""
    try:
        return day_number(str(date_of_document)[:10] if date_of_document else None)
    except ArgumentError:
        return day_number(None)
