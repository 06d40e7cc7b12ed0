"""Find the words of a text that may say an event.

A trigger is only a form of the table whose conditions hold; whether the event happened is for `status` to say.
"""

from __future__ import annotations

from dataclasses import dataclass

from geoevents.reports.language.event_types import Condition, EventType, EventTypes, role_words
from geoevents.reports.language.inflection import Form
from geoevents.reports.language.text import Sentence, Text

__all__ = ["Trigger", "find_triggers"]

# Words looked at on either side, for each relation of a condition.
_WITH, _OBJECT, _NOT = 11, 6, 6


@dataclass(frozen=True, slots=True)
class Trigger:
    """A word or phrase that may say an event.

    Attributes
    ----------
    sentence
        Number of its sentence.
    first, last
        Its words in the text, the last one excluded.
    type
        Its row of the table.
    form
        Which form of the lemma it is.
    """

    sentence: int
    first: int
    last: int
    type: EventType
    form: Form


def find_triggers(text: Text, types: EventTypes) -> list[Trigger]:
    """Return the triggers of a text, in order; they do not overlap.

    Examples
    --------
    >>> from geoevents.reports.language.event_types import read_event_types
    >>> from geoevents.reports.language.text import read_text
    >>> text = read_text("A car bomb killed nine people. The film was shot in Rome.")
    >>> [(text.lower[t.first], t.type.event_class) for t in find_triggers(text, read_event_types())]
    [('car', 'explosion'), ('killed', 'assault')]
    """
    out = []
    lower, longest = text.lower, types.longest
    for number, sentence in enumerate(text.sentences):
        i = sentence.first
        while i < sentence.last:
            size = longest.get(lower[i])
            if size is None:
                i += 1
                continue
            found = _longest(text, types, number, sentence, i, min(size, sentence.last - i))
            if found is None:
                i += 1
            else:
                out.append(found)
                i = found.last
    return out


def _longest(text: Text, types: EventTypes, number: int, sentence: Sentence, i: int, size: int) -> Trigger | None:
    for width in range(size, 0, -1):
        for row, form in types.by_form.get(tuple(text.lower[i : i + width]), ()):
            if form in ("base", "third") and _reads_as_noun(text, sentence, i, width):
                continue
            if form == "third" and width == 1 and _opens_a_phrase(text, sentence, i):
                continue
            if form == "plural" and width == 1 and _reads_as_verb(text, sentence, i):
                continue
            if row.kind == "verb" and form == "ing" and text.lower[i + width : i + width + 1] in _BEGINNINGS:
                continue  # "fighting broke out"
            if row.kind == "noun" and width == 1 and _is_being_done(text, sentence, i):
                continue
            if row.event_class == "disaster" and text.lower[i] == "fire" and text.lower[i - 1] in _FIRING:
                continue  # "killed by rocket fire"
            if _is_name(text, sentence, i, width) or not all(
                _holds(condition, text, sentence, i, width) for condition in row.conditions
            ):
                continue
            return Trigger(number, i, i + width, row, form)
    return None


def _reads_as_noun(text: Text, sentence: Sentence, i: int, width: int) -> bool:
    """Whether what may be a verb or a noun is a noun: "the rally", "a second rally is planned"."""
    before = text.lower[i - 1] if i > sentence.first else ""
    after = text.lower[i + width] if i + width < sentence.last else ""
    return (
        before in _ROLES["determiner"]
        # "The 200 block of West First Street".
        or (before.isdigit() and after == "of")
        or before.endswith("'s")
        # "The city fears clashes with opponents".
        or before in _BEFORE_FEARED
        or (after in _ROLES["auxiliary"] and before not in _PRONOUNS)
        # "A military patrol": nobody says "a guard patrol".
        or (i - 2 >= sentence.first and text.lower[i - 2] in ("a", "an") and not text.lower[i].endswith("s"))
        # "Mediterranean storm Daniel": a hazard with a name.
        or (text.lower[i] in _NAMED_HAZARDS and not before.endswith("s") and before not in _BEFORE_VERBS)
        # "Protest by teachers": the head of a note.
        or (after in _BEHIND_NOUNS and _opens_a_line(text, sentence, i))
    )


def _opens_a_phrase(text: Text, sentence: Sentence, i: int) -> bool:
    """Whether what may be a verb has no subject before it, so is a noun: "and clashes renewed", "heavy clashes"."""
    before = text.lower[i - 1] if i > sentence.first else ""
    return before in _BEFORE_NOUNS or before in _ROLES["event adjective"]


