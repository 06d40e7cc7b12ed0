"""Tables come in as they were written, in every format and encoding."""

import json
import logging
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

import geoevents as ge

ROWS = [("007", "Алматы", "NA", "2"), ("008", "Nan", "", "")]
HEADER = ("id", "place", "code", "dead")


def delimited(separator: str) -> str:
    return "\n".join(separator.join(row) for row in (HEADER, *ROWS)) + "\n"


def objects() -> list[dict[str, object]]:
    typed = [(*row[:3], int(row[3]) if row[3] else None) for row in ROWS]
    return [dict(zip(HEADER, row, strict=True)) for row in typed]


def excel(path: Path) -> None:
    book = openpyxl.Workbook()
    book.create_sheet("data")
    sheet = book["data"]
    for row in (HEADER, *((*r[:3], int(r[3]) if r[3] else None) for r in ROWS)):
        sheet.append(row)
    book.save(path)
    book.close()


def features() -> str:
    rows = [{"type": "Feature", "properties": row, "geometry": None} for row in objects()]
    return json.dumps({"type": "FeatureCollection", "features": rows})


WRITERS = {
    "comma.csv": lambda path: path.write_text(delimited(","), encoding="utf-8"),
    "semicolon.csv": lambda path: path.write_text(delimited(";"), encoding="utf-8"),
    "tab.tsv": lambda path: path.write_text(delimited("\t"), encoding="utf-8"),
    "bom.csv": lambda path: path.write_text(delimited(","), encoding="utf-8-sig"),
    "utf16.csv": lambda path: path.write_text(delimited(","), encoding="utf-16"),
    "utf16le.csv": lambda path: path.write_text(delimited(","), encoding="utf-16-le"),
    "crlf.csv": lambda path: path.write_bytes(delimited(",").replace("\n", "\r\n").encode()),
    "list.json": lambda path: path.write_text(json.dumps(objects()), encoding="utf-8"),
    "wrapped.json": lambda path: path.write_text(json.dumps({"count": 2, "data": objects()}), encoding="utf-8"),
    "lines.jsonl": lambda path: path.write_text("\n".join(map(json.dumps, objects())), encoding="utf-8"),
    "features.geojson": lambda path: path.write_text(features(), encoding="utf-8"),
    "no-suffix": lambda path: path.write_text(json.dumps(objects()), encoding="utf-8"),
    "book.xlsx": excel,
    "plain.parquet": lambda path: pd.DataFrame(objects()).astype({"dead": "Int64"}).to_parquet(path),
    "misnamed.csv": excel,
}


@pytest.mark.parametrize("name", WRITERS)
def test_every_format_gives_the_same_records(tmp_path: Path, name: str):
    """An id keeps its zeros, NA and Nan stay text, whole numbers are whole, in every format."""
    path = tmp_path / name
    WRITERS[name](path)
    frame = ge.read(path)
    assert frame["id"].tolist() == ["007", "008"]
    assert frame["place"].tolist() == ["Алматы", "Nan"]
    assert frame["code"].iloc[0] == "NA"
    assert frame["dead"].dtype == "Int64"
    assert frame["dead"].iloc[0] == 2
    assert pd.isna(frame["dead"].iloc[1])
    if name != "plain.parquet":
        assert pd.isna(frame["code"].iloc[1])


@pytest.mark.parametrize(
    ("encoding", "words"),
    [
        ("cp1251", "Протесты в городе Алматы и области, власти объявили чрезвычайное положение"),
        ("cp1250", "Protest mieszkańców Łodzi przeciw podwyżkom cen gazu, zatrzymano kilka osób"),
        ("cp1254", "İstanbul'un Şişli ilçesinde gösteri düzenlendi, çok sayıda kişi gözaltına alındı"),
        ("cp1256", "اشتباكات عنيفة بين القوات والمعارضة في ريف حلب الجنوبي"),
        ("cp1253", "Διαδήλωση στο κέντρο της πόλης με συγκρούσεις και συλλήψεις"),
        ("cp1252", "Manifestations à Zürich: “les élus” ont déclaré l’état d’urgence à São Paulo"),
        ("latin-1", "Proteste in Köln und Düsseldorf, später auch in Zürich und Genève à côté"),
        ("shift_jis", "東京で大規模な抗議デモが行われ、警察が出動した。大阪でも同様のデモがあった"),
    ],
)
def test_other_encodings_are_detected_and_said(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, encoding: str, words: str
):
    """A file that is not UTF-8 is read right, and the encoding is logged and noted."""
    path = tmp_path / "old.csv"
    path.write_bytes(f'id,note\n1,"{words}"\n2,"{words}"\n'.encode(encoding))
    with caplog.at_level(logging.WARNING, "geoevents"):
        frame = ge.read(path)
    assert frame["note"].tolist() == [words, words]
    assert frame.attrs["read"]["encoding"] in caplog.text
    assert frame.attrs["read"]["encoding"] not in ("utf-8", None)


