"""What watching leaves on disk."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.sources.fetch.test_duties import LINE, written
from troth.errors import UsageError, VerificationError
from troth.sources.fetch import folder
from troth.sources.fetch.answers import Outcome
from troth.sources.fetch.content import Change
from troth.sources.fetch.duties import read_duties
from troth.sources.fetch.observe import Look, standings
from troth.tables.information import DISC_ITEM, DISC_OBS

AT = datetime(2024, 3, 1, 12, tzinfo=UTC)
FOUND = Look(
    AT, "budget", "XX-1", "2024", "https://example.org/budget", Outcome.FOUND, status=200,
    sha256="0" * 64, bytes=3, fmt="text/html", etag='"é"', change=Change.FIRST,
)  # fmt: skip
GONE = Look(AT, "budget", "XX-2", "2024", "https://example.org/b", Outcome.GONE, "answers 404", 404)


def test_looks_are_read_back_as_they_were_written(tmp_path: Path) -> None:
    duties = read_duties(written(tmp_path / "d.csv", LINE, {**LINE, "body_id": "XX-2"}))

    folder.write(tmp_path, [FOUND, GONE], duties, standings([FOUND, GONE]))

    assert folder.looks_in(tmp_path) == [FOUND, GONE]
    assert folder.looks_in(tmp_path / "none") == []


def test_the_ledgers_have_the_columns_of_their_tables(tmp_path: Path) -> None:
    second = {**LINE, "body_id": "XX-2", "deadline": ""}
    duties = read_duties(written(tmp_path / "d.csv", second, LINE))

    folder.write(tmp_path, [FOUND, GONE], duties, standings([FOUND, GONE]))

    item = (tmp_path / "disc_item.csv").read_text()
    observed = (tmp_path / "disc_obs.csv").read_text()
    assert item == (
        "item_id,duty_source,title,weight,freq,deadline_rule,machine_readable_required,tag\n"
        "budget,Act 7,Budget,1.5,,,true,neutral\n"
    )
    assert observed.splitlines()[1:] == [
        f"budget,XX-1,2024,2024-03-01,https://example.org/budget,{'0' * 64},text/html,,2024-03-01,"
        ",2024-01-31,,2024-03-01,",
        "budget,XX-2,2024,,https://example.org/budget,,,,,,,2024-03-01,2024-03-01,",
    ]
    for table, text in ((DISC_ITEM, item), (DISC_OBS, observed)):
        names = [name for name in table.names if name != "body_kind"]
        assert list(csv.DictReader(io.StringIO(text)).fieldnames or []) == names


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (b"{}", "missing required field"),
        (b"not json", "no look at an address"),
        (b'{"at":"2024-01-01T00:00:00Z"', "no look at an address"),
    ],
)
def test_a_spoilt_file_of_looks_is_refused_with_the_line(
    tmp_path: Path, line: bytes, words: str
) -> None:
    duties = read_duties(written(tmp_path / "d.csv", LINE))
    folder.write(tmp_path, [FOUND], duties, standings([FOUND]))
    with (tmp_path / folder.LOOKS).open("ab") as file:
        file.write(line + b"\n")

    with pytest.raises(VerificationError, match=f"line 2: .*{words}"):
        folder.looks_in(tmp_path)


def test_looks_that_go_back_in_time_are_refused(tmp_path: Path) -> None:
    duties = read_duties(written(tmp_path / "d.csv", LINE))
    earlier = Look(datetime(2023, 1, 1, tzinfo=UTC), *FOUND.key, FOUND.url, Outcome.GONE)
    folder.write(tmp_path, [FOUND, earlier], duties, standings([FOUND, earlier]))
    with pytest.raises(VerificationError, match="line 2, at = 2023"):
        folder.looks_in(tmp_path)


def test_one_command_at_a_time_works_in_a_folder(tmp_path: Path) -> None:
    with (
        folder.held(tmp_path / "new"),
        pytest.raises(UsageError, match="another `troth watch`"),
        folder.held(tmp_path / "new"),
    ):
        pass
    with folder.held(tmp_path / "new"):
        pass
