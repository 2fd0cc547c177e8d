"""The scores of a release made from real data: every figure again, by hand, from its own tables."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.house.tracked import ROOT
from troth.pipeline import Options, run_to_release
from troth.publish.verify import verify
from troth.publish.views import Release, open_release

EXAMPLE = ROOT / "examples" / "italy-france"


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    out = tmp_path_factory.mktemp("scores")
    return open_release(run_to_release([str(EXAMPLE)], Options(out))[1])


@pytest.fixture(scope="module")
def levelled(release: Release) -> list[str]:
    return [body.body_id for body, score in release.levels() if score.level is not None]


def test_it_verifies(release: Release) -> None:
    assert verify(release.folder) == []


def test_an_estimate_is_made_of_counts_and_what_peers_say(
    release: Release, levelled: list[str]
) -> None:
    assert len(levelled) >= 8
    for body_id in levelled:
        (score,) = release.body(body_id).scores
        for one in score.estimates:
            if one.n:
                pulled = one.hits + one.prior_mean * one.prior_size
                assert one.estimate == pulled / (one.n + one.prior_size)
                assert one.reliability == one.n / (one.n + one.prior_size)
                assert one.low <= one.estimate <= one.high


def test_a_level_is_made_of_estimates_goalposts_and_weights(
    release: Release, levelled: list[str]
) -> None:
    posts = {post.card.code: post for post in release.method().goalposts}
    for body_id in levelled:
        (score,) = release.body(body_id).scores
        estimates = {one.card.code: one.estimate for one in score.estimates}
        whole = sum(posts[part.card.code].weight for part in score.parts)
        level = 0.0
        for part in score.parts:
            post = posts[part.card.code]
            assert part.value == estimates[part.card.code]
            points = 100 * (part.value - post.worst) / (post.best - post.worst)
            assert part.normalised == pytest.approx(points, abs=1e-9)
            level += points * post.weight / whole
        assert score.level == pytest.approx(level, abs=1e-6)
        assert score.low <= score.level <= score.high


def test_leaving_an_indicator_out_is_the_level_of_the_others(
    release: Release, levelled: list[str]
) -> None:
    for body_id in levelled:
        (score,) = release.body(body_id).scores
        others = {one.variant: one.level for one in score.alternatives}
        kept = [part.normalised for part in score.parts if part.card.code != "P013"]
        assert others["excluded=P013"] == pytest.approx(np.mean(kept), abs=1e-5)


def test_ranks_are_intervals_of_all_that_are_ranked_together(release: Release) -> None:
    scores = [score for _, score in release.levels()]
    ranked = [score for score in scores if score.rank is not None]
    assert ranked and all(score.rank_kept for score in scores)
    for score in ranked:
        assert (
            1 <= score.rank_low <= score.rank <= score.rank_high <= score.ranked_of == len(ranked)
        )


def test_what_the_ranking_depends_on_is_said_most_first(release: Release) -> None:
    found = release.sensitivity()
    assert {one.factor for one in found} == {"excluded", "normalisation", "weights"}
    totals = [one.total for one in found]
    assert totals == sorted(totals, reverse=True)
    assert all(0 <= one.first_order <= one.total + 1e-9 for one in found)


def test_lists_say_of_a_body_what_its_page_says(release: Release) -> None:
    for body, listed in release.levels():
        (own,) = release.body(body.body_id).scores
        assert (own.level, own.low, own.rank_high, own.band) == (
            listed.level, listed.low, listed.rank_high, listed.band,
        )  # fmt: skip


def test_a_register_says_who_is_compared_with_whom(levelled: list[str], tmp_path: Path) -> None:
    register = tmp_path / "bodies.csv"
    rows = [f"{body},municipality,{50_000 + at}" for at, body in enumerate(levelled)]
    register.write_text("body_id,level,population\n" + "\n".join(rows) + "\n")
    _, folder = run_to_release([str(EXAMPLE)], Options(tmp_path / "out", bodies=register))
    groups = {body.body_id: score.peer_group for body, score in open_release(folder).levels()}
    assert {groups[body] for body in levelled} == {"municipality/20000-100000"}
    assert {group for body, group in groups.items() if body not in levelled} == {"unknown"}
