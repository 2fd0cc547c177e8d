"""What the line produces: measurements, evidence, scores, and an account of everything it read.

Every table that holds a figure about somebody is keyed by `body_id` and `body_kind`, and
`body_kind` can only be a public body.
"""

from troth.tables.base import REQUIRED, Column, Promise, Table, Type
from troth.tables.body import BODY_ID, KIND
from troth.tables.procurement import PID

INDICATOR = Column(
    "indicator",
    Type.TEXT,
    "code of the indicator",
    "",
    Promise(required=True, matches=r"^[CIDTPO]\d{2,3}$"),
)
PERIOD = Column(
    "period",
    Type.TEXT,
    (
        "calendar year of the cases, `undated`, or `all` for every case together that the "
        "indicator's card looks at (where it names a window, those of the window)"
    ),
    "",
    Promise(required=True, matches=r"^(\d{4}|undated|all)$"),
)


#: Where a record stands.
PLACE = (
    Column("file", Type.TEXT, "the input file", "", REQUIRED),
    Column("line", Type.INTEGER, "line of the record in the file, counted from 1", "", REQUIRED),
    Column(
        "offset",
        Type.INTEGER,
        "byte at which the record begins, in the decompressed file",
        "bytes",
        REQUIRED,
    ),
)


def _count(name: str, meaning: str) -> Column:
    return Column(name, Type.INTEGER, meaning, "cases", Promise(required=True, at_least=0))


#: Where the day as of which everything is judged comes from. Without any day nothing is published.
STATED = "stated"
LATEST_RELEASE = "latest release date in the data"
NO_RELEASE_DATE = "no release date in the data"

#: Why a figure is not shown. Codes for absence, never merged, and `published` for presence.
STATUSES = ("published", "too_few_cases", "not_measurable", "not_applicable", "withheld")

MEASUREMENT = Table(
    "measurement",
    "One indicator of one body in one period: counts that add up, and the interval they allow.",
    (
        BODY_ID,
        KIND,
        INDICATOR,
        PERIOD,
        Column("version", Type.INTEGER, "version of the indicator's meaning", "", REQUIRED),
        _count("n", "cases that could be judged (the denominator)"),
        Column(
            "hits",
            Type.INTEGER,
            "cases in which it happened; empty where the figure is no share of cases",
            "cases",
            Promise(at_least=0),
        ),
        _count("unknown", "cases that lack a field the rule needs"),
        _count("not_applicable", "cases the rule does not concern"),
        _count("error", "cases whose data contradict themselves"),
        Column(
            "value",
            Type.NUMBER,
            "the figure, for a share hits divided by n; empty when withheld",
            "as the indicator's card says",
        ),
        Column(
            "low",
            Type.NUMBER,
            "lower end of the 90 % interval, for a share of Wilson's",
            "as the value",
        ),
        Column("high", Type.NUMBER, "upper end of the same interval", "as the value"),
        Column(
            "std_err",
            Type.NUMBER,
            "standard error of the value; empty for a share, whose interval comes from its counts",
            "as the value",
            Promise(at_least=0),
        ),
        Column(
            "status",
            Type.TEXT,
            "whether the figure is shown, and if not, why",
            "",
            Promise(required=True, one_of=STATUSES),
        ),
        Column("reason", Type.TEXT, "the status in words"),
    ),
    key=("body_id", "indicator", "period"),
)

MISSING = Table(
    "missing",
    "How often a field that an indicator needs was absent, by body.",
    (
        BODY_ID,
        KIND,
        INDICATOR,
        Column(
            "state",
            Type.TEXT,
            "lacking a field, or contradicting itself",
            "",
            Promise(required=True, one_of=("insufficient_data", "error")),
        ),
        Column(
            "field", Type.TEXT, "the OCDS path that was missing, or the contradiction", "", REQUIRED
        ),
        _count("cases", "cases"),
    ),
    key=("body_id", "indicator", "state", "field"),
)

