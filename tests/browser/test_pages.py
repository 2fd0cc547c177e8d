"""Every kind of page in a real browser: accessible, narrow, alone, without JavaScript."""

from __future__ import annotations

import hashlib
import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.browser.visits import IN_A_BROWSER, Visit, launched, opened
from tests.site.made_release import body_id_of, made_release
from troth.publish.levels import standings
from troth.publish.views import open_release, page_name
from troth.site.build import build
from troth.site.serve import serving

HERE = Path(__file__).parent
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LANGUAGES = ("en", "ar")
WIDTHS = (1200, 390)

pytestmark = IN_A_BROWSER


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site in each language around one release."""
    folder = tmp_path_factory.mktemp("out")
    release = made_release(folder, bodies=14, lean=0.9, ledgers=True)
    for language in LANGUAGES:
        build(release, folder / language, language=language)
    return folder


@pytest.fixture(scope="module")
def kinds(out: Path) -> dict[str, str]:
    """One page of each kind, by what it shows."""
    release = open_release(next((out / "releases").iterdir()))
    bodies = {row.body.body_id: row.body.page for row in release.bodies()}
    processes = release.processes()
    return {
        "home": "index.html",
        "bodies": "bodies/index.html",
        "body": f"bodies/{bodies[body_id_of(3)]}.html",
        "body with gaps": f"bodies/{bodies[body_id_of(5)]}.html",
        "hostile body": f"bodies/{bodies[body_id_of(2)]}.html",
        "course": f"courses/{bodies[body_id_of(3)]}.html",
        "course of a hostile body": f"courses/{bodies[body_id_of(2)]}.html",
        "body with a withheld figure": f"bodies/{bodies[body_id_of(4)]}.html",
        "indicator in days": "indicators/D03.html",
        "indicator on both sides of nothing": "indicators/C05.html",
        "indicators": "indicators/index.html",
        "indicator": "indicators/P018.html",
        "indicator never hit": "indicators/P030.html",
        "processes": "processes/index.html",
        "process": f"processes/{processes[0].page}.html",
        "process with a hostile title": f"processes/{processes[1].page}.html",
        "method": "method.html",
        "quality": "quality.html",
        "data": "data.html",
        "persons": "persons.html",
        "peer groups": "compare/index.html",
        "compare": f"compare/{page_name(standings(release).rows[0].score.peer_group or '')}.html",
    }


KINDS = (
    "home", "bodies", "body", "body with gaps", "hostile body",
    "course", "course of a hostile body", "body with a withheld figure",
    "indicator in days", "indicator on both sides of nothing",
    "indicators", "indicator", "indicator never hit",
    "processes", "process", "process with a hostile title",
    "method", "quality", "data", "persons", "peer groups", "compare",
)  # fmt: skip


@pytest.fixture(scope="module")
def axe() -> str:
    """The vendored checker, if it is the file that axe.toml names."""
    pinned = tomllib.loads((HERE / "axe.toml").read_text(encoding="utf-8"))
    content = (HERE / pinned["file"]).read_bytes()
    assert hashlib.sha256(content).hexdigest() == pinned["sha256"], (
        "axe.min.js is not the file that axe.toml names"
    )
    return content.decode("utf-8")


def violations(visit: Visit, axe: str) -> list[str]:
    """What axe-core finds, a line a fault, with everything that opens opened."""
    visit.page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    visit.page.evaluate(axe)
    options = {
        "runOnly": {"type": "tag", "values": TAGS},
        "resultTypes": ["violations"],
        "preload": False,  # it would fetch style sheets by script, which pages do not allow
    }
    found = visit.page.evaluate(f"axe.run(document, {json.dumps(options)})")
    assert len(found["passes"]) > 10, "axe looked at next to nothing"
    return [
        f"{one['id']}: {node['html'][:160]}" for one in found["violations"] for node in one["nodes"]
    ]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_page_is_accessible_alone_and_fits(
    kind: str, language: str, kinds: dict[str, str], out: Path, with_scripts: Any, axe: str
) -> None:
    address = (out / language / kinds[kind]).as_uri()

    for width in WIDTHS:
        visit = opened(with_scripts, address, width)
        assert visit.page.evaluate("document.documentElement.scrollWidth") <= width
        assert visit.page.evaluate("getComputedStyle(document.body).marginTop") == "0px", (
            "the style sheet is not applied"
        )
        assert all(request.startswith("file:///") for request in visit.requests)
        assert visit.complaints == []
        assert violations(visit, axe) == []
        assert visit.page.evaluate("document.documentElement.scrollWidth") <= width, (
            "too wide once opened"
        )
        visit.page.close()


def test_the_checker_would_find_a_fault(out: Path, with_scripts: Any, axe: str) -> None:
    visit = opened(with_scripts, (out / "en" / "index.html").as_uri())
    visit.page.evaluate("document.documentElement.removeAttribute('lang')")

    assert any(one.startswith("html-has-lang") for one in violations(visit, axe))
    visit.page.close()


def test_no_script_of_a_hostile_name_runs(
    kinds: dict[str, str], out: Path, with_scripts: Any
) -> None:
    visit = opened(with_scripts, "about:blank")
    shown: list[str] = []
    visit.page.on("dialog", lambda dialog: (shown.append(dialog.message), dialog.dismiss()))

    visit.page.goto((out / "en" / kinds["hostile body"]).as_uri())

    assert shown == []
    assert visit.page.evaluate("document.scripts.length") == 0
    assert "<script>alert('x')</script> [bids]" in visit.page.inner_text("h1")
    visit.page.close()


def test_the_server_gives_the_same_pages_with_no_request_elsewhere(
    kinds: dict[str, str], out: Path, with_scripts: Any
) -> None:
    with serving(out / "en") as server:
        for kind in ("home", "body", "process", "method", "compare"):
            visit = opened(with_scripts, server.address + kinds[kind])
            assert visit.complaints == []
            assert all(request.startswith(server.address) for request in visit.requests)
            assert visit.page.evaluate("getComputedStyle(document.body).marginTop") == "0px"
            visit.page.close()


def test_right_to_left_pages_begin_on_the_right(
    kinds: dict[str, str], out: Path, with_scripts: Any
) -> None:
    def left_of_title(language: str) -> float:
        visit = opened(with_scripts, (out / language / kinds["home"]).as_uri())
        box = visit.page.locator(".brand").bounding_box()
        visit.page.close()
        return float(box["x"])

    assert left_of_title("en") < 200
    assert left_of_title("ar") > 900


#: What their scripts show cannot be there without them; the test after next looks at these.
WITH_SCRIPTS = ("method", "compare")


def test_pages_read_the_same_without_javascript(
    kinds: dict[str, str], out: Path, started: Any, with_scripts: Any, tmp_path: Path
) -> None:
    context = launched(started, tmp_path, scripts=False)
    for kind in (kind for kind in KINDS if kind not in WITH_SCRIPTS):
        address = (out / "en" / kinds[kind]).as_uri()
        with_them, without = opened(with_scripts, address), opened(context, address)
        assert (
            without.page.locator("main").inner_text() == with_them.page.locator("main").inner_text()
        )
        assert without.complaints == []
        with_them.page.close()
    details = without_opening(context, out, kinds)
    context.close()
    assert details


def without_opening(context: Any, out: Path, kinds: dict[str, str]) -> bool:
    """Whether the cases behind a figure come to light by a click, with no script to help."""
    visit = opened(context, (out / "en" / kinds["body"]).as_uri())
    table = visit.page.locator("#P018 details table").first
    hidden = not table.is_visible()
    visit.page.locator("#P018 summary").first.click()
    return hidden and bool(table.is_visible())


def test_without_javascript_no_control_stands_that_does_nothing(
    kinds: dict[str, str], out: Path, started: Any, tmp_path: Path
) -> None:
    context = launched(started, tmp_path, scripts=False)
    for kind, table in (("method", "#otherwise ~ div table, #otherwise"), ("compare", "#all")):
        visit = opened(context, (out / "en" / kinds[kind]).as_uri())
        for control in visit.page.locator("main input, main select, main button").all():
            assert not control.is_visible()
        assert visit.page.locator(table).first.is_visible()
        assert visit.complaints == []
    context.close()
