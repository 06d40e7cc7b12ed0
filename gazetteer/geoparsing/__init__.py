"""Finds the place names in running text, and says which place each one means.

The modules, in the order of the way: `letter_case` (capitals for
texts without), `tokens` (the text as words), `candidates` (what the index has for them), `spans` and `span_features`
(what may be a name, and what speaks for it), `cues` (what the words beside a name settle), `trees` and `recognizer`
(which spans are names), `document_features` (what the names of a document say of each other), `disambiguator` (which
place each one means, and how sure that is), `models` (the files that both learned from), `expansion` (a name becomes
the phrase around it), `pipeline` (all of it), `spacy_names` (spaCy in the recognizer's place).
"""

from gazetteer.geoparsing.disambiguator import Disambiguator
from gazetteer.geoparsing.document_features import Document
from gazetteer.geoparsing.pipeline import (
    FoundName,
    Geoparser,
    Recognizer,
    SourceMemory,
    check_spans,
    document_of,
)
from gazetteer.geoparsing.spacy_names import spacy_recognizer

__all__ = [
    "Disambiguator",
    "Document",
    "FoundName",
    "Geoparser",
    "Recognizer",
    "SourceMemory",
    "check_spans",
    "document_of",
    "spacy_recognizer",
]