def _reads_as_verb(text: Text, sentence: Sentence, i: int) -> bool:
    """Whether what may be a noun or a verb is a verb: "the opposition storms an empty square"."""
    after = text.lower[i + 1] if i + 1 < sentence.last else ""
    return after in ("a", "an", "the", "his", "her", "its", "their") and i > sentence.first


def _is_being_done(text: Text, sentence: Sentence, i: int) -> bool:
    """Whether what may be a noun is a verb: "is fighting an economic war", but not "there was fighting"."""
    if not text.lower[i].endswith("ing") or i - 1 < sentence.first or text.lower[i - 1] not in _ROLES["to be"]:
        return False
    return i - 2 < sentence.first or text.lower[i - 2] != "there"


_ROLES = role_words()
_BEGINNINGS = [
    [word] for word in ("broke", "erupted", "flared", "raged", "resumed", "continued", "intensified", "spread")
]
_FIRING = frozenset(
    ("rocket", "sniper", "tank", "shell", "friendly", "hostile", "enemy", "machine-gun", "gun", "mortar", "artillery")
)
_BEFORE_NOUNS = frozenset(
    ("", "and", "of", "in", "by", "after", "during", "amid", "from", "despite", "with", "between")
)
_BEFORE_FEARED = frozenset(
    ("fear", "fears", "feared", "fearing", "wants", "want", "risks", "avoid", "expects", "expect")
)
_NAMED_HAZARDS, _BEFORE_VERBS = (
    ("storm", "flood"),
    ("to", "will", "would", "could", "they", "who", "and", "people", "men", "women", "police", "gunmen", "not"),
)
_BEHIND_NOUNS = ("by", "in", "at", "near", "outside", "over", "against", "between")
_PRONOUNS = ("to", "they", "we", "i", "you", "and", "who", "that")


def _is_name(text: Text, sentence: Sentence, i: int, width: int) -> bool:
    """Whether a word is part of a name: the Protest Party, Human Rights Watch; titles have their own rules."""
    if _is_month(text, i):
        return True
    if not text.word(i)[0].isupper() or text.word(i).isupper() or _opens_a_line(text, sentence, i):
        return False
    words = range(sentence.first, sentence.last)
    capitals = sum(text.word(j)[0].isupper() for j in words)
    # In a headline every word has a capital.
    return capitals < 0.5 * len(words)


def _is_month(text: Text, i: int) -> bool:
    """Whether "March" is the month: "12 March", "March 2023"."""
    if text.lower[i] != "march" or not text.word(i)[0].isupper():
        return False
    return any(text.lower[j][0].isdigit() for j in (i - 1, i + 1) if 0 <= j < len(text.lower))


def _opens_a_line(text: Text, sentence: Sentence, i: int) -> bool:
    """Whether a word has its capital from where it stands: "- Clashes resumed", "Friday 11:40 - Assault, Yakima"."""
    if i == sentence.first or text.lower[i - 1] in _LABEL_ENDS:
        return True
    return not any(text.lower[j].isalpha() for j in range(sentence.first, i))


_LABEL_ENDS = frozenset(("-", "–", "—", ":", "•", "*", "“", '"', ".", ")", "|"))


def _holds(condition: Condition, text: Text, sentence: Sentence, i: int, width: int) -> bool:
    lower, after = text.lower, i + width
    if condition.relation == "not":
        near = lower[max(sentence.first, i - _NOT) : i] + lower[after : min(sentence.last, after + _NOT)]
        return condition.words.isdisjoint(near)
    behind = lower[after : min(sentence.last, after + (_OBJECT if condition.relation == "object" else _WITH))]
    if condition.place and any(
        text.word(j)[0].isupper() for j in range(after, min(sentence.last, after + 3)) if lower[j].isalpha()
    ):
        return True
    near = behind if condition.relation == "object" else lower[max(sentence.first, i - _WITH) : i] + behind
    if condition.relation == "object":
        # In the passive voice the object stands in front; a log leaves "was" out: "teacher taken off a bus by men".
        passive = text.lower[i - 1 : i] in _AUXILIARIES or lower[after : after + 1] in _PASSIVE
        near = near + (lower[max(sentence.first, i - _OBJECT) : i] if passive else [])
    return not condition.words.isdisjoint(near)


_PASSIVE = [["by"], ["off"], ["from"]]
_AUXILIARIES = [["was"], ["were"], ["been"], ["be"], ["being"], ["got"], ["is"], ["are"]]
