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
from gazetteer.geoparsing.leaf_sets import LeafSets
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


def left_side_first(tree: list[tuple[float, ...]], node: int = 0) -> list[tuple[float, ...]]:
    """Return a tree with its nodes in the order that files of models have."""
    feature, threshold, left, right, value = tree[node]
    if feature < 0:
        return [(-1, 0.0, 0, 0, value)]
    one, other = left_side_first(tree, int(left)), left_side_first(tree, int(right))

    def moved(nodes: list[tuple[float, ...]], by: int) -> list[tuple[float, ...]]:
        return [(f, t, a + by if f >= 0 else i + by, b + by if f >= 0 else i + by, v)
                for i, (f, t, a, b, v) in enumerate(nodes)]  # fmt: skip

    return [(feature, threshold, 1, 1 + len(one), 0.0), *moved(one, 1), *moved(other, 1 + len(one))]


def test_few_rows_score_as_many_do(monkeypatch: pytest.MonkeyPatch) -> None:
    """Trees of any shape, single leaves among them, give rows the same score by sets of leaves and by a walk."""
    monkeypatch.setattr(trees, "tree_walk", None)
    draw = np.random.default_rng(3)
    for rows in (1, 2, 7, 40):
        grove = [left_side_first(grown(draw, 3)) for _ in range(int(draw.integers(1, 40)))]
        model = Trees(("a", "b", "c"), grove)  # type: ignore[arg-type]
        assert LeafSets.of(model._feature, model._threshold, model._children, model._inner, model._roots) is not None
        values = (draw.integers(-4, 5, (rows, 3)) + draw.choice([0, 0.5, np.nan, np.inf], (rows, 3))).astype("float32")
        scores = []
        for few in (1e9, -1):
            monkeypatch.setattr(trees, "_FEW", few)
            scores.append(model.score(values).tobytes())
        assert scores[0] == scores[1]


def test_trees_that_sets_cannot_hold_are_walked() -> None:
    """A tree of 65 leaves, and one whose right side comes first, have no sets and still a score."""
    chain = [node for i in range(64) for node in ((0, float(i), 2 * i + 1, 2 * i + 2, 0.0), (-1, 0.0, 0, 0, float(i)))]
    chain.append((-1, 0.0, 128, 128, 64.0))
    chain = [(f, t, i if f < 0 else a, i if f < 0 else b, v) for i, (f, t, a, b, v) in enumerate(chain)]
    right_first = [(0, 0.5, 2, 1, 0.0), (-1, 0.0, 1, 1, 1.0), (-1, 0.0, 2, 2, -1.0)]
    for tree, score in ((chain, 3.0), (right_first, 1.0)):
        model = Trees(("x",), [tree])  # type: ignore[list-item]
        assert LeafSets.of(model._feature, model._threshold, model._children, model._inner, model._roots) is None
        assert model.score(np.array([[2.5]], dtype="float32")).tolist() == [score]


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
