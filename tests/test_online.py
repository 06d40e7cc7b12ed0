"""Online services end to end: the three services, the commands, kills, and a server that misbehaves."""

from __future__ import annotations

import json
import os
import random
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from online_server import ANSWERS, LAT, LON, Server, nominatim, pelias, photon

import gazetteer
import geoevents as ge
from gazetteer.cli import cli as gazetteer_command
from gazetteer.geocoders import AnswerCache
from geoevents.cli.command import cli as geoevents_command
from geoevents.engines import stream
from geoevents.engines.journal import Journal

AGENT = "geoevents-tests (tests@example.org)"
SERVICES = tuple(ANSWERS)


def made(server: Server, service: str = "nominatim", **options: Any) -> gazetteer.Geocoder:
    return gazetteer.Geocoder(
        user_agent=AGENT,
        service=service,
        domain=server.url,
        **{"seconds": 0.0, "retries": 0, "timeout": 2.0, **options},
    )


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_gives_a_place(server: Server, service: str) -> None:
    """The answer of each service is a match with its country, kind, extent and attribution, and is kept."""
    for _ in range(2):
        match = made(server, service).resolve("Zyxaul", country="KZ")
    assert (match.status, match.method, match.reason.split(",")[0]) == (
        "matched", "online", f"online: {service}:127.0.0.1:{server.server_port}"
    )  # fmt: skip
    assert match.place is not None
    assert (match.place.name, match.place.kind, match.place.country) == ("Zyxaul", "city", "KAZ")
    assert (match.place.lon, match.place.lat) == (LON, LAT)
    assert match.radius_km == pytest.approx(9.8, abs=0.1)
    assert "OpenStreetMap contributors" in match.reason
    assert server.phrases == ["Zyxaul"]
    assert server.agents == [AGENT]


@pytest.mark.parametrize("service", ["photon", "pelias"])
def test_a_service_that_forgives_spelling_is_not_believed_blindly(server: Server, service: str) -> None:
    """An answer with another name than the phrase is ambiguous and says its name."""
    server.body = lambda _: json.dumps(ANSWERS[service]("Otherplace")).encode()
    match = made(server, service).resolve("Zyxaul")
    assert match.status == "ambiguous"
    assert match.reason.endswith("the answer is called Otherplace")


OUTSIDE = {
    "nominatim": lambda: nominatim("Zyxaul", 2.3, 48.8),
    "photon": lambda: photon("Zyxaul", 2.3, 48.8),
    "pelias": lambda: pelias("Zyxaul", 2.3, 48.8),
}


@pytest.mark.parametrize("service", SERVICES)
def test_a_point_outside_the_hint_is_no_answer(server: Server, service: str) -> None:
    """An answer that says Kazakhstan and lies in Paris is not taken where Kazakhstan is asked for."""
    server.body = lambda _: json.dumps(OUTSIDE[service]()).encode()
    assert made(server, service).resolve("Zyxaul", country="KZ").status == "unresolved"


BROKEN: list[tuple[str, Callable[[dict[str, Any]], object]]] = [
    ("no geometry", lambda f: f.pop("geometry")),
    ("a point of one number", lambda f: f["geometry"].update(coordinates=[1.0])),
    ("no number", lambda f: f["geometry"].update(coordinates=[float("nan"), 1.0])),
    ("too far north", lambda f: f["geometry"].update(coordinates=[1.0, 99.0])),
    ("a yes", lambda f: f["geometry"].update(coordinates=[True, 1.0])),
    ("texts", lambda f: f["geometry"].update(coordinates=["x", "y"])),
    ("no properties", lambda f: f.pop("properties")),
    ("a list", lambda f: f.update(properties=[1])),
    ("a name that is a number", lambda f: f["properties"].update(name=7)),
    ("no name", lambda f: f["properties"].update(name=" ")),
    ("half a character", lambda f: f["properties"].update(name="\ud800")),
    ("a country that is a list", lambda f: f["properties"].update(countrycode=["KZ"], country_a=["KAZ"])),
    ("a box off the globe", lambda f: (f.update(bbox=[1, 2, 3, 400]), f["properties"].update(extent=[1, 400, 3, 4]))),
    ("a box of two", lambda f: (f.update(bbox=[1, 2]), f["properties"].update(extent=[1, 2]))),
    ("no id", lambda f: (f["properties"].update(osm_id="x", gid=7))),
]  # fmt: skip


