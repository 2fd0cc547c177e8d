"""What people brought to a public body, what surveys found, and what bodies answered to us.

Left out on purpose: the complainant, also as a hash (a keyed hash still ties one person's cases
together). Where a source itself says that a case repeats an earlier one, `repeat_of` keeps that
and nothing else. `place_key` is an area, never an address; `unit` a unit, never its staff. Nobody
who answered a survey has a row: only what was computed over a body's sample.
"""

from troth.tables.base import REQUIRED, Column, Promise, Table, Type
from troth.tables.body import BODY_ID, KIND

CASE_ID = Column(
    "case_id", Type.TEXT, "the case", "", Promise(required=True, refers_to="case.case_id")
)

CASE = Table(
    "case",
    "One complaint, petition, call or report that reached a public body.",
    (
        CASE_ID,
        BODY_ID,
        KIND,
        Column(
            "channel",
            Type.TEXT,
            "the way it came",
            "",
            Promise(required=True, one_of=("complaint", "petition", "hotline", "foi", "311")),
        ),
        Column("received", Type.DATE, "the day it came in; empty where the source does not say it"),
        Column("acknowledged", Type.DATE, "the day it was acknowledged"),
        Column(
            "sla_days",
            Type.INTEGER,
            "days the body has to deal with it",
            "days",
            Promise(at_least=0),
        ),
        Column(
            "sla_days_kind",
            Type.TEXT,
            "how those days are counted",
            "",
            Promise(one_of=("calendar", "working")),
        ),
        Column("closed", Type.DATE, "the day it was closed; empty while it is open"),
        Column("outcome", Type.TEXT, "how it was closed, as published"),
        Column("upheld", Type.BOOLEAN, "whether it was found justified"),
        Column("reopened_date", Type.DATE, "the day it was opened again"),
        Column("topic_key", Type.TEXT, "its topic, in the source's own list"),
        Column("place_key", Type.TEXT, "the area it is about, in the source's own list"),
        Column(
            "repeat_of",
            Type.TEXT,
            "the earlier case that the source says it repeats",
            "",
            Promise(refers_to="case.case_id"),
        ),
        Column(
            "escalated_to",
            Type.TEXT,
            "where it was taken after the body had answered; empty where the source does not say",
            "",
            Promise(one_of=("nowhere", "higher_body", "ombudsman", "court")),
        ),
        Column("escalated_date", Type.DATE, "the day it was taken there"),
        Column(
            "decision_key",
            Type.TEXT,
            "the decision, where one decision finds on several cases; else empty",
        ),
    ),
    key=("case_id",),
    source="METHODS section 1; Open311 GeoReport v2",
)

CASE_EVENT = Table(
    "case_event",
    "One step of a case on its way through the units of a body.",
    (
        CASE_ID,
        Column("event_no", Type.INTEGER, "which step, counted from 0", "", REQUIRED),
        Column("ts", Type.INSTANT, "when it was taken", "", REQUIRED),
        Column(
            "event",
            Type.TEXT,
            "what was done",
            "",
            Promise(
                required=True,
                one_of=(
                    "received",
                    "transfer",
                    "pause",
                    "resume",
                    "decision",
                    "closed",
                    "reopened",
                    "withdrawn",
                ),
            ),
        ),
        Column("unit", Type.TEXT, "the unit that had the case then"),
    ),
    key=("case_id", "event_no"),
    source="METHODS section 1",
)

SURVEY = Table(
    "survey",
    "What one wave of a survey found for one body: one question, over its whole sample.",
    (
        BODY_ID,
        KIND,
        Column("wave", Type.TEXT, "the wave", "", REQUIRED),
        Column("question", Type.TEXT, "the question, as asked", "", REQUIRED),
        Column(
            "about",
            Type.TEXT,
            "what it asked, where that is one of these: satisfied with how a case was handled, or"
            " trust of 6 to 10 on a scale from 0 to 10",
            "",
            Promise(one_of=("satisfaction", "trust")),
        ),
        Column("date", Type.DATE, "the last day on which it was asked"),
        Column("asked", Type.INTEGER, "how many were asked", "persons", Promise(at_least=0)),
        Column("n", Type.INTEGER, "how many answered", "answers", Promise(True, at_least=0)),
        Column("n_eff", Type.NUMBER, "the same, after weights", "answers", Promise(at_least=0)),
        Column("share_or_mean", Type.NUMBER, "the share or mean found", "as the question says"),
        Column(
            "se", Type.NUMBER, "its standard error", "as the question says", Promise(at_least=0)
        ),
    ),
    key=("body_id", "wave", "question"),
    source="METHODS section 1",
)

REPLY = Table(
    "reply",
    "What a body answered to a release, word for word.",
    (
        BODY_ID,
        KIND,
        Column("release", Type.TEXT, "the release it answers", "", REQUIRED),
        Column("recipe", Type.TEXT, "the recipe of the level it answers, if it answers one"),
        Column("date", Type.DATE, "the day it came in", "", REQUIRED),
        Column("text", Type.TEXT, "its words, without what would name somebody", "", REQUIRED),
        Column(
            "sha256",
            Type.TEXT,
            "SHA-256 of the answer as received",
            "",
            Promise(required=True, matches=r"^[0-9a-f]{64}$"),
        ),
    ),
    key=("body_id", "release", "sha256"),
    source="METHODS section 1 and C.3",
)

CORRECTION = Table(
    "correction",
    "One fault found in a release, and what was done about it. Nothing is deleted: it is replaced.",
    (
        Column("correction_id", Type.TEXT, "the correction", "", REQUIRED),
        Column("item", Type.TEXT, "what was wrong: file and place", "", REQUIRED),
        Column("found", Type.DATE, "the day it was reported", "", REQUIRED),
        Column("decided", Type.DATE, "the day it was decided; empty while it is open"),
        Column(
            "severity",
            Type.TEXT,
            "S1 changes a band, S2 changes a value, S3 changes words only",
            "",
            Promise(one_of=("S1", "S2", "S3")),
        ),
        Column("before", Type.TEXT, "what it said"),
        Column("after", Type.TEXT, "what it says now"),
        Column("snapshot_from", Type.TEXT, "the release in which it was wrong"),
        Column("snapshot_to", Type.TEXT, "the release in which it is put right"),
    ),
    key=("correction_id",),
    source="METHODS section 1 and C.3",
)

TABLES = (CASE, CASE_EVENT, SURVEY, REPLY, CORRECTION)
