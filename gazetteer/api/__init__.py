"""The public face: `load` opens a gazetteer, `Gazetteer` answers.

Phrases, ids and coordinates enter; matches, places, shapes and tables leave.
"""

from gazetteer.api.gazetteer import Gazetteer
from gazetteer.api.loading import load

__all__ = ["Gazetteer", "load"]
