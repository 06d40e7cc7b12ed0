"""The options that several commands share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import gazetteer

if TYPE_CHECKING:
    from gazetteer import Gazetteer, Geocoder

__all__ = [
    "FILE",
    "DataOptions",
    "OnlineOptions",
    "country_option",
    "data_options",
    "json_option",
    "on_option",
    "online_options",
    "without_option",
]

# What changes a command, as a decorator does.
Command = Callable[[Callable[..., Any]], Callable[..., Any]]

# Click does not check whether a file is readable: an unreadable file is an error on disk (exit code 1), not misuse.
FILE = click.Path(path_type=Path, allow_dash=True, readable=False)
country_option = click.option("--country", metavar="KZ", help="ISO 3166-1 code or name; no answer lies outside it.")
on_option = click.option("--on", metavar="2022-01-10", help="The day whose units count; today when not given.")
json_option = click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
without_option = click.option(
    "--without", multiple=True, type=click.Choice(["demonym", "abbreviation"]), help="Leave out Kazakh, or Ky. and U.S."
)


def _grouped(kind: type[Any], name: str, options: Sequence[Command]) -> Command:
    """Return what gives a command options, which reach it together as one value of a kind, under a name."""

    def give(command: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(command)
        def with_options(**arguments: Any) -> Any:
            taken = {field.name: arguments.pop(field.name) for field in fields(kind)}
            return command(**arguments, **{name: kind(**taken)})

        given: Callable[..., Any] = with_options
        for option in reversed(options):
            given = option(given)
        return given

    return give


@dataclass(frozen=True)
class OnlineOptions:
    """Which service on the network is asked, as named on the command line."""

    online: str | None = None
    online_agent: str | None = None
    online_server: str | None = None
    online_key: str | None = None

    def geocoder(self) -> Geocoder | None:
        """Return the service; None where none was named: then nothing leaves the machine."""
        if self.online is None:
            return None
        if self.online_agent is None:
            raise click.UsageError(
                '--online: expected who asks, as --online-agent "newsroom-map (maps@example.org)"; services require it.'
            )
        return gazetteer.Geocoder(
            user_agent=self.online_agent, service=self.online, domain=self.online_server, api_key=self.online_key
        )


_ONLINE = (
    click.option("--online", metavar="SERVICE", help="Ask nominatim, photon or pelias about what is not found."),
    click.option("--online-agent", metavar="TEXT", envvar="GEOEVENTS_ONLINE_AGENT", help="Who asks, with an address."),
    click.option("--online-server", metavar="URL", help="The server to ask; the service's public one by default."),
    click.option("--online-key", metavar="KEY", envvar="GEOEVENTS_ONLINE_KEY", help="For a server that wants a key."),
)
online_options = _grouped(OnlineOptions, "service", _ONLINE)


@dataclass(frozen=True)
class DataOptions:
    """Which data answer, as named on the command line."""

    packs: str | None = None
    view: str | None = None

    def load(self) -> Gazetteer:
        """Return the gazetteer."""
        return gazetteer.load(packs=self.packs, view=self.view)


_DATA = (
    click.option("--packs", metavar="none|SYR,MLI", help="The installed packs that count; all of them by default."),
    click.option("--view", metavar="NAME", help="Whose view on disputed areas counts: russia, morocco …"),
)
data_options = _grouped(DataOptions, "data", _DATA)
