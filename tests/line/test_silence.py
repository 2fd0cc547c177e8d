"""A body that stops publishing a bad figure: from file to level, over three releases."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.line import towns
from tests.line.towns import TOWN_A
from tests.line.troth import Ran, troth
from troth.publish.verify import verify
from troth.publish.views import Contribution, Release, Score, open_release, page_name

#: Two of four indicators are enough, so that a level is there also when the others fall silent.
RECIPE = """
name = "half"
version = 1
title = "Half of the weight is enough"
minimum_weight = 0.4
draws = 400
"""
POSTS = """
[indicators.{code}]
worst = 1.0
best = 0.0
reason = "the ends of a share"
dated = 2026-01-01
"""


def written(path: Path, silent: bool) -> Path:
    """The towns; where silent, A no longer says how many bid."""
    rows = towns.processes()
    for one in rows:
        if silent and one["buyer"]["id"] == TOWN_A:
            del one["tender"]["numberOfTenderers"], one["tender"]["tenderers"]
    path.write_text("".join(json.dumps(one) + "\n" for one in rows), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def recipe(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("recipe") / "half.toml"
    codes = ("P013", "P018", "P019", "P040")
    path.write_text(RECIPE + "".join(POSTS.format(code=code) for code in codes))
    return path


def line(where: Path, recipe: Path, day: str, silent: bool, *more: object) -> tuple[Release, Ran]:
    where.mkdir()
    data = written(where / "towns.jsonl", silent)
    ran = troth("run", data, "--out", where, "--as-of", day, "--recipe", recipe, *more)
    assert ran.code == 0, ran.err
    return open_release(next((where / "releases").glob("2*"))), ran


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory, recipe: Path) -> list[tuple[Release, Ran]]:
    """Published, then silent, then silent again, each held against the one before."""
    folder = tmp_path_factory.mktemp("three")
    first = line(folder / "1", recipe, "2024-06-30", False)
    second = line(folder / "2", recipe, "2025-06-30", True, "--previous", first[0].folder)
    third = line(folder / "3", recipe, "2026-06-30", True, "--previous", folder / "2")
    return [first, second, third]


def of_town_a(release: Release) -> Score:
    (score,) = release.body(TOWN_A).scores
    return score


def part(score: Score, code: str) -> Contribution:
    return next(one for one in score.parts if one.card.code == code)


def test_falling_silent_gains_nothing_however_long_it_lasts(three) -> None:
    levels = [of_town_a(release).level for release, _ in three]
    assert all(level is not None for level in levels)
    assert levels[0] >= levels[1] >= levels[2]
    for release, _ in three[1:]:
        own = part(of_town_a(release), "P018")
        assert own.imputed and own.normalised <= part(of_town_a(three[0][0]), "P018").normalised
        assert verify(release.folder) == []


def test_each_release_says_what_was_published_last_and_where(three) -> None:
    first = three[0][0]
    for (release, ran), before in zip(three[1:], (three[0][0], three[1][0]), strict=True):
        assert release.run.previous_release == before.release_id
        assert release.run.previous_run == before.run.run_id
        kept = {row["indicator"]: row for row in release.last_published().to_pylist()}
        assert set(kept) == {"P018", "P019"}
        assert (kept["P018"]["hits"], kept["P018"]["n"]) == (30, 40)
        assert kept["P018"]["release"] == first.release_id
        estimates = {one.card.code: one for one in of_town_a(release).estimates}
        assert estimates["P018"].kept_from == first.release_id
        assert estimates["P013"].kept_from is None
        assert f"against    release {before.release_id}: 2 figures fell silent" in ran.out
    assert first.run.previous_release is None and first.last_published().num_rows == 0


def test_without_the_earlier_release_it_is_a_silence_like_any_other(
    three, recipe: Path, tmp_path: Path
) -> None:
    alone, _ = line(tmp_path / "alone", recipe, "2025-06-30", True)
    held = three[1][0]
    assert alone.run.run_id != held.run.run_id
    assert of_town_a(alone).level >= of_town_a(held).level
    assert part(of_town_a(alone), "P018").normalised >= part(of_town_a(held), "P018").normalised


def test_commands_and_pages_say_it(three) -> None:
    first, release = three[0][0], three[1][0]
    told = troth("explain", TOWN_A, "--out", release.folder).out
    assert f"silence held against release {first.release_id}" in told
    assert f"fell silent: published last in release {first.release_id}" in told
    own = troth("explain", TOWN_A, "--out", release.folder, "--format", "json").json
    assert own["previous_release"] == first.release_id
    page = (release.folder.parent.parent / "bodies" / f"{page_name(TOWN_A)}.html").read_text(
        encoding="utf-8"
    )
    (held,) = re.findall(r"Silence held against</dt><dd>(.*?)</dd>", page)
    assert first.release_id in held
    assert "fell silent" in page


def test_a_release_scored_again_gives_what_it_published(three, recipe: Path) -> None:
    """`troth score`, `troth compare` and `troth diff` know what was published last too."""
    release = three[1][0]
    rows = troth("score", "--recipe", recipe, "--out", release.folder, "--format", "json").json
    for row in rows["bodies"]:
        assert (row["level"], row["low"]) == (row["published_level"], row["published_low"])
    against = troth("diff", three[0][0].folder, release.folder, "--format", "json").json
    assert all(part["cause"] != "method" for part in against["parts"])
    (town,) = [one for one in against["bodies"] if one["body_id"] == TOWN_A]
    assert town["change"] <= 0
    compared = troth(
        "compare", TOWN_A, "XX-GOV-B", "--out", release.folder, "--format", "json"
    ).json
    assert compared["bodies"][0]["level"] == of_town_a(release).level


def test_a_folder_without_a_release_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    data = written(tmp_path / "towns.jsonl", False)
    ran = troth("run", data, "--out", tmp_path / "out", "--previous", tmp_path)
    assert ran.code != 0 and "no release here" in ran.err
    assert not (tmp_path / "out").exists()


def test_a_later_release_is_refused(three, recipe: Path, tmp_path: Path) -> None:
    data = written(tmp_path / "towns.jsonl", False)
    ran = troth(
        "run", data, "--out", tmp_path / "out", "--as-of", "2024-07-01", "--recipe", recipe,
        "--previous", three[1][0].folder,
    )  # fmt: skip
    assert ran.code != 0 and "later than this run, as of 2024-07-01" in ran.err
    assert not list((tmp_path / "out").glob("releases/2*"))
