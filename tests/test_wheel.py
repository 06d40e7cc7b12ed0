"""The built wheel carries what the packages need, within its size."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MOST_BYTES = 25_000_000


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return zipfile.ZipFile(next(folder.glob("*.whl")))


@pytest.mark.parametrize(
    "name",
    [
        "gazetteer/py.typed", "geoevents/py.typed", "gazetteer/data/SOURCES.md", "gazetteer/data/names.marisa",
        "gazetteer/data/not_places.csv", "gazetteer/data/words.csv", "gazetteer/data/tagger.model",
        "gazetteer/data/placer.model", "gazetteer/data/landmarks.parquet",
        "gazetteer/data/index/layout.json", "gazetteer/build/sources.toml", "gazetteer/data/views.csv",
        "gazetteer/build/pack_sources.toml", "gazetteer/build/whosonfirst_sources.csv",
        "geoevents/maps/html/page.js", "geoevents/maps/html/page.css", "geoevents/data/ground_labels.csv",
        "geoevents/data/land.json.gz",
        "geoevents/maps/review/review.js", "geoevents/maps/review/review.html",
        *(
            f"gazetteer/data/{layer}.parquet"
            for layer in ("countries", "admin1", "admin2", "cities", "airports", "seas", "names", "basemap")
        ),
    ],
)  # fmt: skip
def test_wheel_carries(wheel: zipfile.ZipFile, name: str) -> None:
    """Every table, licence note and page template is in the wheel."""
    assert name in wheel.namelist()


def test_data_fit(wheel: zipfile.ZipFile) -> None:
    """The gazetteer takes at most 25 MB of the wheel, and is all there."""
    sizes = [entry.compress_size for entry in wheel.infolist() if entry.filename.startswith("gazetteer/data/")]
    assert MOST_BYTES / 2 < sum(sizes) <= MOST_BYTES
