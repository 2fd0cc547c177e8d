"""Contracting processes, as the Open Contracting Data Standard describes them.

Two depths of reading fill these tables. The hot pass (`sources/ocds/flatten`) fills the columns
that formulas use, for every record; `sources/ocds/whole` fills every table for one record, when
somebody looks at it. `pid` names a process everywhere: the number of its file, shifted by 44 bits,
plus the byte at which its record begins, so that it is unique, ordered, and a pointer to evidence.
"""

from troth.tables.base import REQUIRED, Column, Promise, Table, Type

PID = Column(
    "pid", Type.INTEGER, "the process: file number and byte offset of its record", "", REQUIRED
)
AMOUNT = Column(
    "amount", Type.NUMBER, "sum of money, in whole units of its currency", "currency units"
)
CURRENCY = Column("currency", Type.TEXT, "ISO 4217 code", "", Promise(matches=r"^[A-Z]{3}$"))

#: How a date was written: with a time zone, without one, or as a day only.
FORMS = ("zoned", "local", "day")


def _number(name: str, of: str) -> Column:
    return Column(name, Type.INTEGER, f"which {of} of the process, counted from 0", "", REQUIRED)


def _form(name: str, of: str) -> Column:
    return Column(name, Type.TEXT, f"how {of} was written", "", Promise(one_of=FORMS))


def _count(name: str, of: str) -> Column:
    return Column(name, Type.INTEGER, of, "", Promise(at_least=0))


#: Types of documents that say why something is bought, and how.
PLANS = ("procurementPlan", "needsAssessment", "feasibilityStudy", "marketStudies")

#: Types of documents that a bidder cannot do without.
KEY = ("tenderNotice", "biddingDocuments", "technicalSpecifications", "evaluationCriteria")

#: OCDS 1.1 and 1.2, codelist documentType. A word that is none of these says nothing.
DOCUMENT_TYPES = frozenset(
    (
        "plannedProcurementNotice tenderNotice awardNotice contractNotice completionCertificate "
        "procurementPlan biddingDocuments technicalSpecifications evaluationCriteria "
        "evaluationReports contractDraft contractSigned contractArrangements contractSchedule "
        "physicalProgressReport financialProgressReport finalAudit hearingNotice marketStudies "
        "eligibilityCriteria clarifications shortlistedFirms environmentalImpact "
        "assetAndLiabilityAssessment riskProvisions winningBid complaints contractAnnexe "
        "contractGuarantees subContract needsAssessment feasibilityStudy projectPlan "
        "billOfQuantity bidders conflictOfInterest debarments illustration submissionDocuments "
        "contractSummary cancellationDetails unsuccessfulDetails economicSelectionCriteria "
        "technicalSelectionCriteria tariffs tariffMethod tariffReview tariffIllustration"
    ).split()
)


PROCESS = Table(
    "process",
    "One contracting process (one ocid), as its record stood when it was read.",
    (
        PID,
        Column("ocid", Type.TEXT, "Open Contracting ID", "", REQUIRED),
        Column(
            "body_key",
            Type.INTEGER,
            "the public body that answers for it: key in `body`; empty when the record names none",
            "",
            Promise(refers_to="body.body_key"),
        ),
        Column(
            "body_role",
            Type.TEXT,
            "what the body is in the record",
            "",
            Promise(one_of=("buyer", "procuring_entity")),
        ),
        Column("body_name", Type.TEXT, "the name its record gives the body"),
        Column(
            "country",
            Type.TEXT,
            "the country whose law binds the body: the first two letters of its identifier where "
            "that begins with a scheme (IT-CF-...), else of identifier/scheme; never guessed",
            "ISO 3166-1",
            Promise(matches=r"^[A-Z]{2}$"),
        ),
        Column(
            "compiled",
            Type.BOOLEAN,
            "whether the release says that it is compiled, so that a later one replaces it",
            "",
            REQUIRED,
        ),
        Column("released_at", Type.INSTANT, "date of the release"),
        Column(
            "year",
            Type.INTEGER,
            (
                "year of the first known of: tender period start, tender published, award date, "
                "contract signed, contract start"
            ),
            "calendar year",
        ),
        Column(
            "chunk", Type.INTEGER, "the piece of input it was read in: key in `chunk`", "", REQUIRED
        ),
        Column("row", Type.INTEGER, "its line within that piece, counted from 0", "", REQUIRED),
        Column("length", Type.INTEGER, "length of its record", "bytes", REQUIRED),
    ),
    key=("pid",),
    source="OCDS 1.1 release: ocid, date, buyer, tender/procuringEntity",
)

