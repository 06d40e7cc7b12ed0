"""The ids of places that are points: their coordinates, written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["point_ids"]

# The pieces of an id, each filled up with zero bytes, which no text has: in front, then of the latitude and the
# longitude a sign, the whole degrees, a point, two decimals and three more.
_DEGREES = ("S1", "S3", "S1", "S2", "S3")
_PIECES = np.dtype([(f"f{n}", kind) for n, kind in enumerate(("S8", *_DEGREES, "S1", *_DEGREES))])
_WHOLE = np.array([str(n) for n in range(1000)], dtype="S3")
_TWO, _THREE = (np.array([f"{n:0{width}d}" for n in range(10**width)], dtype=f"S{width}") for width in (2, 3))


def point_ids(lon: NDArray[np.float64], lat: NDArray[np.float64]) -> pa.LargeStringArray:
    """Return the ids of the places that points are, ``derived:LAT,LON``, as texts of Arrow; null for NaN.

    Examples
    --------
    >>> point_ids(np.array([76.9, np.nan]), np.array([-0.000001, 2.0])).to_pylist()
    ['derived:-0.00000,76.90000', None]
    """
    known = np.isfinite(lon) & np.isfinite(lat)
    pieces = np.zeros(len(lon), dtype=_PIECES)
    pieces["f0"], pieces["f6"] = b"derived:", b","
    for first, degrees in ((1, np.where(known, lat, 0)), (7, np.where(known, lon, 0))):
        whole, decimals = np.divmod(_hundred_thousandths(degrees), 100_000)
        two, three = np.divmod(decimals, 1000)
        written = (np.where(np.signbit(degrees), b"-", b""), _WHOLE[whole], b".", _TWO[two], _THREE[three])
        for n, piece in enumerate(written, first):
            pieces[f"f{n}"] = piece
    letters = pieces.view(np.uint8).reshape(len(lon), _PIECES.itemsize)
    there = letters != 0
    ends = np.append(0, np.cumsum(there.sum(axis=1)))
    buffers = (ends, letters[there], np.packbits(known, bitorder="little"))
    return pa.LargeStringArray.from_buffers(len(lon), *map(pa.py_buffer, buffers))


def _hundred_thousandths(degrees: NDArray[np.float64]) -> NDArray[np.int32]:
    """Return the digits of what Python writes for ``f"{abs(degree):.5f}"`` as a number."""
    scaled = np.abs(degrees) * 1e5
    rounded = np.rint(scaled).astype(np.int32)
    # Half-way the product may be rounded to the other side.
    for row in np.flatnonzero(np.abs(scaled % 1 - 0.5) < 1e-4):
        rounded[row] = int(f"{abs(degrees[row]):.5f}".replace(".", ""))
    return rounded
