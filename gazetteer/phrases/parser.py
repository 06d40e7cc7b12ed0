"""Reads a place phrase into a small tree, by its words alone.

A phrase as a person wrote it enters; a tree leaves, whose leaves are names and whose branches say what the words
around them ask for. Nothing is looked up here: whether "South Sudan" is a name or the south of Sudan, and whether
"Ariha, Idlib" is one place inside another or two places, is decided where names are known
(`gazetteer.phrases.resolver`).

The grammar, in EBNF; words match in any case, and what matches no rule is a name::

    phrase      = [ filler ] ( minus | offset | toward | between | road | border | coast | near | capital | members
                             | part | inside | list ) | name ;
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
                | name ( "area" | "outskirts" | "countryside" | … ) ;
    members     = name ( "members" | "observers" | "candidate countries" | "countries" | … ) | "members of" name ;
    part        = directions [ [ "part" | "half" | "areas" | … ] "of" ] phrase | "the" directions "of" phrase
                | name "'s" [ adjective ] directions [ "part" | … ] | directions [ "part" | … ] ;
    directions  = direction { ( "and" | "or" | "," | "/" ) direction } | direction "-central" ;
    inside      = phrase ( "," | "(" | " - " | ":" | "in" | "of" ) phrase | name "'s" name
                | name ( offset | toward | near | between | border | coast ) ;
    list        = phrase { ( "," | ";" | "/" | "and" ) phrase } [ unit word ] ;
    direction   = "north" | "northern" | "N" | "north-western" | … | "central" | "inner" ;

"inside" and "list" share the comma, so both are read as a sequence of chains; see `Term`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from gazetteer.names.affixes import TYPE_WORDS
from gazetteer.phrases import patterns

__all__ = ["LONGEST", "Name", "Node", "Term", "direction_code", "read"]

# Longer cells are texts, not place phrases.
LONGEST = 500
_DEEPEST = 6
_MOST_ITEMS = 40

Op = Literal[
    "part", "toward", "offset", "near", "outskirts", "countryside", "between", "road", "border", "coast", "offshore",
    "capital", "members", "minus", "sequence", "list",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Name:
    """A leaf: words that are to be looked up."""

    text: str


@dataclass(frozen=True, slots=True)
class Term:
    """A branch: what the words ask for, and of what.

    Attributes
    ----------
    op
        ``sequence``: things separated by commas, finest first as a rule, each of which may lie in the next or stand
        beside it. ``list``: things joined by "and", which stand beside one another unless one contains the other.
    of
        What it is asked for; nothing where that is what stands around ("the north").
    text
        The words it was read from: where they are a name as a whole, the name wins.
    direction
        N, NE, E, … NNW, or C for the middle; empty where none is said. Of members, their status where that is another.
    km
        A distance; None where none is said.
    """

    op: Op
    of: tuple[Node, ...]
    text: str
    direction: str = ""
    km: float | None = None


Node = Name | Term


def direction_code(words: str) -> str:
    """Return N, NE, … or C for a direction in any usual spelling; empty for none.

    Examples
    --------
    >>> [direction_code(w) for w in ("north-western", "N.", "far south", "central", "SSW", "upper")]
    ['NW', 'N', 'S', 'C', 'SSW', '']
    """
    plain = re.sub(r"^(?:far|extreme|deep|remote)[\s-]+", "", words.strip().lower())
    plain = re.sub(r"(?:ern(?:most)?|erly)$", "", re.sub(r"[\s.-]", "", plain))
    if plain in ("central", "inner", "centre", "center", "middle", "downtown"):
        return "C"
    code = re.sub("north", "n", re.sub("south", "s", re.sub("east", "e", re.sub("west", "w", plain)))).upper()
    return code if re.fullmatch(r"[NSEW]|[NS][EW]|[NS]{2}[EW]|[EW][NS][EW]", code) else ""


def read(phrase: str) -> Node:
    """Return the tree of a phrase.

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
    return _read(patterns.BLANK.sub(" ", dateless).strip(patterns.EDGES), 0)


