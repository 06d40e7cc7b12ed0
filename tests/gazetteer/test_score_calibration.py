"""The score of a match is the chance that it is right, by every method."""

from __future__ import annotations

import csv
import random
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gazetteer
from gazetteer.build.calibrate_scores import ask
from gazetteer.build.known_rows import made_rows
from gazetteer.build.score_fit import in_order, score_tables
from gazetteer.bundled import BUNDLED
from gazetteer.evaluate import Reliability
from gazetteer.index.store import Store
from gazetteer.phrases.resolver import Resolver
from gazetteer.score_calibration import ScoreTable, calibrated_score, calibrated_scores, shared_out

STATUSES = ("ambiguous", "matched")
METHODS = ("exact", "type-word", "fuzzy", "phrase", "container", "coordinates")
# Another draw than the one that the table was fitted on.
# The error of some 200 rows of one kind is itself good to about .02.
SEED, ROWS, MOST = 7, 2000, 0.09


def test_every_line_rises() -> None:
    """The table has each method and status once, from 0 to 1, and a higher raw score is a higher score."""
    with (Path(gazetteer.__file__).parent / "data" / "score_calibration.csv").open(encoding="utf-8") as lines:
        table = pd.DataFrame(csv.DictReader(lines)).astype({"raw": float, "right": float})
    assert set(zip(table["method"], table["status"], strict=True)) == set(product(METHODS, STATUSES))
    for _, line in table.groupby(["method", "status"]):
        assert (line["raw"].iloc[0], line["raw"].iloc[-1]) == (0, 1)
        assert (np.diff(line["raw"]) > 0).all()
        assert (np.diff(line["right"]) >= 0).all()


@pytest.mark.parametrize("method", [*METHODS, "online", "none"])
@settings(max_examples=50, deadline=None)
@given(a=st.floats(0, 1), b=st.floats(0, 1))
def test_calibration_changes_no_order(method: str, a: float, b: float) -> None:
    """The lower of two raw scores is never the higher score, nor is an ambiguous answer's; alone or in a column."""
    low, high = sorted((a, b))
    for status in STATUSES:
        scores = [calibrated_score(raw, method, status) for raw in (low, high)]
        assert 0 <= scores[0] <= scores[1] <= 1
        assert calibrated_scores(np.array([low, high]), method, status).tolist() == pytest.approx(scores, abs=1e-4)
    assert calibrated_score(a, method, "ambiguous") <= calibrated_score(a, method, "matched") + 1e-4


def test_few_answers_of_a_status_move_the_line_of_their_method() -> None:
    """Of two statuses with the same raw score each gets its own share, and few answers less than they ask for."""
    rng = np.random.default_rng(3)
    wrong = {("matched", 400): 0.02, ("ambiguous", 40): 0.5}
    rows = [
        ("made: name", f"{rng.integers(99)}", "phrase", status, 0.9, bool(rng.random() > share), "")
        for (status, n), share in wrong.items()
        for _ in range(n)
    ]
    names = ["source", "land", "method", "status", "raw", "right", "cells"]
    fitted = score_tables(pd.DataFrame(rows, columns=names))
    matched, ambiguous = (float(fitted["phrase", one].right_at(np.array([0.9]))[0]) for one in ("matched", "ambiguous"))
    assert matched == pytest.approx(0.98, abs=0.02)
    assert 0.5 < ambiguous < 0.75


def test_no_ambiguous_answer_is_surer_than_a_matched_one() -> None:
    """Where lines cross, the ambiguous one gives way; below the least matched answer the matched one does."""
    ambiguous, matched = in_order(
        ScoreTable((0.0, 0.3, 1.0), (0.0, 0.8, 0.85)), ScoreTable((0.0, 0.5, 1.0), (0.0, 0.6, 0.99)), 0.5
    )
    raw = np.linspace(0, 1, 101)
    assert (ambiguous.right_at(raw) <= matched.right_at(raw) + 1e-9).all()
    assert float(matched.right_at(np.array([0.3]))[0]) == pytest.approx(0.8, abs=0.01)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.floats(0.001, 1), min_size=1, max_size=6), st.floats(0, 1), st.floats(0.01, 1))
def test_rivals_stay_in_order(weights: list[float], calibrated: float, quality: float) -> None:
    """Whatever the best reading's score becomes, the readings stay in order and together give at most 1."""
    raw = np.sort(quality * np.array(weights) / sum(weights))[::-1]
    scores = shared_out(raw, float(raw[0]), calibrated)
    assert scores[0] == pytest.approx(calibrated, abs=1e-4)
    assert (np.diff(scores) <= 1e-4).all()
    assert scores.sum() <= max(1.0, (raw == raw[0]).sum()) + 1e-3


@pytest.mark.parametrize("phrase", ["Springfield", "Georgia", "Zhanaozen district", "Paris, Blorkistan", "near Aktau"])
def test_one_phrase_and_a_column_agree(phrase: str) -> None:
    """`resolve`, a column of one phrase and the first candidate give the same score."""
    gaz = gazetteer.load()
    match = gaz.resolve(phrase)
    assert gaz.resolve_many([phrase])["score"].iloc[0] == pytest.approx(match.score, abs=1e-4)
    assert [c.score for c in match.candidates] == sorted((c.score for c in match.candidates), reverse=True)


def test_scores_are_shares_of_right_answers() -> None:
    """On towns drawn anew, answers of each method and status are right about as often as their scores say."""
    store = Store(BUNDLED)
    whole, _, _ = made_rows(store, SEED)
    answers = ask(Resolver(store), random.Random(SEED).sample(whole, ROWS))
    for (method, status), rows in answers.groupby(["method", "status"]):
        if len(rows) >= 100:
            found = Reliability()
            for raw, right in zip(rows["raw"], rows["right"], strict=True):
                found.add(calibrated_score(float(raw), str(method), str(status)), bool(right))
            assert found.error <= MOST, (method, status)
