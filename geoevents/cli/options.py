"""Options of the command that say how a table is read: they stand on every command that takes one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from geoevents.frame.repairs import REPAIRS

if TYPE_CHECKING:
    from gazetteer import Gazetteer, Geocoder

__all__ = [
    "FILE",
    "OnlineOptions",
    "TableOptions",
    "online_options",
    "resume_option",
    "shapes_option",
    "table_options",
    "table_shapes_option",
]

# What changes a command, as a decorator does.
Command = Callable[[Callable[..., Any]], Callable[..., Any]]

# Whether a file can be read is for the readers to say: that it cannot is an error on disk, no misuse.
FILE = click.Path(path_type=Path, readable=False)


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
class TableOptions:
    """How a table is read and which of its columns are what, as named on the command line; None where it was not."""

    place: list[str] | None = None
    country: str | None = None
    date: str | None = None
    end_date: str | None = None
    lat: str | None = None
    lon: str | None = None
    geometry: str | None = None
    repair: str | None = None
    context: Any = "row"
    format: str | None = None
    sheet: str | None = None
    header: int | None = None
    overrides: tuple[Path, ...] = ()
    view: str | None = None

    @property
    def are_default(self) -> bool:
        """Whether nothing was named."""
        return self == TableOptions()

    @property
    def go_with_parts(self) -> bool:
        """Whether a table may be worked on part by part: nothing was named that only the whole can be asked for."""
        return bool(self.context == "row")

    def streaming(self) -> dict[str, Any]:
        """Return the options of `geoevents.engines.stream.locate`; neither CSV nor Parquet has sheets."""
        named = {name: value for name, value in self.locating().items() if name != "context"}
        return {**named, "format": self.format, "header": self.header}

    def reading(self) -> dict[str, Any]:
        """Return the options of `geoevents.read`."""
        return {"format": self.format, "sheet": self.sheet, "header": self.header}

    def gazetteer(self) -> Gazetteer | None:
        """Return the gazetteer in the view that was named, None where none was: then it is the usual one."""
        return in_view(self.view)

    def locating(self) -> dict[str, Any]:
        """Return the options of `geoevents.locate`."""
        names = ("place", "country", "date", "lat", "lon", "geometry", "repair", "context")
        more = {"end": self.end_date, "overrides": list(self.overrides) or None, "gazetteer": self.gazetteer()}
        return {name: getattr(self, name) for name in names} | more


def in_view(name: str | None) -> Gazetteer | None:
    """Return the gazetteer in a view, None without a name: then it is the usual one."""
    if name is None:
        return None
    import gazetteer

    return gazetteer.load(view=name)


def _names(_: click.Context, __: click.Parameter, value: str | None) -> list[str] | None:
    return [name.strip() for name in value.split(",") if name.strip()] if value is not None else None


view_option = click.option(
    "--view", metavar="NAME", help="Whose view on disputed areas counts: russia, morocco … (ISO's if none)."
)
_OPTIONS = (
    click.option("--place", metavar="COL[,COL...]", callback=_names, help="Place columns, finest first."),
    click.option("--country", metavar="COL|CODE", help="A column of countries, or one country for all rows."),
    click.option("--date", metavar="COL", help="The column of dates."),
    click.option("--end-date", metavar="COL", help="The column of last days."),
    click.option("--lat", metavar="COL", help="The column of latitudes; with --lon."),
    click.option("--lon", metavar="COL", help="The column of longitudes; with --lat."),
    click.option("--geometry", metavar="COL", help="A column of shapes: WKT, WKB or GeoJSON."),
    click.option("--repair", type=click.Choice(list(REPAIRS)), help="Mend coordinates: swap, swap-all, sign, comma …"),
    click.option("--format", metavar="NAME", help="The input's format or source, where it does not show."),
    click.option("--sheet", metavar="NAME|N", help="The sheet of a workbook, or the layer of a file of layers."),
    click.option("--header", metavar="N", type=click.IntRange(min=1), help="The row of the column names, from 1."),
    click.option(
        "--overrides",
        metavar="FILE",
        multiple=True,
        type=FILE,
        help="A table of corrections, such as a review gives; repeatable.",
    ),
    click.option(
        "--context",
        type=click.Choice(["row", "file", "none"]),
        default="row",
        show_default=True,
        help="What tells places of one name apart: the row's columns, the other rows of the file too, or nothing.",
    ),
    view_option,
)
table_options = _grouped(TableOptions, "table", _OPTIONS)


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
        import gazetteer

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


shapes_option = click.option(
    "--shapes",
    type=click.Choice(["auto", "each", "once"]),
    default="auto",
    help="Of GeoJSON: each event's shape, or each shape once in OUT_areas.geojson; auto: once where it spares 50 MB.",
)
table_shapes_option = click.option(
    "--shapes",
    type=click.Choice(["auto", "each", "once", "none"]),
    default="auto",
    help="As in locate; a CSV has no shapes unless each is asked for.",
)
resume_option = click.option(
    "--resume", is_flag=True, help="Take up a run from Parquet to Parquet that was broken off."
)
