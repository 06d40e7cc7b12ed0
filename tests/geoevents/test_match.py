"""Events of two sources are matched one to one, and merged without a loss."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

import geoevents as ge
from geoevents.joins.pairs.kinds import bundled_kinds, classes_of

KINDS = ["Battles", "Protests", "Explosions/Remote violence", "Violence against civilians"]
THEIRS = {
    "Battles": "state-based conflict",
    "Protests": "14",
    "Explosions/Remote violence": "Bombing/Explosion",
    "Violence against civilians": "one-sided violence",
}


def overlap(seed: int, n: int = 600) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Return two sources of which 500 events are the same, moved by some kilometres and days."""
    rng = np.random.default_rng(seed)
    lon, lat = rng.uniform(40, 44, n), rng.uniform(33, 37, n)
    start = pd.Timestamp("2020-01-01") + pd.to_timedelta(rng.integers(0, 365, n), unit="D")
    kind = rng.choice(KINDS, n)
    dead = rng.poisson(3, n)
    first = pd.DataFrame({"start": start, "end": start, "event_type": kind, "fatalities": dead, "who": range(n)})
    moved = start + pd.to_timedelta(rng.integers(-1, 2, n), unit="D")
    second = pd.DataFrame(
        {
            "start": moved, "end": moved, "event_type": [THEIRS[k] for k in kind],
            "fatalities": np.maximum(dead + rng.integers(-1, 2, n), 0), "who": range(n),
        }
    )  # fmt: skip
    second.loc[n - 100 :, "who"] = -1
    lon2, lat2 = lon + rng.normal(0, 0.05, n), lat + rng.normal(0, 0.05, n)
    lon2[n - 100 :], lat2[n - 100 :] = rng.uniform(40, 44, 100), rng.uniform(33, 37, 100)
    order = rng.permutation(n)
    frames = [
        gpd.GeoDataFrame(first, geometry=gpd.points_from_xy(lon, lat), crs="EPSG:4326"),
        gpd.GeoDataFrame(second, geometry=gpd.points_from_xy(lon2, lat2), crs="EPSG:4326").iloc[order],
    ]
    return frames[0], frames[1].reset_index(drop=True)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_made_overlaps_are_found(seed: int):
    """Of 500 events that two sources share and 100 that each has alone, .97 are matched, .97 of them rightly."""
    first, second = overlap(seed)
    pairs = ge.match(first, second, km=25, days=3).pairs
    same = first["who"].loc[pairs["event"]].to_numpy() == second["who"].loc[pairs["other"]].to_numpy()
    assert same.mean() >= 0.97
    assert same.sum() / 500 >= 0.97


def test_matches_are_one_to_one_and_within_the_limits():
    """No event stands in two pairs; all pairs are within the kilometres and days; a runner-up scores no more."""
    first, second = overlap(7)
    pairs = ge.match(first, second, km=60, days=10, kinds=False).pairs
    assert pairs["event"].is_unique
    assert pairs["other"].is_unique
    assert (pairs["distance_km"] <= 60).all()
    assert (pairs["days"].abs() <= 10).all()
    assert pairs["score"].between(0, 1).all()
    assert pairs["runner_up"].notna().any()
    assert (pairs["runner_up"] != pairs["other"]).all()


def test_kinds_that_cannot_be_the_same_do_not_match():
    """A protest is no battle, however near; an unknown kind matches any."""
    day = pd.to_datetime(["2022-01-05"])
    one, two = (
        gpd.GeoDataFrame(
            {"start": day, "end": day, "event_type": [kind]}, geometry=gpd.points_from_xy([1], [1]), crs="EPSG:4326"
        )
        for kind in ("Protests", "state-based conflict")
    )
    assert len(ge.match(one, two)) == 0
    assert len(ge.match(one, two, kinds=False)) == 1
    assert len(ge.match(one, two.assign(event_type="something new"))) == 1


@pytest.mark.parametrize(
    ("text", "classes"),
    [
        ("Battles", ("clash",)),
        ("one-sided violence", ("assault", "explosion", "abduction")),
        ("Hostage Taking (Kidnapping)", ("abduction", "assault")),
        ("190", ("clash", "explosion")),
        ("1951", ("explosion",)),
        ("Flash flood", ("disaster",)),
        ("arrest", ("arrest",)),
        ("a birthday", ()),
    ],
)
def test_texts_of_sources_are_classes(text: str, classes: tuple[str, ...]):
    """What ACLED, UCDP, GTD, GDELT, EM-DAT and geoevents call an event is a class or several."""
    assert classes_of(text, bundled_kinds()) == classes


def test_merge_keeps_every_event_and_column():
    """Matched events are one row with both sources' columns, the others one row each."""
    first, second = overlap(4)
    second = second.assign(theirs="x")
    matches = ge.match(first, second)
    merged = ge.merge(matches)
    assert len(merged) == len(first) + len(second) - len(matches)
    assert merged["found_in"].value_counts().to_dict() == {
        "both": len(matches),
        "first": len(first) - len(matches),
        "second": len(second) - len(matches),
    }
    assert {"fatalities", "fatalities_other", "theirs"} <= set(merged.columns)
    assert merged.crs == first.crs
    assert not merged.geometry.is_empty.any()
    assert merged.geometry.notna().all()
    assert merged["start"].notna().all()
    assert merged.loc[merged["found_in"] != "first", "theirs"].eq("x").all()
    assert merged.loc[merged["found_in"] == "second", "fatalities"].notna().all()


@pytest.mark.parametrize("options", [{"km": -1}, {"km": np.inf}, {"days": -1}, {"least": 2}, {"kinds": "none.tsv"}])
def test_match_misuse_is_one_sentence(options: dict):
    """Limits that cannot be and tables that are missing are an ArgumentError."""
    first, second = overlap(1, n=110)
    with pytest.raises(ge.ArgumentError, match=r"^(Match|Kinds): expected"):
        ge.match(first, second, **options)


def test_events_that_end_before_they_start():
    """A gap in days needs an end on or after the start: one sentence names the row."""
    first, second = overlap(1, n=110)
    wrong = first.assign(end=first["start"] - pd.Timedelta(days=2))
    with pytest.raises(ge.ColumnError, match="expected the end on or after the start, but 110 events end before"):
        ge.near(wrong, second, km=5, days=1)
