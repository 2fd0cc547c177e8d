"""Random OCDS as publishers write it: mostly right, in places missing, odd or of the wrong kind."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

WRONG = st.sampled_from(
    [
        None,
        True,
        0,
        -1,
        2.5,
        1e300,
        "",
        "?",
        "12,5 EUR",
        [],
        ["x"],
        {},
        {"id": "x"},
        [None],
        [[1]],
        [{}],
        "\ud800",
    ]
)

#: Half of all values are right; the others are absent or of any kind.
DATES = [
    "2024-05-31", "2024-05-31T12:00:00Z", "2023-12-31T23:30:00-02:00", "2020-02-30", "2024-05-31T12:00:00",
    "2024-05-31 12:00", "0001-01-01T00:00:00Z", "2301-01-01T00:00:00Z", "31/05/2024", "", "  ", "2024-05-31T24:00:00Z",
    "2024-05-31T12:00:00.123456789Z", "1999-12-31T23:59:59+14:00", "2024-05-31T12:00Z", "2024-05-31T12:00:00+99:00",
    "2199-12-31T23:59:59Z", "1900-01-01T00:00:00Z", "2024-05-31T12:00:60Z", "2024-1-1", "2024-05-31T12:00:00+0530",
]  # fmt: skip
FIRMS: list[dict[str, Any]] = [
    {"id": "IT-CF-00215150236", "name": "Impresa S.r.l."},
    {"id": "IT-CF-RSSMRA80A01H501U", "name": "Mario Rossi"},
    {"id": "IT-CF-NAN"},
    {"id": "IT-CF-NAN", "name": "Senza codice"},
    {"id": 20012345, "name": "Numero"},
    {"id": 20012345.0},
    {"id": " IT-CF-00215150236 "},
    {"id": "80012345-0"},
    {"name": "Solo Nome"},
    {"name": "Solo Nome  "},
    {"identifier": {"scheme": "PE-RUC", "id": "20100070970"}, "name": "Empresa SA"},
    {"identifier": {"scheme": "PE-RUC", "id": 10100070970}},
    {"identifier": {"id": "PE-RUC-10100070970"}, "name": "Juan"},
    {},
    {"id": ""},
    {"id": "0"},
]
BODIES: list[dict[str, Any]] = [
    {"id": "IT-CF-00125680033", "name": "Comune di Novara"},
    {"id": "IT-CF-00125680033", "name": "COMUNE DI NOVARA "},
    {"id": "IT-CF-NAN", "name": "Comune senza codice"},
    {"id": "IT-CF-RSSMRA80A01H501U", "name": "Mario Rossi"},
    {"identifier": {"scheme": "FR-RCS", "id": "83455372900015"}, "name": "SOLIDEO"},
    {"identifier": {"scheme": "FR-RCS", "id": "FR-RCS-83455372900015"}},
    {"name": "Ville de Montréal"},
    {"id": 7},
    {"id": 7.0, "name": "Sept", "identifier": {"scheme": "FR-SIRET", "id": "7"}},
    {},
]


def mostly(right: st.SearchStrategy[Any], *, wrong: bool = True) -> st.SearchStrategy[Any]:
    """A right value, and now and then another."""
    return st.integers(0, 19).flatmap(lambda die: WRONG if wrong and die == 0 else right)


def some(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """An object with any of these fields."""
    return st.fixed_dictionaries({}, optional={name: mostly(one) for name, one in fields.items()})


def few(one: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    return st.lists(mostly(one), max_size=3)


#: The kinds that count, one that does not, and one that is no word of the standard.
TYPES = [
    "contractSigned", "tenderNotice", "biddingDocuments", "technicalSpecifications",
    "evaluationCriteria", "procurementPlan", "marketStudies", "awardNotice", "Tender Notice",
]  # fmt: skip

dates = st.sampled_from(DATES)
texts = st.sampled_from(["active", "complete", "x", "", "ü", "名前", "a\u0000b", "\U0001f600"])
ids = st.sampled_from(["1", "2", "A-1", 1, 1.0, 2.5, 10**25, ""])
amounts = st.sampled_from([0, 1, -1, 12.5, 1e15, 1e16, 10**15, 10**400, 1e-300])
value = some(amount=amounts, currency=st.sampled_from(["EUR", "PEN", "eur", "", "Euro", "€"]))
firm = st.sampled_from(FIRMS)
body = st.sampled_from(BODIES)
lots = {
    "relatedLots": few(st.sampled_from(["L1", "L2", "", "b", "B"])),
    "relatedLot": st.sampled_from(["L1", "L9", ""]),
}
item = some(
    id=ids,
    classification=some(
        scheme=st.sampled_from(["CPV", "UNSPSC"]),
        id=st.sampled_from(["79100000", 79100000, 7.5, ""]),
    ),
    quantity=amounts,
    unit=some(name=texts, value=value),
    description=texts,
)
document = some(
    documentType=st.sampled_from(TYPES),
    datePublished=dates,
    title=texts,
)
milestone = some(
    dueDate=dates,
    dateMet=dates,
    title=texts,
    value=value,
    status=st.sampled_from(["met", "notMet", "scheduled"]),
)
complaint = some(id=ids, date=dates)
tender = some(
    status=texts,
    title=texts,
    procurementMethod=st.sampled_from(["open", "selective", "limited", "direct"]),
    procurementMethodDetails=texts,
    procurementMethodRationale=texts,
    awardCriteria=texts,
    mainProcurementCategory=st.sampled_from(["goods", "works"]),
    datePublished=dates,
    numberOfTenderers=st.sampled_from([0, 1, 3, 2.5, 1_000_000, 1_000_001, -1, 2.0]),
    tenderPeriod=some(startDate=dates, endDate=dates),
    contractPeriod=some(startDate=dates),
    procuringEntity=body,
    tenderers=few(firm),
    items=few(item),
    lots=few(some(id=ids, title=texts, value=value)),
    documents=few(document),
    milestones=few(milestone),
    enquiries=few(some(date=dates, dateAnswered=dates, title=texts, author=firm, answer=texts)),
    value=value,
    bidOpening=some(date=dates),
    awardPeriod=some(startDate=dates),
    complaints=few(complaint),
    participationFees=few(some(value=value)),
)
bids = some(
    details=few(
        some(
            status=st.sampled_from(["valid", "invited", "withdrawn", "disqualified"]),
            date=dates,
            value=value,
            tenderers=few(firm),
            **lots,
        )
    ),
    statistics=few(
        some(measure=st.sampled_from(["bids", "validBids", "x"]), value=st.sampled_from([0, 2, 5]))
    ),
)
award = some(
    id=ids,
    status=texts,
    date=dates,
    value=value,
    suppliers=few(firm),
    items=few(item),
    hasSubcontracting=st.booleans(),
    subcontracting=some(minimumPercentage=st.sampled_from([0, 0.3, 1, 1.0, 30, -0.1])),
    complaints=few(complaint),
    **lots,
)
contract = some(
    id=ids,
    awardID=ids,
    status=texts,
    dateSigned=dates,
    value=value,
    period=some(startDate=dates),
    amendments=few(some(date=dates, rationale=texts)),
    amendment=some(date=dates),
    documents=few(document),
    implementation=some(
        transactions=few(some(date=dates, value=value, amount=value, payee=firm)),
        milestones=few(milestone),
    ),
    milestones=few(milestone),
)
party = st.sampled_from(
    [
        {"id": "IT-CF-NAN", "name": "Nessuno"},
        {"id": "20012345", "name": "Numero", "details": {"legalEntityType": "Persona Natural"}},
        {
            "id": 20012345,
            "name": "Numero S.A.",
            "identifier": {"scheme": "PE-RUC", "id": "20100070970"},
        },
        {
            "id": "80012345-0",
            "identifier": {"scheme": "PY-RUC", "id": "80012345-0"},
            "contactPoint": {"name": "X"},
        },
        {"id": "80012345-0", "identifier": "PY", "details": []},
    ]
)

releases = st.builds(
    lambda ocid, parts: {"ocid": ocid, **parts},
    st.sampled_from([f"ocds-aaaaaa-{number}" for number in range(12)]),
    st.fixed_dictionaries(
        {"date": st.sampled_from(DATES[:4] + ["2022-01-01T00:00:00Z", "2021-06-01T00:00:00Z"])},
        optional={
            "id": ids,
            "tag": mostly(
                st.sampled_from(
                    [["compiled"], ["tender"], "compiled", " compiled", ["tender", " compiled "]]
                )
            ),
            "buyer": mostly(body),
            "tender": mostly(tender),
            "bids": mostly(bids),
            "awards": mostly(few(award)),
            "contracts": mostly(few(contract)),
            "parties": mostly(few(party)),
            "planning": mostly(some(documents=few(document))),
            "complaints": mostly(few(complaint)),
        },
    ),
)


def line_of(release: dict[str, Any]) -> bytes:
    return json.dumps(release, separators=(",", ":")).encode()


GARBAGE = [
    b"", b"   ", b"\r", b"{", b'{"ocid":"x"', b"5", b"null", b"[]", b'"text"', b"\xfe\x00", b'{"ocid":"x\xff"}',
    b'{"ocid":"ocds-1"} {"ocid":"ocds-2"}', b'{"ocid":NaN}', b'{"ocid":"ocds-aaaaaa-1","x":NaN}', b"{'ocid':'x'}",
    b'{"ocid":5}', b'{"ocid":""}', b"{}", b'{"ocid":"ocds-bbbbbb-1","date":"\t"}', b'{"ocid":"ocds-bbbbbb-2","x":"\xc3("}',
    b'{"ocid":"ocds-bbbbbb-3","tender":{"numberOfTenderers":1e400,"status":' + b"9" * 5000 + b"}}",
    b'  {"ocid":"ocds-bbbbbb-4","date":5}  ', b'{"ocid":"ocds-bbbbbb-5","tender":{"a":' + b"[" * 3000 + b"]" * 3000 + b"}}",
    b'{"ocid":"ocds-bbbbbb-6","date":"2020-01-01","date":"2021-01-01"}', b'{"ocid":"\\ud800"}',
]  # fmt: skip

lines = st.one_of(*[releases.map(line_of)] * 6, st.sampled_from(GARBAGE))

#: A file: its lines, how they end, and whether the last has an end.
files = st.builds(
    lambda lines, end, last: end.join(lines) + (end if last else b""),
    st.lists(lines, min_size=2, max_size=25),
    st.sampled_from([b"\n", b"\n", b"\r\n"]),
    st.booleans(),
)


# -- releases in which everything is right ----------------------------------------------------------
#
# What the fast way takes. Made by the same names as above, so that a field that is asked for in one
# is asked for in both.

_RIGHT_DATES = st.sampled_from(
    [
        "2024-05-31", "2024-05-31T12:00:00Z", "2023-12-31T23:30:00-02:00", "2024-05-31T12:00:00",
        "1999-12-31T23:59:59+14:00", "2024-01-01T00:30:00+01:00", "2024-02-29T00:00:00.5Z", None,
        "2000-01-01T00:00:00.123456Z", "1970-01-01", "1969-12-31T23:59:59Z", "1901-01-01",
    ]
)  # fmt: skip
_RIGHT_VALUES = st.one_of(
    st.none(),
    st.fixed_dictionaries(
        {
            "amount": st.sampled_from([0, 1, -1, 12.5, 10**15, 1e-300, 300.30, 0.1, -0.0, None]),
            "currency": st.sampled_from(["EUR", "PEN"]),
        }
    ),
)
_RIGHT_TEXTS = st.sampled_from(["active", "valid", "complete", "", "ü", "名前", "\U0001f600", None])
_RIGHT_FIRMS = st.sampled_from(
    [
        {"id": "IT-CF-00215150236", "name": "Impresa S.r.l."},
        {"id": "IT-CF-RSSMRA80A01H501U", "name": "Mario Rossi"},
        {"id": "PE-RUC-20100070970", "name": "Empresa SA", "identifier": {"scheme": "PE-RUC"}},
        {"id": "X-17", "name": "Solo", "identifier": {"scheme": "PE-RUC", "id": "10100070970"}},
        {"id": "80012345-0", "name": None},
        {"id": "80012345-0", "name": "Later Ltd"},
        {"id": "20012345"},
    ]
)
_RIGHT_BODIES = st.sampled_from(
    [
        {"id": "IT-CF-00125680033", "name": "Comune di Novara"},
        {"id": "7"},
        {"id": "7", "identifier": {"scheme": "FR-RCS"}},
        {"id": "77", "identifier": {"scheme": "fr-rcs", "id": None}},
        {"id": "B-2", "name": ""},
        {"id": "ES-1", "name": "no register"},
    ]
)


def _right(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=fields)


def _several(one: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(st.none(), st.lists(one, max_size=3))


_RIGHT_LOTS = {
    "relatedLots": _several(st.sampled_from(["L1", "L2", "", "b", "B", "é"])),
    "relatedLot": st.sampled_from(["L1", "L9", "", None]),
}
_RIGHT_ITEMS = _several(
    _right(
        classification=st.one_of(
            st.none(),
            _right(scheme=st.sampled_from(["CPV", None]), id=st.sampled_from(["7910", None])),
        ),
        description=_RIGHT_TEXTS,
    )
)
_RIGHT_DOCUMENTS = _several(
    _right(documentType=st.sampled_from([*TYPES, None]), datePublished=_RIGHT_DATES)
)
_RIGHT_MILESTONES = _several(
    _right(
        dueDate=_RIGHT_DATES,
        dateMet=_RIGHT_DATES,
        status=st.sampled_from(["met", "scheduled", None]),
    )
)
_RIGHT_COMPLAINTS = _several(_right(id=_RIGHT_TEXTS))
right_releases = st.builds(
    lambda ocid, parts: {"ocid": ocid, **parts},
    st.sampled_from([f"ocds-rrrrrr-{number}" for number in range(12)]),
    st.fixed_dictionaries(
        {"buyer": _RIGHT_BODIES},
        optional={
            "date": _RIGHT_DATES,
            "tag": st.sampled_from([["compiled"], "compiled", ["tender", "compiled"], [], None]),
            "compiledRelease": st.none(),
            "planning": st.one_of(
                st.none(),
                _right(budget=st.just({"amount": {"amount": 1.5e3}}), documents=_RIGHT_DOCUMENTS),
            ),
            "complaints": _RIGHT_COMPLAINTS,
            "parties": _several(_RIGHT_FIRMS),
            "tender": st.one_of(
                st.none(),
                _right(
                    status=_RIGHT_TEXTS,
                    procurementMethod=st.sampled_from(["open", "direct", None]),
                    procurementMethodDetails=_RIGHT_TEXTS,
                    procurementMethodRationale=_RIGHT_TEXTS,
                    awardCriteria=_RIGHT_TEXTS,
                    mainProcurementCategory=st.sampled_from(["goods", "works"]),
                    datePublished=_RIGHT_DATES,
                    numberOfTenderers=st.sampled_from([None, 0, 1, 3, 1_000_000]),
                    tenderPeriod=_right(startDate=_RIGHT_DATES, endDate=_RIGHT_DATES),
                    contractPeriod=_right(startDate=_RIGHT_DATES),
                    procuringEntity=_RIGHT_BODIES,
                    tenderers=_several(_RIGHT_FIRMS),
                    items=_RIGHT_ITEMS,
                    value=_RIGHT_VALUES,
                    bidOpening=_right(date=_RIGHT_DATES),
                    awardPeriod=_right(startDate=_RIGHT_DATES),
                    documents=_RIGHT_DOCUMENTS,
                    enquiries=_several(
                        _right(
                            dateAnswered=_RIGHT_DATES,
                            answer=st.sampled_from(["yes", "", " ", "\u00e9", "\u7b54", None]),
                        )
                    ),
                    complaints=_RIGHT_COMPLAINTS,
                    participationFees=_several(_right(value=_RIGHT_VALUES)),
                ),
            ),
            "bids": _right(
                details=_several(
                    _right(
                        status=st.sampled_from(["valid", "invited", "withdrawn", "disqualified"]),
                        date=_RIGHT_DATES,
                        value=_RIGHT_VALUES,
                        tenderers=_several(_RIGHT_FIRMS),
                        **_RIGHT_LOTS,
                    )
                ),
                statistics=_several(
                    _right(
                        measure=st.sampled_from(["bids", "validBids", "x", None]),
                        value=st.sampled_from([0, 2, 5, None]),
                    )
                ),
            ),
            "awards": _several(
                _right(
                    id=_RIGHT_TEXTS,
                    status=_RIGHT_TEXTS,
                    date=_RIGHT_DATES,
                    value=_RIGHT_VALUES,
                    suppliers=_several(_RIGHT_FIRMS),
                    items=_RIGHT_ITEMS,
                    hasSubcontracting=st.sampled_from([True, False, None]),
                    subcontracting=_right(
                        minimumPercentage=st.sampled_from([0, 1, 0.3, 1.0, None])
                    ),
                    complaints=_RIGHT_COMPLAINTS,
                    **_RIGHT_LOTS,
                )
            ),
            "contracts": _several(
                _right(
                    id=_RIGHT_TEXTS,
                    awardID=_RIGHT_TEXTS,
                    status=_RIGHT_TEXTS,
                    dateSigned=_RIGHT_DATES,
                    value=_RIGHT_VALUES,
                    period=_right(startDate=_RIGHT_DATES),
                    amendments=_several(_right(rationale=_RIGHT_TEXTS)),
                    amendment=st.one_of(st.none(), _right(date=_RIGHT_DATES)),
                    documents=_RIGHT_DOCUMENTS,
                    milestones=_RIGHT_MILESTONES,
                    implementation=_right(
                        milestones=_RIGHT_MILESTONES,
                        transactions=_several(_right(value=_RIGHT_VALUES, amount=_RIGHT_VALUES)),
                    ),
                )
            ),
        },
    ),
)
