"""Judge whether what a trigger says has happened.

Rules over the words of ``data/role_words.csv`` tell plans, denials and allegations, and what is not an event at all:
history, sport, films, comparisons, conditions. A hashed linear model over the words around gives the odds that it is
new and has happened.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from geoevents.reports.language.event_types import role_words
from geoevents.reports.language.generality import is_general, is_generic_tale, is_plot, is_said_of_people, is_task
from geoevents.reports.language.genres import DATED
from geoevents.reports.language.possibility import is_possible, is_what_would, may_come
from geoevents.reports.language.text import Sentence, Text, words_of_mood
from geoevents.reports.language.triggers import Trigger
from geoevents.reports.language.worlds import World

__all__ = ["Judgement", "Status", "is_reference", "judge", "words_around"]

Status = Literal["happened", "planned", "denied", "alleged"]

_ROLES = role_words()
_PLANS = _ROLES["plan"]
_CONDITIONS = _ROLES["condition"]
_WANTS = _ROLES["wanted"]
_DENIALS = _ROLES["denial"]
_FOILED = _ROLES["foiled"]
_NEGATIONS = _ROLES["negation"]
_ALLEGED = _ROLES["allegation"]
_HISTORY = _ROLES["remembrance"]
# "Forty years after the bomb": the noun right behind is old.
_YEARS_AFTER = re.compile(
    r"\b(?:years?|decades?|centur(?:y|ies)) (?:on from|after|since) "
    r"(?:(?:the|a|an|his|her|their|that|this) )?(?:[\w'’-]+(?:,\d{3})? ){0,8}$",
    re.I,
)
# "She was a student in Beijing when the tanks rolled": what somebody saw when young.
_YOUNG = r"(?:student|child|boy|girl|teenager|baby|toddler|schoolboy|schoolgirl|pupil|recruit|conscript|young \w+)"
_FEW = r"(?:a few|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|[a-z]+teen|twenty(?:-\w+)?|[1-9]\d?)"
_WHEN_YOUNG = re.compile(
    rf"\b(?:was|were|am) (?:just |only |then |still |about |barely )?(?:an? (?:[a-z-]+ )?{_YOUNG}|"
    rf"{_FEW}(?: years old| months old)?)\b[^.;]{{0,60}}\bwhen\b"
    r"|\b(?:as|when) (?:I was |he was |she was )?an? (?:little |small |young )?"
    r"(?:child|boy|girl|teenager|student|young (?:man|woman))\b",
    re.I,
)
# "The attack exploded into life."
_INTO_LIFE = re.compile(
    r"(?: exploded| burst| sprang)?(?: (?:back )?(?:in)?to (?:life|action|song|laughter|applause|view)"
    r"| onto the (?:scene|stage|charts))\b"
)
_COMPARED = re.compile(
    r"\b(?:like|as if|as though|a kind of|so-called|metaphorical(?:ly)?|figurative(?:ly)?)(?: (?:a|an|the))?$", re.I
)
# "Should a storm come nearer": a sentence that opens so is a condition, in its first words.
_INVERTED, _CLAUSE = ("should", "if", "unless", "whether"), 15
# "More likely is a blockade"; "it is likely to spark riots".
_LIKELY = re.compile(r"\b(?:(?:more|most|less) likely|likel(?:y to|iest)|unlikely)\b", re.I)
# Characters before a trigger among which words speak of it.
_WORDS_REACH = 60
# Words on either side of a trigger that the linear model sees.
_NEAR = 5
# "The president wants his rally."
_WISHES = frozenset(("want", "wants", "wanted", "wish", "wishes"))
# "Could not stop the riots": they have happened.
_STOPPING = frozenset(
    ("stop", "halt", "prevent", "avert", "quell", "contain", "end", "stem", "deter", "foil", "thwart")
)
_PERCEIVING = frozenset(("hear", "see", "feel", "smell"))


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the rules say of a trigger.

    Attributes
    ----------
    status
        None where it is not an event.
    reason
        Which rule spoke; empty where none did.
    """

    status: Status | None
    reason: str


