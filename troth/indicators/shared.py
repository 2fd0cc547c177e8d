"""Conditions that several indicators want, under their names from the field."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import ibis
import ibis.expr.types as ir

from troth.indicators.base import Day, Outcome, Parts, Table, outcome
from troth.tables.body import ACTING_DAYS

#: OCDS codelist `method`.
METHODS = ("open", "selective", "limited", "direct")

#: Procedures in which suppliers compete.
COMPETITIVE = ("open", "selective")

#: Procedures in which they do not.
NON_COMPETITIVE = ("limited", "direct")

#: The procedure in which nobody is asked for a bid but the supplier itself.
DIRECT = "direct"

#: Status of a tender that was called off (OCDS codelist `tenderStatus`).
CANCELLED = "cancelled"

#: OCDS codelist `awardStatus`.
AWARD_STATUSES = ("pending", "active", "cancelled", "unsuccessful")

#: OCDS codelist `contractStatus`: a contract is pending before, and cancelled without, signature.
CONTRACT_STATUSES = ("pending", "active", "cancelled", "terminated")
NEVER_SIGNED = ("pending", "cancelled")

#: OCDS codelist `awardCriteria` (1.0 and 1.1, deprecated codes too).
AWARD_CRITERIA = (
    "priceOnly",
    "costOnly",
    "qualityOnly",
    "ratedCriteria",
    "lowestCost",
    "bestProposal",
    "bestValueToGovernment",
    "singleBidOnly",
)

#: Those under which the lowest price wins (`lowestCost` is the older name of `priceOnly`).
PRICE_CRITERIA = ("priceOnly", "lowestCost", "costOnly")

#: Bids that were not really handed in. An unknown status counts as handed in, as in Cardinal 0.0.8.
NOT_SUBMITTED = ("invited", "withdrawn")

SECONDS_A_DAY = 86_400
HOURS_A_DAY = 24

#: Forms of a date (`troth.tables.procurement.FORMS`): with a time zone; as a day only.
ZONED, DAY = "zoned", "day"

#: Zones reach from UTC-12 to UTC+14, so a time without a zone may be this far from what it says.
UNKNOWN_ZONE_HOURS = 26

#: The name under which a doubt about the time zone is reported as missing.
TIME_ZONE = "time zone of one of the two dates"

#: Sums of money beyond this are not believed: 10^15 exceeds any budget in any currency, and sums
#: of larger ones would no longer fit the decimal numbers that keep them exact.
LARGEST_SUM = 1_000_000_000_000_000

#: A price per unit may be a small part of a cent; what is smaller than this is none.
SMALLEST_PRICE = 1e-6

#: Ratios are rounded to this many digits before they meet a threshold, so that 330.33 against
#: 300.30 is exactly ten percent on every engine.
RATIO_DIGITS = 9

#: Ratios are compared on a log scale; a millionth stands for prices closer than that, or equal.
SMALLEST_RATIO = 1e-6

#: Where the lowest quarter of cases ends, the lower half, and the lower three quarters.
LOWER_QUARTILE, MEDIAN, UPPER_QUARTILE = 0.25, 0.5, 0.75

#: Tukey's fence: this many interquartile ranges beyond the quartile.
FENCE_WIDTH = 1.5

#: 1 / 0.6745: of a normal distribution, a standard deviation is so many median distances.
MEDIAN_DISTANCES = 1.4826

#: The share of amounts that begin with each digit, by Benford's law: log10(1 + 1 / digit).
BENFORD = {digit: math.log10(1 + 1 / digit) for digit in range(1, 10)}

#: Peer groups of a case, narrow to wide: item class of 4 digits, of 2 digits, category, everyone.
PEERS = ("class4", "class2", "category")

#: A fence from fewer cases says more about chance than about the cases.
FEWEST_PEERS = 20

#: A market is described by its shares from this many awards a year: our own definition.
FEWEST_MARKET_AWARDS = 20


# -- codes and text ------------------------------------------------------------------------------


def is_blank(text: ir.StringValue) -> ir.BooleanValue:
    """True for null, empty, and nothing but spaces."""
    return ibis.coalesce(text.strip(), ibis.literal("")) == ""


def known(code: ir.StringValue, codelist: Sequence[str]) -> ir.StringValue:
    """The code, or null when it is none of the codelist's: an unknown word says nothing."""
    return ibis.ifelse(code.isin(codelist), code, None)


def wanted(value: ir.Value, when: ir.BooleanValue) -> ir.IntegerValue:
    """1, or null where the value is wanted and not known."""
    return ibis.ifelse(ibis.coalesce(when, True) & value.isnull(), ibis.null("int8"), 1)


def unless(trouble: ir.BooleanValue) -> ir.IntegerValue:
    """1, or null where there is such trouble that nothing can be said."""
    return ibis.ifelse(ibis.coalesce(trouble, False), ibis.null("int8"), 1)


def not_cancelled(tender: Table) -> ir.BooleanValue:
    """False for a tender that was called off. No rule about tenders concerns one."""
    return ibis.coalesce(tender.status, ibis.literal("")) != CANCELLED


def competes(tender: Table) -> ir.BooleanValue:
    """False for a called-off tender and where suppliers do not compete; null without a method."""
    return not_cancelled(tender) & known(tender.method, METHODS).isin(COMPETITIVE)


def awaits_bids(tender: Table) -> ir.BooleanValue:
    """False for a called-off tender and for a direct award; null when the method is unknown."""
    return not_cancelled(tender) & (known(tender.method, METHODS) != DIRECT)


def was_signed(contract: Table) -> ir.BooleanValue:
    """False for a contract that waits for signature or was cancelled before it."""
    return contract.date_signed.notnull() | ~contract.status.isin(NEVER_SIGNED)


def bidders(tender: Table) -> ir.IntegerValue:
    """How many bidders came, from the first of four places that says so; null when none does.

    The stated number, the listed tenderers, the tenderers of submitted bids, the published
    statistics (the fields that the Open Contracting Partnership allows for red flag R018).
    """
    return ibis.coalesce(
        tender.tenderers_stated,
        tender.tenderers_listed,
        tender.tenderers_bidding,
        tender.bids_stated,
    )


def drew_bidders(tender: Table) -> ir.BooleanValue:
    """Whether suppliers were to compete and at least one came; null where neither is known."""
    return competes(tender) & (bidders(tender) > 0)


# -- money ---------------------------------------------------------------------------------------


def believed(amount: ir.NumericValue) -> ir.NumericValue:
    """The sum of money, or null when it is too large to be one."""
    return ibis.ifelse(amount.abs() <= LARGEST_SUM, amount, None)


def money(amount: ir.NumericValue) -> ir.DecimalValue:
    """The sum of money as an exact decimal, so that a total does not depend on the order."""
    return believed(amount).cast("decimal(38, 2)")


def price(amount: ir.NumericValue) -> ir.NumericValue:
    """The price, or null when it is nothing or less: a price of 0 stands for one not stated.

    Below a millionth it is nothing too: as the divisor of a ratio it would give a number beyond all.
    """
    return ibis.ifelse(amount >= SMALLEST_PRICE, believed(amount), None)


# -- invoices and other sums that are due --------------------------------------------------------

#: Days after receipt by which an invoice is due where nobody says otherwise: PEFA PI-22.1,
#: Directive 2011/7/EU article 4(3)(a), Procurement Act 2023 section 68, Regulation 802/2025.
DEFAULT_TERM = 30

#: What falls short of a sum by less than this has settled it: cents are rounded.
CENT = 0.005


def paid_by(invoice: Table, as_of: Day) -> ir.BooleanValue:
    """Whether an invoice had been paid by that day; false while no day of payment is known."""
    return invoice.paid_date.notnull() & (invoice.paid_date <= as_of)


def last_known(invoice: Table, as_of: Day) -> ir.DateValue:
    """The day of payment, or the day of judgement of what still waits on it.

    Of an invoice received later it is the day of receipt, so that it is not known yet.
    """
    end = paid_by(invoice, as_of).ifelse(invoice.paid_date, as_of)
    return (invoice.received_date > as_of).ifelse(invoice.received_date, end)


def due_on(invoice: Table) -> ir.DateValue:
    """The last day to pay; 30 days after receipt where none is stated, null where neither is known."""
    return ibis.coalesce(invoice.due_date, invoice.received_date + ibis.interval(days=DEFAULT_TERM))


def terms(invoice: Table, suspension: Table, as_of: Day) -> Table:
    """Invoices with `paid`, `end` (`last_known`), `due`, `held` and `late`.

    `held` are the days within (received, end] in which the term stood still, overlaps counted once;
    `late` those past the due date at `end` less the days held, 0 where it is in time. A case for each
    invoice.
    """
    known = invoice.mutate(
        paid=paid_by(invoice, as_of), end=last_known(invoice, as_of), due=due_on(invoice)
    )
    of = known.select("invoice_id", "received_date", "end")
    held = suspension.drop("entry", "body_no").join(of, "invoice_id")
    since = (held.from_date < held.received_date).ifelse(held.received_date, held.from_date)
    until = (held.to_date < held.end).ifelse(held.to_date, held.end)
    held = held.mutate(since=since, until=until)
    before = held.until.max().over(
        ibis.window(
            group_by=held.invoice_id,
            order_by=[held.from_date, held.suspension_no],
            preceding=(None, 1),
        )
    )
    begin = (before > held.since).ifelse(before, held.since)
    days = held.until.delta(begin, unit="day")
    held = held.mutate(days=(days > 0).ifelse(days, 0))
    drawn = held.group_by("invoice_id").agg(held=held.days.sum()).rename(held_id="invoice_id")
    joined = known.left_join(drawn, known.invoice_id == drawn.held_id).drop("held_id")
    joined = joined.mutate(held=ibis.coalesce(joined.held, 0))
    past = joined.end.delta(joined.due, unit="day") - joined.held
    return joined.mutate(late=(past > 0).ifelse(past, (past <= 0).ifelse(0, None)))


