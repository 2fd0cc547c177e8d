"""Mean time to pay as Spanish bodies published it; tolerance 0.011 days (PROVENANCE)."""

import numpy as np

from tests.conformance.reference import Columns, table
from troth.measure.payments import RD635, Pmp, combined, pmp_of_all

TOLERANCE = 0.011


def published() -> Columns:
    return table("payments/pmp_published_es.csv")


def recomputed(rows: Columns) -> np.ndarray:
    return combined(
        rows["ratio_paid_days"],
        rows["amount_paid_eur"],
        rows["ratio_pending_days"],
        rows["amount_pending_eur"],
    )


def test_twenty_of_twenty_bodies() -> None:
    rows = published()
    found = recomputed(rows)
    assert len(found) == 20
    assert (np.abs(found - rows["pmp_published"]) <= TOLERANCE).all()
    assert np.allclose(found, rows["pmp_recomputed"], atol=5e-5)


def test_several_bodies_together() -> None:
    """The publisher cuts these off after two digits."""
    rows, expected = published(), table("payments/pmp_published_es_global.csv")
    for group, period, said, again in zip(*expected.values(), strict=True):
        of = (rows["group"] == group) & (rows["period"] == period)
        mine = {name: column[of] for name, column in rows.items()}
        found = pmp_of_all(
            Pmp(
                RD635,
                mine["ratio_paid_days"],
                mine["amount_paid_eur"],
                mine["ratio_pending_days"],
                mine["amount_pending_eur"],
                recomputed(mine),
                np.zeros(3),
                np.zeros(3),
            )
        )
        assert abs(found - said) <= TOLERANCE
        assert abs(found - again) <= 5e-5
