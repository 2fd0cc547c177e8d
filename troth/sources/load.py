"""Loading: inputs made into a generation of working tables, read again only where they changed.

Three ways, the same result:

- *read*: the inputs are new or changed, and are read from the first byte.
- *reuse*: nothing changed, neither inputs nor formulas; the facts are there already.
- *remap*: only the formulas changed; facts are made from the stored tables, without the inputs.

`update` adds inputs to what is there: a process in them replaces (or is merged with) its earlier
releases, and only they are read.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from troth.errors import UsageError
from troth.sources.base import EachBatch
from troth.sources.files import find
from troth.sources.state import How, seen_now, state_of
from troth.store.generations import Working

Progress = Callable[[int], None]


def load(
    given: Sequence[str],
    working: Working,
    *,
    each: EachBatch,
    digest: str,
    jobs: int,
    memory: str,
    audit: bool = False,
    strict: bool = False,
    update: bool = False,
    may_be_none: bool = False,
    progress: Progress | None = None,
) -> str:
    """Make the store hold these inputs; gives the way that was taken: read, reuse, remap, update.

    `each` makes facts of a batch of tables and `digest` names the formulas it makes them with.
    `may_be_none` where ledgers stand beside the records: then none are no error.
    """
    sources = find(given, working.path / "inputs") if given or not may_be_none else []
    seen = [seen_now(source) for source in sources]
    held = working.read()
    try:
        before = state_of(held.path) if held.number else None
    finally:
        held.close()
    same_inputs = (
        before is not None
        and list(before.seen) == seen
        # What a run finds must not depend on how an earlier one read.
        and not (audit or strict or before.audited)
    )
    if before is not None and same_inputs and not update and before.digest == digest:
        return "reuse"
    # The readers take a while to import, and nothing is to be read where nothing changed.
    from troth.sources import renew

    how = How(each, digest, jobs, memory, audit, strict, progress)
    # What an earlier version of the program left out can only be read again.
    fits = before is not None and renew.has_all_columns(held.path)
    if update:
        if before is None:
            raise UsageError(f"{working.path}: nothing to update; run without --update first")
        if not fits:
            raise UsageError(
                f"{working.path}: its tables were written by another version of Troth and have other "
                "columns; run without --update first, with all inputs"
            )
        renew.update(seen, before, working, how)
        return "update"
    if before is not None and same_inputs and fits:
        renew.remap(before, working, how)
        return "remap"
    renew.anew(seen, working, how)
    return "read"
