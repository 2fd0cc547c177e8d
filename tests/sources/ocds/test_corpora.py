"""Broken, hostile and exemplary files that others wrote: each has one outcome, and the same twice."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.shared import shared
from tests.sources.loading import Store, loaded, written

WRAPPED = b'{"ocid":"ocds-%d","buyer":{"id":"7"},"x":'


def test_what_is_no_json_is_rejected_and_what_is_json_is_kept(tmp_path: Path) -> None:
    """Every file of JSONTestSuite as a field that nobody reads, one a line."""
    cases = [
        (path.name, path.read_bytes())
        for path in sorted(shared("conformance/corpora/JSONTestSuite/test_parsing").iterdir())
    ]
    # A line end would make two lines of one case. In what is JSON it is white space; elsewhere it may
    # stand inside a text, where another control character is as forbidden.
    assert len(cases) > 300
    lines = [
        WRAPPED % n + data.replace(b"\n", b" " if name[0] == "y" else b"\x0b") + b"}"
        for n, (name, data) in enumerate(cases)
    ]
    store = loaded(tmp_path, written(tmp_path, b"\n".join(lines)))

    kept = set(store.ocids())
    names = {f"ocds-{n}": name for n, (name, _) in enumerate(cases)}
    wrongly_kept = [name for ocid, name in names.items() if name.startswith("n_") and ocid in kept]
    wrongly_rejected = [
        name for ocid, name in names.items() if name.startswith("y_") and ocid not in kept
    ]
    assert wrongly_kept == []
    assert wrongly_rejected == []
    assert store.account()["rows_in"] == len(cases)


def test_a_broken_file_of_its_own_is_never_kept(tmp_path: Path) -> None:
    """Every file of JSONTestSuite as an input: none of them holds a release."""
    folder = tmp_path / "in"
    shutil.copytree(shared("conformance/corpora/JSONTestSuite/test_parsing"), folder)
    store = loaded(tmp_path, folder)
    assert store.ocids() == []
    accounts = {row["file"]: row for row in store.rows("input")}
    assert len(accounts) > 300
    assert {row["rows_rejected"] > 0 for row in accounts.values()} == {True}


FOLDERS = ("ocds-ocdskit", "ocds-pelican", "ocds-standard-examples")


def outcomes(store: Store) -> dict[str, str]:
    """Of each input: accepted, accepted with faults, or rejected; exactly one."""
    found = {}
    for row in store.rows("input"):
        if not row["rows_kept"]:
            found[row["file"]] = "rejected"
        else:
            sound = row["rows_rejected"] == row["fields_rejected"] == 0
            found[row["file"]] = "accepted" if sound else "accepted with faults"
        assert row["rows_in"] > 0, row["file"]
    return found


@pytest.mark.parametrize("name", FOLDERS)
def test_every_file_of_the_ocds_corpora_has_one_outcome_and_the_same_twice(
    tmp_path: Path, name: str
) -> None:
    folder = shared(f"conformance/corpora/{name}")
    first, second = loaded(tmp_path, folder), loaded(tmp_path, folder)
    assert outcomes(first) == outcomes(second)
    assert "accepted" in " ".join(outcomes(first).values())
    assert first.rejected() == second.rejected()
    assert first.account() == second.account()
    texts = first.ask("SELECT count(*) AS n FROM rejected WHERE message = '' OR next_step = ''")
    assert texts == [{"n": 0}]


#: File of ocdskit -> what becomes of it alone, and the code of its record faults.
EXPECTED: dict[str, tuple[str, set[str]]] = {
    "detect-format_array.json": ("rejected", {"E004"}),
    "detect-format_empty.json": ("rejected", {"E005"}),
    "detect-format_null.json": ("rejected", {"E004"}),
    "detect-format_number.json": ("rejected", {"E004"}),
    "detect-format_string.json": ("rejected", {"E004"}),
    "detect-format_true.json": ("rejected", {"E004"}),
    "release-schema.json": ("rejected", {"E005"}),
    "release_minimal.json": ("accepted", set()),
    "release_minimal_pretty.json": ("accepted", set()),
    "record-package_minimal-1-2.json": ("accepted", set()),
    "release-packages.jsonl": ("rejected", {"E001"}),  # several lists, each on several lines
    "realdata/release-package_encoding-iso-8859-1.json": ("rejected", {"E002"}),
    "realdata/release-package_encoding-utf-8.json": ("accepted", set()),
    "realdata/record-package_linked-releases.json": ("accepted", set()),
    "realdata/release-package_split.json": ("accepted", set()),
}


@pytest.mark.parametrize("name", EXPECTED)
def test_ocdskits_cases_come_out_as_they_are_meant(tmp_path: Path, name: str) -> None:
    store = loaded(tmp_path, shared(f"conformance/corpora/ocds-ocdskit/tests/fixtures/{name}"))
    [outcome] = outcomes(store).values()
    codes = {row["code"] for row in store.rejected() if row["level"] == "record"}
    assert (outcome.removesuffix(" with faults"), codes) == EXPECTED[name]


def test_a_record_whose_releases_are_only_linked_is_rejected(tmp_path: Path) -> None:
    example = shared(
        "conformance/corpora/ocds-standard-examples/docs/examples/record_reference/linked_releases.json"
    )
    package = json.loads(example.read_text())
    for record in package["records"]:
        record.pop("compiledRelease", None)
    store = loaded(tmp_path, written(tmp_path, json.dumps(package)))
    found = [(row["code"], row["ocid"], row["path"]) for row in store.rejected()]
    assert found == [("E006", record["ocid"], "/releases") for record in package["records"]]


MERGES = ("array", "field", "object")


@pytest.mark.parametrize("kind", MERGES)
def test_the_standards_own_examples_of_merging(tmp_path: Path, kind: str) -> None:
    """The releases of a record give what the standard's documentation shows as compiled."""
    folder = shared("conformance/corpora/ocds-standard-examples/docs/examples/merging/deletions")
    record = json.loads((folder / f"{kind}_record.json").read_text())["records"][0]
    assert len(record["releases"]) > 1
    compiled = loaded(tmp_path, folder / f"{kind}_record.json")
    without = {name: value for name, value in record.items() if name != "compiledRelease"}
    merged = loaded(tmp_path, written(tmp_path, json.dumps(without), "record.json"))
    for table in ("tender", "award", "contract", "party"):
        one, other = (
            [{**row, "pid": 0} for row in store.rows(table)] for store in (compiled, merged)
        )
        for row in (*one, *other):
            row.pop("firm_key", None)
            row.pop("supplier_key", None)  # each store has a secret of its own
        assert one == other, table
