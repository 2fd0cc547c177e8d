"""The percentile bands that the World Bank published for 2019, all of them."""

import csv
from collections import defaultdict
from pathlib import Path

import numpy as np

from tests.shared import shared
from troth.score.unobserved import percentile_bands


def test_all_published_bands_come_out() -> None:
    by_indicator = defaultdict(list)
    path = Path(shared("conformance/methods/wgi/wgi_2020update_year2019.csv"))
    with path.open(newline="") as file:
        for row in csv.DictReader(file):
            by_indicator[row["indicator"]].append(
                [float(row[name]) for name in ("Estimate", "StdErr", "Rank", "Lower", "Upper")]
            )
    compared = 0
    for table in by_indicator.values():
        estimates, errors, rank, lower, upper = np.array(table).T
        found = percentile_bands(estimates, errors)
        # Published in single precision.
        np.testing.assert_allclose(found.lower, lower, rtol=0, atol=1e-5)
        np.testing.assert_allclose(found.upper, upper, rtol=0, atol=1e-5)
        unequal = np.array([np.sum(estimates == own) == 1 for own in estimates])
        np.testing.assert_allclose(found.rank[unequal], rank[unequal], rtol=0, atol=1e-5)
        compared += len(table)
    assert compared == 1_251
