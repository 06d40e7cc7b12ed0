"""Find who acts in an event, and on whom.

The nearest group of words that names people, armed groups or organs of a state in front of an active verb, or behind
"by", acts; the one on the other side is acted upon. Whoever speaks ("said", "according to") is a source, no actor.
"""

from __future__ import annotations

from geoevents.reports.language.actor_groups import (
    ASIDE,
    Group,
    is_head,
    nearest_group,
    object_group,
    words_of,
)
from geoevents.reports.language.event_types import role_words
from geoevents.reports.language.text import Sentence, Text
from geoevents.reports.language.triggers import Trigger
from geoevents.reports.language.voice import OF_PERSONS, is_passive

__all__ = ["actors_of"]

_ROLES = role_words()
_BE = _ROLES["to be"]
# Words on either side of a trigger among which an actor is looked for, and those behind "by".
_REACH, _AGENT_REACH = 12, 8
# Types of events that two sides make: "clashed", "met".
_MUTUAL = ("FIGHT:", "CONSULT:", "COOPERATE:")
# "Repelled a fierce attack by": words from the verb to the attack.
_ATTACK_WITHIN = 4
# "Clashes broke out on Monday between": words from the trigger to "between".
_BETWEEN_WITHIN = 5
# Words from "threw" to "at".
_AIM_WITHIN = 4
# Words from "took" to "hostage".
_HOSTAGE_WITHIN = 7
# Words from "under" to the end of "under heavy attack".
_UNDER_WITHIN = 3
# A strike is called, an attack is only called something.
_CALLED = frozenset(("called", "call", "calls"))
# Words between "staged" and what was staged.
_MADE_WITHIN = 4
# Whoever stands before these acts in another clause: "her husband was wounded when a shell hit their house".
_CLAUSES = frozenset(("when", "while", "after", "before", "because", "as", "although", "if", "but", ";"))
_CLAUSE_PRONOUNS = frozenset(("it", "they", "he", "she"))


def actors_of(text: Text, sentence: Sentence, trigger: Trigger) -> tuple[str, str]:
    """Return who acts and on whom, empty where it is not said.

    Examples
    --------
    >>> from geoevents.reports.language.event_types import read_event_types
    >>> from geoevents.reports.language.text import read_text
    >>> from geoevents.reports.language.triggers import find_triggers
    >>> text = read_text("Two farmers were killed by masked gunmen near Kano.")
    >>> actors_of(text, text.sentences[0], find_triggers(text, read_event_types())[0])
    ('masked gunmen', 'Two farmers')
    """
    agent, target = _sides(text, sentence, trigger)
    return words_of(text, agent), words_of(text, target) if target != agent else ""


def _sides(text: Text, sentence: Sentence, trigger: Trigger) -> tuple[Group | None, Group | None]:
    after = range(trigger.last, min(sentence.last, trigger.last + _REACH))
    mutual = trigger.type.kind == "noun" or trigger.type.event_type.startswith(_MUTUAL)
    between = _between(text, after) if mutual and trigger.type.event_type != "FIGHT:ambush" else None
    if between is not None:
        return between
    accused = _accused(text, sentence, trigger)
    if accused is not None:
        return accused, _behind_of(text, sentence, trigger.last, trigger) or _object(text, trigger, after)
    under = _come_under(text, sentence, trigger)
    if under is not None:
        return under
    if trigger.type.lemma == "hostage" and (sides := _hostage_takers(text, sentence, trigger)) is not None:
        return sides
    if trigger.form == "base" and trigger.first > sentence.first and text.lower[trigger.first - 1] in ("of", "for"):
        return None, None  # "on suspicion of murder"
    if trigger.type.lemma == "suicide bomber":
        into = next((i for i in after if text.lower[i] == "into"), None)
        hit = object_group(text, range(into + 1, after.stop), named=False) if into is not None else None
        return (trigger.first, trigger.last), hit
    if trigger.type.kind == "noun":
        agent = _behind_by(text, sentence, trigger) or _who_made(text, sentence, trigger)
        target = _behind_of(text, sentence, trigger.last, trigger) or _behind_with(text, trigger, after)
        if target is None and agent is not None and agent[0] > trigger.last:
            target = _behind_of(text, sentence, agent[1], trigger)  # "an attack by rebels on the convoy"
        of = text.lower[trigger.last : trigger.last + 1] == ["of"]
        if trigger.type.event_class == "protest" and agent is None and of:
            agent, target = target, None  # "a march of Labour Party supporters"
        target = target or _hit_by_weapon(text, sentence, agent) or _struck_by(text, sentence, trigger)
        return agent, target
    subject = _subject(text, sentence, trigger)
    if is_passive(text, sentence, trigger):
        agent = _behind_by(text, sentence, trigger) or _in_clash_with(text, after) or _in_attack_of(text, after)
        beside = subject is not None and text.lower[subject[1]] in _BE | {"(", text.lower[trigger.first]}
        if subject is not None and beside and (other := _joined(text, sentence, subject)) is not None:
            subject = other[0], subject[1]  # "17 soldiers and 36 volunteers were killed"
        return agent, subject or _patient(text, sentence, trigger)
    if trigger.type.event_type.startswith(_MUTUAL) and subject is not None:
        other = _joined(text, sentence, subject)
        if other is not None:
            return other, subject
    if subject is not None and (other := _joined(text, sentence, subject)) is not None:
        subject = other[0], subject[1]
    return subject or _name_before(text, sentence, trigger), _object(text, trigger, after)


