"""A regression that knows how uncertain its places are: fractional counts beside draws and Rubin's rules.

    python examples/06_uncertain_places.py [EVENTS.csv] [--country KZ] [--draws 100]

Do first-level units near the capital see more events? A Poisson regression of the events of a unit on its distance to
the capital is fitted twice: on the fractional counts that shared-out events give, whose standard errors take every
place for known; and on many draws of where the events were, put together by Rubin's rules.
"""

import argparse
import sys
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

import geoevents as ge

SEED = Path(__file__).parent.parent / "seeds" / "kazakhstan-2022.csv"


def poisson(y: np.ndarray, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the coefficients of a Poisson regression and their variances, by iterated least squares."""
    design = np.column_stack([np.ones(len(x)), x])
    beta = np.array([np.log(y.mean() + 1e-9), 0.0])
    for _ in range(100):
        mean = np.exp(np.clip(design @ beta, -30, 30))
        information = design.T @ (design * mean[:, None])
        step = np.linalg.solve(information, design.T @ (y - mean))
        beta = beta + step
        if np.abs(step).max() < 1e-10:
            break
    return beta, np.diag(np.linalg.inv(information))


def both_ways(events: gpd.GeoDataFrame, country: str, draws: int) -> pd.DataFrame:
    """Return the coefficient of the distance (a hundred kilometres) and its error, by both ways."""
    panel = ge.distances(ge.aggregate(events, "admin1", country=country, start="2022-01-01", end="2022-01-31"))
    panel = panel[panel["unit_id"].notna()]
    x = panel["capital_km"].to_numpy() / 100
    beta, variance = poisson(panel["events"].to_numpy(), x)
    drawn = ge.draw(events, draws, seed=1, by="admin1")
    counts = drawn.groupby(["draw", "unit_id"]).size().unstack(fill_value=0)
    counts = counts.reindex(index=range(draws), columns=panel["unit_id"], fill_value=0)
    fits = [poisson(row, x) for row in counts.to_numpy(dtype=float)]
    combined = ge.combine([fit[0] for fit in fits], [fit[1] for fit in fits]).iloc[1]
    return pd.DataFrame(
        {"estimate": [beta[1], combined["estimate"]], "se": [np.sqrt(variance[1]), combined["se"]]},
        index=["fractional counts", f"{draws} draws"],
    )


def main(arguments: list[str]) -> pd.DataFrame:
    """Print both fits and return them."""
    options = argparse.ArgumentParser(description="A regression with and without the uncertainty of places.")
    options.add_argument("events", nargs="?", type=Path, default=SEED)
    options.add_argument("--country", default="KZ")
    options.add_argument("--draws", type=int, default=100)
    given = options.parse_args(arguments)
    found = both_ways(ge.locate(ge.read(given.events)), given.country, given.draws)
    print("Events of a unit by its distance to the capital (100 km), log rate:")
    print(found.round(3).to_string())
    return found


if __name__ == "__main__":
    main(sys.argv[1:])