CHUNK = Table(
    "chunk",
    "One piece of one input file, as it was handed to a reading process.",
    (
        Column("chunk", Type.INTEGER, "number of the piece", "", REQUIRED),
        Column(
            "file",
            Type.TEXT,
            "name of the file, and of the member of an archive after `!`",
            "",
            REQUIRED,
        ),
        Column(
            "first_line",
            Type.INTEGER,
            "line of the file at which the piece begins, counted from 1",
            "",
            REQUIRED,
        ),
    ),
    key=("chunk",),
)

TENDER = Table(
    "tender",
    "The call for bids of a process, one row a process.",
    (
        PID,
        Column("status", Type.TEXT, "tender/status as published"),
        Column("method", Type.TEXT, "tender/procurementMethod: open, selective, limited, direct"),
        Column("method_details", Type.TEXT, "tender/procurementMethodDetails as published"),
        Column("rationale", Type.TEXT, "tender/procurementMethodRationale as published"),
        Column("award_criteria", Type.TEXT, "tender/awardCriteria as published"),
        Column("category", Type.TEXT, "tender/mainProcurementCategory: goods, works, services"),
        Column("item_scheme", Type.TEXT, "classification scheme of the first classified item"),
        Column("item_code", Type.TEXT, "its code in that scheme"),
        Column("amount", Type.NUMBER, "tender/value/amount: the estimate", "currency units"),
        CURRENCY,
        Column("period_start", Type.INSTANT, "tender/tenderPeriod/startDate"),
        Column("period_end", Type.INSTANT, "tender/tenderPeriod/endDate: the deadline for bids"),
        _form("period_start_form", "the start"),
        _form("period_end_form", "the deadline"),
        Column("opened_at", Type.INSTANT, "tender/bidOpening/date (bid opening extension)"),
        _form("opened_at_form", "the opening of bids"),
        Column("evaluation_start", Type.INSTANT, "tender/awardPeriod/startDate"),
        _form("evaluation_start_form", "the start of the evaluation"),
        _count("plans", "planning/documents of a type that plans: " + ", ".join(PLANS)),
        _count(
            "plans_untold",
            "planning/documents whose type is missing or none of the standard's codelist",
        ),
        _count("documents", "tender/documents: how many; empty when the record has no such list"),
        _count(
            "documents_untold",
            "tender/documents whose type is missing or none of the standard's codelist",
        ),
        _count("notices", "tender/documents of type tenderNotice"),
        Column("notice_at", Type.INSTANT, "earliest publication of a document of that type"),
        _form("notice_at_form", "that publication"),
        _count("key_kinds", "how many of these are among tender/documents: " + ", ".join(KEY)),
        Column(
            "key_kinds_at",
            Type.INSTANT,
            "when the last of those was first published; empty where one of them has no date",
        ),
        _form("key_kinds_at_form", "that publication"),
        _count("enquiries", "tender/enquiries: how many; empty when the record has no such list"),
        _count("enquiries_unanswered", "those with neither an answer nor the date of one"),
        Column("answered_at", Type.INSTANT, "the last of their dateAnswered"),
        _form("answered_at_form", "that date"),
        _count(
            "complaints",
            "complaints of the record, the tender and the awards; empty when none has such a list",
        ),
        Column(
            "fee_amount",
            Type.NUMBER,
            "sum of tender/participationFees; empty where one has no amount, or another currency",
            "currency units",
        ),
        Column(
            "fee_currency",
            Type.TEXT,
            "the currency of all of them",
            "",
            Promise(matches=r"^[A-Z]{3}$"),
        ),
        Column(
            "tenderers_stated",
            Type.INTEGER,
            "tender/numberOfTenderers",
            "tenderers",
            Promise(at_least=0),
        ),
        Column(
            "tenderers_listed",
            Type.INTEGER,
            "distinct ids in tender/tenderers",
            "tenderers",
            Promise(at_least=0),
        ),
        Column(
            "tenderers_bidding",
            Type.INTEGER,
            "distinct tenderers of submitted bids",
            "tenderers",
            Promise(at_least=0),
        ),
        Column(
            "bids_stated",
            Type.INTEGER,
            "bids/statistics: measure `bids`, else `validBids`",
            "bids",
            Promise(at_least=0),
        ),
        Column(
            "bids_listed",
            Type.INTEGER,
            "length of bids/details; empty when the record has none",
            "bids",
            Promise(at_least=0),
        ),
    ),
    key=("pid",),
    source="OCDS 1.1: tender, bids extension",
)

