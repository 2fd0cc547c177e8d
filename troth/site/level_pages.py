"""Levels on pages: beside each body, in lists, two bodies compared, and what hangs on the method.

As in `pages`, nothing here reads a file or decides what a figure means. Every rank stands with its
interval, and every band with how sure it is.
"""

from __future__ import annotations

import json
import statistics
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.safestring import SafeString

from troth.publish import levels, views
from troth.publish.levels import UNSPECIFIC, Peers, Row, Standings
from troth.publish.views import BodyRow, Figure, Release, Score, page_name
from troth.publish.wording import (
    BANDS,
    band_key,
    bare,
    count,
    group_slots,
    one_digit,
    percent,
    points,
    rank_key,
    visible,
    withheld_key,
)
from troth.site import charts, draw, score_charts
from troth.site.axis import Axis
from troth.site.pages import Context, Language, figure_html
from troth.site.render import data

#: How many bodies stand beside one in the chart of ranks on its page.
NEAREST = 9

#: How many bodies the table "if you weigh things differently" has; more have theirs on their pages.
ALTERNATIVES_SHOWN = 200

#: How far a slider goes: times the published weight, in steps that are exact in binary.
MOST_TIMES, STEP_TIMES = 4, 0.25


# --- sentences ---


def group_said(label: str | None, language: Language) -> SafeString:
    """A peer group in words; where nothing is known of level or size, that is what it says."""
    key, slots = group_slots(label or UNSPECIFIC[-1])
    return language.say(key, **slots)


def group_plain(label: str | None, language: Language) -> str:
    """The same as text, for titles and data."""
    key, slots = group_slots(label or UNSPECIFIC[-1])
    return language.plain(key, **slots)


def level_said(score: Score, recipe: Mapping[str, Any], language: Language) -> SafeString:
    """A level with its interval, or that it is withheld and why."""
    if score.level is None or score.low is None or score.high is None:
        key, slots = withheld_key(recipe, score.weight_measured)
        return language.say(key, **slots)
    return language.say(
        "level_range",
        level=one_digit(score.level),
        low=one_digit(score.low),
        high=one_digit(score.high),
        share=percent(score.weight_measured),
    )


def band_said(score: Score, language: Language) -> SafeString | None:
    """The band, no surer than the draws are; none without a level."""
    if score.band is None or score.band_probability is None:
        return None
    low, high = BANDS[score.band]
    return language.say(
        band_key(score.band_probability),
        band=score.band,
        from_points=low,
        to_points=high,
        probability=percent(score.band_probability),
    )


#: Bounds nearer to each other than this many points are one number on a page.
BOUNDS_DIFFER = 0.05


def bounds_said(score: Score, language: Language) -> SafeString | None:
    """What is missing could do to the level; none where nothing is missing."""
    if score.lowest is None or score.highest is None:
        return None
    if score.highest - score.lowest < BOUNDS_DIFFER:
        return None
    slots = {"lowest": one_digit(score.lowest), "highest": one_digit(score.highest)}
    if score.other_band is None:
        return language.say("bounds", **slots)
    return language.say("bounds_two_bands", band=score.band, other=score.other_band, **slots)


def rank_said(score: Score, language: Language) -> SafeString | None:
    """The rank as an interval, or why there is none; none without a level."""
    if score.level is None:
        return None
    if score.rank_kept is False:
        return language.say("rank_bands_only")
    low, high, middle, of = score.rank_low, score.rank_high, score.rank, score.ranked_of
    if low is None or high is None or middle is None or of is None:
        return language.say("rank_not_ranked")
    key = rank_key(low, high, of)
    slots = {"low": count(low), "high": count(high), "of": count(of)}
    if key == "rank_interval":
        slots["middle"] = count(middle)
    return language.say(key, **slots)


# --- the page of one body ---


def body(view: views.BodyView, all_levels: Standings, language: Language) -> Context:
    """What the page of a body shows of its levels."""
    return {"scores": [_score(one, view, all_levels, language) for one in view.scores]}


def _score(
    score: Score, view: views.BodyView, all_levels: Standings, language: Language
) -> Context:
    shown: Context = {
        "score": score,
        "said": level_said(score, all_levels.recipe, language),
        "band": band_said(score, language),
        "bounds": bounds_said(score, language),
        "rank": rank_said(score, language),
        "peers": _peers_said(score, all_levels, language),
        "peers_page": page_name(score.peer_group or UNSPECIFIC[-1]),
        "parts": (),
    }
    if score.level is None:
        return shown
    kept = {one.card.code: one.kept_from for one in score.estimates}
    chart = _waterfall(score, len(all_levels.pillars) > 1, language)
    shown |= {
        "exact": points(score.micropoints),
        "finding": visible(chart.title),
        "chart": SafeString(chart.svg),
        "parts": [_part(part, kept.get(part.card.code), language) for part in score.parts],
        "near": _near(view.body.body_id, all_levels, language),
        "alternatives": _alternatives_said(score, language),
        "variants": [
            {"variant": one.variant, "level": one_digit(one.level)}
            for one in score.alternatives
            if one.level is not None
        ],
    }
    return shown


