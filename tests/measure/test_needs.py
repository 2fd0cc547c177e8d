"""How far the fields that indicators need reach in a data set."""

import pytest

from troth.indicators import catalogue
from troth.law import law
from troth.measure.needs import Need, needs
from troth.store.plain import in_memory
from troth.tables.law import LAW
from troth.tables.procurement import HOT, TENDER


@pytest.fixture(scope="module")
def found() -> list[Need]:
    """What is needed of five tenders; what they say of their bidders, each in another place."""
    rows: list[dict[str, object]] = [
        {"pid": 1, "method": "open", "tenderers_stated": 1, "tenderers_listed": 2},
        {"pid": 2, "method": "open", "tenderers_listed": 2},
        {"pid": 3, "method": "open", "bids_stated": 0},
        {"pid": 4, "method": "direct", "tenderers_stated": 1},
        {"pid": 5},
    ]
    connection = in_memory(1, "256MB")
    for table in HOT:
        connection.register(table.name, TENDER.rows(rows) if table is TENDER else table.empty())
    connection.register(LAW.name, law())
    try:
        return needs(connection)
    finally:
        connection.close()


def of(found: list[Need], code: str) -> dict[str, Need]:
    return {one.field: one for one in found if one.indicator == code}


def test_a_case_that_surely_does_not_concern_the_rule_is_not_asked(found: list[Need]) -> None:
    single = of(found, "P018")

    # The direct award and the procedure that drew nobody are not concerned; the last tender may be.
    assert (single["tender/procurementMethod"].known, single["tender/procurementMethod"].cases) == (
        2,
        3,
    )


def test_where_several_fields_can_say_it_the_first_that_does_is_named(found: list[Need]) -> None:
    number = of(found, "P018")["tender/numberOfTenderers"]

    assert (number.known, number.cases) == (2, 3)
    assert dict(number.places) == {
        "tender/numberOfTenderers": 1,
        "distinct ids in tender/tenderers": 1,
        "distinct tenderers of submitted bids": 0,
        "bids/statistics: measure `bids`, else `validBids`": 0,
    }


def test_every_need_of_every_indicator_is_counted_once_and_adds_up(found: list[Need]) -> None:
    of_processes = {code for code, one in catalogue().items() if not one.of_ledger}
    assert {one.indicator for one in found} == of_processes
    assert len({(one.indicator, one.field) for one in found}) == len(found)
    for one in found:
        assert 0 <= one.known <= one.cases
        if one.places:
            assert sum(times for _, times in one.places) == one.known
    assert all(one.cases == 0 for one in found if one.kind in ("award", "contract"))
