"""Tell what befell those a number counts, by the words about it: killed, injured, detained, displaced and the like."""

from __future__ import annotations

from functools import cache
from itertools import pairwise

from geoevents.reports.counts.nouns import PREPOSITIONS, find_noun
from geoevents.reports.counts.number_words import Number, Word, classes, key_at
from geoevents.reports.counts.tolls import ENDS, kinds_of

__all__ = ["ENDS", "INCLUDING", "among_kind", "inverted_kind", "object_kind", "predicate_kind"]

INCLUDING = {"including", "among", "includes", "include", "included", "mostly", "mainly", "many", "most"}
# How many words behind a number may bring its verb, and before it a toll.
_REACH = 18
_PASSIVE = {"was", "were", "been", "be", "being", "is", "are", "get", "got", "gets"}
# Words that may stand between a verb and the number it has as its object, or between a participle and its auxiliary.
_OBJECT_LINKS = {"the", "also", "another", "both", "his", "her", "their", "its", "as"}
_BEFORE_OBJECT = {"the", "his", "her", "their", "its", "more", "at", "as", "up", "some", "about", "over", "nearly"}
# Verbs of two words before their object: "shot dead 12", "gunned down three", "rounded up 30".
_LAST_OF_ACTIVE = ("dead", "death", "down", "up", "hostage", "away", "off", "captive")
# "Moved 640 families to safer ground": words from the verb to the refuge.
_REFUGE_WITHIN = 9
# "Killed by the blast were two guards": words from the start of the sentence to the verb.
_INVERTED_WITHIN = 12
# First words of phrases that belong to a count only right behind it or behind an auxiliary.
_CLOSE = ("in", "under", "been", "his", "her")
_CORRECTED_WITHIN = 5
_DEATH_AND = (("death", "and"), ("deaths", "and"), ("death", "or"), ("deaths", "or"))
# "Sentenced 11 men to death" kills nobody yet.
_SENTENCED = {"sentenced", "sentences", "sentencing", "sentence", "condemned", "condemns"}
_SENTENCED_WITHIN = 8
# "Rescuers are searching for 15 people".
_SEARCHING = {"search", "searching", "searched", "looking"}
# "Took seven workers hostage", "holding 30 villagers captive".
_CAPTIVE = {"hostage", "captive", "hostages", "captives"}
_REFLEXIVES = {"himself", "herself", "themselves", "itself"}
# "Militiamen loyal to them were killed": the phrase goes on.
_ATTACHED = {"loyal", "belonging", "linked", "close", "allied", "affiliated"}
# Words that open an insertion behind a noun: "three people, two of them children, were killed".
_INSERTS = INCLUDING | {"all", "some", "both", "two", "three", "one", "four", "aged", "half"}


@cache
def _phrases() -> dict[tuple[str, ...], str]:
    """Return the words that mean together what none of them means alone: "taken hostage", "lost their lives"."""
    return {tuple(words.split()): kind for words, kind in classes()["phrase"].items()}


@cache
def _phrase_starts() -> frozenset[str]:
    return frozenset(words[0] for words in _phrases())


def object_kind(words: list[Word], number: Number) -> str:
    """Return the kind of the verb whose object the number is, or of the noun before its "of"."""
    at = number.first - 1
    while key_at(words, at) in _OBJECT_LINKS and at > number.first - 3:
        at -= 1
    if key_at(words, at) == "but":
        # "Killed not 11 but 13 people".
        at = next((i - 1 for i in range(at, at - _CORRECTED_WITHIN, -1) if key_at(words, i) == "not"), at)
    if key_at(words, at) == "and" and key_at(words, at - 1) in _REFLEXIVES:
        at -= 2  # "killed himself and six others"
    if (key_at(words, at - 1), key_at(words, at)) in (("along", "with"), ("together", "with")):
        return classes()["verb"].get(key_at(words, at - 2), "")  # "killed along with her three children"
    key, before = key_at(words, at), key_at(words, at - 1)
    if key == "for" and before in _SEARCHING:
        return "missing"
    if key in _LAST_OF_ACTIVE and (pair := _phrases().get((before, key), "")):
        return "" if _is_passive(words, at - 1) else pair
    if key in classes()["moved"] and not _is_passive(words, at) and _goes_to_refuge(words, number.last + 1):
        return "displaced"
    if key == "of" and (key_at(words, at - 3), key_at(words, at - 2)) in _DEATH_AND and before.startswith("injur"):
        return "other"  # "the death and injury of scores of civilians"
    if key == "of" and before in classes()["noun of"]:
        return classes()["noun of"][before]
    if key == "of" and before == "toll":
        return "killed"
    kind = classes()["verb"].get(key, "")
    if not kind or _is_passive(words, at):
        return ""
    if kind == "injured" and _comes_to_death(words, number.last + 1):
        return "killed"
    other = key_at(words, at - 2)
    if (
        before in ("and", "or", "/")
        and other in classes()["verb"]
        and classes()["verb"][other] != kind
        and not _is_passive(words, at - 2)
    ):
        return "other"
    return kind


