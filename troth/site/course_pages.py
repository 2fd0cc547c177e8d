"""What happened at one body, drawn: administrations, contracts, deadlines, debts, requests, ways.

As in `pages`, nothing here reads a file or decides what a figure means. An administration is a letter
and its days; of terms of office nothing else is known here.
"""

from __future__ import annotations

import string
from collections.abc import Iterable, Sequence

from django.utils.safestring import SafeString

from troth.publish.views import (
    Arrears,
    ContractCourse,
    ContractEvent,
    CourseView,
    Deadline,
    Requests,
    Term,
    administrations,
)
from troth.publish.wording import amount, count, percent
from troth.site import course_charts, draw
from troth.site.charts import Band
from troth.site.course_charts import Bar, Course, Due, Happened
from troth.site.pages import Context, Language, figure_html
from troth.tables.results import REQUEST_OUTCOMES

#: Letters of a title or a commitment in a table.
TITLE_LETTERS = 120


def letter(number: int | None) -> str:
    """The letter of an administration: A to Z, then AA; nothing where it is not known."""
    if number is None:
        return ""
    more, place = divmod(number - 1, 26)
    return (letter(more) if more else "") + string.ascii_uppercase[place]


def bands(terms: Iterable[Term]) -> list[Band]:
    """The administrations as grounds of a chart."""
    return [Band(letter(one.number), one.start, one.end) for one in administrations(terms)]


def bands_said(terms: Sequence[Term], language: Language) -> SafeString | None:
    """What the letters in the charts stand for; nothing without terms of office."""
    made = bands(terms)
    if not made:
        return None
    post = next(one.post for one in terms if one.leading)
    parts = [
        language.say("administration_over", name=one.name, first=one.start, last=one.end)
        if one.end is not None
        else language.say("administration_on", name=one.name, first=one.start)
        for one in made
    ]
    said = SafeString(" · ".join(parts))
    return SafeString(f"{language.say('administrations', post=post)} {said}")


def page(view: CourseView, language: Language) -> Context:
    """Everything on the page of what happened at a body."""
    grounds = bands(view.terms)
    return {
        "view": view,
        "bands": bands_said(view.terms, language),
        "terms": [{"term": one, "letter": letter(one.administration)} for one in view.terms],
        "terms_said": _of_all(view.terms, language),
        "contracts": [_contract(one, grounds, view, language) for one in view.contracts],
        "contracts_said": _of_all(view.contracts, language),
        "states": _states(view, language),
        "deadlines": _deadlines(view, grounds, language),
        "deadlines_said": _of_all(view.deadlines, language),
        "arrears": [
            _arrears(currency, [one for one in view.arrears if one.currency == currency], language)
            for currency in sorted({one.currency for one in view.arrears})
        ],
        "requests": [
            _requests(source, [one for one in view.requests if one.source == source], language)
            for source in sorted({one.source for one in view.requests})
        ],
        "hand_offs": _hand_offs(view, language),
    }


def _of_all(
    shown: Sequence[Term] | Sequence[ContractCourse] | Sequence[Deadline], language: Language
) -> SafeString | None:
    """How many of all are shown."""
    if not shown:
        return None
    return language.say("of_all", shown=count(len(shown)), all=count(shown[0].of_all))


# --- contracts ---


def _contract(
    one: ContractCourse, grounds: Sequence[Band], view: CourseView, language: Language
) -> Context:
    lanes = {
        name: language.word(f"course.{name}")
        for name in ("contract", *course_charts.LANES, "settled")
    }
    finding = language.plain(
        "contract_title",
        contract=one.contract_id,
        changes=count(one.changes),
        due=count(one.due),
        unpaid=count(one.unpaid),
        as_of=view.run.as_of,
    )
    drawn = None
    if one.events or one.date_signed or one.period_start or one.period_end:
        course = Course(
            one.date_signed,
            one.period_start,
            one.original_end,
            one.period_end,
            [_happened(event, language) for event in one.events],
        )
        chart = course_charts.contract_chart(
            course, grounds, view.run.as_of, finding, lanes, language.chart_words
        )
        drawn = figure_html(chart, language)
    status = None
    if one.final_status is not None:
        status = language.word(f"final.{one.final_status}")
    return {
        "contract": one,
        "title": draw.shortened(one.title or one.contract_id, TITLE_LETTERS),
        "chart": drawn,
        "amount": None if one.amount is None else amount(one.amount, one.currency),
        "signed_under": letter(one.signed_under),
        "ends_under": letter(one.ends_under),
        "status": status,
        "events_left": one.events_of_all - len(one.events),
    }


def _happened(event: ContractEvent, language: Language) -> Happened:
    said = [] if event.what is None else [language.word(f"what.{event.what}")]
    if event.new_end is not None:
        said.append(f"→ {event.new_end}")
    if event.amount is not None:
        said.append(amount(event.amount, event.currency))
    return Happened(event.lane, event.date, event.settled_on, " ".join(said))