def _peers_said(score: Score, all_levels: Standings, language: Language) -> SafeString:
    label = score.peer_group or UNSPECIFIC[-1]
    bodies = next((len(one.rows) for one in all_levels.groups if one.label == label), 0)
    return language.say("peers_of", group=group_plain(label, language), bodies=count(bodies))


def _part(part: views.Contribution, kept_from: str | None, language: Language) -> Context:
    off = levels.from_peers(part)
    return {
        "part": part,
        "points": points(part.micropoints),
        "normalised": f"{part.normalised:.2f}",
        "value": language.written(part.value, part.card),
        "peer_points": "" if part.peer_points is None else f"{part.peer_points:.2f}",
        "from_peers": "" if off is None else score_charts.signed(off),
        "imputed": _imputed_said(kept_from, language) if part.imputed else "",
    }


def _imputed_said(kept_from: str | None, language: Language) -> str:
    """What stands for silence: what it published last, or what its peers reach."""
    if kept_from is None:
        return language.word("body.imputed")
    said: str = language.say("use_kept", release=kept_from)
    return said


def _waterfall(score: Score, geometric: bool, language: Language) -> draw.Chart:
    """From the peers to the level; from nothing where peers are unknown or pillars multiply.

    Its table stands on the page of the body, with more than the chart has.
    """
    assert score.level is not None
    known = [None if geometric else levels.from_peers(part) for part in score.parts]
    parts = [
        score_charts.Part(part.card.title, part.micropoints / levels.MICRO, off)
        for part, off in zip(score.parts, known, strict=True)
    ]
    offs = [off for off in known if off is not None]
    if len(offs) == len(known):
        finding = language.plain(
            "waterfall_peers",
            reference=one_digit(score.level - sum(offs)),
            level=one_digit(score.level),
            up=sum(1 for off in offs if round(off, 1) > 0),
            down=sum(1 for off in offs if round(off, 1) < 0),
        )
    else:
        finding = language.plain("waterfall_title", level=points(score.micropoints))
    exact = [points(part.micropoints) for part in score.parts]
    return score_charts.waterfall_chart(parts, score.level, finding, language.chart_words, exact)


def _near(body_id: str, all_levels: Standings, language: Language) -> SafeString | None:
    """The bodies nearest in rank, each with its interval; none where the body is not ranked."""
    near = all_levels.nearest(body_id, NEAREST)
    own = all_levels.of(body_id)
    if own is None or len(near) < 2:
        return None
    low, high = own.score.rank_low, own.score.rank_high
    assert low is not None
    assert high is not None
    others = [row for row in near if row.body.body_id != body_id]
    finding = language.plain(
        "ranks_near_title",
        name=own.body.shown,
        low=count(low),
        high=count(high),
        of=count(own.score.ranked_of or 0),
        others=len(others),
        overlapping=sum(
            1
            for row in others
            if (row.score.rank_low or 0) <= high and low <= (row.score.rank_high or 0)
        ),
    )
    chart = score_charts.rank_chart(
        [_place(row, marked=row is own) for row in near],
        own.score.ranked_of or 0,
        finding,
        language.chart_words,
    )
    return figure_html(chart, language)


def _place(row: Row, marked: bool = False) -> score_charts.Place:
    low, high, middle = row.score.rank_low, row.score.rank_high, row.score.rank
    assert low is not None
    assert high is not None
    assert middle is not None
    return score_charts.Place(row.body.shown, low, high, middle, marked)


def _reach(row: Row) -> score_charts.Reach:
    one = row.score
    assert one.level is not None
    assert one.low is not None
    assert one.high is not None
    return score_charts.Reach(row.body.shown, one.low, one.high, one.level, one.band or "")


def _alternatives_said(score: Score, language: Language) -> SafeString | None:
    """How far the level goes when it is made in other ways, and how often its band stays."""
    found = [one.level for one in score.alternatives if one.level is not None]
    if not found or score.band is None:
        return None
    return language.say(
        "alternatives",
        variants=len(found),
        low=one_digit(min(found)),
        high=one_digit(max(found)),
        same=sum(1 for level in found if band_of(level) == score.band),
        band=score.band,
    )


