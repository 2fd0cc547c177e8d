"""Errors that a person may meet, and the exit codes that they leave."""

from __future__ import annotations

from collections.abc import Iterator

from troth.errors import TrothError


def test_no_error_of_ours_leaves_with_1_which_is_for_check_alone() -> None:
    def all_of(kind: type[TrothError]) -> Iterator[type[TrothError]]:
        yield kind
        for one in kind.__subclasses__():
            yield from all_of(one)

    assert {kind.exit_code for kind in all_of(TrothError)} == {2, 3, 4}
