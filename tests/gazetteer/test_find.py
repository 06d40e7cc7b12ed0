"""Place names in running text: found or left alone, told apart by what stands around them, and placed."""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import shapely
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import gazetteer
from gazetteer.cli import cli, main
from gazetteer.evaluate import Given, Sought, evaluate
from gazetteer.geoparsing.candidates import KnownNames
from gazetteer.geoparsing.disambiguator import doubt_features
from gazetteer.geoparsing.trees import Trees
from gazetteer.model import Match, Mention, Place

CASES = Path(__file__).parent / "cases" / "mentions.tsv"


def rows() -> list[dict[str, str]]:
    with CASES.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


@pytest.mark.parametrize("case", rows(), ids=lambda case: case["text"][:40])
def test_text_names(case: dict[str, str]) -> None:
    """A text names the places of its row, in order, and no others; * stands for any place."""
    expected = [pair.split("=") for pair in case["finds"].split("|") if pair]
    found = gazetteer.load().find(case["text"])
    assert [mention.text for mention in found] == [name for name, _ in expected]
    for mention, (_, place_id) in zip(found, expected, strict=True):
        assert mention.match.place is not None, mention.text
        assert place_id in ("*", mention.match.place.id), f"{mention.text}: {mention.match.place.id}"


def test_tags() -> None:
    """Demonyms and abbreviations are tagged, so that they can be left out."""
    found = gazetteer.load().find(
        "Kazakh and Russian troops trained near Louisville, Ky., said the U.S. envoy to Peru."
    )
    assert {m.text: m.tag for m in found} == {
        "Kazakh": "demonym", "Russian": "demonym", "Louisville": "name", "Ky.": "abbreviation", "U.S.": "abbreviation",
        "Peru": "name",
    }  # fmt: skip


def test_spans_are_placed_by_the_text_around_them() -> None:
    """A span that is handed in is placed with the names beside it, which are not answered themselves."""
    gaz = gazetteer.load()
    ohio = gaz.find("The mayor of Lima said that Ohio and Allen County would help.", spans=[(13, 17)])
    peru = gaz.find("The mayor of Lima said that Peru and Callao would help.", spans=[(13, 17)])
    assert [(m.text, m.match.place and m.match.place.country) for m in ohio + peru] == [
        ("Lima", "USA"),
        ("Lima", "PER"),
    ]


def test_spans_do_not_depend_on_what_was_asked_before() -> None:
    """Spans of a text mean the same whether the text, another one or nothing was asked about right before."""
    gaz = gazetteer.load()
    text, spans = "The mayor of Lima said that Ohio and Allen County would help.", [(13, 17), (37, 49)]
    gaz.find("A fire in Aktau, Kazakhstan.")
    after_another = gaz.find(text, spans=spans)
    names = gaz.find(text)
    assert gaz.find(text, spans=spans) == after_another
    gaz.find(text.upper())
    assert gaz.find(text, spans=spans) == after_another
    assert gaz.find(text) == names


def test_unknown_span_lies_where_its_surroundings_do() -> None:
    """A span that the index lacks falls back on the place its surroundings are about, and says so."""
    text = "Firefighters in Oxford were called to Qwertham Lane. Oxford lies in Oxfordshire, England."
    start = text.index("Qwertham Lane")
    (mention,) = gazetteer.load().find(text, spans=[(start, start + len("Qwertham Lane"))])
    assert mention.match.method == "container"
    assert mention.match.place is not None
    assert mention.match.place.country == "GBR"
    assert mention.match.status == "ambiguous"


def test_one_unknown_name_leaves_the_others() -> None:
    """A name that cannot be placed never empties the rest of the document."""
    text = "He moved from Qwertburg County to Nairobi, Kenya."
    spans = [(m.start(), m.end()) for m in re.finditer("Qwertburg County|Nairobi|Kenya", text)]
    found = gazetteer.load().find(text, spans=spans)
    assert [m.match.place and m.match.place.country for m in found[1:]] == ["KEN", "KEN"]


