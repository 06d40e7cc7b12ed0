"""The rules of the grammar for distances, directions, parts, borders, coasts and roads.

A text and its level become a branch, or None where the rule does not fit. The words stand in
`gazetteer.phrases.patterns`.
"""

from __future__ import annotations

import re

from gazetteer.phrases import patterns
from gazetteer.phrases.levels import Level
from gazetteer.phrases.named_borders import named_border
from gazetteer.phrases.tree import Name, Node, Op, Term, direction_code

__all__ = [
    "and_around",
    "bank",
    "bank_of",
    "between",
    "border",
    "border_at",
    "both_names",
    "coast",
    "hours",
    "in_town",
    "legs",
    "near",
    "offset",
    "part",
    "radius",
    "road",
    "several_parts",
    "side",
    "surrounded",
    "toward",
    "tripoint",
    "waters",
]


def offset(text: str, at: Level) -> Node | None:
    """Read "30 km north of X" and "15 km off the coast of X"."""
    found = patterns.OFFSET.match(text)
    if not found or not (found["dir"] or found["prep"]):
        return None
    of, code = found["of"], direction_code(found["dir"] or "")
    coast = patterns.OFF_COAST.match(of)
    if coast or (found["prep"] or "").lower() == "off":
        rest = of[coast.end() :] if coast else of
        return Term("offshore", (at.read(rest),), text, code, _km(found["n"], found["unit"]))
    return Term("offset", (at.read(of),), text, code if code != "C" else "", _km(found["n"], found["unit"]))


def _number(words: str) -> float:
    plain = patterns.BLANK.sub(" ", words.lower())
    if plain in patterns.VAGUE:
        return patterns.VAGUE[plain]
    ends = [float(part.replace(",", ".")) for part in re.split(r"\s*(?:-|–|to)\s*", plain)]
    return sum(ends) / len(ends)


def _km(number: str, unit: str) -> float:
    value = _number(number)
    name = unit.lower().rstrip(".s")
    starts = (("nautical", "nm"), ("nm", "nm"), ("mi", "mi"), ("ml", "mi"), ("k", "km"), ("m", "m"))
    key = next(key for start, key in starts if name.startswith(start))
    return round(value * patterns.KM[key], 3)


def legs(text: str, at: Level) -> Node | None:
    """Read "1 mi. S., 2 mi. W. of Fort Collins": the first leg begins where the others end."""
    found = patterns.LEGS.match(text)
    if not found:
        return None
    last = patterns.LAST_LEG.match(found["of"])
    of = at.read(f"{last['leg']} of {last['of']}" if last else found["of"])
    code = direction_code(found["dir"])
    if code in ("", "C") or not isinstance(of, Term) or of.op != "offset":
        return None
    return Term("offset", (of,), text, code, _km(found["n"], found["unit"]))


def hours(text: str, at: Level) -> Node | None:
    """Read "two hours' walk from Bunia": a distance, by how far people come in an hour."""
    found = patterns.HOURS.match(text)
    if not found:
        return None
    km = _number(found["n"]) * patterns.KM_AN_HOUR[found["how"].lower()]
    return Term("offset", (at.read(found["of"]),), text, "", round(km, 3))


def radius(text: str, at: Level) -> Node | None:
    """Read "a 5 km radius around Goma", "upstream of Kherson" and "the old city of Jerusalem"."""
    found = patterns.RADIUS.match(text)
    if found:
        return Term("near", (at.read(found["of"] or found["of2"]),), text)
    found = patterns.ALONG_RIVER.match(text)
    if found:
        return Term("near", (at.read(found["of"]),), text)
    found = patterns.OLD_CITY.match(text)
    return found and Term("part", (at.read(found["of"]),), text, "C")


def bank(text: str, at: Level) -> Node | None:
    """Read "the left bank of the Dnipro"."""
    found = patterns.BANK.match(text)
    return found and Term("bank", (at.read(found["of"] or found["named"]),), text)


def bank_of(text: str, at: Level) -> Node | None:
    """Read "Kherson left bank": the unit that is called after its town, or what lies around a town."""
    found = patterns.BANK_OF.match(text)
    if not found:
        return None
    name = found["of"] or found["named"]
    return Term("countryside", (at.read(name),), text) if at.is_name(name) else None