EVIDENCE = Table(
    "evidence",
    "One case behind a figure: what was flagged, its value, and where its record stands.",
    (
        BODY_ID,
        KIND,
        INDICATOR,
        PERIOD,
        PID,
        Column("ocid", Type.TEXT, "Open Contracting ID", "", REQUIRED),
        Column(
            "part_no",
            Type.INTEGER,
            "which award or contract of the process; empty where the case is the process",
        ),
        Column(
            "value",
            Type.NUMBER,
            "the number the rule looked at, in the unit of the indicator's card",
        ),
        Column(
            "pointer", Type.TEXT, "JSON pointer of the case in its record (RFC 6901)", "", REQUIRED
        ),
        *PLACE,
    ),
    key=("indicator", "pid", "part_no"),
)

ENTRY = Table(
    "entry",
    (
        "One entry of a ledger behind a figure: those flagged first, then those with the largest "
        "values, so many of each body and indicator that a reader can follow the figure."
    ),
    (
        BODY_ID,
        KIND,
        INDICATOR,
        PERIOD,
        Column("ledger", Type.TEXT, "the table that it is an entry of", "", REQUIRED),
        Column("entry_id", Type.TEXT, "its key in that table, parts joined by /", "", REQUIRED),
        Column("flagged", Type.BOOLEAN, "whether it happened in this case", "", REQUIRED),
        Column(
            "value",
            Type.NUMBER,
            "the number the rule looked at, in the unit of the indicator's card",
        ),
        Column("file", Type.TEXT, "the input file", "", REQUIRED),
        Column("line", Type.INTEGER, "line of the entry in the file, counted from 1", "", REQUIRED),
        Column("json", Type.TEXT, "the entry as it was read, in the table's columns", "", REQUIRED),
    ),
    key=("indicator", "ledger", "entry_id"),
)

DETAIL = Table(
    "detail",
    "A number that stands beside a figure of a body: what else its cases say.",
    (
        BODY_ID,
        KIND,
        INDICATOR,
        PERIOD,
        Column("what", Type.TEXT, "what it is, with its unit", "", REQUIRED),
        Column("value", Type.NUMBER, "the number"),
        Column("words", Type.TEXT, "where it is a word, such as a grade"),
    ),
    key=("body_id", "indicator", "period", "what"),
)

LAST_PUBLISHED = Table(
    "last_published",
    (
        "What a body published last of an indicator of which this release has no figure of it: kept "
        "from the release that this one was held against, so that falling silent gains nothing."
    ),
    (
        BODY_ID,
        KIND,
        INDICATOR,
        Column("version", Type.INTEGER, "version of the indicator's meaning", "", REQUIRED),
        Column(
            "n",
            Type.INTEGER,
            "cases that could be judged, as published then",
            "cases",
            Promise(required=True, at_least=1),
        ),
        Column(
            "hits",
            Type.INTEGER,
            "cases in which it happened, as published then; empty where the figure is no share",
            "cases",
            Promise(at_least=0),
        ),
        Column(
            "value",
            Type.NUMBER,
            "the value as published then",
            "as the indicator's card says",
            REQUIRED,
        ),
        Column(
            "std_err",
            Type.NUMBER,
            "its standard error as published then; empty for a share",
            "as the value",
            Promise(at_least=0),
        ),
        Column("release", Type.TEXT, "the release in which it was published last", "", REQUIRED),
        Column("as_of", Type.DATE, "the day as of which that release judged", "", REQUIRED),
    ),
    key=("body_id", "indicator"),
    source="METHODS B.8",
)

RECIPE = Column("recipe", Type.TEXT, "name and version of the recipe", "", REQUIRED)
PEER_GROUP = Column(
    "peer_group",
    Type.TEXT,
    "the bodies it is compared with: level of government and population",
)

#: What a reliability is good for: to be ranked by, to be shown, or neither (METHODS B.7).
USES = ("ranked", "shown", "pooled")

#: Parts of the scale of points, the lowest first (METHODS B.5).
BANDS = ("E", "D", "C", "B", "A")


def _share(name: str, meaning: str) -> Column:
    return Column(name, Type.NUMBER, meaning, "share", Promise(at_least=0, at_most=1))


def _figure(name: str, meaning: str) -> Column:
    return Column(name, Type.NUMBER, meaning, "as the indicator's card says")


def _points(name: str, meaning: str) -> Column:
    return Column(name, Type.NUMBER, meaning, "points", Promise(at_least=0, at_most=100))