@pytest.mark.parametrize("service", ["photon", "pelias"])
def test_whatever_a_feature_holds_is_an_answer_or_a_reason(server: Server, service: str) -> None:
    """A feature that is not a place is unresolved with a reason of one line, and is not kept."""
    geocoder = made(server, service, rest=0.0)
    for i, (name, broken) in enumerate(BROKEN):
        answer = ANSWERS[service]("Zyxaul")
        broken(answer["features"][0])
        server.body = lambda _, answer=answer: json.dumps(answer).encode()
        match = geocoder.resolve(f"Zyxaul {i}")
        assert match.status == "unresolved", name
        assert "failed (" in match.reason, name
        assert "\n" not in match.reason, name
    server.body = None
    assert geocoder.resolve("Zyxaul 0").status == "matched"


def _drips(wfile: Any, body: bytes) -> None:
    for i in range(0, len(body), 4):
        wfile.write(body[i : i + 4])
        time.sleep(0.05)


def _floods(wfile: Any, _: bytes) -> None:
    for _ in range(80):
        wfile.write(b" " * 65_536)


def _is_silent(*_: object) -> None:
    time.sleep(0.6)


@pytest.mark.parametrize(
    ("send", "why"), [(_drips, "too slowly"), (_floods, "more than 4,000,000 bytes"), (_is_silent, "failed (")]
)
def test_a_server_that_holds_us_up_is_left(server: Server, send: Callable[[Any, bytes], None], why: str) -> None:
    """An answer that drips, floods or does not come is given up, in the time that was set."""
    server.send = send
    begun = time.monotonic()
    match = made(server, timeout=0.2).resolve("Zyxaul")
    assert match.status == "unresolved"
    assert why in match.reason
    assert time.monotonic() - begun < 3


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_kept_by_everybody(server: Server, status: int) -> None:
    """A server that wants a second is asked again after it, by whomever; one that wants an hour is not asked again."""
    server.status, server.headers = status, {"Retry-After": "1"}
    assert made(server, timeout=2.0).resolve("Zyxaul").status == "unresolved"
    server.status, server.headers = 200, {}
    assert made(server).resolve("Another").status == "matched"
    assert server.begun[1] - server.begun[0] >= 0.99
    server.status, server.headers = status, {"Retry-After": "3600"}
    made(server, retries=3).resolve("Third")
    assert len(server.begun) == 3
    match = made(server).resolve("Fourth")
    assert "asked to be left alone for 36" in match.reason
    assert len(server.begun) == 3
    # What is kept needs nobody.
    assert made(server).resolve("Another").status == "matched"


@pytest.mark.parametrize("said", ["", "soon", "-5", "1e400", "²", "Fri, 99 Foo 2020 00:00:00 GMT", "9" * 400])
def test_any_retry_after_is_survived(server: Server, said: str) -> None:
    """Whatever stands in the header, the answer is a reason."""
    server.status, server.headers = 503, {"Retry-After": said.encode("utf-8").decode("latin-1")}
    assert made(server).resolve("Zyxaul").status == "unresolved"


def test_answers_have_an_age(server: Server, tmp_path: Path) -> None:
    """A phrase that nobody knew is asked again after a month, a place after a year."""
    path = tmp_path / "answers.sqlite"
    server.body = lambda phrase: json.dumps([] if phrase == "Qwx" else nominatim(phrase)).encode()
    for days, asked in ((0, 2), (29, 2), (31, 3), (364, 4), (366, 6)):
        if days:
            with sqlite3.connect(path) as cache:
                cache.execute("UPDATE answers SET asked = datetime('now', ?)", (f"-{days} days",))
            cache.close()
        for phrase in ("Zyxaul", "Qwx"):
            made(server, cache=path).resolve(phrase)
        assert len(server.phrases) == asked, days


