"""The register of bodies: read strictly, with an account of every row."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from troth.errors import InputError
from troth.sources.bodies_csv import Described, described, names_of, read_bodies
from troth.tables.body import BODY
from troth.tables.check import check
from troth.tables.results import INPUT, REJECTED

HEADER = "body_id,name,level,population\n"


def written(folder: Path, text: str) -> Path:
    path = folder / "bodies.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_what_is_said_is_kept_and_an_empty_cell_is_unknown(tmp_path: Path) -> None:
    found = read_bodies(
        written(tmp_path, HEADER + 'A,"Town, big",town,12000\nB,,,\nC,State,state,0\n')
    )
    assert found.bodies == {
        "A": Described("town", 12_000),
        "B": Described(None, None),
        "C": Described("state", 0),
    }
    (account,) = found.input.to_pylist()
    assert (account["rows_in"], account["rows_kept"], account["rows_rejected"]) == (3, 3, 0)
    assert found.rejected.num_rows == 0


@pytest.mark.parametrize(
    ("row", "code", "line", "path"),
    [
        ("A,x,town,12 000", "E052", 2, "population"),
        ("A,x,town,-5", "E052", 2, "population"),
        ("A,x,town,1e3", "E052", 2, "population"),
        ("A,x,town,99999999999", "E052", 2, "population"),
        ("A,x,a/b,5", "E055", 2, "level"),
        (",x,town,5", "E051", 2, "body_id"),
        ("A,x,town", "E053", 2, "$"),
        ("A,x,town,5,6", "E053", 2, "$"),
        ("A,x,town,5\nA,y,town,6", "E051", 3, "body_id"),
    ],
)
def test_a_fault_has_its_place_and_is_counted(
    tmp_path: Path, row: str, code: str, line: int, path: str
) -> None:
    found = read_bodies(written(tmp_path, HEADER + row + "\n"))
    (fault,) = found.rejected.to_pylist()
    assert (fault["code"], fault["file"], fault["line"], fault["path"]) == (
        code, "bodies.csv", line, path,
    )  # fmt: skip
    (account,) = found.input.to_pylist()
    assert account["rows_in"] == account["rows_kept"] + account["rows_rejected"]
    assert account["rows_rejected"] + account["fields_rejected"] == 1


def test_an_unknown_column_is_a_fault_and_a_missing_one_an_error(tmp_path: Path) -> None:
    found = read_bodies(written(tmp_path, "body_id,level,population,mayor\nA,town,5,x\n"))
    (fault,) = found.rejected.to_pylist()
    assert (fault["code"], fault["line"], fault["path"]) == ("E054", 1, "mayor")
    assert found.bodies == {"A": Described("town", 5)}
    with pytest.raises(InputError, match="line 1: expected the columns body_id, level, population"):
        read_bodies(written(tmp_path, "body_id,level\nA,town\n"))


def test_a_file_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_bodies(tmp_path / "none.csv")
    path = tmp_path / "latin.csv"
    path.write_bytes(b"body_id,level,population\n\xe9,town,5\n")
    with pytest.raises(InputError, match="byte 25: not UTF-8"):
        read_bodies(path)


def test_bodies_are_described_by_their_identifier(tmp_path: Path) -> None:
    found = read_bodies(written(tmp_path, HEADER + "B,,town,7\nZ,,town,8\n"))
    rows = [
        {"body_id": one, "body_kind": "public_body", "body_key": key, "names": 1, "processes": 1}
        for key, one in enumerate("AB")
    ]
    body = described(BODY.rows(rows), found)
    assert body["level"].to_pylist() == [None, "town"]
    assert body["population"].to_pylist() == [None, 7]
    assert check(BODY, body, {"body": body}) == []


def test_its_name_is_no_other_inputs_name(tmp_path: Path) -> None:
    found = names_of(["bodies.csv"], read_bodies(written(tmp_path, HEADER + "A,,town,x\n")))
    assert found.input["file"].to_pylist() == ["bodies.csv (2)"]
    assert found.rejected["file"].to_pylist() == ["bodies.csv (2)"]


cells = st.text(
    st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from(['"', ",", "\n"]), max_size=8
)


@given(st.lists(st.lists(cells, min_size=1, max_size=5), max_size=6))
def test_whatever_stands_in_it_every_row_is_accounted_for(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]
) -> None:
    path = tmp_path_factory.mktemp("register") / "bodies.csv"
    text = HEADER + "\n".join(",".join(row) for row in rows)
    path.write_text(text, encoding="utf-8")
    found = read_bodies(path)
    (account,) = found.input.to_pylist()
    assert account["rows_in"] == account["rows_kept"] + account["rows_rejected"]
    assert account["rows_kept"] == len(found.bodies)
    assert check(INPUT, found.input, {}) == check(REJECTED, found.rejected, {}) == []
