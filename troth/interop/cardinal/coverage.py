"""Coverage as Cardinal counts it: how often each JSON path is not empty.

Empty are `""`, `[]`, `{}`, `null`, and what holds only those; numbers (0 too) and true or false are
not. The path `""` is a line, a path that ends in `/` an object, one in `[]` an element of a list.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


class _Node:
    """One path: how often it was not empty, and the paths below it."""

    __slots__ = ("count", "element", "inside", "members", "path")

    def __init__(self, path: str) -> None:
        self.path = path
        self.count = 0
        self.members: dict[str, _Node] = {}
        self.inside: _Node | None = None  # the object that stands here
        self.element: _Node | None = None  # what the list that stands here holds


def coverage(values: Iterable[Any]) -> dict[str, int]:
    """Path -> count, in the order in which paths were first met, innermost first."""
    root = _Node("")
    met: list[_Node] = []
    for value in values:
        _count(value, root, met)
    counts: dict[str, int] = {}
    for node in met:
        # A member without a name shares its path with the object around it.
        counts[node.path] = counts.get(node.path, 0) + node.count
    return counts


def _count(value: Any, node: _Node, met: list[_Node]) -> bool:
    """Count a value and all inside it; gives whether it is not empty."""
    kind = type(value)
    if kind is str:
        full = bool(value)
    elif value is None:
        return False
    elif kind is dict:
        full = _count_members(value, node, met)
    elif kind is list:
        full = _count_elements(value, node, met)
    else:
        full = True
    if full:
        if not node.count:
            met.append(node)
        node.count += 1
    return full


def _count_members(value: dict[str, Any], node: _Node, met: list[_Node]) -> bool:
    inside = node.inside
    if inside is None:
        inside = node.inside = _Node(f"{node.path}/")
    members = inside.members
    full = False
    for name, member in value.items():
        below = members.get(name)
        if below is None:
            below = members[name] = _Node(inside.path + name)
        if _count(member, below, met):
            full = True
    if full:
        if not inside.count:
            met.append(inside)
        inside.count += 1
    return full


def _count_elements(value: list[Any], node: _Node, met: list[_Node]) -> bool:
    element = node.element
    if element is None:
        element = node.element = _Node(f"{node.path}[]")
    full = False
    for one in value:
        if _count(one, element, met):
            full = True
    return full
