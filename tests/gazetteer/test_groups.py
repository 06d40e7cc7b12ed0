"""Country lists and macro-regions: their tables row by row, and what they hold on which day."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path

import pycountry
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

import gazetteer
from gazetteer.bundled import BUNDLED
from gazetteer.geometry.groups import DIRECTIONS, MEMBER, Groups
from gazetteer.geometry.shapes import union
from gazetteer.names.normalize import normalize_name

CASES = Path(__file__).parent / "cases"
TABLES = Groups(BUNDLED)
STATUSES = {"member", "suspended", "observer", "associate", "frozen", "candidate", "partner", "guest", "invited"}
# What a member may be besides on the same day.
WITHIN = ({"member", "suspended"}, {"member", "frozen"})
WITHDRAWN = {"SUN", "YUG", "SCG", "CSK", "DDR", "YMD"}
DISTANT = "9999-12-31"


def read(path: Path, delimiter: str = ",") -> list[dict[str, str]]:
    quoting = csv.QUOTE_MINIMAL if delimiter == "," else csv.QUOTE_NONE
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter=delimiter, quoting=quoting, strict=True))


GROUPS, REGIONS = read(BUNDLED / "groups.csv"), read(BUNDLED / "regions.csv")
MEMBERS, POINTS = read(CASES / "groups.tsv", "\t"), read(CASES / "regions.tsv", "\t")


def by_group() -> dict[str, list[dict[str, str]]]:
    rows = defaultdict(list)
    for row in GROUPS:
        rows[row["group"]].append(row)
    return rows


def overlaps(one: dict[str, str], two: dict[str, str]) -> bool:
    return one["from"] <= (two["to"] or DISTANT) and two["from"] <= (one["to"] or DISTANT)


def test_rows_of_groups_are_well_formed() -> None:
    """A membership has a known member, status and source, and does not end before it begins."""
    known = {country.alpha_3 for country in pycountry.countries} | {"XKX"} | WITHDRAWN
    for row in GROUPS:
        assert list(row) == ["group", "other_names", "member", "from", "to", "status", "source"]
        assert row["member"] in known, row
        assert row["status"] in STATUSES, row
        assert row["source"] == row["source"].strip() != "", row
        assert "://" not in row["source"], row
        assert all(not day or date.fromisoformat(day) for day in (row["from"], row["to"])), row
        assert row["from"] <= (row["to"] or DISTANT), row


def test_groups_stand_together_and_are_named_once() -> None:
    """The rows of a group follow one another, the first with its names, and no name stands for two groups."""
    blocks = [row["group"] for before, row in zip([{"group": ""}, *GROUPS], GROUPS, strict=False) if before["group"] != row["group"]]  # fmt: skip  # noqa: E501
    assert len(blocks) == len(set(blocks))
    for key, rows in by_group().items():
        assert [bool(row["other_names"]) for row in rows] == [True] + [False] * (len(rows) - 1), key
    keys = Counter(key for names in TABLES.names.values() for key in {normalize_name(name) for name in names})
    assert [key for key, n in keys.items() if n > 1] == []


def test_memberships_do_not_overlap() -> None:
    """A state is one thing to a group on a day, but a suspended or frozen member is a member still."""
    for key, rows in by_group().items():
        own = defaultdict(list)
        for row in rows:
            own[row["member"]].append(row)
        for spells in own.values():
            for i, one in enumerate(spells):
                for two in spells[i + 1 :]:
                    both = {one["status"], two["status"]}
                    assert both in WITHIN or not overlaps(one, two), (key, one, two)


def test_only_members_are_suspended() -> None:
    """Every suspension lies inside a membership."""
    for key, rows in by_group().items():
        for row in (row for row in rows if row["status"] == "suspended"):
            inside = [
                m for m in rows
                if (m["member"], m["status"]) == (row["member"], "member")
                and m["from"] <= row["from"] and (row["to"] or DISTANT) <= (m["to"] or DISTANT)
            ]  # fmt: skip
            assert inside, (key, row)


def test_the_united_nations_are_193() -> None:
    """The United Nations have 193 members; 51 signed at the start, and all were in by the end of 1945."""
    gaz = gazetteer.load()
    assert len(gaz.members("UN")) == 193
    assert len(gaz.members("UN", on="1945-12-31")) == 51
    assert len(gaz.members("UN", on="1990-04-22")) == 159


@pytest.mark.parametrize("case", MEMBERS, ids=lambda case: f"{case['group']} {case['on']}")
def test_members(case: dict[str, str]) -> None:
    """A group has on a day the members that its row lists, and no others."""
    from gazetteer.dates import day_number

    assert TABLES.members(case["group"], day_number(case["on"])) == case["members"].split()


def test_there_are_enough_cases() -> None:
    """At least 150 groups on a day, and 80 conventional parts of countries."""
    assert len({(case["group"], case["on"]) for case in MEMBERS}) == len(MEMBERS) >= 150
    parts = {(row["of"], row["direction"]) for row in REGIONS if row["kind"] == "part"}
    assert len(parts) >= 80


def test_rows_of_regions_are_well_formed() -> None:
    """A region has a kind, units and a source; a part also a country and a direction, each pair once."""
    for row in REGIONS:
        assert row["kind"] in {"region", "state", "part", "extent"}, row
        assert row["source"] == row["source"].strip() != "", row
        assert row["from"] <= (row["to"] or DISTANT), row
        assert row["units"].split(), row
        assert row["kind"] != "state" or (row["from"] and row["to"]), row
        assert (row["kind"] == "part") == bool(row["of"] and row["direction"]), row
        assert not row["direction"] or row["direction"] in DIRECTIONS, row
    for one in REGIONS:
        for two in REGIONS:
            assert one is two or one["region"] != two["region"] or not overlaps(one, two), (one, two)


def test_units_exist() -> None:
    """Every unit is a place, a region or a group of this gazetteer, and no region holds itself."""
    gaz = gazetteer.load()
    for key, rows in gaz.groups.regions.items():
        for row in rows:
            for unit in gaz.groups.units(f"region:{key}", row.first if row.first > 0 else row.last):
                assert gaz.place(unit.removeprefix("-")).id == unit.removeprefix("-"), key


def test_parts_lie_in_their_country() -> None:
    """The units of a part of a country are the country's own."""
    gaz = gazetteer.load()
    for rows in gaz.groups.regions.values():
        if rows[0].kind == "part":
            country = gaz.place(rows[0].of).country
            units = gaz.groups.part(rows[0].of, rows[0].direction)
            assert units
            assert {gaz.place(unit).country for unit in units} == {country}, rows[0]


