"""Outcomes are held against levels: whatever they say, no level moves."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

import pytest

from tests.house.tracked import ROOT
from troth.indicators import catalogue
from troth.pipeline import Options, run_to_release
from troth.publish.views import Release, open_release
from troth.sources.ledgers.read import Given

EXAMPLE = ROOT / "examples" / "italy-france"
AS_OF = date(2024, 12, 31)


def written(path: Path, header: str, rows: Iterable[Sequence[object]]) -> Given:
    with path.open("w", encoding="utf-8", newline="") as into:
        csv.writer(into).writerows([header.split(","), *rows])
    return Given(path)


def outcomes_of(folder: Path, bodies: Sequence[str]) -> list[Given]:
    """Ledgers in which the first body does as badly as can be, and the others as well."""
    numbered = list(enumerate(bodies))
    return [
        written(
            folder / "cases.csv",
            "case_id,body_id,channel,received,closed,upheld,escalated_to",
            [
                (f"{n}-{one}", body, "complaint", "2024-03-01", f"2024-0{9 if n == 0 else 4}-01",
                 "yes" if n == 0 or one == 0 else "no", "court" if n == 0 else "nowhere")
                for n, body in numbered for one in range(40)
            ],
        ),
        written(
            folder / "residents.csv", "body_id,fiscal_year,population",
            [(body, 2024, 1_000 if n == 0 else 100_000) for n, body in numbered],
        ),
        written(
            folder / "surveys.csv",
            "body_id,wave,question,about,date,n,n_eff,asked,share_or_mean",
            [
                (body, "1", about, about, "2024-05-31", 900, 600, 1000, 0.05 if n == 0 else 0.95)
                for n, body in numbered for about in ("satisfaction", "trust")
            ],
        ),
        written(
            folder / "quotes.csv", "body_id,date,tenor,spread_bp,peer_spread_bp",
            [
                (body, f"2024-{month:02}-15", 60, 900 if n == 0 else 90, 100)
                for n, body in numbered for month in range(1, 13)
            ],
        ),
    ]  # fmt: skip


def released(folder: Path, ledgers: Sequence[Given]) -> Release:
    options = Options(folder, as_of=AS_OF, ledgers=ledgers, jobs=1)
    return open_release(run_to_release([str(EXAMPLE)], options)[1])


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[Release, Release]:
    """The release of the records alone, and that of the records with outcomes."""
    folder = tmp_path_factory.mktemp("outcomes")
    alone = released(folder / "alone", [])
    bodies = sorted(body.body_id for body, score in alone.levels() if score.level is not None)[:4]
    return alone, released(folder / "with", outcomes_of(folder, bodies))


def test_outcomes_were_measured(both: tuple[Release, Release]) -> None:
    alone, more = both
    bodies = sorted(body.body_id for body, score in alone.levels() if score.level is not None)[:4]
    shown = {
        one.card.code for one in more.body(bodies[0]).measured
        if one.figure is not None and one.figure.value is not None
    }  # fmt: skip
    assert {"O01", "O02", "O03", "O04", "O06", "O07", "O10"} <= shown


def test_no_level_moves(both: tuple[Release, Release]) -> None:
    levels = [
        {body.body_id: release.body(body.body_id).scores for body, _ in release.levels()}
        for release in both
    ]
    assert any(levels[0].values())
    assert levels[0] == levels[1]


def test_no_outcome_is_an_ingredient_of_a_level(both: tuple[Release, Release]) -> None:
    outcomes = {code for code, one in catalogue().items() if one.pillar == "outcomes"}
    assert outcomes == {f"O{number:02}" for number in range(1, 11)}
    for release in both:
        with (release.folder / "csv" / "contribution.csv").open(encoding="utf-8") as file:
            weighed = {row["indicator"] for row in csv.DictReader(file)}
        assert weighed
        assert not weighed & outcomes