def test_known_countries_are_hints_and_country_is_a_limit() -> None:
    """Known countries sway an open choice; a country admits nothing outside it."""
    gaz = gazetteer.load()
    text = "The council of Hamilton met on Monday."
    hinted = gaz.find(text, countries=["NZ"], spans=[(15, 23)])[0].match.place
    assert hinted is not None
    assert hinted.country == "NZL"
    limited = gaz.find("A fire in Paris and in Berlin.", country="US")
    assert {m.match.place.country for m in limited if m.match.place} <= {"USA"}


def test_a_source_is_at_home_somewhere() -> None:
    """What earlier documents of a source were about tells where its next one is."""
    home = {
        "source": "example.com",
        "text": "Police in Columbus, Nebraska, and in Norfolk, Nebraska, met. Nebraska is flat.",
    }
    bare = {"source": "example.com", "text": "A house burned down in Columbus."}
    last = list(gazetteer.load().find_many([home] * 3 + [bare]))[-1][1]
    assert [m.match.place and m.match.place.admin1 for m in last] == ["US-NE"]


def test_place_ids_are_known() -> None:
    """The place id of a mention, GeoNames' own for a country, finds its place."""
    gaz = gazetteer.load()
    (mention,) = gaz.find("They left for Kazakhstan.")
    assert (mention.place_id, mention.geonames_id) == ("iso:KZ", "geonames:1522867")
    assert gaz.place(mention.geonames_id) == mention.match.place


@pytest.mark.parametrize(
    "text",
    ["", " \n\t ", "a" * 100_000, "Almaty" * 20_000, "Almaty " * 20_000, "…" * 1000, "&amp;&nbsp;Caf&eacute; in Almaty",
     "北京和上海在下雨 Москва गाँव قرية", "\ud800 lone", "A. B. C. D. E. F.", "NEW YORK " * 3000, "'s 's 's",
     "U.S.U.S.U.S."],
    ids=lambda text: text[:12],
)  # fmt: skip
def test_any_text_is_answered(text: str) -> None:
    """Odd texts raise nothing, and every mention stands where it says."""
    for mention in gazetteer.load().find(text):
        assert text[mention.start : mention.end] == mention.text


@given(st.text(st.sampled_from("Aa bBéЖ,.-'’\n()&1S北"), max_size=80) | st.text(max_size=60))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_mentions_lie_in_the_text(text: str) -> None:
    """Mentions lie in the text, in order, and none inside another."""
    end = 0
    for mention in gazetteer.load().find(text):
        assert end <= mention.start < mention.end <= len(text)
        assert text[mention.start : mention.end] == mention.text
        assert 0 <= mention.match.score <= 1
        end = mention.end


@given(st.data())
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_every_span_is_answered(data: st.DataObject) -> None:
    """Each span that is handed in comes back, whatever it covers."""
    text = "Lima, Ohio — not Lima, Peru; 30 km north of Almaty."
    spans = data.draw(st.sets(st.tuples(st.integers(0, 25), st.integers(26, len(text))), max_size=6))
    assert [(m.start, m.end) for m in gazetteer.load().find(text, spans=spans)] == sorted(spans)


@pytest.mark.parametrize("span", [(0, 0), (3, 1), (-1, 2), (0, 99), ("a", 2), (1,)])
def test_a_span_outside_the_text_is_misuse(span: tuple[int, int]) -> None:
    """A span that cannot be read is rejected in one sentence."""
    with pytest.raises(gazetteer.ArgumentError, match="Span: expected"):
        gazetteer.load().find("Aktau", spans=[span])


def test_recognizer_that_is_not_installed() -> None:
    """A pipeline that is not there is refused, and so is a name of another kind."""
    for name in ("spacy:no_such_pipeline", "stanza:en"):
        with pytest.raises(gazetteer.ArgumentError, match="Recognizer: expected"):
            gazetteer.load().find("Aktau", recognizer=name)


