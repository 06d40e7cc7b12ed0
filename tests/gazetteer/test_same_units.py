"""Second-level units that two sources give are one where names and places say so and nothing else fits."""

from __future__ import annotations

import pandas as pd
import pytest

from gazetteer.build.same_units import merged

OUTLINED = pd.DataFrame(
    [
        ("iso:LK-31", "LKA", "LK-3", 80.20, 6.05, 20.0, None),
        ("iso:LK-32", "LKA", "LK-3", 80.54, 5.95, 50.0, 77),
        ("iso:LK-33", "LKA", "LK-3", 81.10, 6.20, 20.0, None),
    ],
    columns=["id", "country", "admin1", "lon", "lat", "radius_km", "geonames"],
).astype({"geonames": object})
NAMES = pd.DataFrame(
    [
        ("iso:LK-31", "Galle", "primary", ""),
        ("iso:LK-31", "Gālla", "alternate", "si"),
        ("iso:LK-32", "Matara", "primary", ""),
        ("iso:LK-33", "Hambantota", "primary", ""),
    ],
    columns=["id", "name", "kind", "lang"],
)


def listed(*rows: tuple[str, str, str, str, str, float, float, int]) -> pd.DataFrame:
    columns = ["id", "name", "kind", "country", "admin1", "lon", "lat", "geonames"]
    return pd.DataFrame(list(rows), columns=columns).assign(radius_km=1.0)


def with_names(units: pd.DataFrame) -> pd.DataFrame:
    own = pd.DataFrame({"id": units["id"], "name": units["name"], "kind": "primary", "lang": ""})
    also = pd.DataFrame({"id": units["id"], "name": units["name"] + "-ville", "kind": "alternate", "lang": "fr"})
    return pd.concat([own, also], ignore_index=True)


@pytest.mark.parametrize(
    ("unit", "is_same"),
    [
        (("geonames:1", "Galle", "admin2", "LKA", "LK-3", 80.21, 6.06, 1), True),
        (("geonames:1", "GALLE", "admin2", "LKA", "LK-3", 80.21, 6.06, 1), True),
        (("geonames:1", "Galla", "admin2", "LKA", "LK-3", 80.21, 6.06, 1), True),
        (("geonames:1", "Galle Four", "admin2", "LKA", "LK-3", 80.21, 6.06, 1), False),
        (("geonames:1", "Galle", "city", "LKA", "LK-3", 80.21, 6.06, 1), False),
        (("geonames:1", "Galle", "admin2", "IND", "LK-3", 80.21, 6.06, 1), False),
        (("geonames:1", "Galle", "admin2", "LKA", "LK-1", 80.21, 6.06, 1), False),
        (("geonames:1", "Galle", "admin2", "LKA", "LK-3", 80.20, 6.3153, 1), True),  # 29.5 km
        (("geonames:1", "Galle", "admin2", "LKA", "LK-3", 80.20, 6.3243, 1), False),  # 30.5 km
        (("geonames:1", "Matara", "admin2", "LKA", "LK-3", 80.54, 6.38, 1), True),  # 48 km, in its radius
        (("geonames:1", "Matara", "admin2", "LKA", "LK-3", 80.54, 6.41, 1), False),  # 51 km
    ],
)
def test_one_unit_has_one_name_place_and_unit_above(
    unit: tuple[str, str, str, str, str, float, float, int], is_same: bool
) -> None:
    """A listed unit is the outlined one of its name, country and unit above that lies near; else it stays itself."""
    units = listed(unit)
    outlined, kept, names = merged(OUTLINED, NAMES, units, with_names(units))
    assert kept["id"].tolist() == ([] if is_same else ["geonames:1"])
    assert ("geonames:1" in set(names["id"])) != is_same
    assert outlined["id"].tolist() == OUTLINED["id"].tolist()


def test_the_outlined_unit_keeps_its_name_and_gets_the_other_ones_and_the_number() -> None:
    """The listed name becomes an alternate one, its alternates stay; a number that is known already stays, too."""
    units = listed(
        ("geonames:1", "Galle", "admin2", "LKA", "LK-3", 80.21, 6.06, 1),
        ("geonames:2", "Matara", "admin2", "LKA", "LK-3", 80.54, 5.95, 2),
        ("geonames:3", "Hambantota", "admin2", "LKA", "LK-1", 81.10, 6.20, 3),
    )
    outlined, kept, names = merged(OUTLINED, NAMES, units, with_names(units))
    assert outlined["geonames"].fillna(0).tolist() == [1, 77, 0]
    assert kept["id"].tolist() == ["geonames:3"]
    assert list(names.columns) == list(NAMES.columns)
    assert names.index.tolist() == list(range(10))
    of_galle = names[names["id"] == "iso:LK-31"]
    assert of_galle[["name", "kind"]].to_numpy().tolist() == [
        ["Galle", "primary"], ["Gālla", "alternate"], ["Galle", "alternate"], ["Galle-ville", "alternate"],
    ]  # fmt: skip
    of_other = names[names["id"] == "geonames:3"]
    assert of_other["kind"].tolist() == ["primary", "alternate"]


def test_a_unit_with_two_namesakes_or_two_numbers_is_not_guessed() -> None:
    """Where two outlined units fit, the listed one stays; of two listed ones that fit, neither gives its number."""
    twin = OUTLINED.head(1).assign(id="iso:LK-99")
    twin_names = NAMES.head(1).assign(id="iso:LK-99")
    both = pd.concat([OUTLINED, twin], ignore_index=True)
    units = listed(("geonames:1", "Galle", "admin2", "LKA", "LK-3", 80.21, 6.06, 1))
    outlined, kept, _ = merged(both, pd.concat([NAMES, twin_names], ignore_index=True), units, with_names(units))
    assert kept["id"].tolist() == ["geonames:1"]
    assert outlined["geonames"].fillna(0).tolist() == [0, 77, 0, 0]

    units = listed(
        ("geonames:1", "Galle", "admin2", "LKA", "LK-3", 80.21, 6.06, 1),
        ("geonames:2", "Galle", "admin2", "LKA", "LK-3", 80.19, 6.04, 2),
    )
    outlined, kept, _ = merged(OUTLINED.drop(columns="geonames"), NAMES, units, with_names(units))
    assert kept.empty
    assert outlined["geonames"].isna().all()
