"""Damaged files give rows or one sentence."""

from pathlib import Path

from mutate_files import run

# Seeds that found a fault once, and some for each kind of file.
FOUND = (2, 178, 485, 530, 1896, 20037)
SAMPLE = range(10_000, 10_150)


def test_damaged_files_are_read_or_refused_in_one_sentence(tmp_path: Path):
    """No mutant of any suffix gives a traceback, several lines, or a wait of two seconds."""
    assert list(run(tmp_path, SAMPLE)) == []


def test_mutants_that_failed_once_do_not_again(tmp_path: Path):
    """What a run over thousands found stays mended."""
    assert list(run(tmp_path, FOUND)) == []
