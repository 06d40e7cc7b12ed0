"""Take the running text out of Markdown and of web pages, with their title and day."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from html import unescape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from resiliparse.parse.html import HTMLTree

__all__ = ["Page", "read_html", "read_markdown"]


@dataclass(frozen=True, slots=True)
class Page:
    """The text of a page, and what it says of itself; "" where it says nothing. ``day`` is as written."""

    text: str
    title: str = ""
    day: str = ""
    source: str = ""


_FRONT_MATTER = re.compile(r"\A---[ \t]*\r?\n(.*?)\r?\n(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.DOTALL)
_FIELD = re.compile(r"^(\w+)[ \t]*:[ \t]*(.+?)[ \t]*$", re.MULTILINE)
# What a mark may enclose is bounded, so that a file full of opening marks takes no longer than others.
_MARKDOWN = (
    (re.compile(r"<!--.{0,5000}?-->", re.DOTALL), ""),
    (re.compile(r"^(?:```|~~~).*$", re.MULTILINE), ""),
    (re.compile(r"!\[[^\]\n]{0,500}\]\([^)\n]{0,1000}\)"), ""),
    (re.compile(r"\[([^\]\n]{1,500})\]\([^)\n]{0,1000}\)"), r"\1"),
    (re.compile(r"\[([^\]\n]{1,500})\]\[[^\]\n]{0,500}\]"), r"\1"),
    (re.compile(r"^\[[^\]\n]{1,500}\]:[ \t]+\S+.*$", re.MULTILINE), ""),
    (re.compile(r"\[\^[^\]\n]{1,500}\]:?"), ""),
    (re.compile(r"<(https?://[^>\s]{1,1000})>"), r"\1"),
    (re.compile(r"</?[A-Za-z][^>\n]{0,1000}>"), ""),
    (re.compile(r"^[ \t]{0,3}#{1,6}[ \t]+(.*?)[ \t]*#*[ \t]*$", re.MULTILINE), r"\1"),
    (re.compile(r"^[ \t]*(?:>[ \t]?)+", re.MULTILINE), ""),
    (re.compile(r"^[ \t]*(?:[-*_][ \t]*){3,}$|^[ \t]*[=-]{3,}[ \t]*$", re.MULTILINE), ""),
    (re.compile(r"^[ \t]*[-*+][ \t]+", re.MULTILINE), ""),
    (re.compile(r"(\*\*\*|\*\*|\*|___|__|~~|`+)(?=\S)(.{1,500}?)(?<=\S)\1"), r"\2"),
    (re.compile(r"(?<!\w)_(?=\S)(.{1,500}?)(?<=\S)_(?!\w)"), r"\1"),
    (re.compile(r"\\([\\`*_{}\[\]()#+.!<>|~-])"), r"\1"),
)
_HEADING = re.compile(r"^[ \t]{0,3}#[ \t]+(.*?)[ \t]*#*[ \t]*$", re.MULTILINE)
_CONTAINER = re.compile(
    r"<(/?)(?:div|span|section|article|table|ul|ol|blockquote|center|font|b|i)\b[^>]{0,2000}>", re.IGNORECASE
)
# Pages are nested some dozens of containers deep.
_DEEPEST = 600
# Where a page says when it was published, the surest first.
_DAY_META = (
    "article:published_time",
    "og:published_time",
    "datepublished",
    "date",
    "pubdate",
    "publishdate",
    "dc.date",
    "dc.date.issued",
    "dcterms.created",
    "parsely-pub-date",
    "sailthru.date",
    "publish-date",
)
_SOURCE_META = ("og:site_name", "application-name", "publisher", "dc.publisher")


def read_markdown(text: str) -> Page:
    r"""Return the text of Markdown without its marks; title and day by its front matter, else its first heading.

    Examples
    --------
    >>> read_markdown("# Floods\n\nRain fell on **Chad**, see [map](x.png).").text
    'Floods\n\nRain fell on Chad, see map.'
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    fields: dict[str, str] = {}
    front = _FRONT_MATTER.match(text)
    if front:
        fields = {name.lower(): value.strip("\"'") for name, value in _FIELD.findall(front[1])}
        text = text[front.end() :]
    heading = _HEADING.search(text)
    title = fields.get("title") or (heading[1] if heading else "")
    for pattern, replacement in _MARKDOWN:
        text = pattern.sub(replacement, text)
    text = re.sub(r"\n{3,}", "\n\n", text).strip()
    return Page(text, _plain(title), fields.get("date", ""), fields.get("source", "") or fields.get("author", ""))


def _plain(title: str) -> str:
    for pattern, replacement in _MARKDOWN:
        title = pattern.sub(replacement, title)
    return title.strip()


def read_html(html: str) -> Page:
    """Return the main text of a web page, without its menus, lists of links and notes on cookies.

    Broken markup is read as a browser would. A page in which no main part is found gives all its visible text.

    Examples
    --------
    >>> page = read_html("<title>Flood | News</title><time datetime='2023-05-04'></time><p>Six <b>died.")
    >>> page.text, page.title, page.day
    ('Six died.', 'Flood | News', '2023-05-04')
    """
    from resiliparse.extract.html2text import extract_plain_text
    from resiliparse.parse.html import HTMLTree

    html = _flat(html)
    tree = HTMLTree.parse(html)
    metas = _metas(tree)
    day = next((metas[name] for name in _DAY_META if name in metas), "") or _linked_day(html) or _time_day(tree)
    title = metas.get("og:title") or unescape((tree.title or "").strip())
    source = next((metas[name] for name in _SOURCE_META if name in metas), "")
    text = extract_plain_text(tree, main_content=True, alt_texts=False, list_bullets=False).strip()
    if not text:
        text = extract_plain_text(HTMLTree.parse(html), alt_texts=False, list_bullets=False).strip()
    return Page(re.sub(r"\n{3,}", "\n\n", text), re.sub(r"\s+", " ", title).strip(), day, source)


def _flat(html: str) -> str:
    """Return a page without its containers where they are nested so deep that reading them takes hours."""
    depth = deepest = 0
    for tag in _CONTAINER.finditer(html):
        depth = max(0, depth - 1) if tag[1] else depth + 1
        deepest = max(deepest, depth)
    return _CONTAINER.sub("\n", html) if deepest > _DEEPEST else html


def _metas(tree: HTMLTree) -> dict[str, str]:
    found: dict[str, str] = {}
    for element in [] if tree.document is None else tree.document.query_selector_all("meta"):
        name = (element.getattr("property") or element.getattr("name") or element.getattr("itemprop") or "").lower()
        content = (element.getattr("content") or "").strip()
        if name and content:
            found.setdefault(name, content)
    return found


def _time_day(tree: HTMLTree) -> str:
    element = tree.document.query_selector("time[datetime]") if tree.document else None
    return str(element.getattr("datetime") or "").strip() if element else ""


def _linked_day(html: str) -> str:
    """Return the day in a page's linked data (schema.org), "" for none."""
    for block in re.findall(r"<script[^>]*application/ld\+json[^>]*>(.*?)</script>", html, re.DOTALL | re.IGNORECASE):
        try:
            data = json.loads(block)
        except ValueError:
            continue
        stack = [data]
        while stack:
            item = stack.pop()
            if isinstance(item, dict):
                if isinstance(item.get("datePublished"), str):
                    return str(item["datePublished"])
                stack.extend(item.values())
            elif isinstance(item, list):
                stack.extend(item)
    return ""
