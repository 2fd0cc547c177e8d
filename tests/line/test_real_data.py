"""The main job on all the real records we have: every line is accounted for, every body answers."""

from pathlib import Path

import pyarrow.compute as pc
import pytest

from tests.shared import shared
from troth.pipeline import Options, Scored, run_to_release
from troth.publish.verify import verify
from troth.publish.views import open_release

LINES = 97_507


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> tuple[Scored, Path]:
    data = shared("data/ocds/real.jsonl.gz")
    return run_to_release([str(data)], Options(tmp_path_factory.mktemp("real"), records=200))


def test_every_line_is_accounted_for(real: tuple[Scored, Path]) -> None:
    (run,) = real[0].run.to_pylist()
    assert run["rows_in"] == LINES
    assert run["rows_in"] == run["rows_kept"] + run["rows_rejected"]


def test_the_release_holds_what_it_says(real: tuple[Scored, Path]) -> None:
    assert verify(real[1]) == []


def test_every_figure_is_about_a_body_of_the_register(real: tuple[Scored, Path]) -> None:
    scored, _ = real
    assert set(scored.measured.measurement["body_kind"].unique().to_pylist()) == {"public_body"}
    assert pc.all(
        pc.is_in(scored.measured.measurement["body_id"], scored.body["body_id"].combine_chunks())
    ).as_py()


def test_every_body_has_an_answer(real: tuple[Scored, Path]) -> None:
    release = open_release(real[1])
    for row in release.bodies():
        answer = release.body(row.body.body_id)
        assert answer.body == row.body
        assert answer.measured or answer.withheld


def test_rates_are_no_wilder_than_those_seen_elsewhere(real: tuple[Scored, Path]) -> None:
    """PROCUREMENT 2.5: shares of evaluable cases seen in Lithuania, as a sanity band."""
    rates = {
        row["indicator"]: row["flagged"] / (row["flagged"] + row["not_flagged"])
        for row in real[0].measured.coverage.to_pylist()
        if row["flagged"] + row["not_flagged"] > 300
    }
    assert 0.2 < rates["P018"] < 0.8
    assert rates["P060"] < 0.15
    assert rates["P061"] < 0.15
    assert rates["P062"] < 0.15