def paid_towards(due: Table, payment: Table, key: str, as_of: Day) -> Table:
    """Sums due with `paid`, what was paid towards each by that day, and `odd`.

    `paid` is null where a payment has no amount; `odd` is true where one is in another currency.
    """
    made = payment.filter(payment.date <= as_of)
    drawn = made.group_by(key).agg(
        sum=money(made.amount).sum(),
        unknown=(made.amount.isnull() | made.currency.isnull()).cast("int64").sum(),
        first=made.currency.min(),
        last=made.currency.max(),
    )
    drawn = drawn.rename(of=key)
    joined = due.left_join(drawn, due[key] == drawn.of)
    paid = (joined.unknown > 0).ifelse(None, ibis.coalesce(joined.sum.cast("float64"), 0.0))
    odd = (joined["first"] != joined.currency) | (joined["last"] != joined.currency)
    return joined.mutate(paid=paid, odd=odd)


#: Periods in words, such as 2024, 2024-H1, 2024-Q3, 2024-07, and the months they have.
PERIOD = "^[0-9]{4}(-(H[12]|Q[1-4]|0[1-9]|1[0-2]))?$"
YEAR, HALF, QUARTER = 12, 6, 3


def last_day_of(period: ir.StringValue) -> ir.DateValue:
    """The last day of a period; null where it is not written as one."""
    known = period.re_search(PERIOD).ifelse(period, None)
    year = known.re_extract("^[0-9]+", 0).cast("int32")
    rest = known.re_replace("^[0-9]+-?", "")
    number = rest.re_extract("[0-9]+$", 0).nullif("").cast("int32")
    month = ibis.cases(
        (rest == "", YEAR),
        (rest.startswith("H"), number * HALF),
        (rest.startswith("Q"), number * QUARTER),
        else_=number,
    ).cast("int32")
    is_last = month == YEAR
    next_year = is_last.ifelse(year + 1, year).cast("int32")
    next_month = is_last.ifelse(1, month + 1).cast("int32")
    return ibis.date(next_year, next_month, 1) - ibis.interval(days=1)


# -- time ----------------------------------------------------------------------------------------


def _seconds(instant: ir.TimestampValue) -> ir.NumericValue:
    # One engine gives the fraction of the second and another does not: callers round down.
    return instant.epoch_seconds().cast("float64")


def day_number(instant: ir.TimestampValue) -> ir.IntegerValue:
    """The calendar day as a number, counted from 1970-01-01."""
    return (_seconds(instant) / SECONDS_A_DAY).floor()


def days_between(
    start: ir.TimestampValue,
    start_form: ir.StringValue,
    end: ir.TimestampValue,
    end_form: ir.StringValue,
) -> ir.NumericValue:
    """Days from start to end; negative when the end comes first.

    With their fraction where both have a time, whole calendar days where one is a day only.
    """
    grain = ibis.ifelse((start_form == DAY) | (end_form == DAY), SECONDS_A_DAY, 1).cast("float64")
    grains = (_seconds(end) / grain).floor() - (_seconds(start) / grain).floor()
    return grains.cast("float64") * (grain / SECONDS_A_DAY)


def one_zoned(one_form: ir.StringValue, other_form: ir.StringValue) -> ir.BooleanValue:
    """Whether only one of two dates has a time zone, so that their difference is in doubt."""
    return (one_form == ZONED) != (other_form == ZONED)


def settled(
    days: ir.NumericValue, doubtful: ir.BooleanValue, limits: Sequence[int]
) -> ir.NumericValue:
    """The days, or null where a doubt about the time zone reaches across one of the limits."""
    doubt = UNKNOWN_ZONE_HOURS / HOURS_A_DAY
    sure = ibis.and_(*((days + doubt < limit) | (days - doubt >= limit) for limit in limits))
    return ibis.ifelse(ibis.coalesce(doubtful, False), ibis.ifelse(sure, days, None), days)


def is_after(
    later: ir.TimestampValue,
    later_form: ir.StringValue,
    earlier: ir.TimestampValue,
    earlier_form: ir.StringValue,
) -> ir.BooleanValue:
    """Whether one moment came after another, as moments: in text, another zone is an hour.

    Days are compared where one of the two is a day only. Null where a date is unknown, or where
    only one has a time zone and they are less than 26 hours apart.
    """
    days = days_between(earlier, earlier_form, later, later_form)
    by_day = (later_form == DAY) | (earlier_form == DAY)
    after = ibis.ifelse(by_day, days > 0, later > earlier)
    sure = settled(days, one_zoned(earlier_form, later_form), [0]).notnull()
    return ibis.ifelse(sure, after, None)


def log_days(days: ir.NumericValue) -> ir.NumericValue:
    """log(1 + days), on which durations are compared; null for a negative number of days."""
    return ibis.ifelse(days >= 0, 1 + days, None).ln()


def decision_period(award: Table, tender: Table) -> Outcome:
    """Days from the deadline for bids to the decision, open for every active award that has both.

    A direct award awaits no bids, so there is nothing to count from.
    """
    calls = tender.select("pid", "method", "period_end", "period_end_form")
    decided = award.left_join(calls, "pid").drop("pid_right")
    status = known(decided.status, AWARD_STATUSES)
    days = days_between(
        decided.period_end, decided.period_end_form, decided.date, decided.date_form
    )
    doubtful = one_zoned(decided.period_end_form, decided.date_form)
    return outcome(
        decided,
        applies=(status == "active") & (known(decided.method, METHODS) != DIRECT),
        needs={
            "awards/status": status,
            "tender/tenderPeriod/endDate": decided.period_end,
            "awards/date": decided.date,
            TIME_ZONE: settled(days, doubtful, [0]),
        },
        faults={"award dated before the deadline for bids": days < 0},
        value=days,
        keep={"log": log_days(days)},
    )


# -- bids, lot by lot ----------------------------------------------------------------------------


def submitted(bid: Table) -> ir.BooleanValue:
    """Whether the bid was handed in and not taken back; null without a status."""
    return ~bid.status.isin(NOT_SUBMITTED)


def bidders_of(party: Table) -> Table:
    """The firms behind each bid: pid, bid_no, firm."""
    firms = party.filter(party.role == "tenderer", party.part_no.notnull())
    return firms.select("pid", bid_no="part_no", firm="firm_key")


def sided(bid: Table, award: Table, party: Table) -> Table:
    """The bids with `won` and `rival`.

    `won`: made by exactly the firms that hold an active award of its lot, so that a group of firms
    wins as a group. `rival`: made by known firms, none of which holds an active award of its lot.
    A bid that shares a firm with the winner is neither: nobody competes with themselves.
    """
    active = award.filter(award.status == "active").select("pid", "award_no", "lot", "suppliers")
    firms = party.filter(party.role == "supplier")
    firms = firms.select("pid", award_no="part_no", firm="firm_key")
    winners = active.join(firms, ["pid", "award_no"])
    # The firms that won are few, so their bids are found first, and then looked at.
    theirs = bidders_of(party).join(winners, ["pid", "firm"])
    offers = bid.select("pid", "bid_no", "lot", "tenderers")
    met = offers.join(theirs, ["pid", "bid_no", "lot"])
    # Within a bid and within an award each firm stands once, so common firms can be counted.
    matches = met.group_by("pid", "bid_no", "award_no", "tenderers", "suppliers").agg(
        common=met.count()
    )
    same = (matches.common == matches.tenderers) & (matches.common == matches.suppliers)
    matched = matches.group_by("pid", "bid_no").agg(matched=same.any())
    matched = matched.select(of="pid", of_no="bid_no", matched="matched")
    joined = bid.left_join(matched, [bid.pid == matched.of, bid.bid_no == matched.of_no])
    return joined.select(
        *(bid[name] for name in BID_COLUMNS),
        won=ibis.coalesce(joined.matched, False),
        rival=joined.matched.isnull() & (joined.tenderers > 0),
    )


#: What rules look at in a bid beside who made it.
BID_COLUMNS = ("pid", "lot", "status", "date", "date_form", "amount", "currency", "tenderers")