def border_at(text: str, at: Level) -> Node | None:
    """Read "the Chad-Sudan border at Adre": a place on a border, or around one."""
    found = patterns.BORDER_AT.match(text)
    line = at.read(found["b"]) if found else None
    if not found or not isinstance(line, Term):
        return None
    line = line.of[0] if line.op == "near" and isinstance(line.of[0], Term) else line
    place = at.read(found["a"])
    if not isinstance(line, Term) or line.op != "border" or not isinstance(place, Name):
        return None
    here = place if found["how"].lower() == "at" else Term("near", (place,), "")
    return Term("sequence", (here, line), text)


def toward(text: str, at: Level) -> Node | None:
    """Read "north of X"."""
    found = patterns.TOWARD.match(text)
    code = direction_code(found["dir"]) if found else ""
    if not found or code in ("", "C"):
        return None
    return Term("toward", (at.read(found["of"]),), text, code)


def waters(text: str, at: Level) -> Node | None:
    """Read "Red Sea off Hodeidah"."""
    found = patterns.WATER_OFF.match(text)
    return found and Term("offshore", (at.read(found["of"]),), text)


def near(text: str, at: Level) -> Node | None:
    """Read "near X", "outskirts of X" and "countryside of X"."""
    found = patterns.NEAR.match(text)
    return _surrounding(found, text, at) if found else None


def and_around(text: str, at: Level) -> Node | None:
    """Read "Gao and surrounding areas" and "Goma and its outskirts"."""
    found = patterns.AND_AROUND.match(text)
    return found and Term("near", (at.read(found["of"]),), text)


def surrounded(text: str, at: Level) -> Node | None:
    """Read "the X area", "X countryside" and "X's northern outskirts"."""
    found = patterns.SURROUNDED_PART.match(text) or patterns.SURROUNDED.match(text)
    return _surrounding(found, text, at) if found else None


def in_town(text: str, at: Level) -> Node | None:
    """Read "X metro area", "Greater X" and "X direction", a name X: what surrounds it; "X refugee camps" lie in X."""
    found = patterns.SURROUNDED_NAME.match(text) or patterns.GREATER.match(text)
    if not found or not at.is_name(found["of"]) or direction_code(found["of"]):
        return None
    town = Name(found["of"])
    in_it = found.groupdict().get("some")
    return Term("sequence", (Name(text), town), text) if in_it else Term("near", (town,), text)


def _surrounding(found: re.Match[str], text: str, at: Level) -> Node:
    groups = found.groupdict()
    of = at.read(groups["of"])
    if "what" in groups:
        what = groups["what"].lower()
        op: Op = "countryside" if what[:4] in ("coun", "rura") else "outskirts"
        return Term("part", (Term(op, (of,), ""),), text, direction_code(groups["dir"]))
    op = "near" if groups["near"] else "outskirts" if groups["outskirts"] else "countryside"
    if isinstance(of, Term) and of.op == "part" and of.of and op != "near":
        # "Northern Aleppo countryside" is the north of what surrounds Aleppo.
        return Term("part", (Term(op, of.of, ""),), text, of.direction)
    return Term(op, (of,), text)


def side(text: str, at: Level) -> Node | None:
    """Read "the Syrian side of the Turkish border" and "15 km inside Syria from the Turkish border"."""
    found = patterns.SIDE.match(text) or patterns.INSIDE_BORDER.match(text)
    if not found:
        return None
    side = at.read(found["a"])
    bare = patterns.BARE_BORDER.match(found["b"])
    border = Term("border", (side,), "") if bare else at.read(found["b"])
    if isinstance(border, Term) and border.op == "border" and len(border.of) == 1 and border.of[0] != side:
        border = Term("border", (side, *border.of), border.text)
    return Term("side", (border, side), text)


def tripoint(text: str, at: Level) -> Node | None:
    """Read "the tri-border area of Mali, Niger and Burkina Faso"."""
    found = patterns.TRIPOINT.match(text)
    if not found:
        return None
    names = [name for name in patterns.BETWEEN_THREE.split(found["of"] or found["before"]) if name]
    return Term("tripoint", tuple(at.read(name) for name in names), text) if len(names) == 3 else None


def several_parts(text: str, at: Level) -> Node | None:
    """Read "northern and central Mali" before "and" is taken for a list of places."""
    found = patterns.SEVERAL.match(text)
    return part(text, at) if found else None


