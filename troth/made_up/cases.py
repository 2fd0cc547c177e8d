"""Cases that people bring, their way through the units of a body, and what surveys found."""

from __future__ import annotations

from datetime import date
from typing import Any

from troth.made_up.chance import AS_OF, FIRST, YEARS, date_of, known, spread_days, worked
from troth.made_up.country import TOWN_CASES, Making, chosen
from troth.tables.cases import CASE, CASE_EVENT, SURVEY

CASES = 150

#: Days to deal with a case, and how long it usually takes.
ALLOWED, MEDIAN = 30, 11.0

#: A case is passed on once; and, having been passed on, once more; there, and elsewhere.
PASSED, AGAIN_THERE, AGAIN = 0.75, 0.55, 0.12
#: Of passing on again, the share back to a unit that had the case; there, and elsewhere.
BACK_THERE, BACK = 0.7, 0.2

#: Cases with a stopped clock; there, and elsewhere; where it is stopped, in parts of the term.
PAUSED_THERE, PAUSED = 0.45, 0.16
LATE_FROM, LATE_UNTIL = 0.84, 0.99

#: Closures that come to nothing: opened again, without decision, the same matter again.
EMPTY_THERE = (0.3, 0.25, 0.3)
EMPTY = (0.04, 0.02, 0.02)

UPHELD, ESCALATED, TOPICS = 0.51, 0.05, 12
SATISFIED_THERE, SATISFIED, TRUSTED_THERE, TRUSTED = 0.45, 0.72, 0.25, 0.46

#: Month and day on which surveys end, and the part of those asked that answers.
ASKED_ON, ANSWERS = (11, 30), 0.5

#: Times the usual number of cases where channels are open.
OPEN = 5.0

UNITS = ("intake", "works", "finance", "legal", "social", "permits")
CHANNELS = ("complaint", "petition", "hotline", "311")


def cases(making: Making) -> None:
    """Every table of cases and surveys of the body."""
    if making.body.is_town:
        _town(making)
    else:
        _many(making)
    _surveys(making)


def _town(making: Making) -> None:
    """Seven cases: one was acknowledged late, one of six that are closed was closed late."""
    draws = making.draws("case")
    for number in range(TOWN_CASES):
        received = int(worked(FIRST + 200 + number * 380))
        acknowledged = received + (9 if number == 2 else 1)
        closed = None if number == TOWN_CASES - 1 else received + (41 if number == 4 else 12)
        case_id = f"{making.body.body_id}-K{number:05d}"
        _case(making, case_id, number, received, acknowledged, closed, draws, {})
        log = _Log(making, case_id)
        log.add(received, 9, "received", 0)
        log.add(received + 1, 10, "transfer", 1)
        if closed is not None:
            log.add(closed, 11, "decision", 1)
            log.add(closed, 12, "closed", 1)


def _many(making: Making) -> None:
    body, draws = making.body, making.draws("case")
    many = making.many(CASES) * (OPEN if body.does("open_channels") else 1.0)
    again = AGAIN_THERE if body.does("ping_pong") else AGAIN
    back = BACK_THERE if body.does("ping_pong") else BACK
    late = body.does("stops_clocks_late")
    empty = EMPTY_THERE if body.does("closes_without_result") else EMPTY
    # As many areas as keep chance meetings of two matters alike in large and small bodies.
    places = max(3, int(many / 15))
    former: dict[str, Any] | None = None
    for number in range(int(many)):
        case_id = f"{body.body_id}-K{number:05d}"
        luck = draws.random(12)
        received = int(worked(int(draws.integers(FIRST, AS_OF - 3))))
        extra: dict[str, Any] = {"place_key": f"P{draws.integers(places):03d}"}
        if former is not None and luck[0] < empty[2]:
            # The matter of the case before comes back.
            received = former["closed"] + 3 + int(luck[1] * 50)
            extra = {"place_key": former["place"], "topic_key": former["topic"]}
            if luck[2] < 0.7:
                extra["repeat_of"] = former["case_id"]
        former = None
        if received > AS_OF:
            received, extra = AS_OF - 2, {"place_key": extra["place_key"]}
        takes = min(max(float(spread_days(draws, 1, MEDIAN, 0.6)[0]), 2.0), 200.0)
        path, paused = _path(draws, again, back), 0
        log = _Log(making, case_id)
        log.add(received, 8, "received", 0)
        pause = None
        if luck[3] < (PAUSED_THERE if late else PAUSED):
            place = LATE_FROM + (LATE_UNTIL - LATE_FROM) * luck[4] if late else luck[4]
            takes = max(takes, ALLOWED * place + 1.5)
            pause, paused = received + int(ALLOWED * place) + 1, 3 + int(luck[5] * 15)
            if late:
                pause = received + int(ALLOWED * place)
        for step, unit in enumerate(path[1:]):
            day = received + int(min(takes * 0.6, 20) * (step + 1) / (len(path) + 1))
            if pause is None or day < pause:
                log.add(day, 9 + step, "transfer", unit)
        if pause is not None:
            log.add(pause, 15, "pause", log.unit)
            log.add(pause + paused, 16, "resume", log.unit)
        closed = int(worked(received + int(takes) + paused))
        if luck[6] > empty[1]:
            log.add(closed, 17, "decision", log.unit)
        log.add(closed, 18, "closed", log.unit)
        reopened = closed + 5 + int(luck[7] * 30) if luck[8] < empty[0] else None
        if reopened is not None:
            log.add(reopened, 9, "reopened", log.unit)
            log.add(reopened + 8, 10, "closed", log.unit)
            extra["reopened_date"] = known(reopened)
        last = closed if reopened is None or reopened > AS_OF else reopened + 8
        row = _case(making, case_id, number, received, received + 1, last, draws, extra)
        if last <= AS_OF - 60:
            former = {"case_id": case_id, "closed": last, "place": row["place_key"],
                      "topic": row["topic_key"]}  # fmt: skip


