"""One self-contained HTML file around the Kepler.gl widget.

Data sets and a configuration enter; a page that opens from disk without a network leaves. The browser bundle is the
one inside the installed keplergl package, gzipped and inlined; the page inflates and imports it.
"""

from __future__ import annotations

import base64
import gzip
import html
import json
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from geoevents.errors import WriteError

__all__ = ["write_page"]

_FOLDER = Path(__file__).parent


def write_page(
    path: Path,
    datasets: dict[str, Any],
    config: dict[str, Any],
    facts: dict[str, Any],
    legend: list[tuple[str, str]],
) -> None:
    """Write the page.

    Parameters
    ----------
    path
        The file to write.
    datasets, config
        In the widget's terms.
    facts
        ``events.attrs["geoevents"]``: title, counts, attribution.
    legend
        Category and colour.

    Raises
    ------
    WriteError
        When the installed keplergl package has no browser bundle.
    """
    title = str(facts.get("title") or "Events")
    values = {
        "TITLE": html.escape(title),
        "STYLE": (_FOLDER / "page.css").read_text(encoding="utf-8"),
        "SCRIPT": (_FOLDER / "page.js").read_text(encoding="utf-8"),
        "WIDGET_STYLE": _bundle("widget.css").decode("utf-8"),
        "FACTS": _json({"title": title, "legend": legend, **_panel(facts), "placed": len(datasets) > 1}),
        "CONFIG": _json(config),
        "DATA": _packed(_json(datasets).encode("utf-8")),
        "WIDGET": _packed(_bundle("widget.js")),
    }
    # Split once, so that text from the data that looks like a placeholder is not filled in.
    parts = (_FOLDER / "page.html").read_text(encoding="utf-8").split("@@")
    parts[1::2] = [values[name] for name in parts[1::2]]
    path.write_text("".join(parts), encoding="utf-8")


def _panel(facts: dict[str, Any]) -> dict[str, Any]:
    return {key: facts[key] for key in ("counts", "attribution", "created", "gazetteer", "version") if key in facts}


def _json(value: Any) -> str:
    """Return JSON that cannot end a script element, whatever the data says."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=str)
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


@cache
def _bundle(name: str) -> bytes:
    spec = find_spec("keplergl")
    file = Path(spec.origin).parent / "static" / name if spec and spec.origin else None
    if file is None or not file.is_file():
        raise WriteError(f"Kepler map: expected {name} in the keplergl package (0.4.0 or later), but it is not there.")
    return file.read_bytes()


def _packed(content: bytes) -> str:
    return base64.b64encode(gzip.compress(content, compresslevel=9, mtime=0)).decode("ascii")