def test_the_commands_of_the_cache(server: Server, tmp_path: Path) -> None:
    """``gazetteer cache`` counts what is kept by provider, and forgets it; without a cache it says so."""
    run = CliRunner()
    assert "no answers are kept" in run.invoke(gazetteer_command, ["cache", "info"]).stderr
    server.body = lambda phrase: json.dumps([] if phrase == "Qwx" else nominatim(phrase)).encode()
    for phrase in ("Zyxaul", "Another", "Qwx"):
        made(server).resolve(phrase)
    lines = run.invoke(gazetteer_command, ["cache", "info", "--json"]).stdout.splitlines()
    [facts] = map(json.loads, lines)
    assert (facts["found"], facts["missed"]) == (2, 1)
    assert "0 answers" in run.invoke(gazetteer_command, ["cache", "clear", "--service", "photon"]).stderr
    assert "0 answers" in run.invoke(gazetteer_command, ["cache", "clear", "--days", "1"]).stderr
    assert "3 answers" in run.invoke(gazetteer_command, ["cache", "clear", "--service", "nominatim"]).stderr
    assert AnswerCache(tmp_path / "home" / "geoevents" / "geocoder.sqlite").figures() == []


def test_resolve_asks_when_told_to(server: Server) -> None:
    """``gazetteer resolve --online`` asks about what is not found, and only about that; the agent must be named."""
    run = CliRunner()
    more = ["--online", "nominatim", "--online-server", server.url]
    assert "expected who asks" in run.invoke(gazetteer_command, ["resolve", "Zyxaul", *more]).output
    done = run.invoke(gazetteer_command, ["resolve", "Almaty", "Zyxaul", *more, "--online-agent", AGENT])
    assert done.exit_code == 0
    assert [line.split("\t")[-1] for line in done.stdout.splitlines()] == ["exact", "online"]
    assert "OpenStreetMap contributors" in done.stderr
    assert server.phrases == ["Zyxaul"]


