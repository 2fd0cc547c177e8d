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

#: An event of a case for so many invoices, but so many events a body at least; cases come in so many
#: days up to the day of judgement.
INVOICES_FOR_AN_EVENT, FEWEST_EVENTS, CASE_DAYS = 5, 500, 400

#: The part of the events that have come by the day of judgement, at the least.
COME = 0.975

#: Commitments and recommendations a body, units of a body, tiers of government.
COMMITMENTS, RECOMMENDATIONS, UNITS, TIERS = 50, 100, 20, ("state", "region", "town")

#: The ways that cases take, as events, and how many of them take each.
WAYS = (
    (("received", "transfer", "decision", "closed"), 0.2),
    (("received", "pause", "resume", "decision", "closed"), 0.3),
    (("received", "transfer", "transfer", "pause", "resume", "decision", "closed"), 0.3),
    (("received", "transfer", "closed"), 0.2),
)


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
                "tier": pa.array(TIERS).take(pa.array(three % len(TIERS))),
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


def events_for(entries: int, bodies: int) -> int:
    """How many events of cases go with so many invoices: 1,000,000 with 5,000,000."""
    return max(entries // INVOICES_FOR_AN_EVENT, FEWEST_EVENTS * bodies)


def implementation(entries: int, bodies: int, seed: int = SEED) -> dict[str, pa.Table]:
    """The event logs of cases, and of each body 50 commitments with all that came of them, and 100
    recommendations."""
    random = np.random.Generator(np.random.PCG64([seed, 2]))
    return {
        **_cases(events_for(entries, bodies), bodies, random),
        **_commitments(bodies, random),
        **_recommendations(bodies, random),
    }


def _cases(events: int, bodies: int, random: np.random.Generator) -> dict[str, pa.Table]:
    """Cases and their events up to the day of judgement: about so many, rather more."""
    chances = np.array([chance for _, chance in WAYS])
    lengths = np.array([len(way) for way, _ in WAYS])
    cases = round(events / (chances @ lengths) / COME)
    way = random.choice(len(WAYS), cases, p=chances)
    body = random.integers(0, bodies, cases)
    received = np.datetime64(AS_OF) - random.integers(0, CASE_DAYS, cases)
    many = lengths[way]
    case = np.repeat(np.arange(cases), many)
    begins = np.cumsum(many) - many
    place = np.arange(len(case)) - begins[case]
    words = sorted({event for one, _ in WAYS for event in one})
    codes = np.zeros((len(WAYS), lengths.max()), np.int64)
    for number, (one, _) in enumerate(WAYS):
        codes[number, : len(one)] = [words.index(event) for event in one]
    code = codes[way[case], place]
    # Ten minutes to eight days from one step to the next.
    steps = np.where(place == 0, 36_000, random.integers(600, 8 * 86_400, len(case)))
    run = np.cumsum(steps)
    seconds = run - (run - steps)[begins[case]]
    moment = received[case].astype("datetime64[s]") + seconds
    moves = np.isin(code, [words.index("received"), words.index("transfer")])
    last_move = np.maximum.accumulate(np.where(moves, np.arange(len(case)), 0))
    unit = random.integers(0, UNITS, len(case))[last_move]
    done = moment.astype("datetime64[D]") <= np.datetime64(AS_OF)
    closes = done & (code == words.index("closed"))
    closed = np.full(cases, np.datetime64("NaT"), "datetime64[D]")
    closed[case[closes]] = moment[closes].astype("datetime64[D]")
    ids = _names("c", cases)
    earlier = (random.random(cases) * np.arange(cases)).astype(np.int64)
    names = pa.array([f"unit {number}" for number in range(UNITS)])
    return {
        "case": ledger(
            "case",
            {
                "case_id": ids,
                **_of(body, bodies),
                "channel": pa.repeat("complaint", cases),
                "received": _day(received),
                "sla_days": _number(random.integers(5, 40, cases)),
                "sla_days_kind": pa.repeat("calendar", cases),
                "closed": _day(closed),
                "repeat_of": ids.take(pa.array(earlier, mask=random.random(cases) > 0.03)),
            },
            cases,
        ),
        "case_event": ledger(
            "case_event",
            {
                "case_id": ids.take(pa.array(case[done])),
                "event_no": _number(place[done]),
                "ts": pa.array(moment[done]),
                "event": pa.array(words).take(pa.array(code[done])),
                "unit": names.take(pa.array(unit[done])),
            },
            int(done.sum()),
        ),
    }


def _commitments(bodies: int, random: np.random.Generator) -> dict[str, pa.Table]:
    """Commitments; a change of half of them; two statements, each with its proof, and a payment of
    most; what two assessors say of all, and a third of some."""
    body = np.repeat(np.arange(bodies), COMMITMENTS)
    count = len(body)
    ids, own = _names("p", count), _of(body, bodies)
    announced = np.datetime64("2021-01-01") + random.integers(0, 700, count)
    due = announced + random.integers(200, 900, count)
    due[random.random(count) < 0.1] = np.datetime64("NaT")
    moved = np.flatnonzero(~np.isnat(due) & (random.random(count) < 0.5))
    given_up = random.random(len(moved)) < 0.1
    new_due = due[moved] + random.integers(30, 300, len(moved))
    new_due[given_up] = np.datetime64("NaT")
    budget = np.round(random.lognormal(11, 1, count), 2)
    twice = np.repeat(np.arange(count), 2)
    statements = _names("s", len(twice))
    said = announced[twice] + random.integers(50, 900, len(twice))
    status = ("not_started", "limited", "substantial", "complete")
    paid = np.flatnonzero(random.random(count) < 0.7)

    def some(word: str) -> pa.Array:
        return pa.array([word, None]).take(pa.array((random.random(count) < 0.3).astype(int)))

    return {
        "commitment": ledger(
            "commitment",
            {
                "commitment_id": ids,
                **own,
                "origin": pa.repeat("plan", count),
                "announced": _day(announced),
                "text": ids,
                "original_due": _day(due),
                "metric": some("a count"),
                "target": some("a number"),
                "budget_amount": _number(budget),
                "responsible_unit": some("a unit"),
                "beneficiary": some("a place"),
            },
            count,
        ),
        "commitment_rev": ledger(
            "commitment_rev",
            {
                "commitment_id": ids.take(pa.array(moved)),
                "rev_no": _number(np.zeros(len(moved), np.int64)),
                "date": _day(due[moved] - random.integers(1, 100, len(moved))),
                "new_due": _day(new_due),
                "withdrawn": _number(given_up),
            },
            len(moved),
        ),
        "commitment_update": ledger(
            "commitment_update",
            {
                "update_id": statements,
                "commitment_id": ids.take(pa.array(twice)),
                "date": _day(said),
                "claimed_status": pa.array(status).take(
                    pa.array(random.integers(0, len(status), len(twice)))
                ),
                "evidence_id": statements,
            },
            len(twice),
        ),
        "proof": ledger(
            "proof",
            {
                "evidence_id": statements,
                "grade": pa.array(["A", "B", "C", "D"]).take(
                    pa.array(random.integers(0, 4, len(twice)))
                ),
            },
            len(twice),
        ),
        "commitment_payment": ledger(
            "commitment_payment",
            {
                "commitment_id": ids.take(pa.array(paid)),
                "payment_no": _number(np.zeros(len(paid), np.int64)),
                "date": _day(announced[paid] + random.integers(1, 900, len(paid))),
                "amount": _number(np.round(budget[paid] * random.random(len(paid)), 2)),
                "currency": own["currency"].take(pa.array(paid)),
            },
            len(paid),
        ),
        "assessment": _assessments(ids, body, bodies, random),
    }


def _assessments(ids: pa.Array, body: Array, bodies: int, random: np.random.Generator) -> pa.Table:
    """Of each commitment the answers of A1 and B1, and of half of them of C1, to two questions."""
    item, assessor, code, value = [], [], [], []
    count = len(body)
    for question, steps, unit in (("completion", 3, 3.0), ("specificity", 5, 1.0)):
        true = random.integers(0, steps + 1, count)
        for who, part in enumerate((1.0, 1.0, 0.5)):
            mine = np.flatnonzero(random.random(count) < part)
            off = random.integers(-1, 2, len(mine)) * (random.random(len(mine)) < 0.15)
            item.append(mine)
            assessor.append(np.full(len(mine), who))
            code += [question] * len(mine)
            value.append(np.clip(true[mine] + off, 0, steps) / unit)
    items = np.concatenate(item)
    return ledger(
        "assessment",
        {
            **_of(body[items], bodies),
            "item_id": ids.take(pa.array(items)),
            "assessor": pa.array(["A1", "B1", "C1"]).take(pa.array(np.concatenate(assessor))),
            "date": pa.repeat(date(2024, 6, 30), len(items)),
            "code": pa.array(code),
            "value": _number(np.concatenate(value)),
        },
        len(items),
    )


def _recommendations(bodies: int, random: np.random.Generator) -> dict[str, pa.Table]:
    """Recommendations of five years, most of them closed, most of those as implemented."""
    body = np.repeat(np.arange(bodies), RECOMMENDATIONS)
    count = len(body)
    issued = np.datetime64("2020-01-01") + random.integers(0, 5 * 365, count)
    closed = issued + random.integers(30, 2_000, count)
    is_open = (random.random(count) < 0.2) | (closed > np.datetime64(AS_OF))
    closed[is_open] = np.datetime64("NaT")
    how = np.where(random.random(count) < 0.7, 0, 1)
    return {
        "recommendation": ledger(
            "recommendation",
            {
                "recommendation_id": _names("r", count),
                **_of(body, bodies),
                "source": pa.repeat("an auditor", count),
                "issued": _day(issued),
                "closed": _day(closed),
                "closed_as": pa.array(["implemented", "not_implemented"]).take(
                    pa.array(how, mask=is_open)
                ),
            },
            count,
        )
    }


#: Pillar -> what makes its ledgers, from a number of entries and of bodies.
LEDGERS_OF: dict[str, Callable[[int, int], dict[str, pa.Table]]] = {
    "D": debt,
    "I": implementation,
}


def ledgers_of(pillars: str, entries: int, bodies: int) -> dict[str, pa.Table]:
    """The ledgers of these pillars, one letter each; no ledger is made by two of them."""
    found: dict[str, pa.Table] = {}
    for pillar in pillars:
        made = LEDGERS_OF[pillar](entries, bodies)
        assert not made.keys() & found.keys()
        found |= made
    return found
