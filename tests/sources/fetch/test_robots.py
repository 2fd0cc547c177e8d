"""robots.txt: who is meant, and which rule decides (RFC 9309)."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from troth.sources.fetch.robots import MOST_BYTES, _fits, rules_of


@pytest.mark.parametrize(
    ("rules", "path", "allowed"),
    [
        ("Disallow: /", "/x", False),
        ("Disallow:", "/x", True),
        ("Disallow: /a", "/ab", False),
        ("Disallow: /a/", "/a", True),
        ("Disallow: /a\nAllow: /a/b", "/a/b/c", True),
        ("Allow: /a\nDisallow: /a", "/a", True),
        ("Disallow: /*.pdf$", "/x/y.pdf", False),
        ("Disallow: /*.pdf$", "/x/y.pdf?z", True),
        ("Disallow: /*/private/*/x", "/a/private/b/x/y", False),
        ("Disallow: *secret", "/a-secret-b", False),
        ("Disallow: /a%3cd", "/a%3Cd", False),
        ("Disallow: /b\u00fccher", "/b%C3%BCcher", False),
        ("Disallow: /%61", "/a", False),
        ("Disallow: /x?y=1", "/x?y=12", False),
        ("Disallow: /a # the old one", "/a", False),
    ],
)
def test_the_longest_rule_decides(rules: str, path: str, allowed: bool) -> None:
    assert rules_of(f"User-agent: *\n{rules}".encode()).allow(path) is allowed


def test_rules_that_name_us_count_alone() -> None:
    text = b"""\xef\xbb\xbfUser-agent: *
Disallow: /

user-agent: Other
User-Agent: Troth/9
Disallow: /private
Crawl-delay: 7

User-agent: troth
Disallow: /further
"""
    ours = rules_of(text)

    assert ours.allow("/public")
    assert not ours.allow("/private")
    assert not ours.allow("/further")
    assert ours.pause == 7
    assert rules_of(b"User-agent: other\nDisallow: /\nUser-agent: troth-like\nDisallow: /").allow(
        "/"
    )
    assert rules_of(b"User-agent: troth\n\nUser-agent: *\nDisallow: /").allow("/x") is False


def test_a_pause_is_honoured_and_nobody_waits_for_ever() -> None:
    assert rules_of(b"User-agent: *\nCrawl-delay: 2.5").pause == 2.5
    assert rules_of(b"User-agent: *\nCrawl-delay: 999999").pause == 60
    assert rules_of(b"User-agent: *\nCrawl-delay: soon").pause == 0


def test_what_is_no_robots_txt_forbids_nothing_and_only_the_beginning_is_read() -> None:
    assert rules_of(b"<html><body>404: no such page</body></html>").allow("/")
    assert rules_of(bytes(range(256))).allow("/")
    late = b"User-agent: *\n" + b"#\n" * MOST_BYTES + b"Disallow: /"
    assert rules_of(late).allow("/x")


@given(st.text("ab/*$", max_size=8), st.text("ab/", max_size=10))
def test_patterns_fit_as_a_slow_regular_expression_says(pattern: str, path: str) -> None:
    ends = pattern.endswith("$")
    body = pattern[:-1] if ends else pattern
    slow = "".join(".*" if one == "*" else re.escape(one) for one in body) + ("$" if ends else "")

    assert _fits(pattern, path) is (re.match(slow, path) is not None)


def test_a_pattern_of_many_stars_takes_no_time() -> None:
    assert not _fits("/" + "*a" * 200 + "$", "/" + "a" * 5_000 + "b")


@given(st.binary(max_size=300))
def test_no_bytes_break_it(data: bytes) -> None:
    assert rules_of(data).allow("/x") in (True, False)