def _rank(name: str, meaning: str) -> Column:
    return Column(name, Type.INTEGER, meaning, "", Promise(at_least=1))


ESTIMATE = Table(
    "estimate",
    (
        "One indicator of one body, drawn towards its peers by as much as its own cases are few: "
        "(hits + prior_mean * prior_size) / (n + prior_size). Where the figure is no share: (value * "
        "prior_sd^2 + prior_mean * std_err^2) / (prior_sd^2 + std_err^2)."
    ),
    (
        BODY_ID,
        KIND,
        RECIPE,
        INDICATOR,
        PEER_GROUP,
        _count("n", "cases that could be judged; where it fell silent, those it published last"),
        Column(
            "hits",
            Type.INTEGER,
            (
                "cases in which it happened; where it fell silent, as published last; empty where the "
                "figure is no share of cases"
            ),
            "cases",
            Promise(at_least=0),
        ),
        Column(
            "value",
            Type.NUMBER,
            "the body's own figure where it is no share of cases; empty for a share",
            "as the indicator's card says",
        ),
        Column(
            "std_err",
            Type.NUMBER,
            (
                "the standard error that entered, at least a thousandth of the way between the "
                "goalposts; empty for a share"
            ),
            "as the value",
            Promise(at_least=0),
        ),
        Column(
            "kept_from",
            Type.TEXT,
            (
                "the release in which these cases were published last; empty where they are of this "
                "release"
            ),
        ),
        _figure("prior_mean", "what its peers say before its own cases are looked at"),
        Column(
            "prior_size",
            Type.NUMBER,
            "how many cases the word of its peers is worth; empty where the figure is no share",
            "cases",
            Promise(at_least=0),
        ),
        Column(
            "prior_sd",
            Type.NUMBER,
            "standard deviation between its peers, where the figure is no share; empty for a share",
            "as the value",
            Promise(at_least=0),
        ),
        _figure("estimate", "its own cases and its peers together; empty without a case"),
        _figure("low", "lower end of the 90 % interval"),
        _figure("high", "upper end of the 90 % interval"),
        _share(
            "reliability",
            (
                "n / (n + prior_size), or prior_sd^2 / (prior_sd^2 + std_err^2): the part of its own "
                "cases in the estimate; 0 where it fell silent"
            ),
        ),
        Column(
            "use",
            Type.TEXT,
            (
                "whether the estimate is reliable enough to be ranked by, or to be shown; else the "
                "word of its peers stands for it"
            ),
            "",
            Promise(one_of=USES),
        ),
    ),
    key=("body_id", "recipe", "indicator"),
    source="METHODS B.7",
)

SCORE = Table(
    "score",
    (
        "One body's level under one recipe: 0 to 100, 100 = keeps its word; or withheld, with the "
        "reason."
    ),
    (
        BODY_ID,
        KIND,
        RECIPE,
        _points("level", "the sum of its contributions; empty when withheld"),
        Column(
            "weight_measured",
            Type.NUMBER,
            "share of the recipe's weight that could be measured",
            "share",
            Promise(required=True, at_least=0, at_most=1),
        ),
        Column(
            "status",
            Type.TEXT,
            "whether the level is shown",
            "",
            Promise(required=True, one_of=("published", "withheld")),
        ),
        Column("reason", Type.TEXT, "the status in words"),
        PEER_GROUP,
        _points("low", "lower end of the 90 % interval of the level"),
        _points("high", "upper end of the 90 % interval of the level"),
        _points("lowest", "the level if everything that it does not publish gave 0 points"),
        _points(
            "highest",
            "the level if everything that it does not publish were as good as the best tenth of "
            "its peers",
        ),
        Column(
            "band",
            Type.TEXT,
            "A from 80 points, B from 60, C from 40, D from 20, E below",
            "",
            Promise(one_of=BANDS),
        ),
        _share("band_probability", "how likely the level is in that band"),
        Column(
            "other_band",
            Type.TEXT,
            "the band of `lowest`, or else of `highest`, where that is another one",
            "",
            Promise(one_of=BANDS),
        ),
        _rank("rank_low", "first of the ranks that nine of ten draws give"),
        _rank("rank_high", "last of the ranks that nine of ten draws give"),
        _rank("rank", "median of the ranks that the draws give; never shown without its interval"),
        Column(
            "rank_kept",
            Type.BOOLEAN,
            "false where ranks are too unsure under this recipe to be published: then none is",
        ),
        Column(
            "ranked_of",
            Type.INTEGER,
            "how many bodies are reliable enough to be ranked together",
            "bodies",
            Promise(at_least=0),
        ),
    ),
    key=("body_id", "recipe"),
    source="METHODS B.4, B.5, B.7, B.8",
)

