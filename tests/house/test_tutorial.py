"""The tutorial of troth.score: its code is run, from top to bottom, as a reader would."""

import re

from tests.house.tracked import ROOT

TUTORIAL = ROOT / "docs" / "tutorial-score.md"


def test_the_code_of_the_tutorial_runs_and_what_it_claims_holds() -> None:
    blocks = re.findall(
        r"^```python\n(.*?)^```$", TUTORIAL.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    assert len(blocks) == 8
    names: dict[str, object] = {}
    for number, block in enumerate(blocks, start=1):
        exec(compile(block, f"{TUTORIAL.name}, block {number}", "exec"), names)