BID = Table(
    "bid",
    "One bid (bids extension), whatever became of it.",
    (
        PID,
        _number("bid_no", "bid"),
        Column(
            "status",
            Type.TEXT,
            "bids/details/status: invited, pending, valid, disqualified, withdrawn",
        ),
        Column("date", Type.INSTANT, "when it was received"),
        _form("date_form", "the date"),
        Column(
            "lot",
            Type.INTEGER,
            "which lot, numbered within the process from 1; 0 where no lot is named",
            "",
            REQUIRED,
        ),
        AMOUNT,
        CURRENCY,
        Column("tenderers", Type.INTEGER, "how many firms made it together", "tenderers", REQUIRED),
    ),
    key=("pid", "bid_no"),
    source="OCDS bids extension 1.1",
)

AWARD = Table(
    "award",
    "One decision to award.",
    (
        PID,
        _number("award_no", "award"),
        Column("award_id", Type.TEXT, "awards/id as published"),
        Column("status", Type.TEXT, "awards/status: pending, active, cancelled, unsuccessful"),
        Column("date", Type.INSTANT, "awards/date: the decision"),
        _form("date_form", "the date"),
        Column(
            "lot",
            Type.INTEGER,
            "which lot, numbered within the process from 1; 0 where no lot is named",
            "",
            REQUIRED,
        ),
        AMOUNT,
        CURRENCY,
        Column(
            "item_scheme",
            Type.TEXT,
            (
                "classification scheme of the first classified item; the tender's where the award "
                "names none"
            ),
        ),
        Column("item_code", Type.TEXT, "its code in that scheme"),
        Column("suppliers", Type.INTEGER, "how many firms won it together", "suppliers", REQUIRED),
        Column(
            "supplier_key",
            Type.INTEGER,
            "the supplier, or the group of suppliers as one: keyed hash of the sorted ids",
        ),
        Column(
            "subcontracted", Type.BOOLEAN, "awards/hasSubcontracting (subcontracting extension)"
        ),
        Column(
            "subcontracted_share",
            Type.NUMBER,
            "awards/subcontracting/minimumPercentage",
            "part of the value",
            Promise(at_least=0, at_most=1),
        ),
    ),
    key=("pid", "award_no"),
    source="OCDS 1.1: awards",
)

CONTRACT = Table(
    "contract",
    "One contract.",
    (
        PID,
        _number("contract_no", "contract"),
        Column("contract_id", Type.TEXT, "contracts/id as published"),
        Column("award_id", Type.TEXT, "contracts/awardID: the award it rests on"),
        Column("status", Type.TEXT, "contracts/status: pending, active, cancelled, terminated"),
        Column("date_signed", Type.INSTANT, "contracts/dateSigned"),
        _form("date_signed_form", "the date of signature"),
        AMOUNT,
        CURRENCY,
        Column(
            "changes",
            Type.INTEGER,
            "contracts/amendments: how many",
            "amendments",
            Promise(required=True, at_least=0),
        ),
        Column(
            "documents",
            Type.INTEGER,
            "contracts/documents: how many; empty when the record has no such list",
            "documents",
            Promise(at_least=0),
        ),
        Column(
            "signed_documents",
            Type.INTEGER,
            "documents of type contractSigned",
            "documents",
            Promise(at_least=0),
        ),
        Column(
            "published_at",
            Type.INSTANT,
            "earliest publication of a document of type contractSigned",
        ),
        _count(
            "milestones",
            "milestones with a due date of which it can be told whether they were met; empty when "
            "the record has no such list",
        ),
        _count("milestones_late", "those met on a later day (UTC) than the one they were due"),
        Column("milestone_due", Type.INSTANT, "the earliest due date of those that were not met"),
        _count("payments", "transactions: how many; empty when the record has no such list"),
        Column(
            "paid_amount",
            Type.NUMBER,
            "sum of the transactions; empty where one has no amount, or another currency",
            "currency units",
        ),
        Column(
            "paid_currency",
            Type.TEXT,
            "the currency of all of them",
            "",
            Promise(matches=r"^[A-Z]{3}$"),
        ),
    ),
    key=("pid", "contract_no"),
    source="OCDS 1.1: contracts",
)

