"""Fit how far events lie from their places: ``python tests/benchmarks/fit_kernel.py GED.csv [--write]``.

GED.csv has the columns of UCDP's Georeferenced Event Dataset (https://ucdp.uu.se, CC BY 4.0): words (where_coordinates,
adm_2, adm_1, country), a day, and the coordinates that coders gave. Every row is located by its words alone; the
distance to the coders' coordinates is the error. Printed are, on held-out halves of the rows: how many of the errors
are within the radius, before and after calibration, by method and kind; and the mean log density of the true point
under a uniform disc and under the kernel. ``--write`` writes the table that the package reads; no row of the file is
kept. SciPy is needed (``pip install 'geoevents[train]'``).
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.optimize import minimize_scalar

import geoevents as ge
from gazetteer import geodesy
from geoevents.joins.extents import kernel
from geoevents.joins.extents.kernel import Kernels, kernel_classes, widening_of

TABLE = Path(kernel.__file__).with_name("kernel.tsv")
HEAD = """\
# How far an event lies from the point of its place, by how the place was found (container: a finer place was not found)
# and what it is (area: a unit of unknown outline). Written by tests/benchmarks/fit_kernel.py from UCDP GED rows.
# widening: what the gazetteer's radius is multiplied by to hold nine tenths; df: the tail of the t distribution.
"""
# Coders' coordinates are those of a settlement's centre; an event in it lies about a kilometre off.
CODED_KM = 1.0
# A radius that holds nine tenths already is left alone, and none is narrowed: a wrong place is worse than a wide one.
COVERAGE = 0.9
# A class with fewer rows has no line of its own.
FEWEST = 15
# A disc gives a point outside it no density at all; so that its mean is finite, this is given instead.
OUTSIDE = 1e-9


def errors(path: Path) -> pd.DataFrame:
    """Locate the rows by their words and return what decides and the errors in kilometres."""
    rows = pd.read_csv(path)
    words = rows.drop(columns=["latitude", "longitude", "where_prec"])
    places = ["where_coordinates", "adm_2", "adm_1"]
    events = ge.locate(words, place=places, country="country", date="date_start")
    point = (events.geom_type == "Point").to_numpy()
    lon, lat = (rows[name].to_numpy("float64") for name in ("longitude", "latitude"))
    found = events[["match_method", "place_kind", "radius_km", "lon", "lat"]].astype(
        {"match_method": object, "place_kind": object}
    )
    found["radius_km"] /= widening_of(found["match_method"].to_numpy(), found["place_kind"].to_numpy())
    km = np.full(len(rows), np.nan)
    at = np.flatnonzero(point)
    km[at] = geodesy.geodesic_km(*(found[name].to_numpy()[at] for name in ("lon", "lat")), lon[at], lat[at])
    found["km"] = np.hypot(km, CODED_KM)
    return found[point & found["radius_km"].gt(0).to_numpy()].reset_index(drop=True)


def fit(found: pd.DataFrame) -> pd.DataFrame:
    """Return the widening and the tail of each class; ``other`` is fitted on all that was found directly."""
    names = classes(found)
    direct = ~names.str.startswith("container")
    lines = []
    for kind in ("area", "point"):
        of_kind = names.str.endswith(kind)
        for method in ("container", "type-word", "fuzzy", "other"):
            rows = found[of_kind & (direct if method == "other" else names.str.startswith(method))]
            if method == "other" or len(rows) >= FEWEST:
                lines.append((method, kind, *_fitted(rows, widened=method != "other"), len(rows)))
    return pd.DataFrame(lines, columns=["method", "kind", "widening", "df", "n"])


def _fitted(rows: pd.DataFrame, *, widened: bool) -> tuple[float, float]:
    radius, km = np.maximum(rows["radius_km"], CODED_KM).to_numpy(), rows["km"].to_numpy()
    widening = max(round(float(np.quantile(km / radius, COVERAGE)), 2), 1.0) if widened else 1.0

    def loss(log_df: float) -> float:
        return -float(Kernels(np.full(len(km), np.exp(log_df))).log_density(radius * widening, km).mean())

    tail = minimize_scalar(loss, bounds=(np.log(0.7), np.log(30)), method="bounded").x
    return widening, round(float(np.exp(tail)), 1)


def classes(found: pd.DataFrame) -> pd.Series:
    """Return the class of each row, as the package does."""
    names = kernel_classes(found["match_method"].to_numpy(), found["place_kind"].to_numpy(), len(found))
    return pd.Series(["/".join(name) for name in names], index=found.index)


def held_out(found: pd.DataFrame) -> pd.DataFrame:
    """Return the rows with what a fit on the other half says of each."""
    parts = []
    for half in (0, 1):
        rows, others = found[found.index % 2 == half].copy(), found[found.index % 2 != half]
        table = fit(others).assign(name=lambda t: t["method"] + "/" + t["kind"]).set_index("name")
        name = classes(rows)
        name = name.where(name.isin(table.index), "other/" + name.str.rpartition("/")[2])
        radius = np.maximum(rows["radius_km"], CODED_KM)
        rows["widened"] = radius * name.map(table["widening"])
        kernels = Kernels(name.map(table["df"]).to_numpy())
        rows["kernel"] = kernels.log_density(rows["widened"].to_numpy(), rows["km"].to_numpy())
        area = np.pi * radius**2
        rows["uniform"] = np.log(np.where(rows["km"] <= radius, 1 / area, OUTSIDE))
        wider = np.pi * rows["widened"] ** 2
        rows["widened uniform"] = np.log(np.where(rows["km"] <= rows["widened"], 1 / wider, OUTSIDE))
        parts.append(rows)
    return pd.concat(parts)


def main() -> None:
    """Print what was measured; write the table where that is asked for."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("path", type=Path)
    arguments.add_argument("--write", action="store_true")
    asked = arguments.parse_args()
    found = errors(asked.path)
    tested = held_out(found)
    tested["before"], tested["after"] = tested["km"] <= tested["radius_km"], tested["km"] <= tested["widened"]
    by = tested.groupby(["match_method", "place_kind"])
    columns = {"n": ("km", "size"), "before": ("before", "mean"), "after": ("after", "mean")}
    print(by.agg(**columns, radius=("radius_km", "median"), widened=("widened", "median")).round(2).to_string())
    scores = ["uniform", "widened uniform", "kernel"]
    print(tested.groupby(classes(tested))[scores].mean().round(2).to_string())
    print("all:", tested[["before", "after", *scores]].mean().round(3).to_dict())
    table = fit(found)
    print(table.to_string(index=False))
    if asked.write:
        TABLE.write_text(HEAD + table.to_csv(sep="\t", index=False), encoding="utf-8")


if __name__ == "__main__":
    main()
