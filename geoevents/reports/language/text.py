"""Split running text into words, sentences and paragraphs, and find its dateline.

Every position in a `Text` counts characters of the string it was made of. A passage in capital letters gets
its usual case back first, letter by letter, so positions stay as they are.
"""

from __future__ import annotations

import re
import zlib
from bisect import bisect_right
from collections.abc import Collection
from dataclasses import dataclass

from geoevents.reports.language.event_types import role_words
from geoevents.reports.times.dateline import Dateline, find_filing

__all__ = [
    "Sentence",
    "Text",
    "case_key",
    "is_english",
    "is_heading",
    "opens_with_day",
    "read_text",
    "restore_case",
    "words_of_mood",
]

_WORD = re.compile(r"[^\W\d_]+(?:[.'’\-‑][^\W\d_]+)*|\d+(?:[.,:]\d+)*[^\W\d_]*|[^\w\s]")
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?"
_WEEKDAY = r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*"
# "4 Sep - Bandiagara", "Mon 24 Apr:", "Friday 11:40 p.m. -", "2. 6 Feb, Hajin", "8.15am", "🔴": a line that opens so is
# an entry of its own, unless its text was only wrapped there.
_CLOCK_TIME = r"\d{1,2}(?:[:.]\d{2})? ?[ap]\.?m\b\.?|\d{1,2}[:.]\d{2}"
_ENTRY = re.compile(
    r"\d{1,2}[.)]\s+(?=\S)|[^\w\s.,;:!?\"'“”‘’()\[\]$€£¥₹%&@/-]\S{0,2}\s*\S"
    rf"|(?:\d{{1,2}}[.)/]?\s+)?(?:{_WEEKDAY},?\s+)?(?:\d{{1,2}}(?:st|nd|rd|th)? {_MONTH}|{_MONTH} \d{{1,2}})"
    r"(?: \d{4})?\b(?= ?[,.:(–—-])"
    rf"|{_WEEKDAY}(?:,? (?:{_CLOCK_TIME})| (?:morning|evening|night|afternoon))?\s?[:–—-]|{_CLOCK_TIME}\s"
)
# "Sat 13 Jan" above the lines of that day.
_DAY_ALONE = re.compile(rf"{_WEEKDAY},? (?:\d{{1,2}}(?:st|nd|rd|th)? {_MONTH}|{_MONTH} \d{{1,2}})(?:,? \d{{4}})?:?\s*")
# Digits of the number of a list's point.
_NUMBERING = 2
# A line that could have held a word of the next one, and so much more, ended there by will; in a text this wide.
_EARLY, _LEAST_WIDTH = 0.8, 40
# A blank line, an indent, a bullet, the hour or the day of a log's line, and the label of a line ("Ahero: …") open a
# paragraph.
_BREAK = re.compile(
    r"\n[ \t]*\n\s*|\n(?:[ \t]{2,}|\t|(?=[-*•#>|])"
    r"|(?=\(?(?:\d{1,2}:\d{2}|\d{4}(?=: )|[0-2]\d[0-5]\d(?= [A-ZÀ-Þ][\w'’ -]{1,40}: )"
    r"|\d{4} ?(?:hrs?|hours|h|Z|UTC|GMT|local)\b|\d{1,2}/\d{1,2}(?:/\d{2,4})?\b)\)?[.,:–-]? )"
    r"|(?=[A-ZÀ-Þ][\w'’-]+(?:,? [A-ZÀ-Þ][\w'’-]+){0,3}: ))\s*"
)
_STOP = re.compile(r"[.!?…]+[\"”’')\]]*\s+(?=[\"“‘'(\[]*[A-Z0-9À-ÞЀ-Я])|(?<=[.!?])[ \t]*\n")
_ABBREVIATION = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|Gen|Lt|Col|Maj|Capt|Cpl|Sgt|Cmdr|Adm|Sen|Rep|Gov|Rev|Fr|Hon|St|Sr|Jr|Mt|Ft|No|Nos|vs|"
    r"Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec|Inc|Ltd|Corp|Co|approx|incl|al|Brig|Pvt|Supt|Insp)|\b[A-Z])\.$"
)
# Marks of forums, "[b]…[/b]", become spaces, so that every position stays.
_MARKS = re.compile(r"\[/?(?:b|i|u|s|url|color|size|quote|img|highlight|font)(?:[= ][^\]\n]{0,40})?\]", re.I)
# A sentence that is longer than this is a table or a list; it is cut so that no step works on all of it at once.
_LONGEST = 1500
# The share of a heading's words that begin with a capital.
_HEADING = 0.7
# A report may have a title and a by-line above its dateline: it stands in one of so many sentences.
_OPENING = 6
# A passage is in capitals when more than this share of its letters are.
_CAPITALS = 0.8


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence: characters ``start`` to ``end`` of the text, words ``first`` to ``last`` (excluded)."""

    start: int
    end: int
    first: int
    last: int
    paragraph: int


@dataclass(frozen=True)
class Text:
    """A text, read.

    Attributes
    ----------
    text
        The text with its case restored; as long as the one that was given.
    start, end
        First character of each word, and the one after its last.
    lower
        The words in lower case.
    sentences
        In order.
    dateline
        Where the report was filed; None where it does not say so.
    """

    text: str
    start: list[int]
    end: list[int]
    lower: list[str]
    sentences: list[Sentence]
    dateline: Dateline | None

    def word(self, i: int) -> str:
        """Return a word as written."""
        return self.text[self.start[i] : self.end[i]]

    def word_at(self, character: int) -> int:
        """Return the word that holds a character, or the last one before it."""
        return max(0, bisect_right(self.start, character) - 1)

    def sentence_at(self, character: int) -> int:
        """Return the number of the sentence that holds a character, or of the last one before it."""
        return max(0, bisect_right(self.sentences, character, key=lambda sentence: sentence.start) - 1)


def read_text(text: str, lower_words: Collection[int] = ()) -> Text:
    """Split a text into words and sentences.

    Parameters
    ----------
    lower_words
        Keys (`case_key`) of words that are usually written in lower case; they serve a text in capitals.

    Examples
    --------
    >>> read = read_text("ALMATY, Jan. 10 (Agency) - Police fired. Two people died in St. Petersburg.")
    >>> [read.text[s.start : s.end] for s in read.sentences]
    ['ALMATY, Jan. 10 (Agency) - Police fired.', 'Two people died in St. Petersburg.']
    >>> read.text[read.dateline.place_start : read.dateline.place_end]
    'ALMATY'
    """
    text = restore_case(_MARKS.sub(lambda found: " " * len(found[0]), text) if "[/" in text else text, lower_words)
    spans = [found.span() for found in _WORD.finditer(text)]
    start, end = [a for a, _ in spans], [b for _, b in spans]
    small = text.lower().replace("’", "'")
    if len(small) == len(text) and "Σ" not in text:
        lower = [small[a:b] for a, b in spans]
    else:  # a letter whose small form is longer, or depends on what stands around it
        lower = [text[a:b].lower().replace("’", "'") for a, b in spans]
    sentences: list[Sentence] = []
    for paragraph, (first, last) in enumerate(_paragraphs(text)):
        for a, b in _sentences(text, first, last):
            words = bisect_right(start, a - 1), bisect_right(start, b - 1)
            if words[0] < words[1]:
                sentences.append(Sentence(a, b, *words, paragraph))
    dateline = find_filing(text, [(sentence.start, sentence.end) for sentence in sentences[:_OPENING]])
    return Text(text, start, end, lower, sentences, dateline)


def _paragraphs(text: str) -> list[tuple[int, int]]:
    out, at = [], 0
    for found in _BREAK.finditer(text):
        if text[at : found.start()].strip():
            out.append((at, found.start()))
        at = found.end()
    if text[at:].strip():
        out.append((at, len(text)))
    if not any("\n" in text[a:b] for a, b in out):
        return out
    width = max(map(len, text.split("\n")))
    return [lines for a, b in out for lines in _apart(text, a, b, width)]


def _apart(text: str, start: int, end: int, width: int) -> list[tuple[int, int]]:
    """Part lines that stand alone within a paragraph: headings, and the entries of a log.

    Parameters
    ----------
    width
        Characters of the text's longest line, to which it may have been wrapped.
    """
    out, at = [], start
    cut = text.find("\n", start, end)
    while cut >= 0:
        following = cut + 1
        line = text[text.rfind("\n", at, cut) + 1 if text.rfind("\n", at, cut) >= 0 else at : cut].rstrip()
        after = text.find("\n", following, end)
        rest = text[following : after if after >= 0 else end]
        if _stands_alone(line, rest, width):
            if text[at:cut].strip():
                out.append((at, cut))
            at = following
        cut = after
    if text[at:end].strip():
        out.append((at, end))
    return out


def _stands_alone(line: str, following: str, width: int) -> bool:
    """Return whether a line's end is no wrapping: it is a heading, or the next line is an entry of its own."""
    opening = following.lstrip()
    if not opening or not line or _DAY_ALONE.fullmatch(opening) or _DAY_ALONE.fullmatch(line.strip()):
        return True
    ended = line.rstrip("\"'”’)")[-1:] in tuple(".!?:;…")
    word = opening.split(maxsplit=1)[0]
    early = width >= _LEAST_WIDTH and len(line) + 1 + len(word) <= _EARLY * width
    if (ended or early) and _ENTRY.match(opening):
        return True
    opens = opening[0].isupper() or opening[0].isdigit() or not opening[0].isalnum()
    return early and opens and (not ended or line[-1] == ":") and line[-1] != ","


