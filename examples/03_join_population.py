"""Events per head: share events out over first-level units by where people live.

    python examples/03_join_population.py [EVENTS.csv]

Of an event known only to "Kazakhstan" or "the Almaty region" nobody can say in which unit it happened. It is shared
out over the units it may lie in, by their people: its weights sum to 1, so that every total is that of the table.
"""

import sys
from pathlib import Path

import geopandas as gpd
import pandas as pd

import geoevents as ge

SEED = Path(__file__).parent.parent / "seeds" / "kazakhstan-2022.csv"


def units_with_people(country: str) -> gpd.GeoDataFrame:
    """Return a country's first-level units of today with the people of their towns."""
    units = ge.areas("admin1")
    units = units[(units["country"] == country) & units["valid_to"].isna()][
        ["id", "name", "country", "admin1", "geometry"]
    ]
    towns = ge.areas("cities")
    towns = ge.join(towns[towns["country"] == country], units)
    people = towns.groupby("unit_id")["population"].sum()
    return units.assign(people=units["id"].map(people).fillna(0))


def main(source: Path) -> pd.DataFrame:
    """Print and return the units with their share of the events."""
    events = ge.locate(ge.read(source))
    units = units_with_people("KAZ")
    counted = ge.aggregate(events, units, weight="people").sort_values("events", ascending=False)
    counted["events_per_million"] = counted["events"] / counted["people"] * 1e6
    table = pd.DataFrame(counted.drop(columns="geometry"))[
        ["unit_name", "people", "events", "fatalities", "events_per_million"]
    ]
    print(table.round(2).to_string(index=False))
    print(f"\n{len(events)} events in the table, {table['events'].sum():.9f} in the units and outside them.")
    return table


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else SEED)
