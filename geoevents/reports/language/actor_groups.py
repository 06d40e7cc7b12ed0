"""Find the groups of words that name who acts or is acted upon: "masked gunmen", "members of the National Guard"."""

from __future__ import annotations

from geoevents.reports.counts.nouns import noun_class
from geoevents.reports.counts.number_words import classes
from geoevents.reports.language.event_types import role_words
from geoevents.reports.language.text import Text

__all__ = ["ASIDE", "Group", "is_head", "is_quantity", "nearest_group", "object_group", "words_of"]

# First word and the one behind the last.
Group = tuple[int, int]

_ROLES = role_words()
_PRONOUNS = _ROLES["pronoun"]
_HEADS = (
    (_ROLES["people"] | _ROLES["armed"] | _ROLES["state"] | _ROLES["official"] | _ROLES["actor"] | _ROLES["weapon"])
    | frozenset(classes()["people"])
    | frozenset(classes()["person"])
) - _PRONOUNS
_KEPT_DETERMINERS = frozenset(("several", "many", "more", "some", "two"))
_STOP = (_ROLES["phrase end"] | _ROLES["determiner"] | _ROLES["event word"] | _ROLES["no group"]) - (_KEPT_DETERMINERS)
_VERBS = frozenset(classes()["verb"]) | frozenset(classes()["happening"]) | _ROLES["saying"]
# Somebody behind such a word does not act: "troops backed by jets", "men in military uniform".
ASIDE = frozenset(("by", "in", "with", "from", "for", "against", "near", "at", "to"))
# "A bomb targeting a governor killed his driver": the governor does not act.
_OBJECTS_OF = frozenset(("targeting", "carrying", "transporting"))
# Whoever stands behind these is not acted upon: "blew himself up near police", "shot during a visit by officials".
_ELSEWHERE = frozenset(
    (
        "near",
        "outside",
        "inside",
        "from",
        "in",
        "during",
        "after",
        "before",
        "by",
        "for",
        "under",
        "along",
        "on",
        "over",
    )
)
# Words before a head, at most; words behind "of".
_BEFORE_HEAD, _BEHIND_OF = 4, 5
# "Gunmen from the Jaish al-Adl group": what "from" may bring.
_ORIGINS = frozenset(
    (
        "group",
        "militia",
        "movement",
        "faction",
        "army",
        "tribe",
        "clan",
        "gang",
        "cartel",
        "network",
        "coalition",
        "alliance",
    )
)
_QUANTITIES = frozenset(classes()["many"]) | frozenset(classes()["group"])
# An object does not begin with a time.
_TIMES = _ROLES["month"] | {"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"}
_PARTS_OF_DAY = frozenset(("morning", "evening", "afternoon", "midnight", "noon", "yesterday", "today", "overnight"))
# What opens a figure: "more than 2,000 people".
_VAGUE = frozenset(
    ("more", "than", "at", "least", "up", "to", "as", "many", "about", "nearly", "over", "some", "around")
)
# "Fired a missile at a cargo ship": what stands behind the means.
_AIMED = frozenset(("at", "on", "into", "against", "towards", "toward"))
_ARTICLES = frozenset(("the", "a", "an"))
# Words that only make a figure vague.
_ABOUT = frozenset(("some", "about", "around", "nearly", "over"))
# "Workers of the ruling party": what ends the words behind "of".
_BODIES = _ORIGINS | _ROLES["body of people"]
# "Took seven aid workers hostage".
_HELD = frozenset(("hostage", "captive"))
# "A town held by rebels".
_HELD_BY = frozenset(("held", "run", "owned", "controlled", "known", "called"))
# Who only says whose or what for a thing is.
_MODIFIERS = frozenset(("passenger", "refugee", "student", "civilian", "worker", "police", "army", "military", "navy"))
_THINGS = _ROLES["vehicle"] | _ROLES["place noun"] | {"station", "post", "checkpoint", "barracks", "headquarters"}
# "Sustained minor injuries" is no child.
_HURTS = frozenset(("injuries", "injury", "wounds", "burns", "damage", "casualties"))
# What the name of a movement goes on with: "the Movement for Oneness and Jihad in West Africa".
_MOVEMENTS = frozenset(
    ("movement", "front", "party", "army", "union", "group", "forces", "council", "alliance", "congress")
)
_LINKS_OF_NAMES = frozenset(("for", "and", "of", "the", "in"))
# Words of an object that has no head: "shelled rebel positions".
_OBJECT_WORDS = 4