CONTRIBUTION = Table(
    "contribution",
    (
        "What one indicator adds to one body's level. Contributions are whole millionths of a "
        "point and add up exactly."
    ),
    (
        BODY_ID,
        KIND,
        RECIPE,
        INDICATOR,
        Column(
            "value",
            Type.NUMBER,
            "the estimate that entered, or what stands for it",
            "as the indicator's card says",
            REQUIRED,
        ),
        Column(
            "normalised",
            Type.NUMBER,
            "the value on the way from worst (0) to best (100) goalpost",
            "points",
            Promise(required=True, at_least=0, at_most=100),
        ),
        Column(
            "weight",
            Type.NUMBER,
            "its weight among the indicators that enter for this body",
            "share",
            Promise(required=True, at_least=0, at_most=1),
        ),
        Column(
            "micropoints",
            Type.INTEGER,
            "what it adds to the level",
            "millionths of a point",
            Promise(required=True, at_least=0),
        ),
        _points("peer_points", "median of `normalised` of its peers; empty with fewer than 3"),
        Column(
            "imputed",
            Type.BOOLEAN,
            (
                "whether the body does not publish it, so that the lower of its peers' median and "
                "its own last value stands for it"
            ),
        ),
    ),
    key=("body_id", "recipe", "indicator"),
    source="METHODS C.2",
)

ALTERNATIVE = Table(
    "alternative",
    "One body's level if one choice of the recipe were another, and all others the same.",
    (
        BODY_ID,
        KIND,
        RECIPE,
        Column("variant", Type.TEXT, "the choice and what it would be", "", REQUIRED),
        _points("level", "the level under this variant"),
        _rank("rank", "its place under this variant; empty where it is not ranked"),
    ),
    key=("body_id", "recipe", "variant"),
    source="METHODS B.5",
)

SENSITIVITY = Table(
    "sensitivity",
    "How much hangs on one choice of a recipe, of all that moves ranks when choices vary.",
    (
        RECIPE,
        Column("factor", Type.TEXT, "the choice", "", REQUIRED),
        _share(
            "first_order", "part of the variance of rank shifts that this choice explains alone"
        ),
        _share("total", "the same together with other choices"),
        Column(
            "rank_shift",
            Type.NUMBER,
            "by how many places bodies move on average where this choice alone is another",
            "places",
            Promise(at_least=0),
        ),
    ),
    key=("recipe", "factor"),
    source="METHODS B.5",
)

REJECTED = Table(
    "rejected",
    "One thing that could not be used: a whole record, or one field of a record that was kept.",
    (
        Column(
            "level",
            Type.TEXT,
            "what was left out",
            "",
            Promise(required=True, one_of=("record", "field")),
        ),
        Column("code", Type.TEXT, "kind of fault", "", Promise(required=True, matches=r"^E\d{3}$")),
        Column("file", Type.TEXT, "the input file", "", REQUIRED),
        Column("line", Type.INTEGER, "line of the file, counted from 1"),
        Column(
            "offset",
            Type.INTEGER,
            "byte at which the line begins, in the decompressed file",
            "bytes",
        ),
        Column("ocid", Type.TEXT, "Open Contracting ID, where it could be read"),
        Column("path", Type.TEXT, "JSON path of the value", "", REQUIRED),
        Column("value", Type.TEXT, "the value as found, shortened to 200 characters"),
        Column("message", Type.TEXT, "what was expected and what was found", "", REQUIRED),
        Column("next_step", Type.TEXT, "what to do about it", "", REQUIRED),
    ),
)

