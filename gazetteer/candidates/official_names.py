"""The official names of countries in the large languages, as iso-codes translates ISO 3166-1.

A key enters; ISO 3166-1 alpha-3 leaves. Asked only for names that the gazetteer itself does not hold: "Fédération de
Russie", "Königreich Belgien".
"""

from __future__ import annotations

import gettext
from collections.abc import Iterator
from functools import cache

from gazetteer.names.normalize import normalize_name

__all__ = ["country_by_official_name"]

_LANGUAGES = (
    "ar",
    "bn",
    "cs",
    "de",
    "es",
    "fa",
    "fr",
    "hi",
    "id",
    "it",
    "ja",
    "ko",
    "nl",
    "pl",
    "pt",
    "ru",
    "sv",
    "sw",
    "tr",
    "uk",
    "ur",
    "vi",
    "zh_CN",
)


def country_by_official_name(key: str) -> str | None:
    """Return the country that a key names, None where none or several are called so.

    Examples
    --------
    >>> country_by_official_name("federation de russie"), country_by_official_name("atlantis")
    ('RUS', None)
    """
    return _names().get(key)


@cache
def _names() -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    for name, country in _translations():
        head, comma, tail = name.partition(", ")
        # iso-codes sorts by the short name: "Russie, Fédération de".
        for spelling in (name, f"{tail} {head}") if comma else (name,):
            key = normalize_name(spelling)
            found[key] = country if found.get(key, country) == country else None
    return found


def _translations() -> Iterator[tuple[str, str]]:
    import pycountry

    names = [
        (str(name), str(country.alpha_3))
        for country in pycountry.countries
        for name in (country.name, getattr(country, "official_name", ""))
        if name
    ]
    for language in _LANGUAGES:
        translation = gettext.translation("iso3166-1", pycountry.LOCALES_DIR, languages=[language], fallback=True)
        yield from ((translation.gettext(name), country) for name, country in names)
