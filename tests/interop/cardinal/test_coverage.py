"""How often each path is not empty, compared with a slow and obvious count."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from troth.interop.cardinal.coverage import coverage


def test_the_innermost_path_stands_first() -> None:
    counts = coverage(
        [{"phoneNumbers": [{"type": "home", "number": "1"}, {"type": "", "number": "2"}]}]
    )
    assert list(counts.items()) == [
        ("/phoneNumbers[]/type", 1),
        ("/phoneNumbers[]/number", 2),
        ("/phoneNumbers[]/", 2),
        ("/phoneNumbers[]", 2),
        ("/phoneNumbers", 1),
        ("/", 1),
        ("", 1),
    ]


def test_zero_and_false_are_not_empty() -> None:
    assert coverage([{"a": 0, "b": False, "c": None, "d": [[], {}, ""]}]) == {
        "/a": 1,
        "/b": 1,
        "/": 1,
        "": 1,
    }


def test_a_member_without_a_name_shares_the_path_of_its_object() -> None:
    assert coverage([{"": 0}]) == {"/": 2, "": 1}
    assert coverage([{"a[]": 0, "a": [0]}]) == {"/a[]": 2, "/a": 1, "/": 1, "": 1}


def slowly(values: list[Any]) -> dict[str, int]:
    """As the documentation says it: every node that is not empty, one by one."""
    counts: dict[str, int] = {}

    def full(value: Any) -> bool:
        if isinstance(value, dict | list):
            return any(map(full, value.values() if isinstance(value, dict) else value))
        return value is not None and value != ""

    def walk(value: Any, path: str) -> None:
        if not full(value):
            return
        counts[path] = counts.get(path, 0) + 1
        if isinstance(value, dict):
            counts[f"{path}/"] = counts.get(f"{path}/", 0) + 1
            for name, inner in value.items():
                walk(inner, f"{path}/{name}")
        if isinstance(value, list):
            for inner in value:
                walk(inner, f"{path}[]")

    for value in values:
        walk(value, "")
    return counts


LEAF = st.none() | st.booleans() | st.integers(0, 1) | st.sampled_from(["", "x"])
VALUES = st.lists(
    st.recursive(
        LEAF,
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["", "a", "b", "[]", "/"]), inner)
        ),
        max_leaves=12,
    )
)


@given(VALUES)
def test_it_counts_as_the_slow_one_does(values: list[Any]) -> None:
    assert coverage(json.loads(json.dumps(values))) == slowly(values)


@given(VALUES)
def test_the_order_of_lines_changes_no_count(values: list[Any]) -> None:
    assert coverage(values) == coverage(reversed(values))
