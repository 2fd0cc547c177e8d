"""The site as a whole: every page there, every link leading somewhere, nothing said too much."""

import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pyarrow.parquet as pq
import pytest

from tests.site.made_release import ARABIC, HOSTILE, body_id_of, made_release
from troth.errors import UsageError
from troth.publish.levels import standings
from troth.publish.persons import leaks
from troth.publish.views import DECLARED, open_release, page_name
from troth.publish.wording import bare_ranks, forbidden_in
from troth.site.build import LINES_A_PAGE, build
from troth.site.course_pages import letter
from troth.site.render import DIRECTIONS, POLICY, folder, word, words

LANGUAGES = sorted(DIRECTIONS)


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_release(tmp_path_factory.mktemp("out"), bodies=14, lean=0.9, ledgers=True)


@pytest.fixture(scope="module", params=LANGUAGES)
def site(request: pytest.FixtureRequest, release: Path) -> tuple[str, Path, list[Path]]:
    out = release.parent.parent / request.param
    return request.param, out, build(release, out, language=request.param)


class Page(HTMLParser):
    """What tests want of a page: links, identifiers, tags, and its own words without data."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.headings: list[int] = []
        self.own: list[str] = []
        self.text: list[str] = []
        self.scripts: list[str] = []
        self._data_depth = 0
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        given = {name: value or "" for name, value in attrs}
        self.attributes += given.items()
        self.links += [given[name] for name in ("href", "src") if name in given]
        if tag == "script":
            self.scripts.append(given["src"])
        if "id" in given:
            self.ids.append(given["id"])
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag in ("bdi", "pre", "code"):
            self._data_depth += 1

    def handle_endtag(self, tag: str) -> None:
        if tag in ("bdi", "pre", "code"):
            self._data_depth -= 1
        elif tag not in ("a", "span", "strong", "em"):
            self.text.append(" | ")  # what stands in two places is not one sentence

    def handle_data(self, data: str) -> None:
        self.text.append(data)
        if self._data_depth == 0:
            self.own.append(data)


def pages(out: Path) -> Iterator[tuple[Path, Page]]:
    for path in sorted(out.rglob("*.html")):
        if "releases" not in path.parts:
            yield path, Page(path.read_text(encoding="utf-8"))


def test_every_kind_of_page_is_there_and_each_is_named_in_the_answer(
    site: tuple[str, Path, list[Path]], release: Path
) -> None:
    _, out, written = site
    answers = open_release(release)

    for row in answers.bodies():
        assert out / "bodies" / f"{row.body.page}.html" in written
    for code in answers.catalogue:
        assert out / "indicators" / f"{code}.html" in written
    for process in answers.processes():
        assert out / "processes" / f"{process.page}.html" in written
    for group in standings(answers).groups:
        assert out / "compare" / f"{page_name(group.label)}.html" in written
    for name in (
        "index",
        "method",
        "quality",
        "data",
        "persons",
        "bodies/index",
        "compare/index",
        "indicators/index",
        "processes/index",
    ):
        assert out / f"{name}.html" in written
    assert sorted(written) == [path for path, _ in pages(out)]


def test_every_link_leads_to_a_file_and_every_fragment_to_a_place(
    site: tuple[str, Path, list[Path]],
) -> None:
    _, out, _ = site
    found = dict(pages(out))

    for path, page in found.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme:
                assert parts.scheme in ("http", "https"), link
                continue
            target = (
                Path(os.path.normpath(path.parent / unquote(parts.path))) if parts.path else path
            )
            assert target.is_file(), f"{path.name} -> {link}"
            if parts.fragment and target in found:
                assert parts.fragment in found[target].ids, f"{path.name} -> {link}"


#: Pages that a script adds to, and the scripts: all are files of the site, and the pages say the
#: same without them.
SCRIPTS = {
    "method.html": ["weights-data.js", "static/weights.js"],
    "compare": ["../static/compare.js"],
}


def test_no_page_fetches_or_sends_anything_and_scripts_are_files_of_the_site(
    site: tuple[str, Path, list[Path]],
) -> None:
    _, out, _ = site

    for path, page in pages(out):
        assert not {"iframe", "object", "embed", "form", "base", "img", "style"} & set(page.tags), (
            path
        )
        key = path.parent.name if path.name != "index.html" else ""
        wanted = SCRIPTS.get(key, SCRIPTS.get(path.name, []))
        assert page.scripts == wanted, path
        assert ("content", POLICY) in page.attributes, path
        for name, value in page.attributes:
            assert not name.startswith("on"), path
            assert name != "style", path
            assert not value.lower().startswith(("javascript:", "data:")), path


def test_scripts_ask_for_nothing_and_make_no_markup_from_text() -> None:
    for script in sorted(folder("static").glob("*.js")):
        text = script.read_text(encoding="utf-8")
        assert '"use strict"' in text
        for way in (
            "fetch(",
            "XMLHttp",
            "import ",
            "innerHTML",
            "eval(",
            "Function(",
            "http:",
            "//cdn",
        ):
            assert way not in text, f"{script.name}: {way}"


def test_no_page_gives_a_rank_without_its_interval(site: tuple[str, Path, list[Path]]) -> None:
    _, out, _ = site
    said = 0

    for path, page in pages(out):
        labels = (value for name, value in page.attributes if name in ("aria-label", "title"))
        text = " | ".join(["".join(page.text), *labels])
        assert bare_ranks(text) == [], path
        said += len(re.findall(r"\d+–\d+ / \d+", text))
    assert said, "no page gives any rank, so this looked at nothing"


def test_levels_stand_with_interval_band_peers_and_rank_interval(
    release: Path, tmp_path: Path
) -> None:
    build(release, tmp_path)
    answers = open_release(release)
    row = standings(answers).by_rank[0]
    score = row.score
    text = (tmp_path / "bodies" / f"{row.body.page}.html").read_text(encoding="utf-8")
    said = re.sub(r"</?bdi>", "", text).replace("\u00a0", " ")

    assert (
        f"{score.level:.1f} of 100 points (90 % interval {score.low:.1f} to {score.high:.1f})"
        in said
    )
    assert f"Rank {score.rank_low} to {score.rank_high} of {score.ranked_of} (90 % interval" in said
    assert f"and {score.band} " in said
    assert f'href="../compare/{page_name(score.peer_group or "")}.html"' in text


def test_a_withheld_level_says_why_and_has_neither_band_nor_rank(
    release: Path, tmp_path: Path
) -> None:
    build(release, tmp_path)
    page = page_name(body_id_of(5))
    text = (tmp_path / "bodies" / f"{page}.html").read_text(encoding="utf-8")

    assert "withheld" in text
    assert "Rank " not in text
    assert "points): " not in text


def test_where_ranks_are_not_kept_pages_say_so_and_have_none(release: Path, tmp_path: Path) -> None:
    folder_of = tmp_path / "releases" / release.name
    shutil.copytree(release, folder_of)
    path = folder_of / "parquet" / "score.parquet"
    rows = pq.read_table(path).to_pylist()
    gone = dict.fromkeys(("rank", "rank_low", "rank_high"), None)
    bare = [row | gone | {"rank_kept": False} for row in rows]
    pq.write_table(DECLARED["score"].rows(bare), path)
    build(folder_of, tmp_path / "site")

    text = (tmp_path / "site" / "bodies" / "index.html").read_text(encoding="utf-8")
    assert "No ranks are given, only bands" in text
    assert not re.search(r"\d+–\d+ / \d+", text)


def test_the_data_of_the_sliders_are_those_of_the_release(release: Path, tmp_path: Path) -> None:
    build(release, tmp_path)
    text = (tmp_path / "weights-data.js").read_text(encoding="ascii")
    told = json.loads(text.removeprefix("window.trothWeights = ").removesuffix(";\n"))
    answers = open_release(release)

    assert told["recipe"] == answers.recipe_json()
    assert len(told["bodies"]) == len(standings(answers).rows)
    for _, _, group, micropoints, estimates, states in told["bodies"]:
        assert 0 <= group < len(told["groups"])
        assert micropoints is None or 0 <= micropoints <= 100_000_000
        assert len(estimates) == len(states) == len(told["recipe"]["weights"])


def test_pages_say_their_language_and_direction(site: tuple[str, Path, list[Path]]) -> None:
    language, out, _ = site

    for path, page in pages(out):
        assert page.attributes[:2] == [("lang", language), ("dir", DIRECTIONS[language])], path


def test_headings_go_down_one_step_at_a_time_and_identifiers_are_unique(
    site: tuple[str, Path, list[Path]],
) -> None:
    _, out, _ = site

    for path, page in pages(out):
        assert page.headings[0] == 1, path
        assert page.headings.count(1) == 1, path
        assert all(
            after <= before + 1
            for before, after in zip(page.headings, page.headings[1:], strict=False)
        ), path
        assert len(page.ids) == len(set(page.ids)), path


def test_no_page_says_more_than_the_data(site: tuple[str, Path, list[Path]]) -> None:
    _, out, _ = site

    for path, page in pages(out):
        assert forbidden_in(" ".join(page.own)) == [], path


def test_the_word_list_is_really_applied_to_what_pages_say() -> None:
    assert forbidden_in(" ".join(Page("<p>a suspicious <bdi>fraud</bdi> body</p>").own)) == [
        "suspicious"
    ]


def test_no_template_names_a_value_that_is_not_there(site: tuple[str, Path, list[Path]]) -> None:
    _, out, _ = site

    for path, _page in pages(out):
        assert "no such value" not in path.read_text(encoding="utf-8"), path


def test_hostile_names_stand_as_text_set_apart_and_spelled_out(
    site: tuple[str, Path, list[Path]],
) -> None:
    _, out, _ = site
    shown = (
        "<bdi>&lt;script&gt;alert(&#x27;x&#x27;)&lt;/script&gt; "
        "[bids] &amp; &quot;co&quot; \\u202eevil</bdi>"
    )

    page = (out / "bodies" / f"{page_name(body_id_of(2))}.html").read_text(encoding="utf-8")

    assert f"<h1>{shown} " in page
    for path, _page in pages(out):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"<script(?! src=\"[\w./-]+\" defer></script>)", text)
        assert "\u202e" not in text
        assert HOSTILE not in text


def test_an_arabic_name_is_set_apart_on_every_page(site: tuple[str, Path, list[Path]]) -> None:
    _, out, _ = site

    assert f"<h1><bdi>{ARABIC}</bdi>" in (
        out / "bodies" / f"{page_name(body_id_of(1))}.html"
    ).read_text(encoding="utf-8")
    assert f"<bdi>{ARABIC}</bdi>" in (out / "bodies" / "index.html").read_text(encoding="utf-8")


def test_nothing_on_the_site_is_about_a_person(site: tuple[str, Path, list[Path]]) -> None:
    _, out, _ = site

    assert list(leaks(out)) == []


def test_a_natural_person_who_supplies_has_no_name_on_the_page_of_the_process(
    release: Path, site: tuple[str, Path, list[Path]]
) -> None:
    _, out, _ = site
    view = open_release(release).process("ocds-xx-2023-000000")
    text = (out / "processes" / f"{view.page}.html").read_text(encoding="utf-8")

    assert "(natural person or unknown)" in text
    assert "Sample Roads" not in text


def test_no_list_numbers_its_bodies(site: tuple[str, Path, list[Path]]) -> None:
    _, out, _ = site

    for name in ("index.html", "bodies/index.html"):
        text = (out / name).read_text(encoding="utf-8")
        assert "<ol" not in text
        assert not re.search(
            r"<t[dh][^>]*>\s*(?:<bdi>)?#?1[.)]?(?:</bdi>)?\s*</t[dh]>\s*<t[dh]",
            text.split('id="closer"')[-1].split("</table>")[0],
        )


def test_the_same_release_gives_the_same_bytes(release: Path, tmp_path: Path) -> None:
    def digest(out: Path) -> str:
        made = hashlib.sha256()
        for path in sorted(out.rglob("*")):
            if path.is_file():
                made.update(str(path.relative_to(out)).encode() + b"\0" + path.read_bytes())
        return made.hexdigest()

    first, second = tmp_path / "first", tmp_path / "second"
    build(release, first)
    build(release, second)

    assert digest(first) == digest(second)


def test_pages_of_an_earlier_release_do_not_stay(tmp_path: Path) -> None:
    more, fewer = made_release(tmp_path / "more"), made_release(tmp_path / "fewer", bodies=2)
    site = tmp_path / "site"
    build(more, site)
    gone = site / "bodies" / f"{page_name(body_id_of(4))}.html"
    assert gone.is_file()

    written = build(fewer, site)

    assert not gone.exists()
    assert sorted(written) == [path for path, _ in pages(site)]


def test_a_long_list_goes_on_on_another_page(tmp_path: Path) -> None:
    folder = made_release(tmp_path, bodies=3, processes=1)
    body = pq.read_table(folder / "parquet" / "body.parquet").to_pylist()
    more = [
        body[0]
        | {"body_id": f"XX:{number:04d}", "body_key": 1000 + number, "name": f"Town {number:04d}"}
        for number in range(LINES_A_PAGE)
    ]
    pq.write_table(DECLARED["body"].rows([*body, *more]), folder / "parquet" / "body.parquet")
    build(folder, tmp_path)

    first = (tmp_path / "bodies" / "index.html").read_text(encoding="utf-8")
    second = (tmp_path / "bodies" / "_2.html").read_text(encoding="utf-8")

    assert first.count('<th scope="row">') == LINES_A_PAGE
    assert second.count('<th scope="row">') == 3
    assert 'href="_2.html"' in first
    assert 'href="index.html"' in second


def test_a_release_without_records_or_rejected_rows_has_its_pages_all_the_same(
    tmp_path: Path,
) -> None:
    folder = made_release(tmp_path, processes=0)
    pq.write_table(DECLARED["rejected"].empty(), folder / "parquet" / "rejected.parquet")
    build(folder, tmp_path)

    assert word("list.no_records", "en") in (tmp_path / "processes" / "index.html").read_text(
        encoding="utf-8"
    )
    assert "none found" in (tmp_path / "quality.html").read_text(encoding="utf-8")


def test_a_release_of_nothing_says_so_and_does_not_break(tmp_path: Path) -> None:
    folder = made_release(tmp_path, bodies=0, processes=0)
    build(folder, tmp_path)

    home = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert "none found" in home
    assert "not measurable" in (tmp_path / "indicators" / "P018.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_word_and_none_says_too_much(language: str) -> None:
    assert set(words(language)) == set(words("en"))
    for key, text in words(language).items():
        assert text.strip(), key
        assert forbidden_in(text) == [], key


def test_pages_in_other_languages_mark_what_is_still_english(
    site: tuple[str, Path, list[Path]],
) -> None:
    language, out, _ = site
    text = (out / "indicators" / "P018.html").read_text(encoding="utf-8")

    assert ('<bdi lang="en">Single bid</bdi>' in text) == (language != "en")


def test_a_language_we_do_not_speak_is_an_error(release: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no pages in 'xx'"):
        build(release, tmp_path, language="xx")


def test_figures_of_ledgers_stand_in_what_they_count_in(release: Path, tmp_path: Path) -> None:
    build(release, tmp_path / "en")
    home = Page((tmp_path / "en" / "index.html").read_text(encoding="utf-8"))
    body = (tmp_path / "en" / "bodies" / f"{page_name(body_id_of(3))}.html").read_text("utf-8")
    text = "".join(Page(body).text).replace("\u00a0", " ")

    assert "69.0 days (90 % interval from 61.6 days; its upper end is not reached yet)" in text
    assert "3.00 percentage points (90 % interval -0.85 to 6.85)" in text
    assert "over 93 entries of invoice" in text
    assert "these cases allow no interval" in text
    assert "May mislead: Bodies with many small invoices pay faster." in text
    assert "Looks at the 12 months before the day of this release." in text
    assert "3 of the 7 entries behind this figure" in text
    assert "bills.csv, line 23" in text
    assert "0.4375" in text
    assert 'href="#D05"' in body
    assert "the middle of all bodies: " in "".join(home.text)


def test_what_is_missing_is_said_in_three_ways_and_why(release: Path, tmp_path: Path) -> None:
    build(release, tmp_path / "en")

    def text(number: int) -> str:
        page = tmp_path / "en" / "bodies" / f"{page_name(body_id_of(number))}.html"
        return "".join(Page(page.read_text(encoding="utf-8")).text)

    assert "Withheld: invoices in more than one currency." in text(4)
    assert re.search(r"not run\W+This indicator was not run\D+Completeness", text(4))
    assert "none found" in text(0)
    assert "at least 10 are needed" in text(5)


def test_outcomes_stand_apart_and_are_no_reason_to_look(release: Path, tmp_path: Path) -> None:
    build(release, tmp_path / "en")
    opened = open_release(release)
    for row in opened.bodies():
        page = (tmp_path / "en" / "bodies" / f"{row.body.page}.html").read_text("utf-8")
        outcomes = page[page.index('<h2 id="outcomes">') :]
        outcomes = outcomes[: outcomes.index("</section>")]
        assert "never in a level" in outcomes
        assert "reason to look" not in outcomes
        assert page.index('<h2 id="procurement">') < page.index('<h2 id="outcomes">')
    assert not [look for look in opened.home().closer_looks if look.card.is_outcome]


def test_a_figure_that_is_no_share_has_groups_and_no_funnel(release: Path, tmp_path: Path) -> None:
    build(release, tmp_path / "en")
    days = (tmp_path / "en" / "indicators" / "D03.html").read_text(encoding="utf-8")
    share = (tmp_path / "en" / "indicators" / "P018.html").read_text(encoding="utf-8")

    assert 'id="funnel"' in share
    assert 'id="funnel"' not in days
    assert "half of the 13 bodies lie between 39.6 and 57.5" in days
    assert 'href="D05.html"' in days


def course(out: Path, number: int) -> str:
    return (out / "courses" / f"{page_name(body_id_of(number))}.html").read_text(encoding="utf-8")


def test_what_happened_at_a_body_has_a_page_of_its_own(release: Path, tmp_path: Path) -> None:
    build(release, tmp_path)
    text = "".join(Page(course(tmp_path, 3)).text)

    assert "A: 2019-05-01 to 2022-09-14" in text
    assert "C: since 2024-01-10" in text
    assert "1 of 12 are shown." in text
    assert "signed under A" in text
    assert "ends under C" in text
    assert "Earlier events not drawn: 65" in text
    assert "14 of 31 commitments reported done, 14 by the deadline first given" in text
    assert "52.50 EUR past due in 6 invoices, 3 of them by more than a year" in text
    assert "30 of 43 requests received 2022 to 2023 were answered in full" in text
    assert "9 transfers between units; the most frequent way: intake → legal (5)" in text
    page = f"{page_name(body_id_of(3))}.html"
    assert f"../courses/{page}" in (tmp_path / "bodies" / page).read_text(encoding="utf-8")


def test_time_lines_stand_on_administrations_and_name_nobody(release: Path, tmp_path: Path) -> None:
    build(release, tmp_path)
    page = (tmp_path / "bodies" / f"{page_name(body_id_of(3))}.html").read_text(encoding="utf-8")
    over_time = page[page.index('<h2 id="time">') :]
    over_time = over_time[: over_time.index("</section>")]

    assert over_time.count(">B</text>") > 20, "a letter in every small chart"
    assert "figures and contracts belong to the body" in over_time
    opened = open_release(release)
    own = next(row for row in opened.processes() if row.body.body_id == body_id_of(3))
    process = (tmp_path / "processes" / f"{own.page}.html").read_text(encoding="utf-8")
    assert ">B</text>" in process
    assert "figures and contracts belong to the body" in process


def test_a_body_of_which_ledgers_tell_nothing_has_no_such_page(
    release: Path, tmp_path: Path
) -> None:
    build(release, tmp_path)
    page = f"{page_name(body_id_of(9))}.html"

    assert not (tmp_path / "courses" / page).exists()
    assert "../courses/" not in (tmp_path / "bodies" / page).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("number", "name"), [(1, "A"), (26, "Z"), (27, "AA"), (52, "AZ"), (53, "BA"), (None, "")]
)
def test_administrations_are_lettered_without_end(number: int | None, name: str) -> None:
    assert letter(number) == name
