"""What the methods are compared with: one line a reference, for docs/methods-conformance.md.

`compared` names the columns of the reference files whose figures are compared (`ALL`: every one),
and `only` the rows, where not all are. `by_hand` counts figures that a test holds itself, because
the source prints them in its text. `tests/conformance/test_cases.py` counts again.
"""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

#: Every column.
ALL = ("*",)


@dataclass(frozen=True)
class Case:
    """One reference: where from, what of it is compared, how closely, and by which test."""

    folder: str
    what: str
    origin: str
    numbers: int
    tolerance: str
    test: str
    compared: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    only: tuple[str, frozenset[str]] | None = None
    by_hand: int = 0

    def counted(self, folder: Path) -> int:
        """How many figures stand in what is compared, in the folder of the references."""
        found = self.by_hand
        for name, columns in self.compared.items():
            path = folder / self.folder / name
            if path.suffix == ".json":
                found += sum(1 for _ in _numbers(json.loads(path.read_text(encoding="utf-8"))))
                continue
            with path.open(encoding="utf-8", newline="") as file:
                for row in csv.DictReader(file):
                    if self.only is None or row[self.only[0]] in self.only[1]:
                        cells = row.values() if columns == ALL else (row[c] for c in columns)
                        found += sum(map(_is_number, cells))
        return found


def _numbers(value: object) -> Iterator[float]:
    if isinstance(value, bool):
        return
    if isinstance(value, int | float):
        yield value
    for inner in (
        value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    ):
        yield from _numbers(inner)


def _is_number(text: str | None) -> bool:
    try:
        return text is not None and math.isfinite(float(text))
    except ValueError:
        return False


_STEPS = ("raw", "denominated", "imputed", "screened", "treated", "normalised", "aggregated")
_STATISTICS = (
    "Min", "Max", "Mean", "Median", "Std", "Skew", "Kurt", "N.Avail", "N.NonZero", "N.Same",
    "Frc.Avail", "Frc.NonZero",
)  # fmt: skip
_COINR, _TAI = "COINr 1.1.14, run in R", "OECD/JRC 2008, Handbook on composite indicators"
_R = "R 4.2.2, package survival 3.5-3"
_MADE = "made for this project, computed with R"
_CURVE = ("time", "n_risk", "n_event", "surv", "std_err", "lower95", "upper95")
_COX = ("coef", "exp_coef", "se", "z", "p", "lower95", "upper95")

