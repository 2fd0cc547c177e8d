"""Terms of one holder in a row become one; who it was is nowhere behind that."""

from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from troth.measure.exposure import changes
from troth.sources.ledgers.read import Ledgers, read

HEADER = "term_id,body_id,post,start_date,end_date,end_kind,acting,holder\n"


def terms(folder: Path, *rows: str) -> Ledgers:
    path = folder / "terms.csv"
    path.write_text(HEADER + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    return read([path], b"secret")


def spans(found: Ledgers) -> list[tuple[str, str, str, str | None]]:
    rows = found.tables["term"].to_pylist()
    return [(r["term_id"], str(r["start_date"]), str(r["end_date"]), r["end_kind"]) for r in rows]


def test_a_second_term_of_the_same_holder_is_no_new_one(tmp_path: Path) -> None:
    found = terms(
        tmp_path,
        "T1,A,mayor,2010-01-01,2014-01-01,scheduled,no,Nguyen",
        "T2,A,mayor,2014-01-01,2018-01-01,unscheduled,no,Nguyen",
        "T3,A,mayor,2018-01-01,,,no,Okafor",
        "T4,B,mayor,2014-01-01,,,no,Nguyen",
    )
    assert spans(found) == [
        ("T1", "2010-01-01", "2018-01-01", "unscheduled"),
        ("T3", "2018-01-01", "None", None),
        ("T4", "2014-01-01", "None", None),
    ]
    assert found.input["rows_kept"].to_pylist() == [4]
    assert "Nguyen" not in str(found)
    assert "holder" not in found.tables["term"].column_names


def test_a_short_acting_holder_between_does_not_part_them_a_long_one_does(tmp_path: Path) -> None:
    rows = (
        "T1,A,mayor,2010-01-01,2014-01-01,,no,N",
        "T2,A,mayor,2014-01-01,{},,yes,X",
        "T3,A,mayor,2014-04-01,,,no,N",
    )
    short = terms(tmp_path, *(row.format("2014-02-01") for row in rows))
    assert [one[0] for one in spans(short)] == ["T1", "T2"]
    long = terms(tmp_path, *(row.format("2014-03-15") for row in rows))
    assert [one[0] for one in spans(long)] == ["T1", "T2", "T3"]


def test_terms_without_a_holder_are_left_as_they_are(tmp_path: Path) -> None:
    found = terms(tmp_path, "T1,A,mayor,2010-01-01,2014-01-01,,no,", "T2,A,mayor,2014-01-01,,,no,")
    assert [one[0] for one in spans(found)] == ["T1", "T2"]


DAYS = st.integers(0, 400)


@given(
    st.lists(
        st.tuples(DAYS, st.integers(1, 200), st.booleans(), st.sampled_from("PQ")),
        max_size=7,
        unique_by=lambda one: one[0],
    )
)
def test_the_changes_of_office_are_those_that_are_seen_with_the_holders(
    tmp_path_factory, drawn: list[tuple[int, int, bool, str]]
) -> None:
    """`changes` itself, told who held the post, is the oracle."""
    first = np.datetime64("2015-01-01")
    start = np.array([first + np.timedelta64(day, "D") for day, *_ in drawn], "datetime64[D]")
    end = start + np.array([length for _, length, *_ in drawn], "timedelta64[D]")
    acting = np.array([one[2] for one in drawn], bool)
    holder = np.array([ord(one[3]) for one in drawn], np.int64)
    as_of = np.datetime64("2030-01-01")
    nobody = np.zeros(len(drawn), np.int64)
    expected = changes(nobody, start, end, as_of, holder=holder, acting=acting)

    rows = [
        f"T{n},A,mayor,{start[n]},{end[n]},,{'yes' if acting[n] else 'no'},{one[3]}"
        for n, one in enumerate(drawn)
    ]
    table = terms(tmp_path_factory.mktemp("terms"), *rows).tables["term"]
    found = changes(
        np.zeros(table.num_rows, np.int64),
        table["start_date"].to_numpy().astype("datetime64[D]"),
        table["end_date"].to_numpy().astype("datetime64[D]"),
        as_of,
        acting=np.array(table["acting"].to_pylist(), bool),
    )
    assert found.on.tolist() == expected.on.tolist()
