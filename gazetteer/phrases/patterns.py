"""The words of place phrases, as patterns: directions, distances, nearness, borders, lists.

`gazetteer.phrases.parser` reads with these. Each pattern matches a whole phrase, in any case, and names
what it leaves to be read further: ``of``, ``a``, ``b``.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from gazetteer.locks import cached_property
from gazetteer.names.affixes import TYPE_WORDS

KM = {"km": 1.0, "m": 0.001, "mi": 1.609344, "nm": 1.852}
_ONES = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
VAGUE = {
    "half a": 0.5,
    "half": 0.5,
    "a quarter of a": 0.25,
    "a": 1.0,
    "an": 1.0,
    "a couple of": 2.0,
    "a few": 5.0,
    "few": 5.0,
    "several": 7.0,
    "a dozen": 12.0,
    "a hundred": 100.0,
    "hundreds of": 300.0,
    "dozens of": 40.0,
    "tens of": 30.0,
    **{word: float(number) for number, word in enumerate(_ONES.split(), start=1)},
    **{word: 10.0 * number for number, word in enumerate(_TENS.split(), start=2)},
}
# How far people come in an hour, in km: "two hours' walk from Bunia".
KM_AN_HOUR = {"walk": 5.0, "march": 5.0, "hike": 4.0, "ride": 15.0, "drive": 50.0}

COMPASS = r"(?:north|south)[\s-]?(?:east|west)(?:ern|erly)?|(?:north|south|east|west)(?:ern(?:most)?|erly)?"
ABBREVIATED = r"(?-i:[NS][NS]?[EW]|[EW][NS][EW]|[NSEW])\.?"
MIDDLE = r"central|inner|centre|center|middle|downtown"
DEGREE = r"(?:(?:far|extreme|deep|remote)[\s-]+)?"
DIRECTION = rf"{DEGREE}(?:{COMPASS}|{MIDDLE}|{ABBREVIATED})(?!\w)"
# Between several directions; "south-central" is the south and the middle.
AND_DIRECTION = r"(?:\s*,\s*(?:and\s+)?|\s+and\s+|\s+or\s+|\s*[/&]\s*|[\s-](?=central\b))"
DIRECTIONS = rf"{DIRECTION}(?:{AND_DIRECTION}{DIRECTION})*"
PORTION = (
    r"(?:parts?|half|areas?|sections?|sides?|regions?|ends?|zones?|districts?|reaches|portions?|flank|provinces|"
    r"suburbs?|direction|front(?:\s?line)?)"
)
_NUMBER_WORDS = "|".join(sorted(map(re.escape, VAGUE), key=len, reverse=True))
NUMBER = rf"(?:\d{{1,4}}(?:[.,]\d{{1,3}})?(?:\s*(?:-|–|to)\s*\d{{1,4}})?|{_NUMBER_WORDS})"
UNIT = r"(?:km|kms|kilomet(?:er|re)s?|k\.m\.|miles?|mls?|mi|m|met(?:er|re)s?|nautical\s+miles?|nm|nmi)(?!\w)\.?"
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


# Who holds a place, and what state it is in, says nothing of where it lies: "Russian-occupied Melitopol".
HELD = (
    r"(?:(?:[\w.']+[-–](?:occupied|controlled|held|annexed|administered|besieged|governed|ruled|run|dominated|"
    r"liberated|seized|captured|majority|populated)|(?:[\w.']+\s)?(?:occupied|controlled|besieged|annexed|liberated))"
    r"(?=\s)(?!\s+(?:palestinian|territor)))"
)
RESTIVE = (
    r"self-(?:proclaimed|declared|styled|governing)|so-called|breakaway|separatist|disputed|contested|restive|"
    r"war-torn|conflict-hit|volatile|troubled|embattled|neighbou?ring|mountainous|densely\s+populated"
)
FILLER = re.compile(
    rf"^(?:(?!(?:several|some)\s+{UNIT})(?:somewhere|located|situated|mostly|mainly|possibly|also|just|various|several|unspecified|unknown|many|most|some|other|"
    r"locations?|places?|sites?|villages|towns|parts?|remote|large|whole|entire|throughout|across(?!\s+the\s+(?:river|water|bay|strait|border|lake)\b)|inside|within|"
    rf"{HELD}|{RESTIVE}|(?:area|areas|region)\s+surrounding|"
    r"islands?(?=\s+(?:of|in)\s)|isles?(?=\s+of\s)|from(?!\s.+\sto\s)|in|at|on|all(?!\s.+\sbut\s)|over|the|"
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
# "15 km inside Syria from the Turkish border", "the Syrian side of the border".
INSIDE_BORDER = Rule(
    rf"(?:{NUMBER}\s*-?\s*{UNIT}\s+)?inside\s+(?P<a>.+?)\s+(?:from|off?)\s+(?P<b>(?:the\s+)?.*\b(?:border|frontier))"
)
SIDE = Rule(
    r"(?:on\s+)?(?:the\s+)?(?P<a>[^,]+?)\s+side\s+of\s+(?P<b>(?:the\s+)?(?:[^,]*\s)?(?:border|frontier)(?:\s.+)?)"
)
BARE_BORDER = re.compile(r"^(?:the\s+)?(?:border|frontier)$", re.IGNORECASE)
# Three borders that meet: "the tri-border area of Mali, Niger and Burkina Faso".
_MEETING = r"(?:tri-?border|three[\s-]border|tripoint|triple[\s-]frontier)(?:\s+(?:areas?|regions?|zones?|points?))?"
TRIPOINT = Rule(
    rf"(?:the\s+)?(?:{_MEETING}\s+(?:of|between|where)\s+(?P<of>.+?)(?:\s+meet)?|(?P<before>.+?)\s+{_MEETING})"
)
BETWEEN_THREE = re.compile(rf"{DASH}|\s*,\s*(?:and\s+)?|\s+and\s+", re.IGNORECASE)
# "Two hours' walk from Bunia".
HOURS = Rule(
    rf"(?:(?:about|around|some|roughly|nearly)\s+)?(?P<n>{NUMBER})[\s-]*(?:hours?|hrs?)['’]?s?[\s-]+(?P<how>{'|'.join(KM_AN_HOUR)})"
    r"\s+(?:away\s+)?from\s+(?P<of>.+)"
)
# Along or across a river from a town: which river is not said.
ALONG_RIVER = Rule(
    r"(?:(?:just\s+)?(?:up|down)(?:stream|river)\s+(?:of|from)|(?:just\s+)?across\s+the\s+(?:river|water|bay|strait|border|lake)\s+from|"
    r"opposite(?:\s+(?:to|from))?|(?:on\s+)?the\s+(?:opposite|other|left|right|east|west|north|south)\s+bank\s+(?:of|from))\s+(?P<of>.+)"
)
# "The left bank of the Dnipro": with an article a river is meant.
BANK = Rule(
    r"(?:(?:on|along|at)\s+)?(?:the\s+)?(?:(?:opposite|other|left|right|both|east(?:ern)?|west(?:ern)?|north(?:ern)?|south(?:ern)?)\s+)?"
    r"banks?\s+of\s+(?:the\s+(?:river\s+)?(?P<of>.+)|river\s+(?P<named>.+))"
)
# "1 mi. S., 2 mi. W. of Fort Collins": one leg after the other, the last from the place.
LEGS = Rule(
    rf"(?P<n>{NUMBER})\s*-?\s*(?P<unit>{UNIT})\s*(?:to\s+the\s+|due\s+)?(?P<dir>{DIRECTION})\s*(?:,|;|and|&|then)\s*"
    rf"(?P<of>{NUMBER}\s*-?\s*{UNIT}\s*(?:to\s+the\s+|due\s+)?{DIRECTION}.+)"
)
# The last leg before its place, which a comma may part: "2 mi. W., Fort Collins".
LAST_LEG = Rule(rf"(?P<leg>{NUMBER}\s*-?\s*{UNIT}\s*(?:to\s+the\s+|due\s+)?{DIRECTION})\s*,\s*(?P<of>[^,\d].*)")
RADIUS = Rule(
    rf"(?:within\s+)?(?:an?\s+)?{NUMBER}\s*-?\s*{UNIT}\s+(?:radius\s+)?(?:around|radius\s+(?:of|from|around))\s+(?P<of>.+)"
    rf"|within\s+{NUMBER}\s*-?\s*{UNIT}\s+of\s+(?P<of2>.+)"
)
# "Red Sea off Hodeidah": the water that lies off the town.
WATER_OFF = Rule(
    r"(?:the\s+)?(?:[\w\s'-]+\s)?(?:sea|gulf|ocean|strait|bay|waters|channel|lake|mediterranean|atlantic|pacific|aegean|baltic)"
    r"\s+off(?:\s+of)?\s+(?:the\s+)?(?P<of>.+?)(?P<coast>\s+(?:coast(?:line)?|shores?))?"
)
# What stands before "in", "near" or "outside" and is a road: it lies along the place.
ROAD_THING = Rule(
    r"(?:along\s+|on\s+)?(?:the\s+)?(?:(?:interstate|i|us|route|rte|highway|hwy|motorway|road|national\s+road|rn|rp|n|m|a|e|r|d|ah)"
    r"[\s.-]*\d{1,4}[a-z]?(?:\s+(?:road|highway|motorway))?|(?:[\w-]+\s+){1,3}(?:highway|motorway|expressway|freeway|turnpike))"
)
OLD_CITY = Rule(
    r"(?:the\s+)?(?:old\s+(?:city|town|quarter)|city\s+cent(?:re|er)|downtown)(?:\s+(?:area|district))?\s+(?:of|in)\s+(?P<of>.+)"
)
TOWARD = Rule(
    rf"(?:just\s+|immediately\s+|due\s+|(?:areas?\s+)?to\s+the\s+)?(?P<dir>{DIRECTION})\s+(?:of|from)\s+(?P<of>.+)"
)
DEGREED = re.compile(r"^(?:the\s+)?(?P<name>(?:far|extreme|deep)[\s-]+[a-z-]+)", re.IGNORECASE)
THE_PART = Rule(rf"the\s+(?P<dir>{DIRECTIONS})(?:\s+{PORTION})?\s+(?:of|in)\s+(?P<of>.+)")
PORTIONED = Rule(rf"(?:the\s+)?(?P<dir>{DIRECTIONS})\s+{PORTION}\s+(?:of|in)\s+(?P<of>.+)")
PART = Rule(rf"(?:the\s+)?(?P<dir>{DIRECTIONS})\s+(?:of\s+)?(?P<of>.+)")
SEVERAL = Rule(rf"(?:the\s+)?{DIRECTION}{AND_DIRECTION}{DIRECTION}\b.+")
# "Mali's restive north": between the possessor and the direction stands an adjective at most.
POSSESSED_PART = Rule(
    rf"(?P<of>(?:(?!\s(?:in|of)\s|,).)+?)(?:'s?|’s?)\s+(?:(?-i:[a-z-]+)\s+)?(?P<dir>{DIRECTIONS})(?:\s+{PORTION})?"
)
# Of the country that is known, or of what it stands in.
# "East End" and "West Side" are names.
BARE_PART = Rule(rf"(?:the\s+)?(?P<dir>{DIRECTIONS})(?:\s+(?!(?-i:Ends?|Sides?)(?!\w)){PORTION})?")
ROAD_TO = Rule(rf"(?:along\s+|on\s+)?(?:the\s+)?{ROADS}\s+(?:leading\s+)?(?:to(?:wards?)?|into|from)\s+(?P<of>.+)")
BETWEEN = Rule(
    r"(?:(?:about|roughly|approximately)\s+)?(?:(?:half|mid|part)[\s-]?way\s+)?(?:(?:the\s+)?(?:area|areas|road|highway|stretch|region|route|line)\s+)?(?:in\s+)?between\s+(?P<a>.+?)\s+and\s+(?P<b>.+)"
)
ROAD = Rule(
    rf"(?:along\s+|on\s+)?(?:the\s+)?{ROADS}\s+(?:leading\s+)?"
    r"(?:from\s+(?P<a>.+?)\s+to(?:wards?)?\s+(?P<b>.+)|between\s+(?P<a2>.+?)\s+and\s+(?P<b2>.+)|linking\s+(?P<a3>.+?)\s+(?:and|to|with)\s+(?P<b3>.+))"
)
FROM_TO = Rule(
    r"(?:(?:about|roughly)\s+)?(?:(?:half|mid|part)[\s-]?way\s+)?(?:along\s+|on\s+)?from\s+(?P<a>.+?)\s+to(?:wards?)?\s+(?P<b>.+)"
)
# "Gao → Ansongo", and "Gao to Ansongo" where both are names.
ARROW = Rule(r"(?P<a>[^,]+?)\s*(?:→|⟶|->|-->|=>)\s*(?P<b>[^,]+)")
HYPHENED = Rule(r"(?P<a>[^,\d-]{4,}?)\s*[-–—]\s*(?P<b>[^,\d-]{4,})")
BARE_TO = Rule(r"(?P<a>[^,]+?)\s+to\s+(?P<b>[^,]+)")
# Where on the road: "47 km along the Maiduguri-Damboa road", "Nairobi to Mombasa road, km 120".
MILESTONE = re.compile(
    rf"^(?:(?:about|some)\s+)?{NUMBER}\s*-?\s*{UNIT}\s+(?=along\s)|,?\s+(?:at\s+)?(?:km|kilomet(?:er|re)|mile(?:\s*post)?|pk)\s*\d+(?:[.,+]\d+)?$",
    re.IGNORECASE,
)
# "RN2 axis Goma-Rutshuru".
ROAD_BETWEEN = Rule(
    rf"(?:along\s+|on\s+)?(?:the\s+)?(?:[A-Z]{{1,3}}-?\d{{1,4}}\s+)?{ROADS}\s+(?P<a>[^,\s][^,]*?){DASH}(?P<b>[^,]+)"
)
NAMED_ROAD = Rule(
    r"(?:along\s+|on\s+)?(?:the\s+)?(?:[A-Z]{1,3}-?\d{1,4}\s+)?(?:(?:main|international|strategic)\s+)?"
    rf"(?P<a>[^,]+?)(?:{DASH}|\s+to\s+)(?P<b>[^,]+?)\s+{ROADS}"
)
# "The Sino-Indian border": what stands for a country in front of another.
COMBINING = {
    "afghano": "Afghanistan",
    "anglo": "United Kingdom",
    "ethio": "Ethiopia",
    "franco": "France",
    "graeco": "Greece",
    "greco": "Greece",
    "indo": "India",
    "israelo": "Israel",
    "libano": "Lebanon",
    "pak": "Pakistan",
    "russo": "Russia",
    "serbo": "Serbia",
    "sino": "China",
    "turco": "Turkey",
    "turko": "Turkey",
}
BORDER_OF = Rule(
    r"(?:along\s+|on\s+|at\s+)?(?:the\s+)?(?:shared\s+|common\s+|land\s+)?(?:borders?|frontiers?|boundary)(?:\s+(?:areas?|regions?|zones?))?\s+"
    r"(?:(?:between|of)\s+(?P<a>.+?)\s+(?:and|with)\s+(?P<b>.+)|(?:of|with|to)\s+(?P<only>.+))"
)
BORDER_PAIR = Rule(
    rf"(?:along\s+|on\s+|at\s+)?(?:the\s+)?(?P<a>[^,]+?){DASH}(?P<b>[^,]+?)\s+(?:borders?|frontiers?|boundary)(?:\s*lands?|\s+(?:areas?|regions?|reg\.?|zones?|fence|wall|crossings?))?"
)
BORDER_WITH = Rule(
    r"(?:along\s+|on\s+|at\s+)?(?:the\s+)?(?P<a>.+?)(?:'s?|’s?)?\s+(?:borders?|frontiers?|boundary)(?:\s+(?:areas?|regions?|zones?|fence|wall))?"
    r"(?:\s+(?:with|to)\s+(?P<b>.+))?"
)
_COASTAL = r"coastal\s+(?:areas?|regions?|zones?|belts?|strips?|parts?|plains?)"
COAST = Rule(
    r"(?:along\s+|on\s+)?(?:the\s+)?(?:(?P<dir>(?:north|south|east|west)[\w-]*)\s+|(?P<sea>[\w\s-]+?)\s+)?"
    rf"(?:coast(?:line|s)?|shores?|seaboard|{_COASTAL})\s+(?:of|in)\s+(?P<of>.+)"
)
OFF = Rule(
    r"(?:just\s+)?(?:off(?:shore)?(?:\s+of)?|waters\s+off|(?:coastal|territorial)\s+waters\s+(?:of|off))\s+(?:the\s+)?(?P<of>.+?)(?:(?<!the)(?P<coast>\s+(?:coast(?:line)?|shores?)))?"
)
POSSESSED_COAST = Rule(
    r"(?P<of>[^,]+?)(?:'s|’s|(?<=s)['’])\s+(?:(?P<dir>(?:north|south|east|west)[\w-]*)|(?P<sea>[\w\s-]+?))\s+(?:coast(?:line)?|seaboard)"
)
NAMED_COAST = Rule(rf"(?:the\s+)?(?P<of>[^,]+?)(?:'s|’s)?\s+(?:coast(?:line)?|seaboard|{_COASTAL})")
NEAR = Rule(
    r"(?:(?P<near>near(?:by|\s+to)?|close\s+to|around|vicinity\s+of|(?:the\s+)?(?:general\s+|surrounding\s+)?areas?\s+(?:of|around|near)|"
    r"surroundings\s+of|environs\s+of|neighbou?rhood\s+of|adjacent\s+to|next\s+to|not\s+far\s+from|by|towards?|beside|"
    r"(?:on|in|at)?\s*(?:the\s+)?(?:immediate\s+|general\s+|near\s+)?vicinity\s+of|"
    r"(?:on|in|at)?\s*(?:the\s+)?(?:foot|base|slopes?|foothills|summit|peak|banks?)\s+of)"
    r"|(?P<outskirts>outside(?:\s+of)?|(?:on\s+|in\s+|at\s+)?(?:the\s+|an?\s+)?(?:outskirts|outskirt|edges?|periphery|gates|suburbs?|fringes)\s+of)"
    r"|(?P<countryside>(?:in\s+)?(?:the\s+)?(?:country\s?side|rural\s+(?:areas?|parts?)|hinterland|rif|reef)\s+(?:of|around|near)|(?:in\s+)?rural(?!\s+(?:areas?|parts?)\b)))"
    r"\s+(?P<of>.+)"
)
# "Gao and surrounding areas", "Goma and its outskirts": what else is said lies around the name.
AND_AROUND = Rule(
    r"(?P<of>[^,;]+?)\s+and\s+(?:(?:its|their|the)\s+)?(?:(?:immediate\s+)?(?:surroundings?|environs|outskirts|vicinity|suburbs)|"
    r"(?:immediately\s+)?(?:surrounding|nearby|adjacent|adjoining|neighbou?ring)\s+(?:rural\s+)?(?:areas?|villages|towns|districts|"
    r"localities|communities|settlements|regions|hamlets|wards))(?:\s+areas?)?"
)
SURROUNDED = Rule(
    r"(?:the\s+)?(?P<of>.+?)(?:'s|’s)?\s+(?:(?P<near>area|vicinity|surroundings|environs)|"
    r"(?P<outskirts>outskirts|suburbs?)|(?P<countryside>country\s?side|hinterland|rural\s+areas?))"
)
SURROUNDED_PART = Rule(
    rf"(?:the\s+)?(?P<of>.+?)(?:'s|’s)?\s+(?P<dir>{DIRECTION})\s+(?P<what>outskirts|suburbs?|country\s?side|areas?|rural\s+areas?)"
)
# What lies in or around a town that is named, and has no outline of its own: "Cox's Bazar refugee camps".
SURROUNDED_NAME = Rule(
    r"(?:the\s+)?(?P<of>.+?)(?:'s|’s)?\s+(?:(?P<some>(?:(?:refugee|idp|displacement)\s+)?camps|favelas|slums|shanty\s?towns|townships)|"
    r"metro(?:politan)?(?:\s+(?:area|region|zone))?|direction|front(?:\s?line)?|(?:(?:inner|outer)\s+)?anchorage(?:\s+area)?)"
)
GREATER = Rule(r"(?:greater|metro(?:politan)?)\s+(?P<of>[^,]+)")
# "Kherson left bank", "left-bank Kherson": the part of a unit, or of what lies around a town, on one side of its river.
BANK_OF = Rule(
    r"(?:the\s+)?(?P<of>[^,]+?)(?:'s|’s)?\s+\(?(?:left|right)[\s-]bank\)?"
    r"|(?:the\s+)?(?:left|right)[\s-]bank\s+(?:in\s+|of\s+)?(?P<named>[^,]+)"
)
# "The Chad-Sudan border at Adre": the place, on that border.
BORDER_AT = Rule(
    r"(?P<b>(?:along\s+|on\s+|at\s+|near\s+|close\s+to\s+)?(?:the\s+)?[^,]+?\s+(?:border|frontier)(?:\s+(?:area|region|zone|crossing))?),?\s+"
    r"(?P<how>at|near|close\s+to|around|outside)\s+(?:the\s+(?:town|village|city)\s+of\s+)?(?P<a>[^,]+)"
)
# One of several that are told apart by a number: "Camp 9", "Block 5", "Sector 7-B".
NUMBERED = Rule(
    r"(?:(?:refugee|idp)\s+)?(?:camp|block|ward|zone|sector|phase|district|quarter|section|unit|cluster|area|site|arrondissement)"
    r"\s+(?:no\.?\s*|number\s+|#\s*)?\d{1,3}(?:[\s-]?[a-z])?"
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
# "EU countries in 2003": a group at the end of a year.
MEMBERS_IN_YEAR = Rule(r"(?P<of>.+?)\s+(?:in|as\s+of|of|during|by|since)\s+(?P<year>(?:1[89]|20)\d\d)")
# "The EU-28": a group while it had so many members.
COUNTED_GROUP = Rule(
    r"(?:the\s+)?(?P<of>(?-i:[A-Z][A-Za-z]*[A-Z]))[\s-]?(?P<n>\d{1,3})(?:\s+(?:countries|members|states))?"
)
CAPITAL = r"(?:(?:national|provincial|regional|state|district)\s+)?capital(?:\s+city)?"
BARE_CAPITAL = Rule(r"(?:in\s+)?(?:the\s+)?(?:national\s+|country'?s\s+)?capital(?:\s+city)?")
CAPITAL_OF = Rule(rf"(?:the\s+)?{CAPITAL}\s+of\s+(?P<of>.+)")
POSSESSED_CAPITAL = Rule(rf"(?:the\s+)?(?P<of>[^,]+?)(?:'s|’s|(?<=s)['’])?\s+{CAPITAL}(?:\s+(?:of\s+)?(?P<name>.+))?")
# "The provincial capital Ghazni": the town that is named.
APPOSED_CAPITAL = Rule(
    r"(?:the\s+)?(?:provincial|regional|state|district)\s+capital(?:\s+city)?(?:\s*,\s*|\s+)(?!of\b)(?P<name>[^,]+)"
)
# What stands before these words lies at the place that they begin: "a checkpoint near Aleppo".
PLACED = Rule(
    rf"(?P<a>.+?)(?<!border)(?<!frontier)(?<!road)(?<!highway)(?<!area)(?<!areas)(?<!line)(?<!coast)\s+(?P<b>(?:near|nearby|close\s+to|around|outside|between|along|off|adjacent\s+to|next\s+to|"
    rf"(?:on|in|at)\s+(?:the\s+)?(?:outskirts|vicinity|border|edge|countryside)|"
    rf"(?:about|approximately|some)\s+{NUMBER}\s*-?\s*{UNIT}|{NUMBER}\s*-?\s*{UNIT}|{DIRECTION}\s+of)\s.+)"
)
# "Aktau on the Caspian Sea", "Kobani on the Turkish border".
ON_WATER = Rule(
    r"(?P<a>[^,]+?)\s+on\s+(?P<b>(?:the\s+)?(?:lake\s+[\w'-]+|gulf\s+of\s+[\w'-]+|(?:[\w'-]+\s+){1,3}(?:sea|river|lake|gulf|ocean|coast|"
    r"shore|(?P<border>border|frontier))(?:\s+with\s+.+)?))"
)
UNIT_OF = Rule(rf"(?P<a>[^,]+?\s+(?:{'|'.join(AREA_WORDS)}))\s+(?:of|in)\s+(?P<b>.+)")
OF = Rule(r"(?P<a>.+?)\s+of\s+(?P<b>.+)")
# Forms write the kind of unit before its name: "Woreda: Raya Azebo".
LABELLED = re.compile(rf"(?:^|(?<=[,;(])\s*)(?P<word>{'|'.join(AREA_WORDS)})\s*:\s*(?P<name>[^,;:]+)", re.IGNORECASE)
LINES = re.compile(r"\s*(?:[\r\n\t]|\\[rnt])+\s*")
DAY = re.compile(
    r"\s+(?:(?:on|last|this)\s+)?(?:mon|tues|wednes|thurs|fri|satur|sun)day(?:\s+(?:morning|evening|night))?$", re.I
)
IN = Rule(r"(?P<a>.+?)\s+(?:in|inside|within|of\s+the)\s+(?P<b>.+)")
POSSESSED = Rule(r"(?P<b>[^,]+?)(?:'s|’s|(?<=s)['’])\s+(?P<a>[^,]+)")
# "30 kilometres (19 miles) north of Kandahar": the distance said twice.
BRACKETED_DISTANCE = re.compile(
    rf"\s*[(\[]\s*(?:about|some|approx\.?|~)?\s*{NUMBER}\s*-?\s*{UNIT}\s*[)\]]", re.IGNORECASE
)
# "Gaza Strip: Khan Younis, Rafah": what stands before the colon is around all that stands behind it.
HEAD = re.compile(r"[^:,;]+?\s*:\s")
HEADED = Rule(r"(?P<outer>[^:,;()\[\]]{2,}?)\s*:\s+(?P<items>[^:]+)")
# "Norfolk (county in England)".
KIND_IN = Rule(r"(?:an?\s+|the\s+)?(?P<word>\w+)\s+(?:in|of)\s+(?:the\s+)?(?P<of>.+)")
# "Cotabato (North)": a part of the name behind it.
DIRECTED = Rule(rf"(?P<name>[^,;()]+?)\s*\((?P<dir>{DIRECTION})\)(?P<rest>.*)")
BRACKETED = re.compile(r"\s*[(\[{（]([^()\[\]{}（）]*)[)\]}）]\s*")
COMMA = re.compile(r"\s*[,;،、，#|›»]\s*|\s+(?:[-–—]|>{1,2})\s+|\s*:\s+")
HARD_COMMA = re.compile(r"[,;،、，]")
JOINED = re.compile(rf"{COMMA.pattern}|/")
SEPARATED = re.compile(rf"{COMMA.pattern}|[(\[{{（]")
AND = re.compile(r"\s+(?:and|&|as\s+well\s+as|or|y|et|und)\s+|\s*/\s*", re.IGNORECASE)
PLURALS = {
    "provinces": "province",
    "oblasts": "oblast",
    "regions": "region",
    "states": "state",
    "governorates": "governorate",
    "counties": "county",
    "districts": "district",
    "municipalities": "municipality",
    "villages": "village",
    "towns": "town",
    "cities": "city",
    "departments": "department",
    "tehsils": "tehsil",
    "communes": "commune",
    "raions": "raion",
    "prefectures": "prefecture",
    "woredas": "woreda",
    "settlements": "settlement",
    "wards": "ward",
    "neighborhoods": "neighborhood",
    "neighbourhoods": "neighbourhood",
    "areas": "area",
    "camps": "camp",
    "islands": "island",
    "airports": "airport",
    "zones": "zone",
    "cantons": "canton",
    "depts": "department",
    "provs": "province",
    "dists": "district",
}
TYPED_LIST = Rule(rf"(?P<items>.+)\s+(?P<word>{'|'.join(PLURALS)})")
TYPES_OF = Rule(rf"(?:the\s+)?(?P<word>{'|'.join(PLURALS)})\s+of\s+(?P<items>.+)")
# What tells places of one name apart, in front of it: "Lower and Middle Juba", "Haut et Bas-Uélé".
_QUALIFIER = (
    r"(?:lower|upper|middle|central|inner|outer|greater|lesser|(?:north|south|east|west)(?:ern)?|haute?|bas(?:se)?|moyen(?:ne)?"
    r"|new|old|nord|sud|est|ouest|alto|baixo|bajo|norte|sul|sur)"
)
QUALIFIER = re.compile(_QUALIFIER, re.IGNORECASE)
QUALIFIED = re.compile(rf"{_QUALIFIER}(?P<tail>[\s-].+)", re.IGNORECASE)
PAIRED = re.compile(r"\b(?:between|linking)\b", re.IGNORECASE)
BLANK = re.compile(r"\s+")
EDGES = " \t\n,;:.·-–—'\"“”«»"


# "the west of X" is a part of X, "west of X" is not: here the article counts.
THE_DIRECTION = re.compile(
    rf"^(?:(?:somewhere|in|on|at|to|across|throughout)\s+)*(?=the\s+{DIRECTIONS}(?:\s+{PORTION})?\s+(?:of|in)\s)",
    re.IGNORECASE,
)

# A phrase without one of these words, without directions, figures and marks matches no rule above but that of commas:
# it is a name, or names between commas. A test holds that.
_ASKING = """
    a about across adjacent aegean airports all along also an anchorage and annexed apart approx approximate
    approximately area areas around as associate associates at atlantic away axis baltic bank banks base bay beside
    besieged between border borders boundary breakaway but by camp camps candidate candidates cantons cape capital
    center central centre channel checkpoint circa cities close coast coastline coasts common communes contested
    controlled corridor counties countries country countryside county departments direction disputed dist district
    districts downriver downstream downtown drive due east edge edges embattled end ends entire environs et except
    exclude excluding expressway far favelas fence fifth flank foot foothills freeway fringes from front frontier
    frontiers frontline gates governed governorates greater gulf half halfway held highway highways hinterland hour
    hours hrs in inner inside island islands isle isles just kilometer kilometers kilometre kilometres km kms lake
    land lands large left liberated line linking located location locations m mainly many mediterranean member
    members meter meters metre metres metro metropolitan mi middle midway mile miles minus more most mostly motorway
    mountainous municipalities national nations nautical near nearby nearly neighborhood neighborhoods neighboring
    neighbourhood neighbourhoods neighbouring next nm nmi north not nr observer observers occupations occupied ocean
    of off offshore on opposite or other outside outskirt outskirts over pacific part partner partners parts peak
    periphery place places point populated portion portions possibly prefectures province provinces railway raions
    reaches reef region regions remote republics restive rif right river road roads route ruled run rural sea
    seaboard seaside section sections seized separatist settlement settlements several shanty shantytowns shared
    shore shores side sides site sites situated slope slopes slums some somewhere south state states strait suburb
    suburbs summit surrounding surroundings tehsils territory the then throughout to top toward towards town towns
    townships triborder tripoint troubled und unknown unspecified upriver upstream various vicinity village villages
    volatile wall wards water waters well west whole within without woredas y zone zones
"""
ASKING = frozenset((*_ASKING.split(), *PLURALS))
