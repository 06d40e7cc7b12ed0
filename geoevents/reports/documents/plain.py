"""Decode files of text, and tell by their content what they are: text, a table, a binary file.

Of a file without a text, a sentence says why there is none.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from io import StringIO
from itertools import islice

__all__ = ["UnreadableError", "binary_kind", "decode", "looks_like_prose", "looks_like_table", "without_invisible"]

# The mark of UTF-32 begins with that of UTF-16.
_MARKS = (
    (b"\xff\xfe\0\0", "utf-32-le"),
    (b"\0\0\xfe\xff", "utf-32-be"),
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_BINARY = (
    (b"PK\x03\x04", "an office document or archive; save it as text, Markdown, HTML or PDF"),
    (b"\xd0\xcf\x11\xe0", "an old office document; save it as text, Markdown, HTML or PDF"),
    (b"{\\rtf", "a rich text document; save it as text, Markdown, HTML or PDF"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"\x1f\x8b", "a compressed file; unpack it first"),
    (b"BZh", "a compressed file; unpack it first"),
    (b"7z\xbc\xaf", "an archive; unpack it first"),
    (b"PAR1", "a table in Parquet; `geoevents locate` reads tables"),
    (b"SQLite format", "a database; `geoevents locate` reads GeoPackages and tables"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
)
# Encodings that a file without a mark may be in, the commoner first.
_LATIN = ("cp1252", "cp1250", "cp1254", "cp1257", "cp1258", "mac_roman")
_OTHERS = (
    "cp1251",
    "cp1256",
    "cp1253",
    "cp1255",
    "gb18030",
    "shift_jis",
    "euc_kr",
    "big5",
    "euc_jp",
    "koi8_r",
    "cp866",
)
# Bytes of a file that are looked at to tell what it is.
_HEAD = 65_536
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a]")
# Marks that no reader sees and that break words: soft hyphens, zero-width spaces, directions; and half characters.
_INVISIBLE = re.compile(r"[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
_HALF = re.compile(r"[\ud800-\udfff]")
# Columns may be parted by two spaces or more.
_GAP = re.compile(r"(?<=\S)(?: {2,}|\t+)(?=\S)")
# Running text has lines of so many words at least that end as sentences do.
_PROSE_WORDS = 8
_SENTENCE_END = re.compile(r"[.!?…。]+[\"'”’)\]]*$")
# A table's lines have as many separators each, at least this many lines and this many separators.
_TABLE_LINES = 3
_TABLE_SEPARATORS = 2
# So many lines are looked at, and so many for names; of these so many are alike in a table, and in fewer places a space
# follows a separator.
_LINES = 50
_TITLES = 5
_SHARE = 0.8
_SPACED = 0.3


class UnreadableError(Exception):
    """A document has no text that can be read; the message says why, as the end of a sentence."""


def binary_kind(data: bytes) -> str | None:
    """Return what a binary file is by its first bytes, None for one that may be text.

    Examples
    --------
    >>> binary_kind(b"GIF89a"), binary_kind(b"Almaty")
    ('a picture', None)
    """
    return next((kind for magic, kind in _BINARY if data.startswith(magic)), None)


def decode(data: bytes, declared: str | None = None) -> str:
    """Return the text of a file: by its mark, as UTF-8, in the encoding it declares, else in the likeliest.

    Raises
    ------
    UnreadableError
        When it is a binary file.

    Examples
    --------
    >>> decode("Übung".encode("cp1252"), "windows-1252")
    'Übung'
    """
    kind = binary_kind(data)
    if kind:
        raise UnreadableError(f"it is {kind}")
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _checked(data[len(mark) :].decode(encoding, errors="replace"))
    head = data[:_HEAD]
    zeros = head.count(0)
    if zeros > 0.7 * len(head):
        little = head[:4].endswith(b"\0\0")
        return _checked(data.decode("utf-32-le" if little else "utf-32-be", errors="replace"))
    if zeros > 0.2 * len(head):
        return _checked(data.decode("utf-16-be" if head[::2].count(0) > zeros / 2 else "utf-16-le", errors="replace"))
    if zeros:
        raise UnreadableError("it is a binary file")
    for encoding in filter(None, ("utf-8", declared)):
        try:
            return _checked(data.decode(encoding))
        except (UnicodeDecodeError, LookupError):
            continue
    return _checked(_likeliest(data))


def _checked(text: str) -> str:
    """Reject text that is full of control characters and of bytes that no encoding explains."""
    head = text[:_HEAD]
    if len(_CONTROLS.findall(head)) + head.count("\ufffd") > 0.02 * len(head) + 1:
        raise UnreadableError("it is a binary file or in an unknown encoding; save it as UTF-8")
    return text


def _likeliest(data: bytes) -> str:
    from charset_normalizer import from_bytes

    # Only lines that are not ASCII say anything.
    telling = b"\n".join(line for line in data[:1_000_000].splitlines() if not line.isascii())[:_HEAD]
    # Words without an ASCII letter are in another script than the Latin.
    letters = sum(byte > 127 or chr(byte).isalpha() for byte in telling)
    foreign = sum(byte > 127 for byte in telling) > letters / 2
    order = [*_OTHERS, *_LATIN] if foreign else [*_LATIN, *_OTHERS]
    fits = [
        (match.chaos, -match.coherence, order.index(encoding))
        for match in from_bytes(telling, cp_isolation=order)
        for encoding in match.could_be_from_charset
        if encoding in order
    ]
    if not fits:
        raise UnreadableError("it is a binary file or in an unknown encoding; save it as UTF-8")
    return data.decode(order[min(fits)[2]], errors="replace")


def looks_like_table(text: str) -> bool:
    r"""Return whether a text is a table: its lines hold as many commas, semicolons or tabs each, or stand under names.

    Examples
    --------
    >>> looks_like_table("date,place,deaths\n2022-01-05,Almaty,3\n2022-01-06,Aktau,0\n")
    True
    >>> looks_like_table('place,told\nKyiv,"In Kyiv, police said, all is calm."\n')
    True
    >>> looks_like_table("In Almaty, police said, three men were shot.\nThe town, they said, is calm.")
    False
    """
    return _has_columns(text) or any(_is_under_names(text[:_HEAD], separator) for separator in "\t;,|")


def _is_under_names(text: str, separator: str) -> bool:
    """Return whether rows, whose cells may be quoted and tell a story, stand under a line of names."""
    try:
        rows = [row for row in islice(csv.reader(StringIO(text, newline=""), delimiter=separator), _LINES) if row]
    except csv.Error:
        return False
    if len(text) == _HEAD:  # the last row may be cut
        rows = rows[:-1]
    # A title, and "sep=;", may stand above the names, if as many rows stand below.
    above = range(min(_TITLES, len(rows) // 2 + 1, len(rows) - 1))
    return any(_are_names(rows[at]) and _fit(rows[at], rows[at + 1 :]) for at in above)


def _are_names(cells: list[str]) -> bool:
    return len(cells) > 1 and all(
        name.strip() and len(name.split()) < _PROSE_WORDS and not _SENTENCE_END.search(name) for name in cells
    )


def _fit(names: list[str], body: list[list[str]]) -> bool:
    """Return whether nearly all rows have as many cells as names; those that begin with a space are running text's."""
    spaced = sum(cell.startswith(" ") for row in (names, *body) for cell in row[1:])
    cells = sum(len(row) - 1 for row in (names, *body))
    return sum(len(row) == len(names) for row in body) >= _SHARE * len(body) and spaced < _SPACED * cells


