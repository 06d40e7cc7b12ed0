"""Files and folders of reports become documents; what cannot be read is named in one sentence."""

from __future__ import annotations

import io
import json
import tracemalloc
from datetime import date
from pathlib import Path

import pypdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geoevents.errors import ReadError
from geoevents.reports.documents.plain import UnreadableError, decode, looks_like_table
from geoevents.reports.documents.reading import LARGEST_DOCUMENT, BrokenDocument, Document, read_documents
from geoevents.reports.documents.recognition import holds_reports

STORY = "Six people died when a bridge fell near Iquitos on Tuesday."


def read(*paths: Path) -> tuple[list[Document], list[str]]:
    """Return the documents of some paths and the sentences about those that cannot be read."""
    broken: list[BrokenDocument] = []
    documents = list(read_documents(paths, broken))
    return documents, [item.reason for item in broken]


def pdf_of(text: str) -> bytes:
    """Return a PDF of one page with a line of text, written by hand."""
    stream = f"BT /F1 12 Tf 72 720 Td ({text}) Tj ET".encode("latin-1")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out, offsets = bytearray(b"%PDF-1.4\n"), []
    for number, item in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, item)
    start = len(out)
    out += b"xref\n0 6\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return bytes(out + b"trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % start)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Überfall in Köln – „drei Tote“", "utf-8"),
        ("Überfall in Köln – „drei Tote“", "utf-8-sig"),
        ("Überfall in Köln", "utf-16"),
        ("Überfall in Köln", "utf-16-le"),
        ("В Алматы стреляли по толпе, погибли трое. " * 5, "cp1251"),
        ("Trois morts à Orléans, l'été dernier. " * 5, "latin-1"),
    ],
)
def test_text_is_read_in_the_encoding_it_is_in(tmp_path: Path, text: str, encoding: str) -> None:
    """A file of text is read as it was written, whatever its encoding."""
    (tmp_path / "report.txt").write_bytes(text.encode(encoding))
    (document,), broken = read(tmp_path / "report.txt")
    assert document.text == text
    assert broken == []


def test_markdown_gives_its_text_title_and_day(tmp_path: Path) -> None:
    """Markdown loses its marks; front matter gives title, day and source."""
    (tmp_path / "a.md").write_text(
        "---\ntitle: Bridge falls\ndate: 2023-05-04\nsource: Agency\n---\n# Heading\n\n"
        "**Six** people [died](http://x.org) in _Iquitos_.\n\n- one\n- two\n\n> said *he*\n\n![map](m.png)\n"
    )
    (document,), _ = read(tmp_path / "a.md")
    assert document == Document(
        "a.md",
        "Heading\n\nSix people died in Iquitos.\n\none\ntwo\n\nsaid he",
        date(2023, 5, 4),
        "Bridge falls",
        "Agency",
    )


def test_the_dateline_gives_the_day(tmp_path: Path) -> None:
    """A report whose file says no day has its dateline's."""
    (tmp_path / "a.txt").write_text(f"IQUITOS, Peru, 4 May 2023 (Agency) -- {STORY}")
    (tmp_path / "b.txt").write_text(STORY)
    documents, _ = read(tmp_path)
    assert [document.date for document in documents] == [date(2023, 5, 4), None]


HTML = f"""<!doctype html><html><head><title>Bridge &amp; river</title>
<meta property="article:published_time" content="2023-05-04T10:00:00Z"><meta property="og:site_name" content="Daily">
<script>var deaths = 99</script></head><body><nav><a href="/">Home</a><a href="/w">World</a></nav>
<article><h1>Bridge falls</h1><p>{STORY}</p>
<p>Rescue teams searched the river for <b>three missing</b> passengers.</p></article>
<footer>Copyright. Subscribe to our newsletter.</footer></body></html>"""


def test_a_web_page_gives_its_main_text(tmp_path: Path) -> None:
    """Of a page the story is read, with title, day and source; menus, scripts and the footer are not."""
    (tmp_path / "page.html").write_text(HTML)
    (document,), _ = read(tmp_path / "page.html")
    assert STORY in document.text
    assert "three missing passengers" in document.text
    assert not any(word in document.text for word in ("Home", "newsletter", "99", "<"))
    assert (document.title, document.date, document.source) == ("Bridge & river", date(2023, 5, 4), "Daily")


@pytest.mark.parametrize(
    "html", [f"<p>{STORY}", f"<div><p>{STORY}<div></p></b>", f"<html><body><table><tr><td>{STORY}", f"{STORY}</html>"]
)
def test_broken_html_is_read_as_a_browser_would(tmp_path: Path, html: str) -> None:
    """Tags that are not closed lose no text."""
    (tmp_path / "page.htm").write_text(html)
    (document,), broken = read(tmp_path / "page.htm")
    assert STORY in document.text
    assert broken == []


