"""The whole line over ledgers alone, and over records and ledgers together."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.house.tracked import ROOT
from tests.line.troth import troth
from troth.errors import UsageError
from troth.pipeline import Options, run_to_release
from troth.publish.verify import verify
from troth.publish.views import Release, open_release
from troth.sources.ledgers.read import Given

EXAMPLE = ROOT / "examples" / "italy-france"
AS_OF = date(2024, 12, 31)
HEADER = "invoice_id,body_id,body_name,supplier,amount,currency,received_date,due_date,paid_date"


def bills(path: Path, waits: dict[str, int], extra: str = "") -> Path:
    """Forty invoices of each body, paid after so many days."""
    lines = [HEADER]
    for body, days in waits.items():
        for number in range(40):
            received = date(2024, 2, 1) + timedelta(days=number)
            paid = received + timedelta(days=days)
            due = received + timedelta(days=30)
            lines.append(
                f"{body}-{number},{body},Town of {body},Mason {number % 3},100,EUR,{received},{due},{paid}"
            )
    path.write_text("\n".join([*lines, extra]) + "\n", encoding="utf-8")
    return path


def released(tmp_path: Path, ledger: Path, data: tuple[str, ...] = ()) -> Release:
    options = Options(tmp_path / "out", as_of=AS_OF, ledgers=[Given(ledger)], jobs=1)
    return open_release(run_to_release(data, options)[1])


def test_ledgers_alone_make_a_release_that_verifies_and_explains_itself(tmp_path: Path) -> None:
    bad = "x,XR-A,,,abc,EUR,2024-13-01,,"
    release = released(tmp_path, bills(tmp_path / "bills.csv", {"XR-A": 20, "XR-B": 70}, bad))
    assert verify(release.folder) == []
    run = release.run
    assert (run.rows_in, run.rows_kept, run.rows_rejected, run.fields_rejected) == (81, 81, 0, 2)
    figures = {one.card.code: one for one in release.body("XR-B").measured}
    days = figures["D03"]
    assert days.figure is not None
    assert (days.figure.value, days.figure.n, days.figure.hits) == (70, 40, None)
    assert days.entries[0].file == "bills.csv"
    assert days.entries[0].flagged
    rejected = {one.path for kind in release.quality().rejected for one in kind.examples}
    assert rejected == {"amount", "received_date"}
    assert release.body("XR-B").body.name == "Town of XR-B"


def test_rules_over_records_are_not_touched_by_ledgers(tmp_path: Path) -> None:
    ledger = bills(tmp_path / "bills.csv", {"XR-A": 20})
    both = released(tmp_path, ledger, (str(EXAMPLE),))
    alone = open_release(
        run_to_release([str(EXAMPLE)], Options(tmp_path / "alone", as_of=AS_OF, jobs=1))[1]
    )
    town = next(body.body_id for body, score in alone.levels() if score.level is not None)
    assert [one.figure for one in both.body(town).measured] == [
        one.figure for one in alone.body(town).measured
    ]
    assert both.body(town).scores == alone.body(town).scores
    assert not {code for code, one in alone._coverage.items() if one.was_run} & {"D03"}


def test_the_same_entries_in_another_order_give_the_same_bytes(tmp_path: Path) -> None:
    """But for the places in the file, which differ as the file does."""
    first = bills(tmp_path / "bills.csv", {"XR-A": 20, "XR-B": 70})
    one = released(tmp_path / "one", first)
    copied = tmp_path / "elsewhere"
    copied.mkdir()
    shutil.copy(first, copied / "bills.csv")
    other = released(tmp_path / "other", copied / "bills.csv")
    assert one.release_id == other.release_id
    for path in sorted(one.folder.rglob("*")):
        if path.is_file() and path.suffix != ".sqlite":
            assert path.read_bytes() == (other.folder / path.relative_to(one.folder)).read_bytes()


def test_without_a_day_of_judgement_nothing_is_published(tmp_path: Path) -> None:
    ledger = bills(tmp_path / "bills.csv", {"XR-A": 20})
    with pytest.raises(UsageError, match="--as-of"):
        run_to_release([], Options(tmp_path / "out", ledgers=[Given(ledger)]))


def test_a_run_over_ledgers_alone_says_what_to_do_next_and_asks_nothing_of_records(
    tmp_path: Path,
) -> None:
    ledger = bills(tmp_path / "bills.csv", {"XR-A": 20})
    ran = troth(
        "run", "--ledger", f"invoice={ledger}", "--as-of", AS_OF, "--out", tmp_path / "out",
        "--until", "score",
    )  # fmt: skip
    assert ran.code == 0
    assert f"next       troth run --ledger invoice={ledger} --out" in ran.out
    assert "P018" not in ran.out
    assert "working tables" not in ran.err
    nothing = troth("run", "--out", tmp_path / "out")
    assert nothing.code == 2
    assert "nothing to read: give files, folders" in nothing.err


def test_a_ledger_is_read_once_also_where_a_release_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from troth.sources.ledgers import read as reading

    times, read = [], reading.read
    monkeypatch.setattr(reading, "read", lambda *given: times.append(1) or read(*given))
    release = released(tmp_path, bills(tmp_path / "bills.csv", {"XR-A": 20}, "x,XR-A,,,abc,EUR,,,"))
    assert len(times) == 1
    assert [kind.code for kind in release.quality().rejected] == ["E065"]
