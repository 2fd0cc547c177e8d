"""D1 to D15: what Cardinal answers and what Troth answers, and that docs/cardinal.md says so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from docs import cardinal_page, defects, generate
from docs.defects import DEFECTS, Answers

Said = Mapping[str, Sequence[Answers]]


@pytest.fixture(scope="module")
def said() -> Said:
    return defects.answers()


def test_every_defect_is_shown() -> None:
    assert [one.code for one in DEFECTS] == [f"D{number}" for number in range(1, 16)]


def test_the_page_is_up_to_date(said: Said) -> None:
    written = (generate.FOLDER / "cardinal.md").read_text(encoding="utf-8")
    assert written == cardinal_page.page(said, generate.WRITTEN), "run: python -m docs.generate"


@pytest.mark.parametrize(
    ("code", "case", "cardinal", "troth"),
    [
        ("D1", 0, '{"Buyer":{"body-d1":{"R038":0.5}}}', "withheld (all of one process"),
        ("D2", 0, '"d2-timely":{"R030":1.0}}', "d2-timely not_flagged, d2-late flagged"),
        ("D3", 0, '{"OCID":{"d3-usd":{"R036":1.0}}}', "d3-usd flagged, d3-eur flagged"),
        ("D3", 1, '{"OCID":{"d3-eur-first":', "d3-eur-first flagged, d3-usd-second flagged"),
        ("D4", 0, '{"Tenderer":"100 flagged"}', "not measured by Troth yet"),
        ("D4", 1, '"body-d4-4":{"R038":0.5}', "4 bodies 50 %"),
        ("D4", 2, '"OCID":"25 flagged"', "25 insufficient_data (comparable cases)"),
        ("D5", 0, "{}", "d5 flagged"),
        ("D6", 0, '"lower_fence":-0.0283', "21 not_flagged, d6-close flagged"),
        ("D7", 0, '"d7-quality":{"R036":1.0}', "d7-quality not_applicable"),
        ("D8", 0, '{"OCID":{"d8-backwards":{"R003":1.0}}}', "d8-backwards error"),
        ("D9", 0, '{"OCID":{"d9-no-status":{"R035":1.0}}', "d9-misspelt insufficient_data"),
        ("D10", 0, '{"OCID":{"d10":{"R058":null}}', "not measured by Troth yet"),
        ("D10", 1, "{}", "insufficient_data (bids/details/value)"),
        ("D11", 0, '"OCID":{"d11":{"R028":1.0}}', "d11 not_flagged"),
        ("D12", 0, '"OCID":{"d12":{"R028":1.0}}', "d12 flagged"),
        ("D12", 1, '"awardID":1', "the text of it"),
        ("D13", 0, "{}", "d13 flagged"),
        ("D14", 0, "{}", "d14-two not_flagged, d14-direct not_applicable, d14-missing insuff"),
        ("D15", 0, '"body-d15-low":{"R038":0.5}', "body-d15-low 50 % (37 to 63 %)"),
        ("D15", 1, "{}", "body-d15-high 50 % (37 to 63 %)"),
    ],
)
def test_both_answer(said: Said, code: str, case: int, cardinal: str, troth: str) -> None:
    answered = said[code][case]
    assert cardinal in answered.cardinal
    assert troth in answered.troth
