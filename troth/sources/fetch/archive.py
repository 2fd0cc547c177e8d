"""Copies of what was published, each under the SHA-256 of its bytes, written whole or not at all."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from troth.errors import VerificationError

FOLDER = "archive"


def keep(folder: Path, data: bytes) -> str:
    """Keep these bytes in the archive of an output folder; gives their SHA-256."""
    digest = hashlib.sha256(data).hexdigest()
    kept = folder / path_of(digest)
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        put(kept, data)
    return digest


def path_of(digest: str) -> str:
    """Where in the output folder the copy with this SHA-256 is."""
    return f"{FOLDER}/{digest[:2]}/{digest}"


def read(folder: Path, digest: str) -> bytes | None:
    """The copy with this SHA-256, or None where there is none.

    Raises `VerificationError` where it is not what it was.
    """
    path = folder / path_of(digest)
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None
    if hashlib.sha256(data).hexdigest() != digest:
        raise VerificationError(
            f"{path}: not what was kept: its SHA-256 is another. Put the copy back from a backup, "
            "or remove the file: what is there now is then kept as new"
        )
    return data


def put(path: Path, data: bytes) -> None:
    """Write a file so that whoever is interrupted, and whose power fails, leaves the old or the new."""
    aside = path.parent / f".{path.name}.{os.getpid()}"
    with open(aside, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