def words_of(text: Text, group: Group | None) -> str:
    """Return the words of a group, "" for none."""
    if group is None:
        return ""
    first, last = group
    while first < last and text.lower[first] in _ARTICLES | {"his", "her", "their", "its"}:
        first += 1
    if first + 1 < last and text.lower[first] in _ABOUT and text.lower[first + 1][0].isdigit():
        first += 1  # "some 300 retired soldiers"
    if first >= last:
        return ""
    end = text.end[last - 1]
    while end < len(text.text) and text.text[end].isalnum():
        end += 1  # "M23" is two words and one name
    return " ".join(text.text[text.start[first] : end].split())


def is_quantity(word: str) -> bool:
    """Return whether a word only says how many: "hundreds" of students, a "group" of men."""
    return word in _QUANTITIES


def nearest_group(text: Text, words: range, *, leftwards: bool = False) -> Group | None:
    """Return the group around the nearest word that names somebody, within `words`.

    Looking leftwards, one behind a preposition ("men in military uniform") is taken only where there is no other.
    """
    aside = None
    at = words.stop - 1 if leftwards else words.start
    while words.start <= at < words.stop:
        if not is_head(text, at):
            at += -1 if leftwards else 1
            continue
        group = _group_around(text, at, words)
        if leftwards and (_is_behind(text, group[0], words.start, ASIDE) or _is_supposed(text, group[0], words.start)):
            aside, at = aside or group, group[0] - 1
            continue
        if leftwards and _is_behind(text, group[0], words.start, _OBJECTS_OF):
            at = group[0] - 1
            continue
        says = group[1] < len(text.lower) and text.lower[group[1]] in _ROLES["saying"]
        aside_of_it = _is_behind(text, group[0], words.start, _ELSEWHERE) or _is_in_front(text, group[0])
        if not leftwards and (says or aside_of_it):
            at = group[1]
            continue
        return group
    return aside


def is_head(text: Text, i: int) -> bool:
    """Return whether a word names people, armed groups or organs of a state."""
    word = text.lower[i]
    following = text.lower[i + 1] if i + 1 < len(text.lower) else ""
    if following == ":" or (word == "minor" and following in _HURTS):
        return False  # "Victims: 1 injured"
    if word in _ORIGINS - _HEADS and i > 0 and text.lower[i + 1 : i + 2] != ["of"]:
        # "The Wagner group", "an armed group"; "a group of men" are men.
        return text.word(i - 1)[0].isupper() or text.lower[i - 1] in _ROLES["armed"] | {"armed", "militant", "rebel"}
    return word in _HEADS or (word not in _PRONOUNS and noun_class(word) == "people")


def _is_in_front(text: Text, first: int) -> bool:
    """Return whether "in front of" stands before a group: "protested in front of the court"."""
    at = first - 1 - (text.lower[first - 1] in _ARTICLES)
    return at > 0 and (text.lower[at - 1], text.lower[at]) == ("front", "of")


def _is_supposed(text: Text, first: int, start: int) -> bool:
    """Return whether "to be" stands before a group: "gunmen believed to be herdsmen"."""
    return first - 2 >= start and (text.lower[first - 2], text.lower[first - 1]) == ("to", "be")


def _is_behind(text: Text, first: int, start: int, prepositions: frozenset[str]) -> bool:
    at = first - 1
    at -= at > start and text.lower[at] in _ARTICLES
    return at >= start and text.lower[at] in prepositions


def _group_around(text: Text, head: int, words: range) -> Group:
    """Return the group of a head: what stands before it, names behind it, and what "of" and "from" add."""
    first, last = _before(text, head, words.start), head + 1
    while last < words.stop and is_head(text, last) and last - head < 3 and text.lower[last] not in _HELD:
        last += 1
    if text.lower[last - 1] in _ROLES["official"]:
        while last < words.stop and text.word(last)[0].isupper() and last - head < _BEHIND_OF:
            last += 1  # "President Tokayev"
    if text.lower[last - 1] in _MODIFIERS and last < words.stop and _is_thing(text, last):
        last += 1  # "a passenger boat"
    last = _with_of(text, last, words.stop)
    # "Members of the National Guard", when its last words are the head.
    of = first - 1 - (first - 1 >= words.start and text.lower[first - 1] in _ARTICLES)
    if of - 1 >= words.start and text.lower[of] == "of":
        owner = text.lower[of - 1]
        if owner in _HEADS or owner in _QUANTITIES:
            first = _before(text, of - 1, words.start)
    return first, last


def _is_thing(text: Text, i: int) -> bool:
    """Whether a word goes on with a group that names a thing: "passenger boat", but not "passenger was"."""
    return text.lower[i] in _THINGS


def _before(text: Text, head: int, start: int) -> int:
    first = head
    while first > start and head - first < _BEFORE_HEAD and not _ends_group(text, first - 1):
        first -= 1
    return first