INPUT = Table(
    "input",
    "One input file, as it was read.",
    (
        Column("file", Type.TEXT, "its name", "", REQUIRED),
        Column(
            "sha256",
            Type.TEXT,
            "SHA-256 of its bytes",
            "",
            Promise(required=True, matches=r"^[0-9a-f]{64}$"),
        ),
        Column("bytes", Type.INTEGER, "its size", "bytes", REQUIRED),
        Column(
            "rows_in",
            Type.INTEGER,
            "records found in it",
            "records",
            Promise(required=True, at_least=0),
        ),
        Column(
            "rows_kept",
            Type.INTEGER,
            "records that entered the tables",
            "records",
            Promise(required=True, at_least=0),
        ),
        Column(
            "rows_rejected",
            Type.INTEGER,
            "records that could not be used, each in `rejected`",
            "records",
            Promise(required=True, at_least=0),
        ),
        Column(
            "fields_rejected",
            Type.INTEGER,
            "single values that could not be used, each in `rejected`",
            "values",
            Promise(required=True, at_least=0),
        ),
    ),
    key=("file",),
)

COVERAGE = Table(
    "coverage",
    "How far one indicator reaches in this data: cases in each of the five states.",
    (
        INDICATOR,
        _count("flagged", "cases in which it happened"),
        _count("not_flagged", "cases in which it did not"),
        _count("not_applicable", "cases the rule does not concern"),
        _count("insufficient_data", "cases that lack a field the rule needs"),
        _count("error", "cases whose data contradict themselves"),
        _count("bodies_measured", "bodies with a published figure over all years"),
        _count("bodies_too_few", "bodies with cases, but fewer than the minimum"),
        _count("bodies_not_measurable", "bodies none of whose cases could be judged"),
        Column(
            "middle",
            Type.NUMBER,
            "median of the bodies' published figures, where the figure is no share of cases",
            "as the value",
        ),
    ),
    key=("indicator",),
)

RUN = Table(
    "run",
    "The run that made a release: what went in, with which code, as of which day.",
    (
        Column(
            "run_id",
            Type.TEXT,
            (
                "first 12 characters of the digest of inputs, what was rejected of them, catalogue, "
                "recipe, as_of, code version, number of records shown, licences and the run of the "
                "release it was held against"
            ),
            "",
            REQUIRED,
        ),
        Column("as_of", Type.DATE, "the day as of which everything is judged", "", REQUIRED),
        Column(
            "as_of_source",
            Type.TEXT,
            "where that day comes from",
            "",
            Promise(required=True, one_of=(STATED, LATEST_RELEASE)),
        ),
        Column("code_version", Type.TEXT, "version of troth", "", REQUIRED),
        Column("recipe", Type.TEXT, "name and version of the recipe", "", REQUIRED),
        Column("rows_in", Type.INTEGER, "records found in all inputs", "records", REQUIRED),
        Column("rows_kept", Type.INTEGER, "records that entered the tables", "records", REQUIRED),
        Column(
            "rows_rejected", Type.INTEGER, "records that could not be used", "records", REQUIRED
        ),
        Column(
            "fields_rejected",
            Type.INTEGER,
            "single values that could not be used",
            "values",
            REQUIRED,
        ),
        Column("bodies", Type.INTEGER, "public bodies found", "bodies", REQUIRED),
        Column(
            "previous_release",
            Type.TEXT,
            "the release against which silence was held; empty where none was named",
        ),
        Column("previous_run", Type.TEXT, "the run that made that release"),
    ),
    key=("run_id",),
)

#: A record shown on a page: redacted, as one JSON text.
RECORD = Table(
    "record",
    "One record that a page shows: contact points, signatories and natural persons are left out.",
    (
        PID,
        Column("ocid", Type.TEXT, "Open Contracting ID", "", REQUIRED),
        BODY_ID,
        KIND,
        *PLACE,
        Column(
            "sha256",
            Type.TEXT,
            "SHA-256 of the record's bytes as they stand in the file",
            "",
            REQUIRED,
        ),
        Column("json", Type.TEXT, "the record, redacted", "", REQUIRED),
    ),
    key=("pid",),
)


# --- courses: what ledgers say happened, bounded for each body, for pages to draw ---


def _all(things: str) -> Column:
    return Column(
        "of_all",
        Type.INTEGER,
        f"how many {things} of this body there are in all; so many are not all here",
        things,
        Promise(required=True, at_least=0),
    )


