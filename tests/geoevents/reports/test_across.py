"""One event in several reports; corrected places."""

from __future__ import annotations

from datetime import date

import pandas as pd

import geoevents as ge
from geoevents.reports.documents.reading import Document

ONE = Document("a", "Gunmen killed four farmers near Kano on Saturday, police said.", date(2022, 1, 9), "", "")
TWO = Document("b", "At least six farmers were killed by gunmen near Kano on Saturday.", date(2022, 1, 10), "", "")
OTHER = Document("c", "Gunmen killed two traders in Jos on Saturday.", date(2022, 1, 10), "", "")


def test_reports_keep_their_rows_unless_told_to_merge() -> None:
    """Without merge each report has its own row."""
    assert ge.extract([ONE, TWO, OTHER])["report_id"].tolist() == ["a", "b", "c"]


def test_several_reports_of_one_event_are_one_row() -> None:
    """Figures that disagree become a range, no sentence is lost, and the other report is named."""
    events = ge.extract([ONE, TWO, OTHER], merge=True)
    assert len(events) == 2
    row = events.iloc[0]
    assert (row["fatalities_low"], row["fatalities"], row["fatalities_high"]) == (4, 6, 6)
    assert all(report.text in row["evidence"] for report in (ONE, TWO))
    assert {row["report_id"], row["also_in"]} == {"a", "b"}


def test_a_corrected_place_wins() -> None:
    """An override of the place's words gives the event its point; one that no event has is said to be unused."""
    table = pd.DataFrame({"phrase": ["Kano", "Lima"], "lon": [8.6, 1.0], "lat": [12.1, 1.0]})
    events = ge.extract(ONE, overrides=table)
    assert events[["lon", "lat", "match_method"]].values.tolist() == [[8.6, 12.1, "override"]]
    assert len(events.attrs["geoevents"]["overrides"]["unused"]) == 1
