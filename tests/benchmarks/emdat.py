"""How long do 7,400 disasters in EM-DAT's columns take? Writes such a table from a seed, then reads and locates it.

    python tests/benchmarks/emdat.py [ROWS] [-o FILE.xlsx]        (7,400 when not given)

A disaster names one to fourteen units or towns of its country, as EM-DAT does: a list with a type word, lists inside
brackets, and names that no gazetteer has; half of the disasters have `Admin Units` as well.
"""

import argparse
import json
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

import gazetteer
import geoevents as ge

# How a disaster's place is written: shares of forms, seen in the documentation of the columns.
FORMS = {"list": 0.45, "typed": 0.25, "brackets": 0.2, "one": 0.1}
UNKNOWN = 0.15


def disasters(rows: int, seed: int = 7) -> pd.DataFrame:
    """Return a table in today's columns."""
    rng = np.random.default_rng(seed)
    gaz = gazetteer.load()
    units = {
        layer: gaz.layer(layer)[["name", "country"]].dropna().groupby("country")["name"].apply(list)
        for layer in ("admin1", "admin2", "cities")
    }
    known = gaz.layer("countries").dropna(subset=["country"]).drop_duplicates("country")
    countries = known.set_index("country")["name"]
    codes = [code for code in countries.index if code in units["admin1"].index]
    weights = rng.zipf(1.4, len(codes)).clip(max=60).astype(float)
    made = []
    for number in range(rows):
        code = codes[int(rng.choice(len(codes), p=weights / weights.sum()))]
        wide, fine = units["admin1"][code], [*units["admin2"].get(code, []), *units["cities"].get(code, [])[:400]]
        names = _names(rng, wide, fine or wide)
        year = int(rng.integers(2000, 2025))
        listed = json.dumps([{"adm1_code": int(rng.integers(1, 9999)), "adm1_name": name} for name in names[:6]])
        made.append(
            {
                "DisNo.": f"{year}-{number:04d}-{code}",
                "Historic": "No",
                "Disaster Group": "Natural",
                "Disaster Subgroup": "Hydrological",
                "Disaster Type": "Flood",
                "Disaster Subtype": "Riverine flood",
                "ISO": code,
                "Country": countries[code],
                "Subregion": "Southern Asia",
                "Region": "Asia",
                "Location": _written(rng, names, wide),
                "Latitude": None,
                "Longitude": None,
                "Start Year": year,
                "Start Month": int(rng.integers(1, 13)),
                "Start Day": int(rng.integers(1, 28)) if rng.random() < 0.8 else None,
                "End Year": year,
                "End Month": 12,
                "End Day": None,
                "Total Deaths": int(rng.poisson(20)),
                "No. Injured": int(rng.poisson(50)),
                "Total Affected": int(rng.poisson(5000)),
                "Admin Units": listed if rng.random() < 0.5 else None,
            }
        )
    return pd.DataFrame(made)


def _names(rng: np.random.Generator, wide: list[str], fine: list[str]) -> list[str]:
    """Return the names of a disaster's places, some of which no gazetteer has."""
    names = []
    for _ in range(min(int(rng.geometric(0.25)), 14)):
        name = str(rng.choice(wide if rng.random() < 0.6 else fine))
        if rng.random() < UNKNOWN:
            letters = list(name)
            rng.shuffle(letters)
            name = "".join(letters).strip().capitalize() or name
        names.append(name)
    return list(dict.fromkeys(names))


def _written(rng: np.random.Generator, names: list[str], wide: list[str]) -> str:
    """Return the names as EM-DAT's column of locations writes them."""
    form = str(rng.choice(list(FORMS), p=list(FORMS.values())))
    if form == "one" or len(names) == 1:
        return names[0]
    if form == "typed":
        return f"{', '.join(names)} {rng.choice(['provinces', 'districts', 'regions'])}"
    if form == "brackets":
        half = max(len(names) // 2, 1)
        groups = [part for part in (names[:half], names[half:]) if part]
        return ", ".join(f"{', '.join(part)} districts ({rng.choice(wide)} province)" for part in groups)
    return ", ".join(names)


def main() -> None:
    """Write the table, read it and locate it; print processor seconds."""
    options = argparse.ArgumentParser()
    options.add_argument("rows", nargs="?", type=int, default=7400)
    options.add_argument("-o", "--output", type=Path)
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = asked.output or Path(folder, "emdat.xlsx")
        disasters(asked.rows).to_excel(path, index=False, sheet_name="EM-DAT Data")
        started = time.process_time()
        records = ge.read(path)
        read = time.process_time()
        events = ge.locate(records)
        print(f"{len(events)} disasters: read {read - started:.1f} s, located {time.process_time() - read:.1f} s")
        print(ge.summary(events))


if __name__ == "__main__":
    main()
