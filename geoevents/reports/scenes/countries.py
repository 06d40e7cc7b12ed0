"""Check countries that a text names by a word that is only like their name: "Beni" is no Benin, "Fizi" no Fiji."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from gazetteer import Mention
from geoevents.reports.scenes.mentions import Resolve

__all__ = ["check_countries"]

# Letters by which a name in another language differs from the English one, at most.
_LIKE = 2


def check_countries(mentions: Sequence[Mention], resolve: Resolve) -> list[Mention]:
    """Return mentions with the town in the place of a country, where the phrase alone means the town.

    Parameters
    ----------
    resolve
        Gives a phrase its place, `gazetteer.Gazetteer.resolve`.

    Examples
    --------
    >>> import gazetteer
    >>> gaz = gazetteer.load()
    >>> found = gaz.find("Clashes went on in Fizi on Monday.")
    >>> [mention.match.place.name for mention in check_countries(found, gaz.resolve)]
    ['Fizi']
    """
    return [_checked(mention, resolve) for mention in mentions]


def _checked(mention: Mention, resolve: Resolve) -> Mention:
    place = mention.match.place
    if place is None or place.kind != "country" or mention.tag != "name":
        return mention
    name = place.name.casefold()
    if (
        mention.text.casefold() == name
        or abs(len(mention.text) - len(name)) > _LIKE
        or mention.text[0].lower() != name[0]
    ):
        return mention
    match = resolve(mention.text)
    if match.place is None or match.place.kind == "country":
        return mention
    number = match.place.id if match.place.id.startswith("geonames:") else None
    return replace(mention, match=match, geonames_id=number)
