"""Find who acts in an event, on whom, and who says so.

The nearest group of words that names people, armed groups or organs of a state in front of an active verb, or behind
"by", acts; the one on the other side is acted upon. Whoever speaks ("said", "according to") is a source, no actor.
"""

from __future__ import annotations

from geoevents.reports.event_types import role_words
from geoevents.reports.number_words import classes
from geoevents.reports.text import Sentence, Text
from geoevents.reports.triggers import Trigger

__all__ = ["actors_of", "class_of_roles", "role_of", "source_of"]

_ROLES = role_words()
_HEADS = (
    (_ROLES["people"] | _ROLES["armed"] | _ROLES["state"] | _ROLES["official"] | _ROLES["actor"])
    | frozenset(classes()["people"])
    | frozenset(classes()["person"])
)
_STOP = _ROLES["phrase end"] | _ROLES["determiner"] - {
    "his",
    "her",
    "their",
    "its",
    "several",
    "many",
    "more",
    "some",
    "two",
}
_BE = _ROLES["to be"]
_PEOPLE = _ROLES["pronoun"]
# Somebody behind such a word does not act: "troops backed by jets", "men in military uniform".
_ASIDE = frozenset(("by", "in", "with", "from", "for", "against", "near", "at", "to"))
# Words on either side of a trigger among which an actor is looked for.
_REACH = 12


def actors_of(text: Text, sentence: Sentence, trigger: Trigger) -> tuple[str, str]:
    """Return who acts and on whom, empty where it is not said.

    Examples
    --------
    >>> from geoevents.reports.event_types import read_event_types
    >>> from geoevents.reports.text import read_text
    >>> from geoevents.reports.triggers import find_triggers
    >>> text = read_text("Two farmers were killed by masked gunmen near Kano.")
    >>> actors_of(text, text.sentences[0], find_triggers(text, read_event_types())[0])
    ('masked gunmen', 'Two farmers')
    """
    lower = text.lower
    in_front = range(max(sentence.first, trigger.first - _REACH), trigger.first)
    after = range(trigger.last, min(sentence.last, trigger.last + _REACH))
    left = _group(text, in_front, leftwards=True) or _name_before(text, sentence, trigger)
    by = next((i for i in after if lower[i] == "by" and i - trigger.last < 8), None)
    passive = trigger.form in ("past", "participle") and not _BE.isdisjoint(
        lower[max(sentence.first, trigger.first - 3) : trigger.first]
    )
    if by is not None and (passive or trigger.type.kind == "noun"):
        agent = _group(text, range(by + 1, min(sentence.last, by + 8)))
        target = left if passive else _behind_of(text, sentence, trigger)
        return agent, target
    if passive:
        return "", left
    if trigger.type.kind == "noun":
        return "", _behind_of(text, sentence, trigger)
    right = _group(text, after)
    return left, right if right != left else ""


def _behind_of(text: Text, sentence: Sentence, trigger: Trigger) -> str:
    if trigger.last < sentence.last and text.lower[trigger.last] in ("of", "on", "against"):
        return _group(text, range(trigger.last + 1, min(sentence.last, trigger.last + 8)))
    return ""


def _group(text: Text, words: range, *, leftwards: bool = False) -> str:
    """Return the group of words around the nearest one that names somebody; it stays within `words`."""
    aside = ""
    for i in reversed(words) if leftwards else words:
        if text.lower[i] not in _HEADS or text.lower[i] in _PEOPLE:
            continue
        first, last = i, i + 1
        while first > words.start and i - first < 4 and not _ends_group(text, first - 1):
            first -= 1
        while last < words.stop and text.lower[last] in _HEADS and last - i < 3:
            last += 1
        before = text.lower[first - 1] if first > words.start else ""
        if leftwards and before in ("the", "a", "an") and first - 1 > words.start:
            before = text.lower[first - 2]
        found = " ".join(text.text[text.start[first] : text.end[last - 1]].split())
        if leftwards and before in _ASIDE:
            aside = aside or found
            continue
        return found
    return aside


