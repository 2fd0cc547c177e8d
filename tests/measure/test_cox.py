"""The Cox model: hazards that differ, whatever their course."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.oracle import waiting
from troth.errors import UsageError
from troth.measure import cox, exposure
from troth.measure.exposure import Changes


def made(n: int = 400, effect: float = 0.7, seed: int = 3) -> tuple[np.ndarray, ...]:
    generator = np.random.Generator(np.random.PCG64(seed))
    x = np.stack([generator.integers(0, 2, n), generator.normal(size=n)], axis=1)
    start = generator.integers(0, 50, n).astype(float)
    life = np.ceil(generator.exponential(80 / np.exp(effect * x[:, 0])))
    seen = generator.integers(1, 200, n)
    return start + np.minimum(life, seen), life <= seen, x, start


def test_the_estimate_is_where_the_likelihood_is_highest() -> None:
    stop, event, x, start = made(60)
    found = cox.fit(stop, event, x, start=start)
    rows = list(zip(start, stop, event, strict=True))
    assert found.loglik == pytest.approx(waiting.cox_loglik(rows, x, found.coef), abs=1e-9)
    assert found.loglik_null == pytest.approx(waiting.cox_loglik(rows, x, 0 * found.coef))
    for step in (-1e-3, 1e-3):
        for at in range(2):
            beside = found.coef + step * np.eye(2)[at]
            assert waiting.cox_loglik(rows, x, beside) < found.loglik


def test_strata_have_hazards_of_their_own() -> None:
    stop, event, x, start = made(60)
    stratum = np.arange(60) % 3
    found = cox.fit(stop, event, x, start=start, stratum=stratum)
    rows = list(zip(start, stop, event, strict=True))
    expected = waiting.cox_loglik(rows, x, found.coef, stratum.tolist())
    assert found.loglik == pytest.approx(expected, abs=1e-9)


def test_a_made_effect_is_found() -> None:
    stop, event, x, start = made(4000, effect=0.7)
    found = cox.fit(stop, event, x, start=start, names=("exposed", "size"))
    assert found.names == ("exposed", "size")
    assert found.low[0] < np.exp(0.7) < found.high[0]
    assert found.low[1] < 1 < found.high[1]
    assert cox.proportional(found).overall_p > 0.01


def test_a_hazard_ratio_that_fades_is_noticed() -> None:
    generator = np.random.Generator(np.random.PCG64(5))
    x = generator.integers(0, 2, 3000)
    # Four times the hazard in the first 30 days, the same afterwards.
    early = np.ceil(generator.exponential(np.where(x == 1, 25.0, 100.0)))
    late = 30 + np.ceil(generator.exponential(100.0, 3000))
    days = np.where(early <= 30, early, late)
    found = cox.proportional(cox.fit(days, np.ones(3000, bool), x))
    assert found.p[0] < 1e-6


def test_the_sandwich_is_how_the_estimate_moves_without_each_cluster() -> None:
    stop, event, x, start = made(600)
    cluster = np.arange(600) % 60
    found = cox.fit(stop, event, x, start=start, cluster=cluster)
    moved = []
    for one in range(60):
        rest = cluster != one
        without = cox.fit(stop[rest], event[rest], x[rest], start=start[rest])
        moved.append(without.coef - found.coef)
    spread = np.sqrt((np.array(moved) ** 2).sum(axis=0))
    assert found.robust_std_err == pytest.approx(spread, rel=0.1)
    assert found.clusters == 60
    assert found.z == pytest.approx(found.coef / found.robust_std_err)


def test_the_hazard_after_a_change_of_office() -> None:
    """What is asked by contract is laid out by row; bodies are the clusters."""
    generator = np.random.Generator(np.random.PCG64(9))
    body = generator.integers(0, 20, 300)
    signed = np.datetime64("2020-01-01") + generator.integers(0, 900, 300)
    ended = signed + generator.integers(1, 900, 300)
    breached = generator.random(300) < 0.5
    changes = Changes(np.arange(20), np.datetime64("2021-06-01") + np.arange(20) * 7)
    found = exposure.rows(body, signed, ended, breached, changes, np.datetime64("2026-01-01"))
    size, kind = generator.normal(size=(300, 1)), np.arange(300) % 2
    fitted = cox.after_change(found, size, names=("size",), stratum=kind)
    x = np.stack([found.soon, found.later, size[found.contract, 0]], axis=1)
    by_hand = cox.fit(
        found.stop, found.event, x, start=found.start, stratum=kind[found.contract],
        cluster=found.body,
    )  # fmt: skip
    assert fitted.names == ("soon", "later", "size")
    assert fitted.coef.tolist() == by_hand.coef.tolist()
    assert fitted.robust_std_err.tolist() == by_hand.robust_std_err.tolist()
    assert fitted.clusters == 20
    assert cox.after_change(found).names == ("soon", "later")


@given(st.integers(0, 40), st.integers(1, 60))
def test_a_row_cut_at_a_date_does_not_change_the_likelihood(row: int, day: int) -> None:
    stop, event, x, start = made(60)
    assume(start[row] < day < stop[row])
    whole = cox.fit(stop, event, x, start=start)
    parts = cox.fit(
        np.append(np.where(np.arange(60) == row, day, stop), stop[row]),
        np.append(np.where(np.arange(60) == row, False, event), event[row]),
        np.concatenate([x, x[row : row + 1]]),
        start=np.append(start, day),
    )
    assert parts.loglik == pytest.approx(whole.loglik, abs=1e-9)
    assert parts.coef == pytest.approx(whole.coef, abs=1e-8)
    assert parts.std_err == pytest.approx(whole.std_err, abs=1e-8)


@given(st.permutations(range(40)), st.floats(0.01, 100))
def test_order_and_unit_do_not_matter(order: list[int], unit: float) -> None:
    stop, event, x, start = made(40)
    found = cox.fit(stop, event, x, start=start)
    other = cox.fit(stop[order], event[order], x[order] * unit, start=start[order])
    assert other.coef * unit == pytest.approx(found.coef, abs=1e-8)
    assert other.loglik == pytest.approx(found.loglik, abs=1e-9)


def test_without_events_nothing_is_estimated() -> None:
    found = cox.fit(np.array([1.0, 2.0]), np.array([False, False]), np.array([0.0, 1.0]))
    assert found.problem == "no event happened"
    assert np.isnan(found.coef).all() and np.isnan(found.low).all()
    assert np.isnan(cox.proportional(found).overall)


def test_a_covariate_that_never_differs_is_not_estimated() -> None:
    found = cox.fit(np.array([1.0, 2.0, 3.0]), np.ones(3, bool), np.ones(3))
    assert "does not vary" in found.problem
    assert np.isnan(found.hazard_ratio).all()


def test_an_estimate_that_runs_away_is_withheld() -> None:
    """All exposed rows end first: no finite ratio is large enough."""
    days = np.arange(1.0, 21.0)
    found = cox.fit(days, np.ones(20, bool), days <= 10)
    assert "infinity" in found.problem
    assert np.isnan(found.coef).all()


def test_an_unknown_covariate_is_refused() -> None:
    with pytest.raises(UsageError, match="Row 1 has a covariate that is unknown"):
        cox.fit(np.array([1.0, 2.0]), np.array([1, 1]), np.array([0.0, np.nan]))


def test_large_values_of_a_covariate_do_no_harm() -> None:
    stop, event, x, start = made(200)
    found = cox.fit(stop, event, x, start=start)
    moved = cox.fit(stop, event, x * 1e6 + 1e9, start=start)
    assert moved.coef * 1e6 == pytest.approx(found.coef, rel=1e-5)
