"""Give the forms of English verbs and nouns.

The irregular verbs of news English stand in a table; every other verb follows the rules of spelling.
"""

from __future__ import annotations

from typing import Literal

__all__ = ["Form", "forms_of"]

Form = Literal["base", "third", "past", "participle", "ing", "singular", "plural"]

# Lemma: past, participle, present participle where the rules of spelling miss it.
_IRREGULAR = {
    "shoot": ("shot", "shot"),
    "beat": ("beat", "beaten"),
    "fight": ("fought", "fought"),
    "slay": ("slew", "slain"),
    "set": ("set", "set"),
    "burn": ("burned", "burnt"),
    "overrun": ("overran", "overrun"),
    "steal": ("stole", "stolen"),
    "blow": ("blew", "blown"),
    "go": ("went", "gone"),
    "fly": ("flew", "flown"),
    "take": ("took", "taken"),
    "retake": ("retook", "retaken"),
    "throw": ("threw", "thrown"),
    "sink": ("sank", "sunk"),
    "meet": ("met", "met"),
    "flee": ("fled", "fled"),
    "withdraw": ("withdrew", "withdrawn"),
    "break": ("broke", "broken"),
    "die": ("died", "died"),
    "hold": ("held", "held"),
    "strike": ("struck", "struck"),
    "hit": ("hit", "hit"),
    "put": ("put", "put"),
    "lay": ("laid", "laid"),
    "hurt": ("hurt", "hurt"),
    "win": ("won", "won"),
    "fall": ("fell", "fallen"),
    "leave": ("left", "left"),
    "give": ("gave", "given"),
    "bring": ("brought", "brought"),
    "come": ("came", "come"),
    "make": ("made", "made"),
    "begin": ("began", "begun"),
    "drive": ("drove", "driven"),
    "hang": ("hanged", "hanged"),
    "spread": ("spread", "spread"),
    "cut": ("cut", "cut"),
    "catch": ("caught", "caught"),
    "burst": ("burst", "burst"),
    "lead": ("led", "led"),
    "lose": ("lost", "lost"),
    "swear": ("swore", "sworn"),
    "sweep": ("swept", "swept"),
    "tear": ("tore", "torn"),
    "freeze": ("froze", "frozen"),
    "slit": ("slit", "slit"),
    "quit": ("quit", "quit"),
    "find": ("found", "found"),
    "stand": ("stood", "stood"),
    "run": ("ran", "run"),
    "overthrow": ("overthrew", "overthrown"),
}
# Verbs of two syllables and more that double their last letter.
_DOUBLED = {
    "trap",
    "patrol",
    "kidnap",
    "repel",
    "expel",
    "deter",
    "commit",
    "rebel",
    "plan",
    "stab",
    "gun",
    "ban",
    "rob",
    "acquit",
    "quit",
}
_VOWELS = "aeiou"


def forms_of(lemma: str, kind: Literal["verb", "noun"]) -> dict[str, Form]:
    """Return every form of a lemma and what it is; of a phrase the verb's first word or the noun's last one changes.

    Examples
    --------
    >>> forms_of("stab", "verb")
    {'stab': 'base', 'stabs': 'third', 'stabbed': 'past', 'stabbing': 'ing'}
    >>> forms_of("car bomb", "noun")
    {'car bomb': 'singular', 'car bombs': 'plural'}
    """
    words = lemma.split(" ")
    if kind == "noun":
        head, rest = words[-1], words[:-1]
        return {" ".join([*rest, form]): name for form, name in _noun(head).items()}
    head, rest = words[0], words[1:]
    return {" ".join([form, *rest]): name for form, name in _verb(head).items()}


def _noun(noun: str) -> dict[str, Form]:
    if noun.endswith("s") and not noun.endswith("ss"):
        return {noun: "plural"}
    if noun.endswith("y") and noun[-2:-1] not in _VOWELS:
        return {noun: "singular", noun[:-1] + "ies": "plural"}
    return {noun: "singular", noun + ("es" if noun.endswith(("s", "x", "z", "ch", "sh")) else "s"): "plural"}


def _verb(verb: str) -> dict[str, Form]:
    stem = verb + verb[-1] if _doubles(verb) else verb
    if verb.endswith("e") and not verb.endswith("ee"):
        ing = verb[:-2] + "ying" if verb.endswith("ie") else verb[:-1] + "ing"
        past = verb + "d"
    else:
        ing, past = stem + "ing", (verb + "d" if verb.endswith("ee") else stem + "ed")
    third = verb + ("es" if verb.endswith(("s", "x", "z", "ch", "sh", "o")) else "s")
    if verb.endswith("y") and verb[-2:-1] not in _VOWELS:
        past, third = verb[:-1] + "ied", verb[:-1] + "ies"
    pasts = _IRREGULAR.get(verb, (past, past))
    out: dict[str, Form] = {verb: "base", third: "third", pasts[0]: "past"}
    out.setdefault(pasts[1], "participle")
    out[ing] = "ing"
    return out


def _doubles(verb: str) -> bool:
    if verb in _DOUBLED:
        return True
    short = sum(letter in _VOWELS for letter in verb) == 1 and len(verb) > 2
    return short and verb[-1] not in _VOWELS + "wxyhk" and verb[-2] in _VOWELS and verb[-3] not in _VOWELS
