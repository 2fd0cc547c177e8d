"""What a public body publishes, and how it answers those who ask.

Left out on purpose: who asked, who answered, and the words of the request, which often name
somebody. A probe is a request that the project sent itself; its sender is not kept either.
"""

from troth.tables.base import REQUIRED, Column, Promise, Table, Type
from troth.tables.body import BODY_ID, KIND

YEAR = Column("year", Type.INTEGER, "calendar year in which the report's period ends", "", REQUIRED)

PERIOD_END = Column(
    "period_end",
    Type.DATE,
    "the last day of the report's period, as of a half-year; empty where the period is the year",
)


def _requests(name: str, meaning: str) -> Column:
    return Column(name, Type.INTEGER, meaning, "requests", Promise(at_least=0))


FOI = Table(
    "foi",
    "One request for information to a public body, and what came of it.",
    (
        Column("foi_id", Type.TEXT, "the request", "", REQUIRED),
        BODY_ID,
        KIND,
        Column("received", Type.DATE, "the day the body received it", "", REQUIRED),
        Column("extended", Type.DATE, "the day the body extended its term, if it did"),
        Column("due", Type.DATE, "the last day to answer, with a lawful extension"),
        Column("answered", Type.DATE, "the day of the answer; empty while there is none"),
        Column(
            "outcome",
            Type.TEXT,
            "what the answer was",
            "",
            Promise(one_of=("full", "partial", "refused", "not_held", "not_processed", "other")),
        ),
        Column("reason", Type.TEXT, "the ground the body gave, as published"),
        Column("appealed", Type.BOOLEAN, "whether the answer was appealed"),
        Column(
            "appeal_outcome",
            Type.TEXT,
            "how the appeal ended",
            "",
            Promise(one_of=("upheld", "corrected", "other", "pending")),
        ),
    ),
    key=("foi_id",),
    source="METHODS section 1; Alaveteli for the outcomes",
)

FOI_ANNUAL = Table(
    "foi_annual",
    "A body's own count of requests in a year or half-year: new + carried in = total + carried out,"
    " if it adds up.",
    (
        BODY_ID,
        KIND,
        YEAR,
        Column(
            "period_start",
            Type.DATE,
            "the first day of the report's period; empty where the period is the year",
        ),
        PERIOD_END,
        _requests("new", "received in the year"),
        _requests("carried_in", "open from the year before"),
        _requests("granted", "answered in full"),
        _requests("partial", "answered in part"),
        _requests("refused", "refused; the grounds are in `foi_annual_reason`"),
        _requests("unable", "could not be answered; the grounds are in `foi_annual_reason`"),
        _requests("not_processed", "not dealt with; the grounds are in `foi_annual_reason`"),
        _requests("other", "ended otherwise; how is in `foi_annual_reason`"),
        _requests("total", "dealt with in the year, as the report states it"),
        _requests("carried_out", "open at the end of the year"),
        _requests("on_time", "of the total, answered within the term with its lawful extensions"),
        _requests(
            "silent", "of the total, without an answer to the matter when twice the term was over"
        ),
        _requests("extended", "of the total, with the term lawfully extended"),
        _requests("transferred", "passed on to another body, and not in the total"),
    ),
    key=("body_id", "year", "period_end"),
    source="METHODS section 1; State Council General Office 2021 no. 30, table 3; New Zealand Public"
    " Service Commission for the last four",
)

FOI_ANNUAL_REASON = Table(
    "foi_annual_reason",
    "How many requests of a yearly report ended one way on one ground.",
    (
        BODY_ID,
        KIND,
        YEAR,
        PERIOD_END,
        Column(
            "outcome",
            Type.TEXT,
            "how they ended",
            "",
            Promise(required=True, one_of=("refused", "unable", "not_processed", "other")),
        ),
        Column("reason", Type.TEXT, "the ground, as the report names it", "", REQUIRED),
        _requests("requests", "requests that ended so"),
    ),
    key=("body_id", "year", "period_end", "outcome", "reason"),
    source="METHODS section 1: foi_annual.refused_*, unable_*, not_processed_*, other_*",
)

FOI_ANNUAL_DISPUTE = Table(
    "foi_annual_dispute",
    "How many disputes over answers ended one way, as a yearly report counts them.",
    (
        BODY_ID,
        KIND,
        YEAR,
        PERIOD_END,
        Column(
            "route",
            Type.TEXT,
            "where they were brought",
            "",
            Promise(required=True, one_of=("review", "litigation")),
        ),
        Column(
            "result",
            Type.TEXT,
            "how they ended",
            "",
            Promise(required=True, one_of=("upheld", "corrected", "other", "pending")),
        ),
        Column("disputes", Type.INTEGER, "disputes that ended so", "disputes", Promise(at_least=0)),
    ),
    key=("body_id", "year", "period_end", "route", "result"),
    source="METHODS section 1: foi_annual.review, litigation",
)

