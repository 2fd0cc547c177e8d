"""What Cardinal 0.0.8 answers where it is mistaken or silent, and what Troth answers: as examples.

Each is run: Cardinal's side by `troth.interop.cardinal`, Troth's by the line and by the machinery of
the worked examples (`troth.measure.examples`). The page docs/cardinal.md is made from them.
"""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa

from troth import pipeline
from troth.indicators import catalogue
from troth.indicators.words import Example
from troth.interop.cardinal.indicators import found_in
from troth.interop.cardinal.lines import Line, spelled, values, written
from troth.interop.cardinal.prepare import prepare
from troth.interop.cardinal.settings import parse
from troth.measure.examples import evaluate
from troth.store.generations import STORE, Working
from troth.store.plain import over
from troth.tables.procurement import HOT

Json = dict[str, Any]
Row = dict[str, Any]

AS_OF = date(2024, 6, 30)

NOT_MEASURED = "not measured by Troth yet"


@dataclass(frozen=True)
class Case:
    """One input. `troth` is the indicator that answers, or why none does.

    `bodies` asks for the figures of the public bodies as well as for the cases behind them.
    """

    given: str
    settings: str
    releases: Sequence[Json]
    troth: str = NOT_MEASURED
    meta: bool = False
    bodies: bool = False
    prepares: bool = False


@dataclass(frozen=True)
class Defect:
    """One of D1 to D15: what is found, the cases that show it, and what Troth does instead."""

    code: str
    found: str
    cases: Sequence[Case]
    instead: str


@dataclass(frozen=True)
class Answers:
    """What both said of one case."""

    cardinal: str
    troth: str


def _release(ocid: str, body: str = "", **parts: Any) -> Json:
    tender = {
        "id": "1",
        "procurementMethod": "open",
        "status": "complete",
        **parts.pop("tender", {}),
    }
    return {
        "ocid": ocid,
        "id": "1",
        "date": "2024-05-01T00:00:00Z",
        "tag": ["compiled"],
        "buyer": {"id": body or f"body-of-{ocid}", "name": body or f"Body of {ocid}"},
        "tender": tender,
        **parts,
    }


def _bid(number: int, firms: str, status: str = "valid", price: Any = None, **more: Any) -> Json:
    """A bid of firms named by one letter each."""
    made: Json = {
        "id": str(number),
        "status": status,
        "tenderers": [{"id": firm, "name": f"{firm} Ltd"} for firm in firms.split("+")],
        **more,
    }
    if price is not None:
        amount, currency = price if isinstance(price, tuple) else (price, "USD")
        made["value"] = {"amount": amount, "currency": currency}
    return made


def _award(firms: str, status: str | None = "active", number: int = 1, **more: Any) -> Json:
    suppliers = [{"id": firm, "name": f"{firm} Ltd"} for firm in firms.split("+")]
    state = {} if status is None else {"status": status}
    return {"id": str(number), "suppliers": suppliers, **state, **more}


def _thrown_out(ocid: str, body: str, bids: int, disqualified: int) -> Json:
    details = [
        _bid(number, f"T{number}", "disqualified" if number < disqualified else "valid")
        for number in range(bids)
    ]
    return _release(ocid, body, bids={"details": details})


def _others(name: str, least: int) -> Iterator[Json]:
    """Eight bodies with two processes of 20 bids each, `least` to `least + 3` of them disqualified."""
    for body in range(8):
        for number in (1, 2):
            ocid = f"{name}{body}-{number}"
            yield _thrown_out(ocid, f"body-{name}{body}", 20, least + body % 4)


def _gap(ocid: str, losing: float, winning: float = 100) -> Json:
    """A tender won by W at one price, with L behind it."""
    details = [_bid(1, "W", price=winning), _bid(2, "L", price=losing)]
    return _release(ocid, bids={"details": details}, awards=[_award("W")])


def _late(ocid: str, received: str, deadline: str) -> Json:
    return _release(
        ocid,
        tender={"tenderPeriod": {"startDate": "2024-01-01T00:00:00Z", "endDate": deadline}},
        bids={"details": [_bid(1, "W", date=received)]},
        awards=[_award("W")],
    )


