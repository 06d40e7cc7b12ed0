"""GDELT 2 mentions: 16 columns separated by tabs, without a header; records that tell which article names an event.

A mention has no place of its own; ``GlobalEventID`` ties it to the events.

Source: The GDELT Event Database Data Format Codebook V2.0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from geoevents.readers.sources.source import Source

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["COLUMNS", "SOURCE"]

COLUMNS = [
    *("GlobalEventID", "EventTimeDate", "MentionTimeDate", "MentionType", "MentionSourceName", "MentionIdentifier"),
    *("SentenceID", "Actor1CharOffset", "Actor2CharOffset", "ActionCharOffset", "InRawText", "Confidence"),
    *("MentionDocLen", "MentionDocTone", "MentionDocTranslationInfo", "Extras"),
]


def _recognises(columns: set[str], _: pd.DataFrame) -> bool:
    """Return whether these are the columns of GDELT's mentions."""
    return {"globaleventid", "mentiontimedate", "mentionidentifier"} <= columns


def _records(table: pd.DataFrame) -> pd.DataFrame:
    """Return the mentions as they are."""
    return table.copy(deep=False)


SOURCE = Source("gdelt-mentions", "GDELT mentions", _recognises, records=_records)