def lots_with_bids(tender: Table, bid: Table, award: Table, party: Table) -> Table:
    """One row for each process and lot in which bids are listed: who bid, what was awarded.

    Bids and awards that name no lot stand for lot 0; they are not matched with those that name
    one. `*_in_process` count over the whole process and are null where it has no awards at all.
    `pairs` are of equal bids (`_equal_bids`). `late`: whether the latest winning bid came after the
    tender's deadline; null where that cannot be told.
    """
    lots = _bids_by_lot(sided(bid, award, party))
    deadlines = tender.select(
        of_tender="pid", deadline="period_end", deadline_form="period_end_form"
    )
    equal = _equal_bids(bid, party)
    by_lot = _awards_by_lot(award)
    by_process = by_lot.group_by("of").agg(
        active_in_process=by_lot.active.sum(), unclear_in_process=by_lot.unclear.sum()
    )
    by_process = by_process.rename(of_process="of")
    joined = lots.left_join(by_lot, [lots.pid == by_lot.of, lots.lot == by_lot.of_lot])
    joined = joined.left_join(by_process, [lots.pid == by_process.of_process])
    joined = joined.left_join(equal, [lots.pid == equal.of_equal, lots.lot == equal.of_equal_lot])
    joined = joined.left_join(deadlines, [lots.pid == deadlines.of_tender])
    # Moments of one form can be put in order; the latest then speaks for all.
    form = ibis.ifelse(joined.first_form == joined.last_form, joined.first_form, None)
    late = is_after(joined.latest, form, joined.deadline, joined.deadline_form)
    return joined.select(
        *(lots[name] for name in lots.columns),
        active=ibis.coalesce(joined.active, 0),
        pending=ibis.coalesce(joined.pending, 0),
        unclear=ibis.coalesce(joined.unclear, 0),
        first_winner=joined.first_winner,
        last_winner=joined.last_winner,
        active_in_process=joined.active_in_process,
        unclear_in_process=joined.unclear_in_process,
        pairs=ibis.coalesce(joined.pairs, 0),
        late=ibis.ifelse(form.notnull(), late, None),
    )


def _bids_by_lot(bids: Table) -> Table:
    """What became of the bids of each lot. Prices of nothing count as not stated."""
    handed_in = ibis.coalesce(submitted(bids), False)
    valid = bids.status == "valid"
    disqualified = bids.status == "disqualified"
    winning = valid & bids.won
    asked = price(bids.amount)
    return bids.group_by("pid", "lot").agg(
        submitted=bids.count(where=handed_in),
        untold=bids.count(where=bids.status.isnull()),
        valid=bids.count(where=valid),
        nameless=bids.count(where=handed_in & (bids.tenderers == 0)),
        winning=bids.count(where=winning),
        rivals=bids.count(where=handed_in & bids.rival),
        valid_rivals=bids.count(where=valid & bids.rival),
        disqualified_rivals=bids.count(where=disqualified & bids.rival),
        unpriced=bids.count(where=handed_in & (asked.isnull() | bids.currency.isnull())),
        first_currency=bids.currency.min(where=handed_in),
        last_currency=bids.currency.max(where=handed_in),
        lowest_disqualified=asked.min(where=disqualified),
        lowest_other=asked.min(where=handed_in & ~disqualified),
        lowest=asked.min(where=handed_in),
        highest=asked.max(where=handed_in),
        winning_price=asked.min(where=winning),
        losing_price=asked.min(where=valid & bids.rival),
        undated=bids.count(where=winning & bids.date.isnull()),
        latest=bids.date.max(where=winning),
        first_form=bids.date_form.min(where=winning),
        last_form=bids.date_form.max(where=winning),
    )


def _equal_bids(bid: Table, party: Table) -> Table:
    """Lots (`of_equal`, `of_equal_lot`) with `pairs`: of submitted bids of known firms at the same
    price, how many pairs have no firm in common.

    All pairs of equal bids, less those that share a firm; so no list of all pairs is made.
    """
    handed_in = ibis.coalesce(submitted(bid), False)
    priced = price(bid.amount).notnull() & bid.currency.notnull()
    bids = bid.filter(handed_in, priced, bid.tenderers > 0)
    # Few bids are equal in the amount alone; only these are looked at again, with the currency.
    amounts = ["pid", "lot", "amount"]
    alike = bids.group_by(*amounts).agg(bids=bids.count())
    alike = alike.filter(alike.bids > 1)
    bids = bids.select(*amounts, "currency", "bid_no").semi_join(alike, amounts)
    same_price = [*amounts, "currency"]
    equal = bids.group_by(*same_price).agg(bids=bids.count())
    equal = equal.filter(equal.bids > 1)
    theirs = bids.join(equal, same_price).join(bidders_of(party), ["pid", "bid_no"])
    firms = theirs.group_by(*same_price, "firm", "bid_no").agg(rows=theirs.count())
    others = firms.rename(other_no="bid_no")
    shared = firms.join(others, [*same_price, "firm", firms.bid_no < others.other_no])
    shared = shared.select(*same_price, "bid_no", "other_no").distinct()
    lot = ["pid", "lot"]
    sharing = shared.group_by(*lot).agg(sharing=shared.count())
    totals = equal.group_by(*lot).agg(doubled=(equal.bids * (equal.bids - 1)).sum())
    joined = totals.left_join(sharing, lot)
    pairs = (joined.doubled.cast("float64") / 2).floor() - ibis.coalesce(joined.sharing, 0)
    return joined.select(of_equal=joined.pid, of_equal_lot=joined.lot, pairs=pairs)


def _awards_by_lot(award: Table) -> Table:
    """The awards of each lot (`of`, `of_lot`): how many stand, wait, or have an unknown status."""
    status = ibis.coalesce(award.status, "")
    active = status == "active"
    counted = award.group_by("pid", "lot").agg(
        active=award.count(where=active),
        pending=award.count(where=status == "pending"),
        unclear=award.count(where=~status.isin(AWARD_STATUSES)),
        first_winner=award.supplier_key.min(where=active),
        last_winner=award.supplier_key.max(where=active),
    )
    return counted.rename(of="pid", of_lot="lot")


#: What a rule finds in a lot, as a number: the largest of its lots speaks for a tender. Below `HIT`
#: and above `CLEAR` stand the paths that a lot lacks, the first one highest.
NO_AWARDS, NO_LOT, UNCONCERNED, CLEAR, HIT = 0, 1, 2, 3, 100


def from_lots(
    tender: Table,
    lots: Table,
    *,
    hit: ir.BooleanValue,
    lacks: Mapping[str, ir.BooleanValue],
    value: ir.NumericScalar,
    concerned: ir.BooleanValue | None = None,
) -> Outcome:
    """What a rule says of each tender, from what it says of each of its lots.

    - `hit`: true, false, or null where the lot cannot be judged. One lot that is hit flags the
      tender; one that cannot be judged leaves it unknown unless another is hit.
    - `lacks`: OCDS path -> true where that is why a lot cannot be judged; the last path stands for
      whatever is left. A tender names the first path of the mapping that one of its lots lacks.
    - `value`: the number that is kept as evidence, drawn together over the lots.
    - `concerned`: false where the rule does not concern the lot; asked only of lots with an active
      award, or with an award whose status is unknown. By default it concerns them all.

    A direct award and a called-off tender are not concerned, nor is one whose awards are all known
    to have failed or to be pending.
    """
    codes = {path: HIT - 1 - number for number, path in enumerate(lacks)}
    *reasons, last = lacks
    found = ibis.cases(
        (lots.active_in_process.isnull(), NO_AWARDS),
        ((lots.active_in_process == 0) & (lots.unclear_in_process == 0), UNCONCERNED),
        ((lots.active == 0) & (lots.unclear == 0), NO_LOT),
        *([] if concerned is None else [(~concerned, UNCONCERNED)]),
        (hit, HIT),
        (~hit, CLEAR),
        *((lacks[path], codes[path]) for path in reasons),
        else_=codes[last],
    )
    parts = Parts(lots, ("pid",), {"found": found.max(), "value": value})
    calls = parts.of(tender, *TENDER_COLUMNS)
    return outcome(
        calls,
        parts=parts,
        applies=awaits_bids(calls) & (ibis.coalesce(calls.found, NO_AWARDS) != UNCONCERNED),
        needs={
            "bids/details": calls.found,
            "awards": calls.found.nullif(NO_AWARDS),
            "awards/relatedLots": calls.found.nullif(NO_LOT),
            **{path: calls.found.nullif(code) for path, code in codes.items()},
        },
        hit=calls.found == HIT,
        value=calls.value,
    )


def winner_and_rival(tender: Table, lots: Table, which: Literal["min", "max"]) -> Outcome:
    """How far the best losing price lies above the winning one, as a share of it: `value`, the
    smallest or largest of the tender's lots. Judged where a lot has one winner who was not undercut.
    """
    several_currencies = lots.first_currency != lots.last_currency
    ratio = (lots.losing_price - lots.winning_price) / lots.winning_price.nullif(0)
    known_ratio = (lots.unclear == 0) & ~several_currencies & ratio.notnull()
    several_winners = (lots.unclear == 0) & ((lots.active != 1) | (lots.pending > 0))
    alone = (lots.winning > 0) & (lots.valid_rivals + lots.untold + lots.nameless == 0)
    beaten_on_price = known_ratio & (ratio < 0)
    counts = known_ratio & ~several_winners & (ratio >= 0)
    return from_lots(
        tender,
        lots,
        concerned=~(several_winners | alone | beaten_on_price),
        hit=ibis.ifelse(known_ratio, known_ratio, None),
        lacks={
            "awards/status": lots.unclear > 0,
            "bids/details/status": lots.untold > 0,
            "bids/details/tenderers/id": lots.nameless > 0,
            "awards/suppliers/id": lots.winning == 0,
            "bids/details/value/currency": several_currencies,
            "bids/details/value": ratio.isnull(),
        },
        value=ratio.min(where=counts) if which == "min" else ratio.max(where=counts),
    )


#: What rules about bids look at in the tender.
TENDER_COLUMNS = ("pid", "status", "method", "award_criteria", "period_end")