def test_a_page_declares_its_encoding(tmp_path: Path) -> None:
    """The charset in a page's head is followed."""
    (tmp_path / "page.html").write_bytes('<meta charset="windows-1251"><p>В Алматы стреляли.</p>'.encode("cp1251"))
    assert "В Алматы стреляли." in read(tmp_path / "page.html")[0][0].text


def test_a_pdf_gives_its_text(tmp_path: Path) -> None:
    """The text of a PDF is read."""
    (tmp_path / "a.pdf").write_bytes(pdf_of(STORY))
    assert read(tmp_path / "a.pdf")[0][0].text == STORY


def test_mail_gives_body_subject_and_day(tmp_path: Path) -> None:
    """An e-mail of plain text, and one of HTML, give their body."""
    head = "From: Desk <desk@example.org>\nSubject: Bridge\nDate: Thu, 4 May 2023 10:00:00 +0200\n"
    (tmp_path / "a.eml").write_text(f"{head}\n{STORY}\n")
    (tmp_path / "b.eml").write_text(f"{head}MIME-Version: 1.0\nContent-Type: text/html\n\n<p>{STORY}</p>\n")
    documents, _ = read(tmp_path)
    assert [(d.text, d.title, d.date, d.source) for d in documents] == [
        (STORY, "Bridge", date(2023, 5, 4), "Desk <desk@example.org>")
    ] * 2


def test_a_folder_is_read_in_order_with_its_folders(tmp_path: Path) -> None:
    """All files of a folder come in the order of their paths; hidden ones are passed by."""
    for name in ("b.txt", "a/2.txt", "a/1.txt", ".hidden.txt", ".git/x.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(STORY)
    documents, broken = read(tmp_path)
    assert [document.id for document in documents] == ["a/1.txt", "a/2.txt", "b.txt"]
    assert broken == []


def test_json_lines_keep_text_id_date_title_and_source(tmp_path: Path) -> None:
    """A line is a document; its text stays as given, so that positions in it hold."""
    item = {"id": 7, "text": " A\r\nB\n", "date": "2023-05-04T10:00:00", "title": "T", "source": "S"}
    (tmp_path / "d.jsonl").write_text(json.dumps(item) + "\n\n" + json.dumps({"text": STORY}) + "\n")
    documents, _ = read(tmp_path / "d.jsonl")
    assert documents == [
        Document("7", " A\r\nB\n", date(2023, 5, 4), "T", "S"),
        Document("d.jsonl:3", STORY, None, "", "d.jsonl"),
    ]


def test_a_list_in_a_json_file_is_read(tmp_path: Path) -> None:
    """A JSON file holds one document or a list of them."""
    (tmp_path / "d.json").write_text(json.dumps([{"id": "a", "text": STORY}, {"id": "b"}]))
    documents, broken = read(tmp_path / "d.json")
    assert [document.id for document in documents] == ["a"]
    assert broken == [
        'd.json, document 2: expected a report, but it has no `text`; a document is {"id": …, "text": …, "date": …}.'
    ]


def encrypted() -> bytes:
    writer, out = pypdf.PdfWriter(io.BytesIO(pdf_of(STORY))), io.BytesIO()
    writer.encrypt("secret", algorithm="RC4-128")
    writer.write(out)
    return out.getvalue()


BAD = [
    ("empty.txt", b"", "it is empty"),
    ("blank.md", b" \n\n", "it is empty"),
    ("bare.html", b"<html><body></body></html>", "it has no text in it"),
    ("long.txt", b"Rain fell. " * 1_900_000, "it has 21 MB of text; a report has at most 10 MB"),
    ("secret.pdf", encrypted(), "it is an encrypted PDF; save a copy without the password"),
    ("cut.pdf", pdf_of(STORY)[:200], "it is a damaged PDF"),
    ("scan.pdf", pdf_of(""), "it is a PDF without text, such as a scan"),
    ("not.pdf", b"just words", "it is no PDF after all"),
    ("noise.txt", bytes(range(256)) * 40, "it is a binary file"),
    ("photo.jpg", b"\xff\xd8\xff\xe0" + bytes(100), "it is a picture"),
    ("memo.docx", b"PK\x03\x04" + bytes(100), "it is an office document or archive; save it as text"),
    ("table.csv", b"date,place\n2022-01-05,Almaty\n", "it is a table; `geoevents locate table.csv` reads it"),
    ("table.txt", b"date;place;deaths\n1;Almaty;3\n2;Aktau;0\n3;Oral;1\n", "it is a table; `geoevents locate`"),
    ("map.geojson", b"{}", "it is a spatial file; `geoevents locate map.geojson` reads it"),
    ("list.json", b"[1,", "it is no JSON"),
    ("none.jsonl", b"\n", "it is empty"),
    ("mail.eml", b"Content-Type: image/png\n\nabc", "it is an e-mail without text"),
    (
        "deep.eml",
        b"From: a@example.org\n"
        + b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(2000)),
        "it is an e-mail whose parts lie too deep in one another",
    ),
    ("noise.eml", b"\xff\xfe\x00garbage", "it is no e-mail: no header such as From or Date stands at its head"),
    ("zeros.txt", bytes(5000), "it is a binary file"),
    ("unseen.txt", "\u200b\u2060\u200b".encode(), "it has no text in it"),
    ("nothing.json", b"[]", "it is a list without documents"),
    ("deep.json", b"[" * 100_000, "it is no JSON"),
    ("aligned.txt", b"date        place   dead\n2022-01-05  Almaty  3\n2022-01-06  Aktau   0\n", "it is a table"),
]


