"""What the sampler of changes names is there."""

from __future__ import annotations

from pathlib import Path

from rooms import ROOMS, TESTS, TESTS_OF_OTHERS, files_of_tests, modules_of

ROOT = Path(__file__).parent.parent.parent


def test_modules_and_tests_exist() -> None:
    """Every module whose code is changed, and every file of tests that is to notice it, is in the project."""
    paths = [*files_of_tests(list(TESTS)), *TESTS_OF_OTHERS, *(path for room in ROOMS for path in modules_of(room))]
    assert [path for path in paths if not (ROOT / path).is_file()] == []