def _accused(text: Text, sentence: Sentence, trigger: Trigger) -> Group | None:
    """Return who is "accused of killing eight farmers", or whom somebody "accused of killing" them."""
    of = trigger.first - 1
    of -= of > sentence.first and text.lower[of] in _ROLES["determiner"]  # "accused of the murder of a judge"
    if of <= sentence.first or text.lower[of] not in ("of", "for"):
        return None
    first = max(sentence.first, of - _REACH)
    said = next((i for i in range(of - 1, first, -1) if text.lower[i] in _ROLES["accusing"]), None)
    if said is None:
        return None
    if said < of - 1:
        return nearest_group(text, range(said + 1, of))
    return nearest_group(text, range(first, said), leftwards=True)


def _hostage_takers(text: Text, sentence: Sentence, trigger: Trigger) -> tuple[Group | None, Group | None] | None:
    """Return both sides of "inmates took three wardens hostage"."""
    first = max(sentence.first, trigger.first - _HOSTAGE_WITHIN)
    took = next((i for i in range(trigger.first - 1, first, -1) if text.lower[i] in ("took", "take", "taking")), None)
    held = nearest_group(text, range(took + 1, trigger.first)) if took is not None else None
    if took is None or held is None:
        return None
    return nearest_group(text, range(max(sentence.first, took - _REACH), took), leftwards=True), held


def _come_under(text: Text, sentence: Sentence, trigger: Trigger) -> tuple[Group | None, Group | None] | None:
    """Return both sides of "a patrol came under fire from separatists"."""
    said = range(max(sentence.first, trigger.first - _UNDER_WITHIN), trigger.last)
    under = next((i for i in said if text.lower[i] == "under" and text.lower[i - 1] in _ROLES["came under"]), None)
    if under is None or under == sentence.first:
        return None
    target = nearest_group(text, range(max(sentence.first, under - _REACH), under - 1), leftwards=True)
    behind = range(trigger.last, min(sentence.last, trigger.last + _AGENT_REACH))
    by = next((i for i in behind if text.lower[i] in ("from", "by")), None)
    agent = _group_or_name(text, range(by + 1, min(sentence.last, by + _AGENT_REACH))) if by is not None else None
    return agent, target


def _hit_by_weapon(text: Text, sentence: Sentence, agent: Group | None) -> Group | None:
    """Return what was hit in "a drone fired by the rebels struck a fuel tanker"."""
    if agent is None or agent[1] >= sentence.last or text.lower[agent[1]] not in _ROLES["weapon hits"]:
        return None
    first = agent[1] + 1
    first += first < sentence.last and text.lower[first] in ("on", "in", "into", "at")
    if first < sentence.last and text.lower[first] in _ROLES["phrase end"]:
        return None
    return object_group(text, range(first, min(sentence.last, first + _REACH)), named=False)


def _struck_by(text: Text, sentence: Sentence, trigger: Trigger) -> Group | None:
    """Return what was hit in "a convoy was hit by an IED"."""
    by = trigger.first - 1
    by -= by > sentence.first and text.lower[by] in _ROLES["determiner"]
    hit = by - 1
    if hit - 1 <= sentence.first or text.lower[by] != "by" or text.lower[hit] not in _ROLES["weapon hits"]:
        return None
    if text.lower[hit - 1] not in _BE:
        return None
    return nearest_group(text, range(max(sentence.first, hit - _REACH), hit), leftwards=True)


def _behind_with(text: Text, trigger: Trigger, after: range) -> Group | None:
    """Return the other side of "held talks with the envoy" and "exchanged gunfire with rustlers"."""
    mutual = trigger.type.event_type.startswith(_MUTUAL)
    if not mutual or not after or text.lower[after.start] != "with":
        return None
    return _group_or_name(text, range(after.start + 1, after.stop))


