"""Weights: the declared ones, and others that show how much they matter.

Equal weights within a pillar and across pillars are declared; all others serve the analysis of
uncertainty (METHODS B.3). Every function gives weights of shape (indicators,) that add up to 1,
unless it says otherwise. What a weight is worth in the end is not the weight: see `effective`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from troth.errors import InputError, UsageError
from troth.score.aggregate import ROUNDING
from troth.score.analyse import correlations, principal_components, removal_shifts

#: A pillar with more than half decides alone (OECD/JRC 2008, section 6.12).
MOST_WEIGHT = 0.5

#: Saaty's rule: above it, the comparisons contradict each other too much.
MOST_INCONSISTENCY = 0.10

#: Saaty's mean consistency index of random matrices, by size from 1.
RANDOM_INDEX = (0.0, 0.0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49)

#: Kaiser's rule: a component below it explains less than one indicator does.
LEAST_EIGENVALUE = 1.0

#: How exactly a linear programme is solved, and a rotation.
SOLVED = 1e-8
SETTLED = 1e-12

#: What a round of turning may gain for its rounding to be larger.
NO_GAIN = 1e-15


def equal(n: int) -> np.ndarray:
    """The same for each of n."""
    if n < 1:
        raise UsageError("equal weights need one indicator or more")
    return np.full(n, 1 / n)


def capped(weights: np.ndarray, names: Sequence[str], most: float = MOST_WEIGHT) -> np.ndarray:
    """Weights as parts of 1; refuses those in which one has more than `most`, and names it.

    Above one half a pillar outvotes all others together, and the index is that pillar by another
    name (METHODS B.3; OECD/JRC 2008, section 6.12).
    """
    parts = _parts(np.asarray(weights, dtype=np.float64), "weights")
    if len(names) != len(parts):
        raise UsageError(f"{len(parts)} weights and {len(names)} names: name each weight once")
    over = [at for at, part in enumerate(parts) if part > most * (1 + ROUNDING)]
    if over:
        named = ", ".join(f"{names[at]} has {100 * parts[at]:.1f} %" for at in over)
        raise UsageError(
            f"no weight may be more than {100 * most:.0f} % of all, since it would decide alone: "
            f"{named}; lower it, or raise others"
        )
    return parts


def budget_allocation(points: np.ndarray) -> np.ndarray:
    """Mean of what experts gave, each of whom has the same sum to give.

    `points` has shape (experts, indicators); each row is first taken as parts of its own sum.
    """
    given = np.asarray(points, dtype=np.float64)
    if given.ndim != 2:
        raise UsageError("points have a row for each expert and a column for each indicator")
    found: np.ndarray = np.stack([_parts(row, "an expert's points") for row in given]).mean(axis=0)
    return found


@dataclass(frozen=True)
class Hierarchy:
    """Weights from comparisons in pairs, and how far the comparisons agree with each other."""

    weights: np.ndarray
    eigenvalue: float
    #: ((λ-n)/(n-1)) / RI: 0 where they agree wholly, 1 where they are as good as random.
    consistency_ratio: float


def ahp(comparisons: np.ndarray, accept_inconsistent: bool = False) -> Hierarchy:
    """Weights by the analytic hierarchy process: the principal eigenvector of the comparisons.

    `comparisons` (indicators, indicators) says how many times as important the row is as the
    column. A matrix that is not reciprocal, or whose consistency ratio is above 0.10, is refused;
    the latter is taken with `accept_inconsistent=True` (Saaty 1980; METHODS B.3).
    """
    matrix = np.asarray(comparisons, dtype=np.float64)
    n = len(matrix)
    if matrix.shape != (n, n) or not 1 <= n <= len(RANDOM_INDEX):
        raise InputError(
            f"AHP takes a square matrix of up to {len(RANDOM_INDEX)} indicators, "
            f"not one of shape {matrix.shape}"
        )
    if not (np.isfinite(matrix).all() and (matrix > 0).all()):
        raise InputError("AHP: every comparison must be known and above 0")
    odd = np.argwhere(~np.isclose(matrix * matrix.T, 1.0, rtol=0, atol=1e-6))
    if len(odd):
        row, column = (odd[0] + 1).tolist()
        raise InputError(
            f"AHP: row {row}, column {column} and its counterpart are not reciprocal: "
            "if one is 3 times as important as another, the other is 1/3 as important as the one"
        )
    eigenvalues, vectors = np.linalg.eig(matrix)
    first = int(np.argmax(eigenvalues.real))
    largest = float(eigenvalues[first].real)
    random = RANDOM_INDEX[n - 1]
    ratio = (largest - n) / (n - 1) / random if random else 0.0
    if ratio > MOST_INCONSISTENCY and not accept_inconsistent:
        raise InputError(
            f"AHP: the comparisons contradict each other, consistency ratio {ratio:.3f} where "
            f"{MOST_INCONSISTENCY:.2f} is the most: ask again, or pass accept_inconsistent=True"
        )
    vector = np.abs(vectors[:, first].real)
    return Hierarchy(vector / vector.sum(), largest, ratio)


@dataclass(frozen=True)
class Factors:
    """Weights from the correlations of indicators, and the factors they come from."""

    weights: np.ndarray
    #: Rotated loadings (indicators, factors), and what each factor explains of all variance.
    loadings: np.ndarray
    explained: np.ndarray
    #: The factor of each indicator: the one in which it has its largest part.
    factor: np.ndarray


def factor_analysis(values: np.ndarray, factors: int | None = None) -> Factors:
    """Weights by squared varimax loadings times explained share (METHODS B.3).

    Principal components with an eigenvalue of 1 or more, or as many as `factors` says, are
    rotated. Squared loadings as parts of their factor's sum say how much an indicator matters in
    it; the largest of these, times what its factor explains, is the indicator's weight before all
    are made to add up to 1 (Nicoletti, Scarpetta & Boylaud 2000; OECD/JRC 2008, section 6.1).

    Takes one table (units, indicators) without gaps. These weights follow correlation, not
    importance, and correct for indicators that say the same thing.
    """
    components = principal_components(values)
    if values.ndim != 2:
        raise UsageError("factor_analysis takes one table of units and indicators")
    keep = int((components.eigenvalues >= LEAST_EIGENVALUE - 1e-9).sum())
    keep = keep if factors is None else factors
    if not 1 <= keep <= values.shape[-1]:
        raise UsageError(f"factors: from 1 to the number of indicators, not {keep}")
    loadings = varimax(components.loadings[:, :keep])
    squared = loadings**2
    sums = squared.sum(axis=0)
    inside = squared / sums
    explained = sums / values.shape[-1]
    factor = inside.argmax(axis=1)
    raw = inside.max(axis=1) * explained[factor]
    return Factors(raw / raw.sum(), loadings, explained, factor)


def varimax(loadings: np.ndarray, most_rounds: int = 1000) -> np.ndarray:
    """Loadings (indicators, factors) rotated so that each factor has few large ones (Kaiser 1958).

    Two factors at a time are turned by the angle that is best for both, with Kaiser's
    normalisation, until none turns further, or turning gains less than rounding takes. What the
    factors explain together stays the same.
    """
    lengths = np.sqrt((loadings**2).sum(axis=1, keepdims=True))
    x = loadings / np.where(lengths == 0, 1.0, lengths)
    n, k = x.shape
    for _ in range(most_rounds):
        furthest = gained = 0.0
        for one in range(k):
            for other in range(one + 1, k):
                u = x[:, one] ** 2 - x[:, other] ** 2
                v = 2 * x[:, one] * x[:, other]
                above = 2 * (u @ v) - 2 * u.sum() * v.sum() / n
                below = u @ u - v @ v - (u.sum() ** 2 - v.sum() ** 2) / n
                # Where every angle is as good, rounding would choose one.
                best = np.hypot(above, below)
                if best < SETTLED * n:
                    continue
                gained += best - below
                angle = np.arctan2(above, below) / 4
                turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
                x[:, [one, other]] = x[:, [one, other]] @ turn
                furthest = max(furthest, abs(angle))
        if furthest < SETTLED or gained < NO_GAIN * n:
            turned: np.ndarray = x * lengths
            return turned
    raise InputError(f"varimax did not settle in {most_rounds} rounds: take fewer factors")


@dataclass(frozen=True)
class Benevolent:
    """Each unit under the weights that suit it best."""

    #: 1 for a unit that no other beats under its own best weights; shape (units,).
    scores: np.ndarray
    #: (units, indicators), as the linear programme gives them: they do not add up to 1.
    weights: np.ndarray


def benefit_of_the_doubt(
    values: np.ndarray, lower: float | np.ndarray = 0.10, upper: float | np.ndarray = 0.15
) -> Benevolent:
    """Scores under each unit's own most favourable weights, within bounds.

    For unit c: max Σ w_q·x_qc, where no unit k gets more than 1 by them, Σ w_q·x_qk <= 1, and each
    weight is between `lower` and `upper` of their sum. Takes one table (units, indicators),
    normalised, 0 or more, without gaps. A unit that has 0 in all has the score 0. (Cherchye et al.
    2008; METHODS B.3. The bounds given are those for 8 indicators.)
    """
    from scipy.optimize import linprog

    x = np.asarray(values, dtype=np.float64)
    if x.ndim != 2:
        raise UsageError("benefit_of_the_doubt takes one table of units and indicators")
    if np.isnan(x).any() or (x < 0).any():
        raise InputError(
            "benefit of the doubt needs values of 0 and more without gaps: normalise with min_max, "
            "and leave out or impute what is missing"
        )
    if not (x > 0).any():
        raise InputError("benefit of the doubt: no unit has a value above 0, so none is best")
    n = x.shape[1]
    least = np.broadcast_to(np.asarray(lower, dtype=np.float64), (n,))
    most = np.broadcast_to(np.asarray(upper, dtype=np.float64), (n,))
    if (least < 0).any() or (most < least).any() or least.sum() > 1 or most.sum() < 1:
        raise UsageError(
            f"bounds must leave room for shares of {n} indicators that add up to 1: the lower ones "
            f"add up to {least.sum():.3f}, the upper ones to {most.sum():.3f}"
        )
    sums = np.ones((n, n))
    # Other units first, then L·Σw - w <= 0 and w - U·Σw <= 0.
    above = np.concatenate([x, sums * least[:, None] - np.eye(n), np.eye(n) - sums * most[:, None]])
    limits = np.concatenate([np.ones(len(x)), np.zeros(2 * n)])
    weights = np.empty_like(x)
    for at, own in enumerate(x):
        solved = linprog(-own, A_ub=above, b_ub=limits, bounds=(0, None), method="highs")
        if not solved.success:
            raise InputError(
                f"benefit of the doubt has no answer for unit {at + 1}: {solved.message}"
            )
        weights[at] = solved.x
    scores = (x * weights).sum(axis=1)
    # The solver stops this near to 1; who reaches it must tie with the others that do.
    return Benevolent(np.where(np.abs(scores - 1) < SOLVED, 1.0, scores), weights)


@dataclass(frozen=True)
class Effective:
    """What each element is worth in the index in the end, beside its declared weight."""

    declared: np.ndarray
    #: Squared correlation of element and index; as parts of their sum they compare with weights.
    correlation_squared: np.ndarray
    #: Mean places by which units move when the element is left out.
    rank_shift: np.ndarray


def effective(
    elements: np.ndarray,
    weights: np.ndarray,
    index: Callable[[np.ndarray, np.ndarray], np.ndarray],
) -> Effective:
    """What pillars or indicators are worth: corr(element, index)², and rank shift without each.

    Takes `elements` (units, elements), on one scale, their weights, and how they become the index:
    any aggregator, such as `geometric`. (Paruolo, Saisana & Saltelli 2013; METHODS B.3.)
    """
    scores = index(elements, weights)
    r = correlations(np.concatenate([elements, scores[:, None]], axis=1)).r[:-1, -1]
    shifts = removal_shifts(lambda these: index(elements, these), weights)
    return Effective(_parts(np.asarray(weights, dtype=np.float64), "weights"), r**2, shifts)


def _parts(given: np.ndarray, what: str) -> np.ndarray:
    total = given.sum()
    if not (np.isfinite(given).all() and (given >= 0).all() and total > 0):
        raise UsageError(f"{what} must be known, not below 0, and not all 0")
    found: np.ndarray = given / total
    return found
