"""Promises: deadlines laundered, words without proof, silence after a change, lists not handed over."""

from __future__ import annotations

import functools

import numpy as np

from tests.made_up.given import (
    AS_OF,
    MANY,
    NUMBER,
    WHO,
    bodies,
    changes,
    days,
    rivals,
    rows,
    share,
    table,
)
from troth.measure import commitments
from troth.measure.grouped import Share
from troth.tables.obligations import COMMITMENT, COMMITMENT_REV


@functools.cache
def place() -> dict[str, int]:
    return {row["commitment_id"]: number for number, row in enumerate(rows("commitment"))}


@functools.cache
def claims() -> tuple[np.ndarray, np.ndarray]:
    """The day on which each was shown to be done (NaT), and whether it was said to be."""
    grades = {row["evidence_id"]: row["grade"] for row in rows("proof")}
    done = np.full(len(place()), np.datetime64("NaT", "D"))
    said = np.zeros(len(place()))
    for row in rows("commitment_update"):
        if row["claimed_status"] == "complete":
            said[place()[row["commitment_id"]]] = 1
            if grades.get(row["evidence_id"]) in commitments.VERIFIES:
                done[place()[row["commitment_id"]]] = np.datetime64(row["date"])
    return done, said


@functools.cache
def deadlines() -> commitments.Deadlines:
    ids = table(COMMITMENT)["commitment_id"].combine_chunks()
    return commitments.deadlines(
        days("commitment", "announced"),
        days("commitment", "original_due"),
        claims()[0],
        commitments.revisions(table(COMMITMENT_REV), ids),
        AS_OF,
    )


def said() -> tuple[np.ndarray, np.ndarray]:
    of = np.array([place()[row["commitment_id"]] for row in rows("commitment_update")])
    return of, days("commitment_update", "date")


def test_one_ministry_launders_deadlines() -> None:
    kept = commitments.kept(deadlines(), bodies("commitment"), MANY)
    who = WHO["launders_deadlines"]
    assert kept.on_time_original[who] < 0.3 and kept.laundering[who] > 0.25
    assert np.abs(rivals(kept.laundering, "launders_deadlines")).max() < 0.2
    drift, _ = commitments.median_drift(deadlines(), bodies("commitment"), MANY)
    assert drift[who] > 0.2 > np.nanmax(rivals(drift, "launders_deadlines"))


def test_one_ministry_says_what_it_cannot_show() -> None:
    done, complete = claims()
    gap = commitments.claim_gap(
        complete, (~np.isnat(done)).astype(float), bodies("commitment"), MANY
    )
    assert gap[WHO["claims_without_evidence"]] > 0.6
    assert rivals(gap, "claims_without_evidence").max() < 0.2


def test_one_town_promises_nothing_that_can_be_judged() -> None:
    specific = commitments.specificity(*(
        np.array([row[name] is not None for row in rows("commitment")])
        for name in ("original_due", "target", "budget_amount", "responsible_unit", "beneficiary")
    ))  # fmt: skip
    lip = share(specific <= commitments.LIP_SERVICE, bodies("commitment"))
    assert lip[WHO["lip_service"]] > 0.3 > rivals(lip, "lip_service").max()


def silent() -> Share:
    of, on = said()
    revised = commitments.revisions(
        table(COMMITMENT_REV), table(COMMITMENT)["commitment_id"].combine_chunks()
    )
    return commitments.silent_expiry(
        days("commitment", "original_due"), revised, claims()[0], of, on, AS_OF,
        bodies("commitment"), MANY,
    )  # fmt: skip


def test_one_town_is_silent_when_the_day_has_come() -> None:
    found = silent().value
    touched = ("lets_deadlines_pass_in_silence", "claims_without_evidence", "orphans_promises")
    assert found[WHO["lets_deadlines_pass_in_silence"]] > 0.4 > rivals(found, *touched).max()


def orphaned() -> Share:
    of, on = said()
    return commitments.orphaned(
        days("commitment", "announced"), claims()[0], changes().body, changes().on, of, on, AS_OF,
        bodies("commitment"), MANY,
    )  # fmt: skip


def test_one_town_forgets_what_was_promised_before_the_change() -> None:
    found = orphaned().value
    assert found[WHO["orphans_promises"]] > 0.6
    assert np.nanmedian(rivals(found, "orphans_promises")) < 0.3
    assert found[WHO["quiet_change"]] < 0.4


def test_assessors_agree_well_enough_and_see_no_proof_in_one_ministry() -> None:
    seen: dict[str, list[float]] = {}
    for row in rows("assessment"):
        if row["code"] == "completion":
            seen.setdefault(row["item_id"], []).append(row["value"])
    both = np.array(list(seen.values()))
    assert both.shape == (len(place()), 2)
    assert (both[:, 0] == both[:, 1]).mean() > 0.85
    body = np.array([NUMBER[name.rpartition("-P")[0]] for name in seen])
    reached = share(both.mean(axis=1), body)
    assert (
        reached[WHO["claims_without_evidence"]]
        < 0.3
        < rivals(reached, "claims_without_evidence", "changes_without_law").min()
    )


def test_one_ministry_does_not_do_what_auditors_recommend() -> None:
    old = [row for row in rows("recommendation") if row["issued"].year <= 2020]
    done = np.array([row["closed_as"] == "implemented" for row in old])
    found = share(done, np.array([NUMBER[row["body_id"]] for row in old]))
    assert found[WHO["ignores_audit"]] < 0.45 < np.median(rivals(found, "ignores_audit"))


def test_one_town_hands_nothing_over() -> None:
    listed = {(row["item_table"], row["item_id"]) for row in rows("handover")}
    hits, body = [], []
    for row in rows("registered_contract"):
        number = NUMBER[row["body_id"]]
        first = changes().on[changes().body == number].min()
        ended = row["final_status_date"]
        if np.datetime64(row["date_signed"]) < first and not (
            ended and np.datetime64(ended) <= first
        ):
            hits.append(("registered_contract", row["registered_contract_id"]) in listed)
            body.append(number)
    found = share(np.array(hits), np.array(body))
    assert found[WHO["hands_nothing_over"]] < 0.425 < rivals(found, "hands_nothing_over").min()
    assert {row["item_table"] for row in rows("handover")} == {
        "registered_contract", "judgment", "commitment",
    }  # fmt: skip
