"""`troth selfcheck persons`: each wall is tried, and one that is down is told."""

from __future__ import annotations

from tests.line.troth import troth
from troth.tables import walls
from troth.terminal import selfcheck


def test_the_walls_hold_and_one_taken_down_is_noticed(monkeypatch, made) -> None:
    _, out, _ = made

    held = troth("selfcheck", "persons", out)

    assert held.code == 0
    assert selfcheck.THROUGH not in held.out
    assert held.out.count(selfcheck.STOPPED) == len(selfcheck.attempts())
    assert "nothing about a person" in held.out
    monkeypatch.setattr(walls, "breaches", lambda _: [])
    broken = troth("selfcheck", "persons")
    assert broken.code == 4
    assert f"{selfcheck.THROUGH}  in the vocabulary" in broken.out