def _lowest_out(ocid: str, currency: str, criteria: str | None = "priceOnly") -> Json:
    details = [
        _bid(1, "L", "disqualified", (90, currency)),
        _bid(2, "W", "valid", (100, currency)),
    ]
    tender = {} if criteria is None else {"awardCriteria": criteria}
    return _release(ocid, tender=tender, bids={"details": details}, awards=[_award("W")])


def _period(ocid: str, start: str, end: str) -> Json:
    return _release(ocid, tender={"tenderPeriod": {"startDate": start, "endDate": end}})


def _others_out(ocid: str, *awards: Json) -> Json:
    details = [_bid(1, "W"), _bid(2, "L", "disqualified")]
    return _release(ocid, bids={"details": details}, awards=list(awards))


def _classes(ocid: str, firm: str, codes: Sequence[str]) -> Json:
    items = [{"id": code, "classification": {"scheme": "CPV", "id": code}} for code in codes]
    return _release(ocid, awards=[_award(firm, items=items)])


def _in_lots() -> Json:
    lots = [{"id": "1"}, {"id": "2"}]
    details = [
        _bid(1, "A", relatedLots=["1"]),
        _bid(2, "B", relatedLots=["1"]),
        _bid(3, "C", relatedLots=["2"]),
        _bid(4, "D", "disqualified", relatedLots=["2"]),
    ]
    awards = [_award("A", relatedLots=["1"]), _award("C", number=2, relatedLots=["2"])]
    return _release("d13", tender={"lots": lots}, bids={"details": details}, awards=awards)


