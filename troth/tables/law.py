"""What the law of a country asks of a purchase, as data: from when to when, from which amount on."""

from troth.tables.base import REQUIRED, Column, Promise, Table, Type

#: What a rule says: from this amount on suppliers must compete; from this amount on the call must be
#: published in the whole union; so many days to hand in a bid at the least.
RULES = ("competition", "publication", "days_to_bid")

#: The main procurement categories of OCDS.
CATEGORIES = ("goods", "services", "works")

#: Whom a rule binds. Which of them a body is, OCDS does not say.
KINDS_OF_BODY = ("any", "central", "sub-central")

LAW = Table(
    "law",
    "One rule of one country for one category, and the days on which it is in force. The files it is "
    "made of name the article (`troth/law/*.toml`).",
    (
        Column(
            "country", Type.TEXT, "ISO 3166-1", "", Promise(required=True, matches=r"^[A-Z]{2}$")
        ),
        Column("rule", Type.TEXT, "what is asked for", "", Promise(required=True, one_of=RULES)),
        Column(
            "procedure",
            Type.TEXT,
            "the procedure that a period is for; empty for an amount, which is for all",
        ),
        Column(
            "category",
            Type.TEXT,
            "tender/mainProcurementCategory",
            "",
            Promise(required=True, one_of=CATEGORIES),
        ),
        Column(
            "kind_of_body",
            Type.TEXT,
            "whom it binds",
            "",
            Promise(required=True, one_of=KINDS_OF_BODY),
        ),
        Column("valid_from", Type.DATE, "the first day", "", REQUIRED),
        Column(
            "valid_until",
            Type.DATE,
            "the last day, or the last that the file knows of",
            "",
            REQUIRED,
        ),
        Column("amount", Type.NUMBER, "the threshold, without taxes", "currency units"),
        Column("currency", Type.TEXT, "ISO 4217 code", "", Promise(matches=r"^[A-Z]{3}$")),
        Column("days", Type.INTEGER, "the shortest period", "days", Promise(at_least=0)),
        Column("source", Type.TEXT, "the article, exactly enough to be found", "", REQUIRED),
        Column(
            "sure",
            Type.TEXT,
            "whether the figure was compared with a text, or is generally known and still to be",
            "",
            Promise(required=True, one_of=("verified", "known")),
        ),
    ),
    source="the files in troth/law",
)

TABLES = (LAW,)
