"""Posteriors of bodies that nobody is: for timing, and always the same."""

from __future__ import annotations

import numpy as np

from troth.score.posterior import Family, Posterior
from troth.score.variants import Index

PILLARS = ("C", "I", "D", "T", "P")
INDICATORS_IN_A_PILLAR = 22

#: What the headline may leave out (METHODS E): indicators of the first and the third pillar.
OPTIONAL = ("C02", "D07")

#: What variants leave out: nothing, each pillar, each optional indicator.
EXCLUDED = (None, *PILLARS, *OPTIONAL)

IMPUTED, UNKNOWN = 0.08, 0.05


def index() -> Index:
    """110 indicators in five pillars: in each, the last four on an own unit, the others shares."""
    names = [f"{p}{n:02d}" for p in PILLARS for n in range(1, INDICATORS_IN_A_PILLAR + 1)]
    pillars = [name[0] for name in names]
    shares = np.array([int(name[1:]) <= INDICATORS_IN_A_PILLAR - 4 for name in names])
    falling = np.arange(len(names)) % 3 == 0
    low, high = np.where(shares, 0.1, -2.0), np.where(shares, 0.95, 2.0)
    budget = 1.0 + np.arange(len(names)) % 5
    return Index(
        tuple(names),
        tuple(pillars),
        np.where(falling, high, low),
        np.where(falling, low, high),
        budget,
    )


def posterior(bodies: int, seed: int) -> Posterior:
    """Bodies of any size, of a quality that shows in all indicators and most in their own pillar."""
    random = np.random.Generator(np.random.PCG64(seed))
    scored = index()
    n = len(scored.indicators)
    quality = random.normal(size=(bodies, 1))
    by_pillar = random.normal(size=(bodies, len(PILLARS)))
    own = np.repeat(by_pillar, INDICATORS_IN_A_PILLAR, axis=1)
    level = 0.5 * quality + 0.5 * own + 0.7 * random.normal(size=(bodies, n))
    level = np.where(scored.best > scored.worst, level, -level)
    cases = random.lognormal(4, 1.2, size=(bodies, 1)) + 10
    share = 1 / (1 + np.exp(-level))
    is_share = np.array([int(name[1:]) <= INDICATORS_IN_A_PILLAR - 4 for name in scored.indicators])
    families = tuple(Family.BETA if one else Family.NORMAL for one in is_share)
    first = np.where(is_share, share * cases + 0.5, level)
    second = np.where(is_share, (1 - share) * cases + 0.5, 1 / np.sqrt(cases))
    unknown = random.random((bodies, n)) < UNKNOWN
    imputed = ~unknown & (random.random((bodies, n)) < IMPUTED)
    first, second = np.where(unknown, np.nan, first), np.where(unknown, np.nan, second)
    return Posterior(families, first, second, imputed)
