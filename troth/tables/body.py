"""Who the figures are about, and who they are never about.

A measurement is keyed by a public body and by nothing else. `body.kind` has one value, and the
results tables repeat it with the same promise, so that a row about a firm or a person has no place
to go (`tables/results.py`, `docs/no-persons.md`).
"""

from troth.tables.base import REQUIRED, Column, Promise, Table, Type

PUBLIC_BODY = "public_body"
KIND = Column(
    "body_kind",
    Type.TEXT,
    "what is measured: always a public body",
    "",
    Promise(required=True, one_of=(PUBLIC_BODY,)),
)
BODY_ID = Column(
    "body_id",
    Type.TEXT,
    "the public body: identifier scheme and identifier, as in the source",
    "",
    Promise(required=True, refers_to="body.body_id"),
)

BODY = Table(
    "body",
    "One public body, under one identifier.",
    (
        BODY_ID,
        KIND,
        Column(
            "body_key",
            Type.INTEGER,
            "the body in fact tables: first 63 bits of the SHA-256 of its identifier",
            "",
            REQUIRED,
        ),
        Column(
            "name",
            Type.TEXT,
            (
                "the name its records give most often (the first in alphabetical order where "
                "several are as frequent)"
            ),
        ),
        Column("scheme", Type.TEXT, "identifier scheme (org-id.guide where the source follows it)"),
        Column(
            "level",
            Type.TEXT,
            "level of government as the register of bodies says it; empty where that is not known",
        ),
        Column(
            "population",
            Type.INTEGER,
            "residents as the register of bodies says; empty where that is not known",
            "persons",
            Promise(at_least=0),
        ),
        Column(
            "names",
            Type.INTEGER,
            "how many different names the records give it",
            "names",
            Promise(required=True, at_least=0),
        ),
        Column(
            "processes",
            Type.INTEGER,
            "contracting processes it answers for",
            "processes",
            Promise(required=True, at_least=0),
        ),
        Column(
            "valid_from", Type.DATE, "first day the body existed under this identifier, if known"
        ),
        Column("valid_to", Type.DATE, "last day the body existed under this identifier, if known"),
        Column(
            "seats",
            Type.INTEGER,
            "members of the body, where known",
            "persons",
            Promise(at_least=1),
        ),
        Column(
            "staffed",
            Type.BOOLEAN,
            (
                "whether it has staff of its own, where known; a one-person office without staff "
                "is not measured"
            ),
        ),
    ),
    key=("body_id",),
    source="OCDS 1.1: buyer, tender/procuringEntity, parties",
)

FIRM = Table(
    "firm",
    (
        "One supplier or tenderer. A natural person, and one of whom that is not known, has no "
        "name and no identifier here."
    ),
    (
        Column(
            "firm_key",
            Type.INTEGER,
            "the firm in fact tables: keyed hash of its identifier",
            "",
            REQUIRED,
        ),
        Column(
            "kind",
            Type.TEXT,
            "what the identifier or the name shows it to be",
            "",
            Promise(required=True, one_of=("legal_person", "natural_person", "unknown")),
        ),
        Column("firm_id", Type.TEXT, "identifier scheme and identifier; only for legal persons"),
        Column("name", Type.TEXT, "name as first published; only for legal persons"),
        Column("scheme", Type.TEXT, "identifier scheme, where known"),
        Column(
            "shown_by",
            Type.TEXT,
            "what showed its kind",
            "",
            Promise(one_of=("identifier", "legal_form", "stated", "nothing")),
        ),
    ),
    key=("firm_key",),
    source="OCDS 1.1: parties, awards/suppliers, tenderers",
)

#: An acting holder of fewer days opens no change of office (METHODS A.1).
ACTING_DAYS = 60

TERM = Table(
    "term",
    "One term of one post of a body: that the holder changed is what counts, never who it was.",
    (
        Column("term_id", Type.TEXT, "the term", "", REQUIRED),
        BODY_ID,
        Column("post", Type.TEXT, "the post", "", REQUIRED),
        Column("start_date", Type.DATE, "first day in office"),
        Column("end_date", Type.DATE, "last day in office"),
        Column(
            "end_kind",
            Type.TEXT,
            "how it ended",
            "",
            Promise(one_of=("scheduled", "unscheduled", "merger", "abolition")),
        ),
        Column("acting", Type.BOOLEAN, "whether the holder was acting only"),
    ),
    key=("term_id",),
    source="METHODS section 1; Popolo membership without the person",
)

TABLES = (BODY, FIRM, TERM)