def _comes_to_death(words: list[Word], at: int) -> bool:
    """Return whether "to death" follows in the clause: "stabbed three people to death"."""
    for position in range(at, min(len(words), at + _REFUGE_WITHIN)):
        if words[position].key in ENDS or words[position].key == ",":
            return False
        if (words[position].key, key_at(words, position + 1)) == ("to", "death"):
            return True
    return False


def _goes_to_refuge(words: list[Word], at: int) -> bool:
    """Return whether "to safety", "to relief camps" or "to higher ground" follows in the clause."""
    for position in range(at, min(len(words), at + _REFUGE_WITHIN)):
        if words[position].key in ENDS or words[position].key == ",":
            return False
        if words[position].key == "to":
            keys = [key_at(words, position + step) for step in range(1, 5)]
            return any({one, f"{one} {two}"} & classes()["refuge"].keys() for one, two in pairwise(keys))
    return False


def _is_passive(words: list[Word], at: int) -> bool:
    """Return whether a participle follows a form of "be" or "get"."""
    for back in range(1, 4):
        key = key_at(words, at - back)
        if key in _PASSIVE:
            return True
        if not key.endswith("ly") and key not in ("also", "not", "been", "shot"):
            return False
    return False


def predicate_kind(words: list[Word], number: Number, noun_end: int, starts: dict[int, Number]) -> str:
    """Return the kind that the words behind a number give it, "" when they give none.

    "Three men were killed", "12 dead", "two in custody".

    Parameters
    ----------
    words, number
        The words of a text, and a number among them.
    noun_end
        The word behind the noun it counts.
    starts
        The numbers of the text, by the first word of their value.
    """
    table = classes()
    at = _behind_whole(words, number.last + 1)
    end = min(len(words), at + _REACH)
    auxiliary, direct = False, True
    # "Eleven of the wounded are in intensive care".
    adjective = kinds_of("verb", "state").get(key_at(words, at - 1), "") if at == number.last + 4 else ""
    while at < end and key_at(words, at) not in ENDS and "\n" not in key_at(words, at):
        key, following = key_at(words, at), key_at(words, at + 1)
        is_verb = key in table["verb"]
        if at == noun_end and key in _CAPTIVE:
            return "abducted"
        if at == noun_end and key == "alive" and key_at(words, number.first - 1).startswith("burn"):
            return "killed"
        if key == "in" and _is_ill(words, at + 1):
            return "injured"
        if key == "with" and (at <= noun_end + 1 or key_at(words, at - 1) == "found") and _has_wounds(words, at + 1):
            return "injured"
        if auxiliary and following == "and" and key.endswith("ed") and key not in table["verb"]:
            harm = table["verb"].get(key_at(words, at + 2), "")
            if harm and not _has_object(words, at + 3, starts):
                return harm  # "five soldiers were ambushed and killed"
        if (following, key_at(words, at + 2)) == ("to", "death") and key.endswith(("ed", "en")):
            at += 1  # "three men suffocated to death"
            continue
        if key in table["moved"] and auxiliary and _goes_to_refuge(words, at + 1):
            return "displaced"
        if key in table["suffer"] and not table["wound"].keys().isdisjoint(w.key for w in words[at + 1 : at + 5]):
            return "injured"
        if key == "victims" and auxiliary and following == "of":
            # "Twelve people are the victims of a massacre".
            of = next((key_at(words, i) for i in range(at + 2, at + 5) if key_at(words, i) in table["noun of"]), "")
            if of:
                return table["noun of"][of]
        phrase = _phrase_kind(words, at)
        if phrase and (auxiliary or direct or key not in _CLOSE):
            return phrase
        kind = table["verb"].get(key) or table["state"].get(key, "")
        if kind and at < noun_end - 1 and not auxiliary:
            # "12 wounded soldiers", "four displaced persons killed": an adjective, unless a verb follows.
            adjective = adjective or kind
        elif kind and (
            auxiliary or direct or at <= noun_end + 1 or (is_verb and key.endswith(("ed", "slain", "hurt")))
        ):
            perfect = key_at(words, at - 1) in ("has", "have", "had")  # "two bombs have killed 58"
            acts = is_verb and (
                perfect or (not auxiliary and (key.endswith("ing") or _has_object(words, at + 1, starts)))
            )
            if acts:
                return adjective
            both = following in ("and", "or", "/") and table["verb"].get(key_at(words, at + 2), kind) != kind
            return "other" if both else kind
        if key in table["happening"] and (at >= noun_end or direct) and (auxiliary or not key.endswith("ing")):
            return table["happening"][key]
        if _ends_phrase(words, at, noun_end, starts, auxiliary=auxiliary):
            break
        auxiliary = auxiliary or key in table["aux"]
        direct = direct and at < noun_end
        at = _skip(words, at, end, starts) + 1
    return adjective