# -- law -----------------------------------------------------------------------------------------


def under_law(cases: Table, key: Sequence[str], law: Table) -> Table:
    """The cases with `threshold`, the lowest threshold that may hold for them, and `threshold_currency`; null
    where no rule is known. The cases have `country`, `category` and `day` (its number).

    From a threshold on, competition or publication is asked for. Which of several holds can depend on
    the kind of body, which the data do not say; then the lowest counts, as the Open Contracting
    Partnership does it.
    """
    thresholds = law.filter(law.amount.notnull())
    rules = thresholds.select(
        rule_country="country",
        rule_category="category",
        first_day=thresholds.valid_from.epoch_days(),
        last_day=thresholds.valid_until.epoch_days(),
        rule_amount="amount",
        rule_currency="currency",
    )
    met = cases.select(*key, "country", "category", "day").join(
        rules,
        [
            cases.country == rules.rule_country,
            cases.category == rules.rule_category,
            cases.day >= rules.first_day,
            cases.day <= rules.last_day,
        ],
    )
    lowest = met.group_by(*key).agg(
        threshold=met.rule_amount.min(), threshold_currency=met.rule_currency.min()
    )
    joined = cases.left_join(lowest, list(key))
    return joined.drop(*(f"{name}_right" for name in key))


def law_for(cases: Table) -> dict[str, ir.Value]:
    """What a rule about thresholds needs beside amount and day: the law, in the case's currency."""
    country = ibis.coalesce(cases.country, ibis.literal(""))
    in_scope = (country != "") & cases.category.notnull()
    return {
        COUNTRY_PATH: cases.country,
        "tender/mainProcurementCategory": cases.category,
        THE_LAW: ibis.ifelse(in_scope, cases.threshold, 0.0),
    }


#: Under which names the two are reported as missing.
COUNTRY_PATH = "parties/identifier/scheme"
THE_LAW = "law of the country, the category and the day"


def awards_under_law(award: Table, tender: Table, process: Table, law: Table) -> Table:
    """The awards with the method of their tender and the threshold of their own day."""
    calls = tender.select("pid", "method", "category")
    bodies = process.select("pid", "country")
    decided = award.left_join(calls, "pid").drop("pid_right")
    decided = decided.left_join(bodies, "pid").drop("pid_right")
    decided = decided.mutate(day=day_number(decided.date))
    return under_law(decided, ("pid", "award_no"), law)


def purchase(
    decided: Table, methods: Sequence[str], further: Mapping[str, ir.Value] | None = None
) -> Outcome:
    """An award by one of these methods as one of several purchases: open where it says who, when, how
    much, and where the law of its day is known."""
    status, method = known(decided.status, AWARD_STATUSES), known(decided.method, METHODS)
    amount = price(decided.amount)
    in_currency = decided.currency == decided.threshold_currency
    return outcome(
        decided,
        applies=(status == "active") & method.isin(methods),
        needs={
            "awards/status": status,
            "tender/procurementMethod": method,
            "awards/suppliers/id": decided.supplier_key,
            "awards/date": decided.date,
            "awards/value/amount": amount,
            **(further or {}),
            **law_for(decided),
            "awards/value/currency": in_currency.nullif(False),
        },
        value=amount,
        keep={
            "supplier": decided.supplier_key,
            "day": decided.day,
            "amount": amount,
            "threshold": decided.threshold,
        },
    )


# -- comparisons ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Fence:
    """The cases with `hit`: whether `value` (a logarithm) lies beyond the fence of its peers, above
    the upper one (`high`) or below the lower one (`low`).

    `ladder` names the columns of peer groups, narrow to wide; the last step is always all cases.
    A group serves when it has at least `fewest` cases and its quartiles differ; otherwise the next
    wider one does; when none serves, `hit` is null. A fence among equals would flag them all, or
    all but them.
    """

    value: str
    side: Literal["high", "low"]
    ladder: tuple[str, ...] = PEERS
    fewest: int = FEWEST_PEERS
    width: float = FENCE_WIDTH
    lower: float = LOWER_QUARTILE
    upper: float = UPPER_QUARTILE

    def __call__(self, cases: Table) -> Table:
        joined = _with_peers(
            cases,
            self.ladder,
            lambda known: {
                "q1": known[self.value].quantile(self.lower),
                "q3": known[self.value].quantile(self.upper),
            },
        )
        fences: list[ir.NumericValue] = []
        for number in range(len(self.ladder) + 1):
            q1, q3 = joined[f"q1_{number}"], joined[f"q3_{number}"]
            spread = q3 - q1
            serves = (joined[f"peers_{number}"] >= self.fewest) & (spread > 0)
            beyond = self.width * spread
            fences.append(
                ibis.ifelse(serves, q3 + beyond if self.side == "high" else q1 - beyond, None)
            )
        fence, value = ibis.coalesce(*fences), joined[self.value]
        return joined.mutate(hit=value > fence if self.side == "high" else value < fence)


@dataclass(frozen=True)
class PartOfMedian:
    """The cases with `hit`: whether `value` is less than `part` of the median of its peers.

    Peers are the narrowest group of the ladder with at least `fewest` cases; null when none has. A
    part of a median cannot degenerate: where all peers are equal, none is below half of it.
    """

    value: str
    part: float
    ladder: tuple[str, ...] = PEERS
    fewest: int = FEWEST_PEERS
    middle: float = MEDIAN

    def __call__(self, cases: Table) -> Table:
        joined = _with_peers(
            cases, self.ladder, lambda known: {"median": known[self.value].quantile(self.middle)}
        )
        medians = [
            ibis.ifelse(joined[f"peers_{number}"] >= self.fewest, joined[f"median_{number}"], None)
            for number in range(len(self.ladder) + 1)
        ]
        return joined.mutate(hit=joined[self.value] < self.part * ibis.coalesce(*medians))


def _with_peers(
    cases: Table, ladder: Sequence[str], figures: Callable[[Table], dict[str, ir.Scalar]]
) -> Table:
    """The cases with `peers_<step>` and the figures of each step of the ladder."""
    joined = cases.mutate(everyone=ibis.literal(1))
    everyone = joined
    for number, peers in enumerate([*ladder, "everyone"]):
        known_peers = everyone.filter(everyone[peers].notnull())
        made = figures(known_peers)
        grouped = known_peers.group_by(peers).agg(
            **{f"peers_{number}": known_peers.count()},
            **{f"{name}_{number}": figure for name, figure in made.items()},
        )
        joined = joined.left_join(grouped, peers).drop(f"{peers}_right")
    return joined


@dataclass(frozen=True)
class FarFromMedian:
    """The cases with `hit`: whether `value` (a logarithm) lies more than `limit` robust standard
    deviations from the median of its peers, on either side.

    Peers have the same values in all columns of a step of `ladder`; a step serves where it has at
    least `fewest` cases and they differ (the median of their distances from the median is not 0).
    Null where no step serves.
    """

    value: str
    ladder: tuple[tuple[str, ...], ...]
    limit: float
    fewest: int
    #: Of a normal distribution, so many median distances make a standard deviation.
    scale: float = MEDIAN_DISTANCES
    middle: float = MEDIAN

    def __call__(self, cases: Table) -> Table:
        joined = cases
        for step, peers in enumerate(self.ladder):
            placed = cases.filter(*(cases[name].notnull() for name in peers))
            middle = placed.group_by(*peers).agg(
                peers=placed.count(), median=placed[self.value].quantile(self.middle)
            )
            near = placed.join(middle, list(peers))
            near = near.mutate(distance=(near[self.value] - near.median).abs())
            spread = near.group_by(*peers, "peers", "median").agg(
                spread=near.distance.quantile(self.middle)
            )
            names = {f"{name}_{step}": name for name in (*peers, "peers", "median", "spread")}
            spread = spread.rename(names)
            same = [joined[name] == spread[f"{name}_{step}"] for name in peers]
            joined = joined.left_join(spread, same)
        found = []
        for step in range(len(self.ladder)):
            wide = joined[f"spread_{step}"]
            serves = (joined[f"peers_{step}"] >= self.fewest) & (wide > 0)
            distance = (joined[self.value] - joined[f"median_{step}"]).abs()
            found.append(ibis.ifelse(serves, distance > self.limit * self.scale * wide, None))
        return joined.mutate(hit=ibis.coalesce(*found))


@dataclass(frozen=True)
class ManyClasses:
    """The cases with `value`, the number of item classes in which the case's firm won, and with
    `hit`: whether that reaches the upper fence of all firms with at least `fewest` processes.

    A firm with fewer is not concerned. Null where fewer than `firms` are left, or where their
    quartiles are equal: a fence among equals would flag them all.
    """

    fewest: int
    firm: str = "supplier"
    item: str = "class2"
    firms: int = FEWEST_PEERS
    width: float = FENCE_WIDTH
    lower: float = LOWER_QUARTILE
    upper: float = UPPER_QUARTILE

    def __call__(self, cases: Table) -> Table:
        known_classes = cases.filter(cases[self.item].notnull())
        won = known_classes.group_by(self.firm).agg(
            classes=known_classes[self.item].nunique(), processes=known_classes.pid.nunique()
        )
        large = won.filter(won.processes >= self.fewest).mutate(everyone=ibis.literal(1))
        wide = large.classes.cast("float64")
        fences = large.group_by("everyone").agg(
            firms=large.count(), q1=wide.quantile(self.lower), q3=wide.quantile(self.upper)
        )
        named = won.rename(of_firm=self.firm)
        joined = cases.left_join(named, cases[self.firm] == named.of_firm)
        joined = joined.mutate(everyone=ibis.literal(1)).left_join(fences, "everyone")
        joined = joined.drop("everyone_right")
        spread = joined.q3 - joined.q1
        serves = (joined.firms >= self.firms) & (spread > 0)
        found = joined.classes.cast("float64")
        return joined.mutate(
            value=found,
            applies=joined.processes >= self.fewest,
            hit=ibis.ifelse(serves, found >= joined.q3 + self.width * spread, None),
        )


