"""What the two scripts do: two bodies side by side, and weights of one's own, to the last digit."""

from __future__ import annotations

import json
import math
import random
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pyarrow.parquet as pq
import pytest

from tests.browser.visits import IN_A_BROWSER, Visit, opened
from tests.site.made_release import AS_OF, HOSTILE, body_id_of, made_release
from troth.publish.levels import standings
from troth.publish.views import Release, open_release, page_name
from troth.publish.wording import apart, visible
from troth.score.level import MICRO, Levels, levels
from troth.score.recipe import Goalposts, Recipe
from troth.site.build import build
from troth.site.render import folder
from troth.tables import body as body_tables
from troth.tables import results

pytestmark = IN_A_BROWSER


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    where = tmp_path_factory.mktemp("out")
    release = made_release(where, bodies=14, lean=0.9)
    for language in ("en", "ar"):
        build(release, where / language, language=language)
    return where


@pytest.fixture(scope="module")
def release(out: Path) -> Release:
    return open_release(next((out / "releases").iterdir()))


@pytest.fixture
def visit(with_scripts: Any) -> Iterator[Any]:
    visits: list[Visit] = []

    def at(address: str, width: int = 1200) -> Visit:
        visits.append(opened(with_scripts, address, width))
        return visits[-1]

    yield at
    for one in visits:
        assert one.complaints == []
        one.page.close()


# --- weights ---


def in_the_browser(page: Any) -> dict[str, int | None]:
    """The level of each body in millionths of a point as the page has it; none where withheld."""
    rows = page.locator("#weigh-table tbody tr").evaluate_all(
        "rows => rows.map((row) => [row.dataset.body, row.dataset.micropoints])"
    )
    return {body: int(micro) if micro else None for body, micro in rows}


def by_the_scorer(found: Levels) -> dict[str, int | None]:
    """The same from `troth score`, by the name of the body's page."""
    return {
        page_name(body): round(level * MICRO) if shown else None
        for body, level, shown in zip(
            found.cells.bodies.to_pylist(), found.level.tolist(), found.published, strict=True
        )
    }


@pytest.mark.parametrize("seed", range(4))
def test_the_sliders_give_what_the_scorer_gives_for_the_recipe_file_they_write(
    seed: int, out: Path, release: Release, visit: Any, tmp_path: Path
) -> None:
    chance = random.Random(seed)
    codes = [one.card.code for one in release.method().goalposts]
    times = {code: chance.choice([0, 0.25, 1.75, 3, 4]) for code in codes if chance.random() < 0.7}
    page = visit(f"{(out / 'en' / 'method.html').as_uri()}#{urlencode(times)}").page
    mine = tmp_path / "mine.toml"
    mine.write_text(page.locator("#weigh-file").text_content(), encoding="utf-8")

    tables = release.scoring_tables()
    found = levels(*tables, Recipe.from_toml(mine), release.last_published())

    assert in_the_browser(page) == by_the_scorer(found)
    assert any(level is not None for level in in_the_browser(page).values())


def test_with_the_published_weights_the_sliders_give_the_published_levels(
    out: Path, release: Release, visit: Any
) -> None:
    page = visit((out / "en" / "method.html").as_uri()).page
    published = {
        row.body.page: None if row.score.level is None else round(row.score.level * MICRO)
        for row in standings(release).rows
    }

    assert in_the_browser(page) == published
    differences = page.locator("#weigh-table tbody td:last-child").all_inner_texts()
    assert set(differences) <= {"0.0", "–"}


def test_moving_a_slider_is_kept_in_the_address_and_taken_back_by_the_button(
    out: Path, visit: Any
) -> None:
    address = (out / "en" / "method.html").as_uri()
    page = visit(address).page
    before = in_the_browser(page)
    page.locator("#w-P018").focus()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    moved = in_the_browser(page)
    kept = page.url

    assert kept == f"{address}#P018=2"
    assert moved != before
    assert in_the_browser(visit(kept).page) == moved
    page.locator("#weigh-back").click()
    assert in_the_browser(page) == before
    assert "P018" not in page.url


def test_the_peer_group_is_part_of_the_address(out: Path, release: Release, visit: Any) -> None:
    group = standings(release).groups[0]
    page = visit((out / "ar" / "method.html").as_uri()).page
    page.locator("#weigh-peers").select_option(index=1)

    assert urlencode({"peers": group.label}) in page.url
    assert set(in_the_browser(page)) == {row.body.page for row in group.rows}
    assert set(in_the_browser(visit(page.url).page)) == set(in_the_browser(page))


