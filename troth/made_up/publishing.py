"""What a body publishes and answers: requests for information, duties to publish, probes."""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import Any

import numpy as np

from troth.made_up.chance import (
    AS_OF,
    FIRST,
    YEARS,
    date_of,
    known,
    number_of,
    spread_days,
    worked,
    working_days_after,
    year_of,
)
from troth.made_up.country import Making, chosen
from troth.tables.information import (
    DISC_ITEM,
    DISC_OBS,
    FOI,
    FOI_ANNUAL,
    FOI_ANNUAL_DISPUTE,
    FOI_ANNUAL_REASON,
    PROBE,
)

REQUESTS = 320

#: Working days to answer, and of an extension, which one request in ten gets.
TERM, EXTENDED = 20, 0.1

OUTCOMES = ("full", "partial", "refused", "not_held", "not_processed", "other")
USUAL = np.array([0.55, 0.18, 0.1, 0.09, 0.05, 0.03])
EVASIVE = np.array([0.12, 0.08, 0.12, 0.24, 0.36, 0.08])

REASONS = {
    "refused": ("secrecy of the state", "privacy of others", "business secrets", "safety"),
    "not_held": ("not held", "to be made first", "another body holds it"),
    "not_processed": ("repeated request", "unreasonable number", "consultation in disguise"),
    "other": ("withdrawn", "fee not paid"),
}
CATCH_ALL = {
    "refused": ("internal matter",),
    "not_held": ("not held", "unclear request"),
    "not_processed": ("unclear request", "not information"),
    "other": ("other",),
}

#: Requests answered late and never; there, and elsewhere.
LATE_THERE, LATE, NEVER_THERE, NEVER = 0.5, 0.07, 0.25, 0.02

#: Disputes of a year of a usual body, and the share in which the answer was corrected.
DISPUTES, CORRECTED_THERE, CORRECTED = 6, 0.55, 0.15

#: Things to be published: title, how often, days allowed, whether it flatters, for machines.
_YEARLY, _QUARTERLY = "yearly", "quarterly"
ITEMS = (
    ("arrears-stock", "stock of arrears", _QUARTERLY, 30, "unfavourable", True),
    ("arrears-age", "age of arrears", _QUARTERLY, 30, "unfavourable", True),
    ("arrears-composition", "composition of arrears", _QUARTERLY, 30, "unfavourable", True),
    ("spending", "spending by unit", _QUARTERLY, 45, "neutral", True),
    ("contracts", "register of contracts", _QUARTERLY, 30, "neutral", True),
    ("services", "services delivered", _QUARTERLY, 45, "favourable", False),
    ("judgments", "judgments against the body", _YEARLY, 60, "unfavourable", False),
    ("audit", "report of the auditors", _YEARLY, 90, "unfavourable", False),
    ("complaints", "complaints upheld", _YEARLY, 60, "unfavourable", True),
    ("overdue-contracts", "overdue contracts of small firms", _YEARLY, 90, "unfavourable", True),
    ("budget", "budget", _YEARLY, 60, "neutral", True),
    ("accounts", "accounts", _YEARLY, 120, "neutral", True),
    ("plan", "plan of the year", _YEARLY, 60, "favourable", False),
    ("achievements", "achievements of the year", _YEARLY, 60, "favourable", False),
    ("grants", "grants given", _YEARLY, 60, "favourable", True),
    ("posts", "posts and terms of office", _YEARLY, 30, "neutral", True),
    ("foi-report", "report on requests for information", _YEARLY, 31, "neutral", True),
    ("property", "property sold and let", _YEARLY, 60, "neutral", True),
)

#: Of what is to be published: not published, changed without a note, and gone after some months.
MISSING, ALTERED, GONE = 0.05, 0.01, 0.01

PROBES = 8


def _asked(key: str) -> str:
    """Which report on arrears a duty asks for, as its source says it."""
    return f"{key.replace('-', ' ')}: " if key.startswith("arrears-") else ""


