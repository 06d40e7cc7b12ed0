"""What is read and written by a quick way is what the careful way reads and writes."""

from __future__ import annotations

import gc
import json
import math
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Point, box

import geoevents as ge
from gazetteer import load
from geoevents.coordinates.point_ids import point_ids
from geoevents.coordinates.units import current_units
from geoevents.frame.column_choice import choose_columns
from geoevents.readers.cells import column_from_values
from geoevents.readers.quick_json import kept_objects, parsed
from geoevents.spatial.nearest import Nearest

# Numbers and texts that two parsers of JSON may take differently.
NUMBERS = [
    "1",
    "-0",
    "1.5",
    "1e5",
    "1e400",
    "NaN",
    "123456789012345678",
    "1234567890123456789",
    "12345678901234567890123",
    "-0.0078999999999998999123",
    "1.2345678901234567890e-7",
    "12345678901234567890.5",
]
WORDS = ["null", "true", '"a"', '":"', '"\\ud800"', '"\\":"', '"é"', '""', '"\u2028"']
NAMES = st.sampled_from(['"a"', '"b"', '"x:y"', '"\\":"', '""', '"coordinates"', '"é"'])
COLONS = st.sampled_from([":", ": ", " :", "\t:", "  :", "\n :"])


def objects(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    member = st.builds(lambda name, colon, value: name + colon + value, NAMES, COLONS, inner)
    return st.lists(member, max_size=3).map(lambda members: "{" + ", ".join(members) + "}")


TEXTS = st.recursive(
    st.sampled_from(NUMBERS + WORDS),
    lambda inner: st.one_of(objects(inner), st.lists(inner, max_size=3).map(lambda parts: f"[{','.join(parts)}]")),
    max_leaves=8,
)


def once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    assert len(dict(pairs)) == len(pairs), "a name stands twice"
    return dict(pairs)


@settings(max_examples=200)
@given(st.lists(TEXTS, min_size=1, max_size=2))
def test_json_that_is_parsed_quickly_is_parsed_the_same(texts: list[str]):
    """What orjson parses is, member for member and type for type, what Python's parser finds, each name once."""
    found = parsed(texts)
    if found is not None:
        assert repr(found) == repr([json.loads(text, object_pairs_hook=once) for text in texts])


@pytest.mark.parametrize("text", ['{"a": 1, "b": {"c": [1, 2.5, "x"]}}', '[{"a" :1}, {"a":\n2}]'])
def test_plain_json_is_parsed_quickly(text: str):
    """JSON without a doubled name or a long number takes the quick way."""
    assert parsed([text]) == [json.loads(text)]


CELLS = st.sampled_from([None, "a", "", " ", "é", "\ud800", 1, -(2**63), 2**63, 0.5, math.nan, math.inf, True, [1]])


@settings(max_examples=200)
@given(st.lists(CELLS, min_size=1, max_size=4))
def test_a_column_of_one_type_is_what_its_cells_say(cells: list[object]):
    """No empty cell counts as a value, numbers stay numbers, halves of characters become marks, a mixture is text."""
    empty = [
        c is None or (isinstance(c, str) and not c.strip()) or (isinstance(c, float) and not math.isfinite(c))
        for c in cells
    ]
    found = column_from_values(cells)
    assert found.isna().tolist() == empty
    kinds = {type(c) for c, none in zip(cells, empty, strict=True) if not none}
    whole = kinds == {int} and all(c is None or none or c < 2**63 for c, none in zip(cells, empty, strict=True))
    wanted = "iu" if whole else "b" if kinds == {bool} else "f" if kinds and kinds <= {int, float} else "O"
    assert found.dtype.kind in wanted
    for value, cell, none in zip(found, cells, empty, strict=True):
        if not none and wanted != "O":
            assert value == cell
        elif not none:
            assert value == (cell.replace("\ud800", "?") if isinstance(cell, str) else str(cell))


def test_the_search_for_cycles_goes_on_behind_a_block():
    """The block leaves the process as it was, also when it is left by an error."""
    searched = []

    def fail() -> None:
        with kept_objects():
            searched.append(gc.isenabled())
            raise ValueError("x")

    assert gc.isenabled()
    with pytest.raises(ValueError, match="x"):
        fail()
    assert searched == [False]
    assert gc.isenabled()


@given(st.lists(st.one_of(st.floats(-180, 180), st.sampled_from([math.nan, -1e-7, 0.000005, 2.675, -0.0])), max_size=6))
def test_ids_of_points_are_as_python_writes_numbers(degrees: list[float]):
    """The id of a point has five decimals, rounded as Python rounds them, signs of nought included."""
    values = np.array(degrees, dtype="float64")
    wanted = [None if math.isnan(v) else f"derived:{v:.5f},{v:.5f}" for v in degrees]
    assert point_ids(values, values).to_pylist() == wanted


@given(st.lists(st.tuples(st.floats(-179, 179), st.floats(-84, 84)), min_size=40, max_size=60), st.floats(10, 20_000))
@settings(max_examples=10, deadline=None)
def test_the_nearest_of_many_is_the_nearest_of_each(points: list[tuple[float, float]], within: float):
    """What the index leaves out is farther than what it finds: asked one by one, no shape is nearer."""
    shapes = np.array([Point(*p) if n % 3 else box(p[0], p[1], p[0] + 0.5, p[1] + 0.5) for n, p in enumerate(points)])
    lon, lat = (np.array(side) for side in zip(*points[:5], strict=True))
    found, km = Nearest(shapes).of(lon + 0.2, lat + 0.1, within_km=within)
    alone = np.array([Nearest(shapes[n : n + 1]).of(lon + 0.2, lat + 0.1)[1] for n in range(len(shapes))])
    least = alone.min(axis=0)
    assert np.allclose(km[found >= 0], least[found >= 0], rtol=1e-9)
    assert (least[found < 0] > within).all()


def test_rows_with_and_without_a_name_are_the_same_table(tmp_path: Path):
    """Features that all have the same names, and features of which some lack one, are read into the same columns."""
    rows = [{"id": n, "place": f"p{n}", "note": None} for n in range(3)]
    shape = {"type": "Point", "coordinates": [1.5, 2]}
    for name, lacking in (("a", 0), ("b", 1)):
        kept = [{k: v for k, v in row.items() if not lacking or v is not None} for row in rows]
        found = [{"type": "Feature", "properties": row, "geometry": shape} for row in [rows[0], *kept[1:]]]
        text = json.dumps({"type": "FeatureCollection", "features": found})
        (tmp_path / f"{name}.geojson").write_text(text, encoding="utf-8")
    first, second = (ge.read(tmp_path / f"{name}.geojson") for name in "ab")
    pd.testing.assert_frame_equal(pd.DataFrame(first), pd.DataFrame(second))


def test_the_country_of_a_unit_is_a_country_that_holds_it():
    """A point whose unit lies in the country that its row names is not held against that country's own outline."""
    gazetteer = load()
    units, countries = current_units(gazetteer, "admin1"), current_units(gazetteer, "country")
    outlines = dict(zip(countries.table["country"], countries.shapes, strict=True))
    edges, of = shapely.get_coordinates(units.shapes, return_index=True)
    at = np.arange(0, len(edges), 50)
    codes = units.table["country"].to_numpy()[of[at]]
    assert set(codes) <= set(outlines)
    for code in np.unique(codes):
        corners = shapely.points(edges[at[codes == code]])
        assert shapely.dwithin(outlines[code], corners, 0.25).all(), code


def test_a_table_of_many_columns_takes_time_in_proportion():
    """Sixteen times as many columns take about sixteen times as long to be told apart, not the square of that."""

    def seconds(columns: int) -> float:
        table = pd.DataFrame([range(columns)], columns=[f"c{n}" for n in range(columns)])
        begun = time.process_time()
        choose_columns(table)
        return time.process_time() - begun

    seconds(10)
    few = min(seconds(1_000) for _ in range(3))
    assert seconds(16_000) < 45 * few