@pytest.mark.parametrize(
    ("cells", "dtype", "values"),
    [
        (["1", "2"], "int64", [1, 2]),
        (["1", "2.5"], "float64", [1.0, 2.5]),
        (["01", "2"], "str", ["01", "2"]),
        (["1", "many"], "str", ["1", "many"]),
        (["1", "NaN"], "str", ["1", "NaN"]),
        (["1", "inf"], "str", ["1", "inf"]),
        (["12e5", "13e5"], "str", ["12e5", "13e5"]),
        (["1234567890123456789012", "1"], "str", ["1234567890123456789012", "1"]),
        (["+7", "+8"], "str", ["+7", "+8"]),
        (["True", "False"], "str", ["True", "False"]),
        (["-1", "0"], "int64", [-1, 0]),
    ],
)
def test_numbers_only_where_all_are_plain(tmp_path: Path, cells: list[str], dtype: str, values: list[object]):
    """A column is numeric only where every cell is a plain number; otherwise the text stands as written."""
    path = tmp_path / "a.csv"
    path.write_text("x,y\n" + "".join(f"{cell},a\n" for cell in cells), encoding="utf-8")
    column = ge.read(path)["x"]
    assert column.dtype == dtype
    assert column.tolist() == values


def test_quotes_line_breaks_and_spaces_are_kept(tmp_path: Path):
    """Quoted separators, line breaks and inner blanks are data; a blank cell is null."""
    path = tmp_path / "a.csv"
    path.write_text('place,note\n"Paris, Texas","two\nlines"\n" x ",  \n', encoding="utf-8")
    frame = ge.read(path)
    assert frame["place"].tolist() == ["Paris, Texas", " x "]
    assert frame["note"].iloc[0] == "two\nlines"
    assert frame["note"].isna().tolist() == [False, True]


def test_excel_dates_come_as_iso(tmp_path: Path):
    """A date cell of Excel is its ISO day."""
    path = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    book.active.append(["place", "date"])
    book.active.append(["Almaty", pd.Timestamp("2022-01-05").to_pydatetime()])
    book.save(path)
    book.close()
    assert ge.read(path)["date"].tolist() == ["2022-01-05"]


def test_unnamed_columns_keep_their_cells(tmp_path: Path):
    """A column without a name is dropped only when it is empty."""
    path = tmp_path / "a.csv"
    path.write_text("place,,\nAlmaty,x,\n", encoding="utf-8")
    assert ge.read(path).columns.tolist() == ["place", "column_2"]


def test_a_header_alone_is_an_empty_table(tmp_path: Path):
    """A table without rows keeps its columns."""
    path = tmp_path / "a.csv"
    path.write_text("place,date\n", encoding="utf-8")
    frame = ge.read(path)
    assert frame.columns.tolist() == ["place", "date"]
    assert len(frame) == 0


def test_format_can_be_named(tmp_path: Path):
    """A file whose name says nothing is read in the format that is named."""
    path = tmp_path / "export.dat"
    path.write_text("place;n\nAlmaty;1\n", encoding="utf-8")
    with pytest.raises(ge.ReadError, match=r"export\.dat: expected a suffix"):
        ge.read(path)
    assert ge.read(path, format="csv").columns.tolist() == ["place", "n"]
    with pytest.raises(ge.ReadError, match="expected a format that is one of csv"):
        ge.read(path, format="word")