def band_of(level: float) -> str:
    """The band of a level; at a bound it is the upper one."""
    return next(name for name, (low, _) in BANDS.items() if level >= low)


# --- the page of one indicator ---


def indicator(
    view: views.IndicatorView, all_levels: Standings, language: Language
) -> SafeString | None:
    """The shares of all bodies by peer group; none where no body has a figure."""
    found = by_group(view, all_levels)
    if not found:
        return None
    card = view.card
    values = sorted(value for figures, _ in found.values() for value in figures)
    last = len(values) - 1
    finding = language.plain(
        "groups_title",
        title=card.title,
        bodies=count(len(values)),
        first=bare(values[round(last / 4)], card.scale),
        third=language.written(values[round(3 * last / 4)], card),
    )
    rows = [
        (group_plain(label, language), figures, together)
        for label, (figures, together) in sorted(found.items())
    ]
    axis = language.axis((one for _, figures, at in rows for one in (*figures, at)), card)
    return figure_html(charts.groups_chart(rows, axis, finding, language.chart_words), language)


def by_group(
    view: views.IndicatorView, all_levels: Standings
) -> dict[str, tuple[list[float], float]]:
    """The published figures of each peer group, sorted, and what its bodies are compared with:
    the share of their cases together, or the middle figure.
    """
    found: dict[str, list[Figure]] = {}
    for body_of, figure in view.figures:
        row = all_levels.of(body_of.body_id)
        label = row.score.peer_group if row is not None else None
        found.setdefault(label or UNSPECIFIC[-1], []).append(figure)
    grouped = {}
    for label, figures in found.items():
        values = sorted(one.value for one in figures if one.value is not None)
        if view.card.is_share:
            together = sum(one.hits or 0 for one in figures) / sum(one.n for one in figures)
        else:
            together = statistics.median(values)
        grouped[label] = (values, together)
    return grouped


#: With fewer bodies a strip of peers shows too little to compare with.
FEWEST_PEERS = 3


def strips(
    view: views.IndicatorView, all_levels: Standings, language: Language
) -> dict[str, charts.Strip]:
    """What the strips of an indicator share, by peer group; the empty label is for all bodies.

    Groups that say nothing about level or size, and those with too few figures, have none.
    """
    values = sorted(figure.value for _, figure in view.figures if figure.value is not None)
    pooled = view.pooled.value
    if not values or pooled is None:
        return {}
    ends = (end for _, one in view.figures for end in (one.value, one.low, one.high))
    axis = language.axis((pooled, *ends), view.card)
    made = {"": charts.strip(values, axis, pooled)}
    for label, (figures, together) in by_group(view, all_levels).items():
        if label not in UNSPECIFIC and len(figures) >= FEWEST_PEERS:
            made[label] = charts.strip(figures, axis, together, of_peers=True)
    return made


# --- the list of bodies ---


def bodies(rows: Sequence[BodyRow], all_levels: Standings, language: Language) -> Context:
    """Levels and ranks of the bodies of one page of the list, in its order: that of names."""
    known = {row.body.body_id: all_levels.of(row.body.body_id) for row in rows}
    with_level = [row for row in known.values() if row is not None and row.score.level is not None]
    ranked = [row for row in with_level if row.ranked]
    kept = all(row.score.rank_kept is not False for row in with_level)
    return {
        "rows": [
            {"row": row, "cells": level_cells(known[row.body.body_id], language)} for row in rows
        ],
        "levels": _levels_chart(with_level, language) if with_level else None,
        "ranks": _ranks_chart(ranked, language) if ranked else None,
        "no_ranks": language.say("rank_bands_only") if with_level and not kept else None,
    }


def level_cells(row: Row | None, language: Language) -> Context:
    """Level, band and rank of one body in a few figures, or that they are withheld."""
    empty = SafeString(f'<span class="tag gap">{language.word("body.level_withheld")}</span>')
    if row is None or row.score.level is None:
        return {"level": empty, "band": "", "rank": ""}
    one = row.score
    level = one_digit(row.score.level)
    low, high = one_digit(one.low or 0.0), one_digit(one.high or 0.0)
    rank = f"{count(one.rank_low or 0)}–{count(one.rank_high or 0)} / {count(one.ranked_of or 0)}"
    band = f"{one.band} ({percent(one.band_probability or 0.0)}\u00a0%)"
    return {
        "level": data(f"{level} ({low}–{high})"),
        "band": data(band if one.other_band is None else f"{band} / {one.other_band}"),
        "rank": data(rank) if row.ranked else "",
    }


