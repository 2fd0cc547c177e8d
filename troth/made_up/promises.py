"""What a body promises, how the promise changes, what is said of it, and what can be shown.

A promise is done on some day or never. What is published of it is another matter: statements come
about every four months, a deadline may be moved, and a claim may rest on nothing.
"""

from __future__ import annotations

import hashlib
from typing import Any

from troth.made_up.chance import (
    AS_OF,
    FIRST,
    YEARS,
    amounts,
    date_of,
    known,
    number_of,
    spread_days,
    worked,
)
from troth.made_up.contracts import BASIS, COMPENSATION, LAWFUL, LAWFUL_LACKING, REASONS, WORDS
from troth.made_up.country import CURRENCY, Making, chosen
from troth.tables.obligations import (
    ASSESSMENT,
    COMMITMENT,
    COMMITMENT_REV,
    COMMITMENT_UPDATE,
    PROOF,
    RECOMMENDATION,
)

COMMITMENTS, RECOMMENDATIONS = 45, 160

#: Each of the elements that make a promise one that can be judged; there, and elsewhere.
ELEMENT_LACKING, ELEMENT = 0.2, 0.85

#: Promises done by their first day, and never done; where deadlines are laundered, and elsewhere.
IN_TIME_THERE, IN_TIME, NEVER_DONE = 0.08, 0.7, 0.1

#: Deadlines that are moved after they were missed, and promises that are given up.
MOVED, WITHDRAWN_THERE, WITHDRAWN = 0.12, 0.25, 0.06

#: Inherited promises that nobody touches for so many days after a change of office.
ORPHANED, ORPHANED_FOR = 0.95, 200

#: Days before a deadline from which on one town is silent.
SILENT = 60

#: Days between statements, and the share of claims with a proof that carries; there, and elsewhere.
STATEMENTS, PROVEN_THERE, PROVEN = 120, 0.1, 0.93

#: Recommendations carried out; there, and elsewhere.
CARRIED_OUT_THERE, CARRIED_OUT = 0.2, 0.8

ORIGINS = ("plan", "speech", "investment_agreement", "programme", "court", "audit")


def promises(making: Making, changes: list[int]) -> list[tuple[str, int, int | None]]:
    """Every table of what the body promised; gives each promise, when it was made and done."""
    draws = making.draws("commitment")
    many = making.many(COMMITMENTS, power=0.5)
    found = []
    for number in range(many):
        found.append(_promise(making, number, changes, draws))
    _recommendations(making)
    return found


