"""A server on this machine that speaks the JSON of Nominatim, Photon and Pelias, and misbehaves when told to.

Run as a program it answers every phrase after a short time, and writes each request into a file.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

# A village north of Aktau that no gazetteer has.
LON, LAT = 52.0, 43.8


def nominatim(name: str, lon: float = LON, lat: float = LAT, code: str = "kz") -> list[dict[str, Any]]:
    """Return an answer of Nominatim: a box of 0.2 by 0.1 degrees around a point."""
    box = [str(lat - 0.05), str(lat + 0.05), str(lon - 0.1), str(lon + 0.1)]
    return [
        {
            "place_id": 1, "osm_type": "node", "osm_id": 42, "lat": str(lat), "lon": str(lon), "class": "place",
            "type": "village", "addresstype": "village", "importance": 0.4, "name": name, "boundingbox": box,
            "display_name": f"{name}, Asia", "address": {"country_code": code},
        }
    ]  # fmt: skip


def photon(name: str, lon: float = LON, lat: float = LAT, code: str = "KZ") -> dict[str, Any]:
    """Return an answer of Photon."""
    told = {
        "osm_type": "N", "osm_id": 42, "osm_key": "place", "osm_value": "village", "type": "city", "name": name,
        "countrycode": code, "extent": [lon - 0.1, lat + 0.05, lon + 0.1, lat - 0.05],
    }  # fmt: skip
    return {"type": "FeatureCollection", "features": [_feature(lon, lat, told)]}


def pelias(name: str, lon: float = LON, lat: float = LAT, code: str = "KAZ") -> dict[str, Any]:
    """Return an answer of Pelias."""
    told = {
        "gid": "whosonfirst:locality:42", "layer": "locality", "name": name, "confidence": 0.9, "country_a": code,
    }  # fmt: skip
    feature = {**_feature(lon, lat, told), "bbox": [lon - 0.1, lat - 0.05, lon + 0.1, lat + 0.05]}
    return {"type": "FeatureCollection", "features": [feature]}


def _feature(lon: float, lat: float, told: dict[str, Any]) -> dict[str, Any]:
    return {"type": "Feature", "geometry": {"type": "Point", "coordinates": [lon, lat]}, "properties": told}


ANSWERS: dict[str, Callable[..., Any]] = {"nominatim": nominatim, "photon": photon, "pelias": pelias}
_PATHS = {"/search": "nominatim", "/api": "photon", "/v1/search": "pelias"}


class Server(ThreadingHTTPServer):
    """Answers each phrase with a place of its name, unless told otherwise, and remembers what it was asked."""

    daemon_threads = True

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.queries: list[dict[str, list[str]]] = []
        self.phrases: list[str] = []
        self.agents: list[str] = []
        self.begun: list[float] = []
        self.status = 200
        self.headers: dict[str, str] = {}
        self.body: Callable[[str], bytes] | None = None
        # How an answer is sent, byte by byte.
        self.send: Callable[[Any, bytes], None] | None = None
        self.seconds = 0.0
        self.log: Path | None = None

    @contextmanager
    def running(self) -> Iterator[Server]:
        """Serve in a thread while the block lasts."""
        with self:
            thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02})
            thread.start()
            yield self
            self.shutdown()
            thread.join()

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.server_port}"

    def note(self, what: str) -> None:
        """Write a line into the log."""
        if self.log is not None:
            with self.log.open("a", encoding="utf-8") as log:
                log.write(what + "\n")


class Handler(BaseHTTPRequestHandler):
    """Answers a search."""

    server: Server

    def do_GET(self) -> None:
        at = urlsplit(self.path)
        query = parse_qs(at.query)
        phrase = (query.get("q") or query.get("text") or [""])[0]
        self.server.note(f"asked\t{phrase}")
        self.server.queries.append(query)
        self.server.phrases.append(phrase)
        self.server.agents.append(self.headers["User-Agent"])
        self.server.begun.append(time.monotonic())
        time.sleep(self.server.seconds)
        answer = ANSWERS[_PATHS[at.path.rstrip("/")]](phrase)
        body = json.dumps(answer).encode() if self.server.body is None else self.server.body(phrase)
        self.send_response(self.server.status)
        self.send_header("Content-Type", "application/json")
        for name, value in self.server.headers.items():
            self.send_header(name, value)
        self.end_headers()
        try:
            if self.server.send is not None:
                self.server.send(self.wfile, body)
            else:
                self.wfile.write(body)
            self.server.note(f"answered\t{phrase}")
        except OSError:
            # Whoever asked was killed.
            self.server.note(f"lost\t{phrase}")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


if __name__ == "__main__":
    with Server() as server:
        server.log = Path(sys.argv[1])
        server.seconds = float(sys.argv[2])
        print(server.url, flush=True)
        server.serve_forever()