def _ends_group(text: Text, i: int) -> bool:
    """Whether a word ends a group: a verb or an adverb does, an adjective such as "masked" does not."""
    word = text.lower[i]
    if word in _STOP or word in _ROLES["event word"]:
        return True
    return word.endswith(("ed", "ly")) and text.word(i)[0].islower() and word not in _ROLES["adjective of people"]


def _name_before(text: Text, sentence: Sentence, trigger: Trigger) -> str:
    """Return the name right before a verb: "The Islamic State killed 12 soldiers"."""
    first = trigger.first
    while first > sentence.first and trigger.first - first < 4 and text.word(first - 1)[0].isupper():
        first -= 1
    if first > sentence.first and text.lower[first - 1] in _ASIDE | {"of", ","}:
        return ""
    while first < trigger.first and text.lower[first] in ("the", "a", "an"):
        first += 1
    return " ".join(text.text[text.start[first] : text.end[trigger.first - 1]].split()) if first < trigger.first else ""


def role_of(actor: str) -> str:
    """Return which role an actor has by its last word: ``armed``, ``state``, ``protester``, ``people``, or nothing.

    Examples
    --------
    >>> role_of("masked gunmen"), role_of("two soldiers"), role_of("farmers"), role_of("demonstrators")
    ('armed', 'state', 'people', 'protester')
    """
    words = actor.lower().split()
    for role in ("armed", "state", "protester", "people"):
        if words and words[-1] in _ROLES[role]:
            return role
    return ""


def class_of_roles(event_class: str, agent: str, target: str) -> str:
    """Return the class of violence that its two sides give it.

    An armed group and organs of a state clash; either of them assaults civilians; protesters who clash with the police
    riot.

    Examples
    --------
    >>> class_of_roles("assault", "Boko Haram fighters", "12 soldiers")
    'clash'
    >>> class_of_roles("clash", "students", "riot police"), class_of_roles("clash", "gunmen", "farmers")
    ('protest', 'assault')
    """
    roles = role_of(agent), role_of(target)
    if event_class == "assault" and set(roles) == {"armed", "state"}:
        return "clash"
    if event_class == "clash" and "protester" in roles and "armed" not in roles:
        return "protest"
    if event_class == "clash" and roles[1] == "people" and roles[0] in ("armed", "state"):
        return "assault"
    return event_class


def source_of(text: Text, sentence: Sentence) -> str:
    """Return who a sentence has its news from: "police said", "according to the ministry".

    Examples
    --------
    >>> from geoevents.reports.text import read_text
    >>> text = read_text("Nine people died in the blast, the Health Ministry said.")
    >>> source_of(text, text.sentences[0])
    'Health Ministry'
    """
    lower = text.lower
    for i in range(sentence.first, sentence.last):
        word = lower[i]
        if word == "according" and i + 2 < sentence.last and lower[i + 1] == "to":
            last = i + 2
            while last < min(sentence.last, i + 2 + _SOURCE_WORDS) and lower[last] not in _SOURCE_END:
                last += 1
            name = _stripped(text, i + 2, last)
        elif word in _TOLD:
            first = i
            while first > max(sentence.first, i - _SOURCE_WORDS) and lower[first - 1] not in _SOURCE_END:
                first -= 1
            name = _stripped(text, first, i)
        else:
            continue
        if name:
            return name
    return ""


def _stripped(text: Text, first: int, last: int) -> str:
    while first < last and text.lower[first] in _NO_SOURCE:
        first += 1
    return " ".join(text.text[text.start[first] : text.end[last - 1]].split()) if first < last else ""


_TOLD = frozenset(("said", "told", "reported", "announced", "confirmed", "stated"))
_NO_SOURCE = frozenset(("the", "a", "an", "and", "but", "as", "he", "she", "it", "they", "that", "who", "which", "has"))
_SOURCE_END = frozenset(
    (",", ".", ";", ":", "(", ")", "-", "–", "—", '"', "“", "”", "that", "on", "who", "was", "were")
)
# Words of a source's name at most.
_SOURCE_WORDS = 6