@pytest.mark.parametrize("place", list(dict.fromkeys((c["place"], c["on"]) for c in POINTS)), ids=" ".join)
def test_points(place: tuple[str, str]) -> None:
    """A region or a group holds on a day the towns that its rows put inside, and none of those outside."""
    shape = gazetteer.load().geometry(place[0], on=place[1] or None)
    assert shape.is_valid
    for case in (case for case in POINTS if (case["place"], case["on"]) == place):
        holds = shapely.contains_xy(shape, float(case["lon"]), float(case["lat"]))
        assert holds == (case["where"] == "inside"), case


def test_units_follow_the_day() -> None:
    """Eastern Kazakhstan was one region before 8 June 2022, and is two since."""
    gaz = gazetteer.load()
    assert gaz.groups.units("region:kz-east", 18_000) == ["iso:KZ-VOS"]
    assert gaz.groups.units("region:kz-east", 19_500) == ["iso:KZ-63", "iso:KZ-10"]


def test_a_dissolved_group_has_no_members_but_a_shape() -> None:
    """The Warsaw Pact has no members today; its shape is that of its last day."""
    gaz = gazetteer.load()
    assert gaz.members("Warsaw Pact", on="2022-01-10") == []
    assert gaz.geometry("group:warsaw-pact").equals(gaz.geometry("group:warsaw-pact", on="1991-07-01"))


def test_observers_on_request() -> None:
    """Members are listed unless another status is asked for; a suspended member is a member."""
    gaz = gazetteer.load()
    day = "2022-01-10"
    assert [place.country for place in gaz.members("EAEU", on=day, status="observer")] == ["CUB", "MDA", "UZB"]
    assert "SYR" in {place.country for place in gaz.members("Arab League", on=day)}
    assert [place.country for place in gaz.members("Arab League", on=day, status="suspended")] == ["SYR"]
    both = gaz.members("EU", on="2024-01-01", status=("member", "candidate"))
    assert len(both) == len(gaz.members("EU", on="2024-01-01")) + 9


