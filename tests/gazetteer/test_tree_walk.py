"""The compiled walk down the trees gives what NumPy's does; a build without a compiler says so, and stays pure."""

from __future__ import annotations

import csv
import importlib.util
from importlib.machinery import ExtensionFileLoader, SourceFileLoader
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

import gazetteer
from gazetteer.geoparsing import trees
from gazetteer.geoparsing.trees import Trees

CASES = Path(__file__).parent / "cases"
HOOK = Path(__file__).parents[2] / "hatch_build.py"
TELLING = (
    "Police in {} said on Monday that two men from {}, {}, were held.",
    "Fighting near {} spread to {} and the east of {}; the governor of {} fled.",
    "The mayor of {} met John {} at the University of {}.",
)


def loaded(loader: SourceFileLoader | ExtensionFileLoader) -> ModuleType:
    """Return a module that is not a part of what is installed."""
    spec = importlib.util.spec_from_loader(loader.name, loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


hatch_build = loaded(SourceFileLoader("hatch_build", str(HOOK)))


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    path = hatch_build.compile_module(tmp_path_factory.mktemp("compiled"))
    if path is None:
        pytest.skip("no C compiler here")
    return loaded(ExtensionFileLoader("tree_walk", str(path)))


def grown(draw: np.random.Generator, features: int) -> list[tuple[float, ...]]:
    """Return a tree of any shape."""
    nodes: list[tuple[float, ...]] = [(-1, 0.0, 0, 0, draw.normal())]
    for _ in range(int(draw.integers(0, 30))):
        leaf = int(draw.choice([i for i, node in enumerate(nodes) if node[0] < 0]))
        size = len(nodes)
        nodes[leaf] = (int(draw.integers(features)), float(draw.integers(-3, 4)), size, size + 1, 0.0)
        nodes += [(-1, 0.0, i, i, draw.normal()) for i in (size, size + 1)]
    return nodes


def test_trees_of_any_shape_score_alike(compiled: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows of any number, with values on and off the thresholds and none, get the same score to the last bit."""
    draw = np.random.default_rng(1)
    for rows in (0, 1, 7, 8, 9, 40):
        model = Trees(("a", "b", "c"), [grown(draw, 3) for _ in range(int(draw.integers(1, 40)))])  # type: ignore[misc]
        values = draw.integers(-4, 5, (rows, 3)).astype("float32") + draw.choice([0, 0.5, np.nan, np.inf], (rows, 3))
        scores = []
        for walk in (None, compiled):
            monkeypatch.setattr(trees, "tree_walk", walk)
            scores.append(model.score(values.astype("float32")).tobytes())
        assert scores[0] == scores[1]


def test_texts_are_read_alike(compiled: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """Names of texts get the same places, scores and chances on both paths."""
    with (CASES / "names.tsv").open(encoding="utf-8", newline="") as lines:
        names = [row[0] for row in csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)][1:]
    gaz, draw = gazetteer.load(), np.random.default_rng(2)
    texts = [" ".join(TELLING).format(*draw.choice(names, 10)) for _ in range(50)]
    answers = []
    for walk in (None, compiled):
        monkeypatch.setattr(trees, "tree_walk", walk)
        answers.append([[mention.as_dict() for mention in gaz.find(text, on="2024-01-01")] for text in texts])
    assert sum(map(len, answers[0])) > 150
    assert answers[0] == answers[1]


def test_rows_and_leaves_must_fit(compiled: ModuleType) -> None:
    """Room for fewer leaves than rows x trees is refused rather than written beyond."""
    numbers = np.zeros(4, dtype="int32")
    with pytest.raises(ValueError, match="room for rows x trees"):
        compiled.leaves(numbers, numbers[:1], numbers[:1], np.zeros(3, "float32"), 1, np.zeros(2, "int64"))


def test_without_a_compiler_a_line_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A compiler that cannot be run makes no error: the wheel stays pure."""
    monkeypatch.setenv("CC", str(tmp_path / "no-such-compiler"))
    assert hatch_build.compile_module(tmp_path) is None
    assert "stays pure Python" in capsys.readouterr().err
