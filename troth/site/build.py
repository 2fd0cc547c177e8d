"""The static site of a release: every page as a file that opens without a server.

Links are relative, style sheet and scripts are files beside the pages, nothing is fetched from
elsewhere and nothing needs JavaScript: two kinds of page have a script that adds to what they show.
The same release gives the same bytes.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from troth.publish.levels import Standings, standings
from troth.publish.release import body_slug
from troth.publish.views import (
    BodyRow,
    ProcessRow,
    PublishedFile,
    Release,
    open_release,
    page_name,
)
from troth.site import course_pages, draw, level_pages, pages
from troth.site.render import Renderer, folder
from troth.tables.results import COURSES

#: Folders that hold pages of one kind and nothing else.
FOLDERS = ("bodies", "courses", "indicators", "processes", "compare")

#: How many lines a list has before it goes on on another page.
LINES_A_PAGE = 200

#: The tables that a reader of one page may want, offered beside it where the release has them.
OFFERED = {
    "body": (
        "measurement",
        "estimate",
        "evidence",
        "score",
        "contribution",
        "alternative",
        "missing",
        "entry",
        "detail",
    ),
    "indicator": ("measurement", "estimate", "evidence", "entry", "coverage", "missing"),
    "process": ("record", "evidence"),
    "course": tuple(table.name for table in COURSES),
}


@dataclass(frozen=True)
class _Site:
    """Where pages are written, and how."""

    release: Release
    out: Path
    renderer: Renderer
    language: pages.Language
    links: Mapping[str, str]
    levels: Standings

    def write(self, path: str, template: str, context: Mapping[str, object]) -> Path:
        root = "../" * path.count("/")
        target = self.out / path
        target.write_text(
            self.renderer.page(template, root, {"path": path, **context}),
            encoding="utf-8",
            newline="\n",
        )
        return target

    def offered(self, kind: str) -> list[dict[str, object]]:
        """The release's files behind a kind of page: table, format and where it is."""
        found: list[dict[str, object]] = []
        for table in OFFERED[kind]:
            for path, href in self.links.items():
                if Path(path).name.split(".")[0] == table:
                    found.append(
                        {"table": table, "format": Path(path).name.partition(".")[2], "href": href}
                    )
        return found


def build(release_dir: Path | str, out: Path | str, language: str = "en") -> list[Path]:
    """Write the site of the release into `out`; the paths of its pages, in the order written.

    Pages link to the files of the release where they are, so `out` and the release move together:
    put the site beside or above it. Pages of an earlier release in `out` are taken away.
    """
    release = open_release(Path(release_dir))
    target = Path(out)
    for name in (*FOLDERS, "static"):
        (target / name).mkdir(parents=True, exist_ok=True)
    for asset in sorted(folder("static").iterdir()):
        if asset.is_file():
            shutil.copyfile(asset, target / "static" / asset.name)
    run = release.run
    shared = {"run": run, "release_id": release.release_id}
    links = _links(release.files(), release.folder, target)
    site = _Site(
        release,
        target,
        Renderer(language, shared),
        pages.Language(language),
        links,
        standings(release),
    )
    written = list(_pages(site))
    _clear_others(target, written)
    return written


def _clear_others(out: Path, written: Sequence[Path]) -> None:
    """Take away pages of an earlier release: they would stand there as if they were of this one."""
    kept = set(written)
    for name in FOLDERS:
        for page in (out / name).glob("*.html"):
            if page not in kept:
                page.unlink()


def _links(files: Sequence[PublishedFile], release: Path, out: Path) -> dict[str, str]:
    """The way from the top of the site to each file of the release."""
    way = Path(os.path.relpath(release.resolve(), out.resolve())).as_posix()
    return {path: f"{way}/{path}" for path in (*(one.path for one in files), "manifest.json")}


def _pages(site: _Site) -> Iterator[Path]:
    release, language = site.release, site.language
    yield site.write("index.html", "home.html", pages.home(release, language))
    yield from _body_pages(site)
    yield site.write(
        "indicators/index.html", "indicators.html", pages.indicators(release, language)
    )
    for code in release.catalogue:
        context = pages.indicator(release, code, language)
        strips = level_pages.indicator(release.indicator(code), site.levels, language)
        yield site.write(
            f"indicators/{code}.html",
            "indicator.html",
            {**context, "strips": strips, "offered": site.offered("indicator")},
        )
    yield from _process_pages(site)
    yield from _compare_pages(site)
    yield _method_page(site)
    yield site.write("quality.html", "quality.html", pages.quality(release, language))
    yield site.write("data.html", "data.html", pages.files(release, site.links, language))
    yield site.write("persons.html", "persons.html", {})


