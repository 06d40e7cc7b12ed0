"""Take the text out of e-mail: the body, the subject, the day it was sent, who sent it. Attachments are left."""

from __future__ import annotations

from datetime import date
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import parsedate_to_datetime

from geoevents.reports.documents.markup import Page, read_html
from geoevents.reports.documents.plain import UnreadableError, decode

__all__ = ["read_mail"]


def read_mail(data: bytes) -> Page:
    r"""Return the text of an e-mail.

    Raises
    ------
    UnreadableError
        When it has no body of text.

    Examples
    --------
    >>> read_mail(b"Subject: Flood\nDate: Mon, 10 Jan 2022 10:00:00 +0000\n\nSix people died.\n")
    Page(text='Six people died.', title='Flood', day='2022-01-10', source='')
    """
    message = message_from_bytes(data, policy=default)
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
    except (ValueError, IndexError, AttributeError):  # headers that break the rules
        return ""


def _day(message: EmailMessage) -> str:
    day: date | None = None
    try:
        day = parsedate_to_datetime(str(message["date"])).date()
    except (TypeError, ValueError, IndexError):
        return ""
    return day.isoformat()
