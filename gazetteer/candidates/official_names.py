"""The names of countries in the large languages, as iso-codes translates ISO 3166-1.

A key becomes ISO 3166-1 alpha-3. Asked only for names that the gazetteer itself does not hold: "Fédération de
Russie", "Königreich Belgien". The translations of a script are read when a key of that script is first asked for.
"""

from __future__ import annotations

import gettext
import re
from collections.abc import Iterator
from functools import cache

from gazetteer.locks import LOADING
from gazetteer.names.normalize import normalize_name

__all__ = ["country_by_official_name", "country_in_language"]

_LANGUAGES = {
    "latin": ("fr", "es", "pt", "de", "it", "cs", "id", "nl", "pl", "sv", "sw", "tr", "vi"),
    "cyrillic": ("ru", "uk", "kk"),
    "arabic": ("ar", "fa", "ur"),
    "chinese": ("zh_CN", "zh_TW", "ja"),
    "other": ("bn", "hi", "ko"),
}
_SCRIPTS = (
    ("cyrillic", re.compile(r"[\u0400-\u04ff]")),
    ("arabic", re.compile(r"[\u0600-\u06ff]")),
    ("chinese", re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")),
    ("other", re.compile(r"[\u0900-\u09ff\uac00-\ud7af]")),
)


def country_by_official_name(key: str) -> str | None:
    """Return the country that a key names, None where none or several are called so.

    Examples
    --------
    >>> country_by_official_name("federation de russie"), country_by_official_name("atlantis")
    ('RUS', None)
    """
    script = next((name for name, letters in _SCRIPTS if letters.search(key)), "latin")
    return _names(_LANGUAGES[script]).get(key)


def country_in_language(key: str, language: str) -> str | None:
    """Return the country that a key names in one language (ISO 639-1), None where it names none.

    Examples
    --------
    >>> country_in_language("libano", "pt"), country_in_language("beni", "fr")
    ('LBN', None)
    """
    found = _names((language,)).get(key)
    # Of the two Congos and the two Koreas iso-codes gives one the name that either may be called by.
    return None if found in ("COG", "COD", "KOR", "PRK") and " " not in key else found


@cache
def _names(languages: tuple[str, ...]) -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    for name, country in _translations(languages):
        head, comma, tail = re.sub("،", ",", name).partition(", ")
        # iso-codes sorts by the short name: "Russie, Fédération de".
        for spelling in (name, f"{tail} {head}", tail) if comma else (name,):
            if spelling is tail and " " not in tail:
                continue
            key = normalize_name(spelling)
            found[key] = country if found.get(key, country) == country else None
    return found


def _translations(languages: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    with LOADING:
        import pycountry

    names = [
        (str(name), str(country.alpha_3))
        for country in pycountry.countries
        for name in (country.name, getattr(country, "official_name", ""), getattr(country, "common_name", ""))
        if name
    ]
    for language in languages:
        translation = gettext.translation("iso3166-1", pycountry.LOCALES_DIR, languages=[language], fallback=True)
        yield from ((translation.gettext(name), country) for name, country in names)
