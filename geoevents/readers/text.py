"""Read text files, and find their encoding."""

from __future__ import annotations

import codecs
import logging
from pathlib import Path

from geoevents.errors import ReadError

__all__ = ["decode"]

_LOG = logging.getLogger("geoevents")

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Encodings that tables are still saved in: of scripts that share their letters with ASCII, and of others.
_LATIN = ("cp1252", "cp1250", "cp1254")
_OTHERS = ("cp1251", "cp1256", "cp1253", "cp1255", "koi8_r", "cp932", "gb18030", "big5", "euc_kr")


def decode(path: Path, data: bytes) -> tuple[str, str]:
    """Return the text of a file and its encoding: by its mark, as UTF-8, else detected."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _strictly(path, data, encoding).removeprefix("\ufeff"), encoding
    zeros = data[:4000].count(0)
    # ASCII letters in UTF-16 have a zero in every other byte; anywhere else zeros mean no text.
    if zeros > 0.2 * len(data[:4000]):
        encoding = "utf-16-be" if data[:4000:2].count(0) > zeros / 2 else "utf-16-le"
        text = _strictly(path, data, encoding)
        if "\0" in text:
            raise ReadError(f"{path}: expected text, but it is a binary file.")
        return text, encoding
    if b"\0" in data:
        # A lone zero is a slip of a program that pads its fields; several in a row are not text.
        at = data.find(b"\0\0")
        if at >= 4000:
            raise ReadError(f"{path}: expected text, but byte {at + 1:,} and what follows are zeros; save it anew.")
        if at >= 0:
            raise ReadError(f"{path}: expected text, but it is a binary file.")
        data = data.replace(b"\0", b"")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        encoding = _detect(path, data)
        text = _strictly(path, data, encoding)
        _LOG.warning("%s: not UTF-8, read as %s.", path, encoding)
        return text, encoding
    if sum(map(text[:4000].count, map(chr, [*range(1, 9), *range(14, 27)]))) > 0.02 * len(text[:4000]):
        raise ReadError(f"{path}: expected text, but it is a binary file.")
    return text, "utf-8"


def _strictly(path: Path, data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise ReadError(
            f"{path}: expected text in {encoding}, but byte {error.start} does not fit; save it as UTF-8."
        ) from error


def _detect(path: Path, data: bytes) -> str:
    from charset_normalizer import from_bytes

    # Only lines that are not ASCII say anything; the cap keeps a large file cheap.
    telling = [line for line in data[:4_000_000].splitlines() if not line.isascii()]
    sample = b"\n".join(telling)[:65_536]
    controls = sum(sample.count(bytes([code])) for code in (*range(1, 9), *range(14, 27)))
    # Of encodings that fit equally well the first is taken; words without an ASCII letter are in another script.
    letters = sum(byte > 127 or chr(byte).isalpha() for byte in sample)
    foreign = sum(byte > 127 for byte in sample) > letters / 2
    order = [*_OTHERS, *_LATIN] if foreign else [*_LATIN, *_OTHERS]
    found = list(from_bytes(sample, cp_isolation=order)) if controls <= 0.02 * len(sample) else []
    if not found:
        raise ReadError(f"{path}: expected text, but it is a binary file or in an unknown encoding; save it as UTF-8.")
    fits = [
        (match.chaos, -match.coherence, order.index(encoding))
        for match in found
        for encoding in match.could_be_from_charset
        if encoding in order
    ]
    best = order[min(fits)[2]]
    # The letters ş and ğ of Turkish are þ and ð of Icelandic in the Western encoding, which far fewer tables are in.
    return "cp1254" if best == "cp1252" and sample.translate(None, b"\xfe\xf0\xde\xd0") != sample else best
