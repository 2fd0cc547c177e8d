"""The Housing Ombudsman: what each finding means, and that only councils are taken in."""

from collections import Counter
from pathlib import Path

from tests.shared import shared
from tests.sources.ledgers.published import faults, published, rows
from troth.sources.ledgers.read import read

HEADER = "id,case_id,landlord,landlord_type,decision_date_iso,category,complaint,finding\n"
COUNCIL = "Local Authority / ALMO or TMO"


def test_each_finding_is_a_case_of_its_decision(tmp_path: Path) -> None:
    found = published(
        tmp_path,
        HEADER
        + f"1,2023,Leeds,{COUNCIL},2024-05-31,Pest Control,Mr X says,Severe Maladministration\n"
        + f"2,2023,Leeds,{COUNCIL},2024-05-31,Other,,Service Failure\n"
        + "3,2024,Leeds,Local Authority,2024-06-01,Other,,Reasonable Redress\n"
        + f"4,2025,Leeds,{COUNCIL},,Other,,No Maladministration\n"
        + f"5,2025,Leeds,{COUNCIL},2024-07-01,Other,,Outside Jurisdiction\n"
        + f"6,2026,Leeds,{COUNCIL},2024-07-01,Other,,Maladministration\n",
    )
    names = ("case_id", "decision_key", "body_id", "closed", "upheld", "received")
    body = "name:GB:Leeds"
    assert rows(found, "case", *names) == [
        ("GB-HOS-2023/1", "GB-HOS-2023", body, "2024-05-31", True, None),
        ("GB-HOS-2023/2", "GB-HOS-2023", body, "2024-05-31", True, None),
        ("GB-HOS-2024/3", "GB-HOS-2024", body, "2024-06-01", False, None),
        ("GB-HOS-2025/4", "GB-HOS-2025", body, None, False, None),
        ("GB-HOS-2025/5", "GB-HOS-2025", body, "2024-07-01", None, None),
        ("GB-HOS-2026/6", "GB-HOS-2026", body, "2024-07-01", True, None),
    ]
    assert found.tables["case"]["outcome"].to_pylist()[4] == "Outside Jurisdiction"
    assert found.bodies == {body: "Leeds"}
    assert "Mr X" not in str(found.tables["case"].to_pylist())
    assert faults(found) == []


def test_who_is_no_council_is_refused_and_an_unknown_finding_is_neither(tmp_path: Path) -> None:
    found = published(
        tmp_path,
        HEADER
        + "1,2023,Homes Ltd,Housing Association,2024-05-31,Other,,Maladministration\n"
        + "2,2024,Somebody,Unknown,2024-05-31,Other,,Maladministration\n"
        + f"3,2025,Leeds,{COUNCIL},2024-05-31,Other,,Resolved\n",
    )
    assert faults(found) == [
        ("E069", 2, "landlord_type", "Housing Association"),
        ("E069", 3, "landlord_type", "Unknown"),
        ("E066", 4, "finding", "Resolved"),
    ]
    assert "not a public body" in found.rejected.to_pylist()[0]["message"]
    assert rows(found, "case", "upheld", "outcome") == [(None, "Resolved")]


def test_what_was_published_is_accounted_for() -> None:
    path = shared("data/complaints/uk_housing_ombudsman_findings.csv.gz")
    found = read([path], b"secret")
    (account,) = found.input.to_pylist()
    # 20,474 of associations, 3,789 and 11 of landlords of an unknown kind, 91 of other landlords.
    assert (account["rows_in"], account["rows_kept"], account["rows_rejected"]) == (
        33_096, 8_731, 24_365,
    )  # fmt: skip
    cases = found.tables["case"]
    assert Counter(cases["upheld"].to_pylist()).keys() == {True, False, None}
    outside = sum(one == "Outside Jurisdiction" for one in cases["outcome"].to_pylist())
    assert cases["upheld"].null_count == outside
    assert cases["received"].null_count == cases.num_rows
