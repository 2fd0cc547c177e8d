"""What a generation of working tables was made from, so that a change of it is noticed."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from troth.sources.base import EachBatch
from troth.sources.files import Source

#: The folder of a generation that says what it was made from.
STATE = "reading"
_STATE_FILE = "state.json"
SECRET_BYTES = 32


@dataclass(frozen=True)
class How:
    """How to make a generation: `each` makes facts of a batch of tables, and `digest` names the
    formulas it makes them with."""

    each: EachBatch
    digest: str
    jobs: int
    memory: str
    audit: bool = False
    strict: bool = False
    progress: Callable[[int], None] | None = None


@dataclass(frozen=True)
class Seen:
    """An input as it was when it was read, so that a change of it is noticed."""

    source: Source
    size: int
    mtime_ns: int


@dataclass(frozen=True)
class State:
    """What a generation was made from."""

    digest: str
    seen: tuple[Seen, ...]
    chunks: int
    #: Whether any of it was read in audit mode, which finds more than reading does.
    audited: bool = False

    @property
    def sources(self) -> dict[int, Source]:
        return {one.source.number: one.source for one in self.seen}


def state_of(generation: Path) -> State | None:
    """What a generation was made from; nothing for a generation of another kind."""
    path = generation / STATE / _STATE_FILE
    if not path.exists():
        return None
    kept = json.loads(path.read_text())
    seen = tuple(Seen(Source(**one.pop("source")), **one) for one in kept["seen"])
    return State(kept["digest"], seen, kept["chunks"], kept.get("audited", False))


def secret_of(store: Path) -> bytes:
    """The secret that keys the hashes of firms in this store, made at its first use.

    It is never published; without it a hash in the store says nothing about whom it stands for.
    """
    path = store / "secret"
    if not path.exists():
        store.mkdir(parents=True, exist_ok=True)
        aside = store / f"secret.{os.getpid()}"
        aside.write_bytes(secrets.token_bytes(SECRET_BYTES))
        aside.chmod(0o600)
        # Linking fails where another process was first; then its secret holds.
        try:
            os.link(aside, path)
        except FileExistsError:
            pass
        aside.unlink()
    return path.read_bytes()


def keep_state(generation: Path, state: State) -> None:
    """Write down what a generation was made from."""
    (generation / STATE / _STATE_FILE).write_text(json.dumps(asdict(state)))


def seen_now(source: Source) -> Seen:
    """An input as it is now."""
    found = os.stat(source.path)
    return Seen(source, found.st_size, found.st_mtime_ns)


def is_as_seen(seen: Seen) -> bool:
    """Whether an input is there as it was when it was read."""
    try:
        return seen_now(seen.source) == seen
    except OSError:
        return False