def _phrase_kind(words: list[Word], at: int) -> str:
    """Return the kind of the phrase that begins at a word: "to death", "lost their homes"; "" for none."""
    key, following = key_at(words, at), key_at(words, at + 1)
    if key not in _phrase_starts():
        return ""
    third = key_at(words, at + 2)
    kind = (
        _phrases().get((key, following, third, key_at(words, at + 3)))
        or _phrases().get((key, following, third))
        or _phrases().get((key, following), "")
    )
    if (key, following) == ("to", "death"):
        before = {word.key for word in words[max(0, at - _SENTENCED_WITHIN) : at]}
        return kind if before.isdisjoint(_SENTENCED) else ""
    return kind


def _behind_whole(words: list[Word], at: int) -> int:
    """Pass by the whole that a number is taken from: "of the 14 wounded" in "six of the 14 wounded died"."""
    position = at + 1 + (key_at(words, at + 1) in ("the", "those", "these", "its", "their"))
    counted = key_at(words, position)
    if key_at(words, at) == "of" and counted in kinds_of("verb", "state") and position == at + 2:
        return position + 1  # "one of those hurt later died"
    if key_at(words, at) != "of" or not (counted.isdigit() or counted in classes()["number"]):
        return at
    return position + 1 + (key_at(words, position + 1) in kinds_of("verb", "state"))


def among_kind(words: list[Word], number: Number) -> str:
    """Return the kind of those that a number is among: "among the dead were three officers"; "" for none."""
    at = number.first - 1
    verb, state, article, among = (key_at(words, at - back) for back in range(4))
    if verb in ("include", "included", "includes") and article == "the" and state in classes()["state"]:
        return classes()["state"][state]  # "the dead include four women"
    if verb in ("include", "included", "includes") and "toll" in (state, article, among):
        return "killed"  # "the toll now includes 14 firefighters"
    if verb in _PASSIVE and article in ("the", "those") and among in ("among", "amongst", "of"):
        return kinds_of("state", "verb", "casualty").get(state, "")
    return ""


def inverted_kind(words: list[Word], number: Number) -> str:
    """Return the kind of a sentence that begins with it: "Killed by the blast were two guards"; "" for none.

    Examples
    --------
    >>> from geoevents.reports.counts.number_words import find_numbers, split_words
    >>> words = split_words("Also wounded in the raid were two guards.")
    >>> inverted_kind(words, find_numbers(words)[0])
    'injured'
    """
    if key_at(words, number.first - 1) not in ("were", "was"):
        return ""
    at = number.first - 2
    while at > 0 and number.first - at < _INVERTED_WITHIN and words[at - 1].key not in ENDS | {","}:
        if "\n" in words[at - 1].key:
            break
        at -= 1
    at += key_at(words, at) in ("also", "among")
    key = key_at(words, at)
    if at >= number.first - 1 or not (key.endswith("ed") or key in classes()["state"]):
        return ""
    return kinds_of("verb", "state").get(key, "")


