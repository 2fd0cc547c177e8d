"""Which numbers a text holds, and whether it says of itself that it was changed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from troth.sources.fetch.content import MOST_READ, Change, Content, compared, content, numbers


def of(text: str | bytes, kind: str = "text/html", language: str | None = None) -> Content:
    data = text.encode() if isinstance(text, str) else text
    found = content(data, kind, None, language)
    assert found is not None
    return found


def page(text: str, language: str = "en") -> Content:
    return of(f'<html lang="{language}"><body>{text}</body></html>')


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1,234.50 and 1.234,5", ["1234.5", "1234.5"]),
        ("12 345 678", ["12", "345", "678"]),
        ("12\u00a0345\u202f678", ["12345678"]),
        ("1'000", ["1000"]),
        ("10.5 %", ["10.5"]),
        ("1.50 1.5 1.0 1", ["1.5", "1.5", "1", "1"]),
        ("-5 (−6) 7-8", ["-5", "-6", "7", "8"]),
        ("\u0661\u0662\u0663", ["123"]),
        ("2024-05-31, 31.5.2024, 5/31/24, 10:33:02", []),
        ("12 May 2024, May 12th, 2024, 12 de mayo de 2024, 1er janvier 2024", []),
        ("2024年5月12日", []),
        ("© 2024 and Copyright 2019-2024", []),
        ("in 2024", ["2024"]),
        ("posted 3 days ago, il y a 3 jours, vor 3 Tagen, 3天前", []),
        ("Views: 1,234. 56 downloads; 浏览次数：789", []),
        ("1,234 viewers", ["1234"]),
        ("Act7 item3b 4", ["4"]),
        ("no numbers", []),
    ],
)
def test_numbers_are_read_one_way_and_days_are_none(text: str, found: list[str]) -> None:
    assert list(numbers(text)) == found


def test_a_page_is_read_as_people_see_it() -> None:
    found = of(
        """<!doctype html><html lang=en><head><title>Page 9</title><style>a{1}</style></head>
        <body class="7"><!-- 8 --><header>Menu 6</header><nav>1 2 3</nav>
        <h1>Budget&nbsp;of 2024</h1><SCRIPT>var x = 5;</SCRIPT >
        <table><tr><td>10<td>20</table><p>a < 30 &amp; b</p>
        <footer>visitors: 777</footer></body></html>"""
    )
    assert sorted(found.numbers) == ["10", "20", "2024", "30"]


@pytest.mark.parametrize("broken", ["<p>1<!-- 2", "<p>1<script>2", "<p>1<a href='2", "<p>1</"])
def test_a_page_that_breaks_off_ends_there(broken: str) -> None:
    assert list(of(broken).numbers) == ["1"]


@pytest.mark.parametrize(
    "piece", ["<!--", "<script>", "<", "<a ", "</nav>", "&#", "<!", "1.", "﹣9,", "1 view"]
)
def test_no_page_takes_longer_than_its_length(piece: str) -> None:
    assert of(piece * 50_000).could_say is False


@given(st.text(max_size=200), st.sampled_from(["text/html", "text/plain", "text/csv", "text/json"]))
def test_any_text_is_read_or_is_not_and_equals_itself(text: str, kind: str) -> None:
    found = content(text.encode("utf-8", "surrogatepass"), kind, None, "en")
    if found is not None:
        assert compared(found, found) == (Change.WORDS, False)


def test_what_cannot_be_read_is_not() -> None:
    for data, kind, charset in [
        (b"%PDF-1.7 123", "application/pdf", None),
        (b"1", None, None),
        (b"\xff\xfe", "text/plain", None),
        (b"x", "text/plain", "no-such-charset"),
        (b'{"a": ', "application/json", None),
        (b'{"a": 1e999999999}', "application/json", None),
        (b"[" * 100_000, "application/json", None),
        (b'"a"b,1', "text/csv", None),
    ]:
        assert content(data, kind, charset, None) is None, data[:20]


def test_a_text_that_is_too_long_is_not_read() -> None:
    assert content(b"1" * (MOST_READ + 1), "text/plain", None, None) is None


@given(st.lists(st.integers(0, 10**7), max_size=20), st.lists(st.integers(0, 10**7), max_size=5))
def test_only_a_number_that_went_makes_an_edit(stood: list[int], more: list[int]) -> None:
    def listed(values: list[int]) -> Content:
        return page("".join(f"<p>Sum: {one:,}</p>" for one in values))

    added = Change.ADDED if more else Change.WORDS
    assert compared(listed(stood), listed([*more, *reversed(stood)])) == (added, False)
    if more:
        assert compared(listed([*stood, *more]), listed(stood)) == (Change.NUMBERS, True)


def test_other_letters_are_read_where_they_are_declared() -> None:
    declared = '<meta charset="iso-8859-1"><p>é 1'.encode("latin-1")
    assert list(of(declared).numbers) == ["1"]
    assert content("é 1".encode("latin-1"), "text/plain", "iso-8859-1", None) is not None
    assert of("\ufeff1", "text/plain").numbers == {"1": 1}


@pytest.mark.parametrize(
    ("old", "new", "change", "silent"),
    [
        ("<p>Spent: 100", "<p>We spent: 100", Change.WORDS, False),
        ("<p>100", "<p>1,00.0 100", Change.ADDED, False),
        ("<p>1,000", "<p>1.000", Change.WORDS, False),
        ("<p>100", "<p>90", Change.NUMBERS, True),
        ("<p>100 100", "<p>100", Change.NUMBERS, True),
        ("<p>100", "<p>90</p><p>Corrected on 3 June 2024</p>", Change.NUMBERS, False),
        ("<p>100<p>Updated daily", "<p>90<p>Updated daily", Change.NUMBERS, True),
        (
            "<p>100<dt>Last updated<dd>1 May 2024",
            "<p>90<dt>Last updated<dd>2 May 2024",
            Change.NUMBERS,
            False,
        ),
        (
            "<p>100<footer>Version 1</footer>",
            "<p>90<footer>Version 2</footer>",
            Change.NUMBERS,
            False,
        ),
        ("<p>100<p>1 May 2024", "<p>90<p>2 May 2024", Change.NUMBERS, None),
    ],
)
def test_a_page_that_changed_its_numbers_says_so_or_does_not(
    old: str, new: str, change: Change, silent: bool | None
) -> None:
    assert compared(page(old), page(new)) == (change, silent)


@pytest.mark.parametrize(
    ("language", "note"),
    [
        ("fr", "Mis à jour le 3 juin"), ("es", "Actualizado"), ("pt", "Correção de 3 de junho"),
        ("de", "Stand: Juni"), ("it", "Ultimo aggiornamento"), ("nl", "Gewijzigd"),
        ("zh-CN", "本页已更正"), ("ar", "آخر تحديث"), ("ru", "Обновлено"), ("uk", "Оновлено"),
    ],
)  # fmt: skip
def test_notes_are_understood_in_several_languages(language: str, note: str) -> None:
    old, new = page("<p>100", language), page("<p>90", language)
    noted = page(f"<p>90<p>{note}", language)

    assert compared(old, new) == (Change.NUMBERS, True)
    assert compared(old, noted) == (Change.NUMBERS, False)


def test_in_a_language_that_is_not_known_it_cannot_be_told() -> None:
    assert compared(page("<p>100", "fi"), page("<p>90", "fi")) == (Change.NUMBERS, None)
    assert compared(of("<p>100"), of("<p>90")) == (Change.NUMBERS, None)
    by_header = [of(f"<p>{n}", language="en-GB") for n in (100, 90)]
    assert compared(*by_header) == (Change.NUMBERS, True)


@pytest.mark.parametrize(
    ("kind", "old", "new", "change", "silent"),
    [
        ("application/json", '{"a": 1}', '{"a": 1.0}', Change.WORDS, False),
        ("application/json", '{"a": 1}', '{"a": 2}', Change.NUMBERS, None),
        ("application/ld+json", '{"a": 1, "version": 1}', '{"a": 2, "version": 1}', Change.NUMBERS, True),
        ("text/json", '{"a": 1, "dateModified": "x"}', '{"a": 2, "dateModified": "y"}', Change.NUMBERS, False),
        ("text/json", '{"a": "cost 5"}', '{"a": "cost 5, then 6"}', Change.ADDED, False),
        ("text/csv", "a,b\n1,2\n", "b,a\n2,1\n", Change.WORDS, False),
        ("text/csv", "a\n1\n", "a\n3\n", Change.NUMBERS, None),
        ("text/csv", "a,updated\n1,x\n", "a,updated\n3,x\n", Change.NUMBERS, True),
        ("text/csv", "a,last_updated\n1,x\n", "a,last_updated\n3,y\n", Change.NUMBERS, False),
        ("text/csv", "a\n1\n", "a\n1\n2\n", Change.ADDED, False),
    ],
)  # fmt: skip
def test_data_say_so_in_a_field_of_their_own(kind, old, new, change, silent) -> None:
    assert compared(of(old, kind), of(new, kind)) == (change, silent)
