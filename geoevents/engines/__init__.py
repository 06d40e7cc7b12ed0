"""The same work on tables larger than memory, and larger than a machine.

A file of any size or a Spark DataFrame enters; a GeoParquet file or a Spark DataFrame with the same rows as
`geoevents.locate` and `geoevents.join` give leaves. `geoevents.engines.batches` has the one function that works on a
part of a table; `geoevents.engines.stream` runs it over a file on one machine and can be resumed;
`geoevents.engines.spark` runs it on a cluster.
"""

from geoevents.engines.stream import is_streamed, join, locate

__all__ = ["is_streamed", "join", "locate"]
