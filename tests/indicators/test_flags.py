"""The 73 flags: what each needs, and what a data set has of it."""

import re

from troth.indicators import catalogue
from troth.indicators.flags import Flag, flags, in_words, reach

TENDER = {"tender": {"procurementMethod": "open", "numberOfTenderers": 0}}
WITH_BIDS = {
    "tender": {"procurementMethod": "open"},
    "bids": {"details": [{}, {"tenderers": [{"id": "A"}]}]},
}
EMPTY = {"tender": {"procurementMethod": "", "tenderers": []}, "bids": None}


def flag(code: str) -> Flag:
    return next(one for one in flags() if one.code == code)


def test_all_seventy_three_are_there_and_each_needs_something() -> None:
    assert [one.code for one in flags()] == [f"R{number:03}" for number in range(1, 74)]
    for one in flags():
        assert one.needs and all(paths for need in one.needs for paths in need)
        for need in one.needs:
            assert all(re.fullmatch(r"[A-Za-z/]+", path) for paths in need for path in paths)


def test_a_flag_has_an_indicator_or_says_what_it_would_need() -> None:
    computed = {code for code in catalogue() if code.startswith("P")}
    assert {one.indicator for one in flags()} >= computed
    for one in flags():
        assert bool(one.asks and one.beyond) is (one.indicator not in computed), one.code


def test_of_several_fields_that_serve_those_are_told_that_are_there() -> None:
    number, found = reach([TENDER, WITH_BIDS, EMPTY])
    single = found[17]

    assert (number, single.flag.code, single.possible) == (3, "R018", True)
    method, bidders = single.met
    assert method == ((("tender/procurementMethod",), 2),)
    assert bidders == (
        (("tender/numberOfTenderers",), 1),  # nobody is a number too
        (("bids/details/tenderers/id",), 1),
    )


def test_what_stands_nowhere_is_missing_with_its_alternatives() -> None:
    _, found = reach([EMPTY])
    single = found[17]

    assert not single.possible
    assert in_words(single.missing[1]) == (
        "tender/numberOfTenderers or tender/tenderers/id or bids/details/tenderers/id "
        "or bids/statistics/value"
    )


def test_paths_that_belong_together_must_stand_in_one_record() -> None:
    together = ("buyer/name", "buyer/id")
    assert any(together in need for need in flag("R013").needs)
    apart = [{"buyer": {"name": "Town"}}, {"buyer": {"id": "1"}}]

    _, found = reach(apart)
    assert not found[12].possible
    _, found = reach([{"buyer": {"name": "Town", "id": "1"}}, TENDER])
    assert found[12].possible