ITEM_ID = Column(
    "item_id",
    Type.TEXT,
    "the thing to be published",
    "",
    Promise(required=True, refers_to="disc_item.item_id"),
)

DISC_ITEM = Table(
    "disc_item",
    "One thing that bodies must publish, and the rule that says so.",
    (
        ITEM_ID,
        Column("duty_source", Type.TEXT, "the law or standard", "", REQUIRED),
        Column("title", Type.TEXT, "what is to be published", "", REQUIRED),
        Column("weight", Type.NUMBER, "its weight among the things", "", Promise(at_least=0)),
        Column("freq", Type.TEXT, "how often it is due, as the rule puts it"),
        Column("deadline_rule", Type.TEXT, "by when it is due, as the rule puts it"),
        Column("machine_readable_required", Type.BOOLEAN, "whether machines must be able to read"),
        Column(
            "tag",
            Type.TEXT,
            "whether it tends to show the body well or badly",
            "",
            Promise(one_of=("favourable", "unfavourable", "neutral")),
        ),
    ),
    key=("item_id",),
    source="METHODS section 1",
)

DISC_OBS = Table(
    "disc_obs",
    "Whether one thing was found published by one body for one period.",
    (
        ITEM_ID,
        BODY_ID,
        KIND,
        Column("period", Type.TEXT, "what it is about, such as 2024 or 2024-Q1", "", REQUIRED),
        Column("first_seen", Type.DATE, "the day it was first found; empty when it never was"),
        Column("url", Type.TEXT, "where"),
        Column(
            "sha256",
            Type.TEXT,
            "SHA-256 of its bytes as stored",
            "",
            Promise(matches=r"^[0-9a-f]{64}$"),
        ),
        Column("fmt", Type.TEXT, "media type"),
        Column("archived", Type.BOOLEAN, "whether earlier versions can still be had"),
        Column("last_seen", Type.DATE, "the last day it was found"),
        Column("altered_without_note", Type.BOOLEAN, "whether it changed and nothing said so"),
        Column("deadline", Type.DATE, "the day by which it was due"),
        Column(
            "absent_on",
            Type.DATE,
            "the last day before first_seen on which it was looked for and was not there;"
            " empty when the first look found it, for then it may have been there long before",
        ),
        Column("checked", Type.DATE, "the last day on which looking for it told anything"),
        Column(
            "unreachable_since",
            Type.DATE,
            "since when it is not reached any more, though it had been seen; empty while it is",
        ),
    ),
    key=("item_id", "body_id", "period"),
    source="METHODS section 1; the last four columns are our own, for T06 to T08",
)

PROBE = Table(
    "probe",
    "One ordinary request that the project sent to a body to see how it answers.",
    (
        Column("probe_id", Type.TEXT, "the request", "", REQUIRED),
        BODY_ID,
        KIND,
        Column("channel", Type.TEXT, "the way it was sent", "", REQUIRED),
        Column("sent", Type.DATE, "the day it was sent", "", REQUIRED),
        Column("ack", Type.DATE, "the day it was acknowledged; empty if it was not"),
        Column("reference_given", Type.BOOLEAN, "whether a reference was given"),
        Column("substantive_reply", Type.DATE, "the day of an answer to the matter; else empty"),
        Column("appeal_info", Type.BOOLEAN, "whether the answer said how to appeal"),
    ),
    key=("probe_id",),
    source="METHODS section 1",
)


def _published(name: str, what: str) -> Column:
    return Column(name, Type.BOOLEAN, f"whether {what} published; empty where it cannot be told")


PUBLICATION_DEPTH = Table(
    "publication_depth",
    "How deep the open data of one contracting process that has come to a contract go.",
    (
        Column("ocid", Type.TEXT, "the contracting process", "", REQUIRED),
        BODY_ID,
        KIND,
        Column(
            "checks_run",
            Type.INTEGER,
            "checks of its data that could be made",
            "checks",
            Promise(at_least=0),
        ),
        Column("checks_passed", Type.INTEGER, "of them passed", "checks", Promise(at_least=0)),
        _published("has_milestones", "a milestone of the work is"),
        _published("has_transactions", "a payment is"),
        _published("has_changes", "a change of the contract, or that there was none, is"),
        _published("has_final_status", "how the contract ended is"),
    ),
    key=("ocid", "body_id"),
    source="METHODS T12; after the checks of Pelican (Open Contracting Partnership)",
)

TABLES = (
    FOI,
    FOI_ANNUAL,
    FOI_ANNUAL_REASON,
    FOI_ANNUAL_DISPUTE,
    DISC_ITEM,
    DISC_OBS,
    PROBE,
    PUBLICATION_DEPTH,
)
