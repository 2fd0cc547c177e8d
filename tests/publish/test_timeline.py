"""What a record says happened, however odd its values are."""

import datetime as dt

from troth.publish.timeline import Document, documents_of, events_of, text_at

DAY = dt.date


def test_a_period_that_ends_before_it_starts_is_two_days_and_not_a_bar() -> None:
    period = {"startDate": "2022-03-02", "endDate": "2022-03-01"}

    events, unreadable = events_of({"tender": {"tenderPeriod": period}})

    assert [(event.start, event.end) for event in events] == [
        (DAY(2022, 3, 1), None),
        (DAY(2022, 3, 2), None),
    ]
    assert unreadable == ()


def test_a_period_with_one_end_is_the_day_that_is_known() -> None:
    events, _ = events_of({"contracts": [{"period": {"endDate": "2022-03-01T10:00:00Z"}}]})

    assert [(event.lane, event.start, event.end) for event in events] == [
        ("contract", DAY(2022, 3, 1), None)
    ]


def test_dates_that_cannot_be_read_are_named_and_nothing_is_guessed() -> None:
    awards = [
        {"date": "12/03/2022"},
        {"date": 20220312},
        {"date": None},
        {},
        {"date": "2022-13-01"},
    ]

    events, unreadable = events_of({"awards": awards})

    assert events == ()
    assert unreadable == ("12/03/2022", "20220312", "2022-13-01")


def test_an_amount_is_said_with_its_currency_and_only_if_it_is_a_number() -> None:
    values = [
        {"amount": 1200.5, "currency": "EUR"},
        {"amount": 7},
        {"amount": "7"},
        {"amount": True},
        3,
    ]

    events, _ = events_of({"awards": [{"date": "2022-01-01", "value": value} for value in values]})

    assert sorted(event.label for event in events) == ["", "", "", "1,200.50 EUR", "7"]


def test_documents_are_those_that_say_where_they_are() -> None:
    record = {
        "tender": {
            "documents": [{"title": "Notice", "url": "https://e.org/1", "documentType": "notice"}]
        },
        "awards": [{"documents": [{"title": "No address"}, "odd", {"url": "https://e.org/2"}]}],
        "contracts": {"documents": []},
    }

    assert documents_of(record) == (
        Document("Notice", "notice", "https://e.org/1"),
        Document("https://e.org/2", "", "https://e.org/2"),
    )


def test_text_is_text_or_nothing() -> None:
    record = {"a": {"b": "x", "c": " ", "d": 4}}

    assert text_at(record, "a", "b") == "x"
    assert [text_at(record, "a", name) for name in "cde"] == [None, None, None]
    assert text_at("odd", "a") is None
