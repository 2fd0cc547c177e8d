"""The release that a run is held against: what each body published last.

A body that stops publishing a bad figure must not gain by it (METHODS B.8). So a run is told which
release came before; what a body published there, or before that as it says itself, stands for what it
is silent on now. Each release carries on what is still needed, so that one release is enough to know
about all before it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from troth.errors import UsageError, VerificationError
from troth.publish.current import current_release
from troth.publish.verify import verify
from troth.publish.views import open_release
from troth.tables.results import LAST_PUBLISHED

#: How many faults of a broken release an error names.
FAULTS_NAMED = 3

_SAID = ("body_id", "body_kind", "indicator", "version", "n", "hits", "value", "std_err")


@dataclass(frozen=True)
class Previous:
    """A verified release, and what bodies had published last when it was made, in rows of
    `last_published`."""

    release: str
    run_id: str
    as_of: date
    last: pa.Table


def previous_of(folder: Path, as_of: date) -> Previous:
    """The release that this folder is or means; one that is broken or judged later is refused."""
    path = current_release(folder)
    faults = verify(path)
    if faults:
        more = f" (and {len(faults) - FAULTS_NAMED:,} more)" if len(faults) > FAULTS_NAMED else ""
        raise VerificationError(
            f"--previous {folder}: release {path.name} is not what it was when it was made, so nothing "
            f"is held against it: {'; '.join(faults[:FAULTS_NAMED])}{more}. Take an unbroken copy, and "
            f"look at it with: troth verify {path}"
        )
    release = open_release(path)
    run = release.run
    if run.as_of > as_of:
        raise UsageError(
            f"--previous {folder}: release {release.release_id} judges as of {run.as_of}, which is "
            f"later than this run, as of {as_of}. Name an earlier release, or a later --as-of"
        )
    measurement, _ = release.scoring_tables()
    return Previous(
        release.release_id,
        run.run_id,
        run.as_of,
        _last_of(measurement, release.last_published(), release.release_id, run.as_of),
    )


def _last_of(measurement: pa.Table, before: pa.Table, release: str, as_of: date) -> pa.Table:
    """What is published there, and of the rest what was published before that."""
    shown = pc.and_(
        pc.equal(measurement["period"], "all"), pc.equal(measurement["status"], "published")
    )
    now = measurement.filter(shown).select(list(_SAID))
    rows = now.num_rows
    now = now.append_column("release", pa.repeat(release, rows))
    now = now.append_column("as_of", pa.repeat(pa.scalar(as_of, pa.date32()), rows))
    return pa.concat_tables([one.cast(LAST_PUBLISHED.arrow) for one in (now, before)])


def still_needed(
    previous: Previous, measurement: pa.Table, body: pa.Table, versions: Mapping[str, int]
) -> pa.Table:
    """The rows of `last_published` for a release of these measurements.

    Left out is what the body publishes now, what is about a body that this release does not know,
    and what an indicator meant in another version: another question was answered then.
    """
    now = measurement.filter(
        pc.and_(
            pc.equal(measurement["period"], "all"), pc.equal(measurement["status"], "published")
        )
    )
    known = pa.array([f"{code} {version}" for code, version in versions.items()], pa.string())
    rows = previous.last
    asked = pc.binary_join_element_wise(
        rows["indicator"], pc.cast(rows["version"], pa.string()), " "
    )
    kept = pc.and_(
        pc.and_(
            pc.is_in(rows["body_id"], body["body_id"].combine_chunks()), pc.is_in(asked, known)
        ),
        pc.invert(pc.is_in(_cell(rows), _cell(now).combine_chunks())),
    )
    return rows.filter(kept).sort_by([("body_id", "ascending"), ("indicator", "ascending")])


def _cell(table: pa.Table) -> pa.ChunkedArray:
    """Body and indicator as one text; a code of an indicator has no space."""
    return pc.binary_join_element_wise(table["indicator"], table["body_id"], " ")
