"""The rooms whose code is changed, and the tests that are to notice it."""

from __future__ import annotations

from collections.abc import Iterator

# The modules of each room; a word that ends in a slash is the folder of the words behind it.
ROOMS = {
    "phrase parser": "gazetteer/phrases/ parser spatial_rules joining_rules first_look reading",
    "phrase interpreter": "gazetteer/phrases/ interpreter doubts sequences operations operands composition "
    "towns_and_units chains lists list_checks seats levels borders",
    "geometry operations": "gazetteer/geometry/ operations parts edges geodesy derived sphere derivation",
    "candidates": "gazetteer/candidates/ containment generator spelling affix_search countries country_names batch",
    "ranking": "gazetteer/candidates/ ranking name_index",
    "names beside other words": "gazetteer/phrases/ appositions wordings gazetteer/tables/ worded_phrases",
    "units of two sources": "gazetteer/build/ same_units",
    "locate": "geoevents/ place_phrases geoevents/location/ locating words_beside_points figures",
    "coordinates": "geoevents/frame/ coordinate_cells geoevents/coordinates/ columns events axis_check country_check "
    "gazetteer/names/ coordinates",
    "column names": "geoevents/frame/ column_choice column_names cell_kinds",
    "dates": "geoevents/frame/ date_forms dates",
    "enrich": "geoevents/ enrichment",
    "joins": "geoevents/joins/ join periods geoevents/joins/shares/ by_geometry within "
    "geoevents/joins/extents/ event_extents geoevents/joins/pairs/ near geoevents/joins/panels/ aggregate",
    "online services": "gazetteer/geocoders/ services",
}
# The tests of each package that are quick and strict; of these, what takes long is left out.
TESTS = {
    "gazetteer": "phrases appositions cases rows words first_look shapes operations geodesy ranking resolve names "
    "groups unread former_states loose views geocoders generator wordings same_units",
    "geoevents": "locate words_and_points where_events_lie real_files dates enrich joins join_commands join_misuse "
    "coordinate_cells precision overrides",
}


# Of the changes that people made by hand some are in other rooms.
TESTS_OF_OTHERS = ["tests/gazetteer/test_find.py"]


def modules_of(room: str) -> Iterator[str]:
    """Yield the files of a room's modules, from the root of the project."""
    folder = ""
    for word in ROOMS[room].split():
        if word.endswith("/"):
            folder = word
        else:
            yield f"{folder}{word}.py"


def files_of_tests(packages: list[str]) -> list[str]:
    """Return the files of the tests that are to notice a change in packages."""
    return [f"tests/{package}/test_{name}.py" for package in packages for name in TESTS[package].split()]
