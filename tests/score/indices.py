"""A small index with every kind of cell."""

import numpy as np

from troth.score.posterior import Family, Posterior
from troth.score.variants import Index

PILLARS = ("C", "C", "C", "D", "D", "D", "T", "T", "P")


def made(bodies: int = 40, seed: int = 0, sd: float = 1.0) -> tuple[Posterior, Index]:
    """Nine indicators in four pillars: shares, means, and one bootstrap; some unpublished, some
    unknown. `sd` stretches how unsure they are; at 0 every cell is known, shares as means.
    """
    random = np.random.default_rng(seed)
    n = len(PILLARS)
    level = random.normal(size=(bodies, 1)) + random.normal(size=(bodies, n))
    cases = random.uniform(5, 80, size=(bodies, 1))
    share = 1 / (1 + np.exp(-level))
    is_share = np.arange(n) % 2 == 0
    families = [Family.BETA if one else Family.NORMAL for one in is_share]
    first = np.where(is_share, share * cases + 0.5, level)
    second = np.where(is_share, (1 - share) * cases + 0.5, sd / np.sqrt(cases))
    unknown = random.random((bodies, n)) < 0.08
    imputed = ~unknown & (random.random((bodies, n)) < 0.1)
    values = {}
    if sd == 0:
        families = [Family.NORMAL] * n
        first, second = np.where(is_share, share, level), np.zeros((bodies, n))
    else:
        families[5] = Family.VALUES
        values[5] = level[:, 5, None] + 0.3 * random.normal(size=(bodies, 500))
        values[5][unknown[:, 5]] = np.nan
    first[unknown] = second[unknown] = np.nan
    names = tuple(f"{pillar}{at + 1}" for at, pillar in enumerate(PILLARS))
    falling = np.arange(n) % 3 == 1
    low, high = np.where(is_share, 0.1, -2.0), np.where(is_share, 0.9, 2.0)
    index = Index(
        names,
        PILLARS,
        np.where(falling, high, low),
        np.where(falling, low, high),
        1.0 + np.arange(n) % 3,
    )
    return Posterior(tuple(families), first, second, imputed, values), index
