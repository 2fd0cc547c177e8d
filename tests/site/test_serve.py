"""The local server: this machine only, these files only."""

import socket
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from troth.errors import InputError, UsageError
from troth.site.serve import HEADERS, HERE, serve, serving


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    out = tmp_path / "out"
    (out / "bodies").mkdir(parents=True)
    (out / "index.html").write_text("<p>home é</p>", encoding="utf-8")
    (out / "bodies" / "x.html").write_text("<p>x</p>", encoding="utf-8")
    (out / "empty").mkdir()
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    (out / "leak").symlink_to(tmp_path / "secret.txt")
    return out


@pytest.fixture
def address(folder: Path) -> Iterator[str]:
    with serving(folder) as server:
        yield server.address


def test_pages_come_with_the_headers_that_keep_them_safe(address: str) -> None:
    with urllib.request.urlopen(address + "bodies/x.html") as answer:
        assert answer.read() == b"<p>x</p>"
        assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
        for name, value in HEADERS.items():
            assert answer.headers[name] == value
        assert "Python" not in answer.headers["Server"]


def test_scripts_are_said_to_be_scripts(folder: Path, address: str) -> None:
    """Browsers run no script whose kind is not said, once told not to guess."""
    (folder / "x.js").write_text('"use strict";', encoding="utf-8")

    with urllib.request.urlopen(address + "x.js") as answer:
        assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "script-src 'self';" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "path",
    [
        "empty/",
        "bodies/",
        "nothing.html",
        "leak",
        "../secret.txt",
        "..%2fsecret.txt",
        "%2e%2e/secret.txt",
        "bodies/../../secret.txt",
    ],
)
def test_no_listing_and_no_way_out(address: str, path: str) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(address + path)

    assert refused.value.code == 404
    assert b"secret" not in refused.value.read().replace(b"secret.txt", b"")


def test_nothing_can_be_sent(address: str) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(address, data=b"x")

    assert refused.value.code == 501


def test_only_this_machine_is_listened_to(folder: Path) -> None:
    with serving(folder) as server:
        assert server.server_address[0] == HERE == "127.0.0.1"


def test_a_script_gets_a_page_without_a_server(folder: Path) -> None:
    assert serve(folder, get="/bodies/x.html") == "<p>x</p>"
    assert serve(folder, get="/") == "<p>home é</p>"
    for wrong in ("/nothing.html", "/../secret.txt", "/leak", "/empty/"):
        with pytest.raises(UsageError, match="no page"):
            serve(folder, get=wrong)


def test_a_folder_without_pages_and_a_taken_port_are_said(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no index\.html"):
        serve(tmp_path, 0)
    with socket.socket() as taken:
        taken.bind((HERE, 0))
        taken.listen()
        with pytest.raises(UsageError, match="cannot be used"):
            serve(folder, taken.getsockname()[1])
