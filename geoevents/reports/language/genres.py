"""Tell what kind of text a report is, where its form gives it away: a review, an invitation, an obituary, a drill.

Such a text tells of what people played, wrote, painted or lived through; only what it dates itself is news.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from geoevents.reports.language.event_types import role_words
from geoevents.reports.language.text import Text

__all__ = ["DATED", "Genre", "genre_of"]

# A day of its own, as news has it.
DATED = re.compile(
    r"\b(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|yesterday|today|overnight|last (?:night|week|month)|"
    r"the same (?:day|night|morning|afternoon|evening))\b"
)
Genre = Literal["screen", "obituary", "invitation", "drill", "comment", "hoax", ""]

_NUMBER = r"(?:one|two|three|four|five|six|seven|eight|nine|ten|\d+)"
# "Salt Road" opens with; Two stars. Directed by. A video game.
_REVIEW = re.compile(
    r"[“\"‘'][A-Z][^”\"’\n,.!?]{1,50}[”\"’'] (?:opens|begins|ends|follows|tells|stars|is set|takes place|depicts|"
    r"premieres?|premiered|centres|centers|imagines|unfolds)\b"
    rf"|(?:^|[.!?]\s+)(?i:{_NUMBER})(?: and a half)? stars?\b|★"
    rf"|\b{_NUMBER}(?: and a half)? stars? out of (?:five|ten|5|10)\b"
    r"|\b(?:(?:R|r)unning time|(?:D|d)irected by|(?:S|s)tarring|in cinemas|box office|on screens|streaming on|"
    r"(?:S|s)eason (?:one|two|three|four|five|six|\d)|video ?games?)\b"
    r"|\b(?:(?:D|d)irector|(?:N|n)ovelist|(?:A|a)uthor|(?:P|p)laywright|(?:S|s)creenwriter|(?:C|c)omposer)\b[^.]{0,40}"
    r"\b(?:weaves|tells|turns|shows|lets|makes|spins|films|draws|stages|imagines)\b"
    r"|\b(?:a|the|this|her|his|their) (?:(?:new|first|latest|short|long) )?"
    r"(?:film|movie|novel|play|documentary|opera|musical|thriller|book|memoir|podcast) (?:about|that tells)\b"
    r"|\b[Ii]n (?:his|her|their) (?:(?:new|first|latest|second|third) )?(?:book|novel|film|memoir|documentary)\b"
)
# Whoever dies of age is remembered for what was long ago.
_OBITUARY = re.compile(
    r"\b(?:has died|who died|died)\b[^.!?]{0,60}\b(?:in (?:his|her) sleep|of old age|after a (?:long|short) illness|"
    r"peacefully)\b|\bobituary\b",
    re.I,
)
_AT_AN_AGE = re.compile(
    r"\b(?:has died|have died|who died|died)\b[^.!?]{0,80}\b(?:aged|at the age of|at) (?:[6-9]\d|1[01]\d)\b", re.I
)
# Whoever dies of one of these is news at any age.
_CAUSES = role_words()["accident"] | frozenset(
    (
        "stabbed",
        "stabbing",
        "murder",
        "murdered",
        "killed",
        "attack",
        "attacked",
        "gunmen",
        "explosion",
        "hit",
    )
)
_BY_FORCE = re.compile(r"\b(?:was|were) (?:shot|stabbed|murdered|assassinated|beaten|blown up)\b(?! down)")
_DIED, _OLD = re.compile(r"\b(?:has|have) died\b"), re.compile(r"\b(?:He|She) was (?:[6-9]\d|1[01]\d)\b")
_INVITATION = re.compile(
    r"\b(?:will|is to|are to) (?:speak|talk|lecture|tell|read|give a (?:talk|lecture|reading)|discuss)\b[^.!?]{0,80}"
    r"\b(?:about|of|on|from)\b"
    r"|\b(?:admission|entry|entrance)(?: is|:)? (?:free|[$€£]?\d)|\btickets? (?:are|cost|from|at|on sale)\b"
    r"|\bdoors open\b|\bcurat(?:or|ed)\b|\b(?:audio|guided|walking|city) (?:walks?|tours?)\b|\bopening hours\b"
    r"|\b(?:app|show|event|concert|lecture|talk|reading) (?:is|was) (?:free|the (?:first|second|third|last))\b",
    re.I,
)
# "Two “gunmen” burst into the hall": who is put in quotes only plays, where an exercise is spoken of.
_PLAYED = re.compile(
    r"[“\"‘'](?:gunm[ae]n|attackers?|victims?|terrorists?|casualt(?:y|ies)|bombs?|hostages?|hijackers?|wounded|"
    r"dead|patients?|explosions?|survivors?|injured|rioters?|protesters|enemy|intruders?|fires?|blasts?|insurgents?)[,.]?"
    r"[”\"’']|\b(?:play(?:ed|ing|s)?|acted|acting as) (?:the )?(?:injured|victims?|wounded|dead|patients|terrorists|"
    r"attackers|casualties|hostages|rioters|survivors)\b",
    re.I,
)
_EXERCISE = re.compile(
    r"\b(?:exercise|drill|simulation|rehearsal|scenario)\b[^.!?]{0,80}"
    r"\b(?:tests?|tested|testing|practi[sc]\w+|rehears\w+|simulat\w+|prepar\w+|train\w*|volunteers|actors|pretend\w*)\b"
    r"|\bdrop, cover\b|\bunder (?:their|the) desks\b|\bketchup\b|\b(?:fake|stage|theatre) blood\b"
    r"|\b(?:tests?|tested|practi[sc]\w+|rehears\w+|simulat\w+|pretend\w*)\b[^.!?]{0,80}\b(?:exercise|drill|scenario)\b",
    re.I,
)
_KILLED = re.compile(r"\b(?:killed|died|dead)\b")
_NOT_A_DRILL = re.compile(r"\b(?:not|no) (?:a |an )?(?:drill|exercise)\b", re.I)
# "Will the Nile be the next battlefield?"; "I have heard no minister talk about stoves".
_ASKED = re.compile(r"^\W*(?:Will|Would|Could|Should|Can|Is|Are|Was|Were|Do|Does|Why|How|What|Who)\b[^.!]*\?$")
_FIRST_PERSON = re.compile(
    r"\bI (?:am|have|had|do|did|would|will|think|believe|know|heard|hear|want|wonder|fear|suspect|remember|say)\b"
)
_QUOTED = re.compile(r"[“\"][^”\"]*[”\"]")
# "Police asked people not to believe messages about kidnappers."
_RUMOUR = re.compile(
    r"\bnot to believe\b|\b(?:false|fake|baseless|unfounded) (?:rumou?rs?|messages?|news|videos?|posts?)\b"
    r"|\brumou?rs?\b[^.!?]{0,60}\b(?:false|untrue|baseless|unfounded)\b",
    re.I,
)
# "OPINION: What the floods teach us".
_COLUMN = re.compile(
    r"^\W*(?:OPINION|Opinion|COMMENT|COMMENTARY|Commentary|EDITORIAL|Editorial|OP-ED|Op-Ed|Op-ed|COLUMN|Column|ESSAY|Essay|"
    r"VIEWPOINT|Viewpoint|LETTERS?|REVIEW|Review)\b\s*(?:[:|–—-]|\n)"
)
# A longer text has a passage of another kind without being of it.
_SHORT = 14
# Sentences in which a text says what it is.
_OPENING = 3


def genre_of(text: Text, said: Sequence[str]) -> Genre:
    """Return what kind of text a report is; empty for news.

    Parameters
    ----------
    said
        The sentences of the text.

    Examples
    --------
    >>> from geoevents.reports.language.text import read_text
    >>> words = "Ann Lee, who has died aged 91, was shot down over the Rhine. She ran a shop."
    >>> text = read_text(words)
    >>> genre_of(text, [words[s.start : s.end] for s in text.sentences])
    'obituary'
    """
    opening = " ".join(said[:_OPENING])
    aged = _AT_AN_AGE.search(opening) or (_DIED.search(opening) and _OLD.search(opening))
    died = next((sentence for sentence in said[:_OPENING] if "died" in sentence), "")
    if _BY_FORCE.search(opening) and DATED.search(opening):
        aged = None  # "Shinzo Abe, who has died aged 67, was shot in Nara on Friday"
    if _OBITUARY.search(opening) or (aged and _CAUSES.isdisjoint(re.findall(r"[a-z]+", died.lower()))):
        return "obituary"
    if _COLUMN.search(text.text):
        return "comment"
    if len(said) > _SHORT:
        return ""
    if _REVIEW.search(text.text):
        return "screen"
    if _INVITATION.search(text.text):
        return "invitation"
    if _RUMOUR.search(opening):
        return "hoax"
    if text.dateline is None and (_ASKED.search(said[0]) or _FIRST_PERSON.search(_QUOTED.sub(" ", text.text))):
        return "comment"
    played = _PLAYED.search(text.text) and re.search(r"\b(?:exercise|drill|acting|actors|rehearsal)\b", text.text)
    if _KILLED.search(_QUOTED.sub(" ", opening)):
        return ""  # a shell that goes off in an exercise is news
    is_drill = (played or _EXERCISE.search(text.text)) and not _NOT_A_DRILL.search(text.text)
    return "drill" if is_drill else ""
