"""What readers may ask of a release, on a small made one."""

import datetime as dt
import json
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from tests.site.made_release import ARABIC, HOSTILE, body_id_of, made_release
from troth.errors import PersonError, UsageError, VerificationError
from troth.publish import views
from troth.publish.views import Release, Term, administrations, open_release
from troth.publish.wording import Absence, Grade, Standing


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_release(tmp_path_factory.mktemp("made"))


@pytest.fixture(scope="module")
def release(folder: Path) -> Release:
    return open_release(folder)


def rewritten(folder: Path, name: str, table: pa.Table) -> None:
    pq.write_table(table, folder / "parquet" / f"{name}.parquet")


def test_the_first_page_counts_every_cell_once(release: Release) -> None:
    home = release.home()

    parts = (
        home.cells_published,
        home.cells_too_few,
        home.cells_not_measurable,
        home.cells_not_applicable,
        home.cells_no_case,
        home.cells_not_run,
    )
    assert home.cells == 6 * 20 == sum(parts)
    assert (home.cells_no_case, home.cells_not_run) == (1, 0)
    assert home.bodies_told + home.bodies_untold + home.bodies_too_little == home.run.bodies
    assert home.firms == 3
    assert home.firms_unnamed == 2


def test_a_closer_look_is_above_all_bodies_together_and_the_best_evidence_comes_first(
    release: Release,
) -> None:
    looks = release.home().closer_looks

    assert looks[0].body.name == "Hill County"
    for look in looks:
        assert look.figure.low is not None
        assert look.pooled.value is not None
        assert look.figure.low > look.pooled.value
        assert look.figure.grade is not Grade.TOO_LITTLE
    order = [
        ({Grade.STRONG: 0, Grade.MODERATE: 1}[look.figure.grade], -look.figure.n) for look in looks
    ]
    assert order == sorted(order)
    assert len({look.body.body_id for look in looks}) == len(looks)


def test_a_small_body_never_tops_the_list_however_high_its_share(tmp_path: Path) -> None:
    folder = made_release(tmp_path)
    table = pq.read_table(folder / "parquet" / "measurement.parquet").to_pylist()
    for row in table:
        if (
            row["body_id"] == body_id_of(0)
            and row["indicator"] == "P018"
            and row["period"] == "all"
        ):
            row |= {
                "n": 20,
                "hits": 20,
                "value": 1.0,
                "low": 0.88,
                "high": 1.0,
                "status": "published",
            }
    rewritten(folder, "measurement", views.DECLARED["measurement"].rows(table))

    looks = open_release(folder).home().closer_looks

    assert looks[0].body.name == "Hill County"
    assert body_id_of(0) in [look.body.body_id for look in looks[1:]]


def test_a_rule_of_which_nobody_knows_the_better_way_is_no_reason_to_look(release: Release) -> None:
    assert all(look.card.code != "P051" for look in release.home().closer_looks)
    measured = [one for row in release.bodies() for one in release.body(row.body.body_id).measured]
    apart = [one for one in measured if one.card.code == "P051" and one.standing is Standing.ABOVE]
    assert not any(one.reason_to_look for one in apart)


def test_bodies_come_by_name_and_those_without_come_last(release: Release) -> None:
    rows = release.bodies()

    named = [row.body.name for row in rows if row.body.name is not None]
    assert named == sorted(named, key=str.casefold)
    assert rows[-1].body.name is None
    assert rows[-1].body.shown == body_id_of(5)
    assert all(row.published + row.withheld <= 20 for row in rows)


def test_a_body_shows_each_indicator_once_measured_or_with_the_reason(release: Release) -> None:
    view = release.body(body_id_of(4))

    codes = sorted(one.card.code for one in (*view.measured, *view.withheld))
    assert codes == sorted(release.catalogue)
    (gap,) = view.withheld
    assert gap.figure is not None
    assert gap.figure.status == "not_measurable"
    assert gap.figure.absence is Absence.NOT_MEASURABLE


