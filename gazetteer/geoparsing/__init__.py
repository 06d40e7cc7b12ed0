"""Finds the place names in running text, and says which place each one means.

The modules, in the order of the way: `letter_case` (capitals for
texts without), `tokens` (the text as words), `candidates` (what the index has for them), `spans` and `span_features`
(what may be a name, and what speaks for it), `cues` (what the words beside a name settle), `trees` and `recognizer`
(which spans are names), `document_names` (the names of a document), `document_features` (what they say of each other),
`disambiguator` (which place each one means, and how sure that is), `source_memory` (what earlier documents were about),
`models` (the files that both learned from), `spotting` (the names in a text, found or handed in), `found_names` (what
they were found to mean), `expansion` (a name becomes the phrase around it), `pipeline` (all of it), `spacy_names`
(spaCy in the recognizer's place).
"""

from gazetteer.geoparsing.disambiguator import Disambiguator
from gazetteer.geoparsing.document_names import Document, document_of
from gazetteer.geoparsing.found_names import FoundName
from gazetteer.geoparsing.pipeline import Geoparser
from gazetteer.geoparsing.source_memory import SourceMemory
from gazetteer.geoparsing.spacy_names import spacy_recognizer
from gazetteer.geoparsing.spotting import Recognizer, check_spans

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
