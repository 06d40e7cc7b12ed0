"""Finds names in a text with an installed spaCy pipeline, which is given by its name."""

from __future__ import annotations

import importlib

from gazetteer.errors import ArgumentError
from gazetteer.geoparsing.spotting import Recognizer

__all__ = ["spacy_recognizer"]

_SPACY = frozenset(("GPE", "LOC", "FAC", "NORP"))


def spacy_recognizer(name: str) -> Recognizer:
    """Return a recognizer that reads a text with an installed spaCy pipeline: ``spacy:en_core_web_md``.

    Raises
    ------
    ArgumentError
        When the name has another form, or spaCy or the pipeline is not installed.
    """
    kind, _, pipeline = name.partition(":")
    if kind != "spacy" or not pipeline:
        raise ArgumentError(f"Recognizer: expected spacy: and a pipeline, such as spacy:en_core_web_md, got {name!r}.")
    try:
        spacy = importlib.import_module("spacy")
        read = spacy.load(pipeline, exclude=["parser", "lemmatizer", "attribute_ruler"])
    except (ImportError, OSError) as error:
        raise ArgumentError(f"Recognizer: expected an installed spaCy pipeline, got {name!r} ({error}).") from error

    def recognize(text: str) -> list[tuple[int, int]]:
        read.max_length = max(read.max_length, len(text) + 1)
        return [(found.start_char, found.end_char) for found in read(text).ents if found.label_ in _SPACY]

    return recognize