DEFECTS: tuple[Defect, ...] = (
    Defect(
        "D1",
        "R038's `minimum_contracting_processes` is compared with the number of bids.",
        [
            Case(
                "One process of 40 bids, 20 of them disqualified; at least 30 processes are asked for",
                "[R038]\nminimum_contracting_processes = 30",
                [_thrown_out("d1", "body-d1", 40, 20)],
                "P038",
                bodies=True,
            )
        ],
        "Bids are counted, and a figure of a single process is withheld however many bids it had.",
    ),
    Defect(
        "D2",
        "R030 compares dates as texts, so that a time zone makes a bid late or timely.",
        [
            Case(
                "`d2-timely` came at 11:30 UTC before a deadline at 12:00 UTC; `d2-late` came an hour "
                "after it",
                "[R030]",
                [
                    _late("d2-timely", "2024-03-01T13:30:00+02:00", "2024-03-01T12:00:00Z"),
                    _late("d2-late", "2024-03-01T13:00:00Z", "2024-03-01T14:00:00+02:00"),
                ],
                "P030",
            )
        ],
        "Moments are compared.",
    ),
    Defect(
        "D3",
        "Without `currency` the first one met decides what is compared, in each thread anew: with "
        "several currencies Cardinal's answer changes from run to run. Here it is that of one "
        "thread, and depends on the order of the lines.",
        [
            Case(
                "A tender in USD, then one in EUR",
                "[R036]",
                [_lowest_out("d3-usd", "USD"), _lowest_out("d3-eur", "EUR")],
                "P036",
            ),
            Case(
                "The same two, the other way round",
                "[R036]",
                [_lowest_out("d3-eur-first", "EUR"), _lowest_out("d3-usd-second", "USD")],
                "P036",
            ),
        ],
        "Bids are compared in the currency they are in, whatever stands in other lines.",
    ),
    Defect(
        "D4",
        "Where the quartiles are equal the fence is their value, and everybody is flagged.",
        [
            Case(
                "80 suppliers of one class of goods, 20 of two",
                "[R048]\nminimum_contracting_processes = 1",
                [
                    _classes(f"d4-s{n}", f"S{n}", ["10000000", "20000000"][: 1 + (n >= 80)])
                    for n in range(100)
                ],
            ),
            Case(
                "Four bodies, each with half of its 40 bids disqualified",
                "[R038]",
                [
                    _thrown_out(f"d4-{n}-{m}", f"body-d4-{n}", 20, 10)
                    for n in range(1, 5)
                    for m in (1, 2)
                ],
                "P038",
                bodies=True,
            ),
            Case(
                "25 tenders whose runner-up asks 10 % more than the winner",
                "[R024]\n[R058]",
                [_gap(f"d4-gap-{n}", 110) for n in range(25)],
                "P024",
            ),
        ],
        "Shares of bodies are published with their interval and no fence; among gaps that are all "
        "equal nobody stands out. Suppliers are not measured.",
    ),
    Defect(
        "D5",
        "R018 reads `tender/numberOfTenderers` alone, which most publishers leave out.",
        [
            Case(
                "An open tender with one bid, and no number of tenderers",
                "[R018]",
                [_release("d5", bids={"details": [_bid(1, "A")]})],
                "P018",
            )
        ],
        "The number is taken from the first of four places that has one.",
    ),
    Defect(
        "D6",
        "The fences of R024 and R025 nearly always fall to 0 or below, and then nothing is flagged.",
        [
            Case(
                "21 tenders with gaps of 10 to 30 %, and `d6-close` with 1 %",
                "[R024]",
                [*(_gap(f"d6-{n}", n) for n in range(110, 131)), _gap("d6-close", 101)],
                "P024",
                meta=True,
            )
        ],
        "The fence is drawn on logarithms, among at least 20 peers whose quartiles differ.",
    ),
    Defect(
        "D7",
        "R036 is documented for tenders that price alone decides; the criterion is never read.",
        [
            Case(
                "The lowest bid is disqualified: once where price decides, once where quality counts "
                "too, once where nothing is said",
                "[R036]",
                [
                    _lowest_out("d7-price", "USD"),
                    _lowest_out("d7-quality", "USD", "ratedCriteria"),
                    _lowest_out("d7-unsaid", "USD", None),
                ],
                "P036",
            )
        ],
        "Other criteria are none of the rule's business, and an unknown one leaves the case unknown.",
    ),
    Defect(
        "D8",
        "R003 flags a period that ends before it starts, and passes over dates without a zone or a "
        "time in silence.",
        [
            Case(
                "A deadline before the start; five days without a zone; five days without a time",
                "[R003]",
                [
                    _period("d8-backwards", "2024-03-10T00:00:00Z", "2024-03-01T00:00:00Z"),
                    _period("d8-no-zone", "2024-03-01T00:00:00", "2024-03-06T00:00:00"),
                    _period("d8-no-time", "2024-03-01", "2024-03-06"),
                ],
                "P003",
            )
        ],
        "A contradiction is called one; dates of one form are compared.",
    ),
    Defect(
        "D9",
        "An award without a status is ignored, while one with a misspelt status drops the process.",
        [
            Case(
                "A second award, once without a status, once misspelt",
                "[R035]",
                [
                    _others_out("d9-no-status", _award("W"), _award("X", None, 2)),
                    _others_out("d9-misspelt", _award("W"), _award("X", "actve", 2)),
                ],
                "P035",
            )
        ],
        "Both leave the case unknown, and the field is named.",
    ),
    Defect(
        "D10",
        "A winning price of 0 makes the ratio of R058 infinite: it is written as null, and flagged.",
        [
            Case(
                "A winner at 0, a runner-up at 100",
                "[R058]\nthreshold = 0.5",
                [_gap("d10", 100, 0)],
            ),
            Case(
                "The same, asked for close prices",
                "[R024]\nthreshold = 0.05",
                [_gap("d10-close", 100, 0)],
                "P024",
            ),
        ],
        "A price of 0 stands for a price that is not stated.",
    ),
    Defect(
        "D11",
        "R028 flags a firm against its own group. (It compares a bid only with the last one of its "
        "price; which tenderers are flagged is the same as if it compared all.)",
        [
            Case(
                "A bids 500 alone, and 500 together with B",
                "[R028]",
                [
                    _release(
                        "d11",
                        bids={"details": [_bid(1, "A", price=500), _bid(2, "A+B", price=500)]},
                    )
                ],
                "P028",
            )
        ],
        "Two bids are compared only if no firm stands behind both.",
    ),
    Defect(
        "D12",
        "The documentation says that other currencies than the main one are left out, and that "
        "`awardID` always becomes a text. R028, and `prepare` without its correction, do neither.",
        [
            Case(
                "Two equal bids in EUR, where the main currency is USD",
                "currency = USD\n[R028]",
                [
                    _release(
                        "d12",
                        bids={
                            "details": [
                                _bid(1, "A", price=(5, "EUR")),
                                _bid(2, "B", price=(5, "EUR")),
                            ]
                        },
                    )
                ],
                "P028",
            ),
            Case(
                "A contract whose `awardID` is a number, prepared",
                "",
                [{"ocid": "d12-number", "contracts": [{"id": "c", "awardID": 1}]}],
                "the reader takes a number for the text of it, always",
                prepares=True,
            ),
        ],
        "There is no main currency; equal prices are equal in any.",
    ),
    Defect(
        "D13",
        "R024, R025, R035, R048 and R058 know no lots, no awards to several suppliers, no joint bids.",
        [
            Case(
                "Two lots; in the second everybody but the winner was disqualified",
                "[R035]",
                [_in_lots()],
                "P035",
            )
        ],
        "Lots are judged one by one, and a group of firms wins as a group.",
    ),
    Defect(
        "D14",
        "Not flagged, not applicable and not computable look the same: nothing.",
        [
            Case(
                "Two tenderers; one tenderer in a direct award; a number that is missing",
                "[R018]",
                [
                    _release("d14-two", tender={"numberOfTenderers": 2}),
                    _release(
                        "d14-direct", tender={"numberOfTenderers": 1, "procurementMethod": "direct"}
                    ),
                    _release("d14-missing"),
                ],
                "P018",
            )
        ],
        "Every case ends in one of five outcomes, and what is missing is named.",
    ),
    Defect(
        "D15",
        "Fences are drawn over the data set, so that the same body is flagged in one and not in "
        "another.",
        [
            Case(
                "A body with half of its bids disqualified, among eight with 5 to 20 %",
                "[R038]",
                [
                    *(_thrown_out(f"d15-a{m}", "body-d15-low", 20, 10) for m in (1, 2)),
                    *_others("d15-b", 1),
                ],
                "P038",
                bodies=True,
            ),
            Case(
                "The same among eight with 80 to 95 %",
                "[R038]",
                [
                    *(_thrown_out(f"d15-c{m}", "body-d15-high", 20, 10) for m in (1, 2)),
                    *_others("d15-d", 16),
                ],
                "P038",
                bodies=True,
            ),
        ],
        "The share of a body is its own, and is the same in every data set.",
    ),
)