def _levels_chart(rows: Sequence[Row], language: Language) -> SafeString:
    reaches = [_reach(row) for row in rows]
    within = sum(1 for one in reaches if band_of(one.low) == band_of(one.high))
    finding = language.plain(
        "levels_title",
        bodies=count(len(reaches)),
        within=count(within),
        across=count(len(reaches) - within),
    )
    return figure_html(score_charts.level_chart(reaches, finding, language.chart_words), language)


def _ranks_chart(rows: Sequence[Row], language: Language) -> SafeString:
    of = rows[0].score.ranked_of or 0
    middle = (of + 1) / 2
    places = [_place(row) for row in rows]
    told = sum(1 for one in places if one.high < middle or one.low > middle)
    finding = language.plain(
        "ranks_title",
        bodies=count(len(places)),
        told=count(told),
        untold=count(len(places) - told),
        of=count(of),
    )
    return figure_html(score_charts.rank_chart(places, of, finding, language.chart_words), language)


# --- compare ---


def groups(all_levels: Standings, language: Language) -> Context:
    """The peer groups, each with its page."""
    found = [
        {
            "said": group_said(one.label, language),
            "page": page_name(one.label),
            "bodies": len(one.rows),
        }
        for one in all_levels.groups
    ]
    return {"groups": found}


def compare(
    release: Release, group: Peers, figures: Mapping[str, Mapping[str, Figure]], language: Language
) -> Context:
    """All bodies of a peer group with their intervals, for eyes and for the script of the page.

    `figures` are the published ones by indicator of the recipe and body.
    """
    cards = [release.catalogue[code] for code in figures]
    axes = {
        code: _axis(group, release.catalogue[code], found, language)
        for code, found in figures.items()
    }
    statuses = {code: release.statuses(code) for code in figures}
    drawn = len(group.rows) <= DRAWN_UP_TO
    columns = [
        {"name": language.word("body.level"), "intervals": True, "scale": "0–100"},
        {"name": language.word("body.band"), "intervals": False},
        {"name": language.word("list.rank"), "intervals": True},
        *(
            {
                "name": language.rule(card.title),
                "intervals": True,
                "scale": axes[card.code].reach,
            }
            for card in cards
        ),
    ]
    rows = [
        {
            "body": row.body,
            "cells": [
                *_own_cells(row, drawn, language),
                *(
                    _figure_cell(
                        figures[card.code].get(row.body.body_id),
                        statuses[card.code].get(row.body.body_id, NO_CASE),
                        card,
                        axes[card.code] if drawn else None,
                        language,
                    )
                    for card in cards
                ),
            ],
        }
        for row in group.rows
    ]
    names = {"first": "{first}", "second": "{second}"}
    return {
        "group": group_said(group.label, language),
        "columns": columns,
        "rows": rows,
        "above": language.plain("compare_above", **names),
        "untold": language.plain("compare_untold"),
        "gap": language.plain("compare_gap"),
    }


#: Up to how many bodies the cells of a peer group are drawn; of more they would weigh too much.
DRAWN_UP_TO = 300

#: The status of a figure that is not there: no case of the body.
NO_CASE = "no_case"


def _axis(
    group: Peers, card: views.Card, figures: Mapping[str, Figure], language: Language
) -> Axis:
    """The scale that holds the intervals of all bodies of the group."""
    known = [figures.get(row.body.body_id) for row in group.rows]
    ends = (end for one in known if one is not None for end in (one.value, one.low, one.high))
    return language.axis(ends, card)


#: The scale of levels, in points.
OF_LEVELS = Axis(0.0, 100.0, 20.0, "ratio")


def _own_cells(row: Row, drawn: bool, language: Language) -> list[Context]:
    one = row.score
    said = level_cells(row, language)
    if one.level is None or one.low is None or one.high is None:
        return [_cell(said["level"]), _cell(""), _cell("")]
    finding = f"{one_digit(one.level)} ({one_digit(one.low)}–{one_digit(one.high)})"
    picture = None
    if drawn:
        picture = SafeString(score_charts.cell(one.low, one.level, one.high, OF_LEVELS, finding))
    return [
        _cell(said["level"], one.low, one.high, picture),
        _cell(said["band"]),
        _cell(said["rank"], *_ends_of_rank(row)),
    ]


def _ends_of_rank(row: Row) -> tuple[float | None, float | None]:
    """The interval of a rank the other way round, so that more is better as everywhere else."""
    if not row.ranked:
        return None, None
    return -float(row.score.rank_high or 0), -float(row.score.rank_low or 0)


