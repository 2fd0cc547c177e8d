"""Conditions that several indicators want, under their names from the field."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import ibis
import ibis.expr.types as ir

from troth.indicators.base import Outcome, Parts, Table, outcome

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

    def __call__(self, cases: Table) -> Table:
        names = list(self.among)
        placed = cases.filter(*(cases[name].notnull() for name in names))
        counts = {
            f"of_{digit}": placed.count(where=placed[self.digit] == digit) for digit in BENFORD
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
            for digit, foreseen in BENFORD.items()
        ]
        total = distances[0]
        for distance in distances[1:]:
            total = total + distance
        serves = (markets.cases >= self.fewest) & (
            markets.largest >= markets.smallest * float(self.span)
        )
        mean = (total / len(BENFORD)).round(RATIO_DIGITS)
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