def _sentences(text: str, start: int, end: int) -> list[tuple[int, int]]:
    out, at = [], start
    for found in _STOP.finditer(text, start, end):
        if _ABBREVIATION.search(text, max(at, found.start() - 8), found.start() + 1):
            continue
        if text[found.start() - 3 : found.start() + 1] == " no." and text[found.end() : found.end() + 1].isdigit():
            continue
        if at == start and found.start() - at <= _NUMBERING and text[at : found.start()].isdigit():
            continue  # "2. 6 Feb, Hajin: …"
        out.append((at, found.start() + len(found[0].rstrip())))
        at = found.end()
    out.append((at, end))
    short: list[tuple[int, int]] = []
    for a, b in out:
        while b - a > _LONGEST:
            cut = text.rfind(" ", a + _LONGEST // 2, a + _LONGEST)
            cut = cut if cut > 0 else a + _LONGEST
            short.append((a, cut))
            a = cut
        while a < b and text[a].isspace():
            a += 1
        while b > a and text[b - 1].isspace():
            b -= 1
        if a < b:
            short.append((a, b))
    return short


def opens_with_day(text: Text, number: int) -> bool:
    """Return whether the paragraph of a sentence is a line of a log that opens with a day: "14/08: Three bodies"."""
    paragraph = text.sentences[number].paragraph
    while number and text.sentences[number - 1].paragraph == paragraph:
        number -= 1
    return _DAY_LINE.match(text.text, text.sentences[number].start) is not None


# A line with a day, behind a bullet or a number.
_DAY_LINE = re.compile(
    rf"[^\w]*(?:\d{{1,2}}[.)]\s+)?(?:{_WEEKDAY},?\s+)?"
    rf"(?:\d{{1,2}}[/.]\d{{1,2}}\b|\d{{1,2}}(?:st|nd|rd|th)? {_MONTH}|{_MONTH} \d{{1,2}}\b)"
)


def is_heading(text: Text, sentence: Sentence) -> bool:
    """Return whether a sentence is a line of its own without a full stop, most of whose words have a capital."""
    if text.text[sentence.end - 1] in ".!?":
        return False
    if sentence is text.sentences[0] and len(text.sentences) > 2 and text.sentences[1].paragraph > sentence.paragraph:
        return True
    words = [text.word(i) for i in range(sentence.first, sentence.last) if text.word(i)[0].isalpha()]
    return sum(word[0].isupper() for word in words) > _HEADING * len(words)


def words_of_mood(text: Text, first: int, last: int) -> list[str]:
    """Return words in lower case, but the month of May as "May": "on 11 May gunmen fired" says nothing that may be.

    Examples
    --------
    >>> words_of_mood(read_text("On 11 May gunmen fired."), 0, 4)
    ['on', '11', 'May', 'gunmen']
    """
    words = text.lower[first:last]
    if "may" not in words:
        return words
    return [
        "May" if word == "may" and text.word(i) == "May" and i and _DATED_BEFORE.fullmatch(text.lower[i - 1]) else word
        for i, word in enumerate(words, first)
    ]


# What stands before a month.
_DATED_BEFORE = re.compile(r"\d{1,2}(?:st|nd|rd|th)?|in|of|on|since|until|early|mid|late|last|by|from")


def case_key(word: str) -> int:
    """Return the number that stands for a word in the list of words in lower case."""
    return zlib.crc32(word.lower().encode())


_CASED = re.compile(r"[^\W\d_]+")
_SMALL_ENDINGS = ("ing", "ings", "tion", "tions", "ment", "ments", "ness", "ly", "ed", "ists", "ities")


def restore_case(text: str, lower_words: Collection[int]) -> str:
    """Return a text with its passages in capitals in usual case; every letter stays in its place.

    Examples
    --------
    >>> restore_case("TWO PEOPLE DIED IN ALMATY. Police spoke.", {case_key(w) for w in "two people died in".split()})
    'Two people died in Almaty. Police spoke.'
    """
    if not any(_in_capitals(text[a:b]) for a, b in _paragraphs(text)):
        parts = [text[a:b] for a, b in _sentences(text, 0, min(len(text), _LONGEST))] if lower_words else []
        if not any(_in_capitals(part) and len(part) > 20 for part in parts):
            return text
    out = list(text)
    for a, b in _paragraphs(text):
        for first, last in _sentences(text, a, b):
            if _in_capitals(text[first:last]):
                _lower(out, text, first, last, lower_words)
    return "".join(out)


def _in_capitals(part: str) -> bool:
    upper = sum(map(str.isupper, part))
    return upper > 12 and upper > _CAPITALS * sum(map(str.isalpha, part)) and " " in part.strip()


def _lower(out: list[str], text: str, first: int, last: int, lower_words: Collection[int]) -> None:
    opening, before_word = True, ""
    for found in _CASED.finditer(text, first, last):
        word = found[0]
        small = word.lower()
        if len(small) != len(word):  # a letter whose small form is longer
            continue
        before = text[found.start() - 1] if found.start() > first else ""
        possessive = before in "'’" and len(word) <= 2 and before != ""
        known = case_key(small) in lower_words or (len(word) > 5 and small.endswith(_SMALL_ENDINGS))
        if small == "city" and before_word in role_words()["before City"]:
            made = "City"
        elif possessive or (known and not opening and not (len(word) == 1 and small != "a")):
            made = small
        elif len(word) == 1 or _is_acronym(small):
            made = word
        else:
            made = small[0].upper() + small[1:]
        out[found.start() : found.end()] = made
        opening, before_word = False, small


def _is_acronym(word: str) -> bool:
    """Whether letters are spelt one by one: no vowel, or a run of consonants that opens no English name."""
    vowels = sum(letter in "aeiouy" for letter in word)
    return len(word) <= 5 and (vowels == 0 or (len(word) <= 4 and bool(re.match(r"[bcdfghjklmnpqrstvwxz]{3}", word))))


_ENGLISH = frozenset(
    ("the", "of", "and", "to", "in", "a", "was", "were", "that", "for", "on", "by", "with", "at", "from")
)
# The share of these words in English texts is a third; in other languages they are names and chance.
_ENGLISH_SHARE = 0.12


def is_english(text: str) -> bool:
    """Return whether a text seems to be in English; a text of a few words is taken to be.

    Examples
    --------
    >>> is_english("Police said that two men were shot in the town on Monday, and three were hurt by glass.")
    True
    >>> is_english("La police a annoncé lundi que deux hommes ont été tués dans la ville et trois blessés par balles.")
    False
    """
    words = [found[0].lower() for found in _CASED.finditer(text, 0, 3000)]
    return len(words) < 12 or sum(word in _ENGLISH for word in words) >= _ENGLISH_SHARE * len(words)
