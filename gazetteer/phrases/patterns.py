"""The words of place phrases, as patterns: directions, distances, nearness, borders, lists.

Nothing enters; `gazetteer.phrases.parser` reads with these. Each pattern matches a whole phrase, in any case, and names
what it leaves to be read further: ``of``, ``a``, ``b``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cached_property

from gazetteer.names.affixes import TYPE_WORDS

KM = {"km": 1.0, "m": 0.001, "mi": 1.609344, "nm": 1.852}
VAGUE = {"a few": 5.0, "few": 5.0, "several": 7.0, "a": 1.0, "one": 1.0, "two": 2.0, "three": 3.0, "five": 5.0,
          "ten": 10.0, "twenty": 20.0, "dozens of": 40.0, "tens of": 30.0}  # fmt: skip

COMPASS = r"(?:north|south)[\s-]?(?:east|west)(?:ern|erly)?|(?:north|south|east|west)(?:ern(?:most)?|erly)?"
ABBREVIATED = r"(?-i:[NS][NS]?[EW]|[EW][NS][EW]|[NSEW])\.?"
MIDDLE = r"central|inner|centre|center|middle|downtown"
DEGREE = r"(?:(?:far|extreme|deep|remote)[\s-]+)?"
DIRECTION = rf"{DEGREE}(?:{COMPASS}|{MIDDLE}|{ABBREVIATED})(?!\w)"
# Between several directions; "south-central" is the south and the middle.
AND_DIRECTION = r"(?:\s*,\s*(?:and\s+)?|\s+and\s+|\s+or\s+|\s*/\s*|[\s-](?=central\b))"
DIRECTIONS = rf"{DIRECTION}(?:{AND_DIRECTION}{DIRECTION})*"
PORTION = (
    r"(?:parts?|half|areas?|sections?|sides?|regions?|ends?|zones?|districts?|reaches|portions?|flank|provinces|"
    r"suburbs?)"
)
NUMBER = rf"(?:\d{{1,4}}(?:[.,]\d{{1,3}})?(?:\s*(?:-|–|to)\s*\d{{1,4}})?|{'|'.join(map(re.escape, VAGUE))})"
UNIT = r"(?:km|kms|kilomet(?:er|re)s?|k\.m\.|miles?|mi|m|met(?:er|re)s?|nautical\s+miles?|nm|nmi)(?!\w)\.?"
AREA_WORDS = sorted((re.escape(w) for w, kinds in TYPE_WORDS.items() if kinds[0] != "sea"), key=len, reverse=True)
# "M5 international highway".
ROADS = (
    r"(?:[A-Z]{1,3}-?\d{1,4}\s+)?(?:(?:main|international|federal|national|strategic|free|toll|coastal|desert|old|new)\s+)*"
    r"(?:roads?|highways?|motorway|freeway|expressway|route|railway|corridor|axis|line)"
)
DASH = r"\s*[-–—/]\s*"


class Rule:
    """A pattern that a whole phrase is to match, in any case; compiled when first asked, since a name needs none."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern

    @cached_property
    def match(self) -> Callable[[str], re.Match[str] | None]:
        """Match a phrase: what the pattern names of it, or None."""
        return re.compile(rf"^(?:{self._pattern})$", re.IGNORECASE | re.DOTALL).match