def test_states_that_are_no_more_are_places() -> None:
    """Members of the Warsaw Pact in 1980 were places of their own, the GDR among them."""
    found = [place.id for place in gazetteer.load().members("Warsaw Pact", on="1980-01-01")]
    assert found == [
        "iso:BG", "region:czechoslovakia", "region:east-germany", "iso:HU", "iso:PL", "iso:RO", "region:soviet-union",
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["csto", "CSTO", "C.S.T.O.", "ОДКБ", "group:csto", "Collective Security Treaty Organization"])  # fmt: skip  # noqa: E501
def test_a_group_has_many_names(name: str) -> None:
    """A group is found by its id, its key and any of its names."""
    assert TABLES.key(name) == "csto"


@pytest.mark.parametrize(
    ("phrase", "countries"),
    [
        ("Central Asia and Mongolia", ["KAZ", "KGZ", "MNG", "TJK", "TKM", "UZB"]),
        ("Benelux without Belgium", ["LUX", "NLD"]),
        ("Baltic states except Latvia and Estonia", ["LTU"]),
        ("the Baltic states", ["EST", "LTU", "LVA"]),
    ],
)
def test_members_of_what_a_phrase_means(phrase: str, countries: list[str]) -> None:
    """Regions of countries, lists of them and lists with exceptions have members as groups have, each once."""
    assert [place.country for place in gazetteer.load().members(phrase)] == countries


def test_members_follow_the_status_of_a_phrase() -> None:
    """A group that a phrase names is asked for the status that is wanted."""
    gaz = gazetteer.load()
    found = gaz.members("the Eurasian Economic Union", on="2022-01-10", status="observer")
    assert [place.country for place in found] == ["CUB", "MDA", "UZB"]
    with pytest.raises(gazetteer.UnknownPlaceError, match="got offset"):
        gaz.members("30 km north of Gao")


@pytest.mark.parametrize("name", ["", "Frobnicators", "group:", "group:none", "region:donbas", "iso:KZ"])
def test_an_unknown_group_is_an_error_that_names_some(name: str) -> None:
    """What is no group raises an error that lists groups there are."""
    with pytest.raises(gazetteer.UnknownPlaceError, match="United Nations"):
        gazetteer.load().members(name)


@pytest.mark.parametrize("place", ["region:none", "group:none", "region:"])
def test_an_unknown_id_is_an_error(place: str) -> None:
    """The shape of what is no region or group raises an error with the id."""
    with pytest.raises(gazetteer.UnknownPlaceError, match=place):
        gazetteer.load().geometry(place)


def test_a_bad_day_is_an_error() -> None:
    """A text that is not a date is rejected."""
    with pytest.raises(gazetteer.ArgumentError, match="tomorrow"):
        gazetteer.load().members("CSTO", on="tomorrow")


def test_a_region_that_holds_itself_is_an_error(tmp_path: Path) -> None:
    """A table in which a region holds itself through another is refused, with the chain."""
    head = "region,name,other_names,kind,of,direction,units,from,to,source,note\n"
    rows = "a,A,,region,,,region:b,,,test,\nb,B,,region,,,region:a,,,test,\n"
    (tmp_path / "regions.csv").write_text(head + rows, encoding="utf-8")
    with pytest.raises(gazetteer.DataError, match="region:a in region:b in region:a"):
        Groups(tmp_path).units("region:a", 0)
    with pytest.raises(gazetteer.DataError, match=r"groups\.csv"):
        Groups(tmp_path).members("CSTO", 0)


def test_what_is_taken_away_is_gone() -> None:
    """European Russia is Russia without Siberia, the Far East and the Urals' east; the units say so."""
    gaz = gazetteer.load()
    units = gaz.groups.units("region:european-russia", 19_000)
    assert units[0] == "iso:RU"
    assert "-iso:RU-NVS" in units
    whole, part = gaz.geometry("iso:RU").area, gaz.geometry("region:european-russia").area
    assert 0.15 < part / whole < 0.35


def test_a_union_is_computed_once() -> None:
    """The same units give the very same shape again."""
    store = gazetteer.load().store
    units = ["iso:AM", "iso:GE"]
    assert union(store, units) is union(store, tuple(units))


def test_shapes_end_at_the_antimeridian() -> None:
    """Russia and Fiji reach both ends of the map, and nothing lies beyond it."""
    gaz = gazetteer.load()
    for place in ("group:csto", "group:pif", "region:russian-far-east", "group:m49-054"):
        west, south, east, north = gaz.geometry(place).bounds
        assert (-180 <= west < -170, 170 < east <= 180, south >= -90, north <= 90) == (True,) * 4, place


