"""Find what a report counts: the killed, injured, detained, displaced and the like, and crowds.

A number becomes a count by the words about it: the verb that has it as its object ("killing three"), the verb or
state that follows its noun ("three men were killed", "12 dead"), or a noun of casualties ("the death toll rose to
164", "five arrests"). Years, dates, ages, times, money, distances and shares are not counts. The words stand in
``data/count_words.tsv``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from geoevents.reports.counts.kinds import (
    ENDS,
    INCLUDING,
    among_kind,
    inverted_kind,
    object_kind,
    predicate_kind,
    toll_kind,
)
from geoevents.reports.counts.lists import Reading, join_lists
from geoevents.reports.counts.nouns import PREPOSITIONS, find_noun
from geoevents.reports.counts.number_words import Number, Word, classes, find_numbers, key_at, split_words
from geoevents.reports.counts.vetoes import counts_nothing
from geoevents.reports.times.phrases import TimePhrases, read_phrases

__all__ = ["Count", "find_counts"]

# Words that make one person of a noun without a number.
_ONE = {"the", "his", "her", "their", "its", "another"}
# "No immediate reports of casualties": words between "no" and the noun, and what such a sentence has none of.
_DENIED_REACH = 3
_REPORTS = {"reports", "report", "word", "information", "indication", "indications", "details", "news", "signs"}
# So many at least make a crowd without a noun: "hundreds rallied".
_CROWD = 20
# "Police seized five suspects": whom the police take is detained.
_SEIZED = {"seize", "seizes", "seized", "seizing"}
_HELD = {
    "suspects",
    "militants",
    "rebels",
    "gunmen",
    "fighters",
    "smugglers",
    "traffickers",
    "insurgents",
    "terrorists",
}
# "None of the 62 people on board survived": words from the figure to the verb.
_SURVIVED_WITHIN = 8
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


def find_counts(text: str, read: TimePhrases | None = None) -> list[Count]:
    """Return the counts a text states, in its order.

    Parameters
    ----------
    text
        Running English text.
    read
        Its phrases that say a time, where they have been read: their numbers count nothing.

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
    timed = (read or read_phrases(text)).spans
    numbers = [n for n in find_numbers(words) if not counts_nothing(words, n, timed)]
    starts = {number.value_first: number for number in numbers}
    readings = [
        Reading(number, "killed", "", number.last + 1) if _all_died(words, number) else _read(words, number, starts)
        for number in numbers
        if not _is_base(words, number) or _all_died(words, number)
    ]
    readings = sorted(readings + _singles(words, readings), key=lambda reading: reading.number.first)
    readings = join_lists(words, readings)
    return [count for reading in readings if reading.kind for count in _counts(words, reading)]


def _read(words: list[Word], number: Number, starts: dict[int, Number]) -> Reading:
    noun, noun_end, noun_class = find_noun(words, _behind_of(words, number.last + 1))
    if number.article and _is_group(words, number.last + 1):
        return Reading(number)  # "a family of seven": the figure behind it counts
    if number.best == 0 and not noun:
        noun, noun_end, noun_class = _denied(words, number.last + 1)
    reading = Reading(number, noun=noun, noun_end=noun_end, total=number.total)
    if number.article and noun_class not in ("person", "people"):
        return Reading(number)
    if noun.casefold() == "family" and key_at(words, number.first - 1) in ("of", "from"):
        return reading  # "four people of one family"
    if noun.casefold() == "casualties" and _beside_injured(words, noun_end):
        return replace(reading, kind="killed")
    toll, among = toll_kind(words, number), among_kind(words, number)
    if toll or among:
        return replace(reading, kind=toll or among, total=bool(toll), part=not toll)
    if inverted := inverted_kind(words, number):
        return replace(reading, kind=inverted)
    kind = object_kind(words, _with_group(words, number)) or (
        classes()["casualty"][noun.casefold()] if noun_class == "casualty" else ""
    )
    if not kind or (kind == "other" and noun_class == "casualty"):
        kind = predicate_kind(words, number, noun_end, starts) or kind
    if not kind and noun_class == "people":
        kind = classes()["lose"].get(key_at(words, number.first - 1), "")
    if kind == "missing" and noun.casefold() in _HELD:
        kind = "other"  # "searching for three suspects"
    if kind and noun_class == "thing" and kind != "displaced":
        kind = "other"
    if not kind and noun_class == "people" and not _is_released(words, number, noun_end):
        # "Two hostages", "300 refugees": people whose name says what befell them.
        kind = classes()["casualty"].get(noun.casefold(), "")
    if kind == "abducted" and key_at(words, number.first - 1) in _SEIZED and noun.casefold() in _HELD:
        kind = "detained"
    if not noun and not kind and number.best:
        kind = _alone_kind(words, number)
    group = key_at(words, number.first - 2) if key_at(words, number.first - 1) == "of" else ""
    if not kind and not noun and group in classes()["group"]:
        kind, reading = "other", replace(reading, noun=group)
    part = _is_part(words, number) or _is_degree(words, number)
    from_there = noun_class == "thing" and key_at(words, number.first - 1) in ("from", "across")  # "from 14 villages"
    if not (kind or from_there or number.article) and number.best != 0 and (part or noun_class in ("people", "thing")):
        kind = "other"
    total = number.total or (bool(kind) and (_summed(words, noun_end) or _summed_before(words, number.first)))
    return replace(reading, kind=kind, total=total, part=part)