def _group_or_name(text: Text, words: range) -> Group | None:
    """Return the group at the beginning of some words, or the name that stands there: "the CRPF"."""
    first = words.start
    while first < words.stop and text.lower[first] in ("the", "a", "an"):
        first += 1
    last = first
    while last < words.stop and text.word(last)[0].isupper():
        last += 1
    group = nearest_group(text, words)
    if group is not None and group[0] <= max(first, last):
        return group
    return (first, last) if last > first else group


def _who_made(text: Text, sentence: Sentence, trigger: Trigger) -> Group | None:
    """Return who "carried out an airstrike" or "staged a sit-in"."""
    first = max(sentence.first, trigger.first - _MADE_WITHIN)
    light = _ROLES["light verb"] | (_CALLED if trigger.type.event_class == "protest" else frozenset())
    made = next((i for i in range(trigger.first - 1, first - 1, -1) if text.lower[i] in light), None)
    if made is None:
        return None
    in_front = range(max(sentence.first, made - _REACH), made)
    subject = nearest_group(text, in_front, leftwards=True)
    if subject is None:
        return _names_before(text, sentence, made)
    other = _joined(text, sentence, subject)
    return (other[0], subject[1]) if other is not None else subject


def _subject(text: Text, sentence: Sentence, trigger: Trigger) -> Group | None:
    first = max(sentence.first, trigger.first - _REACH)
    clause = [i for i in range(first, trigger.first) if text.lower[i] in _CLAUSES]
    in_front = range(clause[-1] + 1 if clause else first, trigger.first)
    at = trigger.first - 1
    while at > in_front.start and text.lower[at] in _ROLES["auxiliary"]:
        at -= 1
    if at > in_front.start and text.lower[at] in _CLAUSE_PRONOUNS:
        # "Al-Shabab claimed it had killed 20 soldiers": whoever speaks acts.
        said = next((i for i in range(at - 1, in_front.start, -1) if text.lower[i] in _ROLES["saying"]), None)
        if said is not None:
            return nearest_group(text, range(in_front.start, said), leftwards=True) or _names_before(
                text, sentence, said
            )
    return nearest_group(text, in_front, leftwards=True)


def _patient(text: Text, sentence: Sentence, trigger: Trigger) -> Group | None:
    """Return the words before a passive verb that no list names: "a schoolteacher was shot"."""
    at = trigger.first - 1
    while at > sentence.first and (text.lower[at] in _BE or text.lower[at] in ("has", "have", "had", "also")):
        at -= 1
    first = max(sentence.first, at - 3)
    while first <= at and (text.lower[first] not in ("a", "an", "the") or first == at):
        first += 1
    if first - 2 > sentence.first and text.lower[first - 1] == "of" and text.lower[first - 2].isalpha():
        # "The owner of a radio station".
        owner = first - 3
        if owner >= sentence.first and text.lower[owner] in ("a", "an", "the"):
            first = owner
    if first > at or text.lower[at] in _ROLES["no actor"] or not text.lower[at][0].isalpha():
        return None
    return (first + 1, at + 1) if all(text.word(i)[0].isalpha() for i in range(first, at + 1)) else None


def _object(text: Text, trigger: Trigger, after: range) -> Group | None:
    group = nearest_group(text, after)
    if trigger.type.event_class == "protest":
        aim = next((i for i in after[:_AIM_WITHIN] if text.lower[i] == "at"), None)
        # "Threw stones at the minister's motorcade", "stoned a police van".
        struck = object_group(text, range(aim + 1, after.stop) if aim is not None else after, named=False)
        if group is None:
            return struck if aim is not None else None
        longer = struck is not None and struck[0] <= group[0] < struck[1] and struck[1] > group[1]
        return struck if longer else group
    if trigger.type.event_type == "FIGHT:territory":
        # "Retook the airport from the rebels".
        source = next((i for i in after if text.lower[i] == "from"), None)
        if source is not None and (owner := nearest_group(text, range(source + 1, after.stop))) is not None:
            return owner
    attack = next((i for i in after[:_ATTACK_WITHIN] if text.lower[i] in _ROLES["beside a place"]), None)
    if attack is not None and attack + 1 < after.stop and text.lower[attack + 1] == "by":
        return nearest_group(text, range(attack + 2, after.stop))  # "repelled an attack by cattle rustlers"
    direct = object_group(text, after, named=trigger.type.event_type.startswith(OF_PERSONS))
    if direct is None or (group is not None and group[0] <= direct[0] and direct[1] <= group[1]):
        return group
    return direct