PARTY = Table(
    "party",
    ("One firm in one part it plays in a process: tenderer (of a bid) or supplier (of an award)."),
    (
        PID,
        Column(
            "role",
            Type.TEXT,
            "what it is",
            "",
            Promise(required=True, one_of=("tenderer", "supplier")),
        ),
        Column("part_no", Type.INTEGER, "which bid or award of the process, counted from 0"),
        Column("firm_key", Type.INTEGER, "the firm: keyed hash of its identifier", "", REQUIRED),
    ),
    source="OCDS 1.1: bids/details/tenderers, awards/suppliers",
)

LOT = Table(
    "lot",
    "One lot of a tender (lots extension).",
    (
        PID,
        Column("lot", Type.INTEGER, "its number within the process, from 1", "", REQUIRED),
        Column("lot_id", Type.TEXT, "tender/lots/id as published"),
        Column("title", Type.TEXT, "tender/lots/title"),
        Column("status", Type.TEXT, "tender/lots/status"),
        AMOUNT,
        CURRENCY,
    ),
    key=("pid", "lot"),
    source="OCDS lots extension",
)

ITEM = Table(
    "item",
    "One good, work or service of a tender, an award or a contract.",
    (
        PID,
        Column(
            "of",
            Type.TEXT,
            "where it is listed",
            "",
            Promise(required=True, one_of=("tender", "award", "contract")),
        ),
        Column("part_no", Type.INTEGER, "which award or contract; 0 for the tender", "", REQUIRED),
        Column("item_no", Type.INTEGER, "which item of the list, counted from 0", "", REQUIRED),
        Column("item_id", Type.TEXT, "id as published"),
        Column("description", Type.TEXT, "as published"),
        Column("scheme", Type.TEXT, "classification/scheme"),
        Column("code", Type.TEXT, "classification/id"),
        Column("quantity", Type.NUMBER, "quantity", "`unit`"),
        Column("unit", Type.TEXT, "unit/name"),
        Column("unit_amount", Type.NUMBER, "unit/value/amount", "currency units"),
        CURRENCY,
    ),
    key=("pid", "of", "part_no", "item_no"),
    source="OCDS 1.1: items",
)

CONTRACT_TERMS = Table(
    "contract_terms",
    "What a contract is for, how long it runs and how it ended; one row a contract.",
    (
        PID,
        _number("contract_no", "contract"),
        Column("title", Type.TEXT, "contracts/title"),
        Column("description", Type.TEXT, "contracts/description"),
        Column("period_start", Type.INSTANT, "contracts/period/startDate"),
        Column("period_end", Type.INSTANT, "contracts/period/endDate"),
        Column(
            "final_status",
            Type.TEXT,
            "contracts/finalStatus (OCDS 1.2)",
            "",
            Promise(one_of=("complete", "incomplete", "cancelled", "unsuccessful")),
        ),
        Column("final_status_date", Type.INSTANT, "contracts/finalStatusDate (OCDS 1.2)"),
    ),
    key=("pid", "contract_no"),
    source="OCDS 1.1 and 1.2: contracts; METHODS section 1",
)

