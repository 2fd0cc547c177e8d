"""The files of the repository, as the tests of habits see them."""

from __future__ import annotations

import functools
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

#: Folders that a checkout grows and that are no part of the repository.
GROWN = {".git", ".venv", ".hypothesis", "out", "build", "dist", "tmp", "node_modules"}


@functools.cache
def tracked() -> tuple[Path, ...]:
    """Every file that is tracked or about to be; without git, all that did not grow since."""
    git = shutil.which("git")
    command = ["ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    if git is None or not (ROOT / ".git").exists():
        return tuple(sorted(_ungrown(ROOT)))
    listed = subprocess.run([git, *command], cwd=ROOT, capture_output=True, text=True, check=True)
    names = sorted(name for name in listed.stdout.split("\0") if name)
    return tuple(ROOT / name for name in names if (ROOT / name).is_file())


def _ungrown(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.name in GROWN or path.name.endswith(("_cache", "__pycache__", ".egg-info")):
            continue
        if path.is_dir():
            yield from _ungrown(path)
        else:
            yield path


def texts(*suffixes: str) -> Iterator[tuple[str, str]]:
    """Path and text of every tracked text file; by default of all."""
    for path in tracked():
        if suffixes and path.suffix not in suffixes:
            continue
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        yield path.relative_to(ROOT).as_posix(), text
