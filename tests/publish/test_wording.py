"""Sentences for readers: made from numbers, the same slots in every language, no word too many."""

import re

import pytest

from troth.errors import UsageError
from troth.indicators import catalogue
from troth.indicators.words import words_of
from troth.publish import wording
from troth.publish.wording import Grade, Standing, forbidden_in


def test_a_figure_says_count_share_and_interval() -> None:
    said = wording.figure_sentence(23, 71, "competitive procedures", 23 / 71, 0.24, 0.42)

    assert said == "23 of 71 competitive procedures (32\u00a0%, 90\u00a0% interval 24 to 42\u00a0%)"


def test_none_found_is_said_in_words_with_the_end_of_its_interval() -> None:
    said = wording.figure_sentence(0, 71, "competitive procedures", 0.0, 0.0, 0.037)

    assert said == "none found in 71 competitive procedures (90\u00a0% interval 0 to 3.7\u00a0%)"


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (0.0, "0"), (0.0004, "<0.1"), (0.046, "4.6"), (0.1, "10"), (0.324, "32"),
        (0.9, "90"), (0.995, "99.5"), (0.9999, ">99.9"), (1.0, "100"),
    ],
)  # fmt: skip
def test_a_share_near_its_ends_has_one_digit_more_and_never_rounds_to_none_or_all(
    share: float, said: str
) -> None:
    assert wording.percent(share) == said


def test_points_show_every_digit_so_that_a_reader_can_add_them() -> None:
    assert wording.points(85_400_236) == "85.400236"
    assert wording.points(5) == "0.000005"


@pytest.mark.parametrize(
    ("n", "low", "high", "expected"),
    [
        (100, 0.40, 0.52, Grade.STRONG),
        (99, 0.40, 0.50, Grade.MODERATE),
        (500, 0.40, 0.53, Grade.MODERATE),
        (20, 0.10, 0.39, Grade.MODERATE),
        (19, 0.10, 0.20, Grade.TOO_LITTLE),
        (20, 0.10, 0.41, Grade.TOO_LITTLE),
        (500, None, None, Grade.TOO_LITTLE),
    ],
)
def test_evidence_is_graded_by_cases_and_width(
    n: int, low: float | None, high: float | None, expected: Grade
) -> None:
    assert wording.grade(n, low, high) is expected


def test_a_figure_stands_apart_only_when_its_whole_interval_does() -> None:
    assert wording.standing(0.31, 0.4, 0.3) is Standing.ABOVE
    assert wording.standing(0.2, 0.29, 0.3) is Standing.BELOW
    assert wording.standing(0.3, 0.4, 0.3) is Standing.CANNOT_TELL
    assert wording.standing(None, None, 0.3) is Standing.CANNOT_TELL
    assert wording.standing(0.3, 0.4, None) is Standing.CANNOT_TELL


@pytest.mark.parametrize("key", sorted(wording.SENTENCES))
def test_a_sentence_has_every_language_with_the_same_slots(key: str) -> None:
    templates = wording.SENTENCES[key]

    assert set(templates) == set(wording.LANGUAGES)
    assert len({wording.slots_of(text) for text in templates.values()}) == 1


@pytest.mark.parametrize("key", sorted(wording.SENTENCES))
def test_no_sentence_says_more_than_the_data(key: str) -> None:
    for language in wording.LANGUAGES:
        assert wording.forbidden_in(wording.template(key, language)) == []


@pytest.mark.parametrize("key", sorted(wording.SENTENCES))
def test_no_sentence_hides_a_character_that_pages_would_spell_out(key: str) -> None:
    for language in wording.LANGUAGES:
        said = wording.template(key, language)
        assert wording.visible(said) == said


