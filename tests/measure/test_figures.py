"""How figures are found by name."""

import pytest

from troth.errors import UsageError
from troth.measure.figures import names, reckon
from troth.measure.figures.base import Judged, Reckoned, figure
from troth.measure.figures.plain import mean


def test_a_figure_is_found_by_its_name() -> None:
    assert reckon("mean") is mean
    assert {"mean", "median", "median_days", "ratio"} <= set(names())


def test_an_unknown_name_is_refused_and_the_known_ones_named() -> None:
    with pytest.raises(UsageError, match=r"no figure is called 'mode'; there are .*median"):
        reckon("mode")


def test_a_name_is_given_once() -> None:
    def another(judged: Judged) -> Reckoned:
        raise AssertionError

    with pytest.raises(UsageError, match="two figures are called 'mean'"):
        figure("mean")(another)
