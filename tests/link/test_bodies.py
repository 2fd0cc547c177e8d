"""One body an identifier, by the name its records give it most often."""

from typing import Any

import pyarrow as pa

from troth.link.bodies import bodies, with_bodies
from troth.sources.fields import public_key_of
from troth.tables.body import BODY

IDS = {1: "IT-CF-00000000001", 2: "name:town of x", 3: "XX-1"}


def processes(*rows: tuple[int | None, str | None]) -> pa.Table:
    keys, names = zip(*rows, strict=True)
    return pa.table(
        {"body_key": pa.array(keys, pa.int64()), "body_name": pa.array(names, pa.string())}
    )


def named(*names: str | None) -> dict[str, Any]:
    (row,) = bodies(processes(*((1, name) for name in names)), IDS).to_pylist()
    return dict(row)


def test_the_most_frequent_name_is_its_name() -> None:
    row = named("Town", "Municipality", "Municipality")
    assert (row["name"], row["names"], row["processes"]) == ("Municipality", 2, 3)


def test_of_names_as_frequent_the_first_in_the_alphabet_is_taken() -> None:
    assert named("b", "a", "a", "b")["name"] == "a"
    assert named("a", "b", "b", "a")["name"] == "a"


def test_a_gap_is_no_name_however_often_it_occurs() -> None:
    row = named(None, None, "Town")
    assert (row["name"], row["names"], row["processes"]) == ("Town", 1, 3)


def test_a_body_without_any_name_is_there_all_the_same() -> None:
    row = named(None)
    assert (row["name"], row["names"], row["processes"]) == (None, 0, 1)


def test_two_identifiers_are_two_bodies_although_they_have_one_name() -> None:
    rows = bodies(processes((1, "Town"), (3, "Town")), IDS).to_pylist()
    assert [row["body_id"] for row in rows] == ["IT-CF-00000000001", "XX-1"]
    assert {row["name"] for row in rows} == {"Town"}


def test_a_process_of_no_known_body_makes_none() -> None:
    rows = bodies(processes((None, "Somebody"), (3, "Town")), IDS).to_pylist()
    assert [row["body_id"] for row in rows] == ["XX-1"]


def test_a_body_known_by_its_name_alone_says_so() -> None:
    rows = bodies(processes((1, "A"), (2, "Town of X")), IDS).to_pylist()
    assert [(row["body_id"], row["scheme"]) for row in rows] == [
        ("IT-CF-00000000001", "IT-CF"),
        ("name:town of x", "name"),
    ]
    assert {row["body_kind"] for row in rows} == {"public_body"}


def test_bodies_that_only_ledgers_speak_of_join_the_others() -> None:
    body = BODY.rows([_known("XR-A", None), _known("XR-B", "Town B")])
    found = {
        row["body_id"]: row
        for row in with_bodies(body, {"XR-A": "Town A", "XR-B": "B", "XR-C": None}).to_pylist()
    }
    assert [found[one]["name"] for one in ("XR-A", "XR-B", "XR-C")] == ["Town A", "Town B", None]
    assert (found["XR-C"]["processes"], found["XR-C"]["names"]) == (0, 0)
    assert found["XR-C"]["body_key"] == public_key_of("XR-C")


def _known(body_id: str, name: str | None) -> dict[str, object]:
    return {
        "body_id": body_id, "body_kind": "public_body", "body_key": 1, "name": name, "names": 1,
        "processes": 1,
    }  # fmt: skip