def _figure_cell(
    figure: Figure | None, status: str, card: views.Card, axis: Axis | None, language: Language
) -> Context:
    """A figure with its interval, drawn on a scale where there is one, or why it is not there."""
    if figure is None or figure.value is None:
        why = language.word(f"status.{status}")
        return _cell(SafeString(f'<span class="tag gap">{why}</span>'))
    said = language.written(figure.value, card)
    if figure.low is None or figure.high is None:
        return _cell(data(said))
    said += f" ({bare(figure.low, card.scale)}–{bare(figure.high, card.scale)})"
    picture = None
    if axis is not None:
        picture = SafeString(score_charts.cell(figure.low, figure.value, figure.high, axis, said))
    return _cell(data(said), figure.low, figure.high, picture)


def _cell(
    said: object, low: float | None = None, high: float | None = None, picture: object = None
) -> Context:
    return {"said": said, "low": low, "high": high, "picture": picture}


# --- what hangs on the method ---


def method(release: Release, all_levels: Standings, language: Language) -> Context:
    """Sensitivity, the alternatives as a table, the peer groups, and the sliders."""
    recipe, pillars = all_levels.recipe, all_levels.pillars
    view = release.method()
    shares = {one.card.code: one.card for one in view.goalposts}
    return {
        "sensitivity": _sensitivity(release, language),
        "shifts": [
            language.say(
                "rank_shift",
                factor=_factor(one.factor, language),
                shift=one_digit(one.rank_shift),
            )
            for one in release.sensitivity()
            if one.rank_shift is not None
        ],
        "otherwise": _otherwise(release, all_levels, language),
        "otherwise_more": len(all_levels.rows) > ALTERNATIVES_SHOWN,
        "groups": groups(all_levels, language)["groups"],
        "peers_word": recipe.get("peers", ""),
        "sliders": [{"of": code, "card": card} for code, card in shares.items()],
        "pillars": pillars if len(pillars) > 1 else (),
        "most_times": MOST_TIMES,
        "step_times": STEP_TIMES,
        "weighable": bool(all_levels.rows) and all_levels.enough_pillars,
    }


def _factor(name: str, language: Language) -> str:
    """A choice of the method in words; one that has none keeps its name."""
    words = ("values", "normalisation", "weights", "aggregation", "excluded")
    return language.word(f"factor.{name}") if name in words else name


def _sensitivity(release: Release, language: Language) -> SafeString | None:
    found = [
        score_charts.Factor(_factor(one.factor, language), one.first_order, one.total)
        for one in release.sensitivity()
        if one.first_order is not None and one.total is not None
    ]
    if not found:
        return None
    first = found[0]
    finding = language.plain(
        "sensitivity_title",
        factor=first.name,
        alone=percent(first.first_order),
        total=percent(first.total),
    )
    chart = score_charts.sensitivity_chart(found, finding, language.chart_words)
    return figure_html(chart, language)


def _otherwise(release: Release, all_levels: Standings, language: Language) -> list[Context]:
    """One line a body: its level, how far it goes in other ways, and how often the band stays."""
    if len(all_levels.rows) > ALTERNATIVES_SHOWN:
        return []
    lines: list[Context] = []
    for row in all_levels.rows:
        scores = (one for one in release.body(row.body.body_id).scores)
        score = next(one for one in scores if one.recipe == row.score.recipe)
        found = [one.level for one in score.alternatives if one.level is not None]
        if not found or score.level is None:
            continue
        same = sum(1 for level in found if band_of(level) == score.band)
        lines.append(
            {
                "body": row.body,
                "level": level_cells(row, language)["level"],
                "band": score.band,
                "range": f"{one_digit(min(found))}–{one_digit(max(found))}",
                "stays": f"{same} / {len(found)}",
            }
        )
    return lines


def weights_script(release: Release, all_levels: Standings, language: Language) -> str:
    """The data of the sliders as a script file: pages opened from a disk may fetch no other kind."""
    labels = [one.label for one in all_levels.groups]
    place = {label: at for at, label in enumerate(labels)}
    told = {
        "recipe": all_levels.recipe,
        "groups": [[label, group_plain(label, language)] for label in labels],
        "bodies": [
            [
                one.row.body.page,
                visible(one.row.body.shown),
                place[one.row.score.peer_group or UNSPECIFIC[-1]],
                None if (level := one.row.score.level) is None else round(level * levels.MICRO),
                one.estimates,
                one.states,
            ]
            for one in levels.weighing(release, all_levels)
        ],
    }
    return f"window.trothWeights = {json.dumps(told, ensure_ascii=True, sort_keys=True)};\n"
