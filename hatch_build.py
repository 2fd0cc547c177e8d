"""Compiles the fast way of reading OCDS (troth/sources/ocds/native.cpp) while Troth is installed.

It needs a C++17 compiler and simdjson (Debian: g++ libsimdjson-dev). Without them Troth is installed
all the same and reads the same rows more slowly; `troth config show` says which way it reads.
"""

from __future__ import annotations

import shutil
import subprocess
import sysconfig
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SOURCE = Path("troth/sources/ocds/native.cpp")
MODULE = SOURCE.with_name("_native.abi3.so")
FLAGS = ("-std=c++17", "-O3", "-fPIC", "-shared", "-fvisibility=hidden", "-Wall", "-Wextra")


class CompileReader(BuildHookInterface):  # type: ignore[type-arg]
    """Makes the module beside its source, and a wheel that holds it one for this kind of machine."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if self.target_name != "wheel":
            return
        why_not = self._compile()
        if why_not is not None:
            self.app.display_warning(f"The fast reader was not compiled: {why_not}")
            return
        platform = sysconfig.get_platform().replace("-", "_").replace(".", "_")
        build_data["pure_python"] = False
        build_data["tag"] = f"cp311-abi3-{platform}"
        if version == "standard":
            build_data["force_include"][str(MODULE)] = str(MODULE)

    def _compile(self) -> str | None:
        """Make the module; says why where it cannot be."""
        root = Path(self.root)
        (root / MODULE).unlink(missing_ok=True)
        compiler, finder = shutil.which("c++"), shutil.which("pkg-config")
        if compiler is None or finder is None:
            return "it needs a C++ compiler and pkg-config (Debian: g++ pkg-config)"
        found = subprocess.run(
            [finder, "--cflags", "--libs", "simdjson"], capture_output=True, text=True, check=False
        )
        if found.returncode:
            return "it needs simdjson (Debian: libsimdjson-dev)"
        python = f"-I{sysconfig.get_path('include')}"
        made = subprocess.run(
            [compiler, *FLAGS, python, str(SOURCE), "-o", str(MODULE), *found.stdout.split()],
            cwd=root, capture_output=True, text=True, check=False,
        )  # fmt: skip
        return None if made.returncode == 0 else made.stderr