def items() -> list[dict[str, Any]]:
    """The rows of `disc_item`: what every body of the country must publish."""
    return [
        {
            "item_id": f"XR-DUTY-{key}",
            "duty_source": f"{_asked(key)}Invented Publication Act, section 9",
            "title": f"{title} (invented)",
            "weight": 2.0 if tag == "unfavourable" else 1.0,
            "freq": often,
            "deadline_rule": f"{days} days",
            "machine_readable_required": machine,
            "tag": tag,
        }
        for key, title, often, days, tag, machine in ITEMS
    ]


DISC_ITEM_NAME = DISC_ITEM.name


def publishing(making: Making) -> None:
    """Every table of what the body publishes and how it answers."""
    _annual(making, _requests(making))
    _disclosures(making)
    _probes(making)


def _requests(making: Making) -> list[dict[str, Any]]:
    body, draws = making.body, making.draws("foi")
    evades, slow = body.does("evades_requests"), body.does("answers_requests_late")
    found = []
    for number in range(making.many(REQUESTS)):
        received = int(worked(int(draws.integers(FIRST, AS_OF - 5))))
        luck = draws.random(6)
        due = int(working_days_after(received, TERM))
        extended = due - 2 if luck[0] < EXTENDED else None
        if extended is not None:
            due = int(working_days_after(due, TERM))
        if luck[1] < (NEVER_THERE if slow else NEVER):
            answered = None
        elif luck[2] < (LATE_THERE if slow else LATE):
            answered = due + 1 + int(spread_days(draws, 1, 15.0, 0.8)[0])
        else:
            answered = int(worked(received + int((due - received - 3) * luck[3])))
        outcome = chosen(draws, OUTCOMES, EVASIVE if evades else USUAL)
        there = answered is not None and answered <= AS_OF
        grounds = (CATCH_ALL if evades and draws.random() < 0.8 else REASONS).get(outcome, ())
        appealed = outcome not in {"full", "other"} and luck[4] < 0.08
        corrected = luck[5] < (CORRECTED_THERE if evades else CORRECTED)
        row = {
            "foi_id": f"{body.body_id}-F{number:05d}",
            "body_id": body.body_id,
            "body_name": body.name,
            "received": date_of(received),
            "extended": known(extended),
            "due": date_of(due),
            "answered": known(answered),
            "outcome": outcome if there else None,
            "reason": chosen(draws, grounds) if grounds and there else None,
            "appealed": appealed if there else None,
            "appeal_outcome": ("corrected" if corrected else "upheld")
            if there and appealed
            else None,
        }
        making.add(FOI, **row)
        found.append(row)
    return found


def _annual(making: Making, requests: list[dict[str, Any]]) -> None:
    """The yearly reports: counts of the same requests, which add up unless the body's do not."""
    body, draws = making.body, making.draws("foi_annual")
    wrong = body.does("reports_do_not_add_up")
    evades = body.does("evades_requests")
    carried = 0
    for year in YEARS:
        new = sum(1 for row in requests if row["received"].year == year)
        done = [row for row in requests if row["answered"] and row["answered"].year == year]
        outcomes = Counter(row["outcome"] for row in done)
        total, carried_in = len(done), carried
        carried = carried_in + new - total
        slip = int(draws.integers(1, 4)) if wrong and draws.random() < 0.8 else 0
        making.add(
            FOI_ANNUAL,
            body_id=body.body_id,
            body_name=body.name,
            year=year,
            new=new,
            carried_in=carried_in + slip,
            granted=outcomes["full"],
            partial=outcomes["partial"],
            refused=outcomes["refused"],
            unable=outcomes["not_held"],
            not_processed=outcomes["not_processed"],
            other=outcomes["other"],
            total=total + (slip if draws.random() < 0.5 else 0),
            carried_out=carried,
        )
        for outcome, named in (
            ("refused", "refused"), ("not_held", "unable"), ("not_processed", "not_processed"),
            ("other", "other"),
        ):  # fmt: skip
            grounds = Counter(row["reason"] for row in done if row["outcome"] == outcome)
            for reason in sorted(grounds):
                making.add(
                    FOI_ANNUAL_REASON,
                    body_id=body.body_id,
                    body_name=body.name,
                    year=year,
                    outcome=named,
                    reason=reason,
                    requests=grounds[reason],
                )
        _disputes(making, year, CORRECTED_THERE if evades else CORRECTED, draws)


