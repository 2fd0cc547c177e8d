"""What bodies publish of their own paying: payments made, mean days, shares in time, arrears; bids.

These are figures that a body or its ministry worked out, or payments whose invoice is not known.
They say less than `invoice`, and are kept apart so that nobody takes one for the other: a spend
file has no invoice date, so that nothing late can be seen in it. Left out on purpose: whom the
money went to; a supplier is a `firm_key` and nothing more. Bids stand here for what late payment
does to them.
"""

from troth.tables.base import REQUIRED, Column, Promise, Table, Type
from troth.tables.body import BODY_ID, KIND
from troth.tables.money import SUPPLIER
from troth.tables.procurement import AMOUNT, CURRENCY

PERIOD_START = Column("period_start", Type.DATE, "first day of the period", "", REQUIRED)
PERIOD_END = Column("period_end", Type.DATE, "last day of the period", "", REQUIRED)


def _share(name: str, meaning: str) -> Column:
    return Column(name, Type.NUMBER, meaning, "share", Promise(at_least=0, at_most=1))


SPEND = Table(
    "spend",
    "One payment of a public body, as its list of spending has it; the invoice is not known.",
    (
        Column("spend_id", Type.TEXT, "the payment", "", REQUIRED),
        BODY_ID,
        KIND,
        Column("paid_date", Type.DATE, "the day it was paid"),
        AMOUNT,
        CURRENCY,
        SUPPLIER,
        Column("unit", Type.TEXT, "the unit of the body that spent it, as published"),
        Column("category", Type.TEXT, "what it was spent on, as published"),
    ),
    key=("spend_id",),
    source="UK Local Government Transparency Code 2015: expenditure over 500 pounds",
)

PAYMENT_PERFORMANCE = Table(
    "payment_performance",
    "How fast one body paid in one period, as it published that itself.",
    (
        BODY_ID,
        KIND,
        PERIOD_START,
        PERIOD_END,
        Column("regime", Type.TEXT, "the rule it was published under", "", REQUIRED),
        Column(
            "invoices", Type.INTEGER, "invoices paid in the period", "invoices", Promise(at_least=0)
        ),
        Column("average_days", Type.NUMBER, "mean days to pay; below 0 is before the day", "days"),
        _share("share_within_30", "share paid within 30 days"),
        _share("share_31_to_60", "share paid on day 31 to 60"),
        _share("share_over_60", "share paid after 60 days"),
        _share("share_on_time", "share paid by the day agreed"),
        Column(
            "interest_paid",
            Type.NUMBER,
            "interest paid for being late",
            "currency units",
            Promise(at_least=0),
        ),
        CURRENCY,
    ),
    key=("body_id", "period_start", "period_end", "regime"),
    source="UK Procurement Act 2023 section 69; DPCM 22 September 2014 article 9",
)

PAYMENT_PERIOD = Table(
    "payment_period",
    "The mean payment period (PMP) of one body in one period and what it is made of, as published.",
    (
        BODY_ID,
        KIND,
        PERIOD_START,
        PERIOD_END,
        Column(
            "method",
            Type.TEXT,
            "from which day is counted: RD635 until March 2018, RD1040 since; never joined",
            "",
            Promise(required=True, one_of=("RD635", "RD1040")),
        ),
        Column("paid_days", Type.NUMBER, "ratio of what was paid, weighted by amount", "days"),
        Column("paid_amount", Type.NUMBER, "paid in the period", "currency units"),
        Column(
            "pending_days", Type.NUMBER, "ratio of what was pending, weighted by amount", "days"
        ),
        Column("pending_amount", Type.NUMBER, "pending at its end", "currency units"),
        CURRENCY,
        Column("published_days", Type.NUMBER, "the mean payment period as published", "days"),
    ),
    key=("body_id", "period_start", "period_end", "method"),
    source="METHODS A.3: RD 635/2014 article 5, as changed by RD 1040/2017",
)

ARREARS_STOCK = Table(
    "arrears_stock",
    "What a body owed, or had not cleared, on one day: one kind of it, in one band of age.",
    (
        BODY_ID,
        KIND,
        Column("date", Type.DATE, "the day of the stock", "", REQUIRED),
        Column(
            "stock",
            Type.TEXT,
            "creditors not paid, or advances given and not accounted for",
            "",
            Promise(required=True, one_of=("creditors", "advances")),
        ),
        Column("item", Type.TEXT, "the line of the source; all for its total", "", REQUIRED),
        Column(
            "bucket",
            Type.TEXT,
            "days since it was due, such as 31-60 or 180+; all where the source does not part them",
            "",
            Promise(required=True, matches=r"^(all|\d{1,4}-\d{1,4}|\d{1,4}[+])$"),
        ),
        Column(
            "basis",
            Type.TEXT,
            "how the source came by it: audited accounts, accounts before their audit, a monthly"
            " return, the text of a report",
            "",
            Promise(required=True, one_of=("audited", "unaudited", "monthly", "extracted")),
        ),
        AMOUNT,
        CURRENCY,
        Column("doubtful", Type.BOOLEAN, "whether it is larger than its format thinks likely"),
    ),
    key=("body_id", "date", "stock", "item", "bucket", "basis"),
    source="METHODS A.3: PEFA PI-22, stock and age",
)

OFFER = Table(
    "offer",
    "One bid of a supplier in a tender of a public body, as a list of bids holds it.",
    (
        Column("offer_id", Type.TEXT, "the bid", "", REQUIRED),
        BODY_ID,
        KIND,
        Column("tender_id", Type.TEXT, "the tender it was made in", "", REQUIRED),
        SUPPLIER,
        Column("classification", Type.TEXT, "class of what was asked for, as published"),
        Column("date", Type.DATE, "the day it was made, or the last day to make one"),
        AMOUNT,
        Column(
            "estimate",
            Type.NUMBER,
            "what the body expected the tender to cost, in the same currency",
            "currency units",
            Promise(at_least=0),
        ),
        CURRENCY,
        Column("won", Type.BOOLEAN, "whether it was awarded"),
    ),
    key=("offer_id",),
    source="METHODS section 1: bid; O08 and O09",
)

TABLES = (SPEND, PAYMENT_PERFORMANCE, PAYMENT_PERIOD, ARREARS_STOCK, OFFER)
