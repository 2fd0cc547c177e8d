"""`troth cardinal`: Cardinal's commands with its flags; errors, notes and exit codes are Troth's."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from tests.line.troth import troth, troth_apart

FLAGGED = '{"ocid":"F","tender":{"numberOfTenderers":1,"procurementMethod":"open"}}\n'


@pytest.fixture
def data(tmp_path: Path) -> Path:
    path = tmp_path / "in.jsonl"
    path.write_text(FLAGGED)
    return path


@pytest.fixture
def ini(tmp_path: Path) -> Path:
    path = tmp_path / "settings.ini"
    path.write_text("[R018]\n[R024]\n")
    return path


def test_indicators_with_all_flags(data: Path, ini: Path) -> None:
    ran = troth("cardinal", "indicators", "-s", ini, "-c", "--no-meta", "--map", data)
    assert ran.code == 0
    assert ran.json["OCID"] == {"F": {"R018": 1.0}}
    assert list(ran.json) == ["OCID", "Maps"]
    assert ran.err == "OCID: 1\n"
    assert list(troth("cardinal", "indicators", "--settings", ini, data).json) == ["OCID", "Meta"]


def test_without_settings_nothing_runs_and_that_is_said(data: Path) -> None:
    ran = troth("cardinal", "indicators", data)
    assert (ran.code, ran.out) == (0, '{"Meta":{}}\n')
    assert "no indicator runs: give --settings" in ran.err


def test_an_unknown_key_ends_with_2_and_the_key_that_was_meant(data: Path, ini: Path) -> None:
    ini.write_text("[R024]\nthreshhold = 0.05\n")
    for command in ("indicators", "prepare"):
        more = ["-o", "-", "-e", "-"] if command == "prepare" else []
        ran = troth("cardinal", command, "-s", ini, *more, data)
        assert (ran.code, ran.out) == (2, "")
        assert f"{ini}, line 2: unknown key 'threshhold' in [R024]." in ran.err
        assert "Did you mean 'threshold'?" in ran.err


def test_a_file_that_is_not_there_ends_with_3_and_costs_no_output(tmp_path: Path) -> None:
    kept = tmp_path / "out.jsonl"
    kept.write_text("kept")
    for arguments in (
        ("coverage", tmp_path / "none"),
        ("indicators", tmp_path / "none"),
        ("prepare", "-o", kept, "-e", tmp_path / "e.csv", tmp_path / "none"),
    ):
        ran = troth("cardinal", *arguments)
        assert ran.code == 3
        assert "none: no such file" in ran.err
    assert kept.read_text() == "kept"


def test_packed_files_and_standard_input(data: Path, ini: Path, tmp_path: Path) -> None:
    packed = tmp_path / "in.jsonl.gz"
    packed.write_bytes(gzip.compress(data.read_bytes()))
    expected = troth("cardinal", "indicators", "-s", ini, data).out
    assert troth("cardinal", "indicators", "-s", ini, packed).out == expected
    for fed in (data, packed):
        ran = troth_apart("cardinal", "indicators", "-s", ini, "-", stdin=fed.read_bytes())
        assert (ran.code, ran.out) == (0, expected)


def test_lines_that_are_passed_over_are_told_and_counted(data: Path) -> None:
    data.write_text("{\n" * 5 + FLAGGED)
    ran = troth("cardinal", "coverage", data)
    assert ran.json["/ocid"] == 1
    assert ran.err.count(": passed over: ") == 3
    assert f"{data}: 5 lines passed over; --verbose tells each" in ran.err
    assert troth("cardinal", "coverage", "-v", data).err.count(": passed over: ") == 5


def test_prepare_writes_both_files(data: Path, tmp_path: Path) -> None:
    out, issues = tmp_path / "out.jsonl", tmp_path / "issues.csv"
    data.write_text('{"ocid":"o","awards":[{"id":1}]}\n')
    ran = troth("cardinal", "prepare", "--output", out, "--errors", issues, data)
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    assert out.read_text() == '{"ocid":"o","awards":[{"id":"1"}]}\n'
    assert issues.read_text() == "1,o,/awards[]/status,0,,not set\n"


def test_prepare_prints_where_it_is_told_to(data: Path) -> None:
    data.write_text('{"ocid":"é","awards":[{}]}\n')
    ran = troth_apart(
        "cardinal", "prepare", "-o", "-", "-e", "-", data, environment={"PYTHONIOENCODING": "ascii"}
    )
    assert ran.out == '{"ocid":"é","awards":[{}]}\n1,é,/awards[]/status,0,,not set\n'


def test_prepare_does_not_write_over_its_input(data: Path, tmp_path: Path) -> None:
    for out, errors in ((data, "-"), ("-", data), (tmp_path / "x", tmp_path / "x")):
        ran = troth("cardinal", "prepare", "-o", out, "-e", errors, data)
        assert ran.code == 2
        assert "named twice" in ran.err
    assert data.read_text() == FLAGGED


def test_an_empty_file_is_no_error(data: Path, tmp_path: Path) -> None:
    data.write_text("\n")
    assert troth("cardinal", "coverage", data).out == "{}\n"
    assert troth("cardinal", "prepare", "-o", tmp_path / "o", "-e", "-", data).out == ""
    assert (tmp_path / "o").read_text() == ""


def test_other_currencies_are_counted_unless_that_is_not_wanted(data: Path, ini: Path) -> None:
    release = {
        "ocid": "o",
        "bids": {"details": [{"status": "valid", "value": {"amount": 1, "currency": "EUR"}}]},
        "awards": [{"status": "active"}],
    }
    data.write_text(json.dumps(release))
    ini.write_text("currency = USD\n[R036]\n")
    said = "left out for another currency than USD: 1 bids, counted once for each comparison\n"
    assert troth("cardinal", "indicators", "-s", ini, data).err == said
    ini.write_text(ini.read_text() + "[output]\ninfo_currency_mismatches = true\n")
    assert troth("cardinal", "indicators", "-s", ini, data).err == ""
    assert troth("cardinal", "indicators", "-v", "-s", ini, data).err == said


def test_two_lists_of_methods_are_one_too_many(data: Path, ini: Path) -> None:
    ini.write_text(
        "no_price_comparison_procurement_methods = a\nprice_comparison_procurement_methods = b\n[R018]\n"
    )
    assert "has no effect" in troth("cardinal", "indicators", "-s", ini, data).err


def test_init_writes_what_is_read_again_and_writes_over_nothing(data: Path, tmp_path: Path) -> None:
    path = tmp_path / "new.ini"
    assert troth("cardinal", "init", path).code == 0
    ran = troth("cardinal", "indicators", "-s", path, "--no-meta", data)
    assert ran.json == {"OCID": {"F": {"R018": 1.0}}}

    path.write_text("mine")
    refused = troth("cardinal", "init", path)
    assert refused.code == 2
    assert "Write over it with --force" in refused.err
    assert path.read_text() == "mine"
    assert troth("cardinal", "init", "--force", path).code == 0
    assert troth("cardinal", "init", "-").out == path.read_text()


@pytest.mark.parametrize("person", ["IT-CF-RSSMRA80A01H501U", "PE-RUC-10100070970"])
def test_no_result_of_a_natural_person_is_printed(data: Path, ini: Path, person: str) -> None:
    """Both bid the same price, which R028 flags."""
    firm = "PE-RUC-20100070970"
    bids = [
        {"status": "valid", "value": {"amount": 5, "currency": "PEN"}, "tenderers": [{"id": one}]}
        for one in (person, firm)
    ]
    data.write_text(json.dumps({"ocid": "o", "bids": {"details": bids}}))
    ini.write_text("[R028]\n")

    ran = troth("cardinal", "indicators", "-s", ini, "-c", "--map", data)

    assert person not in ran.out
    assert ran.json["OCID"] == {"o": {"R028": 1.0}}
    assert ran.json["Tenderer"] == {firm: {"R028": 1.0}}
    assert ran.json["Maps"]["ocid_tenderer_r028"] == {"o": [firm]}
    said, *counts = ran.err.splitlines()
    assert "left out: 1 results of tenderers, buyers or procuring entities" in said
    assert "natural person" in said
    assert counts == ["OCID: 1", "Tenderer: 1"]


def test_where_nobody_is_left_out_nothing_is_said(data: Path, ini: Path) -> None:
    assert troth("cardinal", "indicators", "-s", ini, data).err == ""
