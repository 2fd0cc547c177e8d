"""Every outcome says something, nothing, or that it cannot tell."""

from __future__ import annotations

from troth.sources.fetch.answers import OURS_PERHAPS, Means, Outcome


def test_only_what_the_server_is_responsible_for_says_anything_of_the_body() -> None:
    said = {one for one in Outcome if one.means is not Means.CANNOT_TELL}

    assert said == {
        Outcome.FOUND, Outcome.SAME, Outcome.TOO_LARGE, Outcome.GONE, Outcome.SERVER_ERROR,
        Outcome.NO_HOST, Outcome.NO_CONNECTION, Outcome.TIMED_OUT, Outcome.CUT_OFF,
        Outcome.BAD_ANSWER, Outcome.REDIRECTS,
    }  # fmt: skip
    assert all(one.means is Means.NOT_REACHED for one in OURS_PERHAPS)