def _compare_pages(site: _Site) -> Iterator[Path]:
    """One page a peer group: bodies are compared with their peers only."""
    release, levels, language = site.release, site.levels, site.language
    yield site.write("compare/index.html", "groups.html", level_pages.groups(levels, language))
    codes = [one.card.code for one in release.method().goalposts]
    figures = {
        code: {body.body_id: figure for body, figure in release.indicator(code).figures}
        for code in codes
    }
    for group in levels.groups:
        context = level_pages.compare(release, group, figures, language)
        yield site.write(f"compare/{page_name(group.label)}.html", "compare.html", context)


def _method_page(site: _Site) -> Path:
    release, levels, language = site.release, site.levels, site.language
    script = level_pages.weights_script(release, levels, language)
    (site.out / "weights-data.js").write_text(script, encoding="ascii", newline="\n")
    context = {
        **pages.method(release, language),
        **level_pages.method(release, levels, language),
    }
    return site.write("method.html", "method.html", context)


def _body_pages(site: _Site) -> Iterator[Path]:
    release, levels, language = site.release, site.levels, site.language
    rows = release.bodies()
    yield from _list_pages(site, "bodies", rows)
    strips = {
        code: level_pages.strips(release.indicator(code), levels, language)
        for code in release.catalogue
    }
    offered = site.offered("body")
    for row in rows:
        scored = levels.of(row.body.body_id)
        group = scored.score.peer_group if scored is not None else None
        own = {code: found.get(group or "", found[""]) for code, found in strips.items() if found}
        view = release.body(row.body.body_id)
        course = release.course(row.body.body_id)
        bands = course_pages.bands(course.terms)
        context = pages.body(release, view, own, bands, language)
        twin = site.links.get(f"json/bodies/{body_slug(row.body.body_id)}.json")
        yield site.write(
            f"bodies/{row.body.page}.html",
            "body.html",
            {
                **context,
                **level_pages.body(view, levels, language),
                "bands": course_pages.bands_said(course.terms, language) if bands else None,
                "course": None if course.is_empty else row.body.page,
                "offered": offered,
                "twin": twin,
            },
        )
        if not course.is_empty:
            yield site.write(
                f"courses/{row.body.page}.html",
                "course.html",
                {
                    **course_pages.page(course, language),
                    "cite": pages.cite(release, f"courses/{row.body.page}.html", language),
                    "offered": site.offered("course"),
                },
            )


def _process_pages(site: _Site) -> Iterator[Path]:
    rows = site.release.processes()
    yield from _list_pages(site, "processes", rows)
    offered = site.offered("process")
    for row in rows:
        terms = site.release.terms(row.body.body_id)
        bands = course_pages.bands(terms)
        context = pages.process(site.release, row.pid, bands, site.language)
        said = course_pages.bands_said(terms, site.language) if bands else None
        yield site.write(
            f"processes/{row.page}.html",
            "process.html",
            {**context, "bands": said, "offered": offered},
        )


def _list_pages(
    site: _Site, kind: str, rows: Sequence[BodyRow] | Sequence[ProcessRow]
) -> Iterator[Path]:
    """A long list in pages of 200 lines, each naming what the others begin and end with."""
    parts = [rows[start : start + LINES_A_PAGE] for start in range(0, len(rows), LINES_A_PAGE)] or [
        rows
    ]
    places = [
        {"page": _list_page(number), "first": _headword(part[0]), "last": _headword(part[-1])}
        for number, part in enumerate(parts)
        if part
    ]
    for number, part in enumerate(parts):
        page = _list_page(number)
        context: dict[str, object] = {
            "rows": part,
            "places": places,
            "this": page,
            "total": len(rows),
        }
        if kind == "bodies":
            context |= level_pages.bodies(
                [row for row in part if isinstance(row, BodyRow)], site.levels, site.language
            )
        yield site.write(f"{kind}/{page}", f"{kind}.html", context)


def _list_page(number: int) -> str:
    """The first page is the index; the others have names that no identifier's page can have."""
    return "index.html" if number == 0 else f"_{number + 1}.html"


def _headword(row: BodyRow | ProcessRow) -> str:
    text = row.body.shown if isinstance(row, BodyRow) else row.ocid
    return draw.shortened(text, 24)