@dataclass(frozen=True)
class MuchLarger:
    """The cases with `value`, how many times the firm's first known purchase by the body it is, and
    with `hit`: whether that is `at_least` so many times.

    Not concerned: what is bought on the first day, or more than `days` after it, and what follows a
    first purchase that was not direct. Of several on the first day the largest counts, and all must
    be direct. Null without a body.
    """

    at_least: float
    days: int
    among: tuple[str, ...] = ("body_key", "supplier", "currency")
    day: str = "day"
    amount: str = "amount"
    direct: str = "direct"

    def __call__(self, cases: Table) -> Table:
        names = list(self.among)
        placed = cases.filter(*(cases[name].notnull() for name in names))
        begun = placed.group_by(*names).agg(begun=placed[self.day].min())
        first = placed.join(begun, names)
        first = first.filter(first[self.day] == first.begun)
        first = first.group_by(*names, "begun").agg(
            first_amount=first[self.amount].max(), first_direct=first[self.direct].all()
        )
        joined = cases.left_join(first, names)
        joined = joined.drop(*(f"{name}_right" for name in names))
        since = joined[self.day] - joined.begun
        times = joined[self.amount] / joined.first_amount.nullif(0)
        return joined.mutate(
            value=times,
            applies=(since > 0) & (since <= self.days) & joined.first_direct,
            hit=times >= self.at_least,
        )


@dataclass(frozen=True)
class FirstDigits:
    """The cases with `value`, how far the first digits of the amounts of its market are from those
    that Benford's law foresees (the mean distance of the nine shares), and with `hit`: whether that
    is more than `most`.

    Null in a market of fewer than `fewest` cases, or where the largest amount is less than `span`
    times the smallest: there the law foresees nothing.
    """

    most: float
    fewest: int
    span: int
    among: tuple[str, ...] = ("class2", "currency")
    digit: str = "digit"
    amount: str = "amount"
    #: The shares of amounts that begin with 1, 2, ... 9, and the decimals of their mean distance.
    foreseen: tuple[float, ...] = tuple(BENFORD.values())
    rounded: int = RATIO_DIGITS

    def __call__(self, cases: Table) -> Table:
        names = list(self.among)
        placed = cases.filter(*(cases[name].notnull() for name in names))
        counts = {
            f"of_{digit}": placed.count(where=placed[self.digit] == digit)
            for digit, _ in enumerate(self.foreseen, 1)
        }
        markets = placed.group_by(*names).agg(
            cases=placed.count(),
            smallest=placed[self.amount].min(),
            largest=placed[self.amount].max(),
            **counts,
        )
        whole = markets.cases.cast("float64").nullif(0)
        distances = [
            (markets[f"of_{digit}"].cast("float64") / whole - foreseen).abs()
            for digit, foreseen in enumerate(self.foreseen, 1)
        ]
        total = distances[0]
        for distance in distances[1:]:
            total = total + distance
        serves = (markets.cases >= self.fewest) & (
            markets.largest >= markets.smallest * float(self.span)
        )
        mean = (total / len(self.foreseen)).round(self.rounded)
        markets = markets.select(*names, distance=ibis.ifelse(serves, mean, None))
        joined = cases.left_join(markets, names)
        joined = joined.drop(*(f"{name}_right" for name in names))
        return joined.mutate(value=joined.distance, hit=joined.distance > self.most)


@dataclass(frozen=True)
class InWindow:
    """The cases with `hit`: whether a case lies in a window of `days` days in which its group has at
    least `fewest` cases and, with `reaching`, in which their amounts reach the threshold together.

    With `below`, only cases under their own threshold are concerned and count. Null where something
    that makes the group is not known.
    """

    among: tuple[str, ...]
    days: int
    fewest: int
    reaching: bool
    below: bool
    day: str = "day"
    amount: str = "amount"
    threshold: str = "threshold"

    def __call__(self, cases: Table) -> Table:
        names = list(self.among)
        placed = cases.filter(*(cases[name].notnull() for name in names))
        if self.below:
            placed = placed.filter(placed[self.amount] < placed[self.threshold])
        # What is decided on one day is one row: a window then has no ties to be put in order.
        of_day = [*names, self.day]
        exact = placed.mutate(exact=money(placed[self.amount]))
        days = exact.group_by(*of_day).agg(
            cases=exact.count(), exact=exact.exact.sum(), lowest=exact[self.threshold].min()
        )
        # A window begins on the day of one of its cases; each of those within it is in it.
        others = days.select(
            *(days[name].name(f"of_{name}") for name in names),
            began=days[self.day],
            began_lowest=days.lowest,
        )
        same = [days[name] == others[f"of_{name}"] for name in names]
        window = days.join(
            others,
            [*same, days[self.day] >= others.began, days[self.day] <= others.began + self.days],
        )
        totals = window.group_by(*names, "began", "began_lowest").agg(
            held=window.cases.sum(), reached=window.exact.sum()
        )
        full = totals.filter(totals.held >= self.fewest)
        if self.reaching:
            full = full.filter(full.reached.cast("float64") >= full.began_lowest)
        full = full.select(*(full[name].name(f"of_{name}") for name in names), "began")
        same = [days[name] == full[f"of_{name}"] for name in names]
        within = days.join(
            full, [*same, days[self.day] >= full.began, days[self.day] <= full.began + self.days]
        )
        hits = within.select(*(within[name] for name in of_day)).distinct()
        hits = hits.rename({f"of_{name}": name for name in of_day}).mutate(found=ibis.literal(True))
        joined = cases.left_join(hits, [cases[name] == hits[f"of_{name}"] for name in of_day])
        grouped = ibis.and_(*(joined[name].notnull() for name in names))
        concerned = joined[self.amount] < joined[self.threshold]
        found = joined.mutate(
            hit=ibis.ifelse(grouped, ibis.coalesce(joined.found, False), None),
        )
        return found.mutate(applies=concerned) if self.below else found


@dataclass(frozen=True)
class Overdue:
    """The cases with `hit`: whether something was done late (`late` of them), or was due (the number
    of a day, `due`) before the day of judgement and is not done."""

    late: str = "late"
    due: str = "due"
    today: str = "as_of"

    def __call__(self, cases: Table) -> Table:
        passed = ibis.coalesce(cases[self.due] < cases[self.today].epoch_days(), False)
        return cases.mutate(hit=(cases[self.late] > 0) | passed)


def market_award(award: Table) -> Outcome:
    """An award as a part of its market: open for every active one that says who, what, how much.

    The market is the item class of 2 digits, the year and the currency.
    """
    status = known(award.status, AWARD_STATUSES)
    amount = ibis.ifelse(award.amount >= 0, believed(award.amount), None)
    return outcome(
        award,
        applies=status == "active",
        needs={
            "awards/status": status,
            "awards/suppliers/id": award.supplier_key,
            "awards/items/classification/scheme": award.item_scheme,
            "awards/items/classification/id": award.item_code,
            "awards/value/amount": amount,
            "awards/value/currency": award.currency,
        },
        keep={"supplier": award.supplier_key, "amount": amount, "currency": award.currency},
    )


#: What makes a market of open awards.
MARKET = ("class2", "year", "currency")


@dataclass(frozen=True)
class HeldByCount:
    """The cases with `value`, the part of the cases of its group that the case's firm holds, and
    with `hit`: whether that is `at_least` so much. Null in a group of fewer than `fewest` cases.
    """

    firm: str
    among: tuple[str, ...]
    at_least: float
    fewest: int

    def __call__(self, cases: Table) -> Table:
        placed = cases.filter(*(cases[name].notnull() for name in self.among))
        whole = placed.group_by(*self.among).agg(cases=placed.count())
        keys = [*self.among, self.firm]
        parts = placed.group_by(*keys).agg(held=placed.count())
        shares = parts.join(whole.filter(whole.cases >= self.fewest), list(self.among))
        part = shares.held.cast("float64") / shares.cases.cast("float64").nullif(0)
        joined = cases.left_join(shares.select(*keys, part=part), keys)
        joined = joined.drop(*(f"{key}_right" for key in keys))
        return joined.mutate(value=joined.part, hit=joined.part >= self.at_least)


@dataclass(frozen=True)
class HeldByValue:
    """The cases with `value`, the share of its market's value that the case's firm holds, and
    with `hit`: whether that is `at_least` so much. Null in a market of fewer than `fewest` cases,
    or without value.
    """

    at_least: float
    firm: str = "supplier"
    among: tuple[str, ...] = MARKET
    amount: str = "amount"
    fewest: int = FEWEST_MARKET_AWARDS

    def __call__(self, cases: Table) -> Table:
        shares = market_shares(cases, self)
        served = shares.filter(shares.cases >= self.fewest)
        keys = [*self.among, self.firm]
        joined = cases.left_join(served.select(*keys, "share"), keys)
        joined = joined.drop(*(f"{key}_right" for key in keys))
        return joined.mutate(value=joined.share, hit=joined.share >= self.at_least)


