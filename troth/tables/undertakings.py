"""Contracts as a register or a ledger keeps them, outside any contracting process.

`contract` and its kin (`procurement.py`) are parts of an OCDS record. These are the same things
where there is no such record: a register of contracts, a list of changes, milestones and payments,
and the lists of what was open when an office was handed over. Left out on purpose: who signed,
and the supplier's name and identifier; a supplier is a `firm_key` and nothing more.
"""

from troth.tables.base import REQUIRED, Column, Promise, Table, Type
from troth.tables.body import BODY_ID, KIND
from troth.tables.money import SUPPLIER
from troth.tables.procurement import AMOUNT, CURRENCY

CONTRACT_ID = Column(
    "registered_contract_id",
    Type.TEXT,
    "the contract",
    "",
    Promise(required=True, refers_to="registered_contract.registered_contract_id"),
)


def _number(name: str, of: str) -> Column:
    promise = Promise(required=True, at_least=0)
    return Column(name, Type.INTEGER, f"which {of} of the contract, counted from 0", "", promise)


REGISTERED_CONTRACT = Table(
    "registered_contract",
    "One contract of a public body, as a register or a ledger of contracts holds it.",
    (
        CONTRACT_ID,
        BODY_ID,
        KIND,
        Column("ocid", Type.TEXT, "the contracting process it came from, where the source says it"),
        SUPPLIER,
        Column("supplier_sme", Type.BOOLEAN, "whether it is a small or medium enterprise"),
        Column(
            "kind", Type.TEXT, "what is bought", "", Promise(one_of=("works", "goods", "services"))
        ),
        Column("classification", Type.TEXT, "code of what is bought, in the source's own list"),
        Column("title", Type.TEXT, "its title, as published"),
        Column("place", Type.TEXT, "the area it is for, as published"),
        AMOUNT,
        CURRENCY,
        Column("date_signed", Type.DATE, "the day it was signed"),
        Column("period_start", Type.DATE, "the first day it runs"),
        Column("period_end", Type.DATE, "the last day it runs, as it stands now"),
        Column(
            "final_status",
            Type.TEXT,
            "what became of it; empty while it runs",
            "",
            Promise(one_of=("complete", "incomplete", "cancelled", "unsuccessful")),
        ),
        Column("final_status_date", Type.DATE, "the day of its final status"),
        Column("extension_until_max", Type.DATE, "the last day to which its options may extend it"),
        Column("option_taken", Type.BOOLEAN, "whether an option to extend it was taken"),
        Column(
            "paid_amount",
            Type.NUMBER,
            "what had been paid by `stated_on`, as the source states it, with payments that it gives"
            " no day of",
            "currency units",
        ),
        Column("stated_on", Type.DATE, "the day of the record that says all this"),
    ),
    key=("registered_contract_id",),
    source="METHODS section 1: contract; OCDS 1.2 for the final states",
)

REGISTERED_CHANGE = Table(
    "registered_change",
    "One change of a registered contract: what it was before, and what from then on.",
    (
        CONTRACT_ID,
        _number("change_no", "change"),
        Column("date", Type.DATE, "the day it was changed", "", REQUIRED),
        Column(
            "kind",
            Type.TEXT,
            "what was changed",
            "",
            Promise(
                required=True,
                one_of=("value", "duration", "scope", "suspension", "assignment"),
            ),
        ),
        Column("old_amount", Type.NUMBER, "its amount before", "currency units"),
        Column("new_amount", Type.NUMBER, "its amount from then on", "currency units"),
        CURRENCY,
        Column("old_end", Type.DATE, "its last day before"),
        Column("new_end", Type.DATE, "its last day from then on"),
        Column("rationale", Type.TEXT, "the reason, as published"),
        Column("published", Type.BOOLEAN, "whether the body published the change"),
        Column("legal_basis", Type.TEXT, "the provision the body cited"),
        Column("compensation", Type.TEXT, "what the supplier was given for it, as published"),
    ),
    key=("registered_contract_id", "change_no"),
    source="METHODS section 1: contract_change",
)

REGISTERED_MILESTONE = Table(
    "registered_milestone",
    "One thing due under a registered contract, and when it was met.",
    (
        CONTRACT_ID,
        _number("milestone_no", "milestone"),
        Column(
            "kind", Type.TEXT, "what is due", "", Promise(one_of=("delivery", "payment", "other"))
        ),
        Column("due_date", Type.DATE, "the day it is due, as it stands now"),
        Column("original_due_date", Type.DATE, "the day it was due at first"),
        Column("date_met", Type.DATE, "the day it was met; empty while it is not"),
        Column(
            "status",
            Type.TEXT,
            "how it stands, in the words of OCDS",
            "",
            Promise(one_of=("scheduled", "met", "partiallyMet", "notMet")),
        ),
        AMOUNT,
        CURRENCY,
    ),
    key=("registered_contract_id", "milestone_no"),
    source="METHODS section 1: milestone",
)

REGISTERED_PAYMENT = Table(
    "registered_payment",
    "One payment under a registered contract.",
    (
        CONTRACT_ID,
        _number("payment_no", "payment"),
        Column("date", Type.DATE, "the day it was paid", "", REQUIRED),
        AMOUNT,
        CURRENCY,
    ),
    key=("registered_contract_id", "payment_no"),
    source="METHODS section 1: transaction",
)

#: The tables whose entries a handover may list.
HANDED_OVER = ("registered_contract", "judgment", "invoice", "commitment")

HANDOVER = Table(
    "handover",
    "One open obligation that a body listed when an office was handed over.",
    (
        Column("handover_id", Type.TEXT, "the line of the list", "", REQUIRED),
        BODY_ID,
        KIND,
        Column(
            "item_table",
            Type.TEXT,
            "the ledger that holds what is listed",
            "",
            Promise(required=True, one_of=HANDED_OVER),
        ),
        Column("item_id", Type.TEXT, "its identifier in that ledger", "", REQUIRED),
        Column("listed_on", Type.DATE, "the day of the list", "", REQUIRED),
        Column("url", Type.TEXT, "where the list was published"),
    ),
    key=("handover_id",),
    source="METHODS A.1: what a new holder of the office inherits",
)

TABLES = (
    REGISTERED_CONTRACT,
    REGISTERED_CHANGE,
    REGISTERED_MILESTONE,
    REGISTERED_PAYMENT,
    HANDOVER,
)
