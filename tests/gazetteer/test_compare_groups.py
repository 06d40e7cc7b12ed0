"""The comparison of our memberships with an outside table."""

from __future__ import annotations

from pathlib import Path

import pytest

from gazetteer.build.compare_groups import compare_groups, main, read_memberships
from gazetteer.bundled import BUNDLED
from gazetteer.errors import DataError
from gazetteer.geometry.groups import Groups


def lines(rows: list[dict[str, str]], tolerance: int = 0) -> list[str]:
    return [str(one) for one in compare_groups(Groups(BUNDLED), rows, tolerance)]


def test_our_own_table_does_not_differ_from_itself() -> None:
    """Every membership that we list, given back, makes no line."""
    groups = Groups(BUNDLED)
    rows = [
        {"group": row["group"], "member": row["member"], "from": row["from"], "to": row["to"]}
        for row in _rows()
        if row["status"] == "member"
    ]
    assert list(compare_groups(groups, rows)) == []


def _rows() -> list[dict[str, str]]:
    import csv

    with (BUNDLED / "groups.csv").open(encoding="utf-8", newline="") as table:
        return list(csv.DictReader(table))


def test_days_members_and_groups_that_differ_are_named() -> None:
    """A day, a member that only one of the tables has, and a group that we lack are a line each."""
    csto = [row for row in _rows() if row["group"] == "csto" and row["status"] == "member"]
    rows = [{key: row[key] for key in ("group", "member", "from", "to")} for row in csto if row["member"] != "ARM"]
    changed = [{**row, "to": "2012-12-25"} if row["member"] == "UZB" else row for row in rows]
    added = [{"group": "csto", "member": "SRB", "from": "2013", "to": ""}]
    unknown = [{"group": "Club of Nowhere", "member": "ARM", "from": "", "to": ""}]
    assert lines([*unknown, *changed, *added]) == [
        "Club of Nowhere ARM: group: unknown here, listed there",
        "csto ARM: memberships: 2003-09-18 to open here, none there",
        "csto SRB: memberships: none here, 2013-01-01 to open there",
        "csto UZB: last day: 2012-12-19 here, 2012-12-25 there",
    ]
    assert not any("UZB" in line for line in lines([*changed, *added], tolerance=6))


def test_years_and_months_stand_for_their_ends() -> None:
    """A last day given as a year or a month is the last of it."""
    sixty = {"group": "csto", "member": "UZB", "from": "2006-08-16", "to": "2012-12"}
    assert "csto UZB: last day: 2012-12-19 here, 2012-12-31 there" in lines([sixty])
    assert "csto UZB: last day: 2012-12-19 here, 2012-12-31 there" in lines([{**sixty, "to": "2012"}])


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The command prints the lines; a table without a column is one sentence."""
    table = tmp_path / "table.csv"
    table.write_text("group,member,from,to\nAxis of Evil,IRN,2002-01-29,\n", encoding="utf-8")
    assert main([str(table)]) == 0
    assert "axis-of-evil IRQ: memberships" in capsys.readouterr().out
    table.write_text("group,member\n", encoding="utf-8")
    with pytest.raises(DataError, match="'from' is missing"):
        read_memberships(table)
    assert main([str(table)]) == 1
    assert main([]) == 2
