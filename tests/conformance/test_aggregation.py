"""The Handbook's examples of social choice (OECD/JRC 2008, Tables 25 to 37), exactly."""

import json
from itertools import permutations

import numpy as np
import pytest

from tests.conformance.reference import matrix, rows
from tests.shared import shared
from troth.score.aggregate import (
    arithmetic,
    borda,
    condorcet,
    geometric,
    kemeny,
    kemeny_agreement,
    outranking,
)

#: The five countries of Table 36, as the table of indicators calls them.
FIVE = {
    "Finland": "Finland",
    "USA": "United States",
    "Sweden": "Sweden",
    "Japan": "Japan",
    "Korea": "Korea, Rep. of",
}


@pytest.fixture(scope="module")
def handbook() -> dict:
    path = shared("conformance/methods/aggregation/handbook_social_choice.json")
    return json.loads(path.read_text(encoding="utf-8"))


def ballots(profile: list, leave_out: str = "") -> tuple[list[str], np.ndarray, np.ndarray]:
    """Alternatives, their standing with each group of voters, and the voters in each group."""
    orders = ["".join(c for c in order if c not in leave_out) for _, order in profile]
    names = sorted(orders[0])
    standing = np.array([[-order.index(name) for order in orders] for name in names], float)
    return names, standing, np.array([voters for voters, _ in profile], float)


def borda_counts(profile: list, leave_out: str = "") -> dict[str, float]:
    names, standing, voters = ballots(profile, leave_out)
    return dict(zip(names, borda(standing, voters) * voters.sum(), strict=True))


@pytest.mark.parametrize("table", ["T25", "T28", "T31", "T34"])
def test_borda_counts(handbook: dict, table: str) -> None:
    counts = borda_counts(handbook["profiles"][table])
    assert counts == pytest.approx(handbook["published"][table]["borda"], abs=1e-12)


def test_borda_turns_round_when_the_last_is_left_out(handbook: dict) -> None:
    counts = borda_counts(handbook["profiles"]["T31"], leave_out="d")
    assert counts == pytest.approx(handbook["published"]["T31"]["borda_without_d"], abs=1e-12)


def test_condorcet(handbook: dict) -> None:
    names, standing, voters = ballots(handbook["profiles"]["T25"])
    order = condorcet(outranking(standing, voters))
    assert order is not None
    assert "".join(names[at] for at in order) == handbook["published"]["T25"]["condorcet_ranking"]


@pytest.mark.parametrize("table", ["T28", "T31", "T34"])
def test_condorcet_goes_in_a_circle(handbook: dict, table: str) -> None:
    _, standing, voters = ballots(handbook["profiles"][table])
    assert condorcet(outranking(standing, voters)) is None


def test_kemeny(handbook: dict) -> None:
    names, standing, voters = ballots(handbook["profiles"]["T28"])
    matrix_of_voters = outranking(standing, voters) * voters.sum()
    agreements = {
        "".join(order): kemeny_agreement(matrix_of_voters, [names.index(c) for c in order])
        for order in permutations(names)
    }
    assert agreements == pytest.approx(handbook["published"]["T28"]["kemeny"], abs=1e-12)
    best = kemeny(matrix_of_voters)
    assert best.agreement == pytest.approx(104)
    assert ["".join(names[at] for at in order) for order in best.orders] == ["bca"]


def test_outranking_of_five_countries_and_the_orders_that_agree_most(handbook: dict) -> None:
    """Exactly, once a tie is broken that only printing made.

    The table of indicators gives the logarithm of telephones to two digits, 3.00 for the United
    States and for Japan; Table 36 was computed with Japan ahead there.
    """
    table = {row["country"]: row for row in rows("tai/tai_raw_23.csv")}
    indicators = [name for name in table["Finland"] if name != "country"]
    values = matrix([table[name] for name in FIVE.values()], indicators)
    published = np.array([handbook["table36_outranking_TAI5"][name] for name in FIVE])
    names = list(FIVE)
    usa, japan, telephones = 1, 3, indicators.index("telephones_log10")
    off = outranking(values) - published
    assert np.argwhere(off).tolist() == [[usa, japan], [japan, usa]]
    assert off[usa, japan] == -off[japan, usa] == 1 / 16
    assert values[usa, telephones] == values[japan, telephones] == 3.0
    values[japan, telephones] += 0.001
    assert (outranking(values) == published).all()

    for order, agreement in handbook["table37_scores"].items():
        assert kemeny_agreement(published, [names.index(n) for n in order.split(">")]) == agreement
    best = kemeny(outranking(values))
    assert best.agreement == 6.375
    assert {">".join(names[at] for at in order) for order in best.orders} == {
        order for order, agreement in handbook["table37_scores"].items() if agreement == 6.375
    }


def test_the_geometric_mean_does_not_make_up_for_low_values(handbook: dict) -> None:
    for values, published in handbook["geometric_example"].items():
        table = np.array([[float(v) for v in values.split(",")]])
        assert arithmetic(table)[0] == 6
        assert geometric(table)[0] == pytest.approx(published, abs=0.005)
