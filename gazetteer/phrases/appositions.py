"""The rules of the grammar for what a place is called beside its name: "the eastern Libyan city of Benghazi".

The news says in front of a name what a place is, in which country or unit it lies, in what part of that, and how large
or troubled it is. The kind tells a place from its namesakes, and the country or the unit is around it. The other words,
all in small letters, narrow the country and not the place: the northern city of Mosul is the whole of the city.
"""

from __future__ import annotations

import re
from itertools import takewhile

from gazetteer.names.affixes import ENGLISH_TYPE_WORDS
from gazetteer.phrases import patterns
from gazetteer.phrases.levels import Level
from gazetteer.phrases.tree import Name, Node, Term, direction_code

__all__ = ["KINDS_OF_PLACE", "apposed", "apposed_list", "apposed_pair", "described", "directed_unit", "possessed"]

# Words for a place that are no type words, and the type word that says the same; empty where none does.
_CALLED = {
    "port": "city",
    "seaport": "city",
    "port city": "city",
    "metropolis": "city",
    "hub": "city",
    "resort": "town",
    "oasis": "town",
    "mining town": "town",
    "market town": "town",
    "kibbutz": "village",
    "commune": "",
    "enclave": "",
    "exclave": "",
    "island": "",
    "neighborhood": "",
    "neighbourhood": "",
    "regional state": "state",
    "stronghold": "",
    "quarter": "",
}
KINDS_OF_PLACE = frozenset(ENGLISH_TYPE_WORDS) - {"capital"} | _CALLED.keys()
_KIND = rf"(?-i:{'|'.join(sorted(KINDS_OF_PLACE, key=len, reverse=True))})"
_APPOSED = patterns.Rule(
    rf"(?P<head>[^,;:()]+?)\s+(?P<word>{_KIND})\s+(?P<of>of\s+)?(?P<name>(?-i:[^\W\d_a-z])[^,;:()]+)"
)
_APPOSED_LIST = patterns.Rule(
    rf"(?P<head>[^,;:()]+?)\s+(?P<words>(?-i:{'|'.join(patterns.PLURALS)}))\s+of\s+(?P<items>.+?(?:,|\sand\s|\sor\s).+)"
)
_APPOSED_PAIR = patterns.Rule(
    rf"(?P<front>(?:.*\s)?between\s+)(?:the\s+)?(?:(?P<head>[^,;:()]+?)\s+)?(?-i:{'|'.join(patterns.PLURALS)})\s+of\s+(?P<pair>.+\sand\s.+)"
)
_DIRECTED_UNIT = patterns.Rule(
    r"(?:the\s+)?(?P<unit>(?-i:[NSEW]\w+)\s+(?-i:Province|Region|State|Governorate|District|Division))\s+of\s+(?P<of>.+)"
)
_DESCRIBED = patterns.Rule(
    rf"(?:(?:the|an?)\s+(?P<head>[^,;:()]*?)|(?P<owner>[^,;:()]+(?:'s|’s|s['’])(?:\s+[^,;:()]+?)?))\s*(?P<word>{_KIND})"
    r"(?:\s+in\s+(?P<rest>(?:the\s+)?[^,;:()]+))?"
)
# Who holds a place or what befell it: "ISIS-held".
_HELD_BY = re.compile(
    r"\w[\w.']*[-–](?:occupied|controlled|held|annexed|administered|besieged|governed|ruled|run|dominated|liberated|seized|"
    r"captured|majority|populated|hit|torn|stricken|affected|ravaged|plagued|backed|led|speaking|rich)"
)
# With one of these in front of a kind, more is said than what a name is: "outside the city of Mosul".
_JOINING = frozenset(
    (
        *("a", "an", "and", "any", "around", "at", "between", "by", "capital", "each", "every", "for", "from", "in"),
        *("inner", "greater", "near", "no", "of", "off", "old", "on", "one", "or", "other", "outside", "rural", "some"),
        *("to", "with", "within", "above", "across", "adjoining", "along", "approaching", "behind", "below", "beyond"),
        *("bordering", "facing", "into", "leaving", "not", "opposite", "overlooking", "past", "surrounding", "through"),
        *("toward", "towards", "under", "via"),
    )
)
_IN_FRONT = re.compile(rf"^(?:the\s+)?{patterns.DIRECTIONS}\s+", re.IGNORECASE)
_POSSESSION = re.compile(r"(?:'s|’s|(?<=s)['’])(?:\s+|$)")
# Words that are divided: "the western region of Mali" is a part of Mali.
_DIVISIONS = frozenset(("region", "district", "zone", "division", "territory", "area", "ward", "suburb"))
_OF_A_TOWN = frozenset(("suburb", "borough", "neighborhood", "neighbourhood", "quarter"))
# Words for a state: "the island nation of Comoros".
_NATIONS = frozenset(("country", "nation", "kingdom", "sultanate", "emirate", "republic", "state"))