def test_a_body_without_a_row_has_no_case_though_the_indicator_was_run(release: Release) -> None:
    withheld = release.body(body_id_of(1)).withheld

    assert [(one.card.code, one.was_run) for one in withheld if one.figure is None] == [
        ("P064", True)
    ]


def test_an_indicator_of_the_catalogue_without_coverage_was_not_run(tmp_path: Path) -> None:
    folder = made_release(tmp_path)
    for name in ("coverage", "measurement", "evidence", "missing"):
        table = pq.read_table(folder / "parquet" / f"{name}.parquet")
        rewritten(folder, name, table.filter(pc.not_equal(table["indicator"], "P018")))
    release = open_release(folder)

    assert not release.indicator("P018").coverage.was_run
    assert release.home().cells_not_run == 6
    assert [one.card.code for one in release.body(body_id_of(3)).withheld if not one.was_run] == [
        "P018"
    ]


def test_all_bodies_together_are_the_sums_of_hits_and_cases(release: Release, folder: Path) -> None:
    table = pq.read_table(folder / "parquet" / "measurement.parquet")
    whole = table.filter(
        pc.and_(pc.equal(table["indicator"], "P018"), pc.equal(table["period"], "all"))
    )

    pooled = release.indicator("P018").pooled

    assert (pooled.hits, pooled.n) == (pc.sum(whole["hits"]).as_py(), pc.sum(whole["n"]).as_py())
    assert release.body(body_id_of(3)).measured[3].pooled == pooled


def test_cases_with_a_page_come_first_and_the_count_is_of_all(release: Release) -> None:
    single_bid = release.body(body_id_of(3)).measured[3]

    assert single_bid.figure is not None
    assert single_bid.case_count == single_bid.figure.hits
    assert len(single_bid.cases) == views.CASES_SHOWN
    assert [case.page is not None for case in single_bid.cases] == [True, True] + [False] * 8


def test_all_cases_of_a_figure_can_be_asked_for(release: Release) -> None:
    single_bid = release.body(body_id_of(3)).measured[3]

    every = release.cases(body_id_of(3), "P018")

    assert len(every) == single_bid.case_count
    assert every[: views.CASES_SHOWN] == single_bid.cases
    assert release.cases(body_id_of(3), "P018", first=2) == every[:2]
    with pytest.raises(UsageError, match="no indicator"):
        release.cases(body_id_of(3), "P999")


def test_the_parts_of_a_level_add_up_exactly(release: Release) -> None:
    (score,) = release.body(body_id_of(3)).scores

    assert score.level is not None
    assert score.micropoints == round(score.level * 1_000_000)


def test_a_level_that_its_parts_do_not_give_is_refused(tmp_path: Path) -> None:
    folder = made_release(tmp_path)
    rows = pq.read_table(folder / "parquet" / "contribution.parquet").to_pylist()
    rows[0]["micropoints"] += 1
    rewritten(folder, "contribution", views.DECLARED["contribution"].rows(rows))

    with pytest.raises(VerificationError, match="add up to"):
        open_release(folder).body(rows[0]["body_id"])


def test_a_withheld_level_has_no_parts(release: Release) -> None:
    (score,) = release.body(body_id_of(5)).scores

    assert score.level is None
    assert score.parts == ()


def test_a_process_tells_what_happened_and_what_it_cannot_read(release: Release) -> None:
    view = release.process("ocds-xx-2023-000000")

    assert [event.lane for event in view.events] == [
        "tender", "award", "contract", "contract", "amendment", "payment", "payment", "milestone",
    ]  # fmt: skip
    assert view.unreadable_dates == ("not a date",)
    assert {signal.card.code for signal in view.signals} >= {"P018"}
    assert all(signal.case.pid == view.pid for signal in view.signals)
    assert view == release.process(view.pid)


