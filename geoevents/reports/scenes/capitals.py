"""Find the town that a report calls a capital and does not name: "Peru's capital", "the Sudanese capital"."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from gazetteer import Match, Mention
from geoevents.reports.scenes.mentions import Resolve

__all__ = ["name_capitals"]

# A town that is named beside the word is found by itself.
_NO_NAME = r"(?: city)?\b(?!,? [A-ZÀ-Þ])"
_BEHIND, _BEFORE = re.compile(rf"(?:['’]s)? capital{_NO_NAME}"), re.compile(r"\bthe capital of (?:the )?\Z")
_REACH = 24
# "In the capital", of the country that the report is about.
_BARE = re.compile(
    r"\b(?:in|near|outside|around|across|hit|rocked|shook|struck|over|through) (?P<named>the [Cc]apital)(?: city)?"
    r"(?=[.,;:)](?! [A-ZÀ-Þ])|['’]s\b| (?:on|after|when|and|late|early|overnight|yesterday|today|during|as|last|this"
    r"|since|by|at|where|in)\b)"
)
# What the chance of being a place's name is for such words.
_CHANCE = 0.7


def name_capitals(letters: str, mentions: Sequence[Mention], resolve: Resolve) -> list[Mention]:
    """Return the mentions of a text with capitals in the place of the countries that only say whose they are.

    Parameters
    ----------
    resolve
        Gives a phrase its place, `gazetteer.Gazetteer.resolve`.

    Examples
    --------
    >>> import gazetteer
    >>> gaz = gazetteer.load()
    >>> words = "Clashes went on in the Sudanese capital on Monday."
    >>> [(m.text, m.match.place.name) for m in name_capitals(words, gaz.find(words), gaz.resolve)]
    [('the Sudanese capital', 'Khartoum')]
    """
    if "apital" not in letters:
        return list(mentions)
    out = [_capital(letters, mention, resolve) for mention in mentions if mention.text.lower() != "capital"]
    out += _bare(letters, out, resolve)
    return sorted(out, key=lambda mention: mention.start)


def _capital(letters: str, mention: Mention, resolve: Resolve) -> Mention:
    """Return the capital of the country that a mention names, where its words ask for that; else the mention."""
    place = mention.match.place
    if place is None or place.kind != "country":
        return mention
    start, end = mention.start, mention.end
    behind = _BEHIND.match(letters, end)
    before = _BEFORE.search(letters, max(0, start - _REACH), start)
    if behind is not None and (
        behind[0].startswith(("'", "’")) or letters[max(0, start - 4) : start].lower() == "the "
    ):
        start, end = start - 4 * (not behind[0].startswith(("'", "’"))), behind.end()
    elif before is not None:
        start = before.start()
    else:
        return mention
    match = resolve(f"the capital of {place.name}")
    if match.place is None or match.place.kind != "city":
        return mention
    return _mention(letters, mention, start, end, match)


def _bare(letters: str, mentions: Sequence[Mention], resolve: Resolve) -> list[Mention]:
    """Return "the capital" as that of the country which most names of the report lie in."""
    said = [found.span("named") for found in _BARE.finditer(letters)]
    places = [m.match.place for m in mentions if m.match.place is not None and m.match.place.country]
    if not said or not places:
        return []
    country, times = Counter(place.country for place in places).most_common(1)[0]
    whole = next((place for place in places if place.kind == "country" and place.country == country), None)
    if whole is None or 2 * times <= len(places):
        return []
    match = resolve(f"the capital of {whole.name}")
    if match.place is None or match.place.kind != "city":
        return []
    return [_mention(letters, mentions[0], start, end, match) for start, end in said]


def _mention(letters: str, like: Mention, start: int, end: int, match: Match) -> Mention:
    number = match.place.id if match.place is not None and match.place.id.startswith("geonames:") else None
    return replace(
        like, start=start, end=end, text=letters[start:end], tag="name", match=match, geonames_id=number, chance=_CHANCE
    )
