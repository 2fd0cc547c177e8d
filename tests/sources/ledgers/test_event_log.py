"""Event logs: steps in the order of their lines, without who took them."""

from pathlib import Path

import pytest

from tests.shared import shared
from tests.sources.ledgers.published import rows
from tests.sources.ledgers.test_read import SECRET, kept_promises, written
from troth.sources.ledgers.read import Ledgers, read

PLAIN = "case_id,date,event,unit\nC1,2025-01-01,received,A\nC1,2025-01-01,transfer,B\nC1,2025-01-09,resting,B\n"
XES = "case:concept:name,concept:name,time:timestamp,org:resource,org:group\nC1,received,2025-01-01T09:00:00+01:00,Jane Doe,A\n"


def with_cases(folder: Path, log: Path, cases: set[str]) -> Ledgers:
    text = "case_id,body_id,channel,received\n"
    text += "".join(f"{case},XX-A,complaint,2025-01-01\n" for case in sorted(cases))
    found = read([log, written(folder, "cases.csv", text)], SECRET)
    kept_promises(found)
    return found


def test_steps_keep_their_order_and_an_unknown_step_is_refused(tmp_path: Path) -> None:
    found = with_cases(tmp_path, written(tmp_path, "log.csv", PLAIN), {"C1"})
    assert rows(found, "case_event", "case_id", "event_no", "event", "unit") == [
        ("C1", 2, "received", "A"),
        ("C1", 3, "transfer", "B"),
    ]
    (fault,) = found.rejected.to_pylist()
    assert (fault["code"], fault["line"], fault["value"]) == ("E061", 4, "resting")


def test_process_mining_names_are_read_and_who_did_it_is_not(tmp_path: Path) -> None:
    found = with_cases(tmp_path, written(tmp_path, "log.csv", XES), {"C1"})
    assert rows(found, "case_event", "ts", "unit") == [("2025-01-01 08:00:00+00:00", "A")]
    assert "Jane" not in str(found)


@pytest.mark.parametrize("known", [{"C1", "C2", "C3", "C4", "C5"}, {"C1"}])
def test_the_log_that_handoffs_are_checked_with_is_read(tmp_path: Path, known: set[str]) -> None:
    found = with_cases(tmp_path, shared("conformance/methods/golden/handoffs.csv"), known)
    assert set(found.tables["case_event"]["case_id"].to_pylist()) == known
    events = found.tables["case_event"].num_rows
    assert events == (18 if len(known) == 5 else 5)
