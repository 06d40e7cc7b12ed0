"""Downloads: a server on this machine that breaks off, changes its file, lies about its length, or has none."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from gazetteer.build.fetch import fetch
from gazetteer.errors import DataError

BODY = bytes(range(256)) * 1_000


@dataclass
class Server:
    """What the server has and does, and which ranges it was asked for."""

    url: str = ""
    body: bytes = BODY
    tag: str = '"one"'
    breaks_after: list[int] = field(default_factory=list)
    ranges: bool = True
    asked: list[str | None] = field(default_factory=list)


@pytest.fixture
def server() -> Iterator[Server]:
    state = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            state.asked.append(self.headers.get("Range"))
            if self.path != "/file.zip":
                self.send_error(404)
                return
            start = 0
            asked = self.headers.get("Range")
            if state.ranges and asked and self.headers.get("If-Range") == state.tag:
                start = int(asked.removeprefix("bytes=").rstrip("-"))
                if start >= len(state.body):
                    self.send_error(416)
                    return
                self.send_response(206)
                self.send_header("Content-Range", f"bytes {start}-{len(state.body) - 1}/{len(state.body)}")
            else:
                self.send_response(200)
            self.send_header("ETag", state.tag)
            self.send_header("Last-Modified", "Mon, 10 Jan 2022 12:00:00 GMT")
            self.send_header("Content-Length", str(len(state.body) - start))
            self.end_headers()
            end = start + state.breaks_after.pop(0) if state.breaks_after else len(state.body)
            self.wfile.write(state.body[start:end])

        def log_message(self, *args: object) -> None:
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=http.serve_forever, daemon=True)
    thread.start()
    state.url = f"http://127.0.0.1:{http.server_port}/file.zip"
    yield state
    http.shutdown()
    http.server_close()


def test_a_broken_download_goes_on_where_it_ended(server: Server, tmp_path: Path) -> None:
    """After two breaks the file is whole, and each attempt asked for no more than what was missing."""
    server.breaks_after = [131_072, 65_536]
    seen: list[tuple[int, int | None]] = []
    fetch(server.url, tmp_path / "file.zip", progress=lambda *at: seen.append(at), pause=0)
    assert (tmp_path / "file.zip").read_bytes() == BODY
    assert server.asked == [None, "bytes=131072-", "bytes=196608-"]
    assert seen[-1] == (len(BODY), len(BODY))
    assert date.fromtimestamp((tmp_path / "file.zip").stat().st_mtime) == date(2022, 1, 10)
    assert [path.name for path in tmp_path.iterdir()] == ["file.zip"]


def test_the_next_run_goes_on_too(server: Server, tmp_path: Path) -> None:
    """What a run that gave up had is kept, and the file of before stays until the new one is whole."""
    (tmp_path / "file.zip").write_bytes(b"before")
    server.breaks_after = [65_536, 0, 0, 0, 0, 0, 0]
    with pytest.raises(DataError, match=r"broke off after 65,536 bytes .* run the command again"):
        fetch(server.url, tmp_path / "file.zip", pause=0)
    assert (tmp_path / "file.zip").read_bytes() == b"before"
    server.breaks_after, server.asked = [], []
    fetch(server.url, tmp_path / "file.zip", pause=0)
    assert server.asked == ["bytes=65536-"]
    assert (tmp_path / "file.zip").read_bytes() == BODY


def test_another_file_begins_anew(server: Server, tmp_path: Path) -> None:
    """A part of the file of yesterday is not joined to the file of today."""
    server.breaks_after = [65_536, 0, 0, 0, 0, 0, 0]
    with pytest.raises(DataError):
        fetch(server.url, tmp_path / "file.zip", pause=0)
    server.tag, server.body, server.breaks_after = '"two"', BODY[::-1], []
    fetch(server.url, tmp_path / "file.zip", pause=0)
    assert (tmp_path / "file.zip").read_bytes() == BODY[::-1]


def test_a_server_without_ranges_begins_anew(server: Server, tmp_path: Path) -> None:
    """Where the server cannot resume, the whole file is taken."""
    server.ranges, server.breaks_after = False, [131_072]
    fetch(server.url, tmp_path / "file.zip", pause=0)
    assert (tmp_path / "file.zip").read_bytes() == BODY


def test_the_published_hash_is_checked(server: Server, tmp_path: Path) -> None:
    """A file of another hash is an error that leaves nothing behind; the right one is kept."""
    with pytest.raises(DataError, match="expected SHA-256 00, got"):
        fetch(server.url, tmp_path / "file.zip", sha256="00", pause=0)
    assert list(tmp_path.iterdir()) == []
    fetch(server.url, tmp_path / "file.zip", sha256=hashlib.sha256(BODY).hexdigest(), pause=0)
    assert (tmp_path / "file.zip").exists()


def test_a_missing_file_is_one_sentence(server: Server, tmp_path: Path) -> None:
    """A server that has no such file is told of at once, without further attempts."""
    with pytest.raises(DataError, match=r"expected a file, but the server answers 404\."):
        fetch(server.url.replace("file.zip", "none.zip"), tmp_path / "none.zip", pause=0)
    assert server.asked == [None]
