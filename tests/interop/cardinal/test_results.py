"""The object that Cardinal prints: groups without results are absent, figures are rounded."""

from __future__ import annotations

import json
import math

from troth.interop.cardinal.lines import written
from troth.interop.cardinal.quartiles import Quartiles
from troth.interop.cardinal.results import BUYER, OCID, Results


def test_groups_stand_in_their_order_and_ids_in_that_of_the_file() -> None:
    results = Results()
    results.flag(BUYER, "B", "R038", 0.8)
    results.flag(OCID, "2", "R036", 1.0)
    results.flag(OCID, "1", "R036", 1.0)
    results.flag(OCID, "1", "R003", 1.0)

    assert written(results.as_json(meta=False)) == (
        '{"OCID":{"2":{"R036":1.0},"1":{"R003":1.0,"R036":1.0}},"Buyer":{"B":{"R038":0.8}}}'
    )
    assert results.counts() == {"OCID": 2, "Buyer": 1}


def test_what_is_not_finite_is_null() -> None:
    results = Results()
    results.tell_quartiles("R024", Quartiles(math.nan, 1.00005))
    results.flag(OCID, "1", "R058", math.inf)
    assert json.loads(written(results.as_json())) == {
        "OCID": {"1": {"R058": None}},
        "Meta": {"R024": {"q1": None, "q3": 1.0001}},
    }


def test_maps_are_all_there_and_sorted() -> None:
    results = Results()
    results.flag_tenderers("1", ["B", "A"], "R024", 0.0)
    maps = results.as_json(maps=True)["Maps"]
    assert maps["ocid_tenderer_r024"] == {"1": ["A", "B"]}
    assert list(maps) == [
        "ocid_buyer_r038",
        "ocid_procuringentity_r038",
        "ocid_tenderer",
        "ocid_tenderer_r024",
        "ocid_tenderer_r028",
        "ocid_tenderer_r030",
        "ocid_tenderer_r035",
        "ocid_tenderer_r058",
    ]
