"""Ledgers of bodies that nobody is: for timing, and always the same.

`LEDGERS_OF` says by pillar what is made; a pillar more is a function more. Every ledger is as a reader
of ledgers gives it: the columns of its table, and `file` and `line`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from troth.link.register import Register
from troth.tables import LEDGERS
from troth.tables.body import BODY, PUBLIC_BODY

Array = np.ndarray
Columns = Mapping[str, object]

#: The day of judgement, and the days on which invoices come: three years up to it.
AS_OF = date(2024, 12, 31)
FIRST, DAYS = np.datetime64("2022-01-01"), 1_095

#: A body has so many invoices, within these bounds.
INVOICES_OF_A_BODY, FEWEST_BODIES, MOST_BODIES = 2_500, 40, 2_000

SUPPLIERS_OF_A_BODY = 100
SEED = 1


def bodies_for(invoices: int) -> int:
    """How many bodies share so many invoices: 40 to 2,000."""
    return min(max(invoices // INVOICES_OF_A_BODY, FEWEST_BODIES), MOST_BODIES)


def body_ids(bodies: int) -> pa.Array:
    """Identifiers of bodies: most under the Directive on late payment, some in China."""
    return pa.array([f"{'CN' if n % 10 == 9 else 'ES'}-{n:05d}" for n in range(bodies)])


def register(bodies: int) -> Register:
    needed = {column.name: 0 for column in BODY if column.promise.required}
    rows = [
        {**needed, "body_id": one, "body_kind": PUBLIC_BODY, "body_key": n}
        for n, one in enumerate(body_ids(bodies).to_pylist())
    ]
    return Register(BODY.rows(rows), is_person=lambda _: False)


def ledger(name: str, columns: Columns, count: int) -> pa.Table:
    """A whole ledger of these columns; those left out are empty, `file` and `line` are added."""
    table = LEDGERS[name]
    made = [
        columns[field.name].cast(field.type)  # type: ignore[attr-defined]
        if field.name in columns
        else pa.nulls(count, field.type)
        for field in table.arrow
    ]
    found = pa.table(made, schema=pa.schema(f.with_nullable(True) for f in table.arrow))
    file = pa.DictionaryArray.from_arrays(
        pa.array(np.zeros(count, np.int32)), pa.array([f"{name}.csv"])
    )
    return found.append_column("file", file).append_column("line", pa.array(np.arange(count) + 2))


def _names(prefix: str, count: int) -> pa.Array:
    return pc.binary_join_element_wise(prefix, pa.array(np.arange(count)).cast(pa.string()), "")


def _of(body: Array, bodies: int) -> dict[str, pa.Array]:
    """Whose the entries are, and the currency of the body's country."""
    names = pa.array(["EUR" if n % 10 != 9 else "CNY" for n in range(bodies)])
    at = pa.array(body)
    return {
        "body_id": body_ids(bodies).take(at),
        "body_kind": pa.repeat(PUBLIC_BODY, len(body)),
        "currency": names.take(at),
    }


def _day(days: Array) -> pa.Array:
    return pa.array(days.astype("datetime64[D]"))


def _number(values: Array, gaps: Array | None = None) -> pa.Array:
    return pa.array(values, mask=gaps)