def _read(text: str, depth: int) -> Node:
    text = _bare(text)
    if depth >= _DEEPEST or not text:
        return Name(text)
    for rule in _RULES:
        node = rule(text, depth + 1)
        if node is not None:
            return node
    return Name(text)


def _bare(text: str) -> str:
    """Return the phrase without fillers in front and punctuation at its edges."""
    text = text.strip(patterns.EDGES)
    kept = patterns.THE_DIRECTION.match(text)
    if kept:
        return text[kept.end() :]
    found = patterns.FILLER.match(text)
    return text[found.end() :] if found else text


def _minus(text: str, depth: int) -> Node | None:
    found = patterns.EXCEPT.match(text)
    if not found:
        return None
    whole, taken = found["a"] or found["all"], found["b"] or found["but"]
    return Term("minus", (_read(whole, depth), _read(taken, depth)), text)


def _offset(text: str, depth: int) -> Node | None:
    found = patterns.OFFSET.match(text)
    if not found or not (found["dir"] or found["prep"]):
        return None
    of, code = found["of"], direction_code(found["dir"] or "")
    coast = patterns.OFF_COAST.match(of)
    if coast or (found["prep"] or "").lower() == "off":
        rest = of[coast.end() :] if coast else of
        return Term("offshore", (_read(rest, depth),), text, code, _km(found["n"], found["unit"]))
    return Term("offset", (_read(of, depth),), text, code if code != "C" else "", _km(found["n"], found["unit"]))


def _km(number: str, unit: str) -> float:
    plain = patterns.BLANK.sub(" ", number.lower())
    if plain in patterns.VAGUE:
        value = patterns.VAGUE[plain]
    else:
        ends = [float(part.replace(",", ".")) for part in re.split(r"\s*(?:-|–|to)\s*", plain)]
        value = sum(ends) / len(ends)
    name = unit.lower().rstrip(".s")
    key = (
        "nm"
        if name.startswith(("nautical", "nm"))
        else "mi"
        if name.startswith("mi")
        else "km"
        if name[0] == "k"
        else "m"
    )
    return round(value * patterns.KM[key], 3)


def _toward(text: str, depth: int) -> Node | None:
    found = patterns.TOWARD.match(text)
    code = direction_code(found["dir"]) if found else ""
    if not found or code in ("", "C"):
        return None
    return Term("toward", (_read(found["of"], depth),), text, code)


def _several_parts(text: str, depth: int) -> Node | None:
    """Read "northern and central Mali" before "and" is taken for a list of places."""
    found = patterns.SEVERAL.match(text)
    return _part(text, depth) if found else None


def _part(text: str, depth: int) -> Node | None:
    for pattern in (
        patterns.THE_PART, patterns.PORTIONED, patterns.BARE_PART, patterns.PART, patterns.POSSESSED_PART
    ):  # fmt: skip
        found = pattern.match(text)
        codes = [direction_code(word) for word in re.split(patterns.AND_DIRECTION, found["dir"])] if found else []
        if found and all(codes):
            of = (_read(found["of"], depth),) if "of" in found.groupdict() else ()
            parts = tuple(Term("part", of, text if len(codes) == 1 else "", code) for code in codes)
            return parts[0] if len(parts) == 1 else Term("list", parts, text)
    return None


def _between(text: str, depth: int) -> Node | None:
    found = patterns.BETWEEN.match(text)
    return found and Term("between", (_read(found["a"], depth), _read(found["b"], depth)), text)


