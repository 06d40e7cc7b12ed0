"""Find what a report counts: the killed, injured, detained, displaced and the like, and crowds.

A number becomes a count by the words about it: the verb that has it as its object ("killing three"), the verb or
state that follows its noun ("three men were killed", "12 dead"), or a noun of casualties ("the death toll rose to
164", "five arrests"). Years, dates, ages, times, money, distances and shares are not counts. The words stand in
``data/count_words.tsv``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from geoevents.reports.count_kinds import ENDS, INCLUDING, among_kind, object_kind, predicate_kind, toll_kind
from geoevents.reports.count_nouns import PREPOSITIONS, find_noun
from geoevents.reports.count_vetoes import counts_nothing
from geoevents.reports.number_words import Number, Word, classes, find_numbers, key_at, split_words
from geoevents.reports.time_phrases import find_phrases
from geoevents.reports.time_words import tokenize

__all__ = ["Count", "find_counts"]

# How many counts back the whole of a part may stand.
_LENDERS = 8
# Words that make one person of a noun without a number.
_ONE = {"the", "his", "her", "their", "its", "another"}
# How many words may stand between such a word and its noun.
_BEFORE_PERSON = 4


@dataclass(frozen=True, slots=True)
class Count:
    """A count a text states.

    Attributes
    ----------
    start, end
        Where it stands: characters of the text, from the qualifier to the number's last word, ``end`` excluded.
    low, best, high
        The bounds and the best figure; all equal for an exact number, ``high`` None for "at least", ``low`` None for
        "up to", both None for "about".
    kind
        killed, injured, detained, displaced, missing, abducted or other (crowds, equipment, casualties of no kind).
    of
        The noun counted, as written ("" where the text leaves it out).
    is_total
        Whether the text calls it a toll or a sum.
    is_part
        Whether it is part of a count before it ("three people, including two children").
    """

    start: int
    end: int
    low: int | None
    best: int | None
    high: int | None
    kind: str
    of: str
    is_total: bool
    is_part: bool = False


@dataclass(frozen=True, slots=True)
class _Reading:
    """What the words about a number say of it, before it becomes a count."""

    number: Number
    kind: str = ""
    noun: str = ""
    noun_end: int = 0
    total: bool = False
    part: bool = False


def find_counts(text: str) -> list[Count]:
    """Return the counts a text states, in its order.

    Parameters
    ----------
    text
        Running English text.

    Examples
    --------
    >>> [(c.best, c.kind, c.of) for c in find_counts("A bomb killed at least 12 people, wounding thirty others.")]
    [(12, 'killed', 'people'), (30, 'injured', 'others')]
    >>> [(c.best, c.kind, c.is_total, c.is_part) for c in find_counts(
    ...     "Three people, including two children, died, bringing the death toll to 164.")]
    [(3, 'killed', False, False), (2, 'killed', False, True), (164, 'killed', True, False)]
    >>> find_counts("In 2019 he was 34, and drove 12 km in three hours for $500.")
    []
    """
    words = split_words(text)
    timed = _timed(text)
    numbers = [n for n in find_numbers(words) if not counts_nothing(words, n, timed)]
    starts = {number.value_first: number for number in numbers}
    readings = [_read(words, number, starts) for number in numbers if not _is_base(words, number)]
    readings = sorted(readings + _singles(words, readings), key=lambda reading: reading.number.first)
    readings = _inherit(words, readings)
    return [count for reading in readings if reading.kind for count in _counts(words, reading)]


def _timed(text: str) -> list[tuple[int, int]]:
    """Return the characters that say a time."""
    tokens = tokenize(text)
    return [(tokens.items[p.first].start, tokens.items[p.last].end) for p in find_phrases(tokens)]


def _read(words: list[Word], number: Number, starts: dict[int, Number]) -> _Reading:
    noun, noun_end, noun_class = find_noun(words, _behind_of(words, number.last + 1))
    reading = _Reading(number, noun=noun, noun_end=noun_end, total=number.total)
    if number.article and noun_class not in ("person", "people"):
        return reading
    if noun.casefold() == "family" and key_at(words, number.first - 1) in ("of", "from"):
        return reading  # "four people of one family"
    if noun.casefold() == "casualties" and _beside_injured(words, noun_end):
        return replace(reading, kind="killed")
    toll, among = toll_kind(words, number), among_kind(words, number)
    if toll or among:
        return replace(reading, kind=toll or among, total=bool(toll), part=not toll)
    kind = object_kind(words, number) or (classes()["casualty"][noun.casefold()] if noun_class == "casualty" else "")
    if not kind or (kind == "other" and noun_class == "casualty"):
        kind = predicate_kind(words, number, noun_end, starts) or kind
    if kind and noun_class == "thing" and kind != "displaced":
        kind = "other"
    if not kind and noun_class == "people" and not _is_released(words, number, noun_end):
        # "Two hostages", "300 refugees": people whose name says what befell them.
        kind = classes()["casualty"].get(noun.casefold(), "")
    group = key_at(words, number.first - 2) if key_at(words, number.first - 1) == "of" else ""
    if not kind and not noun and group in classes()["group"]:
        kind, reading = "other", replace(reading, noun=group)
    part = _is_part(words, number)
    if not kind and not number.article and number.best != 0 and (part or noun_class in ("people", "thing")):
        kind = "other"
    total = number.total or (bool(kind) and (_summed(words, noun_end) or _summed_before(words, number.first)))
    return replace(reading, kind=kind, total=total, part=part)


def _beside_injured(words: list[Word], at: int) -> bool:
    """Return whether the injured are told beside casualties, which then are the dead: "10 casualties and injuries"."""
    return (
        key_at(words, at) in ("and", "&")
        and classes()["verb"].get(
            key_at(words, at + 1),
            classes()["casualty"].get(key_at(words, at + 1), classes()["noun of"].get(key_at(words, at + 1))),
        )
        == "injured"
    )


def _behind_of(words: list[Word], at: int) -> int:
    """Return the word behind "of the" in "eight of the regime forces were killed", or the word itself."""
    whole = key_at(words, at) == "of" and key_at(words, at + 1) in ("the", "its", "their", "his", "her")
    return at + 2 if whole and not key_at(words, at + 2)[:1].isdigit() else at


def _is_released(words: list[Word], number: Number, noun_end: int) -> bool:
    """Return whether those counted are set free: "freed 60 hostages", "20 prisoners were released"."""
    around = [key_at(words, number.first - 1), *(key_at(words, noun_end + step) for step in range(4))]
    return any(key in classes()["release"] for key in around)


def _is_part(words: list[Word], number: Number) -> bool:
    """Return whether a number is part of one before it: "including two", "103 of them", "of whom 12"."""
    before, earlier = key_at(words, number.first - 1), key_at(words, number.first - 2)
    if before in INCLUDING or (earlier, before) in (("among", "them"), ("of", "whom")):
        return True
    return key_at(words, number.last + 1) == "of" and key_at(words, number.last + 2) in ("them", "whom")


def _is_base(words: list[Word], number: Number) -> bool:
    """Return whether a number is the whole that another is taken from: three in "one of three men"."""
    before = key_at(words, number.first - 2)
    wholes = classes()["number"].keys() | classes()["none"].keys() | classes()["many"].keys()
    opens = number.first < 2 or before in ENDS or "\n" in before
    return key_at(words, number.first - 1) == "of" and (before in wholes or before.isdigit() or opens)


def _summed_before(words: list[Word], at: int) -> bool:
    """Return whether "in all," or "overall," opens the clause of a number."""
    at -= 1 if key_at(words, at - 1) == "," else 0
    pair = (key_at(words, at - 2), key_at(words, at - 1))
    return pair in (("in", "all"), ("in", "total")) or pair[1] in ("altogether", "overall", "nationwide")


def _summed(words: list[Word], at: int) -> bool:
    """Return whether "so far" or "in total" follows in the sentence."""
    for position in range(at, min(len(words), at + 12)):
        if words[position].key in ENDS:
            return False
        pair = (words[position].key, key_at(words, position + 1))
        if pair in (("so", "far"), ("in", "total"), ("to", "date"), ("in", "all")):
            return True
    return False


def _inherit(words: list[Word], readings: list[_Reading]) -> list[_Reading]:
    """Give the members of a list, and parts, the kind of their neighbour: "killed two soldiers and a child"."""
    out = list(readings)
    for i in range(len(out) - 2, -1, -1):
        after = out[i + 1]
        lends = after.kind not in ("", "other") and not after.part and not after.total
        if (
            lends
            and _open(out[i])
            and not out[i].part
            and _listed(words, out[i], after)
            and not object_kind(words, after.number)
        ):
            out[i] = replace(out[i], kind=after.kind)
    for i in range(1, len(out)):
        earlier = reversed(out[max(0, i - _LENDERS) : i])
        before = next((reading for reading in earlier if reading.kind and not reading.part), None)
        if before is None or not _same_sentence(words, before.number.last, out[i].number.first):
            continue
        lends = before.kind != "other" and out[i - 1].kind == before.kind
        listed = lends and _open(out[i]) and _listed(words, out[i - 1], out[i])
        if listed or (out[i].part and out[i].kind in ("", "other")):
            out[i] = replace(out[i], kind=before.kind)
    return out


def _open(reading: _Reading) -> bool:
    return (
        reading.kind in ("", "other") and bool(reading.noun or not reading.number.article) and reading.number.best != 0
    )


def _listed(words: list[Word], first: _Reading, second: _Reading) -> bool:
    """Return whether only "and" and commas stand between two counted nouns."""
    between = [word.key for word in words[max(first.noun_end, first.number.last + 1) : second.number.first]]
    return bool(between) and all(key in (",", "and", "as", "well", "plus", "&") for key in between)


def _same_sentence(words: list[Word], first: int, last: int) -> bool:
    return not any(word.key in ENDS or "\n" in word.key for word in words[first:last])


def _counts(words: list[Word], reading: _Reading) -> list[Count]:
    number = reading.number
    start, end = words[number.first].start, words[number.last].end
    kinds = [reading.kind]
    if number.best == 0 and reading.kind == "other":
        # "No casualties" denies both.
        kinds = ["killed", "injured"] if reading.noun.casefold() in ("casualties", "casualty", "victims") else []
    return [
        Count(start, end, number.low, number.best, number.high, kind, reading.noun, reading.total, reading.part)
        for kind in kinds
    ]


def _singles(words: list[Word], readings: list[_Reading]) -> list[_Reading]:
    """Read one person without a number: "the mayor was killed", "Policeman shot dead", "killing the driver"."""
    persons = classes()["person"]
    found: list[_Reading] = []
    taken = {
        at
        for reading in readings
        if reading.kind
        for at in range(reading.number.first, max(reading.noun_end, reading.number.last + 1))
    }
    for at, word in enumerate(words):
        if word.key not in persons or at in taken:
            continue
        start = _phrase_start(words, at, taken)
        kind = _single_kind(words, at, start)
        if kind and kind != "other":
            found.append(_Reading(Number(start, at, at, 1, 1, 1), kind, word.text, at + 1))
    return found


def _single_kind(words: list[Word], at: int, start: int) -> str:
    number, before = Number(at, at, at, 1, 1, 1), key_at(words, start - 1)
    opened = words[start].key in _ONE
    kind = object_kind(words, replace(number, first=start)) if opened or before in classes()["verb"] else ""
    if not kind and (opened or not before[:1].isalnum()):
        kind = predicate_kind(words, number, at + 1, {})
    return kind


def _phrase_start(words: list[Word], at: int, taken: set[int]) -> int:
    """Return the first word of the noun phrase of a person: "the", or the first adjective."""
    table, start = classes(), at
    while start > 0 and start > at - _BEFORE_PERSON and words[start].key not in _ONE:
        key = words[start - 1].key
        verb = key in table["verb"] or key in table["aux"] or key in PREPOSITIONS
        if not key.isalpha() or verb or start - 1 in taken:
            break
        start -= 1
    return start
