"""Read WKT and WKB of files, whatever they hold.

A geometry collection may hold another one, and that a third. The library that reads them calls itself for each, and the
process dies where a cell holds some ten thousand in one another. Such cells are refused before they are read.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.errors import GEOSException

__all__ = ["MAY_BE_DEEP", "check_wkb", "check_wkt", "from_wkb", "from_wkt"]

# Collections of people lie two or three deep; readers of geometries call themselves without harm so often.
_DEEPEST = 500
# A cell of WKB that is no longer, in bytes, holds no more than that many collections.
MAY_BE_DEEP = 9 * _DEEPEST
_POINT, _LINE, _POLYGON, _CIRCLES, _TRIANGLE = 1, 2, 3, 8, 17
_HAS_SRID, _HAS_Z, _HAS_M = 0x20000000, 0x80000000, 0x40000000
_OPENING, _CLOSING = b"()"


def from_wkt(text: str) -> Any:
    """Return the geometry of well-known text.

    Raises
    ------
    shapely.errors.ShapelyError
        When it is none, has curves, or lies too deep.

    Examples
    --------
    >>> from_wkt("GEOMETRYCOLLECTION (POINT (1 2))").geoms[0]
    <POINT (1 2)>
    """
    check_wkt([text])
    try:
        return shapely.from_wkt(text)
    except NotImplementedError as error:  # curves
        raise GEOSException(str(error)) from error


def from_wkb(cells: Any) -> Any:
    """Return the geometry of well-known bytes, or those of an array of them.

    Raises
    ------
    shapely.errors.ShapelyError
        When it is none, has curves, or lies too deep.

    Examples
    --------
    >>> from_wkb(shapely.Point(1, 2).wkb)
    <POINT (1 2)>
    """
    check_wkb([cells] if isinstance(cells, bytes) else cells)
    try:
        return shapely.from_wkb(cells)
    except NotImplementedError as error:  # curves
        raise GEOSException(str(error)) from error


def check_wkt(cells: Iterable[object]) -> None:
    """Refuse text whose brackets lie too deep; other cells are let through.

    Raises
    ------
    shapely.errors.GEOSException
        One sentence.

    Examples
    --------
    >>> check_wkt(["POINT (1 2)", "(" * 1000, None])
    Traceback (most recent call last):
    shapely.errors.GEOSException: a geometry collection lies over 500 deep
    """
    for text in cells:
        if isinstance(text, str) and text.count("(") > _DEEPEST:
            codes = np.frombuffer(text.encode("ascii", "replace"), dtype=np.uint8)
            steps = (codes == _OPENING).astype(np.int32) - (codes == _CLOSING)
            _check(int(np.cumsum(steps).max()))


def check_wkb(cells: Sequence[object] | NDArray[np.object_]) -> None:
    """Refuse bytes in which collections lie too deep; other cells are let through.

    Raises
    ------
    shapely.errors.GEOSException
        One sentence.

    Examples
    --------
    >>> check_wkb([shapely.Point(1, 2).wkb, bytes.fromhex("010700000001000000") * 1000, None])
    Traceback (most recent call last):
    shapely.errors.GEOSException: a geometry collection lies over 500 deep
    """
    for cell in cells:
        if isinstance(cell, bytes) and len(cell) > MAY_BE_DEEP:
            _check(_depth_of_bytes(cell))


def _check(depth: int) -> None:
    if depth > _DEEPEST:
        raise GEOSException(f"a geometry collection lies over {_DEEPEST} deep")


def _depth_of_bytes(cell: bytes) -> int:
    """Return how deep geometries lie in one another, as far as the bytes can be read.

    Source: https://www.ogc.org/standard/sfa/, 8.2 Well-known Binary Representation for Geometry
    """
    left, at, deepest = [1], 0, 0  # of each level, how many geometries are still to come
    try:
        while left and deepest <= _DEEPEST:
            if left[-1] == 0:
                left.pop()
                continue
            left[-1] -= 1
            order = "<" if cell[at] else ">"
            kind = struct.unpack_from(f"{order}I", cell, at + 1)[0]
            at += 9 if kind & _HAS_SRID else 5
            plain = kind & 0x0FFFFFFF
            wide = 8 * (2 + bool(kind & _HAS_Z) + bool(kind & _HAS_M) + (0, 1, 1, 2)[plain // 1000 % 4])
            if plain % 1000 == _POINT:
                at += wide
                continue
            count = struct.unpack_from(f"{order}I", cell, at)[0]
            at += 4
            if plain % 1000 in (_LINE, _CIRCLES):
                at += wide * count
            elif plain % 1000 in (_POLYGON, _TRIANGLE):
                for _ in range(count):
                    at += 4 + wide * struct.unpack_from(f"{order}I", cell, at)[0]
            else:
                left.append(count)
                deepest = max(deepest, len(left))
    except (struct.error, IndexError):
        pass  # damaged: the reader says so
    return deepest
