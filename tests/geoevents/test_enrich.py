"""Events get the codes and names of where they are, as far as that is known and no further."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import box

import geoevents as ge


@pytest.fixture(scope="module")
def enriched() -> gpd.GeoDataFrame:
    places = ["Aktau, Kazakhstan", "Kazakhstan", "Bergen, Norway", "Torino, Italy", "Ushuaia", "no such place at all"]
    return ge.enrich(ge.locate(pd.DataFrame({"place": places}, index=list("abcdef"))))


@pytest.mark.parametrize(
    ("row", "column", "value"),
    [
        ("a", "country_name", "Kazakhstan"),
        ("a", "country_iso2", "KZ"),
        ("a", "admin1", "KZ-47"),
        ("a", "admin1_geonames", "608879"),
        ("a", "utm_zone", "39N"),
        ("a", "timezone", "Asia/Aqtau"),
        ("c", "utm_zone", "32N"),
        ("c", "timezone", "Europe/Oslo"),
        ("d", "admin2_name", "Turin"),
        ("e", "utm_zone", "19S"),
        ("e", "timezone", "America/Argentina/Ushuaia"),
    ],
)
def test_a_town_has_all(enriched: gpd.GeoDataFrame, row: str, column: str, value: str):
    """A town's codes, names and zones are those it has in the world."""
    assert enriched.loc[row, column] == value


def test_a_country_has_no_unit(enriched: gpd.GeoDataFrame):
    """What is known to a country gets no unit and, where its towns differ, no time zone; a miss gets nothing."""
    assert enriched.loc["b", ["admin1", "admin1_name", "admin2", "timezone"]].isna().all()
    assert enriched.loc["b", "country_iso2"] == "KZ"
    assert enriched.loc["f", ["country_name", "admin1_name", "utm_zone", "timezone"]].isna().all()
    ge.validate(enriched)


def test_geometry_tells_where_the_id_does_not(enriched: gpd.GeoDataFrame):
    """Empty codes are filled from the point; given ones are kept; the caller's frame is not touched."""
    bare = enriched.drop(columns=[name for name in enriched if name.startswith(("country_", "admin1_", "admin2"))])
    bare = bare.drop(columns=["utm_zone", "timezone"]).assign(country=None, admin1=None)
    bare[["country", "admin1"]] = bare[["country", "admin1"]].astype("str")
    again = ge.enrich(bare)
    assert again.loc[["a", "d"], "admin1"].tolist() == enriched.loc[["a", "d"], "admin1"].tolist()
    assert again.loc[list("acde"), "country"].tolist() == ["KAZ", "NOR", "ITA", "ARG"]
    assert bare["country"].isna().all()
    assert np.array_equal(again.index, bare.index)


def test_p_codes_come_from_a_layer_that_has_them(enriched: gpd.GeoDataFrame):
    """Columns of P-codes are taken from the area that holds the point; a layer without any is refused."""
    events = ge.locate(pd.DataFrame({"place": ["Aktau", "Kazakhstan"], "country": "KZ"}))
    layer = gpd.GeoDataFrame(
        {"ADM1_PCODE": ["XX01"], "ADM2_PCODE": ["XX0101"]}, geometry=[box(40, 30, 80, 60)], crs="EPSG:4326"
    )
    coded = ge.enrich(events, areas=layer)
    assert coded["ADM2_PCODE"].iloc[0] == "XX0101"
    assert pd.isna(coded["ADM1_PCODE"].iloc[1])
    with pytest.raises(ge.ColumnError, match="pcode"):
        ge.enrich(events, areas=layer[["geometry"]].assign(code="a"))
    with pytest.raises(ge.ColumnError, match="country_name"):
        ge.enrich(coded)
