"""Folds a name into its key, in any script.

A written name becomes a key, under which every spelling of the same letters meets: case, accents,
apostrophes, hyphens, full stops and spacing do not count. Two names with one key are one name to the index.
"""

from __future__ import annotations

import re
import unicodedata

__all__ = ["normalize_name"]

# Latin letters that Unicode does not decompose into a base letter and a mark.
_LETTERS = {
    "ß": "ss",
    "ẞ": "ss",
    "ø": "o",
    "đ": "d",
    "ð": "d",
    "þ": "th",
    "ł": "l",
    "ħ": "h",
    "ı": "i",
    "æ": "ae",
    "œ": "oe",
    "ŋ": "n",
    "ə": "a",
    "ɓ": "b",
    "ɗ": "d",
    "ƙ": "k",
    "ƴ": "y",
    # Arabic-script letters that writers and keyboards exchange freely.
    "أ": "ا",
    "إ": "ا",
    "آ": "ا",
    "ٱ": "ا",
    "ى": "ي",
    "ی": "ي",
    "ک": "ك",
    "ة": "ه",
    "ۀ": "ه",
    "ـ": "",
}
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
