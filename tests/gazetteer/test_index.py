"""The index: every posting points at a place, every mapped column says what its Parquet table says."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import gazetteer
from gazetteer.index.mapped import CODED, PACKED, Index
from gazetteer.index.pages import PLAIN, TEXTS
from gazetteer.index.store import LAYERS, NAME_KINDS, Store
from gazetteer.names.normalize import normalize_name

COMMON = (*TEXTS, *PLAIN, *CODED, *PACKED)
# array, its type, how many numbers it has: one a place, a key or a posting, or one every 16 of these
ARRAYS = [
    ("kind", "uint8", "places"),
    ("country", "uint16", "places"),
    ("admin1", "uint16", "places"),
    ("population", "uint32", "places"),
    ("prominence", "uint16", "places"),
    ("valid_from", "int32", "places"),
    ("valid_to", "int32", "places"),
    ("key_counts", "uint16", "keys"),
    ("key_marks", "uint32", "keys/16"),
    ("posting_lower", "uint16", "postings"),
    ("posting_upper", "uint8", "postings"),
    ("posting_kind", "uint8", "postings"),
]


@pytest.fixture(scope="module")
def store() -> Store:
    return gazetteer.load().store


@pytest.fixture(scope="module")
def tables(store: Store) -> pd.DataFrame:
    columns = ["place", *(column for column in COMMON if column != "prominence")]
    return pd.concat(
        [pd.read_parquet(store.folder / f"{layer}.parquet", columns=columns) for layer in LAYERS], ignore_index=True
    )


@pytest.mark.parametrize(("name", "dtype", "length"), ARRAYS, ids=[row[0] for row in ARRAYS])
def test_array(store: Store, name: str, dtype: str, length: str) -> None:
    """An array has its type and one number for each of what it is about."""
    keys = len(store.index.key_starts) - 1
    lengths = {
        "places": len(store), "keys": keys, "keys/16": -(-keys // 16), "postings": int(store.index.key_starts[-1]),
    }  # fmt: skip
    array = store.index.array(name)
    assert array.dtype == dtype
    assert len(array) == lengths[length]


def test_places_are_numbered_through(tables: pd.DataFrame, store: Store) -> None:
    """The layers, one after the other, number the places without a gap, and no id is in two of them."""
    assert tables["place"].tolist() == list(range(len(store)))
    assert tables["id"].is_unique


@pytest.mark.parametrize("column", [column for column in COMMON if column != "prominence"])
def test_column_says_what_the_tables_say(tables: pd.DataFrame, store: Store, column: str) -> None:
    """A column of the index, as a whole and place by place, equals that of the Parquet tables."""
    expected = tables[column]
    if column.startswith("valid_"):
        expected = pd.Series(pd.to_datetime(expected), dtype="datetime64[s]")
        days = expected.astype("int64").where(expected.notna()) / 86_400
        expected = days.astype("float64")
    some = np.random.default_rng(5).integers(0, len(store), 300)
    for values, at in ((store.column(column), slice(None)), (store.take(column, some), some)):
        if column in (*TEXTS, *CODED):
            told = expected.astype(object).where(expected.notna(), None).to_numpy()
            assert (values == told[at]).all()
        else:
            np.testing.assert_array_equal(values, expected.astype("float64").to_numpy()[at].astype(values.dtype))
    few = np.array([0, 250, len(store) - 1])
    assert store.take(column, few).tolist() == pytest.approx(store.column(column)[few].tolist(), nan_ok=True)


@pytest.mark.parametrize("column", COMMON)
@pytest.mark.parametrize("n", [0, 1, 16, 17, 3_000])
def test_values_are_those_of_the_column(store: Store, monkeypatch: pytest.MonkeyPatch, column: str, n: int) -> None:
    """Of a gazetteer too large to hold columns in memory, few and many values are those that the columns have."""
    monkeypatch.setattr("gazetteer.index.mapped._SMALL", 0)
    index = Index(store.folder)
    places = np.random.default_rng(n).integers(0, len(store), n)
    places[-2:] = (0, len(store) - 1)[:n]
    values = index.values((column, "lat"), places)
    expected = store.column(column)[places]
    assert values[column].dtype == expected.dtype
    if expected.dtype == object:
        assert values[column].tolist() == expected.tolist()
    else:
        np.testing.assert_array_equal(values[column], expected)
    np.testing.assert_array_equal(values["lat"], store.column("lat")[places])


def test_spans_are_between_starts(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the postings of some keys begin and end is the same, whether or not the starts of all keys are at hand."""
    every = np.arange(len(store.index.key_starts) - 1)
    assert all(
        (a == b).all()
        for a, b in zip(store.spans(every), (store.index.key_starts[:-1], store.index.key_starts[1:]), strict=True)
    )
    monkeypatch.setattr("gazetteer.index.mapped._SMALL", 0)
    index = Index(store.folder)
    assert all((a == b).all() for a, b in zip(index.spans(every), store.spans(every), strict=True))


