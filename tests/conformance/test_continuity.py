"""Contracts and terms of office (made, seed 20250101, true hazard ratio 1.8) against R."""

import numpy as np
import pytest

from tests.conformance.reference import picked, table
from troth.measure import cox, exposure, rates

AS_OF = np.datetime64("9999-01-01")


def numbered(names: np.ndarray) -> np.ndarray:
    return np.array([int(name[1:]) for name in names])


def contracts() -> tuple[np.ndarray, ...]:
    found = table("continuity/contracts.csv")
    signed = found["signed_day"].astype("datetime64[D]")
    ended = (found["signed_day"] + found["time"]).astype("datetime64[D]")
    return numbered(found["body_id"]), signed, ended, found["broken"] == 1


def changes() -> tuple[exposure.Changes, np.ndarray]:
    found = table("continuity/terms.csv")
    body = numbered(found["body_id"])
    start = found["start_day"].astype("datetime64[D]")
    end = np.where(np.isnan(found["end_day"]), np.nan, found["end_day"]).astype("datetime64[D]")
    known = exposure.known_from(body, start, body.max() + 1)
    return exposure.changes(body, start, end, AS_OF), known


def rows() -> exposure.Rows:
    change, known = changes()
    return exposure.rows(*contracts(), change, AS_OF, known)


def test_the_start_stop_table_is_identical() -> None:
    found, expected = rows(), table("continuity/start_stop_expected.csv")
    assert found.left_out == 0
    assert np.array_equal(found.contract + 1, numbered(expected["contract_id"]))
    assert np.array_equal(found.body, numbered(expected["body_id"]))
    assert np.array_equal(found.start, expected["start"])
    assert np.array_equal(found.stop, expected["stop"])
    assert np.array_equal(found.event, expected["event"])
    assert np.array_equal(found.soon, expected["post_change_365"])
    assert np.array_equal(found.exposed, expected["post_change_any"])


def test_person_time_rates() -> None:
    found, expected = rates.person_time(rows(), 41), table("continuity/person_time_rates.csv")
    assert found.days.sum() == expected["days"][0]
    assert found.days_exposed.sum() == expected["days"][1]
    assert found.events.sum() == expected["event"][0]
    assert found.events_exposed.sum() == expected["event"][1]
    assert 1000 * found.events_exposed.sum() / found.days_exposed.sum() == pytest.approx(
        expected["rate_per_1000d"][1], abs=1e-12
    )


def test_the_exact_ratio_of_rates() -> None:
    found, expected = rates.pooled(rows()), table("continuity/poisson_rate_ratio.csv")
    assert found.value == pytest.approx(expected["rate_ratio"][0], abs=1e-10)
    assert found.low == pytest.approx(expected["lo"][0], abs=1e-9)
    assert found.high == pytest.approx(expected["hi"][0], abs=1e-9)
    assert found.p == pytest.approx(expected["p"][0], rel=1e-6)


def expected_of(model: str) -> dict[str, np.ndarray]:
    found = table("continuity/cox_expected.csv")
    return picked(found, found["model"] == model)


def assert_fit(found: cox.Fit, model: str) -> None:
    expected = expected_of(model)
    close = {"rtol": 0, "atol": 1e-6}
    assert np.allclose(found.coef, expected["coef"], **close)
    assert np.allclose(found.hazard_ratio, expected["hr"], **close)
    assert np.allclose(found.std_err, expected["se"], **close)
    assert np.allclose(found.low, expected["lo95"], **close)
    assert np.allclose(found.high, expected["hi95"], **close)
    assert np.allclose(found.p, expected["p"], **close)
    assert found.loglik == pytest.approx(expected["loglik"][0], abs=1e-6)
    assert found.n_events == expected["n_events"][0]


def covariates(found: exposure.Rows, exposed: np.ndarray) -> np.ndarray:
    log_value = table("continuity/contracts.csv")["log_value"]
    return np.stack([exposed, log_value[found.contract]], axis=1)


def test_the_hazard_ratio_of_the_first_year_after_a_change() -> None:
    found = rows()
    x = covariates(found, found.soon)
    fitted = cox.fit(found.stop, found.event, x, start=found.start)
    assert fitted.hazard_ratio[0] == pytest.approx(1.65344061030055, abs=1e-9)
    assert_fit(fitted, "TVC post365")


def test_the_same_with_bodies_as_clusters_and_as_strata() -> None:
    found = rows()
    x = covariates(found, found.soon)
    clustered = cox.fit(found.stop, found.event, x, start=found.start, cluster=found.body)
    assert_fit(clustered, "TVC post365 cluster body")
    robust = expected_of("TVC post365 cluster body")["robust_se"]
    assert np.allclose(clustered.robust_std_err, robust, rtol=0, atol=1e-8)
    within = cox.fit(found.stop, found.event, x, start=found.start, stratum=found.body)
    assert_fit(within, "TVC post365 strata body")


def test_the_hazard_ratio_of_any_time_after_a_change() -> None:
    found = rows()
    x = covariates(found, found.exposed)
    assert_fit(cox.fit(found.stop, found.event, x, start=found.start), "TVC any")


def test_the_fixed_form_finds_the_opposite_and_is_refused() -> None:
    """Finding 1: 'ever saw a change' gives 0.21; the rows that would give it cannot be made."""
    _, signed, ended, broken = contracts()
    found = rows()
    ever = np.zeros(len(signed))
    ever[found.contract[found.exposed]] = 1
    log_value = table("continuity/contracts.csv")["log_value"]
    length = (ended - signed).astype(float)
    naive = cox.fit(length, broken, np.stack([ever, log_value], axis=1))
    assert_fit(naive, "NAIVE fixed ever-changed (immortal-time biased)")

    first_change = np.full(len(signed), np.nan)
    first_change[found.contract] = found.first_change
    nothing = np.zeros(len(signed), bool)
    with pytest.raises(exposure.ImmortalTimeError, match=r"0\.21.*1\.65"):
        exposure.Rows(
            contract=np.arange(len(signed)),
            body=found.body,
            start=np.zeros(len(signed)),
            stop=length,
            event=broken,
            soon=nothing,
            later=ever == 1,
            first_change=first_change,
            left_out=0,
        )
