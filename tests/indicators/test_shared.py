"""Conditions that several indicators want: what they give, and what they do with awkward cases."""

from datetime import UTC, datetime
from typing import Any

import ibis
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from troth.indicators import shared
from troth.tables.procurement import HOT

TABLES = {table.name: table for table in HOT}


def table(name: str, *rows: dict[str, Any]) -> Any:
    """A canonical table of these rows; what is left out is null, or 0 where that is not allowed."""
    whole = {c.name: 0 for c in TABLES[name] if c.promise.required and c.name != "role"}
    return ibis.memtable(TABLES[name].rows([{**whole, **row} for row in rows]))


def one(**columns: Any) -> Any:
    """A table of one row, in which a moment is a moment and None is a null of its own type."""
    arrays = {}
    for name, value in columns.items():
        kind = pa.timestamp("us") if isinstance(value, datetime) else None
        arrays[name] = pa.array([value], kind)
    return ibis.memtable(pa.table(arrays))


def said(expression: Any) -> Any:
    (value,) = expression.name("it").as_table().to_pyarrow()["it"].to_pylist()
    return value


def at(day: int, hour: int = 0, minute: int = 0, second: int = 0, micro: int = 0) -> datetime:
    return datetime(2024, 5, day, hour, minute, second, micro)


@pytest.mark.parametrize(
    ("text", "blank"),
    [(None, True), ("", True), ("  ", True), (" x ", False), ("0", False)],
)
def test_blank_is_null_empty_or_spaces(text: str | None, blank: bool) -> None:
    row = table("tender", {"rationale": text})
    assert said(shared.is_blank(row.rationale)) is blank


@pytest.mark.parametrize(
    ("word", "known"), [("open", "open"), ("Open", None), ("", None), (None, None)]
)
def test_a_word_outside_the_codelist_says_nothing(word: str | None, known: str | None) -> None:
    row = table("tender", {"method": word})
    assert said(shared.known(row.method, shared.METHODS)) == known


@pytest.mark.parametrize(
    ("status", "method", "awaits"),
    [
        ("active", "open", True),
        (None, "limited", True),
        ("active", "direct", False),
        ("cancelled", "open", False),
        ("cancelled", None, False),
        ("active", None, None),
    ],
)
def test_bids_are_awaited_unless_called_off_or_awarded_directly(
    status: str | None, method: str | None, awaits: bool | None
) -> None:
    assert said(shared.awaits_bids(table("tender", {"status": status, "method": method}))) is awaits


@pytest.mark.parametrize(
    ("status", "signed", "was"),
    [
        ("pending", None, False),
        ("cancelled", None, False),
        ("pending", at(1), True),
        ("active", None, True),
        (None, None, None),
    ],
)
def test_a_contract_with_a_date_was_signed_whatever_its_status(
    status: str | None, signed: datetime | None, was: bool | None
) -> None:
    moment = signed and signed.replace(tzinfo=UTC)
    row = table("contract", {"status": status, "date_signed": moment})
    assert said(shared.was_signed(row)) is was


@pytest.mark.parametrize(
    ("amount", "price"),
    [(0.01, 0.01), (0.0, None), (-5.0, None), (1e15, 1e15), (1e16, None), (None, None)],
)
def test_a_price_is_more_than_nothing_and_less_than_all_the_money_there_is(
    amount: float | None, price: float | None
) -> None:
    assert said(shared.price(table("bid", {"amount": amount}).amount)) == price


@pytest.mark.parametrize(
    ("start", "start_form", "end", "end_form", "days"),
    [
        (at(1), "zoned", at(2, 12), "zoned", 1.5),
        (at(2), "zoned", at(1, 12), "zoned", -0.5),
        (at(1, 23), "local", at(2), "day", 1.0),
        (at(1), "day", at(1, 23), "zoned", 0.0),
        (at(1, 0, 0, 0, 900_000), "zoned", at(2, 0, 0, 0, 100_000), "zoned", 1.0),
    ],
)
def test_days_have_a_fraction_unless_one_date_is_a_day(
    start: datetime, start_form: str, end: datetime, end_form: str, days: float
) -> None:
    row = one(start=start, start_form=start_form, end=end, end_form=end_form)
    assert said(shared.days_between(row.start, row.start_form, row.end, row.end_form)) == days


@pytest.mark.parametrize(
    ("later", "later_form", "earlier", "earlier_form", "after"),
    [
        (at(10, 12, 0, 1), "zoned", at(10, 12), "zoned", True),
        (at(10, 12), "zoned", at(10, 12), "zoned", False),
        (at(10, 12, 0, 0, 1), "local", at(10, 12), "local", True),
        (at(10, 18), "local", at(10), "day", False),
        (at(11), "day", at(10, 18), "local", True),
        (at(11, 14), "zoned", at(10, 12), "local", True),
        (at(11, 13), "zoned", at(10, 12), "local", None),
        (at(9, 11), "local", at(10, 12), "zoned", None),
        (at(9, 9), "local", at(10, 12), "zoned", False),
        (at(11, 12), "zoned", at(10), "day", None),
        (at(12), "zoned", at(10), "day", True),
    ],
)
def test_moments_are_put_in_order_where_their_zones_allow(
    later: datetime, later_form: str, earlier: datetime, earlier_form: str, after: bool | None
) -> None:
    row = one(later=later, later_form=later_form, earlier=earlier, earlier_form=earlier_form)
    order = shared.is_after(row.later, row.later_form, row.earlier, row.earlier_form)
    assert said(order) is after


