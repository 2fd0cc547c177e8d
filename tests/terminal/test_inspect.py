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
    text = troth("inspect", data).out
    assert (
        "P018 Single bid: 82 of 83 cases (tender) could be judged, 2 bodies have a figure" in text
    )
    assert "CANNOT BE COMPUTED HERE" in text
