"""Survival against R's `survival` 3.5-3; tolerance 1e-8, Cox 1e-6 (PROVENANCE)."""

import numpy as np
import pytest

from tests.conformance.reference import Columns, picked, table
from troth.measure import cox, survival

LUNG = "survival/lung.csv"


def lung(sex: int | None = None) -> Columns:
    rows = table(LUNG)
    return rows if sex is None else picked(rows, rows["sex"] == sex)


def assert_curve(found: survival.Curve, expected: Columns) -> None:
    close = {"rtol": 0, "atol": 1e-10}
    assert np.array_equal(found.time, expected["time"])
    assert np.array_equal(found.at_risk, expected["n_risk"])
    assert np.array_equal(found.events, expected["n_event"])
    assert np.allclose(found.survival, expected["surv"], **close)
    assert np.allclose(found.std_err, expected["std_err"], **close)
    assert np.allclose(found.low, expected["lower95"], **close)
    assert np.allclose(found.high, expected["upper95"], **close)


def test_kaplan_meier_of_everybody() -> None:
    rows = lung()
    assert_curve(
        survival.kaplan_meier(rows["time"], rows["status"] == 2),
        table("survival/km_lung_all_loglog.csv"),
    )


@pytest.mark.parametrize("sex", [1, 2])
def test_kaplan_meier_by_sex(sex: int) -> None:
    rows, expected = lung(sex), table("survival/km_lung_bysex_loglog.csv")
    assert_curve(
        survival.kaplan_meier(rows["time"], rows["status"] == 2),
        picked(expected, expected["strata"] == f"sex={sex}"),
    )


@pytest.mark.parametrize("sex", [1, 2])
def test_medians(sex: int) -> None:
    """R's own default interval is on the scale of log S; the ends asked here are log(-log S)."""
    rows, expected = lung(sex), table("survival/km_lung_bysex_median.csv")
    found = survival.quantile(survival.kaplan_meier(rows["time"], rows["status"] == 2))
    assert found.value == expected["median"][sex - 1]
    by_sex = table("survival/km_lung_bysex_loglog.csv")
    of = picked(by_sex, by_sex["strata"] == f"sex={sex}")
    assert found.low == of["time"][np.argmax(of["lower95"] <= 0.5)]
    assert found.high == of["time"][np.argmax(of["upper95"] <= 0.5)]


@pytest.mark.parametrize("sex", [1, 2])
def test_restricted_mean_and_its_own_standard_error(sex: int) -> None:
    rows, expected = lung(sex), table("survival/km_lung_bysex_rmst365.csv")
    curve = survival.kaplan_meier(rows["time"], rows["status"] == 2)
    found = survival.restricted_mean(curve, 365)
    assert found.value == pytest.approx(expected["rmean"][sex - 1], abs=1e-10)
    assert found.std_err == pytest.approx(expected["se.rmean."][sex - 1], abs=1e-10)


def test_restricted_mean_to_the_end_of_the_curve() -> None:
    rows, expected = lung(1), table("survival/km_lung_bysex_median.csv")
    curve = survival.kaplan_meier(rows["time"], rows["status"] == 2)
    found = survival.restricted_mean(curve, rows["time"].max())
    assert found.value == pytest.approx(expected["rmean"][0], abs=1e-8)
    assert found.std_err == pytest.approx(expected["se.rmean."][0], abs=1e-8)


def test_log_rank_of_two_groups() -> None:
    rows, expected = lung(), table("survival/logrank_lung_sex.csv")
    found = survival.log_rank(rows["time"], rows["status"] == 2, rows["sex"])
    assert found.chi_square == pytest.approx(10.3267419548856, abs=1e-10)
    assert found.p == pytest.approx(expected["p"][0], rel=1e-10)
    assert found.observed.tolist() == [expected["obs1"][0], expected["obs2"][0]]
    assert found.expected == pytest.approx([expected["exp1"][0], expected["exp2"][0]], abs=1e-10)
    assert found.variance[0, 0] == pytest.approx(expected["var11"][0], abs=1e-10)


def test_log_rank_of_four_groups_and_within_strata() -> None:
    rows, expected = table("survival/veteran.csv"), table("survival/logrank_veteran.csv")
    four = survival.log_rank(rows["time"], rows["status"], rows["celltype"])
    within = survival.log_rank(rows["time"], rows["status"], rows["trt"], stratum=rows["celltype"])
    for found, line in ((four, 0), (within, 1)):
        assert found.chi_square == pytest.approx(expected["chisq"][line], abs=1e-10)
        assert found.degrees == expected["df"][line]
        assert found.p == pytest.approx(expected["p"][line], rel=1e-9)