# --- commitments ---


def _states(view: CourseView, language: Language) -> SafeString | None:
    if not view.states:
        return None
    known = dict(view.states)
    done = sum(known.get(name, 0) for name in ("done_in_time", "done_later", "done_undated"))
    finding = language.plain(
        "states_title",
        done=count(done),
        commitments=count(sum(known.values())),
        in_time=count(known.get("done_in_time", 0)),
    )
    bars = [
        Bar(language.word(f"commitment.{name}"), number, count(number))
        for name, number in view.states
    ]
    heading = (language.word("chart.state"), language.word("course.commitments"))
    return figure_html(course_charts.bars_chart(bars, finding, heading), language)


def _deadlines(view: CourseView, grounds: Sequence[Band], language: Language) -> SafeString | None:
    """The commitments that have a day to be drawn at."""
    rows = [
        Due(
            draw.shortened(one.text, TITLE_LETTERS),
            one.announced,
            one.original_due,
            one.current_due,
            one.done_on,
            _standing(one, language),
        )
        for one in view.deadlines
        if one.announced or one.original_due or one.current_due or one.done_on
    ]
    if not rows:
        return None
    moved = sum(1 for one in view.deadlines if one.current_due != one.original_due)
    finding = language.plain("deadlines_title", moved=count(moved), shown=count(len(rows)))
    heading = (
        language.word("course.commitment"),
        *(
            language.word(f"course.{name}")
            for name in ("announced", "original_due", "current_due", "done_on", "last_status")
        ),
    )
    chart = course_charts.deadlines_chart(
        rows, grounds, view.run.as_of, finding, heading, language.chart_words
    )
    return figure_html(chart, language)


def _standing(one: Deadline, language: Language) -> str:
    """What the body said of a commitment last, or that it was given up."""
    if one.withdrawn:
        return language.word("commitment.withdrawn")
    if one.last_status is None:
        return language.word("commitment.nothing_said")
    return language.word(f"progress.{one.last_status}")


# --- arrears, requests, ways ---


def _arrears(currency: str, owed: Sequence[Arrears], language: Language) -> SafeString:
    past = [one for one in owed if one.age != "no due date"]
    finding = language.plain(
        "arrears_title",
        amount=amount(sum(one.amount for one in past), currency),
        invoices=count(sum(one.invoices for one in past)),
        old=count(sum(one.invoices for one in past if one.age == "over 365")),
    )
    bars = []
    for one in owed:
        name = (
            language.word("course.no_due_date")
            if one.age == "no due date"
            else language.plain("days_past_due", days=one.age.removeprefix("over "))
            if not one.age.startswith("over")
            else language.plain("days_over", days=one.age.removeprefix("over "))
        )
        said = f"{amount(one.amount, currency)} ({count(one.invoices)})"
        bars.append(Bar(name, one.amount, said))
    heading = (language.word("course.age"), language.word("course.owed"))
    return figure_html(course_charts.bars_chart(bars, finding, heading), language)


def _requests(source: str, told: Sequence[Requests], language: Language) -> SafeString:
    years = sorted({one.year for one in told})
    known = {(one.year, one.outcome): one.requests for one in told}
    parts = [language.word(f"outcome.{name}") for name in REQUEST_OUTCOMES]
    rows = [
        (str(year), [known.get((year, name), 0) for name in REQUEST_OUTCOMES]) for year in years
    ]
    every = sum(sum(counts) for _, counts in rows)
    full = sum(one.requests for one in told if one.outcome == "full")
    unanswered = sum(one.requests for one in told if one.outcome == "open")
    finding = language.plain(
        "requests_title" if source == "requests" else "requests_title_report",
        requests=count(every),
        first_year=years[0],
        last_year=years[-1],
        full=count(full),
        share=percent(full / every) if every else "0",
        open=count(unanswered),
    )
    heading = (language.word("word.year"), language.word("chart.sum"))
    return figure_html(course_charts.parts_chart(rows, parts, finding, heading), language)


def _hand_offs(view: CourseView, language: Language) -> SafeString | None:
    if not view.hand_offs:
        return None
    first = view.hand_offs[0]
    finding = language.plain(
        "hand_offs_title",
        transfers=count(first.of_all),
        from_unit=first.from_unit,
        to_unit=first.to_unit,
        most=count(first.transfers),
    )
    bars = [
        Bar(
            f"{one.from_unit} → {one.to_unit}",
            one.transfers,
            language.plain("hand_off", transfers=count(one.transfers), cases=count(one.cases)),
        )
        for one in view.hand_offs
    ]
    heading = (language.word("course.way"), language.word("course.transfers"))
    return figure_html(course_charts.bars_chart(bars, finding, heading), language)