def answers() -> dict[str, list[Answers]]:
    """What Cardinal's rules and Troth's say of every case, by the code of the defect."""
    with tempfile.TemporaryDirectory() as folder:
        line = _Line(Path(folder))
        return {
            defect.code: [Answers(_cardinal(case), line.answer(case)) for case in defect.cases]
            for defect in DEFECTS
        }


def _cardinal(case: Case) -> str:
    settings = parse(case.settings, "settings.ini")
    if case.prepares:
        lines = [Line(n, json.dumps(one).encode()) for n, one in enumerate(case.releases, 1)]
        prepared = prepare(lines, settings.preparing, lambda _line, _why: None)
        return " ".join(one.text for one in prepared)
    releases = (value for _, value in values(_lines(case.releases), spelled, lambda _n, _why: None))
    results = found_in(releases, settings).results.as_json(meta=case.meta)
    return _in_short(results)


def _lines(releases: Sequence[Json]) -> Iterator[Line]:
    return (Line(n, json.dumps(one).encode()) for n, one in enumerate(releases, 1))


#: A group with more ids than this is counted, not listed.
LISTED = 4


def _in_short(results: Json) -> str:
    """The results object; of a group with many ids only how many there are."""
    short = {
        group: f"{len(found)} flagged" if group != "Meta" and len(found) > LISTED else found
        for group, found in results.items()
    }
    return written(short)