def apposed(text: str, at: Level) -> Node | None:
    """Read "the eastern Libyan city of Benghazi", "the port of Hodeidah", "Ukraine's second-largest city Kharkiv"."""
    found = _APPOSED.match(text)
    if not found or at.is_name(text):
        return None
    head, word, name = found["head"], found["word"], found["name"]
    outers = _names_in_front(head, at)
    if outers is None or (patterns.AND.search(name) and not at.is_name(name)):
        return None
    around = outers[0] if outers else ""
    of_around, of_name = at.known.kinds(around), at.known.kinds(name)
    if "country" in of_around or (outers and "adjective" in at.known.kinds(outers[-1])):
        inside = _called(word, name, at) if found["of"] or at.is_name(name) else None
    elif not found["of"]:
        inside = None
    elif "country" in of_name:
        return _in_country(around, head, word, name, text)
    elif not around:
        inside = None if word in _DIVISIONS else _called(word, name, at)
    elif "admin1" in of_name and "admin1" not in of_around:
        return Term("sequence", (Name(f"{around} {word}"), Name(name)), text)  # "Sarmin town of Idlib"
    else:
        settled = head != around or word in _OF_A_TOWN or not of_around.isdisjoint(("admin1", "region"))
        inside = _called(word, name, at) if settled else None
    return inside and _within(inside, outers, text)


def _in_country(around: str, head: str, word: str, country: str, text: str) -> Node | None:
    """Read "the northern Kidal region of Mali", "the western province of Chad", "the island nation of Comoros"."""
    if around:
        return Term("sequence", (Name(f"{around} {word}"), Name(country)), text)
    direction = direction_code(head.split()[-1])
    if direction:
        return Term("part", (Name(country),), text, direction)
    return Name(country) if word in _NATIONS else None


def apposed_list(text: str, at: Level) -> Node | None:
    """Read "the Syrian cities of Homs and Hama", "Nigeria's northwestern states of Zamfara and Katsina"."""
    found = _APPOSED_LIST.match(text)
    outers = _names_in_front(found["head"], at) if found else None
    if found is None or outers is None or at.is_name(text):
        return None
    return _within(at.read(f"{found['words']} of {found['items']}"), outers, text)


def apposed_pair(text: str, at: Level) -> Node | None:
    """Read "the road between the Malian towns of Douentza and Boni"."""
    found = _APPOSED_PAIR.match(text)
    outers = _names_in_front(found["head"] or "", at) if found else None
    return None if found is None or outers is None else _within(at.read(found["front"] + found["pair"]), outers, text)


def directed_unit(text: str, at: Level) -> Node | None:
    """Read "the Eastern Province of Saudi Arabia": a unit of that name, not the east of a province."""
    found = _DIRECTED_UNIT.match(text)
    if not found or not at.is_name(found["unit"]) or "country" not in at.known.kinds(found["of"]):
        return None
    return Term("sequence", (Name(found["unit"]), Name(found["of"])), text)


