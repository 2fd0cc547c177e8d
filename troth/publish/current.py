"""Which release of an output folder is meant where none is named: the one written last.

Releases are named by their day of judgement and a digest, so two of one day do not tell by their
names which came later; the file says it.
"""

from __future__ import annotations

import os
from pathlib import Path

from troth.errors import InputError, VerificationError

CURRENT_RELEASE = "CURRENT-RELEASE"

RELEASES = "releases"
MANIFEST = "manifest.json"


def point_at(out: Path, release: Path) -> None:
    """Have `out` mean this release from now on; whoever is killed meanwhile leaves the old one."""
    aside = out / f".{CURRENT_RELEASE}.{os.getpid()}"
    aside.write_text(f"{release.name}\n", encoding="utf-8")
    aside.replace(out / CURRENT_RELEASE)


def current_release(folder: Path) -> Path:
    """The release that a folder is, or that it means: the one named last, else the last by name."""
    if (folder / MANIFEST).is_file():
        return folder
    names = sorted(path.parent.name for path in (folder / RELEASES).glob(f"[!.]*/{MANIFEST}"))
    if not names:
        raise InputError(f"{folder}: no release here. Make one: troth run DATA... --out {folder}")
    try:
        named = (folder / CURRENT_RELEASE).read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        named = names[-1]
    if named not in names:
        raise VerificationError(
            f"{folder / CURRENT_RELEASE} names {named!r}, which is not under {folder / RELEASES}. "
            f"There are {', '.join(names)}; make it again: troth run DATA... --out {folder}"
        )
    return folder / RELEASES / named
