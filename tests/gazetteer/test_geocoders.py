"""The geocoder on the network, against a server on this machine that speaks Nominatim's JSON."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pandas as pd
import pytest

import gazetteer

AGENT = "geoevents-tests (tests@example.org)"


def row(lon: float, lat: float, **more: Any) -> dict[str, Any]:
    """Return one answer as Nominatim gives it, a box of 0.2 by 0.1 degrees around a point."""
    box = [str(lat - 0.05), str(lat + 0.05), str(lon - 0.1), str(lon + 0.1)]
    return {
        "place_id": 1, "osm_type": "node", "osm_id": 42, "lat": str(lat), "lon": str(lon), "class": "place",
        "type": "village", "addresstype": "village", "importance": 0.4, "name": "Zyx", "display_name": "Zyx, Asia",
        "address": {"village": "Zyx", "country_code": "kz", "ISO3166-2-lvl4": "KZ-47"}, "boundingbox": box, **more,
    }  # fmt: skip


ANSWERS: dict[str, Any] = {
    "Zyxaul": [row(52.0, 43.0)],
    "Twinaul": [row(52.0, 43.0), row(71.0, 51.0, osm_id=43, importance=0.39)],
    "Farland": [row(2.0, 48.0, address={"country_code": "fr"})],
    "Qwxland": [],
    "Brokenaul": [{"lat": "none", "lon": "1"}],
    "Offglobe": [row(400.0, 43.0)],
}


class Server(ThreadingHTTPServer):
    """Remembers what it was asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.queries: list[dict[str, list[str]]] = []
        self.agents: list[str] = []
        self.times: list[float] = []
        self.status = 200


class Handler(BaseHTTPRequestHandler):
    """Answers a search from `ANSWERS`."""

    server: Server

    def do_GET(self) -> None:
        query = parse_qs(urlsplit(self.path).query)
        self.server.queries.append(query)
        self.server.agents.append(self.headers["User-Agent"])
        self.server.times.append(time.monotonic())
        body = json.dumps(ANSWERS.get(query["q"][0], [])).encode()
        self.send_response(self.server.status)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(body if self.server.status == 200 else b"no")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.setenv(name, "127.0.0.1")
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def geocoder(server: Server, tmp_path: Path) -> gazetteer.Geocoder:
    return made(server, tmp_path)


def made(server: Server, folder: Path, **options: Any) -> gazetteer.Geocoder:
    return gazetteer.Geocoder(
        user_agent=AGENT, domain=f"127.0.0.1:{server.server_port}", scheme="http", cache=folder / "answers.sqlite",
        **{"seconds": 0.0, "retries": 0, **options},
    )  # fmt: skip


def test_an_answer_says_where_it_is_from(geocoder: gazetteer.Geocoder, server: Server) -> None:
    """A match is marked online, names provider and attribution, and has the country, unit and kind of the answer."""
    match = geocoder.resolve("Zyxaul")
    assert (match.status, match.method) == ("matched", "online")
    assert match.reason == f"online: nominatim:127.0.0.1:{server.server_port}, © OpenStreetMap contributors, ODbL"
    assert match.place is not None
    assert (match.place.id, match.place.kind) == ("osm:node/42", "city")
    assert (match.place.country, match.place.admin1) == ("KAZ", "KZ-47")
    assert (match.geometry.x, match.geometry.y) == (52.0, 43.0)
    assert 0 < match.score <= 0.8


def test_the_radius_reaches_the_corners_of_the_box(geocoder: gazetteer.Geocoder) -> None:
    """Of a box of 0.2 by 0.1 degrees at 43 degrees north the corners lie 9.9 km from its middle."""
    assert geocoder.resolve("Zyxaul").radius_km == pytest.approx(9.9, abs=0.1)


def test_close_rivals_are_ambiguous(geocoder: gazetteer.Geocoder) -> None:
    """Two answers far apart and of like importance are an ambiguous match that lists both."""
    match = geocoder.resolve("Twinaul")
    assert match.status == "ambiguous"
    assert [candidate.place.id for candidate in match.candidates] == ["osm:node/42", "osm:node/43"]


def test_no_answer_lies_outside_the_country(geocoder: gazetteer.Geocoder, server: Server) -> None:
    """The country is asked for by its code, and an answer that lies elsewhere all the same is not taken."""
    match = geocoder.resolve("Farland", country="Kazakhstan")
    assert server.queries[-1]["countrycodes"] == ["kz"]
    assert match.status == "unresolved"
    assert match.reason.endswith("knows none")
    assert geocoder.resolve("Farland", country="FR").status == "matched"


def test_the_agent_is_sent(geocoder: gazetteer.Geocoder, server: Server) -> None:
    """The server learns who asks."""
    geocoder.resolve("Zyxaul")
    assert server.agents == [AGENT]


@pytest.mark.parametrize("agent", ["", "  ", "geopy", "my-application"])
def test_an_agent_that_names_nobody_is_misuse(agent: str, tmp_path: Path) -> None:
    """Without an agent that says who asks there is no geocoder."""
    with pytest.raises(gazetteer.ArgumentError, match="expected who asks"):
        gazetteer.Geocoder(user_agent=agent, cache=tmp_path / "c.sqlite")


def test_the_policy_of_the_public_server_is_kept(tmp_path: Path) -> None:
    """OpenStreetMap's own server is asked once a second at the most."""
    with pytest.raises(gazetteer.ArgumentError, match="expected 1 or more"):
        gazetteer.Geocoder(user_agent=AGENT, seconds=0.2, cache=tmp_path / "c.sqlite")


