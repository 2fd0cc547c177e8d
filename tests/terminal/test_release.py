"""`troth verify` and `troth serve`: a release and its pages, looked at again."""

from __future__ import annotations

from pathlib import Path

from tests.line.troth import troth


def test_a_release_that_was_changed_does_not_verify(out: Path) -> None:
    assert troth("verify", out).code == 0
    release = out / "releases" / (out / "CURRENT-RELEASE").read_text().strip()
    table = release / "csv" / "score.csv"
    table.write_bytes(table.read_bytes() + b"\r\n")

    ran = troth("verify", release)

    assert ran.code == 4
    assert "csv/score.csv: its bytes are not those in the manifest" in ran.out
    assert troth("verify", release, "--format", "json").json["faults"]


def test_the_pages_are_served_and_what_is_private_is_not(made) -> None:
    _, out, _ = made

    home = troth("serve", out, "--get", "/")

    assert home.code == 0
    assert "<html" in home.out
    assert (out / "store" / "CURRENT").is_file()
    assert troth("serve", out, "--get", "/store/CURRENT").code == 2
    assert troth("serve", out / "releases").code == 3
