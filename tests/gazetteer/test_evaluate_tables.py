"""The evaluation of a table: figures by method, against rows whose points are known."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

import gazetteer
from gazetteer.cli import cli
from gazetteer.evaluate_tables import evaluate_table, read_table, usual_columns

TABLE = """location,admin1,country,date,latitude,longitude
Zhanaozen,Mangystau,Kazakhstan,2022-01-04,43.34,52.86
Xyzzyplugh,Mangystau,Kazakhstan,2022-01-04,43.6,53.5
Paris,Texas,United States,2020-05-01,48.85,2.35
,,,,,
"""


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "gold.csv"
    path.write_text(TABLE, encoding="utf-8")
    return path


def test_figures_by_method(table: Path) -> None:
    """Each method has its answers and the shares inside the radius; a row without a point does not count."""
    rows = read_table(table)
    scores = evaluate_table(gazetteer.load(), rows, usual_columns(rows.columns))
    figures = scores.by_method.set_index("method")
    assert (scores.rows, scores.located) == (3, 3)
    assert figures.loc["all", "answers"] == 3
    assert figures.loc["exact", "within_50km"] == 0.5, "Paris in Texas is not the Paris of the row"
    assert figures.loc["container", "inside_radius"] == 1.0
    assert set(scores.reliability) == set(figures.index) - {"all"}


def test_command_prints_the_table(table: Path) -> None:
    """The command prints a line a method, and as JSON the same figures."""
    printed = CliRunner().invoke(cli, ["evaluate", str(table)], catch_exceptions=False).output
    assert "container" in printed
    assert "inside radius" in printed
    facts = json.loads(CliRunner().invoke(cli, ["evaluate", str(table), "--json"], catch_exceptions=False).output)
    assert {row["method"] for row in facts["by_method"]} >= {"all", "exact", "container"}


@pytest.mark.parametrize("columns", [["id", "latitude", "longitude"], ["location", "country"]])
def test_missing_columns_are_one_sentence(columns: list[str]) -> None:
    """A table without place columns or coordinates is refused with what was expected and what there is."""
    with pytest.raises(gazetteer.GazetteerError, match=r"expected .* got the columns"):
        usual_columns(columns)
