"""Who there is in Ruritania, what each body does, and what must therefore be seen.

No place, body or firm of this country is real. `XR` is a code that ISO 3166 leaves to whoever wants
one, `XTS` the currency code that ISO 4217 keeps for tests. Only ways of acting are planted here; the
figures that show them are whatever comes of it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from troth.made_up.chance import AS_OF, FIRST, Array, date_of, number_of, stream, worked
from troth.tables.base import Table

COUNTRY, CURRENCY = "XR", "XTS"
PLAINLY = "Invented: no real place, body or firm. Every entry was drawn by chance to test Troth."

RAISED, LOWERED = "raised", "lowered"

#: Figures that move with how fast a body pays, whichever of them was meant.
PAYMENT = ("C05", "D01", "D02", "D03", "D04", "D05", "D06", "D07", "D09", "D11", "O08", "O09")
PROMISES = ("C03", "C10", "I01", "I02", "I03", "I04", "I06", "I07", "I13", "I14")
CASES = ("I08", "I09", "I10", "I11", "O01", "O02", "O03", "O04", "O05")
CHANGE = ("C01", "C02", "C03", "C04", "C05", "C06", "C07", "C11", "C12")


@dataclass(frozen=True)
class Behaviour:
    """One way of acting: its story, what it must show, and what may move with it.

    `shows` says of an indicator whether its figure is raised or lowered. What `may_show` names
    follows from the same conduct and is counted neither as found nor as a false alarm.
    """

    story: str
    shows: dict[str, str]
    may_show: tuple[str, ...] = ()


BEHAVIOURS: dict[str, Behaviour] = {
    "drops_what_it_inherited": Behaviour(
        "A new mayor takes office on 3 May 2021. For a year contracts of the time before are broken"
        " three times as often as before and cut or halted eight times as often, their invoices wait"
        " 60 days longer and their milestones slip by 90 days, what was broken is often tendered"
        " anew, and the change of office is given as the reason.",
        {
            "C01": RAISED, "C04": RAISED, "C05": RAISED, "C06": RAISED, "C07": RAISED,
            "C11": RAISED,
        },
        (*PAYMENT, "C02", "C08", "C09", "C10", "D12", "O10"),
    ),
    "launders_deadlines": Behaviour(
        "Work is late by months, and a deadline that cannot be met is moved to a later day shortly"
        " before it passes, as often as need be.",
        {"I02": LOWERED, "I03": RAISED, "I04": RAISED},
        PROMISES,
    ),
    "dresses_quarter_ends": Behaviour(
        "Overdue invoices are paid in the last days before 31 March, 30 June, 30 September and"
        " 31 December, when arrears are reported; between those days few are.",
        {"D09": RAISED},
        PAYMENT,
    ),
    "ping_pong": Behaviour(
        "Units pass cases on and get them back: every other case that was passed on once is passed"
        " on again, often to a unit that had it before.",
        {"I08": RAISED, "I09": RAISED},
        CASES,
    ),
    "stops_clocks_late": Behaviour(
        "The clock of a case is stopped when the last sixth of the time allowed has begun.",
        {"I10": RAISED},
        CASES,
    ),
    "evades_requests": Behaviour(
        "Most requests for information end as 'not processed' or 'not held' on catch-all grounds,"
        " and what is disputed is corrected half of the time.",
        {"T03": LOWERED, "T04": RAISED, "T11": RAISED},
        ("T02",),
    ),
    "answers_requests_late": Behaviour(
        "Every other request for information is answered late, one in four never.",
        {"T01": LOWERED, "T02": RAISED},
        ("T03", "T05", "T11"),
    ),
    "edits_in_silence": Behaviour(
        "Published figures are changed without a note, and what does not flatter is not published"
        " or disappears after some months.",
        {"T08": RAISED, "T09": RAISED},
        ("D14", "T06", "T07"),
    ),
    "publishes_late": Behaviour(
        "What must be published comes 70 days late or not at all, seldom for machines to read.",
        {"D14": LOWERED, "T06": LOWERED, "T07": RAISED},
        ("T08", "T09"),
    ),
    "reports_do_not_add_up": Behaviour(
        "The yearly reports on requests for information do not add up in most years.",
        {"T05": LOWERED},
    ),
    "ignores_requests_to_channels": Behaviour(
        "Ordinary requests are seldom acknowledged and seldom answered.", {"T10": LOWERED}
    ),
    "returns_invoices": Behaviour(
        "One invoice in four is sent back twice or more, and one in ten must be registered anew.",
        {"D10": RAISED},
        PAYMENT,
    ),
    "leaves_judgments_unpaid": Behaviour(
        "Three final judgments in four are not paid.", {"D08": RAISED}, ("D04",)
    ),
    "pays_small_firms_later": Behaviour(
        "Small and medium firms wait 30 days longer than large ones for the same amounts.",
        {"D11": RAISED},
        PAYMENT,
    ),
    "pays_slowly": Behaviour(
        "Everybody waits three times as long as elsewhere.",
        {"D01": RAISED, "D02": RAISED, "D03": RAISED},
        PAYMENT,
    ),
    "lets_old_invoices_lie": Behaviour(
        "New invoices are paid as everywhere; one in eight is left lying for good.",
        {"D04": RAISED, "D05": RAISED},
        PAYMENT,
    ),
    "hides_arrears": Behaviour(
        "Every other payment that a contract owes for a milestone that was met is not made.",
        {"D12": RAISED},
        ("C08",),
    ),
    "defaults_on_lenders": Behaviour(
        "From 2021 on seven in ten sums due to lenders are not paid.", {"D13": RAISED}, ("O10",)
    ),
    "lip_service": Behaviour(
        "What is promised has seldom a day, a measure, money, a unit or somebody it is for.",
        {"I05": LOWERED, "I06": RAISED},
        PROMISES,
    ),
    "claims_without_evidence": Behaviour(
        "Everything is said to be complete on its day, and hardly anything shows it.",
        {"I01": LOWERED, "I07": RAISED},
        PROMISES,
    ),
    "lets_deadlines_pass_in_silence": Behaviour(
        "Nothing is said of a promise from two months before its day on, kept or not.",
        {"I13": RAISED},
        PROMISES,
    ),
    "orphans_promises": Behaviour(
        "After a change of office nothing is said or done for 200 days about nearly all promises"
        " of the time before.",
        {"C03": RAISED},
        (*PROMISES, "C12"),
    ),
    "changes_without_law": Behaviour(
        "Promises and contracts are changed without reason, legal basis or compensation.",
        {"C10": LOWERED},
        (*PROMISES, "C11"),
    ),
    "hands_nothing_over": Behaviour(
        "Hardly anything is on a hand-over list when office changes.", {"C12": LOWERED}
    ),
    "abandons_works": Behaviour(
        "Three in five works that would be completed stop half-way, and nobody says so.",
        {"C08": RAISED},
        ("C01", "C02", "C04", "C09", "D12"),
    ),
    "ignores_audit": Behaviour(
        "One recommendation of the auditors in five is carried out.", {"I12": LOWERED}
    ),
    "closes_without_result": Behaviour(
        "Cases are closed without a decision or opened again, and the same matter comes back.",
        {"I11": RAISED, "O05": RAISED},
        CASES,
    ),
    "one_bid": Behaviour(
        "Calls are open for six days, and three in four get one bid.",
        {"P003": RAISED, "P018": RAISED},
        ("P019", "P024", "P028", "P035", "P036", "P038", "P040", "P050", "P051", "O08", "O09"),
    ),
    "disappoints": Behaviour(
        "Residents are less content and trust the body less than elsewhere.",
        {"O06": LOWERED, "O07": LOWERED},
    ),
    "cuts_its_budget": Behaviour(
        "From July 2022 on every invoice waits 35 days longer, whichever contract it is for: money"
        " is short. Office had changed in May 2021, and nothing followed.",
        {},
        tuple(one for one in PAYMENT if one != "C05"),
    ),
    "small_town": Behaviour(
        "An honest town of 2,100 with seven cases in eight years. One was acknowledged late and one"
        " closed late; that is chance.",
        {},
    ),
    "open_channels": Behaviour(
        "Five times as many cases as elsewhere, because complaining is easy; all else is as"
        " everywhere.",
        {},
        ("O01",),
    ),
    "quiet_change": Behaviour(
        "Office changes on 3 May 2021, and nothing follows.", {}
    ),
}  # fmt: skip

#: Bodies that look suspect to a naive method -> where they must not stand out; () is everywhere.
MUST_NOT_STAND_OUT: dict[str, tuple[str, ...]] = {
    "cuts_its_budget": CHANGE,
    "small_town": (),
    "open_channels": ("I08", "I09", "I10", "I11", "O02", "O03", "O04", "O05"),
    "quiet_change": CHANGE,
}

#: The honest town, and its cases.
TOWN, TOWN_CASES = "XR-MUN-festenburg", 7

#: The change of office of the bodies in whose story it has a day.
THE_CHANGE = number_of("2021-05-03")
_ON_THE_DAY = {
    "drops_what_it_inherited", "cuts_its_budget", "quiet_change", "orphans_promises",
    "hands_nothing_over",
}  # fmt: skip
_CHANGES_FROM, _CHANGES_UNTIL = number_of("2019-01-07"), number_of("2022-12-31")


@dataclass(frozen=True)
class Body:
    """A public body that does not exist. `volume` says how much happens there: 1 is usual."""

    body_id: str
    name: str
    level: str
    population: int
    volume: float
    behaviour: str = ""

    def does(self, behaviour: str) -> bool:
        """Whether this is how it acts."""
        return self.behaviour == behaviour

    @property
    def is_town(self) -> bool:
        """Whether it is the honest town."""
        return self.body_id == TOWN


@dataclass(frozen=True)
class Firm:
    """A supplier that does not exist."""

    firm_id: str
    name: str
    small: bool


@dataclass(frozen=True)
class Making:
    """One body being made: chance, how much of everything, and the rows so far by table."""

    seed: int
    size: float
    body: Body
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def draws(self, name: str) -> Any:
        """The stream of this body that has this name."""
        return stream(self.seed, self.body.body_id, name)

    def many(self, usual: float, power: float = 1.0) -> int:
        """How many of something that a usual body has so many of, at least one."""
        return max(1, round(usual * float(self.body.volume**power) * self.size))

    def add(self, table: Table | str, **row: Any) -> None:
        """One entry of a table."""
        name = table if isinstance(table, str) else table.name
        self.rows.setdefault(name, []).append(row)


def _bodies() -> tuple[Body, ...]:
    municipalities = (
        ("strelsau", "Strelsau", 612_000, 6.0, "drops_what_it_inherited"),
        ("hofbau", "Hofbau", 143_000, 1.4, "dresses_quarter_ends"),
        ("tarlenheim", "Tarlenheim", 88_000, 1.2, "returns_invoices"),
        ("hentzau", "Hentzau", 97_000, 1.3, "leaves_judgments_unpaid"),
        ("elphberg", "Elphberg", 121_000, 1.4, "pays_small_firms_later"),
        ("rischenheim", "Rischenheim", 64_000, 1.0, "lip_service"),
        ("luzau", "Luzau", 71_000, 1.2, "pays_slowly"),
        ("bernenstein", "Bernenstein", 83_000, 1.2, "lets_old_invoices_lie"),
        ("krafstein", "Krafstein", 154_000, 2.0, "abandons_works"),
        ("erfundingen", "Erfundingen", 109_000, 2.0, "orphans_promises"),
        ("nirgendau", "Nirgendau", 118_000, 1.5, "cuts_its_budget"),
        ("festenburg", "Festenburg", 2_100, 0.03, "small_town"),
        ("wolkenstadt", "Wolkenstadt", 76_000, 1.0, "open_channels"),
        ("traumhafen", "Traumhafen", 187_000, 1.8, "quiet_change"),
        ("papierburg", "Papierburg", 91_000, 1.2, "hands_nothing_over"),
        ("sagenfurt", "Sagenfurt", 69_000, 1.0, "lets_deadlines_pass_in_silence"),
        ("nirgendsee", "Nirgendsee", 31_000, 0.7, "ignores_requests_to_channels"),
        ("fabelbruck", "Fabelbrück", 45_000, 0.8, "disappoints"),
        ("zenda", "Zenda", 38_000, 0.7, ""),
        ("wintenberg", "Wintenberg", 52_000, 0.8, ""),
        ("maerchenau", "Märchenau", 24_000, 0.5, ""),
        ("luftschloss", "Luftschloß", 17_000, 0.4, ""),
        ("niemandsfeld", "Niemandsfeld", 12_500, 0.35, ""),
        ("utopenheim", "Utopenheim", 9_800, 0.3, ""),
    )
    ministries = (
        ("public-works", "Public Works", 1.6, "launders_deadlines"),
        ("finance", "Finance", 0.9, "defaults_on_lenders"),
        ("health", "Health", 1.3, "hides_arrears"),
        ("justice", "Justice", 1.0, "claims_without_evidence"),
        ("education", "Education", 1.1, "ignores_audit"),
        ("environment", "Environment", 0.8, "edits_in_silence"),
        ("transport", "Transport", 1.3, "changes_without_law"),
        ("interior", "the Interior", 1.0, "publishes_late"),
    )
    agencies = (
        ("POL", "police-north", "Northern Police Authority", 1.2, "ping_pong"),
        ("POL", "police-south", "Southern Police Authority", 1.1, "stops_clocks_late"),
        ("AGY", "roads", "Roads Agency", 1.4, "one_bid"),
        ("AGY", "records", "Records Agency", 1.0, "evades_requests"),
        ("AGY", "statistics", "Statistics Agency", 0.7, "reports_do_not_add_up"),
        ("AGY", "water", "Water Agency", 1.0, "answers_requests_late"),
        ("AGY", "labour", "Labour Agency", 1.1, "closes_without_result"),
        ("AGY", "forests", "Forests Agency", 0.7, ""),
    )
    whole = sum(row[2] for row in municipalities)
    found = [
        Body(f"{COUNTRY}-MUN-{key}", f"Municipality of {name} (invented)", "municipality",
             people, volume, behaviour)
        for key, name, people, volume, behaviour in municipalities
    ]  # fmt: skip
    found += [
        Body(f"{COUNTRY}-MIN-{key}", f"Ministry of {name} of Ruritania (invented)", "ministry",
             whole, volume, behaviour)
        for key, name, volume, behaviour in ministries
    ]  # fmt: skip
    found += [
        Body(f"{COUNTRY}-{kind}-{key}", f"{name} of Ruritania (invented)", "agency", whole,
             volume, behaviour)
        for kind, key, name, volume, behaviour in agencies
    ]  # fmt: skip
    return tuple(found)


BODIES = _bodies()


def truth() -> dict[str, Any]:
    """What was planted and where, and who must not stand out: the content of truth.json."""
    planted, apart = [], []
    for body in BODIES:
        if not body.behaviour:
            continue
        behaviour = BEHAVIOURS[body.behaviour]
        said = {"body_id": body.body_id, "behaviour": body.behaviour, "story": behaviour.story}
        if behaviour.shows:
            may = sorted(set(behaviour.may_show) - set(behaviour.shows))
            planted.append(said | {"shows": behaviour.shows, "may_show": may})
        else:
            where = list(MUST_NOT_STAND_OUT[body.behaviour])
            apart.append(said | {"indicators": where, "may_show": sorted(behaviour.may_show)})
    return {
        "what": PLAINLY,
        "country": COUNTRY,
        "as_of": date_of(AS_OF).isoformat(),
        "bodies": [body.body_id for body in BODIES],
        "honest_town": TOWN,
        "planted": planted,
        "must_not_stand_out": apart,
    }


def firms(seed: int, many: int = 600) -> tuple[Firm, ...]:
    """The firms of the country, of which seven in ten are small."""
    small = stream(seed, "firms").random(many) < 0.7
    return tuple(
        Firm(f"{COUNTRY}-FIRM-{number:04d}", f"Invented Firm {number:04d} Ltd", bool(small[number]))
        for number in range(many)
    )


def changes_of(making: Making) -> list[int]:
    """The days on which a new holder takes the accountable post of a body: one or two."""
    if making.body.behaviour in _ON_THE_DAY:
        return [THE_CHANGE]
    draws = making.draws("term")
    first = int(worked(int(draws.integers(_CHANGES_FROM, _CHANGES_UNTIL - 730))))
    second = first + int(draws.integers(720, 900))
    return [first, int(worked(second))] if draws.random() < 0.5 else [first]


def terms(making: Making, changes: list[int]) -> None:
    """The terms of the post: one before the country's first day, one from each change on.

    Where office changed twice, somebody acts for forty days before the second, which opens nothing.
    """
    body = making.body
    post = {"municipality": "mayor", "ministry": "minister"}.get(body.level, "head of the agency")
    starts = [FIRST - 600, *changes]
    for number, start in enumerate(starts):
        end = starts[number + 1] - 1 if number + 1 < len(starts) else None
        if number == 1 and end is not None:
            _term(making, "acting", post, end - 39, end, acting=True)
            end -= 40
        _term(making, str(number), post, start, end, acting=False)


def _term(
    making: Making, name: str, post: str, start: int, end: int | None, *, acting: bool
) -> None:
    making.add(
        "term",
        term_id=f"{making.body.body_id}-TERM-{name}",
        body_id=making.body.body_id,
        body_name=making.body.name,
        post=post,
        start_date=date_of(start),
        end_date=None if end is None else date_of(end),
        end_kind=None if end is None else "unscheduled" if acting else "scheduled",
        acting=acting,
    )


def chosen(draws: Any, of: tuple[Any, ...] | list[Any], weights: Array | None = None) -> Any:
    """One of several things."""
    share = None if weights is None else weights / weights.sum()
    return of[int(draws.choice(len(of), p=share))]