CONTRACT_CHANGE = Table(
    "contract_change",
    "One change of a contract: an amendment, a suspension, a transfer to another party.",
    (
        PID,
        _number("contract_no", "contract"),
        _number("change_no", "change"),
        Column("date", Type.INSTANT, "amendments/date"),
        Column(
            "kind",
            Type.TEXT,
            "what was changed; empty where the source does not say",
            "",
            Promise(one_of=("value", "duration", "scope", "suspension", "assignment")),
        ),
        Column("old_amount", Type.NUMBER, "value before", "currency units"),
        Column("new_amount", Type.NUMBER, "value after", "currency units"),
        CURRENCY,
        Column("old_end", Type.INSTANT, "end of the contract before"),
        Column("new_end", Type.INSTANT, "end of the contract after"),
        Column("rationale", Type.TEXT, "amendments/rationale"),
        Column("description", Type.TEXT, "amendments/description"),
    ),
    key=("pid", "contract_no", "change_no"),
    source="OCDS 1.1: contracts/amendments; METHODS section 1",
)

MILESTONE = Table(
    "milestone",
    "One event that a contract or tender foresees.",
    (
        PID,
        Column(
            "of",
            Type.TEXT,
            "where it is listed",
            "",
            Promise(required=True, one_of=("planning", "tender", "contract")),
        ),
        Column("part_no", Type.INTEGER, "which contract; 0 elsewhere", "", REQUIRED),
        _number("milestone_no", "milestone"),
        Column("type", Type.TEXT, "as published"),
        Column("title", Type.TEXT, "as published"),
        Column("due_date", Type.INSTANT, "dueDate"),
        Column("original_due_date", Type.INSTANT, "the first due date, where versions are known"),
        Column("date_met", Type.INSTANT, "dateMet"),
        Column("status", Type.TEXT, "scheduled, met, notMet, partiallyMet"),
        AMOUNT,
        CURRENCY,
    ),
    key=("pid", "of", "part_no", "milestone_no"),
    source="OCDS 1.1: milestones, implementation/milestones",
)

TRANSACTION = Table(
    "transaction",
    "One payment under a contract.",
    (
        PID,
        _number("contract_no", "contract"),
        _number("transaction_no", "payment"),
        Column("date", Type.INSTANT, "when it was paid"),
        AMOUNT,
        CURRENCY,
    ),
    key=("pid", "contract_no", "transaction_no"),
    source="OCDS 1.1: contracts/implementation/transactions",
)

DOCUMENT = Table(
    "document",
    "One document published about a process.",
    (
        PID,
        Column(
            "of",
            Type.TEXT,
            "where it is listed",
            "",
            Promise(
                required=True, one_of=("planning", "tender", "award", "contract", "implementation")
            ),
        ),
        Column("part_no", Type.INTEGER, "which award or contract; 0 elsewhere", "", REQUIRED),
        _number("document_no", "document"),
        Column("type", Type.TEXT, "documentType"),
        Column("title", Type.TEXT, "as published"),
        Column("url", Type.TEXT, "where it was published"),
        Column("format", Type.TEXT, "media type"),
        Column("published_at", Type.INSTANT, "datePublished"),
    ),
    key=("pid", "of", "part_no", "document_no"),
    source="OCDS 1.1: documents",
)

ENQUIRY = Table(
    "enquiry",
    "One question put to the buyer during a tender (enquiries extension); never who put it.",
    (
        PID,
        _number("enquiry_no", "question"),
        Column("date", Type.INSTANT, "when it was asked"),
        Column("answered_at", Type.INSTANT, "when it was answered"),
        Column("title", Type.TEXT, "as published"),
    ),
    key=("pid", "enquiry_no"),
    source="OCDS enquiries extension",
)

COMPLAINT = Table(
    "complaint",
    "One complaint about a tender or an award (complaints extension); never who made it.",
    (
        PID,
        _number("complaint_no", "complaint"),
        Column("date", Type.INSTANT, "when it was made"),
        Column("status", Type.TEXT, "as published"),
        Column("decided_at", Type.INSTANT, "when it was decided"),
    ),
    key=("pid", "complaint_no"),
    source="OCDS complaints extension",
)

#: Filled for every record; these are what formulas may ask for.
HOT = (PROCESS, TENDER, BID, AWARD, CONTRACT, PARTY)

#: Filled for one record at a time, when somebody looks at it.
ON_DEMAND = (
    LOT,
    ITEM,
    CONTRACT_TERMS,
    CONTRACT_CHANGE,
    MILESTONE,
    TRANSACTION,
    DOCUMENT,
    ENQUIRY,
    COMPLAINT,
)

TABLES = (*HOT, CHUNK, *ON_DEMAND)
