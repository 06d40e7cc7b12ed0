"""List the repairs of wrong coordinates by name, with what each does; light enough for the command's help."""

__all__ = ["REPAIRS"]

# What mends coordinates on request.
REPAIRS = {
    "swap": "exchange latitude and longitude of the rows where they look swapped",
    "swap-all": "exchange latitude and longitude of every row",
    "sign": "turn the sign of the rows where one looks wrong",
    "comma": "read 49.850.050 and 49850050 as 49.850050, as spreadsheets mangle decimals",
    "wrap": "bring longitudes beyond 180 degrees back, however often they go around",
    "mercator": "read metres as Web Mercator (EPSG:3857)",
}