CASES = (
    Case(
        "coinr", "Every step of the ASEM index from raw data to scores, 51 countries", _COINR, 17_926,
        "1e-9", "test_coinr.py", {f"asem_step_{step}.csv": ALL for step in _STEPS},
    ),
    Case(
        "coinr", "Treatment of outliers, and statistics before and after", _COINR, 1_319, "1e-9",
        "test_coinr.py",
        {
            "asem_treatment_details.csv": (
                "check_SkewKurt0.Skew", "check_SkewKurt0.Kurt", "winsorise.nwin",
                "check_SkewKurt1.Skew", "check_SkewKurt1.Kurt",
            ),
            "asem_stats_raw.csv": _STATISTICS, "asem_stats_treated.csv": _STATISTICS,
        },
    ),
    Case(
        "coinr", "Seven other scales", _COINR, 17_136, "1e-9", "test_coinr.py",
        {
            f"asem_norm_n_{scale}.csv": ALL
            for scale in ("borda", "dist2max", "dist2ref", "fracmax", "prank", "rank", "zscore")
        },
    ),
    Case(
        "coinr", "Geometric and harmonic means, Copeland, outranking", _COINR, 3_162,
        "1e-9; 10 of 51 by Copeland over 49 indicators differ by even pairs", "test_coinr.py",
        {"asem_alt_aggregation_minmax1_100.csv": ALL, "asem_outrank_first5ind.csv": ALL},
    ),
    Case(
        "coinr", "Ranks, ranks in groups, shifts, correlations, availability, components", _COINR, 379,
        "exact, 1e-9; components 5e-7", "test_coinr.py",
        {
            "asem_results_full.csv": ("Rank",), "asem_results_groupranks.csv": ("Index",),
            "asem_remove_elements_level2.csv": ("mean_abs_rank_diff",),
            "asem_corr_pillar_index.csv": ("Correlation",),
            "asem_data_availability.csv": (
                "N_missing", "N_zero", "N_miss_or_zero", "Dat_Avail", "Non_Zero",
            ),
        },
        by_hand=5 + 2,
    ),
    Case(
        "tai", "Ranks: equal, budget, geometric, benefit of the doubt, factor analysis", _TAI, 138,
        "exact", "test_tai.py",
        {"tai_published_ranks.csv": (
            "T23_EW", "T23_BAP", "T38_LIN_EW", "T38_GME_EW", "T23_BOD", "T23_FA",
        )},
    ),
    Case(
        "tai", "Ranks by printed weights, by AHP and by multi-criteria analysis", _TAI, 69,
        "not reproducible: FA 19 of 23, AHP 20, NCMC 11; stated, and held to that", "test_tai.py",
        {"tai_published_ranks.csv": ("T23_FA", "T23_AHP", "T38_NCMC_EW")},
    ),
    Case(
        "tai", "Scores, recomputed independently", _TAI, 92, "1e-9, geometric 1e-8", "test_tai.py",
        {"tai_recomputed_scores.csv": (
            "tai_score_goalposts_arith", "bap_score", "gme_raw_score", "borda_rowsum",
        )},
    ),
    Case(
        "tai", "Scores by benefit of the doubt (table 19)", _TAI, 23, "0.011", "test_tai.py",
        {"tai_table19_bod_scores.csv": ("bod_score_table19",)},
    ),
    Case(
        "tai", "Eleven scales of schooling (table 15)", _TAI, 253, "0.005; percentile 0.05",
        "test_tai.py", {"tai_table15_normalisation_schooling.csv": ALL},
    ),
    Case(
        "tai", "Eigenvalues, factor weights, AHP with its consistency ratio (table 20)", _TAI, 26,
        "half of the last digit printed; factor weights 0.0065", "test_tai.py", by_hand=8 + 8 + 10,
    ),
    Case(
        "aggregation", "Borda, Condorcet, Kemeny, outranking and its best orders, geometric mean", _TAI,
        71, "exact; geometric mean 0.005", "test_aggregation.py",
        {"handbook_social_choice.json": ALL},
    ),
    Case(
        "robustness", "Ranks under all 180 variants of an index, and their shifts",
        "made, computed in R and again in Python", 4_500, "exact; shifts 1e-12 relative",
        "test_robustness.py", {"tai_enumerated_180_runs.csv": ALL},
    ),
    Case(
        "robustness", "Statistics of ranks, exact Sobol indices", "the same", 175,
        "1e-12 and 1e-9, relative", "test_robustness.py",
        {
            "tai_enumerated_rank_stats.csv": ("mean", "median", "q05", "q95", "min", "max", "p_top5"),
            "tai_exact_sobol_full_factorial.csv": ("S", "ST"),
        },
    ),
    Case(
        "mpi", "Mazziotta-Pareto index, both forms, and the adjusted one", "Compind 3.4, run in R", 256,
        "1e-9; where printed to 3 digits half of the last", "test_mpi.py",
        {
            "mpi_eu_nuts1.csv": ("z.roads", "z.trains", "mpi_NEG", "mpi_POS"),
            "ampi_eu2020_compind.csv": ("ampi.2010", "ampi.2011", "pen.V1", "pen.V2"),
        },
    ),
    Case(
        "wgi", "Bands and ranks of the Worldwide Governance Indicators 2019", "World Bank", 2_502,
        "1e-5 (published in single precision)", "test_wgi.py",
        {"wgi_2020update_year2019.csv": ("Lower", "Upper")},
    ),
    Case(
        "ucm", "Unobserved components, complete and with 20 % missing", "R factanal and optim", 296,
        "1e-5; log-likelihood 1e-9 relative", "test_ucm.py",
        {
            "ucm_factanal_asem_conn_pillars_params.csv": ALL,
            "ucm_factanal_asem_conn_pillars_scores.csv": ALL,
            "ucm_masked20_expected_params.csv": ("alpha", "beta", "psi", "sigma2"),
            "ucm_masked20_expected_scores.csv": ALL,
        },
        by_hand=1,
    ),
    Case(
        "ebayes", "Twelve hospitals: beta-binomial prior, posteriors, moments",
        "BUGS Examples 1, computed in R", 41, "1e-5", "test_ebayes.py",
        {"betabinomial_surgical.csv": ("post_mean", "q025", "q975")}, by_hand=5,
    ),
    Case(
        "ebayes", "Eighteen batters: James and Stein", "Efron & Morris 1975", 18, "1e-3",
        "test_ebayes.py", {"efron_morris_baseball.csv": ("js_untransformed",)},
    ),
    Case(
        "funnel", "Exact limits, over-dispersion of proportions and on the arcsine scale",
        "Spiegelhalter 2005, computed in R", 145, "1e-9", "test_funnel.py",
        {
            "funnel_binomial_limits_surgical.csv": ("lo_0.001", "lo_0.025", "up_0.975", "up_0.999"),
            "funnel_overdispersion_surgical.csv": (
                "s", "z_naive", "z_winsor10", "z_multiplicative", "z_additive",
            ),
            "funnel_arcsine_surgical.csv": ("s", "z", "z_winsor", "z_random"),
        },
        by_hand=5,
    ),
    Case(
        "csranks", "Sets of ranks of PISA 2018 in mathematics", "csranks 1.2.2, 20,000 draws", 185,
        "1 rank; at most 2 of 37 differ", "test_csranks.py",
        {"csranks_pisa_math_R20000_seed101.csv": ("rank", "marg_L", "marg_U", "sim_L", "sim_U")},
    ),
    Case(
        "agreement", "Krippendorff's alpha on four scales", "Krippendorff 2011; Wikipedia", 7, "5e-4",
        "test_agreement.py", by_hand=7,
    ),
    Case(
        "survival", "Kaplan-Meier curves and their intervals", _R, 2_023, "1e-10", "test_survival.py",
        {"km_lung_all_loglog.csv": _CURVE, "km_lung_bysex_loglog.csv": _CURVE},
    ),
    Case(
        "survival", "Restricted means, medians, log-rank tests", _R, 23, "1e-10; one mean 1e-8",
        "test_survival.py",
        {
            "km_lung_bysex_rmst365.csv": ("rmean", "se.rmean."),
            "km_lung_bysex_median.csv": ("median",),
            "logrank_veteran.csv": ("chisq", "df", "p"),
        },
        by_hand=2 + 2 + 7,
    ),
    Case(
        "survival", "Cox models: ties, time-varying, clusters, strata", _R, 140, "1e-6; z 1e-5",
        "test_survival.py", {"cox_models.csv": _COX},
        only=("model", frozenset({
            "lung efron", "heart TVC efron", "heart TVC transplant only",
            "heart TVC interactions efron", "heart TVC cluster-robust by id",
            "veteran strat celltype",
        })),
    ),
    Case(
        "survival", "Competing events, proportional hazards", _R, 80, "1e-12; errors 1e-10, tests 1e-8",
        "test_survival.py",
        {
            "aalen_johansen_mgus2_sex.csv": (
                "n_risk", "p_event_free", "cif_pcm", "cif_death", "se_pcm", "se_death",
            ),
            "coxzph_veteran_trt_karno_age.csv": ("chisq", "p"),
        },
    ),
    Case(
        "continuity", "Contracts before and after a change of office: the start-stop table", _MADE, 12_265,
        "exact", "test_continuity.py",
        {"start_stop_expected.csv": ("start", "stop", "event", "post_change_365", "post_change_any")},
    ),
    Case(
        "continuity", "Hazard ratios, rates, and the naive form that is refused", _MADE, 69,
        "1e-6; rates 1e-9", "test_continuity.py",
        {
            "cox_expected.csv": ("coef", "hr", "se", "p", "lo95", "hi95"),
            "person_time_rates.csv": ("days", "event"),
            "poisson_rate_ratio.csv": ALL,
        },
        by_hand=1,
    ),
    Case(
        "its", "Interrupted series with Newey-West errors", "R sandwich 3.0-2", 116, "1e-9",
        "test_its.py",
        {"its_seatbelts_ols_neweywest.csv": ("coef", "se_ols", "se_nw12", "se_nw12_adj")},
        only=("model", frozenset({"level+slope", "level only"})),
    ),
    Case(
        "payments", "Mean payment periods of Spanish bodies", "published by the bodies, 2015-2017", 52,
        "0.011 days; recomputed 5e-5", "test_payments.py",
        {
            "pmp_published_es.csv": ("pmp_published", "pmp_recomputed"),
            "pmp_published_es_global.csv": ("pmp_global_published", "pmp_global_recomputed"),
        },
    ),
    Case(
        "golden", "Invoices, hand-offs, commitments, worked by hand", "made for this project", 115,
        "exact; 1e-9 where divided", "test_golden.py",
        {
            "invoices_expected_2025Q1.json": ALL, "handoffs_expected.json": ALL,
            "commitments_expected.json": ALL,
        },
    ),
)  # fmt: skip