_ANY_YEAR = re.compile(r"\b(?:1[5-9]\d\d|20\d\d)\b")
_OF_MARKETS = (["shares"], ["stocks"], ["stock"], ["bonds"], ["debt"], ["deficit"], ["costs"], ["rents"], ["inflation"])
# Classes that a match has no metaphor for, or that happen around one too; a market's metaphors are of violence.
_LITERAL = ("disaster", "arrest", "politics")
_LITERAL_OF_MARKETS = (*_LITERAL, "protest")
# "The old guard was in full retreat": kinds that a market and a match have metaphors for all the same.
_MILITARY = ("MOBILIZE:troops", "RETREAT:withdraw", "RETREAT:surrender")
# "Is forecast to reach Florida as a storm".
_FORECAST = frozenset(("forecast", "expected", "predicted", "projected", "set", "due"))
# "To demand the resignation of the president": what is asked for has not happened.
_WANTED = ("politics", "arrest")
_DEMANDING = frozenset(
    ("demand", "demands", "demanded", "demanding", "urge", "urged", "urging", "seek", "seeking", "sought", "appealed")
)
# "Five of the dead were beheaded" tells how, no other event.
_OF_THE_DEAD = re.compile(
    r"\b(?:of|among) the (?:dead|victims|killed|slain|bodies)(?: (?:was|were|had been))?(?: \w+)?\s*\Z", re.I
)
_VIOLENT = ("explosion", "assault", "abduction", "clash")
_BOMBS = ("explosion", "assault", "abduction")
# What did not take place after all: "a rally announced for Sucre was called off", "will not take place".
_WITHOUT = r"(?:\s(?!(?:and|but|as|while|when|who|which|killed|left|was|were|is|are|has|had)\b)[\w'’-]+){0,8}?\s"
_OFF = rf"(?:called off|put off|put on hold|{'|'.join(sorted(_ROLES['cancelled']))})"
_CANCELLED = re.compile(
    rf"{_WITHOUT}(?:(?:was|were|is|are|been|being)(?: \w+ly| also| later| then)? {_OFF}"
    rf"|(?:has|have|had) been(?: \w+ly)? {_OFF}"
    r"|(?:(?:will|would|did|does|do|could|can) not|won't|didn't|wouldn't|couldn't|cannot) "
    r"(?:take place|go ahead|happen|be held|proceed|materiali[sz]e)|never (?:took place|happened|materiali[sz]ed))\b",
    re.I,
)
_CALLING_OFF = re.compile(
    r"\b(?:call(?:s|ed|ing)? off|put(?:s|ting)? off|cancel(?:s|led|ed|ling|ing)?|postpon(?:e|es|ed|ing)|"
    r"scrap(?:s|ped|ping)?) (?:(?!after|amid|because|following|due|when|as|since|by)[\w'’-]+ ){0,4}$",
    re.I,
)
# A strike of three days that is called off has happened.
_LASTING = re.compile(
    r"\b(?:\w+-(?:day|week|month|hour)(?:-(?:old|long))?|(?:day|week|month|hour)s?-(?:old|long))\b", re.I
)
# "A march announced for Saturday", "a strike due on Monday".
_PLANNED_FOR = re.compile(
    r" (?:(?:\w+ )?(?:planned|announced|scheduled|called|set|due|expected|slated|billed) "
    r"(?:for|to|on|next|later|this|in)\b|that would have\b|which would have\b)"
)
# In a report that marks an anniversary, what has a day of its own is news, but not "the school where 74 drowned".
_CLAUSE_WORDS, _RELATIVE = (
    8,
    _ROLES["relative"] - {"after", "before", "because", "as", "but", "although", "if", "while"},
)


