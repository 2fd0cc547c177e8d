"""Peers are of one level and a like size, and their definition fits into an address."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from troth.errors import UsageError
from troth.score.peers import BY_LEVEL, BY_SIZE, UNKNOWN, PeerGroups, assign, assign_all, parse

levels = st.sampled_from(["municipality", "region", None])
bodies = st.lists(st.tuples(levels, st.none() | st.integers(0, 1_000_000)), max_size=60)
definitions = st.builds(
    PeerGroups,
    name=st.sampled_from(["size-5", "level", "a1"]),
    version=st.integers(1, 9),
    bounds=st.sets(st.integers(1, 900_000), max_size=5).map(lambda b: tuple(sorted(b))),
    fewest=st.integers(1, 12),
)


def test_a_population_at_a_bound_is_in_the_upper_class() -> None:
    assert assign(BY_SIZE, "municipality", 4_999) == "municipality/0-5000"
    assert assign(BY_SIZE, "municipality", 5_000) == "municipality/5000-20000"
    assert assign(BY_SIZE, "municipality", 500_000) == "municipality/500000+"


@pytest.mark.parametrize(
    ("level", "population"),
    [(None, 100), ("", 100), ("region", None), ("region", float("nan")), ("region", -1)],
)
def test_unknown_inputs_give_unknown(level: str | None, population: float | None) -> None:
    assert assign(BY_SIZE, level, population) == UNKNOWN


def test_without_bounds_nobody_asks_for_a_population() -> None:
    assert assign(BY_LEVEL, "region", None) == "region/all"


def test_the_smallest_group_joins_its_smaller_neighbour() -> None:
    """2 villages, 4 towns, 3 cities: the villages join the towns, then all have enough."""
    groups = PeerGroups("g", 1, (10, 100), fewest=3)
    labels = assign_all(groups, ["m"] * 9, [1, 2, 20, 30, 40, 50, 200, 300, 400])
    assert Counter(labels) == {"m/0-100": 6, "m/100+": 3}


def test_a_level_with_too_few_bodies_stays_alone() -> None:
    labels = assign_all(BY_SIZE, ["region", "region", "m"], [1_000, 900_000, 7])
    assert labels == ["region/all", "region/all", "m/all"] or labels[2].startswith("m/")
    assert labels[0] == labels[1] != labels[2]


@given(definitions, bodies)
def test_groups_are_large_enough_or_the_whole_level(
    groups: PeerGroups, drawn: list[tuple[str | None, int | None]]
) -> None:
    names, populations = [one[0] for one in drawn], [one[1] for one in drawn]
    labels = assign_all(groups, names, populations)
    count = Counter(labels)
    by_level: dict[str, set[str]] = {}
    for (level, population), label in zip(drawn, labels, strict=True):
        assert (label == UNKNOWN) == (assign(groups, level, population) == UNKNOWN)
        if label != UNKNOWN:
            assert label.startswith(f"{level}/")
            by_level.setdefault(str(level), set()).add(label)
    for inside in by_level.values():
        assert len(inside) == 1 or all(count[label] >= groups.fewest for label in inside)


@given(definitions)
def test_a_definition_survives_an_address(groups: PeerGroups) -> None:
    word = str(groups)
    assert parse(word) == groups
    assert set(word) <= set("abcdefghijklmnopqrstuvwxyz0123456789-.")


@pytest.mark.parametrize(
    "word", ["", "size-5", "size-5.v0.10.m8", "a.v1.20-10.m8", "a.v01.10.m8", "a--b.v1.10.m8"]
)
def test_a_word_that_names_none_is_refused(word: str) -> None:
    with pytest.raises(UsageError):
        parse(word)


def test_one_level_for_each_population() -> None:
    with pytest.raises(UsageError, match="one each"):
        assign_all(BY_SIZE, ["m"], [])
