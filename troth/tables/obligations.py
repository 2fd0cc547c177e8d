"""What a public body undertook, how that changed, and what became of it.

Left out on purpose: who announced it, who is answerable for it (a unit is named, its head is not),
and who assessed it: an assessor is a code that means something to the keeper of the coding only.
`beneficiary` names a group or a place, never somebody.

METHODS calls the table of sources behind a claim `evidence`. That name means the cases behind
a figure here (`results.py`), so the table is called `proof`; its key keeps the name `evidence_id`.
"""

from troth.tables.base import REQUIRED, Column, Promise, Table, Type
from troth.tables.body import BODY_ID, KIND
from troth.tables.procurement import AMOUNT, CURRENCY

#: How far a commitment has come: the words of the OGP's Independent Reporting Mechanism.
PROGRESS = ("not_started", "limited", "substantial", "complete", "withdrawn")

COMMITMENT_ID = Column(
    "commitment_id",
    Type.TEXT,
    "the commitment",
    "",
    Promise(required=True, refers_to="commitment.commitment_id"),
)

COMMITMENT = Table(
    "commitment",
    "One thing a public body said it would do, as it was first put.",
    (
        COMMITMENT_ID,
        BODY_ID,
        KIND,
        Column(
            "origin",
            Type.TEXT,
            "where it was made",
            "",
            Promise(
                required=True,
                one_of=("plan", "speech", "investment_agreement", "programme", "court", "audit"),
            ),
        ),
        Column("announced", Type.DATE, "the day it was announced"),
        Column("text", Type.TEXT, "its words, as published", "", REQUIRED),
        Column("original_due", Type.DATE, "the deadline first given; empty when none was"),
        Column("metric", Type.TEXT, "what would be counted to see that it is done"),
        Column("target", Type.TEXT, "what that count is to reach, as published"),
        Column("budget_amount", Type.NUMBER, "money set aside for it", "currency units"),
        CURRENCY,
        Column("responsible_unit", Type.TEXT, "the unit that is to do it"),
        Column("beneficiary", Type.TEXT, "the group or place it is for"),
        Column(
            "parent_id",
            Type.TEXT,
            "the commitment it is a part of",
            "",
            Promise(refers_to="commitment.commitment_id"),
        ),
    ),
    key=("commitment_id",),
    source="METHODS section 1; Polimeter and OGP for what counts as a commitment",
)

COMMITMENT_REV = Table(
    "commitment_rev",
    "One published change of a commitment: of its deadline, target or unit, or its withdrawal.",
    (
        COMMITMENT_ID,
        Column("rev_no", Type.INTEGER, "which change, counted from 0", "", REQUIRED),
        Column("date", Type.DATE, "the day it was changed", "", REQUIRED),
        Column("new_due", Type.DATE, "the deadline from then on; empty when it did not change"),
        Column("new_target", Type.TEXT, "the target from then on; empty when it did not change"),
        Column("new_unit", Type.TEXT, "the unit from then on; empty when it did not change"),
        Column("withdrawn", Type.BOOLEAN, "whether it was given up", "", REQUIRED),
        Column("reason", Type.TEXT, "the reason the body published"),
        Column("legal_basis", Type.TEXT, "the provision the body cited"),
        Column("compensation", Type.TEXT, "what those who lost by it were given, as published"),
    ),
    key=("commitment_id", "rev_no"),
    source="METHODS section 1",
)

COMMITMENT_UPDATE = Table(
    "commitment_update",
    "One statement of a body on how far a commitment has come.",
    (
        Column("update_id", Type.TEXT, "the statement", "", REQUIRED),
        COMMITMENT_ID,
        Column("date", Type.DATE, "the day it was published", "", REQUIRED),
        Column("claimed_status", Type.TEXT, "what the body says", "", Promise(one_of=PROGRESS)),
        Column(
            "evidence_id",
            Type.TEXT,
            "what it points to as proof",
            "",
            Promise(refers_to="proof.evidence_id"),
        ),
    ),
    key=("update_id",),
    source="METHODS section 1",
)

PROOF = Table(
    "proof",
    "One source that speaks for or against a claim, and how much it can carry.",
    (
        Column("evidence_id", Type.TEXT, "the source", "", REQUIRED),
        Column("url", Type.TEXT, "where it was found"),
        Column(
            "sha256",
            Type.TEXT,
            "SHA-256 of its bytes as stored",
            "",
            Promise(matches=r"^[0-9a-f]{64}$"),
        ),
        Column(
            "grade",
            Type.TEXT,
            "A independent and checkable, B official record with data, C official statement with"
            " particulars, D bare claim",
            "",
            Promise(required=True, one_of=("A", "B", "C", "D")),
        ),
        Column("independent", Type.BOOLEAN, "whether it comes from outside the body"),
    ),
    key=("evidence_id",),
    source="METHODS section 1: evidence; A.2 for the grades",
)

COMMITMENT_PAYMENT = Table(
    "commitment_payment",
    "One payment out of the money set aside for a commitment.",
    (
        COMMITMENT_ID,
        Column(
            "payment_no",
            Type.INTEGER,
            "which payment for the commitment, counted from 0",
            "",
            REQUIRED,
        ),
        Column("date", Type.DATE, "the day it was paid", "", REQUIRED),
        AMOUNT,
        CURRENCY,
    ),
    key=("commitment_id", "payment_no"),
    source="METHODS section 1: transaction, of what a commitment pledged (I14)",
)

ASSESSMENT = Table(
    "assessment",
    "What one assessor, blind to the others, coded of one thing a body undertook.",
    (
        BODY_ID,
        KIND,
        Column("item_id", Type.TEXT, "what was assessed, such as a commitment", "", REQUIRED),
        Column(
            "assessor",
            Type.TEXT,
            "opaque code, so that two codings of one item can be told apart",
            "",
            Promise(required=True, matches=r"^[A-Z]\d{1,4}$"),
        ),
        Column("date", Type.DATE, "day of the coding", "", REQUIRED),
        Column("code", Type.TEXT, "question of the codebook", "", REQUIRED),
        Column("value", Type.NUMBER, "the answer, on the codebook's scale", "codebook scale"),
        Column("note", Type.TEXT, "why"),
    ),
    key=("body_id", "item_id", "assessor", "date", "code"),
    source="METHODS section 1; A.2 for blind double coding",
)

RECOMMENDATION = Table(
    "recommendation",
    "One recommendation of an auditor or an ombudsman to a public body.",
    (
        Column("recommendation_id", Type.TEXT, "the recommendation", "", REQUIRED),
        BODY_ID,
        KIND,
        Column("source", Type.TEXT, "the institution that made it", "", REQUIRED),
        Column("issued", Type.DATE, "the day it was made", "", REQUIRED),
        Column("priority", Type.TEXT, "priority its maker gave it, as published"),
        Column("accepted", Type.BOOLEAN, "whether the body accepted it"),
        Column("closed", Type.DATE, "the day its maker closed it; empty while it is open"),
        Column(
            "closed_as",
            Type.TEXT,
            "how it was closed",
            "",
            Promise(one_of=("implemented", "not_implemented", "superseded")),
        ),
    ),
    key=("recommendation_id",),
    source="METHODS section 1; GAO for the states",
)

TABLES = (
    COMMITMENT,
    COMMITMENT_REV,
    PROOF,
    COMMITMENT_UPDATE,
    COMMITMENT_PAYMENT,
    ASSESSMENT,
    RECOMMENDATION,
)
