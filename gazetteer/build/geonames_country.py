"""Reads records from GeoNames' dump of one country: its places, and alternate names where that file is there.

Source
------
GeoNames, CC BY 4.0: ``SY.zip`` of the dump, and ``alternatenames/SY.zip``; the columns are those of its readme.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from gazetteer.build.geonames import kept_alternates
from gazetteer.build.geonames_dump import (
    KINDS,
    PLACE_COLUMNS,
    PLACE_TYPES,
    Refused,
    alternate_names,
    chunks,
    features,
)
from gazetteer.build.pack_records import NAME_COLUMNS, Records, records_of, weights
from gazetteer.index.store import LAYERS, Store

__all__ = ["read_geonames"]

_LICENCE = "CC BY 4.0"
_NO_IDS = np.empty(0, dtype=np.int64)


def read_geonames(places: Path, names: Path | None, country: str, store: Store) -> Records:
    """Read the dump of a country.

    Parameters
    ----------
    places, names
        The files, zipped as they come or plain; `names` may be None.
    country
        ISO 3166-1 alpha-3.
    store
        The bundled gazetteer, which knows the first-level units by their GeoNames ids.

    Returns
    -------
    Records
        All features but the country itself and its first-level units.

    Raises
    ------
    DataError
        When a file is not such a dump, or is damaged.
    """
    bad = Refused()
    codes = _admin1(places, store)
    tables: list[pa.Table] = []
    alternates: dict[int, tuple[str, str]] = {}
    for chunk in chunks(places, PLACE_COLUMNS, PLACE_TYPES | {"alternatenames": pa.string()}, bad):
        tables.append(features(chunk, codes, _NO_IDS, bad))
        given = (chunk[name].to_pylist() for name in ("geonameid", "alternatenames", "country code"))
        alternates |= {int(i): (text, code or "") for i, text, code in zip(*given, strict=True) if text and _is_id(i)}
    rows = pa.concat_tables(tables, promote_options="permissive").to_pandas() if tables else pd.DataFrame()
    refused = Counter({"impossible columns, id, position or population": bad.rows} if bad.rows else {})
    elsewhere = rows["country"].astype(object) != country
    if elsewhere.any():
        refused["of another country"] = int(elsewhere.sum())
    rows = rows[~elsewhere]
    records = records_of(_places(rows), list(_listed(rows, alternates)), refused)
    if names is None:
        return records
    named = pd.concat([records.names, _alternate_names(names, set(records.places["id"]), bad)], ignore_index=True)
    return Records(records.places, named, records.refused)


def _is_id(text: str | None) -> bool:
    return bool(text) and str(text).isdecimal() and len(str(text)) <= 9


def _admin1(places: Path, store: Store) -> dict[str, str | None]:
    """Return ISO 3166-2 by GeoNames' code (``SY.14``), through the ids of the first-level units in the dump."""
    table = store.layers[LAYERS.index("admin1")]
    pairs = zip(table.column("geonames"), table.column("admin1"), strict=True)
    iso = {str(number): code for number, code in pairs if number is not None and code}
    codes: dict[str, str | None] = {}
    for chunk in chunks(places, PLACE_COLUMNS, PLACE_TYPES, Refused()):
        units = pa.Table.from_batches([chunk]).filter(pc.equal(chunk["feature code"], "ADM1").fill_null(False))
        for row in units.select(["geonameid", "country code", "admin1 code"]).to_pylist():
            codes[f"{row['country code']}.{row['admin1 code']}"] = iso.get(str(row["geonameid"]))
    return codes


def _places(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the features as places."""
    kinds = np.array(KINDS, dtype=object)[rows["kind"].to_numpy()]
    people = rows["population"].to_numpy(dtype="float64", na_value=np.nan)
    table = pd.DataFrame(
        {
            "id": "geonames:" + rows["geonameid"].astype(str),
            "layer": np.where(kinds == "admin2", "admin2", "cities"),
            "name": rows["name"].astype(object),
            "kind": kinds,
            "country": rows["country"].astype(object),
            "admin1": rows["admin1"].astype(object).where(rows["admin1"].notna(), None),
            "lon": rows["lon"].astype(object),
            "lat": rows["lat"].astype(object),
            "population": [None if np.isnan(one) else int(one) for one in people],
            "radius_km": rows["radius_km"].astype(object),
            "prominence": weights(kinds, people),
            "geometry": None,
            "source": "geonames",
            "licence": _LICENCE,
        }
    )
    found: list[dict[str, Any]] = table.to_dict("records")  # type: ignore[assignment]
    return found


def _listed(rows: pd.DataFrame, alternates: dict[int, tuple[str, str]]) -> Any:
    """Yield the names that the dump lists beside a place, without their languages."""
    for number, name, people in zip(rows["geonameid"], rows["name"], rows["population"].fillna(0), strict=True):
        text, code = alternates.get(int(number), ("", ""))
        record = {"name": name, "alternatenames": text.split(","), "countrycode": code, "population": people}
        for other in kept_alternates(record) if text else ():
            yield f"geonames:{number}", other, "alternate", ""


def _alternate_names(path: Path, places: set[str], bad: Refused) -> pd.DataFrame:
    """Return the alternate names of some places, with their languages and kinds."""
    rows = [
        (place, text, kind, lang)
        for chunk in alternate_names(path, bad)
        for number, text, kind, lang in zip(
            chunk.geonames.tolist(), chunk.text.to_pylist(), chunk.kind.tolist(), chunk.lang.to_pylist(), strict=True
        )
        if (place := f"geonames:{number}") in places
    ]
    return pd.DataFrame(rows, columns=list(NAME_COLUMNS), dtype=object)
