"""Tell the passive voice of verbs of events, which notes and headlines write without "was"."""

from __future__ import annotations

from geoevents.reports.language.actor_groups import is_head
from geoevents.reports.language.event_types import role_words
from geoevents.reports.language.text import Sentence, Text
from geoevents.reports.language.triggers import Trigger

__all__ = ["OF_PERSONS", "is_passive"]

_BE = role_words()["to be"]
# Types whose object may be a name alone: "killed Ali Hassan", "met Putin"; what is bombed or stormed is a place.
OF_PERSONS = (
    "ASSAULT:kill",
    "ASSAULT:assassinate",
    "ASSAULT:firearms",
    "ASSAULT:abduct",
    "COERCE:arrest",
    "CONSULT:meet",
)

# Whoever dies is acted upon.
_DYING = ("die", "drown", "perish", "lose life", "lose lives", "lose their lives", "lose his life", "lose her life")
_HURTING = ("injure", "wound")
_ENDS_PASSIVE = frozenset((".", ",", ";", "in", "by", "at", "after", "during", "when", "as", "near", "on"))
# Verbs that always have an object: at the end of a clause they are passive.
_CLOSES = frozenset((".", ",", ";", ":", ")", "!", "-", "–", "—"))
_TAKES_SOMEBODY = ("ASSAULT:kill", "ASSAULT:assassinate", "ASSAULT:abduct", "COERCE:arrest", "ASSAULT:beat")
_BEHIND_PASSIVE = frozenset(("in", "by", "at", "after", "during", "when", "along", "near", "outside"))


def is_passive(text: Text, sentence: Sentence, trigger: Trigger) -> bool:
    """Return whether who stands before a verb is acted upon: "were shot", "four suspects arrested", "died"."""
    if trigger.type.lemma in _DYING:
        return True
    if trigger.form not in ("past", "participle"):
        return False
    # Headlines leave "were" out: "three soldiers killed in an attack".
    headline = trigger.last < sentence.last and text.lower[trigger.last] in _BEHIND_PASSIVE
    headline = headline and text.lower[trigger.last + 1 : trigger.last + 2] != ["least"]  # "killed at least 132"
    headline = headline and not trigger.type.lemma.startswith("open")  # "a gunman opened fire in a cinema"
    if headline and trigger.type.event_type.startswith(OF_PERSONS):
        return True
    following = text.lower[trigger.last] if trigger.last < sentence.last else "."
    if following == "by" or (following in _CLOSES and trigger.type.event_type in _TAKES_SOMEBODY):
        return True  # "reporter beaten by guards", "four suspects arrested."
    if trigger.type.lemma in _HURTING and (trigger.last >= sentence.last or text.lower[trigger.last] in _ENDS_PASSIVE):
        return True  # "six were killed and three injured when militants attacked"
    for at in range(trigger.first - 1, max(sentence.first, trigger.first - 3) - 1, -1):
        if text.lower[at] in _BE:
            return True
        if is_head(text, at):
            return False  # "gunmen believed to be herdsmen ambushed traders"
    return False