def _disputes(making: Making, year: int, corrected: float, draws: Any) -> None:
    for route, share in (("review", 0.7), ("litigation", 0.3)):
        many = int(draws.poisson(DISPUTES * share * making.body.volume * min(making.size, 1.0)))
        counts = draws.multinomial(many, [corrected * 0.9, (1 - corrected) * 0.9, 0.07, 0.03])
        for result, number in zip(
            ("corrected", "upheld", "other", "pending"), counts.tolist(), strict=True
        ):
            making.add(
                FOI_ANNUAL_DISPUTE,
                body_id=making.body.body_id,
                body_name=making.body.name,
                year=year,
                route=route,
                result=result,
                disputes=number,
            )


def _periods(often: str) -> list[tuple[str, int]]:
    """Periods of which something is due, and the last day of each."""
    if often == _YEARLY:
        return [(str(year), number_of(f"{year}-12-31")) for year in YEARS[:-1]]
    ends = ("03-31", "06-30", "09-30", "12-31")
    return [
        (f"{year}-Q{quarter + 1}", number_of(f"{year}-{ends[quarter]}"))
        for year in YEARS
        for quarter in range(4)
    ]


def _disclosures(making: Making) -> None:
    body, draws = making.body, making.draws("disc_obs")
    edits, late = body.does("edits_in_silence"), body.does("publishes_late")
    for key, _, often, days, tag, machine in ITEMS:
        unwelcome = edits and tag == "unfavourable"
        for period, end in _periods(often):
            due = end + days
            luck = draws.random(6)
            if due > AS_OF:
                continue
            missing = 0.4 if unwelcome else 0.25 if late else MISSING
            seen = due + int(draws.normal(70 if late else -6, 6))
            there = luck[0] > missing and seen <= AS_OF
            gone = luck[1] < (0.35 if unwelcome else GONE)
            last = seen + 60 + int(luck[2] * 300) if gone else AS_OF
            name = f"{body.body_id}/{key}/{period}"
            readable = machine and luck[3] < (0.2 if late else 0.9)
            making.add(
                DISC_OBS,
                item_id=f"XR-DUTY-{key}",
                body_id=body.body_id,
                body_name=body.name,
                period=period,
                first_seen=date_of(seen) if there else None,
                url=f"https://ruritania.invalid/{name}" if there else None,
                sha256=hashlib.sha256(name.encode()).hexdigest() if there else None,
                fmt=("text/csv" if readable else "application/pdf") if there else None,
                archived=(luck[4] < 0.85 and not gone) if there else None,
                last_seen=date_of(min(max(last, seen), AS_OF)) if there else None,
                altered_without_note=(luck[5] < (0.25 if edits else ALTERED)) if there else None,
                deadline=date_of(due),
                # Looked for every day, so that the day before it was there it was not.
                absent_on=date_of(seen - 1) if there else None,
                checked=date_of(AS_OF),
                unreachable_since=date_of(last + 1) if there and gone and last < AS_OF else None,
            )


def _probes(making: Making) -> None:
    body, draws = making.body, making.draws("probe")
    good = 0.25 if body.does("ignores_requests_to_channels") else 0.9
    for number in range(PROBES * len(YEARS)):
        sent = int(worked(FIRST + number * 45 + int(draws.integers(0, 38))))
        luck = draws.random(4) < good
        ack = int(working_days_after(sent, 1 + int(draws.integers(0, 4))))
        reply = int(working_days_after(sent, 6 + int(draws.integers(0, 13))))
        if year_of(sent) > YEARS[-1]:
            continue
        making.add(
            PROBE,
            probe_id=f"{body.body_id}-Q{number:03d}",
            body_id=body.body_id,
            body_name=body.name,
            channel=("mail", "form", "telephone")[number % 3],
            sent=date_of(sent),
            ack=known(ack) if luck[0] else None,
            reference_given=bool(luck[1]),
            substantive_reply=known(reply) if luck[2] else None,
            appeal_info=bool(luck[3]),
        )
