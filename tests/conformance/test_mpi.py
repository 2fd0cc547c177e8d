"""Mazziotta-Pareto indices as Compind 3.4 computes them."""

import numpy as np
import pytest

from tests.conformance.reference import column, furthest, matrix, rows
from troth.score.aggregate import mazziotta_pareto
from troth.score.normalise import around_reference, z_scores

CLOSE = 1e-9


def test_mpi_of_european_regions() -> None:
    """Compind was run with roads as less is better, trains as more is better.

    Its "NEG" adds the penalty and its "POS" subtracts it.
    """
    table = rows("mpi/mpi_eu_nuts1.csv")
    z = z_scores(matrix(table, ["roads", "trains"]), np.array([-1, 1]), mean=100, sd=10)
    assert furthest(z, matrix(table, ["z.roads", "z.trains"])) < CLOSE
    assert furthest(mazziotta_pareto(z, penalty=1), column(table, "mpi_NEG")) < CLOSE
    assert furthest(mazziotta_pareto(z, penalty=-1), column(table, "mpi_POS")) < CLOSE


def test_adjusted_mpi_over_two_years() -> None:
    """Both years on one scale, with references 50 and 100; the index is published to 3 digits."""
    table = rows("mpi/ampi_eu2020_compind.csv")
    years = np.stack(
        [matrix(table, [f"employ_{year}", f"finalenergy_{year}"]) for year in (2010, 2011)]
    )
    scaled = around_reference(
        years, np.array([50.0, 100.0]), years.min(axis=(0, 1)), years.max(axis=(0, 1))
    )
    index = mazziotta_pareto(scaled, ddof=0)
    for at, year in enumerate((2010, 2011)):
        assert index[at] == pytest.approx(column(table, f"ampi.{year}"), abs=5.001e-4)
        penalty = scaled[at].mean(axis=-1) - index[at]
        assert furthest(penalty, column(table, f"pen.V{at + 1}")) < CLOSE