def test_hostile_names_in_the_data_of_the_sliders_are_text(out: Path, visit: Any) -> None:
    page = visit((out / "en" / "method.html").as_uri()).page
    names = page.locator("#weigh-table tbody th").all_inner_texts()

    assert visible(HOSTILE) in names
    assert page.locator("#weigh-table script").count() == 0


#: Figures that are no shares.
IN_DAYS = ("D01", "I01")

PILLARS = ("C01", "C02", "D01", "D02", "I01", "P018", "P019", "T01")

#: What the script needs of a page, and no more.
BARE = """<!doctype html><meta charset="utf-8"><title>t</title>
<section id="weigh" hidden>{sliders}<select id="weigh-peers"><option value="">all</option></select>
<button id="weigh-back"></button><p id="weigh-over" hidden></p><span id="weigh-shown"></span>
<pre id="weigh-file"></pre><table id="weigh-table"><tbody></tbody></table></section>
<script src="weights-data.js"></script><script src="weights.js"></script>"""


@pytest.mark.parametrize("seed", range(6))
def test_pillars_silence_and_gates_are_those_of_the_scorer(
    seed: int, visit: Any, tmp_path: Path
) -> None:
    """Forty bodies in two groups; silence, too few cases and no case at random; five pillars."""
    chance = random.Random(seed)
    measurement, bodies, last = [], [], []
    for number in range(40):
        name = f"XX:{number:02d}"
        bodies.append({"body_key": number, "body_id": name, "body_kind": "public_body", "names": 1,
                       "processes": 9, "level": "town" if number % 2 else "county",
                       "population": 9000})  # fmt: skip
        for code in PILLARS:
            n = chance.choice([0, 0, 6, 40, 300, 900])
            status = "not_measurable" if n == 0 else "too_few_cases" if n < 20 else "published"
            if chance.random() < 0.5:
                before = chance.choice([25, 60, 400])
                last.append({"body_id": name, "body_kind": "public_body", "indicator": code,
                             "version": 1, "n": before, "hits": round(before * chance.random()),
                             "value": 0.5, "release": "before", "as_of": AS_OF})  # fmt: skip
                if code in IN_DAYS:
                    last[-1] |= {"hits": None, "value": 95.0, "std_err": 4.0}
            if n == 0 and chance.random() < 0.4:
                continue
            row = {"body_id": name, "body_kind": "public_body", "indicator": code, "period": "all",
                   "version": 1, "n": n, "hits": round(n * chance.random() ** 2), "error": 0,
                   "unknown": chance.choice([0, 5, 50]) if n else 5, "not_applicable": 0, "status": status}  # fmt: skip
            if code in IN_DAYS:
                days = {"value": chance.uniform(0, 150), "std_err": chance.uniform(0, 20)}
                row |= {"hits": None} | (days if status == "published" else {})
            measurement.append(row)
    recipe = Recipe(
        name="five",
        version=1,
        title="five pillars",
        goalposts={
            code: Goalposts(worst=0.8, best=0.05, reason='ends "of" a share', dated="2026-01-01")
            for code in PILLARS
        }
        | dict.fromkeys(IN_DAYS, Goalposts(120.0, 30.0, "days", "2026-01-01", 'days "or" so')),
        weights={code: chance.choice([1.0, 2.0, 0.3]) for code in PILLARS},
        pillars=dict(zip("CDIPT", (1.0, 2.0, 1.5, 1.0, 0.7), strict=True)),
        minimum_weight=chance.choice([0.3, 0.5, 0.65]),
        minimum_pillars=chance.choice([2, 3]),
    )
    tables = results.MEASUREMENT.rows(measurement), body_tables.BODY.rows(bodies)
    published = results.LAST_PUBLISHED.rows(last)
    first = levels(*tables, recipe, published)
    assert first.cells.kept.any()
    write_bare(tmp_path, recipe, first)
    times = {"C01": 3, "P018": 0.5, "T01": chance.choice([0, 2]), "pillar-I": 0.75}
    page = visit(f"{(tmp_path / 'page.html').as_uri()}#{urlencode(times)}").page
    (tmp_path / "mine.toml").write_text(page.locator("#weigh-file").text_content())

    found = levels(*tables, Recipe.from_toml(tmp_path / "mine.toml"), published)

    told = in_the_browser(page)
    assert told == by_the_scorer(found)
    assert len({level is None for level in told.values()}) == 2, "some have a level, some have none"