FILLER = re.compile(
    rf"^(?:(?!(?:several|some)\s+{UNIT})(?:somewhere|located|situated|mostly|mainly|possibly|also|just|various|several|unspecified|unknown|many|most|some|other|"
    r"locations?|places?|sites?|villages|towns|parts?|remote|rural|large|whole|entire|throughout|across|inside|within|"
    r"islands?(?=\s+of\s)|isles?(?=\s+of\s)|from(?!\s.+\sto\s)|in|at|on|all(?!\s.+\sbut\s)|over|the|"
    r"an?\s+(?:\w+\s+)?(?:village|town|settlement|camp|place|point|base|checkpoint|site|location|area)"
    r"(?=\s+(?:\d+|about|around|near|some|outside|between|north|south|east|west|in|on|off|located|situated|close|just)\b)"
    r")\s+(?:(?:of|in|from)\s+)?)+(?=\S)",
    re.IGNORECASE,
)
EXCEPT = Rule(
    r"(?:all\s+(?:of\s+)?)?(?P<a>.+?),?\s+(?:except(?:\s+for)?|excluding|without|minus|apart\s+from|but\s+not)\s+(?P<b>.+)"
    r"|(?:all|the\s+(?:whole|rest))(?:\s+of)?\s+(?P<all>.+?),?\s+but\s+(?P<but>.+)"
)
OFFSET = Rule(
    rf"(?:(?:about|around|some|approximately|approx\.?|roughly|nearly|almost|over|more\s+than|less\s+than|circa|ca\.?|~)\s*)?"
    rf"(?P<n>{NUMBER})\s*-?\s*(?P<unit>{UNIT})\s*(?:away\s+)?(?:to\s+the\s+|in\s+the\s+)?(?:due\s+)?(?P<dir>{DIRECTION})?"
    rf"\s*(?:direction\s+)?(?P<prep>of|from|off|away\s+from|outside(?:\s+of)?|to|inside)?\s+(?P<of>.+)"
)
OFF_COAST = re.compile(r"^(?:the\s+)?(?:coast|shore)s?\s+of\s+", re.IGNORECASE)
TOWARD = Rule(
    rf"(?:just\s+|immediately\s+|due\s+|(?:areas?\s+)?to\s+the\s+)?(?P<dir>{DIRECTION})\s+(?:of|from)\s+(?P<of>.+)"
)
THE_PART = Rule(rf"the\s+(?P<dir>{DIRECTIONS})(?:\s+{PORTION})?\s+(?:of|in)\s+(?P<of>.+)")
PORTIONED = Rule(rf"(?:the\s+)?(?P<dir>{DIRECTIONS})\s+{PORTION}\s+(?:of|in)\s+(?P<of>.+)")
PART = Rule(rf"(?:the\s+)?(?P<dir>{DIRECTIONS})\s+(?:of\s+)?(?P<of>.+)")
SEVERAL = Rule(rf"(?:the\s+)?{DIRECTION}{AND_DIRECTION}{DIRECTION}\b.+")
# "Mali's restive north": between the possessor and the direction stands an adjective at most.
POSSESSED_PART = Rule(
    rf"(?P<of>(?:(?!\s(?:in|of)\s|,).)+?)(?:'s?|’s?)\s+(?:(?-i:[a-z-]+)\s+)?(?P<dir>{DIRECTIONS})(?:\s+{PORTION})?"
)
# Of the country that is known, or of what it stands in.
BARE_PART = Rule(rf"(?:the\s+)?(?P<dir>{DIRECTIONS})(?:\s+{PORTION})?")
ROAD_TO = Rule(rf"(?:along\s+|on\s+)?(?:the\s+)?{ROADS}\s+(?:leading\s+)?(?:to(?:wards?)?|into|from)\s+(?P<of>.+)")
BETWEEN = Rule(
    r"(?:(?:the\s+)?(?:area|areas|road|highway|stretch|region|route|line)\s+)?(?:in\s+)?between\s+(?P<a>.+?)\s+and\s+(?P<b>.+)"
)
ROAD = Rule(
    rf"(?:along\s+|on\s+)?(?:the\s+)?{ROADS}\s+(?:leading\s+)?"
    r"(?:from\s+(?P<a>.+?)\s+to(?:wards?)?\s+(?P<b>.+)|between\s+(?P<a2>.+?)\s+and\s+(?P<b2>.+)|linking\s+(?P<a3>.+?)\s+(?:and|to|with)\s+(?P<b3>.+))"
)
FROM_TO = Rule(r"(?:along\s+|on\s+)?from\s+(?P<a>.+?)\s+to(?:wards?)?\s+(?P<b>.+)")
NAMED_ROAD = Rule(
    r"(?:along\s+|on\s+)?(?:the\s+)?(?:[A-Z]{1,3}-?\d{1,4}\s+)?(?:(?:main|international|strategic)\s+)?"
    rf"(?P<a>[^,]+?)(?:{DASH}|\s+to\s+)(?P<b>[^,]+?)\s+{ROADS}"
)
# "The Sino-Indian border": what stands for a country in front of another.
COMBINING = {
    "afghano": "Afghanistan", "anglo": "United Kingdom", "ethio": "Ethiopia", "franco": "France", "graeco": "Greece",
    "greco": "Greece", "indo": "India", "israelo": "Israel", "libano": "Lebanon", "pak": "Pakistan", "russo": "Russia",
    "serbo": "Serbia", "sino": "China", "turco": "Turkey", "turko": "Turkey",
}  # fmt: skip
BORDER_OF = Rule(
    r"(?:along\s+|on\s+|at\s+)?(?:the\s+)?(?:shared\s+|common\s+|land\s+)?(?:borders?|frontiers?|boundary)(?:\s+(?:areas?|regions?|zones?))?\s+"
    r"(?:(?:between|of)\s+(?P<a>.+?)\s+(?:and|with)\s+(?P<b>.+)|(?:of|with|to)\s+(?P<only>.+))"
)
BORDER_PAIR = Rule(
    rf"(?:along\s+|on\s+|at\s+)?(?:the\s+)?(?P<a>[^,]+?){DASH}(?P<b>[^,]+?)\s+(?:borders?|frontiers?|boundary)(?:\s*lands?|\s+(?:areas?|regions?|zones?))?"
)
BORDER_WITH = Rule(
    r"(?:along\s+|on\s+|at\s+)?(?:the\s+)?(?P<a>.+?)(?:'s?|’s?)?\s+(?:borders?|frontiers?|boundary)(?:\s+(?:areas?|regions?|zones?))?"
    r"(?:\s+(?:with|to)\s+(?P<b>.+))?"
)
COAST = Rule(
    r"(?:along\s+|on\s+)?(?:the\s+)?(?:(?P<dir>(?:north|south|east|west)[\w-]*)\s+|(?P<sea>[\w\s-]+?)\s+)?"
    r"(?:coast(?:line|s)?|shores?|seaboard)\s+of\s+(?P<of>.+)"
)
OFF = Rule(
    r"(?:just\s+)?(?:off(?:\s+of)?|waters\s+off)\s+(?:the\s+)?(?P<of>.+?)(?:(?<!the)(?P<coast>\s+(?:coast(?:line)?|shores?)))?"
)
POSSESSED_COAST = Rule(
    r"(?P<of>[^,]+?)(?:'s|’s|(?<=s)['’])\s+(?:(?P<dir>(?:north|south|east|west)[\w-]*)|(?P<sea>[\w\s-]+?))\s+(?:coast(?:line)?|seaboard)"
)
NAMED_COAST = Rule(r"(?:the\s+)?(?P<of>[^,]+?)(?:'s|’s)?\s+(?:coast(?:line)?|seaboard)")
NEAR = Rule(
    r"(?:(?P<near>near(?:by|\s+to)?|close\s+to|around|vicinity\s+of|(?:the\s+)?(?:general\s+|surrounding\s+)?areas?\s+(?:of|around|near)|"
    r"surroundings\s+of|environs\s+of|neighbou?rhood\s+of|adjacent\s+to|next\s+to|not\s+far\s+from|by|towards?|beside|"
    r"(?:on|in|at)?\s*(?:the\s+)?(?:immediate\s+|general\s+|near\s+)?vicinity\s+of)"
    r"|(?P<outskirts>outside(?:\s+of)?|(?:on\s+|in\s+|at\s+)?(?:the\s+)?(?:outskirts|outskirt|edges?|periphery|gates|suburbs?|fringes)\s+of)"
    r"|(?P<countryside>(?:in\s+)?(?:the\s+)?(?:country\s?side|rural\s+(?:areas?|parts?)|hinterland|rif|reef)\s+(?:of|around|near)))"
    r"\s+(?P<of>.+)"
)
SURROUNDED = Rule(
    r"(?:the\s+)?(?P<of>.+?)(?:'s|’s)?\s+(?:(?P<near>area|vicinity|surroundings|environs)|"
    r"(?P<outskirts>outskirts|suburbs?)|(?P<countryside>country\s?side|hinterland|rural\s+areas?))"
)
SURROUNDED_PART = Rule(
    rf"(?:the\s+)?(?P<of>.+?)(?:'s|’s)?\s+(?P<dir>{DIRECTION})\s+(?P<what>outskirts|suburbs?|country\s?side|areas?|rural\s+areas?)"
)
OTHER_STATUSES = ("observer", "candidate", "associate", "partner")
STATUS = "|".join(("member", *OTHER_STATUSES))
MEMBERS_OF = Rule(
    rf"(?:the\s+)?(?:\w+\s+)?(?P<who>(?:{STATUS})s?(?:\s+(?:states?|countries|nations))?|(?:states|countries|nations))"
    r"\s+of\s+(?:the\s+)?(?P<of>.+)"
)
COUNTED = r"(?:(?:all|two|three|four|five|six|seven|eight|nine|ten|\d{1,3})\s+)?"
MEMBERS = Rule(
    rf"(?:all\s+)?(?:the\s+)?{COUNTED}(?P<of>.+?)(?:'s|’s|s')?\s+"
    rf"(?P<who>(?:{STATUS})s?(?:\s+(?:states?|countries|nations))?|states|countries|nations|republics)"
)
CAPITAL = r"(?:(?:national|provincial|regional|state|district)\s+)?capital(?:\s+city)?"
CAPITAL_OF = Rule(rf"(?:the\s+)?{CAPITAL}\s+of\s+(?P<of>.+)")
POSSESSED_CAPITAL = Rule(rf"(?:the\s+)?(?P<of>[^,]+?)(?:'s|’s|(?<=s)['’])?\s+{CAPITAL}(?:\s+(?:of\s+)?(?P<name>.+))?")
# What stands before these words lies at the place that they begin: "a checkpoint near Aleppo".
PLACED = Rule(
    rf"(?P<a>.+?)(?<!border)(?<!frontier)(?<!road)(?<!highway)(?<!area)(?<!areas)(?<!line)(?<!coast)\s+(?P<b>(?:near|nearby|close\s+to|around|outside|between|along|off|adjacent\s+to|next\s+to|"
    rf"(?:on|in|at)\s+(?:the\s+)?(?:outskirts|vicinity|border|edge|countryside)|"
    rf"(?:about|approximately|some)\s+{NUMBER}\s*-?\s*{UNIT}|{NUMBER}\s*-?\s*{UNIT}|{DIRECTION}\s+of)\s.+)"
)
UNIT_OF = Rule(rf"(?P<a>[^,]+?\s+(?:{'|'.join(AREA_WORDS)}))\s+(?:of|in)\s+(?P<b>.+)")
OF = Rule(r"(?P<a>.+?)\s+of\s+(?P<b>.+)")
# Forms write the kind of unit before its name: "Woreda: Raya Azebo".
LABELLED = re.compile(rf"\b(?P<word>{'|'.join(AREA_WORDS)})\s*:\s*(?P<name>[^,;:]+)", re.IGNORECASE)
LINES = re.compile(r"\s*[\r\n]+\s*")
DAY = re.compile(
    r"\s+(?:(?:on|last|this)\s+)?(?:mon|tues|wednes|thurs|fri|satur|sun)day(?:\s+(?:morning|evening|night))?$", re.I
)
IN = Rule(r"(?P<a>.+?)\s+(?:in|inside|within|of\s+the)\s+(?P<b>.+)")
POSSESSED = Rule(r"(?P<b>[^,]+?)(?:'s|’s|(?<=s)['’])\s+(?P<a>[^,]+)")
BRACKETED = re.compile(r"\s*[(\[{（]([^()\[\]{}（）]*)[)\]}）]\s*")
COMMA = re.compile(r"\s*[,;،、，#]\s*|\s+[-–—]\s+|\s*:\s+")
SEPARATED = re.compile(rf"{COMMA.pattern}|[(\[{{（]")
AND = re.compile(r"\s+(?:and|&|as\s+well\s+as|or|y|et|und)\s+|\s*/\s*", re.IGNORECASE)
PLURALS = {
    "provinces": "province", "oblasts": "oblast", "regions": "region", "states": "state", "governorates": "governorate",
    "counties": "county", "districts": "district", "municipalities": "municipality", "villages": "village",
    "towns": "town", "cities": "city", "departments": "department", "tehsils": "tehsil", "communes": "commune",
    "raions": "raion", "prefectures": "prefecture", "woredas": "woreda", "settlements": "settlement", "wards": "ward",
    "neighborhoods": "neighborhood", "neighbourhoods": "neighbourhood", "areas": "area", "camps": "camp",
    "islands": "island", "airports": "airport", "zones": "zone", "cantons": "canton",
}  # fmt: skip
TYPED_LIST = Rule(rf"(?P<items>.+)\s+(?P<word>{'|'.join(PLURALS)})")
TYPES_OF = Rule(rf"(?:the\s+)?(?P<word>{'|'.join(PLURALS)})\s+of\s+(?P<items>.+)")
PAIRED = re.compile(r"\b(?:between|linking)\b", re.IGNORECASE)
BLANK = re.compile(r"\s+")
EDGES = " \t\n,;:.·-–—'\"“”«»"


# "the west of X" is a part of X, "west of X" is not: here the article counts.
THE_DIRECTION = re.compile(
    rf"^(?:(?:somewhere|in|on|at|to|across|throughout)\s+)*(?=the\s+{DIRECTIONS}(?:\s+{PORTION})?\s+(?:of|in)\s)",
    re.IGNORECASE,
)