def is_reference(text: Text, sentence: Sentence, trigger: Trigger) -> bool:
    """Return whether a trigger only speaks of an event told elsewhere: "condemned the attack", "the kidnapped priest".

    Examples
    --------
    >>> from geoevents.reports.language.event_types import read_event_types
    >>> from geoevents.reports.language.text import read_text
    >>> from geoevents.reports.language.triggers import find_triggers
    >>> text = read_text("A minister in Paris condemned the attack.")
    >>> is_reference(text, text.sentences[0], find_triggers(text, read_event_types())[-1])
    True
    """
    before = text.lower[max(sentence.first, trigger.first - 6) : trigger.first]
    if not before:
        return False
    if trigger.type.kind == "verb":
        return trigger.form in ("past", "participle", "ing") and before[-1] in _DETERMINERS
    return not _ROLES["reaction"].isdisjoint(before) and not {"in", "on", "at"} & set(before[-2:])


_DETERMINERS = ("the", "a", "an", "his", "her", "their", "its", "this", "that", "these", "those", "many", "some")


def judge(text: Text, sentence: Sentence, trigger: Trigger, world: World = "") -> Judgement:
    """Say whether a trigger's event happened; `world` is what its sentence speaks of (`worlds_of`).

    Examples
    --------
    >>> from geoevents.reports.language.event_types import read_event_types
    >>> from geoevents.reports.language.text import read_text
    >>> from geoevents.reports.language.triggers import find_triggers
    >>> from geoevents.reports.language.worlds import worlds_of
    >>> def said(words):
    ...     text = read_text(words)
    ...     world = worlds_of(text, 2022)[0]
    ...     return judge(text, text.sentences[0], find_triggers(text, read_event_types())[0], world).status
    >>> said("Workers will protest in Tunis on Monday."), said("Police denied that they fired shots.")
    ('planned', 'denied')
    >>> said("Rebels attacked the town in 1985.") is None
    True
    """
    lower = text.lower
    before = words_of_mood(text, max(sentence.first, trigger.first - 7), trigger.first)
    near = before[-4:]
    after = lower[trigger.last : min(sentence.last, trigger.last + 4)]
    if lower[sentence.first] in _INVERTED and trigger.first - sentence.first < _CLAUSE:
        return Judgement(None, "condition")
    if _is_of_world(text, sentence, trigger, world, before):
        return Judgement(None, world)
    if _COMPARED.search(text.text, max(sentence.start, text.start[trigger.first] - 16), text.start[trigger.first] - 1):
        return Judgement(None, "comparison")
    if trigger.type.kind == "verb" and trigger.form in ("past", "participle") and before[-1:] in _ARTICLES:
        return Judgement(None, "adjective")
    if trigger.type.event_type == "RETREAT:flee" and is_said_of_people(text, sentence, trigger):
        return Judgement(None, "adjective")
    start = text.start[trigger.first]
    if not _HISTORY.isdisjoint(before) or _YEARS_AFTER.search(
        text.text[max(sentence.start, start - _WORDS_REACH) : start]
    ):
        return Judgement(None, "history")
    young = _WHEN_YOUNG.search(text.text, sentence.start, sentence.end)
    if young is not None and young.end() <= start and not DATED.search(text.text, sentence.start, sentence.end):
        return Judgement(None, "history")
    if trigger.type.event_class == "explosion" and not _ROLES["abstract"].isdisjoint(before[-1:]):
        return Judgement(None, "metaphor")
    if trigger.type.event_class == "explosion" and before[-1:] in _OF_MARKETS:
        return Judgement(None, "metaphor")  # "shares exploded"
    if trigger.type.kind == "verb" and _OF_THE_DEAD.search(text.text[sentence.start : start]):
        return Judgement(None, "part")
    if _INTO_LIFE.match(text.text, text.end[trigger.last - 1]):
        return Judgement(None, "metaphor")
    if is_generic_tale(text, sentence, trigger) or is_plot(text, sentence, trigger):
        return Judgement(None, "general")
    if is_task(text, sentence):
        return Judgement(None, "question")
    if is_general(text, sentence, trigger):
        return Judgement(None, "general")
    # "Killed the market", but "killed in the market of Gao".
    place = next((i for i, word in enumerate(after[:3]) if word in _ROLES["locating"]), 3)
    if not _ROLES["abstract"].isdisjoint(after[:place]) and trigger.type.event_class not in _LITERAL:
        return Judgement(None, "metaphor")
    unstopped = any(word in _STOPPING and not _NEGATIONS.isdisjoint(before[:i]) for i, word in enumerate(before))
    if not _FOILED.isdisjoint(near) and not unstopped:
        return Judgement("denied", "foiled")
    if not _DENIALS.isdisjoint(before):
        return Judgement("denied", "denied")
    negated = not _NEGATIONS.isdisjoint(before[-3:]) and "only" not in before and not unstopped
    if negated:
        return Judgement(None, "negated")
    if trigger.form == "base" and trigger.type.kind == "verb":
        return _base_form(before)
    if (
        trigger.type.kind == "verb"
        and any(word in ("would", "could", "might", "may", "should") for word in near)
        and "have" not in near
    ):
        return Judgement(None, "condition")
    if trigger.type.kind == "verb" and is_what_would(text, sentence, trigger):
        return Judgement(None, "condition")
    if trigger.type.kind == "verb" and "be" in near and not _PLANS.isdisjoint(near):
        return Judgement("planned", "plan")
    if trigger.type.kind == "noun":
        called_off = _is_called_off(text, sentence, trigger)
        if called_off is not None:
            return called_off
        if is_possible(text, sentence, trigger) or may_come(text, sentence, trigger):
            return Judgement(None, "condition")
        if "will" in before and not {",", "that", "said", "and"} & set(before[before.index("will") :]):
            return Judgement("planned", "plan")
        ahead = next((i for i, word in enumerate(before) if word in _FORECAST), len(before))
        if "to" in before[ahead + 1 : ahead + 2] or (not _FORECAST.isdisjoint(after[:2]) and "to" in after[:3]):
            return Judgement("planned", "plan")
        if trigger.type.event_class == "disaster" and "felt" in after[:3]:
            return Judgement(None, "felt elsewhere")
    if trigger.type.kind == "noun" and trigger.type.event_class in _WANTED and not _DEMANDING.isdisjoint(before[-5:]):
        return Judgement(None, "wanted")
    if _LIKELY.search(text.text, sentence.start, start) and not DATED.search(text.text, sentence.start, sentence.end):
        return Judgement(None, "condition")
    if trigger.type.kind == "noun" and not _WISHES.isdisjoint(near[-3:]):
        return Judgement("planned", "wanted")
    if trigger.type.kind == "noun" or trigger.form == "ing":
        perceived = not _PERCEIVING.isdisjoint(near[-2:])  # "could hear shelling"
        if (any(word in _CONDITIONS for word in near[-3:]) and not perceived) or "threat" in after[:1]:
            return Judgement(None, "condition")
        if any(word in ("planned", "scheduled", "upcoming", "plan", "plans", "planning") for word in near[-3:]):
            return Judgement("planned", "plan")
        if any(word in ("will", "scheduled", "planned") for word in after[:3]):
            return Judgement("planned", "plan")
        if "call" in near or "calls" in near or "called" in near:
            # "Called for a strike", "have called a sit-in for the arrivals hall".
            return Judgement("planned", "call") if "for" in (*near, *after[:1]) else Judgement("happened", "")
    if "if" in before[-6:] or "unless" in before[-6:]:
        return Judgement(None, "condition")
    if not _ALLEGED.isdisjoint(before[-5:]):
        return Judgement("alleged", "alleged")
    return Judgement("happened", "")


