"""The rules of the grammar for what commas, brackets, "and", "in", "of" and "except" join.

A text and its level become a branch, or None where the rule does not fit. The words stand in
`gazetteer.phrases.patterns`, the splitting in `gazetteer.phrases.lists`.
"""

from __future__ import annotations

import re

from gazetteer.names.affixes import is_type_word
from gazetteer.phrases import lists, patterns, spatial_rules
from gazetteer.phrases.appositions import apposed, described
from gazetteer.phrases.levels import DEEPEST, Level
from gazetteer.phrases.spatial_rules import both_names
from gazetteer.phrases.tree import Name, Node, Term

__all__ = [
    "apposed_capital",
    "bracketed",
    "capital",
    "capital_of_name",
    "headed",
    "hyphened",
    "inside",
    "listed",
    "members",
    "members_in_year",
    "minus",
    "on_water",
    "placed",
]

_MOST_ITEMS = 40


def minus(text: str, at: Level) -> Node | None:
    """Read "Kenya except Nairobi"."""
    found = patterns.EXCEPT.match(text)
    if not found:
        return None
    whole, taken = found["a"] or found["all"], found["b"] or found["but"]
    return Term("minus", (at.read(whole), at.read(taken)), text)


def members(text: str, at: Level) -> Node | None:
    """Read "CSTO members", "member states of the EU", "the EU-28"."""
    counted = patterns.COUNTED_GROUP.match(text)
    if counted:
        return Term("members", (Name(counted["of"]),), text, counted["n"])
    found = patterns.MEMBERS_OF.match(text) or patterns.MEMBERS.match(text)
    if not found or "," in found["of"]:
        return None
    word = found["who"].lower().split()[0].rstrip("s")
    return Term("members", (Name(found["of"]),), text, word if word in patterns.OTHER_STATUSES else "")


def members_in_year(text: str, at: Level) -> Node | None:
    """Read "EU countries in 2003"."""
    found = patterns.MEMBERS_IN_YEAR.match(text)
    node = members(found["of"], at) if found else None
    if found is None or not isinstance(node, Term) or node.direction:
        return None
    return Term("members", node.of, text, found["year"])


def capital(text: str, at: Level) -> Node | None:
    """Read "the capital", "the capital of X" and "X's capital Y"."""
    if patterns.BARE_CAPITAL.match(text):
        return Term("capital", (), text)
    found = patterns.CAPITAL_OF.match(text) or patterns.POSSESSED_CAPITAL.match(text)
    if not found:
        return None
    of, name = at.read(found["of"]), found.groupdict().get("name")
    return Term("sequence", (at.read(name), of), text) if name else Term("capital", (of,), text)


def apposed_capital(text: str, at: Level) -> Node | None:
    """Read "the provincial capital Ghazni"."""
    found = patterns.APPOSED_CAPITAL.match(text)
    return found and Term("capital", (at.read(found["name"]),), text)


def capital_of_name(text: str, at: Level) -> Node | None:
    """Read "North Darfur capital El Fasher", whose first words are no part of a place."""
    found = patterns.POSSESSED_CAPITAL.match(text)
    return capital(text, at) if found and at.is_name(found["of"]) else None


