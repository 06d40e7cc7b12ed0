"""A panel for a regression: events by first-level unit and day, zeros filled in, totals kept.

    python examples/04_events_panel.py [EVENTS.csv] [--picture PANEL.png]

An event known only to a country and a week is shared out over units and days; the units are those of the day. With
``--picture`` the panel is drawn (this needs Pillow): a row a unit, a column a day, the darker the more events.
"""

import argparse
import sys
from pathlib import Path

import geopandas as gpd
import numpy as np

import geoevents as ge

SEED = Path(__file__).parent.parent / "seeds" / "kazakhstan-2022.csv"
INK, PAPER, DARK = (40, 40, 46), (255, 255, 255), np.array([122, 18, 30])
CELL, NAME, TOP = 34, 210, 64


def panel_of(source: Path) -> gpd.GeoDataFrame:
    """Return a row a unit of Kazakhstan and day."""
    events = ge.locate(ge.read(source))
    return ge.aggregate(events, "admin1", freq="D", country="KZ")


def draw(panel: gpd.GeoDataFrame, path: Path) -> None:
    """Draw the panel's units and days as a grid of shades."""
    from PIL import Image, ImageDraw, ImageFont

    table = panel.dropna(subset=["unit_id", "period"]).pivot_table(index="unit_name", columns="period", values="events")
    table = table.loc[table.sum(axis=1).sort_values(ascending=False).index]
    size = (NAME + CELL * len(table.columns) + 20, TOP + CELL * len(table) + 44)
    image = Image.new("RGB", size, PAPER)
    pen, small = ImageDraw.Draw(image), ImageFont.load_default(13)
    pen.text((12, 10), "Kazakhstan, January 2022: events by unit and day", INK, ImageFont.load_default(17))
    for row, (name, values) in enumerate(table.iterrows()):
        y = TOP + CELL * row
        pen.text((12, y + 9), str(name), INK, small)
        for column, value in enumerate(values):
            # Square roots, so that a share of an event can be seen beside whole ones.
            shade = 1 - min(1.0, (value / table.to_numpy().max()) ** 0.5)
            colour = tuple(np.round(DARK + (np.array(PAPER) * 0.97 - DARK) * shade).astype(int).tolist())
            x = NAME + CELL * column
            pen.rectangle((x, y, x + CELL - 3, y + CELL - 3), fill=colour)
    for column, day in enumerate(table.columns):
        pen.text((NAME + CELL * column + 8, TOP - 20), f"{day.day}", INK, small)
    note = "Events known only to a wider area or a span of days are shared out; every event sums to 1."
    pen.text((12, size[1] - 30), note, INK, ImageFont.load_default(12))
    image.save(path, optimize=True)


def main(arguments: list[str]) -> gpd.GeoDataFrame:
    """Print the panel's figures and return it."""
    options = argparse.ArgumentParser(description="Events by first-level unit and day.")
    options.add_argument("events", nargs="?", type=Path, default=SEED)
    options.add_argument("--picture", type=Path)
    given = options.parse_args(arguments)
    panel = panel_of(given.events)
    days, units = panel["period"].nunique(), panel["unit_id"].nunique()
    print(
        f"{units} units × {days} days; {panel['events'].sum():.6f} events, {(panel['events'] == 0).mean():.0%} zeros."
    )
    print(panel.groupby("unit_name")["events"].sum().nlargest(5).round(2).to_string())
    if given.picture is not None:
        draw(panel, given.picture)
        print(f"Wrote {given.picture}.")
    return panel


if __name__ == "__main__":
    main(sys.argv[1:])