def possessed(text: str, at: Level) -> Node | None:
    """Read "Mali's northern Kidal region", "eastern Ukraine's Donetsk": the unit as a whole, in the country."""
    found = patterns.POSSESSED.match(text)
    if not found or at.is_name(text):
        return None
    owner, owned = found["b"], _without_front(found["a"])
    outer = _without_direction(owner, at)
    plain = owned == found["a"] and not _IN_FRONT.match(owner) and not patterns.AND.search(owner)
    if not owned or plain or not at.is_name(outer):
        return None
    name, _, word = owned.rpartition(" ")
    if at.is_name(owned) or (word in KINDS_OF_PLACE - _CALLED.keys() and at.is_name(name)):
        return _within(Name(owned), [outer], text)
    return _within(Name(name), [outer], text) if word in _CALLED and at.is_name(name) else None


def described(text: str, at: Level) -> str | None:
    """Return where a place lies that a piece of a list describes: "Iraq" of "Iraq's second-largest city".

    Empty where the description says nothing of it, "a coastal town"; None where the piece is a place itself.
    """
    found = _DESCRIBED.match(text.strip())
    if not found or at.is_name(text):
        return None
    outers = _names_in_front(found["head"] or found["owner"] or "", at)
    if outers is None or (not outers and found["word"] in _DIVISIONS):
        return None
    return found["rest"] or (outers[-1] if outers else "")


def _within(inside: Node, outers: list[str], text: str) -> Node:
    """Return a place within the names in front of it, of which the widest stand first."""
    return Term("sequence", (inside, *map(Name, reversed(outers))), text) if outers else inside


def _without_direction(owner: str, at: Level) -> str:
    """Return "Ukraine" of "eastern Ukraine", but "South Sudan" and "North Kivu" as they are."""
    rest = _IN_FRONT.sub("", owner)
    is_unit = not at.known.kinds(owner).isdisjoint(("country", "admin1"))
    return owner if is_unit or (at.is_name(owner) and "country" not in at.known.kinds(rest)) else rest


def _called(word: str, name: str, at: Level) -> Node:
    """Return a name with the word for what it is; a word that no unit or town goes by is left out."""
    plain = _CALLED.get(word, word)
    typed = f"{plain} of {name}" if plain else name
    return Name(typed) if at.is_name(name) else at.read(typed)


def _names_in_front(head: str, at: Level) -> list[str] | None:
    """Return the names in front of a word for a place, widest first; None where they are no names.

    "Gaza's southern" has one, "Russia's North Caucasus" two, "second-largest" none.
    """
    pieces = _POSSESSION.split(head)
    if len(pieces) > 1 and pieces[-1] and at.is_name(head):
        return [head]  # "Cox's Bazar"
    names: list[str] = []
    for piece in pieces:
        front = _without_front(piece)
        name = front and _without_end(front)
        if name is None:
            return None
        if name and not at.is_name(name):
            first, _, rest = name.rpartition(" ")
            if not at.is_name(first) or not rest.isalpha():
                return None
            name = first  # "the Iranian Kurdish city of Mahabad"
        if name and (not names or "admin1" in at.known.kinds(name)):  # "Ukraine's Black Sea port" lies in one of them
            names.append(name)
    return names


def _without_front(text: str) -> str | None:
    """Return a text without the adjectives in small letters in front; None where one of them joins it to more."""
    words = _without_small(text.split())
    return None if words is None else " ".join(words)


def _without_end(text: str) -> str | None:
    """Return a text without the adjectives in small letters behind it; None where one of them joins it to more."""
    words = _without_small(text.split()[::-1])
    return None if words is None else " ".join(words[::-1])


def _without_small(words: list[str]) -> list[str] | None:
    small = list(takewhile(_is_small, words))
    return None if not _JOINING.isdisjoint(small) else words[len(small) :]


def _is_small(word: str) -> bool:
    return word.islower() or _HELD_BY.fullmatch(word) is not None