def _administration(name: str, meaning: str) -> Column:
    return Column(name, Type.INTEGER, meaning, "", Promise(at_least=1))


def _day(name: str, meaning: str) -> Column:
    return Column(name, Type.DATE, meaning)


TENURE = Table(
    "tenure",
    "One term of one post of a body, for time lines to stand on. Whose it was is not kept.",
    (
        BODY_ID,
        KIND,
        Column("term_id", Type.TEXT, "the term", "", REQUIRED),
        Column("post", Type.TEXT, "the post", "", REQUIRED),
        _day("start_date", "first day in office"),
        _day("end_date", "last day in office; empty while it lasts"),
        Column("acting", Type.BOOLEAN, "whether it was an acting one"),
        Column(
            "leading",
            Type.BOOLEAN,
            "whether time lines stand on this post: of several the one that is known for most days",
            "",
            REQUIRED,
        ),
        _administration(
            "administration",
            "number of the administration that it begins, from 1; empty where it begins none: at"
            " another post, without a first day, or acting for fewer than 60 days",
        ),
        _all("terms"),
    ),
    key=("body_id", "term_id"),
    source="METHODS A.1",
)

CONTRACT_COURSE = Table(
    "contract_course",
    (
        "How one registered contract went, for some of each body: those with the most invoices past"
        " due and unpaid, then the most changes, then the latest."
    ),
    (
        BODY_ID,
        KIND,
        Column("registered_contract_id", Type.TEXT, "the contract", "", REQUIRED),
        Column("title", Type.TEXT, "its title, as published"),
        _day("date_signed", "the day it was signed"),
        _administration("signed_under", "number of the administration of that day"),
        _day("period_start", "the first day it runs"),
        _day("original_end", "the last day it was to run at first"),
        _day("period_end", "the last day it runs, as it stands now"),
        _administration("ends_under", "number of the administration of that last day"),
        Column("amount", Type.NUMBER, "its amount", "currency units"),
        Column("currency", Type.TEXT, "ISO 4217 code of that amount"),
        _count("changes", "changes of it until the day of this release"),
        _count("due", "invoices for it that were due by the day of this release"),
        _count("unpaid", "those of them that were not paid by then"),
        _count("payments", "payments under it until the day of this release"),
        Column("final_status", Type.TEXT, "what became of it; empty while it runs"),
        _day("final_status_date", "the day of its final status"),
        _count("events", "dated events of it; the latest are in `contract_event`"),
        _all("contracts"),
    ),
    key=("body_id", "registered_contract_id"),
    source="METHODS section 1 and A.1",
)

CONTRACT_EVENT = Table(
    "contract_event",
    "One dated event of a contract of `contract_course`.",
    (
        BODY_ID,
        KIND,
        Column("registered_contract_id", Type.TEXT, "the contract", "", REQUIRED),
        Column("event_no", Type.INTEGER, "which event, counted from 0 by day", "", REQUIRED),
        Column(
            "lane",
            Type.TEXT,
            "what kind of event",
            "",
            Promise(required=True, one_of=("change", "milestone", "due", "payment")),
        ),
        Column("date", Type.DATE, "its day", "", REQUIRED),
        _day("settled_on", "of what was due, the day it was paid or met; empty where it was not"),
        _day("new_end", "of a change, the last day of the contract from then on"),
        Column("what", Type.TEXT, "what was changed, due or paid"),
        Column("amount", Type.NUMBER, "its amount", "currency units"),
        Column("currency", Type.TEXT, "ISO 4217 code of that amount"),
    ),
    key=("body_id", "registered_contract_id", "event_no"),
)

COMMITMENT_DEADLINE = Table(
    "commitment_deadline",
    (
        "One commitment and its deadlines, for some of each body: those moved furthest, then the"
        " latest announced."
    ),
    (
        BODY_ID,
        KIND,
        Column("commitment_id", Type.TEXT, "the commitment", "", REQUIRED),
        Column("text", Type.TEXT, "its words, as published", "", REQUIRED),
        _day("announced", "the day it was announced"),
        _day("original_due", "the deadline first given"),
        _day("current_due", "the deadline as it stands on the day of this release"),
        _count("moved", "how often its deadline was changed"),
        _day("done_on", "the first day on which the body reported it complete"),
        Column("last_status", Type.TEXT, "what the body said of it last"),
        _day("last_said", "the day of that statement"),
        Column("withdrawn", Type.BOOLEAN, "whether it was given up", "", REQUIRED),
        _all("commitments"),
    ),
    key=("body_id", "commitment_id"),
    source="METHODS A.2",
)

