"""`troth explain`: from a body's points down to the line of a file, each step a row of the release.

points -> value on the way from worst to best -> hits of n and interval -> what was missing -> the
cases -> file, line, byte and JSON pointer -> the record.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from troth.errors import UsageError
from troth.publish import wording
from troth.publish.current import current_release
from troth.publish.views import Measured, Release, open_release
from troth.publish.wording import count, one_digit, percent, points, sentence
from troth.terminal.records import NOTHING, Absent, Shown, at, lines_of, records_of
from troth.terminal.screen import ListFormat, columns, plain, say, say_csv, say_json, strong

if TYPE_CHECKING:
    from troth.publish.views import BodyName, BodyView, Case, Detail, Entry, Figure, Score

#: How many bodies a refusal names.
NAMED = 10

#: Lines of a record that belong to the case have this in front, all others as many spaces.
HERE = "> "

CASE_COLUMNS = (
    "body_id",
    "indicator",
    "period",
    "ocid",
    "part_no",
    "value",
    "file",
    "line",
    "offset",
    "pointer",
    "pid",
)


@dataclass(frozen=True)
class Explained:
    """A body of a release, the indicators asked for with the cases shown, and their records."""

    release: Release
    view: BodyView
    measured: Sequence[Measured]
    cases: Mapping[str, Sequence[Case]]
    records: Mapping[int, Shown | Absent]
    entries: Mapping[str, tuple[Entry, ...]]
    with_entries: bool


def explain(
    who: str,
    folder: Path,
    *,
    indicator: str | None,
    cases: int,
    with_records: bool,
    form: ListFormat,
) -> None:
    """Explain the figures of one body, down to the cases and, where asked for, their records."""
    release = open_release(current_release(folder))
    body = body_of(release, who)
    view = release.body(body.body_id)
    measured = _asked(release, view, indicator)
    if form is ListFormat.CSV:
        say_csv(CASE_COLUMNS, _rows(release, body, measured))
        return
    shown = {
        one.card.code: release.cases(body.body_id, one.card.code, first=cases) for one in measured
    }
    every = [case for some in shown.values() for case in some]
    records = records_of(every, release, folder) if with_records else {}
    entries = {
        one.card.code: release.entries(body.body_id, one.card.code, first=cases) for one in measured
    }
    explained = Explained(release, view, measured, shown, records, entries, with_records)
    if form is ListFormat.JSON:
        say_json(_as_data(explained))
    else:
        say(*_in_words(explained, whole=indicator is None))


def body_of(release: Release, who: str) -> BodyName:
    """The body with this identifier, this name, or alone with this text in its name."""
    found = release.find(who)
    if len(found) == 1:
        return found[0]
    if found:
        listed = "\n".join(f"  {plain(one.body_id)}  {plain(one.shown)}" for one in found[:NAMED])
        more = f"\n  and {len(found) - NAMED:,} more" if len(found) > NAMED else ""
        raise UsageError(
            f"{len(found):,} bodies have {who!r} in their name; give the identifier of one:\n"
            f"{listed}{more}"
        )
    raise UsageError(f"no body {who!r} in release {release.release_id}.{_nearest(release, who)}")


def _nearest(release: Release, who: str) -> str:
    bodies = [row.body for row in release.bodies()]
    names: dict[str, BodyName] = {}
    for one in bodies:
        names.setdefault(one.body_id.casefold(), one)
        names.setdefault(one.shown.casefold(), one)
    close = difflib.get_close_matches(who.casefold(), list(names), n=3)
    if not close:
        return " All of them: bodies/ in the pages, or csv/body.csv in the release."
    listed = "\n".join(
        f"  {plain(one.body_id)}  {plain(one.shown)}"
        for one in dict.fromkeys(names[c] for c in close)
    )
    return f" Did you mean\n{listed}"


def _asked(release: Release, view: BodyView, indicator: str | None) -> list[Measured]:
    """The indicators asked for: one, or all, measured ones first."""
    every = [*view.measured, *view.withheld]
    if indicator is None:
        return every
    code = indicator.upper()
    if code not in release.catalogue:
        by_name = {card.name: card.code for card in release.catalogue.values()}
        code = by_name.get(indicator.lower(), code)
    release.indicator(code)  # refuses a code that is none, and names the nearest
    return [one for one in every if one.card.code == code]


def _rows(release: Release, body: BodyName, measured: Sequence[Measured]) -> list[list[object]]:
    """Every case of the body, one row each."""
    return [
        [body.body_id, *(getattr(case, name) for name in CASE_COLUMNS[1:])]
        for one in measured
        for case in release.cases(body.body_id, one.card.code)
    ]


# --- as data ---


def _as_data(explained: Explained) -> dict[str, Any]:
    view = explained.view
    return {
        "release": explained.release.release_id,
        "as_of": view.run.as_of,
        "body": view.body,
        "scores": [_score_as_data(score) for score in view.scores],
        "indicators": [_measured_as_data(one, explained) for one in explained.measured],
    }


_LEVEL = (
    "recipe", "level", "low", "high", "lowest", "highest", "band", "band_probability", "other_band",
    "rank_low", "rank", "rank_high", "rank_kept", "ranked_of", "peer_group", "weight_measured",
    "status", "reason",
)  # fmt: skip
_PART = ("value", "normalised", "weight", "micropoints", "peer_points", "imputed")
_ESTIMATE = (
    "n", "hits", "prior_mean", "prior_size", "estimate", "low", "high", "reliability", "use",
)  # fmt: skip


def _score_as_data(score: Score) -> dict[str, Any]:
    parts = [
        {"indicator": part.card.code} | {name: getattr(part, name) for name in _PART}
        for part in score.parts
    ]
    estimates = [
        {"indicator": one.card.code} | {name: getattr(one, name) for name in _ESTIMATE}
        for one in score.estimates
    ]
    return {name: getattr(score, name) for name in _LEVEL} | {
        "parts": parts,
        "estimates": estimates,
        "alternatives": score.alternatives,
    }


def _measured_as_data(one: Measured, explained: Explained) -> dict[str, Any]:
    return {
        "code": one.card.code,
        "title": one.card.title,
        "question": one.card.question,
        "unit": one.card.unit,
        "figure": one.figure,
        "evidence": None if one.figure is None else one.figure.grade,
        "all_bodies": one.pooled,
        "standing": one.standing,
        "years": one.years,
        "details": one.details,
        "confounds": one.card.confounds,
        "missing": one.missing,
        "entries": explained.entries[one.card.code],
        "case_count": one.case_count,
        "cases": [
            _case_as_data(case, explained.records) for case in explained.cases[one.card.code]
        ],
    }


def _case_as_data(case: Case, records: Mapping[int, Shown | Absent]) -> dict[str, Any]:
    data = {name: getattr(case, name) for name in CASE_COLUMNS[2:]}
    found = records.get(case.pid)
    if isinstance(found, Shown):
        pointed = at(found.record, case.pointer)
        data["record"] = found
        data["pointed_at"] = None if pointed is NOTHING else pointed
    elif found is not None:
        data["record"] = None
        data["why_no_record"] = found.reason
    return data


# --- in words ---


def _in_words(explained: Explained, whole: bool) -> list[str]:
    view, release = explained.view, explained.release
    processes = f"{count(view.body.processes)} contracting processes"
    lines = [
        strong(f"{plain(view.body.shown)}  ({plain(view.body.body_id)})"),
        f"release {release.release_id}, judged as of {view.run.as_of}; {processes}",
        "",
    ]
    for score in view.scores:
        lines += [*_score_in_words(score, release), ""]
    shown = explained.measured
    if whole:
        shown = [one for one in explained.measured if one.published]
    for one in shown:
        lines += [*_measured_in_words(one, explained), ""]
    if whole:
        lines += _withheld(view.withheld)
    return lines[:-1] if lines and not lines[-1] else lines


def _score_in_words(score: Score, release: Release) -> list[str]:
    """The level and its parts, which add up to it digit by digit; how sure it is; its estimates."""
    title = strong(f"LEVEL ({plain(score.recipe)})")
    share = percent(score.weight_measured)
    if score.level is None or score.low is None or score.high is None:
        minimum = percent(release.method().minimum_weight)
        told = sentence("level_withheld", share=share, minimum=minimum)
        return [title, f"  {told}", *_estimates_in_words(score)]
    told = sentence(
        "level_range",
        level=points(score.micropoints),
        low=one_digit(score.low),
        high=one_digit(score.high),
        share=share,
    )
    posts = {post.card.code: post for post in release.method().goalposts}
    rows = [("", "", "estimate", "0 at", "100 at", "points", "peers", "weight", "adds")]
    for part in score.parts:
        post = posts[part.card.code]
        rows.append(
            (
                part.card.code,
                plain(part.card.title) + (" (not published)" if part.imputed else ""),
                f"{percent(part.value)} %",
                f"{percent(post.worst)} %",
                f"{percent(post.best)} %",
                f"{part.normalised:.6f}",
                "" if part.peer_points is None else one_digit(part.peer_points),
                f"{part.weight:.4f}",
                points(part.micropoints),
            )
        )
    rows.append(("", "together", "", "", "", "", "", "", points(score.micropoints)))
    return [
        title,
        f"  {told}",
        *(f"  {line}" for line in _how_sure(score)),
        *columns(rows, right=(2, 3, 4, 5, 6, 7, 8)),
        *_estimates_in_words(score),
        *_alternatives_in_words(score),
    ]


def _how_sure(score: Score) -> list[str]:
    """The band with its probability, the bounds, and the rank with its interval or why none."""
    lines = []
    if score.band is not None and score.band_probability is not None:
        low, high = wording.BANDS[score.band]
        lines.append(
            sentence(
                wording.band_key(score.band_probability),
                band=score.band,
                from_points=low,
                to_points=high,
                probability=percent(score.band_probability),
            )
        )
    if score.lowest is not None and score.highest is not None and score.lowest < score.highest:
        bounds = {"lowest": one_digit(score.lowest), "highest": one_digit(score.highest)}
        if score.other_band is None:
            lines.append(sentence("bounds", **bounds))
        else:
            lines.append(
                sentence("bounds_two_bands", band=score.band, other=score.other_band, **bounds)
            )
    first, last, of = score.rank_low, score.rank_high, score.ranked_of
    if score.rank is not None and first is not None and last is not None and of is not None:
        slots = {"low": count(first), "high": count(last), "of": count(of)}
        if wording.rank_key(first, last, of) == "rank_interval":
            slots["middle"] = count(score.rank)
        lines.append(sentence(wording.rank_key(first, last, of), "en", **slots))
    else:
        lines.append(sentence("rank_not_ranked" if score.rank_kept else "rank_bands_only"))
    return lines


def _estimates_in_words(score: Score) -> list[str]:
    """Each estimate beside the raw share, and what its reliability is good for."""
    rows = [
        (
            "", "raw share", "of n", "estimate", "90 % interval", "peers say", "own weight", "",
        )
    ]  # fmt: skip
    for one in score.estimates:
        if one.estimate is None or one.low is None or one.high is None or not one.n:
            continue
        assert one.prior_mean is not None
        assert one.reliability is not None
        own = one.use != "pooled"
        rows.append(
            (
                one.card.code,
                f"{percent(one.hits / one.n)} %" if own and one.hits is not None else "",
                count(one.n) if one.hits is None else f"{count(one.hits)} of {count(one.n)}",
                f"{percent(one.estimate)} %" if own else "",
                f"{percent(one.low)} to {percent(one.high)} %" if own else "",
                f"{percent(one.prior_mean)} %",
                f"{percent(one.reliability)} %",
                sentence(f"use_{one.use}"),
            )
        )
    if len(rows) == 1:
        return []
    group = "" if score.peer_group is None else f" (peers: {plain(score.peer_group)})"
    return [f"  estimates{group}", *columns(rows, right=(1, 2, 3, 4, 5, 6), indent=4)]


def _alternatives_in_words(score: Score) -> list[str]:
    """The span of levels over all other choices, and the choice that moves it most."""
    levels = [(one.level, one.variant) for one in score.alternatives if one.level is not None]
    if not levels or score.level is None:
        return []
    level = score.level
    (least, _), (most, _) = min(levels), max(levels)
    furthest = max(levels, key=lambda one: (abs(one[0] - level), one[1]))
    return [
        f"  other choices of method give {one_digit(min(least, level))} to "
        f"{one_digit(max(most, level))} points; the furthest is {plain(furthest[1])} with "
        f"{one_digit(furthest[0])}"
    ]


def _measured_in_words(one: Measured, explained: Explained) -> list[str]:
    card = one.card
    lines = [strong(f"{card.code} {plain(card.title)}"), f"  {plain(card.question)}"]
    lines += [f"  {line}" for line in _figure_in_words(one)]
    if one.years and one.published:
        years = ", ".join(_year_in_words(year, card.scale) for year in one.years if year.n)
        lines.append(f"  by year    {years}")
    lines += [f"  {_missing_in_words(some)}" for some in one.missing]
    return [*lines, *_cases_in_words(one, explained)]


def _year_in_words(year: Figure, scale: str) -> str:
    if year.hits is not None:
        return f"{year.period}: {count(year.hits)} of {count(year.n)}"
    told = "no figure" if year.value is None else wording.written(year.value, scale)
    return f"{year.period}: {told} ({count(year.n)})"


def _figure_in_words(one: Measured) -> list[str]:
    """The figure with its interval and counts, or why there is none; and all bodies together."""
    figure, pooled, card = one.figure, one.pooled.value, one.card
    if figure is None:
        return [_absence(one)]
    counts = _counts_in_words(figure)
    if figure.value is None:
        return [_absence(one), counts]
    cases = plain(wording.cases_of(card.unit, None if card.is_share else card.cases_of))
    key, slots = wording.slots_of_figure(
        figure.hits, figure.n, cases, figure.value, figure.low, figure.high, card.scale
    )
    lines = [sentence(key, **slots), counts, f"{sentence('evidence_' + figure.grade.value)}"]
    if pooled is not None:
        key = wording.standing_key(one.standing, figure.is_share)
        lines.append(sentence(key, pooled=wording.written(pooled, card.scale)))
    lines += [_detail_in_words(detail) for detail in one.details]
    return lines + [f"may mislead {plain(confound)}" for confound in card.confounds]


def _detail_in_words(detail: Detail) -> str:
    told = plain(detail.words) if detail.value is None else wording.number(detail.value)
    return f"beside it  {plain(detail.what)}: {told}"


def _absence(one: Measured) -> str:
    """The word for what is missing, and the reason in a sentence, as the pages say them."""
    figure = one.figure
    if not one.was_run:
        return f"{sentence('not_run')}: {sentence('why_not_run')}"
    if figure is None:
        return f"{sentence('not_measurable')}: {sentence('why_no_case')}"
    slots = {
        "n": count(figure.n),
        "minimum": count(one.card.minimum_cases),
        "cases": count(figure.cases),
        "reason": plain(figure.reason or ""),
    }
    told = f"{sentence('not_measurable')}: {sentence(f'why_{figure.status}', 'en', **slots)}"
    if one.missing and not figure.n:
        told += f" Most lack {plain(one.missing[0].field)}."
    return told


def _counts_in_words(figure: Figure) -> str:
    return (
        f"counts     n {count(figure.n)}, "
        f"{'' if figure.hits is None else f'hits {count(figure.hits)}, '}"
        f"lacking a field {count(figure.unknown)}, contradicting itself {count(figure.error)}, "
        f"not concerned {count(figure.not_applicable)}"
    )


def _missing_in_words(missing: Any) -> str:
    kind = "missing   " if missing.state == "insufficient_data" else "contradicts"
    cases = "1 case" if missing.cases == 1 else f"{count(missing.cases)} cases"
    return f"{kind} {plain(missing.field)}: {cases}"


def _cases_in_words(one: Measured, explained: Explained) -> list[str]:
    """The cases, each with the place of its record; and the records where they were asked for."""
    if explained.entries[one.card.code]:
        return _entries_in_words(one, explained)
    shown = explained.cases[one.card.code]
    if not shown:
        return []
    lines = [f"  cases      {count(len(shown))} of {count(one.case_count)} in which it happened"]
    for case in shown:
        value = "" if case.value is None else f", {_value(case.value, one.card.value_unit)}"
        lines.append(f"    {plain(case.ocid)} ({case.period}{value})")
        lines.append(
            f"      {plain(case.file)}, line {case.line}, byte {case.offset}, {case.pointer}"
        )
        if case.pid in explained.records:
            lines += _record_in_words(case, explained.records[case.pid])
    if one.case_count > len(shown):
        lines.append(f"    all {count(one.case_count)}: --indicator {one.card.code} --format csv")
    return lines


def _entries_in_words(one: Measured, explained: Explained) -> list[str]:
    """The entries of a ledger behind a figure, each with its place; and as read, where asked for."""
    shown = explained.entries[one.card.code]
    lines = [f"  entries    {count(len(shown))} of those behind it, the furthest first"]
    for entry in shown:
        value = "" if entry.value is None else f", {_value(entry.value, one.card.value_unit)}"
        lines.append(f"    {plain(entry.entry_id)} ({entry.period}{value})")
        lines.append(f"      {plain(entry.file)}, line {entry.line}")
        if explained.with_entries:
            lines.append(f"      {plain(entry.json)}")
    return lines


def _value(value: float, unit: str) -> str:
    """The number that the rule looked at: "bidders: 1"."""
    return f"{plain(unit)}: {wording.number(value)}" if unit else wording.number(value)


def _record_in_words(case: Case, found: Shown | Absent) -> list[str]:
    if isinstance(found, Absent):
        return [f"      no record: {found.reason}"]
    lines = [f"      the record, from {found.taken_from} (sha256 {found.sha256})"]
    if at(found.record, case.pointer) is NOTHING:
        lines.append(f"      it has nothing at {case.pointer}")
    for inside, line in lines_of(found.record, case.pointer):
        lines.append("      " + (strong(HERE + line) if inside else " " * len(HERE) + line))
    return lines


def _withheld(withheld: Sequence[Measured]) -> list[str]:
    """The indicators without a figure, a line each with the reason."""
    if not withheld:
        return []
    rows = [(one.card.code, plain(one.card.title), _absence(one)) for one in withheld]
    return [strong("WITHOUT A FIGURE, AND WHY"), *columns(rows), ""]
