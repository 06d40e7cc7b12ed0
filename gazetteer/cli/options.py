"""The options that several commands share."""

from __future__ import annotations

from pathlib import Path

import click

__all__ = ["FILE", "country_option", "json_option", "on_option", "without_option"]

# Click does not check whether a file is readable: an unreadable file is an error on disk (exit code 1), not misuse.
FILE = click.Path(path_type=Path, allow_dash=True, readable=False)
country_option = click.option("--country", metavar="KZ", help="ISO 3166-1 code or name; no answer lies outside it.")
on_option = click.option("--on", metavar="2022-01-10", help="The day whose units count; today when not given.")
json_option = click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
without_option = click.option(
    "--without", multiple=True, type=click.Choice(["demonym", "abbreviation"]), help="Leave out Kazakh, or Ky. and U.S."
)
