"""What was probably meant: the name that is most like one that does not exist, to be offered in an error."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path

from geoevents.errors import ReadError

__all__ = ["did_you_mean", "missing_file"]

# How alike names must be (difflib's ratio): "lcation" and "location" are .93 alike, "town" and "date" .25.
_ALIKE = 0.6
_ADDRESS = re.compile(r"(?:https?|ftps?|sftp|s3|gs|az|abfss?|hdfs|file):/", re.IGNORECASE)
# A folder of more files than this is not looked through.
_MOST_FILES = 10_000


def did_you_mean(name: object, known: Iterable[object]) -> str:
    """Return the words that offer the known name most like a wrong one; nothing where none is like it.

    Examples
    --------
    >>> did_you_mean("lcation", ["date", "location"]), did_you_mean("town", ["date"])
    (" (did you mean 'location'?)", '')
    """
    spelt = {str(one).casefold(): str(one) for one in known}
    near = get_close_matches(str(name).casefold(), spelt, n=1, cutoff=_ALIKE)
    return f" (did you mean {spelt[near[0]]!r}?)" if near else ""


def missing_file(path: Path) -> ReadError:
    """Return the error of a file that is not there, with what to do about an address or a slip in the name.

    Examples
    --------
    >>> print(missing_file(Path("s3://b/x.csv")))
    s3:/b/x.csv: expected a file on this machine, got an address; download it first, then name the file.
    """
    if _ADDRESS.match(str(path)):
        return ReadError(
            f"{path}: expected a file on this machine, got an address; download it first, then name the file."
        )
    try:
        names = [one.name for one, _ in zip(path.parent.iterdir(), range(_MOST_FILES), strict=False)]
    except OSError:
        return ReadError(f"{path}: expected a file to read, but there is no folder {str(path.parent)!r}.")
    return ReadError(f"{path}: expected a file to read, but there is none{did_you_mean(path.name, names)}.")