def _has_columns(text: str) -> bool:
    """Return whether as many separators or gaps stand in nearly every line."""
    lines = [line for line in text[:_HEAD].splitlines()[:_LINES] if line.strip()]
    if len(text) > _HEAD:
        lines = lines[:-1] or lines
    if len(lines) < _TABLE_LINES:
        return False
    for separator in "\t;,|":
        counts = Counter(line.count(separator) for line in lines)
        number, share = counts.most_common(1)[0]
        if number < _TABLE_SEPARATORS or (separator == "|" and lines[0].lstrip().startswith("|")):
            continue
        # Commas of running text are followed by a space; those of a table are not.
        tight = separator != "," or sum(line.count(", ") for line in lines) < _SPACED * sum(
            line.count(",") for line in lines
        )
        if share >= _SHARE * len(lines) and tight:
            return True
    number, share = Counter(len(_GAP.findall(line.strip())) for line in lines).most_common(1)[0]
    return number >= _TABLE_SEPARATORS and share >= _SHARE * len(lines)


def looks_like_prose(text: str) -> bool:
    r"""Return whether a text is running text: its first line is a sentence, or most of its lines are.

    Examples
    --------
    >>> looks_like_prose("Gunmen killed four farmers near Kano on Saturday, police said.")
    True
    >>> looks_like_prose("date,place\n2022-01-05,Almaty")
    False
    """
    lines = [line.strip() for line in text[:_HEAD].splitlines()[:_LINES] if line.strip()]
    sentences = [len(line.split()) >= _PROSE_WORDS and bool(_SENTENCE_END.search(line)) for line in lines]
    return bool(lines) and (sum(sentences) >= len(lines) / 2)


def without_invisible(text: str, *, kept_length: bool = False) -> str:
    """Return a text without marks that no reader sees; half characters become the sign of a lost one.

    Parameters
    ----------
    kept_length
        Whether every character keeps its position: only half characters are replaced.
    """
    text = _HALF.sub("\ufffd", text)
    return text if kept_length else _INVISIBLE.sub("", text)
