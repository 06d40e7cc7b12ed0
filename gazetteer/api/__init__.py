"""The public face: `load` opens a gazetteer, `Gazetteer` answers.

It answers phrases, ids and coordinates with matches, places, shapes and tables.
"""

from gazetteer.api.gazetteer import Gazetteer
from gazetteer.api.loading import load

__all__ = ["Gazetteer", "load"]
