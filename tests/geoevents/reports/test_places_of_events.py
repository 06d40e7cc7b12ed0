"""Events are placed where they happened, and not at a namesake abroad, with the people hurt, or with whoever speaks."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

import geoevents as ge
from geoevents.reports.documents.reading import Document


def rows_of(text: str, day: str = "2022-01-12") -> list[dict[str, Any]]:
    return ge.extract(Document("a", text, date.fromisoformat(day), "", "")).to_dict("records")


SALVADOR = (
    "San Salvador, 12 Jan -- The army of El Salvador reported fighting in Santa Ana and in Usulutan on Monday. "
    "The government in San Salvador said nothing of its losses. "
)


def test_a_namesake_abroad_is_not_taken() -> None:
    """A small town abroad that is all a report says of its country is not where an event happened."""
    rows = rows_of(SALVADOR + "A bomb exploded in Nejapa on Tuesday and hurt two guards.")
    (bomb,) = [row for row in rows if row["event_class"] == "explosion"]
    assert bomb["country"] == "SLV"
    assert bomb["match_status"] != "matched"


def test_a_large_city_abroad_is_taken() -> None:
    """A well-known city abroad is where an event happened, whatever the report is about."""
    rows = rows_of(SALVADOR + "A bomb exploded in Istanbul on Tuesday and hurt two guards.")
    (bomb,) = [row for row in rows if row["event_class"] == "explosion"]
    assert bomb["place_name"] == "Istanbul"


def test_peoples_do_not_say_which_country_a_report_is_about() -> None:
    """The country of kidnapped foreigners is not where they were kidnapped."""
    rows = rows_of(
        "Guatemala City, 29 Sep -- Police said that two Spaniards and an Italian were kidnapped in Qwortz on Monday. "
        "The Spanish tourists and the Italian were taken from their hotel. The Spaniards were in good health.",
        "2021-09-29",
    )
    assert {row["country"] for row in rows if row["event_class"] == "abduction"} == {"GTM"}


def test_an_event_of_a_country_is_trusted_less_than_one_of_a_town() -> None:
    """Confidence falls where the place is no finer than a country."""
    (wide,) = rows_of("Gunmen killed four farmers in Nigeria on Saturday.")
    (town,) = rows_of("Gunmen killed four farmers in Kano on Saturday.")
    assert wide["confidence"] < 0.8 * town["confidence"]


def test_each_figure_of_a_disaster_is_of_the_disaster() -> None:
    """What killed in one town and in another is one kind of event in both."""
    rows = rows_of("Floods killed 12 people in Homs and 15 in Hama on Monday.")
    assert {(row["event_class"], row["place_name"], row["fatalities"]) for row in rows} == {
        ("disaster", "Homs", 12),
        ("disaster", "Hama", 15),
    }


def test_a_label_that_is_not_found_is_no_other_town() -> None:
    """A line whose label the index lacks is placed in what contains it, not in another line's town."""
    rows = rows_of(
        "Access log, South Sudan, 11 January 2022\n08:20 Juba: calm, markets open.\n13:45 Qwortz: gunmen shot at a "
        "convoy and wounded a driver.\n18:00 Bor: road passable again."
    )
    assert [(row["place_name"], row["match_status"]) for row in rows] == [("South Sudan", "ambiguous")]


def test_each_clause_keeps_its_place() -> None:
    """A place behind the next event is that event's, whatever joins the two clauses."""
    rows = rows_of("The army captured Sirte and bombed positions south of Misrata on Monday.")
    (captured,) = [row for row in rows if row["event_type"] == "FIGHT:territory"]
    assert captured["place_name"] == "Sirte"
    rows = rows_of("A strike hit a school in Idlib, killing nine, and a shell wounded two in Afrin.")
    assert {row["place_name"] for row in rows if row["fatalities"] == 9} == {"Idlib"}


def test_a_lone_label_is_where_a_report_is_filed() -> None:
    """A town before a colon is no scene where the sentence says another one; where it says none, it is."""
    (row,) = rows_of("Washington: Two men were convicted on Monday of the murder of a reporter in Karachi.")[:1]
    assert row["place_name"] == "Karachi"
    (row,) = rows_of("Kisumu: Police shot dead two farmers on Friday.")
    assert row["place_name"] == "Kisumu"


def test_a_person_is_no_place() -> None:
    """Who is named in full is no town where the surname stands alone."""
    rows = rows_of("Two guards and the reporter James Foley were taken in Syria. The kidnapping of Foley shocked many.")
    assert rows
    assert "Foley" not in {row["place_name"] for row in rows} | {row["place_query"] for row in rows}


def test_a_country_of_a_towns_size_is_trusted_as_a_town() -> None:
    """Confidence falls no more for Singapore than for a town."""
    (city,) = rows_of("Gunmen killed four farmers in Singapore on Saturday.")
    (wide,) = rows_of("Gunmen killed four farmers in Nigeria on Saturday.")
    assert wide["confidence"] < 0.8 * city["confidence"]


def test_whom_soldiers_kill_no_flood_kills() -> None:
    """A killing with its doer is no outcome of a disaster that the sentence tells too."""
    rows = rows_of("Soldiers killed two rebels near Bunia as floods displaced hundreds of families in Goma on Monday.")
    (killing,) = [row for row in rows if row["fatalities"] == 2]
    assert (killing["event_class"], killing["place_name"]) == ("clash", "Bunia")


@pytest.mark.parametrize(
    ("text", "event_type", "place"),
    [
        ("Gunmen killed seven men in Tillaberi while troops searched villages near Ayorou.", "ASSAULT:kill", "Till"),
        ("In Quetta, a day after a blast in Karachi killed three, police met.", "ASSAULT:explosives", "Karachi"),
        ("An earthquake struck 40 km south of Khost, killing 900 people in Paktika.", "DISASTER:earthquake", "Paktika"),
        ("Troops shot dead a man during a raid in Jenin and clashes erupted in Nablus.", "FIGHT:clash", "Nablus"),
        ("Two men from Enugu died in an ambush on the Maiduguri-Damboa road.", "FIGHT:ambush", "road from"),
        ("The army repelled an attack on Bakhmut and struck a bridge near Kherson.", "FIGHT:clash", "Bakhmut"),
        ("An envoy, speaking in Geneva, said shelling of Kharkiv killed six.", "ASSAULT:heavy-weapons", "Kharkiv"),
    ],
)  # fmt: skip
def test_words_that_make_a_scene_certain(text: str, event_type: str, place: str) -> None:
    """Clauses, subjects, speakers, roads and distances say where what happened."""
    rows = [row for row in rows_of(text) if row["event_type"] == event_type]
    assert any(row["place_name"].startswith(place) for row in rows)
    assert "Geneva" not in {row["place_name"] for row in rows_of(text)}
