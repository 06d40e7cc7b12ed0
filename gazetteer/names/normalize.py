"""Folds a name into its key, in any script, and knows the words that say what kind of place is meant.

A written name enters; a key leaves, under which every spelling of the same letters meets: case, accents,
apostrophes, hyphens, full stops and spacing do not count. Two names with one key are one name to the index.
"""

from __future__ import annotations

import re
import unicodedata

__all__ = ["TYPE_WORDS", "normalize_name", "split_type_word"]

# Latin letters that Unicode does not decompose into a base letter and a mark.
_LETTERS = {
    "ß": "ss", "ẞ": "ss", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ħ": "h", "ı": "i", "æ": "ae",
    "œ": "oe", "ŋ": "n", "ə": "a", "ɓ": "b", "ɗ": "d", "ƙ": "k", "ƴ": "y",
    # Arabic-script letters that writers and keyboards exchange freely.
    "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ی": "ي", "ک": "ك", "ة": "ه", "ۀ": "ه", "ـ": "",
}  # fmt: skip
_DROPPED = "'’‘ʻʼʹʺ`´′″ʿʾ‛\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
_TABLE = str.maketrans(_LETTERS | dict.fromkeys(_DROPPED, ""))
_ASCII = str.maketrans({**dict.fromkeys('-_/.,;:()[]{}"!?|\\\t\n\r', " "), **dict.fromkeys("'`", ""), "&": " and "})
_SEPARATOR = re.compile(r"[^\w]+|_+")
# Marks carry the vowels in Indic, Thai, Tibetan and Kana writing: only where they are accents may they go.
_ACCENTED = re.compile(
    r"([\u0041-\u024f\u0250-\u02af\u1e00-\u1eff\u0370-\u03ff\u0400-\u052f\u0590-\u05ff\u0600-\u06ff][\u0300-\u036f\u0483-\u0487\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed]+)"
)
_INITIALS = re.compile(r"\b(?:\w )+\w\b")


def normalize_name(name: str) -> str:
    """Return the key of a name: what all its spellings have in common.

    Examples
    --------
    >>> [normalize_name(name) for name in ("Côte d’Ivoire", "KYZYL-ORDA", "St. John's", "U.S.")]
    ['cote divoire', 'kyzyl orda', 'saint johns', 'us']
    >>> normalize_name("Алма-Ата"), normalize_name("İstanbul"), normalize_name("東京")
    ('алма ата', 'istanbul', '東京')
    """
    if name.isascii():
        if name.isalpha():
            return name.lower()  # most names are one word
        words = name.lower().translate(_ASCII).split()
    else:
        text = unicodedata.normalize("NFKD", name.casefold().translate(_TABLE))
        text = _ACCENTED.sub(lambda found: found.group(0)[0], text)
        text = unicodedata.normalize("NFC", text).replace("&", " and ").translate(_TABLE)
        words = _words(text)
    if len(words) > 1:
        if words[0] == "st":
            words[0] = "saint"
        elif words[0] == "the" and len(words) > 1:
            words = words[1:]
        if len(words[0]) == 1:
            return _join_initials(" ".join(words))
    return " ".join(words)


def _words(text: str) -> list[str]:
    words = text.split()
    if all(map(str.isalnum, words)):
        return words
    # Combining marks of scripts that need them are not \w, so words are split on what is neither.
    kept = "".join(c if c.isalnum() or unicodedata.category(c) in ("Mn", "Mc") else " " for c in text)
    return kept.split()


def _join_initials(key: str) -> str:
    """``u s`` is ``us``, ``w va`` stays two words: only single letters from the start on are joined."""
    found = _INITIALS.match(key)
    if not found:
        return key
    return found.group(0).replace(" ", "") + key[found.end() :]


# What a type word says: the kinds of place it may stand for.
_UNIT1 = ("admin1", "admin2")
_UNIT2 = ("admin2", "admin1")
_TOWN = ("city",)
TYPE_WORDS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(
        (
            "province", "provinces", "oblast", "oblasts", "region", "regions", "state", "states", "governorate",
            "governorates", "krai", "republic", "prefecture", "wilaya", "wilayat", "vilayat", "canton", "department",
            "departement", "departamento", "provincia", "provincie", "voivodeship", "emirate", "territory",
            "division", "velayat", "viloyat", "oblysy", "oblys", "muhafazah", "muhafazat", "ostan", "область",
            "облысы", "край", "губерния", "autonomous region", "autonomous okrug", "autonomous oblast", "okrug",
            "federal state", "estado", "provinsi", "il",
        ),
        _UNIT1,
    ),
    **dict.fromkeys(
        (
            "county", "counties", "district", "districts", "subdistrict", "sub district", "municipality",
            "municipalities", "raion", "rayon", "район", "woreda", "cercle", "circle", "commune", "arrondissement",
            "tehsil", "taluk", "tehsils", "zone", "borough", "parish", "lga", "local government area", "sub county",
            "subcounty", "upazila", "municipio", "nahiyah", "nahia", "qada", "kreis", "landkreis", "audany", "ilcesi",
            "regency", "kabupaten", "agency", "markaz", "mintaqat", "mintaqah", "mintaqat markaz", "chiefdom",
            "city municipality", "independent city", "self administered zone", "self administered division",
            "administrative region", "sous prefecture", "delegation", "mandal", "ward",
        ),
        _UNIT2,
    ),
    **dict.fromkeys(
        (
            "city", "town", "village", "villages", "township", "settlement", "hamlet", "locality", "city of",
            "town of", "village of", "port of", "port city of", "capital", "municipality of", "suburb", "город",
            "село", "qalasy", "camp", "idp camp", "refugee camp", "military camp", "kampong", "kampung",
            "barangay", "kebele", "vereda", "corregimiento",
        ),
        _TOWN,
    ),
    **dict.fromkeys(("airport", "international airport", "airfield", "air base", "airbase"), ("airport",)),
    **dict.fromkeys(("sea", "gulf", "ocean", "bay", "strait"), ("sea",)),
    **dict.fromkeys(("country", "kingdom", "nation"), ("country",)),
    **dict.fromkeys(
        ("valley", "basin", "peninsula", "plateau", "delta", "mountains", "desert", "highlands", "steppe"), ("region",)
    ),
}  # fmt: skip

_LEADING = re.compile(
    r"^(?:(?P<word>"
    + "|".join(sorted((re.escape(w) for w in TYPE_WORDS), key=len, reverse=True))
    + r")(?: of)?) (?P<name>.+)$"
)
_TRAILING = re.compile(
    r"^(?P<name>.+?) (?P<word>" + "|".join(sorted((re.escape(w) for w in TYPE_WORDS), key=len, reverse=True)) + r")$"
)


def split_type_word(key: str) -> list[tuple[str, tuple[str, ...]]]:
    """Return what remains of a key without its type word, and the kinds of place the word allows.

    Both ends are tried; the readings come longest type word first, and none is a guess about the name.

    Examples
    --------
    >>> split_type_word("almaty oblast")
    [('almaty', ('admin1', 'admin2'))]
    >>> split_type_word("village of rami")
    [('rami', ('city',))]
    >>> split_type_word("almaty")
    []
    """
    readings = []
    for pattern in (_TRAILING, _LEADING):
        found = pattern.match(key)
        if found:
            readings.append((found["name"], TYPE_WORDS[found["word"]]))
    return readings