def write_bare(where: Path, recipe: Recipe, found: Levels) -> None:
    """A page with the data of these levels, as `weights_script` gives them."""
    groups = sorted(set(found.groups.tolist()))
    cells = found.cells
    states = [
        "".join("p" if p else "s" if s else "x" for p, s in zip(published, silent, strict=True))
        for published, silent in zip(cells.published, cells.silent, strict=True)
    ]
    bodies = [
        [page_name(body), body, groups.index(group), None,
         [None if math.isnan(one) else one for one in estimates], state]
        for body, group, estimates, state in zip(
            cells.bodies.to_pylist(), found.groups.tolist(), found.estimate.tolist(), states,
            strict=True,
        )
    ]  # fmt: skip
    told = {"recipe": recipe.as_json(), "groups": [[one, one] for one in groups], "bodies": bodies}
    script = f"window.trothWeights = {json.dumps(told)};"
    (where / "weights-data.js").write_text(script)
    shutil.copyfile(folder("static") / "weights.js", where / "weights.js")
    names = [*(f"pillar-{one}" for one in recipe.pillars), *recipe.codes]
    sliders = "".join(
        f'<input type="range" id="w-{one}" data-of="{one}" min="0" max="4" step="0.25" value="1">'
        f'<span id="w-{one}-said"></span>'
        for one in names
    )
    (where / "page.html").write_text(BARE.format(sliders=sliders))


# --- two bodies ---


def compare_page(out: Path, release: Release, language: str = "en") -> tuple[str, Any]:
    """The address of the page of the largest peer group, and the group."""
    group = max(standings(release).groups, key=lambda one: len(one.rows))
    return (out / language / "compare" / f"{page_name(group.label)}.html").as_uri(), group


def test_two_bodies_are_told_apart_exactly_when_their_intervals_do_not_overlap(
    out: Path, release: Release, visit: Any
) -> None:
    address, group = compare_page(out, release)
    first = group.rows[0]
    seen = set()
    for second in group.rows[1:]:
        asked = urlencode({"first": first.body.page, "second": second.body.page})
        page = visit(f"{address}#{asked}").page
        said = page.locator("#pair tbody tr").first.locator("td").last.inner_text()
        one, other = first.score, second.score
        verdict = apart((one.low, one.high), (other.low, other.high))
        names = visible(first.body.shown), visible(second.body.shown)
        above, below = names if verdict > 0 else reversed(names)
        expected = f"{above} lies above {below}" if verdict else "cannot be told apart"
        assert said.startswith(expected)
        assert page.locator("#answer").inner_text() == f"Level: {said}"
        seen.add(verdict)
    assert 0 in seen
    assert len(seen) > 1


def test_what_stands_side_by_side_is_what_the_table_says(
    out: Path, release: Release, visit: Any
) -> None:
    address, _ = compare_page(out, release)
    page = visit(address).page
    rows = page.locator("#all tbody tr")
    cells = [rows.nth(at).locator("td").all_inner_texts() for at in (0, 1)]
    shown = page.locator("#pair tbody tr").evaluate_all(
        "rows => rows.map((row) => [row.cells[1].innerText, row.cells[2].innerText])"
    )

    assert [tuple(pair) for pair in shown] == list(zip(*cells, strict=True))
    assert page.locator("#pair svg").count() > 2


def test_the_two_bodies_chosen_are_kept_in_the_address(
    out: Path, release: Release, visit: Any
) -> None:
    address, group = compare_page(out, release, "ar")
    page = visit(address, 390).page
    page.locator("#second").select_option(index=2)
    head = page.locator("#pair thead th").all_inner_texts()

    assert urlencode({"second": group.rows[2].body.page}) in page.url
    assert visit(page.url, 390).page.locator("#pair thead th").all_inner_texts() == head
    assert head[2] == visible(group.rows[2].body.shown)


def test_a_body_without_a_figure_cannot_be_compared(
    out: Path, release: Release, tmp_path: Path, visit: Any
) -> None:
    made = made_release(tmp_path, bodies=9)
    path = made / "parquet" / "score.parquet"
    rows = pq.read_table(path).to_pylist()
    withheld = dict.fromkeys(
        ("level", "low", "high", "lowest", "highest", "band", "rank", "rank_low", "rank_high"), None
    )
    rows = [
        row | (withheld | {"status": "withheld"} if row["body_id"] == body_id_of(1) else {})
        for row in rows
    ]
    pq.write_table(results.SCORE.rows(rows), path)
    parts = made / "parquet" / "contribution.parquet"
    kept = [row for row in pq.read_table(parts).to_pylist() if row["body_id"] != body_id_of(1)]
    pq.write_table(results.CONTRIBUTION.rows(kept), parts)
    build(made, tmp_path / "site")
    answers = open_release(made)
    own = standings(answers).of(body_id_of(1))
    assert own is not None
    page = tmp_path / "site" / "compare" / f"{page_name(own.score.peer_group or '')}.html"
    asked = urlencode({"first": own.body.page})

    said = visit(f"{page.as_uri()}#{asked}").page.locator("#pair tbody tr").first.inner_text()

    assert "withheld" in said
    assert "cannot be compared" in said
