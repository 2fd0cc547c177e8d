"""Text of others on our pages: it may say what it likes and bring nothing."""

import json

import pytest

from troth.site.text import markdown, record_lines, safe_href


@pytest.mark.parametrize(
    "address",
    [
        "https://example.org/a?b=c#d",
        "http://example.org",
        "HTTPS://EXAMPLE.ORG",
        "../data.html",
        "a/b.html",
        "#top",
    ],
)
def test_web_and_relative_addresses_are_links(address: str) -> None:
    assert safe_href(address) == address


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java\nscript:alert(1)",
        " javascript:alert(1)",
        "\tjavascript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
        "mailto:a@example.org",
        "//example.org/x",
        "\\\\example.org",
        "ht\x00tp://example.org",
        "",
    ],
)
def test_every_other_address_is_no_link(address: str) -> None:
    assert safe_href(address) is None


def test_the_little_markdown_of_indicator_texts_is_dressed() -> None:
    text = "First *line*\nsecond **line** `x < 1`.\n\n- one\n- two\n  goes on\n\n1. a\n2. b\n\nSee [guide](https://example.org/a)."

    assert markdown(text) == (
        "<p>First <em>line</em> second <strong>line</strong> <code>x &lt; 1</code>.</p>"
        "<ul><li>one</li><li>two goes on</li></ul><ol><li>a</li><li>b</li></ol>"
        '<p>See <a href="https://example.org/a" rel="noreferrer nofollow">guide</a>.</p>'
    )


def test_a_list_right_below_its_first_line_is_a_list() -> None:
    assert markdown("Because:\n- one\n- two") == "<p>Because:</p><ul><li>one</li><li>two</li></ul>"


@pytest.mark.parametrize(
    "text",
    [
        "<script>x</script>",
        "**<img src=x onerror=y>**",
        "[a](javascript:x)",
        '[<b>](https://e.org/"onclick=x)',
        "`<b>`",
        "# not a heading",
        "![i](https://e.org/i.png)",
    ],
)
def test_markdown_of_others_brings_no_tag_and_no_address_of_its_own(text: str) -> None:
    made = markdown(text)

    for forbidden in ("<script", "<img", "<b>", 'href="javascript', '"onclick', "<h1"):
        assert forbidden not in made


def test_lines_of_a_record_are_its_json_and_each_knows_its_pointer() -> None:
    record = {"a": [{"b/c": 1}, []], "d~e": {"f": None}, "g": 'é\n"', "h": {}}
    lines = list(record_lines(record))

    assert json.loads("\n".join(text for text, _ in lines)) == record
    pointers = [pointer for _, pointer in lines]
    assert pointers[:4] == ["", "/a", "/a/0", "/a/0/b~1c"]
    assert "/d~0e/f" in pointers
    assert len(pointers) == len({*pointers})
