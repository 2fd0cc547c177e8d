"""Counting is a sum: the arrays count what a plain loop counts."""

from collections import Counter
from datetime import date

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from troth.measure.cases import facts_of
from troth.measure.counts import Counts, counts_by_sql, counts_of
from troth.measure.plan import Planned
from troth.store.plain import in_memory
from troth.tables.states import FLAGGED, NOT_APPLICABLE, NOT_FLAGGED, OPEN

STATES = (NOT_APPLICABLE, NOT_FLAGGED, FLAGGED, 10, 11, 100)

cases = st.lists(
    st.tuples(
        st.none() | st.integers(1, 4),  # body
        st.none() | st.integers(2019, 2021),  # year
        st.sampled_from((*STATES, OPEN)),
        st.integers(0, 9),  # bids of the process
        st.sampled_from(STATES),  # what the comparison says where the case is open
    ),
    max_size=40,
)


def planned(code: str, *, counted: bool = False, judge: str = "") -> Planned:
    return Planned(
        code,
        "tender",
        1,
        1,
        ("a", "b"),
        ("c",),
        counted,
        False,
        "/tender",
        judge,
        {},
        "",
    )


def told(counts: Counts, what: np.ndarray) -> dict[tuple[int | None, int | None, int], int]:
    """One of the counts by body, year and state."""
    keys = zip(
        counts.body_key.to_pylist(), counts.year.to_pylist(), counts.state.tolist(), strict=True
    )
    return dict(zip(keys, what.tolist(), strict=True))


@given(cases)
def test_counts_are_those_of_a_plain_loop(
    drawn: list[tuple[int | None, int | None, int, int, int]],
) -> None:
    bids, late = planned("P038", counted=True), planned("P062", judge="FROM decided")
    engine = in_memory(1, "128MB")
    engine.register(
        "fact_tender",
        pa.table(
            {
                "body_key": pa.array([c[0] for c in drawn], pa.int64()),
                "year": pa.array([c[1] for c in drawn], pa.int64()),
                "P038": pa.array([c[4] for c in drawn], pa.int8()),
                "P038_of": pa.array([c[3] for c in drawn], pa.int32()),
                "P038_hits": pa.array([c[3] // 2 for c in drawn], pa.int32()),
                "P062": pa.array([c[2] for c in drawn], pa.int8()),
                "as_of": pa.array([date(2024, 1, 1)] * len(drawn), pa.date32()),
            }
        ),
    )
    decided = [c for c in drawn if c[2] == OPEN]
    engine.register(
        "decided",
        pa.table(
            {
                "body_key": pa.array([c[0] for c in decided], pa.int64()),
                "year": pa.array([c[1] for c in decided], pa.int64()),
                "state": pa.array([c[4] for c in decided], pa.int8()),
            }
        ),
    )

    def ask(sql: str) -> pa.Table:
        return engine.sql(sql).to_arrow_table()

    counted = counts_of("tender", [bids, late], facts_of(ask))
    assert set(counted) == {"P038"}  # nobody told arrays how the other compares
    counts = counted["P038"]
    wanted, of = Counter((c[0], c[1], c[4]) for c in drawn), Counter()
    for body, year, _, several, state in drawn:
        of[body, year, state] += several
    assert told(counts, counts.cases) == dict(wanted)
    assert told(counts, counts.of) == dict(of)

    counts = counts_by_sql(ask, late)
    wanted = Counter((c[0], c[1], c[4] if c[2] == OPEN else c[2]) for c in drawn)
    assert told(counts, counts.cases) == dict(wanted)
