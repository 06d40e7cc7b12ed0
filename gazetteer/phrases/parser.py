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
from dataclasses import dataclass, replace
from typing import Literal

from gazetteer.names.affixes import TYPE_WORDS
from gazetteer.phrases import lists, patterns
from gazetteer.phrases.named_borders import named_border

__all__ = ["LONGEST", "Name", "Node", "Term", "direction_code", "read"]

# Longer cells are texts, not place phrases.
LONGEST = 500
_DEEPEST = 6
_MOST_ITEMS = 40

Op = Literal[
    "part",
    "toward",
    "offset",
    "near",
    "outskirts",
    "countryside",
    "between",
    "road",
    "border",
    "coast",
    "offshore",
    "capital",
    "members",
    "minus",
    "sequence",
    "list",
    "side",
    "tripoint",
]


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
        N, NE, E, … NNW, or C for the middle; empty where none is said. Of members, their status where that is
        another, or how many there are.
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


@dataclass(frozen=True, slots=True)
class Level:
    """How deep in a phrase the parser is, and how it knows a text that is a name as a whole."""

    is_name: lists.IsName
    depth: int = 0

    def deeper(self) -> Level:
        """Return the level of a piece of this one."""
        return replace(self, depth=self.depth + 1)


def _no_name(_: str) -> bool:
    return False


