"""The model of unobserved components against R: factanal, and optim where values are missing."""

import csv
from pathlib import Path

import numpy as np

from tests.shared import shared
from troth.score.unobserved import estimate, fit

FOLDER = "conformance/methods/ucm"
TOLERANCE = 1e-5


def rows(name: str) -> list[dict[str, str]]:
    with Path(shared(f"{FOLDER}/{name}")).open(newline="") as file:
        return list(csv.DictReader(file))


def columns(table: list[dict[str, str]], *names: str) -> np.ndarray:
    return np.array([[float(row[name] or "nan") for name in names] for row in table])


SOURCES = ("Physical", "ConEcFin", "Political", "Instit", "P2P")


def test_complete_data_give_the_factor_analysis_of_r() -> None:
    values = columns(rows("ucm_input.csv"), *SOURCES)
    model = fit(values)
    found = estimate(values, model)
    expected = columns(
        rows("ucm_factanal_asem_conn_pillars_params.csv"),
        "loading", "uniqueness", "ucm_sigma2", "ucm_weight",
    )  # fmt: skip
    spread = values.std(axis=0)
    computed = np.column_stack(
        [model.beta / spread, model.psi / spread**2, model.sigma2, found.weights[0]]
    )
    np.testing.assert_allclose(computed, expected, rtol=TOLERANCE)
    scores = columns(rows("ucm_factanal_asem_conn_pillars_scores.csv"), "score", "se")
    np.testing.assert_allclose(found.standard_error, scores[:, 1], rtol=TOLERANCE)
    # R standardises the sources with n-1 before it scores, the likelihood with n.
    units = len(values)
    np.testing.assert_allclose(
        found.estimate * np.sqrt((units - 1) / units), scores[:, 0], atol=TOLERANCE
    )


def test_missing_values_give_the_likelihood_that_r_finds() -> None:
    values = columns(rows("ucm_input_masked20.csv"), *SOURCES)
    assert 0.1 < np.isnan(values).mean() < 0.3
    model = fit(values)
    expected = rows("ucm_masked20_expected_params.csv")
    computed = np.column_stack([model.alpha, model.beta, model.psi, model.sigma2])
    np.testing.assert_allclose(
        computed, columns(expected, "alpha", "beta", "psi", "sigma2"), rtol=TOLERANCE
    )
    np.testing.assert_allclose(model.log_likelihood, float(expected[0]["loglik"]), rtol=1e-9)
    found = estimate(values, model)
    scores = columns(rows("ucm_masked20_expected_scores.csv"), "score", "se", "n_sources")
    np.testing.assert_allclose(found.estimate, scores[:, 0], atol=TOLERANCE)
    np.testing.assert_allclose(found.standard_error, scores[:, 1], atol=TOLERANCE)
    np.testing.assert_array_equal(found.sources, scores[:, 2])
