"""Whether a release is still what it was, and whether its figures add up.

It asks nothing of the code that wrote the release but the vocabulary: hashes are computed again,
every promise is checked again, and contributions are added up again.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

import pyarrow as pa
import pyarrow.parquet as pq

from troth.errors import PersonError, UsageError
from troth.link.register import Register
from troth.publish import as_sqlite
from troth.publish.persons import leaks
from troth.publish.release import MANIFEST, NOT_IN_SQLITE, SUMS, TABLES, entries
from troth.sources.persons import is_natural_person
from troth.tables.check import check

#: Contributions are whole millionths of a point.
MICRO = 1_000_000

Tables = Mapping[str, pa.Table]


def verify(release: Path) -> list[str]:
    """Everything that is wrong with a release, in words; an empty list when nothing is."""
    if not release.is_dir():
        raise UsageError(f"{release} is no folder. Name the folder of a release.")
    faults = list(_files(release))
    try:
        tables = _read(release)
    except (OSError, pa.ArrowInvalid) as error:
        return [*faults, f"the tables cannot be read, so nothing else was looked at: {error}"]
    faults += _promises(tables)
    faults += _sums(tables)
    kept = {n: (TABLES[n], data) for n, data in tables.items() if n not in NOT_IN_SQLITE}
    if (release / "troth.sqlite").is_file():
        faults += as_sqlite.faults(release / "troth.sqlite", kept)
    faults += [str(leak) for leak in leaks(release)]
    return faults


def _files(release: Path) -> Iterator[str]:
    """Each file against the manifest, the manifest against its own digest, and files not in it."""
    try:
        listed = {
            str(one["path"]): (one["bytes"], str(one["sha256"]))
            for one in json.loads((release / MANIFEST).read_text(encoding="utf-8"))["files"]
        }
        sums = (release / SUMS).read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError, TypeError, KeyError) as error:
        yield f"{MANIFEST} and {SUMS} cannot be read: {error}"
        return
    found = {entry.path: (entry.bytes, entry.sha256) for entry in entries(release, without=(SUMS,))}
    expected = sorted(f"{sha256}  {path}" for path, (_, sha256) in listed.items())
    if MANIFEST in found:
        expected.append(f"{found.pop(MANIFEST)[1]}  {MANIFEST}")
    if sorted(sums) != sorted(expected):
        yield f"{SUMS}: does not say what {MANIFEST} says"
    for path in sorted(listed.keys() | found.keys()):
        if path not in listed:
            yield f"{path}: not in the manifest"
        elif path not in found:
            yield f"{path}: missing" if _is_inside(path) else f"{path}: outside the release"
        elif found[path] != listed[path]:
            yield f"{path}: its bytes are not those in the manifest"


def _is_inside(path: str) -> bool:
    pure = PurePosixPath(path)
    return not pure.is_absolute() and ".." not in pure.parts


def _read(release: Path) -> dict[str, pa.Table]:
    return {
        name: pq.read_table(
            release / "parquet" / f"{name}.parquet", page_checksum_verification=True
        )
        for name in TABLES
    }


def _promises(tables: Tables) -> Iterator[str]:
    try:
        register = Register(tables["body"], is_person=is_natural_person)
        for name, data in tables.items():
            if "body_kind" in TABLES[name].names:
                register.admit(data, name)
    except PersonError as error:
        yield str(error)
    for name, data in tables.items():
        yield from (str(fault) for fault in check(TABLES[name], data, tables))


def _sums(tables: Tables) -> Iterator[str]:
    """A published level is the sum of its contributions, exactly; a withheld one is empty."""
    total = _totals(tables["contribution"])
    scored = set()
    for row in tables["score"].select(["body_id", "recipe", "level", "status"]).to_pylist():
        key = row["body_id"], row["recipe"]
        which, level = f"score of {key[0]} under {key[1]}", row["level"]
        scored.add(key)
        if row["status"] == "withheld":
            if level is not None:
                yield f"{which}: withheld, and yet {level}"
        elif level is None:
            yield f"{which}: published, and yet empty"
        elif level != total.get(key, 0) / MICRO:
            yield f"{which}: {level} is not the sum of its parts, {total.get(key, 0) / MICRO}"
    yield from _intervals(tables["score"])
    for body, recipe in sorted(total.keys() - scored):
        yield f"contributions of {body} under {recipe} belong to no score"


def _intervals(score: pa.Table) -> Iterator[str]:
    """Every level and every rank lies in its interval, and no rank is without one."""
    names = ("level", "low", "high", "lowest", "highest", "rank", "rank_low", "rank_high")
    for row in score.to_pylist():
        which = f"score of {row['body_id']} under {row['recipe']}"
        level, low, high, lowest, highest, rank, first, last = (row[name] for name in names)
        if level is not None:
            for least, most in ((low, high), (lowest, highest)):
                if least is not None and most is not None and not least <= level <= most:
                    yield f"{which}: {level} is not between {least} and {most}"
        if rank is not None and (first is None or last is None or not first <= rank <= last):
            yield f"{which}: rank {rank} is not in its interval, {first} to {last}"
        if rank is not None and row["rank_kept"] is False:
            yield f"{which}: ranks are not kept under this recipe, and yet rank {rank}"


def _totals(contribution: pa.Table) -> dict[tuple[str, str], int]:
    """Millionths of a point by body and recipe."""
    grouped = contribution.group_by(["body_id", "recipe"]).aggregate([("micropoints", "sum")])
    return {
        (row["body_id"], row["recipe"]): row["micropoints_sum"] or 0 for row in grouped.to_pylist()
    }
