"""British half-year figures of paying: shares out of percentages."""

from pathlib import Path

from tests.sources.ledgers.published import faults, published, rows

HEADER = "Contracting authority,Contracting authority identifier,Start date,End date,Average time to pay,% Invoices paid within 30 days,% Invoices paid between 31 and 60 days,% Invoices paid later than 60 days,% Invoices not paid within agreed terms\n"


def test_percentages_become_shares_and_the_late_ones_their_opposite(tmp_path: Path) -> None:
    found = published(
        tmp_path,
        HEADER
        + "Leeds,GB-PPON-PABC,01/04/2026,30/09/2026,17.5,92.5%,6,1.5,4\n"
        + "York,,2026-04-01,2026-09-30,20,,,,\n",
    )
    names = (
        "body_id",
        "period_end",
        "average_days",
        "share_within_30",
        "share_31_to_60",
        "share_on_time",
    )
    assert rows(found, "payment_performance", *names) == [
        ("GB-PPON-PABC", "2026-09-30", 17.5, 0.925, 0.06, 0.96),
        ("name:GB:York", "2026-09-30", 20.0, None, None, None),
    ]


def test_a_share_above_all_is_none(tmp_path: Path) -> None:
    found = published(tmp_path, HEADER + "Leeds,,2026-04-01,2026-09-30,20,925,most,,few\n")
    assert [(f[0], f[2]) for f in faults(found)] == [
        ("E065", "% Invoices not paid within agreed terms"),
        ("E065", "% Invoices paid between 31 and 60 days"),
        ("E068", "% Invoices paid within 30 days"),
    ]
