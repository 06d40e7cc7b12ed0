"""What fuzzing found once stays mended."""

from pathlib import Path

import pytest
from targets import TARGETS, complaint

FOUND = sorted((Path(__file__).parent / "found").glob("*/*"))


@pytest.mark.parametrize("path", FOUND, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_what_was_found_stays_mended(path: Path, tmp_path: Path) -> None:
    """An input that broke a promise gives an answer or one sentence, in time."""
    assert complaint(TARGETS[path.parent.name], path.read_bytes(), tmp_path) is None


@pytest.mark.parametrize("name", TARGETS)
def test_a_target_takes_what_it_begins_with(name: str, tmp_path: Path) -> None:
    """Each target is asked: the first inputs break no promise, and there are some."""
    target, folder = TARGETS[name], tmp_path / "input"
    folder.mkdir()
    seeds = [seed for _, seed in zip(range(3), target.seeds(tmp_path), strict=False)]
    assert seeds
    for seed in seeds:
        assert complaint(target, seed, folder) is None