@pytest.mark.parametrize(("name", "data", "reason"), BAD, ids=[name for name, _, _ in BAD])
def test_bad_input_is_named_in_one_sentence(tmp_path: Path, name: str, data: bytes, reason: str) -> None:
    """What is no report gives one sentence that names it and says what it is; the next document is read."""
    (tmp_path / name).write_bytes(data)
    (tmp_path / "zz.txt").write_text(STORY)
    documents, broken = read(tmp_path)
    assert [document.id for document in documents] == ["zz.txt"]
    (sentence,) = broken
    assert sentence.startswith(f"{name}: expected a report, but {reason}")
    assert sentence.endswith(".")
    assert "\n" not in sentence


def test_running_text_in_a_file_named_as_a_table_is_read(tmp_path: Path) -> None:
    """What a file holds counts, not that its name ends in .csv."""
    (tmp_path / "news.csv").write_text(f"{STORY}\n{STORY}\n")
    assert [document.text for document in read(tmp_path / "news.csv")[0]] == [f"{STORY}\n{STORY}\n"]


def test_marks_that_no_reader_sees_are_taken_out_of_files(tmp_path: Path) -> None:
    """Zero-width spaces, soft hyphens and marks of direction break no word."""
    (tmp_path / "a.txt").write_text(STORY.replace("people", "peo\u200bple").replace("bridge", "\u202ebri\u00addge"))
    assert read(tmp_path / "a.txt")[0][0].text == STORY


def test_half_characters_keep_their_place(tmp_path: Path) -> None:
    """A half of a character in JSON becomes the sign of a lost one; positions stay."""
    (tmp_path / "d.jsonl").write_text('{"text": "\\ud800Six died."}\n')
    assert read(tmp_path / "d.jsonl")[0][0].text == "\ufffdSix died."


def test_utf_32_is_read(tmp_path: Path) -> None:
    """UTF-32 is told from UTF-16, with its mark and without."""
    (tmp_path / "a.txt").write_bytes(STORY.encode("utf-32"))
    (tmp_path / "b.txt").write_bytes(STORY.encode("utf-32-le"))
    (tmp_path / "c.txt").write_bytes(STORY.encode("utf-32-be"))
    assert [document.text for document in read(tmp_path)[0]] == [STORY] * 3


def test_a_page_nested_very_deep_is_read(tmp_path: Path) -> None:
    """Containers nested by the thousands cost no more than a flat page."""
    (tmp_path / "a.html").write_text("<div>" * 20_000 + f"<p>{STORY}</p>")
    assert STORY in read(tmp_path / "a.html")[0][0].text


@pytest.mark.parametrize(
    ("data", "texts"),
    [
        (STORY.encode(), [STORY]),
        (json.dumps({"text": "One."}).encode(), ["One."]),
        (b'{"text": "One."}\n{"text": "Two."}\n', ["One.", "Two."]),
        (b'[{"text": "One."}]', ["One."]),
        (b"", []),
    ],
)
def test_a_report_is_read_from_standard_input(monkeypatch: pytest.MonkeyPatch, data: bytes, texts: list[str]) -> None:
    """A hyphen reads a report, a JSON document, or JSON lines from standard input."""
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data)))
    documents, broken = read(Path("-"))
    assert [document.text for document in documents] == texts
    assert broken == ([] if texts else ["standard input: expected a report, but it is empty."])


