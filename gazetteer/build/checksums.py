"""Notes the size and the SHA-256 of every file of a gazetteer in its ``info.json`` and its ``texts.sha256``.

The ``info.json`` of a folder gets the figures of its tables, index and models; all else in it stays as it was.
After a model was trained, a table was put in by hand, or a row of a text was edited:
``python -m gazetteer.build.checksums [FOLDER]``.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from gazetteer.bundled import BUNDLED
from gazetteer.documents import replacing
from gazetteer.index.checksums import FILES, TEXTS, listed_texts, measured_files, read_info

__all__ = ["note_checksums"]


def note_checksums(folder: Path = BUNDLED) -> None:
    """Write the figures of the files of a folder, as they are now, into its ``info.json``.

    Raises
    ------
    DataError
        When the folder has no ``info.json``.
    """
    info = {**read_info(folder), FILES: measured_files(folder)}
    with replacing(folder / "info.json") as file:
        file.write(json.dumps(info, indent=1, ensure_ascii=False) + "\n")
    texts = listed_texts(folder)
    if texts:
        with replacing(folder / TEXTS) as file:
            file.write(texts)


if __name__ == "__main__":
    note_checksums(*(Path(folder) for folder in sys.argv[1:2]))
