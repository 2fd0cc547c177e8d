"""The main currency is the one that is set, or the first that is met; others are counted."""

from troth.interop.cardinal.currencies import MainCurrency


def test_the_first_one_met_decides_where_none_is_set() -> None:
    main = MainCurrency(None)
    assert main.is_main("EUR")
    assert not main.is_main("USD")
    assert main.is_main("EUR")
    assert (main.code, main.left_out) == ("EUR", 1)


def test_the_one_that_is_set_decides() -> None:
    assert not MainCurrency("USD").is_main("EUR")
