"""Finds the places that a report names, and mends what the finder of names takes for other places."""

from __future__ import annotations

from collections.abc import Collection

from gazetteer import Mention
from geoevents.reports.language.text import Text
from geoevents.reports.scenes.capitals import name_capitals
from geoevents.reports.scenes.countries import check_countries
from geoevents.reports.scenes.mentions import Find, Resolve, find_mentions

__all__ = ["find_places"]


def find_places(text: Text, find: Find, resolve: Resolve, lower_words: Collection[int] = ()) -> list[Mention]:
    """Return the mentions of a text, in order, with "the capital" and names like those of countries as they are meant.

    Parameters
    ----------
    find, lower_words
        As `geoevents.reports.scenes.mentions.find_mentions` takes them.
    resolve
        Resolves a place phrase.

    Examples
    --------
    >>> import gazetteer
    >>> from geoevents.reports.language.text import read_text
    >>> gaz, text = gazetteer.load(), read_text("Gunmen attacked a market in Goma on Thursday.")
    >>> [mention.match.place.name for mention in find_places(text, gaz.find, gaz.resolve)]
    ['Goma']
    """
    mentions = check_countries(find_mentions(text, find, lower_words), resolve)
    return name_capitals(text.text, mentions, resolve)
