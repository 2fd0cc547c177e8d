"""What a public body owes and pays: invoices, judgments, debts, and what the market asks of it.

Left out on purpose: the name and identifier of whoever is owed the money. A supplier is a
`firm_key` and nothing more, and a creditor under a judgment or a debt does not appear at all,
because many are natural persons.
"""

from troth.tables.base import REQUIRED, Column, Promise, Table, Type
from troth.tables.body import BODY_ID, KIND
from troth.tables.procurement import AMOUNT, CURRENCY

SUPPLIER = Column(
    "supplier_key",
    Type.INTEGER,
    "the supplier: key in `firm`",
    "",
    Promise(refers_to="firm.firm_key"),
)


def _number(name: str, of: str) -> Column:
    return Column(name, Type.INTEGER, f"which {of}, counted from 0", "", REQUIRED)


def _part_of(table: str, name: str) -> Column:
    promise = Promise(required=True, refers_to=f"{table}.{name}")
    return Column(name, Type.TEXT, f"the {table} it belongs to", "", promise)


PAID_ON = Column("date", Type.DATE, "the day it was paid", "", REQUIRED)

BODY_YEAR = Table(
    "body_year",
    "What a figure of one body is set against in one fiscal year: its size and its peers.",
    (
        BODY_ID,
        KIND,
        Column("fiscal_year", Type.INTEGER, "year in which the fiscal year ends", "", REQUIRED),
        Column(
            "expenditure_total",
            Type.NUMBER,
            "total expenditure of the year",
            "currency units",
            Promise(at_least=0),
        ),
        CURRENCY,
        Column("population", Type.INTEGER, "residents it serves", "residents", Promise(at_least=0)),
        Column("tier", Type.TEXT, "tier of government, as its country's register calls it"),
        Column("peer_group", Type.TEXT, "bodies it may be compared with"),
    ),
    key=("body_id", "fiscal_year"),
    source="METHODS section 1: body.expenditure_total[fy], population, level, peer_group",
)

INVOICE = Table(
    "invoice",
    "One invoice sent to a public body; unpaid as long as `paid_date` is empty.",
    (
        Column("invoice_id", Type.TEXT, "the invoice", "", REQUIRED),
        BODY_ID,
        KIND,
        Column("contract_id", Type.TEXT, "the contract it is for, as published"),
        SUPPLIER,
        Column("supplier_sme", Type.BOOLEAN, "whether it is a small or medium enterprise"),
        AMOUNT,
        CURRENCY,
        Column("received_date", Type.DATE, "the day the body received it"),
        Column("accepted_date", Type.DATE, "the day the body accepted goods, works or services"),
        Column("due_date", Type.DATE, "the last day to pay"),
        Column("paid_date", Type.DATE, "the day it was paid"),
        Column(
            "returned_count",
            Type.INTEGER,
            "how often the body sent it back",
            "times",
            Promise(at_least=0),
        ),
    ),
    key=("invoice_id",),
    source="METHODS section 1",
)

INVOICE_SUSPENSION = Table(
    "invoice_suspension",
    "One stretch of time in which the term of an invoice did not run.",
    (
        _part_of("invoice", "invoice_id"),
        _number("suspension_no", "suspension of the invoice"),
        Column("from_date", Type.DATE, "first day of the suspension", "", REQUIRED),
        Column("to_date", Type.DATE, "its last day; empty while it lasts"),
        Column("reason", Type.TEXT, "the reason the body gave"),
    ),
    key=("invoice_id", "suspension_no"),
    source="METHODS section 1: invoice.suspend",
)

JUDGMENT = Table(
    "judgment",
    "One final judgment that orders a public body to pay; neither judge nor creditor is kept.",
    (
        Column("judgment_id", Type.TEXT, "the judgment", "", REQUIRED),
        BODY_ID,
        KIND,
        AMOUNT,
        CURRENCY,
        Column("final_date", Type.DATE, "the day it became final"),
        Column("enforcement_case", Type.TEXT, "number of the enforcement case, if one was opened"),
        Column("defaulter_listed_from", Type.DATE, "first day on the public list of defaulters"),
        Column("defaulter_listed_to", Type.DATE, "last day on that list; empty while it lasts"),
    ),
    key=("judgment_id",),
    source="METHODS section 1",
)

JUDGMENT_PAYMENT = Table(
    "judgment_payment",
    "One payment towards a judgment.",
    (
        _part_of("judgment", "judgment_id"),
        _number("payment_no", "payment towards the judgment"),
        PAID_ON,
        AMOUNT,
        CURRENCY,
    ),
    key=("judgment_id", "payment_no"),
    source="METHODS section 1: judgment.satisfied",
)

DEBT = Table(
    "debt",
    "One sum of principal and interest that a public body owed a lender on one day.",
    (
        Column("debt_id", Type.TEXT, "the sum due", "", REQUIRED),
        BODY_ID,
        KIND,
        Column("instrument", Type.TEXT, "bond, loan or other instrument, as published"),
        Column("due_date", Type.DATE, "the day it was due", "", REQUIRED),
        Column("principal_due", Type.NUMBER, "principal due that day", "currency units"),
        Column("interest_due", Type.NUMBER, "interest due that day", "currency units"),
        CURRENCY,
    ),
    key=("debt_id",),
    source="METHODS section 1",
)

DEBT_PAYMENT = Table(
    "debt_payment",
    "One payment towards a sum due to a lender.",
    (
        _part_of("debt", "debt_id"),
        _number("payment_no", "payment towards the sum due"),
        PAID_ON,
        AMOUNT,
        CURRENCY,
    ),
    key=("debt_id", "payment_no"),
    source="METHODS section 1: debt.paid",
)

QUOTE = Table(
    "quote",
    "What the market asked of one body's debt on one day, beside its peers.",
    (
        BODY_ID,
        KIND,
        Column("date", Type.DATE, "day of the quote", "", REQUIRED),
        Column("tenor", Type.INTEGER, "time to maturity", "months", Promise(True, at_least=0)),
        Column("spread_bp", Type.NUMBER, "yield above the reference", "basis points"),
        Column(
            "peer_spread_bp",
            Type.NUMBER,
            "the same, for bodies of equal rating and tenor",
            "basis points",
        ),
        Column("rating", Type.TEXT, "credit rating of the body, as its agency writes it"),
    ),
    key=("body_id", "date", "tenor"),
    source="METHODS section 1",
)

TABLES = (
    BODY_YEAR,
    INVOICE,
    INVOICE_SUSPENSION,
    JUDGMENT,
    JUDGMENT_PAYMENT,
    DEBT,
    DEBT_PAYMENT,
    QUOTE,
)
