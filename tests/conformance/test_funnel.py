"""Funnel limits and over-dispersion against an independent program (conformance/methods/funnel)."""

import csv

import numpy as np
import pytest

from tests.shared import shared
from troth.score import funnel

TOLERANCE = 1e-9


def table(name: str) -> dict[str, np.ndarray]:
    with shared(f"conformance/methods/funnel/{name}").open() as lines:
        rows = list(csv.DictReader(lines))
    return {k: np.array([float(row[k]) for row in rows]) for k in rows[0] if k != "unit"}


def test_exact_limits_with_interpolation() -> None:
    given = table("funnel_binomial_limits_surgical.csv")
    found = funnel.limits(given["n"], given["theta0"][0], (0.001, 0.025, 0.975, 0.999))
    for column, name in enumerate(("lo_0.001", "lo_0.025", "up_0.975", "up_0.999")):
        assert np.allclose(found[:, column], given[name], rtol=0, atol=TOLERANCE), name


def test_over_dispersion_of_shares() -> None:
    given = table("funnel_overdispersion_surgical.csv")
    found = funnel.dispersion(given["r"], given["n"])
    assert found.phi == pytest.approx(given["phi"][0], abs=TOLERANCE)
    assert found.phi_winsorised == pytest.approx(given["phi_winsor"][0], abs=TOLERANCE)
    assert found.between == pytest.approx(given["tau2"][0], abs=TOLERANCE)
    for mine, name in (
        (found.error, "s"),
        (found.z, "z_naive"),
        (found.z_winsorised, "z_winsor10"),
        (found.multiplicative, "z_multiplicative"),
        (found.additive, "z_additive"),
    ):
        assert np.allclose(mine, given[name], rtol=0, atol=TOLERANCE), name


def test_over_dispersion_of_arcsines() -> None:
    given, hospitals = (
        table("funnel_arcsine_surgical.csv"),
        table("funnel_overdispersion_surgical.csv"),
    )
    found = funnel.dispersion(hospitals["r"], hospitals["n"], scale=funnel.Scale.ARCSINE)
    assert found.phi_winsorised == pytest.approx(given["phi_w"][0], abs=TOLERANCE)
    assert found.between == pytest.approx(given["tau2"][0], abs=TOLERANCE)
    for mine, name in (
        (found.error, "s"),
        (found.z, "z"),
        (found.z_winsorised, "z_winsor"),
        (found.additive, "z_random"),
    ):
        assert np.allclose(mine, given[name], rtol=0, atol=TOLERANCE), name
