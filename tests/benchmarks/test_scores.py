"""What the benchmark of scores runs on, and that it runs."""

import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks import make_scores, scores


def test_bodies_are_the_same_every_time_and_others_by_another_seed() -> None:
    one, again, other = (make_scores.posterior(50, seed) for seed in (1, 1, 2))
    assert one.first.tobytes() == again.first.tobytes()
    assert one.first.tobytes() != other.first.tobytes()


def test_there_are_110_indicators_and_gaps_of_both_kinds() -> None:
    posterior = make_scores.posterior(500, 1)
    assert len(posterior.families) == len(make_scores.index().indicators) == 110
    assert (~posterior.known).mean() == pytest.approx(make_scores.UNKNOWN, abs=0.01)
    assert posterior.imputed.mean() == pytest.approx(make_scores.IMPUTED, abs=0.01)
    assert set(make_scores.OPTIONAL) < set(make_scores.index().indicators)


def test_the_benchmark_times_all_variants(tmp_path: Path) -> None:
    written = tmp_path / "figures.json"
    assert scores.main(["--bodies", "40", "30", "--draws", "20", "--json", str(written)]) == 0
    figures = json.loads(written.read_text())
    assert [one["bodies"] for one in figures] == [30, 40]
    assert {one["variants"] for one in figures} == {360}
    assert all(one["seconds"] > 0 for one in figures)


def test_a_wrong_result_ends_the_benchmark() -> None:
    _, found = scores.once(30, 10, 1)
    found.method.rank.q05[:] = np.inf
    with pytest.raises(AssertionError):
        scores.check(found, make_scores.index(), 30)


@pytest.mark.parametrize("asked", [["--bodies", "1"], ["--draws", "0"], ["--threads", "0"]])
def test_the_benchmark_refuses_what_makes_no_sense(asked: list[str]) -> None:
    with pytest.raises(SystemExit):
        scores.main(asked)