def test_postings_lead_back_to_their_keys(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """The postings of some places, looked for a part at a time, are all there are, each under the key that has it."""
    monkeypatch.setattr("gazetteer.index.mapped._AT_ONCE", 100_000)
    chosen = np.random.default_rng(4).random(len(store)) < 0.1
    rows, owners = store.index.postings_of(chosen)
    every = store.index.places(slice(None))
    assert rows.tolist() == np.flatnonzero(chosen[every]).tolist()
    assert owners.tolist() == every[rows].tolist()
    keys = store.index.keys_of(rows)
    assert (store.index.key_starts[keys] <= rows).all()
    assert (rows < store.index.key_starts[keys + 1]).all()


@pytest.mark.parametrize(("column", "text"), [("country", "KAZ"), ("kind", "sea"), ("country", None), ("kind", "moon")])
def test_having(store: Store, column: str, text: str | None) -> None:
    """Which places have a code is what the column says, none for a text that no place has."""
    assert store.index.having(column, text).tolist() == [value == text for value in store.column(column)]


def test_known_numbers(store: Store) -> None:
    """The numbers that a column knows are its distinct ones, ascending."""
    days = store.column("valid_to")
    assert store.index.known("valid_to").tolist() == sorted(set(days[~np.isnan(days)]))


def test_prominence_of_places(store: Store) -> None:
    """Every place has a prominence, that of a country of a billion being about the highest."""
    prominence = store.column("prominence")
    assert prominence.min() >= 1.5
    assert 8.5 <= prominence.max() <= 9.5


def test_every_posting_points_at_a_place_by_a_kind_of_name(store: Store) -> None:
    """Postings name places there are and kinds there are; no key names a place twice, nor none at all."""
    places = store.index.places(slice(None))
    kinds = store.name_kinds(slice(None))
    assert 0 <= places.min() <= places.max() < len(store)
    assert 0 <= kinds.min() <= kinds.max() < len(NAME_KINDS)
    counts = np.diff(store.index.key_starts)
    assert counts.min() >= 1
    owner = np.repeat(np.arange(len(counts)), counts)
    pairs = owner * len(store) + places
    assert (np.diff(pairs) > 0).all()
    assert len(np.unique(places)) == len(store)


def test_every_key_finds_its_postings(store: Store) -> None:
    """A key looked up alone gives the postings that lie between its starts."""
    keys = [
        *np.random.default_rng(7).integers(0, len(store.index.key_starts) - 1, 500).tolist(),
        0,
        len(store.index.key_starts) - 2,
    ]
    for key in keys:
        places, rows = store.postings(key)
        assert rows.tolist() == list(range(store.index.key_starts[key], store.index.key_starts[key + 1]))
        assert places.tolist() == store.index.places(rows).tolist()
        assert store.key_of(store.key_text(key)) == key


def test_every_other_name_is_posted(store: Store) -> None:
    """Each row of names.parquet is the posting of its key and place, with its kind, and is not the place's own name."""
    others = pd.read_parquet(store.folder / "names.parquet")
    assert others["place"].is_monotonic_increasing
    assert set(others["kind"]) <= set(NAME_KINDS)
    own = (others["kind"] == "primary") & (others["name"].to_numpy() == store.column("name")[others["place"]])
    assert not own.any()
    assert len(store.names()) == len(others) + len(store) == store.index.key_starts[-1]
    for row in others.sample(3_000, random_state=3).itertuples():
        places, rows = store.postings(store.key_of(normalize_name(row.name)))
        at = places.tolist().index(row.place)
        assert NAME_KINDS[store.name_kinds(rows)[at]] == row.kind


@pytest.mark.parametrize("place_id", ["iso:KZ", "iso:KZ-47", "geonames:1526384", "airport:EGLL"])
def test_find(store: Store, place_id: str) -> None:
    """An id is found among the sorted ids, and the text at its number is that id."""
    assert store.index.text("id", store.find(place_id)) == place_id


def test_the_first_and_last_id_of_each_layer_are_found(store: Store) -> None:
    """Ids at the ends of layers and row groups are found as any other."""
    for number in {*store.bases[:-1].tolist(), *(store.bases[1:] - 1).tolist(), 20_562, 20_561}:
        assert store.find(store.index.text("id", number)) == number


@pytest.mark.parametrize("place_id", ["geonames:4294967295", "geonames:99999999999", "geonames:²", "geonames:"])
def test_find_nothing(store: Store, place_id: str) -> None:
    """A number that no place has is found nowhere, not even the one that stands for none."""
    with pytest.raises(gazetteer.UnknownPlaceError):
        store.find(place_id)


@pytest.mark.parametrize("name", list(PACKED))
@given(data=st.data())
def test_packing_round_trip(name: str, data: st.DataObject) -> None:
    """Whole multiples of the step, and missing numbers, come back as they were."""
    packing = PACKED[name]
    info = np.iinfo(packing.dtype)
    whole = st.integers(info.min, info.max).filter(lambda i: i != packing.missing)
    values = np.array([np.nan if i is None else i / packing.scale for i in data.draw(st.lists(whole | st.none()))])
    np.testing.assert_array_equal(packing.unpack(packing.pack(values)), values)


def test_a_table_that_was_exchanged_is_noticed(tmp_path: Path, store: Store) -> None:
    """An index beside a table it was not built with is an error that names the table."""
    folder = tmp_path / "data"
    shutil.copytree(store.folder, folder)
    with (folder / "cities.parquet").open("ab") as file:
        file.write(b"x")
    with pytest.raises(gazetteer.DataError, match=r"cities\.parquet: expected the table its index was built with"):
        Index(folder)
    layout = json.loads((folder / "index" / "layout.json").read_text(encoding="utf-8"))
    del layout["tables"]
    (folder / "index" / "layout.json").write_text(json.dumps(layout), encoding="utf-8")
    with pytest.raises(gazetteer.DataError, match="index is unreadable"):
        Index(folder)


@pytest.mark.skipif(not Path("/proc/self/smaps").exists(), reason="the kernel does not say which pages are shared")
def test_two_processes_share_the_mapped_pages(store: Store) -> None:
    """What two processes map of the gazetteer is resident once: neither has a private page of its files."""
    code = "import sys, gazetteer; gazetteer.load().resolve('Almaty'); print('ready', flush=True); sys.stdin.read()"
    children = [
        subprocess.Popen([sys.executable, "-P", "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        for _ in range(2)
    ]
    try:
        for child in children:
            assert child.stdout is not None
            assert child.stdout.readline() == b"ready\n"
        shared, private = 0, 0
        ours = False
        for line in Path(f"/proc/{children[0].pid}/smaps").read_text(encoding="utf-8").splitlines():
            field, _, rest = line.partition(":")
            if "-" in field:
                ours = str(store.folder) in line
            elif ours and field.startswith("Shared_"):
                shared += int(rest.split()[0])
            elif ours and field.startswith("Private_Dirty"):
                private += int(rest.split()[0])
    finally:
        for child in children:
            child.communicate()
    assert shared > 0
    assert private == 0