class _Line:
    """Troth's line, run once over the releases of all cases."""

    def __init__(self, folder: Path) -> None:
        path = folder / "releases.jsonl"
        releases = [one for defect in DEFECTS for case in defect.cases for one in case.releases]
        path.write_text("".join(json.dumps(one) + "\n" for one in releases), encoding="utf-8")
        options = pipeline.Options(out=folder / "out", as_of=AS_OF, jobs=1)
        self.measurements = pipeline.run_to_score([str(path)], options).measured.measurement
        working = Working(options.out / STORE).read()
        engine = over(working.path, threads=1, memory=options.memory)
        try:
            self.tables = {
                table.name: engine.sql(f'SELECT * FROM "{table.name}"').to_arrow_table()
                for table in HOT
            }
        finally:
            engine.close()
            working.close()
        process = self.tables["process"]
        self.pids = dict(zip(process["ocid"].to_pylist(), process["pid"].to_pylist(), strict=True))
        self.backend = ibis.duckdb.connect()

        self.states: dict[str, dict[int, str]] = {}

    def answer(self, case: Case) -> str:
        """What Troth says of a case: of its bodies if asked, and of each process."""
        if case.troth not in catalogue():
            return case.troth
        told = _listed(self._states(case))
        if case.bodies:
            told = "; ".join([*self._bodies(case), f"cases: {told}"])
        return f"{case.troth}: {told}"

    def _states(self, case: Case) -> dict[str, str]:
        """What the indicator says of each process of the case."""
        pids = {self.pids[one["ocid"]]: str(one["ocid"]) for one in case.releases}
        if catalogue()[case.troth].comparison is not None:
            # It looks at all cases there are, so it must see these alone.
            return _named(self._asked(case.troth, set(pids)), pids)
        if case.troth not in self.states:
            mine = {
                self.pids[one["ocid"]]
                for defect in DEFECTS
                for other in defect.cases
                if other.troth == case.troth
                for one in other.releases
            }
            self.states[case.troth] = self._asked(case.troth, mine)
        return _named(self.states[case.troth], pids)

    def _asked(self, code: str, pids: set[int]) -> dict[int, str]:
        """The indicator asked of some processes, as a page asks its worked examples."""
        tables = {name: _of(rows, pids) for name, rows in self.tables.items()}
        found = evaluate(Example(code, {}, AS_OF, (), tables, ()), catalogue()[code], self.backend)
        return {
            one["pid"]: f"{one['state']} ({one['field']})" if one["field"] else one["state"]
            for one in found
        }

    def _bodies(self, case: Case) -> list[str]:
        bodies = list(dict.fromkeys(one["buyer"]["id"] for one in case.releases))
        shown = bodies[:1] if len(bodies) > LISTED else bodies
        rows = {
            row["body_id"]: row
            for row in self.measurements.to_pylist()
            if row["indicator"] == case.troth and row["period"] == "all"
        }
        told = Counter(_figure(rows[body]) for body in shown)
        return [
            f"{shown[0]} {text}" if count == 1 else f"{count} bodies {text}"
            for text, count in told.items()
        ]


def _named(states: Mapping[int, str], names: Mapping[int, str]) -> dict[str, str]:
    return {ocid: states[pid] for pid, ocid in names.items() if pid in states}


def _of(rows: pa.Table, pids: set[int]) -> tuple[Mapping[str, Any], ...]:
    return tuple(row for row in rows.to_pylist() if row["pid"] in pids)


def _figure(row: Mapping[str, Any]) -> str:
    if row["value"] is None:
        return f"withheld ({row['reason']})"
    low, high = (round(100 * row[name]) for name in ("low", "high"))
    return f"{100 * row['value']:.0f} % ({low} to {high} %)"


def _listed(states: Mapping[str, str]) -> str:
    """Each case and its state; of many cases how many are in each."""
    if len(states) <= LISTED:
        return ", ".join(f"{ocid} {state}" for ocid, state in states.items())
    counted = Counter(states.values())
    rare = {state for state, count in counted.items() if count == 1}
    return ", ".join(
        [f"{count} {state}" for state, count in counted.items() if state not in rare]
        + [f"{ocid} {state}" for ocid, state in states.items() if state in rare]
    )
