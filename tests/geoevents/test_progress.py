"""Long work shows how far it has come on a terminal, and nothing elsewhere."""

import io
import sys

import pytest

from geoevents.exporters import progress as module
from geoevents.exporters.progress import ahead, progress


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("stream", "patience", "shown"), [(Terminal, 0, True), (Terminal, 99, False), (io.StringIO, 0, False)]
)
def test_a_bar_on_a_terminal_after_a_while(monkeypatch: pytest.MonkeyPatch, stream: type, patience: int, shown: bool):
    """The bar is drawn when stderr is a terminal and the work is long; a pipe and short work stay silent."""
    err = stream()
    monkeypatch.setattr(sys, "stderr", err)
    monkeypatch.setattr(module, "_PATIENCE", patience - 0.001)
    monkeypatch.setenv("TERM", "xterm")
    with progress("Writing", 2) as advance:
        advance(1)
        advance(1)
    assert ("Writing" in err.getvalue()) == shown


def test_ahead_keeps_the_order_and_hands_errors_on():
    """Pieces made in another thread come in order, and an error there is an error here."""

    def pieces():
        yield from range(5)
        raise OSError("no space")

    coming = ahead(pieces())
    assert [next(coming) for _ in range(5)] == [0, 1, 2, 3, 4]
    with pytest.raises(OSError, match="no space"):
        next(coming)