def test_every_group_and_region_has_a_shape() -> None:
    """Every group and region has a valid shape that is not empty."""
    gaz = gazetteer.load()
    frames = [gaz.layer("groups"), gaz.layer("regions")]
    ids = [id_ for frame in frames for id_ in frame["id"]]
    assert set(ids) == {f"group:{key}" for key in gaz.groups.names} | {f"region:{key}" for key in gaz.groups.regions}
    # Of regions that do not consist of units, such as the Deep South, the landmarks tell the place.
    landmarks = gaz.layer("landmarks")
    others = landmarks["id"][landmarks["kind"] == "region"].tolist()
    assert len(others) > 20
    ids += others
    for id_, shape in zip(ids, gaz.geometries(ids), strict=True):
        assert shape.is_valid, id_
        assert not shape.is_empty, id_


@pytest.mark.parametrize("case", read(CASES / "region_names.tsv", "\t"), ids=lambda case: case["name"])
def test_names_find_them(case: dict[str, str]) -> None:
    """A region or a group is found by its name as any place is, and takes no name from better known places."""
    match = gazetteer.load().resolve(case["name"])
    assert match.place is not None, match.reason
    assert match.place.id in case["expect"].split("|")


def test_parts_and_rests_of_a_region_without_units_are_made() -> None:
    """Phrases around a region that does not consist of units are places as all others are."""
    gaz = gazetteer.load()
    for phrase in ("western Deep South", "Bay Area and Oregon", "Deep South except Alabama"):
        match = gaz.resolve(phrase)
        assert match.place is not None, match.reason
        assert match.geometry is not None
        assert match.geometry.is_valid


def test_a_match_has_the_shape_of_its_day() -> None:
    """The shape of a matched group is that of the day it was asked for."""
    gaz = gazetteer.load()
    before, after = (gaz.resolve("NATO", on=day).geometry for day in ("2023-04-03", "2023-04-04"))
    assert before is not None
    assert after is not None
    assert not shapely.contains_xy(before, 24.94, 60.17)
    assert shapely.contains_xy(after, 24.94, 60.17)


def test_members_on_the_command_line() -> None:
    """``gazetteer members`` prints a member a line, as JSON on request, and an unknown group is one sentence."""

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", "from gazetteer.cli import main; main()", "members", *arguments]
        return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)

    lines = run("AUKUS").stdout.splitlines()
    assert [line.split("\t")[:2] for line in lines] == [["iso:AU", "AUS"], ["iso:GB", "GBR"], ["iso:US", "USA"]]
    rows = [json.loads(line) for line in run("CSTO", "--on", "2022-01-10", "--json").stdout.splitlines()]
    assert [row["country"] for row in rows] == ["ARM", "BLR", "KAZ", "KGZ", "RUS", "TJK"]
    wrong = run("Frobnicators")
    assert (wrong.returncode, wrong.stdout, wrong.stderr.count("\n")) == (1, "", 1)
    assert run("CSTO", "--on", "soon").returncode == 2
    status = run("CSTO", "--status", "onlooker")
    assert (status.returncode, status.stdout) == (2, "")
    assert "expected one of" in status.stderr
    assert "observer" in status.stderr


def test_reading_the_tables_is_light() -> None:
    """Listing members loads neither pandas nor geopandas."""
    code = (
        "import gazetteer, sys; gazetteer.load().members('CSTO');"
        "print([m for m in ('pandas', 'geopandas', 'pyogrio') if m in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_member_is_the_default() -> None:
    """Members are what is listed when nothing is said."""
    assert frozenset({"member"}) == MEMBER


@given(st.text(max_size=60))
def test_any_text_is_a_group_or_none(text: str) -> None:
    """Whatever is asked for, the answer is the key of a group or None."""
    assert TABLES.find(text) in {None, *TABLES.names}


@given(st.sampled_from(sorted(TABLES.names)), st.integers(-60_000, 60_000))
def test_units_are_those_of_the_members(key: str, day: int) -> None:
    """On every day the units of a group are its members', one each; on a day without members it has units still."""
    units, members = TABLES.units(f"group:{key}", day), TABLES.member_units(key, day)
    assert units
    assert not members or all(unit in units for unit in members if unit.startswith("iso:"))
