"""Shrinkage against published data and an independent program (conformance/methods/ebayes)."""

import csv

import numpy as np
import pytest

from tests.shared import shared
from troth.measure import priors, shrink


def table(name: str) -> dict[str, np.ndarray]:
    with shared(f"conformance/methods/ebayes/{name}").open() as lines:
        rows = list(csv.DictReader(lines))
    names = [key for key in rows[0] if key not in {"unit", "player"}]
    return {key: np.array([float(row[key]) for row in rows]) for key in names}


def test_twelve_hospitals_by_maximum_likelihood() -> None:
    given = table("betabinomial_surgical.csv")
    found = shrink.beta_binomial(given["r"], given["n"], prior_known=True, level=0.95)
    mean, size = float(found.prior.mean[0]), float(found.prior.size[0])
    assert mean * size == pytest.approx(given["alpha"][0], rel=1e-5)
    assert (1 - mean) * size == pytest.approx(given["beta"][0], rel=1e-5)
    assert np.allclose(found.estimate, given["post_mean"], rtol=0, atol=1e-5)
    assert np.allclose(found.low, given["q025"], rtol=0, atol=1e-5)
    assert np.allclose(found.high, given["q975"], rtol=0, atol=1e-5)
    # The reference leaves out nothing of the likelihood; ours leaves out the binomial coefficient.
    known = priors.cells(given["r"], given["n"], None)
    at = priors.beta_binomial(known)
    log = at.value(np.array([np.log(mean / (1 - mean))]), np.array([np.log(size)]))[0]
    from scipy.special import gammaln

    r, n = given["r"], given["n"]
    log += (gammaln(n + 1) - gammaln(r + 1) - gammaln(n - r + 1)).sum()
    assert log == pytest.approx(given["loglik"][0], abs=1e-5)


def test_twelve_hospitals_by_moments() -> None:
    given, hospitals = table("betabinomial_surgical_mom.csv"), table("betabinomial_surgical.csv")
    known = priors.cells(hospitals["r"], hospitals["n"], None)
    pooled = np.array([hospitals["r"].sum() / hospitals["n"].sum()])
    assert pooled[0] == pytest.approx(given["pooled_p"][0], abs=1e-12)
    assert shrink.moment_size(known, pooled)[0] == pytest.approx(given["M"][0], rel=1e-5)


def test_eighteen_batters_are_nearer_to_their_season_once_shrunk() -> None:
    """James and Stein's factor .212 is the (k - 3) version; ours is Paule and Mandel's, and it too
    comes nearer to the remainder of the season than the averages of the first 45 at bats."""
    given = table("efron_morris_baseball.csv")
    y = given["y45"]
    error = np.full(18, np.sqrt(y.mean() * (1 - y.mean()) / 45))
    squares = ((y - y.mean()) ** 2).sum()
    factor = 1 - 15 * error[0] ** 2 / squares
    assert np.allclose(
        y.mean() + factor * (y - y.mean()), given["js_untransformed"], rtol=0, atol=1e-3
    )
    found = shrink.normal_normal(y, error)
    # In the balanced case Paule and Mandel's factor has k - 1 where James and Stein's has k - 3.
    assert found.reliability[0] == pytest.approx(max(0, 1 - 17 * error[0] ** 2 / squares))
    raw = ((y - given["remainder"]) ** 2).sum()
    assert ((found.estimate - given["remainder"]) ** 2).sum() < raw / 2