def test_a_slot_left_empty_is_an_error() -> None:
    with pytest.raises(UsageError, match="needs a value for 'low'"):
        wording.sentence("figure", hits=1, n=2, cases="cases", share="50")
    with pytest.raises(UsageError, match="no sentence is called 'figur'"):
        wording.sentence("figur")
    with pytest.raises(UsageError, match="no sentences in 'xx'"):
        wording.sentence("not_run", "xx")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("this body is corrupt", ["corrupt"]),
        ("a suspicious award, very late", ["suspicious", "very"]),
        ("the worst of them", ["worst"]),
        ("every delivery was on time", []),
        ("جدول البيانات وجدار", []),
        ("هذه الجهة فاسدة", ["فاسدة"]),
        ("مكافحة الفساد والاحتيال", ["الفساد", "والاحتيال"]),
        ("متأخر جدا", ["جدا"]),
        ("该机构涉嫌腐败，非常可疑", ["腐败", "非常", "可疑"]),
        ("无法与所有机构合计区分", []),
        ("the best municipality, a shameful loser", ["best", "shameful", "loser"]),
        ("the best losing price, the best bid", []),
        ("أفضل بلدية", ["أفضل"]),
        ("最佳城市，可耻", ["最佳", "可耻"]),
    ],
)
def test_words_that_accuse_or_exaggerate_are_found_in_every_language(
    text: str, found: list[str]
) -> None:
    assert sorted(wording.forbidden_in(text)) == sorted(found)


def test_characters_that_hide_or_turn_text_are_spelled_out() -> None:
    assert wording.visible("a\u202eb\x00c") == "a\\u202eb\\u0000c"
    assert wording.visible("بلدية المدينة\n\tX") == "بلدية المدينة\n\tX"


def test_what_is_counted_is_the_unit_without_its_first_words() -> None:
    assert wording.cases_of("share of signed contracts") == "signed contracts"
    assert wording.cases_of("") == "cases"


def test_there_are_three_words_for_absence_and_they_differ() -> None:
    for language in wording.LANGUAGES:
        words = {wording.sentence(one.value, language) for one in wording.Absence}
        assert len(words) == 3
        assert not any(re.search(r"\d", word) for word in words)


@pytest.mark.parametrize("code", list(catalogue()))
def test_no_text_of_an_indicator_says_more_than_its_numbers(code: str) -> None:
    card, words = catalogue()[code].card, words_of(catalogue()[code])
    said = [card.title, card.question, card.unit, card.value_unit, *card.thresholds.values()]
    said += [words.why, words.misleads, words.clears, *(one.title for one in words.examples)]
    assert {text: found for text in said if (found := forbidden_in(text))} == {}


@pytest.mark.parametrize(
    ("probability", "key"),
    [(1.0, "band_sure"), (0.95, "band_sure"), (0.94, "band_likely"), (0.8, "band_likely"),
     (0.79, "band_open"), (0.3, "band_open")],
)  # fmt: skip
def test_a_band_is_said_no_surer_than_its_draws(probability: float, key: str) -> None:
    assert wording.band_key(probability) == key


def test_a_band_that_is_not_sure_enough_is_not_claimed() -> None:
    slots = {"band": "B", "from_points": 60, "to_points": 80, "probability": "61"}

    assert wording.sentence("band_open", **slots).startswith("Cannot be placed in one band")
    assert wording.sentence("band_likely", **slots).startswith("Probably band B")
    assert wording.sentence("band_sure", **slots).startswith("Band B")


def test_a_rank_that_could_be_any_tells_nobody_apart() -> None:
    assert wording.rank_key(1, 12, 12) == "rank_untold"
    assert wording.rank_key(1, 11, 12) == "rank_interval"
    assert wording.rank_key(2, 12, 12) == "rank_interval"


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ((50, 60), (61, 70), -1),
        ((61, 70), (50, 60), 1),
        ((50, 61), (61, 70), 0),
        ((40, 80), (50, 60), 0),
    ],
)
def test_two_are_apart_only_when_their_intervals_do_not_even_touch(
    first: tuple[float, float], second: tuple[float, float], expected: int
) -> None:
    assert wording.apart(first, second) == expected