@pytest.mark.parametrize(
    ("name", "text", "holds"),
    [
        ("a.txt", STORY, True),
        ("a", STORY, True),
        ("a.csv", STORY, True),
        ("a.csv", "date,place\n2022-01-05,Almaty\n", False),
        ("a.csv", f'place,date,told\n"Bucha, Ukraine",2022-03-01,"{STORY}"\nAktau,2022-01-05,"{STORY}"\n', False),
        ("a.csv", f'sep=,\nplace,told\n"Bucha, Ukraine","{STORY}"\n"Gao, Mali","{STORY}"\n"Aktau","{STORY}"\n', False),
        ("a.csv", f'place,told\n"Bucha, Ukraine","{STORY}"\n', False),
        ("a.tsv", f"place\ttold\nBucha, Ukraine\t{' '.join(STORY.split())}\n", False),
        ("a.csv", f"Kazakhstan, day five\n{STORY}", True),
        ("a.txt", "date;place;deaths\n1;Almaty;3\n2;Aktau;0\n3;Oral;1\n", False),
        ("a.jsonl", '{"id": "x", "text": "One."}\n{oops\n', True),
        ("a.jsonl", '{"place": "Almaty", "text": "One."}\n', False),
        ("a.jsonl", "date,place\n", False),
        ("a.geojson", "{}", False),
    ],
)
def test_reports_are_told_from_tables(tmp_path: Path, name: str, text: str, holds: bool) -> None:
    """Names and first lines say whether a file holds reports."""
    (tmp_path / name).write_text(text)
    assert holds_reports(tmp_path / name) is holds


def test_broken_lines_are_named_and_the_others_go_on(tmp_path: Path) -> None:
    """A line that is no JSON, one without text and one with a bad date are named by their number."""
    lines = [
        '{"text": "One."}',
        "{oops",
        '{"id": "x"}',
        '{"text": "Two.", "date": "soon"}',
        "\xff",
        '{"text": "Three."}',
    ]
    (tmp_path / "d.jsonl").write_bytes("\n".join(lines).encode("latin-1"))
    documents, broken = read(tmp_path / "d.jsonl")
    assert [document.text for document in documents] == ["One.", "Three."]
    assert [sentence.split(":")[0] for sentence in broken] == [f"d.jsonl, line {number}" for number in (2, 3, 4, 5)]


@pytest.mark.parametrize("name", ["none.txt", "none.jsonl"])
def test_a_missing_file_raises_without_a_list(tmp_path: Path, name: str) -> None:
    """Without a list for broken documents the first one raises its sentence."""
    with pytest.raises(ReadError, match="there is no such file"):
        list(read_documents([tmp_path / name]))


def test_an_empty_folder_is_named(tmp_path: Path) -> None:
    """A folder without files is said to be one."""
    assert read(tmp_path)[1] == [f"{tmp_path.name}: expected a report, but it is a folder without files."]


def test_json_lines_are_read_in_constant_memory(tmp_path: Path) -> None:
    """The memory taken does not grow with the number of documents."""
    line = json.dumps({"text": STORY * 1000}).encode() + b"\n"
    (tmp_path / "d.jsonl").write_bytes(line * 500)
    tracemalloc.start()
    number = sum(1 for _ in read_documents([tmp_path / "d.jsonl"]))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert number == 500
    assert peak < 20 * len(line) < 500 * len(line) / 10


@given(st.binary(max_size=300))
def test_any_bytes_are_text_or_refused(data: bytes) -> None:
    """Any bytes give text, or the reason why not."""
    try:
        found = decode(data)
    except UnreadableError as error:
        found = str(error)
        reason = found
    else:
        reason = "it is "
    assert isinstance(found, str)
    assert reason.startswith("it is ")


@pytest.mark.parametrize(
    "text",
    [
        STORY,
        "One, two, three, four.\nFive, six, seven, eight.\nNine, ten, eleven, twelve.",
        "- rice\n- beans\n- oil\n",
        "Dear all;\n\nthe road is open;\n\nregards;\n",
    ],
)
def test_running_text_is_no_table(text: str) -> None:
    """Prose and lists are not taken for tables."""
    assert not looks_like_table(text)


def test_the_limit_is_that_of_the_sentence() -> None:
    """The largest document is the 10 MB that the sentence speaks of."""
    assert LARGEST_DOCUMENT == 10_000_000


def test_headers_of_any_length_are_read(tmp_path: Path) -> None:
    """Brackets in brackets and parameters by the thousands in the headers of a mail do not fail."""
    parameters = "; ".join(f"a*{n}=x" for n in range(20_000))
    head = f"From: {'(a' * 20_000}\nDate: Mon, 10 Jan 2022 10:00:00 +0000\nContent-Type: text/plain; {parameters}\n"
    (tmp_path / "a.eml").write_text(f"{head}\n{STORY}\n")
    documents, _ = read(tmp_path / "a.eml")
    assert [(d.text, d.date) for d in documents] == [(STORY, date(2022, 1, 10))]
