"""The vocabulary as a whole: one name for one table, and nothing that points nowhere."""

import pytest

from troth.errors import UsageError
from troth.tables import LEDGERS, VOCABULARY, gathered
from troth.tables.base import Column, Table, Type
from troth.tables.body import BODY

# fmt: off
METHODS_TABLES = (
    "body", "term", "contract", "contract_change", "milestone", "transaction", "invoice",
    "judgment", "debt", "commitment", "commitment_rev", "commitment_update", "proof",
    "assessment", "case", "case_event", "foi", "foi_annual", "disc_item", "disc_obs", "probe",
    "recommendation", "survey", "quote", "bid", "reply", "correction",
)
# fmt: on


def test_every_table_of_the_methods_is_in_the_vocabulary() -> None:
    assert [name for name in METHODS_TABLES if name not in VOCABULARY] == []


def test_a_table_is_found_under_its_own_name() -> None:
    assert all(table.name == name for name, table in VOCABULARY.items())


def test_two_tables_of_one_name_are_refused() -> None:
    twin = Table("body", "Another body.", (Column("x", Type.TEXT, "something"),))
    with pytest.raises(UsageError, match="two tables are called 'body'"):
        gathered([(BODY,), (twin,)])


def test_what_a_column_refers_to_exists_and_has_its_type() -> None:
    for table in VOCABULARY.values():
        for column in table:
            if column.promise.refers_to:
                name, _, wanted = column.promise.refers_to.partition(".")
                assert VOCABULARY[name][wanted].type is column.type, (table.name, column.name)


def test_what_is_referred_to_names_one_row() -> None:
    """Either it is the key, or it is the body's number, which is as good as its key."""
    for table in VOCABULARY.values():
        for column in table:
            if column.promise.refers_to not in ("", "body.body_key"):
                name, _, wanted = column.promise.refers_to.partition(".")
                assert VOCABULARY[name].key == (wanted,), (table.name, column.name)


def test_a_part_names_the_whole_it_belongs_to() -> None:
    for part, whole in (
        ("invoice_suspension", "invoice.invoice_id"),
        ("judgment_payment", "judgment.judgment_id"),
        ("debt_payment", "debt.debt_id"),
        ("commitment_rev", "commitment.commitment_id"),
        ("commitment_payment", "commitment.commitment_id"),
        ("case_event", "case.case_id"),
        ("registered_change", "registered_contract.registered_contract_id"),
        ("registered_milestone", "registered_contract.registered_contract_id"),
        ("registered_payment", "registered_contract.registered_contract_id"),
    ):
        table = VOCABULARY[part]
        assert table[table.key[0]].promise.refers_to == whole


def test_the_complainant_and_the_holder_of_an_office_have_no_column() -> None:
    columns = {column.name for table in VOCABULARY.values() for column in table}
    assert columns.isdisjoint(
        {"complainant_hash", "complainant", "holder_key", "holder", "assessor_id"}
    )
    assert VOCABULARY["assessment"]["assessor"].promise.matches == r"^[A-Z]\d{1,4}$"


def test_a_ledger_is_a_table_of_the_vocabulary_about_a_body_or_a_part_of_one() -> None:
    """What answers for an entry is a body: its own, or that of the entry it belongs to."""
    for name, table in LEDGERS.items():
        assert VOCABULARY[name] is table
        of = {column.promise.refers_to.partition(".")[0] for column in table}
        assert (
            "body" in of or of & set(LEDGERS) or name in {"disc_item", "proof", "working_calendar"}
        ), name
