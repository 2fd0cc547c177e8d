"""`troth run`: what it tells, what it leaves, and what it refuses."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.line import towns
from tests.line.towns import NAME_A, TOWN_A
from tests.line.troth import case_of, troth, troth_apart


def test_a_run_tells_what_went_in_what_was_measured_and_where_to_go_on(made) -> None:
    data, out, ran = made

    assert (ran.code, ran.err) == (0, "")
    assert "84 records in = 83 kept + 1 rejected; 1 single values rejected" in ran.out
    assert "bodies     3, of which 2 have enough data for a figure" in ran.out
    assert "as of      2024-06-30 (stated)" in ran.out
    assert f"troth explain {TOWN_A} --out {out}" in ran.out
    assert f"troth check {data}" in ran.out
    assert (out / "index.html").is_file()
    assert f"pages      {out / 'index.html'}" in ran.out


def test_a_closer_look_names_the_body_as_it_is_named(made) -> None:
    _, _, ran = made
    looks = ran.out.partition("CLOSER LOOK")[2]

    assert NAME_A in looks
    assert "75 %" in looks  # 30 of 40
    assert "Stadt" not in looks  # 4 of 40 is below all bodies together


def test_json_is_one_document_and_holds_the_same(made, tmp_path: Path) -> None:
    data, _, _ = made

    told = troth("run", data, "--out", tmp_path, "--until", "release", "--format", "json").json

    assert told["total"] | {"file": None} == {
        "file": None,
        "rows_in": 84,
        "rows_kept": 83,
        "rows_rejected": 1,
        "fields_rejected": 1,
    }
    assert [one["body_id"] for one in told["closer_looks"]] == [TOWN_A]
    measured = {one["code"] for one in told["indicators"] if one["bodies_measured"]}
    assert {"P013", "P018", "P019"} <= measured
    assert told["as_of"] == towns.LAST_RELEASE
    assert told["pages"] is None
    assert Path(told["release"]).parent == tmp_path / "releases"
    assert troth("verify", tmp_path).code == 0


def test_a_second_run_of_the_same_uses_what_is_there_and_says_so(made, tmp_path: Path) -> None:
    data, _, _ = made
    asked = ("run", data, "--out", tmp_path, "--until", "release")
    first = troth(*asked)
    releases = sorted((tmp_path / "releases").iterdir())

    again = troth(*asked)

    assert (again.code, again.out) == (0, first.out)
    assert again.err.startswith("note: inputs and rules are those of the last run")
    assert sorted((tmp_path / "releases").iterdir()) == releases
    assert troth(*asked, "--quiet").err == ""


def test_files_can_be_added_to_a_run(made, tmp_path: Path) -> None:
    data, _, _ = made
    more = tmp_path / "more.jsonl"
    more.write_text(json.dumps({**towns.processes()[0], "ocid": "ocds-towns-more"}) + "\n")
    out = tmp_path / "out"
    assert troth("run", more, "--out", out, "--update", "--until", "score").code == 2
    troth("run", data, "--out", out, "--until", "score")

    told = troth("run", more, "--out", out, "--update", "--until", "score", "--format", "json").json

    assert told["total"]["rows_in"] == 85
    assert [one["file"] for one in told["inputs"]] == ["more.jsonl", "towns.jsonl"]


def test_licences_stand_in_the_release(made, tmp_path: Path) -> None:
    data, _, _ = made
    licences = ("--licence", "CC-BY-4.0=https://creativecommons.org/licenses/by/4.0/")
    asked = ("run", data, "--out", tmp_path, "--until", "release", "--format", "json")

    told = troth(*asked, *licences, "--licence", "etalab-2.0").json

    package = json.loads((Path(told["release"]) / "datapackage.json").read_text())
    assert package["licenses"] == [
        {"name": "CC-BY-4.0", "path": "https://creativecommons.org/licenses/by/4.0/"},
        {"name": "etalab-2.0"},
    ]
    refused = troth(*asked, "--licence", "CC-BY=ftp://here")
    assert refused.code == 2
    assert "expected CC-BY-4.0 or" in refused.err


def test_standard_input_is_an_input_and_its_records_can_be_shown_later(
    made, tmp_path: Path
) -> None:
    data, _, _ = made
    out = tmp_path / "out"

    ran = troth_apart("run", "-", "--out", out, "--until", "release", stdin=data.read_bytes())

    assert ran.code == 0
    assert "84 records in = 83 kept + 1 rejected" in ran.out
    explained = troth("explain", TOWN_A, "--out", out, "--records", "--format", "json").json
    assert case_of(explained, "P018")["record"]["taken_from"] == "the input"


def test_a_run_to_the_score_needs_neither_formulas_nor_pages(made, tmp_path: Path) -> None:
    """What is remembered of the formulas is enough, so a run starts without what made it."""
    data, _, _ = made
    script = (
        "import sys, json; from troth.cli import main; code = main();"
        "heavy = ('ibis', 'pandas', 'django', 'rich', 'troth.publish', 'troth.site');"
        "print(json.dumps([code, [one for one in heavy if sys.modules.get(one)]]))"
    )

    done = subprocess.run(
        [sys.executable, "-c", script, "run", data, "--out", tmp_path, "--until", "score", "-q"],
        capture_output=True,
        check=True,
    )

    assert json.loads(done.stdout.splitlines()[-1]) == [0, []]
    assert not (tmp_path / "releases").exists()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "no such file or folder"),
        (b"", "1 records in = 0 kept + 1 rejected"),
        (b"a,b\n1,2\n", "0 kept"),
        (b'{"features": []}\n', "0 kept"),
        (b"\x1f\x8b\x08\x00broken", "0 kept"),
    ],
)
def test_an_input_that_cannot_be_used_leaves_with_3(tmp_path: Path, content, said) -> None:
    path = tmp_path / "input.jsonl"
    if content is not None:
        path.write_bytes(content)

    ran = troth("run", path, "--out", tmp_path / "out")

    assert ran.code == 3
    assert said in ran.err
    if content is not None:
        assert f"troth check {path}" in ran.err
    assert not (tmp_path / "out" / "releases").exists()


def test_records_without_a_date_are_judged_as_of_no_day_until_somebody_says_which(
    tmp_path: Path,
) -> None:
    data, out = tmp_path / "undated.jsonl", tmp_path / "out"
    undated = [
        {name: value for name, value in one.items() if name != "date"} for one in towns.processes()
    ]
    data.write_text("".join(json.dumps(one) + "\n" for one in undated))

    ran = troth("run", data, "--out", out, "--until", "release")

    assert ran.code == 2
    assert "Run again and say it: --as-of" in ran.err
    assert not (out / "releases").exists()
    said = ("run", data, "--out", out, "--until", "release", "--as-of", towns.LAST_RELEASE)
    assert troth(*said).code == 0


def test_a_strict_run_stops_at_the_first_fault_and_keeps_what_was_there(out: Path, made) -> None:
    data, _, _ = made

    ran = troth("run", data, "--out", out, "--strict")

    assert ran.code == 3
    assert "towns.jsonl, line 83" in ran.err
    assert troth("explain", TOWN_A, "--out", out).code == 0


def test_by_the_name_of_a_recipe_what_was_not_measured_is_said_to_be_needed(
    made, tmp_path: Path
) -> None:
    data, _, _ = made
    ran = troth("run", data, "--out", tmp_path, "--recipe", "kept-word")
    assert ran.code == 0
    assert "are not in this version" not in ran.out
    told = troth("explain", TOWN_A, "--out", tmp_path).out.replace("\u00a0", " ")
    assert "20 % of the recipe's weight could be measured; needed are 4 pillars of 5" in told
    assert "C/D among them" in told
    again = troth("score", "--recipe", "kept-word", "--out", tmp_path, "--format", "json").json
    assert all(row["level"] is None for row in again["bodies"])
