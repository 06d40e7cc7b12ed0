"""Kepler.gl maps of events: data sets, a configuration, and the page or widget that draws them."""

from geoevents.maps.kepler.configuration import (
    KeplerMap,
    for_widget,
    kepler_config,
    kepler_datasets,
    legend,
    map_of,
    write_html,
)

__all__ = ["KeplerMap", "for_widget", "kepler_config", "kepler_datasets", "legend", "map_of", "write_html"]
