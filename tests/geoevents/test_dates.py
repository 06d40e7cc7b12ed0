"""Dates as people write them become spans with a precision."""

from datetime import date, datetime
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geoevents.frame.dates import joined_date_parts, parse, precision, precisions, read_dates, read_spans

CASES = [
    (line + "\t\t\t").split("\t")[:4]
    for line in (Path(__file__).parent / "cases" / "dates.tsv").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]


@pytest.mark.parametrize(("text", "start", "end", "prec"), CASES, ids=[case[0] for case in CASES])
def test_case(text: str, start: str, end: str, prec: str):
    """Each line of cases/dates.tsv is read as it says."""
    span = parse(text)
    if not start:
        assert span is None
    else:
        assert span is not None
        assert (span.start, span.end) == (datetime.fromisoformat(start), datetime.fromisoformat(end))
        assert span.date_prec == int(prec)


@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)))
def test_every_day_written_in_words_is_itself(day: date):
    """Any day, written in three ways, is read as that day."""
    for text in (day.isoformat(), f"{day:%d %B %Y}", f"{day:%b} {day.day}, {day.year}"):
        span = parse(text)
        assert span is not None
        assert span.start.date() == day
        assert span.date_prec == 1


@given(st.text(max_size=100))
def test_any_text_is_read_or_refused(text: str):
    """No text raises; what is read has its end at or after its start."""
    span = parse(text)
    assert span is None or span.start <= span.end


@pytest.mark.parametrize(("days", "prec"), [(1, 1), (2, 2), (6, 2), (7, 3), (8, 4), (31, 4), (32, 5)])
def test_precision_follows_ucdp(days: int, prec: int):
    """date_prec is UCDP's: a day, two to six, a week, a month, more."""
    assert precision(date(2022, 1, 1), date.fromordinal(date(2022, 1, 1).toordinal() + days - 1)) == prec


def test_precision_of_columns_is_that_of_single_spans():
    """Spans of 1 to 40 days have the precision in a column that each has alone."""
    start = pd.Series([pd.Timestamp("2022-01-01")] * 40)
    end = start + pd.to_timedelta(range(40), unit="D")
    alone = [precision(first, last) for first, last in zip(start, end, strict=True)]
    assert read_spans(start, end)["date_prec"].tolist() == precisions(start, end).tolist() == alone


def test_dates_in_three_columns():
    """Year, month and day become one date; what is missing or zero, and all that is finer, makes it coarser."""
    table = pd.DataFrame(
        {"y": [1972, 1999, 2001, None, 2003], "m": [2, 0, "July", 5, "3.0"], "d": ["22", "4", "0", 1, 7.0]}
    )
    joined = joined_date_parts(table, ["y", "m", "d"])
    assert joined.astype(object).where(joined.notna(), None).tolist() == [
        "1972-02-22", "1999", "July 2001", None, "2003-03-07",
    ]  # fmt: skip
    assert joined_date_parts(table, ["y", None, None]).tolist()[:3] == ["1972", "1999", "2001"]


@pytest.mark.parametrize(
    ("column", "first", "order", "order_from"),
    [
        (["03/04/2022", "25/04/2022"], "2022-04-03", "day-month", "column"),
        (["03/04/2022", "04/25/2022"], "2022-03-04", "month-day", "column"),
        (["03/04/2022", "05/06/2022"], "2022-04-03", "day-month", "assumed"),
        (["03/04/2022", "04/25/2022", "25/04/2022"], "2022-04-03", "day-month", "assumed"),
        (["03/03/2022", "2022-01-01"], "2022-03-03", None, None),
        (["25/04/2022", "04/25/2022"], "2022-04-25", None, None),
        (["2022-01-05", "version 3.4.2022"], "2022-01-05", None, None),
    ],
)
def test_order_comes_from_the_column(column: list[str], first: str, order: str | None, order_from: str | None):
    """03/04/2022 is read as the other dates of its column show; a guess is noted, where a date hangs on it."""
    dates = read_dates(pd.Series(column))
    assert dates["start"].iloc[0] == pd.Timestamp(first)
    assert dates.attrs["dates"]["order"] == order
    assert dates.attrs["dates"]["order_from"] == order_from


@pytest.mark.parametrize(
    ("first", "last", "start"),
    [
        (["03/04/2022", "01/02/2022"], ["03/05/2022", "25/06/2022"], "2022-04-03"),
        (["03/04/2022", "01/02/2022"], ["03/05/2022", "06/25/2022"], "2022-03-04"),
        (["03/04/2022", "25/02/2022"], ["03/05/2022", "06/25/2022"], "2022-04-03"),
    ],
)
def test_last_days_show_the_order_of_first_days(first: list[str], last: list[str], start: str):
    """Where one of two columns shows the order, the other has it too; where both show one, each has its own."""
    dates = read_spans(pd.Series(first), pd.Series(last))
    assert dates["start"].iloc[0] == pd.Timestamp(start)
    assert dates.attrs["dates"]["order_from"] == "column"


def test_first_days_show_the_order_of_last_days():
    """Where first days show that months come first, last days are read so, too."""
    dates = read_spans(pd.Series(["04/25/2022", "05/01/2022"]), pd.Series(["05/03/2022", "06/04/2022"]))
    assert dates["start"].dt.strftime("%m-%d").tolist() == ["04-25", "05-01"]
    assert dates["end"].dt.strftime("%m-%d").tolist() == ["05-03", "06-04"]
    assert dates.attrs["dates"]["ends_before_start"] == 0


def test_last_days_stretch_and_are_told():
    """A later last day stretches the span; unread ones are counted and shown; one before the first is left out."""
    dates = read_spans(pd.Series(["2022-01-05"] * 4), pd.Series(["2022-01-20", "then", "2022-01-01", None]))
    assert dates["end"].dt.day.tolist() == [20, 5, 5, 5]
    assert dates["date_prec"].tolist() == [4, 1, 1, 1]
    notes = dates.attrs["dates"]
    assert (notes["unread"], notes["examples"], notes["ends_before_start"]) == (1, ["then"], 1)


def test_lists_are_no_dates():
    """A cell of JSON that is a list or an object is an unread date, no error."""
    dates = read_dates(pd.Series([{"year": 2022}, ["2022-01-05"], None]))
    assert dates["start"].isna().all()
    assert dates.attrs["dates"]["unread"] == 2


def test_what_is_no_date_is_counted_not_dropped():
    """Unread cells give empty rows and a count with examples; empty cells are not counted."""
    dates = read_dates(pd.Series(["2022-01-05", "soon", "soon", None, ""], index=list("edcba")))
    assert dates.index.tolist() == list("edcba")
    assert dates["start"].isna().tolist() == [False, True, True, True, True]
    assert dates.attrs["dates"]["unread"] == 2
    assert dates.attrs["dates"]["examples"] == ["soon"]


@pytest.mark.parametrize(
    "column",
    [
        pd.Series([datetime(2022, 1, 5)]),
        pd.Series([pd.Timestamp("2022-01-05T00:00", tz="Asia/Almaty")]),
        pd.Series([date(2022, 1, 5)]),
        pd.Series([44566]),
        pd.Series([44566.0]),
        pd.Series([20220105]),
        pd.Series(["2022-01-05"], dtype="category"),
    ],
    ids=lambda column: str(column.dtype),
)
def test_column_types(column: pd.Series):
    """Datetimes, dates, Excel's numbers and categories give the same day; a time zone moves nothing."""
    dates = read_dates(column)
    assert dates["start"].tolist() == [pd.Timestamp("2022-01-05")]
    assert dates["date_prec"].tolist() == [1]
