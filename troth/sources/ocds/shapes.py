"""The part of an OCDS release that the hot pass decodes, and nothing more.

Every field that is not named here is skipped without being built, which is where the speed comes
from; add a field when a formula needs it. A value of the wrong type fails the whole line, which
then goes to the careful reader (`careful.py`): that one names what is wrong and keeps the rest.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta, Struct

Id = str | int | float | None

#: No public contract is of a quadrillion; a larger number is a typing error or an overflow.
LARGEST_AMOUNT = 1e15

#: More bidders than this on one process is a typing error.
MOST_TENDERERS = 1_000_000

NOTHING_RAW = msgspec.Raw(b"null")

Amount = Annotated[float, Meta(ge=-LARGEST_AMOUNT, le=LARGEST_AMOUNT)]
Count = Annotated[int, Meta(ge=0, le=MOST_TENDERERS)]

#: A part of a whole: of percent nothing is known here.
Part = Annotated[float, Meta(ge=0, le=1)]


class Value(Struct, gc=False):
    amount: Amount | None = None
    currency: str | None = None


class Identifier(Struct, gc=False):
    scheme: str | None = None
    id: Id = None


class Organization(Struct, gc=False):
    id: Id = None
    name: str | None = None
    identifier: Identifier | None = None


class Body(Struct, gc=False):
    id: Id = None
    name: str | None = None
    identifier: Identifier | None = None


class Period(Struct, gc=False):
    startDate: str | None = None
    endDate: str | None = None


class Start(Struct, gc=False):
    startDate: str | None = None


class Reference(Struct, gc=False):
    """An organisation of which only the identity matters."""

    id: Id = None
    identifier: Identifier | None = None


class Classification(Struct, gc=False):
    scheme: str | None = None
    id: Id = None


class Item(Struct, gc=False):
    classification: Classification | None = None


class Present(Struct, gc=False):
    """Something that only counts."""


class Document(Struct, gc=False):
    documentType: str | None = None
    datePublished: str | None = None


class Enquiry(Struct, gc=False):
    dateAnswered: str | None = None
    answer: str | None = None


class Opening(Struct, gc=False):
    date: str | None = None


class Fee(Struct, gc=False):
    value: Value | None = None


class Planning(Struct, gc=False):
    documents: list[Document] | None = None


class Tender(Struct, gc=False):
    status: str | None = None
    procurementMethod: str | None = None
    procurementMethodDetails: str | None = None
    procurementMethodRationale: str | None = None
    awardCriteria: str | None = None
    mainProcurementCategory: str | None = None
    datePublished: str | None = None
    numberOfTenderers: Count | None = None
    tenderPeriod: Period | None = None
    contractPeriod: Start | None = None
    procuringEntity: Body | None = None
    #: Kept as it stands: it is read only where no number of tenderers is stated.
    tenderers: msgspec.Raw = NOTHING_RAW
    items: list[Item] | None = None
    value: Value | None = None
    bidOpening: Opening | None = None
    awardPeriod: Start | None = None
    documents: list[Document] | None = None
    enquiries: list[Enquiry] | None = None
    complaints: list[Present] | None = None
    participationFees: list[Fee] | None = None


class Bid(Struct, gc=False):
    status: str | None = None
    date: str | None = None
    value: Value | None = None
    tenderers: list[Reference] | None = None
    relatedLots: list[str] | None = None
    relatedLot: str | None = None


class Statistic(Struct, gc=False):
    measure: str | None = None
    value: Count | None = None


class Bids(Struct, gc=False):
    details: list[Bid] | None = None
    statistics: list[Statistic] | None = None


class Subcontracting(Struct, gc=False):
    minimumPercentage: Part | None = None


class Award(Struct, gc=False):
    id: Id = None
    status: str | None = None
    date: str | None = None
    value: Value | None = None
    suppliers: list[Organization] | None = None
    items: list[Item] | None = None
    relatedLots: list[str] | None = None
    relatedLot: str | None = None
    hasSubcontracting: bool | None = None
    subcontracting: Subcontracting | None = None
    complaints: list[Present] | None = None


class Milestone(Struct, gc=False):
    dueDate: str | None = None
    dateMet: str | None = None
    status: str | None = None


class Transaction(Struct, gc=False):
    value: Value | None = None
    #: What OCDS 1.0 calls the value.
    amount: Value | None = None


class Implementation(Struct, gc=False):
    transactions: list[Transaction] | None = None
    milestones: list[Milestone] | None = None


class Contract(Struct, gc=False):
    id: Id = None
    awardID: Id = None
    status: str | None = None
    dateSigned: str | None = None
    value: Value | None = None
    period: Start | None = None
    amendments: list[Present] | None = None
    amendment: Present | None = None
    documents: list[Document] | None = None
    milestones: list[Milestone] | None = None
    implementation: Implementation | None = None


class Release(Struct, gc=False):
    ocid: str
    #: A record has an ocid as well: these make it fail here, so that its releases are looked for.
    compiledRelease: None = None
    releases: None = None
    date: str | None = None
    tag: list[str] | str | None = None
    buyer: Body | None = None
    tender: Tender | None = None
    bids: Bids | None = None
    awards: list[Award] | None = None
    contracts: list[Contract] | None = None
    planning: Planning | None = None
    complaints: list[Present] | None = None


class PartyDetails(Struct, gc=False):
    legalEntityType: str | None = None


class Party(Struct, gc=False):
    id: Id = None
    name: str | None = None
    identifier: Identifier | None = None
    details: PartyDetails | None = None


class Parties(Struct, gc=False):
    """Who the organisations of a release are; decoded only for a firm not met before."""

    parties: list[Party] | None = None


NO_VALUE = Value()
NO_PERIOD = Period()
NO_TENDER = Tender()
NO_BIDS = Bids()
NO_OPENING = Opening()
NO_START = Start()
NO_IMPLEMENTATION = Implementation()

decoder = msgspec.json.Decoder(Release)
listed_tenderers = msgspec.json.Decoder(list[Reference] | None)
parties_of = msgspec.json.Decoder(Parties)
