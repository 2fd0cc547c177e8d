"""Sets of ranks against an independent program on PISA 2018 (conformance/methods/csranks).

The reference is a bootstrap with other random numbers: one rank either way is allowed.
"""

import csv

import numpy as np
import pytest

from tests.shared import shared
from troth.score import ranks


@pytest.fixture(scope="module")
def given() -> dict[str, np.ndarray]:
    path = shared("conformance/methods/csranks/csranks_pisa_math_R20000_seed101.csv")
    with path.open() as lines:
        rows = list(csv.DictReader(lines))
    return {k: np.array([float(row[k]) for row in rows]) for k in rows[0] if k != "jurisdiction"}


@pytest.mark.parametrize(("sets", "name"), [("marginal", "marg"), ("simultaneous", "sim")])
def test_countries_in_mathematics(given: dict[str, np.ndarray], sets: str, name: str) -> None:
    rng = np.random.Generator(np.random.PCG64(101))
    found = getattr(ranks, sets)(
        given["math_score"], given["math_se"], rng, level=0.95, draws=20_000
    )
    assert found.rank.tolist() == given["rank"].tolist()
    low, high = given[f"{name}_L"], given[f"{name}_U"]
    assert np.abs(found.low - low).max() <= 1
    assert np.abs(found.high - high).max() <= 1
    # Nearly all are the very same.
    assert np.count_nonzero((found.low != low) | (found.high != high)) <= 2
