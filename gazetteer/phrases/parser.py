"""Reads a place phrase into a small tree, by its words alone.

A phrase as a person wrote it becomes a tree, whose leaves are names and whose branches say what the words
around them ask for. Nothing is looked up here: whether "South Sudan" is a name or the south of Sudan, and whether
"Ariha, Idlib" is one place inside another or two places, is decided where names are known
(`gazetteer.phrases.resolver`).

The grammar, in EBNF; words match in any case, and what matches no rule is a name::

    phrase      = [ filler ] ( minus | offset | toward | between | road | border | coast | near | apposed | capital
                             | members | part | inside | list ) | name ;
    minus       = phrase ( "except" | "excluding" | "without" | "but not" | "but" ) phrase ;
    offset      = [ "about" ] number unit [ direction ] [ "of" | "from" | "off" | "outside" ] phrase ;
    toward      = [ "just" ] direction "of" phrase ;
    between     = "between" phrase "and" phrase ;
    road        = [ "along" | "on" ] "the road" ( "from" phrase "to" phrase | "between" phrase "and" phrase )
                | name dash name ( "road" | "highway" | … ) ;
    border      = name dash name "border" | "border" ( "between" name "and" name | "of" phrase )
                | name "'s border" [ "with" name ] | name "border" [ "with" name ] ;
    coast       = [ "off" ] "the" [ direction | name ] "coast of" phrase | "off" phrase
                | name "'s" ( direction | name ) "coast" | name "coast" ;
    capital     = "the capital of" phrase | name [ "'s" ] "capital" [ [ "of" ] name ] ;
    near        = ( "near" | "around" | "outside" | "outskirts of" | "countryside of" | … ) phrase
                | name ( "area" | "outskirts" | "countryside" | "refugee camps" | "metro" | "front" | … ) ;
    apposed     = { adjective | name [ "'s" ] } kind [ "of" ] name | name "'s" adjective name
                | directions name "'s" name ;
    members     = name ( "members" | "observers" | "candidate countries" | "countries" | … ) | "members of" name ;
    part        = directions [ [ "part" | "half" | "areas" | … ] "of" ] phrase | "the" directions "of" phrase
                | name "'s" [ adjective ] directions [ "part" | … ] | directions [ "part" | … ] ;
    directions  = direction { ( "and" | "or" | "," | "/" ) direction } | direction "-central" ;
    inside      = phrase ( "," | "(" | " - " | ":" | "in" | "of" ) phrase | name "'s" name
                | name ( offset | toward | near | between | border | coast ) ;
    list        = phrase { ( "," | ";" | "/" | "and" ) phrase } [ unit word ] ;
    direction   = "north" | "northern" | "N" | "north-western" | … | "central" | "inner" ;

"inside" and "list" share the comma, so both are read as a sequence of chains; see `gazetteer.phrases.tree.Term`.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from gazetteer.phrases import appositions, joining_rules, patterns, spatial_rules
from gazetteer.phrases.levels import DEEPEST, Known, Level
from gazetteer.phrases.tree import Name, Node

__all__ = ["LONGEST", "RULES", "folded", "read"]

# Longer cells are texts, not place phrases.
LONGEST = 500
_NOTHING_KNOWN = Known()


def read(phrase: str, known: Known = _NOTHING_KNOWN) -> Node:
    """Return the tree of a phrase.

    Parameters
    ----------
    phrase
        A place phrase.
    known
        What is known of texts; one that is a name as a whole is not split at its "and", commas and brackets.

    Examples
    --------
    >>> read("30 km southwest of Kandahar")
    Term(op='offset', of=(Name(text='Kandahar'),), text='30 km southwest of Kandahar', direction='SW', km=30.0)
    >>> read("Zhanaozen, Mangystau").of
    (Name(text='Zhanaozen'), Name(text='Mangystau'))
    >>> read("the town of Aktau")
    Name(text='town of Aktau')
    """
    lines = patterns.LINES.sub(", ", phrase.strip())
    labelled = patterns.LABELLED.sub(lambda found: f"{found['name'].strip()} {found['word']}, ", lines)
    dateless = patterns.DAY.sub("", labelled.replace("_", " ").rstrip(patterns.EDGES))
    measured = patterns.BRACKETED_DISTANCE.sub(" ", dateless)
    return _read(patterns.BLANK.sub(" ", measured).strip(patterns.EDGES), Level(known, _read))


def _read(text: str, at: Level) -> Node:
    text = _bare(text, at)
    if at.depth >= DEEPEST or not text:
        return Name(text)
    inner = at.deeper()
    if text.isalpha():
        of_a_word = (rule(text, inner) for rule in _RULES_OF_A_WORD)
        return next((node for node in of_a_word if node is not None), Name(text))
    stands_in = folded(text).__contains__
    for rule, signs in RULES:
        node = rule(text, inner) if signs is None or any(map(stands_in, signs)) else None
        if node is not None:
            return node
    return Name(text)


def folded(text: str) -> str:
    """Return a text as `RULES` look for signs in it: in small letters, each figure a 0.

    Patterns in any case take a dotless i and a capital one with a dot for an i, and a long s for an s.
    """
    plain = text if text.isascii() else text.translate(_FOLDED)
    return _FIGURE.sub("0", plain.lower())


def _bare(text: str, at: Level) -> str:
    """Return the phrase without fillers in front and punctuation at its edges."""
    text = text.strip(patterns.EDGES)
    kept = patterns.THE_DIRECTION.match(text)
    if kept:
        return text[kept.end() :]
    found = patterns.FILLER.match(text)
    if found and at.is_name(text):
        return text[4:] if text[:4].lower() == "the " else text
    return text[found.end() :] if found else text


_Rule = Callable[[str, Level], Node | None]
_FIGURE, _FOLDED = re.compile(r"\d"), str.maketrans("ıİſ", "iis")
# In the order they are tried: what takes the whole rest of a phrase stands before what splits it. Beside each rule
# stand its signs: a text that it reads holds one of them at least, so that most texts are shown to few rules. None is
# for rules that ask for no word, or for too many.
RULES: tuple[tuple[_Rule, tuple[str, ...] | None], ...] = (
    (joining_rules.minus, ("except", "excluding", "without", "minus", "apart", "but")),
    (joining_rules.members_in_year, ("0000",)),
    (spatial_rules.bank, ("bank",)),
    (
        spatial_rules.radius,
        ("around", "radius", "within", "stream", "river", "across", "opposite", "bank", "old", "cent", "downtown"),
    ),
    (spatial_rules.hours, ("hour", "hr")),
    (spatial_rules.side, ("side",)),
    (spatial_rules.legs, (",", ";", "and", "&", "then")),
    (spatial_rules.offset, None),
    (joining_rules.on_water, ("on",)),
    (spatial_rules.tripoint, ("border", "tripoint", "frontier")),
    (spatial_rules.border_at, ("border", "frontier")),
    (spatial_rules.bank_of, ("bank",)),
    (joining_rules.apposed_capital, ("capital",)),
    (joining_rules.bracketed, ("(", "[", "{", "（")),
    (joining_rules.headed, (":",)),
    (
        spatial_rules.and_around,
        ("surround", "environs", "outskirts", "vicinity", "suburbs", "nearby", "adjacent", "adjoining", "neighbo"),
    ),
    (appositions.apposed_pair, ("between",)),
    (spatial_rules.near, None),
    (
        spatial_rules.road,
        ("to", "road", "way", "route", "corridor", "axis", "line", "from", "→", "⟶", ">"),
    ),
    (spatial_rules.between, ("between",)),
    (spatial_rules.border, None),
    (spatial_rules.toward, ("of", "from")),
    (spatial_rules.waters, ("off",)),
    (spatial_rules.coast, ("off", "offshore", "coast", "shore", "seaboard", "waters")),
    (spatial_rules.several_parts, (",", "and", "or", "/", "&", "central")),
    (appositions.directed_unit, ("province", "region", "state", "governorate", "district", "division")),
    (appositions.apposed_list, ("of",)),
    (appositions.apposed, tuple(appositions.KINDS_OF_PLACE)),
    (appositions.possessed, ("'", "’")),
    (joining_rules.listed, None),
    (
        spatial_rules.in_town,
        ("camps", "favelas", "slums", "town", "metro", "greater", "direction", "front", "anchorage"),
    ),
    (
        spatial_rules.surrounded,
        ("area", "outskirts", "suburb", "country", "vicinity", "surroundings", "environs", "hinterland"),
    ),
    (joining_rules.capital_of_name, ("capital",)),
    (spatial_rules.part, None),
    (
        joining_rules.placed,
        (
            *("m", "of", "near", "close", "around", "outside", "between", "along", "adjacent", "next"),
            *("outskirts", "vicinity", "border", "edge", "countryside"),
        ),
    ),
    (joining_rules.capital, ("capital",)),
    (joining_rules.inside, ("of", "in", "'", "’")),
    (joining_rules.members, None),
    (joining_rules.hyphened, ("-", "–", "—")),
)
# All that a single word can be but a name: a border of that name, a direction, the capital.
_RULES_OF_A_WORD = (spatial_rules.border, spatial_rules.part, joining_rules.capital)