def _is_of_world(text: Text, sentence: Sentence, trigger: Trigger, world: World, before: list[str]) -> bool:
    """Whether the world of a sentence makes a trigger no news."""
    kind = trigger.type.event_class
    if world in ("sport", "finance"):
        literal = _LITERAL if world == "sport" else _LITERAL_OF_MARKETS
        return kind not in literal or trigger.type.event_type in _MILITARY
    if world == "hoax":
        return kind in _BOMBS
    if world == "history" and kind in ("arrest", "politics"):
        # "A court on Wednesday sentenced X for the attacks of Nov. 13, 2015": the verdict is new.
        year = _ANY_YEAR.search(text.text, text.end[trigger.last - 1], sentence.end)
        return year is None or not DATED.search(text.text, sentence.start, year.start())
    if world == "aftermath":
        return trigger.type.lemma in _ROLES["outcome lemma"]
    if world == "cyber":
        return kind in _VIOLENT
    if world == "statistics":
        return kind in _VIOLENT
    if world == "court":
        return kind not in ("arrest", "politics") and (
            "had" in before[-3:] or not _ROLES["testimony"].isdisjoint(text.lower[sentence.first : trigger.first])
        )
    if world == "anniversary":
        clause = text.lower[max(sentence.first, trigger.first - _CLAUSE_WORDS) : trigger.first]
        return kind not in ("arrest", "politics", "protest") and (
            not DATED.search(text.text, sentence.start, sentence.end) or not _RELATIVE.isdisjoint(clause)
        )
    return bool(world)


