"""What is published and answered: evasion, silence, late and vanishing pages, sums that do not add up."""

from __future__ import annotations

import numpy as np

from tests.made_up.given import NUMBER, WHO, bodies, days, rivals, rows, share
from troth.made_up.publishing import CATCH_ALL


def test_requests_are_evaded_by_one_agency_on_grounds_that_fit_everything() -> None:
    answered = [row for row in rows("foi") if row["outcome"]]
    body = np.array([NUMBER[row["body_id"]] for row in answered])
    given = {"full": 1.0, "partial": 0.5}
    decided = np.array([row["outcome"] not in {"not_held", "other"} for row in answered])
    open_ = np.array([given.get(row["outcome"], 0.0) for row in answered])
    disclosed = share(open_[decided], body[decided])
    assert disclosed[WHO["evades_requests"]] < 0.5 < rivals(disclosed, "evades_requests").min()
    catch_all = {reason for reasons in CATCH_ALL.values() for reason in reasons} - {"not held"}
    evasive = share(np.array([row["reason"] in catch_all for row in answered]), body)
    assert evasive[WHO["evades_requests"]] > 0.155 >= rivals(evasive, "evades_requests").max()
    disputes = [
        row for row in rows("foi_annual_dispute") if row["result"] in {"upheld", "corrected"}
    ]
    counts = np.zeros((40, 2))
    for row in disputes:
        counts[NUMBER[row["body_id"]], int(row["result"] == "corrected")] += row["disputes"]
    corrected = counts[:, 1] / counts.sum(axis=1)
    assert corrected[WHO["evades_requests"]] > 0.4 > np.nanmedian(corrected) + 0.15


def test_requests_are_answered_late_or_never_by_one_agency() -> None:
    answered, due = days("foi", "answered"), days("foi", "due")
    fallen = due <= np.datetime64("2024-12-31")
    in_time = share((answered <= due)[fallen], bodies("foi")[fallen])
    assert (
        in_time[WHO["answers_requests_late"]]
        < 0.65
        < rivals(in_time, "answers_requests_late").min()
    )


def test_yearly_reports_add_up_but_in_one_agency() -> None:
    wrong = np.array([
        row["new"] + row["carried_in"] != row["total"] + row["carried_out"]
        or row["total"] != sum(row[name] for name in (
            "granted", "partial", "refused", "unable", "not_processed", "other"))
        for row in rows("foi_annual")
    ])  # fmt: skip
    found = share(wrong, bodies("foi_annual"))
    assert found[WHO["reports_do_not_add_up"]] > 0.4
    assert rivals(found, "reports_do_not_add_up").max() == 0
    parts: dict[tuple[str, int], int] = {}
    for row in rows("foi_annual_reason"):
        key = (row["body_id"], row["year"])
        parts[key] = parts.get(key, 0) + row["requests"]
    for row in rows("foi_annual"):
        there = row["refused"] + row["unable"] + row["not_processed"] + row["other"]
        assert parts.get((row["body_id"], row["year"]), 0) == there


def test_pages_vanish_and_change_in_one_ministry_and_are_late_in_another() -> None:
    seen = [row for row in rows("disc_obs") if row["first_seen"]]
    body = np.array([NUMBER[row["body_id"]] for row in seen])
    gone = np.array([row["last_seen"].isoformat() < "2024-12-15" for row in seen])
    altered = np.array([row["altered_without_note"] for row in seen])
    for found in (share(gone, body), share(altered, body)):
        assert found[WHO["edits_in_silence"]] > 2 * rivals(found, "edits_in_silence").max()
    there = share(
        np.array([row["first_seen"] is not None for row in rows("disc_obs")]), bodies("disc_obs")
    )
    late = WHO["publishes_late"]
    assert there[late] < 0.85 < rivals(there, "publishes_late", "edits_in_silence").min()


def test_bad_news_is_what_goes_missing() -> None:
    tag = {row["item_id"]: row["tag"] for row in rows("disc_item")}
    who = WHO["edits_in_silence"]

    def complete(kind: str) -> float:
        mine = [
            row["first_seen"] is not None
            for row in rows("disc_obs")
            if NUMBER[row["body_id"]] == who and tag[row["item_id"]] == kind
        ]
        return float(np.mean(mine))

    assert complete("favourable") > complete("unfavourable") + 0.2


def test_probes_are_ignored_by_one_town() -> None:
    found = share(np.array([row["ack"] is not None for row in rows("probe")]), bodies("probe"))
    who = "ignores_requests_to_channels"
    assert found[WHO[who]] < 0.6 < rivals(found, who).min()
    assert min(np.bincount(bodies("probe"))) >= 6 * 8 - 1