def test_a_record_of_odd_types_gives_no_event_and_no_error(tmp_path: Path) -> None:
    folder = made_release(tmp_path, processes=1)
    rows = pq.read_table(folder / "parquet" / "record.parquet").to_pylist()
    odd = {
        "tender": "none",
        "awards": {"a": 1},
        "contracts": [7, {"period": [], "amendments": [{"date": 5}]}],
    }
    rows[0]["json"] = json.dumps(odd)
    rewritten(folder, "record", views.DECLARED["record"].rows(rows))

    view = open_release(folder).process(rows[0]["pid"])

    assert view.events == ()
    assert view.unreadable_dates == ("5",)
    assert view.title is None


def test_rejected_things_are_grouped_by_kind_with_a_few_examples(release: Release) -> None:
    quality = release.quality()

    assert [
        (kind.code, kind.level, kind.count, len(kind.examples)) for kind in quality.rejected
    ] == [
        ("E001", "record", 1, 1),
        ("E012", "field", 8, views.EXAMPLES_SHOWN),
    ]
    assert quality.adds_up


def test_rows_that_do_not_add_up_are_said_not_to(tmp_path: Path) -> None:
    folder = made_release(tmp_path)
    rows = pq.read_table(folder / "parquet" / "input.parquet").to_pylist()
    rows[0]["rows_kept"] -= 1
    rewritten(folder, "input", views.DECLARED["input"].rows(rows))

    assert not open_release(folder).quality().adds_up


def test_the_weights_of_the_recipe_are_shares_of_one(release: Release) -> None:
    method = release.method()

    assert sum(post.weight for post in method.goalposts) == pytest.approx(1.0)
    assert method.recipe == release.run.recipe


def test_files_and_licences_are_those_the_release_names(release: Release, folder: Path) -> None:
    for one in release.files():
        assert (folder / one.path).stat().st_size == one.bytes
    assert [one.title for one in release.licences()] == ["Creative Commons Attribution 4.0", "Trap"]


def test_a_body_is_found_by_identifier_name_or_part_of_it(release: Release) -> None:
    assert [body.body_id for body in release.find(body_id_of(2))] == [body_id_of(2)]
    assert [body.name for body in release.find("hill county")] == ["Hill County"]
    assert [body.name for body in release.find("المدينة")] == [ARABIC]
    assert [body.name for body in release.find("[bids]")] == [HOSTILE]
    assert release.find("nowhere") == ()


def test_what_is_not_there_is_an_error_that_names_the_nearest(release: Release) -> None:
    with pytest.raises(UsageError, match="XX-MUN:000"):
        release.body("XX-MUN:00000")
    with pytest.raises(UsageError, match="Did you mean P018"):
        release.indicator("P0188")
    with pytest.raises(UsageError, match="holds no record"):
        release.process("ocds-none")
    with pytest.raises(UsageError, match="holds no record"):
        release.process(1)


def test_an_ocid_of_two_records_is_asked_for_by_pid_and_both_have_a_page(tmp_path: Path) -> None:
    folder = made_release(tmp_path, processes=2)
    rows = pq.read_table(folder / "parquet" / "record.parquet").to_pylist()
    for row in rows:
        row["ocid"] = "ocds-xx-same"
    rewritten(folder, "record", views.DECLARED["record"].rows(rows))
    release = open_release(folder)

    with pytest.raises(UsageError, match="names 2 processes"):
        release.process("ocds-xx-same")
    pages = {release.process(row["pid"]).page for row in rows}
    assert len(pages) == 2


def test_a_folder_that_is_no_release_or_lacks_a_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(VerificationError, match=r"manifest\.json is missing"):
        open_release(tmp_path)
    folder = made_release(tmp_path)
    (folder / "parquet" / "score.parquet").unlink()
    with pytest.raises(VerificationError, match="lacks this table"):
        open_release(folder).body(body_id_of(0))


