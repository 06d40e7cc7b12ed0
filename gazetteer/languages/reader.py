"""Reads a phrase of one language by its frames.

Each frame that fits gives the phrase in English; what stands in its slots is a name, in one of its forms, or a phrase
again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from unicodedata import digit

from gazetteer.languages.inflected_names import InflectedNames
from gazetteer.languages.rewriting import EDGES, Rewriting, has_trigger, is_triggered, renamed, word_pieces
from gazetteer.languages.tables import Frame, Language

__all__ = ["Reader"]

_DEEPEST, _MOST_WORDS, _MOST_ITEMS = 4, 4, 12
_TYPED = re.compile(r"\{name\}(?P<kind> (?:\{type\}|[\w ]+))(?=,|$)")
_COMMAS = (",", "،", ";")
# A settlement may be called like another one with the word for it: "شهر هرات" is a village.
_SETTLEMENTS = frozenset(("city", "town", "village", "settlement"))


class Reader:
    """Reads phrases of one language.

    Parameters
    ----------
    prominence, country, adjective, spoken_country
        As for `gazetteer.languages.frames.Frames`.
    spoken
        The language.
    """

    def __init__(
        self,
        prominence: Callable[[str], float | None],
        country: Callable[[str], str | None],
        adjective: Callable[[str], str | None],
        spoken_country: Callable[[str, str], str | None],
        spoken: Language,
    ) -> None:
        self._prominence = prominence
        self._country = country
        self._adjective = adjective
        self._names = InflectedNames(prominence, spoken_country, spoken)
        self._spoken = spoken

    def is_country(self, text: str) -> bool:
        """Say whether a text is a country's name in the language, in any of its forms."""
        return self._names.is_country(text)

    def read(self, text: str, depth: int = 0, *, loose: bool = False) -> Rewriting | None:
        """Return a phrase in English; a loose reading lets a type word speak for a name that is not known."""
        text = text.strip(EDGES)
        pieces = word_pieces(text)
        if depth >= _DEEPEST or not text or not is_triggered(pieces, self._spoken):
            return None
        directed = self._directed_name(text, pieces)
        if directed is not None:
            return Rewriting("Qqa", {"Qqa": directed})
        fallback = None
        for frame, read in self._readings(self._spoken.frames, text, pieces, depth):
            if read.certain:
                return read
            trusted = not frame.weak or read.known or (loose and "{type}" in frame.english)
            if trusted and (fallback is None or (read.known and not fallback.known)):
                fallback = read
        return fallback

    def _directed_name(self, text: str, pieces: set[str]) -> str | None:
        """Return a name that holds a direction, of which no part is meant: "в Южном Судане", "Norte de Santander"."""
        if not has_trigger(pieces, *self._spoken.first_words("direction")):
            return None
        bare = self._without_in(text)
        words = bare.split()
        return self._names.best(bare) if 1 < len(words) <= _MOST_WORDS and not words[-1][:1].islower() else None

    def _is_no_name(self, text: str) -> bool:
        """Say whether a text before or behind a word for a kind of place is a number, or an adjective of a country."""
        return bool(self._spoken.meaning("number", text) or (text == text.lower() and self._spoken.people(text)))

    def _without_in(self, text: str) -> str:
        return re.sub(rf"^{self._spoken.words_pattern('in')}", "", text, flags=re.IGNORECASE)

    def read_list(self, text: str) -> Rewriting | None:
        """Return a list of places of one kind in English: "the cities of Homs, Hama and Aleppo"."""
        text = text.strip(EDGES)
        frames = [frame for frame in self._spoken.frames if "{list}" in frame.pattern]
        return next((read for _, read in self._readings(frames, text, word_pieces(text), 0)), None)

    def beside(self, text: str) -> Rewriting | None:
        """Return what a piece between commas says of the name beside it, with no English where that is no place."""
        text = text.strip(EDGES)
        found = self._readings(self._spoken.beside, text, word_pieces(text), 0)
        return next((read for _, read in found if read.certain), None)

    def is_vague(self, text: str) -> bool:
        """Say whether a text says of a country no more than "the country": "dans l'est du pays"."""
        frames = [frame for frame in self._spoken.beside if not frame.english and "{type}" not in frame.pattern]
        text = text.strip(EDGES)
        return any(True for _ in self._readings(frames, text, word_pieces(text), 0))

    def _readings(
        self, frames: Iterable[Frame], text: str, pieces: set[str], depth: int
    ) -> Iterator[tuple[Frame, Rewriting]]:
        """Yield the frames that a text fits, and its English by each."""
        for frame in frames:
            if not frame.may_fit(pieces):
                continue
            for regex in frame.regexes:
                found = regex.match(f"{text} ")
                read = self._framed(frame, found, depth) if found else None
                if read is not None:
                    yield frame, read

    def _framed(self, frame: Frame, found: re.Match[str], depth: int) -> Rewriting | None:
        """Return the English of a frame whose slots hold the words of a phrase."""
        slots = {name: text.strip(EDGES) for name, text in found.groupdict().items() if text}
        is_typed = "{name} {type}" in frame.english
        is_country = is_typed and self._names.is_country(self._without_in(slots["name"]))
        is_settled = is_country and self._meaning("type", slots["type"]) in _SETTLEMENTS
        if is_typed and self._is_no_name(slots["name"]):
            return None
        if is_country and frame.describes and not (is_settled and "people" in slots):
            return None
        names: dict[str, str] = {}
        english, certain, known = frame.english, True, False
        if not english:
            return Rewriting("", {}, known=False)
        whole = self._typed_whole(found) if "{name} {type}" in english else None
        if whole is not None:
            english = english.replace("{name} {type}", renamed(Rewriting("Qqa", {"Qqa": whole}), names))
            slots = {slot: text for slot, text in slots.items() if slot not in ("name", "type")}
            known = True
        for slot, text in slots.items():
            if slot.startswith("adjective"):
                one = self._of_adjective(text)
            elif slot == "area":
                one = self._area(text)
            elif slot == "people":
                one = Rewriting("Qqa", {"Qqa": self._spoken.people(text)}, known=False)
            elif slot == "list":
                one = self._listed(text, slots["types"], depth)
            elif slot == "types":
                continue
            elif slot == "name" and is_settled:
                # The city of Tunis is called like its country in many languages.
                one = Rewriting("Qqa", {"Qqa": self._names.best(text, countries=False) or text})
            elif slot in ("name", "other") and frame.is_parted and _is_in_small_letters(text, found.string):
                one = self.read(text, depth + 1)
            elif slot in ("name", "name2", "other"):
                one = self._named(text, depth, possessed=frame.possessed and slot == "name")
            else:
                word = self._meaning(slot, text)
                if not word:
                    return None
                english = english.replace(f"{{{slot}}}", word)
                continue
            if one is None:
                return None
            if "{pair}" in frame.pattern and (text.islower() or not one.certain):
                # "tchado-soudanaise": small letters are adjectives.
                one = self._of_adjective(text) or one
            certain, known = certain and one.certain, known or (slot != "people" and (one.certain or one.known))
            place = {"adjective": "name", "adjective2": "other", "name2": "other"}.get(slot, slot)
            rendered = renamed(one, names)
            if is_typed and place == "name" and not rendered.startswith("Qq"):
                return None  # a city near the border is none that is called so
            inner, comma, outer = rendered.partition(", ")
            typed = _TYPED.match(english) if place == "name" and comma else None
            if typed:
                # "Goma, the east of Congo" is Goma city there.
                english = f"{inner}{typed['kind']}{comma}{outer}{english[typed.end() :]}"
            english = english.replace(f"{{{place}}}", rendered)
        return None if "{" in english else Rewriting(english, names, certain, known)

    def _typed_whole(self, found: re.Match[str]) -> str | None:
        """Return a unit or a place that is known with its type word: "Атырау облысында" is "Атырау облысы"."""
        if found.start("type") < found.start("name") and self._meaning("type", found["type"].strip()) in _SETTLEMENTS:
            return None
        (first, _), (_, last) = sorted((found.span("type"), found.span("name")))
        return self._names.best(found.string[first:last].strip(EDGES))

    def _meaning(self, slot: str, text: str) -> str:
        if slot == "number" and text[0].isdigit():
            return "".join(str(digit(sign)) if sign.isdigit() else sign for sign in text)
        return self._spoken.meaning(slot.rstrip("2"), text)

    def _named(self, text: str, depth: int, *, possessed: bool) -> Rewriting | None:
        """Read what stands in the slot of a name: a name, with or without its ending, or a phrase again."""
        best = self._names.best(text, possessed=possessed)
        if best is not None:
            return Rewriting("Qqa", {"Qqa": best})
        nested = self.read(text, depth + 1)
        if nested is not None and nested.certain:
            return nested
        country = self._country(text)
        if country:
            return Rewriting("Qqa", {"Qqa": country})
        return nested or (None if possessed else Rewriting("Qqa", {"Qqa": text}, certain=False, known=False))

    def _listed(self, text: str, types: str, depth: int) -> Rewriting | None:
        """Read "Донецкой и Луганской" before a word for several units, of which each is one."""
        joints = [joint.strip() for joint in self._spoken.joints.findall(text)]
        if not 0 < len(joints) < _MOST_ITEMS or joints[-1] in _COMMAS:
            return None  # "Tillabéri et Diffa, au Niger"
        items = [item.strip(EDGES) for item in self._spoken.joints.split(text)]
        if not all(items):
            return None
        kind = self._spoken.meaning("types", types)
        written = next((one for one, meaning in self._spoken.roles.get("type", ()) if meaning == kind), "")
        names: dict[str, str] = {}
        english, certain, known = [], True, False
        for item in items:
            one = self._listed_item(self._without_of(item), kind, written, depth)
            if one is None:
                return None
            certain, known = certain and one.certain, known or one.certain
            english.append(renamed(one, names))
        return Rewriting(f"{', '.join(english[:-1])} and {english[-1]}", names, certain, known)

    def _listed_item(self, item: str, kind: str, written: str, depth: int) -> Rewriting | None:
        if kind in _SETTLEMENTS and self._names.is_country(item):
            return Rewriting(f"Qqa {kind}", {"Qqa": item})  # Tunis and Algiers are called like their countries
        one = self._area(f"{item} {written}") if "stem" in self._spoken.roles and written else None
        if one is None or not one.certain:
            named = self._named(item, depth, possessed=False)
            one = named and Rewriting(f"{named.english} {kind}", named.names, named.certain, named.known)
        return one

    def _without_of(self, text: str) -> str:
        found = re.match(self._spoken.words_pattern("of"), text, re.IGNORECASE)
        return text[found.end() :] if found else text

    def _area(self, text: str) -> Rewriting | None:
        """Read "Мангистауской области": a unit by its whole name, or by the name its adjective is made of."""
        best = self._names.best(text)
        if best is not None:
            return Rewriting("Qqa", {"Qqa": best})
        *words, last = text.split()
        kind = self._spoken.meaning("type", last)
        name = " ".join(words)
        if kind in _SETTLEMENTS and self._is_no_name(name):
            return None
        forms = [name, *self._names.forms(name, possessed=False)]
        # "Донецкая обл." is known as "Донецкая область".
        written = [other for other, meaning in self._spoken.roles.get("type", ()) if meaning == kind]
        whole = next((f"{f} {o}" for o in written for f in forms if self._prominence(f"{f} {o}") is not None), None)
        if whole is not None:
            return Rewriting("Qqa", {"Qqa": whole})
        for form in forms:
            for ending, instead in self._spoken.roles.get("stem", ()):
                stem = form[: -len(ending)] + instead
                if form.endswith(ending) and stem and self._prominence(stem) is not None:
                    return Rewriting(f"Qqa {kind}", {"Qqa": stem})
        known = self._names.best(name)
        return Rewriting(f"Qqa {kind}", {"Qqa": known or name}, certain=known is not None, known=known is not None)

    def _of_adjective(self, text: str) -> Rewriting | None:
        name = self._spoken.meaning("adjective", text) or self._spoken.people(text) or self._adjective(text)
        return Rewriting("Qqa", {"Qqa": name}) if name else None


def _is_in_small_letters(text: str, phrase: str) -> bool:
    """Say whether a text is in small letters and the phrase it stands in is not, so that it is no name."""
    return text == text.lower() and text != text.upper() and phrase != phrase.lower()
