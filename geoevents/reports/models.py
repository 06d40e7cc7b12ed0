"""Read the trained models of the room from ``data/``: scenes, stories, news, and the words of lower case.

``reports.npz`` holds the hashed weights and the keys of words; ``scenes.model``, ``story.model`` and
``news.model`` hold trees as text.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from geoevents.errors import ReadError
from geoevents.reports.linear import Linear, Trees
from geoevents.reports.scenes import scene as scenes
from geoevents.reports.scenes.scene import SceneModel
from geoevents.reports.stories import news, story
from geoevents.reports.stories.news import NewsModel
from geoevents.reports.stories.story import StoryModel

__all__ = ["FOLDER", "Models", "load_models"]

FOLDER = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Models:
    """All that is learned about reports.

    Attributes
    ----------
    lower_words
        Keys of words that are usually written in lower case.
    """

    scenes: SceneModel
    story: StoryModel
    news: NewsModel
    lower_words: frozenset[int]


@lru_cache(maxsize=1)
def load_models(folder: Path = FOLDER) -> Models:
    """Return the models of a folder.

    Raises
    ------
    ReadError
        When a file is missing or not a model.
    """
    try:
        with np.load(folder / "reports.npz") as arrays:
            scale = arrays["scale"]
            scene_words = Linear.from_bytes(arrays["scene_words"], float(scale[0]), float(scale[1]))
            news_words = Linear.from_bytes(arrays["news_words"], float(scale[2]), float(scale[3]))
            thresholds = arrays["thresholds"].tolist()
            lower_words = frozenset(arrays["lower_words"].tolist())
    except (OSError, KeyError, ValueError) as error:
        raise ReadError(
            f"{folder / 'reports.npz'}: expected the models of reports, but they cannot be read ({error})."
        ) from error
    return Models(
        SceneModel(scene_words, _trees(folder / "scenes.model", scenes.FEATURES), thresholds[0]),
        StoryModel(_trees(folder / "story.model", story.FEATURES)),
        NewsModel(news_words, _trees(folder / "news.model", news.FEATURES), thresholds[1]),
        lower_words,
    )


def _trees(path: Path, features: tuple[str, ...]) -> Trees:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ReadError(f"{path}: expected a model of reports, but it cannot be read ({error}).") from error
    trees = Trees.parse(lines, str(path))
    if trees.features != features:
        raise ReadError(f"{path}: expected trees over the features of this version; train the model again.")
    return trees
