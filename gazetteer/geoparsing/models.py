"""Reads and writes the two trained models as text.

A model file becomes a `NameRecognizer` or a `Disambiguator`; `gazetteer.build.train` writes the files. Lines
that start with ``#`` give the figures that the model reached.

::

    tagger.model = { comment } "threshold" number "bias" number number number { "word" slot weight word } trees ;
    placer.model = { comment } { "point" said right } "ranking" trees "doubt" trees ;

``trees`` is a file of `gazetteer.geoparsing.trees`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from gazetteer.errors import DataError
from gazetteer.geoparsing import document_features, span_features
from gazetteer.geoparsing.candidates import KnownNames
from gazetteer.geoparsing.disambiguator import DOUBT_FEATURES, Calibration, Disambiguator
from gazetteer.geoparsing.recognizer import Lexical, NameRecognizer
from gazetteer.geoparsing.trees import Trees

__all__ = ["read_disambiguator", "read_recognizer", "write_disambiguator", "write_recognizer"]


def read_recognizer(path: Path, names: KnownNames) -> NameRecognizer:
    """Read the model that finds names.

    Raises
    ------
    DataError
        When the file is missing or is not a model.
    """
    weights: dict[tuple[int, str], float] = {}
    threshold, bias, rest = 0.5, (0.0, 0.0, 0.0), []
    for number, line in enumerate(_lines(path), 1):
        cells = line.split(" ")
        try:
            if cells[0] == "word":
                weights[int(cells[1]), cells[3]] = float(cells[2])
            elif cells[0] == "threshold":
                threshold = float(cells[1])
            elif cells[0] == "bias":
                bias = (float(cells[1]), float(cells[2]), float(cells[3]))
            else:
                rest.append(line)
        except (ValueError, IndexError) as error:
            raise DataError(f"{path}, line {number}: expected a line of a model, got {line!r}.") from error
    return NameRecognizer(
        Lexical(weights, bias), _trees(rest, path, span_features.FEATURES), names, threshold=threshold
    )


def read_disambiguator(path: Path, names: KnownNames) -> Disambiguator:
    """Read the model that says which place a name means.

    Raises
    ------
    DataError
        When the file is missing or is not a model.
    """
    points: list[list[float]] = []
    parts: dict[str, list[str]] = {}
    part: list[str] = []
    for number, line in enumerate(_lines(path), 1):
        cells = line.split()
        if line.startswith("point "):
            try:
                points.append([float(cells[1]), float(cells[2])])
            except (ValueError, IndexError) as error:
                raise DataError(f"{path}, line {number}: expected a point of a table, got {line!r}.") from error
        elif line in ("ranking", "doubt"):
            part = parts.setdefault(line, [])
        else:
            part.append(line)
    if not points or set(parts) != {"ranking", "doubt"}:
        raise DataError(f"{path}: expected a table and the trees ranking and doubt, but they are not all there.")
    table = np.array(points)
    ranking = _trees(parts["ranking"], path, document_features.FEATURES)
    doubt = _trees(parts["doubt"], path, DOUBT_FEATURES)
    return Disambiguator(ranking, doubt, Calibration(table[:, 0], table[:, 1]), names)


def write_recognizer(path: Path, lexical: Lexical, trees: Trees, threshold: float, figures: dict[str, Any]) -> None:
    """Write the model that finds names."""
    lines = [*_comments(figures), f"threshold {threshold:g}", "bias " + " ".join(f"{b:.5g}" for b in lexical.bias)]
    lines += [
        f"word {slot} {weight:g} {word}"
        for (slot, word), weight in sorted(lexical.weights.items())
        if word.strip() == word and " " not in word
    ]
    _write(path, [*lines, *trees.lines()])


def write_disambiguator(path: Path, ranking: Trees, doubt: Trees, table: Calibration, figures: dict[str, Any]) -> None:
    """Write the model that says which place a name means."""
    points = [f"point {said:.5g} {right:.5g}" for said, right in zip(table.said, table.right, strict=True)]
    _write(path, [*_comments(figures), *points, "ranking", *ranking.lines(), "doubt", *doubt.lines()])


def _trees(lines: list[str], path: Path, features: tuple[str, ...]) -> Trees:
    trees = Trees.parse(lines, path)
    if trees.features != features:
        raise DataError(f"{path}: expected trees over the features of this version; train the model again.")
    return trees


def _comments(figures: dict[str, Any]) -> list[str]:
    return [f"# {name}: {json.dumps(value)}" for name, value in figures.items()]


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8").split("\n")[:-1]
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path}: expected a model of this gazetteer, but it cannot be read ({error}).") from error


def _write(path: Path, lines: list[str]) -> None:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