def bracketed(text: str, at: Level) -> Node | None:
    """Read "Ntandire Township (Lilongwe)": what stands in brackets is around what stands before them."""
    if not re.search(r"[(\[{（]", text) or at.is_name(text):
        return None
    directed = patterns.DIRECTED.match(text)
    if directed and at.is_name(f"{directed['dir']} {directed['name']}"):
        return at.read(f"{directed['dir']} {directed['name']}{directed['rest']}")
    segments = lists.segments(text, at.is_name)
    whole = [part for part in segments if patterns.BRACKETED.search(part)]
    if whole and all(at.is_name(part) for part in whole):
        return None  # "Butembo, Congo (Kinshasa)"
    items = lists.bracket_items(text)
    if items:
        return Term("list", tuple(at.read(item) for item in _capped(items)), text)
    inner = [part for part in patterns.BRACKETED.findall(text) if part.strip(patterns.EDGES)]
    if len(inner) == 1 and text.rstrip().endswith(")") and inner[0].strip().lower() in patterns.PLURALS:
        return at.read(f"{patterns.BRACKETED.sub(' ', text).strip()} {inner[0].strip()}")  # "Abia, Anambra (States)"
    kind = patterns.KIND_IN.match(inner[0].strip()) if len(inner) == 1 else None
    if kind and is_type_word(kind["word"]) and text.rstrip().endswith((")", "]")):
        return at.read(f"{patterns.BRACKETED.sub(' ', text).strip()} {kind['word']}, {kind['of']}")
    outer = re.sub(r"[()\[\]{}（）]", ",", patterns.BRACKETED.sub(", ", text)).strip(patterns.EDGES)
    if not outer:
        return at.read(", ".join(inner))
    several = lists.segments(inner[0], at.is_name) if len(inner) == 1 else []
    if len(several) > 1 and text.rstrip().endswith((")", "]", "）")):
        if not at.is_name(outer):
            return at.read(inner[0])  # "three provinces (Laghman, Kunar)"
        pieces = Term("list", tuple(at.read(part) for part in _capped(several)), inner[0])
        return Term("sequence", (pieces, at.read(outer)), text)  # "Oromia (West Wellega, Gimbi)"
    if lists.typed_items(outer, at.is_name):
        # "A, B and C districts (X province)": what stands behind the list is around all of it.
        return Term("sequence", (at.read(outer), *(at.read(part) for part in _capped(inner))), text)
    first, *rest = lists.segments(outer, at.is_name) or [outer]
    parts = [first, *rest, *inner] if text.rstrip().endswith((")", "]")) else [first, *inner, *rest]
    nodes = tuple(at.read(part) for part in _capped([part for part in parts if part.strip(patterns.EDGES)]))
    return Term("sequence", nodes, text) if len(nodes) > 1 else nodes[0] if nodes else None


def headed(text: str, at: Level) -> Node | None:
    """Read "Gaza Strip: Khan Younis, Rafah": a list, and in front of it what is around all of it."""
    parts = lists.headed_items(text)
    if parts:
        return Term("list", tuple(at.read(part) for part in _capped(parts)), text)
    found = patterns.HEADED.match(text)
    if not found or at.is_name(text) or not at.is_name(found["outer"]):
        return None
    items = [item for part in lists.segments(found["items"], at.is_name) for item in lists.and_items(part, at.is_name)]
    if len(items) < 2 or lists.typed_items(found["items"], at.is_name):
        return None
    pieces = Term("list", tuple(at.read(part) for part in _capped(items)), found["items"])
    return Term("sequence", (pieces, Name(found["outer"])), text)


def _capped(items: list[str]) -> list[str]:
    """Return the items of a list; those beyond the most there may be stay together, and are reported as not found."""
    return items if len(items) <= _MOST_ITEMS else [*items[:_MOST_ITEMS], ", ".join(items[_MOST_ITEMS:])]


