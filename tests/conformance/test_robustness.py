"""All 180 variants of the Technology Achievement Index, cell by cell, and exact Sobol indices."""

import csv
from functools import cache
from pathlib import Path

import numpy as np

from tests.shared import shared
from troth.score.aggregate import arithmetic, geometric, places
from troth.score.normalise import goalposts, min_max, z_scores
from troth.score.sensitivity import factorial, mean_rank_shift, rank_statistics, sobol

FOLDER = "conformance/methods"
WEIGHTS = ("EW", "FA", "BAP", "AHP")
FACTORS = {
    "norm": ("minmax1_100", "goalposts"),
    "weights": WEIGHTS,
    "excluded": tuple(range(9)),
    "agg": ("arith", "geo"),
}
ARITHMETIC = {
    "norm": ("minmax1_100", "zscore", "goalposts"),
    "weights": WEIGHTS,
    "excluded": tuple(range(9)),
}


def rows(name: str) -> list[dict[str, str]]:
    with Path(shared(f"{FOLDER}/{name}")).open(newline="") as file:
        return list(csv.DictReader(file))


@cache
def countries() -> tuple[str, ...]:
    return tuple(row["country"] for row in rows("tai/tai_raw_23.csv"))


@cache
def normalised() -> dict[str, np.ndarray]:
    table = rows("tai/tai_raw_23.csv")
    raw = np.array([[float(row[name]) for name in list(row)[1:]] for row in table])
    ends = rows("tai/tai_goalposts.csv")
    worst, best = (
        np.array([np.log10(float(r[k])) if r["transform"] else float(r[k]) for r in ends])
        for k in ("min", "max")
    )
    return {
        "goalposts": goalposts(raw, worst, best),
        "minmax1_100": min_max(raw, lower=1.0),
        "zscore": z_scores(raw),
    }


@cache
def weights() -> dict[str, np.ndarray]:
    table = rows("tai/tai_published_weights.csv")
    found = {r["method"]: np.array([float(r[k]) for k in list(r)[1:]]) for r in table}
    assert set(found) == set(WEIGHTS)
    return found


def ranks(norm: str, weights_: str, excluded: int, agg: str = "arith") -> np.ndarray:
    values = normalised()[norm].copy()
    if excluded:
        values[:, excluded - 1] = np.nan
    own = weights()[weights_]
    if agg == "geo":
        return places(geometric(values, own, floor=None))
    # Equal to the last digit only on paper: a tie is a tie at twelve digits.
    return places(np.round(arithmetic(values, own), 12))


def outcome(norm: str, weights: str, excluded: int, agg: str = "arith") -> np.ndarray:
    return ranks(norm, weights, excluded, agg)


def published() -> dict[tuple[str, str, int, str], dict[str, str]]:
    table = rows("robustness/tai_enumerated_180_runs.csv")
    return {(r["norm"], r["weights"], int(r["excluded"]), r["agg"]): r for r in table}


def reference() -> np.ndarray:
    by_country = {
        r["country"]: float(r["ref_rank"]) for r in rows("robustness/tai_enumerated_rank_stats.csv")
    }
    return np.array([by_country[name] for name in countries()])


def test_every_cell_of_every_variant() -> None:
    table = published()
    assert len(table) == 180
    for variant, row in table.items():
        found = ranks(*variant)
        assert dict(zip(countries(), found.astype(int).tolist(), strict=True)) == {
            name: int(row[name]) for name in countries()
        }, variant
        np.testing.assert_allclose(
            mean_rank_shift(reference(), found), float(row["mean_abs_rank_shift"]), rtol=1e-12
        )


def test_rank_statistics() -> None:
    found = rank_statistics(np.stack([ranks(*variant) for variant in published()]), top=5)
    expected = {r["country"]: r for r in rows("robustness/tai_enumerated_rank_stats.csv")}
    names = ("mean", "median", "q05", "q95", "min", "max", "p_top5")
    computed = np.stack(
        [found.mean, found.median, found.q05, found.q95, found.least, found.most,
         found.share_in_top], axis=1,
    )  # fmt: skip
    wanted = np.array([[float(expected[c][k]) for k in names] for c in countries()])
    np.testing.assert_allclose(computed, wanted, rtol=1e-12)


def test_exact_sobol_indices() -> None:
    designs = {"3x4x9 arithmetic": ARITHMETIC, "2x4x9x2": FACTORS}
    expected = rows("robustness/tai_exact_sobol_full_factorial.csv")
    assert len(expected) == 7
    for design, factors in designs.items():
        shifts = mean_rank_shift(reference(), factorial(factors, outcome))
        found = sobol(shifts)
        published_here = {
            r["factor"]: (float(r["S"]), float(r["ST"])) for r in expected if r["design"] == design
        }
        assert set(published_here) == set(factors)
        for at, factor in enumerate(factors):
            np.testing.assert_allclose(
                (found.first[at], found.total[at]), published_here[factor], rtol=1e-9
            )