def test_locate_asks_when_told_to(server: Server, tmp_path: Path) -> None:
    """``geoevents locate --online``: the answer is on the map, and its attribution in the file, the page and the note.

    Of a row that names its region, an answer inside the region is taken; one in another country is not.
    """
    table = tmp_path / "events.csv"
    table.write_text(
        "location,adm_1,country\nAktau,,Kazakhstan\nZyxaul,,Kazakhstan\nZyxoba,Mangystau,Kazakhstan\n"
        "Zyxville,,France\nZyxwick,Almaty region,Kazakhstan\n"
    )
    output = tmp_path / "events.geojson"
    command = ["locate", str(table), "-o", str(output), "--online", "nominatim", "--online-server", server.url]
    done = CliRunner().invoke(geoevents_command, command, env={"GEOEVENTS_ONLINE_AGENT": AGENT}, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    events = gpd.read_file(output)
    assert events["match_method"].tolist() == ["exact", "online", "online", "container", "container"]
    assert (events.geometry.iloc[1].x, events.geometry.iloc[1].y) == (LON, LAT)
    assert len(server.phrases) == 4
    facts = ge.read(output).attrs["geoevents"]
    assert facts["attribution"].startswith("© OpenStreetMap contributors, ODbL; ")
    assert facts["online"]["events"] == 2
    page = tmp_path / "map.html"
    ge.write_map(ge.read(output), page)
    assert "© OpenStreetMap contributors, ODbL; " in page.read_text(encoding="utf-8").replace("\\u00a9", "©")
    assert len(ge.join(ge.read(output), "admin1")) >= 5


def test_a_stream_asks_as_the_whole_does(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """``locate --online`` from Parquet to Parquet goes batch by batch: same events, figures and attribution.

    Each phrase is asked once, and a run that was broken off is taken up with the same service only.
    """
    monkeypatch.setattr("geoevents.engines.tables.BATCH", 3)
    rows = pd.DataFrame({"location": ["Aktau", "Almaty", "Kyiv", "Zyxaul", "Zyxoba", "Aktau", "Zyxaul"]})
    rows.to_parquet(tmp_path / "rows.parquet")
    whole = ge.locate(rows, online=made(server))
    facts = stream.locate(tmp_path / "rows.parquet", tmp_path / "out.parquet", online=made(server))
    assert sorted(server.phrases) == ["Zyxaul", "Zyxoba"]
    parts, same = ge.read(tmp_path / "out.parquet"), ["match_method", "place_name", "match_note", "lon", "lat"]
    pd.testing.assert_frame_equal(pd.DataFrame(parts[same]).astype(str), pd.DataFrame(whole[same]).astype(str))
    assert parts["match_method"].tolist()[3:] == ["online", "online", "exact", "online"]
    for name in ("online", "attribution", "counts"):
        assert facts[name] == whole.attrs["geoevents"][name]
    journal = Journal(tmp_path / "out.parquet")
    journal.begin({"service": "photon:localhost"})
    journal.release()
    with pytest.raises(ge.ReadError, match=r"its .*service.* changed"):
        stream.locate(tmp_path / "rows.parquet", tmp_path / "out.parquet", online=made(server), resume=True)
    # Events are not taken for records: all of their phrases are asked about, in one go.
    assert not stream.is_streamed(tmp_path / "out.parquet", tmp_path / "again.parquet", online=True)


def test_nobody_is_asked_unless_told(server: Server) -> None:
    """Without a geocoder the same table asks nobody, and the provenance names no service."""
    events = ge.locate(pd.DataFrame({"location": ["Zyxaul"]}))
    assert server.phrases == []
    assert "online" not in events.attrs["geoevents"]


def test_two_processes_ask_once(server: Server, tmp_path: Path) -> None:
    """Several processes with the same phrases make each request once between them, and keep the distance."""
    code = (
        "import sys, gazetteer\n"
        f"g = gazetteer.Geocoder(user_agent={AGENT!r}, domain=sys.argv[1], seconds=0.05, retries=0)\n"
        "print([g.resolve(f'Zyx {i}').status for i in range(6)])"
    )
    running = [
        subprocess.Popen([sys.executable, "-c", code, server.url], stdout=subprocess.PIPE, text=True) for _ in range(3)
    ]
    said = [process.communicate(timeout=60)[0] for process in running]
    assert said == [f"{['matched'] * 6}\n"] * 3
    assert Counter(server.phrases) == {f"Zyx {i}": 1 for i in range(6)}
    assert np.diff(sorted(server.begun)).min() >= 0.045


def test_killed_and_resumed_no_request_is_lost(tmp_path: Path) -> None:
    """Killed again and again, a run ends with every row; no request that was answered is made twice.

    A kill while an answer is on its way costs that one request, and no other.
    """
    script = Path(__file__).parent / "soak" / "online_kills.py"
    done = subprocess.run(
        [sys.executable, str(script), "2", "--rows", "16", "--folder", str(tmp_path), "--seed", "1"],
        capture_output=True, text=True, timeout=120, check=False, env={**os.environ, "NO_PROXY": "127.0.0.1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "rows lost: 0" in done.stdout
    assert "answered requests made again: 0" in done.stdout


def test_random_bytes_are_survived(server: Server) -> None:
    """Of 150 answers with a few bytes changed each is a match inside the globe, or a reason on one line."""
    rng = random.Random(7)
    for service in SERVICES:
        geocoder = made(server, service, rest=0.0)
        for i in range(50):
            body = bytearray(json.dumps(ANSWERS[service](f"Zyx {i}")).encode())
            for _ in range(rng.randint(1, 4)):
                body[rng.randrange(len(body))] = rng.randrange(256)
            server.body = lambda _, body=bytes(body): body
            match = geocoder.resolve(f"Zyx {i}")
            assert "\n" not in match.reason
            if match.place is not None:
                assert abs(match.place.lon) <= 180
                assert abs(match.place.lat) <= 90
                assert np.isfinite(match.radius_km)