def test_a_table_of_another_version_is_refused(tmp_path: Path) -> None:
    folder = made_release(tmp_path)
    table = pq.read_table(folder / "parquet" / "measurement.parquet")
    rewritten(folder, "measurement", table.drop_columns(["high"]))

    with pytest.raises(VerificationError, match="lacks the columns high"):
        open_release(folder).home()


def test_a_release_with_a_row_about_anybody_else_is_refused(tmp_path: Path) -> None:
    folder = made_release(tmp_path)
    table = pq.read_table(folder / "parquet" / "measurement.parquet")
    kinds = ["natural_person", *table["body_kind"].to_pylist()[1:]]
    place = table.column_names.index("body_kind")
    rewritten(folder, "measurement", table.set_column(place, "body_kind", pa.array(kinds)))

    with pytest.raises(PersonError, match="natural_person"):
        open_release(folder).home()


def test_page_names_differ_for_different_identifiers_and_leave_the_index_free() -> None:
    names = ["index", "Index", "_index", "a/b", "a-b", "A-B", "../x", "بلدية", "con", ""]

    pages = [views.page_name(name) for name in names]

    assert len({page.lower() for page in pages}) == len(names)
    assert "index" not in pages
    assert not any("/" in page for page in pages)


def test_the_same_release_gives_the_same_answers(folder: Path) -> None:
    first, second = open_release(folder), open_release(folder)

    assert first.home() == second.home()
    assert first.body(body_id_of(3)) == second.body(body_id_of(3))
    assert first.quality() == second.quality()


def test_many_bodies_are_answered_fast(tmp_path: Path) -> None:
    folder = made_release(tmp_path, bodies=300)
    release = open_release(folder)

    started = time.process_time()
    release.home()
    for row in release.bodies():
        release.body(row.body.body_id)

    assert time.process_time() - started < 6  # 2,500 bodies in 50 s would be this slow


# --- what ledgers say happened ---


def term(number: int | None, start: dt.date, end: dt.date | None) -> Term:
    return Term("head", start, end, False, True, number, 9)


def test_an_administration_lasts_until_the_next_one_begins() -> None:
    day = dt.date
    terms = [
        term(1, day(2015, 1, 1), day(2019, 12, 31)),
        term(None, day(2020, 1, 1), day(2020, 2, 10)),  # acting, for a while
        term(2, day(2020, 2, 11), None),
        term(3, day(2020, 2, 11), day(2023, 6, 30)),  # two on one day, as a ledger may have it
    ]

    assert [(one.number, one.start, one.end) for one in administrations(terms)] == [
        (1, day(2015, 1, 1), day(2020, 2, 10)),
        (2, day(2020, 2, 11), day(2020, 2, 11)),
        (3, day(2020, 2, 11), day(2023, 6, 30)),
    ]
    assert administrations([]) == ()


def test_the_course_of_a_body_is_what_the_release_holds_in_order(tmp_path: Path) -> None:
    release = open_release(made_release(tmp_path, ledgers=True))
    course = release.course(body_id_of(3))

    assert [one.administration for one in course.terms] == [1, 2, 3]
    (contract,) = course.contracts
    assert [one.lane for one in contract.events] == ["due", "payment", "change", "due", "milestone"]
    assert contract.events_of_all == 70
    assert [state for state, _ in course.states] == ["done_in_time", "past", "withdrawn"]
    assert [(one.currency, one.age) for one in course.arrears] == [
        ("EUR", "1-30"), ("EUR", "over 365"), ("USD", "no due date"),
    ]  # fmt: skip
    assert not course.is_empty
    assert release.course(body_id_of(5)).is_empty


def test_outcomes_are_no_reason_to_look(tmp_path: Path) -> None:
    release = open_release(made_release(tmp_path, ledgers=True))

    for row in release.bodies():
        for one in release.body(row.body.body_id).measured:
            assert not (one.card.is_outcome and one.reason_to_look)
    assert {look.card.pillar for look in release.home().closer_looks} <= {
        "continuity", "implementation", "debt", "procurement",
    }  # fmt: skip
