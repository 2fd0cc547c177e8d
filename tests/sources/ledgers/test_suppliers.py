"""A supplier's text becomes a key, the one it has in OCDS, and goes no further."""

import pyarrow as pa

from troth.sources.fields import keyed_hash
from troth.sources.ledgers.suppliers import Suppliers

SECRET = b"sixteen letters."


def keys(texts: list[str | None], bodies: list[str] | None = None) -> list[int | None]:
    of = bodies or ["XX-A"] * len(texts)
    return Suppliers(SECRET).keys(pa.array(texts, pa.string()), pa.array(of)).to_pylist()


def test_an_identifier_has_the_key_that_ocds_gives_it_in_every_body() -> None:
    expected = keyed_hash("IT-CF-00215150236", SECRET)
    assert keys(["IT-CF-00215150236"] * 2, ["XX-A", "XX-B"]) == [expected, expected]


def test_one_name_in_two_bodies_need_not_be_one_supplier() -> None:
    one, again, other = keys(["A. Smith"] * 3, ["XX-A", "XX-A", "XX-B"])
    assert one == again
    assert one != other
    assert one == keyed_hash("name:XX-A:A. Smith", SECRET)


def test_what_stands_for_nobody_is_nobody() -> None:
    assert keys([None, "N/A", "0000000000", "unknown"]) == [None] * 4


def test_the_rows_of_firm_say_what_an_identifier_shows_and_nothing_more() -> None:
    suppliers = Suppliers(SECRET)
    texts = ["IT-CF-00215150236", "IT-CF-RSSMRA80A01H501U", "Rossi Mario"]
    suppliers.keys(pa.array(texts), pa.array(["XX-A"] * 3))
    rows = suppliers.firms().to_pylist()
    assert sorted((r["kind"], r["scheme"], r["shown_by"]) for r in rows) == [
        ("legal_person", "IT-CF", "identifier"),
        ("natural_person", "IT-CF", "identifier"),
        ("unknown", None, "nothing"),
    ]
    assert {(r["firm_id"], r["name"]) for r in rows} == {(None, None)}
