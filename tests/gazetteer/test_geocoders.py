"""The geocoder on the network, against a server on this machine that speaks Nominatim's JSON."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from online_server import Server

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


def answered(phrase: str) -> bytes:
    """Return what is known of a phrase."""
    return json.dumps(ANSWERS.get(phrase, [])).encode()


@pytest.fixture
def server(server: Server) -> Server:
    """Answer from `ANSWERS`."""
    server.body = answered
    return server


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
    """Between two requests there is the time asked for; kept answers do not wait.

    The time counts from the end of a request, so that it lies between any two arrivals, however busy the machine is.
    """
    geocoder = made(server, tmp_path, seconds=0.15)
    for phrase in ("Zyxaul", "Twinaul", "Zyxaul", "Qwxland"):
        geocoder.resolve(phrase)
    assert len(server.begun) == 3
    assert np.diff(server.begun).min() >= 0.149  # two clocks may differ by a little
    begun = time.monotonic()
    for _ in range(20):
        geocoder.resolve("Zyxaul")
    assert len(server.begun) == 3
    assert time.monotonic() - begun < 20 * 0.15


def test_all_instances_keep_one_distance(server: Server, tmp_path: Path) -> None:
    """Geocoders of one server take turns, in several threads and with caches of their own."""
    geocoders = [made(server, tmp_path / str(i), seconds=0.1) for i in range(3)]
    asking = [threading.Thread(target=each.resolve, args=(name,)) for each in geocoders for name in ("Zyxaul", "Q")]
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join()
    assert len(server.begun) == 6
    assert np.diff(sorted(server.begun)).min() >= 0.099


@pytest.mark.parametrize(("status", "headers"), [(503, {}), (500, {}), (302, {"Location": "/search?q=again"})])
def test_retries_are_counted_by_the_geocoder_alone(
    server: Server, tmp_path: Path, status: int, headers: dict[str, str]
) -> None:
    """With one retry a request that fails is made twice; no redirect is followed."""
    server.status, server.headers = status, headers
    geocoder = made(server, tmp_path, retries=1, seconds=0.05)
    assert geocoder.resolve("Zyxaul").status == "unresolved"
    assert len(server.queries) == 2
    assert np.diff(server.begun).min() >= 0.049


def test_a_server_that_recovers_is_asked_again(server: Server, tmp_path: Path) -> None:
    """After three failures in a row the server rests; then it is asked again, and its answers count."""
    server.status = 503
    geocoder = made(server, tmp_path, rest=0.3)
    reasons = [geocoder.resolve(f"Zyxaul {i}").reason for i in range(4)]
    assert "not asked" in reasons[3]
    server.status = 200
    time.sleep(0.35)
    assert geocoder.resolve("Zyxaul").status == "matched"


BODIES = {
    "a text": b'"no places"',
    "a number": b"7",
    "a list of texts": b'["Zyx"]',
    "a list in a list": json.dumps([[row(52.0, 43.0)]]).encode(),
    "deep JSON": b"[" * 200_000 + b"]" * 200_000,
    "an error": b'{"error": "out of order"}',
    "an address that is a list": json.dumps([row(52.0, 43.0, address=["kz"])]).encode(),
    "half a character": json.dumps([row(52.0, 43.0, name="\ud800")]).encode(),
    "an importance in words": json.dumps([row(52.0, 43.0, importance="high")]).encode(),
    "no number as importance": json.dumps([row(52.0, 43.0, importance=float("nan"))]).encode(),
    "no number in the box": json.dumps([row(52.0, 43.0, boundingbox=["nan", "nan", "nan", "nan"])]).encode(),
    "a box of two": json.dumps([row(52.0, 43.0, boundingbox=["1", "2"])]).encode(),
    "a box off the globe": json.dumps([row(52.0, 43.0, boundingbox=["-95", "43", "51", "53"])]).encode(),
    "no number as lat": json.dumps([row(52.0, float("nan"))]).encode(),
    "a name that is a list": json.dumps([row(52.0, 43.0, name=["Zyx"])]).encode(),
    "a unit that is a number": json.dumps([row(52.0, 43.0, address={"ISO3166-2-lvl4": 7})]).encode(),
    "a type that is a list": json.dumps([row(52.0, 43.0, addresstype=[]) | {"type": ["x"]}]).encode(),
    "a page": b"<html>busy</html>",
    "bytes": bytes(range(256)),
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_whatever_a_server_sends_is_an_answer_or_a_reason(server: Server, tmp_path: Path, body: bytes) -> None:
    """An answer that is none is unresolved with a reason in one line, and is not kept: the next one counts."""
    server.body = lambda _: body
    geocoder = made(server, tmp_path)
    match = geocoder.resolve("Zyxaul")
    assert match.status == "unresolved"
    assert "failed (" in match.reason
    assert "\n" not in match.reason
    match.reason.encode("utf-8")
    server.body = answered
    assert geocoder.resolve("Zyxaul").status == "matched"


def test_half_a_character_is_not_sent(geocoder: gazetteer.Geocoder, server: Server) -> None:
    """A phrase that cannot be written in Unicode is unresolved, and nobody is asked."""
    assert geocoder.resolve("Zyx\ud800").status == "unresolved"
    assert server.queries == []


@pytest.mark.parametrize("answer", ["no json", "7", '["x"]', '[{"lat": NaN}]', b"\xff\xfe", "[" * 100_000])
def test_a_damaged_row_of_the_cache_is_asked_for_again(server: Server, tmp_path: Path, answer: str | bytes) -> None:
    """What stands in the cache and is no answer does no harm: the server is asked, and its answer takes the place."""
    geocoder = made(server, tmp_path)
    geocoder.resolve("Zyxaul")
    with sqlite3.connect(tmp_path / "answers.sqlite") as cache:
        cache.execute("UPDATE answers SET answer = ?", (answer,))
    cache.close()
    for _ in range(2):
        assert geocoder.resolve("Zyxaul").status == "matched"
    assert len(server.queries) == 2


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
