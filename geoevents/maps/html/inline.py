"""Make what self-contained pages hold: policies, JSON and packed data that fit into HTML."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
from collections.abc import Mapping

import orjson

__all__ = ["filled", "in_base64", "json_text", "packed", "policy"]


# Of gzip: level 6 saves 5 % of a page and takes two to four times as long (tests/benchmarks/page.py).
_LEVEL = 4


def policy(script: str, *, online: str = "", wasm: bool = False) -> str:
    """Return a content security policy that allows one script by its hash, and no address but those of `online`.

    Parameters
    ----------
    script
        The text of the script.
    online
        Addresses that images and requests may go to, separated by spaces; empty allows none.
    wasm
        Whether the script may start modules of its own and WebAssembly.
    """
    digest = base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii")
    more = " 'wasm-unsafe-eval' blob:; worker-src blob:" if wasm else ""
    afar = f" {online}" if online else ""
    return (
        f"default-src 'none'; script-src 'sha256-{digest}'{more}; style-src 'unsafe-inline'; "
        f"img-src data: blob:{afar}; font-src data:; connect-src data: blob:{afar}; base-uri 'none'; form-action 'none'"
    )


def json_text(value: object) -> str:
    r"""Return JSON that cannot end a script element, whatever the data says.

    Examples
    --------
    >>> json_text("</script>")
    '"\\u003c/script>"'
    """
    try:
        text = orjson.dumps(value).decode("utf-8")
    except TypeError:  # half of a pair of surrogates, or a number of more than 64 bits
        text = json.dumps(value, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c")


def packed(content: bytes) -> str:
    """Return data as the page inflates it: gzip in base64, the same for the same data."""
    return in_base64(gzip.compress(content, compresslevel=_LEVEL, mtime=0))


def in_base64(content: bytes) -> str:
    """Return bytes as letters."""
    return base64.b64encode(content).decode("ascii")


def filled(template: str, values: Mapping[str, str]) -> str:
    """Fill the places ``@@NAME@@`` of a template; text that only looks like one is left alone.

    Examples
    --------
    >>> filled("<p>@@A@@</p>", {"A": "@@B@@"})
    '<p>@@B@@</p>'
    """
    parts = template.split("@@")
    parts[1::2] = [values[name] for name in parts[1::2]]
    return "".join(parts)
