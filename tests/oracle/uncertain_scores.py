"""Scores of exact draws, one after the other, in double precision and by the plain functions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from troth.score.aggregate import places
from troth.score.posterior import Posterior, draw
from troth.score.variants import DEFAULT, Method, Variant, hold_scales, score


def score_draws(
    posterior: Posterior, method: Method, picked: Sequence[Variant], seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """As `uncertainty.score_draws`: by the headline, and by the variant picked for each draw."""
    random = np.random.default_rng(seed)
    data, varied = [], []
    for variant in picked:
        values = draw(posterior, random)
        data.append(score(method, DEFAULT, values, posterior.imputed))
        varied.append(score(method, variant, values, posterior.imputed))
    return np.stack(data), np.stack(varied)


def refitted(
    posterior: Posterior, method: Method, picked: Sequence[Variant], seed: int
) -> np.ndarray:
    """As above by the variant, with scales found anew in each draw instead of held."""
    random = np.random.default_rng(seed)
    found = []
    for variant in picked:
        values = draw(posterior, random)
        own = replace(method, scales=hold_scales(method.index, values))
        found.append(score(own, variant, values, posterior.imputed))
    return np.stack(found)


def interval(scores: np.ndarray) -> np.ndarray:
    """Median, 5th and 95th percentile of each column."""
    return np.quantile(scores, (0.5, 0.05, 0.95), axis=0)


def ranks(scores: np.ndarray) -> np.ndarray:
    return np.stack([places(row) for row in scores])
