"""Composite indices that say how sure they are, of any table of units by indicators.

The package knows nothing of contracts or public bodies until `troth.score.index`: everything below
it takes numpy arrays of shape (units, indicators), with NaN for what is unknown.

>>> import numpy as np
>>> import troth.score as ts
>>> hits = np.array([[2, 30], [9, 41], [1, 12], [7, 50], [0, 3]])
>>> cases = np.array([[20, 60], [30, 90], [8, 40], [25, 75], [2, 10]])
>>> shrunk = ts.beta_binomial(hits, cases)  # small counts are drawn to their peers
>>> points = ts.goalposts(shrunk.estimate, worst=1.0, best=0.0)
>>> level = ts.arithmetic(points, ts.equal(2))
>>> ts.places(level).tolist()
[4.0, 3.0, 1.0, 5.0, 2.0]

How sure that is follows from draws of what is known:

>>> random = np.random.Generator(np.random.PCG64(1))
>>> drawn = ts.arithmetic(ts.goalposts(ts.draws(shrunk, random, 2_000), 1.0, 0.0), ts.equal(2))
>>> first, last = ts.rank_intervals(drawn)
>>> bool(((first <= ts.places(level)) & (ts.places(level) <= last)).all())
True
>>> ts.tell_apart(drawn[:, 0], drawn[:, 1]).told_apart
False

The tutorial is docs/tutorial-score.md. What a name means is said where it is defined: `help(ts.NAME)`.
Names are loaded when they are first used, so `import troth.score` costs nothing.
"""

from importlib import import_module
from typing import Any

#: Name -> the module that defines it (of this package, unless it is written out), and what it is
#: called there.
_PUBLIC = {
    # Getting ready
    "denominate": ("prepare", "denominate"),
    "impute": ("prepare", "impute"),
    "screen": ("prepare", "screen"),
    "treat_outliers": ("treat", "treat"),
    # Onto one scale
    "goalposts": ("normalise", "goalposts"),
    "min_max": ("normalise", "min_max"),
    "z_scores": ("normalise", "z_scores"),
    "percentile_ranks": ("normalise", "percentile_ranks"),
    # Weights
    "equal": ("weights", "equal"),
    "budget_allocation": ("weights", "budget_allocation"),
    "ahp": ("weights", "ahp"),
    "factor_analysis": ("weights", "factor_analysis"),
    "benefit_of_the_doubt": ("weights", "benefit_of_the_doubt"),
    "capped": ("weights", "capped"),
    "effective_weights": ("weights", "effective"),
    # One number out of several
    "arithmetic": ("aggregate", "arithmetic"),
    "geometric": ("aggregate", "geometric"),
    "harmonic": ("aggregate", "harmonic"),
    "mazziotta_pareto": ("aggregate", "mazziotta_pareto"),
    "copeland": ("aggregate", "copeland"),
    "kemeny": ("aggregate", "kemeny"),
    "nested": ("aggregate", "nested"),
    "Step": ("aggregate", "Step"),
    "places": ("aggregate", "places"),
    # Small counts among their peers
    "PeerGroups": ("peers", "PeerGroups"),
    "assign_peers": ("peers", "assign_all"),
    "beta_binomial": ("troth.measure.shrink", "beta_binomial"),
    "normal_normal": ("troth.measure.shrink", "normal_normal"),
    "gamma_poisson": ("troth.measure.shrink", "gamma_poisson"),
    "draws": ("troth.measure.shrink", "draws"),
    "funnel_limits": ("funnel", "limits"),
    "funnel_alarms": ("funnel", "alarms"),
    "rank_intervals": ("ranks", "rank_intervals"),
    "rank_sets": ("ranks", "marginal"),
    "simultaneous_rank_sets": ("ranks", "simultaneous"),
    "grade_units": ("grades", "grades"),
    # What is not there
    "Code": ("missing", "Code"),
    "fill_silence": ("missing", "fill"),
    "pillar_gate": ("missing", "pillar_gate"),
    "index_gate": ("missing", "index_gate"),
    # How sure, and what it hangs on
    "Index": ("variants", "Index"),
    "Variant": ("variants", "Variant"),
    "all_variants": ("variants", "variants"),
    "Family": ("posterior", "Family"),
    "Posterior": ("posterior", "Posterior"),
    "analyse_uncertainty": ("uncertainty", "analyse"),
    "factorial": ("sensitivity", "factorial"),
    "sobol": ("sensitivity", "sobol"),
    "mean_rank_shift": ("sensitivity", "mean_rank_shift"),
    "tell_apart": ("compare", "compare"),
    "probability_above": ("compare", "probability_above"),
    # Why
    "arithmetic_parts": ("attribution", "arithmetic_parts"),
    "geometric_parts": ("attribution", "geometric_parts"),
    "waterfall": ("attribution", "waterfall"),
    "change": ("attribution", "change"),
    # Sources that see the same thing
    "fit_sources": ("unobserved", "fit"),
    "estimate_unobserved": ("unobserved", "estimate"),
    # Troth's own: recipes over the tables of the line
    "Recipe": ("recipe", "Recipe"),
    "Goalposts": ("recipe", "Goalposts"),
    "levels": ("level", "levels"),
    "scores": ("index", "scores"),
}

__all__ = list(_PUBLIC)


def __getattr__(name: str) -> Any:
    """A public name, from the module that defines it."""
    if name not in _PUBLIC:
        raise AttributeError(f"troth.score has no {name!r}; it has {', '.join(_PUBLIC)}")
    module, own = _PUBLIC[name]
    whole = module if module.startswith("troth.") else f"troth.score.{module}"
    return getattr(import_module(whole), own)


def __dir__() -> list[str]:
    return sorted(_PUBLIC)