def run(*arguments: str, stdin: str = "") -> tuple[int, str, str]:
    done = CliRunner().invoke(cli, list(arguments), input=stdin, standalone_mode=False)
    if done.exception:
        raise done.exception
    return int(done.return_value or 0), done.stdout, done.stderr


def test_find_streams_documents(tmp_path: Path) -> None:
    """Documents are answered a line each, in order; a broken line is reported by number and the others go on."""
    docs, out = tmp_path / "docs.jsonl", tmp_path / "pred.jsonl"
    lines = [
        '{"id": 1, "text": "Rain in Nairobi, Kenya"}',
        "{broken",
        "",
        '{"id": 1, "text": ""}',
        '["no"]',
        '{"id": 2}',
    ]
    docs.write_text("\n".join(lines) + "\n", encoding="utf-8")
    code, _, errors = run("find", str(docs), "-o", str(out))
    answers = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert code == 1
    assert [int(number) for number in re.findall(r"line (\d+): expected", errors)] == [2, 5, 6]
    assert [answer["id"] for answer in answers] == [1, 1]
    assert [m["text"] for m in answers[0]["mentions"]] == ["Nairobi", "Kenya"]
    assert {
        "start",
        "end",
        "text",
        "place_id",
        "name",
        "kind",
        "country",
        "lon",
        "lat",
        "radius_km",
        "score",
        "status",
    } <= (answers[0]["mentions"][0].keys())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["docs.jsonl", "pred.jsonl"]


def test_find_places_the_spans_of_documents(tmp_path: Path) -> None:
    """With --spans just the spans of each document are answered; bad ones are reported."""
    docs, out = tmp_path / "docs.jsonl", tmp_path / "pred.jsonl"
    good = {"id": "a", "text": "Lima, Ohio", "spans": [[0, 4]]}
    docs.write_text(json.dumps(good) + "\n" + json.dumps({**good, "spans": [[0, 99]]}) + "\n", encoding="utf-8")
    code, _, errors = run("find", str(docs), "-o", str(out), "--spans")
    (answer,) = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert code == 1
    assert "line 2: Span: expected" in errors
    assert [(m["start"], m["end"], m["country"]) for m in answer["mentions"]] == [(0, 4, "USA")]


def test_find_reads_text() -> None:
    """Running text from standard input gives one row a mention; demonyms can be left out."""
    code, printed, _ = run("find", "-", "--json", "--without", "demonym", stdin="Kazakh police in Almaty")
    assert code == 0
    assert [json.loads(line)["text"] for line in printed.splitlines()] == ["Almaty"]


def test_find_says_when_there_is_nothing(tmp_path: Path) -> None:
    """A text without places says so, a binary file is no text, and a file that is not there is one plain sentence."""
    assert run("find", "-", stdin="Rain and nothing else.") == (0, "", "-: no place names found\n")
    book = tmp_path / "report.pdf"
    book.write_bytes(b"%PDF-1.7\n")
    with pytest.raises(gazetteer.GazetteerError, match="expected running text in UTF-8, but it is a binary file"):
        run("find", str(book))
    code = "from gazetteer.cli import main; main()"
    command = [sys.executable, "-c", code, "find", "nowhere.txt"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "nowhere.txt: no such file or directory\n")


def test_mentions_as_features(tmp_path: Path) -> None:
    """``find --geojson`` gives a point a mention, null for one without a place, of a text and of documents."""
    text = "Police in Paris, Texas, met near Aktau."
    answer = json.loads(run("find", "-", "--geojson", stdin=text)[1])
    assert answer["type"] == "FeatureCollection"
    assert [one["properties"]["text"] for one in answer["features"]] == ["Paris", "Texas", "Aktau"]
    assert all(one["geometry"]["type"] == "Point" for one in answer["features"])
    lon, lat = answer["features"][2]["geometry"]["coordinates"]
    assert (round(lon), round(lat)) == (51, 44)
    documents = tmp_path / "documents.jsonl"
    spans = {"id": "a", "text": "Qwortz burned.", "spans": [[0, 6]]}
    documents.write_text(json.dumps(spans) + "\n" + json.dumps({**spans, "id": "b", "spans": []}) + "\n")
    (feature,) = json.loads(run("find", str(documents), "--spans", "--geojson")[1])["features"]
    assert (feature["geometry"], feature["properties"]["document"]) == (None, "a")
    assert json.loads(run("find", "-", "--geojson", stdin="Nothing here.")[1])["features"] == []


