"""A level and its parts: they add up to the last digit, whatever the numbers."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tests.score.measured import (
    MINIMUM,
    SILENT,
    bodies,
    countries,
    measurement,
    published_before,
    recipe,
)
from troth.score.level import FLOOR, MICRO, Levels, contributions, levels

RECIPE = recipe("P013", "P018", "P019")

shares = st.floats(0, 100, allow_nan=False) | st.just(float("nan"))
tables = st.integers(1, 6).flatmap(
    lambda n: st.tuples(
        hnp.arrays(np.float64, (5, n), elements=shares),
        hnp.arrays(np.float64, n, elements=st.floats(0.01, 10)),
    )
)


def found(counts: dict, of: object = RECIPE, before: dict | None = None) -> Levels:
    last = None if before is None else published_before(before)
    return levels(measurement(counts), bodies(counts), of, last)  # type: ignore[arg-type]


@given(tables)
def test_parts_add_up_to_the_weighted_mean_to_a_millionth(
    drawn: tuple[np.ndarray, np.ndarray],
) -> None:
    normalised, weights = drawn
    micro, used = contributions(normalised, weights)
    for row, parts, share in zip(normalised, micro, used, strict=True):
        known = [i for i, value in enumerate(row) if not np.isnan(value)]
        if not known:
            assert parts.sum() == 0
            continue
        # The slow, obvious way, in fractions.
        total = sum(Fraction(weights[i]) for i in known)
        mean = sum(Fraction(row[i]) * Fraction(weights[i]) / total for i in known)
        assert abs(Fraction(int(parts.sum()), MICRO) - mean) <= Fraction(1, MICRO)
        assert (parts >= 0).all()
        assert all(parts[i] == 0 for i in range(len(row)) if i not in known)
        assert abs(share.sum() - 1) < 1e-12


PILLARS = ("C", "C", "D", "I", "I", "I")
OF_PILLAR = {"C": 1.0, "D": 2.0, "I": 1.5}


@given(hnp.arrays(np.float64, (4, 6), elements=shares))
def test_parts_across_pillars_add_up_to_the_geometric_mean(normalised: np.ndarray) -> None:
    weights = np.array([1.0, 2.0, 1.0, 1.0, 1.0, 3.0])
    micro, used = contributions(normalised, weights, PILLARS, OF_PILLAR)
    for row, parts, share in zip(normalised, micro, used, strict=True):
        # The slow, obvious way: pillar by pillar.
        logs, total = 0.0, 0.0
        for pillar, across in OF_PILLAR.items():
            known = [i for i in range(6) if PILLARS[i] == pillar and not np.isnan(row[i])]
            if known:
                inside = sum(weights[i] for i in known)
                mean = sum(weights[i] * row[i] for i in known) / inside
                logs += across * math.log(max(mean, FLOOR))
                total += across
        level = math.exp(logs / total) if total else 0.0
        assert parts.sum() / MICRO == pytest.approx(level, abs=1e-6)
        assert (parts >= 0).all()
        assert (parts[np.isnan(row)] == 0).all()
        assert share.sum() == pytest.approx(1 if total else 0)


def test_of_two_pillars_alike_the_better_one_has_the_larger_part() -> None:
    micro, _ = contributions(np.array([[80.0, 40.0]]), np.ones(2), ("C", "D"), {"C": 1, "D": 1})
    assert micro.sum() == round(math.sqrt(80 * 40) * MICRO)
    assert micro[0, 0] / micro[0, 1] == pytest.approx(math.log(80) / math.log(40), rel=1e-6)


def test_the_level_is_the_sum_of_its_contributions_and_rests_on_estimates() -> None:
    own = found({("A", "P013"): (10, 40), ("A", "P018"): (4, 40), ("A", "P019"): (0, 40),
                 ("B", "P013"): (30, 40), ("B", "P018"): (20, 40), ("B", "P019"): (0, 40)})  # fmt: skip
    assert (own.micropoints.sum(axis=1) / MICRO).tolist() == own.level.tolist()
    assert own.level[0] == pytest.approx(100 * (1 - own.estimate[0]).mean(), abs=1e-6)
    raw = np.array([10 / 40, 4 / 40, 0.0])
    drawn_in = own.priors.mean[0] - raw
    assert np.all((own.estimate[0] - raw) * drawn_in >= 0)


def test_a_body_with_a_third_of_the_weight_has_no_level_but_a_reason() -> None:
    own = found({("A", "P013"): (10, 40), ("A", "P018"): SILENT, ("B", "P018"): (1, 30)})
    assert not own.published[0]
    assert own.reason[0] == "33 % of the recipe's weight measured, fewer than 65 %"
    assert own.micropoints[0].sum() == 0


def test_few_cases_count_as_a_gap_though_their_estimate_enters() -> None:
    counts = {("A", code): (1, 30) for code in ("P013", "P018")} | {("A", "P019"): (1, 5)}
    own = found(counts | {("B", "P019"): (20, 40)})
    assert own.weight_measured[0] == pytest.approx(2 / 3)
    assert own.weight[0].tolist() == pytest.approx([1 / 3] * 3)


def test_what_no_peer_publishes_takes_no_part() -> None:
    counts = {(body, code): (3, 30) for body in "AB" for code in ("P013", "P018")}
    own = found(counts | {("A", "P019"): SILENT})
    assert not own.imputed.any()
    assert own.weight[0].tolist() == [0.5, 0.5, 0.0]
    assert own.lowest[0] == own.level[0] == own.highest[0]


def test_silence_is_filled_with_no_more_than_the_peers_median_and_bounded() -> None:
    counts = {(body, code): (3, 30) for body in "ABCD" for code in ("P013", "P018", "P019")}
    own = found(counts | {("A", "P019"): SILENT})
    assert own.imputed[0].tolist() == [False, False, True]
    assert own.points[0, 2] <= own.priors.points_median[0, 2]
    assert own.lowest[0] < own.level[0] <= own.highest[0]


@given(countries(), st.sampled_from(["P018", "P019"]))
def test_silence_never_raises_a_level(counts: dict, code: str) -> None:
    """A body that is silent on an item has no more than if nobody had asked it."""
    without = {key: value for key, value in counts.items() if key != ("B00", code)}
    asked = found(without)
    silent = found(without | {("B00", code): SILENT})
    if asked.published[0]:
        assert silent.published[0]
        assert silent.level[0] <= asked.level[0] + 1e-6


#: Two pillars, and a level however little of them is published, so that nothing hides the points.
LENIENT = recipe("C01", "C02", "P013", "P018", "P019", minimum_weight=0.01, minimum_pillars=1)

#: How an indicator goes silent: no case can be judged, or no case is left at all.
quiet = st.sampled_from([SILENT, None])


def fallen(draw: st.DrawFn, counts: dict) -> dict:
    """The same with some of what is published no longer so; one body keeps something."""
    shown = [key for key, one in counts.items() if one != SILENT and one[1] >= MINIMUM]
    keep = shown[0]
    gone = {key: draw(quiet) for key in shown if key != keep and draw(st.booleans())}
    kept = {key: one for key, one in counts.items() if key not in gone}
    return kept | {key: one for key, one in gone.items() if one is not None}


def never_above(silent: Levels, publishing: Levels) -> None:
    kept = dict(zip(publishing.cells.bodies.to_pylist(), publishing.level.tolist(), strict=True))
    rows = zip(silent.cells.bodies.to_pylist(), silent.level, silent.published, strict=True)
    assert all(level <= kept[body] + 2e-6 for body, level, shown in rows if shown)


@settings(max_examples=25)
@given(st.data())
def test_who_falls_silent_never_gains(data: st.DataObject) -> None:
    """Neither against the value that it published last, which is what it would publish again, nor
    where several bodies fall silent on several indicators at once."""
    before = data.draw(countries(LENIENT.codes, most=6))
    now = fallen(data.draw, before)
    never_above(found(now, LENIENT, before), found(before, LENIENT))


@settings(max_examples=25)
@given(st.data())
def test_nor_over_three_releases(data: st.DataObject) -> None:
    """What a body published in the first counts in the third, whatever the second was silent on."""
    first = data.draw(countries(LENIENT.codes, most=6))
    second = fallen(data.draw, first)
    third = fallen(data.draw, second)
    # What the second release publishes, and of the rest what the first did.
    carried = first | {key: one for key, one in second.items() if one != SILENT}
    never_above(found(third, LENIENT, carried), found(first, LENIENT))


def test_a_bad_figure_is_kept_and_a_good_one_is_worth_no_more_than_the_peers() -> None:
    before = {(f"B{one}", code): (4, 40) for one in range(6) for code in RECIPE.codes}
    before |= {("bad", code): (36 if code == "P018" else 4, 40) for code in RECIPE.codes}
    before |= {("good", code): (0, 40) for code in RECIPE.codes}
    now = before | {("bad", "P018"): SILENT, ("good", "P018"): SILENT}
    own, was = found(now, before=before), found(before)
    bad, good = (own.cells.bodies.to_pylist().index(one) for one in ("bad", "good"))
    at = RECIPE.codes.index("P018")
    # Nobody's peers say anything else because of it.
    assert own.priors.mean.tolist() == was.priors.mean.tolist()
    assert own.points[bad, at] == was.points[bad, at] and own.imputed[bad, at]
    assert own.points[good, at] == was.priors.points_median[good, at] < was.points[good, at]
    assert own.reliability[bad, at] == 0
    assert own.lowest[bad] < own.level[bad] == was.level[bad]
    # Without the earlier release it gains.
    assert found(now).points[bad, at] > was.points[bad, at]


@given(countries(), st.sampled_from(["P013", "P018", "P019"]))
def test_one_more_hit_never_improves(counts: dict, code: str) -> None:
    hits, n = counts["B00", code]
    if hits == n:
        return
    before, after = found(counts), found(counts | {("B00", code): (hits + 1, n)})
    assert (
        after.estimate[0, RECIPE.codes.index(code)]
        >= before.estimate[0, RECIPE.codes.index(code)] - 1e-9
    )
    assert after.level[0] <= before.level[0] + 2e-6


@given(countries(), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(counts: dict, random: object) -> None:
    turned = list(counts.items())
    random.shuffle(turned)  # type: ignore[attr-defined]
    first, second = found(counts), found(dict(turned))
    assert first.level.tolist() == second.level.tolist()
    assert first.micropoints.tolist() == second.micropoints.tolist()


@given(countries(), st.sampled_from([0.5, 2.0, 100.0]))
def test_weights_are_relative(counts: dict, factor: float) -> None:
    scaled = recipe("P013", "P018", "P019", weights=dict.fromkeys(RECIPE.codes, factor))
    assert found(counts).micropoints.tolist() == found(counts, scaled).micropoints.tolist()


def test_an_index_needs_its_pillars_and_an_essential_one() -> None:
    codes = ("C01", "D01", "I01", "T01", "P018")
    five = recipe(*codes)
    assert (five.minimum_pillars, five.essential) == (4, ("C", "D"))
    full = {(body, code): (6, 30) for body in "AB" for code in codes}
    own = found({key: value for key, value in full.items() if key != ("A", "I01")}, five)
    assert own.published.tolist() == [True, True]
    lacking = {key: value for key, value in full.items() if key not in {("A", "C01"), ("A", "D01")}}
    own = found(lacking, five)
    assert own.published.tolist() == [False, True]
    assert own.reason[0] == (
        "60 % of the recipe's weight measured, 3 of 5 pillars; needed are 4 with C or D among them, "
        "each with at least 65 % of its weight"
    )


def test_who_says_little_about_itself_is_not_ranked() -> None:
    counts = {(f"B{one}", code): (one, 40) for one in range(0, 40, 5) for code in RECIPE.codes}
    counts |= {("few", code): (3, 20) for code in RECIPE.codes}
    own = found(counts)
    assert own.ranked.all()
    alike = dict.fromkeys(counts, (4, 40))
    assert not found(alike).ranked.any()
