"""The object that Cardinal prints: groups without results are absent, figures are rounded."""

from __future__ import annotations

import json
import math

from troth.interop.cardinal.lines import written
from troth.interop.cardinal.quartiles import Quartiles
from troth.interop.cardinal.results import BUYER, OCID, PROCURING_ENTITY, Results


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


ITALIAN, PERUVIAN = "IT-CF-RSSMRA80A01H501U", "PE-RUC-10100070970"


def test_natural_persons_are_left_out_and_counted_by_result() -> None:
    results = Results()
    results.flag(OCID, ITALIAN, "R018", 1.0)  # an ocid is nobody's identifier
    results.flag(BUYER, ITALIAN, "R038", 0.5)
    results.flag(PROCURING_ENTITY, f" {PERUVIAN}\n", "R038", 0.5)
    results.flag_tenderers("1", [PERUVIAN, "PE-RUC-20100070970"], "R028", 1.0)
    results.flag_tenderers("2", [PERUVIAN], "R030", 1.0)
    results.maps.buyer = {"1": ITALIAN, "2": "B"}
    results.maps.procuring_entity = {"1": PERUVIAN}
    results.maps.tenderer = {"1": {PERUVIAN, "A"}}
    results.tell("R038", "upper_fence", 0.4)

    shown, left_out = results.without_persons()

    assert left_out == 4
    made = shown.as_json(maps=True)
    maps = made.pop("Maps")
    assert made == {
        "OCID": {ITALIAN: {"R018": 1.0}},
        "Tenderer": {"PE-RUC-20100070970": {"R028": 1.0}},
        "Meta": {"R038": {"upper_fence": 0.4}},
    }
    assert maps["ocid_buyer_r038"] == {"2": "B"}
    assert maps["ocid_procuringentity_r038"] == {}
    assert maps["ocid_tenderer"] == {"1": ["A"]}
    assert maps["ocid_tenderer_r028"] == {"1": ["PE-RUC-20100070970"]}
    assert maps["ocid_tenderer_r030"] == {"2": []}
    assert results.counts()["Tenderer"] == 2
