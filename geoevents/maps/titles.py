"""A file's name becomes a title."""

from __future__ import annotations

import re

__all__ = ["title_from_name"]

# Hyphens and underscores between words; those of a day (2022-01-05) stay.
_JOINTS = re.compile(r"(?<!\d)[-_]+|[-_]+(?!\d)|_+")


def title_from_name(stem: str) -> str:
    """Return a title for a map from the name of a file without its suffix.

    Examples
    --------
    >>> title_from_name("kazakhstan-2022"), title_from_name("protests_in_mali_2022-01-05")
    ('Kazakhstan 2022', 'Protests in mali 2022-01-05')
    """
    words = " ".join(_JOINTS.sub(" ", stem).split())
    return words[:1].upper() + words[1:] if words else stem