def _is_called_off(text: Text, sentence: Sentence, trigger: Trigger) -> Judgement | None:
    """Judge a noun that did not, or not yet, take place: "the rally was called off"; None where nothing says so."""
    start, end = text.start[trigger.first], text.end[trigger.last - 1]
    if _CANCELLED.match(text.text, end, sentence.end):
        return Judgement("denied", "called off")
    before = _CALLING_OFF.search(text.text[max(sentence.start, start - _WORDS_REACH) : start])
    if before and not _LASTING.search(before[0]):
        return Judgement("denied", "called off")
    ahead = _PLANNED_FOR.match(text.text, end, sentence.end)
    if ahead is None:
        return None
    return Judgement(None, "condition") if "would" in ahead[0] else Judgement("planned", "plan")


def _base_form(before: list[str]) -> Judgement:
    """Judge a verb without an ending: "will attack", "to attack", "did attack", or the present tense of a headline."""
    near = before[-4:]
    if not near:
        return Judgement("happened", "headline")
    if any(
        word in ("would", "could", "might", "may", "should", "must", "can", "cannot", "let", "help", "helped")
        for word in near[-3:]
    ):
        return Judgement(None, "condition")
    if not _WANTS.isdisjoint(near):
        return Judgement(None, "wanted")
    if any(
        word in ("will", "shall", "'ll", "scheduled", "planned", "plans", "plan", "planning", "vowed", "due", "set")
        for word in near
    ):
        return Judgement("planned", "plan")
    if near[-1] == "to":
        return Judgement(None, "purpose")
    return Judgement("happened", "")


_ARTICLES = [["the"], ["a"], ["an"], ["his"], ["her"], ["their"], ["its"], ["these"], ["those"], ["many"], ["some"]]


def words_around(text: Text, sentence: Sentence, trigger: Trigger) -> list[str]:
    """Return the bag of words around a trigger, for the linear model."""
    lower = text.lower
    a, b, first, last = sentence.first, sentence.last, trigger.first, trigger.last
    lemma, form = trigger.type.lemma, trigger.form
    left = lower[max(a, first - _NEAR) : first]
    right = lower[last : min(b, last + _NEAR)]
    before = left[-1] if left else "^"
    after = right[0] if right else "$"
    two = left[-2] if len(left) > 1 else "^"
    then = right[1] if len(right) > 1 else "$"
    out = [
        f"l{lemma}",
        f"f{form}",
        f"lf{lemma} {form}",
        f"c{trigger.type.event_class}",
        f"b{before}",
        f"a{after}",
        f"bb{two} {before}",
        f"aa{after} {then}",
        f"lb{lemma} {before}",
        f"la{lemma} {after}",
    ]
    out += [f"L{word}" for word in set(left)]
    out += [f"R{word}" for word in set(right)]
    out += [f"S{word}" for word in set(lower[a:b])]
    return out