def _promise(
    making: Making, number: int, changes: list[int], draws: Any
) -> tuple[str, int, int | None]:
    body = making.body
    commitment_id = f"{body.body_id}-P{number:04d}"
    announced = int(worked(int(draws.integers(FIRST, AS_OF - 300))))
    planned = int(min(max(spread_days(draws, 1, 420.0, 0.4)[0], 150), 1100))
    due, luck = announced + planned, draws.random(8)
    in_time = IN_TIME_THERE if body.does("launders_deadlines") else IN_TIME
    if luck[0] < in_time:
        done: int | None = due - int(draws.integers(0, max(planned // 4, 1)))
    elif luck[0] < 1 - NEVER_DONE:
        done = due + int(spread_days(draws, 1, 150.0, 0.7)[0])
    else:
        done = None
    withdrawn = WITHDRAWN_THERE if body.does("changes_without_law") else WITHDRAWN
    given_up = announced + int(planned * luck[1]) if luck[2] < withdrawn else None
    if given_up is not None:
        done = None
    element = ELEMENT_LACKING if body.does("lip_service") else ELEMENT
    has = draws.random(5) < element
    thing = " ".join(draws.choice(WORDS, 2, replace=False).tolist())
    money = float(amounts(draws, 1, 90_000.0)[0])
    making.add(
        COMMITMENT,
        commitment_id=commitment_id,
        body_id=body.body_id,
        body_name=body.name,
        origin=chosen(draws, ORIGINS),
        announced=date_of(announced),
        text=f"Invented promise: {thing}",
        original_due=date_of(due) if has[0] or not body.does("lip_service") else None,
        metric=f"number of {thing.split()[0]}s" if has[1] else None,
        target=str(int(draws.integers(2, 60))) if has[1] else None,
        budget_amount=money if has[2] else None,
        currency=CURRENCY if has[2] else None,
        responsible_unit=f"Unit {draws.integers(1, 9)} (invented)" if has[3] else None,
        beneficiary=f"residents of Ward {draws.integers(1, 13)} (invented)" if has[4] else None,
        parent_id=None,
    )
    deadlines = _revisions(making, commitment_id, announced, due, done, given_up, draws)
    end = min(x for x in (done, given_up, AS_OF) if x is not None)
    status = _statements(making, commitment_id, announced, deadlines, end, done, changes)
    _assessed(making, commitment_id, done, status, int(has.sum()))
    return commitment_id, announced, done if given_up is None else given_up


def _revisions(
    making: Making,
    commitment_id: str,
    announced: int,
    due: int,
    done: int | None,
    given_up: int | None,
    draws: Any,
) -> list[int]:
    """The deadlines of a promise, the first first, as far as they were set by the last day."""
    deadlines, entries = [due], []
    if making.body.does("launders_deadlines"):
        while (done is None or done > deadlines[-1]) and len(deadlines) < 6:
            day = max(deadlines[-1] - int(draws.integers(2, 20)), announced + 1)
            if day > AS_OF or draws.random() < 0.05 or (given_up is not None and day >= given_up):
                break
            deadlines.append(deadlines[-1] + int(draws.integers(120, 260)))
            entries.append((day, deadlines[-1]))
    elif draws.random() < MOVED and (done is None or done > due):
        day = due + int(draws.integers(5, 60))
        if day <= AS_OF and (given_up is None or day < given_up) and (done is None or day < done):
            deadlines.append(due + int(draws.integers(90, 240)))
            entries.append((day, deadlines[-1]))
    # A change that the law and those who lose by it would bear: how a promise should be changed.
    lawful = LAWFUL_LACKING if making.body.does("changes_without_law") else LAWFUL
    acts: list[tuple[int, int | None]] = [*entries]
    if given_up is not None and given_up <= AS_OF:
        acts.append((given_up, None))
    for number, (day, new) in enumerate(acts):
        has = draws.random(3) < lawful ** (1 / 3)
        making.add(
            COMMITMENT_REV,
            commitment_id=commitment_id,
            rev_no=number,
            date=date_of(day),
            new_due=None if new is None else date_of(new),
            new_target=None,
            new_unit=None,
            withdrawn=new is None,
            reason=chosen(draws, REASONS) if has[0] else None,
            legal_basis=BASIS if has[1] else None,
            compensation=COMPENSATION if has[2] else None,
        )
    return deadlines


def _statements(
    making: Making,
    commitment_id: str,
    announced: int,
    deadlines: list[int],
    end: int,
    done: int | None,
    changes: list[int],
) -> str:
    """What is said of a promise until it ends; gives what the last statement claims."""
    body, draws = making.body, making.draws(f"commitment_update {commitment_id}")
    claims_all = body.does("claims_without_evidence")
    due = deadlines[0]
    until = min(max(end, due + 60), AS_OF)
    days = [*range(announced + int(draws.integers(20, STATEMENTS)), until, STATEMENTS)]
    days = [day + int(draws.integers(-15, 16)) for day in days]
    # Most bodies say where a promise stands when its day comes.
    days += [due + int(draws.integers(0, 60)) for _ in range(1) if draws.random() < 0.85]
    if done is not None:
        days = [day for day in days if day < done]
    last = due if claims_all and (done is None or done > due) else done
    if last is not None:
        days = [day for day in days if day < last] + [last]
    if body.does("lets_deadlines_pass_in_silence"):
        days = [day for day in days if day < due - SILENT]
    if body.does("orphans_promises"):
        change = next((day for day in changes if day > announced), None)
        if change is not None and draws.random() < ORPHANED:
            days = [day for day in days if not change < day <= change + ORPHANED_FOR]
    status = "not_started"
    for number, day in enumerate(sorted({x for x in days if announced < x <= AS_OF})):
        complete = day == last
        share = (day - announced) / max(due - announced, 1)
        status = "complete" if complete else "substantial" if share > 0.8 else "limited"
        proven = draws.random() < (PROVEN_THERE if claims_all else PROVEN)
        if body.does("lip_service") and not complete:
            proven = draws.random() < 0.3
        grade = chosen(draws, ("A", "B", "B")) if proven and complete else "B" if proven else "D"
        evidence_id = (
            None if grade == "D" and draws.random() < 0.5 else f"{commitment_id}-E{number}"
        )
        if evidence_id is not None:
            making.add(
                PROOF,
                evidence_id=evidence_id,
                url=f"https://ruritania.invalid/{evidence_id}",
                sha256=hashlib.sha256(evidence_id.encode()).hexdigest(),
                grade=grade,
                independent=grade == "A",
            )
        making.add(
            COMMITMENT_UPDATE,
            update_id=f"{commitment_id}-U{number:02d}",
            commitment_id=commitment_id,
            date=date_of(day),
            claimed_status=status,
            evidence_id=evidence_id,
        )
    return status


def _assessed(
    making: Making, commitment_id: str, done: int | None, said: str, elements: int
) -> None:
    """Two assessors code how far a promise has come, as far as it can be seen, and what it names."""
    draws = making.draws(f"assessment {commitment_id}")
    shown = PROVEN_THERE if making.body.does("claims_without_evidence") else PROVEN
    if done is not None and done <= AS_OF and draws.random() < shown:
        reached = 3
    else:
        reached = 0 if said == "not_started" else 1 if draws.random() < 0.6 else 2
        if draws.random() > shown:
            reached = 0
    when = known(AS_OF - 30)
    for code, right, most in (("completion", reached, 3), ("specificity", elements, 5)):
        for assessor in ("A1", "B2"):
            answer = right
            if draws.random() < 0.05:
                answer = min(max(right + (1 if draws.random() < 0.5 else -1), 0), most)
            making.add(
                ASSESSMENT,
                body_id=making.body.body_id,
                body_name=making.body.name,
                item_id=commitment_id,
                assessor=assessor,
                date=when,
                code=code,
                value=float(answer) / 3 if code == "completion" else float(answer),
                note=None,
            )


def _recommendations(making: Making) -> None:
    body, draws = making.body, making.draws("recommendation")
    carried_out = CARRIED_OUT_THERE if body.does("ignores_audit") else CARRIED_OUT
    for number in range(making.many(RECOMMENDATIONS, power=0.5)):
        year = YEARS[number % len(YEARS)]
        issued = int(worked(number_of(f"{year}-03-01") + int(draws.integers(0, 200))))
        if issued > AS_OF:
            continue
        luck, wait = draws.random(3), int(spread_days(draws, 1, 400.0, 0.6)[0])
        implemented = luck[0] < carried_out
        closed = issued + (wait if implemented else wait + 400)
        ends = closed <= AS_OF and (implemented or luck[1] < 0.5)
        making.add(
            RECOMMENDATION,
            recommendation_id=f"{body.body_id}-R{number:03d}",
            body_id=body.body_id,
            body_name=body.name,
            source="Court of Auditors of Ruritania (invented)",
            issued=date_of(issued),
            priority="high" if luck[2] < 0.25 else "usual",
            accepted=bool(implemented or luck[1] < 0.7),
            closed=date_of(closed) if ends else None,
            closed_as=("implemented" if implemented else "not_implemented") if ends else None,
        )


def handovers(
    making: Making,
    changes: list[int],
    contracts: list[Any],
    promised: list[tuple[str, int, int | None]],
) -> None:
    """What was open when office changed, as far as it is on the list that was published then."""
    draws = making.draws("handover")
    listed = 0.08 if making.body.does("hands_nothing_over") else 0.8
    judgments = [
        (row["judgment_id"], row["final_date"].toordinal() - date_of(0).toordinal(), None)
        for row in making.rows.get("judgment", [])
    ]
    paid = {
        row["judgment_id"]: row["date"].toordinal() - date_of(0).toordinal()
        for row in making.rows.get("judgment_payment", [])
    }
    kinds: list[tuple[str, list[tuple[str, int, int | None]]]] = [
        ("registered_contract", [(one.contract_id, one.signed, one.ended) for one in contracts]),
        ("judgment", [(name, since, paid.get(name)) for name, since, _ in judgments]),
        ("commitment", promised),
    ]
    for change in changes:
        for table, items in kinds:
            for name, since, ended in items:
                open_then = since < change and (ended is None or ended > change)
                if not open_then or draws.random() > listed:
                    continue
                when = int(worked(change + int(draws.integers(5, 80))))
                making.add(
                    "handover",
                    handover_id=f"{making.body.body_id}-H{len(making.rows.get('handover', [])):05d}",
                    body_id=making.body.body_id,
                    body_name=making.body.name,
                    item_table=table,
                    item_id=name,
                    listed_on=date_of(min(when, AS_OF)),
                    url=f"https://ruritania.invalid/{making.body.body_id}/handover",
                )
