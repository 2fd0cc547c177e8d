"""Small sets of invoices, for the tests of payments, arrears and rejections."""

from collections.abc import Sequence

import numpy as np
from hypothesis import strategies as st

from tests.oracle.unpaid import Invoice
from troth.measure.payments import Invoices, Suspensions


def days(*written: object) -> np.ndarray:
    return np.array(["NaT" if day is None else day for day in written], "datetime64[D]")


def of(*rows: tuple[object, ...], body: Sequence[int] | None = None, held: object = ()) -> Invoices:
    """Invoices of (amount, received, due, paid); `held` are (invoice, from, to)."""
    amount, received, due, paid = zip(*rows, strict=True)
    which = np.array([h[0] for h in held], np.int64)
    bodies = np.zeros(len(rows), np.int64) if body is None else np.array(body)
    return Invoices(
        "EUR",
        bodies,
        int(bodies.max()) + 1,
        np.array(amount, float),
        days(*received),
        days(*due),
        days(*paid),
        Suspensions(which, days(*(h[1] for h in held)), days(*(h[2] for h in held))),
    )


def _invoice(
    received: int, term: int, wait: int | None, amount: int, held: list[tuple[int, int | None]]
) -> Invoice:
    return Invoice(
        float(amount),
        received,
        received + term,
        None if wait is None else received + wait,
        tuple(
            (received + begin, None if length is None else received + begin + length)
            for begin, length in held
        ),
    )


#: Invoices of some weeks, with suspensions that may overlap, touch, last, or begin before receipt.
INVOICES = st.lists(
    st.builds(
        _invoice,
        st.integers(0, 40),
        st.integers(0, 20),
        st.one_of(st.none(), st.integers(0, 40)),
        st.integers(1, 9),
        st.lists(
            st.tuples(st.integers(-5, 30), st.one_of(st.none(), st.integers(0, 12))), max_size=3
        ),
    ),
    min_size=1,
    max_size=6,
)


def arrays(invoices: Sequence[Invoice]) -> Invoices:
    """The same invoices as the fast code takes them."""

    def day(number: int | None) -> object:
        return None if number is None else np.datetime64(number, "D")

    return of(
        *((i.amount, day(i.received), day(i.due), day(i.paid)) for i in invoices),
        held=[
            (number, day(begin), day(end))
            for number, i in enumerate(invoices)
            for begin, end in i.held
        ],
    )
