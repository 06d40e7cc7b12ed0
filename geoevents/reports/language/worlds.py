"""Say which world each sentence of a report speaks of: the news, a match, a film, history, a market, a court.

What is told in another world is no news: "the visitors' attack", "the bomb in the opening pages", "the deficit
exploded".
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Literal

from geoevents.reports.language.event_types import role_words
from geoevents.reports.language.genres import DATED, genre_of
from geoevents.reports.language.text import Text

__all__ = ["World", "worlds_of"]

_ROLES = role_words()
World = Literal[
    "sport", "screen", "history", "finance", "drill", "science", "anniversary", "hoax", "court", "cyber", "statistics",
    "obituary", "invitation", "comment", "aftermath", "",
]  # fmt: skip
_LONG_AGO = re.compile(
    r"\b(?:\d+|two|three|four|five|six|seven|eight|nine|ten|several|many|[a-z]+ty) (?:years|decades|centuries) "
    r"(?:ago|earlier|before)\b|\bdecades? ago\b|\b(?:19|18|17)\d0s\b|\blast century\b",
    re.I,
)
# "Have fought for more than a decade, killing 35,000", "since 2015": what went on for years is no news of the day.
_FOR_YEARS = re.compile(
    r"\b(?:for|over|in|during)\s+"
    r"(?:(?:more than|nearly|about|almost|over|some|around|at least|well over|the last|the past)\s+)*"
    r"(?:(?:a|one|two|three|four|five|six|seven|eight|nine|ten|several|many|\d+|[a-z]+teen|[a-z]+ty)\s+)?"
    r"(?:decades?|years)\b|\bsince (?:independence|(?P<since>(?:19|20)\d\d))\b",
    re.I,
)
_PERFECT = re.compile(
    r"\b(?:has|have|had)\s+(?:[a-z]+ly\s+|also\s+)?"
    r"(?:been|[a-z]+ed|fought|left|driven|seen|led|lost|taken|struck|hit|cost)\b",
    re.I,
)
# "The war has displaced eight million people."
_WAR_HAS = re.compile(
    r"\b(?:the|this) (?:war|conflict|civil war|insurgency) (?:has|have) (?:also |already |so far )?"
    r"(?:killed|displaced|left|claimed|forced|driven|cost)\b",
    re.I,
)
# What builds up slowly is told so.
_SLOW = frozenset(("drought", "famine", "epidemic", "outbreak", "cholera", "ebola", "measles", "dengue", "pandemic"))
# "At 1730 GMT" is no year, nor is "1640: Bertoua".
_YEAR = re.compile(
    r"(?<!\bat )\b(1[5-9]\d\d|20\d\d)\b(?!-)(?!: )(?! ?(?:gmt|utc|hrs|hours|h|local|z|people|men|women)\b)", re.I
)
# Words without which a sentence speaks of no years that go on, and of nothing long ago.
_OF_YEARS, _OF_LONG_AGO = (
    ("years", "decade", "since", "war ", "conflict ", "insurgency "),
    ("years", "decade", "centur", "0s"),
)
# A year so long before the report's makes the rest of its paragraph history too.
_FAR_BACK = 40
# "In the 34th minute".
_MINUTE = re.compile(r"\b\d{1,2}(?:st|nd|rd|th) minute\b")
# "Won 3-1", "four-nil", "56 runs": counts as two words of sport.
_SCORE = re.compile(
    r"\b(?:one|two|three|four|five|six|\d{1,2})-(?:nil|love)\b|\b\d{1,3} runs\b"
    r"|\b(?:w[io]ns?|won|beat|beaten|lost|lose|drew|led|lead|victory|defeat(?:ed)?|crushed|thrashed|edged|score|scored|ahead)"
    r"\b[^.;]{0,40}(?<![\d/.:-])\b\d{1,3}[-–]\d{1,3}\b(?![-/\d])"
    r"|\b\d{1,2}[-–]\d{1,2} (?:win|victory|defeat|draw|lead|loss|up|down|ahead|behind)\b",
    re.I,
)
# What a score has.
_DIGIT, _OF_SCORES = re.compile(r"\d"), ("-nil", "-love")
# Different words of another world within a sentence and its neighbours that make it of that world.
_WIDE = 3
_MEASURED_BY = re.compile(
    rf"\b(?:{'|'.join(sorted(_ROLES['superlative']))})\b[^.;]{{0,80}}?\bsince\b[^.;,]{{0,60}}?\b(?:1[5-9]|20)\d\d\b",
    re.I,
)
# Worlds that go on until the paragraph ends or a year of the report's own is named.
# Kinds of texts of which nothing is news, not even what has a day.
_ALWAYS = ("obituary", "drill")
# Worlds whose sentences may tell of people hurt all the same, and words that do.
_NO_VETO = ("sport", "screen", "drill", "science", "finance", "cyber", "statistics")
_HARD = re.compile(
    r"\b(?:was|were|been) (?:fatally )?(?:shot|stabbed|killed|wounded|arrested|detained|kidnapped)\b(?! down)"
    r"|\b(?:shot dead|gunm[ae]n|suicide bomber|opened fire|explosions? (?:hit|rocked|shook|ripped))\b",
    re.I,
)
_SPREADS = ("screen", "sport", "drill", "science")
_VENUE = re.compile(r"\b(?:movie|film|picture|concert|opera) (?:theat(?:er|re)|house|hall)s?\b", re.I)
_VENUES = frozenset(("movie", "film", "theater", "theatre", "concert", "opera"))
_DRILL, _DRILL_WORDS = _ROLES["drill"] | _ROLES["drill certain"], 2
_SPORT = _ROLES["sport"] | _ROLES["sport around"]
# So many words of sport are enough where one of them is of nothing else, else one more.
_SPORT_WORDS, _SCREEN_WORDS, _HISTORY_WORDS, _SCIENCE_WORDS = 3, 2, 2, 2
_CYBER_WORDS, _STATISTICS_WORDS = 2, 3
# Different words of markets and budgets among three sentences, or among seven; where people are hurt, it is none.
_FINANCE_WORDS, _FINANCE_WIDE = 3, 4
_COURT_WORDS = 3
# The words that say of which world a sentence is; the others are left out of the sets that are joined.
_TELLING = (_SLOW | {"per", "cent"}).union(
    *(
        _ROLES[role]
        for role in (
            "screen", "screen around", "drill", "drill certain", "sport", "sport around", "cyber", "statistics",
            "museum", "science", "finance", "court", "harm", "remembrance", "remembering",
        )
    )
)  # fmt: skip
_AS_WRITTEN = _TELLING | {f"{word}'s" for word in _TELLING}
# "Ten years after a building came down in Savar": a report that opens so, or with two such words, remembers.
_YEARS_ON = re.compile(
    r"^\W*(?:\w+[- ])?\w+ (?:years?|decades?|centur(?:y|ies)) (?:to the day )?(?:after|since|ago|on|later)\b", re.I
)
_OPENING, _FIRST, _REMEMBRANCE_WORDS = 3, 2, 2
# "Five years after the court banned the party": without such a word only a short text is all about the past.
_SHORT = 12
# "Each June she comes to the park": with a word of remembrance an opening that says so marks an anniversary.
_EACH_YEAR = re.compile(
    r"\b(?:each|every) (?:year|spring|summer|autumn|winter|January|February|March|April|May|June|July|August|September|"
    r"October|November|December)\b",
    re.I,
)
# "A false alarm", "dogs found nothing": no bomb of the sentences around has gone off.
_HARMLESS = re.compile(
    r"\b(?:false alarm|hoax(?:es)?|found nothing|nothing (?:suspicious )?was found|"
    r"(?:proved|turned out) to be (?:an? )?(?:fake|dummy|empty|harmless|false)|"
    r"no (?:bombs?|explosives?|devices?) (?:was|were) found|not to believe|"
    r"(?:baseless|unfounded|fake|false) (?:rumou?rs?|messages?|news|videos?|posts?))\b",
    re.I,
)
# Words without which nothing is harmless.
_OF_HARMLESS = ("false", "hoax", "nothing", "found", "to be ", "to believe", "baseless", "fake")
_HARMLESS_REACH = 2


def worlds_of(text: Text, report_year: int | None, victims: Collection[int] = ()) -> list[World]:
    """Return for each sentence which world it speaks of: sport, a film or book, history, a market; empty for news.

    A sentence has the world of its paragraph's last one that says so, until one names a year of the report's own.

    Parameters
    ----------
    report_year
        The year of the report, None where it is not known.
    victims
        Numbers of the sentences that count killed or injured people: where such a one says its day, it is news whatever
        is spoken of around it.

    Examples
    --------
    >>> from geoevents.reports.language.text import read_text
    >>> worlds_of(read_text("Her third novel has a hero. The plot creaks. The ferry sank."), 2022)
    ['screen', 'screen', 'screen']
    """
    words = [
        {word.removesuffix("'s") for word in _AS_WRITTEN.intersection(text.lower[s.first : s.last])}
        for s in text.sentences
    ]
    said = [text.text[s.start : s.end] for s in text.sentences]
    small = [sentence.lower() for sentence in said]
    if any(venue in one for one in small for venue in _VENUES):
        # A bomb in a cinema is no film.
        words = [own - _VENUES if _VENUE.search(one) else own for own, one in zip(words, said, strict=True)]
    whole = genre_of(text, said)
    remembers = report_year is not None and _remembers(words, said)
    is_old = report_year is not None and any(int(year) < report_year - 1 for year in _YEAR.findall(text.text))
    harmless = [i for i, one in enumerate(small) if _has(one, _OF_HARMLESS) and _HARMLESS.search(said[i])]
    out: list[World] = []
    far_back = -1
    for i, sentence in enumerate(text.sentences):
        # "The deadliest flood since 2019 killed nine on Friday" is not of 2019.
        measured = _MEASURED_BY.sub("", said[i]) if "since" in small[i] else said[i]
        years = [int(year) for year in _YEAR.findall(measured)] if report_year is not None else []
        past = bool(years) and report_year is not None and max(years) < report_year - 1
        now = bool(years) and not past
        long_ago = _has(small[i], _OF_LONG_AGO) and _LONG_AGO.search(said[i])
        goes_on = report_year is not None and _has(small[i], _OF_YEARS) and _goes_on(words[i], said[i], report_year)
        if past or goes_on or (report_year is not None and long_ago):
            world: World = "history"
        else:
            world = _world_of_words(words, small, said[i], i)
            # A court hears of last week, too; only where the report names an old year are its witnesses' words history.
            world = "" if world == "court" and not is_old else world
        if world in _NO_VETO and _is_hard_news(said[i], i in victims):
            out.append("")
            continue
        if not world and i and not now and out[-1] in _SPREADS:
            world = out[-1] if text.sentences[i - 1].paragraph == sentence.paragraph else ""
        if not world and far_back == sentence.paragraph and not now:
            world = "history"
        if not world and remembers:
            world = "anniversary"
        if not world and any(abs(i - other) <= _HARMLESS_REACH for other in harmless):
            world = "hoax" if not _is_harmful(words, i) else ""
        if past and report_year is not None and max(years) < report_year - _FAR_BACK:
            far_back = sentence.paragraph
        if not world and (whole in _ALWAYS or not DATED.search(said[i])):
            world = "" if whole == "hoax" and _is_harmful(words, i) else whole
        if not world and i and out[-1] == "history" and not now and not DATED.search(said[i]):
            # "Jets dropped gas on the town in 1988. Some 5,000 people suffocated."
            world = "aftermath" if text.sentences[i - 1].paragraph == sentence.paragraph else ""
        out.append(world)
    return out


def _goes_on(words: set[str], sentence: str, report_year: int) -> bool:
    """Whether a sentence sums up years: "the conflict has killed 35,000 people since 2009"."""
    if _WAR_HAS.search(sentence) and not DATED.search(sentence):
        return True
    span = _FOR_YEARS.search(sentence)
    if span is None or not _PERFECT.search(sentence) or DATED.search(sentence) or not _SLOW.isdisjoint(words):
        return False
    return span["since"] is None or int(span["since"]) < report_year


def _has(sentence: str, words: Sequence[str]) -> bool:
    """Whether a sentence has one of some words, which is quicker to see than what stands around them."""
    return any(word in sentence for word in words)


def _is_hard_news(sentence: str, has_victims: bool) -> bool:
    """Whether a sentence tells of people hurt on a day: the match where "a gunman shot dead two fans on Monday"."""
    return DATED.search(sentence) is not None and (has_victims or _HARD.search(sentence) is not None)


def _world_of_words(words: Sequence[set[str]], small: Sequence[str], said: str, i: int) -> World:
    """Return the world that the words of a sentence, as said and in small letters, and of those around it belong to."""
    own = words[i]
    near: set[str] = set().union(*words[max(0, i - 1) : i + 2])
    wide: set[str] = set().union(*words[max(0, i - _WIDE) : i + _WIDE + 1])
    shown = wide & _ROLES["screen"]
    if len(shown) >= _SCREEN_WORDS and not shown <= _ROLES["screen around"] and own & _ROLES["screen"]:
        return "screen"
    if len(near & _DRILL) >= _DRILL_WORDS and wide & _ROLES["drill certain"]:
        return "drill"
    if _is_sport(near, small[i]):
        return "sport"
    if len(wide & _ROLES["cyber"]) >= _CYBER_WORDS:
        return "cyber"
    if len(near & _ROLES["statistics"]) + ("per" in near and "cent" in near) >= _STATISTICS_WORDS:
        return "statistics"
    if len(near & _ROLES["museum"]) >= _HISTORY_WORDS:
        return "history" if not _is_hard_news(said, False) else ""
    if len(near & _ROLES["science"]) >= _SCIENCE_WORDS:
        return "science"
    finance = _ROLES["finance"]
    if len(near & finance) >= _FINANCE_WORDS or len(wide & finance) >= _FINANCE_WIDE:
        return "finance" if not _is_harmful(words, i) else ""
    return "court" if len(near & _ROLES["court"]) >= _COURT_WORDS else ""


def _is_sport(near: set[str], sentence: str) -> bool:
    certain = 2 * bool("minute" in sentence and _MINUTE.search(sentence))
    if _DIGIT.search(sentence) or _has(sentence, _OF_SCORES):
        certain += 2 * bool(_SCORE.search(sentence))
    words = len(near & _SPORT) + certain
    return words >= _SPORT_WORDS + (near.isdisjoint(_ROLES["sport"]) and not certain)


def _is_harmful(words: Sequence[set[str]], i: int) -> bool:
    """Whether the sentences around one speak of people who are hurt."""
    return any(not _ROLES["harm"].isdisjoint(near) for near in words[max(0, i - _WIDE) : i + _WIDE + 1])


def _remembers(words: Sequence[set[str]], said: Sequence[str]) -> bool:
    """Whether a report marks the anniversary of what happened long ago."""
    opening: set[str] = set().union(*words[:_OPENING])
    marked = not _ROLES["remembrance"].isdisjoint(opening)
    each_year = any(_EACH_YEAR.search(sentence) for sentence in said[:_OPENING])
    if each_year and opening & _ROLES["remembering"]:
        return True
    if marked and len(opening & (_ROLES["remembrance"] | _ROLES["remembering"])) >= _REMEMBRANCE_WORDS:
        return True
    if not marked and len(said) > _SHORT:
        return False
    return any(_YEARS_ON.search(sentence) for sentence in said[: _OPENING if marked else _FIRST])