def test_answers_are_kept_on_disk(server: Server, tmp_path: Path) -> None:
    """A phrase is asked once, also by a later geocoder, also when nothing was found; another country is another."""
    for _ in range(2):
        geocoder = made(server, tmp_path)
        geocoder.resolve("Zyxaul")
        geocoder.resolve("Qwxland")
        geocoder.resolve("Zyxaul", country="KZ")
    assert len(server.queries) == 3


def test_requests_keep_their_distance(server: Server, tmp_path: Path) -> None:
    """Between two requests there is the time asked for; kept answers do not wait."""
    geocoder = made(server, tmp_path, seconds=0.15)
    for phrase in ("Zyxaul", "Twinaul", "Zyxaul", "Qwxland"):
        geocoder.resolve(phrase)
    assert len(server.times) == 3
    assert np.diff(server.times).min() >= 0.14


@pytest.mark.parametrize("phrase", ["Brokenaul", "Offglobe"])
def test_a_broken_answer_is_unresolved_and_not_kept(geocoder: gazetteer.Geocoder, server: Server, phrase: str) -> None:
    """An answer that cannot be read, or lies off the globe, is unresolved with a reason, and asked for again."""
    for _ in range(2):
        match = geocoder.resolve(phrase)
        assert match.status == "unresolved"
        assert "failed" in match.reason
    assert len(server.queries) == 2


def test_failures_never_kill_a_batch(geocoder: gazetteer.Geocoder, server: Server) -> None:
    """Of a server that fails three times in a row nothing more is asked; all rows stay, with their reasons."""
    server.status = 503
    matches = gazetteer.load().resolve_many([f"Zyxaul number {i}" for i in range(6)])
    filled = geocoder.fill(matches)
    assert (filled["status"] == "unresolved").all()
    reasons = filled["reason"].astype(str)
    assert reasons.str.contains("failed (", regex=False).sum() == 3
    assert reasons.str.contains("not asked").sum() == 3
    assert len(server.queries) == 3


def test_a_server_that_is_not_there(server: Server, tmp_path: Path) -> None:
    """A server that cannot be talked to is an unresolved match, and nothing is printed, also when it is tried again."""
    code = (
        "import sys, gazetteer\n"
        "geocoder = gazetteer.Geocoder(user_agent='t (t@example.org)', domain=sys.argv[1], scheme='https',"
        " seconds=0.0, retries=1, timeout=1.0, cache=sys.argv[2])\n"
        "print(geocoder.resolve('Zyxaul').status)"
    )
    command = [sys.executable, "-c", code, f"127.0.0.1:{server.server_port}", str(tmp_path / "answers.sqlite")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("unresolved\n", "")


def test_fill_asks_for_what_is_not_resolved(geocoder: gazetteer.Geocoder, server: Server) -> None:
    """Unresolved rows are filled, each phrase once; other rows, the index, the columns and the frame given stay."""
    column = pd.Series(["Almaty", "Zyxaul", None, "Zyxaul", "unknown", "Qwxland"], index=[9, 9, 3, 2, 1, 0])
    matches = gazetteer.load().resolve_many(column)
    before = matches.copy(deep=True)
    filled = geocoder.fill(matches)
    pd.testing.assert_frame_equal(matches, before)
    assert filled.index.tolist() == column.index.tolist()
    assert filled.columns.tolist() == matches.columns.tolist()
    assert filled.dtypes.astype(str).tolist() == matches.dtypes.astype(str).tolist()
    assert filled["method"].tolist() == ["exact", "online", "none", "online", "none", "none"]
    assert filled["place_id"].astype(object).tolist()[:2] == ["geonames:1526384", "osm:node/42"]
    assert filled["lon"].iloc[3] == 52.0
    assert [query["q"][0] for query in server.queries] == ["Zyxaul", "Qwxland"]
    assert filled.attrs["attribution"] == "© OpenStreetMap contributors, ODbL"


def test_fill_takes_a_country_a_row(geocoder: gazetteer.Geocoder) -> None:
    """A column of countries holds each row to its own; one of another length is misuse."""
    matches = gazetteer.load().resolve_many(["Farland", "Farland"], country=["KZ", "FR"])
    filled = geocoder.fill(matches, country=["KZ", "FR"])
    assert filled["status"].tolist() == ["unresolved", "matched"]
    with pytest.raises(gazetteer.ArgumentError, match="or 2 like the rows, got 1"):
        geocoder.fill(matches, country=["KZ"])


def test_a_cache_that_is_none(server: Server, tmp_path: Path) -> None:
    """A cache file that is no database is an error that names it."""
    (tmp_path / "answers.sqlite").write_text("no database, but long enough to be read as one" * 30)
    with pytest.raises(gazetteer.DataError, match=r"answers\.sqlite: expected a cache of answers"):
        made(server, tmp_path).resolve("Zyxaul")


def test_the_cache_is_a_plain_table(geocoder: gazetteer.Geocoder, tmp_path: Path) -> None:
    """What was asked, of whom and when can be read by anyone."""
    geocoder.resolve("Zyxaul", country="KZ")
    cache = sqlite3.connect(tmp_path / "answers.sqlite")
    [(provider, phrase, country, answer)] = cache.execute("SELECT provider, phrase, country, answer FROM answers")
    cache.close()
    assert provider.startswith("nominatim:127.0.0.1")
    assert (phrase, country) == ("Zyxaul", "KAZ")
    assert json.loads(answer)[0]["osm_id"] == 42