@pytest.mark.parametrize(
    ("label", "said"),
    [
        ("municipality/20000-100000", "municipality, 20,000 to under 100,000 inhabitants"),
        ("municipality/500000+", "municipality, 500,000 inhabitants and more"),
        ("county/all", "county, all sizes"),
        ("city/district/0-5000", "city/district, 0 to under 5,000 inhabitants"),
        ("unknown", "level or population not known"),
        ("all", "all bodies together"),
    ],
)
def test_a_peer_group_is_named_in_words(label: str, said: str) -> None:
    key, slots = wording.group_slots(label)

    assert wording.sentence(key, **slots) == said


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Rank 3 of 27", ["Rank 3"]),
        ("Rank 12 to 20 of 27 (90 % interval, median 15)", []),
        ("ranked 1,204", ["ranked 1,204"]),
        ("rank 1–4", []),
        ("it came #2", ["#2"]),
        ("the 3rd place", ["3rd place"]),
        ("الرتبة 3 من 27", ["رتبة 3"]),
        ("الرتبة من 3 إلى 9 من أصل 27", []),
        ("排名 3，共 27 个", ["排名 3"]),
        ("排名 3 至 9，共 27 个", []),
        ("第 2 名", ["第 2 名"]),
        ("Contract 12 of 20 was placed in rank order", []),
    ],
)
def test_a_place_without_its_interval_is_found_in_every_language(
    text: str, found: list[str]
) -> None:
    assert wording.bare_ranks(text) == found


@pytest.mark.parametrize("key", sorted(wording.SENTENCES))
def test_no_sentence_gives_a_rank_without_its_interval(key: str) -> None:
    for language in wording.LANGUAGES:
        text = wording.template(key, language)
        filled = text.format(**dict.fromkeys(wording.slots_of(text), "7"))
        assert wording.bare_ranks(filled) == []


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (0.3, "share", "30 %"),
        (0.2, "percentage points", "20.0 percentage points"),
        (45.53, "days", "45.5 days"),
        (120, "days", "120 days"),
        (1.654, "ratio", "1.65 ratio"),
        (-3, "months", "-3.00 months"),
    ],
)
def test_a_figure_is_written_in_the_unit_of_its_goalposts(value, unit, said) -> None:
    assert wording.in_unit(value, unit) == said


def test_a_level_is_withheld_in_words_that_say_what_is_needed() -> None:
    one = {"minimum_weight": 0.65, "pillars": {"P": 1.0}, "minimum_pillars": 1, "essential": []}
    key, slots = wording.withheld_key(one, 0.2)
    assert wording.sentence(key, "en", **slots).replace("\u00a0", " ") == (
        "withheld: 20 % of the recipe's weight could be measured, at least 65 % is needed"
    )
    five = one | {
        "pillars": dict.fromkeys("CDIPT", 1.0),
        "minimum_pillars": 4,
        "essential": ["C", "D"],
    }
    key, slots = wording.withheld_key(five, 0.2)
    assert (
        wording.sentence(key, "en", **slots)
        .replace("\u00a0", " ")
        .endswith("needed are 4 pillars of 5 with 65 % of the weight of each, C/D among them")
    )


def test_numbers_beside_a_figure_are_short_and_nothing_is_0_on_every_scale() -> None:
    assert [wording.beside(one) for one in (0.4375, 1 / 3, 12.5, 999.96, 12_345.6, -0.00081)] == [
        "0.4375", "0.3333", "12.5", "1000", "12,346", "-0.00081",
    ]  # fmt: skip
    for scale in wording.SCALES:
        assert wording.bare(0.0, scale) == "0"
        for language in wording.LANGUAGES:
            unit = wording.unit_of(scale, language)
            assert bool(unit) == (scale != "ratio")
            assert set(unit.split()) <= set(wording.written(4.0, scale, language).split())


def test_an_interval_whose_upper_end_is_not_reached_is_said_to_be_open() -> None:
    key, slots = wording.slots_of_figure(None, 40, "entries", 70.0, 61.0, None, "days")

    assert wording.sentence(key, **slots) == (
        "70.0 days (90 % interval from 61.0 days; its upper end is not reached yet) over 40 entries"
    ).replace(" %", "\u00a0%")
    key, slots = wording.slots_of_figure(None, 40, "entries", 70.0, None, None, "days")
    assert "allow no interval" in wording.sentence(key, **slots)