@dataclass(frozen=True)
class Concentration:
    """The cases with `value`, the sum of the squared shares of its market's value that the firms
    hold, times `largest`, and with `hit`: whether that is `at_least` so much. Null as in
    `HeldByValue`.

    Shares are squared in `whole` parts of one, so that the sum is the same in any order.
    """

    at_least: float
    largest: int
    whole: int
    firm: str = "supplier"
    among: tuple[str, ...] = MARKET
    amount: str = "amount"
    fewest: int = FEWEST_MARKET_AWARDS

    def __call__(self, cases: Table) -> Table:
        shares = market_shares(cases, self)
        served = shares.filter(shares.cases >= self.fewest)
        parts = served.mutate(part=(served.share * self.whole).round().cast("int64"))
        markets = parts.group_by(*self.among).agg(squares=(parts.part * parts.part).sum())
        index = markets.squares.cast("float64") / self.whole / self.whole * self.largest
        markets = markets.select(*self.among, index=index)
        joined = cases.left_join(markets, list(self.among))
        joined = joined.drop(*(f"{name}_right" for name in self.among))
        return joined.mutate(value=joined.index, hit=joined.index >= self.at_least)


def market_shares(cases: Table, market: HeldByValue | Concentration) -> Table:
    """One row for each firm of each market: its `share` of the value, the market's `cases`.

    Sums are exact decimals, so they are the same in whatever order the cases come. The share is
    null in a market without value, and there is no row for a case that has no place in a market.
    """
    among = market.among
    placed = cases.filter(*(cases[name].notnull() for name in among))
    placed = placed.mutate(exact=money(placed[market.amount]))
    whole = placed.group_by(*among).agg(total=placed.exact.sum(), cases=placed.count())
    parts = placed.group_by(*among, market.firm).agg(won=placed.exact.sum())
    shares = parts.join(whole, list(among))
    share = shares.won.cast("float64") / shares.total.cast("float64").nullif(0)
    return shares.select(*among, market.firm, "cases", share=share)


@dataclass(frozen=True)
class NotInTime:
    """The cases with `hit`: whether something was not done, or later than `days` after `since` (the
    number of a day). `value` says how many days it took, and is null where it was not done. A case
    whose days have not yet run out is not concerned.
    """

    days: int
    since: str
    value: str = "value"
    today: str = "as_of"

    def __call__(self, cases: Table) -> Table:
        age = cases[self.today].epoch_days() - cases[self.since]
        in_time = ibis.coalesce(cases[self.value] <= self.days, False)
        return cases.mutate(applies=age >= self.days, hit=~in_time)


# -- commitments ---------------------------------------------------------------------------------

#: Claims that something was done, in part or wholly (the words of the table `commitment_update`).
IN_PROGRESS = ("limited", "substantial", "complete")
COMPLETE = "complete"

#: Grades of proof on which completion counts, and the grade of a bare claim (METHODS A.2).
VERIFIES = ("A", "B")
BARE_CLAIM = "D"

#: An answer of an assessor this near to a step of the codebook is that step: thirds are rounded.
NEAR_A_STEP = 0.02

#: Answers are rounded to the nearest step.
HALF_A_STEP = 0.5


def put_beside(cases: Table, found: Table, key: str) -> Table:
    """The cases with the columns of `found`, which has one row a key at most; null without one."""
    return cases.left_join(found, key).drop(f"{key}_right")


def _newest(rows: Table, of: Sequence[str], *order: str) -> Table:
    """The row of each group that comes last in the order of these columns."""
    falling = [rows[name].desc() for name in order]
    window = ibis.window(group_by=list(of), order_by=falling)
    return rows.mutate(newer=ibis.row_number().over(window)).filter(lambda row: row.newer == 0)


def with_deadlines(commitment: Table, commitment_rev: Table, as_of: ir.DateValue) -> Table:
    """Commitments with `current_due`, the deadline last set, and when they were given up.

    `withdrawn_on` is the first day on which it was; `lawful_on` the first on which a legal basis was
    cited and those who lost by it were given something. Null where that did not happen.
    """
    known = commitment_rev.filter(commitment_rev.date <= as_of)
    moved = _newest(known.filter(known.new_due.notnull()), ["commitment_id"], "date", "rev_no")
    lawful = known.withdrawn & ~is_blank(known.legal_basis) & ~is_blank(known.compensation)
    given_up = known.group_by("commitment_id").agg(
        withdrawn_on=known.date.min(where=known.withdrawn),
        lawful_on=known.date.min(where=lawful),
    )
    cases = put_beside(
        commitment, moved.select("commitment_id", moved_to="new_due"), "commitment_id"
    )
    cases = put_beside(cases, given_up, "commitment_id")
    return cases.mutate(current_due=ibis.coalesce(cases.moved_to, cases.original_due))


def with_proven_end(
    cases: Table, commitment_update: Table, proof: Table, as_of: ir.DateValue
) -> Table:
    """Commitments with `done_on`: the day of the first statement that it is complete which points to
    proof of grade A or B; null where there is none yet.
    """
    said = commitment_update.filter(
        commitment_update.date <= as_of, commitment_update.claimed_status == COMPLETE
    )
    carries = proof.filter(proof.grade.isin(VERIFIES)).select("evidence_id")
    proven = said.select("commitment_id", "date", "evidence_id").join(carries, "evidence_id")
    first = proven.group_by("commitment_id").agg(done_on=proven.date.min())
    return put_beside(cases, first, "commitment_id")


def with_claims(cases: Table, commitment_update: Table, proof: Table, as_of: ir.DateValue) -> Table:
    """Commitments with `claim`, what the body said last, and `best_grade`, of all it pointed to.

    Null where it said nothing, or pointed to nothing.
    """
    said = commitment_update.filter(commitment_update.date <= as_of)
    claim = _newest(
        said.filter(said.claimed_status.notnull()), ["commitment_id"], "date", "update_id"
    )
    shown = said.select("commitment_id", "evidence_id").join(
        proof.select("evidence_id", "grade"), "evidence_id"
    )
    # A is the best of the grades, and the first of the letters.
    best = shown.group_by("commitment_id").agg(best_grade=shown.grade.min())
    cases = put_beside(
        cases, claim.select("commitment_id", claim="claimed_status"), "commitment_id"
    )
    return put_beside(cases, best, "commitment_id")


def with_assessed(
    cases: Table, assessment: Table, code: str, steps: int, as_of: ir.DateValue
) -> Table:
    """Commitments with what their assessors say, in `steps` of the codebook's unit.

    `assessors` is how many have answered (null: none), each with their latest answer; `agreed` the
    step that two agree on or the middle of three or more (the lower of two middle ones), null where
    two differ and no third has answered, or one alone has; `off_step` whether an answer is none of
    the codebook's.
    """
    answers = assessment.filter(
        assessment.code == code, assessment.date <= as_of, assessment.value.notnull()
    )
    answers = _newest(answers, ["body_no", "item_id", "assessor"], "date")
    scaled = answers.value * steps
    answers = answers.mutate(step=(scaled + HALF_A_STEP).floor().cast("int64"), scaled=scaled)
    off = (answers.scaled - answers.step.cast("float64")).abs() > NEAR_A_STEP * steps
    found = answers.group_by("body_no", "item_id").agg(
        assessors=answers.count(),
        lowest=answers.step.min(),
        highest=answers.step.max(),
        middle=answers.step.median(),
        off_step=off.any(),
    )
    found = found.select(
        "assessors",
        "off_step",
        of_item="item_id",
        of_body="body_no",
        agreed=ibis.cases(
            (found.assessors == 1, None),
            (found.lowest == found.highest, found.lowest),
            (found.assessors == 2, None),
            else_=found.middle.cast("float64").floor().cast("int64"),
        ),
    )
    joined = cases.left_join(
        found, [cases.commitment_id == found.of_item, cases.body_no == found.of_body]
    )
    return joined.drop("of_item", "of_body")


def elements(commitment: Table) -> ir.IntegerValue:
    """How many of five things a commitment names (METHODS A.2): a deadline, a count with its target,
    money, a unit that is to do it, and whom or what place it is for.
    """
    named = (
        commitment.original_due.notnull(),
        ~is_blank(commitment.metric) & ~is_blank(commitment.target),
        commitment.budget_amount.notnull(),
        ~is_blank(commitment.responsible_unit),
        ~is_blank(commitment.beneficiary),
    )
    first, *others = (one.cast("int64") for one in named)
    return sum(others, start=first)


# -- event logs ----------------------------------------------------------------------------------

#: Events that put a case into a unit's hands (the words of the table `case_event`).
RECEIVED, TRANSFER = "received", "transfer"
MOVES = (RECEIVED, TRANSFER)

#: Events that let the clock run, that stop it, and that end it; the others leave it as it was.
RUNS, PAUSES, ENDS = ("received", "resume", "reopened"), ("pause",), ("closed", "withdrawn")

#: What a clock does, as a number.
IS_RUNNING, IS_PAUSED, IS_OVER = 0, 1, 2

#: Why a case cannot be followed. Such cases are in no figure, and are counted.
ODD_START = "its log does not begin with its receipt"
ODD_ORDER = "its log goes back in time"


