"""Which variants are valid, what they hold, and what each gives."""

import numpy as np
import pytest

from benchmarks import make_scores
from tests.score.indices import made
from troth.errors import UsageError
from troth.score.aggregate import arithmetic, geometric, places
from troth.score.normalise import goalposts, min_max, percentile_ranks
from troth.score.posterior import medians
from troth.score.treat import treat
from troth.score.variants import (
    DEFAULT,
    Index,
    Variant,
    aggregate,
    factors,
    hold,
    score,
    variants,
)


def test_there_are_360_variants_of_the_headline() -> None:
    found = variants(make_scores.EXCLUDED)
    assert len(found) == len(set(found)) == 360
    assert DEFAULT in found
    assert np.prod([len(levels) for levels in factors(make_scores.EXCLUDED).values()]) == 360
    assert not any(v.normalisation == "percentiles" and v.missing == "pessimistic" for v in found)


def test_variants_stand_in_the_order_of_their_factors() -> None:
    excluded = (None, "C")
    shape = tuple(len(levels) for levels in factors(excluded).values())
    table = np.array(variants(excluded), dtype=object).reshape(shape)
    assert {v.weights for v in table[:, 1].ravel()} == {factors(excluded)["weights"][1]}
    assert {v.excluded for v in table[..., 1].ravel()} == {"C"}


def test_what_is_not_valid_is_refused() -> None:
    with pytest.raises(UsageError, match="not valid"):
        Variant("percentiles", "pessimistic")
    with pytest.raises(UsageError, match="aggregation"):
        Variant(aggregation="harmonic")
    with pytest.raises(UsageError, match="twice"):
        Index(("C", "D"), ("C", "C"), np.zeros(2), np.ones(2), np.ones(2))
    with pytest.raises(UsageError, match="each of 2"):
        Index(("a", "b"), ("C",), np.zeros(2), np.ones(2), np.ones(2))
    with pytest.raises(UsageError, match="above 0"):
        Index(("a", "b"), ("C", "C"), np.zeros(2), np.ones(2), np.zeros(2))


def test_held_scales_give_at_the_medians_what_the_scale_gives() -> None:
    posterior, index = made()
    middle = medians(posterior)
    method = hold(index, middle, posterior.imputed)
    signs = np.where(index.best > index.worst, 1, -1)
    for name, points in (
        ("goalposts", goalposts(middle, index.worst, index.best)),
        ("min_max", min_max(treat(middle).values, signs)),
        ("percentiles", percentile_ranks(middle, signs)),
    ):
        np.testing.assert_allclose(method.points(name, middle), points, atol=1e-9)


def test_beyond_the_best_and_the_worst_a_held_scale_is_level() -> None:
    posterior, index = made()
    method = hold(index, medians(posterior), posterior.imputed)
    far = np.where(index.best > index.worst, 1e6, -1e6)
    for name in ("min_max", "percentiles"):
        np.testing.assert_allclose(method.points(name, far), 100)
        np.testing.assert_allclose(method.points(name, -far), 0)


def test_an_indicator_that_says_the_same_of_all_gives_no_scale_of_its_own() -> None:
    posterior, index = made()
    middle = medians(posterior)
    middle[:, 0] = 0.5
    method = hold(index, middle, posterior.imputed)
    assert np.isnan(method.points("percentiles", middle)[:, 0]).all()
    assert not np.isnan(method.points("goalposts", middle)[:, 0]).any()
    inside, _ = method.weights(Variant("percentiles", weights="principal_components"))
    assert inside[0] == 0


def test_weights_add_up_inside_each_pillar_and_across() -> None:
    posterior, index = made()
    method = hold(index, medians(posterior), posterior.imputed)
    for variant in variants((None, "C", "C1")):
        inside, across = method.weights(variant)
        np.testing.assert_allclose(inside @ index.membership, 1)
        assert across.sum() == pytest.approx(1)
        assert (across[0] == 0) == (variant.excluded == "C")
        assert (inside[0] == 0) == (variant.excluded == "C1")
    with pytest.raises(UsageError, match="no indicator or pillar"):
        method.weights(Variant(excluded="X9"))


def test_the_headline_is_the_plain_mean_of_means() -> None:
    posterior, index = made()
    middle = medians(posterior)
    method = hold(index, middle, posterior.imputed)
    points = goalposts(middle, index.worst, index.best)
    pillars = np.stack(
        [
            arithmetic(points[:, [at for at, p in enumerate(index.pillars) if p == name]])
            for name in index.pillar_names
        ],
        axis=-1,
    )
    np.testing.assert_allclose(
        score(method, DEFAULT, middle, posterior.imputed), geometric(pillars), rtol=1e-12
    )


def test_silence_never_helps_under_the_pessimistic_bound() -> None:
    posterior, index = made()
    middle = medians(posterior)
    method = hold(index, middle, posterior.imputed)
    for normalisation in ("goalposts", "min_max"):
        peers = score(method, Variant(normalisation), middle, posterior.imputed)
        bound = score(method, Variant(normalisation, "pessimistic"), middle, posterior.imputed)
        silent = posterior.imputed.any(axis=1)
        assert (bound[silent] <= peers[silent] + 1e-12).all()
        np.testing.assert_allclose(bound[~silent], peers[~silent])


def test_aggregations_agree_on_equal_pillars_and_punish_unequal_ones() -> None:
    level, weights = np.array([[60.0, 60.0, 60.0], [20.0, 60.0, 100.0]]), np.ones(3)
    found = {
        name: aggregate(name, level, weights)
        for name in ("arithmetic", "geometric", "mazziotta_pareto")
    }
    for scores in found.values():
        assert scores[0] == pytest.approx(60)
    assert found["arithmetic"][1] == pytest.approx(60)
    assert found["geometric"][1] == pytest.approx((20 * 60 * 100) ** (1 / 3))
    # On 70 to 130: 82, 106, 130; S² is 384, so 106 - 384/106, back on 0 to 100.
    assert found["mazziotta_pareto"][1] == pytest.approx((106 - 384 / 106 - 70) / 0.6)


def test_a_body_of_which_nothing_is_known_has_no_score() -> None:
    posterior, index = made()
    middle = medians(posterior)
    method = hold(index, middle, posterior.imputed)
    middle[3] = np.nan
    imputed = posterior.imputed & ~np.isnan(middle)
    for variant in variants():
        found = score(method, variant, middle, imputed)
        assert np.isnan(found).tolist() == [row == 3 for row in range(len(found))]
        assert np.isnan(places(found)[3])
