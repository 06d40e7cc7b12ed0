"""A map for a report is one picture: readable, with scale, legend and attribution, and the same every time."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image
from placed import HOSTILE, city, country, frame, nowhere
from shapely import Point

import gazetteer
import geoevents as ge
from geoevents.maps import scene
from geoevents.maps.themes import THEMES


def picture(path: Path) -> np.ndarray:
    return np.asarray(Image.open(path).convert("RGB")).astype(int)


def share(image: np.ndarray, colour: tuple[int, int, int], within: int = 4) -> float:
    return float((np.abs(image - colour).max(axis=2) <= within).mean())


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_picture_shows_land_sea_area_and_point(theme: str, tmp_path: Path):
    """Land, sea, an area and a point are there in their colours, at a size for print."""
    ge.write_map(
        frame([city(fatalities=3), *[country()] * 3, nowhere()]), tmp_path / "a.png", theme=theme, circles=True
    )
    image = picture(tmp_path / "a.png")
    assert image.shape == (1110, 1650, 3)
    assert share(image, THEMES[theme].land) > 0.05
    assert share(image, THEMES[theme].sea) > 0.005
    assert share(image, (0, 114, 178), within=30) > 0.0001
    assert (tmp_path / "a.png").stat().st_size < 1_000_000


def test_svg_says_what_it_is_and_holds_no_markup_of_the_data(tmp_path: Path):
    """It is well-formed, titled, has no script, link or image of the data's, and is the same when made again."""
    events = frame([city(event_type=text, place_name=text, source=text) for text in HOSTILE] + [country()])
    events.attrs["geoevents"] = {"title": "Costs of $5 & <b>", "counts": {"matched": 1}, "attribution": "GeoNames"}
    events.attrs["geoevents"]["created"] = "2022-01-11T00:00:00+00:00"
    ge.write(events, tmp_path / "a.svg")
    ge.write(events, tmp_path / "b.svg")
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()
    tree = ElementTree.parse(tmp_path / "a.svg")
    tags = {element.tag.split("}")[-1] for element in tree.iter()}
    assert not tags & {"script", "a", "image", "foreignObject"}
    assert not [key for element in tree.iter() for key in element.attrib if key.lower().startswith("on")]
    assert "Costs of $5 & <b>" in [element.text for element in tree.iter() if element.tag.endswith("title")]


def test_all_credits_are_in_the_picture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """However many sources are named, the credits of the places are whole, and every line ends inside the picture."""
    edges: list[float] = []
    texts: list[str] = []

    def looked_at(figure: Figure, *arguments: object, **options: object) -> None:
        figure.canvas.draw()
        for text in figure.texts:
            box = text.get_window_extent().transformed(figure.transFigure.inverted())
            edges.extend([box.x0, box.y0, 1 - box.x1, 1 - box.y1])
            texts.append(" ".join(text.get_text().split()))
        return save(figure, *arguments, **options)

    save = Figure.savefig
    monkeypatch.setattr(Figure, "savefig", looked_at)
    events = frame([city(source=f"The {n}th Gazette of Almaty") for n in range(40)])
    credit = gazetteer.load().info()["attribution"]
    events.attrs["geoevents"] = {"counts": {"matched": 40}, "attribution": credit}
    ge.write_map(events, tmp_path / "a.png")
    assert min(edges) > 0
    assert any(f"Places: {credit}. Projection:" in text for text in texts)


@pytest.mark.parametrize("rows", [[], [nowhere()]], ids=["no rows", "none placed"])
def test_nothing_to_draw(rows: list[dict], tmp_path: Path):
    """With no event placed the picture shows the world and says so."""
    ge.write(frame(rows) if rows else frame([nowhere()]).iloc[:0], tmp_path / "a.png")
    assert share(picture(tmp_path / "a.png"), THEMES["light"].land) > 0.02


def test_a_crowd_is_a_density(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """From a few thousand points on there are hexagons instead of points."""
    monkeypatch.setattr(scene, "CROWD", 50)
    rng = np.random.default_rng(3)
    places = [Point(*where) for where in rng.normal((70, 48), (3, 2), (200, 2))]
    ge.write(frame([city(geometry=p, lon=p.x, lat=p.y) for p in places]), tmp_path / "a.png")
    assert share(picture(tmp_path / "a.png"), (213, 94, 0), within=8) < 0.0005


def test_any_frame_and_any_crs(tmp_path: Path):
    """A frame without the events' columns is drawn by its shapes, and is not changed."""
    other = gpd.GeoDataFrame({"x": [1]}, geometry=[Point(76.95, 43.25)], crs="EPSG:4326").to_crs("EPSG:3857")
    before = other.copy()
    ge.write(other, tmp_path / "a.png")
    assert other.equals(before)
    assert share(picture(tmp_path / "a.png"), (213, 94, 0), within=30) > 0.00005


def test_picture_says_what_made_it(tmp_path: Path) -> None:
    """A picture carries its provenance: the generator, the counts and the sources stand in its metadata."""
    events = gpd.GeoDataFrame({"match_status": ["matched"]}, geometry=[Point(76.9, 43.2)], crs="EPSG:4326")
    ge.write(events, tmp_path / "map.png")
    ge.write(events, tmp_path / "map.svg")
    with Image.open(tmp_path / "map.png") as picture:
        record = json.loads(picture.text["Description"])
    assert (record["generator"], record["counts"]["matched"]) == ("geoevents", 1)
    assert "&quot;generator&quot;" in (tmp_path / "map.svg").read_text(encoding="utf-8").replace('"', "&quot;")