def read(phrase: str, is_name: lists.IsName = _no_name) -> Node:
    """Return the tree of a phrase.

    Parameters
    ----------
    phrase
        A place phrase.
    is_name
        Tells whether a text is a name as a whole; such a text is not split at its "and", commas and brackets.

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
    return _read(patterns.BLANK.sub(" ", measured).strip(patterns.EDGES), Level(is_name))


def _read(text: str, at: Level) -> Node:
    text = _bare(text, at)
    if at.depth >= _DEEPEST or not text:
        return Name(text)
    inner = at.deeper()
    for rule in _RULES_OF_A_WORD if text.isalpha() else _RULES:
        node = rule(text, inner)
        if node is not None:
            return node
    return Name(text)


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


def _minus(text: str, at: Level) -> Node | None:
    found = patterns.EXCEPT.match(text)
    if not found:
        return None
    whole, taken = found["a"] or found["all"], found["b"] or found["but"]
    return Term("minus", (_read(whole, at), _read(taken, at)), text)


def _offset(text: str, at: Level) -> Node | None:
    found = patterns.OFFSET.match(text)
    if not found or not (found["dir"] or found["prep"]):
        return None
    of, code = found["of"], direction_code(found["dir"] or "")
    coast = patterns.OFF_COAST.match(of)
    if coast or (found["prep"] or "").lower() == "off":
        rest = of[coast.end() :] if coast else of
        return Term("offshore", (_read(rest, at),), text, code, _km(found["n"], found["unit"]))
    return Term("offset", (_read(of, at),), text, code if code != "C" else "", _km(found["n"], found["unit"]))


def _number(words: str) -> float:
    plain = patterns.BLANK.sub(" ", words.lower())
    if plain in patterns.VAGUE:
        return patterns.VAGUE[plain]
    ends = [float(part.replace(",", ".")) for part in re.split(r"\s*(?:-|–|to)\s*", plain)]
    return sum(ends) / len(ends)


def _km(number: str, unit: str) -> float:
    value = _number(number)
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


def _hours(text: str, at: Level) -> Node | None:
    """Read "two hours' walk from Bunia": a distance, by how far people come in an hour."""
    found = patterns.HOURS.match(text)
    if not found:
        return None
    km = _number(found["n"]) * patterns.KM_AN_HOUR[found["how"].lower()]
    return Term("offset", (_read(found["of"], at),), text, "", round(km, 3))


def _side(text: str, at: Level) -> Node | None:
    """Read "the Syrian side of the Turkish border" and "15 km inside Syria from the Turkish border"."""
    found = patterns.SIDE.match(text) or patterns.INSIDE_BORDER.match(text)
    if not found:
        return None
    side = _read(found["a"], at)
    bare = patterns.BARE_BORDER.match(found["b"])
    border = Term("border", (side,), "") if bare else _read(found["b"], at)
    if isinstance(border, Term) and border.op == "border" and len(border.of) == 1 and border.of[0] != side:
        border = Term("border", (side, *border.of), border.text)
    return Term("side", (border, side), text)


def _tripoint(text: str, at: Level) -> Node | None:
    """Read "the tri-border area of Mali, Niger and Burkina Faso"."""
    found = patterns.TRIPOINT.match(text)
    if not found:
        return None
    names = [name for name in patterns.BETWEEN_THREE.split(found["of"] or found["before"]) if name]
    return Term("tripoint", tuple(_read(name, at) for name in names), text) if len(names) == 3 else None


def _waters(text: str, at: Level) -> Node | None:
    found = patterns.WATER_OFF.match(text)
    return found and Term("offshore", (_read(found["of"], at),), text)


def _radius(text: str, at: Level) -> Node | None:
    """Read "a 5 km radius around Goma", "upstream of Kherson" and "the old city of Jerusalem"."""
    found = patterns.RADIUS.match(text)
    if found:
        return Term("near", (_read(found["of"] or found["of2"], at),), text)
    found = patterns.ALONG_RIVER.match(text)
    if found:
        return Term("near", (_read(found["of"], at),), text)
    found = patterns.OLD_CITY.match(text)
    return found and Term("part", (_read(found["of"], at),), text, "C")


def _toward(text: str, at: Level) -> Node | None:
    found = patterns.TOWARD.match(text)
    code = direction_code(found["dir"]) if found else ""
    if not found or code in ("", "C"):
        return None
    return Term("toward", (_read(found["of"], at),), text, code)


def _several_parts(text: str, at: Level) -> Node | None:
    """Read "northern and central Mali" before "and" is taken for a list of places."""
    found = patterns.SEVERAL.match(text)
    return _part(text, at) if found else None


def _part(text: str, at: Level) -> Node | None:
    for pattern in (patterns.THE_PART, patterns.PORTIONED, patterns.BARE_PART, patterns.PART, patterns.POSSESSED_PART):
        found = pattern.match(text)
        codes = [direction_code(word) for word in re.split(patterns.AND_DIRECTION, found["dir"])] if found else []
        if found and all(codes):
            of = (_read(found["of"], at),) if "of" in found.groupdict() else ()
            texts = [text] if len(codes) == 1 else _parts_by_name(found)
            parts = tuple(Term("part", of, name, code) for name, code in zip(texts, codes, strict=True))
            return parts[0] if len(parts) == 1 else Term("list", parts, text)
    return None


def _parts_by_name(found: re.Match[str]) -> list[str]:
    """Return "East Hararghe" and "West Hararghe" of "East and West Hararghe": either may be a name of its own."""
    words = re.split(patterns.AND_DIRECTION, found["dir"])
    of = found.groupdict().get("of") or ""
    return [f"{word.strip()} {of}" if of and " " not in word.strip() else "" for word in words]


def _between(text: str, at: Level) -> Node | None:
    found = patterns.BETWEEN.match(text)
    return found and Term("between", (_read(found["a"], at), _read(found["b"], at)), text)


def _road(text: str, at: Level) -> Node | None:
    milestone = patterns.MILESTONE.search(text)
    if milestone and "road" in text.lower():
        text = patterns.MILESTONE.sub("", text).strip(patterns.EDGES)
    found = patterns.ROAD.match(text)
    if found:
        ends = [found[name] for name in ("a", "b", "a2", "b2", "a3", "b3") if found[name]]
        return Term("road", tuple(_read(end, at) for end in ends), text)
    found = patterns.ROAD_TO.match(text)
    if found:
        return Term("near", (_read(found["of"], at),), text)
    found = (
        patterns.FROM_TO.match(text)
        or patterns.NAMED_ROAD.match(text)
        or patterns.ROAD_BETWEEN.match(text)
        or patterns.ARROW.match(text)
        or _both_names(patterns.BARE_TO.match(text), at)
    )
    return found and Term("road", (_read(found["a"], at), _read(found["b"], at)), text)


def _both_names(found: re.Match[str] | None, at: Level) -> re.Match[str] | None:
    return found if found and at.is_name(found["a"]) and at.is_name(found["b"]) else None


def _border(text: str, at: Level) -> Node | None:
    named = named_border(text)
    if named:
        return Term("border", (Name(named[0]), Name(named[1])), "")
    for pattern in (patterns.BORDER_OF, patterns.BORDER_PAIR, patterns.BORDER_WITH):
        found = pattern.match(text)
        if not found:
            continue
        groups = found.groupdict()
        ends = [groups[name] for name in ("a", "b", "only") if groups.get(name)]
        ends = [patterns.COMBINING.get(end.lower(), end) for end in ends]
        return Term("border", tuple(_read(end, at) for end in ends), text)
    return None


def _coast(text: str, at: Level) -> Node | None:
    off = patterns.OFF.match(text)
    op: Op = "offshore" if off else "coast"
    whole = f"{off['of']} coast" if off and off["coast"] else off["of"] if off else text
    found = patterns.COAST.match(whole) or patterns.POSSESSED_COAST.match(whole)
    if found:
        of = tuple(_read(name, at) for name in (found["of"], found["sea"]) if name)
        return Term(op, of, text, direction_code(found["dir"] or ""))
    found = off or patterns.NAMED_COAST.match(text)
    return found and Term(op, (_read(found["of"], at),), text)


def _near(text: str, at: Level) -> Node | None:
    found = patterns.NEAR.match(text)
    return _surrounding(found, text, at) if found else None


def _surrounded(text: str, at: Level) -> Node | None:
    found = patterns.SURROUNDED_PART.match(text) or patterns.SURROUNDED.match(text)
    return _surrounding(found, text, at) if found else None


def _surrounding(found: re.Match[str], text: str, at: Level) -> Node:
    groups = found.groupdict()
    of = _read(groups["of"], at)
    if "what" in groups:
        what = groups["what"].lower()
        op: Op = "countryside" if what[:4] in ("coun", "rura") else "outskirts"
        return Term("part", (Term(op, (of,), ""),), text, direction_code(groups["dir"]))
    op = "near" if groups["near"] else "outskirts" if groups["outskirts"] else "countryside"
    if isinstance(of, Term) and of.op == "part" and of.of and op != "near":
        # "Northern Aleppo countryside" is the north of what surrounds Aleppo.
        return Term("part", (Term(op, of.of, ""),), text, of.direction)
    return Term(op, (of,), text)


def _members(text: str, at: Level) -> Node | None:
    counted = patterns.COUNTED_GROUP.match(text)
    if counted:
        return Term("members", (Name(counted["of"]),), text, counted["n"])
    found = patterns.MEMBERS_OF.match(text) or patterns.MEMBERS.match(text)
    if not found or "," in found["of"]:
        return None
    word = found["who"].lower().split()[0].rstrip("s")
    return Term("members", (Name(found["of"]),), text, word if word in patterns.OTHER_STATUSES else "")


def _capital(text: str, at: Level) -> Node | None:
    if patterns.BARE_CAPITAL.match(text):
        return Term("capital", (), text)
    found = patterns.CAPITAL_OF.match(text) or patterns.POSSESSED_CAPITAL.match(text)
    if not found:
        return None
    of, name = _read(found["of"], at), found.groupdict().get("name")
    return Term("sequence", (_read(name, at), of), text) if name else Term("capital", (of,), text)


def _bracketed(text: str, at: Level) -> Node | None:
    """Read "Ntandire Township (Lilongwe)": what stands in brackets is around what stands before them."""
    if not re.search(r"[(\[{（]", text) or at.is_name(text):
        return None
    segments = lists.segments(text, at.is_name)
    whole = [part for part in segments if patterns.BRACKETED.search(part)]
    if whole and all(at.is_name(part) for part in whole):
        return None  # "Butembo, Congo (Kinshasa)"
    items = lists.bracket_items(text)
    if items:
        return Term("list", tuple(_read(item, at) for item in _capped(items)), text)
    inner = [part for part in patterns.BRACKETED.findall(text) if part.strip(patterns.EDGES)]
    outer = re.sub(r"[()\[\]{}（）]", ",", patterns.BRACKETED.sub(", ", text)).strip(patterns.EDGES)
    if not outer:
        return _read(", ".join(inner), at)
    if len(inner) == 1 and len(lists.segments(inner[0], at.is_name)) > 1 and text.rstrip().endswith((")", "]", "）")):
        # "CSTO members (Armenia, Belarus, …)" says twice what it means; "three provinces (Laghman, Kunar)" only once.
        return _read(outer if at.is_name(outer) else inner[0], at)
    if lists.typed_items(outer, at.is_name):
        # "A, B and C districts (X province)": what stands behind the list is around all of it.
        return Term("sequence", (_read(outer, at), *(_read(part, at) for part in _capped(inner))), text)
    first, *rest = lists.segments(outer, at.is_name) or [outer]
    parts = [first, *rest, *inner] if text.rstrip().endswith((")", "]")) else [first, *inner, *rest]
    nodes = tuple(_read(part, at) for part in _capped([part for part in parts if part.strip(patterns.EDGES)]))
    return Term("sequence", nodes, text) if len(nodes) > 1 else nodes[0] if nodes else None


def _capped(items: list[str]) -> list[str]:
    """Return the items of a list; those beyond the most there may be stay together, and are reported as not found."""
    return items if len(items) <= _MOST_ITEMS else [*items[:_MOST_ITEMS], ", ".join(items[_MOST_ITEMS:])]


def _listed(text: str, at: Level) -> Node | None:
    """Read what commas and "and" join; see `Term` for what each of them may mean."""
    if at.is_name(text):
        return None
    typed = lists.typed_items(text, at.is_name)
    if typed:
        return Term("list", tuple(_read(item, at) for item in _capped(typed)), text)
    segments = lists.segments(text, at.is_name)
    if len(segments) < 2 and patterns.PAIRED.search(text):
        return None
    split = [lists.and_items(part, at.is_name) for part in segments]
    joined = [
        i
        for i, (part, items) in enumerate(zip(segments, split, strict=True))
        if len(items) > 1 or part.lower().startswith("and ")
    ]
    if len(segments) < 2 and not joined:
        return None
    if not joined:
        return Term("sequence", tuple(_read(part, at) for part in _capped(segments)), text)
    last = joined[-1]
    items = _capped([item for part in split[: last + 1] for item in part])
    if len(items) == 1:
        return _read(items[0], at)
    list_text = text if last == len(segments) - 1 else ", ".join(segments[: last + 1])
    of_type = at.depth < _DEEPEST and list_text != text and lists.typed_items(list_text, at.is_name)
    together = _listed(list_text, at.deeper()) if of_type else None
    node: Node = together or Term("list", tuple(_read(item, at) for item in items), list_text)
    rest = segments[last + 1 :]
    return Term("sequence", (node, *(_read(part, at) for part in rest)), text) if rest else node


def _placed(text: str, at: Level) -> Node | None:
    """Read "a checkpoint near Aleppo", "Hazzeh east of Damascus": a thing, and where it stands."""
    found = patterns.PLACED.match(text)
    if found and patterns.ROAD_THING.match(found["a"]):
        return _read(found["b"], at)
    return _within(found, text, at) if found else None


def _hyphened(text: str, at: Level) -> Node | None:
    """Read "Minneapolis-St. Paul": two names that a hyphen joins, where the whole is not a name."""
    found = patterns.HYPHENED.match(text)
    return found and Term("list", (Name(found["a"]), Name(found["b"])), text) if _both_names(found, at) else None


def _inside(text: str, at: Level) -> Node | None:
    for pattern in (patterns.UNIT_OF, patterns.IN, patterns.POSSESSED, patterns.OF):
        found = pattern.match(text)
        # "Town of Rami" is one name with its type word.
        if found and patterns.ROAD_THING.match(found["a"]):
            return _read(found["b"], at)
        if found and pattern is patterns.POSSESSED and at.is_name(f"{found['b']}'s {found['a'].split()[0]}"):
            continue  # "Cox's Bazar camp 9" begins with a name
        if found and found["a"].lower() not in TYPE_WORDS:
            return _within(found, text, at)
    return None


def _within(found: re.Match[str], text: str, at: Level) -> Node:
    inner, outer = _read(found["a"], at), _read(found["b"], at)
    outers = outer.of if isinstance(outer, Term) and outer.op == "sequence" else (outer,)
    return Term("sequence", (inner, *outers), text)


# In the order they are tried: what takes the whole rest of a phrase stands before what splits it.
_RULES: tuple[Callable[[str, Level], Node | None], ...] = (
    _minus,
    _radius,
    _hours,
    _side,
    _offset,
    _tripoint,
    _bracketed,
    _near,
    _road,
    _between,
    _border,
    _toward,
    _waters,
    _coast,
    _several_parts,
    _listed,
    _surrounded,
    _part,
    _placed,
    _capital,
    _inside,
    _members,
    _hyphened,
)
# All that a single word can be but a name: a border of that name, a direction, the capital.
_RULES_OF_A_WORD = (_border, _part, _capital)