def _events(case_event: Table, as_of: ir.DateValue) -> Table:
    """Events up to the day of judgement, with `seconds`, which end with its midnight: what happens
    on that day is known, and takes no time.
    """
    known = case_event.filter(case_event.ts.date() <= as_of)
    moment = known.ts.epoch_seconds().cast("float64").floor().cast("int64")
    end = as_of.epoch_days().cast("int64") * SECONDS_A_DAY
    return known.select("case_id", "event_no", "event", "unit", seconds=ibis.least(moment, end))


def with_path(cases: Table, case_event: Table, as_of: ir.DateValue) -> Table:
    """Cases with the way that their logs tell: `events`, `handoffs`, `ping_pong`, `unnamed`.

    `handoffs` counts transfers to another unit than the one that had the case; `ping_pong` says
    whether a unit had it twice; both are null where a unit is not named. `odd_start`, `odd_order`:
    the log cannot be followed. All are null without events.
    """
    events = _events(case_event, as_of)
    moving = events.event.isin(MOVES)
    events = events.mutate(moving=moving)
    order = ibis.window(group_by="case_id", order_by="event_no")
    among = ibis.window(group_by=["case_id", "moving"], order_by="event_no")
    events = events.mutate(
        earlier=events.seconds.lag().over(order),
        place=ibis.row_number().over(order),
        before=events.unit.lag().over(among),
    )
    new = events.moving & (events.before.isnull() | (events.unit != events.before))
    found = events.group_by("case_id").agg(
        events=events.count(),
        unnamed=events.count(where=events.moving & events.unit.isnull()),
        steps=events.count(where=new),
        units=events.unit.nunique(where=events.moving),
        odd_start=((events.place == 0) & (events.event != RECEIVED)).any(),
        odd_order=(events.seconds < events.earlier).any(),
    )
    named = found.unnamed == 0
    found = found.select(
        "case_id",
        "events",
        "odd_start",
        odd_order=ibis.coalesce(found.odd_order, False),
        handoffs=ibis.ifelse(named, found.steps - 1, None),
        ping_pong=ibis.ifelse(named, found.steps > found.units, None),
    )
    return put_beside(cases, found, "case_id")


def with_pauses(cases: Table, case_event: Table, late_part: float, as_of: ir.DateValue) -> Table:
    """Cases with what their logs tell of clocks: `pauses` that began within the time allowed, and
    `late_pauses` of them that began in its last part; `gross` and `paused` seconds.

    `allowed` (days, a column of the cases) is the time; null leaves `pauses` 0 and `any_pauses` tells
    how many there were. The time that had run when a pause began does not count earlier pauses.
    """
    events = _events(case_event, as_of)
    allowed = cases.select("case_id", "allowed")
    events = put_beside(events, allowed, "case_id")
    code = ibis.cases(
        (events.event.isin(RUNS), IS_RUNNING),
        (events.event.isin(PAUSES), IS_PAUSED),
        (events.event.isin(ENDS), IS_OVER),
        else_=None,
    )
    order = ibis.window(group_by="case_id", order_by="event_no")
    so_far = ibis.cumulative_window(group_by="case_id", order_by="event_no")
    events = events.mutate(says=code.cast("int64"))
    # What the clock does was last said by the latest event that says anything.
    events = events.mutate(
        said_no=events.says.notnull().cast("int64").sum().over(so_far),
        until=ibis.coalesce(
            events.seconds.lead().over(order), as_of.epoch_days().cast("int64") * SECONDS_A_DAY
        ),
    )
    spoken = ibis.window(group_by=["case_id", "said_no"])
    events = events.mutate(clock=events.says.max().over(spoken), held=events.until - events.seconds)
    ran = ibis.ifelse(events.clock == IS_RUNNING, events.held, 0)
    events = events.mutate(ran=ran)
    events = events.mutate(
        was=events.clock.lag().over(order), gone=events.ran.sum().over(so_far) - events.ran
    )
    begins = ibis.coalesce(events.event.isin(PAUSES) & (events.was == IS_RUNNING), False)
    seconds = events.allowed.nullif(0).cast("float64") * ibis.literal(SECONDS_A_DAY, "float64")
    gone = events.gone.cast("float64")
    inside, late = begins & (gone <= seconds), begins & (gone >= (1 - late_part) * seconds)
    found = events.group_by("case_id").agg(
        any_pauses=events.count(where=begins),
        pauses=events.count(where=inside),
        late_pauses=events.count(where=inside & late),
        gross=events.held.sum(where=events.clock != IS_OVER),
        paused=events.held.sum(where=events.clock == IS_PAUSED),
    )
    return put_beside(cases, found, "case_id")


# -- changes of office ---------------------------------------------------------------------------

#: For so long after a change of office a contract counts as freshly inherited (METHODS A.1).
SOON_DAYS = 365

#: A value that falls by more than this part of it is a breach of the contract (METHODS A.1).
CUT = 0.10

#: A suspension without a stated end that lasts longer is a breach of the contract (METHODS A.1).
SUSPENDED_DAYS = 180

#: A day that no stretch of office reaches.
LAST_DAY = "9999-12-31"

#: Final states of a contract that the body did not carry through, after it was signed.
NOT_CARRIED_THROUGH = ("incomplete", "cancelled")

#: How a change of a contract is called that takes value, scope or time from it.
VALUE, SCOPE, SUSPENSION = "value", "scope", "suspension"


def terms_that_count(term: Table, as_of: Day) -> Table:
    """Terms begun by `as_of`, short acting ones left out, with `changed`: whether office changed.

    The first term of a post on record changes nothing that anybody knows of; it stays however
    short it was, because it says from when on terms are known. Where it is not said whether a short
    term was acting, it counts as acting.
    """
    begun = term.filter(term.start_date <= as_of, term.body_no.notnull())
    over = begun.end_date.notnull() & (begun.end_date <= as_of)
    days = over.ifelse(begun.end_date, as_of).delta(begun.start_date, unit="day")
    brief = (days < ACTING_DAYS) & ibis.coalesce(begun.acting, True)
    order = [begun.start_date, begun.entry]
    one_post = ibis.window(group_by=[begun.body_no, begun.post], order_by=order)
    placed = begun.mutate(brief=brief, changed=ibis.row_number().over(one_post) > 0)
    return placed.filter(~(placed.brief & placed.changed))


def offices(term: Table, as_of: Day) -> Table:
    """The stretches between changes of office: `office_of` (body), `since`, `until`, `changed`.

    The first stretch of a body begins where the terms of all its posts are known, and `changed` is
    false; every other begins with a change. `until` is the next change, and null in the last.
    """
    counted = terms_that_count(term, as_of)
    posts = counted.group_by("body_no", "post").agg(since=counted.start_date.min())
    known = posts.group_by("body_no").agg(known=posts.since.max())
    first = known.select(office_of=known.body_no, since=known.known, changed=ibis.literal(False))
    later = counted.filter(counted.changed).select("body_no", "start_date").distinct()
    known = known.rename(known_of="body_no")
    later = later.join(known, later.body_no == known.known_of)
    later = later.filter(later.start_date > later.known)
    changes = later.select(
        office_of=later.body_no, since=later.start_date, changed=ibis.literal(True)
    )
    edges = first.union(changes)
    one_body = ibis.window(group_by=edges.office_of, order_by=edges.since)
    return edges.mutate(until=edges.since.lead().over(one_body))


def in_office(cases: Table, day: str, term: Table, as_of: Day) -> Table:
    """The cases with the stretch of office that the date column `day` falls into: `since`, `until`,
    `changed`; all null where the terms of that day are not known.

    On the day of a change itself the new stretch has begun. `until` is the first change afterwards.
    """
    found = offices(term, as_of)
    # Two plain comparisons: with an `or` an engine would try every pair of a case and a stretch.
    found = found.mutate(before=ibis.coalesce(found.until, ibis.date(LAST_DAY)))
    joined = cases.left_join(
        found,
        [
            cases.body_no == found.office_of,
            found.since <= cases[day],
            cases[day] < found.before,
        ],
    )
    return joined.drop("before")


def days_from(first: ir.DateValue, last: ir.DateValue) -> ir.IntegerValue:
    """Calendar days of (first, last]."""
    return last.delta(first, unit="day")


def said_unless(unknown: ir.BooleanValue) -> ir.IntegerValue:
    """Something for `needs`: null where the condition holds."""
    return ibis.ifelse(unknown, ibis.null("int8"), ibis.literal(1, "int8"))


def part_lost(change: Table) -> ir.NumericValue:
    """By which part the amount fell; null where an amount is unknown or it was nothing before."""
    old = ibis.ifelse(change.old_amount > 0, change.old_amount, None)
    return ((old - change.new_amount) / old.nullif(0)).round(RATIO_DIGITS)


def suspended_long(registered_change: Table, as_of: Day) -> Table:
    """The changes made by `as_of`, with `long` (whether one is a suspension without a stated end
    that lasted more than 180 days) and `broken_on` (the day on which it had).

    It lasts until the contract is changed the next time, or until `as_of`.
    """
    change = registered_change.filter(registered_change.date <= as_of)
    order = [change.date, change.change_no]
    of_contract = ibis.window(group_by=change.registered_contract_id, order_by=order)
    change = change.mutate(next_on=change.date.lead().over(of_contract))
    lasted = days_from(change.date, ibis.coalesce(change.next_on, as_of))
    open_ended = (change.kind == SUSPENSION) & change.new_end.isnull()
    broken_on = (change.date + ibis.interval(days=SUSPENDED_DAYS + 1)).cast("date")
    return change.mutate(long=open_ended & (lasted > SUSPENDED_DAYS), broken_on=broken_on)