def _ends_group(text: Text, i: int) -> bool:
    """Whether a word ends a group: a verb or an adverb does, an adjective such as "masked" does not."""
    word = text.lower[i]
    if word == "-" and text.lower[min(i + 1, len(text.lower) - 1)].startswith("year"):
        return False  # "a 17-year-old boy"
    of_day = word in _TIMES | _PARTS_OF_DAY or (word == "night" and i > 0 and text.lower[i - 1] in _TIMES)
    if of_day or (word.isdigit() and len(word) == 4):
        return True  # "on Friday night police fired"
    if word in _STOP or word in _VERBS or not (word[0].isalnum() or word[0] == "'"):
        return True
    return word.endswith(("ed", "ly")) and text.word(i)[0].islower() and word not in _ROLES["adjective of people"]


def _with_of(text: Text, last: int, stop: int) -> int:
    """Return the end of a group with "of the Muslim Brotherhood" or "from the Jaish al-Adl group" behind it."""
    if last + 1 >= stop or text.lower[last] not in ("of", "from"):
        return last
    at = last + 1 + (text.lower[last + 1] in _ARTICLES)
    end = at
    while end < min(stop, at + _BEHIND_OF) and not _ends_group(text, end):
        end += 1
    if text.lower[last] == "from":
        named = next((i for i in range(at, end) if text.lower[i] in _ORIGINS), None)
        return named + 1 if named is not None and named > at else last
    names = [i for i in range(at, end) if text.word(i)[0].isupper() or is_head(text, i)]
    if not names:
        if end > at and text.lower[end - 1] in _BODIES:
            return end  # "workers of the ruling party"
        # "Residents of the slum": a noun alone.
        owner = text.lower[last - 1]
        return end if end == at + 1 and (owner in _ROLES["people"] or owner.endswith(("er", "or", "ist"))) else last
    if text.lower[names[-1]] in _MOVEMENTS and names[-1] + 1 == end:
        return _end_of_movement(text, end, stop)
    if names[-1] + 1 < stop and text.lower[names[-1] + 1] in _ROLES["vehicle"]:
        return names[-1] + 2  # "a convoy of WFP trucks"
    # "Workers of a French charity", "the home of a police commissioner".
    owned = names[-1] + 2 == end and (text.lower[end - 1] in _BODIES or text.lower[names[-1]] in _ROLES["state"])
    return end if owned and text.word(end - 1)[0].islower() else names[-1] + 1


def _end_of_movement(text: Text, end: int, stop: int) -> int:
    """Return the end of the name of a movement that goes on with "for" and names."""
    if end >= stop or text.lower[end] != "for":
        return end
    last = end
    for i in range(end, min(stop + _BEHIND_OF, len(text.lower))):
        if text.word(i)[0].isupper():
            last = i + 1
        elif text.lower[i] not in _LINKS_OF_NAMES:
            break
    return last


def object_group(text: Text, words: range, *, named: bool) -> Group | None:
    """Return the words right behind a verb as its object: "rebel positions", "a cargo ship".

    Parameters
    ----------
    named
        Whether names alone may be meant: "killed Ali Hassan", but not "bombed Kherson".
    """
    first = words.start
    while first < words.stop and text.lower[first] in _ARTICLES | {"at", "on", "dead", "his", "her", "their", "its"}:
        first += 1
    figure = first
    while figure < words.stop and text.lower[figure] in _VAGUE:
        figure += 1
    if figure > first and figure < words.stop and text.lower[figure][0].isdigit():
        first = figure
    last = first
    while last < words.stop and last - first < _OBJECT_WORDS and not _ends_group(text, last):
        if last > first and text.lower[last].endswith("ing") and text.lower[last] not in _ROLES["kind of thing"]:
            break  # "a bus carrying civilians"
        last += 1
    while last > first and text.lower[last - 1] in _ROLES["adjective of people"] | _HELD | _HELD_BY:
        last -= 1  # "two men accused of theft"
    counted = last - first > 1 and text.lower[first][0].isdigit()
    if last == first or text.lower[first] in _ELSEWHERE:
        return None
    if not (counted or text.lower[first][0].isalpha()) or text.lower[first] in _PRONOUNS | _TIMES:
        return None
    capitals = [text.word(i)[0].isupper() for i in range(first, last)]
    if all(capitals):
        return (first, last) if named else None
    head = text.lower[last - 1]
    if head in _ROLES["no actor"] and last + 1 < words.stop and text.lower[last] in _AIMED:
        return object_group(text, range(last + 1, words.stop), named=named)
    bare = last - first == 1 and (head in _ROLES["place noun"] or head.endswith(("ing", "ly")))
    if named and capitals[-1] and head.endswith("s") and (counted or text.lower[first] in classes()["number"]):
        return first, last  # "nine Hazaras"
    if bare or capitals[-1] or head in _ROLES["no actor"] or head in classes()["unit"]:
        return None
    return first, _with_of(text, last, words.stop)
