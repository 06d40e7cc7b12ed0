"""The same work on tables larger than memory, and larger than a machine.

A file of any size becomes a GeoParquet file, a Spark DataFrame becomes another, with the same rows as
`geoevents.locate` and `geoevents.join` give. `geoevents.engines.batches` has the one function that works on a
part of a table; `geoevents.engines.stream` runs it over a file on one machine and can be resumed;
`geoevents.engines.spark` runs it on a cluster.
"""

from geoevents.engines.stream import is_streamed, join, locate

__all__ = ["is_streamed", "join", "locate"]
