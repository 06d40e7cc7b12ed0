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
)
from geoevents.reports.counts.lists import Reading, join_lists
from geoevents.reports.counts.nouns import find_noun
from geoevents.reports.counts.number_words import Number, Word, classes, find_numbers, key_at, split_words
from geoevents.reports.counts.persons import find_persons
from geoevents.reports.counts.tolls import toll_kind
from geoevents.reports.counts.vetoes import counts_nothing
from geoevents.reports.times.phrases import TimePhrases, read_phrases

__all__ = ["Count", "find_counts"]

# "No immediate reports of casualties": words between "no" and the noun, and what such a sentence has none of.
_DENIED_REACH = 3
_REPORTS = {"reports", "report", "word", "information", "indication", "indications", "details", "news", "signs"}
_THE_HARMED = {"dead", "victims", "killed", "slain"}
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
# Words from a verb to the end of its list: "whisked away the village head and 16 others".
_LIST_WITHIN = 9
# "Of the 12 arrested students, five": words from "of" to the comma.
_WHOLE_WITHIN = 7
# "Four militants, including a self-styled commander, were eliminated".
_FIGHTERS_WITHIN = 14


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
    persons = find_persons(words, readings)
    told = {person.noun_end for person in persons if person.kind}
    # "An interpreter" is read as a figure and as a person; what befell the person counts.
    readings = [reading for reading in readings if reading.kind or reading.noun_end not in told]
    readings = sorted(readings + persons, key=lambda reading: reading.number.first)
    readings = join_lists(words, readings)
    return [count for reading in readings if reading.kind for count in _counts(words, reading)]


def _read(words: list[Word], number: Number, starts: dict[int, Number]) -> Reading:
    noun, noun_end, noun_class = find_noun(words, _behind_of(words, number.last + 1))
    if number.article and _is_group(words, number.last + 1):
        return Reading(number)  # "a family of seven": the figure behind it counts
    if number.best == 0 and not noun:
        noun, noun_end, noun_class = _denied(words, number.last + 1)
    reading = Reading(number, noun=noun, noun_end=noun_end, total=number.total)
    if number.article and (noun_class not in ("person", "people") or noun.casefold() in ("family", "household")):
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
        before = key_at(words, number.first - 1)
        is_loss = (key_at(words, number.first - 2), before) == ("loss", "of")  # "the loss of 11 soldiers"
        kind = "killed" if is_loss else classes()["lose"].get(before, "")
    if noun.casefold() == "victims" and not kind:
        kind = classes()["victims of"].get(_before_more(words, number.first - 1), "")  # "claimed two more victims"
    if not kind and number.best == 0:
        kind = _no_loss(words, number.last + 1)
    if not kind and key_at(words, number.first - 1) == "and" and noun.casefold() == "others":
        kind = _kind_of_list(words, number)
    if not kind and noun.casefold() in _HELD - {"suspects"}:
        kind = _fighters_kind(words, number, noun_end)
    if kind == "missing" and noun.casefold() in _HELD:
        kind = "other"  # "searching for three suspects"
    if kind and noun_class == "thing" and kind != "displaced":
        kind = "other"
    if not kind and noun_class == "people" and not _is_released(words, number, noun_end):
        # "Two hostages", "300 refugees": people whose name says what befell them.
        kind = classes()["casualty"].get(noun.casefold(), "")
    if kind == "abducted" and noun.casefold() in ("victims", "victim") and _is_released(words, number, noun_end):
        kind = "other"  # "all five kidnap victims were rescued"
    if kind == "abducted" and key_at(words, number.first - 1) in _SEIZED and noun.casefold() in _HELD:
        kind = "detained"
    if not noun and not kind and number.best:
        kind = _alone_kind(words, number)
    group = key_at(words, number.first - 2) if key_at(words, number.first - 1) == "of" else ""
    if not kind and not noun and group in classes()["group"]:
        kind, reading = "other", replace(reading, noun=group)
    part = _is_part(words, number) or _is_degree(words, number)
    if not kind and not noun and (of := _kind_of_whole(words, number)) is not None:
        kind, part = of, True
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


