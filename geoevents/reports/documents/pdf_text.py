"""Take the text out of PDF files (needs the extra ``pdf``)."""

from __future__ import annotations

import io
import logging
import re

from geoevents.reports.documents.plain import UnreadableError

__all__ = ["read_pdf"]


def read_pdf(data: bytes) -> tuple[str, str]:
    """Return the text and the title of a PDF.

    Raises
    ------
    UnreadableError
        When it is encrypted, damaged or without text, or pypdf is not installed.
    """
    try:
        import pypdf
        from pypdf.errors import DependencyError, PdfReadError, PyPdfError
    except ImportError:
        raise UnreadableError("PDF files need pypdf; install it with: pip install 'geoevents[pdf]'") from None
    logging.getLogger("pypdf").setLevel(logging.ERROR)
    try:
        reader = pypdf.PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise UnreadableError("it is an encrypted PDF; save a copy without the password")
        pages = [page.extract_text() or "" for page in reader.pages]
        title = str(reader.metadata.title or "") if reader.metadata else ""
    except DependencyError:
        raise UnreadableError("it is an encrypted PDF; save a copy without the password") from None
    except (
        PdfReadError,
        PyPdfError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        IndexError,
        RecursionError,
        OSError,
    ) as error:
        raise UnreadableError(f"it is a damaged PDF ({type(error).__name__})") from None
    text = _flowing("\n\n".join(pages))
    if not text:
        raise UnreadableError("it is a PDF without text, such as a scan; run text recognition on it first")
    return text, title


def _flowing(text: str) -> str:
    """Join the lines of a paragraph, and words that a line's end broke."""
    text = text.replace("\r", "\n").replace("\xad\n", "")
    text = re.sub(r"(?<=[a-z])-\n(?=[a-z])", "", text)
    text = re.sub(r"(?<![.!?:”\"\n])\n(?=[a-z0-9(“\"])", " ", text)
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"[ \t]+", " ", text)).strip()
