"""Event studies, slow and obvious: every mean is a column of its own."""

import numpy as np


def stacked(
    body: np.ndarray, quarter: np.ndarray, y: np.ndarray, change: np.ndarray, window: int
) -> tuple[dict[int, float], dict[int, float]]:
    """delta_k and its standard error, clustered by body, by least squares on dense dummies."""
    rows = []
    for cohort in sorted({c for c in change if np.isfinite(c)}):
        for b, q, value, c in zip(body, quarter, y, change, strict=True):
            clean = np.isnan(c) or c > cohort + window
            if abs(q - cohort) <= window and (c == cohort or clean):
                rows.append((cohort, b, q, value, c == cohort))
    ks = [k for k in range(-window, window + 1) if k != -1]
    bodies = sorted({(c, b) for c, b, *_ in rows})
    quarters = sorted({(c, q) for c, _, q, *_ in rows})
    x = np.zeros((len(rows), len(ks) + len(bodies) + len(quarters)))
    for i, (c, b, q, _, treated) in enumerate(rows):
        k = int(q - c)
        if treated and k in ks:
            x[i, ks.index(k)] = 1
        x[i, len(ks) + bodies.index((c, b))] = 1
        x[i, len(ks) + len(bodies) + quarters.index((c, q))] = 1
    values = np.array([row[3] for row in rows])
    coef = np.linalg.pinv(x) @ values
    residual = values - x @ coef
    bread = np.linalg.pinv(x.T @ x)
    clusters = sorted({row[1] for row in rows})
    meat = np.zeros((x.shape[1], x.shape[1]))
    for cluster in clusters:
        mine = [i for i, row in enumerate(rows) if row[1] == cluster]
        score = x[mine].T @ residual[mine]
        meat += np.outer(score, score)
    covariance = bread @ meat @ bread * len(clusters) / (len(clusters) - 1)
    return (
        {k: float(coef[i]) for i, k in enumerate(ks)},
        {k: float(np.sqrt(covariance[i, i])) for i, k in enumerate(ks)},
    )