def test_matches_as_features() -> None:
    """``resolve --geojson`` gives shapes whose outer rings run counterclockwise, and null where there is no place."""
    code, printed, told = run("resolve", "Kazakhstan", "Qwortzzz", "--geojson")
    found, missed = json.loads(printed)["features"]
    assert (code, missed["geometry"], told) == (0, None, "1 not found\n")
    shape = shapely.from_geojson(json.dumps(found["geometry"]))
    assert all(part.exterior.is_ccw for part in shape.geoms)
    assert found["properties"]["place"]["id"] == "iso:KZ"


def test_lists_of_answers_are_tables_in_notebooks() -> None:
    """Mentions, candidates and places come as lists that Jupyter shows with a row an answer."""
    gaz = gazetteer.load()
    mentions = gaz.find("Police in Aktau, Kazakhstan")
    lists = (mentions, gaz.search("Georgia"), gaz.members("AUKUS"), gaz.within(51.2, 43.65))
    for found in lists:
        assert found == list(found)
        html = found._repr_html_()
        assert html.count("<tr>") == len(found) + 1
    assert "Aktau" in lists[0]._repr_html_()
    assert gaz.find("Nothing.")._repr_html_() == "<table><caption>0 answers</caption></table>"


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        ("resolve", 2, "Missing argument 'PHRASE...'."),
        ("info --nope", 2, "No such option '--nope'."),
        ("nonsense", 2, "No such command 'nonsense'."),
        ("resolv Aktau", 2, "No such command 'resolv'. Did you mean 'resolve'?"),
        ("members ECOWSA", 1, "are known, got 'ECOWSA'. Did you mean Economic Community of West African States?"),
        ("members Frobnicators", 1, "got 'Frobnicators'."),
        ("resolve Rafah --country Gaza", 2, "got 'Gaza', which lies in PSE."),
        ("build", 2, "Missing option '-o' / '--output'."),
        ("find {folder}", 1, "{folder}: is a directory"),
        ("find {folder}/none.txt", 1, "{folder}/none.txt: no such file or directory"),
        ("evaluate {folder}", 1, "{folder}: is a directory"),
        ("evaluate {folder}/none.jsonl", 1, "{folder}/none.jsonl: no such file or directory"),
    ],
)
def test_an_error_is_one_sentence_and_a_code(
    arguments: str,
    code: int,
    sentence: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Misuse exits with 2, an error on disk with 1; standard error has one line."""
    monkeypatch.setattr(sys, "argv", ["gazetteer", *arguments.format(folder=tmp_path).split()])
    with pytest.raises(SystemExit) as left:
        main()
    captured = capsys.readouterr()
    assert (left.value.code, captured.out, captured.err.count("\n")) == (code, "", 1)
    assert captured.err.endswith(sentence.format(folder=tmp_path) + "\n")


def test_find_refuses_what_is_no_text() -> None:
    """No string, or one string in the place of several countries, is named as what it is."""
    gaz = gazetteer.load()
    with pytest.raises(gazetteer.ArgumentError, match="Text: expected a string, got None"):
        gaz.find(None)  # type: ignore[arg-type]
    with pytest.raises(gazetteer.ArgumentError, match=r"Countries: expected several codes or names, got .*'FR'"):
        gaz.find("Rain in Paris", countries="FR")


def _mention(start: int, end: int, lon: float | None, score: float = 0.9, number: int = 7) -> Mention:
    place = None if lon is None else Place(f"geonames:{number}", "X", "city", None, None, lon, 0.0, None, 1.0)
    status = "matched" if place else "unresolved"
    match = Match("X", status, place, score, "exact", None)
    return Mention(start, end, "X", "name", match, place.id if place else None, 1.0)


GOLD = [
    {"start": 0, "end": 4, "phrase": "a", "lat": 0.0, "lon": 0.0, "geonames_id": None},
    {"start": 6, "end": 9, "phrase": "b", "lat": 0.0, "lon": 50.0, "geonames_id": 7},
    {"start": 20, "end": 25, "phrase": "c", "lat": None, "lon": None, "geonames_id": None},
]


def test_accuracy_of_given_spans() -> None:
    """Within 161 km, or the same GeoNames id, is right; what is not placed is wrong; no coordinates, no question."""
    given_spans = Given()
    given_spans.add(GOLD, [_mention(0, 4, 1.4), _mention(6, 9, -50.0), _mention(20, 25, 0.0)])
    given_spans.add(GOLD, [_mention(0, 4, 1.5), _mention(6, 9, None)])
    figures = given_spans.figures()
    assert (figures["gold"], figures["acc161"], figures["placed"]) == (4, 0.5, 0.75)


def test_figures_of_found_spans() -> None:
    """Recognition counts exact and overlapping spans; end to end counts placed mentions over both sides."""
    sought = Sought()
    sought.add(GOLD, [_mention(0, 4, 1.0), _mention(5, 9, 50.0), _mention(30, 33, 0.0), _mention(20, 25, None)])
    figures = sought.figures()
    assert figures["exact_p"] == pytest.approx(2 / 4)
    assert figures["exact_r"] == pytest.approx(2 / 3)
    assert figures["overlap_p"] == pytest.approx(3 / 4)
    assert figures["overlap_r"] == pytest.approx(1.0)
    assert figures["e2e_f1"] == pytest.approx(2 * 2 / (3 + 2))


def test_reliability() -> None:
    """The table holds, for each tenth of score, how many answers were right; its error weighs them."""
    given_spans = Given()
    for lon, score in ((0.0, 0.95), (0.0, 0.95), (90.0, 0.95), (90.0, 0.15)):
        given_spans.add(GOLD[:1], [_mention(0, 4, lon, score)])
    assert given_spans.reliability.table() == [(0.1, 1, 0.15, 0.0), (0.9, 3, pytest.approx(0.95), pytest.approx(2 / 3))]
    assert given_spans.reliability.error == pytest.approx((0.15 + 3 * (0.95 - 2 / 3)) / 4)


def test_evaluate_reads_gold(tmp_path: Path) -> None:
    """The command measures a gold file, and prints figures and the reliability table."""
    gold = tmp_path / "gold.jsonl"
    text = "Floods in Nairobi, Kenya."
    toponym = {"start": 10, "end": 17, "phrase": "Nairobi", "lat": -1.28, "lon": 36.82, "geonames_id": 184745}
    gold.write_text(json.dumps({"id": 1, "text": text, "toponyms": [toponym]}) + "\n", encoding="utf-8")
    code, printed, _ = run("evaluate", str(gold), "--json")
    figures = json.loads(printed)
    assert code == 0
    assert figures["spans"]["acc161"] == 1.0
    assert figures["found"]["exact_r"] == 1.0
    assert run("evaluate", str(gold))[1].splitlines()[-1].startswith("calibration error")
    given_spans, _ = evaluate(gazetteer.load(), [json.loads(gold.read_text(encoding="utf-8"))])
    assert given_spans.near == 1


def test_names_are_forgotten_when_they_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Endless input takes no endless memory: names that start anew between documents change no answer."""
    texts = [f"Police in Paris, Texas, and {town} met on Monday." for town in ("Aktau", "Oral", "Almaty", "Lima")] * 2
    gaz = gazetteer.Gazetteer(gazetteer.load().store)
    before = [[(m.start, m.end, m.place_id, m.match.score) for m in gaz.find(text)] for text in texts]
    grown = len(gaz.parts.geoparser.names._numbers)
    monkeypatch.setattr(KnownNames, "_MOST", 5)
    after = [[(m.start, m.end, m.place_id, m.match.score) for m in gaz.find(text)] for text in texts]
    assert after == before
    assert gaz.parts.geoparser.names.restarts > 1
    assert len(gaz.parts.geoparser.names._numbers) < grown


def test_a_document_without_text_is_misuse() -> None:
    """A document that has no text is refused in one sentence."""
    with pytest.raises(gazetteer.ArgumentError, match="Text: expected a string, got None"):
        list(gazetteer.load().find_many([{"id": 1}]))


def test_trees_read_what_they_write() -> None:
    """Trees written as text and read again say the same."""
    tree = [
        (1, 0.25, 1, 2, 0.0),
        (-1, 0.0, 1, 1, -0.5),
        (0, 3.0, 3, 4, 0.0),
        (-1, 0.0, 3, 3, 0.125),
        (-1, 0.0, 4, 4, 2.0),
    ]
    trees = Trees(("a", "b"), [tree, tree])
    rows_ = np.random.default_rng(0).uniform(-5, 5, (50, 2)).astype("float32")
    again = Trees.parse(trees.lines(), Path("x"))
    assert again.score(rows_).tolist() == trees.score(rows_).tolist()
    assert set(trees.score(rows_).tolist()) == {-1.0, 0.25, 4.0}


def test_broken_model_says_where() -> None:
    """A line that is no node of a tree is named."""
    with pytest.raises(gazetteer.DataError, match="line 2: expected a node of a tree"):
        Trees.parse(["tree", "x y"], Path("m"))


def test_find_says_where_nothing_can_be_written(tmp_path: Path) -> None:
    """A missing folder for the answers is named as it was given, before any document is read."""
    documents = tmp_path / "documents.jsonl"
    documents.write_text('{"id": 1, "text": "Aktau"}\n', encoding="utf-8")
    answers = tmp_path / "none" / "answers.jsonl"
    done = CliRunner().invoke(cli, ["find", str(documents), "-o", str(answers)])
    assert isinstance(done.exception, gazetteer.DataError)
    assert str(done.exception) == f"{answers}: cannot be written: no such file or directory."


def test_a_text_in_place_of_a_document_is_one_sentence():
    """Texts given to `find_many` as they are, and not as documents, are refused with what to do."""
    with pytest.raises(gazetteer.ArgumentError, match=r"Document 2: expected a dict.*got 'Almaty'; find takes a text"):
        list(gazetteer.load().find_many([{"text": "Aktau"}, "Almaty"]))


@pytest.mark.parametrize("name", ["Buba", "Lymm", "Kuda", "Gnas", "Tomba"])
def test_a_list_vouches_for_no_hamlet(name: str) -> None:
    """A word behind a town in a list is a place's name when a town of some size is called so, not when a village is."""
    found = [mention.text for mention in gazetteer.load().find(f"Fighting was reported in Kabul and {name}.")]
    assert found == ["Kabul"]


def test_readings_of_a_name_are_one_place_by_their_distance_on_the_globe() -> None:
    """Two readings 24 km apart at 65 degrees north are one spot, though half a degree of longitude is between them."""
    lon, lat = np.array([25.0, 25.5, 27.0]), np.array([65.0, 65.0, 65.0])
    read = SimpleNamespace(name=np.zeros(1), place=np.arange(3), owner=np.zeros(3, dtype=int))
    names = SimpleNamespace(places=SimpleNamespace(lon=lon, lat=lat))
    weight = np.array([0.5, 0.3, 0.2])
    features = doubt_features(np.zeros((3, 1)), weight, read, np.array([0]), weight, names)
    assert features[0, -1] == pytest.approx(0.8)
    assert features[0, -2] == pytest.approx(0.3)
