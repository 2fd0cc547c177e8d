"""From an answer of the release to what a template shows: sentences, charts, links, in order.

One function a page. None reads a file or decides what a figure means; they put side by side what
`troth.publish.views` answered, word it with `troth.publish.wording`, and draw it with `charts`.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from django.utils.safestring import SafeString

from troth.publish import views
from troth.publish.timeline import Event
from troth.publish.views import Card, Estimate, Figure, Measured, Pooled, Release
from troth.publish.wording import (
    Absence,
    Grade,
    Standing,
    bare,
    beside,
    cases_of,
    count,
    percent,
    sentence,
    slots_of_figure,
    standing_key,
    template,
    visible,
    written,
)
from troth.site import charts, draw
from troth.site.axis import Axis, axis
from troth.site.render import rule_text, say, word
from troth.site.text import markdown, record_lines, safe_href

#: How many lines of a record a page shows; a record may be as long as its publisher likes.
RECORD_LINES = 2000

#: How many lines from a place that a signal points to are shown further down.
EXCERPT_LINES = 40

#: Letters of a name in a chart's table and labels.
NAME_LETTERS = 80

#: The pillars in the order of pages. Outcomes stand apart: they enter no level.
PILLARS = (
    "continuity", "implementation", "debt", "transparency", "procurement", "outcomes",
)  # fmt: skip

#: Of more numbers beside a figure only words, such as grades, stand on its card; all are below it.
DETAILS_ON_CARD = 3

Context = dict[str, object]


@dataclass(frozen=True)
class Language:
    """Sentences, words and chart labels in one language."""

    code: str

    def word(self, key: str) -> str:
        return word(key, self.code)

    def say(self, key: str, **slots: object) -> SafeString:
        """The sentence as HTML, every slot set apart."""
        return say(key, self.code, **slots)

    def plain(self, key: str, **slots: object) -> str:
        """The sentence as text, for titles and labels."""
        return visible(sentence(key, self.code, **slots))

    def written(self, value: float, card: Card) -> str:
        """A figure of this indicator with what it counts in."""
        return written(value, card.scale, self.code)

    def axis(self, values: Iterable[float | None], card: Card) -> Axis:
        """The scale that holds these figures of an indicator."""
        return axis(values, card.scale, card.is_share, self.code)

    def rule(self, text: str) -> SafeString:
        """A text of the catalogue, marked as English where the page is not."""
        return rule_text(text, self.code)

    def prose(self, text: str) -> SafeString:
        """A Markdown text of the catalogue."""
        lang = "" if self.code == "en" else ' lang="en" dir="ltr"'
        return SafeString(f'<div class="prose"{lang}>{markdown(text)}</div>')

    @property
    def chart_words(self) -> draw.Words:
        return draw.Words(
            **{one.name: self.word(f"chart.{one.name}") for one in dataclasses.fields(draw.Words)}
        )


def figure_html(chart: draw.Chart, language: Language) -> SafeString:
    """A chart with its finding above and its data as a table below."""
    title = escape(visible(chart.title))
    picture = chart.svg
    if chart.wide:
        picture = _region(picture, title, "scroll wide")
    return SafeString(
        f"<figure><figcaption>{title}</figcaption>{picture}{same_data(chart, language)}</figure>"
    )


def same_data(chart: draw.Chart, language: Language) -> SafeString:
    """The data of a chart as a table that opens."""
    summary = escape(language.word("chart.same_data"))
    rows = scrolling(
        draw.table(chart.heading, chart.rows), f"{language.word('chart.table_of')} {chart.title}"
    )
    return SafeString(f'<details class="data"><summary>{summary}</summary>{rows}</details>')


def scrolling(table: str, label: str) -> SafeString:
    """A table in a region of its own that scrolls, by keyboard too, so that the page never does."""
    return SafeString(_region(table, escape(visible(label)), "scroll"))


def _region(inner: str, label: str, kind: str) -> str:
    return f'<div class="{kind}" role="group" tabindex="0" aria-label="{label}">{inner}</div>'


# --- sentences about a figure ---


def figure_said(figure: Figure, card: Card, language: Language) -> SafeString:
    """A published figure as a sentence."""
    assert figure.value is not None
    cases = cases_of(card.unit, None if card.is_share else card.cases_of)
    key, slots = slots_of_figure(
        figure.hits, figure.n, cases, figure.value, figure.low, figure.high, card.scale,
        language.code,
    )  # fmt: skip
    return language.say(key, **slots)


def absence_said(one: Measured, language: Language) -> tuple[str, SafeString]:
    """The word for what is missing, and the reason in a sentence."""
    figure = one.figure
    if not one.was_run:
        return language.plain(Absence.NOT_RUN.value), language.say("why_not_run")
    if figure is None:
        return language.plain(Absence.NOT_MEASURABLE.value), language.say("why_no_case")
    if figure.status == "withheld":
        # The reason is in the words of the indicator, which are English.
        reason = language.rule(figure.reason or "")
        return language.plain(Absence.NOT_MEASURABLE.value), filled(
            "why_withheld", language, reason
        )
    slots = {
        "n": count(figure.n),
        "minimum": count(one.card.minimum_cases),
        "cases": count(figure.cases),
    }
    return language.plain(Absence.NOT_MEASURABLE.value), language.say(
        f"why_{figure.status}", **slots
    )


def filled(key: str, language: Language, reason: SafeString) -> SafeString:
    """A sentence with a reason that is HTML already."""
    return SafeString(template(key, language.code).format(reason=reason))


def standing_said(one: Measured, language: Language) -> SafeString | None:
    """Where a figure stands; nothing where there is nothing to compare it with."""
    pooled, card = one.pooled.value, one.card
    if pooled is None:
        return None
    # Of a share the sentences have the sign themselves.
    said = percent(pooled) if card.is_share else language.written(pooled, card)
    return language.say(standing_key(one.standing, card.is_share), pooled=said)


def estimate_said(one: Estimate, figure: Figure, language: Language) -> SafeString | None:
    """An estimate beside the figure it was made from, and what it is good for."""
    if one.estimate is None or one.low is None or one.high is None or one.prior_mean is None:
        return None
    if one.card.is_share and one.hits is not None:
        said = language.say(
            "estimate",
            estimate=percent(one.estimate),
            low=percent(one.low),
            high=percent(one.high),
            hits=count(one.hits),
            n=count(one.n),
            raw=percent(one.hits / one.n),
            prior=percent(one.prior_mean),
            reliability=percent(one.reliability or 0.0),
        )
    else:
        said = language.say(
            "estimate_of_figure",
            estimate=language.written(one.estimate, one.card),
            low=bare(one.low, one.card.scale),
            high=bare(one.high, one.card.scale),
            raw="" if figure.value is None else language.written(figure.value, one.card),
            n=count(one.n),
            prior=language.written(one.prior_mean, one.card),
            reliability=percent(one.reliability or 0.0),
        )
    if one.kept_from is not None:
        kept = language.say("use_kept", release=one.kept_from)
        return SafeString(f"{said}; {kept}")
    return SafeString(f"{said}; {language.say(f'use_{one.use}')}") if one.use else said


# --- pages ---


def home(release: Release, language: Language) -> Context:
    view = release.home()
    looks = [
        {
            "look": look,
            "said": figure_said(look.figure, look.card, language),
            "sure": _sure(look.figure, look.card, language),
            "together": together_said(look.pooled, look.card, language),
        }
        for look in view.closer_looks
    ]
    reach = [
        {
            "title": language.word(f"pillar.{pillar}"),
            "about": language.word(f"pillar.{pillar}_about"),
            "reach": [_reach(one, release, language) for one in mine if one.coverage.was_run],
            "not_run": [one.coverage.card for one in mine if not one.coverage.was_run],
        }
        for pillar in PILLARS
        if (mine := [one for one in view.reach if one.coverage.card.pillar == pillar])
    ]
    return {
        "view": view,
        "looks": looks,
        "reach": reach,
        "not_shown": view.cells - view.cells_published,
    }


def _reach(one: views.Reach, release: Release, language: Language) -> Context:
    """One indicator on the first page: all bodies together, and how many can be measured."""
    card, value = one.coverage.card, one.pooled.value
    return {
        "card": card,
        "coverage": one.coverage,
        "together": None if value is None else language.written(value, card),
        "is_share": card.is_share,
        "spark": _spark_of_pooled(card, one.years, release, language),
    }


def together_said(pooled: Pooled, card: Card, language: Language) -> SafeString | None:
    """What the bodies are compared with: all cases together, or the middle body."""
    if pooled.value is None:
        return None
    key = "pooled" if card.is_share else "middle"
    return language.say(key, value=language.written(pooled.value, card))


def _sure(figure: Figure, card: Card, language: Language) -> SafeString:
    if figure.low is None or figure.high is None:
        return language.say("sure_alone", n=count(figure.n))
    return language.say(
        f"sure_{figure.grade.value}",
        n=count(figure.n),
        low=bare(figure.low, card.scale),
        high=language.written(figure.high, card),
    )


def _spark_of_pooled(
    card: Card, years: Sequence[tuple[str, Pooled]], release: Release, language: Language
) -> SafeString | None:
    """All bodies together by year; a line needs two years."""
    made = [
        charts.Point(
            int(year),
            pooled.value,
            pooled.value,
            pooled.value,
            pooled.n,
            _partial(int(year), release),
        )
        for year, pooled in years
        if pooled.value is not None
    ]
    if len(made) < 2:
        return None
    return SafeString(charts.spark(made, _years_title(card, made, language), 230, 42))


def _years_title(card: Card, made: Sequence[charts.Point], language: Language) -> str:
    """First and last year; a year that is not over is not compared with others."""
    whole = [point for point in made if not point.partial] or list(made)
    first, last = whole[0], whole[-1]
    if first is last:
        return language.plain(
            "years_title_one",
            title=card.title,
            first=language.written(first.value, card),
            first_year=first.year,
        )
    return language.plain(
        "years_title",
        title=card.title,
        first=language.written(first.value, card),
        first_year=first.year,
        last=language.written(last.value, card),
        last_year=last.year,
    )


def _partial(year: int, release: Release) -> bool:
    """Whether the data end before the year does."""
    as_of = release.run.as_of
    return year == as_of.year and (as_of.month, as_of.day) != (12, 31)


def body(
    release: Release,
    view: views.BodyView,
    strips: Mapping[str, charts.Strip],
    bands: Sequence[charts.Band],
    language: Language,
) -> Context:
    """The page of a body; `bands` are its administrations, behind what is drawn over time."""
    estimates = {
        one.card.code: one
        for score in view.scores
        if score.recipe == release.run.recipe
        for one in score.estimates
    }
    shown = {one.card.code: one for one in (*view.measured, *view.withheld)}
    pillars = []
    for pillar in PILLARS:
        mine = [one for code, one in sorted(shown.items()) if one.card.pillar == pillar]
        if mine:
            pillars.append(_pillar(pillar, mine, shown, release, strips, estimates, language))
    # What was not run at all comes after what was, each in the order of the pillars.
    pillars.sort(key=lambda one: not one["cards"] and not one["withheld"])
    series = [
        (one.card, made) for one in view.measured if len(made := _points(one.years, release)) > 1
    ]
    lede = language.say(
        "body_lede",
        measured=len(view.measured),
        indicators=len(view.measured) + len(view.withheld),
        above=view.count(Standing.ABOVE),
        below=view.count(Standing.BELOW),
        untold=view.count(Standing.CANNOT_TELL),
    )
    return {
        "view": view,
        "lede": lede,
        "pillars": pillars,
        "over_time": _over_time(series, bands, language),
        "partial": _partial_said(series, language),
        "lacking": _lacking(view.missing),
        "cite": cite(release, f"bodies/{view.body.page}.html", language),
    }


def _pillar(
    pillar: str,
    mine: Sequence[Measured],
    shown: Mapping[str, Measured],
    release: Release,
    strips: Mapping[str, charts.Strip],
    estimates: Mapping[str, Estimate],
    language: Language,
) -> Context:
    """One pillar of a body: its figures, what is not shown and why, and what was not run."""
    measured = [one for one in mine if one.published]
    withheld = []
    for one in mine:
        if one.was_run and not one.published:
            absence, why = absence_said(one, language)
            withheld.append(
                {"card": one.card, "absence": absence, "why": why, "missing": one.missing}
            )
    return {
        "name": pillar,
        "title": language.word(f"pillar.{pillar}"),
        "about": language.word(f"pillar.{pillar}_about"),
        "said": language.say("pillar_lede", measured=len(measured), indicators=len(mine)),
        "cards": [
            _measured_card(
                one, shown, release, strips.get(one.card.code), estimates.get(one.card.code),
                language,
            )
            for one in measured
        ],
        "withheld": withheld,
        "not_run": [one.card for one in mine if not one.was_run],
    }  # fmt: skip


def _measured_card(
    one: Measured,
    shown: Mapping[str, Measured],
    release: Release,
    shared: charts.Strip | None,
    known: Estimate | None,
    language: Language,
) -> Context:
    figure, card = one.figure, one.card
    assert figure is not None
    assert figure.value is not None
    chart = None if shared is None else _strip(one, figure.value, shared, known, language)
    years = _points(one.years, release)
    few = len(one.details) <= DETAILS_ON_CARD
    on_card = [detail for detail in one.details if few or detail.words is not None]
    return {
        "card": card,
        "figure": figure,
        "said": figure_said(figure, card, language),
        "chart": None if chart is None else SafeString(chart.svg),
        "same_data": None if chart is None else same_data(chart, language),
        "standing": standing_said(one, language),
        "evidence": language.say(f"evidence_{figure.grade.value}"),
        "look": one.reason_to_look and figure.grade is not Grade.TOO_LITTLE,
        "none_found": figure.hits == 0,
        "spark": SafeString(charts.spark(years, _years_title(card, years, language)))
        if len(years) > 1
        else None,
        "together": language.say(
            "pooled_long",
            hits=count(one.pooled.hits or 0),
            n=count(one.pooled.n),
            share=percent(one.pooled.value or 0.0),
        )
        if card.is_share
        else None,
        "unknown": language.say("unknown_cases", unknown=count(figure.unknown))
        if figure.unknown
        else None,
        "estimate": estimate_said(known, figure, language) if known is not None else None,
        "window": window_said(card, language),
        "details": [_detail(detail) for detail in on_card],
        "more_details": [_detail(detail) for detail in one.details if detail not in on_card],
        "beside": [_guard(code, shown.get(code), language) for code in card.beside],
        "missing": one.missing,
        "cases": one.cases,
        "cases_said": language.say(
            "cases_shown", shown=len(one.cases), cases=count(one.case_count)
        ),
        "entries": one.entries,
        "entries_said": language.say(
            "entries_shown", shown=len(one.entries), held=count(one.entry_count)
        ),
    }


def _detail(one: views.Detail) -> Context:
    said = one.words if one.words is not None else "" if one.value is None else beside(one.value)
    return {"what": one.what, "said": said}


def _strip(
    one: Measured, value: float, shared: charts.Strip, known: Estimate | None, language: Language
) -> draw.Chart:
    """One body among those it is compared with."""
    figure, card, axis = one.figure, one.card, shared.axis
    assert figure is not None
    slots = {"title": card.title, "value": axis.written(value)}
    key = "figure_chart_alone"
    if figure.low is not None and figure.high is not None:
        of_peers = "_peers" if shared.of_peers else ""
        key = f"figure_chart{of_peers}" + ("" if card.is_share else "_middle")
        slots |= {
            "low": axis.bare(figure.low),
            "high": axis.written(figure.high) if card.is_share else axis.bare(figure.high),
            "pooled": axis.written(shared.together),
        }
    estimate = None
    if known is not None and known.estimate is not None and known.low is not None:
        assert known.high is not None
        estimate = (known.estimate, known.low, known.high)
    return charts.strip_chart(
        shared, value, figure.low, figure.high, language.plain(key, **slots),
        language.chart_words, estimate,
    )  # fmt: skip


def window_said(card: Card, language: Language) -> SafeString | None:
    """Over which time a figure of ledgers looks; records are looked at as a whole."""
    if card.window is not None:
        return language.say("window", months=card.window)
    return language.say("window_none") if card.of_ledger else None


def _guard(code: str, one: Measured | None, language: Language) -> Context:
    """A guard that stands beside a figure: its own figure, or the word for what is missing."""
    if one is None:
        return {"code": code, "card": None, "said": language.plain(Absence.NOT_RUN.value)}
    if one.published and one.figure is not None and one.figure.value is not None:
        return {
            "code": code,
            "card": one.card,
            "said": language.written(one.figure.value, one.card),
        }
    return {"code": code, "card": one.card, "said": absence_said(one, language)[0]}


def _points(years: Iterable[Figure], release: Release) -> list[charts.Point]:
    """The published years of a figure; a year that is withheld is a gap."""
    return [
        charts.Point(
            int(one.period), one.value, one.low, one.high, one.n, _partial(int(one.period), release)
        )
        for one in years
        if one.value is not None
    ]


def _over_time(
    series: Sequence[tuple[Card, Sequence[charts.Point]]],
    bands: Sequence[charts.Band],
    language: Language,
) -> SafeString | None:
    if not series:
        return None
    years = [point.year for _, made in series for point in made]
    finding = language.plain(
        "series_title", series=len(series), first_year=min(years), last_year=max(years)
    )
    drawn = [
        charts.Series(
            card.title,
            _years_title(card, made, language),
            made,
            language.axis((end for point in made for end in point.ends), card),
        )
        for card, made in series
    ]
    chart = charts.multiples_chart(drawn, finding, language.chart_words, bands)
    return multiples_html(chart, language)


def multiples_html(chart: charts.Multiples, language: Language) -> SafeString:
    """Small charts side by side with their names, the finding above and the data below."""
    panels = "".join(
        f'<div class="multiple"><p class="small">{language.rule(name)}</p>{picture}</div>'
        for name, picture in chart.panels
    )
    title = escape(visible(chart.title))
    data = same_data(draw.Chart(chart.title, "", chart.heading, chart.rows), language)
    return SafeString(
        f'<figure><figcaption>{title}</figcaption><div class="multiples">{panels}</div>'
        f"{data}</figure>"
    )


def _partial_said(
    series: Sequence[tuple[Card, Sequence[charts.Point]]], language: Language
) -> SafeString | None:
    partial = {point.year for _, made in series for point in made if point.partial}
    return language.say("partial_year", year=min(partial)) if partial else None


#: How many missing fields the page of a body names; the missing table has them all.
FIELDS_NAMED = 8


def _lacking(missing: Iterable[views.Missing]) -> list[Context]:
    """Missing fields, each once, with the indicators that want it and the most cases lost."""
    by_field: dict[str, list[views.Missing]] = {}
    for one in missing:
        by_field.setdefault(one.field, []).append(one)
    ordered = sorted(
        by_field.items(), key=lambda pair: (-max(one.cases for one in pair[1]), pair[0])
    )
    return [
        {
            "field": field,
            "cases": max(one.cases for one in found),
            "codes": sorted(one.indicator for one in found),
        }
        for field, found in ordered[:FIELDS_NAMED]
    ]


def cite(release: Release, page: str, language: Language) -> SafeString:
    run = release.run
    return language.say(
        "cite",
        release=release.release_id,
        as_of=run.as_of,
        version=run.code_version,
        recipe=run.recipe,
        page=page,
    )


def indicators(release: Release, language: Language) -> Context:
    """The indicators by pillar."""
    coverage = release.quality().coverage
    pillars = [
        {
            "name": pillar,
            "title": language.word(f"pillar.{pillar}"),
            "about": language.word(f"pillar.{pillar}_about"),
            "coverage": [one for one in coverage if one.card.pillar == pillar],
        }
        for pillar in PILLARS
        if any(one.card.pillar == pillar for one in coverage)
    ]
    return {"pillars": pillars, "total": len(coverage)}


def indicator(release: Release, code: str, language: Language) -> Context:
    view = release.indicator(code)
    card, coverage = view.card, view.coverage
    states = [
        (language.word(f"state.{name}"), getattr(coverage, name))
        for name in ("flagged", "not_flagged", "not_applicable", "insufficient_data", "error")
    ]
    finding = language.plain(
        "coverage_title", judged=count(coverage.judged), cases=count(coverage.concerned)
    )
    chart = charts.states_chart(states, finding, language.chart_words)
    return {
        "view": view,
        "card": card,
        "pillar": language.word(f"pillar.{card.pillar}"),
        "coverage": coverage,
        "funnel": _funnel(view, language),
        "middle": None if card.is_share else together_said(view.pooled, card, language),
        "window": window_said(card, language),
        "beside": [{"code": code, "card": release.catalogue.get(code)} for code in card.beside],
        "states": figure_html(chart, language),
        "firing": _firing(coverage, language),
        "why": language.prose(card.why),
        "misleads": language.prose(card.misleads),
        "clears": language.prose(card.clears),
        "examples": [_example(one, language) for one in card.examples],
        "cite": cite(release, f"indicators/{code}.html", language),
    }


def _funnel(view: views.IndicatorView, language: Language) -> SafeString | None:
    """Every published body against chance; nothing to draw where no body has a figure."""
    pooled, found = view.pooled.value, view.funnel
    if found is None or pooled is None:
        return None
    dots = [
        charts.Dot(body.shown[:NAME_LETTERS], one.n, one.value or 0.0, outside)
        for (body, one), outside in zip(view.figures, found.outside, strict=True)
    ]
    finding = language.plain(
        "funnel_title",
        title=view.card.title,
        outside=count(sum(found.outside)),
        bodies=count(len(dots)),
    )
    return figure_html(
        charts.funnel_chart(dots, found.limits, pooled, finding, language.chart_words), language
    )


def _firing(coverage: views.Coverage, language: Language) -> SafeString:
    if coverage.judged == 0:
        return language.say("firing_none")
    share = coverage.flagged / coverage.judged
    return language.say(
        "firing_rate",
        flagged=count(coverage.flagged),
        judged=count(coverage.judged),
        share=percent(share),
    )


def _example(example: views.Example, language: Language) -> Context:
    """A worked example; an empty cell is unknown."""
    given = [
        {
            "table": table,
            "rows": scrolling(draw.table(heading, _cells(rows), 99), f"{example.title}: {table}"),
        }
        for table, heading, rows in example.given
    ]
    heading, rows = example.expect
    expect = scrolling(
        draw.table(heading, _cells(rows), 99),
        f"{example.title}: {language.word('indicator.expect')}",
    )
    return {"title": example.title, "as_of": example.as_of, "given": given, "expect": expect}


def _cells(rows: Iterable[Sequence[object]]) -> list[tuple[str, ...]]:
    return [tuple(_cell(value) for value in row) for row in rows]


def _cell(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def process(
    release: Release, pid: int, bands: Sequence[charts.Band], language: Language
) -> Context:
    """The page of a process; `bands` are the administrations of its body."""
    view = release.process(pid)
    marks = [
        charts.Mark(
            language.word(f"lane.{event.lane}"),
            event.lane,
            event.start,
            event.end,
            _event_label(event, language),
        )
        for event in view.events
    ]
    timeline = None
    if marks:
        first, last = (
            min(mark.start for mark in marks),
            max(mark.end or mark.start for mark in marks),
        )
        finding = language.plain("timeline_title", events=len(marks), first=first, last=last)
        timeline = figure_html(
            charts.timeline_chart(marks, release.run.as_of, finding, language.chart_words, bands),
            language,
        )
    record, places, left_out = _record(view, language)
    return {
        "view": view,
        "timeline": timeline,
        "unread": language.say("dates_left_out", dates=len(view.unreadable_dates))
        if view.unreadable_dates
        else None,
        "signals": _signals(view.signals, places, language),
        "signal_count": len(view.signals),
        "documents": [{"document": one, "href": _elsewhere(one.url)} for one in view.documents],
        "record": record,
        "left_out": left_out,
        "cite": cite(release, f"processes/{view.page}.html", language),
    }


def _elsewhere(address: str) -> str | None:
    """An address of a record as a link: one that is relative leads nowhere from here."""
    return safe_href(address) if address.lower().startswith(("http://", "https://")) else None


def _event_label(event: Event, language: Language) -> str:
    return language.word("lane.signed") if event.label == "dateSigned" else visible(event.label)


def _signals(
    signals: Sequence[views.Signal], places: Mapping[str, str], language: Language
) -> list[Context]:
    """The rules that were hit, each once: rule, inputs, where to look, what would clear it."""
    by_code: dict[str, list[views.Signal]] = {}
    for one in signals:
        by_code.setdefault(one.card.code, []).append(one)
    made = []
    for found in by_code.values():
        card = found[0].card
        cases = [{"case": one.case, "place": places.get(one.case.pointer)} for one in found]
        made.append({"card": card, "cases": cases, "clears": language.prose(card.clears)})
    return made


def _record(
    view: views.ProcessView, language: Language
) -> tuple[SafeString, dict[str, str], SafeString | None]:
    """The record as text, the places of the signals in it, and how much was left out.

    Of a long record the beginning is shown, and some lines from each place a signal points to.
    """
    wanted = {signal.case.pointer for signal in view.signals}
    places: dict[str, str] = {}
    lines: list[str] = []
    left_out, until, gap = 0, RECORD_LINES, False
    for place, (text, pointer) in enumerate(record_lines(view.record)):
        pointed = pointer in wanted and pointer not in places
        if pointed:
            until = max(until, place + EXCERPT_LINES)
        if place >= until:
            left_out, gap = left_out + 1, True
            continue
        if gap:
            lines.append("⋯")
            gap = False
        shown = escape(visible(text))
        if pointed:
            places[pointer] = f"at-{len(places) + 1}"
            shown = f'<mark id="{places[pointer]}">{shown}</mark>'
        lines.append(shown)
    said = language.say("lines_left_out", lines=count(left_out)) if left_out else None
    return SafeString("\n".join(lines)), places, said


def method(release: Release, language: Language) -> Context:
    view = release.method()
    steps = [
        (language.word(f"chain.{name}"), language.word(f"chain.{name}_what"))
        for name in ("source", "record", "case", "indicator", "level", "page")
    ]
    chain = charts.chain_chart(steps, language.word("method.chain_finding"), language.chart_words)
    goalposts = [
        {
            "post": post,
            "worst": language.written(post.worst, post.card),
            "best": language.written(post.best, post.card),
        }
        for post in view.goalposts
    ]
    return {"view": view, "goalposts": goalposts, "chain": figure_html(chain, language)}


def quality(release: Release, language: Language) -> Context:
    view = release.quality()
    run = view.run
    key = "rows_add_up" if view.adds_up else "rows_do_not_add_up"
    said = language.say(
        key,
        rows_in=count(run.rows_in),
        rows_kept=count(run.rows_kept),
        rows_rejected=count(run.rows_rejected),
    )
    return {"view": view, "said": said}


def files(release: Release, links: Mapping[str, str], language: Language) -> Context:
    run = release.run
    key = f"troth-{release.release_id}"
    bibtex = (
        f"@misc{{{key},\n  title = {{Troth, release {release.release_id}}},\n"
        f"  year = {{{run.as_of.year}}},\n"
        f"  note = {{as of {run.as_of}, troth {run.code_version}, recipe {run.recipe}}}\n}}"
    )
    csl = json.dumps(
        [
            {
                "id": key,
                "type": "dataset",
                "title": f"Troth, release {release.release_id}",
                "issued": {"date-parts": [[run.as_of.year, run.as_of.month, run.as_of.day]]},
                "version": f"troth {run.code_version}, recipe {run.recipe}",
            }
        ],
        indent=2,
    )
    return {
        "files": [{"file": one, "href": links[one.path]} for one in release.files()],
        "licences": [
            {"licence": one, "href": _elsewhere(one.path or "")} for one in release.licences()
        ],
        "manifest": links["manifest.json"],
        "cite": cite(release, "index.html", language),
        "bibtex": bibtex,
        "csl": csl,
    }