def _before_more(words: list[Word], at: int) -> str:
    """Return the word before a figure, "a further" and the like passed by."""
    while key_at(words, at) in ("the", "more", "another", "further"):
        at -= 1
    return key_at(words, at)


def _no_loss(words: list[Word], at: int) -> str:
    """Return "killed" for "no loss of life"."""
    said = (key_at(words, at), key_at(words, at + 1), key_at(words, at + 2))
    return "killed" if said in (("loss", "of", "life"), ("loss", "of", "lives")) else ""


def _kind_of_list(words: list[Word], number: Number) -> str:
    """Return what befell the first of a list: "whisked away the village head and 16 others"."""
    for at in range(number.first - 2, max(0, number.first - _LIST_WITHIN), -1):
        if words[at].key in ENDS or words[at].key in classes()["aux"] or words[at].key in classes()["stop"]:
            return ""
        if kind := object_kind(words, replace(number, first=at)):
            return kind
    return ""


def _fighters_kind(words: list[Word], number: Number, noun_end: int) -> str:
    """Return what befell armed people: "four militants were eliminated"; of others the word says something else."""
    table = classes()["verb of fighters"]
    if key_at(words, number.first - 1) in table:
        return table[words[number.first - 1].key]
    for at in range(noun_end, min(len(words), noun_end + _FIGHTERS_WITHIN)):
        if words[at].key in ENDS:
            return ""
        if words[at].key in table and key_at(words, at - 1) in classes()["aux"]:
            return table[words[at].key]
    return ""


def _kind_of_whole(words: list[Word], number: Number) -> str | None:
    """Return the kind of those a figure is taken from, None where it is not: 30 in "of the 45 dead, 30 were women"."""
    comma = number.first - 1
    if key_at(words, comma) != ",":
        return None
    of = next((at for at in range(comma - 1, max(-1, comma - _WHOLE_WITHIN), -1) if words[at].key == "of"), -1)
    opens = of == 0 or (of > 0 and (words[of - 1].key in ENDS or "\n" in words[of - 1].key))
    between = [word.key for word in words[of + 1 : comma]]
    if not opens or not any(key.isdigit() or key in classes()["number"] for key in between):
        return None
    kinds = classes()["state"] | classes()["verb"]
    return next((kinds[key] for key in between if key in kinds), None)


def _alone_kind(words: list[Word], number: Number) -> str:
    """Return the kind of a number without a noun: "tens of thousands rallied", "four critically"."""
    following = key_at(words, number.last + 1)
    if following in classes()["crowd verb"] and number.best is not None and number.best >= _CROWD:
        return "other"
    if following == "of" and key_at(words, number.last + 2) in ("them", "whom"):
        return classes()["degree"].get(key_at(words, number.last + 3), "")  # "one of them fatally"
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
    if key_at(words, number.last + 1) != "of":
        return False
    of = key_at(words, number.last + 2)
    # "Five of the dead were beheaded".
    return of in ("them", "whom") or (of in ("the", "those") and key_at(words, number.last + 3) in _THE_HARMED)


def _is_base(words: list[Word], number: Number) -> bool:
    """Return whether a number is the whole that another is taken from: three in "one of three men"."""
    before = key_at(words, number.first - 2)
    opens = number.first < 2 or before in ENDS or "\n" in before
    following = key_at(words, number.last + 1)
    if opens and (following in classes()["state"] or following in classes()["verb"]):
        return False  # "of the 45 dead, 30 were women" says that 45 died
    if key_at(words, number.first - 1) != "of":
        return False
    return opens or before.isdigit() or any(before in classes()[name] for name in ("number", "none", "many", "share"))


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
    elif number.best == 0 and key_at(words, reading.noun_end) in ("or", "nor", "and"):
        # "No fatalities or injuries".
        other = classes()["casualty"].get(key_at(words, reading.noun_end + 1), "")
        kinds += [other] if other not in ("", "other", reading.kind) else []
    return [
        Count(start, end, number.low, number.best, number.high, kind, reading.noun, reading.total, reading.part)
        for kind in kinds
    ]
