"""Krippendorff's alpha against published examples (conformance/methods/agreement)."""

import csv

import numpy as np
import pytest

from tests.shared import shared
from troth.measure.agreement import Scale, krippendorff

#: File, scale, published value (PROVENANCE, agreement).
PUBLISHED = [
    ("K2011_4x12", Scale.NOMINAL, 0.743),
    ("K2011_4x12", Scale.ORDINAL, 0.815),
    ("K2011_4x12", Scale.INTERVAL, 0.849),
    ("K2011_4x12", Scale.RATIO, 0.797),
    ("wiki_3x15", Scale.NOMINAL, 0.691),
    ("wiki_3x15", Scale.INTERVAL, 0.811),
    ("K2011_binary_2x10", Scale.NOMINAL, 0.095),
]


def ratings(name: str) -> np.ndarray:
    with shared(f"conformance/methods/agreement/{name}.csv").open() as lines:
        rows = list(csv.reader(lines))[1:]
    return np.array([[float(cell) if cell else np.nan for cell in row[1:]] for row in rows])


@pytest.mark.parametrize(("name", "scale", "published"), PUBLISHED)
def test_published_alphas(name: str, scale: Scale, published: float) -> None:
    rng = np.random.Generator(np.random.PCG64(1))
    found = krippendorff(ratings(name), scale, rng, resamples=0)
    assert found.alpha == pytest.approx(published, abs=5e-4)
