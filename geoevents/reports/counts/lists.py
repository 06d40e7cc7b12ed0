"""Read counts that belong together: the members of a list, a whole and its parts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import takewhile

from geoevents.reports.counts.kinds import ENDS, object_kind
from geoevents.reports.counts.number_words import Number, Word, classes, key_at

__all__ = ["Reading", "join_lists"]

# Whoever is counted so is not what the next figure's people are: "46 survivors and nine bodies".
_ALIVE = {"survivors", "survivor"}
# How many counts back the whole of a part may stand.
_LENDERS = 8
# Marks that open the members of a whole: "two people, a man and a woman", "five - three men and two women".
_OPENS = {",", "(", ":", "-", "–", "—"}
# Nouns that a man and a woman both are; "two farmers, a driver and a child" are four.
_WHOLES = {
    "",
    "people",
    "persons",
    "individuals",
    "victims",
    "others",
    "civilians",
    "residents",
    "villagers",
    "members",
}
# Words at most between two figures of an ellipsis: "12 people were killed on Monday and 15 on Tuesday".
_ELLIPSIS = 12
_WHERE_OR_WHEN = {"in", "on", "at", "near", "outside"}
# Words of the place or the day between the two.
_PLACE_WORDS = 4


@dataclass(frozen=True, slots=True)
class Reading:
    """What the words about a number say of it, before it becomes a count: `noun_end` is the word behind its noun."""

    number: Number
    kind: str = ""
    noun: str = ""
    noun_end: int = 0
    total: bool = False
    part: bool = False


def join_lists(words: list[Word], readings: list[Reading]) -> list[Reading]:
    """Give the members of a list, and parts, the kind of their neighbour: "killed two soldiers and a child"."""
    out = list(readings)
    for i in range(len(out) - 2, -1, -1):
        after = out[i + 1]
        lends = after.kind not in ("", "other") and not after.part and not after.total
        if (
            lends
            and _open(out[i])
            and out[i].noun.casefold() not in _ALIVE
            and not out[i].part
            and (_listed(words, out[i], after) or _elliptic(words, out[i], after))
            and not object_kind(words, after.number)
        ):
            out[i] = replace(out[i], kind=after.kind)
    for i in range(1, len(out)):
        last = out[i - 1]
        if last.part and last.kind and _open(out[i]) and _listed(words, last, out[i]):
            out[i] = replace(out[i], kind=last.kind, part=True)
            continue
        earlier = reversed(out[max(0, i - _LENDERS) : i])
        before = next((reading for reading in earlier if reading.kind and not reading.part), None)
        if before is None or not _same_sentence(words, before.number.last, out[i].number.first):
            continue
        # "Killed nobody, the mayor said": what nobody suffered goes on to nobody.
        lends = before.kind != "other" and out[i - 1].kind == before.kind and before.number.best != 0
        listed = (
            lends and _open(out[i]) and (_listed(words, out[i - 1], out[i]) or _elliptic(words, out[i - 1], out[i]))
        )
        if listed or (out[i].part and out[i].kind in ("", "other")):
            out[i] = replace(out[i], kind=before.kind)
    return _with_members(words, out)


def _with_members(words: list[Word], readings: list[Reading]) -> list[Reading]:
    """Make parts of the figures that a whole is told again in: "two people, a man and a woman"."""
    out = list(readings)
    for i, whole in enumerate(readings):
        if not whole.kind or whole.part or not whole.number.best or whole.number.best < 2:
            continue
        if whole.noun.casefold() not in _WHOLES:
            continue
        total, j = 0, i + 1
        while j < len(out) and total < whole.number.best and _is_member(words, out[j - 1], out[j], first=j == i + 1):
            total += out[j].number.best or whole.number.best
            j += 1
        if total == whole.number.best and j > i + 2:
            out[i + 1 : j] = [replace(member, kind=whole.kind, part=True) for member in out[i + 1 : j]]
    return out


def _is_member(words: list[Word], last: Reading, member: Reading, *, first: bool) -> bool:
    """Return whether a figure stands in the list of a whole's members."""
    if member.part:
        return False
    between = [word.key for word in words[max(last.noun_end, last.number.last + 1) : member.number.first]]
    if _has_own_place(words, member):
        # "Five miners died this week: two on Monday and three on Tuesday".
        if first:
            return between[-1:] in ([":"], ["-"], ["–"], ["—"]) and ENDS.isdisjoint(between)
        return _elliptic(words, last, member)
    if not member.noun:
        return False
    return (len(between) == 1 and between[0] in _OPENS) if first else bool(between) and set(between) <= {",", "and"}


def _elliptic(words: list[Word], first: Reading, second: Reading) -> bool:
    """Return whether a figure leaves out what the one before it says: "12 people in Homs and 15 in Hama"."""
    between = [word.key for word in words[max(first.noun_end, first.number.last + 1) : second.number.first]]
    if not _has_own_place(words, second) or len(between) > _ELLIPSIS or between[-1:] not in (["and"], [","]):
        return False
    while between and between[-1] in ("and", ","):
        between.pop()
    at = next((i for i in range(len(between) - 1, -1, -1) if between[i] in _WHERE_OR_WHEN), -1)
    if at < 0 or not 0 < len(between) - at - 1 <= _PLACE_WORDS:
        return False
    table = classes()
    if any(key in table[name] for key in between[at:] for name in ("verb", "aux", "happening", "stop")):
        return False
    return not any(key in table["stop"] or key in ENDS or key in ("who", ",") for key in between[:at])


def _has_own_place(words: list[Word], reading: Reading) -> bool:
    """Return whether a figure stands alone before its own place or day: "15 in Hama", "two on Sunday"."""
    at = reading.number.last + 1
    if reading.noun or reading.number.article or key_at(words, at) not in _WHERE_OR_WHEN or at + 1 >= len(words):
        return False
    named = words[at + 1].text[0].isupper() or words[at + 1].text[0].isdigit() or words[at + 1].key in ("the", "a")
    behind = takewhile(str.isalnum, (word.key for word in words[at + 1 : at + 1 + _PLACE_WORDS]))
    return named and not any(key in classes()["aux"] for key in behind)


def _open(reading: Reading) -> bool:
    return (
        reading.kind in ("", "other") and bool(reading.noun or not reading.number.article) and reading.number.best != 0
    )


def _listed(words: list[Word], first: Reading, second: Reading) -> bool:
    """Return whether only "and" and commas stand between two counted nouns."""
    between = [word.key for word in words[max(first.noun_end, first.number.last + 1) : second.number.first]]
    return bool(between) and all(key in (",", "and", "as", "well", "plus", "&") for key in between)


def _same_sentence(words: list[Word], first: int, last: int) -> bool:
    return not any(word.key in ENDS or "\n" in word.key for word in words[first:last])