def _road(text: str, depth: int) -> Node | None:
    found = patterns.ROAD.match(text)
    if found:
        ends = [found[name] for name in ("a", "b", "a2", "b2", "a3", "b3") if found[name]]
        return Term("road", tuple(_read(end, depth) for end in ends), text)
    found = patterns.ROAD_TO.match(text)
    if found:
        return Term("near", (_read(found["of"], depth),), text)
    found = patterns.FROM_TO.match(text) or patterns.NAMED_ROAD.match(text)
    return found and Term("road", (_read(found["a"], depth), _read(found["b"], depth)), text)


def _border(text: str, depth: int) -> Node | None:
    for pattern in (patterns.BORDER_OF, patterns.BORDER_PAIR, patterns.BORDER_WITH):
        found = pattern.match(text)
        if not found:
            continue
        groups = found.groupdict()
        ends = [groups[name] for name in ("a", "b", "only") if groups.get(name)]
        ends = [patterns.COMBINING.get(end.lower(), end) for end in ends]
        return Term("border", tuple(_read(end, depth) for end in ends), text)
    return None


def _coast(text: str, depth: int) -> Node | None:
    off = patterns.OFF.match(text)
    op: Op = "offshore" if off else "coast"
    whole = f"{off['of']} coast" if off and off["coast"] else off["of"] if off else text
    found = patterns.COAST.match(whole) or patterns.POSSESSED_COAST.match(whole)
    if found:
        of = tuple(_read(name, depth) for name in (found["of"], found["sea"]) if name)
        return Term(op, of, text, direction_code(found["dir"] or ""))
    found = off or patterns.NAMED_COAST.match(text)
    return found and Term(op, (_read(found["of"], depth),), text)


def _near(text: str, depth: int) -> Node | None:
    found = patterns.NEAR.match(text)
    return _surrounding(found, text, depth) if found else None


def _surrounded(text: str, depth: int) -> Node | None:
    found = patterns.SURROUNDED_PART.match(text) or patterns.SURROUNDED.match(text)
    return _surrounding(found, text, depth) if found else None


def _surrounding(found: re.Match[str], text: str, depth: int) -> Node:
    groups = found.groupdict()
    of = _read(groups["of"], depth)
    if "what" in groups:
        what = groups["what"].lower()
        op: Op = "countryside" if what[:4] in ("coun", "rura") else "outskirts"
        return Term("part", (Term(op, (of,), ""),), text, direction_code(groups["dir"]))
    op = "near" if groups["near"] else "outskirts" if groups["outskirts"] else "countryside"
    if isinstance(of, Term) and of.op == "part" and of.of and op != "near":
        # "Northern Aleppo countryside" is the north of what surrounds Aleppo.
        return Term("part", (Term(op, of.of, ""),), text, of.direction)
    return Term(op, (of,), text)


def _members(text: str, depth: int) -> Node | None:
    found = patterns.MEMBERS_OF.match(text) or patterns.MEMBERS.match(text)
    if not found or "," in found["of"]:
        return None
    word = found["who"].lower().split()[0].rstrip("s")
    return Term("members", (Name(found["of"]),), text, word if word in patterns.OTHER_STATUSES else "")


def _capital(text: str, depth: int) -> Node | None:
    found = patterns.CAPITAL_OF.match(text) or patterns.POSSESSED_CAPITAL.match(text)
    if not found:
        return None
    of, name = _read(found["of"], depth), found.groupdict().get("name")
    return Term("sequence", (_read(name, depth), of), text) if name else Term("capital", (of,), text)


def _bracketed(text: str, depth: int) -> Node | None:
    """Read "Ntandire Township (Lilongwe)": what stands in brackets is around what stands before them."""
    if not re.search(r"[(\[{（]", text):
        return None
    inner = [part for part in patterns.BRACKETED.findall(text) if part.strip(patterns.EDGES)]
    outer = re.sub(r"[()\[\]{}（）]", ",", patterns.BRACKETED.sub(", ", text)).strip(patterns.EDGES)
    if not outer:
        return _read(", ".join(inner), depth)
    parts = [*patterns.COMMA.split(outer)[:1], *inner, *patterns.COMMA.split(outer)[1:]]
    nodes = tuple(_read(part, depth) for part in parts[:_MOST_ITEMS] if part.strip(patterns.EDGES))
    return Term("sequence", nodes, text) if len(nodes) > 1 else nodes[0] if nodes else None