def debt(invoices: int, bodies: int, seed: int = SEED) -> dict[str, pa.Table]:
    """Invoices, suspensions of one in 25, and of each body some judgments, debts and milestones."""
    random = np.random.Generator(np.random.PCG64(seed))
    found = {}
    body = random.integers(0, bodies, invoices)
    slow = random.lognormal(3.3, 0.4, bodies)
    received = FIRST + random.integers(0, DAYS, invoices)
    waited = np.minimum(random.exponential(slow[body]) + 1, 2_000).astype(np.int64)
    paid = received + waited
    paid[random.random(invoices) < 0.04] = np.datetime64("NaT")
    due = received + random.integers(25, 61, invoices)
    due[random.random(invoices) < 0.05] = np.datetime64("NaT")
    accepted = received + np.minimum(random.integers(0, 25, invoices), waited)
    accepted[random.random(invoices) < 0.1] = np.datetime64("NaT")
    found["invoice"] = ledger(
        "invoice",
        {
            "invoice_id": _names("i", invoices),
            **_of(body, bodies),
            "supplier_key": _number(
                body * SUPPLIERS_OF_A_BODY + random.integers(0, SUPPLIERS_OF_A_BODY, invoices),
                random.random(invoices) < 0.02,
            ),
            "supplier_sme": _number(random.random(invoices) < 0.7, random.random(invoices) < 0.05),
            "amount": _number(
                np.round(random.lognormal(7, 1.5, invoices), 2), random.random(invoices) < 0.005
            ),
            "received_date": _day(received),
            "accepted_date": _day(accepted),
            "due_date": _day(due),
            "paid_date": _day(paid),
            "returned_count": _number(
                random.poisson(0.2, invoices), random.random(invoices) < 0.02
            ),
        },
        invoices,
    )
    held = np.sort(random.integers(0, invoices, invoices // 25))
    new = np.concatenate([[True], held[1:] != held[:-1]])
    since = received[held] + random.integers(0, 60, len(held))
    until = since + random.integers(1, 40, len(held))
    until[random.random(len(held)) < 0.05] = np.datetime64("NaT")
    count = len(held)
    found["invoice_suspension"] = ledger(
        "invoice_suspension",
        {
            "invoice_id": found["invoice"]["invoice_id"].combine_chunks().take(pa.array(held)),
            "suspension_no": _number(
                np.arange(count) - np.maximum.accumulate(np.where(new, np.arange(count), 0))
            ),
            "from_date": _day(since),
            "to_date": _day(until),
        },
        count,
    )
    return {**found, **_sums_due(bodies, invoices // bodies, random), **_reports(bodies, random)}


def _sums_due(bodies: int, of_each: int, random: np.random.Generator) -> dict[str, pa.Table]:
    """Expenditure of three years, and sixty each of judgments, debts and milestones a body."""
    three, sixty = np.repeat(np.arange(bodies), 3), np.repeat(np.arange(bodies), 60)
    many = len(sixty)
    amount = np.round(random.lognormal(9, 1, many), 2)
    since = FIRST + random.integers(0, DAYS, many)
    share = np.where(random.random(many) < 0.8, 1.0, 0.5)
    paid_on = since + random.integers(1, 400, many)
    number = np.tile(np.arange(60), bodies)
    own, zeros = _of(sixty, bodies), np.zeros(many, np.int64)

    def paying(of: str) -> dict[str, pa.Array]:
        return {
            of: _names(of, many),
            "payment_no": _number(zeros),
            "date": _day(paid_on),
            "amount": _number(np.round(amount * share, 2)),
            "currency": own["currency"],
        }

    contracts = pa.array([f"k{n}" for n in range(bodies)]).take(pa.array(sixty))
    part = {"registered_contract_id": contracts, "currency": own["currency"]}
    return {
        "body_year": ledger(
            "body_year",
            {
                **_of(three, bodies),
                "fiscal_year": _number(np.tile([2022, 2023, 2024], bodies)),
                "expenditure_total": _number(
                    of_each * 4_000 * random.uniform(0.8, 1.2, 3 * bodies)
                ),
            },
            3 * bodies,
        ),
        "judgment": ledger(
            "judgment",
            {
                "judgment_id": _names("judgment_id", many),
                **own,
                "amount": _number(amount),
                "final_date": _day(since),
            },
            many,
        ),
        "judgment_payment": ledger("judgment_payment", paying("judgment_id"), many),
        "debt": ledger(
            "debt",
            {
                "debt_id": _names("debt_id", many),
                **own,
                "due_date": _day(since),
                "principal_due": _number(np.round(amount * 0.8, 2)),
                "interest_due": _number(np.round(amount * 0.2, 2)),
            },
            many,
        ),
        "debt_payment": ledger("debt_payment", paying("debt_id"), many),
        "registered_contract": ledger(
            "registered_contract",
            {
                "registered_contract_id": pa.array([f"k{n}" for n in range(bodies)]),
                **_of(np.arange(bodies), bodies),
            },
            bodies,
        ),
        "registered_milestone": ledger(
            "registered_milestone",
            {
                **part,
                "milestone_no": _number(number),
                "kind": pa.repeat("delivery", many),
                "date_met": _day(since),
                "amount": _number(amount),
            },
            many,
        ),
        "registered_payment": ledger(
            "registered_payment",
            {
                **part,
                "payment_no": _number(number),
                "date": _day(paid_on),
                "amount": _number(np.round(amount * share, 2)),
            },
            many,
        ),
    }


def _reports(bodies: int, random: np.random.Generator) -> dict[str, pa.Table]:
    """Of each body the reports of three years, in three parts."""
    parts, periods = ("stock", "age", "composition"), ("2021", "2022", "2023")
    body = np.repeat(np.arange(bodies), len(parts) * len(periods))
    count = len(body)
    which = np.arange(count) % (len(parts) * len(periods))
    seen = np.datetime64("2022-03-31") + 365 * (which // len(parts))
    seen = seen + random.integers(-30, 10, count)
    seen[random.random(count) < 0.1] = np.datetime64("NaT")
    return {
        "disc_item": ledger(
            "disc_item",
            {
                "item_id": pa.array(parts),
                "duty_source": pa.array([f"arrears {one}: a law" for one in parts]),
                "title": pa.array(parts),
                "deadline_rule": pa.repeat("03-31", len(parts)),
            },
            len(parts),
        ),
        "disc_obs": ledger(
            "disc_obs",
            {
                "item_id": pa.array(parts).take(pa.array(which % len(parts))),
                **_of(body, bodies),
                "period": pa.array(periods).take(pa.array(which // len(parts))),
                "first_seen": _day(seen),
            },
            count,
        ),
    }


#: Pillar -> what makes its ledgers, from a number of entries and of bodies.
LEDGERS_OF: dict[str, Callable[[int, int], dict[str, pa.Table]]] = {"D": debt}
