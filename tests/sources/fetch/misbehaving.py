"""A local web server that does whatever a test wants, and remembers what it was asked."""

from __future__ import annotations

import contextlib
import gzip
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

#: For `localhost`, signed by nobody but itself.
CERTIFICATE = Path(__file__).with_name("localhost.pem")


@dataclass(frozen=True)
class Page:
    """What is answered to a path. `etag` makes conditional requests work as they should."""

    body: bytes = b""
    status: int = 200
    media_type: str = "text/html; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)
    etag: str | None = None


#: Answers by hand: writes whatever it likes to the line.
ByHand = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Server:
    """Where it listens, what it answers, what it was asked: path and headers."""

    port: int
    pages: dict[str, Page | ByHand] = field(default_factory=dict)
    asked: list[tuple[str, Mapping[str, str]]] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def paths(self) -> list[str]:
        """What was asked for but for robots.txt."""
        return [path for path, _ in self.asked if path != "/robots.txt"]


def html(text: str) -> bytes:
    return f'<html lang="en"><body><main>{text}</main></body></html>'.encode()


def redirect(to: str, status: int = 302) -> Page:
    return Page(status=status, headers={"Location": to})


def slowly(handler: BaseHTTPRequestHandler, stop: threading.Event) -> None:
    """A byte now and then, and never an end."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
    while not stop.wait(0.03):
        handler.wfile.write(b"x")


def slow_headers(handler: BaseHTTPRequestHandler, stop: threading.Event) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    while not stop.wait(0.03):
        handler.wfile.write(b"x")


def endless(handler: BaseHTTPRequestHandler) -> None:
    """More bytes than anybody wants, without saying how many."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n")
    with contextlib.suppress(OSError):
        for _ in range(10_000):
            handler.wfile.write(b"9" * 65_536)


def cut_off(handler: BaseHTTPRequestHandler) -> None:
    """Fewer bytes than were announced."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nbut ten")


def no_http(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"220 mail.example.org ESMTP\r\n")


def bomb(size: int) -> Page:
    """A small answer that unpacks to so many bytes."""
    packed = gzip.compress(b"0" * size, mtime=0)
    return Page(packed, headers={"Content-Encoding": "gzip"})


@contextlib.contextmanager
def serving(tls: Path | None = None) -> Iterator[Server]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            server.asked.append((self.path, dict(self.headers)))
            page = server.pages.get(self.path, Page(b"nothing here", 404))
            self.close_connection = True
            if callable(page):
                with contextlib.suppress(OSError):
                    page(self)
                return
            known = page.etag is not None and self.headers["If-None-Match"] == page.etag
            body = b"" if known else page.body
            self.send_response(304 if known else page.status)
            for name, value in {
                "Content-Type": page.media_type,
                "Content-Length": str(len(body)),
                **({"ETag": page.etag} if page.etag else {}),
                **page.headers,
            }.items():
                self.send_header(name, value)
            self.end_headers()
            with contextlib.suppress(OSError):
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Tests look at `asked`."""

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listening.daemon_threads = True
    if tls is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(tls)
        listening.socket = context.wrap_socket(
            listening.socket, server_side=True, do_handshake_on_connect=False
        )
    server = Server(listening.server_port)
    thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.stop.set()
        listening.shutdown()
        thread.join()
        listening.server_close()