#: How a commitment stands on the day of a release; what is done is what the body reports as done.
COMMITMENT_STATES = (
    "done_in_time", "done_later", "done_undated", "running", "past", "undated", "withdrawn",
)  # fmt: skip

COMMITMENT_STATE = Table(
    "commitment_state",
    "How many commitments of a body stand how, against the deadline first given.",
    (
        BODY_ID,
        KIND,
        Column(
            "state", Type.TEXT, "how they stand", "",
            Promise(required=True, one_of=COMMITMENT_STATES),
        ),
        _count("commitments", "commitments"),
    ),
    key=("body_id", "state"),
    source="METHODS A.2",
)  # fmt: skip

#: Days past due, as METHODS A.3 cuts them, and unpaid invoices without a day on which they are due.
ARREARS_AGES = ("1-30", "31-60", "61-90", "91-180", "181-365", "over 365", "no due date")

ARREARS_AGE = Table(
    "arrears_age",
    "What a body owed on the day of this release, by how many days it was past due.",
    (
        BODY_ID,
        KIND,
        Column("currency", Type.TEXT, "ISO 4217 code; currencies are never added", "", REQUIRED),
        Column(
            "age", Type.TEXT, "days past due, suspensions left out", "days",
            Promise(required=True, one_of=ARREARS_AGES),
        ),
        Column("amount", Type.NUMBER, "owed", "currency units", REQUIRED),
        _count("invoices", "unpaid invoices"),
    ),
    key=("body_id", "currency", "age"),
    source="METHODS A.3",
)  # fmt: skip

REQUEST_OUTCOMES = (
    "full", "partial", "refused", "not_held", "not_processed", "unable", "other", "not_said", "open",
)  # fmt: skip

REQUEST_OUTCOME = Table(
    "request_outcome",
    "How many requests for information a body received in one year ended one way.",
    (
        BODY_ID,
        KIND,
        Column(
            "source",
            Type.TEXT,
            "counted from single requests, or as the body's yearly report counts them",
            "",
            Promise(required=True, one_of=("requests", "yearly report")),
        ),
        Column("year", Type.INTEGER, "calendar year of receipt, or of the report", "", REQUIRED),
        Column(
            "outcome", Type.TEXT, "how they ended; `open` where there is no answer yet", "",
            Promise(required=True, one_of=REQUEST_OUTCOMES),
        ),
        _count("requests", "requests"),
    ),
    key=("body_id", "source", "year", "outcome"),
    source="METHODS section 1: foi, foi_annual",
)  # fmt: skip

HAND_OFF = Table(
    "hand_off",
    "How often cases of a body went from one of its units to another; the most frequent ways.",
    (
        BODY_ID,
        KIND,
        Column("from_unit", Type.TEXT, "the unit that had them", "", REQUIRED),
        Column("to_unit", Type.TEXT, "the unit that had them next", "", REQUIRED),
        _count("transfers", "times that a case went this way"),
        _count("cases", "cases that went this way at least once"),
        _all("transfers"),
    ),
    key=("body_id", "from_unit", "to_unit"),
    source="METHODS A.2",
)

COURSES = (
    TENURE,
    CONTRACT_COURSE,
    CONTRACT_EVENT,
    COMMITMENT_DEADLINE,
    COMMITMENT_STATE,
    ARREARS_AGE,
    REQUEST_OUTCOME,
    HAND_OFF,
)

TABLES = (
    MEASUREMENT,
    MISSING,
    EVIDENCE,
    ENTRY,
    DETAIL,
    LAST_PUBLISHED,
    ESTIMATE,
    SCORE,
    CONTRIBUTION,
    ALTERNATIVE,
    SENSITIVITY,
    REJECTED,
    INPUT,
    COVERAGE,
    RUN,
    RECORD,
    *COURSES,
)
