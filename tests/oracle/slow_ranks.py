"""Sets of ranks, one claim "i is not above k" after the other."""

import numpy as np


def sets_by_claims(
    values: np.ndarray,
    errors: np.ndarray,
    rng: np.random.Generator,
    level: float,
    draws: int,
    *,
    together: bool,
) -> tuple[list[int], list[int]]:
    """Lowest and highest ranks, stepwise over all claims together or over those about one unit."""
    units = range(len(values))
    # Errors are counted in the largest one, as there, so that both round alike.
    if errors.max() > 0:
        values, errors = values / errors.max(), errors / errors.max()
    noise = (rng.standard_normal((len(values), draws)) * errors[:, None]).astype(np.float32)
    every = {(i, k) for i in units for k in units if i != k}
    if together:
        rejected = _rejected(every, values, errors, noise, level)
        families = dict.fromkeys(units, rejected)
    else:
        families = {
            one: _rejected({c for c in every if one in c}, values, errors, noise, level)
            for one in units
        }
    low = [1 + sum((k, one) in families[one] for k in units) for one in units]
    high = [len(values) - sum((one, k) in families[one] for k in units) for one in units]
    return low, high


def _rejected(
    claims: set[tuple[int, int]],
    values: np.ndarray,
    errors: np.ndarray,
    noise: np.ndarray,
    level: float,
) -> set[tuple[int, int]]:
    def spread(i: int, k: int) -> float:
        return float(np.hypot(errors[i], errors[k]))

    rejected = {(i, k) for i, k in claims if spread(i, k) == 0 and values[i] > values[k]}
    while True:
        largest = np.zeros(noise.shape[1], np.float32)
        for i, k in claims - rejected:
            if spread(i, k) > 0:
                t = (noise[i] - noise[k]) * np.float32(1 / spread(i, k))
                largest = np.maximum(largest, t)
        critical = np.quantile(largest, level)
        now = {
            (i, k)
            for i, k in claims - rejected
            if spread(i, k) > 0 and (values[i] - values[k]) / spread(i, k) > critical
        }
        if not now:
            return rejected
        rejected |= now