@pytest.mark.parametrize("sex", ["F", "M"])
def test_competing_events(sex: str) -> None:
    rows, expected = (
        table("survival/mgus2_competing.csv"),
        table("survival/aalen_johansen_mgus2_sex.csv"),
    )
    rows = picked(rows, rows["sex"] == sex)
    expected = picked(expected, expected["strata"] == f"sex={sex}")
    code = {"censor": 0, "pcm": 1, "death": 2}
    cause = np.array([code[event] for event in rows["event"]])
    found = survival.aalen_johansen(rows["etime"], cause, expected["time"])
    assert found.causes == (1, 2)
    assert np.allclose(found.free, expected["p_event_free"], atol=1e-12)
    assert np.allclose(found.value[:, 0], expected["cif_pcm"], atol=1e-12)
    assert np.allclose(found.value[:, 1], expected["cif_death"], atol=1e-12)
    assert np.allclose(found.std_err[:, 0], expected["se_pcm"], atol=1e-10)
    assert np.allclose(found.std_err[:, 1], expected["se_death"], atol=1e-10)
    assert found.at_risk.tolist() == expected["n_risk"].tolist()


def assert_cox(found: cox.Fit, model: str, *, exactly: float = 1e-6) -> None:
    expected = table("survival/cox_models.csv")
    expected = picked(expected, expected["model"] == model)
    assert found.problem == ""
    assert np.allclose(found.coef, expected["coef"], atol=exactly)
    assert np.allclose(found.hazard_ratio, expected["exp_coef"], atol=exactly)
    assert np.allclose(found.std_err, expected["se"], atol=exactly)
    assert found.loglik_null == pytest.approx(expected["loglik0"][0], abs=exactly)
    assert found.loglik == pytest.approx(expected["loglik1"][0], abs=exactly)
    assert (found.n, found.n_events) == (expected["n"][0], expected["nevent"][0])
    assert np.allclose(found.low, expected["lower95"], atol=exactly)
    assert np.allclose(found.high, expected["upper95"], atol=exactly)
    assert np.allclose(found.z, expected["z"], atol=1e-5)
    assert np.allclose(found.p, expected["p"], atol=exactly)


def test_cox_with_ties() -> None:
    rows = lung()
    rows = picked(rows, ~np.isnan(rows["ph.ecog"]))
    x = np.stack([rows["age"], rows["sex"], rows["ph.ecog"]], axis=1)
    assert_cox(cox.fit(rows["time"], rows["status"] == 2, x), "lung efron")


def heart(*columns: str) -> tuple[Columns, np.ndarray]:
    rows = table("survival/heart_start_stop.csv")
    made = [np.prod([rows[name] for name in column.split(":")], axis=0) for column in columns]
    return rows, np.stack(made, axis=1)


@pytest.mark.parametrize(
    ("model", "columns"),
    [
        ("heart TVC efron", ("age", "year", "surgery", "transplant")),
        ("heart TVC transplant only", ("transplant",)),
        (
            "heart TVC interactions efron",
            ("age", "surgery", "transplant", "year", "age:transplant", "surgery:transplant"),
        ),
    ],
)
def test_cox_with_covariates_that_change(model: str, columns: tuple[str, ...]) -> None:
    rows, x = heart(*columns)
    assert_cox(cox.fit(rows["stop"], rows["event"], x, start=rows["start"]), model)


def test_cox_with_clusters() -> None:
    rows, x = heart("age", "year", "surgery", "transplant")
    found = cox.fit(rows["stop"], rows["event"], x, start=rows["start"], cluster=rows["id"])
    model = "heart TVC cluster-robust by id"
    assert_cox(found, model)
    expected = table("survival/cox_models.csv")
    robust = expected["robust_se"][expected["model"] == model]
    assert np.allclose(found.robust_std_err, robust, atol=1e-8)
    assert found.clusters == 103


def test_cox_within_strata() -> None:
    rows = table("survival/veteran.csv")
    x = np.stack([rows["trt"], rows["karno"]], axis=1)
    found = cox.fit(rows["time"], rows["status"], x, stratum=rows["celltype"])
    assert_cox(found, "veteran strat celltype")


def test_whether_hazards_stay_proportional() -> None:
    rows, expected = (
        table("survival/veteran.csv"),
        table("survival/coxzph_veteran_trt_karno_age.csv"),
    )
    x = np.stack([rows["trt"], rows["karno"], rows["age"]], axis=1)
    found = cox.proportional(cox.fit(rows["time"], rows["status"], x))
    assert np.allclose([*found.chi_square, found.overall], expected["chisq"], atol=1e-8)
    assert np.allclose([*found.p, found.overall_p], expected["p"], atol=1e-8)