def _listed(text: str, depth: int) -> Node | None:
    """Read what commas and "and" join; see `Term` for what each of them may mean."""
    typed = _typed_items(text)
    if typed:
        return Term("list", tuple(_read(item, depth) for item in typed[:_MOST_ITEMS]), text)
    segments = [part for part in patterns.COMMA.split(text) if part.strip(patterns.EDGES)]
    if len(segments) < 2 and patterns.PAIRED.search(text):
        return None
    joined = [i for i, part in enumerate(segments) if patterns.AND.search(part) or part.lower().startswith("and ")]
    if len(segments) < 2 and not joined:
        return None
    if not joined:
        return Term("sequence", tuple(_read(part, depth) for part in segments[:_MOST_ITEMS]), text)
    last = joined[-1]
    items = [
        piece for part in segments[: last + 1] for piece in patterns.AND.split(re.sub(r"^and\s+", "", part, flags=re.I))
    ]
    items = [item for item in items if item.strip(patterns.EDGES)][:_MOST_ITEMS]
    if len(items) == 1:
        return _read(items[0], depth)
    list_text = text if last == len(segments) - 1 else ", ".join(segments[: last + 1])
    together = _listed(list_text, depth + 1) if depth < _DEEPEST and _typed_items(list_text) else None
    node: Node = together or Term("list", tuple(_read(item, depth) for item in items), list_text)
    rest = segments[last + 1 :]
    return Term("sequence", (node, *(_read(part, depth) for part in rest)), text) if rest else node


def _typed_items(text: str) -> list[str]:
    """Return the items of "A, B and C provinces" and "provinces of A, B and C", each with the word in the singular."""
    for pattern in (patterns.TYPED_LIST, patterns.TYPES_OF):
        found = pattern.match(text)
        if not found:
            continue
        items = [
            i
            for part in patterns.COMMA.split(found["items"])
            for i in patterns.AND.split(re.sub(r"^and\s+", "", part, flags=re.I))
        ]
        items = [item for item in items if item.strip(patterns.EDGES)]
        word = patterns.PLURALS[found["word"].lower()]
        if len(items) > 1:
            return [item if _ends_typed(item) else f"{item} {word}" for item in items]
    return []


def _ends_typed(item: str) -> bool:
    return item.rsplit(" ", 1)[-1].lower() in TYPE_WORDS


def _placed(text: str, depth: int) -> Node | None:
    """Read "a checkpoint near Aleppo", "Hazzeh east of Damascus": a thing, and where it stands."""
    found = patterns.PLACED.match(text)
    return _within(found, text, depth) if found else None


def _inside(text: str, depth: int) -> Node | None:
    for pattern in (patterns.UNIT_OF, patterns.IN, patterns.POSSESSED, patterns.OF):
        found = pattern.match(text)
        # "Town of Rami" is one name with its type word.
        if found and found["a"].lower() not in TYPE_WORDS:
            return _within(found, text, depth)
    return None


def _within(found: re.Match[str], text: str, depth: int) -> Node:
    inner, outer = _read(found["a"], depth), _read(found["b"], depth)
    outers = outer.of if isinstance(outer, Term) and outer.op == "sequence" else (outer,)
    return Term("sequence", (inner, *outers), text)


# In the order they are tried: what takes the whole rest of a phrase stands before what splits it.
_RULES: tuple[Callable[[str, int], Node | None], ...] = (
    _minus, _offset, _bracketed, _near, _road, _between, _border, _toward, _coast, _several_parts, _listed, _surrounded,
    _part, _placed, _capital, _inside, _members,
)  # fmt: skip
