"""What of the working tables goes into a release: numbers for firms, cases before other records."""

import random

import pyarrow as pa

from troth.publish import select
from troth.tables.body import FIRM
from troth.tables.results import EVIDENCE


def firm(key: int, kind: str, name: str | None) -> dict[str, object]:
    firm_id = None if name is None else f"XX-{name}"
    return {"firm_key": key, "kind": kind, "name": name, "firm_id": firm_id, "shown_by": "nothing"}


FIRMS = [
    firm(8_111, "natural_person", None),
    firm(17, "legal_person", "Bau GmbH"),
    firm(-5, "unknown", None),
    firm(99, "legal_person", "Acme"),
    firm(-7, "natural_person", None),
]


def test_firms_are_numbered_and_their_keys_stay_behind() -> None:
    published = select.firms_for_release(FIRM.rows(FIRMS))
    assert sorted(published["firm_key"].to_pylist()) == [1, 2, 3, 4, 5]
    assert published.schema == FIRM.arrow


def test_other_keys_and_another_order_give_the_same_bytes() -> None:
    """Two who measure the same data have different secrets, and so different keys."""
    published = select.firms_for_release(FIRM.rows(FIRMS))
    chance = random.Random(4)
    for _ in range(10):
        others = [{**row, "firm_key": chance.getrandbits(60)} for row in FIRMS]
        chance.shuffle(others)
        assert select.firms_for_release(FIRM.rows(others)).equals(published)


def evidence(*cases: tuple[str, str, int]) -> pa.Table:
    told = [{"body_id": body, "indicator": code, "pid": pid} for body, code, pid in cases]
    return pa.Table.from_pylist(
        told, schema=pa.schema([EVIDENCE.arrow.field(n) for n in ("body_id", "indicator", "pid")])
    )


MANY = [("XX-1", "P018", pid) for pid in range(1, 101)]
FEW = [("XX-2", "P018", 201), ("XX-2", "P019", 202)]


def test_a_body_with_few_cases_is_not_crowded_out() -> None:
    chosen = select._cases_first(evidence(*MANY, *FEW), 7)
    assert chosen == [1, 2, 3, 4, 5, 201, 202]


def test_what_is_left_goes_to_further_cases_in_their_order() -> None:
    chosen = select._cases_first(evidence(*MANY, *FEW), 10)
    assert chosen == [1, 2, 3, 4, 5, 6, 7, 8, 201, 202]


def test_a_record_that_is_a_case_twice_takes_one_place() -> None:
    chosen = select._cases_first(evidence(("XX-1", "P018", 1), ("XX-1", "P019", 1), *FEW), 3)
    assert chosen == [1, 201, 202]


def test_without_cases_nothing_is_chosen() -> None:
    assert select._cases_first(evidence(), 5) == []
