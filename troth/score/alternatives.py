"""What hangs on the method: every valid variant of a recipe at its estimates.

Only choices that have more than one valid value for the recipe vary: how values become points, what
stands for silence (where there is any), weights, aggregation (where there are several pillars), and
what is left out (where three or more are measured). Exact Sobol indices of the full factorial
(METHODS B.5) say how much of the shifts of ranks each choice explains.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from troth.score.level import Levels
    from troth.score.variants import Variant

#: With fewer bodies than these, scales and weights that the table itself gives are arbitrary.
FEWEST_BODIES = 8

#: With fewer indicators than these, what is left when one is taken out is hardly the same question.
FEWEST_INDICATORS = 3

#: How a variant is called where it differs from `troth.score.variants`.
_CALLED = {"principal_components": "pca"}


@dataclass(frozen=True)
class Alternatives:
    """One row for each published body and one-factor variant; one for each factor that varies.

    `body` is the place of the body among all; `level` and `rank` are NaN where there is none.
    """

    body: np.ndarray
    variant: tuple[str, ...]
    level: np.ndarray
    rank: np.ndarray
    factors: tuple[str, ...]
    first_order: np.ndarray
    total: np.ndarray
    rank_shift: np.ndarray


_NONE = Alternatives(
    *(np.zeros(0, np.int64), (), np.zeros(0), np.zeros(0), ()),
    *(np.zeros(0), np.zeros(0), np.zeros(0)),
)


def alternatives(found: Levels, ranks_kept: bool) -> Alternatives:
    """Levels and ranks under every variant that differs in one choice, and what choices are worth.

    Without ranks (`ranks_kept` False) alternatives have none either: no rank stands alone.
    """
    from troth.score.sensitivity import mean_rank_shift, sobol
    from troth.score.sureness import headline, index_of
    from troth.score.uncertainty import rank_rows, score_variants
    from troth.score.variants import hold

    shown = np.flatnonzero(found.published)
    if len(shown) < FEWEST_BODIES:
        return _NONE
    values, imputed = found.value[shown], found.imputed[shown]
    values = np.where(np.isnan(found.points[shown]), np.nan, values)
    index = index_of(found)
    method = hold(index, values, imputed)
    choices = _choices(found, bool(imputed.any()))
    if not choices:
        return _NONE
    own = headline(found)
    tried = _factorial(own, choices)
    levels = score_variants(method, tried, values, imputed)
    ranks = rank_rows(np.where(found.ranked[shown], levels, np.nan))
    shifts = mean_rank_shift(ranks[tried.index(own)], ranks)
    shape = tuple(len(options) for options in choices.values())
    indices = sobol(shifts.reshape(shape))
    singles = [
        (factor, name, tried.index(_changed(own, change)))
        for factor, options in choices.items()
        for name, change in options
        if len(change) == 1 and _changed(own, change) != own
    ]
    return Alternatives(
        body=np.tile(shown, len(singles)),
        variant=tuple(name for _, name, _ in singles for _ in shown),
        level=np.concatenate([np.clip(levels[at], 0, 100) for _, _, at in singles]),
        rank=np.concatenate(
            [ranks[at] if ranks_kept else np.full(len(shown), np.nan) for _, _, at in singles]
        ),
        factors=tuple(choices),
        first_order=np.clip(indices.first, 0, 1),
        total=np.clip(indices.total, 0, 1),
        rank_shift=np.array(
            [
                float(np.mean([shifts[at] for of, _, at in singles if of == factor]))
                for factor in choices
            ]
        ),
    )


_Change = dict[str, str | None]


def _choices(found: Levels, silence: bool) -> dict[str, list[tuple[str, _Change]]]:
    """Factor -> its valid levels, each with a name and what it changes in the headline.

    The first level of each is the headline's own.
    """
    codes, pillars = found.cells.codes, tuple(dict.fromkeys(found.pillars))
    points: list[tuple[str, _Change]] = [
        (f"normalisation={name}", {"normalisation": name})
        for name in ("goalposts", "min_max", "percentiles")
    ]
    if silence:
        points[1:1] = [("missing=pessimistic", {"missing": "pessimistic"})]
        points[3:3] = [
            (
                "normalisation=min_max, missing=pessimistic",
                {"normalisation": "min_max", "missing": "pessimistic"},
            )
        ]
    weights = ["budget"]
    shares = found.recipe.shares
    inside = {p: [shares[c] for c in codes if c[0] == p] for p in pillars}
    even = [len(set(map(_rounded, own))) == 1 for own in inside.values()]
    sums = {_rounded(sum(own)) for own in inside.values()}
    if not all(even) or len(sums) > 1:
        weights.append("equal")
    if any(len(own) > 1 for own in inside.values()):
        weights.append("principal_components")
    named: dict[str, list[tuple[str, _Change]]] = {
        "values" if silence else "normalisation": points,
        "weights": [(f"weights={_CALLED.get(one, one)}", {"weights": one}) for one in weights],
    }
    if len(pillars) > 1:
        named["aggregation"] = [
            (f"aggregation={one}", {"aggregation": one})
            for one in ("geometric", "arithmetic", "mazziotta_pareto")
        ]
    entering = (~np.isnan(found.points)).any(axis=0)
    codes = tuple(code for code, enters in zip(codes, entering, strict=True) if enters)
    if len(codes) >= FEWEST_INDICATORS:
        out = [*(pillars if len(pillars) > 2 else ()), *codes]
        named["excluded"] = [("excluded=nothing", {"excluded": None})]
        named["excluded"] += [(f"excluded={one}", {"excluded": one}) for one in out]
    return {factor: options for factor, options in named.items() if len(options) > 1}


def _rounded(share: float) -> float:
    return round(share, 12)


def _changed(own: Variant, change: _Change) -> Variant:
    from dataclasses import replace

    found: Variant = replace(own, **change)  # type: ignore[arg-type]
    return found


def _factorial(own: Variant, choices: dict[str, list[tuple[str, _Change]]]) -> list[Variant]:
    """Every combination, in the order of the factors."""
    tried = [own]
    for options in choices.values():
        tried = [_changed(one, change) for one in tried for _, change in options]
    return tried
