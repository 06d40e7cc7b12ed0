"""Cells of coordinates as people write them: pairs, single angles, and the faults of points."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from geoevents.frame.cell_kinds import is_pair, is_shape
from geoevents.frame.column_names import roles_of
from geoevents.frame.coordinate_cells import check_points, parse_angle, parse_pair, read_pairs, repair_points

CASES = Path(__file__).parent / "cases"


def rows(name: str) -> list[list[str]]:
    lines = (CASES / name).read_text(encoding="utf-8").splitlines()
    return [(line + "\t\t\t").split("\t")[:4] for line in lines if not line.startswith("#")]


@pytest.mark.parametrize(("cell", "lat", "lon", "lettered"), rows("coordinate_cells.tsv"), ids=lambda text: text)
def test_a_cell_holds_its_pair(cell: str, lat: str, lon: str, lettered: str) -> None:
    """A cell is the latitude and longitude of its row, or no pair; letters say which is which, or the order does."""
    found = parse_pair(cell)
    if not lat:
        assert found is None
    else:
        assert found is not None
        assert found[:2] == pytest.approx((float(lat), float(lon)))
        assert found[2] == (lettered == "yes")


@pytest.mark.parametrize(("cell", "degrees", "hemisphere"), [row[:3] for row in rows("angles.tsv")], ids=lambda t: t)
def test_a_cell_holds_its_angle(cell: str, degrees: str, hemisphere: str) -> None:
    """A cell is the angle of its row, south and west negative, with the hemisphere that it names; or it is none."""
    found = parse_angle(cell)
    if not degrees:
        assert found is None
    else:
        assert found is not None
        assert found[0] == pytest.approx(float(degrees), abs=1e-5)
        assert found[1] == hemisphere


@pytest.mark.parametrize(
    ("lat", "lon", "fault", "x"),
    [
        (90, 180, None, 180), (-90, -180, None, -180), (90.01, 10, "swapped", None), (-120, 45, "swapped", None),
        (180, 90, "swapped", None), (180.5, 45, "impossible", None), (45, 181, None, -179), (45, 360, None, 0),
        (45, -181, None, 179), (45, 360.5, "metres", None), (45, -361, "metres", None), (361, 10, "metres", None),
        (100, 200, "impossible", None), (0, 0, "zero", None), (0, 0.001, None, 0.001), (0.001, 0, None, 0),
        (1e-7, -1e-7, "zero", None), (-999, -999, "missing", None), (-99, -99, "missing", None),
        (-99, 45, "missing", None), (45, 9999, "missing", None), (45, 99, None, 99), (None, 45, "half", None),
        (45, None, "half", None), (None, None, None, None), (5_000_000, 9_000_000, "metres", None),
    ],
)  # fmt: skip
def test_a_point_that_cannot_be_has_its_fault(lat: float, lon: float, fault: str | None, x: float | None) -> None:
    """A point beyond the globe has the fault of its row and no coordinates; one counted eastwards comes back."""
    north, east, found = check_points(*(np.array([v], dtype="float64") for v in (lat, lon)))
    assert found.tolist() == [fault]
    if x is None:
        assert np.isnan(north).all()
        assert np.isnan(east).all()
    else:
        assert (north[0], east[0]) == pytest.approx((lat, x))


@pytest.mark.parametrize(
    ("cells", "lons"),
    [
        (["76.95, 43.25", "99.1, 20"], [76.95, 99.1]),
        (["76.95, 43.25", "9.1, 20"], [43.25, 20]),
        (["76.95, 43.25", "99.1, 20", "20, 99.1"], [43.25, 20, 99.1]),
        (["99.1, 90", "20, 45", "43N 50E"], [99.1, 20, 50]),
    ],
)
def test_cells_decide_which_number_comes_first(cells: list[str], lons: list[float]) -> None:
    """A first number above 90, and none above 90 in second place, puts longitude first in all cells without letters."""
    _, lon = read_pairs(pd.Series(cells))
    assert lon.tolist() == lons
    _, forced = read_pairs(pd.Series(cells[:1]), longitude_first=False)
    assert forced.tolist() == [float(cells[0].split(",")[1])]


def test_repairs_mend_what_they_name() -> None:
    """Each repair mends the rows that have its fault, and leaves the others."""
    lat, lon = pd.Series([43.25, 120.0, 432_500.0]), pd.Series([76.95, 43.0, 190.0])
    mended = {name: repair_points(lat, lon, name) for name in ("swap-all", "swap", "wrap", "comma", None)}
    assert mended["swap-all"][0].tolist() == lon.tolist()
    assert mended["swap"][0].tolist() == [43.25, 43.0, 432_500.0]
    assert mended["swap"][1].tolist() == [76.95, 120.0, 190.0]
    assert mended["wrap"][1].tolist() == pytest.approx([76.95, 43, -170])
    assert mended["comma"][0].tolist() == pytest.approx([43.25, 12, 43.25])
    assert mended["comma"][1].tolist() == pytest.approx([76.95, 43, 19])
    assert mended[None][0] is lat
    # Almaty in Web Mercator, as EPSG:3857 has it.
    north, east = repair_points(pd.Series([5_350_102.14, 43.25]), pd.Series([8_566_034.82, 76.95]), "mercator")
    assert north.tolist() == pytest.approx([43.25, 43.25], abs=1e-4)
    assert east.tolist() == pytest.approx([76.95, 76.95], abs=1e-4)


@pytest.mark.parametrize(
    ("cell", "shape"),
    [
        ("POINT (1 2)", True), ("multipolygon(((0 0, 1 0, 1 1, 0 0)))", True),
        ('{"type": "Point", "coordinates": [1, 2]}', True),
        ('{"coordinates": [1, 2]}', False), ('{"coordinates": [1, 2', False), ("{coordinates}", False),
        ("the coordinates {1, 2}", False), ("Point Pleasant", False), (b"\x01" + bytes(20), True),
        (b"\x00" + bytes(19), False),
        (b"\x02" + bytes(20), False), (1.5, False), (None, False),
    ],
)  # fmt: skip
def test_a_cell_is_a_shape(cell: object, shape: bool) -> None:
    """A cell of WKT, WKB or GeoJSON is a shape; words in braces, and what only begins like one, are not."""
    assert is_shape(cell) == shape


@pytest.mark.parametrize(
    ("cell", "pair"),
    [
        ('{"type": "Point", "coordinates": [76.9, 43.2]}', False), ('{"lat": 43.2, "lon": 76.9}', True),
        ("[43.2, 76.9]", True), ("43.2, 76.9", True), ("43.2, 376.9", False), (43.2, False), (None, False),
    ],
)  # fmt: skip
def test_a_cell_is_a_pair(cell: object, pair: bool) -> None:
    """A cell of a latitude and a longitude is a pair, in brackets and under names too; a GeoJSON point is a shape."""
    assert is_pair(cell) == pair


@pytest.mark.parametrize(("words", "is_name"), [(7, True), (8, False)])
def test_a_title_is_no_name_of_a_column(words: int, is_name: bool) -> None:
    """Of a long title the first eight words may name what the column holds, and what stands behind them may not."""
    assert ("place" in roles_of("event " * words + "place")) == is_name