def _path(draws: Any, again: float, back: float) -> list[int]:
    """The units of a case, the intake first."""
    path = [0]
    if draws.random() < PASSED:
        path.append(int(draws.integers(1, len(UNITS))))
    while len(path) > 1 and len(path) < 7 and draws.random() < again:
        had = [unit for unit in path[1:] if unit != path[-1]]
        if had and draws.random() < back:
            path.append(int(chosen(draws, had)))
        else:
            path.append(int(chosen(draws, [u for u in range(1, len(UNITS)) if u != path[-1]])))
    return path


def _case(
    making: Making,
    case_id: str,
    number: int,
    received: int,
    acknowledged: int,
    closed: int | None,
    draws: Any,
    extra: dict[str, Any],
) -> dict[str, Any]:
    luck = draws.random(4)
    ended = closed is not None and closed <= AS_OF
    row: dict[str, Any] = {
        "case_id": case_id,
        "body_id": making.body.body_id,
        "body_name": making.body.name,
        "channel": CHANNELS[number % len(CHANNELS)],
        "received": date_of(received),
        "acknowledged": None if luck[3] < 0.01 else known(acknowledged),
        "sla_days": ALLOWED,
        "sla_days_kind": "calendar",
        "closed": known(closed),
        "outcome": None if not ended else "escalated" if luck[0] < ESCALATED else "closed",
        "upheld": bool(luck[1] < UPHELD) if ended else None,
        "reopened_date": None,
        "topic_key": f"T{int(luck[2] * TOPICS):02d}",
        "place_key": f"P{number % 3:03d}",
        "repeat_of": None,
        "decision_key": None,
    } | extra
    is_over, taken = row["closed"] is not None, row["outcome"] == "escalated"
    row["escalated_to"] = None if not is_over else "higher_body" if taken else "nowhere"
    row["escalated_date"] = row["closed"] if taken else None
    making.add(CASE, **row)
    return row


class _Log:
    """The events of one case, in order, none after the last day."""

    def __init__(self, making: Making, case_id: str) -> None:
        self.making, self.case_id, self.number, self.unit = making, case_id, 0, 0

    def add(self, day: int, hour: int, event: str, unit: int) -> None:
        self.unit = unit
        if day > AS_OF:
            return
        self.making.add(
            CASE_EVENT,
            case_id=self.case_id,
            event_no=self.number,
            ts=f"{date_of(day).isoformat()}T{hour:02d}:00:00Z",
            event=event,
            unit=UNITS[unit],
        )
        self.number += 1


def _surveys(making: Making) -> None:
    body, draws = making.body, making.draws("survey")
    sad = body.does("disappoints")
    for year in YEARS:
        for about, question, share, asked in (
            ("satisfaction", "satisfied with how the case was handled",
             SATISFIED_THERE if sad else SATISFIED, 400),
            ("trust", "trust of 6 to 10 on a scale of 0 to 10",
             TRUSTED_THERE if sad else TRUSTED, 900),
        ):  # fmt: skip
            n = max(5, round(asked * min(body.volume, 1.0)))
            found = draws.binomial(n, share) / n
            making.add(
                SURVEY,
                body_id=body.body_id,
                body_name=body.name,
                wave=str(year),
                question=question,
                about=about,
                date=date(year, *ASKED_ON),
                asked=round(n / ANSWERS),
                n=n,
                n_eff=round(n * 0.8, 1),
                share_or_mean=round(float(found), 4),
                se=round(float((max(found * (1 - found), 0.01) / (n * 0.8)) ** 0.5), 4),
            )
