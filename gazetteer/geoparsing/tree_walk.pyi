from typing import Any

from numpy.typing import NDArray

def leaves(
    nodes: NDArray[Any], roots: NDArray[Any], steps: NDArray[Any], rows: NDArray[Any], width: int, out: NDArray[Any]
) -> None: ...
