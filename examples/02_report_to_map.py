"""A report becomes events, a table on the terminal, and a map with the report beside it.

``python examples/02_report_to_map.py`` reads the seed report and writes ``report.html`` in the working folder.
"""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd

import geoevents as ge

SEED = Path(__file__).parent.parent / "seeds" / "kazakhstan-2022.md"
SHOWN = ["start", "event_class", "status", "place_name", "fatalities", "detained", "confidence"]


def main(report: Path, page: Path) -> gpd.GeoDataFrame:
    """Extract the events of a report, print them, and draw the map."""
    events = ge.extract(report)
    print(events[SHOWN].to_string(index=False))
    ge.write_map(events, page, title=report.stem)
    print(f"{len(events)} events; {page} has the map with the report beside it.")
    return events


if __name__ == "__main__":
    main(SEED, Path("report.html"))
