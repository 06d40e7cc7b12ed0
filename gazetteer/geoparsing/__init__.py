"""Finds the place names in running text, and says which place each one means.

A text enters; found names with their places leave. The way through the rooms, in order: `words` (the text as tokens),
`candidates` (what the index has for them), `spans` and `cues` (what may be a name, and what speaks for it), `tagger`
and `trees` (which spans are names), `context` (what the names of a document say of each other), `placing` (which place
each one means, and how sure that is), `models` (the files both learned from), `widening` (a name to the phrase around
it), `finder` (all of it).
"""

from gazetteer.geoparsing.disambiguator import Placer
from gazetteer.geoparsing.document_features import Document
from gazetteer.geoparsing.pipeline import Finder, Found, Memory, Recognizer, check_spans, documented, spacy_recognizer

__all__ = [
    "Document",
    "Finder",
    "Found",
    "Memory",
    "Placer",
    "Recognizer",
    "check_spans",
    "documented",
    "spacy_recognizer",
]
