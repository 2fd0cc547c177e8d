"""The wall in the schema. Each test is an attempt to let a person be scored."""

import ast
import re
from pathlib import Path

import pytest

import troth.indicators
from troth.errors import PersonError
from troth.tables import VOCABULARY, walls
from troth.tables.base import REQUIRED, Column, Promise, Table, Type
from troth.tables.body import BODY, BODY_ID, FIRM, KIND


def table(name: str, *columns: Column, key: tuple[str, ...] = ()) -> Table:
    return Table(name, "An attempt.", columns, key=key)


def number(name: str) -> Column:
    return Column(name, Type.NUMBER, "an attempt")


def text(name: str, promise: Promise = REQUIRED) -> Column:
    return Column(name, Type.TEXT, "an attempt", "", promise)


SUPPLIER = Column("supplier_key", Type.INTEGER, "a firm", "", Promise(refers_to="firm.firm_key"))
LOOSE_KIND = text("body_kind", Promise(required=True, one_of=("public_body", "natural_person")))
NULLABLE_KIND = text("body_kind", Promise(one_of=("public_body",)))
FREE_ID = text("body_id")


def test_the_vocabulary_stands_behind_the_walls() -> None:
    assert walls.breaches(VOCABULARY.values()) == []
    walls.uphold(VOCABULARY.values())


@pytest.mark.parametrize(
    "attempt",
    [
        table("judge_score", text("court"), number("score")),
        table("office", text("office"), number("level")),
        table("supplier_rank", SUPPLIER, Column("rank", Type.INTEGER, "an attempt")),
        table("supplier_grade", SUPPLIER, text("grade")),
        table("supplier_sum", SUPPLIER, number("amount"), key=("supplier_key",)),
        table("hits_by_firm", text("firm_id"), number("hits")),
        table("score", BODY_ID, LOOSE_KIND, number("level")),
        table("score", BODY_ID, NULLABLE_KIND, number("level")),
        table("score", FREE_ID, KIND, number("level")),
        table("score", KIND, number("level")),
        table("score", BODY_ID, number("micropoints")),
        table("term", text("term_id"), text("holder_key")),
        table("tender", text("contact_point")),
        table("tender", text("email")),
        table("tender", text("buyer_phone")),
        table("contract", text("signatory")),
        table("contract", text("signed_by")),
        table("judgment", text("judge")),
        table("case", text("complainant_hash")),
        table("case", text("officer_name")),
        table("unit", text("name")),
        table("coverage", BODY_ID, number("flagged")),
    ],
    ids=lambda attempt: f"{attempt.name}: {', '.join(attempt.names)}",
)
def test_a_table_that_could_score_or_name_a_person_is_refused(attempt: Table) -> None:
    with pytest.raises(PersonError, match=rf"(?s)table {attempt.name}: .*docs/no-persons\.md"):
        walls.uphold([attempt])


def test_a_figure_in_the_table_of_firms_is_refused() -> None:
    for column in (
        number("price"),
        Column("wins", Type.INTEGER, "x"),
        Column("honest", Type.BOOLEAN, "x"),
    ):
        drifted = Table("firm", FIRM.meaning, (*FIRM.columns, column), key=FIRM.key)
        assert walls.breaches([drifted]) == [
            f"table firm: column {column.name} is a figure; `firm` may hold none"
        ]


def test_an_existing_table_that_gains_such_a_column_is_refused() -> None:
    for name in ("term", "case", "judgment", "process", "party", "foi"):
        old = VOCABULARY[name]
        for column in (text("judge"), text("email"), text("holder")):
            drifted = Table(name, old.meaning, (*old.columns, column), key=old.key)
            assert len(walls.breaches([drifted])) == 1, (name, column.name)
    for name in ("term", "process", "party", "award"):
        old = VOCABULARY[name]
        drifted = Table(name, old.meaning, (*old.columns, number("score")), key=old.key)
        assert len(walls.breaches([drifted])) == 1, name


def test_what_is_about_a_body_passes() -> None:
    assert walls.breaches([table("score", BODY_ID, KIND, number("score")), BODY]) == []


@pytest.mark.parametrize(
    "name",
    [
        "contactPoint",
        "contact_point",
        "Contact-Point",
        "CONTACTPOINT",
        "eMail",
        "e-mail",
        "faxNumber",
        "signedBy",
    ],
)
def test_a_key_of_a_person_is_known_however_it_is_written(name: str) -> None:
    assert walls.is_person_like(name)


@pytest.mark.parametrize(
    "name", ["signed_documents", "dateSigned", "responsible_unit", "numberOfTenderers", "body_name"]
)
def test_what_is_not_about_a_person_is_not_taken_for_it(name: str) -> None:
    assert not walls.is_person_like(name)


def test_no_indicator_speaks_of_persons() -> None:
    """Remedy: an indicator never needs a contact point, a signatory or a judge; drop the name."""
    for path in sorted(Path(troth.indicators.__file__).parent.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        names = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        names |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        assert {name for name in names if walls.is_person_like(name)} == set(), path.name


def test_nobody_but_the_register_makes_a_body_id() -> None:
    """Remedy: ask `Register.of`; what it does not know is no body to be measured."""
    package = Path(troth.indicators.__file__).parents[1]
    for path in sorted(package.rglob("*.py")):
        if path.name != "register.py":
            assert not re.search(r"\b_mint\b", path.read_text(encoding="utf-8")), path.name


def test_every_test_that_the_document_names_exists() -> None:
    """Remedy: name in docs/no-persons.md the tests as they are called now."""
    root = Path(__file__).parents[2]
    document = (root / "docs" / "no-persons.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(test_\w+)`", document))
    defined = {
        name
        for path in (root / "tests").rglob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert len(named) > 20
    assert named - defined == set()
    assert all((root / path).is_file() for path in re.findall(r"tests/\w+/\w+\.py", document))
