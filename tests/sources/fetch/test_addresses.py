"""Where nobody may be led, and how an address is read."""

from __future__ import annotations

import ipaddress
import socket
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from troth.sources.fetch.addresses import (
    BadAddress,
    NoNames,
    NoSuchHost,
    RefusedAddress,
    address,
    checked,
    led_to,
    look_up,
    refused,
)


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("https://example.org", "https://example.org/"),
        ("HTTP://Example.ORG:80/a?b=1#c", "http://example.org/a?b=1"),
        ("https://example.org:8443/x", "https://example.org:8443/x"),
        ("https://exämple.org/bücher", "https://xn--exmple-cua.org/b%C3%BCcher"),
        (
            "https://例子.中国/预算?年=1",
            "https://xn--fsqu00a.xn--fiqs8s/%E9%A2%84%E7%AE%97?%E5%B9%B4=1",
        ),
        ("http://h.org/a/../b/./c", "http://h.org/b/c"),
        ("http://h.org/a/%2e%2e/secret", "http://h.org/secret"),
        ("http://h.org/a/..", "http://h.org/"),
        ("http://[2606:4700::1]/", "http://[2606:4700::1]/"),
        ("http://192.0.2.1/%41", "http://192.0.2.1/%41"),
    ],
)
def test_an_address_is_read_one_way(text: str, url: str) -> None:
    assert address(text).url == url


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("ftp://example.org/", "begins with http"),
        ("file:///etc/passwd", "begins with http"),
        ("javascript:alert(1)", "begins with http"),
        ("example.org/budget", "begins with http"),
        ("https://user:word@example.org/", "user name"),
        ("https://example.org@127.0.0.1/", "user name"),
        ("https:///budget", "no host"),
        ("https://example.org/a b", "a space"),
        ("https://example.org\\@127.0.0.1/", "a backslash"),
        ("https://example.org/\r\nHost: x", "a space"),
        ("https://example.org:25/", "port 25"),
        ("https://example.org:0/", "port 0"),
        ("https://example.org:99999/", "ort"),
        ("http://2130706433/", "no IPv4 address"),
        ("http://0x7f.1/", "no IPv4 address"),
        ("http://017700000001/", "no IPv4 address"),
        ("http://127.1/", "no IPv4 address"),
        ("http://0127.0.0.1/", "no IPv4 address"),
        ("http://[fe80::1%25eth0]/", "network interface"),
        ("http://[::g]/", "no IPv6|valid IPv6|IPv4 or IPv6"),
        ("http://stra\u00dfe.de/", "read in two ways"),
        ("http://a..b/", "no name of a host"),
        ("http://-x.org/", "no name of a host"),
        ("http://" + "a" * 3000, "longer than"),
    ],
)
def test_what_is_no_address_is_refused_with_the_reason(text: str, words: str) -> None:
    with pytest.raises(BadAddress, match=words):
        address(text)


def test_a_number_in_other_digits_is_that_number() -> None:
    assert address("http://\uff11\uff12\uff17.0.0.1/").host == "127.0.0.1"


@given(st.text(max_size=60))
def test_any_text_is_an_address_or_refused_and_reads_back_as_itself(text: str) -> None:
    for tried in (text, f"http://h.org/{text}", f"http://{text}.org/"):
        try:
            found = address(tried)
        except BadAddress:
            continue
        assert address(found.url) == found
        assert found.url.isascii()
        assert found.url.isprintable()


@pytest.mark.parametrize(
    "number",
    [
        "127.0.0.1", "127.8.8.8", "::1", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1",
        "100.64.0.1", "169.254.169.254", "0.0.0.0", "0.1.2.3", "224.0.0.1", "239.1.1.1",
        "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1",
        "::", "fe80::1", "fe80::1%eth0", "fec0::1", "fc00::1", "fd12::1", "ff02::1", "2001:db8::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1", "2002:7f00:1::",
        "2001:0:7f00:1::", "64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b:1::808:808",
    ],
)  # fmt: skip
def test_what_is_not_on_the_public_network_is_refused(number: str) -> None:
    assert refused(number, allow_private=False) != ""


@pytest.mark.parametrize(
    "number", ["8.8.8.8", "1.1.1.1", "172.32.0.1", "2606:4700::1111", "64:ff9b::808:808"]
)
def test_what_is_on_the_public_network_is_not(number: str) -> None:
    assert refused(number, allow_private=False) == ""


def test_private_ones_are_let_through_when_allowed_and_others_never() -> None:
    for number in ("127.0.0.1", "::1", "10.1.2.3", "192.168.0.1", "fd00::1"):
        assert refused(number, allow_private=True) == "", number
    for number in ("169.254.169.254", "0.0.0.0", "224.0.0.1", "fe80::1", "::ffff:10.0.0.1"):
        assert refused(number, allow_private=True) != "", number


@given(st.ip_addresses())
def test_what_the_standard_library_calls_not_global_is_never_let_through(ip) -> None:
    if not ip.is_global or ip.is_multicast:
        assert refused(str(ip), allow_private=False) != ""


@given(st.ip_addresses(v=4).filter(lambda ip: not ip.is_global))
def test_no_wrapping_hides_a_private_number(ip: ipaddress.IPv4Address) -> None:
    for prefix in ("::ffff:", "::", "64:ff9b::"):
        assert refused(f"{prefix}{ip}", allow_private=False) != ""


def test_a_name_with_one_private_number_among_public_ones_is_refused() -> None:
    def both(host: str, port: int, seconds: float) -> list[str]:
        return ["8.8.8.8", "10.0.0.1"]

    at = address("http://two-faced.example/")
    with pytest.raises(RefusedAddress, match=r"two-faced\.example is 10\.0\.0\.1"):
        checked(at, allow_private=False, seconds=1, resolve=both)
    assert checked(at, allow_private=True, seconds=1, resolve=both) == ["8.8.8.8", "10.0.0.1"]


def test_where_a_redirect_leads_is_read_as_strictly() -> None:
    at = address("https://example.org/a/b?c=1")
    assert led_to(at, "d").url == "https://example.org/a/d"
    assert led_to(at, "//other.example/x").url == "https://other.example/x"
    for location in ("ftp://example.org/", "http://user@h/", "http://[", "javascript:x"):
        with pytest.raises(BadAddress):
            led_to(at, location)


def test_the_system_is_asked_for_numbers_and_has_no_more_time_than_it_is_given() -> None:
    assert look_up("127.0.0.1", 80, 5) == ["127.0.0.1"]
    with pytest.raises(NoSuchHost):
        look_up("no host has a space", 80, 5)


@pytest.mark.parametrize(
    ("errno", "fault"), [(socket.EAI_AGAIN, NoNames), (socket.EAI_NONAME, NoSuchHost)]
)
def test_a_name_server_that_is_away_says_nothing_about_a_host(monkeypatch, errno, fault) -> None:
    def answer(*_: object, **__: object) -> None:
        raise socket.gaierror(errno, "as it is")

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    with pytest.raises(fault):
        look_up("example.org", 80, 5)


def test_a_name_server_that_hangs_is_not_waited_for(monkeypatch) -> None:
    over = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: over.wait(10) and [])
    with pytest.raises(NoNames, match=r"no answer about example\.org within 0\.05 s"):
        look_up("example.org", 80, 0.05)
    over.set()
