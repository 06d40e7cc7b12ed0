"""Where the tables and models are that come with the package."""

from __future__ import annotations

from pathlib import Path

__all__ = ["BUNDLED"]

BUNDLED = Path(__file__).parent / "data"