def part(text: str, at: Level) -> Node | None:
    """Read "northern X", "the north of X", "X's north" and "the north"."""
    for pattern in (patterns.THE_PART, patterns.PORTIONED, patterns.BARE_PART, patterns.PART, patterns.POSSESSED_PART):
        found = pattern.match(text)
        codes = [direction_code(word) for word in re.split(patterns.AND_DIRECTION, found["dir"])] if found else []
        if found and all(codes):
            outer = at.read(found["of"]) if "of" in found.groupdict() else None
            if outer and len(codes) > 1 and found["dir"][0].isupper() and pattern is not patterns.PART:
                # "The North West and South West Regions of Cameroon" may be called so.
                return Term("sequence", (_parts(text, found["dir"], codes, ()), outer), text)
            return _parts(text, found["dir"], codes, (outer,) if outer else (), found.groupdict().get("of") or "")
    return None


def _parts(text: str, words: str, codes: list[str], of: tuple[Node, ...], name: str = "") -> Node:
    """Return the part that a direction asks for, or the list of several, any of which may be a name of its own."""
    if len(codes) == 1:
        return Term("part", of, text, codes[0])
    each = [word.strip() for word in re.split(patterns.AND_DIRECTION, words)]
    texts = [word if not name else f"{word} {name}" if " " not in word else "" for word in each]
    return Term("list", tuple(Term("part", of, *pair) for pair in zip(texts, codes, strict=True)), text)


def between(text: str, at: Level) -> Node | None:
    """Read "between X and Y"."""
    found = patterns.BETWEEN.match(text)
    return found and Term("between", (at.read(found["a"]), at.read(found["b"])), text)


def road(text: str, at: Level) -> Node | None:
    """Read "the road from X to Y", "X-Y highway" and their like."""
    milestone = patterns.MILESTONE.search(text)
    if milestone and "road" in text.lower():
        text = patterns.MILESTONE.sub("", text).strip(patterns.EDGES)
    found = patterns.ROAD.match(text)
    if found:
        ends = [found[name] for name in ("a", "b", "a2", "b2", "a3", "b3") if found[name]]
        return Term("road", tuple(at.read(end) for end in ends), text)
    found = patterns.ROAD_TO.match(text)
    if found:
        return Term("near", (at.read(found["of"]),), text)
    found = (
        patterns.FROM_TO.match(text)
        or patterns.NAMED_ROAD.match(text)
        or patterns.ROAD_BETWEEN.match(text)
        or patterns.ARROW.match(text)
        or both_names(patterns.BARE_TO.match(text), at)
    )
    return found and Term("road", (at.read(found["a"]), at.read(found["b"])), text)


def both_names(found: re.Match[str] | None, at: Level) -> re.Match[str] | None:
    """Return what was matched where both of its parts are names."""
    return found if found and at.is_name(found["a"]) and at.is_name(found["b"]) else None


def border(text: str, at: Level) -> Node | None:
    """Read "the X-Y border", "the border of X with Y" and borders with a name of their own."""
    named = named_border(text)
    if named:
        return Term("border", (Name(named[0]), Name(named[1])), "")
    for pattern in (patterns.BORDER_OF, patterns.BORDER_PAIR, patterns.BORDER_WITH):
        found = pattern.match(text)
        if not found:
            continue
        groups = found.groupdict()
        if pattern is patterns.BORDER_WITH and _ends_a_list_of_places(groups["a"], at):
            return None  # "Idlib, Turkish border": the words behind the comma name the border
        ends = [groups[name] for name in ("a", "b", "only") if groups.get(name)]
        ends = [patterns.COMBINING.get(end.lower(), end) for end in ends]
        return Term("border", tuple(at.read(end) for end in ends), text)
    return None


def _ends_a_list_of_places(text: str, at: Level) -> bool:
    """Say whether commas part a text into places: it is not a name, and no "and" lets them share the border."""
    return bool(patterns.HARD_COMMA.search(text)) and " and " not in text.lower() and not at.is_name(text)


def coast(text: str, at: Level) -> Node | None:
    """Read "the coast of X", "off the coast of X" and "X's Red Sea coast"."""
    off = patterns.OFF.match(text)
    op: Op = "offshore" if off else "coast"
    whole = f"{off['of']} coast" if off and off["coast"] else off["of"] if off else text
    found = patterns.COAST.match(whole) or patterns.POSSESSED_COAST.match(whole)
    if found:
        of = tuple(at.read(name) for name in (found["of"], found["sea"]) if name)
        return Term(op, of, text, direction_code(found["dir"] or ""))
    found = off or patterns.NAMED_COAST.match(text)
    return found and Term(op, (at.read(found["of"]),), text)
