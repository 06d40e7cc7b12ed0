"""Compiles the one loop that is worth it where that is asked for: ``GEOEVENTS_NATIVE=1 pip install .``.

Without the variable nothing is compiled, and the wheel serves every machine. With it the wheel holds
``gazetteer/geoparsing/tree_walk.c``, compiled for this one. Where that fails, for want of a compiler say, a line tells
why, and the wheel is the other one: it gives the same answers. ``python hatch_build.py`` compiles in the source tree.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

__all__ = ["NativeHook", "compile_module"]

SOURCE = Path(__file__).parent / "gazetteer" / "geoparsing" / "tree_walk.c"


def compile_module(folder: Path) -> Path | None:
    """Compile the module into a folder; None where that fails, of which a line tells why."""
    try:
        from setuptools import Distribution, Extension
        from setuptools.errors import BaseError, CompileError, LinkError
    except ImportError as error:
        print(f"geoevents stays pure Python, to the same answers: {error}.", file=sys.stderr)
        return None
    faster = [] if os.name == "nt" else ["-O3"]
    module = Extension("tree_walk", [str(SOURCE)], extra_compile_args=faster, py_limited_api=True)
    command = Distribution({"ext_modules": [module]}).get_command_obj("build_ext")
    command.build_lib, command.build_temp = str(folder), str(folder / "objects")
    try:
        command.ensure_finalized()
        command.run()
    except (BaseError, CompileError, LinkError, OSError) as error:
        print(f"geoevents stays pure Python, to the same answers: no C compiler served ({error}).", file=sys.stderr)
        return None
    return next(file for file in folder.iterdir() if file.suffix in (".so", ".pyd"))


class NativeHook(BuildHookInterface[Any]):
    """Adds the compiled module to the wheel where it is asked for."""

    PLUGIN_NAME = "custom"

    def _is_asked(self) -> bool:
        return os.environ.get("GEOEVENTS_NATIVE") == "1"

    def dependencies(self) -> list[str]:
        """Return what compiling needs."""
        return ["setuptools>=65"] if self._is_asked() else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile the module before the wheel is packed."""
        if not self._is_asked() or version == "editable":
            return
        self._folder = tempfile.TemporaryDirectory()
        compiled = compile_module(Path(self._folder.name))
        if compiled is not None:
            build_data["force_include"][str(compiled)] = f"gazetteer/geoparsing/{compiled.name}"
            build_data["pure_python"], build_data["infer_tag"] = False, True

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Throw away what the wheel holds by now."""
        if hasattr(self, "_folder"):
            self._folder.cleanup()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as built:
        made = compile_module(Path(built))
        if made is None:
            sys.exit(1)
        made.replace(SOURCE.with_name(made.name))
