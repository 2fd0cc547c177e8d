"""Templates: words in place, values set apart, nothing left out in silence."""

import re
from pathlib import Path

import pytest

from troth.errors import UsageError
from troth.site import render
from troth.site.render import Renderer, data, folder, say, word


def rendered(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    template: str,
    language: str = "en",
    **context: object,
) -> str:
    (tmp_path / "one.html").write_text(template, encoding="utf-8")
    where = render.folder
    monkeypatch.setattr(
        render, "folder", lambda name: tmp_path if name == "templates" else where(name)
    )
    return Renderer(language, {}).page("one.html", "", context)


def test_a_value_is_escaped_with_and_without_a_filter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = rendered(tmp_path, monkeypatch, "{{ x }} {{ x|data }} {{ x|rule }}", x="<b>\u202e")

    assert made == "&lt;b&gt;\u202e <bdi>&lt;b&gt;\\u202e</bdi> <bdi>&lt;b&gt;\\u202e</bdi>"


def test_english_texts_are_marked_on_other_pages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (
        rendered(tmp_path, monkeypatch, "{{ x|rule }}", "ar", x="Single bid")
        == '<bdi lang="en">Single bid</bdi>'
    )


def test_words_are_in_the_language_of_the_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert rendered(tmp_path, monkeypatch, "{% t nav.bodies %}", "ar") == word("nav.bodies", "ar")


def test_sentences_set_every_slot_apart() -> None:
    assert say("pooled", "en", value="<1") == "all bodies together: <bdi>&lt;1</bdi>"
    with pytest.raises(UsageError, match="needs a value for 'value'"):
        say("pooled", "en")


def test_a_word_that_is_not_there_stops_the_build(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(UsageError, match=r"nav\.nothing"):
        rendered(tmp_path, monkeypatch, "{% t nav.nothing %}")


def test_a_value_that_is_not_there_shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "no such value: x.y" in rendered(tmp_path, monkeypatch, "{{ x.y }}", x={})


def test_numbers_are_set_apart_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = rendered(
        tmp_path,
        monkeypatch,
        "{{ n|count }} {{ s|percent }} {{ v|number }}",
        n=12345,
        s=0.25,
        v=1.5,
    )

    assert made == "<bdi>12,345</bdi> <bdi>25\u00a0%</bdi> <bdi>1.5</bdi>"


def test_no_template_turns_escaping_off_or_fetches_anything() -> None:
    templates = sorted(folder("templates").glob("*.html"))

    assert templates
    for path in templates:
        text = path.read_text(encoding="utf-8")
        # A script is a file of the site, run after the page is there.
        text = re.sub(r'<script src="(?:\{\{ root \}\})?[\w/-]+\.js" defer></script>', "", text)
        for forbidden in (
            "|safe",
            "autoescape",
            "http://",
            "https://",
            "<script",
            "style=",
            "onclick",
        ):
            assert forbidden not in text, f"{path.name}: {forbidden}"


def test_data_of_any_kind_is_set_apart() -> None:
    assert data(7) == "<bdi>7</bdi>"
    assert data("a\x00b") == "<bdi>a\\u0000b</bdi>"
