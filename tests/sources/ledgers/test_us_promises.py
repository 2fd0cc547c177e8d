"""A promise tracker: promises of an office, an outsider's status of them, and nobody's name."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from tests.shared import shared
from tests.sources.ledgers.published import faults, published, rows
from tests.sources.ledgers.test_read import kept_promises
from troth.sources.ledgers.read import read
from troth.sources.ledgers.us_promises import LEFT_OUT, without_names

HEADER = "commit_date,commit,promise,category,status\n"

# Rows made of TrumpTracker's file of promises, MIT.
BAN = "A lifetime ban on White House officials lobbying on behalf of a foreign government"
CORE = "Leave Social Security as is"


def test_a_status_is_an_outsiders_finding_from_day_to_day(tmp_path: Path) -> None:
    found = published(
        tmp_path,
        HEADER
        + f"2017-02-03,3155cbb943,{BAN},First 100 Days,Achieved\n"
        + f"2017-02-03,3155cbb943,{CORE},Economy,Not started\n"
        + f"2017-03-09,6566f84155,{CORE},Economy,In progress\n"
        + f"2018-08-26,ebad4a9250,{CORE},Economy,Broken\n",
    )
    assert rows(found, "assessment", "date", "code", "value", "note", "assessor") == [
        ("2017-02-03", "kept", 1.0, "Achieved", "T1"),
        ("2017-02-03", "kept", None, "Not started", "T1"),
        ("2017-03-09", "kept", 0.5, "In progress", "T1"),
        ("2018-08-26", "kept", 0.0, "Broken", "T1"),
    ]
    assert rows(found, "commitment", "text", "origin") == [
        (BAN, "programme"),
        (f"{LEFT_OUT} Security as is", "programme"),
    ]
    assert list(found.bodies.values()) == ["Executive Office of the President"]
    ids = [one for (one,) in rows(found, "assessment", "item_id")]
    assert ids[1:] == [ids[1]] * 3
    assert "commitment_update" not in found.tables


def test_a_day_with_two_statuses_and_an_unknown_one_are_told(tmp_path: Path) -> None:
    found = published(
        tmp_path,
        HEADER
        + f"2017-02-18,13278c20e2,{BAN},x,Compromised\n"
        + f"2017-02-18,3d4b623e25,{BAN},x,Achieved\n"
        + f"2017-03-20,5b087cecbd,{BAN},x,Stalled\n"
        + "2017-03-20,5b087cecbd,,x,Broken\n",
    )
    assert faults(found) == [
        ("E069", 2, "status", "Compromised"),
        ("E069", 3, "status", "Achieved"),
        ("E065", 4, "status", "Stalled"),
        ("E060", 5, "promise", None),
    ]
    assert rows(found, "assessment", "value", "note") == [(None, "Stalled")]


def test_words_that_may_name_somebody_are_left_out() -> None:
    small = frozenset({"assign", "to", "a", "the", "of"})
    said = "Assign a prosecutor to Jane Doe-Roe, the FBI said"
    assert without_names(said, small) == f"Assign a prosecutor to {LEFT_OUT}, the FBI said"
    assert without_names("Doe says so", small) == f"{LEFT_OUT} says so"
    assert without_names("the United States Congress", small) == "the United States Congress"


@given(st.from_regex(r"[A-Z][a-z]{2,9}", fullmatch=True), st.text(max_size=20))
def test_no_name_that_is_no_word_of_the_file_is_left(name: str, around: str) -> None:
    assert f"Xq{name.lower()}" not in without_names(f"{around} Xq{name.lower()}", frozenset())


def test_the_whole_history_is_accounted_for_and_names_nobody() -> None:
    found = read([shared("data/commitments/us_trumptracker_status_history.csv")], b"secret")
    kept_promises(found)
    (account,) = found.input.to_pylist()
    assert (account["rows_in"], account["rows_kept"], account["rows_rejected"]) == (428, 352, 76)
    assert found.tables["commitment"].num_rows == 232
    told = str([table.to_pylist() for table in found.tables.values()])
    told += str(found.rejected.to_pylist()) + str(found.bodies)
    names = ("Trump", "Clinton", "Obama", "Bergdahl", "Steinle", "Rezaian", "Putin", "Icahn")
    assert not [one for one in names if one in told.replace(account["file"], "")]
