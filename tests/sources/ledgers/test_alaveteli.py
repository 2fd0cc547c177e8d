"""Requests over a public site: what whoever asked said came of them, and nothing about who it was."""

from pathlib import Path

from tests.sources.ledgers.published import faults, published, rows

HEADER = "id,title,user_id,public_body_id,created_at,updated_at,described_state,awaiting_description,url_title,law_used,last_public_response_at,info_request_batch_id\n"


def request(number: int, state: str, answered: str = "", waiting: str = "false") -> str:
    return f"{number},About Jo Doe,77,5,2008-01-30 15:02:33 UTC,2009-01-01 00:00:00 UTC,{state},{waiting},about_jo,foi,{answered},\n"


def test_states_that_speak_of_the_answer_are_outcomes(tmp_path: Path) -> None:
    found = published(
        tmp_path,
        HEADER
        + request(1, "successful", "2008-02-20 09:00:00 UTC")
        + request(2, "rejected", "2008-03-20 09:00:00 +0000")
        + request(3, "waiting_response", "2008-02-01 09:00:00 UTC")
        + request(4, "not_held", "soon"),
    )
    names = ("foi_id", "body_id", "received", "answered", "outcome")
    assert rows(found, "foi", *names) == [
        ("alaveteli:1", "name:alaveteli:5", "2008-01-30", "2008-02-20", "full"),
        ("alaveteli:2", "name:alaveteli:5", "2008-01-30", "2008-03-20", "refused"),
        # Something came, perhaps that the request was received; no answer is known of.
        ("alaveteli:3", "name:alaveteli:5", "2008-01-30", None, None),
        ("alaveteli:4", "name:alaveteli:5", "2008-01-30", None, "not_held"),
    ]
    assert faults(found) == [("E064", 5, "last_public_response_at", "soon")]
    assert "Doe" not in str([table.to_pylist() for table in found.tables.values()])


def test_what_nobody_has_sorted_and_what_says_nothing_is_refused(tmp_path: Path) -> None:
    found = published(
        tmp_path,
        HEADER
        + request(1, "successful", waiting="true")
        + request(2, "gone_postal")
        + request(3, "lost"),
    )
    assert [(code, line, value) for code, line, _, value in faults(found)] == [
        ("E069", 2, "successful"),
        ("E069", 3, "gone_postal"),
        ("E061", 4, "lost"),
    ]