def with_ending(registered_contract: Table, registered_change: Table, as_of: Day) -> Table:
    """The contracts with what is known of their end on `as_of`: `ended` (null while it runs),
    `breached`, `completed`, and `doubtful` (a change of value by an unknown amount).

    A contract is breached when it ends incomplete or cancelled after signature, when its value is
    cut by more than a tenth, or when it has been suspended without end for more than 180 days
    (METHODS A.1), whatever comes first. Any other final state ends it without a breach.
    """
    change = suspended_long(registered_change, as_of)
    lost = part_lost(change)
    cut = (change.kind == VALUE) & ibis.coalesce(lost > CUT, False)
    day = ibis.cases((cut, change.date), (change.long, change.broken_on))
    change = change.mutate(breach_on=day, doubt=(change.kind == VALUE) & lost.isnull())
    broken = change.group_by("registered_contract_id").agg(
        breach_on=change.breach_on.min(), doubts=change.doubt.cast("int64").sum()
    )
    broken = broken.rename(changed_contract="registered_contract_id")
    contract = registered_contract.left_join(
        broken, registered_contract.registered_contract_id == broken.changed_contract
    )
    over = ibis.coalesce(contract.final_status_date <= as_of, False) & (
        contract.final_status.notnull()
    )
    final_on = over.ifelse(contract.final_status_date, ibis.null("date"))
    first = contract.breach_on.notnull() & (final_on.isnull() | (contract.breach_on <= final_on))
    abandoned = over & contract.final_status.isin(NOT_CARRIED_THROUGH)
    return contract.mutate(
        ended=first.ifelse(contract.breach_on, final_on),
        breached=first | abandoned,
        completed=over & ~first & (contract.final_status == COMPLETE),
        doubtful=ibis.coalesce(contract.doubts, 0) > 0,
    )


def contract_needs(contract: Table) -> dict[str, ir.Value]:
    """What must be known of a contract of `with_ending` to say when it was under way, and how it
    ended."""
    dated, named = contract.final_status_date.notnull(), contract.final_status.notnull()
    return {
        "date_signed": contract.date_signed,
        "final_status_date": said_unless(named & ~dated),
        "final_status": said_unless(dated & ~named),
    }


ENDED_FIRST = "ended before it was signed"


def contract_faults(contract: Table) -> dict[str, ir.BooleanValue]:
    """Contradictions in a contract of `with_ending`."""
    return {ENDED_FIRST: contract.final_status_date < contract.date_signed}


def how_many(conditions: Sequence[ir.BooleanValue]) -> ir.IntegerValue:
    """How many of them hold; null where one is unknown."""
    first, *others = (one.cast("int64") for one in conditions)
    return sum(others, start=first)


def added(numbers: Sequence[ir.NumericValue]) -> ir.NumericValue:
    """The sum of what is known."""
    first, *others = (ibis.coalesce(one, 0.0) for one in numbers)
    return sum(others, start=first)


# -- reports on requests --------------------------------------------------------------------------

#: The last day of a year.
YEAR_ENDS_MONTH, YEAR_ENDS_DAY = 12, 31


def report_end(reports: Table) -> ir.DateValue:
    """The last day of a report's period, which is the calendar year where nothing else is said."""
    return ibis.coalesce(
        reports.period_end, ibis.date(reports.year, YEAR_ENDS_MONTH, YEAR_ENDS_DAY)
    )


def report_start(reports: Table) -> ir.DateValue:
    """The first day of a report's period, which is the calendar year where nothing else is said.

    Null where only its end is.
    """
    first = ibis.date(reports.year, 1, 1)
    return ibis.coalesce(
        reports.period_start, ibis.ifelse(reports.period_end.isnull(), first, None)
    )


def is_counted_twice(reports: Table) -> ir.BooleanValue:
    """Whether the same body also reports on the whole year of this part of it."""
    whole = reports.period_end.isnull()
    in_year = ibis.window(group_by=["body_no", "year"])
    return ~whole & whole.cast("int64").max().over(in_year).cast("boolean")


# -- what must be published ----------------------------------------------------------------------

#: Not reached for more than so many days: it has disappeared (METHODS T08).
GONE_DAYS = 14


def was_found(seen: Table, as_of: ir.DateValue) -> ir.BooleanValue:
    """Whether the thing had been found by this day."""
    return ibis.coalesce(seen.first_seen <= as_of, False)


def _by(day: ir.DateValue, as_of: ir.DateValue) -> ir.DateValue:
    """The earlier of the two; null where the day is."""
    return ibis.ifelse(day > as_of, as_of, day)


def has_disappeared(seen: Table, as_of: ir.DateValue) -> ir.BooleanValue:
    """Whether it was found, has not been reached for more than 14 days, and no archive is named."""
    away = _by(seen.checked, as_of).delta(seen.unreachable_since, unit="day") > GONE_DAYS
    return (
        was_found(seen, as_of) & ibis.coalesce(away, False) & ~ibis.coalesce(seen.archived, False)
    )


def absent_until(seen: Table, as_of: ir.DateValue) -> ir.DateValue:
    """Of what had not been found by this day: the last day on which it is known not to be there."""
    looked = ibis.ifelse(seen.first_seen.isnull(), seen.checked, seen.absent_on)
    return _by(looked, as_of)


def last_there(seen: Table, as_of: ir.DateValue) -> ir.DateValue:
    """The last day by this one on which it was found."""
    return _by(seen.last_seen, as_of)


def came_in_time(seen: Table) -> ir.BooleanValue:
    """Whether it came by its last day; null where the first look came too late to tell.

    Looked for in vain on the last day itself, it may have come later that day.
    """
    missed = ibis.ifelse(seen.absent_on > seen.deadline, False, None)
    return ibis.ifelse(seen.first_seen <= seen.deadline, True, missed)


# -- outcomes ------------------------------------------------------------------------------------

#: Ways in which a case came; a request for information is timed by other figures.
COMPLAINT, INFORMATION = "complaint", "foi"

CALENDAR_DAYS = "calendar"


def with_residents(cases: Table, body_year: Table, as_of: ir.DateValue) -> Table:
    """Cases with the `residents` of their body in the latest year that is known by that day."""
    counted = body_year.filter(
        body_year.body_no.notnull(),
        body_year.population > 0,
        body_year.fiscal_year <= as_of.year(),
    )
    latest = _newest(counted, ["body_no"], "fiscal_year")
    return put_beside(cases, latest.select("body_no", residents="population"), "body_no")


def with_next_alike(cases: Table, as_of: ir.DateValue) -> Table:
    """Cases with `next_alike`: the day on which the next case of the same body, topic and place came
    in after the case was closed; null without one.

    Receipts and closures are laid in one order of days, so that nothing is compared in pairs.
    """
    alike = ["body_no", "topic_key", "place_key"]
    own = cases.filter(cases.topic_key.notnull(), cases.place_key.notnull())
    came = own.filter(own.received <= as_of)
    came = came.select(*alike, "entry", day=came.received, came=came.received, step=ibis.literal(0))
    over = own.filter(own.closed <= as_of)
    over = over.select(
        *alike, "entry", day=over.closed, came=ibis.null("date"), step=ibis.literal(1)
    )
    steps = came.union(over)
    # From the latest day back: what came in on the day of a closure stands behind it, and is not next.
    since = ibis.cumulative_window(
        group_by=alike, order_by=[steps.day.desc(), steps.step.desc(), steps.entry]
    )
    steps = steps.mutate(next_alike=steps.came.min().over(since))
    found = steps.filter(steps.step == 1).select("entry", "next_alike")
    return put_beside(cases, found, "entry")


NO_SHARE, OVER_ASKED = "not a share from 0 to 1", "more answers than were asked"


def is_no_share(survey: Table) -> ir.BooleanValue:
    """Whether what a survey found is a mark, or a percentage, and no share."""
    return (survey.share_or_mean < 0) | (survey.share_or_mean > 1)


def with_bids_around(cases: Table, offer: Table, days: int) -> Table:
    """Invoices with what their suppliers bid to the same body around the day they were due.

    `bids_after` counts bids in so many days after it; `bid_class` is the class of the last bid until
    then (the first in the order of texts where that day has several). Null without such a bid.
    """
    pairs = cases.filter(cases.number == 0, cases.named).select(
        "entry", "body_no", "supplier_key", "due_date"
    )
    bids = offer.select("body_no", "supplier_key", "classification", "date")
    met = pairs.join(bids, ["body_no", "supplier_key"])
    gap = met.date.delta(met.due_date, unit="day")
    met = met.mutate(gap=gap)
    after = met.group_by("entry").agg(bids_after=met.count(where=(met.gap > 0) & (met.gap <= days)))
    before = met.filter(met.gap <= 0, met.classification.notnull())
    last = _newest(before, ["entry"], "gap")
    same_day = before.join(last.select("entry", last_gap="gap"), "entry")
    same_day = same_day.filter(same_day.gap == same_day.last_gap)
    classes = same_day.group_by("entry").agg(bid_class=same_day.classification.min())
    return put_beside(put_beside(cases, after, "entry"), classes, "entry")
