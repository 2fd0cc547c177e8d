"""`troth inspect`: what is in the data, and what it can feed."""

from __future__ import annotations

from tests.line import towns
from tests.line.troth import troth


def test_inspect_tells_what_can_be_computed_from_which_field_and_what_is_missing(made) -> None:
    data, _, _ = made

    told = troth("inspect", data, "--format", "json").json

    assert told["files"][0] | {"bytes": 0} == {
        "file": "towns.jsonl",
        "bytes": 0,
        "rows_in": 84,
        "rows_kept": 83,
        "rows_rejected": 1,
        "fields_rejected": 1,
        "packing": "not packed",
        "shape": "JSON Lines",
        "kind": "releases",
    }
    assert (told["bodies"], told["counts"]["process"], told["counts"]["award"]) == (3, 83, 82)
    assert told["released"] == {"first": "2024-01-01", "last": towns.LAST_RELEASE}
    by_code = {one["code"]: one for one in told["indicators"]}
    single = by_code["P018"]
    assert (single["computable"], single["judged"], single["bodies_measured"]) == (True, 82, 2)
    number = single["needs"][1]
    assert (number["field"], number["known"], number["cases"]) == (
        "tender/numberOfTenderers",
        82,
        83,
    )
    assert number["places"]["tender/numberOfTenderers"] == 82
    assert by_code["P064"]["computable"] is False
    flags = {one["code"]: one for one in told["flags"]["flags"]}
    assert (told["flags"]["records"], told["flags"]["of"], len(flags)) == (83, 83, 73)
    assert (flags["R018"]["fields_there"], flags["R018"]["indicator"]) == (True, "P018")
    assert [one["fields"] for one in flags["R018"]["from"][1]] == [
        ["tender/numberOfTenderers"],
        ["tender/tenderers/id"],
    ]
    assert flags["R073"]["fields_there"] is False
    lacking = [paths for need in flags["R073"]["missing"] for paths in need]
    assert ["contracts/implementation/documents/documentType"] in lacking
    text = troth("inspect", data).out
    assert "R018 Single bid" in text
    assert "not R073 Discrepancies between work completed and contract specifications" in text
    assert (
        "P018 Single bid: 82 of 83 cases (tender) could be judged, 2 bodies have a figure" in text
    )
    assert "CANNOT BE COMPUTED HERE" in text