def _denied(words: list[Word], at: int) -> tuple[str, int, str]:
    """Return the noun of "no immediate reports of casualties" and "no word on injuries"."""
    for position in range(at, min(len(words), at + _DENIED_REACH)):
        if words[position].key in _REPORTS and key_at(words, position + 1) in ("of", "on", "about"):
            return find_noun(words, position + 2 + (key_at(words, position + 2) == "any"))
        if not words[position].key.isalpha():
            break
    return "", at, ""


def _alone_kind(words: list[Word], number: Number) -> str:
    """Return the kind of a number without a noun: "tens of thousands rallied", "four critically"."""
    following = key_at(words, number.last + 1)
    if following in classes()["crowd verb"] and number.best is not None and number.best >= _CROWD:
        return "other"
    return classes()["degree"][following] if _is_degree(words, number) else ""


def _is_degree(words: list[Word], number: Number) -> bool:
    """Return whether a number only says how badly some were hurt: "dozens were injured, four critically"."""
    before, following = key_at(words, number.first - 1), key_at(words, number.last + 1)
    ends = key_at(words, number.last + 2) in ("", ".", ",", ";", "and", ")")
    return before in (",", "(", "and") and following in classes()["degree"] and ends


def _is_group(words: list[Word], at: int) -> bool:
    """Return whether a group and its size begin at a word: "family of seven", "group of 12"."""
    size = key_at(words, at + 2)
    return (
        _names_group(key_at(words, at))
        and key_at(words, at + 1) == "of"
        and (size in classes()["number"] or size.isdigit())
    )


def _names_group(key: str) -> bool:
    return key in classes()["group"] or key in ("family", "crew", "busload", "household")


def _with_group(words: list[Word], number: Number) -> Number:
    """Let "a family of" before a number belong to it, so that "killed a family of seven" kills seven."""
    at = number.first
    if key_at(words, at - 1) == "of" and _names_group(key_at(words, at - 2)) and key_at(words, at - 3) in ("a", "the"):
        return replace(number, first=at - 3)
    return number


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
    if key_at(words, number.first - 1) == "of" and key_at(words, number.first - 2) in classes()["release"]:
        return True
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
    wholes = (
        classes()["number"].keys() | classes()["none"].keys() | classes()["many"].keys() | classes()["share"].keys()
    )
    opens = number.first < 2 or before in ENDS or "\n" in before
    return key_at(words, number.first - 1) == "of" and (before in wholes or before.isdigit() or opens)


def _all_died(words: list[Word], number: Number) -> bool:
    """Return whether nobody of those counted lived: "none of the 62 people survived", "no survivors among the 62"."""
    if (key_at(words, number.first - 2), key_at(words, number.first - 1)) == ("survivors", "among"):
        return key_at(words, number.first - 3) == "no"
    if key_at(words, number.first - 1) != "of" or key_at(words, number.first - 2) not in classes()["none"]:
        return False
    behind = [word.key for word in words[number.last + 1 : number.last + _SURVIVED_WITHIN]]
    return "survived" in behind and ENDS.isdisjoint(behind[: behind.index("survived")])


def _summed_before(words: list[Word], at: int) -> bool:
    """Return whether "in all," opens the clause of a number, or "so far" stands before it."""
    if any((key_at(words, at - back - 1), key_at(words, at - back)) == ("so", "far") for back in (1, 2, 3)):
        return True
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


def _counts(words: list[Word], reading: Reading) -> list[Count]:
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


def _singles(words: list[Word], readings: list[Reading]) -> list[Reading]:
    """Read one person without a number: "the mayor was killed", "Policeman shot dead", "killing the driver"."""
    persons = classes()["person"]
    found: list[Reading] = []
    taken = {
        at
        for reading in readings
        if reading.kind
        for at in range(reading.number.first, max(reading.noun_end, reading.number.last + 1))
    }
    for at, word in enumerate(words):
        if word.key in ("he", "she") and at not in taken:
            number = Number(at, at, at, 1, 1, 1)
            kind = predicate_kind(words, number, at + 1, {})
            found += [Reading(number, kind, word.text, at + 1)] if kind not in ("", "other", "missing") else []
        if word.key in ("him", "her") and at not in taken and not _is_possessive(words, at):
            kind = object_kind(words, Number(at, at, at, 1, 1, 1))
            found += [Reading(Number(at, at, at, 1, 1, 1), kind, word.text, at + 1)] if kind else []
        if word.key not in persons or at in taken:
            continue
        start = _phrase_start(words, at, taken)
        kind = _single_kind(words, at, start)
        listed = words[start].key in _ONE and key_at(words, start - 1) in ("and", ",")  # its kind may be the list's
        if (kind or listed) and kind != "other":
            found.append(Reading(Number(start, at, at, 1, 1, 1), kind, word.text, at + 1))
    return found


def _is_possessive(words: list[Word], at: int) -> bool:
    """Return whether "her" belongs to the word behind it: "killing her husband"."""
    following = key_at(words, at + 1)
    return words[at].key == "her" and following.isalpha() and following not in PREPOSITIONS and following != "instantly"


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