def _has_wounds(words: list[Word], at: int) -> bool:
    """Return whether a word for wounds stands among the next three: "with severe burns"."""
    return any(key_at(words, at + step) in classes()["wound"] for step in range(3))


def _is_ill(words: list[Word], at: int) -> bool:
    """Return whether "a critical condition" or "serious condition" begins at a word."""
    at += key_at(words, at) in ("a", "an")
    return key_at(words, at) in classes()["ill condition"] and key_at(words, at + 1) in ("condition", "state")


def _ends_phrase(words: list[Word], at: int, noun_end: int, starts: dict[int, Number], *, auxiliary: bool) -> bool:
    """Return whether a word ends what is said of a number: another number, a clause, another verb."""
    key, following = key_at(words, at), key_at(words, at + 1)
    if key in classes()["stop"]:
        return True
    if key in ("who", "that") and (following in _PASSIVE or following in ("had", "have", "died", "drowned")):
        return False
    if key == "aged" or (key == "who" and _after_clause(words, at) > at):
        return False
    if key == "to" and key_at(words, at - 1) in _ATTACHED:
        return False
    if key in ("who", "that", "to"):
        return at >= noun_end and not _phrase_kind(words, at) and not (key == "to" and auxiliary)
    if key == "and":
        return at + 1 in starts or auxiliary
    if at in starts:
        return at >= noun_end and not starts[at].article
    if key in classes()["aux"] or key in PREPOSITIONS or key in classes()["people"] or key.endswith("ly"):
        return False
    # Another verb than one of harm: "were gathered", "marched".
    if auxiliary:
        return at > noun_end and key.endswith(("ed", "en", "ing"))
    return at >= noun_end and key.endswith("ed")


def _after_clause(words: list[Word], at: int) -> int:
    """Return the auxiliary behind a clause that "who" opens ("men who tried to flee were shot"), or the word itself."""
    for position in range(at + 2, min(len(words), at + 12)):
        if words[position].key in ENDS or words[position].key in ("who", ","):
            break
        if words[position].key in ("was", "were", "are", "have", "had"):
            return position
    return at


def _skip(words: list[Word], at: int, end: int, starts: dict[int, Number]) -> int:
    """Return the last word of an insertion that begins here, or the word itself."""
    key, following = key_at(words, at), key_at(words, at + 1)
    if key == "(":
        return next((i for i in range(at, end) if words[i].key == ")"), end)
    if key == ",":
        aged = following.isdigit() and key_at(words, at + 2) in (",", ")")
        inserted = following in _INSERTS or at + 1 in starts or aged
        return next((i for i in range(at + 1, end) if words[i].key == ","), end) if inserted else end
    if key in ("from", "of") and (following, key_at(words, at + 2)) == ("one", "family"):
        return at + 2
    if key == "who" and following not in _PASSIVE:
        return max(at, _after_clause(words, at) - 1)
    if key == "aged":
        while following.isdigit() or following in ("and", ",", "to", "between"):
            at, following = at + 1, key_at(words, at + 2)
        return at
    if key in INCLUDING and at + 1 in starts:
        return find_noun(words, starts[at + 1].last + 1)[1] - 1
    return at


def _has_object(words: list[Word], at: int, starts: dict[int, Number]) -> bool:
    """Return whether an object follows a verb, so that its subject acts: "three soldiers killed 12 rebels"."""
    key, following = key_at(words, at), key_at(words, at + 1)
    if key in _BEFORE_OBJECT and any(position in starts for position in (at + 1, at + 2)):
        return True
    if key in ("the", "its", "his", "their") and following in kinds_of("person", "people"):
        return True
    if key in ("him", "them"):
        return True
    return key in classes()["people"] or (at in starts and not (starts[at].article and following in classes()["unit"]))
