"""Levels side by side: peers, neighbours, what enters before it is weighed."""

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.site.made_release import body_id_of, made_release
from troth.publish import levels
from troth.publish.levels import Standings, standings
from troth.publish.views import Release, open_release
from troth.tables import results


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    return open_release(made_release(tmp_path_factory.mktemp("made"), bodies=14, lean=0.9))


@pytest.fixture(scope="module")
def found(release: Release) -> Standings:
    return standings(release)


def test_bodies_stand_in_the_order_of_names_each_once(found: Standings) -> None:
    shown = [row.body.name or "" for row in found.rows if row.body.name]

    assert shown == sorted(shown, key=str.casefold)
    assert len({row.body.body_id for row in found.rows}) == len(found.rows) == 14


def test_every_body_is_in_one_peer_group(found: Standings) -> None:
    grouped = [row for group in found.groups for row in group.rows]

    assert sorted(row.body.body_id for row in grouped) == sorted(
        row.body.body_id for row in found.rows
    )
    assert [group.label for group in found.groups] == sorted(one.label for one in found.groups)
    for group in found.groups:
        assert {row.score.peer_group for row in group.rows} == {group.label}


def test_the_nearest_hold_the_body_itself_and_follow_one_another(found: Standings) -> None:
    for at, row in enumerate(found.by_rank):
        near = found.nearest(row.body.body_id, 5)
        places = [found.by_rank.index(one) for one in near]
        assert row in near
        assert len(near) == min(5, len(found.by_rank))
        assert places == list(range(places[0], places[0] + len(near)))
        assert abs(places[len(near) // 2] - at) <= 2


def test_who_is_not_ranked_has_no_neighbours(found: Standings) -> None:
    assert found.nearest(body_id_of(5), 5) == ()
    assert found.nearest("nobody", 5) == ()
    row = found.of(body_id_of(5))
    assert row is not None
    assert not row.ranked
    assert found.of("nobody") is None


def test_what_differs_from_the_peers_leads_from_their_level_to_that_of_the_body(
    release: Release,
) -> None:
    for body_id in (body_id_of(0), body_id_of(3)):
        (score,) = release.body(body_id).scores
        offs = [levels.from_peers(part) for part in score.parts]
        peers = [part.weight * (part.peer_points or 0.0) for part in score.parts]
        assert None not in offs
        assert sum(peers) + sum(off or 0.0 for off in offs) == pytest.approx(score.level, abs=1e-9)


def test_of_a_part_whose_peers_are_too_few_nothing_is_said(release: Release) -> None:
    (score,) = release.body(body_id_of(3)).scores
    part = score.parts[0]

    assert levels.from_peers(part) is not None
    alone = type(part)(part.card, part.value, part.normalised, part.weight, part.micropoints)
    assert levels.from_peers(alone) is None


def test_before_weighing_silence_is_told_from_too_little(
    release: Release, found: Standings
) -> None:
    codes = sorted(release.recipe_json()["weights"])
    by_body = {one.row.body.body_id: one for one in levels.weighing(release, found)}

    silent = by_body[body_id_of(4)]
    assert silent.states[codes.index("P030")] == "s"
    # What it published last, drawn towards its peers as it was then.
    assert 0.1 < silent.estimates[codes.index("P030")] < 0.15
    small = by_body[body_id_of(5)]
    assert set(small.states) == {"x"}
    large = by_body[body_id_of(3)]
    assert set(large.states) == {"p"}
    assert None not in large.estimates


def test_another_recipe_of_the_release_is_not_mixed_in(tmp_path: Path) -> None:
    folder = made_release(tmp_path, bodies=3)
    path = folder / "parquet" / "score.parquet"
    rows = pq.read_table(path).to_pylist()
    others = [row | {"recipe": "second v1", "level": None, "status": "withheld"} for row in rows]
    pq.write_table(results.SCORE.rows([*rows, *others]), path)

    kept = standings(open_release(folder)).rows

    assert [row.score.recipe for row in kept] == ["first v1"] * 3
