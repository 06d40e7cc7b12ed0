"""Tell from the words beside a time whether it is past or to come: "was shot on Friday", "will meet on Friday"."""

from __future__ import annotations

from typing import Literal

from geoevents.reports.times.numbers import Phrase
from geoevents.reports.times.words import Tokens

__all__ = ["Tense", "tense_of"]

Tense = Literal["future", "past", ""]

# How many words to the left and right of a phrase may decide its tense.
_REACH = 25
# Verbs of the past whose "until" was in the past too: "the siege lasted until Monday".
_PAST_UNTIL = {"lasted", "continued", "stayed", "remained", "raged", "ran", "fought", "went"}


def tense_of(tokens: Tokens, phrase: Phrase) -> Tense:
    """Return whether the words beside a phrase speak of what was or of what is to come, "" when they do not say.

    The nearest cue to the left decides, with the auxiliaries before it ("will be held"); failing that, the nearest to
    the right in the sentence.

    Examples
    --------
    >>> from geoevents.reports.times.phrases import find_phrases
    >>> from geoevents.reports.times.words import tokenize
    >>> tokens = tokenize("He said on Monday that talks will be held on Friday.")
    >>> [tense_of(tokens, phrase) for phrase in find_phrases(tokens)]
    ['past', 'future']
    """
    codes = tokens.codes
    before = codes[phrase.first - 1 : phrase.first]
    if before == "J" and tokens.items[phrase.first - 1].value == "0":  # "starting Monday"
        return "future"
    for at in range(phrase.first - 1, max(-1, phrase.first - _REACH), -1):
        if codes[at] in ".;¶":
            break
        tense = _cue_before(tokens, at, waiting=before == "K")
        if tense:
            return tense
    for at in range(phrase.last + 1, min(len(codes), phrase.last + _REACH)):
        if codes[at] in ".;¶":
            break
        if codes[at] == "<":
            return "past"
        if (codes[at] == "!" and _is_cue(tokens, at)) or codes[at : at + 2] == "%>":
            return "future"  # "on Saturday supporters are to fill the arena"
    return ""


def _cue_before(tokens: Tokens, at: int, *, waiting: bool) -> Tense:
    """Return the tense that a word to the left gives, "" for none; ``waiting`` says that "until" opens the time."""
    codes = tokens.codes
    code, earlier = codes[at], codes[at - 1 : at]
    if (code == "!" and _is_cue(tokens, at)) or (code == ">" and earlier == "%"):
        return "future"
    if code == "<":
        awaited = waiting and tokens.items[at].word not in _PAST_UNTIL
        return "future" if awaited or _to_come(tokens, at) else "past"
    if code == "%" and earlier != ",":
        return "future" if waiting else "past"
    return ""


def _is_cue(tokens: Tokens, at: int) -> bool:
    """Return whether a word of the future is one here: "set" and "going" are before "to" only."""
    return tokens.items[at].value != "to" or tokens.codes[at + 1 : at + 2] == ">"


def _to_come(tokens: Tokens, at: int) -> bool:
    """Return whether the auxiliaries before a participle speak of the future: "will be held", "is to be tried"."""
    at -= 1
    while at >= 0 and tokens.codes[at] == "=":
        at -= 1
    if at < 0:
        return False
    if tokens.codes[at] == "!":
        return _is_cue(tokens, at)
    return tokens.codes[at] == ">" and tokens.codes[at + 1] == "="