def _behind_by(text: Text, sentence: Sentence, trigger: Trigger) -> Group | None:
    reach = range(trigger.last, min(sentence.last, trigger.last + _REACH))
    by = next((i for i in reach if text.lower[i] == "by" and i - trigger.last < _AGENT_REACH), None)
    if by is None:
        return None
    words = range(by + 1, min(sentence.last, by + _AGENT_REACH))
    named = words.start + (words.start < words.stop and text.lower[words.start] in ("the", "a", "an"))
    if (
        named >= words.stop
        or not text.word(named)[0].isupper()
        or text.lower[named] in _ROLES["day word"] | _ROLES["month"]
    ):
        return nearest_group(text, words)
    return _group_or_name(text, words)  # "detained by the FSB"


def _in_clash_with(text: Text, after: range) -> Group | None:
    """Return the other side of "was killed in a shootout with police"."""
    for at in after:
        if text.lower[at] == "with" and not _ROLES["fight"].isdisjoint(text.lower[max(after.start, at - 2) : at]):
            return _group_or_name(text, range(at + 1, min(after.stop, at + _AGENT_REACH)))
    return None


def _in_attack_of(text: Text, after: range) -> Group | None:
    """Return the side that "died in a rebel attack" or "in an attack claimed by the Taliban" names."""
    for at in after[1:]:
        if text.lower[at] in _ROLES["beside a place"]:
            if text.lower[at + 1 : at + 3] in (["claimed", "by"], ["blamed", "on"]):
                return _group_or_name(text, range(at + 3, min(after.stop, at + _AGENT_REACH)))
            group = nearest_group(text, range(after.start, at), leftwards=True)
            return group if group is not None and group[1] == at else None
    return None


def _behind_of(text: Text, sentence: Sentence, at: int, trigger: Trigger) -> Group | None:
    """Return who stands behind the "of", "on" or "against" at a word: "the killing of a trader"."""
    if at >= sentence.last:
        return None
    behind = range(at + 1, min(sentence.last, at + _AGENT_REACH))
    if text.lower[at] in ("of", "on", "against"):
        group = nearest_group(text, behind)
        direct = object_group(text, behind, named=False) if text.lower[at] != "of" else None
        if direct is not None and group is not None and direct[0] <= group[0] and group[1] <= direct[1]:
            return direct  # "airstrikes against rebel positions"
        return group or (direct if trigger.type.event_class in ("explosion", "assault") else None)
    if text.lower[at] == "at" and trigger.type.event_class in ("explosion", "protest"):
        return object_group(text, behind, named=False)  # "threw a grenade at a bunker"
    return None


def _between(text: Text, after: range) -> tuple[Group, Group] | None:
    """Return both sides of "clashes between protesters and riot police"."""
    at = next((i for i in after[:_BETWEEN_WITHIN] if text.lower[i] == "between"), None)
    if at is None or any(not text.lower[i].isalpha() or is_head(text, i) for i in range(after.start, at)):
        return None  # "clashes erupted between"
    one = nearest_group(text, range(at + 1, after.stop))
    if one is not None and one[1] + 2 < after.stop and text.lower[one[1]] == "(" and text.lower[one[1] + 2] == ")":
        one = one[0], one[1] + 3  # "the armed forces (FARDC) and the M23"
    link = next((i for i in range(at + 1, after.stop) if text.lower[i] == "and"), None)
    if link is not None and (one is None or one[0] > link):
        one = _group_or_name(text, range(at + 1, link))  # "between the Kuki and Meitei communities"
    if one is None or one[1] >= after.stop or text.lower[one[1]] != "and":
        return None
    other = _group_or_name(text, range(one[1] + 1, after.stop))
    return (one, other) if other is not None else None


def _joined(text: Text, sentence: Sentence, group: Group) -> Group | None:
    """Return the group that "and" joins to one behind it: "protesters and riot police clashed"."""
    at = group[0] - 1
    at -= at > sentence.first and text.lower[at] in ("the", "a")
    if at <= sentence.first or text.lower[at] != "and":
        return None
    words = range(sentence.first, at)
    before = nearest_group(text, words, leftwards=True)
    if before is not None and before[1] == at:
        return before
    # "Pokot and Turkana herdsmen": a people's name alone, at the beginning.
    name = _names_before(text, sentence, at)
    return name if name is not None and name[0] <= sentence.first + 1 else None


def _name_before(text: Text, sentence: Sentence, trigger: Trigger) -> Group | None:
    """Return the name right before a verb: "The Islamic State killed 12 soldiers"."""
    return _names_before(text, sentence, trigger.first)


def _names_before(text: Text, sentence: Sentence, end: int) -> Group | None:
    first = end
    while first > sentence.first and end - first < 4 and text.word(first - 1)[0].isupper():
        first -= 1
    if first > sentence.first and text.lower[first - 1] in ASIDE | {"of", ","}:
        return None
    while first < end and text.lower[first] in ("the", "a", "an"):
        first += 1
    acts = first < end and text.lower[end - 1] not in _ROLES["no actor"] | _ROLES["fight"]
    return (first, end) if acts else None
