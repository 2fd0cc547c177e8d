"""The register and its sealed identifiers. Most tests are attempts to get around them."""

import copy
import copyreg
import gc
import pickle
from typing import Any

import pyarrow as pa
import pytest

from troth.errors import PersonError
from troth.link.register import BodyId, Register, admissible, refusals
from troth.sources.persons import is_natural_person
from troth.tables.body import BODY
from troth.tables.results import MEASUREMENT, SCORE

PERSONS_CODE = "IT-CF-RSSMRA80A01H501U"
MINISTRY = "IT-CF-80415740580"
TOWN = "FR-SIREN-217500016"


def bodies(*changes: dict[str, Any]) -> pa.Table:
    rows = [
        {"body_id": TOWN, "body_kind": "public_body", "body_key": 1, "names": 1, "processes": 1}
        | change
        for change in changes
    ]
    return BODY.rows(rows)


def register(*changes: dict[str, Any]) -> Register:
    return Register(bodies(*changes), is_person=is_natural_person)


def scores(*rows: tuple[str | None, str | None]) -> pa.Table:
    schema = pa.schema(
        [("body_id", pa.string()), ("body_kind", pa.string()), ("level", pa.float64())]
    )
    return pa.Table.from_pylist(
        [{"body_id": i, "body_kind": k, "level": 1.0} for i, k in rows], schema
    )


# --- who is registered ---


@pytest.mark.parametrize("kind", ["natural_person", "legal_person", "unknown", "PUBLIC_BODY", ""])
def test_nothing_but_a_public_body_is_registered(kind: str) -> None:
    with pytest.raises(PersonError, match="its kind is not public_body"):
        register({}, {"body_id": MINISTRY, "body_kind": kind})


@pytest.mark.parametrize("staffed", [False, None])
def test_an_office_of_one_person_is_refused_unless_it_is_known_to_be_staffed(
    staffed: bool | None,
) -> None:
    with pytest.raises(PersonError, match="an office of one person"):
        register({"seats": 1, "staffed": staffed})


@pytest.mark.parametrize(
    "row", [{"seats": 1, "staffed": True}, {"seats": 2}, {"seats": None, "staffed": False}]
)
def test_an_office_of_several_or_with_staff_is_registered(row: dict[str, Any]) -> None:
    assert TOWN in register(row)


def test_an_identifier_of_a_natural_person_is_refused() -> None:
    with pytest.raises(PersonError, match=rf"row 1, '{PERSONS_CODE}': .*natural person's"):
        register({}, {"body_id": PERSONS_CODE})


def test_an_empty_identifier_is_refused() -> None:
    with pytest.raises(PersonError, match="no identifier"):
        register({"body_id": ""})


def test_refused_rows_can_be_left_out_and_are_named() -> None:
    table = bodies(
        {}, {"body_id": PERSONS_CODE}, {"body_id": MINISTRY}, {"body_id": "notary", "seats": 1}
    )
    kept, refused = admissible(table, is_natural_person)
    assert kept.column("body_id").to_pylist() == [TOWN, MINISTRY]
    assert [(one.row, one.body_id) for one in refused] == [(1, PERSONS_CODE), (3, "notary")]
    assert refusals(kept, is_natural_person) == []
    assert len(Register(kept, is_person=is_natural_person)) == 2


# --- the sealed identifier ---


def test_the_register_gives_an_identifier_for_a_body_it_knows() -> None:
    known = register({})
    assert known.of(TOWN).text == str(known.of(TOWN)) == TOWN
    assert known.of(TOWN) is register({}).of(TOWN)
    assert copy.deepcopy(known.of(TOWN)) is known.of(TOWN)


def test_it_gives_none_for_anybody_else() -> None:
    with pytest.raises(PersonError, match="not a registered public body"):
        register({}).of(MINISTRY)


@pytest.mark.parametrize("arguments", [(), (TOWN,), (TOWN, "public_body")])
def test_it_cannot_be_constructed(arguments: tuple[str, ...]) -> None:
    with pytest.raises(PersonError, match=r"made by Register\.of alone"):
        BodyId(*arguments)


def test_it_cannot_be_derived_from() -> None:
    with pytest.raises(PersonError):
        type("Person", (BodyId,), {})


def test_one_made_behind_its_back_is_of_no_use() -> None:
    for forged in (
        object.__new__(BodyId),
        copyreg._reconstructor(BodyId, object, None),  # type: ignore[attr-defined]
        pickle.loads(b"ctroth.link.register\nBodyId\n)\x81."),
    ):
        with pytest.raises(PersonError, match="not made by a register"):
            _ = forged.text
        with pytest.raises(PersonError, match="not made by a register"):
            str(forged)


def test_one_cannot_take_the_place_of_one_that_is_gone() -> None:
    """A forged object at the address of a genuine one that was dropped is still forged."""
    known = register({})
    known.of(TOWN)
    gc.collect()
    forged = [object.__new__(BodyId) for _ in range(100)]
    for one in forged:
        with pytest.raises(PersonError):
            _ = one.text


def test_it_does_not_travel() -> None:
    with pytest.raises(PersonError):
        pickle.dumps(register({}).of(TOWN))


def test_neither_it_nor_its_class_can_be_changed() -> None:
    genuine = register({}).of(TOWN)
    with pytest.raises(AttributeError):
        genuine.text = "somebody"  # type: ignore[misc]
    with pytest.raises(PersonError):
        BodyId.text = property(lambda _: "somebody")  # type: ignore[assignment,method-assign]
    with pytest.raises(PersonError):
        del BodyId.text
    assert genuine.text == TOWN


# --- the gate ---


def test_a_table_about_registered_bodies_is_admitted_as_it_is() -> None:
    table = scores((TOWN, "public_body"), (TOWN, "public_body"))
    assert register({}).admit(table) is table


@pytest.mark.parametrize(
    ("body_id", "kind"),
    [
        (MINISTRY, "public_body"),
        (None, "public_body"),
        (TOWN, "natural_person"),
        (TOWN, "legal_person"),
        (TOWN, None),
        (TOWN + " ", "public_body"),
        (TOWN.lower(), "public_body"),
    ],
)
def test_the_first_row_about_anybody_else_is_named(body_id: str | None, kind: str | None) -> None:
    table = scores((TOWN, "public_body"), (body_id, kind), ("later", "unknown"))
    with pytest.raises(PersonError, match=rf"score, row 1: {body_id!r} is not"):
        register({}).admit(table, "score")


def test_a_table_that_does_not_say_what_it_is_about_is_not_admitted() -> None:
    with pytest.raises(PersonError, match="score has no column body_kind"):
        register({}).admit(scores((TOWN, "public_body")).drop_columns(["body_kind"]), "score")


def test_an_empty_table_is_admitted() -> None:
    for table in (MEASUREMENT, SCORE):
        assert register({}).admit(table.empty()).num_rows == 0


def test_rows_in_many_pieces_are_all_looked_at() -> None:
    pieces = [scores((TOWN, "public_body"))] * 3 + [scores((MINISTRY, "public_body"))]
    with pytest.raises(PersonError, match="row 3"):
        register({}).admit(pa.concat_tables(pieces))