def listed(text: str, at: Level) -> Node | None:
    """Read what commas and "and" join; see `gazetteer.phrases.tree.Term` for what each of them may mean."""
    if at.is_name(text):
        return None
    typed = lists.typed_items(text, at.is_name)
    if typed:
        return Term("list", tuple(at.read(item) for item in _capped(typed)), text)
    parts = lists.parted(text)
    if parts:
        return Term("list", tuple(at.read(part) for part in _capped(parts)), text)
    pieces = lists.segments(text, at.is_name)
    segments = _without_descriptions(pieces, at)
    if len(segments) == 1 < len(pieces):
        return at.read(segments[0])
    if len(segments) < 2 and patterns.PAIRED.search(text):
        return None
    split = [[part] if _is_about_two(part, at) else lists.and_items(part, at.is_name) for part in segments]
    joined = [
        i
        for i, (part, items) in enumerate(zip(segments, split, strict=True))
        if len(items) > 1 or part.lower().startswith("and ")
    ]
    if len(segments) < 2 and not joined:
        return None
    if not joined:
        return Term("sequence", tuple(at.read(part) for part in _capped(segments)), text)
    last = joined[-1]
    each = lists.with_shared_tail([item for part in split[: last + 1] for item in part], at.is_name)
    items = _capped(lists.with_shared_name(each, at.is_name))
    if len(items) == 1:
        return at.read(items[0])
    list_text = text if last == len(segments) - 1 else ", ".join(segments[: last + 1])
    of_type = at.depth < DEEPEST and list_text != text and lists.typed_items(list_text, at.is_name)
    together = listed(list_text, at.deeper()) if of_type else None
    node: Node = together or Term("list", tuple(at.read(item) for item in items), list_text)
    rest = segments[last + 1 :]
    return Term("sequence", (node, *(at.read(part) for part in rest)), text) if rest else node


def _without_descriptions(segments: list[str], at: Level) -> list[str]:
    """Return the pieces of a list, a description of a place as where it lies: "Mosul, Iraq's second-largest city"."""
    said = [described(part, at) for part in segments]
    plain = [part if where is None else where for part, where in zip(segments, said, strict=True)]
    return [part for part in plain if part] or segments


def _is_about_two(text: str, at: Level) -> bool:
    """Say whether "and" joins two places that one thing is between: "Nineveh/Erbil boundary"."""
    if not patterns.AND.search(text):
        return False
    found = spatial_rules.border(text, at) or spatial_rules.between(text, at) or spatial_rules.road(text, at)
    return isinstance(found, Term) and len(found.of) > 1


def placed(text: str, at: Level) -> Node | None:
    """Read "a checkpoint near Aleppo", "Hazzeh east of Damascus": a thing, and where it stands."""
    found = patterns.PLACED.match(text)
    if found and patterns.ROAD_THING.match(found["a"]):
        return at.read(found["b"])
    return _within(found, text, at) if found else None


def on_water(text: str, at: Level) -> Node | None:
    """Read "Aktau on the Caspian Sea" as the town, and "Kobani on the Turkish border", which tells it from others."""
    found = patterns.ON_WATER.match(text)
    if not found or not (at.is_name(found["a"]) or apposed(found["a"], at)):
        return None
    return _within(found, text, at) if found["border"] else at.read(found["a"])


def hyphened(text: str, at: Level) -> Node | None:
    """Read "Minneapolis-St. Paul": two names that a hyphen joins, where the whole is not a name."""
    found = patterns.HYPHENED.match(text)
    return found and Term("list", (Name(found["a"]), Name(found["b"])), text) if both_names(found, at) else None


def inside(text: str, at: Level) -> Node | None:
    """Read "X in Y", "Y's X" and "X of Y"."""
    for pattern in (patterns.UNIT_OF, patterns.IN, patterns.POSSESSED, patterns.OF):
        found = pattern.match(text)
        if found and pattern is patterns.UNIT_OF and patterns.IN.match(found["a"]):
            continue  # "a hospital in the Gaza town of Beit Lahia"
        # "Town of Rami" is one name with its type word.
        if found and patterns.ROAD_THING.match(found["a"]):
            return at.read(found["b"])
        if found and pattern is patterns.POSSESSED and at.is_name(f"{found['b']}'s {found['a'].split()[0]}"):
            continue  # "Cox's Bazar camp 9" begins with a name
        if found and not is_type_word(found["a"]):
            return _within(found, text, at)
    return None


def _within(found: re.Match[str], text: str, at: Level) -> Node:
    inner, outer = at.read(found["a"]), at.read(found["b"])
    outers = outer.of if isinstance(outer, Term) and outer.op == "sequence" else (outer,)
    return Term("sequence", (inner, *outers), text)