def sides(*bids: tuple[int, list[int]], awards: list[tuple[int, list[int]]]) -> list[str]:
    """Of each bid (lot, firms) what it is, given the active awards (lot, firms)."""
    party = [
        {"role": role, "part_no": number, "firm_key": firm}
        for role, parts in (("tenderer", bids), ("supplier", awards))
        for number, (_, firms) in enumerate(parts)
        for firm in firms
    ]
    made = shared.sided(
        table(
            "bid",
            *({"bid_no": n, "lot": lot, "tenderers": len(f)} for n, (lot, f) in enumerate(bids)),
        ),
        table(
            "award",
            *(
                {"award_no": n, "lot": lot, "suppliers": len(f), "status": "active"}
                for n, (lot, f) in enumerate(awards)
            ),
        ),
        table("party", *party),
    )
    rows = made.mutate(firms=made.tenderers).to_pyarrow().to_pylist()
    words = {(True, False): "won", (False, True): "rival", (False, False): "neither"}
    return sorted(words[row["won"], row["rival"]] for row in rows)


def test_exactly_the_firms_that_hold_the_award_won() -> None:
    assert sides((0, [1]), (0, [2]), awards=[(0, [1])]) == ["rival", "won"]


def test_a_firm_is_no_rival_of_its_own_group_and_did_not_win_alone() -> None:
    assert sides((0, [1, 2]), (0, [1]), awards=[(0, [1, 2])]) == ["neither", "won"]
    assert sides((0, [1, 2]), (0, [1]), awards=[(0, [1])]) == ["neither", "won"]


def test_an_award_of_another_lot_makes_no_winner() -> None:
    assert sides((1, [1]), (2, [2]), awards=[(2, [1])]) == ["rival", "rival"]


def test_a_bid_of_nobody_known_is_neither() -> None:
    assert sides((0, []), (0, [2]), awards=[(0, [1])]) == ["neither", "rival"]


def test_several_awards_of_a_lot_have_several_winners() -> None:
    assert sides((0, [1]), (0, [2]), (0, [3]), awards=[(0, [1]), (0, [2])]) == [
        "rival",
        "won",
        "won",
    ]


def cases(values: list[float], **peers: list[Any]) -> Any:
    columns = {"log": pa.array(values, pa.float64())}
    for name in shared.PEERS:
        columns[name] = pa.array(peers.get(name, [None] * len(values)), pa.string())
    return ibis.memtable(pa.table(columns))


def hits(table: Any) -> list[bool | None]:
    """The verdicts in the order of the values."""
    rows = table.order_by("log").select("hit").to_pyarrow().to_pylist()
    return [row["hit"] for row in rows]


def test_a_value_beyond_the_fence_of_its_peers_is_hit() -> None:
    crowd = [float(number) for number in range(20)]
    assert hits(shared.Fence("log", "high")(cases([*crowd, 100.0]))) == [False] * 20 + [True]
    assert hits(shared.Fence("log", "low")(cases([-100.0, *crowd]))) == [True] + [False] * 20


def test_nineteen_peers_make_no_fence() -> None:
    crowd = cases([*(float(number) for number in range(18)), 100.0])
    assert hits(shared.Fence("log", "high")(crowd)) == [None] * 19


def test_a_narrow_group_whose_quartiles_are_equal_gives_way_to_a_wider_one() -> None:
    alike, spread = [5.0] * 25, [float(number) / 10 for number in range(25)]
    groups = ["a"] * 25 + ["b"] * 25
    crowd = cases([*alike, *spread], class4=groups)
    assert None not in hits(shared.Fence("log", "high")(crowd))
    only_alike = cases(alike, class4=["a"] * 25)
    assert hits(shared.Fence("log", "high")(only_alike)) == [None] * 25


def test_half_the_median_is_not_less_than_half_the_median() -> None:
    crowd = cases([4.0] * 20 + [2.0, 1.9])
    assert hits(shared.PartOfMedian("log", 0.5)(crowd)) == [True] + [False] * 21


@settings(max_examples=10)
@given(st.floats(0, 1e6), st.integers(1, 60))
def test_where_all_are_equal_nobody_stands_out(value: float, how_many: int) -> None:
    crowd = cases([value] * how_many)
    for verdicts in (
        shared.Fence("log", "high")(crowd),
        shared.Fence("log", "low")(crowd),
        shared.PartOfMedian("log", 0.5)(crowd),
    ):
        assert True not in hits(verdicts)


def test_shares_of_a_market_do_not_depend_on_the_order() -> None:
    awards = [(0.1, 1), (0.2, 1), (1e12, 2), (0.3, 1), (1e12 + 0.1, 3)]

    def shares(ordered: list[tuple[float, int]]) -> list[dict[str, Any]]:
        market = {"class2": "CPV:45", "year": 2024, "currency": "EUR"}
        rows = [{**market, "amount": amount, "supplier": firm} for amount, firm in ordered]
        made = shared.market_shares(
            ibis.memtable(pa.Table.from_pylist(rows)), shared.HeldByValue(at_least=0.5)
        )
        return made.order_by("supplier").to_pyarrow().to_pylist()

    assert shares(awards) == shares(awards[::-1])
    assert sum(row["share"] for row in shares(awards)) == pytest.approx(1)
