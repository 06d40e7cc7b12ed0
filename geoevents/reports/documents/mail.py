"""Take the text out of e-mail: the body, the subject, the day it was sent, who sent it. Attachments are left."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import parsedate_to_datetime

from geoevents.reports.documents.markup import Page, read_html
from geoevents.reports.documents.plain import UnreadableError, decode

__all__ = ["read_mail"]


# A header is read so far, in letters: what the parser of headers takes grows faster than their length.
_LONGEST_HEADER = 4000


class _ShortHeaders(EmailPolicy):
    """The rules of today's mail, with headers of a usual length."""

    def header_source_parse(self, sourcelines: Sequence[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(list(sourcelines))
        return name, value[:_LONGEST_HEADER]


def read_mail(data: bytes) -> Page:
    r"""Return the text of an e-mail.

    Raises
    ------
    UnreadableError
        When it has no body of text, or its parts lie too deep in one another.

    Examples
    --------
    >>> read_mail(b"Subject: Flood\nDate: Mon, 10 Jan 2022 10:00:00 +0000\n\nSix people died.\n")
    Page(text='Six people died.', title='Flood', day='2022-01-10', source='')
    """
    try:
        return _read(message_from_bytes(data, policy=_ShortHeaders()))  # type: ignore[arg-type]
    except RecursionError:
        raise UnreadableError("it is an e-mail whose parts lie too deep in one another") from None


def _read(message: EmailMessage) -> Page:
    if not message.keys():
        raise UnreadableError("it is no e-mail: no header such as From or Date stands at its head")
    body = message.get_body(preferencelist=("plain", "html"))
    if body is None:
        raise UnreadableError("it is an e-mail without text; its attachments are not read")
    payload = body.get_payload(decode=True)
    text = decode(payload if isinstance(payload, bytes) else b"", body.get_content_charset())
    if body.get_content_type() == "text/html":
        text = read_html(text).text
    text = text.replace("\r\n", "\n").strip()
    return Page(text, _header(message, "subject"), _day(message), _header(message, "from"))


def _header(message: EmailMessage, name: str) -> str:
    try:
        return " ".join(str(message.get(name, "")).split())
    except (ValueError, IndexError, AttributeError, RecursionError):  # headers that break the rules
        return ""


def _day(message: EmailMessage) -> str:
    day: date | None = None
    try:
        day = parsedate_to_datetime(str(message["date"])).date()
    except (TypeError, ValueError, IndexError, RecursionError):
        return ""
    return day.isoformat()
